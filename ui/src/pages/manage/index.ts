/** What the shell shows of this page. */
export { default as DeployDialog } from "./DeployDialog.svelte";
export { default as DiffDialog } from "./DiffDialog.svelte";
export { default as FirstRun } from "./FirstRun.svelte";
export { default as Inspector } from "./Inspector.svelte";
export { default as ManagePage } from "./ManagePage.svelte";
export { default as PushDialog } from "./PushDialog.svelte";
export { default as ReportDialog } from "./ReportDialog.svelte";
export { default as UndoDialog } from "./UndoDialog.svelte";
export { default as UndeployDialog } from "./UndeployDialog.svelte";
export { default as UpdateDialog } from "./UpdateDialog.svelte";

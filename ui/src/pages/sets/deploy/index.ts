/** Deploying a set: its dialogs, and the matrix of where its artifacts are. */
export { default as SetDeployDialog } from "./SetDeployDialog.svelte";
export { default as SetMatrix } from "./SetMatrix.svelte";
export { default as SetUndeployDialog } from "./SetUndeployDialog.svelte";

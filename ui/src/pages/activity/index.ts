/** What the shell shows of this page. */
export { default as ActivityPage } from "./ActivityPage.svelte";
export { default as OperationPanel } from "./OperationPanel.svelte";

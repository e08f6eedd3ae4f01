/** What the shell shows of these pages. */
export { default as AddMembersDialog } from "./AddMembersDialog.svelte";
export { default as AddToGroupDialog } from "./AddToGroupDialog.svelte";
export { default as GroupPage } from "./GroupPage.svelte";
export { default as LookDialog } from "./LookDialog.svelte";
export { default as RemoveSetDialog } from "./RemoveSetDialog.svelte";
export { default as SetPage } from "./SetPage.svelte";
export { default as SetsPage } from "./SetsPage.svelte";

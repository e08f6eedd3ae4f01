import type { Action, ArtifactKind, OnConflict, Phase, Severity } from "../ipc/types";
import type { CommandId, Scope } from "../keys/keymap";
import type { GroupBy, SortBy } from "../lib/arrange";
import type { Segment } from "../lib/filter";
import type { RowStatus } from "../lib/model";
import { matrixCommands } from "./setDeploy";

export { support } from "./support";

export const kinds: Record<ArtifactKind, { one: string; other: string }> = {
  skill: { one: "skill", other: "Skills" },
  command: { one: "command", other: "Commands" },
  agent: { one: "agent", other: "Agents" },
  hook: { one: "hook", other: "Hooks" },
  mcp: { one: "MCP server", other: "MCP servers" },
};

export const statuses: Record<RowStatus, string> = {
  synced: "Synced",
  outdated: "Outdated",
  modified: "Modified",
  conflict: "Conflict",
  missing: "Missing",
  orphaned: "Orphaned",
  unmanaged: "Unmanaged",
  unknown: "Unknown",
  none: "Not deployed",
};

/** What a state means, for tooltips. */
export const statusHints: Record<RowStatus, string> = {
  synced: "The copy equals the collection",
  outdated: "The collection moved on; the copy is as it was deployed",
  modified: "The copy was edited in the project",
  conflict: "Both the collection and the copy changed",
  missing: "The copy is gone from the project",
  orphaned: "The artifact is gone from the collection",
  unmanaged: "No record names this file",
  unknown: "One side could not be read",
  none: "Deployed to no project yet",
};

export const segments: Record<Segment, string> = { ...statuses, all: "All", attention: "Attention" };

export const groupings: Record<GroupBy, string> = {
  kind: "Type",
  collection: "Collection",
  project: "Project",
  status: "Status",
  none: "Nothing",
};

export const sortings: Record<SortBy, string> = {
  name: "Name",
  status: "Status",
  changed: "Last changed",
  deployed: "Last deployed",
};

export const severities: Record<Severity, string> = { notice: "Note", refusal: "Problem", fault: "Fault" };

export const planned: Record<Action, string> = {
  created: "New",
  updated: "Update",
  unchanged: "Unchanged",
  adopted: "Adopt",
  kept: "Keep",
  removed: "Remove",
  none: "Nothing",
};

export const choices: Record<OnConflict, { label: string; hint: string }> = {
  stop: { label: "Not chosen", hint: "Nothing is written here until you choose" },
  skip: { label: "Skip", hint: "Leave it as it is" },
  overwrite: { label: "Overwrite", hint: "The old content goes to the trash first" },
  keep: { label: "Keep", hint: "Leave the bytes and record them" },
};

export const phases: Record<Phase, string> = {
  scan: "Reading",
  plan: "Comparing",
  stage: "Copying",
  swap: "Putting in place",
  record: "Recording",
  done: "Done",
};

export { pins } from "./pins";

/** What each command is called: in menus, tooltips, the palette and the cheat sheet. */
export const commands: Record<CommandId, string> = {
  palette: "Search or run",
  filter: "Filter the list",
  deploy: "Deploy…",
  undeploy: "Undeploy…",
  update: "Update…",
  push: "Push to the collection…",
  open: "Open in editor",
  reveal: "Open folder",
  resync: "Resync",
  editTags: "Edit tags…",
  removeArtifacts: "Delete from collection…",
  addProject: "Add a project",
  linkCollection: "Link a folder as a collection…",
  undo: "Undo",
  redo: "Redo",
  undoSelected: "Undo the selected operation…",
  checkAndRepair: "Check and repair…",
  diagnostics: "Show diagnostics…",
  toggleWatching: "Pause or resume watching",
  addToGroup: "Add to a group…",
  togglePin: "Pin for the tray, or unpin",
  newSet: "New set…",
  newGroup: "New group…",
  openSet: "Open",
  addMembers: "Add members…",
  editSet: "Edit name and look…",
  cloneSet: "Duplicate",
  deleteSet: "Delete…",
  setInManage: "Show its artifacts in Manage",
  nextSet: "Next",
  previousSet: "Previous",
  moveMemberUp: "Move up",
  moveMemberDown: "Move down",
  removeMember: "Remove from it",
  goManage: "Go to Manage",
  goSets: "Go to Sets",
  goDiscover: "Go to Discover",
  goActivity: "Go to Activity",
  goProjects: "Go to the project",
  goSettings: "Go to Settings",
  nextPane: "Next pane",
  previousPane: "Previous pane",
  cheatSheet: "Keyboard shortcuts",
  escape: "Close the innermost",
  moveDown: "Next",
  moveUp: "Previous",
  extendDown: "Extend the selection down",
  extendUp: "Extend the selection up",
  pageDown: "Down a page",
  pageUp: "Up a page",
  first: "First",
  last: "Last",
  toggle: "Select or unselect",
  selectAll: "Select all",
  primary: "Open in the inspector",
  toInspector: "To the inspector",
  toList: "Back to the list",
  nextFile: "Next file",
  previousFile: "Previous file",
  foldFile: "Open or fold the file",
  takeCollection: "Take the collection’s file",
  keepProject: "Keep the project’s file",
  mergeFile: "Merge the file",
  applyFiles: "Apply what is chosen",
  stopOperation: "Stop what is running",
  ...matrixCommands,
};

/** Words of the cheat sheet. */
export const keys = {
  scopes: {
    window: "Anywhere",
    list: "In the list",
    diff: "In the Diff tab",
    activity: "On the Activity page",
    matrix: "In a set’s matrix",
    sets: "On the pages of sets and groups",
    setList: "In the list of sets or groups",
    order: "In members and other ordered lists",
  } satisfies Record<Scope, string>,
};

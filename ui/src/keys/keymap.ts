import { MATRIX, type MatrixCommand } from "./matrix";

/** What a key can set off. One list feeds dispatcher, menus, tooltips, palette and cheat sheet. */
export type CommandId =
  | "palette"
  | "cheatSheet"
  | "filter"
  | "deploy"
  | "undeploy"
  | "update"
  | "push"
  | "open"
  | "reveal"
  | "resync"
  | "editTags"
  | "removeArtifacts"
  | "addProject"
  | "linkCollection"
  | "undo"
  | "redo"
  | "undoSelected"
  | "checkAndRepair"
  | "diagnostics"
  | "toggleWatching"
  | "addToGroup"
  | "togglePin"
  | "newSet"
  | "newGroup"
  | "openSet"
  | "addMembers"
  | "editSet"
  | "cloneSet"
  | "deleteSet"
  | "setInManage"
  | "nextSet"
  | "previousSet"
  | "moveMemberUp"
  | "moveMemberDown"
  | "removeMember"
  | "goManage"
  | "goSets"
  | "goDiscover"
  | "goActivity"
  | "goProjects"
  | "goSettings"
  | "nextPane"
  | "previousPane"
  | "escape"
  | "moveDown"
  | "moveUp"
  | "extendDown"
  | "extendUp"
  | "pageDown"
  | "pageUp"
  | "first"
  | "last"
  | "toggle"
  | "selectAll"
  | "primary"
  | "toInspector"
  | "toList"
  | "nextFile"
  | "previousFile"
  | "foldFile"
  | "takeCollection"
  | "keepProject"
  | "mergeFile"
  | "applyFiles"
  | "stopOperation"
  | MatrixCommand;

/**
 * Where a key counts: anywhere in the window, while the list, the Diff tab or a set's matrix has the focus, on the Activity page, on the
 * pages of sets and groups, while the list of them has the focus, or while something that has an order has it.
 */
export type Scope = "window" | "list" | "diff" | "activity" | "sets" | "setList" | "order" | "matrix";

/** Keys of one command. A key is `Mod+K`, `Shift+ArrowDown`, `/`, or a sequence: `G M`. Mod is ⌘ or Ctrl. */
export interface Binding {
  id: CommandId;
  scope: Scope;
  keys: readonly string[];
  /** Shown in the command palette. */
  listed?: boolean;
}

export const KEYMAP: readonly Binding[] = [
  { id: "palette", scope: "window", keys: ["Mod+K"] },
  { id: "filter", scope: "window", keys: ["/"], listed: true },
  { id: "deploy", scope: "window", keys: ["D"], listed: true },
  { id: "undeploy", scope: "window", keys: ["Backspace", "Delete"], listed: true },
  { id: "update", scope: "window", keys: ["U"], listed: true },
  { id: "push", scope: "window", keys: ["Shift+U"], listed: true },
  { id: "open", scope: "window", keys: ["E"], listed: true },
  { id: "reveal", scope: "window", keys: ["O"], listed: true },
  { id: "editTags", scope: "window", keys: ["T"], listed: true },
  { id: "removeArtifacts", scope: "window", keys: ["Shift+Delete"], listed: true },
  { id: "addToGroup", scope: "window", keys: ["Shift+G"], listed: true },
  { id: "togglePin", scope: "window", keys: ["Shift+P"], listed: true },
  { id: "resync", scope: "window", keys: ["Mod+R", "F5"], listed: true },
  { id: "addProject", scope: "window", keys: ["Mod+N"], listed: true },
  { id: "linkCollection", scope: "window", keys: ["Mod+Shift+N"], listed: true },
  { id: "undo", scope: "window", keys: ["Mod+Z"], listed: true },
  { id: "redo", scope: "window", keys: ["Mod+Shift+Z"] },
  { id: "undoSelected", scope: "activity", keys: ["U"] },
  { id: "checkAndRepair", scope: "window", keys: [], listed: true },
  { id: "diagnostics", scope: "window", keys: [], listed: true },
  { id: "toggleWatching", scope: "window", keys: [], listed: true },
  { id: "goManage", scope: "window", keys: ["G M"], listed: true },
  { id: "goSets", scope: "window", keys: ["G S"], listed: true },
  { id: "goDiscover", scope: "window", keys: ["G D"], listed: true },
  { id: "goActivity", scope: "window", keys: ["G A"], listed: true },
  { id: "goProjects", scope: "window", keys: ["G P"], listed: true },
  { id: "goSettings", scope: "window", keys: ["Mod+,"], listed: true },
  { id: "nextPane", scope: "window", keys: ["F6"] },
  { id: "previousPane", scope: "window", keys: ["Shift+F6"] },
  { id: "cheatSheet", scope: "window", keys: ["?"], listed: true },
  { id: "escape", scope: "window", keys: ["Escape"] },
  { id: "moveDown", scope: "list", keys: ["ArrowDown", "J"] },
  { id: "moveUp", scope: "list", keys: ["ArrowUp", "K"] },
  { id: "extendDown", scope: "list", keys: ["Shift+ArrowDown", "Shift+J"] },
  { id: "extendUp", scope: "list", keys: ["Shift+ArrowUp", "Shift+K"] },
  { id: "pageDown", scope: "list", keys: ["PageDown"] },
  { id: "pageUp", scope: "list", keys: ["PageUp"] },
  { id: "first", scope: "list", keys: ["Home"] },
  { id: "last", scope: "list", keys: ["End"] },
  { id: "toggle", scope: "list", keys: ["Space"] },
  { id: "selectAll", scope: "list", keys: ["Mod+A"] },
  { id: "primary", scope: "list", keys: ["Enter"] },
  { id: "toInspector", scope: "list", keys: ["ArrowRight"] },
  { id: "toList", scope: "window", keys: ["ArrowLeft"] },
  { id: "nextFile", scope: "diff", keys: ["J", "ArrowDown"] },
  { id: "previousFile", scope: "diff", keys: ["K", "ArrowUp"] },
  { id: "foldFile", scope: "diff", keys: ["F"] },
  { id: "takeCollection", scope: "diff", keys: ["C"] },
  { id: "keepProject", scope: "diff", keys: ["P"] },
  { id: "mergeFile", scope: "diff", keys: ["M"] },
  { id: "applyFiles", scope: "diff", keys: ["Mod+Enter"] },
  { id: "stopOperation", scope: "window", keys: ["Mod+."], listed: true },
  ...MATRIX,
  { id: "newSet", scope: "sets", keys: ["N"], listed: true },
  { id: "newGroup", scope: "sets", keys: ["Shift+N"], listed: true },
  { id: "addMembers", scope: "sets", keys: ["A"] },
  { id: "editSet", scope: "sets", keys: ["E"] },
  { id: "cloneSet", scope: "sets", keys: ["C"] },
  { id: "setInManage", scope: "sets", keys: ["M"] },
  { id: "deleteSet", scope: "sets", keys: ["Shift+Delete"] },
  { id: "openSet", scope: "setList", keys: ["Enter"] },
  { id: "nextSet", scope: "setList", keys: ["ArrowDown", "ArrowRight", "J"] },
  { id: "previousSet", scope: "setList", keys: ["ArrowUp", "ArrowLeft", "K"] },
  { id: "moveMemberUp", scope: "order", keys: ["Alt+ArrowUp"] },
  { id: "moveMemberDown", scope: "order", keys: ["Alt+ArrowDown"] },
  { id: "removeMember", scope: "order", keys: ["Delete", "Backspace"] },
];

const bindings = new Map(KEYMAP.map((binding) => [binding.id, binding]));

/** The first key of a command, for tooltips and menus. */
export const keyOf = (id: CommandId): string | undefined => bindings.get(id)?.keys[0];

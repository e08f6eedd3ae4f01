import type { Binding } from "./keymap";

/** Commands of a set's matrix: moving between its cells, marking them, and what is done with what is marked. */
export type MatrixCommand =
  | "cellUp"
  | "cellDown"
  | "cellLeft"
  | "cellRight"
  | "markUp"
  | "markDown"
  | "markLeft"
  | "markRight"
  | "cellPageUp"
  | "cellPageDown"
  | "rowStart"
  | "rowEnd"
  | "matrixStart"
  | "matrixEnd"
  | "markCell"
  | "markAll"
  | "unmark"
  | "showCell"
  | "deployMarked"
  | "undeployMarked";

export const MATRIX: readonly Binding[] = [
  { id: "cellUp", scope: "matrix", keys: ["ArrowUp", "K"] },
  { id: "cellDown", scope: "matrix", keys: ["ArrowDown", "J"] },
  { id: "cellLeft", scope: "matrix", keys: ["ArrowLeft"] },
  { id: "cellRight", scope: "matrix", keys: ["ArrowRight"] },
  { id: "markUp", scope: "matrix", keys: ["Shift+ArrowUp"] },
  { id: "markDown", scope: "matrix", keys: ["Shift+ArrowDown"] },
  { id: "markLeft", scope: "matrix", keys: ["Shift+ArrowLeft"] },
  { id: "markRight", scope: "matrix", keys: ["Shift+ArrowRight"] },
  { id: "cellPageUp", scope: "matrix", keys: ["PageUp"] },
  { id: "cellPageDown", scope: "matrix", keys: ["PageDown"] },
  { id: "rowStart", scope: "matrix", keys: ["Home"] },
  { id: "rowEnd", scope: "matrix", keys: ["End"] },
  { id: "matrixStart", scope: "matrix", keys: ["Mod+Home"] },
  { id: "matrixEnd", scope: "matrix", keys: ["Mod+End"] },
  { id: "markCell", scope: "matrix", keys: ["Space"] },
  { id: "markAll", scope: "matrix", keys: ["Mod+A"] },
  { id: "unmark", scope: "matrix", keys: ["Escape"] },
  { id: "showCell", scope: "matrix", keys: ["Enter"] },
  { id: "deployMarked", scope: "matrix", keys: ["D"] },
  { id: "undeployMarked", scope: "matrix", keys: ["Backspace", "Delete"] },
];

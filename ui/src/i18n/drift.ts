// Texts about bringing copies up to their collection, and deciding file by file.
import type { Status } from "../ipc/types";
import { bytes, count, plural } from "../lib/format";
import { choices, planned } from "./words";

const copies = (n: number): string => plural(n, "copy", "copies");

/** The dialog that brings copies up to the collection. */
export const update = {
  title: (n: number, name: string | null) => `Update ${name ?? copies(n)}`,
  intro:
    "What changed in the collection comes in. Files that were edited in the project stay, unless both changed.",
  /** In the menu of a project. */
  inProject: (n: number) => `Update ${copies(n)}…`,
  /** On a button, for several. */
  count: (n: number) => (n > 1 ? `Update ${count(n)}…` : "Update…"),
  nothing: "Nothing here is behind its collection",
  pickProject: "Nothing is left to update.",
  verb: "Update",
  running: "Updating…",
  done: (n: number, where: string, kept: number) =>
    `Updated ${plural(n, "artifact", "artifacts")} in ${where}` +
    (kept > 0 ? `. ${plural(kept, "edited file was", "edited files were")} kept` : ""),
  edited: (n: number) => `${plural(n, "edited file stays", "edited files stay")}:`,
  more: (n: number) => `and ${count(n)} more`,
  files: "Files",
  noFiles: "No file differs; only the record is brought up to date.",
  comesIn: "comes in",
  goes: "goes",
  stays: "stays",
  merge: "Merge in Diff",
  planned,
  choices: {
    ...choices,
    overwrite: {
      label: "Take collection’s",
      hint: "Of the files that both changed; the old copy goes to the trash first",
    },
    keep: { label: "Keep project’s", hint: "Of the files that both changed" },
    skip: { label: "Leave", hint: "This copy stays as it is" },
  },
  parts: {
    deploy: (n: number) => `update ${count(n)}`,
    adopt: (n: number) => `adopt ${count(n)}`,
    keep: (n: number) => `keep ${count(n)}`,
    skip: (n: number) => `leave ${count(n)}`,
    remove: (n: number) => `remove ${count(n)}`,
  },
};

/** The dialog that takes a project's edits into the collection. */
export const push = {
  title: (n: number, name: string | null) => `Push ${name ?? copies(n)} to the collection`,
  intro:
    "What was edited in the project goes into the collection; what the collection has there goes to the trash. What only the collection changed stays.",
  leftBehind: (names: readonly string[]) =>
    `Other copies are behind the collection then, until they are updated: ${names.join(", ")}.`,
  nothing: "Nothing here was edited that a collection of yours could take",
  pickProject: "Nothing is left to push.",
  verb: "Push",
  running: "Pushing…",
  done: (n: number) => `Pushed ${plural(n, "artifact", "artifacts")} to the collection`,
  taken: (n: number) => `${plural(n, "file goes", "files go")} into the collection:`,
  goesIn: "goes in",
  removed: "is removed",
  stays: "stays",
  sides: { collection: "Keep collection’s", project: "Take project’s" },
  hints: {
    collection: "The collection’s file stays as it is",
    project: "The collection gets the project’s file; its own goes to the trash",
  },
  planned: { ...planned, updated: "Push" },
  choices: {
    ...choices,
    overwrite: {
      label: "Take project’s",
      hint: "Of the files that both changed; the collection’s go to the trash",
    },
    keep: { label: "Keep collection’s", hint: "Of the files that both changed" },
    skip: { label: "Leave", hint: "Nothing of this copy is pushed" },
  },
  parts: {
    deploy: (n: number) => `push ${count(n)}`,
    adopt: (n: number) => `adopt ${count(n)}`,
    keep: (n: number) => `keep ${count(n)}`,
    skip: (n: number) => `leave ${count(n)}`,
    remove: (n: number) => `remove ${count(n)}`,
  },
};

/** Which side changed a file. */
const whose: Partial<Record<Status, string>> = {
  outdated: "Changed in the collection",
  modified: "Edited in the project",
  conflict: "Changed on both sides",
};

/** Deciding file by file in the Diff tab. */
export const decide = {
  whose: (status: Status, known: boolean) =>
    known ? (whose[status] ?? "") : "Differs, and nobody can tell whose change it is",
  unknown: "What was deployed is no longer kept, so nobody can tell who changed which file.",
  side: (file: string) => `Which side of ${file}`,
  sides: { collection: "Take collection’s", project: "Keep project’s", text: "Merge…" },
  hints: {
    collection: "The copy gets the collection’s file; an edit goes to the trash with the old copy",
    project: "The copy’s file stays as it is",
    text: "A text of both, which you can edit",
  },
  open: (n: number) => `${plural(n, "file needs", "files need")} a choice`,
  /** "2 from the collection, 1 kept, 1 merged". */
  sum: (from: number, kept: number, merged: number) =>
    [
      from > 0 && `${count(from)} from the collection`,
      kept > 0 && `${count(kept)} kept`,
      merged > 0 && `${count(merged)} merged`,
    ]
      .filter(Boolean)
      .join(", "),
  onlyProject: "only in the project",
  onlyCollection: "only in the collection",
  sizes: (side: string, size: number, hash: string | null) =>
    `${side}: ${bytes(size)}${hash ? `, ${hash}` : ""}`,
  inCollection: "Collection",
  inProject: "Project",
  binary: "Not text, so it is told by size and hash.",
  large: "Too large for a diff, so it is told by size and hash.",
  cut: "The diff is cut here because the file is very large.",
  sameText: "The text is the same.",
  apply: "Apply",
  applying: "Applying…",
  changed: "This file changed while it was being decided; choose again.",
  runs: (project: boolean) =>
    project ? "Can be run in the project only." : "Can be run in the collection only.",
  layout: "Layout",
  layouts: { unified: "Unified", split: "Side by side" },
  enlarge: "Show large",
  isLarge: "Shown large",
  largeTitle: (name: string) => `What differs in ${name}`,
  cannot: {
    orphaned: "The artifact is gone from its collection, so there is nothing to take.",
    missing: "The copy is gone from the project. Deploy again to put it back.",
    unknown: "One side could not be read, so nothing can be taken.",
  } satisfies Partial<Record<Status, string>>,
};

/** The text of a file that is merged by a person. */
export const merge = {
  label: (file: string) => `Merged text of ${file}`,
  places: (n: number) =>
    n === 0 ? "Merged without conflicts" : plural(n, "place to decide", "places to decide"),
  place: (line: number) => `Line ${count(line)}`,
  pick: (line: number) => `What to take at line ${count(line)}`,
  project: "Project’s",
  collection: "Collection’s",
  both: "Both",
  broken: "A conflict marker is left. Take it out, or begin again.",
  unseen: (names: string) => `This text has characters that nobody sees: ${names}.`,
  lineEnds: "Its line ends are mixed; the merged text has those of most lines.",
  noText: "One side of this file is no text, or too large, so it cannot be merged.",
  noBase: "What was deployed is no longer kept, so every difference is a place to decide.",
  stale: "The file changed meanwhile. Begin again, or go on with this text.",
  again: "Begin again",
  use: "Use this text",
  cancel: "Cancel",
  merged: "merged",
  edit: "Edit merged text",
  unfinished: "A merged text is open. Use it or cancel it first.",
  used: (n: number) => `Merged text, ${plural(n, "line", "lines")}`,
};

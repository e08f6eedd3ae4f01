import type { Action, Recovered, Repair } from "../ipc/types";
import { bytes, count, plural } from "../lib/format";
import type { Extent, Meaning } from "../lib/history";
import { choices, planned } from "./words";

export * from "./drift";

const what = (extent: Extent): string =>
  extent.name ??
  (extent.lists
    ? `${count(extent.artifacts)} sets and groups`
    : plural(extent.artifacts, "artifact", "artifacts"));
const where = (extent: Extent): string => extent.project ?? plural(extent.projects, "project", "projects");

/** "deploy of review to api": what an operation was, as something that can be undone. */
export function operationName(base: Meaning["base"], extent: Extent): string {
  switch (base) {
    case "deploy":
      return `deploy of ${what(extent)} to ${where(extent)}`;
    case "undeploy":
      return `undeploy of ${what(extent)} from ${where(extent)}`;
    case "update":
      return `update of ${what(extent)} in ${where(extent)}`;
    case "import":
      return `import of ${what(extent)}`;
    case "push":
      return `push of ${what(extent)}`;
    default:
      return `change of ${what(extent)} in ${where(extent)}`;
  }
}

/** "Deployed review to api", "Undid deploy of review to api". */
export function operationTitle(meaning: Meaning, extent: Extent): string {
  if (meaning.verb !== "did")
    return `${meaning.verb === "undid" ? "Undid" : "Redid"} ${operationName(meaning.base, extent)}`;
  switch (meaning.base) {
    case "undeploy":
      return `Undeployed ${what(extent)} from ${where(extent)}`;
    case "update":
      return `Updated ${what(extent)} in ${where(extent)}`;
    case "import":
      return `Imported ${what(extent)}`;
    case "push":
      return `Pushed ${what(extent)} into the collection`;
    case "collect":
      return `Changed ${what(extent)} in ${where(extent)}`;
    default:
      return `Deployed ${what(extent)} to ${where(extent)}`;
  }
}

/** The Activity page. */
export const activity = {
  title: "Activity",
  label: "Operations",
  detail: "Operation",
  shown: (n: number) => `${plural(n, "operation", "operations")} shown`,
  emptyTitle: "Nothing was done yet.",
  emptyText: "Everything that is written is listed here, and can be undone.",
  failed: "The history could not be read",
  stale: "The history may be out of date",
  nothing: "Select an operation to see what changed where.",
  undo: "Undo",
  redo: "Redo",
  undoPlan: "Undo…",
  redoPlan: "Redo…",
  showUndo: "Show what undid it",
  showRedo: "Show what redid it",
  changes: "What changed where",
  marks: {
    yes: (redo: boolean) => (redo ? "Redone" : "Undone"),
    partly: (redo: boolean) => (redo ? "Partly redone" : "Partly undone"),
    recovered: "Recovered",
    gone: "Not kept",
  },
  recoveredHint: "It was cut off, and finished when SkillMeat started again.",
  goneHint:
    "The content that this needs is no longer kept, so it cannot be undone. How long it is kept is set in Settings.",
  undoneHint: "This was undone. To have it back, redo it from the operation that undid it.",
  redoneHint: "This was redone. To take it back, undo the operation that redid it.",
  by: (holder: string) => `by ${holder}`,
  kept: (size: number) => `${bytes(size)} kept`,
  keptHint: "What was removed or overwritten, kept so that this can be undone",
  copies: (n: number) => plural(n, "copy", "copies"),
  more: (n: number) => `and ${count(n)} more`,
  nothingToUndo: "There is nothing to undo",
  actions: {
    created: "Added",
    updated: "Updated",
    unchanged: "Unchanged",
    adopted: "Adopted",
    kept: "Kept",
    removed: "Removed",
    none: "Nothing",
  } satisfies Record<Action, string>,
};

/** The dialog that undoes an operation. */
export const undo = {
  title: (redo: boolean, name: string) => `${redo ? "Redo" : "Undo"} ${name}`,
  intro: "Each copy becomes again what it was before. This is an operation of its own and can be undone.",
  pickProject: "Nothing is left to undo.",
  verb: "Undo",
  running: "Undoing…",
  choices: {
    ...choices,
    overwrite: { label: "Undo anyway", hint: "What is there now goes to the trash first" },
    skip: { label: "Leave", hint: "What is there now stays" },
  },
  planned: { ...planned, created: "Put back", updated: "Put back" },
  parts: {
    deploy: (n: number) => `put back ${count(n)}`,
    adopt: (n: number) => `adopt ${count(n)}`,
    keep: (n: number) => `keep ${count(n)}`,
    skip: (n: number) => `leave ${count(n)}`,
    remove: (n: number) => `remove ${count(n)}`,
  },
};

/** The same for an operation that undid something. */
export const redo = {
  ...undo,
  intro: "Each copy becomes again what it was before the undo. This can be undone like any operation.",
  choices: { ...undo.choices, overwrite: { ...undo.choices.overwrite, label: "Redo anyway" } },
  verb: "Redo",
  running: "Redoing…",
};

/** The dialog "Check and repair". */
export const doctor = {
  title: "Check and repair",
  open: "Check and repair…",
  running: "Checking…",
  again: "Check again",
  failed: "The check could not be done",
  intro: "Looks for operations that were cut off, and for files of SkillMeat that cannot be read.",
  fine: "Nothing is wrong.",
  noFindings: "Nothing else is wrong.",
  recovered: "Cut off before",
  findings: (n: number) => `${plural(n, "problem", "problems")} found`,
  cannot: "This cannot be repaired from here. Open the file and mend it.",
  outcomes: {
    finished: "Finished",
    "rolled-back": "Rolled back",
    "set-aside": "Set aside",
    waiting: "Waiting",
  } satisfies Record<Recovered["outcome"], string>,
  repairs: {
    "restore-manifest": {
      label: "Restore the last good copy",
      text: "The copy of this file that SkillMeat kept when it last could be read takes its place. Records added since are lost. The broken file goes to the trash.",
      done: "The last good copy is in place. The broken file is in the trash.",
    },
    "rebuild-manifest": {
      label: "Rebuild from what is on disk",
      text: "A new file is written: with every record that can still be read, and one for each copy on disk that equals an artifact of its name. Copies stay as they are. The broken file goes to the trash.",
      done: "The file was rebuilt from what is on disk. The broken one is in the trash.",
    },
    "restore-records": {
      label: "Put the lost records back",
      text: "The records that are missing are added again; the rest of the file stays as it is. The old file goes to the trash.",
      done: "The lost records are back. The old file is in the trash.",
    },
    "forget-records": {
      label: "Leave them out",
      text: "SkillMeat takes it that the records were taken out on purpose, and stops asking. The copies stay where they are, without a record.",
      done: "The records stay out. Their copies are where they were.",
    },
    "set-aside": {
      label: "Set the broken file aside",
      text: "The broken file is renamed beside itself, and SkillMeat goes on without it. A list of projects is made anew from the projects that are still known. Mended, the file can be moved back.",
      done: "The broken file is set aside.",
    },
  } satisfies Record<Repair, { label: string; text: string; done: string }>,
};

/** How long removed content is kept. */
export const keeping = {
  title: "Undo and trash",
  label: "Keep removed content",
  hint: "What is removed or overwritten is kept so that operations can be undone. When either limit is reached the oldest goes first; what deployed copies still need always stays.",
  days: "Days",
  mib: "At most, in MiB",
  between: (low: number, high: number) => `A whole number from ${count(low)} to ${count(high)}.`,
  check: "Files of SkillMeat",
  checkHint: "Finds operations that were cut off and files that cannot be read.",
};

import type { Clash, ImportReceipt, Match } from "../ipc/types";
import { count, plural } from "../lib/format";

const groups: Record<Match, string> = { new: "New", differs: "Different", same: "The same" };
const choices: Record<Clash, string> = {
  stop: "Choose…",
  adopt: "Record only",
  skip: "Skip",
  "keep-both": "Keep both",
  replace: "Replace",
};

/** The Discover page. */
export const discover = {
  title: "Discover",
  lead: "Look into a project or a folder for artifacts, and import them into a collection.",
  project: "Project",
  noProject: "Choose a project",
  chooseFolder: "Choose folder…",
  chooseTitle: "Choose a folder to look into",
  collection: "Compare with",
  again: "Look again",
  looking: "Looking…",
  failed: "It could not be looked into",
  emptyTitle: "Nothing found",
  emptyText: (root: string) => `${root} has no skills, commands or agents.`,
  groups,
  groupHint: {
    new: "The collection has nothing of this name or content.",
    differs: "The collection has the name with another content.",
    same: "The collection has the content already.",
  } satisfies Record<Match, string>,
  choices,
  choiceFor: (name: string) => `What to do with ${name}`,
  nameFor: (name: string) => `Name in the collection for ${name}`,
  pick: (name: string) => `Import ${name}`,
  pickAll: (group: string) => `All of ${group}`,
  recorded: "Deployed",
  skipped: "Not offered",
  skip: "Do not offer any more",
  unskip: "Offer again",
  as: (name: string) => `as ${name}`,
  import: (n: number) => (n === 0 ? "Import" : `Import ${count(n)}`),
  /** "2 imported, 1 recorded, 1 refused". */
  totals: ({ totals }: ImportReceipt) => {
    const parts: [number, string][] = [
      [totals.imported, "imported"],
      [totals.recorded, "recorded as deployed"],
      [totals.skipped, "skipped"],
      [totals.unchanged, "unchanged"],
      [totals.failed, "refused"],
    ];
    const told = parts.filter(([n]) => n > 0).map(([n, word]) => `${count(n)} ${word}`);
    return told.length === 0 ? "Nothing to do" : told.join(", ");
  },
  would: (text: string) => `This would be: ${text}.`,
  done: (receipt: ImportReceipt) =>
    `Imported ${plural(receipt.totals.imported, "artifact", "artifacts")} into ${receipt.collection}`,
  undoName: (receipt: ImportReceipt) => `import into ${receipt.collection}`,
  found: (n: number) => plural(n, "artifact found", "artifacts found"),
};

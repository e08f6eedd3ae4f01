import { count, plural } from "../lib/format";

const folders = (n: number): string => plural(n, "folder", "folders");

/** Words for finding, locating and dropping projects. */
export const finder = {
  recent: "Known to other tools",
  found: "Found",
  database: "In SkillMeat’s database",
  readDatabase: "From SkillMeat’s database",
  deployments: (n: number) => plural(n, "deployment", "deployments"),
  /** "1 project, 2 groups"; empty when there is nothing. */
  known: (parts: readonly (readonly [number, string])[]) =>
    parts
      .filter(([n]) => n > 0)
      .map(([n, word]) => plural(n, word, `${word}s`))
      .join(", "),
  offer: (what: string) => `It also has ${what} that are not here yet.`,
  leftOut: (skipped: readonly string[], inside: readonly string[]) =>
    [
      skipped.length > 0 &&
        `${plural(skipped.length, "entry", "entries")} could not be read: ${skipped.join(", ")}.`,
      inside.length > 0 && `Left out: ${inside.join("; ")}.`,
    ]
      .filter(Boolean)
      .join(" "),
  takeOver: "Take over everything",
  tookOver: (what: string) =>
    what === ""
      ? "There was nothing new to take over."
      : `Taken over: ${what}. Groups, sets and records can be undone under Activity.`,
  all: "Select all",
  none: "Select none",
  registered: "added already",
  lookIn: "Look for projects in a folder…",
  chooseTitle: "Choose a folder to look in",
  scanning: "Looking…",
  stop: "Stop",
  result: (found: number, seen: number, stopped: boolean) =>
    `${plural(found, "possible project", "possible projects")} in ${folders(seen)}${stopped ? ", stopped before the end" : ""}`,
  add: (n: number) => `Add ${count(n)}`,
  locate: "Locate",
  locateProject: "Locate project…",
  locateTitle: (name: string) => `Where is ${name} now?`,
  locateText:
    "Its folder is no longer where it was. Choose where it was moved to; what is known of it and its history follow. To forget it instead, remove it from the list.",
  locateLabel: "Path of the folder now",
  drop: "Drop a folder to add it as a project",
  droppedTitle: (n: number) => (n === 1 ? "What is this folder?" : `What are these ${count(n)} folders?`),
  droppedText: "Add it as a project, or look in it for projects or artifacts.",
  droppedAdd: (n: number) => (n === 1 ? "Add as a project" : `Add ${count(n)} as projects`),
  droppedScan: "Look for projects in it",
  droppedDiscover: "Look for artifacts in it",
};

/** Words of the project page. */
export const projectPage = {
  label: "Project",
  showInList: "Show in the list",
  openFolder: "Open folder",
  deployed: "Deployed",
  nothingDeployed: "Nothing is deployed here yet. Choose artifacts in the list and deploy them.",
  couldNotRead: "What is deployed here could not be read.",
  unmanaged: "Without a record",
  unmanagedText: "These lie in a profile’s folder and no record names them. Nothing of them is touched.",
  noUnmanaged: "Everything in the profiles’ folders is recorded.",
  record: "Record as deployed…",
  git: "Git",
  noGit: "This folder is in no git repository.",
  hideFiles: "Keep deployed files out of git",
  hideRecords: "Keep the record and lock files out of git",
  gitText: (exclude: string) =>
    `By lines of ours in ${exclude}, which follow each deploy. What git tracks already it goes on to see.`,
  gitShared: "Other worktrees of this repository share that file.",
};

/** Words of the History tab. */
export const versions = {
  chain: "Where it comes from",
  upstream: "Upstream",
  locked: "As fetched",
  collection: "Collection now",
  noSource: "No source is recorded: it was made here.",
  copies: "Copies now",
  noCopies: "Deployed to no project.",
  sameAsCollection: "as the collection",
  lineage: (n: number) => plural(n, "version on record", "versions on record"),
  events: "What was done",
  noEvents: "Nothing that is still remembered was done with it.",
  undone: "undone",
  unknownContent: "content not known",
};

import type { TargetResult } from "../ipc/types";
import type { MatrixCommand } from "../keys/matrix";
import { count, plural } from "../lib/format";
import type { OutcomeFilter } from "../lib/results";

const artifacts = (n: number): string => plural(n, "artifact", "artifacts");
const projects = (n: number): string => plural(n, "project", "projects");
const places = (n: number): string => plural(n, "place", "places");

/** The dialog that deploys a set, and the one that undeploys it. */
export const setDeploy = {
  title: (name: string) => `Deploy ${name}`,
  titleUndeploy: (name: string) => `Undeploy ${name}`,
  intro: (n: number) => `The set comes to ${artifacts(n)} now.`,
  introOnly: (n: number, of: number) => `Only ${places(n)} in ${projects(of)}, as marked.`,
  introUndeploy:
    "What the set comes to is removed from these projects. What another deployed set needs stays; the artifacts stay in the collection.",
  recent: "Recent…",
  recentNone: "No other tool knows a folder that is not here yet.",
  onConflict: "Conflicts",
  policies: {
    stop: "Ask for each",
    skip: "Skip all",
    overwrite: "Overwrite all",
    keep: "Keep all and record them",
  },
  nowhere: (name: string) => `Nothing of ${name} is deployed anywhere.`,
  allMissing: "What is marked is gone from its collection, so there is nothing to deploy.",
  noneDeployed: "Nothing is deployed where you marked.",
  /** Totals of one project's part of a plan. */
  part: (word: string, n: number) => `${count(n)} ${word}`,
  partWords: {
    created: "new",
    updated: "to update",
    removed: "to remove",
    adopted: "to adopt",
    kept: "to keep",
    skipped: "to skip",
    unchanged: "unchanged",
    needed: "kept for other sets",
    conflicts: "to choose",
    failed: "cannot",
  },
  /** After what the button does: "Deploy 38 into 2 projects". */
  into: (n: number) => `into ${projects(n)}`,
  from: (n: number) => `from ${projects(n)}`,
  deployed: (name: string, where: string, n: number) => `Deployed ${name} to ${where}: ${artifacts(n)}`,
  undeployed: (name: string, where: string, n: number) => `Undeployed ${name} from ${where}: ${artifacts(n)}`,
};

/** The matrix of a set. */
export const matrix = {
  label: (name: string) => `Where ${name} is deployed`,
  artifacts: "Artifact",
  filterArtifacts: "Filter artifacts",
  filterProjects: "Filter projects",
  cell: (artifact: string, project: string, status: string) => `${artifact} in ${project}: ${status}`,
  missing: "gone from its collection",
  gone: "gone",
  marked: (n: number) => `${count(n)} marked`,
  hint: "Mark cells, rows or columns to deploy or undeploy just these.",
  emptyTitle: "This set comes to no artifact yet.",
  noProjects: "No project is registered yet.",
  nothingFits: "Nothing fits this filter.",
  failed: "What the set comes to could not be read",
  size: (a: number, p: number) => `${artifacts(a)} in ${projects(p)}`,
};

export const matrixCommands: Record<MatrixCommand, string> = {
  cellUp: "Up",
  cellDown: "Down",
  cellLeft: "Left",
  cellRight: "Right",
  markUp: "Mark up",
  markDown: "Mark down",
  markLeft: "Mark to the left",
  markRight: "Mark to the right",
  cellPageUp: "Up a page",
  cellPageDown: "Down a page",
  rowStart: "Start of the row",
  rowEnd: "End of the row",
  matrixStart: "First cell",
  matrixEnd: "Last cell",
  markCell: "Mark or unmark the cell, row or column",
  markAll: "Mark everything",
  unmark: "Unmark",
  showCell: "Show the artifact or project",
  deployMarked: "Deploy what is marked…",
  undeployMarked: "Undeploy what is marked…",
};

/** What became of each target of an operation. */
export const results = {
  label: "Results",
  filter: "Show",
  filters: {
    all: "All",
    succeeded: "Done",
    failed: "Failed",
    skipped: "Skipped",
    unchanged: "Unchanged",
  } satisfies Record<OutcomeFilter, string>,
  columns: { artifact: "Artifact", outcome: "Outcome", profile: "Profile" },
  none: "Nothing of this kind.",
  outcome: {
    success: "Done",
    failed: "Failed",
    skipped: "Skipped",
  } satisfies Record<TargetResult["status"], string>,
  show: "Show results…",
  /** After a stop: what failed, and what was not begun. */
  rest: "Do the rest…",
};

/** Stopping what runs. */
export const cancelling = {
  stop: "Stop",
  stopping: "Stopping…",
  late: "It can no longer be stopped; what it does can be undone.",
  stopped: (n: number) =>
    `Stopped. ${projects(n)} ${n === 1 ? "was left as it was" : "were left as they were"}.`,
};

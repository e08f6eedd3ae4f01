import {
  deploymentsIn,
  type DeploymentRow,
  type DiffHunk,
  type DiffLine,
  type Entry,
  type FileChoice,
  type FileDiff,
  type Status,
} from "./model";

/** Whether an update would bring something in, as far as a row tells: the collection moved on since the deploy. */
export function isBehind(entry: Entry, row: DeploymentRow): boolean {
  if (entry.artifact === null) return false;
  if (row.status === "outdated" || row.status === "conflict") return true;
  // Other files than those that were edited.
  const [ours, theirs] = [row.content_hash, entry.artifact.content_hash];
  return row.status === "modified" && ours !== null && theirs !== null && ours !== theirs;
}

/** The copies of some entries that an update is for, in one project or everywhere. */
export const behindOf = (entries: readonly Entry[], project: string | null): DeploymentRow[] =>
  entries.flatMap((entry) => deploymentsIn(entry, project).filter((row) => isBehind(entry, row)));

/** The copies of some entries that were edited, and whose artifact is there. */
export const editedOf = (entries: readonly Entry[], project: string | null): DeploymentRow[] =>
  entries
    .filter((entry) => entry.artifact !== null)
    .flatMap((entry) => deploymentsIn(entry, project))
    .filter((row) => row.status === "modified" || row.status === "conflict");

const DECIDABLE: ReadonlySet<Status> = new Set<Status>(["outdated", "modified", "conflict"]);

/** Whether both sides are there, so that files can be taken from either. */
export const isDecidable = (row: DeploymentRow): boolean => DECIDABLE.has(row.status);

/** The side that a file is taken from: what was chosen, else that of the one who changed it; null while open. */
export const takeOf = (file: FileDiff, choice: FileChoice | undefined): FileChoice["take"] | null =>
  choice?.take ?? (file.status === "conflict" ? null : file.status === "outdated" ? "collection" : "project");

/** Whether a file is the same as it was when something was chosen for it. */
export const isSameFile = (a: FileDiff, b: FileDiff): boolean =>
  a.path === b.path &&
  a.old_sha256 === b.old_sha256 &&
  a.new_sha256 === b.new_sha256 &&
  a.old_executable === b.old_executable &&
  a.new_executable === b.new_executable;

/** Two lines that stand beside each other; null where a side has none. */
export interface Pair {
  left: DiffLine | null;
  right: DiffLine | null;
}

/** A hunk for two columns: what was taken out stands beside what came in its place. */
export function pairsOf(hunk: DiffHunk): Pair[] {
  const pairs: Pair[] = [];
  let [left, right]: [DiffLine[], DiffLine[]] = [[], []];
  const close = (): void => {
    for (let at = 0; at < Math.max(left.length, right.length); at += 1)
      pairs.push({ left: left[at] ?? null, right: right[at] ?? null });
    [left, right] = [[], []];
  };
  for (const line of hunk.lines) {
    if (line.kind === "delete") {
      // A new run begins.
      if (right.length > 0) close();
      left.push(line);
    } else if (line.kind === "insert") right.push(line);
    else {
      close();
      pairs.push({ left: line, right: line });
    }
  }
  close();
  return pairs;
}

import { parseId, subjectOf, type OperationEntry, type OperationItem } from "./model";

/** What an operation means, seen from what was done first: an undo of an undo does it once more. */
export interface Meaning {
  verb: "did" | "undid" | "redid";
  /** What was done first; null when that is no longer on the list. */
  base: Exclude<OperationEntry["kind"], "undo"> | null;
}

/** Follows an undo to what it undid, and so on, back to what was done first. */
export function meaningOf(entry: OperationEntry, known: ReadonlyMap<string, OperationEntry>): Meaning {
  const seen = new Set<string>();
  let at: OperationEntry | undefined = entry;
  let turns = 0;
  while (at?.kind === "undo" && !seen.has(at.operation)) {
    seen.add(at.operation);
    turns += 1;
    at = at.undoes === null ? undefined : known.get(at.undoes);
  }
  const base = at === undefined || at.kind === "undo" ? null : at.kind;
  return { verb: turns === 0 ? "did" : turns % 2 === 1 ? "undid" : "redid", base };
}

/** Whether undoing it does something once more. */
export const isRedo = (meaning: Meaning): boolean => meaning.verb === "undid";

/** The newest operation that "undo" means, when none is named. */
export const newestToUndo = (entries: readonly OperationEntry[]): OperationEntry | undefined => {
  const known = byOperation(entries);
  return entries.find((entry) => entry.undone !== "yes" && !isRedo(meaningOf(entry, known)));
};

export const byOperation = (entries: readonly OperationEntry[]): Map<string, OperationEntry> =>
  new Map(entries.map((entry) => [entry.operation, entry]));

/** What something is about: the one artifact's name, or how many, and the projects. */
export interface Extent {
  /** Set when it is a single artifact. */
  name: string | null;
  artifacts: number;
  /** All of these are sets and groups. */
  lists: boolean;
  /** Set when it is a single project. */
  project: string | null;
  projects: number;
}

type Touched = Pick<OperationItem, "artifact_id" | "collection" | "project_path">;

/** What some targets are about; `nameOf` tells a project's name. */
export function extentOf<T extends Touched>(items: readonly T[], nameOf: (item: T) => string): Extent {
  const artifacts = new Set(items.map((item) => `${item.collection}\n${item.artifact_id}`));
  const projects = new Set(items.map((item) => item.project_path));
  const [first] = items;
  const isList = ({ artifact_id }: T): boolean => ["set", "group"].includes(subjectOf(artifact_id).sort);
  const lists = items.length > 0 && items.every(isList);
  const nameOne = lists ? subjectOf : parseId;
  return {
    name: first && artifacts.size === 1 ? nameOne(first.artifact_id).name : null,
    artifacts: artifacts.size,
    lists,
    project: first && projects.size === 1 ? nameOf(first) : null,
    projects: projects.size,
  };
}

/** What happened in each project, in the order in which it happened. */
export function byProject(
  items: readonly OperationItem[],
): { path: string; name: string; items: OperationItem[] }[] {
  const found = new Map<string, { path: string; name: string; items: OperationItem[] }>();
  for (const item of items) {
    const project = found.get(item.project_path) ?? {
      path: item.project_path,
      name: item.project_name,
      items: [],
    };
    project.items.push(item);
    found.set(item.project_path, project);
  }
  return [...found.values()];
}

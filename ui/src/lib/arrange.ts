import type { Shown } from "./filter";
import {
  deploymentsIn,
  KINDS,
  STATUSES,
  statusOf,
  type ArtifactKind,
  type Entry,
  type RowStatus,
} from "./model";

export type GroupBy = "kind" | "collection" | "project" | "status" | "none";
export type SortBy = "name" | "status" | "changed" | "deployed";

/** What a group header stands for. */
export type GroupOf =
  | { by: "kind"; kind: ArtifactKind }
  | { by: "collection"; collection: string }
  | { by: "status"; status: RowStatus }
  | { by: "project"; path: string | null; name: string };

/** One line of the list. */
export type Line =
  | { type: "group"; id: string; group: GroupOf; count: number }
  | { type: "row"; id: string; group: string; shown: Shown };

const collator = new Intl.Collator("en", { numeric: true, sensitivity: "base" });

const byName = (a: Entry, b: Entry): number =>
  collator.compare(a.name, b.name) ||
  collator.compare(a.namespace ?? "", b.namespace ?? "") ||
  collator.compare(a.key, b.key);

const time = (text: string | null | undefined): number => (text ? Date.parse(text) || 0 : 0);

const lastDeployed = (entry: Entry, project: string | null): number =>
  deploymentsIn(entry, project).reduce((newest, row) => Math.max(newest, time(row.deployed_at)), 0);

/** What an order goes by before the name: less comes first. */
const RANKS: Record<SortBy, (entry: Entry, project: string | null) => number> = {
  name: () => 0,
  status: (entry, project) => STATUSES.indexOf(statusOf(entry, project)),
  changed: (entry) => -time(entry.artifact?.modified_at),
  deployed: (entry, project) => -lastDeployed(entry, project),
};

/** A sorted copy, as seen from one project or from everywhere. Equal entries go by name. */
export function sortEntries(entries: readonly Entry[], by: SortBy, project: string | null): Entry[] {
  const ranked = entries.map((entry) => ({ entry, rank: RANKS[by](entry, project) }));
  return ranked.sort((a, b) => a.rank - b.rank || byName(a.entry, b.entry)).map(({ entry }) => entry);
}

interface Bucket {
  group: GroupOf;
  rank: number | string;
  members: Shown[];
}

function groupsOf(
  shown: Shown,
  by: Exclude<GroupBy, "none">,
  project: string | null,
): [string, GroupOf, number | string][] {
  if (by === "kind") {
    const { kind } = shown.entry;
    return [[kind, { by, kind }, KINDS.indexOf(kind)]];
  }
  if (by === "collection") {
    const { collection } = shown.entry;
    return [[collection, { by, collection }, collection.toLowerCase()]];
  }
  if (by === "status") return [[shown.status, { by, status: shown.status }, STATUSES.indexOf(shown.status)]];
  const projects = new Map<string, string>();
  for (const row of shown.entry.deployments)
    if (project === null || row.project_path === project) projects.set(row.project_path, row.project_name);
  if (projects.size === 0) return [["", { by, path: null, name: "" }, "\uffff"]];
  return [...projects].map(([path, name]) => [path, { by, path, name }, name.toLowerCase()]);
}

/** Puts sorted entries under their headers. Grouped by project, an entry stands under each of its projects. */
export function arrange(
  sorted: readonly Shown[],
  by: GroupBy,
  project: string | null,
  closed: ReadonlySet<string>,
): Line[] {
  if (by === "none") return sorted.map((shown) => ({ type: "row", id: shown.entry.key, group: "", shown }));
  const buckets = new Map<string, Bucket>();
  for (const shown of sorted) {
    for (const [id, group, rank] of groupsOf(shown, by, project)) {
      const bucket = buckets.get(id);
      if (bucket) bucket.members.push(shown);
      else buckets.set(id, { group, rank, members: [shown] });
    }
  }
  const ordered = [...buckets].sort(([, a], [, b]) => (a.rank < b.rank ? -1 : a.rank > b.rank ? 1 : 0));
  return ordered.flatMap(([id, bucket]): Line[] => {
    const header: Line = {
      type: "group",
      id: `group:${by}:${id}`,
      group: bucket.group,
      count: bucket.members.length,
    };
    if (closed.has(header.id)) return [header];
    const rows = bucket.members.map((shown): Line => {
      // Only there can an entry stand in the list more than once.
      const key = by === "project" ? `${id}\n${shown.entry.key}` : shown.entry.key;
      return { type: "row", id: key, group: header.id, shown };
    });
    return [header, ...rows];
  });
}

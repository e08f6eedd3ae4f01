import {
  KINDS,
  needsAttention,
  STATUSES,
  statusOf,
  type ArtifactKind,
  type Entry,
  type RowStatus,
} from "./model";

/** A status segment: everything, what needs a look, or one state. */
export type Segment = "all" | "attention" | RowStatus;

/** What the list is narrowed to. */
export interface Filter {
  text: string;
  kind: ArtifactKind | "all";
  segment: Segment;
  tags: readonly string[];
  /** Null for all. */
  collection: string | null;
  /** Key of a group; null for all. */
  inGroup: string | null;
  /** The project in the sidebar; null for all. */
  project: string | null;
}

/** A filter text, taken apart. */
export interface Query {
  words: string[];
  kinds: string[];
  projects: string[];
  statuses: string[];
  tags: string[];
  collections: string[];
  groups: string[];
}

const FIELDS = {
  type: "kinds",
  project: "projects",
  status: "statuses",
  tag: "tags",
  collection: "collections",
  group: "groups",
} as const;

/** Reads `review type:skill project:"my app"`. Unknown fields are words like any other. */
export function parseQuery(text: string): Query {
  const query: Query = {
    words: [],
    kinds: [],
    projects: [],
    statuses: [],
    tags: [],
    collections: [],
    groups: [],
  };
  for (const match of text
    .toLowerCase()
    .matchAll(/(?:(type|project|status|tag|collection|group):)?(?:"([^"]*)"?|(\S+))/g)) {
    const field = match[1] as keyof typeof FIELDS | undefined;
    const value = match[2] ?? match[3] ?? "";
    if (value) query[field ? FIELDS[field] : "words"].push(value);
  }
  return query;
}

const startsAny = (wanted: string[], value: string): boolean =>
  wanted.length === 0 || wanted.some((want) => value.startsWith(want));

/** The groups of each entry, by its key: names in lower case. */
export type GroupNames = ReadonlyMap<string, readonly string[]>;

function matchesQuery(entry: Entry, query: Query, status: RowStatus, groups: GroupNames): boolean {
  return (
    query.groups.every((want) => groups.get(entry.key)?.some((name) => name.startsWith(want))) &&
    query.words.every((word) => entry.haystack.includes(word)) &&
    startsAny(query.kinds, entry.kind) &&
    startsAny(query.collections, entry.collection.toLowerCase()) &&
    matchesStatus(query.statuses, entry, status) &&
    (query.projects.length === 0 ||
      query.projects.some((want) =>
        entry.deployments.some((row) => row.project_name.toLowerCase().includes(want)),
      )) &&
    query.tags.every((want) => entry.artifact?.tags.some((tag) => tag.toLowerCase().startsWith(want)))
  );
}

function matchesStatus(wanted: string[], entry: Entry, status: RowStatus): boolean {
  if (wanted.length === 0) return true;
  return wanted.some(
    (want) =>
      ("attention".startsWith(want) && inSegment(entry, status, "attention")) ||
      status.startsWith(want) ||
      entry.deployments.some((row) => row.status.startsWith(want)),
  );
}

/** Whether an entry in this state belongs to a segment. */
export function inSegment(entry: Entry, status: RowStatus, segment: Segment): boolean {
  if (segment === "all") return true;
  if (segment === "attention") return needsAttention(status) || entry.broken;
  return status === segment;
}

/** An entry that is shown, with its state in the chosen project. */
export interface Shown {
  entry: Entry;
  status: RowStatus;
}

/** The narrowed list and the counts its tabs and segments show. */
export interface Narrowed {
  shown: Shown[];
  /** Per type, over what the rest of the filter lets through. */
  kinds: Record<ArtifactKind | "all", number>;
  /** Per segment, likewise. */
  segments: Record<Segment, number>;
  /** Per tag, likewise. */
  tags: Map<string, number>;
  /** Per collection, likewise. */
  collections: Map<string, number>;
}

const zeros = <K extends string>(keys: readonly K[]): Record<K, number> =>
  Object.fromEntries(keys.map((key) => [key, 0])) as Record<K, number>;

/** Narrows the list and counts in the same pass; each count leaves its own dimension out. */
export function narrow(entries: readonly Entry[], filter: Filter, groups: GroupNames = new Map()): Narrowed {
  const inGroup = filter.inGroup === null ? null : groupOf(filter.inGroup);
  const query = parseQuery(filter.text);
  const result: Narrowed = {
    shown: [],
    kinds: zeros(["all", ...KINDS]),
    segments: zeros(["all", "attention", ...STATUSES]),
    tags: new Map(),
    collections: new Map(),
  };
  for (const entry of entries) {
    const status = statusOf(entry, filter.project);
    if (filter.project !== null && status === "none") continue;
    if (!matchesQuery(entry, query, status, groups)) continue;
    if (
      inGroup &&
      !(entry.collection === inGroup.collection && groups.get(entry.key)?.includes(inGroup.name))
    )
      continue;
    const tags = entry.artifact?.tags ?? [];
    const kindFits = filter.kind === "all" || entry.kind === filter.kind;
    const segmentFits = inSegment(entry, status, filter.segment);
    const tagsFit = filter.tags.every((tag) => tags.includes(tag));
    if (kindFits && segmentFits && tagsFit) add(result.collections, entry.collection);
    if (filter.collection !== null && entry.collection !== filter.collection) continue;
    if (segmentFits && tagsFit) {
      result.kinds.all += 1;
      result.kinds[entry.kind] += 1;
    }
    if (kindFits && tagsFit) countSegments(result.segments, entry, status);
    if (kindFits && segmentFits) for (const tag of tags) add(result.tags, tag);
    if (kindFits && segmentFits && tagsFit) result.shown.push({ entry, status });
  }
  return result;
}

/** Collection and name of a group, in lower case, from its key. */
function groupOf(key: string): { collection: string; name: string } {
  const cut = key.indexOf("\n");
  return { collection: key.slice(0, cut), name: key.slice(cut + 1).toLowerCase() };
}

function add(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

function countSegments(segments: Record<Segment, number>, entry: Entry, status: RowStatus): void {
  segments.all += 1;
  segments[status] += 1;
  if (inSegment(entry, status, "attention")) segments.attention += 1;
}

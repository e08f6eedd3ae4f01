import type { GroupRow, Member, SetMemberRow, SetRow } from "../ipc/types";
import { parseId, type ArtifactKind, type Entry } from "./model";

export const setKey = (row: Pick<SetRow, "collection" | "set_id">): string =>
  `${row.collection}\n${row.set_id}`;

export const groupKey = (row: Pick<GroupRow, "collection" | "name">): string =>
  `${row.collection}\n${row.name}`;

/** Tells the members of one set apart. */
export function memberKey(member: Member): string {
  if (member.kind === "artifact") return `artifact\n${member.collection ?? ""}\n${member.artifact_id}`;
  return member.kind === "group" ? `group\n${member.group}` : `set\n${member.set_id}`;
}

/** What stands before a member: a group, a set, or the kind of an artifact. */
export const memberSort = (member: Member): "group" | "set" | ArtifactKind =>
  member.kind === "artifact" ? parseId(member.artifact_id).kind : member.kind;

/** How a member is called in a list: an artifact without its kind, which its icon shows. */
export const memberName = ({ member, name }: SetMemberRow): string =>
  member.kind === "artifact" ? name.slice(name.indexOf(":") + 1) : name;

const wordsOf = (text: string): string[] => text.toLowerCase().split(/\s+/).filter(Boolean);

interface Named {
  collection: string;
  name: string;
  description: string | null;
  tags?: string[];
}

/** Those that have every word in their name, description, tags or the names of their members. */
export function find<T extends Named>(
  rows: readonly T[],
  text: string,
  collection: string | null,
  members: (row: T) => readonly string[],
): T[] {
  const words = wordsOf(text);
  return rows.filter((row) => {
    if (collection !== null && row.collection !== collection) return false;
    const hay = [row.name, row.description ?? "", ...(row.tags ?? []), ...members(row)]
      .join("\n")
      .toLowerCase();
    return words.every((word) => hay.includes(word));
  });
}

/** The names of what a set holds, for the search. */
export const namesIn = (set: SetRow): string[] => set.members.map((member) => member.name);

/** How much of a set is not there: artifacts that it comes to, and groups and sets that it holds itself. */
export const missingIn = (set: SetRow): number =>
  set.missing + set.members.filter((row) => row.missing && row.member.kind !== "artifact").length;

/** The groups that an artifact is in, in their order. */
export const groupsWith = (
  entry: Pick<Entry, "artifact_id" | "collection">,
  groups: readonly GroupRow[],
): GroupRow[] =>
  groups.filter(
    (group) =>
      group.collection === entry.collection &&
      group.members.some((member) => member.artifact_id === entry.artifact_id),
  );

/** A set that comes to an artifact, and whether it holds it itself. */
export interface Holder {
  set: SetRow;
  itself: boolean;
}

/** The sets that come to an artifact: those that hold it or a group with it, and the sets above these. */
export function setsWith(
  entry: Pick<Entry, "artifact_id" | "collection">,
  groups: readonly GroupRow[],
  sets: readonly SetRow[],
): Holder[] {
  const direct = sets.filter((set) =>
    set.members.some(
      ({ member, name }) =>
        member.kind === "artifact" &&
        name === entry.artifact_id &&
        (member.collection ?? set.collection) === entry.collection,
    ),
  );
  const byGroup = new Set(
    groupsWith(entry, groups).flatMap((group) => group.used_in.map((id) => `${group.collection}\n${id}`)),
  );
  const known = new Map(sets.map((set) => [setKey(set), set]));
  const found = new Set(direct.map(setKey));
  for (const key of byGroup) found.add(key);
  // Sets that are found are looked at in turn; sets that hold each other come up once.
  for (const key of found) {
    const set = known.get(key);
    for (const id of set?.used_in ?? []) found.add(`${set?.collection}\n${id}`);
  }
  return sets.filter((set) => found.has(setKey(set))).map((set) => ({ set, itself: direct.includes(set) }));
}

/** Which groups each artifact is in, by the key of its entry: names in lower case. */
export function groupNames(groups: readonly GroupRow[]): Map<string, string[]> {
  const names = new Map<string, string[]>();
  for (const group of groups)
    for (const { artifact_id } of group.members) {
      const key = `${group.collection}\n${artifact_id}`;
      names.set(key, [...(names.get(key) ?? []), group.name.toLowerCase()]);
    }
  return names;
}

/** What keys do with the rows of the ordered list that has the focus. */
export interface Order {
  /** Moves the row that has the focus among the others. */
  move(steps: number): void;
  /** Takes it out. */
  remove(): void;
}

/** The same things with one of them elsewhere. */
export function moved<T>(all: readonly T[], from: number, to: number): T[] {
  const rest = all.toSpliced(from, 1);
  const one = all[from];
  return one === undefined ? [...all] : rest.toSpliced(Math.max(0, Math.min(to, rest.length)), 0, one);
}

/** The way to an artifact, without the set that is looked at; null when that holds it itself. */
export const viaOf = (trail: readonly string[]): string | null =>
  trail.length > 1 ? trail.slice(1).join(" › ") : null;

/** Names of colours that have a token, and are offered. */
export const COLORS = ["slate", "blue", "green", "amber", "rose"] as const;

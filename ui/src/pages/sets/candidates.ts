import { t } from "../../i18n/en";
import type { Member } from "../../ipc/types";
import type { Pick } from "../../kit/PickList.svelte";
import { memberKey } from "../../lib/members";
import type { Library } from "../../stores/library.svelte";
import type { Holder } from "../../stores/setChanges";

/** Something that could go into a set or group. */
export interface Candidate extends Pick {
  member: Member;
  /** What the search looks into, in lower case. */
  hay: string;
}

const make = (member: Member, label: string, hint: string | null, words: string): Candidate => ({
  key: memberKey(member),
  member,
  label,
  hint: hint ?? undefined,
  hay: `${label}\n${words}`.toLowerCase(),
});

/** Everything that could go into it: groups and sets of its collection, then artifacts, those that are in it marked. */
export function candidates(holder: Holder, library: Library): Candidate[] {
  const { collection } = "set" in holder ? holder.set : holder.group;
  const artifacts = library.entries.flatMap((entry): Candidate[] => {
    const own = entry.collection === collection;
    // Groups are of one collection.
    if (entry.artifact === null || (!own && "group" in holder)) return [];
    const member: Member = {
      kind: "artifact",
      artifact_id: entry.artifact_id,
      collection: own ? null : entry.collection,
    };
    const label = entry.artifact_id.slice(entry.artifact_id.indexOf(":") + 1);
    return [make(member, label, own ? entry.artifact.description : entry.collection, entry.haystack)];
  });
  artifacts.sort((a, b) => a.label.localeCompare(b.label));
  if ("group" in holder) return marked(artifacts, new Set(holder.group.members.map(idKey)));
  const groups = library.groups
    .filter((row) => row.collection === collection)
    .map((row) => make({ kind: "group", group: row.name }, row.name, row.description, row.description ?? ""));
  const sets = library.sets
    .filter((row) => row.collection === collection && row.set_id !== holder.set.set_id)
    .map((row) =>
      make({ kind: "set", set_id: row.set_id }, row.name, row.description, `${row.description} ${row.tags}`),
    );
  const there = new Set(holder.set.members.map(({ member }) => memberKey(ownCollection(member, collection))));
  return marked([...groups, ...sets, ...artifacts], there);
}

const idKey = ({ artifact_id }: { artifact_id: string }): string =>
  memberKey({ kind: "artifact", artifact_id, collection: null });

/** A member that names the set's own collection is the one that names none. */
const ownCollection = (member: Member, collection: string): Member =>
  member.kind === "artifact" && member.collection === collection ? { ...member, collection: null } : member;

const marked = (all: Candidate[], there: ReadonlySet<string>): Candidate[] =>
  all.map((one) => (there.has(one.key) ? { ...one, taken: t.sets.pick.inIt } : one));

/** Those that have every word. */
export function narrowed(all: readonly Candidate[], text: string): Candidate[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return all.filter((one) => words.every((word) => one.hay.includes(word)));
}

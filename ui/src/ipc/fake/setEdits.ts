// What can be changed of the groups and sets of the fake world.
import type { Look, Member, Problem, SetRef } from "../types";
import { refusal } from "./plan";
import { fakeHash } from "./rows";
import { groupAt, sameMember, setAt, wayTo, type FakeGroup, type FakeSet, type Sets } from "./setModel";
import type { World } from "./world";

/** One change, made or refused. */
export type Made = { subject?: { set?: FakeSet; group?: FakeGroup } } | Problem;

export const isProblem = (made: object): made is Problem => "code" in made;

function checkedName(name: string): Problem | null {
  const text = name.trim();
  const reason = text === "" ? "it is blank" : text.length > 255 ? "it is longer than 255 characters" : null;
  return reason === null
    ? null
    : refusal("invalid-name", `The name “${name}” cannot be used: ${reason}.`, name);
}

const textOf = (wanted: string | null | undefined, old: string | null): string | null =>
  wanted === null || wanted === undefined ? old : wanted.trim() || null;

export function look<T extends FakeGroup | FakeSet>(
  what: "set" | "group",
  others: readonly T[],
  row: T,
  wanted: Look,
): Problem | null {
  if (wanted.color && !/^([a-z]+|#[0-9a-f]{3}|#[0-9a-f]{6})$/i.test(wanted.color))
    return refusal(
      "invalid-name",
      `The name “${wanted.color}” cannot be used: a colour is one of its names, or #rgb or #rrggbb.`,
    );
  if (wanted.name !== null && wanted.name !== undefined) {
    const name = wanted.name.trim();
    const bad = checkedName(wanted.name);
    if (bad) return bad;
    const taken = others.some(
      (other) =>
        other !== row &&
        other.collection === row.collection &&
        other.name.toLowerCase() === name.toLowerCase(),
    );
    if (taken)
      return refusal("name-clash", `There is a ${what} “${name}” already. Choose another name.`, name);
    row.name = name;
  }
  row.description = textOf(wanted.description, row.description);
  row.color = textOf(wanted.color, row.color);
  row.icon = textOf(wanted.icon, row.icon);
  if ("tags" in row && wanted.tags) row.tags = [...new Set(wanted.tags)];
  return null;
}

/** “name (copy)”, “name (copy 2)”. */
export function copyName(name: string, taken: readonly string[]): string {
  for (let n = 1; ; n += 1) {
    const next = `${name} (copy${n > 1 ? ` ${n}` : ""})`;
    if (!taken.includes(next)) return next;
  }
}

const notIn = (member: string, holder: string): Problem =>
  refusal("member-not-found", `“${member}” is not in “${holder}”.`, member);

/** Every change that can be made, on a copy of what there is. */
export class Editor {
  constructor(
    private readonly world: World,
    readonly next: Sets,
  ) {}

  inSet(ref: SetRef, change: (set: FakeSet) => Problem | null): Made {
    const set = setAt(this.next, ref.name, ref.collection);
    if (!set) return refusal("set-not-found", `There is no set “${ref.name}”.`, ref.name);
    const problem = change(set);
    if (problem) return problem;
    set.updated = new Date().toISOString();
    return { subject: { set } };
  }

  inGroup(ref: SetRef, change: (group: FakeGroup) => Problem | null): Made {
    const group = groupAt(this.next, ref.name, ref.collection);
    if (!group) return refusal("group-not-found", `There is no group “${ref.name}”.`, ref.name);
    return change(group) ?? { subject: { group } };
  }

  createSet(collection: string, wanted: Look, members: Member[]): Made {
    const at = new Date().toISOString();
    const set: FakeSet = {
      collection,
      set_id: fakeHash(`${collection} ${wanted.name} ${this.next.sets.length}`).slice(0, 32),
      name: "",
      description: null,
      color: null,
      icon: null,
      tags: [],
      created: at,
      updated: at,
      members: [],
    };
    this.next.sets.push(set);
    const problem = look("set", this.next.sets, set, { ...wanted, name: wanted.name ?? "" });
    return problem ?? this.members(set, members, null, []) ?? { subject: { set } };
  }

  createGroup(collection: string, wanted: Look, members: string[]): Made {
    const group: FakeGroup = {
      collection,
      name: "",
      description: null,
      color: null,
      icon: null,
      members: [...new Set(members)],
    };
    this.next.groups.push(group);
    const problem = look("group", this.next.groups, group, { ...wanted, name: wanted.name ?? "" });
    return problem ?? { subject: { group } };
  }

  members(set: FakeSet, add: Member[], at: number | null, remove: Member[]): Problem | null {
    for (const gone of remove) {
      const place = set.members.findIndex((member) => sameMember(member, gone));
      if (place < 0) return notIn(JSON.stringify(gone), set.name);
      set.members.splice(place, 1);
    }
    const fresh = add.filter((member) => !set.members.some((known) => sameMember(known, member)));
    for (const member of fresh) {
      const bad = this.#refused(set, member);
      if (bad) return bad;
    }
    set.members.splice(Math.min(at ?? set.members.length, set.members.length), 0, ...fresh);
    return null;
  }

  #refused(set: FakeSet, member: Member): Problem | null {
    const { collection } = set;
    if (member.kind === "artifact") {
      const home = member.collection ?? collection;
      const known = this.world.artifacts.some(
        (row) => row.artifact_id === member.artifact_id && row.collection === home,
      );
      return known ? null : refusal("artifact-not-found", `No artifact “${member.artifact_id}”.`);
    }
    if (member.kind === "group")
      return groupAt(this.next, member.group, collection)
        ? null
        : refusal("group-not-found", `There is no group “${member.group}”.`, member.group);
    const inner = setAt(this.next, member.set_id, collection);
    if (!inner) return refusal("set-not-found", `There is no set “${member.set_id}”.`, member.set_id);
    const way = wayTo(this.next, inner, set);
    return way
      ? refusal(
          "set-cycle",
          `A set cannot hold itself: ${[set.name, ...way].join(" → ")}. Leave one of them out.`,
          set.name,
        )
      : null;
  }

  groupMembers(group: FakeGroup, add: string[], at: number | null, remove: string[]): Problem | null {
    const gone = remove.find((id) => !group.members.includes(id));
    if (gone !== undefined) return notIn(gone, group.name);
    group.members = group.members.filter((id) => !remove.includes(id));
    const fresh = add.filter((id) => !group.members.includes(id));
    group.members.splice(Math.min(at ?? group.members.length, group.members.length), 0, ...fresh);
    return null;
  }

  renameGroup(group: FakeGroup, wanted: Look): Problem | null {
    const old = group.name;
    const problem = look("group", this.next.groups, group, wanted);
    if (problem === null)
      for (const set of this.next.sets)
        for (const member of set.members)
          if (member.kind === "group" && member.group === old && set.collection === group.collection)
            member.group = group.name;
    return problem;
  }

  /** Takes a set or group away, and what refers to it. */
  forget(held: Member, collection: string): void {
    for (const set of this.next.sets)
      if (set.collection === collection)
        set.members = set.members.filter((member) => !sameMember(member, held));
  }
}

export function reorder<T>(
  all: readonly T[],
  wanted: readonly T[],
  same: (a: T, b: T) => boolean,
  name: string,
) {
  const order = wanted.map((one) => all.find((known) => same(known, one)));
  const complete = order.every((one) => one !== undefined) && new Set(order).size === all.length;
  return complete && order.length === all.length
    ? (order as T[])
    : refusal(
        "invalid-request",
        `Name each of the ${all.length} members of “${name}” once, in the new order.`,
      );
}

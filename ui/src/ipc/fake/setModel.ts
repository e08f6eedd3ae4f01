// What the groups and sets of the fake world come to.
import type {
  DanglingMember,
  GroupRow,
  Member,
  Problem,
  ResolvedArtifact,
  SetResolution,
  SetRow,
} from "../types";
import { refusal } from "./plan";
import type { World } from "./world";

/** A group as a file would say it. */
export type FakeGroup = Omit<GroupRow, "position" | "members" | "used_in"> & { members: string[] };
/** A set as a file would say it. */
export type FakeSet = Omit<SetRow, "members" | "resolved" | "missing" | "used_in" | "problems"> & {
  members: Member[];
};
/** Everything that a change of groups or sets can touch. */
export interface Sets {
  groups: FakeGroup[];
  sets: FakeSet[];
}

const LIMIT = 20;

export const sameMember = (one: Member, other: Member): boolean => memberKey(one) === memberKey(other);

export const memberKey = (member: Member): string =>
  member.kind === "artifact"
    ? `artifact\n${member.collection ?? ""}\n${member.artifact_id}`
    : member.kind === "group"
      ? `group\n${member.group}`
      : `set\n${member.set_id}`;

const isThere = (world: World, collection: string, id: string): boolean =>
  world.artifacts.some((row) => row.artifact_id === id && row.collection === collection);

/** The set of an id or a name. */
export const setAt = ({ sets }: Sets, name: string, collection?: string | null): FakeSet | undefined =>
  sets.find((set) => set.set_id === name && (collection ?? set.collection) === set.collection) ??
  sets.find(
    (set) =>
      set.name.toLowerCase() === name.trim().toLowerCase() &&
      (collection ?? set.collection) === set.collection,
  );

export const groupAt = ({ groups }: Sets, name: string, collection?: string | null): FakeGroup | undefined =>
  groups.find((group) => group.name === name && (collection ?? group.collection) === group.collection);

class Walk {
  readonly found: ResolvedArtifact[] = [];
  readonly dangling: DanglingMember[] = [];
  readonly cycles: string[][] = [];
  readonly #path: FakeSet[] = [];
  /** How far a set reaches down, itself included. */
  readonly #levels = new Map<FakeSet, number>();

  constructor(private readonly world: World) {}

  /** Walks a set once, however many ways lead to it; how far it reaches down. */
  set(set: FakeSet): number {
    const known = this.#levels.get(set);
    if (this.#path.length + (known ?? 1) > LIMIT) throw this.#tooDeep(set);
    if (known !== undefined) return known;
    this.#path.push(set);
    let levels = 1;
    for (const member of set.members) levels = Math.max(levels, 1 + this.#member(set, member));
    this.#path.pop();
    this.#levels.set(set, levels);
    return levels;
  }

  #member({ collection }: FakeSet, member: Member): number {
    const trail = this.#path.map((set) => set.name);
    if (member.kind === "artifact")
      this.#artifact(member.collection ?? collection, member.artifact_id, trail);
    else if (member.kind === "group") {
      const group = groupAt(this.world, member.group, collection);
      if (group) for (const id of group.members) this.#artifact(collection, id, [...trail, group.name]);
      else this.dangling.push({ member, trail });
    } else {
      const inner = setAt(this.world, member.set_id, collection);
      if (!inner) this.dangling.push({ member, trail });
      else if (this.#path.includes(inner))
        this.cycles.push([...trail.slice(this.#path.indexOf(inner)), inner.name]);
      else return this.set(inner);
    }
    return 0;
  }

  #artifact(collection: string, artifact_id: string, trail: string[]): void {
    const known = this.found.find((one) => one.artifact_id === artifact_id && one.collection === collection);
    if (known) known.trails.push(trail);
    else {
      const missing = !isThere(this.world, collection, artifact_id);
      this.found.push({ artifact_id, collection, trail, trails: [trail], more: 0, missing });
    }
  }

  #tooDeep(set: FakeSet): Problem {
    const path = [...this.#path, set].map((one) => one.name);
    const text = `Sets can be nested ${LIMIT} deep, and this is deeper: ${path.join(" → ")}. Take one of them out.`;
    return refusal("set-too-deep", text, path[0]);
  }
}

/** Which artifacts a set comes to, or why that cannot be told. */
export function resolve(world: World, set: FakeSet): SetResolution | Problem {
  const walk = new Walk(world);
  try {
    walk.set(set);
  } catch (problem) {
    return problem as Problem;
  }
  const { collection, set_id, name } = set;
  return { collection, set_id, name, artifacts: walk.found, dangling: walk.dangling, cycles: walk.cycles };
}

/** Whether a set is, or holds at whatever depth, another one: the names on the way, else null. */
export function wayTo(world: Sets, from: FakeSet, to: FakeSet, seen = new Set<FakeSet>()): string[] | null {
  if (from === to) return [from.name];
  if (seen.has(from)) return null;
  seen.add(from);
  for (const member of from.members) {
    const inner = member.kind === "set" ? setAt(world, member.set_id, from.collection) : undefined;
    const way = inner && wayTo(world, inner, to, seen);
    if (way) return [from.name, ...way];
  }
  return null;
}

const holders = (world: World, collection: string, held: Member): string[] =>
  world.sets
    .filter((set) => set.collection === collection && set.members.some((member) => sameMember(member, held)))
    .map((set) => set.set_id);

export function groupRows(world: World): GroupRow[] {
  const places = new Map<string, number>();
  return world.groups.map((group) => {
    const { collection, name } = group;
    const position = places.get(collection) ?? 0;
    places.set(collection, position + 1);
    return {
      ...group,
      position,
      members: group.members.map((artifact_id) => ({
        artifact_id,
        missing: !isThere(world, collection, artifact_id),
      })),
      used_in: holders(world, collection, { kind: "group", group: name }),
    };
  });
}

/** By collection and name. */
export const setRows = (world: World): SetRow[] =>
  world.sets
    .map((set) => setRow(world, set))
    .sort((a, b) => a.collection.localeCompare(b.collection) || a.name.localeCompare(b.name));

function setRow(world: World, set: FakeSet): SetRow {
  const { collection, set_id, name } = set;
  const told = resolve(world, set);
  const fine = "artifacts" in told;
  const problems: Problem[] = fine
    ? told.cycles.map((way) => ({
        ...refusal(
          "set-cycle",
          `Sets hold each other: ${way.join(" → ")}. The way back is not taken; take one of them out.`,
          name,
        ),
        severity: "notice",
      }))
    : [told];
  return {
    ...set,
    members: set.members.map((member) => {
      if (member.kind === "artifact") {
        const missing = !isThere(world, member.collection ?? collection, member.artifact_id);
        return { member, name: member.artifact_id, missing };
      }
      if (member.kind === "group")
        return { member, name: member.group, missing: !groupAt(world, member.group, collection) };
      const inner = setAt(world, member.set_id, collection);
      return { member, name: inner?.name ?? member.set_id, missing: !inner };
    }),
    resolved: fine ? told.artifacts.length : 0,
    missing: fine ? told.artifacts.filter((one) => one.missing).length : 0,
    used_in: holders(world, collection, { kind: "set", set_id }),
    problems,
  };
}

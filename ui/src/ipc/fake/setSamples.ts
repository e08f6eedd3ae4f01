// Groups and sets of the fake world, in every state that there is.
import type { ArtifactRow } from "../types";
import type { FakeGroup, FakeSet, Sets } from "./setModel";

const AT = "2026-11-02T09:30:00+00:00";

const group = (name: string, members: string[], rest: Partial<FakeGroup> = {}): FakeGroup => ({
  collection: "default",
  name,
  description: null,
  color: null,
  icon: null,
  members,
  ...rest,
});

const set = (set_id: string, name: string, rest: Partial<FakeSet>): FakeSet => ({
  collection: "default",
  set_id,
  name,
  description: null,
  color: null,
  icon: null,
  tags: [],
  created: AT,
  updated: AT,
  members: [],
  ...rest,
});

/** A set in a set with a group, one with members that are gone, one without any. */
export function sampleSets(artifacts: readonly ArtifactRow[]): Sets {
  const ids = artifacts.map((row) => row.artifact_id);
  if (ids.length < 8) return { groups: [], sets: [] };
  const own = (at: number): FakeSet["members"] =>
    ids.slice(at, at + 1).map((artifact_id) => ({ kind: "artifact", artifact_id, collection: null }));
  return {
    groups: [
      group("lint", ids.slice(0, 3), { description: "What looks at code before a commit.", color: "green" }),
      group("writing", [...ids.slice(3, 6), "skill:taken-away"], { color: "amber" }),
      group("empty-handed", []),
    ],
    sets: [
      set("base", "Base tools", {
        description: "What every project of ours starts with.",
        color: "blue",
        icon: "wrench",
        tags: ["team"],
        members: [{ kind: "group", group: "lint" }, ...own(6), ...own(0)],
      }),
      set("broken", "Old release kit", {
        description: "From before the move.",
        color: "rose",
        members: [
          ...own(1),
          { kind: "artifact", artifact_id: "agent:release-captain", collection: null },
          { kind: "group", group: "release" },
          { kind: "set", set_id: "b6e2f0a1c4d84e0f9a7d" },
        ],
      }),
      set("bare", "Someday", {}),
      set("web", "Web team", {
        description: "For everyone who works on the site: base tools, writing, and what reviews a page.",
        color: "amber",
        icon: "🌐",
        tags: ["team", "web"],
        members: [{ kind: "set", set_id: "base" }, { kind: "group", group: "writing" }, ...own(7)],
      }),
    ],
  };
}

import { describe, expect, it } from "vitest";
import { FakeBackend, fullWorld } from "../ipc/fake";
import { entryKey, subjectOf } from "./model";
import {
  find,
  groupKey,
  groupNames,
  groupsWith,
  missingIn,
  moved,
  namesIn,
  setsWith,
  viaOf,
} from "./members";

const { groups, sets, artifacts } = new FakeBackend(fullWorld(12)).snapshot();
const at = (index: number) => {
  const found = artifacts[index];
  if (!found) throw new Error("the fake world changed");
  return found;
};
const named = (rows: readonly { name: string }[]): string[] => rows.map((row) => row.name);

describe("a search", () => {
  it("looks into names, descriptions, tags and members, for every word", () => {
    expect(named(find(sets, "TEAM site", null, namesIn))).toEqual(["Web team"]);
    expect(named(find(sets, "lint", null, namesIn))).toEqual(["Base tools"]);
    expect(named(find(sets, "  ", null, namesIn))).toHaveLength(4);
    expect(named(find(sets, "", "other", namesIn))).toEqual([]);
  });
});

describe("where an artifact is used", () => {
  it("names its groups in their order", () => {
    expect(named(groupsWith(at(1), groups))).toEqual(["lint"]);
    expect(groupsWith({ ...at(1), collection: "other" }, groups)).toEqual([]);
  });
  it("names the sets that hold it, a group with it, or such a set", () => {
    const told = (index: number): unknown[] =>
      setsWith(at(index), groups, sets).map(({ set, itself }) => [set.name, itself]);
    expect(told(1)).toEqual([
      ["Base tools", false],
      ["Old release kit", true],
      ["Web team", false],
    ]);
    expect(told(7)).toEqual([["Web team", true]]);
    expect(told(9)).toEqual([]);
  });
  it("comes to an end where sets hold each other", () => {
    const circle = sets.map((set) => (set.set_id === "web" ? { ...set, used_in: ["base"] } : set));
    expect(setsWith(at(7), groups, circle).map(({ set }) => set.set_id)).toEqual(["base", "web"]);
  });
  it("is known by name for the filter", () => {
    expect(groupNames(groups).get(entryKey("default", at(1).artifact_id))).toEqual(["lint"]);
  });
});

it("counts what is not there: artifacts, and groups and sets that are named", () => {
  expect(sets.map(missingIn)).toEqual([0, 3, 0, 1]);
});

it("moves one among the others, and stays inside", () => {
  expect(moved(["a", "b", "c"], 0, 2)).toEqual(["b", "c", "a"]);
  expect(moved(["a", "b", "c"], 2, -5)).toEqual(["c", "a", "b"]);
  expect(moved(["a"], 4, 0)).toEqual(["a"]);
});

it("tells a way without the set that is looked at", () => {
  expect([viaOf(["Web"]), viaOf(["Web", "Base", "lint"])]).toEqual([null, "Base › lint"]);
  expect(groupKey({ collection: "a", name: "b" })).toBe("a\nb");
});

it("knows sets and groups among what operations were about", () => {
  expect([subjectOf("set:web/ui"), subjectOf("group:lint"), subjectOf("agent:pm/writer")]).toEqual([
    { sort: "set", name: "web/ui" },
    { sort: "group", name: "lint" },
    { sort: "agent", name: "pm/writer" },
  ]);
});

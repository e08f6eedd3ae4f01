import { expect, it } from "vitest";
import { dice, fakeArtifact, fakeDeployment, fakeProject } from "../ipc/fake/rows";
import type { Status } from "../ipc/types";
import { arrange, sortEntries, type GroupBy, type Line, type SortBy } from "./arrange";
import type { Shown } from "./filter";
import { makeEntry, statusOf } from "./model";

const api = fakeProject("/work/api");
const web = fakeProject("/work/web");

function shown(
  name: string,
  kind: "skill" | "agent",
  states: [typeof api, Status, number][],
  changed: string,
): Shown {
  const artifact = {
    ...fakeArtifact(0, dice(1)),
    kind,
    name,
    namespace: null,
    artifact_id: `${kind}:${name}`,
    modified_at: changed,
  };
  const rows = states.map(([project, status, hours]) =>
    fakeDeployment(artifact, project, status, "claude_code", null, hours),
  );
  const entry = makeEntry(artifact.collection, artifact.artifact_id, artifact, rows);
  return { entry, status: statusOf(entry, null) };
}

const list = [
  shown("b10", "skill", [[web, "synced", 1]], "2026-01-02T00:00:00Z"),
  shown(
    "b9",
    "skill",
    [
      [api, "conflict", 5],
      [web, "synced", 9],
    ],
    "2026-01-03T00:00:00Z",
  ),
  shown("a", "agent", [], "2026-01-01T00:00:00Z"),
];

const sorted = (by: SortBy): Shown[] =>
  sortEntries(
    list.map(({ entry }) => entry),
    by,
    null,
  ).map((entry) => ({ entry, status: statusOf(entry, null) }));

const text = (lines: Line[]): string[] =>
  lines.map((line) =>
    line.type === "group"
      ? `# ${line.id.split(":").slice(1).join(":")} ${line.count}`
      : line.shown.entry.name,
  );
const grouped = (by: GroupBy, project: string | null = null, closed = new Set<string>()): string[] =>
  text(arrange(sorted("name"), by, project, closed));

it("sorts by name as people count, by state, by change, by deploy", () => {
  const names = (by: SortBy): string[] => sorted(by).map(({ entry }) => entry.name);
  expect(names("name")).toEqual(["a", "b9", "b10"]);
  expect(names("status")).toEqual(["b9", "b10", "a"]);
  expect(names("changed")).toEqual(["b9", "b10", "a"]);
  expect(names("deployed")).toEqual(["b10", "b9", "a"]);
});

it("leaves the given list as it was", () => {
  const entries = list.map(({ entry }) => entry);
  const before = [...entries];
  sortEntries(entries, "name", null);
  expect(entries).toEqual(before);
});

it("orders by state as one project sees it", () => {
  const entries = list.map(({ entry }) => entry);
  expect(sortEntries(entries, "status", "/work/web").map((entry) => entry.name)).toEqual(["b9", "b10", "a"]);
  expect(sortEntries(entries, "deployed", "/work/api").map((entry) => entry.name)).toEqual([
    "b9",
    "a",
    "b10",
  ]);
});

it("groups by type, state and nothing", () => {
  expect(grouped("kind")).toEqual(["# kind:skill 2", "b9", "b10", "# kind:agent 1", "a"]);
  expect(grouped("status")).toEqual([
    "# status:conflict 1",
    "b9",
    "# status:synced 1",
    "b10",
    "# status:none 1",
    "a",
  ]);
  expect(grouped("none")).toEqual(["a", "b9", "b10"]);
});

it("shows an artifact under each of its projects, what is deployed nowhere last", () => {
  expect(grouped("project")).toEqual([
    "# project:/work/api 1",
    "b9",
    "# project:/work/web 2",
    "b9",
    "b10",
    "# project: 1",
    "a",
  ]);
  expect(grouped("project", "/work/api").slice(0, 2)).toEqual(["# project:/work/api 1", "b9"]);
});

it("gives every line an id of its own", () => {
  const ids = arrange(list, "project", null, new Set()).map((line) => line.id);
  expect(new Set(ids).size).toBe(ids.length);
});

it("keeps the header of a folded group", () => {
  expect(grouped("kind", null, new Set(["group:kind:skill"]))).toEqual([
    "# kind:skill 2",
    "# kind:agent 1",
    "a",
  ]);
});

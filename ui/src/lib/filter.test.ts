import { describe, expect, it } from "vitest";
import { FakeBackend, fullWorld } from "../ipc/fake";
import { fakeArtifact, fakeDeployment, fakeProject, dice } from "../ipc/fake/rows";
import type { Status } from "../ipc/types";
import { inSegment, narrow, parseQuery, type Filter } from "./filter";
import { makeEntry, statusOf, worst, type Entry } from "./model";

const ALL: Filter = {
  text: "",
  kind: "all",
  segment: "all",
  tags: [],
  collection: null,
  inGroup: null,
  project: null,
};
const api = fakeProject("/work/api");
const web = fakeProject("/work/web");

function entry(
  name: string,
  kind: "skill" | "agent",
  states: [typeof api, Status][],
  tags: string[] = [],
): Entry {
  const base = fakeArtifact(0, dice(1));
  const artifact = {
    ...base,
    kind,
    name,
    namespace: null,
    artifact_id: `${kind}:${name}`,
    tags,
    description: `About ${name}`,
  };
  const rows = states.map(([project, status]) => fakeDeployment(artifact, project, status));
  return makeEntry(artifact.collection, artifact.artifact_id, artifact, rows);
}

const entries = [
  entry(
    "review",
    "skill",
    [
      [api, "synced"],
      [web, "modified"],
    ],
    ["code"],
  ),
  entry("notes", "skill", [[api, "outdated"]], ["writing", "code"]),
  entry("helper", "agent", []),
];
const names = (filter: Partial<Filter>): string[] =>
  narrow(entries, { ...ALL, ...filter }).shown.map(({ entry }) => entry.name);

describe("the text filter", () => {
  it("takes tokens, quotes and words apart", () => {
    expect(parseQuery('Code type:skill project:"my app" tag:x status:sync')).toEqual({
      words: ["code"],
      kinds: ["skill"],
      projects: ["my app"],
      statuses: ["sync"],
      tags: ["x"],
      collections: [],
      groups: [],
    });
    expect(parseQuery('size:large "two words"').words).toEqual(["size:large", "two words"]);
    expect(parseQuery("type:").words).toEqual(["type:"]);
  });

  it.each([
    ["", ["review", "notes", "helper"]],
    ["rev", ["review"]],
    ["ABOUT not", ["notes"]],
    ["type:agent", ["helper"]],
    ["type:skill tag:writ", ["notes"]],
    ["project:web", ["review"]],
    ["status:outdated", ["notes"]],
    ["status:synced", ["review"]],
    ["status:attention", ["review"]],
    ["nothing-of-that-name", []],
  ])("%o shows %o", (text, expected) => expect(names({ text })).toEqual(expected));
});

describe("the other dimensions", () => {
  it("narrow by type, state, tags and project", () => {
    expect(names({ kind: "agent" })).toEqual(["helper"]);
    expect(names({ segment: "attention" })).toEqual(["review"]);
    expect(names({ segment: "none" })).toEqual(["helper"]);
    expect(names({ tags: ["code", "writing"] })).toEqual(["notes"]);
    expect(names({ project: api.project_path })).toEqual(["review", "notes"]);
  });

  it("see a state from the chosen project", () => {
    const [review] = entries as [Entry];
    expect(statusOf(review, null)).toBe("modified");
    expect(statusOf(review, api.project_path)).toBe("synced");
    expect(statusOf(review, "/elsewhere")).toBe("none");
  });

  it("count each dimension without itself", () => {
    const { kinds, segments, tags } = narrow(entries, { ...ALL, kind: "agent" });
    expect(kinds).toMatchObject({ all: 3, skill: 2, agent: 1 });
    expect(segments).toMatchObject({ all: 1, none: 1, attention: 0 });
    expect(tags.size).toBe(0);
  });

  it("put an artifact with a problem under attention, but not one with a note", () => {
    const problem = { code: "source-invalid", severity: "refusal", message: "x" } as const;
    const artifact = fakeArtifact(0, dice(1));
    const having = (severity: "refusal" | "notice"): Entry =>
      makeEntry("default", artifact.artifact_id, { ...artifact, problems: [{ ...problem, severity }] }, []);
    expect(inSegment(having("refusal"), "none", "attention")).toBe(true);
    expect(inSegment(having("notice"), "none", "attention")).toBe(false);
  });
});

it("the worst state wins", () => {
  expect(worst(["synced", "conflict", "outdated"])).toBe("conflict");
  expect(worst([])).toBe("none");
});

it("ten thousand artifacts are narrowed within a frame", async () => {
  const snapshot = new FakeBackend({ ...fullWorld(200) }).snapshot();
  const some = snapshot.artifacts.map((row) =>
    makeEntry(row.collection, row.artifact_id, row, row.deployments),
  );
  const many = Array.from({ length: 50 }, () => some).flat();
  narrow(many, { ...ALL, text: "warm" });
  const start = performance.now();
  narrow(many, { ...ALL, text: "code review status:sync" });
  // A frame is 16.7 ms; this machine is shared, so the test only catches what is out of all proportion.
  expect(performance.now() - start).toBeLessThan(100);
});

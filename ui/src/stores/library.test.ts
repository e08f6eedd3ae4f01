import { beforeEach, describe, expect, it } from "vitest";
import { FakeBackend, fullWorld } from "../ipc/fake";
import { fakeCollection, fakeDeployment } from "../ipc/fake/rows";
import type { ArtifactRow, DeploymentRow, ProjectRow } from "../ipc/types";
import { entryKey } from "../lib/model";
import { Library } from "./library.svelte";

const library = new Library();
const world = { ...fullWorld(20), groups: [], sets: [] };
const [project] = world.projects as [ProjectRow];
const artifact = world.artifacts.find(
  (row) => !world.deployments.some((at) => at.artifact_id === row.artifact_id),
) as ArtifactRow;
const key = entryKey(artifact.collection, artifact.artifact_id);
const deployment: DeploymentRow = fakeDeployment(artifact, project);

beforeEach(() => library.take(new FakeBackend(world).snapshot()));

const apply = (...changes: Parameters<Library["apply"]>[0]): Set<string> =>
  library.apply(changes, library.revision + 1, 0);

describe("changed rows", () => {
  it("of a deployment change its artifact's entry and no other", () => {
    const before = new Map(library.entries.map((entry) => [entry.key, entry]));
    expect([...apply({ type: "deploymentUpserted", deployment })]).toEqual([key]);
    expect(library.entry(key)?.deployments).toEqual([deployment]);
    for (const entry of library.entries) if (entry.key !== key) expect(entry).toBe(before.get(entry.key));
    apply({ type: "deploymentRemoved", ...deployment });
    expect(library.entry(key)?.deployments).toEqual([]);
  });

  it("of an artifact leave its deployments alone", () => {
    apply(
      { type: "deploymentUpserted", deployment },
      { type: "artifactUpserted", artifact: { ...artifact, description: "New words." } },
    );
    expect(library.entry(key)?.deployments).toEqual([deployment]);
    expect(library.entry(key)?.haystack).toContain("new words.");
  });

  it("keep the copies of an artifact that is gone, until they are gone too", () => {
    apply({ type: "deploymentUpserted", deployment });
    apply({ type: "artifactRemoved", collection: artifact.collection, artifact_id: artifact.artifact_id });
    expect(library.entry(key)).toMatchObject({
      artifact: null,
      name: artifact.name,
      deployments: [deployment],
    });
    apply({ type: "deploymentRemoved", ...deployment });
    expect(library.entry(key)).toBeUndefined();
  });

  it("move a place from one artifact to another", () => {
    const other = world.artifacts.find((row) => row.artifact_id !== artifact.artifact_id) as ArtifactRow;
    const otherKey = entryKey(other.collection, other.artifact_id);
    apply({ type: "deploymentUpserted", deployment });
    const taken = { ...deployment, artifact_id: other.artifact_id };
    expect(apply({ type: "deploymentUpserted", deployment: taken })).toEqual(new Set([key, otherKey]));
    expect(library.entry(key)?.deployments).toEqual([]);
    expect(library.entry(otherKey)?.deployments).toContainEqual(taken);
  });

  it("of projects and collections replace their rows", () => {
    apply(
      { type: "projectUpserted", project: { ...project, available: false } },
      { type: "projectRemoved", project_path: "/home/ada/work/web" },
    );
    expect(library.project(project.project_path)?.available).toBe(false);
    expect(library.project("/home/ada/work/web")).toBeUndefined();
    apply({ type: "collectionUpserted", collection: { ...fakeCollection("extra"), path: "/x" } });
    expect(library.collections.map((row) => row.collection)).toEqual(["default", "extra"]);
    apply({ type: "collectionRemoved", collection: "default" });
    expect(library.collections.map((row) => row.collection)).toEqual(["extra"]);
  });

  it("of groups and sets replace their rows, in their order", () => {
    const look = { collection: "default", description: null, color: null, icon: null, used_in: [] };
    const group = (name: string, position: number) => ({ ...look, name, position, members: [] });
    const rest = { tags: [], created: null, updated: null, members: [], missing: 0, problems: [] };
    const set = (set_id: string, name: string, resolved = 0) => ({
      ...look,
      ...rest,
      set_id,
      name,
      resolved,
    });
    apply(
      { type: "groupUpserted", group: group("b", 0) },
      { type: "groupUpserted", group: group("a", 1) },
      { type: "setUpserted", set: set("2", "Web") },
      { type: "setUpserted", set: set("1", "All") },
      { type: "setUpserted", set: set("2", "Web", 3) },
    );
    expect(library.groups.map((row) => row.name)).toEqual(["b", "a"]);
    expect(library.sets.map((row) => [row.name, row.resolved])).toEqual([
      ["All", 0],
      ["Web", 3],
    ]);
    apply(
      { type: "groupRemoved", collection: "default", name: "b" },
      { type: "setRemoved", collection: "default", set_id: "1" },
      { type: "setRemoved", collection: "other", set_id: "2" },
    );
    expect([library.groups.length, library.sets.map((row) => row.set_id)]).toEqual([1, ["2"]]);
  });
});

it("a snapshot with copies of a lost artifact lists them", () => {
  const lost = library.entries.filter((entry) => entry.artifact === null);
  expect(lost.map((entry) => [entry.artifact_id, entry.deployments[0]?.status])).toEqual([
    ["agent:old-helper", "orphaned"],
  ]);
});

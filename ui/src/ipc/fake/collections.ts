// Collections of the fake world: made, linked, unlinked.
import type { Answer } from "../client";
import type { Change, CollectionRow, LinkRequest, Origin, Unlinked } from "../types";
import { refusal } from "./plan";
import { fakeCollection } from "./rows";
import type { World } from "./world";

/** What the commands of a fake world work with. */
export interface Fake {
  world: World;
  commit: (changes: Change[], origin?: Origin) => void;
}

const baseName = (path: string): string => path.replace(/\/+$/, "").split("/").at(-1) ?? path;

/** Adds a collection and tells about it. */
export function addCollection(fake: Fake, collection: CollectionRow): Answer<CollectionRow> {
  const { world } = fake;
  if (world.collections.some((row) => row.collection === collection.collection))
    return {
      ok: false,
      problem: refusal("name-clash", `There is a collection “${collection.collection}” already.`),
    };
  world.collections = [...world.collections, collection];
  fake.commit([{ type: "collectionUpserted", collection }], "command");
  return { ok: true, data: collection };
}

export function linkCollection(fake: Fake, request: LinkRequest): Answer<CollectionRow> {
  const { path, name, layout } = request;
  if (!path.startsWith("/") || path.includes("missing"))
    return {
      ok: false,
      problem: refusal(
        "collection-refused",
        `${path} cannot be linked as a collection: there is no such folder.`,
        path,
        "choose-folder",
      ),
    };
  const collection = fakeCollection(name ?? baseName(path));
  return addCollection(fake, { ...collection, path, linked: true, layout });
}

export function planUnlink({ world }: Fake, name: string): Answer<Unlinked> {
  const collection = world.collections.find((row) => row.collection === name && row.linked);
  if (!collection)
    return { ok: false, problem: refusal("collection-not-found", `There is no collection “${name}”.`, name) };
  const artifacts = world.artifacts.filter((row) => row.collection === name).length;
  const deployments = world.deployments.filter((row) => row.collection === name);
  return { ok: true, data: { collection, artifacts, deployments } };
}

export function unlinkCollection(fake: Fake, name: string): Answer<Unlinked> {
  const planned = planUnlink(fake, name);
  if (!planned.ok) return planned;
  const { world } = fake;
  const inside = (row: { collection: string }): boolean => row.collection === name;
  const orphaned = world.deployments.filter(inside).map((row) => ({ ...row, status: "orphaned" as const }));
  const gone = world.artifacts.filter(inside);
  world.collections = world.collections.filter((row) => !inside(row));
  world.artifacts = world.artifacts.filter((row) => !inside(row));
  world.deployments = [...world.deployments.filter((row) => !inside(row)), ...orphaned];
  fake.commit(
    [
      ...gone.map((row): Change => ({
        type: "artifactRemoved",
        collection: name,
        artifact_id: row.artifact_id,
      })),
      ...orphaned.map((deployment): Change => ({ type: "deploymentUpserted", deployment })),
      { type: "collectionRemoved", collection: name },
    ],
    "command",
  );
  return planned;
}

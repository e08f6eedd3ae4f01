import type { DeploymentRow, LibrarySnapshot } from "../types";
import { fakeProfiles } from "./rows";
import { rowsOf } from "./sets";
import type { World } from "./world";

/** The world as a snapshot. */
export function snapshotOf(world: World): LibrarySnapshot {
  const { epoch, revision, collections, artifacts, deployments, projects, problems } = world;
  const known = new Set(artifacts.map((row) => `${row.collection}\n${row.artifact_id}`));
  const copies = new Map<string, DeploymentRow[]>();
  for (const row of deployments) {
    const key = `${row.collection}\n${row.artifact_id}`;
    copies.set(key, [...(copies.get(key) ?? []), row]);
  }
  return {
    epoch,
    revision,
    collections,
    projects,
    ...rowsOf(world),
    sets_enabled: world.settings.deployment_sets,
    profiles: fakeProfiles(),
    problems,
    artifacts: artifacts.map((row) => ({
      ...row,
      deployments: copies.get(`${row.collection}\n${row.artifact_id}`) ?? [],
    })),
    orphans: deployments.filter((row) => !known.has(`${row.collection}\n${row.artifact_id}`)),
  };
}

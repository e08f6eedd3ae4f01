import type {
  DeploymentRef,
  DeploymentRow,
  MergeProposal,
  OnConflict,
  Plan,
  PlanItem,
  ResolveRequest,
  UpdateRequest,
} from "../types";
import { chosen, contested, edited, finish, settled, type Base } from "./plan";
import type { World } from "./world";

/** The row that a name means. */
export const deploymentAt = (world: World, at: DeploymentRef): DeploymentRow | undefined =>
  world.deployments.find(
    (row) =>
      row.project_path === at.project_path &&
      row.artifact_path === at.artifact_path &&
      row.deployment_profile_id === at.deployment_profile_id,
  );

function item(world: World, row: DeploymentRow, choice: OnConflict): PlanItem {
  const path = `${row.profile_root_dir}/${row.artifact_path}`;
  const artifact = world.artifacts.find(
    (known) => known.artifact_id === row.artifact_id && known.collection === row.collection,
  );
  const base: Base = {
    artifact_id: row.artifact_id,
    collection: row.collection,
    project_path: row.project_path,
    project_name: row.project_name,
    deployment_profile_id: row.deployment_profile_id,
    path,
    files: artifact?.files ?? 1,
    bytes: artifact?.bytes ?? 0,
    edited: row.status === "modified" ? ["notes.local.md"] : [],
  };
  if (row.status === "conflict")
    return contested(base, edited(path, row.project_name), choice, ["skip", "overwrite", "keep"], "updated");
  return settled(base, row.status === "outdated" ? "updated" : "unchanged");
}

/** What `update_deployments` would do in the fake world. */
export function planUpdate(world: World, request: UpdateRequest): Plan {
  const rows = (request.deployments ?? []).flatMap((at) => deploymentAt(world, at) ?? []);
  const choice = (row: DeploymentRow): OnConflict =>
    chosen(
      request.choices,
      row.project_path,
      `${row.profile_root_dir}/${row.artifact_path}`,
      request.on_conflict ?? "stop",
    );
  return finish(
    rows.map((row) => item(world, row, choice(row))),
    [],
  );
}

/** What `resolve_conflict` does: with a file of the project's it stays edited. */
export function planResolve(world: World, request: ResolveRequest): Plan {
  const keeps = request.files.some((file) => file.take !== "collection");
  return planUpdate(world, {
    deployments: [request.deployment],
    on_conflict: request.files.length === 0 ? "stop" : keeps ? "keep" : "overwrite",
  });
}

/** A merged text with one place that both changed. */
export const mergeOf = (file: string): MergeProposal => ({
  file,
  collection: "one\ntheirs\n",
  project: "one\nmine\n",
  text: "one\n<<<<<<< project\nmine\n=======\ntheirs\n>>>>>>> collection\n",
  conflicts: 1,
  known: "files",
});

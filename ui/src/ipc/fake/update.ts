import type {
  DeploymentRef,
  DeploymentRow,
  FileChoice,
  OnConflict,
  Plan,
  PlanItem,
  ResolveRequest,
  UpdateRequest,
} from "../types";
import { chosen, contested, edited, finish, settled, type Base } from "./plan";
import { diffOf } from "./drift";
import type { World } from "./world";

export { diffOf, mergeOf } from "./drift";

/** The row that a name means. */
export const deploymentAt = (world: World, at: DeploymentRef): DeploymentRow | undefined =>
  world.deployments.find(
    (row) =>
      row.project_path === at.project_path &&
      row.artifact_path === at.artifact_path &&
      row.deployment_profile_id === at.deployment_profile_id,
  );

const sides = (world: World, row: DeploymentRow): Base => {
  const artifact = world.artifacts.find(
    (known) => known.artifact_id === row.artifact_id && known.collection === row.collection,
  );
  return {
    artifact_id: row.artifact_id,
    collection: row.collection,
    project_path: row.project_path,
    project_name: row.project_name,
    deployment_profile_id: row.deployment_profile_id,
    path: `${row.profile_root_dir}/${row.artifact_path}`,
    files: artifact?.files ?? 1,
    bytes: artifact?.bytes ?? 0,
    edited: [],
  };
};

function item(world: World, row: DeploymentRow, choice: OnConflict, answers: FileChoice[]): PlanItem {
  const base = sides(world, row);
  const own = new Map(answers.map((answer) => [answer.file, answer.take]));
  const { files } = diffOf(row, world);
  const asked = files.filter((file) => file.status === "conflict" && !own.has(file.path));
  const takes = files.map((file) => {
    const forAll = { overwrite: "collection", keep: "project", skip: null, stop: null } as const;
    const other =
      file.status === "conflict" ? forAll[choice] : file.status === "outdated" ? "collection" : "project";
    return { file, take: own.get(file.path) ?? other };
  });
  const kept = takes.flatMap(({ file, take }) => (take === "project" ? [file.path] : []));
  const moves = takes.some(({ take }) => take !== "project");
  const done = { ...base, edited: kept };
  if (asked.length > 0) {
    const open = choice === "stop" || choice === "skip";
    const problem = edited(base.path ?? "", row.project_name);
    const choices: OnConflict[] = ["skip", "overwrite", "keep"];
    const settledItem = contested(open ? base : done, problem, choice, choices, "updated");
    return !open && moves ? { ...settledItem, action: "updated" } : settledItem;
  }
  if (moves) return settled(done, "updated");
  return settled(done, row.status === "conflict" ? "kept" : "unchanged");
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
  const answers = (row: DeploymentRow): FileChoice[] => [
    ...(request.files ?? []),
    ...(request.decided ?? []).flatMap(({ deployment, files }) =>
      deploymentAt(world, deployment) === row ? files : [],
    ),
  ];
  const items = rows.map((row) => item(world, row, choice(row), answers(row)));
  // A plan that was made for other answers is another plan.
  return finish(items, [], rows.map(answers));
}

/** What `resolve_conflict` does. */
export const planResolve = (world: World, request: ResolveRequest): Plan =>
  planUpdate(world, { deployments: [request.deployment], files: request.files });

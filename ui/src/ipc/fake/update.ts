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
    taken: [],
  };
};

/** Where changes come from: an update's from the collection, a push's from the project. */
type From = "collection" | "project";

function item(
  world: World,
  row: DeploymentRow,
  choice: OnConflict,
  answers: FileChoice[],
  from: From,
): PlanItem {
  const into = from === "collection" ? "project" : "collection";
  const changed = from === "collection" ? "outdated" : "modified";
  const base = sides(world, row);
  const own = new Map(answers.map((answer) => [answer.file, answer.take]));
  const { files } = diffOf(row, world);
  const asked = files.filter((file) => file.status === "conflict" && !own.has(file.path));
  const takes = files.map((file) => {
    const forAll = { overwrite: from, keep: into, skip: null, stop: null } as const;
    const other = file.status === "conflict" ? forAll[choice] : file.status === changed ? from : into;
    return { file, take: own.get(file.path) ?? other };
  });
  const moved = takes.flatMap(({ file, take }) => (take !== into ? [file.path] : []));
  const moves = moved.length > 0;
  // Edits that stay are those of the project; a push leaves what only the collection changed alone.
  const kept = takes.flatMap(({ file, take }) =>
    take === into && (from === "collection" || file.status !== "outdated") ? [file.path] : [],
  );
  const done = { ...base, edited: kept, taken: from === "project" ? moved : [] };
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

function planEach(world: World, request: UpdateRequest, from: From): Plan {
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
  const items = rows.map((row) => item(world, row, choice(row), answers(row), from));
  // A plan that was made for other answers is another plan.
  return finish(items, [], rows.map(answers));
}

/** What `update_deployments` would do in the fake world. */
export const planUpdate = (world: World, request: UpdateRequest): Plan =>
  planEach(world, request, "collection");

/** What `push_to_collection` would do in the fake world. */
export const planPush = (world: World, request: UpdateRequest): Plan => planEach(world, request, "project");

/** What `resolve_conflict` does. */
export const planResolve = (world: World, request: ResolveRequest): Plan =>
  planUpdate(world, { deployments: [request.deployment], files: request.files });

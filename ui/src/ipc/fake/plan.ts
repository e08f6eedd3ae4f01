import type {
  ArtifactRow,
  Choice,
  DeployRequest,
  DeploymentRow,
  OnConflict,
  Plan,
  PlanItem,
  PlanTotals,
  Problem,
  ProjectRow,
  UndeployRequest,
  UndoRequest,
} from "../types";
import { undoItems, type Remembered } from "./history";
import { fakeHash, fakeProject, placeOf } from "./rows";
import type { World } from "./world";

/** A refusal, as the engine words it. */
export const refusal = (
  code: Problem["code"],
  message: string,
  subject?: string,
  remedy?: Problem["remedy"],
): Problem => ({
  code,
  severity: "refusal",
  message,
  subject,
  remedy,
  causes: [],
});

/** Why a deploy cannot go to one of its projects, if it cannot. */
export function unknownProject(request: DeployRequest): Problem | null {
  const bad = request.projects?.find((path) => !path.startsWith("/") || path.includes("missing"));
  if (!bad) return null;
  const message = `There is no folder ${bad}. Choose another one, or remove the project.`;
  return refusal("project-not-found", message, bad, "choose-folder");
}

/** The registered project at a path, or a new one. */
export const projectAt = (world: World, path: string): ProjectRow =>
  world.projects.find((row) => row.project_path === path) ?? fakeProject(path);

export const chosen = (
  choices: Choice[] | undefined,
  project: string,
  path: string,
  otherwise: OnConflict,
): OnConflict =>
  choices?.find((choice) => choice.project_path === project && choice.path === path)?.on_conflict ??
  otherwise;

export type Base = Omit<PlanItem, "action" | "conflict" | "choices" | "choice" | "problem">;

export const settled = (
  base: Base,
  action: PlanItem["action"],
  problem: Problem | null = null,
): PlanItem => ({
  ...base,
  action,
  conflict: null,
  choices: [],
  choice: "stop",
  problem,
});

export function contested(
  base: Base,
  conflict: Problem,
  choice: OnConflict,
  choices: OnConflict[],
  done: PlanItem["action"],
): PlanItem {
  const action = choice === "overwrite" ? done : choice === "keep" ? "kept" : "none";
  return { ...base, action, conflict, choices, choice, problem: null };
}

export const edited = (path: string, name: string): Problem =>
  refusal("local-changes", `${path} in ${name} was edited since it was deployed.`, path, "show-diff");

const foreign = (path: string, name: string): Problem =>
  refusal("unmanaged-target", `${path} in ${name} is there already and no record names it.`, path);

function deployItem(
  world: World,
  artifact: ArtifactRow,
  project: ProjectRow,
  profileId: string,
  request: DeployRequest,
): PlanItem {
  const profile = project.profiles.find((row) => row.profile_id === profileId);
  const path = `${profile?.roots[0] ?? ".claude"}/${placeOf(artifact, request.dest)}`;
  const base: Base = {
    artifact_id: artifact.artifact_id,
    collection: artifact.collection,
    project_path: project.project_path,
    project_name: project.project_name,
    deployment_profile_id: profileId,
    path,
    files: artifact.files,
    bytes: artifact.bytes,
    edited: [],
    taken: [],
  };
  if (!profile?.kinds.includes(artifact.kind))
    return settled(
      { ...base, path: null },
      "none",
      refusal(
        "unsupported-kind",
        `${profile?.title ?? profileId} cannot read a ${artifact.kind} by copy, so “${artifact.artifact_id}” is not deployed to it.`,
      ),
    );
  const choice = chosen(request.choices, project.project_path, path, request.on_conflict ?? "stop");
  const choices: OnConflict[] = ["skip", "overwrite", "keep"];
  const record = world.deployments.find(
    (row) =>
      row.project_path === project.project_path && `${row.profile_root_dir}/${row.artifact_path}` === path,
  );
  if (!record && world.unmanaged.has(`${project.project_path}/${path}`))
    return contested(base, foreign(path, project.project_name), choice, choices, "created");
  if (!record || record.status === "missing") return settled(base, "created");
  if (record.local_modifications)
    return contested(base, edited(path, project.project_name), choice, choices, "updated");
  return settled(base, record.status === "synced" ? "unchanged" : "updated");
}

function undeployItem(
  row: DeploymentRow,
  artifact: ArtifactRow | undefined,
  request: UndeployRequest,
): PlanItem {
  const path = `${row.profile_root_dir}/${row.artifact_path}`;
  const base: Base = {
    artifact_id: row.artifact_id,
    collection: row.collection,
    project_path: row.project_path,
    project_name: row.project_name,
    deployment_profile_id: row.deployment_profile_id,
    path,
    files: artifact?.files ?? 1,
    bytes: artifact?.bytes ?? 0,
    edited: [],
    taken: [],
  };
  if (!row.local_modifications) return settled(base, "removed");
  const choice = chosen(
    request.choices,
    row.project_path,
    path,
    request.discard_edits ? "overwrite" : "stop",
  );
  return contested(
    base,
    refusal(
      "local-changes",
      `${path} in ${row.project_name} was edited since it was deployed.`,
      path,
      "show-diff",
    ),
    choice,
    ["skip", "overwrite"],
    "removed",
  );
}

function total(items: PlanItem[]): PlanTotals {
  const having = (test: (item: PlanItem) => boolean): number => items.filter(test).length;
  const writes = items.filter((item) => ["created", "updated", "removed"].includes(item.action));
  return {
    created: having((item) => item.action === "created"),
    updated: having((item) => item.action === "updated"),
    unchanged: having((item) => item.action === "unchanged"),
    adopted: having((item) => item.action === "adopted"),
    kept: having((item) => item.action === "kept"),
    removed: having((item) => item.action === "removed"),
    skipped: having((item) => item.choice === "skip"),
    conflicts: having((item) => item.conflict !== null && item.choice === "stop"),
    failed: having((item) => item.problem !== null),
    files: writes.reduce((sum, item) => sum + item.files, 0),
    bytes: writes.reduce((sum, item) => sum + item.bytes, 0),
  };
}

export const finish = (items: PlanItem[], notices: Problem[], asked: unknown = null): Plan => ({
  id: fakeHash(JSON.stringify([items, asked])),
  items,
  totals: total(items),
  notices,
});

const wanted = (
  request: { artifacts?: { artifact_id: string; collection?: string | null }[] },
  row: { artifact_id: string; collection: string },
): boolean =>
  request.artifacts?.some(
    (ref) => ref.artifact_id === row.artifact_id && (ref.collection ?? row.collection) === row.collection,
  ) ?? false;

/** What `deploy` would do in the fake world. */
export function planDeploy(world: World, request: DeployRequest): Plan {
  const artifacts = world.artifacts.filter((row) => wanted(request, row));
  const items = (request.projects ?? []).flatMap((path) => {
    const project = projectAt(world, path);
    const asked = request.profiles?.length ? request.profiles : ["claude_code"];
    const present = project.profiles.filter((row) => row.present).map((row) => row.profile_id);
    const profiles = request.all_profiles && present.length > 0 ? present : asked;
    return profiles.flatMap((id) =>
      artifacts.map((artifact) => deployItem(world, artifact, project, id, request)),
    );
  });
  return finish(items, []);
}

/** What `undeploy` would do in the fake world. */
export function planUndeploy(world: World, request: UndeployRequest): Plan {
  const rows = world.deployments.filter(
    (row) =>
      wanted(request, row) &&
      request.projects?.includes(row.project_path) &&
      (!request.profiles?.length || request.profiles.includes(row.deployment_profile_id)) &&
      (!request.paths?.length || request.paths.includes(`${row.profile_root_dir}/${row.artifact_path}`)),
  );
  const items = rows.map((row) =>
    undeployItem(
      row,
      world.artifacts.find((artifact) => artifact.artifact_id === row.artifact_id),
      request,
    ),
  );
  const everyProfile = refusal(
    "invalid-request",
    "No profile was named, so this is about the copies of every profile.",
  );
  const unnamed = !request.profiles?.length && !request.paths?.length;
  return finish(items, unnamed ? [{ ...everyProfile, severity: "notice" }] : []);
}

/** What `undo` would do in the fake world. */
export function planUndo(world: World, past: Remembered, request: UndoRequest): Plan {
  const items = undoItems(world, past).map(({ item, changed }) => {
    if (!changed || item.path === null) return item;
    const conflict = refusal(
      "local-changes",
      `${item.path} in ${item.project_name} was changed since.`,
      item.path,
      "show-diff",
    );
    const choice = chosen(request.choices, item.project_path, item.path, request.on_conflict ?? "stop");
    return contested(item, conflict, choice, ["skip", "overwrite"], item.action);
  });
  return finish(items, []);
}

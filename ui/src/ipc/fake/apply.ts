import type { Change, DeploymentRow, Plan, PlanItem, Receipt, TargetResult, Totals } from "../bindings";
import { beforeOf, rowAt, type Remembered } from "./history";
import { fakeDeployment } from "./rows";
import { projectAt, refusal } from "./plan";
import type { World } from "./world";

const outcome = (item: PlanItem, failed: TargetResult["problem"]): TargetResult => {
  const problem = failed ?? item.problem ?? (item.action === "none" ? item.conflict : null);
  const skipped = !failed && (item.choice === "skip" || item.problem?.code === "cancelled");
  return {
    artifact_id: item.artifact_id,
    collection: item.collection,
    project_path: item.project_path,
    deployment_profile_id: item.deployment_profile_id,
    status: skipped ? "skipped" : problem ? "failed" : "success",
    action: problem || skipped ? "none" : item.action,
    path: item.path,
    files: item.files,
    bytes: item.bytes,
    error: problem?.message ?? null,
    problem,
  };
};

function totals(results: TargetResult[]): Totals {
  const having = (test: (result: TargetResult) => boolean): number => results.filter(test).length;
  return {
    succeeded: having((result) => result.status === "success" && result.action !== "unchanged"),
    failed: having((result) => result.status === "failed"),
    skipped: having((result) => result.status === "skipped"),
    unchanged: having((result) => result.action === "unchanged"),
  };
}

function write(world: World, item: PlanItem): Change[] {
  const artifact = world.artifacts.find(
    (row) => row.artifact_id === item.artifact_id && row.collection === item.collection,
  );
  const project = projectAt(world, item.project_path);
  const at = world.deployments.findIndex(
    (row) =>
      row.project_path === item.project_path && `${row.profile_root_dir}/${row.artifact_path}` === item.path,
  );
  if (item.action === "removed") {
    const [row] = world.deployments.splice(at, 1);
    if (!row) return [];
    const { project_path, deployment_profile_id, profile_root_dir, artifact_path } = row;
    return [
      { type: "deploymentRemoved", project_path, deployment_profile_id, profile_root_dir, artifact_path },
    ];
  }
  if (!artifact || !item.path) return [];
  const status = item.action === "kept" || item.edited.length > 0 ? "modified" : "synced";
  const row = {
    ...fakeDeployment(artifact, project, status, item.deployment_profile_id),
    deployed_at: new Date().toISOString(),
  };
  row.artifact_path = item.path.slice(row.profile_root_dir.length + 1);
  if (at < 0) world.deployments.push(row);
  else world.deployments[at] = row;
  world.unmanaged.delete(`${item.project_path}/${item.path}`);
  return [
    { type: "deploymentUpserted", deployment: row },
    ...(item.taken.length > 0 ? leftBehind(world, row) : []),
  ];
}

/** The other copies of an artifact whose collection has taken something in. */
function leftBehind(world: World, pushed: DeploymentRow): Change[] {
  return world.deployments.flatMap((row, at): Change[] => {
    const same = row.artifact_id === pushed.artifact_id && row.collection === pushed.collection;
    if (!same || row === pushed || row.status !== "synced") return [];
    const deployment = { ...row, status: "outdated" as const };
    world.deployments[at] = deployment;
    return [{ type: "deploymentUpserted", deployment }];
  });
}

/** Puts a copy back as it was, or takes it away when there was none. */
function restore(world: World, item: PlanItem, before: DeploymentRow | null): Change[] {
  const at = world.deployments.findIndex((row) => row === rowAt(world, item));
  if (before === null) return write(world, { ...item, action: "removed" });
  if (at < 0) world.deployments.push(before);
  else world.deployments[at] = before;
  return [{ type: "deploymentUpserted", deployment: before }];
}

/** What is left of a plan that was stopped: a project that was not reached is left as it is. */
export function stopped(plan: Plan, done: number): Plan {
  const begun = new Set(plan.items.slice(0, done + 1).map((item) => item.project_path));
  const items = plan.items.map((item): PlanItem => {
    if (begun.has(item.project_path)) return item;
    const problem = refusal(
      "cancelled",
      "It was stopped before this project was reached.",
      item.project_path,
    );
    return { ...item, action: "none", problem };
  });
  return { ...plan, items };
}

/** Carries a plan out: the receipt, and the rows that changed. */
export function applyPlan(
  world: World,
  plan: Plan,
  operation: string,
  /** What an undo puts back. */
  past: Remembered | null = null,
): { receipt: Receipt; changes: Change[] } {
  const changes: Change[] = [];
  const results = plan.items.map((item) => {
    const fails =
      past === null &&
      world.broken.has(item.artifact_id) &&
      item.action !== "removed" &&
      item.action !== "unchanged";
    const problem = fails
      ? refusal(
          "permission-denied",
          `Could not read ${item.artifact_id}: permission denied.`,
          item.artifact_id,
          "retry",
        )
      : null;
    if (!problem && item.action !== "none" && item.action !== "unchanged")
      changes.push(...(past ? restore(world, item, beforeOf(past, item)) : write(world, item)));
    return outcome(item, problem);
  });
  const registered = new Set(world.projects.map((row) => row.project_path));
  for (const path of new Set(plan.items.map((item) => item.project_path))) {
    if (registered.has(path)) continue;
    const project = projectAt(world, path);
    world.projects.push(project);
    changes.unshift({ type: "projectUpserted", project });
  }
  return {
    receipt: {
      operation,
      dry_run: false,
      cache: "synced",
      totals: totals(results),
      results,
      notices: plan.notices,
    },
    changes,
  };
}

// Deploying and undeploying the sets of the fake world.
import type { Answer } from "../client";
import type {
  BatchDeployResult,
  DeployRequest,
  OperationKind,
  Plan,
  PlanItem,
  Problem,
  SetDeployed,
  SetDeployRequest,
  SetRef,
  SetTarget,
  SetUndeployRequest,
  TargetResult,
  Totals,
} from "../types";
import { chosen, contested, finish, planDeploy, planUndeploy, refusal, unknownProject } from "./plan";
import { isProblem } from "./setEdits";
import { resolve, setAt, wayTo, type FakeSet } from "./setModel";
import type { SetTools } from "./sets";
import type { World } from "./world";

/** A set, and what is asked of the artifacts that it comes to. */
interface Batch {
  set: FakeSet;
  plan: Plan;
}

function artifactsOf(
  world: World,
  ref: SetRef | undefined,
): { set: FakeSet; artifacts: { artifact_id: string; collection: string }[] } | Problem {
  const set = setAt(world, ref?.name ?? "", ref?.collection);
  if (!set) return refusal("set-not-found", `There is no set “${ref?.name}”.`, ref?.name);
  const told = resolve(world, set);
  if (isProblem(told)) return told;
  if (told.artifacts.length === 0)
    return refusal(
      "invalid-request",
      `The set “${set.name}” comes to no artifact, so there is nothing to do.`,
    );
  return {
    set,
    artifacts: told.artifacts.map(({ artifact_id, collection }) => ({ artifact_id, collection })),
  };
}

const isWanted = (only: readonly SetTarget[] | undefined, item: PlanItem): boolean =>
  !only?.length ||
  only.some(
    (one) =>
      one.project_path === item.project_path &&
      one.artifact_id === item.artifact_id &&
      one.collection === item.collection &&
      (!one.profile_id || one.profile_id === item.deployment_profile_id),
  );

const projectsOf = (request: { projects?: string[]; only?: SetTarget[] }): string[] =>
  request.only?.length ? [...new Set(request.only.map((one) => one.project_path))] : (request.projects ?? []);

/** One line per project for each artifact that is gone from its collection. */
function missing(world: World, asked: DeployRequest): PlanItem[] {
  const gone = (asked.artifacts ?? []).filter(
    (ref) =>
      !world.artifacts.some(
        (row) => row.artifact_id === ref.artifact_id && row.collection === ref.collection,
      ),
  );
  return (asked.projects ?? []).flatMap((project_path) =>
    gone.map(({ artifact_id, collection }): PlanItem => ({
      artifact_id,
      collection: collection ?? "",
      project_path,
      project_name: project_path.split("/").at(-1) ?? project_path,
      deployment_profile_id: "claude_code",
      path: null,
      action: "none",
      conflict: null,
      choices: [],
      choice: "stop",
      problem: refusal("artifact-not-found", `${artifact_id} is gone from ${collection}.`, artifact_id),
      files: 0,
      bytes: 0,
      edited: [],
      taken: [],
    })),
  );
}

function batchOf(world: World, request: SetDeployRequest): Batch | Problem {
  const found = artifactsOf(world, request.set);
  if (isProblem(found)) return found;
  const { profiles, all_profiles, on_conflict, choices } = request;
  const { artifacts } = found;
  const asked = { artifacts, projects: projectsOf(request), profiles, all_profiles, on_conflict, choices };
  const bad = unknownProject(asked);
  if (bad) return bad;
  const items = [...planDeploy(world, asked).items, ...missing(world, asked)];
  const wanted = items.filter((item) => isWanted(request.only, item));
  return { set: found.set, plan: finish(wanted, []) };
}

/** The other set that is deployed in a project and comes to an artifact, if one is. */
function neederOf(world: World, set: FakeSet, item: PlanItem): FakeSet | undefined {
  const isThere = (one: { artifact_id: string; collection: string }): boolean =>
    world.deployments.some(
      (row) =>
        row.project_path === item.project_path &&
        row.deployment_profile_id === item.deployment_profile_id &&
        row.artifact_id === one.artifact_id &&
        row.collection === one.collection,
    );
  return world.sets.find((other) => {
    const told = wayTo(world, set, other) ? null : resolve(world, other);
    if (told === null || isProblem(told)) return false;
    const needs = told.artifacts.filter((one) => !one.missing);
    return (
      needs.length > 0 &&
      needs.some((one) => one.artifact_id === item.artifact_id && one.collection === item.collection) &&
      needs.every(isThere)
    );
  });
}

function undeployOf(world: World, request: SetUndeployRequest): Batch | Problem {
  const found = artifactsOf(world, request.set);
  if (isProblem(found)) return found;
  const { profiles, choices, discard_edits } = request;
  const asked = {
    artifacts: found.artifacts,
    projects: projectsOf(request),
    profiles,
    choices,
    discard_edits,
  };
  const items = planUndeploy(world, asked)
    .items.filter((item) => isWanted(request.only, item))
    .map((item) => {
      const by = request.even_needed ? undefined : neederOf(world, found.set, item);
      const choice = item.path && chosen(choices, item.project_path, item.path, "skip");
      if (!by || choice === "overwrite") return item;
      const message = `The set “${by.name}” is deployed here too and needs it, so it stays.`;
      const needed: Problem = { ...refusal("needed-by-set", message, item.path ?? ""), severity: "notice" };
      return contested(item, needed, "skip", ["skip", "overwrite"], "removed");
    });
  return { set: found.set, plan: finish(items, []) };
}

function totalsOf(own: readonly TargetResult[]): Totals {
  const having = (status: string): number => own.filter((result) => result.status === status).length;
  const unchanged = own.filter((result) => result.action === "unchanged").length;
  return {
    succeeded: having("success") - unchanged,
    failed: having("failed"),
    skipped: having("skipped"),
    unchanged,
  };
}

async function carryOut(
  tools: SetTools,
  kind: OperationKind,
  batch: Batch | Problem,
  agreed: string | null | undefined,
): Promise<Answer<SetDeployed>> {
  if (isProblem(batch)) return { ok: false, problem: batch };
  const answer = await tools.apply(kind, batch.plan, agreed);
  if (!answer.ok) return answer;
  const { results, ...rest } = answer.data;
  const paths = [...new Set(results.map((result) => result.project_path))];
  const projects = paths.map((path): BatchDeployResult => {
    const own = results.filter((result) => result.project_path === path);
    return {
      deployment_set_id: batch.set.set_id,
      deployment_set_name: batch.set.name,
      target_project_id: path,
      totals: totalsOf(own),
      results: own,
    };
  });
  return { ok: true, data: { ...rest, projects } };
}

const planned = (batch: Batch | Problem): Answer<Plan> =>
  isProblem(batch) ? { ok: false, problem: batch } : { ok: true, data: structuredClone(batch.plan) };

/** What is asked of a set as a whole. */
export const setDeployCommands = (tools: SetTools) => ({
  planSetDeploy: (request: SetDeployRequest) =>
    tools.command("planSetDeploy", [request], () => planned(batchOf(tools.world, request))),
  deploySet: (request: SetDeployRequest) =>
    tools.command("deploySet", [request], () =>
      carryOut(tools, "deploy", batchOf(tools.world, request), request.plan),
    ),
  planSetUndeploy: (request: SetUndeployRequest) =>
    tools.command("planSetUndeploy", [request], () => planned(undeployOf(tools.world, request))),
  undeploySet: (request: SetUndeployRequest) =>
    tools.command("undeploySet", [request], () =>
      carryOut(tools, "undeploy", undeployOf(tools.world, request), request.plan),
    ),
});

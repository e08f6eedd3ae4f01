// Deploying the sets of the fake world.
import type { Answer } from "../client";
import type {
  BatchDeployResult,
  DeployRequest,
  Problem,
  SetDeployed,
  SetDeployRequest,
  Totals,
} from "../types";
import { planDeploy, refusal, unknownProject } from "./plan";
import { isProblem } from "./setEdits";
import { resolve, setAt, type FakeSet } from "./setModel";
import type { SetTools } from "./sets";
import type { World } from "./world";

/** The artifacts that a set comes to, as a deploy asks for them. */
export function asDeploy(
  world: World,
  request: SetDeployRequest,
): { set: FakeSet; request: DeployRequest } | Problem {
  const set = setAt(world, request.set?.name ?? "", request.set?.collection);
  if (!set) return refusal("set-not-found", `There is no set “${request.set?.name}”.`, request.set?.name);
  const told = resolve(world, set);
  if (isProblem(told)) return told;
  const artifacts = told.artifacts.map(({ artifact_id, collection }) => ({ artifact_id, collection }));
  const { projects, profiles, all_profiles, on_conflict, choices, plan } = request;
  const deploy = { artifacts, projects, profiles, all_profiles, on_conflict, choices, plan };
  return unknownProject(deploy) ?? { set, request: deploy };
}

export async function deploySet(tools: SetTools, request: SetDeployRequest): Promise<Answer<SetDeployed>> {
  const asked = asDeploy(tools.world, request);
  if (isProblem(asked)) return { ok: false, problem: asked };
  const answer = await tools.apply("deploy", planDeploy(tools.world, asked.request), request.plan);
  if (!answer.ok) return answer;
  const { results, ...rest } = answer.data;
  const projects = (request.projects ?? []).map((path): BatchDeployResult => {
    const own = results.filter((result) => result.project_path === path);
    const having = (status: string): number => own.filter((result) => result.status === status).length;
    const unchanged = own.filter((result) => result.action === "unchanged").length;
    const totals: Totals = {
      succeeded: having("success") - unchanged,
      failed: having("failed"),
      skipped: having("skipped"),
      unchanged,
    };
    const { set_id, name } = asked.set;
    return {
      deployment_set_id: set_id,
      deployment_set_name: name,
      target_project_id: path,
      totals,
      results: own,
    };
  });
  return { ok: true, data: { ...rest, projects } };
}

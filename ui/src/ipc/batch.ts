import type { Answer } from "./client";
import { commands } from "./bindings";
import type { Plan, Problem, SetDeployRequest, SetDeployed, SetUndeployRequest } from "./types";

/** Deploying and undeploying a set in many projects at once: one operation, undone as one. */
export interface SetBatches {
  planSetDeploy(request: SetDeployRequest): Promise<Answer<Plan>>;
  /** `only` or `retry` in the request deploys what failed again, and nothing else. */
  deploySet(request: SetDeployRequest): Promise<Answer<SetDeployed>>;
  /** Copies that another deployed set needs are in the plan as conflicts that are answered with `skip`. */
  planSetUndeploy(request: SetUndeployRequest): Promise<Answer<Plan>>;
  undeploySet(request: SetUndeployRequest): Promise<Answer<SetDeployed>>;
}

type Typed<T> = Promise<{ status: "ok"; data: T } | { status: "error"; error: Problem }>;

/** The same by the desktop shell, whose answers `answer` reads. */
export const shellBatches = (answer: <T>(call: Typed<T>) => Promise<Answer<T>>): SetBatches => ({
  planSetDeploy: (request) => answer(commands.planSetDeploy(request)),
  deploySet: (request) => answer(commands.deploySet(request)),
  planSetUndeploy: (request) => answer(commands.planSetUndeploy(request)),
  undeploySet: (request) => answer(commands.undeploySet(request)),
});

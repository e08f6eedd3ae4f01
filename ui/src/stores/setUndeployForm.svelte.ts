import type { Answer } from "../ipc/client";
import type {
  Choice,
  Plan,
  Receipt,
  SetRow,
  SetTarget,
  SetUndeployRequest,
  TargetResult,
} from "../ipc/types";
import type { App } from "./app.svelte";
import { Planning } from "./planning.svelte";
import { keysOfPlan, targetsOf } from "./setDeployForm.svelte";
import type { ProjectOption } from "./targetsForm.svelte";

/** What the dialog that undeploys a set asks and plans: all of it in some projects, or certain targets. */
export class SetUndeployForm extends Planning<SetUndeployRequest> {
  readonly type = "setUndeploy";
  projects = $state.raw<ReadonlySet<string>>(new Set());

  constructor(
    readonly set: SetRow,
    /** Projects that have a copy of what the set comes to. */
    readonly options: readonly ProjectOption[],
    preset: readonly string[],
    /** Set when certain targets are meant, and not all of the set. */
    readonly only: readonly SetTarget[] | null,
    private readonly app: App,
    choices: readonly Choice[] = [],
  ) {
    super();
    this.projects = new Set(only?.map((one) => one.project_path) ?? preset);
    this.answer(choices);
    void this.replan();
  }

  /** A form that asks for some of its targets again; what was answered for the others stays answered. */
  again(results: readonly TargetResult[]): SetUndeployForm {
    const choices = this.answersBeside(results);
    return new SetUndeployForm(this.set, this.options, [], targetsOf(results), this.app, choices);
  }

  toggleProject(path: string): void {
    const projects = new Set(this.projects);
    if (!projects.delete(path)) projects.add(path);
    this.projects = projects;
    this.changed();
  }

  protected request(): SetUndeployRequest | null {
    if (this.projects.size === 0) return null;
    return {
      set: { name: this.set.set_id, collection: this.set.collection },
      projects: [...this.projects],
      only: [...(this.only ?? [])],
    };
  }

  protected ask(request: SetUndeployRequest): Promise<Answer<Plan>> {
    return this.app.backend.sets.planSetUndeploy(request);
  }

  protected carryOut(request: SetUndeployRequest): Promise<Answer<Receipt>> {
    return this.app.operations.undeploySet(request, keysOfPlan(this.plan));
  }
}

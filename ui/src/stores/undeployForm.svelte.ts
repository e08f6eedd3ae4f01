import type { Answer, Backend } from "../ipc/client";
import type { Choice, Plan, Receipt, TargetResult, UndeployRequest } from "../ipc/types";
import { refOf, type Entry } from "../lib/model";
import { partsToRepeat } from "../lib/plan";
import type { Operations } from "./operations.svelte";
import { Planning } from "./planning.svelte";

/** Certain copies: by profile, and by place below their project. */
export interface Copies {
  profiles: string[];
  paths: string[];
}

/** What the Undeploy dialog asks and plans: everywhere in some projects, or certain copies. */
export class UndeployForm extends Planning<UndeployRequest> {
  readonly type = "undeploy";
  projects = $state.raw<ReadonlySet<string>>(new Set());

  constructor(
    readonly artifacts: readonly Entry[],
    preset: readonly string[],
    /** Set when certain copies are meant. */
    readonly only: Copies | null,
    private readonly backend: Backend,
    private readonly operations: Operations,
    choices: readonly Choice[] = [],
  ) {
    super();
    this.projects = new Set(preset);
    this.answer(choices);
    void this.replan();
  }

  /** A form that asks for some of its targets again; what was answered for the others stays answered. */
  again(results: readonly TargetResult[]): UndeployForm {
    const { artifacts, projects, profiles } = partsToRepeat(results);
    const entries = this.artifacts.filter((entry) => artifacts.has(entry.key));
    const paths = results.flatMap((result) => result.path ?? []);
    // A target without a place was not found; then the artifact is looked for as before.
    const only = paths.length === results.length ? { profiles, paths } : this.only;
    const choices = this.answersBeside(results);
    return new UndeployForm(entries, projects, only, this.backend, this.operations, choices);
  }

  /** Projects in which at least one of the artifacts is deployed. */
  get options(): { path: string; name: string; registered: boolean }[] {
    const rows = this.artifacts.flatMap((entry) => entry.deployments);
    const names = new Map(rows.map((row) => [row.project_path, row.project_name]));
    return [...names].map(([path, name]) => ({ path, name, registered: true }));
  }

  toggleProject(path: string): void {
    const projects = new Set(this.projects);
    if (!projects.delete(path)) projects.add(path);
    this.projects = projects;
    this.changed();
  }

  protected request(): UndeployRequest | null {
    if (this.projects.size === 0 || this.artifacts.length === 0) return null;
    return {
      artifacts: this.artifacts.map(refOf),
      projects: [...this.projects],
      profiles: this.only?.profiles ?? [],
      paths: this.only?.paths ?? [],
    };
  }

  protected ask(request: UndeployRequest): Promise<Answer<Plan>> {
    return this.backend.planUndeploy(request);
  }

  protected carryOut(request: UndeployRequest): Promise<Answer<Receipt>> {
    return this.operations.undeploy(request);
  }
}

import type { Answer, Backend } from "../ipc/client";
import type { DeploymentRow, Plan, Receipt, UndeployRequest } from "../ipc/types";
import { refOf, targetPath, type Entry } from "../lib/model";
import type { Operations } from "./operations.svelte";
import { Planning } from "./planning.svelte";

/** What the Undeploy dialog asks and plans: everywhere in some projects, or one copy. */
export class UndeployForm extends Planning<UndeployRequest> {
  projects = $state.raw<ReadonlySet<string>>(new Set());

  constructor(
    readonly artifacts: readonly Entry[],
    preset: readonly string[],
    /** Set when a single copy is meant. */
    readonly only: DeploymentRow | null,
    private readonly backend: Backend,
    private readonly operations: Operations,
  ) {
    super();
    this.projects = new Set(preset);
    void this.replan();
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
      profiles: this.only ? [this.only.deployment_profile_id] : [],
      paths: this.only ? [targetPath(this.only)] : [],
    };
  }

  protected ask(request: UndeployRequest): Promise<Answer<Plan>> {
    return this.backend.planUndeploy(request);
  }

  protected carryOut(request: UndeployRequest): Promise<Answer<Receipt>> {
    return this.operations.undeploy(request);
  }
}

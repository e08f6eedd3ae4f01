import type { Answer, Backend } from "../ipc/client";
import type { ArtifactKind, Choice, DeployRequest, Plan, Receipt, TargetResult } from "../ipc/types";
import { refOf, type Entry } from "../lib/model";
import { partsToRepeat } from "../lib/plan";
import type { Library } from "./library.svelte";
import type { Operations } from "./operations.svelte";
import { TargetsForm } from "./targetsForm.svelte";

/** What was asked for and answered in a form before. */
interface Earlier {
  profiles?: readonly string[];
  dest?: string;
  choices?: readonly Choice[];
}

/** What the Deploy dialog asks and plans. */
export class DeployForm extends TargetsForm<DeployRequest> {
  readonly type = "deploy";
  dest = $state("");

  constructor(
    readonly artifacts: readonly Entry[],
    preset: readonly string[],
    library: Library,
    private readonly backend: Backend,
    private readonly operations: Operations,
    earlier: Earlier = {},
  ) {
    super(preset, earlier.profiles ?? [], library);
    this.dest = earlier.dest ?? "";
    this.answer(earlier.choices ?? []);
    void this.replan();
  }

  get kinds(): readonly ArtifactKind[] {
    return this.artifacts.map((entry) => entry.kind);
  }

  /** A form that asks for some of its targets again; what was answered for the others stays answered. */
  again(results: readonly TargetResult[]): DeployForm {
    const { artifacts, projects, profiles } = partsToRepeat(results);
    const entries = this.artifacts
      .filter((entry) => artifacts.has(entry.key))
      .map((entry) => this.library.entry(entry.key) ?? entry);
    const earlier = { profiles, dest: this.dest, choices: this.answersBeside(results) };
    return new DeployForm(entries, projects, this.library, this.backend, this.operations, earlier);
  }

  setDest(text: string): void {
    this.dest = text;
    this.changed();
  }

  protected request(): DeployRequest | null {
    if (this.projects.size === 0 || this.artifacts.length === 0) return null;
    return {
      artifacts: this.artifacts.map(refOf),
      projects: [...this.projects],
      profiles: [...this.profiles],
      all_profiles: this.allProfiles,
      dest: this.dest.trim() || null,
    };
  }

  protected ask(request: DeployRequest): Promise<Answer<Plan>> {
    return this.backend.planDeploy(request);
  }

  protected carryOut(request: DeployRequest): Promise<Answer<Receipt>> {
    return this.operations.deploy(request);
  }
}

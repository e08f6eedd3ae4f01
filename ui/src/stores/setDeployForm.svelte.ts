import type { Answer } from "../ipc/client";
import type {
  ArtifactKind,
  Choice,
  OnConflict,
  Plan,
  Receipt,
  ResolvedArtifact,
  SetDeployRequest,
  SetRow,
  SetTarget,
  TargetResult,
} from "../ipc/types";
import { cellKey } from "../lib/matrix";
import { entryKey, parseId } from "../lib/model";
import type { App } from "./app.svelte";
import { TargetsForm } from "./targetsForm.svelte";

/** What was asked for and answered in a form before. */
export interface Earlier {
  profiles?: readonly string[];
  onConflict?: OnConflict;
  choices?: readonly Choice[];
}

/** The entries and the cells of the matrix that a plan is about. */
export const keysOfPlan = (plan: Plan | null): string[] =>
  (plan?.items ?? []).flatMap((item) => {
    const key = entryKey(item.collection, item.artifact_id);
    return [key, cellKey(item.project_path, key)];
  });

/** The targets that some results are about. */
export const targetsOf = (results: readonly TargetResult[]): SetTarget[] =>
  results.map(({ project_path, artifact_id, collection, deployment_profile_id }) => ({
    project_path,
    artifact_id,
    collection,
    profile_id: deployment_profile_id,
  }));

/** What the dialog that deploys a set asks and plans: all of it in some projects, or certain targets. */
export class SetDeployForm extends TargetsForm<SetDeployRequest> {
  readonly type = "setDeploy";
  /** The answer for conflicts that have none of their own. */
  onConflict = $state<OnConflict>("stop");
  /** What the set comes to; empty while it is read. */
  artifacts = $state.raw<readonly ResolvedArtifact[]>([]);

  constructor(
    readonly set: SetRow,
    preset: readonly string[],
    /** Set when certain targets are meant, and not all of the set. */
    readonly only: readonly SetTarget[] | null,
    private readonly app: App,
    earlier: Earlier = {},
  ) {
    super(
      only ? [...new Set(only.map((one) => one.project_path))] : preset,
      earlier.profiles ?? [],
      app.library,
    );
    this.onConflict = earlier.onConflict ?? "stop";
    this.answer(earlier.choices ?? []);
    void this.#resolve();
    void this.replan();
  }

  get kinds(): readonly ArtifactKind[] {
    return this.artifacts.map((one) => parseId(one.artifact_id).kind);
  }

  async #resolve(): Promise<void> {
    const answer = await this.app.backend.sets.resolveSet(this.#ref);
    // Without an answer there is no plan either, and the plan says why.
    if (answer.ok) this.artifacts = answer.data.artifacts;
  }

  get #ref(): { name: string; collection: string } {
    return { name: this.set.set_id, collection: this.set.collection };
  }

  /** A form that asks for some of its targets again; what was answered for the others stays answered. */
  again(results: readonly TargetResult[]): SetDeployForm {
    const { onConflict, set, app } = this;
    const choices = this.answersBeside(results);
    return new SetDeployForm(set, [], targetsOf(results), app, { onConflict, choices });
  }

  /** One answer for all conflicts, instead of those that were given before. */
  setOnConflict(onConflict: OnConflict): void {
    this.answer([]);
    this.onConflict = onConflict;
    this.changed();
  }

  protected request(): SetDeployRequest | null {
    if (this.projects.size === 0) return null;
    return {
      set: this.#ref,
      projects: [...this.projects],
      profiles: [...this.profiles],
      all_profiles: this.allProfiles,
      only: [...(this.only ?? [])],
      on_conflict: this.onConflict,
    };
  }

  protected ask(request: SetDeployRequest): Promise<Answer<Plan>> {
    return this.app.backend.sets.planSetDeploy(request);
  }

  protected carryOut(request: SetDeployRequest): Promise<Answer<Receipt>> {
    return this.app.operations.deploySet(request, keysOfPlan(this.plan));
  }
}

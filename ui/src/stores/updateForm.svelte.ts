import type { Answer, Backend } from "../ipc/client";
import type {
  Choice,
  DeploymentFiles,
  DeploymentRow,
  FileChoice,
  Plan,
  PlanItem,
  Receipt,
  TargetResult,
  UpdateRequest,
} from "../ipc/types";
import { deploymentKey, deploymentRef, entryKey, targetPath } from "../lib/model";
import { targetKey } from "../lib/plan";
import type { Operations } from "./operations.svelte";
import { Planning } from "./planning.svelte";

/** What was answered in a form before. */
interface Earlier {
  choices?: readonly Choice[];
  files?: readonly DeploymentFiles[];
}

/** What the Update dialog and the Diff tab plan: which copies, and which side of which file. */
export class UpdateForm extends Planning<UpdateRequest> {
  readonly type: "update" | "push" = "update";
  /** Answers for single files, by copy and file. */
  #files = $state.raw<ReadonlyMap<string, ReadonlyMap<string, FileChoice>>>(new Map());

  constructor(
    readonly rows: readonly DeploymentRow[],
    protected readonly backend: Backend,
    protected readonly operations: Operations,
    earlier: Earlier = {},
  ) {
    super();
    this.answer(earlier.choices ?? []);
    this.#files = new Map(
      (earlier.files ?? []).map(({ deployment, files }) => [
        deploymentKey(deployment),
        new Map(files.map((choice) => [choice.file, choice])),
      ]),
    );
    void this.replan();
  }

  /** A form that asks for some of its targets again; what was answered for the others stays answered. */
  again(results: readonly TargetResult[]): UpdateForm {
    return new UpdateForm(this.rowsOf(results), this.backend, this.operations, {
      choices: this.answersBeside(results),
    });
  }

  /** The copies that some results are about. */
  protected rowsOf(results: readonly TargetResult[]): DeploymentRow[] {
    const asked = new Set(results.map((result) => `${targetKey(result)}\n${result.deployment_profile_id}`));
    return this.rows.filter((row) => asked.has(this.#targetOf(row)));
  }

  /** The entries that it is about. */
  protected get keys(): string[] {
    return [...new Set(this.rows.map((row) => entryKey(row.collection, row.artifact_id)))];
  }

  /** The copy that a line of the plan is about. */
  rowOf(item: PlanItem): DeploymentRow | undefined {
    const target = `${targetKey(item)}\n${item.deployment_profile_id}`;
    return this.rows.find((row) => this.#targetOf(row) === target);
  }

  #targetOf(row: DeploymentRow): string {
    const { project_path, deployment_profile_id } = row;
    return `${targetKey({ project_path, path: targetPath(row) })}\n${deployment_profile_id}`;
  }

  /** What was answered for the files of a copy. */
  filesOf(row: DeploymentRow): ReadonlyMap<string, FileChoice> {
    return this.#files.get(deploymentKey(row)) ?? new Map();
  }

  /** Answers for one file of a copy, or takes the answer back. */
  decide(row: DeploymentRow, file: string, choice: Omit<FileChoice, "file"> | null): void {
    const files = new Map(this.filesOf(row));
    if (choice === null) files.delete(file);
    else files.set(file, { file, ...choice });
    this.#files = new Map([...this.#files, [deploymentKey(row), files]]);
    void this.replan();
  }

  /** Edited files that stay in the copies that are written. */
  get kept(): number {
    const written = this.plan?.items.filter((item) => item.action === "updated" || item.action === "kept");
    return written?.reduce((sum, item) => sum + item.edited.length, 0) ?? 0;
  }

  protected request(): UpdateRequest | null {
    if (this.rows.length === 0) return null;
    const decided = this.rows.map((row) => ({
      deployment: deploymentRef(row),
      files: [...this.filesOf(row).values()],
    }));
    return {
      deployments: this.rows.map(deploymentRef),
      decided: decided.filter(({ files }) => files.length > 0),
      on_conflict: "stop",
    };
  }

  protected ask(request: UpdateRequest): Promise<Answer<Plan>> {
    return this.backend.planUpdate(request);
  }

  protected carryOut(request: UpdateRequest): Promise<Answer<Receipt>> {
    return this.operations.update(request, this.keys);
  }
}

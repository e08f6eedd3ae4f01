import type { DeploymentDiff, FileChoice, FileDiff, MergeProposal } from "../ipc/types";
import { isDecidable, isSameFile, takeOf } from "../lib/drift";
import { asTyped, lineEndOf, withEnds } from "../lib/merge";
import { deploymentKey, deploymentRef } from "../lib/model";
import type { App } from "./app.svelte";
import type { Loaded } from "./detail.svelte";
import { UpdateForm } from "./updateForm.svelte";

/** A merged text on which somebody works. */
export interface Merging {
  proposal: Loaded<MergeProposal>;
  /** As a text field holds it. */
  text: string;
  /** The file changed since the proposal was made. */
  stale: boolean;
}

/** What somebody had come to with a copy when another one was looked at. */
interface Left {
  diff: DeploymentDiff;
  answers: readonly FileChoice[];
  merging: ReadonlyMap<string, Merging>;
  folds: ReadonlyMap<string, boolean>;
}

/** As many lines of diffs are open at first; the rest is folded. */
const OPEN_LINES = 400;

const linesOf = (file: FileDiff): number => file.hunks.reduce((sum, hunk) => sum + hunk.lines.length, 0);

/** Deciding about the files of the copy that the Diff tab shows. Answers outlive a new look at files that stayed. */
export class Deciding {
  diff = $state.raw<DeploymentDiff | null>(null);
  /** What would be done with the answers so far; null where nothing can be decided. */
  form = $state.raw<UpdateForm | null>(null);
  /** The file that keys are about. */
  at = $state<string | null>(null);
  /** Files whose answer was dropped, because they changed after it. */
  dropped = $state.raw<ReadonlySet<string>>(new Set());
  merging = $state.raw<ReadonlyMap<string, Merging>>(new Map());
  #folds = $state.raw<ReadonlyMap<string, boolean>>(new Map());
  /** Copies that were looked at before, by their key. */
  readonly #left = new Map<string, Left>();

  constructor(private readonly app: App) {}

  get files(): readonly FileDiff[] {
    return this.diff?.files ?? [];
  }

  /** Takes what was read. What was answered for a file that is still the same stays answered. */
  take(diff: DeploymentDiff): void {
    if (this.diff === diff) return;
    const key = deploymentKey(diff.deployment);
    this.#leave();
    const before = this.#left.get(key);
    this.#left.delete(key);
    const has = (path: string): boolean => diff.files.some((file) => file.path === path);
    const still = (path: string): boolean => {
      const [old, now] = [before?.diff, diff].map((one) => one?.files.find((file) => file.path === path));
      return old !== undefined && now !== undefined && isSameFile(old, now);
    };
    const answers = before?.answers ?? [];
    const { backend, operations } = this.app;
    const files = answers.filter((choice) => still(choice.file));
    this.form = isDecidable(diff.deployment)
      ? new UpdateForm([diff.deployment], backend, operations, {
          files: [{ deployment: diff.deployment, files }],
        })
      : null;
    this.diff = diff;
    this.dropped = new Set(answers.flatMap(({ file }) => (has(file) && !still(file) ? [file] : [])));
    this.merging = new Map(
      [...(before?.merging ?? [])]
        .filter(([path]) => has(path))
        .map(([path, one]) => [path, { ...one, stale: one.stale || !still(path) }]),
    );
    this.#folds = before?.folds ?? new Map();
    if (this.at !== null && !has(this.at)) this.at = null;
  }

  /** Lays aside what was answered and typed for the copy that is shown, for when somebody comes back to it. */
  #leave(): void {
    const { diff, form, merging } = this;
    if (!diff) return;
    const answers = [...(form?.filesOf(diff.deployment).values() ?? [])];
    this.#left.set(deploymentKey(diff.deployment), { diff, answers, merging, folds: this.#folds });
  }

  /** Goes to another file. */
  move(steps: number): boolean {
    const { files } = this;
    if (files.length === 0) return false;
    const now = files.findIndex((file) => file.path === this.at);
    const to = now < 0 ? (steps > 0 ? 0 : files.length - 1) : now + steps;
    this.at = files[Math.min(Math.max(to, 0), files.length - 1)]?.path ?? null;
    return true;
  }

  /** The side that a file is taken from; null while that is open. */
  taken(file: FileDiff): FileChoice["take"] | null {
    return takeOf(file, this.#choice(file.path));
  }

  #choice(path: string): FileChoice | undefined {
    return this.diff ? this.form?.filesOf(this.diff.deployment).get(path) : undefined;
  }

  /** The merged text that was chosen for a file. */
  mergedText(path: string): string | null {
    return this.#choice(path)?.text ?? null;
  }

  /** Takes one side of a file. Without a path, of the file that keys are about. */
  choose(take: "collection" | "project", path = this.at): boolean {
    if (!this.diff || !this.form || path === null) return false;
    this.close(path);
    this.#undrop(path);
    this.form.decide(this.diff.deployment, path, { take });
    return true;
  }

  #undrop(path: string): void {
    this.dropped = new Set([...this.dropped].filter((known) => known !== path));
  }

  isOpen(path: string): boolean {
    const folded = this.#folds.get(path);
    if (folded !== undefined) return folded;
    let lines = 0;
    for (const file of this.files) {
      lines += linesOf(file);
      if (file.path === path) return lines <= OPEN_LINES || file === this.files[0];
    }
    return false;
  }

  fold(path = this.at): boolean {
    if (path === null) return false;
    this.#folds = new Map([...this.#folds, [path, !this.isOpen(path)]]);
    return true;
  }

  /** Asks for a merged text and opens it, with what was merged before where there is such. */
  async merge(path = this.at, anew = false): Promise<boolean> {
    const { diff, form } = this;
    if (!diff || !form || path === null || (this.merging.has(path) && !anew)) return false;
    this.#folds = new Map([...this.#folds, [path, true]]);
    this.#setMerging(path, { proposal: { state: "loading" }, text: "", stale: false });
    const answer = await this.app.backend.proposeMerge(deploymentRef(diff.deployment), path);
    if (!this.merging.has(path)) return false;
    const before = anew ? null : this.mergedText(path);
    if (answer.ok)
      this.#setMerging(path, {
        proposal: { state: "ready", data: answer.data },
        text: asTyped(before ?? answer.data.text ?? ""),
        stale: false,
      });
    else
      this.#setMerging(path, {
        proposal: { state: "failed", problem: answer.problem },
        text: "",
        stale: false,
      });
    return true;
  }

  edit(path: string, text: string): void {
    const merging = this.merging.get(path);
    if (merging) this.#setMerging(path, { ...merging, text });
  }

  /** Chooses the text that was merged. */
  use(path: string): void {
    const merging = this.merging.get(path);
    if (!this.diff || !this.form || merging?.proposal.state !== "ready") return;
    const { project, collection } = merging.proposal.data;
    const { end } = lineEndOf(project ?? collection ?? "");
    this.#undrop(path);
    this.form.decide(this.diff.deployment, path, { take: "text", text: withEnds(merging.text, end) });
    this.close(path);
  }

  /** Closes a merged text; what was chosen before stays. */
  close(path: string): void {
    this.merging = new Map([...this.merging].filter(([known]) => known !== path));
  }

  #setMerging(path: string, merging: Merging): void {
    this.merging = new Map([...this.merging, [path, merging]]);
  }

  /** Shows what a push of the copy would do, with what was chosen. */
  push(): void {
    const { diff, form } = this;
    if (!diff || !form) return;
    const files = [...form.filesOf(diff.deployment).values()];
    this.app.updating.pushRows([diff.deployment], [{ deployment: diff.deployment, files }]);
  }

  /** Carries out what was chosen. */
  async apply(): Promise<void> {
    const { form } = this;
    if (!form?.canRun || this.merging.size > 0) return;
    const [row] = form.rows;
    if (!(await this.app.actions.confirm(form)) || !row) return;
    // What comes next is another question. The event with the new row may have come before the answer.
    const { diff } = this;
    const shown = diff !== null && deploymentKey(diff.deployment) === deploymentKey(row);
    if (shown) this.diff = null;
    this.#left.delete(deploymentKey(row));
    if (shown) this.take(diff);
  }
}

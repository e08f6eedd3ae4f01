import { t } from "../i18n/en";
import { keyOf } from "../keys/keymap";
import type { LinkRequest, Plan, Problem, Receipt } from "../ipc/types";
import { refOf, type Entry } from "../lib/model";
import type { App } from "./app.svelte";
import type { NoticeAction } from "./notices.svelte";

/** Makes, links and forgets collections. */
export class Collections {
  constructor(private readonly app: App) {}

  /** Makes a collection; returns its problem, or null when it worked. */
  async create(name: string): Promise<Problem | null> {
    const answer = await this.app.backend.createCollection(name.trim());
    if (!answer.ok) return answer.problem;
    this.app.notices.done(t.toast.collectionCreated(answer.data.collection));
    return null;
  }

  /** Links a folder as a collection; returns its problem, or null when it worked. */
  async link(request: LinkRequest): Promise<Problem | null> {
    const answer = await this.app.backend.linkCollection(request);
    if (!answer.ok) return answer.problem;
    this.app.notices.done(t.toast.collectionLinked(answer.data.collection));
    return null;
  }

  /** Forgets a linked collection; returns its problem, or null when it worked. */
  async unlink(name: string): Promise<Problem | null> {
    const answer = await this.app.backend.unlinkCollection(name);
    if (!answer.ok) return answer.problem;
    this.app.notices.done(t.toast.collectionUnlinked(name));
    return null;
  }

  /** Whether these can be removed and tagged: all in one collection, which is our own. */
  canChange(entries: readonly Entry[]): boolean {
    const names = new Set(entries.map((entry) => entry.collection));
    const row = this.app.library.collections.find((known) => names.has(known.collection));
    return (
      names.size === 1 &&
      row !== undefined &&
      !row.linked &&
      entries.every((entry) => entry.artifact !== null)
    );
  }

  /** Asks before it removes. */
  remove(entries: readonly Entry[]): void {
    if (this.canChange(entries)) this.app.dialogs.open({ type: "removeArtifacts", entries });
  }

  editTags(entries: readonly Entry[]): void {
    if (this.canChange(entries)) this.app.dialogs.open({ type: "tags", entries });
  }

  /** Removes what a plan says; returns its problem, or null when it worked. */
  async confirmRemove(entries: readonly Entry[], plan: Plan): Promise<Problem | null> {
    const { backend, notices } = this.app;
    const answer = await backend.removeArtifacts({ artifacts: entries.map(refOf), plan: plan.id });
    if (!answer.ok) return answer.problem;
    const failed = answer.data.results.find((result) => result.problem !== null);
    if (failed?.problem) return failed.problem;
    const name = t.collections.removal(entries.length);
    notices.done(t.collections.removed(entries.length), this.#undo(answer.data, name));
    return null;
  }

  /** Changes tags; returns its problem, or null when it worked. */
  async tag(entries: readonly Entry[], add: string[], remove: string[]): Promise<Problem | null> {
    const { backend, notices } = this.app;
    const answer = await backend.tagArtifacts({ artifacts: entries.map(refOf), add, remove });
    if (!answer.ok) return answer.problem;
    const failed = answer.data.results.find((result) => result.problem !== null);
    if (failed?.problem) return failed.problem;
    const some = answer.data.results.length > 0;
    const undo = some ? this.#undo(answer.data, t.collections.tagging(entries.length)) : null;
    notices.done(some ? t.collections.tagged(entries.length) : t.toast.nothing, undo);
    return null;
  }

  #undo(receipt: Receipt, name: string): NoticeAction {
    const { operation } = receipt;
    const run = (): void => void this.app.actions.undoNow({ operation, name, redo: false });
    return { label: t.activity.undo, keys: keyOf("undo"), run };
  }
}

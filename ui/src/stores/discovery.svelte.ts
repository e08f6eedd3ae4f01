import { SvelteMap, SvelteSet } from "svelte/reactivity";
import { discover as words } from "../i18n/discover";
import { t } from "../i18n/en";
import type { Clash, Discovered, DiscoverReport, ImportReceipt, ImportRequest, Problem } from "../ipc/types";
import { keyOf } from "../keys/keymap";
import type { App } from "./app.svelte";

/** Where to look: a project in all its profile roots, or any folder. */
export type Where = { project: string } | { folder: string };

/** What lies in a project or folder, what of it is picked, and what importing that would do. */
export class Discovery {
  where = $state.raw<Where | null>(null);
  collection = $state<string | null>(null);
  phase = $state<"idle" | "loading" | "ready" | "error">("idle");
  report = $state.raw<DiscoverReport | null>(null);
  problem = $state.raw<Problem | null>(null);
  readonly picked = new SvelteSet<string>();
  readonly choices = new SvelteMap<string, Clash>();
  /** Under which names finds are kept beside what has theirs already; without one a free one is made. */
  readonly names = new SvelteMap<string, string>();
  /** What importing what is picked would do; null while that is asked, and when nothing is picked. */
  plan = $state.raw<ImportReceipt | null>(null);
  /** What the last import did. */
  result = $state.raw<ImportReceipt | null>(null);
  importing = $state(false);
  #look = 0;
  #plan = 0;

  constructor(private readonly app: App) {}

  /** Looks somewhere; an answer that comes after another question is dropped. */
  async look(where: Where): Promise<void> {
    this.where = where;
    this.result = null;
    await this.again();
  }

  async again(): Promise<void> {
    if (this.where === null) return;
    const asked = ++this.#look;
    this.phase = "loading";
    this.problem = null;
    const answer = await this.app.backend.discover({ ...this.where, collection: this.collection });
    if (asked !== this.#look) return;
    if (!answer.ok) {
      this.problem = answer.problem;
      this.report = null;
      this.phase = "error";
      return;
    }
    this.report = answer.data;
    this.phase = "ready";
    this.choices.clear();
    this.names.clear();
    this.picked.clear();
    for (const find of answer.data.artifacts)
      if (find.match === "new" && !find.skipped && find.problem === null) this.picked.add(find.path);
    await this.replan();
  }

  async compareWith(collection: string | null): Promise<void> {
    this.collection = collection;
    await this.again();
  }

  async chooseFolder(): Promise<void> {
    const folder = await this.app.actions.chooseFolder(words.chooseTitle);
    if (folder !== null) await this.look({ folder });
  }

  async pick(finds: readonly Discovered[], picked: boolean): Promise<void> {
    for (const find of finds)
      if (picked && find.problem === null) this.picked.add(find.path);
      else this.picked.delete(find.path);
    await this.replan();
  }

  async choose(find: Discovered, choice: Clash): Promise<void> {
    this.choices.set(find.path, choice);
    this.picked.add(find.path);
    await this.replan();
  }

  async name(find: Discovered, name: string): Promise<void> {
    if (name === "") this.names.delete(find.path);
    else this.names.set(find.path, name);
    await this.replan();
  }

  /** Does not offer a find of the project any more, or offers it again. */
  async skip(find: Discovered, skipped: boolean): Promise<void> {
    if (this.where === null || !("project" in this.where)) return;
    const answer = await this.app.backend.skipDiscovered(this.where.project, [find.artifact_id], skipped);
    if (answer.ok) await this.again();
    else this.app.notices.problem(answer.problem);
  }

  async replan(): Promise<void> {
    const asked = ++this.#plan;
    this.plan = null;
    if (this.picked.size === 0) return;
    const answer = await this.app.backend.planImport(this.#request(null));
    if (asked !== this.#plan) return;
    if (answer.ok) this.plan = answer.data;
    else this.problem = answer.problem;
  }

  /** Imports what was planned, and nothing else. */
  async run(): Promise<void> {
    if (this.plan === null || this.importing) return;
    this.importing = true;
    const answer = await this.app.backend.import(this.#request(this.plan.plan));
    this.importing = false;
    if (!answer.ok) {
      this.problem = answer.problem;
      if (answer.problem.code === "plan-stale") await this.replan();
      return;
    }
    const receipt = answer.data;
    await this.again();
    this.result = receipt;
    if (receipt.totals.imported + receipt.totals.recorded > 0) this.#tell(receipt);
  }

  #tell(receipt: ImportReceipt): void {
    const target = { operation: receipt.operation, name: words.undoName(receipt), redo: false };
    const undo = { label: t.activity.undo, keys: keyOf("undo"), run: () => this.app.actions.undo(target) };
    this.app.notices.done(words.done(receipt), undo);
  }

  #request(plan: string | null): ImportRequest {
    const finds = this.report?.artifacts ?? [];
    return {
      ...this.where,
      collection: this.collection,
      paths: finds.filter((find) => this.picked.has(find.path)).map((find) => find.path),
      on_clash: "stop",
      choices: [...this.choices].map(([path, choice]) => ({
        path,
        choice,
        name: choice === "keep-both" ? (this.names.get(path) ?? null) : null,
      })),
      plan,
    };
  }
}

import { t } from "../i18n/en";
import { operationName } from "../i18n/operations";
import type { Receipt, TargetResult } from "../ipc/types";
import { keyOf } from "../keys/keymap";
import { baseName } from "../lib/format";
import { extentOf } from "../lib/history";
import { countArtifacts, doneOf, placesOf } from "../lib/plan";
import { isDropped } from "../lib/results";
import type { App } from "./app.svelte";
import type { PlanForm } from "./dialogs.svelte";
import type { NoticeAction } from "./notices.svelte";

/** As many operations are remembered target by target; the history keeps what was done. */
const MOST = 50;

const isOfSet = (form: PlanForm): boolean => form.type === "setDeploy" || form.type === "setUndeploy";

/** What became of each target of the operations since the window was opened, and how that is told. */
export class Reports {
  #known = $state.raw<ReadonlyMap<string, { receipt: Receipt; form: PlanForm }>>(new Map());

  constructor(private readonly app: App) {}

  has(operation: string): boolean {
    return this.#known.has(operation);
  }

  /** Shows what became of each target of an operation. */
  show(operation: string): void {
    const known = this.#known.get(operation);
    if (known) this.app.dialogs.open({ type: "report", ...known });
  }

  /**
   * Says how an operation ended. `watched`: its dialog was still there; what was not done of a set is then shown in its
   * place.
   */
  tell(receipt: Receipt, form: PlanForm, watched: boolean): void {
    const { notices, actions } = this.app;
    this.#known = new Map([...this.#known, [receipt.operation, { receipt, form }] as const].slice(-MOST));
    const undo = this.undoOf(receipt, form);
    const trouble = troubleOf(receipt);
    if (trouble === null) {
      const done = doneOf(receipt.results);
      const notes = receipt.notices.map((notice) => notice.message);
      const text = done.length > 0 ? this.#outcome(form, done) : t.toast.nothing;
      notices.done(t.toast.withNotes(text, notes), undo);
    } else if (watched && isOfSet(form)) {
      notices.say(trouble);
      this.show(receipt.operation);
    } else {
      const action = { label: t.common.details, run: () => this.show(receipt.operation) };
      notices.partly(trouble, action, undo);
    }
    if (receipt.cache === "stale")
      void actions.behind({
        code: "cache-stale",
        severity: "notice",
        message: t.errors.behind,
        remedy: "resync",
      });
  }

  /** What was done, in a sentence. */
  #outcome(form: PlanForm, done: readonly TargetResult[]): string {
    if (form.type === "undo") return t.toast.undone(form.target.redo, form.target.name);
    const n = countArtifacts(done);
    const where = placesOf(done, (path) => this.#nameOf(path), t.common.projects);
    if (form.type === "setDeploy") return t.setDeploy.deployed(form.set.name, where, n);
    if (form.type === "setUndeploy") return t.setDeploy.undeployed(form.set.name, where, n);
    if (form.type === "push") return t.push.done(n);
    if (form.type === "update") return t.update.done(n, where, form.kept);
    return (form.type === "deploy" ? t.toast.deployed : t.toast.undeployed)(n, where);
  }

  /** The button that undoes what was done, if anything was. */
  undoOf({ operation, results }: Receipt, form: PlanForm): NoticeAction | null {
    const done = doneOf(results);
    if (done.length === 0) return null;
    const redo = form.type === "undo" && !form.target.redo;
    const extent = extentOf(done, (result) => this.#nameOf(result.project_path));
    const name = form.type === "undo" ? form.target.name : operationName(KINDS[form.type], extent);
    return {
      label: redo ? t.activity.redo : t.activity.undo,
      keys: keyOf(redo ? "redo" : "undo"),
      run: () => void this.app.actions.undoNow({ operation, name, redo }),
    };
  }

  #nameOf(path: string): string {
    return this.app.library.project(path)?.project_name ?? baseName(path);
  }
}

const KINDS = {
  deploy: "deploy",
  setDeploy: "deploy",
  undeploy: "undeploy",
  setUndeploy: "undeploy",
  update: "update",
  push: "push",
} as const;

/** What was not done, in a sentence; null when everything was. */
function troubleOf({ totals, results }: Receipt): string | null {
  const dropped = results.filter(isDropped);
  if (dropped.length > 0)
    return t.cancelling.stopped(new Set(dropped.map((result) => result.project_path)).size);
  return totals.failed > 0 ? t.toast.partly(totals.failed, results.length) : null;
}

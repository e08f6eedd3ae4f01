import type { DeploymentRow, Finding, Place, Problem, Repair, TargetResult } from "../ipc/types";
import { t } from "../i18n/en";
import { parentPath } from "../lib/format";
import { deploymentRef, refOf, targetPath, type Entry, type Offers } from "../lib/model";
import type { App } from "./app.svelte";
import { DeployForm } from "./deployForm.svelte";
import type { TargetsForm } from "./targetsForm.svelte";
import type { Dialog, PlanForm } from "./dialogs.svelte";
import type { Planned, Planning } from "./planning.svelte";
import { offersFor, type ProblemContext } from "./remedies";
import { UndeployForm } from "./undeployForm.svelte";
import { UndoForm, type Undoable } from "./undoForm.svelte";

/** A dialog stays this long for an operation that is over in a moment, in milliseconds. */
const LINGER_MS = 600;

/** What a person can set off, from wherever: rows, menus, keys, the palette, remedies. */
export class Actions {
  constructor(private readonly app: App) {}

  /** The entries that a command means: the selection, else the active row. */
  get targets(): Entry[] {
    const { listing, library } = this.app;
    if (listing.selected.length > 0) return listing.selected;
    const active = library.entry(listing.marked.active);
    return active ? [active] : [];
  }

  deploy(entries: readonly Entry[], projects?: readonly string[], profiles: readonly string[] = []): void {
    const { library, backend, operations, view, dialogs } = this.app;
    const artifacts = entries.filter((entry) => entry.artifact !== null);
    if (artifacts.length === 0) return;
    // The project that is looked at, or the only one that there is.
    const only = library.projects.length === 1 ? library.projects.map((row) => row.project_path) : [];
    const preset = projects ?? (view.state.project === null ? only : [view.state.project]);
    const form = new DeployForm(artifacts, preset, library, backend, operations, { profiles });
    dialogs.open({ type: "deploy", form });
  }

  undeploy(entries: readonly Entry[], only: DeploymentRow | null = null): void {
    const { backend, operations, view, dialogs } = this.app;
    const artifacts = entries.filter((entry) => entry.deployments.length > 0);
    if (artifacts.length === 0) return;
    const here = view.state.project;
    const everywhere = [
      ...new Set(artifacts.flatMap((entry) => entry.deployments.map((row) => row.project_path))),
    ];
    const preset = only
      ? [only.project_path]
      : here !== null && everywhere.includes(here)
        ? [here]
        : everywhere;
    const copies = only && { profiles: [only.deployment_profile_id], paths: [targetPath(only)] };
    dialogs.open({
      type: "undeploy",
      form: new UndeployForm(artifacts, preset, copies, backend, operations),
    });
  }

  /** Opens the form again for exactly what failed, so that its plan is seen and its conflicts can be answered. */
  again(form: PlanForm, failed: readonly TargetResult[]): void {
    this.#show(form.again(failed));
  }

  /** The same, with another folder instead of the one that did not work. */
  async elsewhere(form: TargetsForm<Planned> & PlanForm, failed: TargetResult): Promise<void> {
    const chosen = await this.chooseFolder();
    if (chosen === null) return;
    const next = form.again([failed]) as TargetsForm<Planned> & PlanForm;
    next.replacePath(failed.project_path, chosen);
    this.#show(next);
  }

  /** Shows what an undo would do, and asks. */
  undo(target: Undoable): void {
    const form = this.#undoForm(target);
    void form.replan();
    this.#show(form);
  }

  /** Undoes at once where nothing has to be asked; else shows the plan. */
  async undoNow(target: Undoable): Promise<void> {
    const form = this.#undoForm(target);
    await form.replan();
    if (form.canRun && form.plan?.totals.failed === 0) await this.confirm(form);
    else this.#show(form);
  }

  /** Undoes what was done last, after showing what that would do. */
  async undoNewest(): Promise<void> {
    const { activity, notices } = this.app;
    const newest = await activity.newest();
    if (newest) this.undo(activity.undoable(newest));
    else if (activity.problem) notices.problem(activity.problem);
    else notices.done(t.activity.nothingToUndo);
  }

  #undoForm(target: Undoable): UndoForm {
    return new UndoForm(target, this.app.backend, this.app.operations);
  }

  #show(form: PlanForm): void {
    this.app.dialogs.open({ type: form.type, form } as Dialog);
  }

  /**
   * Carries a form's plan out; whether it came to an end. The dialog goes when it takes longer; rows and status bar show
   * the rest.
   */
  async confirm(form: PlanForm): Promise<boolean> {
    const { dialogs, notices } = this.app;
    const isShown = (): boolean =>
      dialogs.current !== null && "form" in dialogs.current && dialogs.current.form === form;
    const timer = setTimeout(() => isShown() && dialogs.close(), LINGER_MS);
    const ended = await (form as Planning<Planned>).run();
    clearTimeout(timer);
    if (ended === null) return false;
    if ("receipt" in ended) {
      const watched = isShown();
      if (watched) dialogs.close();
      this.app.reports.tell(ended.receipt, form, watched);
      return true;
    }
    if ("stale" in ended) {
      this.#show(form);
      notices.say(t.deploy.stale);
    } else if (!isShown()) notices.problem(ended.problem);
    return false;
  }

  /** Stops what is being written; whether there is something to ask. */
  stop(): boolean {
    const { operations } = this.app;
    const { operation } = operations.working ?? {};
    if (operation === undefined || operations.stopping.has(operation)) return false;
    void operations.cancel(operation).then((answer) => {
      if (!answer.ok) this.#failed(answer.problem);
      else if (!answer.data) this.app.notices.done(t.cancelling.late);
      else this.app.notices.say(t.cancelling.stopping);
    });
    return true;
  }

  /** The list could not follow the files. A new snapshot's banner says so, once; without one, a message does. */
  async behind(problem: Problem): Promise<void> {
    const { session, library, notices } = this.app;
    await session.reload();
    const isStale = (other: Problem | null): boolean => other?.code === problem.code;
    if (session.problem !== null || library.problems.some(isStale)) notices.say(problem.message);
    else if (!notices.list.some((notice) => isStale(notice.problem)))
      notices.problem(problem, { label: t.commands.resync, run: () => void this.resync() });
  }

  async resync(): Promise<void> {
    const answer = await this.app.operations.resync();
    if (!answer.ok) return this.#failed(answer.problem, () => void this.resync());
    this.app.notices.done(t.toast.resynced(answer.data.corrected));
    // The cache may have been rebuilt under a library that could not be read before, and the problems of the
    // library as a whole come with a snapshot only.
    const { session, library } = this.app;
    if (session.phase === "error" || session.problem || library.problems.length > 0) await session.reload();
  }

  /** Repairs what a check found. The library as a whole tells about its problems only in a snapshot. */
  async repair(finding: Finding, repair: Repair): Promise<void> {
    const { doctor, notices, session, library, settings } = this.app;
    if (!(await doctor.repair(finding, repair))) return;
    notices.say(t.doctor.repairs[repair].done);
    if (settings.problem) void settings.load();
    if (session.phase === "error") await this.app.retry();
    else if (session.problem || library.problems.length > 0) await session.reload();
  }

  /** The system's folder dialog; null when it was closed or could not be opened, which is then said. */
  async chooseFolder(title = t.deploy.chooseTitle): Promise<string | null> {
    const { library, settings, backend, notices } = this.app;
    const near = library.projects.at(-1)?.project_path ?? settings.current?.home;
    const answer = await backend.chooseFolder(title, near && parentPath(near));
    if (answer.ok) return answer.data;
    notices.problem(answer.problem);
    return null;
  }

  async openInEditor(place: Place): Promise<void> {
    const answer = await this.app.backend.openInEditor(place);
    if (!answer.ok) this.#notShown(answer.problem);
  }

  async reveal(place: Place): Promise<void> {
    const answer = await this.app.backend.reveal(place);
    if (!answer.ok) this.#notShown(answer.problem);
  }

  /** Opens an address that a person has seen and agreed to. */
  async openLink(address: string): Promise<void> {
    const answer = await this.app.backend.openLink(address);
    if (!answer.ok) this.#failed(answer.problem);
  }

  /** Where an entry is on disk: its artifact, else its first copy. */
  placeOf(entry: Entry): Place | null {
    if (entry.artifact) return { type: "artifact", artifact: refOf(entry), path: null };
    const [first] = entry.deployments;
    return first ? { type: "deployment", deployment: deploymentRef(first) } : null;
  }

  /** The buttons that can be offered for a problem, in the place where it is shown. */
  remedies(context: ProblemContext): (problem: Problem) => Offers {
    return (problem) => offersFor(this.app, problem, context);
  }

  /** A desktop without a program for it is no dead end: the path can be taken elsewhere. */
  #notShown(problem: Problem): void {
    const { subject } = problem;
    const copy = (path: string): void => void navigator.clipboard.writeText(path);
    this.app.notices.problem(
      problem,
      subject ? { label: t.manners.copyPath, run: () => copy(subject) } : null,
    );
  }

  #failed(problem: Problem, retry?: () => void): void {
    this.app.notices.problem(problem, retry ? { label: t.common.retry, run: retry } : null);
  }
}

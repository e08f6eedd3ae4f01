import { t } from "../i18n/en";
import type { ArtifactRef, Code, Open, Problem, SetRef, SetRow } from "../ipc/types";
import type { Entry } from "../lib/model";
import type { App } from "./app.svelte";
import { SetDeployForm } from "./setDeployForm.svelte";

/** What waits for its turn; what is in nobody's way does not, nor that the window is closed. */
type Shown = Exclude<Open, { type: "closing" | "problem" }>;
type Plan = Extract<Open, { type: "plan" }>;

const refusal = (code: Code, message: string, subject: string): Problem => ({
  code,
  severity: "refusal",
  message,
  subject,
});

/**
 * Shows what the window was asked to show from outside: by arguments, a second start, a link, the tray. One request at
 * a time; while a dialog is open the others wait, so that nothing that is being decided is thrown away.
 */
export class Requests {
  /** Oldest first. */
  waiting = $state.raw<readonly Shown[]>([]);

  constructor(private readonly app: App) {}

  /** Takes what the shell holds for the window. */
  async take(): Promise<void> {
    const answer = await this.app.backend.outside.takeOpenRequests();
    if (answer.ok) this.#arrived(answer.data);
    // Without an engine the library says why, and the requests wait.
    else if (this.app.session.phase === "ready") this.app.notices.problem(answer.problem);
  }

  #arrived(opens: readonly Open[]): void {
    const { dialogs, notices } = this.app;
    for (const open of opens) {
      if (open.type === "problem") notices.problem(open.problem);
      else if (open.type !== "closing") this.waiting = [...this.waiting, open];
      else if (dialogs.current === null) dialogs.open({ type: "closing" });
      else notices.done(t.manners.closeAgain);
    }
  }

  /** Shows the next one, where nothing is in its way. */
  showNext(): void {
    const [next, ...rest] = this.waiting;
    if (!next) return;
    if (next.type === "folder") {
      // Several folders of one call are one question.
      const isFolder = (open: Shown): open is typeof next => open.type === "folder";
      this.waiting = rest.filter((open) => !isFolder(open));
      return this.#folders([next, ...rest.filter(isFolder)].map((open) => open.path));
    }
    this.waiting = rest;
    this.#show(next);
  }

  #show(open: Exclude<Shown, { type: "folder" }>): void {
    const { view } = this.app;
    switch (open.type) {
      case "plan":
        return open.set ? this.#planSet(open, open.set) : this.#planArtifacts(open);
      case "project":
        return view.openProject(open.path);
      case "artifact":
        return this.#artifact(open.artifact);
      case "attention":
        view.showProject(open.project);
        view.clearFilter();
        view.state.segment = "attention";
        return;
      default:
        return view.go(open.type);
    }
  }

  #folders(paths: readonly string[]): void {
    this.app.dialogs.open({ type: "dropped", paths });
  }

  #planArtifacts({ artifacts, projects, profiles }: Plan): void {
    const entries = artifacts.flatMap((artifact) => this.#entry(artifact) ?? []);
    this.app.actions.deploy(entries, projects.length > 0 ? projects : undefined, profiles);
  }

  #planSet({ projects, profiles }: Plan, ref: SetRef): void {
    const set = this.#set(ref);
    if (!set) return;
    const { setActions, dialogs } = this.app;
    if (projects.length === 0 && profiles.length === 0) return setActions.deploySet(set);
    const form = new SetDeployForm(set, projects, null, this.app, { profiles });
    dialogs.open({ type: "setDeploy", form });
  }

  #artifact(artifact: ArtifactRef): void {
    const entry = this.#entry(artifact);
    if (!entry) return;
    const { view, listing } = this.app;
    view.showProject(null);
    view.clearFilter();
    listing.pick(entry.key);
    view.inspectorOpen = true;
  }

  /** The one that is meant; says so where it is none, or more than one. */
  #entry({ artifact_id: id, collection }: ArtifactRef): Entry | null {
    const { library, settings, notices } = this.app;
    const there = library.entries.filter(
      (entry) => entry.artifact !== null && (!collection || entry.collection === collection),
    );
    const exact = there.filter((entry) => entry.artifact_id === id);
    const found = exact.length > 0 ? exact : there.filter((entry) => entry.name === id);
    const usual = found.filter((entry) => entry.collection === settings.current?.default_collection);
    const [one] = found.length === 1 ? found : usual.length === 1 ? usual : [];
    if (one) return one;
    notices.problem(
      found.length === 0
        ? refusal("artifact-not-found", t.requests.noArtifact(id), id)
        : refusal("ambiguous-artifact", t.requests.ambiguous(id, found.length), id),
    );
    return null;
  }

  #set({ name, collection }: SetRef): SetRow | null {
    const { library, notices, sets } = this.app;
    const there = library.sets.filter((set) => !collection || set.collection === collection);
    const set = there.find((one) => one.set_id === name) ?? there.find((one) => one.name === name);
    if (set && sets.enabled) return set;
    notices.problem(
      sets.enabled
        ? refusal("set-not-found", t.requests.noSet(name), name)
        : refusal("feature-disabled", t.requests.setsOff(name), name),
    );
    return null;
  }
}

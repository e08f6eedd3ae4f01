import { createContext } from "svelte";
import { t } from "../i18n/en";
import type { Backend } from "../ipc/client";
import { watchPageErrors, type PageError } from "../lib/pageErrors";
import { Actions } from "./actions.svelte";
import { Collections } from "./collections";
import { Deciding } from "./deciding.svelte";
import { Activity } from "./activity.svelte";
import { Detail } from "./detail.svelte";
import { Dialogs } from "./dialogs.svelte";
import { Discovery } from "./discovery.svelte";
import { Doctor } from "./doctor.svelte";
import { Library } from "./library.svelte";
import { Listing } from "./listing.svelte";
import { Notices } from "./notices.svelte";
import { Operations } from "./operations.svelte";
import { Matrix } from "./matrix.svelte";
import { Pins } from "./pins";
import { Projects } from "./projects.svelte";
import { Reports } from "./reports.svelte";
import { Requests } from "./requests.svelte";
import { Session } from "./session.svelte";
import { SetActions } from "./setActions.svelte";
import { SetChanges } from "./setChanges";
import { Sets } from "./sets.svelte";
import { SettingsStore } from "./settings.svelte";
import { Updating } from "./updating";
import { View } from "./view.svelte";
import { Watching } from "./watching.svelte";

/** How often "2 min ago" is looked at again, in milliseconds. */
const TICK_MS = 30_000;

/** All stores of the window, wired. */
export class App {
  readonly library = new Library();
  readonly view = new View();
  readonly notices = new Notices();
  readonly dialogs = new Dialogs();
  readonly operations: Operations;
  readonly settings: SettingsStore;
  readonly detail: Detail;
  readonly activity: Activity;
  readonly doctor: Doctor;
  readonly watching: Watching;
  readonly listing: Listing;
  readonly session: Session;
  readonly actions: Actions;
  readonly projects = new Projects(this);
  readonly collections: Collections;
  readonly sets = new Sets(this);
  readonly setChanges = new SetChanges(this);
  readonly pins = new Pins(this);
  readonly discovery = new Discovery(this);
  readonly updating = new Updating(this);
  readonly deciding = new Deciding(this);
  readonly reports = new Reports(this);
  readonly matrix = new Matrix(this);
  readonly setActions = new SetActions(this);
  readonly requests = new Requests(this);
  /** The time, coarsely, in milliseconds. */
  now = $state(Date.now());
  /** The first-run page is shown until there is something to list, or until it is left. */
  firstRun = $state(false);
  /** Files of another program are held over the window. */
  dragging = $state(false);
  /** Nothing is known yet of what is on disk. */
  opening = $state(true);

  #toldUnclean = false;

  constructor(readonly backend: Backend) {
    this.operations = new Operations(backend);
    this.settings = new SettingsStore(backend);
    this.detail = new Detail(backend);
    this.activity = new Activity(backend);
    this.doctor = new Doctor(backend);
    this.watching = new Watching(backend);
    this.listing = new Listing(this.library, this.view);
    this.actions = new Actions(this);
    this.collections = new Collections(this);
    this.session = new Session(backend, this.library, {
      changed: (event) => {
        this.now = Date.now();
        this.operations.changed(event);
        this.watching.changed(event);
        this.#afterChange();
      },
      replaced: () => {
        this.operations.replaced();
        void this.watching.load();
        this.#tellUnclean();
        this.#afterChange();
      },
      progressed: (event) => {
        this.operations.progressed(event);
        if (event.phase === "done") void this.watching.load();
      },
      attention: ({ problem }) => {
        if (problem.code === "watch-limited") void this.watching.load();
        if (problem.code === "cache-stale") void this.actions.behind(problem);
        else this.notices.problem(problem);
      },
      settings: (settings) => {
        this.settings.take(settings);
        this.sets.prune();
      },
      openRequested: () => void this.requests.take(),
      dragged: (over) => (this.dragging = over),
      // What lies over the window has the word; a plan is not thrown away by a drop.
      dropped: (paths) => {
        if (this.dialogs.current === null && paths.length > 0) this.dialogs.open({ type: "dropped", paths });
      },
    });
  }

  /** Starts everything; the result stops it. */
  start(): () => void {
    const tick = setInterval(() => (this.now = Date.now()), TICK_MS);
    const unwatch = watchPageErrors(window, (error) => this.#pageFailed(error));
    void this.settings.load();
    void this.#open();
    return () => {
      unwatch();
      clearInterval(tick);
      this.session.stop();
    };
  }

  /** Once, however often the library is read. */
  #tellUnclean(): void {
    const { unclean } = this.library;
    if (unclean && !this.#toldUnclean) this.notices.problem(unclean);
    this.#toldUnclean ||= unclean !== null;
  }

  #pageFailed({ line, text }: PageError): void {
    void this.backend.support.notePageError(text);
    this.notices.problem({ code: "internal", severity: "fault", message: t.support.pageError(line) });
  }

  /** What the window as a whole shows. */
  get state(): "loading" | "ready" | "error" | "first-run" {
    if (this.firstRun && this.library.entries.length === 0) return "first-run";
    if (this.session.phase !== "ready") return this.session.phase;
    return this.opening && this.#isBare() ? "loading" : "ready";
  }

  /** Waits for the disk before it says that there is nothing: an empty cache is not yet an empty home. */
  async #open(): Promise<void> {
    this.opening = true;
    await this.session.start();
    if (this.session.phase === "ready" && this.#isBare()) await this.#lookAtDisk();
    this.opening = false;
    await this.requests.take();
  }

  async #lookAtDisk(): Promise<void> {
    const answer = await this.operations.resync();
    if (!answer.ok) this.session.fail(answer.problem);
    else if (this.#isBare() && answer.data.collections > 0) await this.session.reload();
    this.firstRun = answer.ok && this.#isBare();
  }

  /** Once more, after a failure. */
  async retry(): Promise<void> {
    this.session.stop();
    this.session.phase = "loading";
    void this.settings.load();
    await this.#open();
  }

  /** Nothing there and nothing wrong. */
  #isBare(): boolean {
    const { collections, projects, entries, problems } = this.library;
    return collections.length + projects.length + entries.length + problems.length === 0;
  }

  #afterChange(): void {
    this.activity.changed();
    this.listing.prune();
    this.sets.prune();
    const { project } = this.view.state;
    // The project in the sidebar may have been removed elsewhere.
    if (project !== null && !this.library.project(project)) {
      this.view.state.project = null;
      if (this.view.page === "project") this.view.go("manage");
    }
  }
}

const [getApp, setApp] = createContext<App>();
export { getApp, setApp };

import type { Backend } from "../ipc/client";
import type { AttentionRaised, LibraryChanged, OperationProgressed, Problem, Settings } from "../ipc/types";
import { judge } from "../lib/protocol";
import type { Library } from "./library.svelte";

/** Who else wants to know what the session hears. */
export interface SessionHooks {
  /** After rows changed: the event, and the entries it touched. */
  changed(event: LibraryChanged, touched: Set<string>): void;
  /** After the whole library was replaced. */
  replaced(): void;
  progressed(event: OperationProgressed): void;
  attention(event: AttentionRaised): void;
  settings(settings: Settings): void;
  openRequested(): void;
  dragged(over: boolean): void;
  dropped(paths: string[]): void;
}

/** How often a snapshot is taken again when events keep overtaking it. */
const TRIES = 5;
/** How long to wait before a snapshot is tried again by itself, in milliseconds; doubled each time. */
const PAUSE_MS = { first: 1000, longest: 30_000 };

/**
 * Keeps the library equal to the engine's: subscribe, buffer, take a snapshot, drop what is older, apply the
 * rest. A gap or another epoch means a new snapshot.
 */
export class Session {
  phase = $state<"loading" | "ready" | "error">("loading");
  /** Why there is no library, or why the one that is shown may be out of date. */
  problem = $state.raw<Problem | null>(null);

  #buffer: LibraryChanged[] | null = null;
  #loading: Promise<void> | null = null;
  #again = false;
  #stop: (() => void) | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #pause = PAUSE_MS.first;

  constructor(
    private readonly backend: Backend,
    private readonly library: Library,
    private readonly hooks: SessionHooks,
  ) {}

  async start(): Promise<void> {
    this.#buffer = [];
    try {
      this.#stop = await this.backend.listen({
        libraryChanged: (event) => this.#receive(event),
        resyncRequired: () => void this.reload(),
        operationProgressed: (event) => this.hooks.progressed(event),
        attentionRaised: (event) => this.hooks.attention(event),
        settingsChanged: (settings) => this.hooks.settings(settings),
        openRequested: () => this.hooks.openRequested(),
        dragged: (over) => this.hooks.dragged(over),
        dropped: (paths) => this.hooks.dropped(paths),
      });
    } catch (cause) {
      this.#fail({
        code: "internal",
        severity: "fault",
        message: `The window cannot hear the engine: ${String(cause)}.`,
      });
      return;
    }
    await this.reload();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#stop?.();
    this.#stop = null;
  }

  /** Takes a new snapshot. Calls during a running one make it run once more, and wait for that. */
  reload(): Promise<void> {
    this.#again = true;
    // Not at once: what the engine tells while it is asked must find that this is running.
    this.#loading ??= Promise.resolve().then(() => this.#load());
    return this.#loading;
  }

  async #load(): Promise<void> {
    clearTimeout(this.#timer);
    for (let tries = 0; this.#again && tries < TRIES; tries += 1) {
      this.#again = false;
      this.#buffer ??= [];
      const answer = await this.backend.librarySnapshot();
      if (!answer.ok) {
        this.#fail(answer.problem);
        this.#again = true;
        break;
      }
      this.library.take(answer.data);
      this.#settle();
    }
    this.#buffer = null;
    this.#loading = null;
    if (this.#again) this.#rearm();
    else this.#pause = PAUSE_MS.first;
  }

  /** The list is behind, and the event that would show it may never come: looks again by itself, ever later. */
  #rearm(): void {
    if (this.phase !== "ready" || this.#stop === null) return;
    this.#timer = setTimeout(() => void this.reload(), this.#pause);
    this.#pause = Math.min(this.#pause * 2, PAUSE_MS.longest);
  }

  /** There is no library to show, because of this. */
  fail(problem: Problem): void {
    this.problem = problem;
    this.phase = "error";
  }

  #fail(problem: Problem): void {
    // A list that is out of date is better than none, as long as it says so.
    if (this.phase === "ready") this.problem = problem;
    else this.fail(problem);
  }

  /** Replays what came in during the snapshot. */
  #settle(): void {
    const waiting = this.#buffer ?? [];
    this.#buffer = null;
    this.problem = null;
    this.phase = "ready";
    this.hooks.replaced();
    // Events of an older epoch are older than the snapshot; only the newest epoch counts.
    const epoch = waiting.at(-1)?.epoch;
    for (const event of waiting) if (event.epoch === epoch) this.#receive(event);
  }

  #receive(event: LibraryChanged): void {
    if (this.#buffer) {
      this.#buffer.push(event);
      return;
    }
    // Without a first snapshot there is nothing to apply to.
    if (this.phase !== "ready") return;
    const verdict = judge(this.library, event);
    if (verdict === "apply")
      this.hooks.changed(event, this.library.apply(event.changes, event.revision, Date.now()));
    else if (verdict === "reload") {
      this.#buffer = [event];
      void this.reload();
    }
  }
}

import type { Backend } from "../ipc/client";
import type { LibraryChanged, WatchStatus } from "../ipc/types";

/** Whether the engine follows what other programs change. It tells no event of this; what it does tell is the cue. */
export class Watching {
  status = $state.raw<WatchStatus | null>(null);
  /** What is asked later counts, however late an earlier answer comes. */
  #asked = 0;

  constructor(private readonly backend: Backend) {}

  async load(): Promise<void> {
    await this.#take(() => this.backend.watchStatus());
  }

  /** Pauses, or goes on. */
  async toggle(): Promise<void> {
    await this.#take(() => this.backend.pauseWatching(this.status?.state !== "paused"));
  }

  /** Looks again after an event that may have changed the answer. */
  changed(event: LibraryChanged): void {
    const projects = event.changes.some(
      ({ type }) => type === "projectUpserted" || type === "projectRemoved",
    );
    if (projects || event.origin === "watcher") void this.load();
  }

  async #take(ask: () => ReturnType<Backend["watchStatus"]>): Promise<void> {
    const asked = ++this.#asked;
    const answer = await ask();
    // Without an answer the status bar says what it knew; whatever is wrong is told elsewhere.
    if (answer.ok && asked === this.#asked) this.status = answer.data;
  }
}

import { t } from "../i18n/en";
import type { Pin, PinRequest, SetRow } from "../ipc/types";
import { refOf, type Entry } from "../lib/model";
import type { App } from "./app.svelte";

/** What is pinned for the tray. It is part of the settings, so it is also told when another process changes it. */
export class Pins {
  constructor(private readonly app: App) {}

  get #all(): readonly Pin[] {
    return this.app.settings.current?.pins ?? [];
  }

  hasEntry({ collection, artifact_id }: Pick<Entry, "collection" | "artifact_id">): boolean {
    return this.#all.some(
      (pin) => pin.kind === "artifact" && pin.collection === collection && pin.artifact_id === artifact_id,
    );
  }

  hasSet({ collection, set_id }: Pick<SetRow, "collection" | "set_id">): boolean {
    return this.#all.some(
      (pin) => pin.kind === "set" && pin.collection === collection && pin.set_id === set_id,
    );
  }

  /** Whether all of these are pinned, so that the next thing to do is to unpin them. */
  haveAll(entries: readonly Entry[]): boolean {
    return entries.length > 0 && entries.every((entry) => this.hasEntry(entry));
  }

  /** Pins these, or unpins them where all of them are pinned. */
  toggleEntries(entries: readonly Entry[]): void {
    const [first] = entries;
    if (!first) return;
    const name = entries.length === 1 ? first.name : null;
    void this.#change(
      { artifacts: entries.map(refOf), sets: [] },
      this.haveAll(entries),
      name,
      entries.length,
    );
  }

  toggleSet(set: SetRow): void {
    const request = { artifacts: [], sets: [{ name: set.set_id, collection: set.collection }] };
    void this.#change(request, this.hasSet(set), set.name, 1);
  }

  async #change(request: PinRequest, pinned: boolean, name: string | null, count: number): Promise<void> {
    const { backend, notices } = this.app;
    const answer = await (pinned ? backend.pins.unpin(request) : backend.pins.pin(request));
    if (!answer.ok) return notices.problem(answer.problem);
    const { done, doneMany, undone, undoneMany } = t.pins;
    if (name === null) notices.done((pinned ? undoneMany : doneMany)(count));
    else notices.done((pinned ? undone : done)(name));
  }
}

import { arrange, sortEntries, type Line } from "../lib/arrange";
import { narrow } from "../lib/filter";
import type { Entry } from "../lib/model";
import { groupNames } from "../lib/members";
import { extend, neighbour, NOTHING, pick, toggle, type Marked } from "../lib/selection";
import type { Library } from "./library.svelte";
import type { View } from "./view.svelte";

/** The list as it is shown, and what is marked in it. */
export class Listing {
  marked = $state.raw<Marked>(NOTHING);

  constructor(
    private readonly library: Library,
    private readonly view: View,
  ) {}

  /** Sorted before it is narrowed: typing then only leaves rows out, which is cheap. */
  readonly #sorted = $derived.by(() =>
    sortEntries(this.library.entries, this.view.state.sort, this.view.state.project),
  );
  readonly #groups = $derived.by(() => groupNames(this.library.groups));
  readonly narrowed = $derived.by(() => narrow(this.#sorted, this.view.filter, this.#groups));
  /** Headers and rows from top to bottom. */
  readonly lines: Line[] = $derived.by(() =>
    arrange(this.narrowed.shown, this.view.state.group, this.view.state.project, this.view.closed),
  );
  /** Keys of the visible rows, each once, from top to bottom. */
  readonly order: string[] = $derived.by(() => [
    ...new Set(this.lines.flatMap((line) => (line.type === "row" ? [line.shown.entry.key] : []))),
  ]);
  /** What is selected, also where the filter hides it. */
  readonly selected: Entry[] = $derived.by(() => {
    const { selected } = this.marked;
    return selected.size === 0 ? [] : this.library.entries.filter((entry) => selected.has(entry.key));
  });

  /** How many entries need a look, over the whole library. */
  readonly attention = $derived.by(
    () =>
      narrow(this.library.entries, {
        text: "",
        kind: "all",
        segment: "all",
        tags: [],
        collection: null,
        inGroup: null,
        project: null,
      }).segments.attention,
  );

  pick(key: string): void {
    this.marked = pick(key);
  }

  toggle(key: string): void {
    this.marked = toggle(this.marked, key);
  }

  extend(key: string): void {
    this.marked = extend(this.marked, key, this.order);
  }

  /** Moves the active row by some steps, and the selection with it. */
  move(steps: number, extending: boolean): void {
    const key = neighbour(this.marked, steps, this.order);
    if (key === null) return;
    if (extending) this.extend(key);
    else this.pick(key);
  }

  selectAll(): void {
    const active = this.marked.active ?? this.order[0] ?? null;
    this.marked = { active, anchor: active, selected: new Set(this.order) };
  }

  clear(): void {
    this.marked = { ...NOTHING, active: this.marked.active };
  }

  /** Forgets marks of entries that are no more. */
  prune(): void {
    const { selected, active } = this.marked;
    if (selected.size === 0 && active === null) return;
    const known = new Set(this.library.entries.map((entry) => entry.key));
    const kept = new Set([...selected].filter((key) => known.has(key)));
    if (kept.size !== selected.size || (active !== null && !known.has(active)))
      this.marked = {
        ...this.marked,
        selected: kept,
        active: active !== null && known.has(active) ? active : null,
      };
  }
}

import { operationName, operationTitle } from "../i18n/operations";
import type { Backend } from "../ipc/client";
import type { OperationEntry, Problem } from "../ipc/types";
import { byOperation, extentOf, isRedo, meaningOf, newestToUndo } from "../lib/history";
import { neighbour } from "../lib/selection";
import type { Undoable } from "./undoForm.svelte";

/** Several events in a row make one reading, in milliseconds. */
const PAUSE_MS = 150;

/** What was done, as the engine remembers it. Read while it is looked at, and again when rows change. */
export class Activity {
  entries = $state.raw<readonly OperationEntry[]>([]);
  /** What of the history could not be read. */
  problems = $state.raw<readonly Problem[]>([]);
  phase = $state<"loading" | "ready" | "error">("loading");
  /** Why there is no history, or why the one that is shown may be out of date. */
  problem = $state.raw<Problem | null>(null);
  /** The operation that is looked at. */
  active = $state.raw<string | null>(null);

  #shown = false;
  #turn = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly backend: Backend) {}

  readonly #known = $derived.by(() => byOperation(this.entries));
  readonly order = $derived.by(() => this.entries.map((entry) => entry.operation));
  readonly current: OperationEntry | undefined = $derived.by(() =>
    this.active === null ? undefined : this.#known.get(this.active),
  );

  /** Reads the history and keeps it current, until the result is called. */
  show(): () => void {
    this.#shown = true;
    void this.load();
    return () => {
      this.#shown = false;
      clearTimeout(this.#timer);
    };
  }

  /** Something changed: the history is read again soon, when anybody looks at it. */
  changed(): void {
    clearTimeout(this.#timer);
    if (this.#shown) this.#timer = setTimeout(() => void this.load(), PAUSE_MS);
  }

  /** Reads the history now; what is shown stays until the answer is there. Only the newest answer counts. */
  async load(): Promise<void> {
    clearTimeout(this.#timer);
    const turn = ++this.#turn;
    if (this.phase === "error") this.phase = "loading";
    const answer = await this.backend.history(null);
    if (turn !== this.#turn) return;
    this.problem = answer.ok ? null : answer.problem;
    if (answer.ok) {
      this.entries = answer.data.operations;
      this.problems = answer.data.problems;
      this.phase = "ready";
      if (this.current === undefined) this.active = null;
    } else if (this.phase !== "ready") this.phase = "error";
  }

  /** Moves to another operation by some steps. */
  move(steps: number): void {
    const marked = { active: this.active, anchor: null, selected: new Set<string>() };
    this.active = neighbour(marked, steps, this.order);
  }

  /** "Undid deploy of review to api". */
  titleOf(entry: OperationEntry): string {
    return operationTitle(this.#meaning(entry), extent(entry));
  }

  verbOf(entry: OperationEntry): "did" | "undid" | "redid" {
    return this.#meaning(entry).verb;
  }

  /** What an undo of it would be. */
  undoable(entry: OperationEntry): Undoable {
    const meaning = this.#meaning(entry);
    const name = operationName(meaning.base, extent(entry));
    return { operation: entry.operation, name, redo: isRedo(meaning) };
  }

  /** What was done last and still stands; reads the history first. */
  async newest(): Promise<OperationEntry | undefined> {
    await this.load();
    return this.problem === null ? newestToUndo(this.entries) : undefined;
  }

  #meaning(entry: OperationEntry): ReturnType<typeof meaningOf> {
    return meaningOf(entry, this.#known);
  }
}

const extent = (entry: OperationEntry): ReturnType<typeof extentOf> =>
  extentOf(entry.items, (item) => item.project_name);

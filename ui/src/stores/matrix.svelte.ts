import type { Problem, SetResolution, SetRow } from "../ipc/types";
import {
  cellKey,
  cellsBetween,
  cellsOf,
  rowsOf,
  type MatrixColumn,
  type MatrixRow,
  type Place,
} from "../lib/matrix";
import type { Entry, RowStatus } from "../lib/model";
import type { App } from "./app.svelte";

const CORNER: Place = { row: -1, column: -1 };
const FIRST: Place = { row: 0, column: 0 };
const fits = (text: string, wanted: string): boolean =>
  text.toLowerCase().includes(wanted.trim().toLowerCase());

/** A set's artifacts against all projects: what is where in what state, and which cells are marked. */
export class Matrix {
  set = $state.raw<SetRow | null>(null);
  /** What the set comes to; null while it is read for the first time. */
  resolution = $state.raw<SetResolution | null>(null);
  problem = $state.raw<Problem | null>(null);
  /** Narrows the rows, and the columns. */
  artifactText = $state("");
  projectText = $state("");
  /** Where the keyboard is. */
  #cursor = $state.raw<Place>(FIRST);
  /** Where a range begins. */
  #anchor: Place = FIRST;
  /** Marked cells, also where the filter hides them. */
  selected = $state.raw<ReadonlySet<string>>(new Set());
  #turn = 0;

  constructor(private readonly app: App) {}

  readonly #entries: ReadonlyMap<string, Entry> = $derived.by(
    () => new Map(this.app.library.entries.map((entry) => [entry.key, entry])),
  );
  readonly allRows: MatrixRow[] = $derived.by(() => rowsOf(this.resolution?.artifacts ?? [], this.#entries));
  readonly rows: MatrixRow[] = $derived.by(() =>
    this.allRows.filter((row) => fits(row.artifact_id, this.artifactText)),
  );
  readonly allColumns: MatrixColumn[] = $derived.by(() =>
    this.app.library.projects.map((row) => ({
      path: row.project_path,
      name: row.project_name,
      problem: row.problems.find((problem) => problem.severity !== "notice")?.message ?? null,
    })),
  );
  readonly columns: MatrixColumn[] = $derived.by(() =>
    this.allColumns.filter((column) => fits(column.name, this.projectText)),
  );
  readonly #cells: ReadonlyMap<string, RowStatus> = $derived.by(() => cellsOf(this.allRows, this.#entries));

  /** How many cells are in each state. */
  readonly counts: ReadonlyMap<RowStatus, number> = $derived.by(() => {
    const counts = new Map<RowStatus, number>();
    for (const status of this.#cells.values()) counts.set(status, (counts.get(status) ?? 0) + 1);
    return counts;
  });

  /** The cursor, held inside what is shown. */
  readonly cursor: Place = $derived.by(() => ({
    row: Math.min(this.#cursor.row, this.rows.length - 1),
    column: Math.min(this.#cursor.column, this.columns.length - 1),
  }));

  /** Shows a set; what was marked in another one is forgotten. */
  show(set: SetRow): void {
    const same = this.set?.set_id === set.set_id && this.set.collection === set.collection;
    this.set = set;
    if (!same) {
      this.resolution = null;
      this.#cursor = this.#anchor = FIRST;
      this.selected = new Set();
      Object.assign(this, { artifactText: "", projectText: "" });
    }
    void this.read();
  }

  /** Reads what the set comes to; what is shown stays until the answer is there. */
  async read(): Promise<void> {
    if (this.set === null) return;
    const turn = ++this.#turn;
    const { set_id, collection } = this.set;
    const answer = await this.app.backend.sets.resolveSet({ name: set_id, collection });
    if (turn !== this.#turn) return;
    this.problem = answer.ok ? null : answer.problem;
    if (answer.ok) this.resolution = answer.data;
  }

  statusAt(path: string, key: string): RowStatus {
    return this.#cells.get(cellKey(path, key)) ?? "none";
  }

  /** Moves the cursor; with `extending` everything between where that began and here is marked. */
  move(rows: number, columns: number, extending = false): void {
    // A leap ends at the first or last cell; only a step goes into the header.
    const within = (at: number, by: number, count: number): number =>
      Math.max(Number.isFinite(by) ? -1 : 0, Math.min(count - 1, at + by));
    this.#goTo(
      {
        row: within(this.cursor.row, rows, this.rows.length),
        column: within(this.cursor.column, columns, this.columns.length),
      },
      extending,
    );
  }

  #goTo(place: Place, extending: boolean): void {
    if (!extending) this.#anchor = place;
    else this.selected = new Set(cellsBetween(this.#anchor, place, this.rows, this.columns));
    this.#cursor = place;
  }

  /** A click: marks only this, adds or removes it, or everything up to it. A header is its whole row or column. */
  press(place: Place, how: "only" | "toggle" | "extend"): void {
    if (how === "extend") return this.#goTo(place, true);
    this.#goTo(place, false);
    if (how === "toggle") this.toggle();
    else this.selected = new Set(this.#under());
  }

  /** Adds or removes what the cursor is on. */
  toggle(): void {
    const cells = this.#under();
    const selected = new Set(this.selected);
    const isIn = cells.every((cell) => selected.has(cell));
    for (const cell of cells)
      if (isIn) selected.delete(cell);
      else selected.add(cell);
    this.selected = selected;
  }

  selectAll(): void {
    this.selected = new Set(cellsBetween(CORNER, CORNER, this.rows, this.columns));
  }

  /** Unmarks; whether something was marked. */
  clear(): boolean {
    const had = this.selected.size > 0;
    this.selected = new Set();
    return had;
  }

  #under(): string[] {
    return cellsBetween(this.cursor, this.cursor, this.rows, this.columns);
  }

  /** What a command means: the marked cells, else what the cursor is on; by project and artifact. */
  get targets(): { path: string; row: MatrixRow }[] {
    const cells = this.selected.size > 0 ? this.selected : new Set(this.#under());
    return this.allColumns.flatMap(({ path }) =>
      this.allRows.filter(({ key }) => cells.has(cellKey(path, key))).map((row) => ({ path, row })),
    );
  }
}

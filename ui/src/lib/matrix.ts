import type { ResolvedArtifact } from "../ipc/types";
import { entryKey, parseId, worst, type ArtifactKind, type Entry, type RowStatus } from "./model";

/** An artifact of a set, as a row of its matrix. */
export interface MatrixRow {
  key: string;
  artifact_id: string;
  collection: string;
  kind: ArtifactKind;
  /** With its namespace. */
  label: string;
  /** The ways by which the set comes to it. */
  trail: string;
  /** There is no such artifact: it can be undeployed, not deployed. */
  missing: boolean;
}

/** A project, as a column. */
export interface MatrixColumn {
  path: string;
  name: string;
  /** Why nothing can be done there. */
  problem: string | null;
}

/** A place in the matrix. −1 is the header: of a column above the rows, of a row left of the columns. */
export interface Place {
  row: number;
  column: number;
}

export const cellKey = (path: string, key: string): string => `${path}\n${key}`;

/** The rows of what a set comes to. Whether an artifact is there follows the library, not the moment of reading. */
export const rowsOf = (
  artifacts: readonly ResolvedArtifact[],
  entries: ReadonlyMap<string, Entry>,
): MatrixRow[] =>
  artifacts.map(({ artifact_id, collection, trails, more }) => {
    const key = entryKey(collection, artifact_id);
    const { kind, namespace, name } = parseId(artifact_id);
    const ways = trails.map((trail) => trail.join(" › "));
    return {
      key,
      artifact_id,
      collection,
      kind,
      label: namespace ? `${namespace}/${name}` : name,
      trail: [...ways, ...(more > 0 ? [`+${more}`] : [])].join("\n"),
      missing: !entries.get(key)?.artifact,
    };
  });

/** The state of each cell that has a copy: the worst of its profiles. */
export function cellsOf(
  rows: readonly MatrixRow[],
  entries: ReadonlyMap<string, Entry>,
): ReadonlyMap<string, RowStatus> {
  const cells = new Map<string, RowStatus>();
  for (const { key } of rows)
    for (const { project_path, status } of entries.get(key)?.deployments ?? []) {
      const cell = cellKey(project_path, key);
      const known = cells.get(cell);
      cells.set(cell, known === undefined ? status : worst([known, status]));
    }
  return cells;
}

/** Every cell of a rectangle; a header stands for its whole row or column. */
export function cellsBetween(
  from: Place,
  to: Place,
  rows: readonly MatrixRow[],
  columns: readonly MatrixColumn[],
): string[] {
  const span = <T>(all: readonly T[], a: number, b: number): readonly T[] =>
    a < 0 || b < 0 ? all : all.slice(Math.min(a, b), Math.max(a, b) + 1);
  const across = span(columns, from.column, to.column);
  return span(rows, from.row, to.row).flatMap(({ key }) => across.map(({ path }) => cellKey(path, key)));
}

/** Which of equally large things are in sight: the first, and the one after the last. `over`: this many more. */
export function inSight(
  scrolled: number,
  room: number,
  size: number,
  count: number,
  over: number,
): { from: number; to: number } {
  const from = Math.max(0, Math.floor(scrolled / size) - over);
  return { from: Math.min(from, count), to: Math.min(count, Math.ceil((scrolled + room) / size) + over) };
}

/** How much to scroll so that something is in sight. */
export const intoSight = (start: number, size: number, scrolled: number, room: number): number =>
  start < scrolled ? start : start + size > scrolled + room ? start + size - room : scrolled;

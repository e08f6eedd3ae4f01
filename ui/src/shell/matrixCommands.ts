import type { MatrixCommand } from "../keys/matrix";
import { entryKey } from "../lib/model";
import type { App } from "../stores/app.svelte";

/** How many rows a page key moves. */
const PAGE = 15;

/** Shows what the cursor is on: an artifact in the list, or a project. */
function showCell({ matrix, listing, view }: App): boolean {
  const row = matrix.rows[matrix.cursor.row];
  const column = matrix.columns[matrix.cursor.column];
  if (row) {
    view.showProject(column?.path ?? null);
    view.clearFilter();
    listing.pick(entryKey(row.collection, row.artifact_id));
    // Where it is not deployed it is only found among all artifacts.
    if (!listing.order.includes(row.key)) view.showProject(null);
    view.inspectorOpen = true;
  } else if (column) view.openProject(column.path);
  else return false;
  return true;
}

/** What the keys of the matrix do. `escape`: closes what lies around it, when nothing is marked. */
export function matrixCommands(app: App, escape: () => unknown): Record<MatrixCommand, () => unknown> {
  const { matrix, setActions } = app;
  const move =
    (rows: number, columns: number, extending = false) =>
    (): void =>
      matrix.move(rows, columns, extending);
  return {
    cellUp: move(-1, 0),
    cellDown: move(1, 0),
    cellLeft: move(0, -1),
    cellRight: move(0, 1),
    markUp: move(-1, 0, true),
    markDown: move(1, 0, true),
    markLeft: move(0, -1, true),
    markRight: move(0, 1, true),
    cellPageUp: move(-PAGE, 0),
    cellPageDown: move(PAGE, 0),
    rowStart: move(0, -Infinity),
    rowEnd: move(0, Infinity),
    matrixStart: move(-Infinity, -Infinity),
    matrixEnd: move(Infinity, Infinity),
    markCell: () => matrix.toggle(),
    markAll: () => matrix.selectAll(),
    unmark: () => matrix.clear() || escape(),
    showCell: () => showCell(app),
    deployMarked: () => setActions.deployMarked(),
    undeployMarked: () => setActions.undeployMarked(),
  };
}

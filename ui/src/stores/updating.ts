import { t } from "../i18n/en";
import type { DeploymentRow } from "../ipc/types";
import { behindOf, isBehind } from "../lib/drift";
import { deploymentRef, entryKey, type Entry } from "../lib/model";
import type { App } from "./app.svelte";
import { UpdateForm } from "./updateForm.svelte";

/** Brings copies up to their collection, and leads to where files are decided about. */
export class Updating {
  constructor(private readonly app: App) {}

  /** The copies of these entries that the collection is ahead of, in the project that is looked at or everywhere. */
  behind(entries: readonly Entry[]): DeploymentRow[] {
    return behindOf(entries, this.app.view.state.project);
  }

  isBehind(row: DeploymentRow): boolean {
    const entry = this.app.library.entry(entryKey(row.collection, row.artifact_id));
    return entry !== undefined && isBehind(entry, row);
  }

  /** Shows what an update of these entries would do, and asks. */
  update(entries: readonly Entry[]): void {
    const rows = this.behind(entries);
    if (rows.length > 0) this.updateRows(rows);
    else if (entries.length > 0) this.app.notices.done(t.update.nothing);
  }

  /** The same for certain copies. */
  updateRows(rows: readonly DeploymentRow[]): void {
    const { backend, dialogs, operations } = this.app;
    dialogs.open({ type: "update", form: new UpdateForm(rows, backend, operations) });
  }

  /** Shows a copy in the Diff tab. */
  showDiff(row: DeploymentRow): void {
    const { dialogs, listing, view } = this.app;
    dialogs.close();
    const { project } = view.state;
    if (project !== null && project !== row.project_path) view.state.project = null;
    view.go("manage");
    listing.pick(entryKey(row.collection, row.artifact_id));
    view.compared = deploymentRef(row);
    view.state.tab = "diff";
    view.inspectorOpen = true;
  }
}

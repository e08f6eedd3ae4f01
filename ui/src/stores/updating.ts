import { t } from "../i18n/en";
import type { DeploymentFiles, DeploymentRow } from "../ipc/types";
import { behindOf, editedOf, isBehind } from "../lib/drift";
import { deploymentKey, deploymentRef, entryKey, type Entry } from "../lib/model";
import type { App } from "./app.svelte";
import { PushForm } from "./pushForm.svelte";
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

  /** The copies of these entries whose edits their collection can take, in the project that is looked at or everywhere. */
  edited(entries: readonly Entry[]): DeploymentRow[] {
    const { library, view } = this.app;
    const linked = new Set(library.collections.filter((row) => row.linked).map((row) => row.collection));
    return editedOf(entries, view.state.project).filter((row) => !linked.has(row.collection));
  }

  /** Shows what a push of these copies would do, and asks. `files`: what was answered for their files already. */
  pushRows(rows: readonly DeploymentRow[], files: readonly DeploymentFiles[] = []): void {
    const { backend, dialogs, operations } = this.app;
    if (rows.length > 0)
      dialogs.open({ type: "push", form: new PushForm(rows, backend, operations, { files }) });
  }

  /** The same for all copies of some entries that can be pushed. */
  push(entries: readonly Entry[]): void {
    const rows = this.edited(entries);
    if (rows.length > 0) this.pushRows(rows);
    else if (entries.length > 0) this.app.notices.done(t.push.nothing);
  }

  /** Projects whose copies a push leaves behind the collection. */
  leftBehind(rows: readonly DeploymentRow[]): string[] {
    const pushed = new Set(rows.map(deploymentKey));
    const others = rows.flatMap((row) => {
      const entry = this.app.library.entry(entryKey(row.collection, row.artifact_id));
      return entry?.deployments.filter((other) => !pushed.has(deploymentKey(other))) ?? [];
    });
    const behind = others.filter((row) =>
      ["synced", "modified", "outdated", "conflict"].includes(row.status),
    );
    return [...new Set(behind.map((row) => row.project_name))];
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

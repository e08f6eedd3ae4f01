import { t } from "../i18n/en";
import { behindOf } from "../lib/drift";
import type { App } from "./app.svelte";

/** What can be done with a project, in its header and in the sidebar. */
export function projectMenu(
  { actions, dialogs, library, updating }: App,
  path: string,
): { label: string; run: () => unknown }[] {
  const behind = behindOf(library.entries, path);
  const gone = library.project(path)?.available === false;
  return [
    ...(gone
      ? [{ label: t.finder.locateProject, run: () => dialogs.open({ type: "locateProject", path }) }]
      : []),
    ...(behind.length > 0
      ? [{ label: t.update.inProject(behind.length), run: () => updating.updateRows(behind) }]
      : []),
    ...(gone
      ? []
      : [{ label: t.profiles.describe, run: () => dialogs.open({ type: "describeProject", path }) }]),
    { label: t.commands.reveal, run: () => actions.reveal({ type: "project", project_path: path }) },
    { label: t.commands.resync, run: () => actions.resync() },
    { label: t.actions.removeProject, run: () => dialogs.open({ type: "removeProject", path }) },
  ];
}

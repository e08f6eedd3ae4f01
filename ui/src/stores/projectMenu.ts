import { t } from "../i18n/en";
import type { App } from "./app.svelte";

/** What can be done with a project, in its header and in the sidebar. */
export function projectMenu(
  { actions, dialogs, library }: App,
  path: string,
): { label: string; run: () => unknown }[] {
  const gone = library.project(path)?.available === false;
  return [
    ...(gone
      ? [{ label: t.finder.locateProject, run: () => dialogs.open({ type: "locateProject", path }) }]
      : []),
    { label: t.commands.reveal, run: () => actions.reveal({ type: "project", project_path: path }) },
    { label: t.commands.resync, run: () => actions.resync() },
    { label: t.actions.removeProject, run: () => dialogs.open({ type: "removeProject", path }) },
  ];
}

import { t } from "../../i18n/en";
import type { MenuItem } from "../../kit/Menu.svelte";
import type { App } from "../../stores/app.svelte";

/** What can be done with a project, in its header and in the sidebar. */
export function projectMenu({ actions, dialogs }: App, path: string): MenuItem[] {
  return [
    { label: t.commands.reveal, run: () => actions.reveal({ type: "project", project_path: path }) },
    { label: t.commands.resync, run: () => actions.resync() },
    { label: t.actions.removeProject, run: () => dialogs.open({ type: "removeProject", path }) },
  ];
}

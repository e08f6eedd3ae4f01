import { t } from "../../i18n/en";
import { keyOf } from "../../keys/keymap";
import type { MenuItem } from "../../kit/Menu.svelte";
import type { Entry } from "../../lib/model";
import type { App } from "../../stores/app.svelte";

/** What can be done with entries in their collection. */
export function collectionMenu(app: App, entries: readonly Entry[]): MenuItem[] {
  const { collections, pins, setChanges } = app;
  const disabled = !collections.canChange(entries);
  return [
    {
      label: pins.haveAll(entries) ? t.pins.unpin : t.pins.pin,
      keys: keyOf("togglePin"),
      disabled: entries.length === 0,
      testid: "pin",
      run: () => pins.toggleEntries(entries),
    },
    {
      label: t.commands.addToGroup,
      keys: keyOf("addToGroup"),
      disabled,
      testid: "add-to-group",
      run: () => setChanges.addToGroup(entries),
    },
    { label: t.sets.menu.newGroup, disabled, testid: "new-group", run: () => setChanges.newGroup(entries) },
    {
      label: t.commands.editTags,
      keys: keyOf("editTags"),
      disabled,
      testid: "edit-tags",
      run: () => collections.editTags(entries),
    },
    {
      label: t.commands.removeArtifacts,
      keys: keyOf("removeArtifacts"),
      disabled,
      testid: "remove-artifacts",
      run: () => collections.remove(entries),
    },
  ];
}

/** What can be done with the selected entries, for the row's buttons and the context menu. */
export function rowMenu(app: App): MenuItem[] {
  const { actions, updating } = app;
  const entries = actions.targets;
  const [first] = entries;
  const place = entries.length === 1 && first ? actions.placeOf(first) : null;
  return [
    {
      label: t.commands.deploy,
      keys: keyOf("deploy"),
      disabled: !entries.some((entry) => entry.artifact !== null),
      run: () => actions.deploy(entries),
    },
    {
      label: t.commands.update,
      keys: keyOf("update"),
      disabled: updating.behind(entries).length === 0,
      run: () => updating.update(entries),
    },
    {
      label: t.commands.push,
      keys: keyOf("push"),
      disabled: updating.edited(entries).length === 0,
      run: () => updating.push(entries),
    },
    {
      label: t.commands.undeploy,
      keys: keyOf("undeploy"),
      disabled: !entries.some((entry) => entry.deployments.length > 0),
      run: () => actions.undeploy(entries),
    },
    {
      label: t.commands.open,
      keys: keyOf("open"),
      disabled: !place,
      run: () => place && void actions.openInEditor(place),
    },
    {
      label: t.commands.reveal,
      keys: keyOf("reveal"),
      disabled: !place,
      run: () => place && void actions.reveal(place),
    },
    ...collectionMenu(app, entries),
  ];
}

import { t } from "../../i18n/en";
import type { MenuItem } from "../../kit/Menu.svelte";
import { keyOf, type CommandId } from "../../keys/keymap";
import type { App } from "../../stores/app.svelte";
import type { Holder } from "../../stores/setChanges";

const item = (
  id: CommandId,
  label: string,
  testid: string,
  run: () => unknown,
  disabled = false,
): MenuItem => ({
  label,
  keys: keyOf(id),
  disabled,
  testid,
  run,
});

/** What is done with the artifacts of a set or group. */
function uses({ pins, sets, setActions }: App, holder: Holder): MenuItem[] {
  if ("group" in holder) {
    const { group } = holder;
    return [item("setInManage", t.sets.menu.inManage, "set-in-manage", () => sets.showInManage(group))];
  }
  const { set } = holder;
  return [
    item("deploy", t.commands.deploy, "set-deploy", () => setActions.deploySet(set), set.resolved === 0),
    item("undeploy", t.commands.undeploy, "set-undeploy", () => setActions.undeploySet(set)),
    item("togglePin", pins.hasSet(set) ? t.pins.unpin : t.pins.pin, "set-pin", () => pins.toggleSet(set)),
  ];
}

/** What can be done with a set or group. `listed`: it is one of a list, and can be opened. */
export function holderMenu(app: App, holder: Holder, listed: boolean): MenuItem[] {
  const { sets, setChanges } = app;
  const fixed = !setChanges.canChange(holder);
  const open = (): void => ("set" in holder ? sets.open(holder.set) : sets.openGroup(holder.group));
  return [
    ...(listed ? [item("openSet", t.sets.menu.open, "set-open-item", open)] : []),
    ...uses(app, holder),
    item("addMembers", t.commands.addMembers, "set-add", () => setChanges.askMembers(holder), fixed),
    item("editSet", t.sets.menu.edit, "set-edit", () => setChanges.edit(holder), fixed),
    item("cloneSet", t.sets.menu.clone, "set-clone", () => setChanges.clone(holder), fixed),
    item("deleteSet", t.sets.menu.delete, "set-delete", () => setChanges.askRemove(holder), fixed),
  ];
}

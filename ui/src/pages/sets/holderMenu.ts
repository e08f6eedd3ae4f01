import { t } from "../../i18n/en";
import type { MenuItem } from "../../kit/Menu.svelte";
import { keyOf } from "../../keys/keymap";
import type { App } from "../../stores/app.svelte";
import type { Holder } from "../../stores/setChanges";

/** What can be done with a set or group. `listed`: it is one of a list, and can be opened. */
export function holderMenu(app: App, holder: Holder, listed: boolean): MenuItem[] {
  const { sets, setChanges } = app;
  const disabled = !setChanges.canChange(holder);
  const open: MenuItem = {
    label: t.sets.menu.open,
    keys: keyOf("openSet"),
    run: () => ("set" in holder ? sets.open(holder.set) : sets.openGroup(holder.group)),
  };
  const inManage: MenuItem[] =
    "group" in holder
      ? [
          {
            label: t.sets.menu.inManage,
            keys: keyOf("setInManage"),
            testid: "set-in-manage",
            run: () => sets.showInManage(holder.group),
          },
        ]
      : [];
  return [
    ...(listed ? [open] : []),
    {
      label: t.commands.addMembers,
      keys: keyOf("addMembers"),
      disabled,
      run: () => setChanges.askMembers(holder),
    },
    {
      label: t.sets.menu.edit,
      keys: keyOf("editSet"),
      disabled,
      testid: "set-edit",
      run: () => setChanges.edit(holder),
    },
    {
      label: t.sets.menu.clone,
      keys: keyOf("cloneSet"),
      disabled,
      testid: "set-clone",
      run: () => setChanges.clone(holder),
    },
    ...inManage,
    {
      label: t.sets.menu.delete,
      keys: keyOf("deleteSet"),
      disabled,
      testid: "set-delete",
      run: () => setChanges.askRemove(holder),
    },
  ];
}

import type { App } from "../stores/app.svelte";
import type { Commands } from "./commands";

type OfSets =
  | "goSets"
  | "newSet"
  | "newGroup"
  | "openSet"
  | "addMembers"
  | "editSet"
  | "cloneSet"
  | "deleteSet"
  | "setInManage"
  | "nextSet"
  | "previousSet"
  | "moveMemberUp"
  | "moveMemberDown"
  | "removeMember";

const items = (): HTMLElement[] => [...document.querySelectorAll<HTMLElement>("[data-set-item]")];

/** The next or previous one of the list gets the focus. */
function step(by: 1 | -1): void {
  const all = items();
  const at = all.findIndex((item) => item === document.activeElement);
  all[Math.max(0, Math.min(all.length - 1, at + by))]?.focus();
}

/** Deploys the set that a key means; false where there is none. */
export function deploySet({ setActions, sets }: App): unknown {
  const { target } = sets;
  return target !== null && "set" in target ? setActions.deploySet(target.set) : false;
}

/** The same the other way round. */
export function undeploySet({ setActions, sets }: App): unknown {
  const { target } = sets;
  return target !== null && "set" in target ? void setActions.undeploySet(target.set) : false;
}

/** Pins or unpins the set that a key means; false where there is none. */
export function pinSet({ pins, sets }: App): unknown {
  const { target } = sets;
  return target !== null && "set" in target ? pins.toggleSet(target.set) : false;
}

/** What is done with groups and sets. */
export function setCommands(app: App): Pick<Commands, OfSets> {
  const { sets, setChanges, view } = app;
  /** Leaves the key to the page where there is nothing that it could mean. */
  const target = (act: (holder: NonNullable<typeof sets.target>) => unknown) => (): unknown => {
    const holder = sets.target;
    return holder === null ? false : void act(holder);
  };
  return {
    goSets: () => {
      view.go("sets");
      // The list may only now come into the page.
      setTimeout(() => (items().find((item) => item.tabIndex === 0) ?? items()[0])?.focus());
    },
    newSet: () => setChanges.newSet(),
    newGroup: () => setChanges.newGroup([]),
    openSet: target((holder) => ("set" in holder ? sets.open(holder.set) : sets.openGroup(holder.group))),
    addMembers: target((holder) => setChanges.askMembers(holder)),
    editSet: target((holder) => setChanges.edit(holder)),
    cloneSet: target((holder) => setChanges.canChange(holder) && setChanges.clone(holder)),
    deleteSet: target((holder) => setChanges.askRemove(holder)),
    setInManage: target((holder) => "group" in holder && sets.showInManage(holder.group)),
    nextSet: () => step(1),
    previousSet: () => step(-1),
    moveMemberUp: () => (sets.order ? sets.order.move(-1) : false),
    moveMemberDown: () => (sets.order ? sets.order.move(1) : false),
    removeMember: () => (sets.order ? sets.order.remove() : false),
  };
}

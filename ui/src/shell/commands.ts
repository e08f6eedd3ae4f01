import { keyOf, type CommandId } from "../keys/keymap";
import type { App } from "../stores/app.svelte";
import { matrixCommands } from "./matrixCommands";
import { deploySet, pinSet, setCommands, undeploySet } from "./setCommands";

/** How many rows a page key moves. */
const PAGE = 15;
const PANES = ["sidebar", "list", "inspector"];

const pane = (name: string): HTMLElement | null => document.querySelector<HTMLElement>(`[data-pane=${name}]`);

const focusList = (): void => (pane("list") ?? pane("main"))?.focus();

/** The next pane that is there, round and round. */
function nextPane(step: 1 | -1): void {
  const shown = PANES.map(pane).filter((found) => found !== null);
  const at = shown.findIndex((found) => found.contains(document.activeElement));
  shown[(at + step + shown.length) % shown.length]?.focus();
}

function escape(app: App): boolean {
  const { view, listing, activity } = app;
  if (view.inspectorOpen) view.inspectorOpen = false;
  else if (view.page === "activity" && activity.active !== null) activity.active = null;
  else if (view.page === "set" || view.page === "group") app.sets.back();
  else if (view.page === "sets" && app.sets.isNarrowed) app.sets.clear();
  else if (view.page !== "manage") return false;
  else if (listing.marked.selected.size > 1) listing.clear();
  else if (view.isFiltered) view.clearFilter();
  else return false;
  focusList();
  return true;
}

/** The search of the page; a page without one gives way to the list. */
function filter({ view }: App): void {
  const own = document.querySelector<HTMLInputElement>("[data-testid=sets-filter]");
  if (own) {
    own.focus();
    return own.select();
  }
  view.go("manage");
  // The field may only now come into the page.
  setTimeout(() => document.querySelector<HTMLInputElement>("[data-testid=filter]")?.select());
}

function inspect(app: App): void {
  const { listing, view } = app;
  if (view.page === "manage" && listing.marked.active !== null && listing.selected.length === 0)
    listing.pick(listing.marked.active);
  view.inspectorOpen = true;
  setTimeout(() => pane("inspector")?.focus());
}

function toggle(app: App): void {
  const { active } = app.listing.marked;
  if (active !== null) app.listing.toggle(active);
}

/** What each command does. A command that answers `false` leaves its key to the page. */
export type Commands = Record<CommandId, () => unknown>;

/** Every command of the keymap; a new one fails the type check here. */
export function commandsOf(app: App): Commands {
  const { actions, collections, dialogs, listing, updating, view } = app;
  const place = () => {
    const [first, ...others] = actions.targets;
    return first && others.length === 0 ? actions.placeOf(first) : null;
  };
  const isReady = (): boolean => app.state === "ready" && view.page === "manage";
  return {
    ...moves(app),
    ...decisions(app),
    ...matrixCommands(app, () => escape(app)),
    ...setCommands(app),
    palette: () => dialogs.open({ type: "palette" }),
    cheatSheet: () => dialogs.open({ type: "cheatSheet" }),
    filter: () => filter(app),
    deploy: () => (isReady() ? actions.deploy(actions.targets) : deploySet(app)),
    undeploy: () => (isReady() ? actions.undeploy(actions.targets) : undeploySet(app)),
    update: () => isReady() && updating.update(actions.targets),
    push: () => isReady() && updating.push(actions.targets),
    open: () => {
      const at = isReady() ? place() : null;
      if (at) void actions.openInEditor(at);
    },
    reveal: () => {
      const at = isReady() ? place() : null;
      if (at) void actions.reveal(at);
    },
    editTags: () => isReady() && collections.editTags(actions.targets),
    removeArtifacts: () => isReady() && collections.remove(actions.targets),
    addToGroup: () => isReady() && app.setChanges.addToGroup(actions.targets),
    togglePin: () => (isReady() ? app.pins.toggleEntries(actions.targets) : pinSet(app)),
    resync: () => void actions.resync(),
    stopOperation: () => actions.stop(),
    addProject: () => dialogs.open({ type: "addProject" }),
    linkCollection: () => dialogs.open({ type: "linkCollection" }),
    ...undoing(app),
    checkAndRepair: () => dialogs.open({ type: "doctor" }),
    diagnostics: () => dialogs.open({ type: "diagnostics" }),
    toggleWatching: () => void app.watching.toggle(),
    goDiscover: () => view.go("discover"),
    goActivity: () => goActivity(app),
    goManage: () => view.showProject(null),
    goProjects: () => goProject(app),
    goSettings: () => view.go("settings"),
    nextPane: () => nextPane(1),
    previousPane: () => nextPane(-1),
    escape: () => escape(app),
    toggle: () => view.page === "manage" && toggle(app),
    selectAll: () => view.page === "manage" && listing.selectAll(),
    primary: () => inspect(app),
    toInspector: () => inspect(app),
    toList: () => {
      if (!pane("inspector")?.contains(document.activeElement)) return false;
      view.inspectorOpen = false;
      focusList();
      return true;
    },
  };
}

type Decision =
  "nextFile" | "previousFile" | "foldFile" | "takeCollection" | "keepProject" | "mergeFile" | "applyFiles";

/** What is done with the files of the Diff tab. */
function decisions({ deciding }: App): Pick<Commands, Decision> {
  const within = (selector: string): void =>
    // It may only now come into the page.
    void setTimeout(() => document.querySelector<HTMLElement>(`[data-current=true] ${selector}`)?.focus());
  const move = (steps: number): boolean => {
    const moved = deciding.move(steps);
    within("[aria-expanded]");
    return moved;
  };
  return {
    nextFile: () => move(1),
    previousFile: () => move(-1),
    foldFile: () => deciding.fold(),
    takeCollection: () => deciding.choose("collection"),
    keepProject: () => deciding.choose("project"),
    mergeFile: () => void deciding.merge().then((opened) => opened && within("textarea")),
    applyFiles: () => void deciding.apply(),
  };
}

/** Takes back: what a message tells about, else what is looked at, else what was done last. */
function undoing(app: App): Pick<Commands, "undo" | "redo" | "undoSelected"> {
  const { actions, activity, notices, view } = app;
  const selected = (): boolean => {
    const entry = view.page === "activity" ? activity.current : undefined;
    if (!entry) return false;
    // Where it cannot be undone, the inspector says why.
    if (entry.undoable && entry.undone !== "yes") actions.undo(activity.undoable(entry));
    else view.inspectorOpen = true;
    return true;
  };
  return {
    undo: () => {
      if (!notices.press(keyOf("undo")) && !selected()) void actions.undoNewest();
    },
    redo: () => notices.press(keyOf("redo")),
    undoSelected: selected,
  };
}

/** The project that was looked at last, else the first one; without any, the button that adds one. */
function goProject({ library, view }: App): void {
  const project = library.project(view.state.project) ?? library.projects[0];
  if (!project) return pane("sidebar")?.querySelector<HTMLElement>("[data-testid=add-project]")?.focus();
  view.openProject(project.project_path);
  setTimeout(() => pane("main")?.focus());
}

function goActivity(app: App): void {
  app.view.go("activity");
  // The list may only now come into the page.
  setTimeout(focusList);
}

type Move = "moveDown" | "moveUp" | "extendDown" | "extendUp" | "pageDown" | "pageUp" | "first" | "last";

function moves(app: App): Pick<Commands, Move> {
  const { listing, activity, view } = app;
  const move = (steps: number, extending = false): void =>
    view.page === "activity" ? activity.move(steps) : listing.move(steps, extending);
  return {
    moveDown: () => move(1),
    moveUp: () => move(-1),
    extendDown: () => move(1, true),
    extendUp: () => move(-1, true),
    pageDown: () => move(PAGE),
    pageUp: () => move(-PAGE),
    first: () => move(-Infinity),
    last: () => move(Infinity),
  };
}

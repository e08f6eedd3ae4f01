import type { GroupRow, Problem, SetResolution, SetRow } from "../ipc/types";
import { find, groupKey, namesIn, setKey, type Order } from "../lib/members";
import type { App } from "./app.svelte";
import type { Loaded } from "./detail.svelte";

/** How groups and sets are looked at: what is searched, which one is open, and what it comes to. */
export class Sets {
  text = $state("");
  /** Only sets and groups of this collection; null for all. */
  collection = $state<string | null>(null);
  /** The set or group that keys mean in the list. */
  active = $state<string | null>(null);
  /** The list of members, or of groups, that has the focus. */
  order = $state.raw<Order | null>(null);
  /** What the open set comes to. */
  resolution = $state.raw<Loaded<SetResolution>>({ state: "loading" });
  #turn = 0;
  #renamed: { from: string; to: string } | null = null;
  /** The open set or group, once it was there. */
  #seen: string | null = null;

  constructor(private readonly app: App) {}

  /** Sets that fit the search, by collection and name. */
  readonly shown: SetRow[] = $derived.by(() =>
    find(this.app.library.sets, this.text, this.collection, namesIn),
  );
  /** Groups that fit the search, in their order. */
  readonly shownGroups: GroupRow[] = $derived.by(() =>
    find(this.app.library.groups, this.text, this.collection, (group) =>
      group.members.map((member) => member.artifact_id),
    ),
  );
  /** Problems of the files that say what sets and groups there are. */
  readonly problems: Problem[] = $derived.by(() =>
    this.app.library.collections.flatMap((row) =>
      row.problems.filter(({ code }) => code === "sets-invalid" || code === "collection-invalid"),
    ),
  );

  /** Whether there are deployment sets. Without them there are still groups. */
  get enabled(): boolean {
    const { library, settings } = this.app;
    return settings.current?.deployment_sets ?? library.setsEnabled;
  }

  /** What the list shows. */
  get tab(): "sets" | "groups" {
    return this.enabled ? this.app.view.state.setsTab : "groups";
  }

  get isNarrowed(): boolean {
    return this.text.trim() !== "" || this.collection !== null;
  }

  clear(): void {
    this.text = "";
    this.collection = null;
  }

  /** The set that is open. */
  get set(): SetRow | undefined {
    const { set } = this.app.view.state;
    return this.app.library.sets.find((row) => setKey(row) === set);
  }

  /** The group that is open. */
  get group(): GroupRow | undefined {
    const { shownGroup } = this.app.view.state;
    return this.app.library.groups.find((row) => groupKey(row) === shownGroup);
  }

  /** What a key means: what is open, else what is active in the list. */
  get target(): { set: SetRow } | { group: GroupRow } | null {
    const { view, library } = this.app;
    const set =
      view.page === "set"
        ? this.set
        : view.page === "sets"
          ? library.sets.find((row) => setKey(row) === this.active)
          : undefined;
    if (set) return { set };
    const group =
      view.page === "group"
        ? this.group
        : view.page === "sets"
          ? library.groups.find((row) => groupKey(row) === this.active)
          : undefined;
    return group ? { group } : null;
  }

  /** Whether what is in a collection can be changed: in a linked one it is only read. */
  canChange(collection: string): boolean {
    return this.app.library.collections.some((row) => row.collection === collection && !row.linked);
  }

  /** Collections that sets and groups can be made in. */
  get homes(): string[] {
    return this.app.library.collections.filter((row) => !row.linked).map((row) => row.collection);
  }

  open(row: SetRow): void {
    this.#show("set", setKey(row), this.byId(row.collection, row.set_id));
  }

  openGroup(row: GroupRow): void {
    const key = groupKey(row);
    this.#show(
      "group",
      key,
      this.app.library.groups.find((known) => groupKey(known) === key),
    );
  }

  #show(page: "set" | "group", key: string, row: SetRow | GroupRow | undefined): void {
    const { view } = this.app;
    view.state[page === "set" ? "set" : "shownGroup"] = key;
    this.#seen = row ? key : null;
    view.go(page);
  }

  /** The artifacts of a group, in the list of all. */
  showInManage(row: GroupRow): void {
    this.app.view.showGroup(groupKey(row));
  }

  /** An artifact, in the list of all. */
  showArtifact(key: string): void {
    const { listing, view } = this.app;
    view.showProject(null);
    view.clearFilter();
    listing.pick(key);
    view.inspectorOpen = true;
  }

  /** The list, where the one that was open is active. */
  back(): void {
    const { view } = this.app;
    this.active = view.page === "group" ? view.state.shownGroup : view.state.set;
    view.state.setsTab = view.page === "group" ? "groups" : "sets";
    view.go("sets");
  }

  /** The set of an id in a collection. */
  byId(collection: string, id: string): SetRow | undefined {
    return this.app.library.sets.find((row) => row.collection === collection && row.set_id === id);
  }

  /** Reads what a set comes to. `fresh` forgets what is shown; else it stays until the answer is there. */
  async resolve(row: SetRow, fresh: boolean): Promise<void> {
    const turn = ++this.#turn;
    if (fresh) this.resolution = { state: "loading" };
    const answer = await this.app.backend.sets.resolveSet({ name: row.set_id, collection: row.collection });
    if (turn !== this.#turn) return;
    this.resolution = answer.ok
      ? { state: "ready", data: answer.data }
      : { state: "failed", problem: answer.problem };
  }

  /** A group gets another name: from one key to another. */
  expect(from: string, to: string): void {
    this.#renamed = { from, to };
  }

  /** Follows what got another name, and leaves the page of something that is gone. */
  prune(): void {
    const { library, view } = this.app;
    const { state } = view;
    if (view.page === "set" && !this.enabled) view.go("sets");
    const groups = new Set(library.groups.map(groupKey));
    const now = (key: string | null): string | null =>
      key === null || groups.has(key) || this.#renamed?.from !== key || !groups.has(this.#renamed.to)
        ? key
        : this.#renamed.to;
    state.shownGroup = now(state.shownGroup);
    state.inGroup = now(state.inGroup);
    if (state.inGroup !== null && !groups.has(state.inGroup)) state.inGroup = null;
    // What was just made is opened before the event that brings it.
    const key = view.page === "set" ? state.set : view.page === "group" ? state.shownGroup : null;
    if (key === null) return;
    const there = view.page === "set" ? this.set : this.group;
    if (there) this.#seen = key;
    else if (this.#seen === key) this.back();
  }
}

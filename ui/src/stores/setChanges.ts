import { t } from "../i18n/en";
import type { Answer } from "../ipc/client";
import type { GroupRow, Look, Member, Problem, SetReceipt, SetRef, SetRow } from "../ipc/types";
import { keyOf } from "../keys/keymap";
import type { Entry } from "../lib/model";
import { groupKey } from "../lib/members";
import type { App } from "./app.svelte";

/** A set or a group. */
export type Holder = { set: SetRow } | { group: GroupRow };

const setRef = (row: SetRow): SetRef => ({ name: row.set_id, collection: row.collection });
const groupRef = (row: GroupRow): SetRef => ({ name: row.name, collection: row.collection });
export const nameOf = (holder: Holder): string => ("set" in holder ? holder.set.name : holder.group.name);
const homeOf = (holder: Holder): string =>
  "set" in holder ? holder.set.collection : holder.group.collection;

/** Changes groups and sets. Each change says what it did and can be undone; each gives its problem, or null. */
export class SetChanges {
  constructor(private readonly app: App) {}

  async createSet(collection: string | null, look: Look): Promise<Problem | null> {
    const name = look.name?.trim() ?? "";
    return this.#run(this.#sets.createSet(collection, look, []), {
      done: t.sets.done.created(name),
      undo: t.sets.undo.created(name),
      then: ({ set }) => set && this.app.sets.open(set),
    });
  }

  async createGroup(
    collection: string | null,
    look: Look,
    members: readonly string[],
  ): Promise<Problem | null> {
    const name = look.name?.trim() ?? "";
    return this.#run(this.#sets.createGroup(collection, look, [...members]), {
      done: t.sets.done.created(name),
      undo: t.sets.undo.created(name),
      // From a selection in Manage one goes on there.
      then: ({ group }) => group && members.length === 0 && this.app.sets.openGroup(group),
    });
  }

  async update(holder: Holder, look: Look): Promise<Problem | null> {
    const name = look.name?.trim() || nameOf(holder);
    const call =
      "set" in holder
        ? this.#sets.updateSet(setRef(holder.set), look)
        : this.#sets.updateGroup(groupRef(holder.group), look);
    // A group is known by its name: what looks at it follows when the event comes.
    if ("group" in holder) this.app.sets.expect(groupKey(holder.group), groupKey({ ...holder.group, name }));
    return this.#run(call, { done: t.sets.done.changed(name), undo: t.sets.undo.changed(name) });
  }

  async clone(holder: Holder): Promise<void> {
    const call =
      "set" in holder
        ? this.#sets.cloneSet(setRef(holder.set), null)
        : this.#sets.cloneGroup(groupRef(holder.group), null);
    const answer = await call;
    const name = answer.ok ? (answer.data.set ?? answer.data.group)?.name : undefined;
    const words = { done: t.sets.done.cloned(name ?? ""), undo: t.sets.undo.created(name ?? "") };
    this.#tell(await this.#run(Promise.resolve(answer), words));
  }

  /** What deleting it would write: the names of the sets that lose a member. */
  async planRemove(holder: Holder): Promise<Answer<string[]>> {
    const answer = await this.#remove(holder, true);
    if (!answer.ok) return answer;
    const losing = answer.data.results.filter((result) => result.action === "updated");
    return { ok: true, data: losing.map((result) => result.artifact_id.replace(/^set:/, "")) };
  }

  async remove(holder: Holder): Promise<Problem | null> {
    const name = nameOf(holder);
    return this.#run(this.#remove(holder, false), {
      done: t.sets.done.deleted(name),
      undo: t.sets.undo.deleted(name),
    });
  }

  async add(holder: Holder, members: readonly Member[]): Promise<Problem | null> {
    const name = nameOf(holder);
    const call =
      "set" in holder
        ? this.#sets.changeSetMembers(setRef(holder.set), [...members], null, [])
        : this.#sets.changeGroupMembers(groupRef(holder.group), members.flatMap(idOf), null, []);
    return this.#run(call, {
      done: t.sets.done.added(members.length, name),
      undo: t.sets.undo.changed(name),
    });
  }

  /** Takes one member out of a set. */
  async take(set: SetRow, member: Member, called: string): Promise<void> {
    const call = this.#sets.changeSetMembers(setRef(set), [], null, [member]);
    this.#tell(
      await this.#run(call, {
        done: t.sets.done.removed(called, set.name),
        undo: t.sets.undo.changed(set.name),
      }),
    );
  }

  /** Takes one artifact out of a group. */
  async takeFrom(group: GroupRow, id: string): Promise<void> {
    const call = this.#sets.changeGroupMembers(groupRef(group), [], null, [id]);
    this.#tell(
      await this.#run(call, {
        done: t.sets.done.removed(id, group.name),
        undo: t.sets.undo.changed(group.name),
      }),
    );
  }

  /** All of them in another order; whether that was made. */
  async order(set: SetRow, members: readonly Member[]): Promise<boolean> {
    const words = { done: t.sets.done.ordered(set.name), undo: t.sets.undo.changed(set.name) };
    return this.#tell(await this.#run(this.#sets.orderSet(setRef(set), [...members]), words));
  }

  async orderGroup(group: GroupRow, members: readonly string[]): Promise<boolean> {
    const words = { done: t.sets.done.ordered(group.name), undo: t.sets.undo.changed(group.name) };
    return this.#tell(await this.#run(this.#sets.orderGroup(groupRef(group), [...members]), words));
  }

  async orderGroups(collection: string, names: readonly string[]): Promise<boolean> {
    const words = { done: t.sets.done.orderedGroups, undo: t.sets.undo.groups };
    return this.#tell(await this.#run(this.#sets.orderGroups(collection, [...names]), words));
  }

  /** Asks before it deletes. */
  askRemove(holder: Holder): void {
    if (this.canChange(holder)) this.app.dialogs.open({ type: "removeSet", holder });
  }

  edit(holder: Holder): void {
    if (this.canChange(holder)) this.app.dialogs.open({ type: "look", holder });
  }

  askMembers(holder: Holder): void {
    if (this.canChange(holder)) this.app.dialogs.open({ type: "addMembers", holder });
  }

  canChange(holder: Holder): boolean {
    return this.app.sets.canChange(homeOf(holder));
  }

  /** Whether these can go into a group: artifacts of one collection, which is our own. */
  canGroup(entries: readonly Entry[]): boolean {
    return this.app.collections.canChange(entries);
  }

  addToGroup(entries: readonly Entry[]): void {
    if (this.canGroup(entries)) this.app.dialogs.open({ type: "addToGroup", entries });
  }

  newGroup(entries: readonly Entry[]): void {
    if (entries.length === 0 || this.canGroup(entries))
      this.app.dialogs.open({ type: "newLook", of: "group", entries });
  }

  newSet(): void {
    if (!this.app.sets.enabled) return;
    this.app.dialogs.open({ type: "newLook", of: "set", entries: [] });
  }

  get #sets() {
    return this.app.backend.sets;
  }

  #remove(holder: Holder, dryRun: boolean): Promise<Answer<SetReceipt>> {
    return "set" in holder
      ? this.#sets.deleteSet(setRef(holder.set), dryRun)
      : this.#sets.deleteGroup(groupRef(holder.group), dryRun);
  }

  async #run(
    call: Promise<Answer<SetReceipt>>,
    words: { done: string; undo: string; then?: (receipt: SetReceipt) => unknown },
  ): Promise<Problem | null> {
    const answer = await call;
    if (!answer.ok) return answer.problem;
    const { operation, results, notices, cache } = answer.data;
    const failed = results.find((result) => result.problem !== null);
    if (failed?.problem) return failed.problem;
    const some = results.length > 0;
    const undo = {
      label: t.activity.undo,
      keys: keyOf("undo"),
      run: () => void this.app.actions.undoNow({ operation, name: words.undo, redo: false }),
    };
    const notes = notices.map((notice) => notice.message);
    this.app.notices.done(t.toast.withNotes(some ? words.done : t.toast.nothing, notes), some ? undo : null);
    if (cache === "stale")
      void this.app.actions.behind({
        code: "cache-stale",
        severity: "notice",
        message: t.errors.behind,
        remedy: "resync",
      });
    words.then?.(answer.data);
    return null;
  }

  /** Where no dialog can say it; whether all is well. */
  #tell(problem: Problem | null): boolean {
    if (problem) this.app.notices.problem(problem);
    return problem === null;
  }
}

const idOf = (member: Member): string[] => (member.kind === "artifact" ? [member.artifact_id] : []);

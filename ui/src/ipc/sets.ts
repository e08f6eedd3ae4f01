// Groups and deployment sets: what the window can ask for, and how the shell is asked.
import { shellBatches, type SetBatches } from "./batch";
import { commands } from "./bindings";
import type { Answer } from "./client";
import type { Look, Member, Problem, SetReceipt, SetRef, SetResolution } from "./types";

/** Everything about groups and sets. Changed rows arrive as `library-changed`, those of the sets above included. */
export interface SetBackend extends SetBatches {
  /** Which artifacts a set comes to, and through what. */
  resolveSet(set: SetRef): Promise<Answer<SetResolution>>;
  /** Without a collection in the preferred one. */
  createSet(collection: string | null, look: Look, members: Member[]): Promise<Answer<SetReceipt>>;
  updateSet(set: SetRef, look: Look): Promise<Answer<SetReceipt>>;
  /** With `dryRun` it says which sets lose a member, and writes nothing. */
  deleteSet(set: SetRef, dryRun: boolean): Promise<Answer<SetReceipt>>;
  /** Without a name the copy is called like the set, with “(copy)”. */
  cloneSet(set: SetRef, name: string | null): Promise<Answer<SetReceipt>>;
  /** New members go before the one at `at`, counted without those that are removed, or to the end. */
  changeSetMembers(
    set: SetRef,
    add: Member[],
    at: number | null,
    remove: Member[],
  ): Promise<Answer<SetReceipt>>;
  /** All members, in their new order. */
  orderSet(set: SetRef, members: Member[]): Promise<Answer<SetReceipt>>;
  createGroup(collection: string | null, look: Look, members: string[]): Promise<Answer<SetReceipt>>;
  updateGroup(group: SetRef, look: Look): Promise<Answer<SetReceipt>>;
  deleteGroup(group: SetRef, dryRun: boolean): Promise<Answer<SetReceipt>>;
  cloneGroup(group: SetRef, name: string | null): Promise<Answer<SetReceipt>>;
  changeGroupMembers(
    group: SetRef,
    add: string[],
    at: number | null,
    remove: string[],
  ): Promise<Answer<SetReceipt>>;
  orderGroup(group: SetRef, members: string[]): Promise<Answer<SetReceipt>>;
  /** All groups of a collection, in their new order. */
  orderGroups(collection: string | null, groups: string[]): Promise<Answer<SetReceipt>>;
}

type Typed<T> = Promise<{ status: "ok"; data: T } | { status: "error"; error: Problem }>;

/** The commands of the shell. `answer` makes an answer of what a command returns. */
export const shellSets = (answer: <T>(call: Typed<T>) => Promise<Answer<T>>): SetBackend => ({
  resolveSet: (set) => answer(commands.resolveSet(set)),
  createSet: (collection, look, members) => answer(commands.createSet(collection, look, members)),
  updateSet: (set, look) => answer(commands.updateSet(set, look)),
  deleteSet: (set, dryRun) => answer(commands.deleteSet(set, dryRun)),
  cloneSet: (set, name) => answer(commands.cloneSet(set, name)),
  changeSetMembers: (set, add, at, remove) => answer(commands.changeSetMembers(set, add, at, remove)),
  orderSet: (set, members) => answer(commands.orderSet(set, members)),
  createGroup: (collection, look, members) => answer(commands.createGroup(collection, look, members)),
  updateGroup: (group, look) => answer(commands.updateGroup(group, look)),
  deleteGroup: (group, dryRun) => answer(commands.deleteGroup(group, dryRun)),
  cloneGroup: (group, name) => answer(commands.cloneGroup(group, name)),
  changeGroupMembers: (group, add, at, remove) => answer(commands.changeGroupMembers(group, add, at, remove)),
  orderGroup: (group, members) => answer(commands.orderGroup(group, members)),
  orderGroups: (collection, groups) => answer(commands.orderGroups(collection, groups)),
  ...shellBatches(answer),
});

// Groups and sets of the fake world: how a change of them is made, told and taken back.
import type { Answer } from "../client";
import type { Change, LibrarySnapshot, OperationKind, Plan, Receipt, SetReceipt, Settings } from "../types";
import type { Remembered } from "./history";
import { Editor, isProblem, type Made } from "./setEdits";
import { groupRows, setRows, type FakeGroup, type FakeSet, type Sets } from "./setModel";
import type { World } from "./world";

/** What these commands work with. */
export interface SetTools {
  world: World;
  command<T>(name: string, args: unknown[], body: () => Answer<T> | Promise<Answer<T>>): Promise<Answer<T>>;
  /** Tells about changes, and about the groups and sets that are others since it was last called. */
  commit(changes: Change[], origin: "command", operation: string): void;
  apply(kind: OperationKind, plan: Plan, agreed: string | null | undefined): Promise<Answer<Receipt>>;
  /** Changes the settings, and tells. */
  settle(settings: Settings): Settings;
}

type Rows = Pick<LibrarySnapshot, "groups" | "sets">;

export const rowsOf = (world: World): Rows => ({ groups: groupRows(world), sets: setRows(world) });

/** What differs between two states, also in the sets above what was changed. */
export function setChanges(before: Rows, after: Rows): Change[] {
  const groupKey = (row: { collection: string; name: string }): string => `${row.collection}\n${row.name}`;
  const setKey = (row: { collection: string; set_id: string }): string => `${row.collection}\n${row.set_id}`;
  const differ = <T>(
    key: (row: T) => string,
    old: readonly T[],
    now: readonly T[],
  ): { put: T[]; gone: T[] } => ({
    put: now.filter(
      (row) => JSON.stringify(old.find((other) => key(other) === key(row))) !== JSON.stringify(row),
    ),
    gone: old.filter((row) => !now.some((other) => key(other) === key(row))),
  });
  const groups = differ(groupKey, before.groups, after.groups);
  const sets = differ(setKey, before.sets, after.sets);
  return [
    ...groups.gone.map(({ collection, name }): Change => ({ type: "groupRemoved", collection, name })),
    ...groups.put.map((group): Change => ({ type: "groupUpserted", group })),
    ...sets.gone.map(({ collection, set_id }): Change => ({ type: "setRemoved", collection, set_id })),
    ...sets.put.map((set): Change => ({ type: "setUpserted", set })),
  ];
}

const copyOf = ({ groups, sets }: Sets): Sets => structuredClone({ groups, sets });

let operations = 0;

/** Makes a change of groups and sets, unless it is only asked what it would do. */
export function run(tools: SetTools, change: (editor: Editor) => Made, dryRun = false): Answer<SetReceipt> {
  const { world } = tools;
  const next = copyOf(world);
  const made = change(new Editor(world, next));
  if (isProblem(made)) return { ok: false, problem: made };
  const kept = { groups: world.groups, sets: world.sets };
  Object.assign(world, next);
  const after = rowsOf(world);
  if (dryRun) Object.assign(world, kept);
  const changed = written(kept, next);
  const operation = dryRun ? "" : `sets-${++operations}`;
  if (!dryRun && changed.length > 0) {
    world.history.unshift(rememberedSets(operation, changed, kept, copyOf(next)));
    tools.commit([], "command", operation);
  }
  const { set, group } = made.subject ?? {};
  return {
    ok: true,
    data: structuredClone({
      operation,
      dry_run: dryRun,
      cache: "synced",
      collection: set?.collection ?? group?.collection ?? changed[0]?.collection ?? "default",
      set: dryRun ? null : (after.sets.find((row) => row.set_id === set?.set_id) ?? null),
      group: dryRun ? null : (after.groups.find((row) => row.name === group?.name) ?? null),
      results: changed.map((item) => ({ ...item, status: "success", error: null, problem: null })),
      notices: [],
    }),
  };
}

type Written = Remembered["entry"]["items"][number];

/** What of the two files is written: each set and group that is another one afterwards. */
function written(before: Sets, after: Sets): Written[] {
  const ids = (all: Sets): Map<string, { collection: string; text: string; name: string }> =>
    new Map([
      ...all.sets.map((set) => [`set:${set.set_id}`, entryOf(set, `set:${set.name}`)] as const),
      ...all.groups.map((group) => [`group:${group.name}`, entryOf(group, `group:${group.name}`)] as const),
    ]);
  const [old, now] = [ids(before), ids(after)];
  return [...new Set([...old.keys(), ...now.keys()])].flatMap((id): Written[] => {
    const [was, is] = [old.get(id), now.get(id)];
    if (was?.text === is?.text) return [];
    const { collection, name } = (is ?? was) as { collection: string; name: string };
    return [
      {
        artifact_id: name,
        collection,
        project_path: `/home/ada/.skillmeat/collections/${collection}`,
        project_name: collection,
        deployment_profile_id: "",
        path: name.startsWith("set:") ? "deployment-sets.toml" : "collection.toml",
        action: was === undefined ? "created" : is === undefined ? "removed" : "updated",
        files: 0,
        bytes: 0,
      },
    ];
  });
}

const entryOf = (row: FakeSet | FakeGroup, name: string) => {
  const { collection } = row;
  return { collection, name, text: JSON.stringify({ ...row, updated: null }) };
};

const rememberedSets = (operation: string, items: Written[], before: Sets, after: Sets): Remembered => ({
  entry: {
    operation,
    kind: "collect",
    at: new Date().toISOString(),
    holder: "the window",
    undoes: null,
    undone: "no",
    undoable: true,
    recovered: false,
    kept_bytes: 0,
    items,
  },
  kept: new Map(),
  sets: { before, after },
});

/** Takes a change of groups and sets back. */
export function undoSets(
  tools: Pick<SetTools, "world" | "commit">,
  past: Remembered & { sets: { before: Sets; after: Sets } },
): Answer<Receipt> {
  const { world } = tools;
  const operation = `sets-${++operations}`;
  const { entry, sets } = past;
  Object.assign(world, copyOf(sets.before));
  entry.undone = "yes";
  const undo = rememberedSets(operation, entry.items, sets.after, sets.before);
  Object.assign(undo.entry, { kind: "undo", undoes: entry.operation });
  world.history.unshift(undo);
  tools.commit([], "command", operation);
  const results = entry.items.map((item) => ({
    ...item,
    action: "updated" as const,
    status: "success" as const,
    error: null,
    problem: null,
  }));
  const totals = { succeeded: results.length, failed: 0, skipped: 0, unchanged: 0 };
  return { ok: true, data: { operation, dry_run: false, cache: "synced", totals, results, notices: [] } };
}

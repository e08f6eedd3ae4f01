import type { Action, DeploymentRow, OperationEntry, OperationItem, Plan, PlanItem } from "../types";
import { fakeHash, NOW } from "./rows";
import type { Sets } from "./setModel";
import type { World } from "./world";

/** A target before and after an operation; null where there was nothing. */
interface Kept {
  before: DeploymentRow | null;
  after: DeploymentRow | null;
}

/** An operation with what an undo of it needs, by target. */
export interface Remembered {
  entry: OperationEntry;
  kept: Map<string, Kept>;
  /** Of a change of groups and sets: all of them before and after. */
  sets?: { before: Sets; after: Sets };
}

const targetOf = (item: { project_path: string; path: string | null }): string =>
  `${item.project_path}\n${item.path}`;

/** The row at a target now. */
export const rowAt = (
  world: World,
  item: { project_path: string; path: string | null },
): DeploymentRow | null =>
  world.deployments.find(
    (row) =>
      row.project_path === item.project_path && `${row.profile_root_dir}/${row.artifact_path}` === item.path,
  ) ?? null;

/** Writes down what an operation does while `act` does it. */
export function remember<T>(
  world: World,
  plan: Plan,
  about: Pick<OperationEntry, "operation" | "kind" | "undoes">,
  act: () => T,
): T {
  const before = new Map(plan.items.map((item) => [targetOf(item), rowAt(world, item)]));
  const result = act();
  const kept = new Map<string, Kept>();
  const items: OperationItem[] = [];
  for (const item of plan.items) {
    const pair = { before: before.get(targetOf(item)) ?? null, after: rowAt(world, item) };
    if (item.path === null || pair.before === pair.after) continue;
    kept.set(targetOf(item), pair);
    items.push(itemOf({ ...item, path: item.path }));
  }
  if (items.length === 0) return result;
  const entry = { ...blank(about.operation, new Date().toISOString(), items), ...about };
  world.history.unshift({ entry, kept });
  const undone = world.history.find((past) => past.entry.operation === about.undoes);
  if (undone) undone.entry.undone = items.length < undone.entry.items.length ? "partly" : "yes";
  return result;
}

const itemOf = (item: OperationItem): OperationItem => ({
  artifact_id: item.artifact_id,
  collection: item.collection,
  project_path: item.project_path,
  project_name: item.project_name,
  deployment_profile_id: item.deployment_profile_id,
  path: item.path,
  action: item.action,
  files: item.files,
  bytes: item.bytes,
});

const blank = (operation: string, at: string, items: OperationItem[]): OperationEntry => ({
  operation,
  kind: "deploy",
  at,
  holder: "the window",
  undoes: null,
  undone: "no",
  undoable: true,
  recovered: false,
  kept_bytes: items.reduce((sum, item) => sum + item.bytes, 0),
  items,
});

const settled = {
  conflict: null,
  edited: [],
  taken: [],
  choices: [],
  choice: "stop" as const,
  problem: null,
};

const backOf = (action: Action): Action =>
  action === "created" ? "removed" : action === "removed" ? "created" : action;

/** The plan that puts back what an operation found. */
export function undoItems(world: World, past: Remembered): { item: PlanItem; changed: boolean }[] {
  return past.entry.items.flatMap((item): { item: PlanItem; changed: boolean }[] => {
    if (past.sets)
      return [{ item: { ...settled, ...itemOf(item), action: backOf(item.action) }, changed: false }];
    const pair = past.kept.get(targetOf(item));
    if (!pair) return [];
    const now = rowAt(world, item);
    const action: Action = pair.before === null ? "removed" : pair.after === null ? "created" : "updated";
    const changed = now !== pair.after || (now?.local_modifications ?? false);
    return [{ item: { ...itemOf(item), ...settled, action }, changed }];
  });
}

/** What was at a target before an operation. */
export const beforeOf = (past: Remembered, item: PlanItem): DeploymentRow | null =>
  past.kept.get(targetOf(item))?.before ?? null;

const HOUR = 3_600_000;

/** What was done before the window was opened, newest first: how many copies, and what is unusual about it. */
const PAST: { copies: number; hours: number; rest: Partial<OperationEntry> }[] = [
  { copies: 3, hours: 0.4, rest: {} },
  { copies: 1, hours: 3, rest: { holder: "skm deploy" } },
  { copies: 8, hours: 26, rest: { recovered: true } },
  { copies: 1, hours: 50, rest: { kind: "undeploy", holder: "skm undeploy" } },
  { copies: 2, hours: 200, rest: { undone: "partly" } },
  { copies: 5, hours: 900, rest: { undoable: false, kept_bytes: 0 } },
];

/** Operations of the last weeks, in every state that there is. */
export function pastOperations(rows: readonly DeploymentRow[]): Remembered[] {
  let at = 0;
  return PAST.map(({ copies, hours, rest }) =>
    pastOperation(rows.slice(at, (at += copies)), new Date(NOW - hours * HOUR).toISOString(), rest),
  );
}

function pastOperation(
  rows: readonly DeploymentRow[],
  at: string,
  rest: Partial<OperationEntry>,
): Remembered {
  const removed = rest.kind === "undeploy";
  const kept = new Map<string, Kept>();
  const items = rows.map((row, place) => {
    // What was removed stood beside what is there now.
    const copy = removed ? { ...row, artifact_path: row.artifact_path.replace("/", "/old/") } : row;
    const item = itemOf({
      ...copy,
      path: `${copy.profile_root_dir}/${copy.artifact_path}`,
      action: removed ? "removed" : "created",
      files: 1 + (place % 4),
      bytes: 2400 * (place + 1),
    });
    kept.set(targetOf(item), removed ? { before: copy, after: null } : { before: null, after: copy });
    return item;
  });
  return { entry: { ...blank(fakeHash(at).slice(0, 16), at, items), ...rest }, kept };
}

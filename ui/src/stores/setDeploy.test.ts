import { describe, expect, it } from "vitest";
import { FakeBackend, fullWorld, type World } from "../ipc/fake";
import type { SetDeployRequest, SetRow, SetUndeployRequest } from "../ipc/types";
import { cellKey } from "../lib/matrix";
import { entryKey } from "../lib/model";
import { App } from "./app.svelte";
import type { SetDeployForm } from "./setDeployForm.svelte";
import type { SetUndeployForm } from "./setUndeployForm.svelte";

const WEB = "/home/ada/work/web";
const API = "/home/ada/work/api";
const settle = (ms = 20): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** A world where the set "Base tools" has four artifacts, none of them deployed or in the way. */
function cleanWorld(): World {
  const world = fullWorld(24);
  world.deployments = [];
  world.unmanaged.clear();
  world.broken.clear();
  return world;
}

async function start(world = cleanWorld()) {
  const backend = new FakeBackend(world);
  const app = new App(backend);
  await app.session.start();
  const set = app.library.sets.find((row) => row.set_id === "base") as SetRow;
  const ids = world.groups.find((group) => group.name === "lint")?.members ?? [];
  const sent = <T>(name: string): T => backend.calls.findLast((call) => call.name === name)?.args[0] as T;
  const form = <T>(): T => {
    const dialog = app.dialogs.current;
    if (dialog === null || !("form" in dialog)) throw new Error("no dialog");
    return dialog.form as T;
  };
  return { world, backend, app, set, ids, sent, form };
}

async function deployBase(at: Awaited<ReturnType<typeof start>>, ...paths: string[]): Promise<SetDeployForm> {
  at.app.setActions.deploySet(at.set);
  const form = at.form<SetDeployForm>();
  for (const path of paths) form.toggleProject(path);
  await form.replan();
  await at.app.actions.confirm(form);
  await settle();
  return form;
}

describe("a deploy of a set", () => {
  it("goes into every chosen project as one operation, which one undo takes back", async () => {
    const at = await start();
    await deployBase(at, WEB, API);
    expect(at.world.deployments).toHaveLength(2 * at.set.resolved);
    expect(at.world.history[0]?.entry.items).toHaveLength(2 * at.set.resolved);
    expect(at.app.notices.list[0]?.text).toBe("Deployed Base tools to 2 projects: 4 artifacts");
    expect(at.app.operations.pending.size).toBe(0);
    at.app.notices.press("Mod+Z");
    await settle(50);
    expect(at.world.deployments).toEqual([]);
  });

  it("answers every conflict by the policy, and takes back what was answered before", async () => {
    const world = cleanWorld();
    const at = await start(world);
    const row = world.artifacts.find((artifact) => artifact.artifact_id === at.ids[0]);
    world.unmanaged.add(`${WEB}/.claude/${row?.path.split("/default/")[1]}`);
    at.app.setActions.deploySet(at.set);
    const form = at.form<SetDeployForm>();
    form.toggleProject(WEB);
    await form.replan();
    expect([form.open.length, form.canRun]).toEqual([1, false]);
    form.choose(form.open, "keep");
    await form.replan();
    expect(form.plan?.totals.kept).toBe(1);
    form.setOnConflict("skip");
    await form.replan();
    expect([form.plan?.totals.kept, form.plan?.totals.skipped, form.canRun]).toEqual([0, 1, true]);
    await at.app.actions.confirm(form);
    expect(at.sent<SetDeployRequest>("deploySet")).toMatchObject({ on_conflict: "skip", choices: [] });
  });

  it("does the others where one fails, and retries exactly what failed", async () => {
    const world = cleanWorld();
    const at = await start(world);
    world.broken.add(at.ids[1] ?? "");
    await deployBase(at, WEB, API);
    expect(world.deployments).toHaveLength(2 * (at.set.resolved - 1));
    const dialog = at.app.dialogs.current;
    if (dialog?.type !== "report") throw new Error("what failed is shown in the dialog's place");
    const failed = dialog.receipt.results.filter((result) => result.status === "failed");
    expect(failed.map((result) => result.project_path)).toEqual([WEB, API]);
    world.broken.clear();
    at.app.actions.again(dialog.form, failed);
    const form = at.form<SetDeployForm>();
    await form.replan();
    expect(form.plan?.items.map((item) => [item.project_path, item.artifact_id])).toEqual([
      [WEB, at.ids[1]],
      [API, at.ids[1]],
    ]);
    await at.app.actions.confirm(form);
    expect(world.deployments).toHaveLength(2 * at.set.resolved);
    // What became of it can be looked at again.
    expect(at.app.reports.has(dialog.receipt.operation)).toBe(true);
    at.app.reports.show(dialog.receipt.operation);
    expect(at.app.dialogs.current).toMatchObject({ type: "report", receipt: dialog.receipt });
  });

  it("is stopped before the next project, and says what was left as it was", async () => {
    const at = await start();
    at.app.setActions.deploySet(at.set);
    const form = at.form<SetDeployForm>();
    form.toggleProject(WEB);
    form.toggleProject(API);
    await form.replan();
    at.backend.latency = 15;
    const ended = at.app.actions.confirm(form);
    await settle(40);
    expect(at.app.operations.working?.phase).toBe("stage");
    expect(at.app.operations.pending.has(cellKey(API, entryKey("default", at.ids[0] ?? "")))).toBe(true);
    expect(at.app.actions.stop()).toBe(true);
    expect(at.app.actions.stop()).toBe(false);
    await ended;
    expect(new Set(at.world.deployments.map((row) => row.project_path))).toEqual(new Set([WEB]));
    expect(at.app.notices.spoken).toBe("Stopped. 1 project was left as it was.");
  });
});

describe("an undeploy of a set", () => {
  it("keeps what another deployed set needs, unless a person says otherwise", async () => {
    const at = await start();
    // Of this one nothing but one of these artifacts is left, so it would count as deployed too.
    at.world.sets = at.world.sets.filter((one) => one.set_id !== "broken");
    const own = at.world.sets.find((one) => one.set_id === "bare");
    own?.members.push({ kind: "artifact", artifact_id: at.ids[0] ?? "", collection: null });
    await deployBase(at, WEB);
    await at.app.setActions.undeploySet(at.set);
    const form = at.form<SetUndeployForm>();
    await form.replan();
    expect([...form.projects]).toEqual([WEB]);
    const kept = form.plan?.items.filter((item) => item.action === "none") ?? [];
    expect(kept.map((item) => [item.artifact_id, item.conflict?.code])).toEqual([
      [at.ids[0], "needed-by-set"],
    ]);
    expect(form.canRun).toBe(true);
    form.choose(kept, "overwrite");
    await form.replan();
    expect(form.plan?.totals.removed).toBe(at.set.resolved);
    await at.app.actions.confirm(form);
    expect(at.world.deployments).toEqual([]);
  });

  it("says so where nothing of it is deployed", async () => {
    const at = await start();
    await at.app.setActions.undeploySet(at.set);
    expect(at.app.dialogs.current).toBeNull();
    expect(at.app.notices.list[0]?.text).toContain("Nothing of Base tools is deployed");
  });
});

describe("the matrix", () => {
  it("marks by keys and clicks, and deploys exactly what is marked", async () => {
    const at = await start();
    const { matrix } = at.app;
    matrix.show(at.set);
    await settle();
    expect([matrix.rows.length, matrix.columns.length]).toEqual([4, 5]);
    matrix.press({ row: 0, column: 0 }, "only");
    matrix.move(1, 1, true);
    expect(matrix.selected.size).toBe(4);
    matrix.press({ row: 3, column: 4 }, "toggle");
    expect(matrix.selected.size).toBe(5);
    matrix.press({ row: -1, column: 1 }, "only");
    expect(matrix.selected.size).toBe(4);
    matrix.press({ row: 2, column: 1 }, "toggle");
    expect(matrix.targets.map(({ path, row }) => [path, row.artifact_id])).toEqual(
      [0, 1, 3].map((index) => [matrix.columns[1]?.path, matrix.rows[index]?.artifact_id]),
    );
    at.app.setActions.deployMarked();
    const form = at.form<SetDeployForm>();
    await form.replan();
    expect(form.plan?.items).toHaveLength(3);
    await at.app.actions.confirm(form);
    expect(at.world.deployments).toHaveLength(3);
    // Live, by the event alone.
    await settle();
    expect(matrix.statusAt(matrix.columns[1]?.path ?? "", matrix.rows[0]?.key ?? "")).toBe("synced");
    expect(matrix.counts.get("synced")).toBe(3);
  });

  it("undeploys only marked cells that have a copy", async () => {
    const at = await start();
    await deployBase(at, WEB, API);
    at.app.matrix.show(at.set);
    await settle();
    at.app.matrix.press({ row: 0, column: -1 }, "only");
    expect(at.app.matrix.selected.size).toBe(5);
    at.app.setActions.undeployMarked();
    await settle();
    const form = at.form<SetUndeployForm>();
    await form.replan();
    expect(form.plan?.items.map((item) => item.action)).toEqual(["removed", "removed"]);
    expect(at.sent<SetUndeployRequest>("planSetUndeploy").only).toHaveLength(2);
  });

  it("goes to the end and back without falling into the header, which a step reaches", async () => {
    const at = await start();
    const { matrix } = at.app;
    matrix.show(at.set);
    await settle();
    matrix.move(Infinity, Infinity);
    expect(matrix.cursor).toEqual({ row: 3, column: 4 });
    matrix.move(-Infinity, -Infinity);
    expect(matrix.cursor).toEqual({ row: 0, column: 0 });
    matrix.move(0, -1);
    expect(matrix.cursor).toEqual({ row: 0, column: -1 });
    matrix.toggle();
    expect(matrix.selected.size).toBe(5);
    expect([matrix.clear(), matrix.clear()]).toEqual([true, false]);
  });

  it("shows a set that cannot be read as a problem, and never as empty", async () => {
    const at = await start();
    at.world.failing.set("resolveSet", { code: "sets-invalid", severity: "refusal", message: "Broken." });
    at.app.matrix.show(at.set);
    await settle();
    expect([at.app.matrix.problem?.code, at.app.matrix.resolution]).toEqual(["sets-invalid", null]);
    at.world.failing.clear();
    await at.app.matrix.read();
    expect([at.app.matrix.problem, at.app.matrix.rows.length]).toEqual([null, 4]);
  });
});

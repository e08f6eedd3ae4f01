import { describe, expect, it, vi } from "vitest";
import { FakeBackend, fullWorld } from "../ipc/fake";
import { fakeDeployment } from "../ipc/fake/rows";
import type { Problem, UndoRequest } from "../ipc/types";
import { keyOf } from "../keys/keymap";
import { App } from "./app.svelte";
import { UndoForm } from "./undoForm.svelte";

const API = "/home/ada/work/api";

/** Deploys something to `api`; afterwards the toast tells about it. */
async function deployed() {
  const backend = new FakeBackend(fullWorld(12));
  const app = new App(backend);
  await app.session.start();
  const broken = backend.world.broken;
  const free = (id: string): boolean => !broken.has(id);
  const entry = app.library.entries.find(
    (one) => one.artifact && one.deployments.length === 0 && free(one.artifact_id),
  );
  if (!entry?.artifact) throw new Error("the fake world changed");
  app.actions.deploy([entry], [API]);
  const dialog = app.dialogs.current;
  if (dialog?.type !== "deploy") throw new Error("no form");
  await vi.waitFor(() => expect(dialog.form.canRun).toBe(true));
  await app.actions.confirm(dialog.form);
  const status = () => app.library.entry(entry.key)?.status;
  expect(status()).toBe("synced");
  const copy = () =>
    backend.world.deployments.findIndex(
      (row) => row.artifact_id === entry.artifact_id && row.project_path === API,
    );
  return { backend, app, entry, artifact: entry.artifact, status, copy };
}

const called = (backend: FakeBackend, name: string): UndoRequest[] =>
  backend.calls.filter((call) => call.name === name).map((call) => call.args[0] as UndoRequest);

describe("the button of a toast", () => {
  it("undoes at once what was done, exactly as it was planned", async () => {
    const { backend, app, entry, status } = await deployed();
    const [operation] = backend.world.history;
    expect(app.notices.list.at(-1)?.undo).toMatchObject({ label: "Undo", keys: "Mod+Z" });
    app.notices.press(keyOf("undo"));
    await vi.waitFor(() => expect(status()).toBe("none"));
    expect(app.dialogs.current).toBeNull();
    expect(called(backend, "undo")).toMatchObject([
      { operation: operation?.entry.operation, on_conflict: "stop", plan: expect.any(String) },
    ]);
    await vi.waitFor(() =>
      expect(app.notices.list.at(-1)?.text).toBe(`Undid deploy of ${entry.name} to api`),
    );
    expect(app.operations.pending.size).toBe(0);
  });

  it("offers Redo afterwards, by another key, so that undoing again does not redo", async () => {
    const { app, status } = await deployed();
    app.notices.press(keyOf("undo"));
    await vi.waitFor(() => expect(app.notices.list.at(-1)?.undo?.label).toBe("Redo"));
    expect(app.notices.press(keyOf("undo"))).toBe(false);
    expect(app.notices.press(keyOf("redo"))).toBe(true);
    await vi.waitFor(() => expect(status()).toBe("synced"));
    await vi.waitFor(() => expect(app.notices.list.at(-1)?.text).toMatch(/^Redid deploy of/));
    expect(app.notices.list.at(-1)?.undo?.label).toBe("Undo");
  });

  it("asks first where a copy was changed since", async () => {
    const { backend, app, artifact, status, copy } = await deployed();
    const project = backend.world.projects.find((row) => row.project_path === API);
    if (!project) throw new Error("the fake world changed");
    const deployment = fakeDeployment(artifact, project, "modified");
    backend.world.deployments[copy()] = deployment;
    backend.commit([{ type: "deploymentUpserted", deployment }]);
    app.notices.press(keyOf("undo"));
    await vi.waitFor(() => expect(app.dialogs.current?.type).toBe("undo"));
    const dialog = app.dialogs.current;
    if (dialog?.type !== "undo") throw new Error("no form");
    expect(called(backend, "undo")).toEqual([]);
    expect([dialog.form.open.length, dialog.form.canRun]).toEqual([1, false]);
    dialog.form.choose(dialog.form.open, "overwrite");
    await vi.waitFor(() => expect(dialog.form.canRun).toBe(true));
    await app.actions.confirm(dialog.form);
    expect(status()).toBe("none");
    expect(called(backend, "undo")[0]?.choices).toMatchObject([
      { project_path: API, on_conflict: "overwrite" },
    ]);
  });

  it("shows why nothing can be undone", async () => {
    const { backend, app } = await deployed();
    const [past] = backend.world.history;
    if (past) past.entry.undoable = false;
    app.notices.press(keyOf("undo"));
    await vi.waitFor(() => expect(app.dialogs.current?.type).toBe("undo"));
    const dialog = app.dialogs.current;
    expect(dialog?.type === "undo" && dialog.form.problem?.message).toContain("no longer kept");
  });
});

it("rows are pending while their undo runs", async () => {
  const { backend, app, entry, status } = await deployed();
  let finish = (): void => {};
  const held = new Promise<void>((resolve) => (finish = resolve));
  const real = backend.undo;
  vi.spyOn(backend, "undo").mockImplementation(async (request) => {
    await held;
    return real(request);
  });
  app.notices.press(keyOf("undo"));
  await vi.waitFor(() => expect([...app.operations.pending]).toEqual([entry.key]));
  expect(status()).toBe("synced");
  finish();
  await vi.waitFor(() => expect(app.operations.pending.size).toBe(0));
  expect(status()).toBe("none");
});

it("what was done of an operation that failed in part can be undone from the same toast", async () => {
  const { backend, app } = await deployed();
  const [good, bad] = app.library.entries.filter((one) => one.artifact && one.deployments.length === 0);
  if (!good || !bad) throw new Error("the fake world changed");
  backend.world.broken.clear();
  backend.world.broken.add(bad.artifact_id);
  app.actions.deploy([good, bad], ["/work/new"]);
  const dialog = app.dialogs.current;
  if (dialog?.type !== "deploy") throw new Error("no form");
  await vi.waitFor(() => expect(dialog.form.canRun).toBe(true));
  await app.actions.confirm(dialog.form);
  const notice = app.notices.list.at(-1);
  expect([notice?.tone, notice?.action?.label, notice?.undo?.label]).toEqual([
    "problem",
    "Show details",
    "Undo",
  ]);
  notice?.undo?.run();
  await vi.waitFor(() => expect(app.library.entry(good.key)?.status).toBe("none"));
});

describe("undo without a toast", () => {
  it("shows the plan for the newest that still stands", async () => {
    const { backend, app } = await deployed();
    const [newest] = backend.world.history;
    if (newest) newest.entry.undone = "yes";
    await app.actions.undoNewest();
    const dialog = app.dialogs.current;
    expect(dialog?.type === "undo" && dialog.form.target.operation).toBe(
      backend.world.history[1]?.entry.operation,
    );
    expect(called(backend, "undo")).toEqual([]);
  });

  it("says when there is nothing, or when that is not known", async () => {
    const { backend, app } = await deployed();
    const problem: Problem = { code: "io", severity: "fault", message: "The history cannot be read." };
    backend.world.failing.set("history", problem);
    await app.actions.undoNewest();
    expect(app.notices.list.at(-1)?.problem).toEqual(problem);
    backend.world.failing.clear();
    backend.world.history = [];
    await app.actions.undoNewest();
    expect([app.notices.list.at(-1)?.text, app.dialogs.current]).toEqual(["There is nothing to undo", null]);
  });
});

it("what failed of an undo is asked for again, with the answers for the rest", async () => {
  const { backend, app } = await deployed();
  const operation = backend.world.history[0]?.entry.operation ?? "";
  const form = new UndoForm({ operation, name: "deploy", redo: false }, backend, app.operations);
  await form.replan();
  const [item] = form.plan?.items ?? [];
  if (!item) throw new Error("no plan");
  const again = form.again([{ ...item, status: "failed", error: null }]);
  await vi.waitFor(() => expect(again.plan).not.toBeNull());
  expect(again.target).toEqual(form.target);
});

describe("a toast", () => {
  it("goes after a while, but not while somebody is at it", () => {
    vi.useFakeTimers();
    try {
      const { notices } = new App(new FakeBackend(fullWorld(1)));
      notices.done("Deployed");
      const id = notices.list[0]?.id ?? 0;
      notices.hold(id);
      vi.advanceTimersByTime(60_000);
      expect(notices.list).toHaveLength(1);
      notices.release(id);
      vi.advanceTimersByTime(60_000);
      expect(notices.list).toEqual([]);
      notices.problem({ code: "io", severity: "fault", message: "x" });
      notices.release(notices.list[0]?.id ?? 0);
      vi.advanceTimersByTime(60_000);
      expect(notices.list).toHaveLength(1);
    } finally {
      vi.useRealTimers();
    }
  });
});

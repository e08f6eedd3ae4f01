import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FakeBackend, fullWorld } from "../ipc/fake";
import type { Problem } from "../ipc/types";
import { App } from "./app.svelte";

const problem: Problem = { code: "io", severity: "fault", message: "history.jsonl: input/output error" };

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A started window that looks at its history. */
async function setUp() {
  const backend = new FakeBackend(fullWorld(12));
  const app = new App(backend);
  const started = app.session.start();
  await vi.runAllTimersAsync();
  await started;
  const hide = app.activity.show();
  await vi.runAllTimersAsync();
  const asked = (): number => backend.calls.filter((call) => call.name === "history").length;
  return { backend, app, activity: app.activity, hide, asked };
}

describe("the history", () => {
  it("is read again once after several events, and not while nobody looks", async () => {
    const { backend, activity, hide, asked } = await setUp();
    expect([asked(), activity.phase, activity.entries.length]).toEqual([1, "ready", 6]);
    for (let times = 0; times < 5; times += 1) backend.commit([]);
    expect(asked()).toBe(1);
    await vi.runAllTimersAsync();
    expect(asked()).toBe(2);
    hide();
    backend.commit([]);
    await vi.runAllTimersAsync();
    expect(asked()).toBe(2);
  });

  it("is read again after everything may have changed", async () => {
    const { backend, asked } = await setUp();
    backend.tell?.resyncRequired({ reason: "The cache was rebuilt." });
    await vi.runAllTimersAsync();
    expect(asked()).toBe(2);
  });

  it("stays when it cannot be read again, and says that it may be old", async () => {
    const { backend, activity } = await setUp();
    backend.world.failing.set("history", problem);
    void activity.load();
    expect(activity.entries).toHaveLength(6);
    await vi.runAllTimersAsync();
    expect([activity.phase, activity.problem, activity.entries.length]).toEqual(["ready", problem, 6]);
  });

  it("that was never read is an error, not empty", async () => {
    const backend = new FakeBackend(fullWorld(3));
    backend.world.failing.set("history", problem);
    const { activity } = new App(backend);
    activity.show();
    await vi.runAllTimersAsync();
    expect([activity.phase, activity.problem]).toEqual(["error", problem]);
    backend.world.failing.clear();
    void activity.load();
    expect(activity.phase).toBe("loading");
    await vi.runAllTimersAsync();
    expect([activity.phase, activity.problem]).toEqual(["ready", null]);
  });

  it("shows the newest answer, whichever comes last", async () => {
    const { backend, activity } = await setUp();
    const [old] = activity.entries;
    let late = (): void => {};
    const real = backend.history;
    vi.spyOn(backend, "history").mockImplementationOnce(async () => {
      await new Promise<void>((resolve) => (late = resolve));
      return { ok: true, data: { operations: old ? [old] : [], problems: [] } };
    });
    void activity.load();
    backend.history = real;
    void activity.load();
    await vi.runAllTimersAsync();
    late();
    await vi.runAllTimersAsync();
    expect(activity.entries).toHaveLength(6);
  });

  it("is moved through, and forgets what is no longer on it", async () => {
    const { backend, activity } = await setUp();
    activity.move(1);
    activity.move(1);
    expect(activity.current).toBe(activity.entries[1]);
    activity.move(Infinity);
    expect(activity.current).toBe(activity.entries[5]);
    backend.world.history.pop();
    void activity.load();
    await vi.runAllTimersAsync();
    expect([activity.active, activity.current]).toEqual([null, undefined]);
  });
});

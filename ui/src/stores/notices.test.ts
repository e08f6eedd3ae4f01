import { describe, expect, it, vi } from "vitest";
import { FakeBackend, fullWorld } from "../ipc/fake";
import type { Problem } from "../ipc/types";
import { App } from "./app.svelte";
import { Notices } from "./notices.svelte";

const problem = (message: string): Problem => ({ code: "io", severity: "fault", message });
const stale: Problem = {
  code: "cache-stale",
  severity: "fault",
  message: "The list could not follow.",
  remedy: "resync",
};

describe("many messages at once", () => {
  it("keep every problem, and the newest good news", () => {
    const notices = new Notices();
    notices.done("old");
    for (const text of ["a", "b", "c", "d", "e"]) notices.problem(problem(text));
    notices.done("new");
    expect(notices.list.map((notice) => notice.text)).toEqual(["a", "b", "c", "d", "e", "new"]);
  });

  it("let good news make room, oldest first", () => {
    const notices = new Notices();
    for (const text of ["a", "b", "c", "d", "e"]) notices.done(text);
    expect(notices.list.map((notice) => notice.text)).toEqual(["b", "c", "d", "e"]);
  });
});

describe("a list that could not follow", () => {
  const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 40));

  async function deployStale(known: Problem[]): Promise<App> {
    const backend = new FakeBackend(fullWorld(12));
    const app = new App(backend);
    await app.session.start();
    const entry = app.library.entries.find((found) => found.artifact && found.deployments.length === 0);
    if (!entry) throw new Error("the fake world changed");
    app.actions.deploy([entry], ["/work/new"]);
    const dialog = app.dialogs.current;
    if (dialog?.type !== "deploy") throw new Error("no form");
    await settle();
    const real = backend.deploy;
    vi.spyOn(backend, "deploy").mockImplementation(async (request) => {
      const answer = await real(request);
      // In the order in which the engine tells.
      backend.world.problems = known;
      backend.tell?.attentionRaised({ problem: stale, project: null });
      backend.tell?.resyncRequired({ reason: "The cache could not follow the files." });
      return answer.ok ? { ok: true, data: { ...answer.data, cache: "stale" } } : answer;
    });
    await app.actions.confirm(dialog.form);
    await settle();
    return app;
  }

  it("is said once, by the banner of the snapshot", async () => {
    const app = await deployStale([stale]);
    expect(app.library.problems).toEqual([stale]);
    expect(app.notices.list.map((notice) => notice.tone)).toEqual(["done"]);
    expect(app.notices.spoken).toContain("could not follow");
  });

  it("is said once, by a message, when the snapshot knows nothing of it", async () => {
    const app = await deployStale([]);
    const said = app.notices.list.filter((notice) => notice.problem?.code === "cache-stale");
    expect([said.length, said[0]?.action?.label]).toEqual([1, "Resync"]);
  });
});

import { describe, expect, it, vi } from "vitest";
import { FakeBackend, fullWorld } from "../ipc/fake";
import type { DeployRequest, LibraryChanged, Receipt } from "../ipc/types";
import { entryKey } from "../lib/model";
import { Operations } from "./operations.svelte";

const request: DeployRequest = {
  artifacts: [{ artifact_id: "skill:a", collection: "default" }],
  projects: ["/p"],
};
const key = entryKey("default", "skill:a");

const receipt = (rest: Partial<Receipt>, action: "created" | "unchanged" = "created"): Receipt => ({
  operation: "op-1",
  dry_run: false,
  cache: "synced",
  totals: { succeeded: 1, failed: 0, skipped: 0, unchanged: 0 },
  results: [
    {
      artifact_id: "skill:a",
      collection: "default",
      project_path: "/p",
      deployment_profile_id: "claude_code",
      status: "success",
      action,
      path: ".claude/skills/a",
      files: 1,
      bytes: 1,
      error: null,
      problem: null,
    },
  ],
  notices: [],
  ...rest,
});

const event = (operation: string): LibraryChanged => ({
  epoch: "e",
  since: 1,
  revision: 2,
  origin: "command",
  operation,
  changes: [],
});

function setUp(answer: Awaited<ReturnType<FakeBackend["deploy"]>>) {
  const backend = new FakeBackend(fullWorld(2));
  let finish = (): void => {};
  const held = new Promise<void>((resolve) => (finish = resolve));
  vi.spyOn(backend, "deploy").mockImplementation(async () => {
    await held;
    return answer;
  });
  const operations = new Operations(backend);
  const running = operations.deploy(request);
  return { operations, running, finish };
}

describe("a row is pending", () => {
  it("until the event of its operation, however early the answer is", async () => {
    const { operations, running, finish } = setUp({ ok: true, data: receipt({}) });
    expect([...operations.pending]).toEqual([key]);
    finish();
    await running;
    expect([...operations.pending]).toEqual([key]);
    operations.changed(event("another"));
    expect([...operations.pending]).toEqual([key]);
    operations.changed(event("op-1"));
    expect(operations.pending.size).toBe(0);
  });

  it("until the answer, when the event came first", async () => {
    const { operations, running, finish } = setUp({ ok: true, data: receipt({}) });
    operations.changed(event("op-1"));
    expect(operations.pending.size).toBe(1);
    finish();
    await running;
    expect(operations.pending.size).toBe(0);
  });

  it.each([
    ["nothing had to be done", { ok: true as const, data: receipt({}, "unchanged") }],
    ["the cache could not follow", { ok: true as const, data: receipt({ cache: "stale" }) }],
    [
      "it was refused",
      {
        ok: false as const,
        problem: { code: "project-busy" as const, severity: "refusal" as const, message: "x" },
      },
    ],
  ])("until the answer, when %s", async (_, answer) => {
    const { operations, running, finish } = setUp(answer);
    finish();
    await running;
    expect(operations.pending.size).toBe(0);
  });

  it("no longer than the next snapshot", async () => {
    const { operations, running, finish } = setUp({ ok: true, data: receipt({}) });
    finish();
    await running;
    operations.replaced();
    expect(operations.pending.size).toBe(0);
  });

  it("as long as any of two commands works on it", async () => {
    const { operations, running, finish } = setUp({ ok: true, data: receipt({}, "unchanged") });
    const second = operations.deploy(request);
    finish();
    await Promise.all([running, second]);
    expect(operations.pending.size).toBe(0);
  });
});

it("progress is shown until the operation is done", () => {
  const operations = new Operations(new FakeBackend(fullWorld(1)));
  const progress = { operation: "op-1", phase: "stage" as const, done: 1, total: 3, subject: null };
  operations.progressed(progress);
  expect(operations.progress.get("op-1")).toEqual(progress);
  operations.progressed({ ...progress, phase: "done" });
  expect(operations.progress.size).toBe(0);
});

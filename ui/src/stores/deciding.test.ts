import { describe, expect, it, vi } from "vitest";
import { FakeBackend, fullWorld } from "../ipc/fake";
import { diffOf } from "../ipc/fake/drift";
import type { DeploymentDiff, DeploymentRow, Status, UpdateRequest } from "../ipc/types";
import { App } from "./app.svelte";

async function setUp(status: Status = "conflict") {
  const world = fullWorld(12);
  const row = world.deployments.find(
    (at) => at.artifact_id.startsWith("skill:") && !world.broken.has(at.artifact_id),
  ) as DeploymentRow;
  Object.assign(row, { status });
  const backend = new FakeBackend(world);
  const app = new App(backend);
  await app.session.start();
  const { deciding } = app;
  const diff = diffOf(row);
  deciding.take(diff);
  await vi.waitFor(() => expect(deciding.form?.plan ?? null).not.toBeNull());
  const asked = () => deciding.form?.open.length;
  return { backend, app, deciding, row, diff, asked };
}

/** The same comparison, in which one file is another one now. */
const changed = (diff: DeploymentDiff, path: string): DeploymentDiff => ({
  ...diff,
  files: diff.files.map((file) => (file.path === path ? { ...file, new_sha256: "1".repeat(64) } : file)),
});

describe("keys", () => {
  it("go through the files and stop at the ends", async () => {
    const { deciding } = await setUp();
    const walk = (steps: number): string | null => {
      deciding.move(steps);
      return deciding.at;
    };
    expect(walk(-1)).toBe("scripts/check.sh");
    expect(walk(1)).toBe("scripts/check.sh");
    for (let at = 0; at < 9; at += 1) deciding.move(-1);
    expect(deciding.at).toBe("SKILL.md");
  });

  it("mean the file that was gone to, and nothing without one", async () => {
    const { deciding, diff, asked } = await setUp();
    expect(deciding.choose("project")).toBe(false);
    deciding.move(1);
    expect(deciding.choose("project")).toBe(true);
    await vi.waitFor(() => expect(asked()).toBe(0));
    const [first] = diff.files;
    expect(first && deciding.taken(first)).toBe("project");
  });
});

it("an answer outlives a new look, unless its file changed", async () => {
  const { deciding, diff, asked } = await setUp();
  deciding.choose("collection", "SKILL.md");
  deciding.choose("project", "assets/logo.png");
  deciding.take(changed(diff, "assets/logo.png"));
  await vi.waitFor(() => expect(asked()).toBe(0));
  expect([...(deciding.form?.filesOf(diff.deployment).keys() ?? [])]).toEqual(["SKILL.md"]);
  expect([...deciding.dropped]).toEqual(["assets/logo.png"]);
  deciding.choose("collection", "assets/logo.png");
  expect(deciding.dropped.size).toBe(0);
});

it("another copy begins without answers, and who comes back finds what was answered and typed", async () => {
  const { deciding, diff, row } = await setUp();
  deciding.choose("collection", "assets/logo.png");
  await deciding.merge("SKILL.md");
  deciding.edit("SKILL.md", "typed");
  const elsewhere = { ...row, project_path: "/elsewhere" };
  deciding.take({ ...diff, deployment: elsewhere });
  expect([deciding.form?.filesOf(elsewhere).size, deciding.merging.size]).toEqual([0, 0]);
  deciding.take({ ...diff });
  expect([...(deciding.form?.filesOf(row).keys() ?? [])]).toEqual(["assets/logo.png"]);
  expect(deciding.merging.get("SKILL.md")?.text).toBe("typed");
});

describe("a merged text", () => {
  const MERGED = "one\nmine\nthree\n";

  it("is chosen without markers, and written with the line ends of the file", async () => {
    const { backend, deciding, asked } = await setUp();
    vi.spyOn(backend, "proposeMerge").mockResolvedValue({
      ok: true,
      data: {
        file: "SKILL.md",
        collection: "one\r\ntheirs\r\n",
        project: "one\r\nmine\r\n",
        text: "one\r\n<<<<<<< project\nmine\r\n=======\ntheirs\r\n>>>>>>> collection\n",
        conflicts: 1,
        known: "files",
      },
    });
    await deciding.merge("SKILL.md");
    expect(deciding.merging.get("SKILL.md")?.text).not.toContain("\r");
    expect(asked()).toBe(1);
    deciding.edit("SKILL.md", MERGED);
    deciding.use("SKILL.md");
    expect(deciding.merging.size).toBe(0);
    expect(deciding.mergedText("SKILL.md")).toBe(MERGED.replace(/\n/g, "\r\n"));
    await vi.waitFor(() => expect(asked()).toBe(0));
    await deciding.merge("SKILL.md");
    expect(deciding.merging.get("SKILL.md")?.text).toBe(MERGED);
  });

  it("that is open keeps what was typed when its file changes, and says so", async () => {
    const { deciding, diff } = await setUp();
    await deciding.merge("SKILL.md");
    deciding.edit("SKILL.md", "typed");
    deciding.take(changed(diff, "assets/logo.png"));
    expect(deciding.merging.get("SKILL.md")).toMatchObject({ text: "typed", stale: false });
    deciding.take(changed(changed(diff, "assets/logo.png"), "SKILL.md"));
    expect(deciding.merging.get("SKILL.md")).toMatchObject({ text: "typed", stale: true });
  });

  it("holds the rest back until it is used or cancelled", async () => {
    const { backend, deciding } = await setUp();
    await deciding.merge("SKILL.md");
    await deciding.apply();
    deciding.choose("collection", "SKILL.md");
    expect(deciding.merging.size).toBe(0);
    await vi.waitFor(() => expect(deciding.form?.canRun).toBe(true));
    await deciding.merge("SKILL.md");
    await deciding.apply();
    expect(backend.calls.map((call) => call.name)).not.toContain("updateDeployments");
  });

  it("that cannot be made is a problem, not an empty text", async () => {
    const { backend, deciding } = await setUp();
    backend.world.failing.set("proposeMerge", { code: "io", severity: "fault", message: "No.", causes: [] });
    await deciding.merge("SKILL.md");
    expect(deciding.merging.get("SKILL.md")?.proposal).toMatchObject({ state: "failed" });
    deciding.use("SKILL.md");
    expect(deciding.mergedText("SKILL.md")).toBeNull();
  });
});

describe("what was chosen", () => {
  it("is carried out as one operation, and forgotten then", async () => {
    const { app, backend, deciding, row } = await setUp();
    deciding.choose("collection", "SKILL.md");
    await vi.waitFor(() => expect(deciding.form?.canRun).toBe(true));
    await deciding.apply();
    const sent = backend.calls.find((call) => call.name === "updateDeployments")?.args[0] as UpdateRequest;
    expect(sent.decided?.[0]?.files).toEqual([{ file: "SKILL.md", take: "collection" }]);
    expect(deciding.form?.filesOf(row).size).toBe(0);
    deciding.take(diffOf({ ...row, status: "conflict" }));
    expect(deciding.form?.filesOf(row).size).toBe(0);
    expect(app.notices.list.at(-1)?.undo?.label).toBe("Undo");
  });

  it("is planned anew where things changed meanwhile", async () => {
    const { app, backend, deciding } = await setUp();
    deciding.choose("collection", "SKILL.md");
    await vi.waitFor(() => expect(deciding.form?.canRun).toBe(true));
    vi.spyOn(backend, "updateDeployments").mockResolvedValue({
      ok: false,
      problem: { code: "plan-stale", severity: "refusal", message: "Changed.", causes: [] },
    });
    await deciding.apply();
    expect(app.dialogs.current).toMatchObject({ type: "update", form: deciding.form });
  });

  it.each(["orphaned", "missing", "synced", "unknown"] as const)(
    "cannot be of a copy that is %s",
    async (status) => {
      const { deciding, row, diff } = await setUp();
      deciding.take({ ...diff, deployment: { ...row, status } });
      expect(deciding.form).toBeNull();
      expect([deciding.choose("project", "SKILL.md"), await deciding.merge("SKILL.md")]).toEqual([
        false,
        false,
      ]);
    },
  );
});

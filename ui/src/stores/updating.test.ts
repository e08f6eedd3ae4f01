import { describe, expect, it, vi } from "vitest";
import { FakeBackend, fullWorld } from "../ipc/fake";
import type { DeploymentRow, Status, UpdateRequest } from "../ipc/types";
import { keyOf } from "../keys/keymap";
import { deploymentRef, entryKey } from "../lib/model";
import { App } from "./app.svelte";
import type { UpdateForm } from "./updateForm.svelte";

/** A world in which one artifact is deployed to two projects, with these states. */
async function setUp(...statuses: Status[]) {
  const world = fullWorld(12);
  const skill = world.artifacts.find(
    (artifact) => artifact.kind === "skill" && !world.broken.has(artifact.artifact_id),
  );
  if (!skill) throw new Error("the fake world changed");
  world.deployments = statuses.map((status, at): DeploymentRow => {
    const project = world.projects[at];
    return {
      artifact_id: skill.artifact_id,
      collection: skill.collection,
      project_path: project?.project_path ?? "",
      project_name: project?.project_name ?? "",
      deployed_at: "2026-03-01T12:00:00+00:00",
      content_hash: skill.content_hash,
      deployment_profile_id: "claude_code",
      platform: "claude_code",
      local_modifications: status !== "outdated",
      artifact_path: `skills/${skill.name}`,
      profile_root_dir: ".claude",
      status,
      problem: null,
    };
  });
  const backend = new FakeBackend(world);
  const app = new App(backend);
  await app.session.start();
  const entry = () => {
    const found = app.library.entry(entryKey(skill.collection, skill.artifact_id));
    if (!found) throw new Error("no entry");
    return found;
  };
  const open = async (): Promise<UpdateForm> => {
    app.updating.update([entry()]);
    const dialog = app.dialogs.current;
    if (dialog?.type !== "update") throw new Error("no form");
    await vi.waitFor(() => expect(dialog.form.plan).not.toBeNull());
    return dialog.form;
  };
  const sent = () => backend.calls.filter((call) => call.name === "updateDeployments");
  return { backend, app, entry, open, sent, name: skill.name };
}

describe("an update", () => {
  it("is of the copies that are behind, says what stays, and is undone from its message", async () => {
    const { backend, app, entry, open, sent } = await setUp("outdated", "synced");
    const form = await open();
    expect(form.rows.map((row) => row.project_name)).toEqual(["api"]);
    expect([form.plan?.items[0]?.action, form.canRun]).toEqual(["updated", true]);
    const id = form.plan?.id;
    await app.actions.confirm(form);
    expect(sent()[0]?.args[0]).toMatchObject({ plan: id, deployments: form.rows.map(deploymentRef) });
    expect(entry().status).toBe("synced");
    expect(app.dialogs.current).toBeNull();
    expect(app.notices.list.at(-1)?.text).toMatch(/^Updated 1 artifact in api$/);
    expect(app.operations.pending.size).toBe(0);
    app.notices.press(keyOf("undo"));
    await vi.waitFor(() => expect(entry().status).toBe("outdated"));
    expect(app.notices.list.at(-1)?.text).toMatch(/^Undid update of /);
    expect(backend.calls.map((call) => call.name)).not.toContain("deploy");
  });

  it("of nothing says so", async () => {
    const { app, entry } = await setUp("synced", "modified");
    app.updating.update([entry()]);
    expect(app.dialogs.current).toBeNull();
    expect(app.notices.spoken).toContain("Nothing here is behind");
  });

  it("in the project that is looked at leaves the others alone", async () => {
    const { app, open } = await setUp("outdated", "outdated");
    app.view.state.project = "/home/ada/work/web";
    expect((await open()).rows.map((row) => row.project_name)).toEqual(["web"]);
  });
});

describe("files that both sides changed", () => {
  it("are answered for copy by copy, in one operation", async () => {
    const { app, entry, open, sent } = await setUp("conflict", "conflict");
    const form = await open();
    const [api, web] = form.rows as [DeploymentRow, DeploymentRow];
    expect([form.open.length, form.canRun]).toEqual([2, false]);
    form.decide(api, "SKILL.md", { take: "project" });
    await vi.waitFor(() => expect(form.open).toHaveLength(1));
    form.decide(web, "SKILL.md", { take: "collection" });
    await vi.waitFor(() => expect(form.canRun).toBe(true));
    expect(form.plan?.items.map((item) => item.edited)).toEqual([
      ["SKILL.md", "notes.local.md"],
      ["notes.local.md"],
    ]);
    await app.actions.confirm(form);
    expect(sent()).toHaveLength(1);
    expect((sent()[0]?.args[0] as UpdateRequest).decided).toEqual([
      { deployment: deploymentRef(api), files: [{ file: "SKILL.md", take: "project" }] },
      { deployment: deploymentRef(web), files: [{ file: "SKILL.md", take: "collection" }] },
    ]);
    expect(app.notices.list.at(-1)?.text).toContain("3 edited files were kept");
    expect(entry().status).toBe("modified");
  });

  it("are answered for at once, or left with their copy", async () => {
    const { open } = await setUp("conflict", "conflict");
    const form = await open();
    const [first, second] = form.plan?.items ?? [];
    if (!first || !second) throw new Error("no plan");
    form.choose([first], "skip");
    form.choose([second], "overwrite");
    await vi.waitFor(() => expect(form.canRun).toBe(true));
    expect(form.plan?.items.map((item) => item.action)).toEqual(["none", "updated"]);
  });

  it("take an answer back", async () => {
    const { open } = await setUp("conflict");
    const form = await open();
    const [row] = form.rows as [DeploymentRow];
    form.decide(row, "SKILL.md", { take: "project" });
    await vi.waitFor(() => expect(form.canRun).toBe(true));
    form.decide(row, "SKILL.md", null);
    await vi.waitFor(() => expect(form.open).toHaveLength(1));
  });
});

it("what failed is asked again, for exactly these copies", async () => {
  const { open } = await setUp("outdated", "outdated");
  const form = await open();
  const [, item] = form.plan?.items ?? [];
  if (!item) throw new Error("no plan");
  const next = form.again([{ ...item, status: "failed", error: null }]);
  expect(next.rows.map((row) => row.project_name)).toEqual(["web"]);
});

it("shows a copy in the Diff tab, whatever is looked at", async () => {
  const { app, entry } = await setUp("outdated", "conflict");
  app.view.state.project = "/home/ada/work/api";
  app.view.go("project");
  const [, web] = entry().deployments as [DeploymentRow, DeploymentRow];
  app.updating.showDiff(web);
  expect([app.view.page, app.view.state.project, app.view.state.tab, app.view.inspectorOpen]).toEqual([
    "manage",
    null,
    "diff",
    true,
  ]);
  expect(app.view.compared).toEqual(deploymentRef(web));
  expect(app.listing.selected.map((one) => one.key)).toEqual([entry().key]);
});

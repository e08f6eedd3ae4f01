import { describe, expect, it } from "vitest";
import { FakeBackend, fullWorld } from "../ipc/fake";
import type { DeployRequest, TargetResult, UndeployRequest } from "../ipc/types";
import { App } from "./app.svelte";
import { DeployForm } from "./deployForm.svelte";
import { UndeployForm } from "./undeployForm.svelte";

const WEB = "/home/ada/work/web";
const settle = (ms = 20): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** A deploy form over artifacts of which one finds something foreign at its target. */
async function setUp() {
  const backend = new FakeBackend(fullWorld(12));
  const app = new App(backend);
  await app.session.start();
  const foreign = [...backend.world.unmanaged].map((path) => path.split("/.claude/")[1]);
  const at = app.library.entries.find(
    (entry) => entry.artifact && foreign.some((path) => entry.artifact?.path.endsWith(path ?? "")),
  );
  const other = app.library.entries.find(
    (entry) => entry.artifact && entry !== at && entry.deployments.length === 0,
  );
  if (!at || !other) throw new Error("the fake world changed");
  app.actions.deploy([at, other], [WEB]);
  const dialog = app.dialogs.current;
  if (dialog?.type !== "deploy") throw new Error("no dialog");
  await settle();
  return {
    backend,
    app,
    form: dialog.form,
    sent: () =>
      backend.calls.filter((call) => call.name === "deploy").map((call) => call.args[0] as DeployRequest),
  };
}

const conflict = (form: DeployForm) => form.open;

describe("a plan with a conflict", () => {
  it("cannot be carried out before it was answered, and then is, as it was shown", async () => {
    const { app, form, sent } = await setUp();
    expect(conflict(form).map((item) => item.conflict?.code)).toEqual(["unmanaged-target"]);
    await app.actions.confirm(form);
    expect(sent()).toEqual([]);
    form.choose(conflict(form), "skip");
    await settle();
    expect([form.open.length, form.canRun]).toEqual([0, true]);
    const id = form.plan?.id;
    await app.actions.confirm(form);
    expect(sent()).toHaveLength(1);
    expect(sent()[0]).toMatchObject({
      plan: id,
      projects: [WEB],
      choices: [{ project_path: WEB, on_conflict: "skip" }],
    });
    expect(app.dialogs.current).toBeNull();
  });

  it("takes no answer that does not fit", async () => {
    const { form } = await setUp();
    form.choose(conflict(form), "stop");
    await settle();
    expect(form.open).toHaveLength(1);
  });
});

describe("a plan that is no longer true", () => {
  it("is replaced, and said so, and nothing is done", async () => {
    const { backend, app, form } = await setUp();
    form.choose(conflict(form), "overwrite");
    await settle();
    const before = form.plan?.id;
    backend.world.unmanaged.clear();
    await app.actions.confirm(form);
    expect([form.stale, form.plan?.id !== before]).toEqual([true, true]);
    expect(app.dialogs.current).toMatchObject({ type: "deploy", form });
    expect(app.notices.spoken).toContain("changed");
    expect(
      backend.world.deployments.some(
        (row) => row.project_path === WEB && row.deployed_at > new Date().toISOString(),
      ),
    ).toBe(false);
    await app.actions.confirm(form);
    expect(app.dialogs.current).toBeNull();
  });
});

it("a typed folder that is not there is a problem in the form, not a plan", async () => {
  const { form } = await setUp();
  form.addPath("/nope/missing");
  await settle(200);
  expect([form.plan, form.problem?.code, form.canRun]).toEqual([null, "project-not-found", false]);
});

it("typing asks for one plan, not one per letter", async () => {
  const { backend, form } = await setUp();
  const plans = (): number => backend.calls.filter((call) => call.name === "planDeploy").length;
  const before = plans();
  for (const text of ["t", "te", "tea", "team"]) form.setDest(text);
  await settle(250);
  expect(plans()).toBe(before + 1);
  expect(form.plan?.items.every((item) => item.path?.includes("/team/"))).toBe(true);
});

it("what failed stays to be looked at", async () => {
  const { backend, app, form } = await setUp();
  for (const entry of form.artifacts) backend.world.broken.add(entry.artifact_id);
  form.choose(conflict(form), "overwrite");
  await settle();
  await app.actions.confirm(form);
  const [notice] = app.notices.list;
  expect(notice).toMatchObject({ tone: "problem", text: "2 of 2 failed" });
  notice?.action?.run();
  expect(app.dialogs.current?.type).toBe("report");
});

it("another folder takes the place of the one that did not work", async () => {
  const { form } = await setUp();
  form.addPath("/nope/missing");
  await settle(200);
  form.replacePath(form.problem?.subject, "/work/there");
  await settle(200);
  expect([form.problem, [...form.projects]]).toEqual([null, [WEB, "/work/there"]]);
  expect(form.options.map((option) => option.path)).not.toContain("/nope/missing");
});

describe("the profiles of a deploy", () => {
  const NEW = "/work/never-seen";

  it("are all offered for a folder that is no project yet", async () => {
    const { backend, app, form } = await setUp();
    form.toggleProject(WEB);
    form.addPath(NEW);
    await settle(200);
    expect(form.profileOptions.map((option) => option.id)).toEqual(
      backend.snapshot().profiles.map((row) => row.profile_id),
    );
    form.toggleProfile("gemini");
    await settle(200);
    expect(new Set(form.plan?.items.map((item) => item.deployment_profile_id))).toEqual(new Set(["gemini"]));
    app.library.take({ ...backend.snapshot(), projects: [] });
    expect(form.profileOptions.length).toBeGreaterThan(1);
  });

  it("say how many of the artifacts each can read", async () => {
    const { app } = await setUp();
    const agent = app.library.entries.find((entry) => entry.artifact && entry.kind === "agent");
    const skill = app.library.entries.find((entry) => entry.artifact && entry.kind === "skill");
    if (!agent || !skill) throw new Error("the fake world changed");
    const fits = (entries: (typeof agent)[]): number | undefined => {
      app.actions.deploy(entries, [WEB]);
      const dialog = app.dialogs.current;
      return dialog?.type === "deploy"
        ? dialog.form.profileOptions.find((option) => option.id === "codex")?.fits
        : undefined;
    };
    expect([fits([agent]), fits([agent, skill]), fits([skill])]).toEqual([0, 1, 1]);
  });

  it("are named, or all that the project has, never both", async () => {
    const { backend, form } = await setUp();
    const codex = backend.world.projects
      .find((row) => row.project_path === WEB)
      ?.profiles.find((row) => row.profile_id === "codex");
    if (!codex) throw new Error("the fake world changed");
    codex.present = true;
    const last = () => backend.calls.findLast((call) => call.name === "planDeploy")?.args[0];
    form.toggleProfile("gemini");
    form.useProfiles("all");
    await settle(200);
    expect(last()).toMatchObject({ profiles: [], all_profiles: true });
    expect(new Set(form.plan?.items.map((item) => item.deployment_profile_id))).toEqual(
      new Set(["claude_code", "codex"]),
    );
    form.toggleProfile("gemini");
    await settle(200);
    expect(last()).toMatchObject({ profiles: ["gemini"], all_profiles: false });
    form.useProfiles("default");
    await settle(200);
    expect(last()).toMatchObject({ profiles: [], all_profiles: false });
  });
});

describe("what failed, asked for again", () => {
  /** Carries the form out with everything broken but the first artifact, and opens the report. */
  async function fail() {
    const all = await setUp();
    const { app, backend, form } = all;
    const [, other] = form.artifacts;
    backend.world.broken.add(other?.artifact_id ?? "");
    form.setDest("team");
    form.toggleProfile("gemini");
    await settle(200);
    await app.actions.confirm(form);
    app.notices.list.find((notice) => notice.tone === "problem")?.action?.run();
    const report = app.dialogs.current;
    if (report?.type !== "report") throw new Error("no report");
    const failed = report.receipt.results.filter((result) => result.status === "failed");
    return { ...all, report, failed, other };
  }

  it("is planned anew, as it was asked for, and nothing else is", async () => {
    const { app, backend, report, failed, other } = await fail();
    expect(failed.map((result) => result.artifact_id)).toEqual([other?.artifact_id]);
    app.actions.again(report.form, failed);
    const dialog = app.dialogs.current;
    if (dialog?.type !== "deploy") throw new Error("no form");
    await settle();
    const request = backend.calls.findLast((call) => call.name === "planDeploy")?.args[0];
    expect(request).toMatchObject({
      artifacts: [{ artifact_id: other?.artifact_id }],
      projects: [WEB],
      profiles: ["gemini"],
      dest: "team",
    });
    backend.world.broken.clear();
    await app.actions.confirm(dialog.form);
    expect(app.dialogs.current).toBeNull();
    expect(app.notices.list.at(-1)?.tone).toBe("done");
  });

  it("can go to another folder", async () => {
    const { app, backend, report, failed } = await fail();
    const [first] = failed;
    if (!first || !(report.form instanceof DeployForm)) throw new Error("nothing failed");
    await app.actions.elsewhere(report.form, first);
    const dialog = app.dialogs.current;
    expect(dialog?.type === "deploy" && [...dialog.form.projects]).toEqual([backend.world.folderChoice]);
  });

  it("keeps the answers for the others and asks anew about itself", async () => {
    const { form } = await setUp();
    const [item] = form.open;
    if (!item) throw new Error("no conflict");
    form.choose([item], "overwrite");
    await settle();
    const result = (path: string | null): TargetResult => ({ ...item, path, status: "failed", error: null });
    const same = form.again([result(item.path)]);
    await settle();
    expect(same.open.map((open) => open.path)).toEqual([item.path]);
    const beside = form.again([result("elsewhere")]);
    await settle();
    expect([beside.open.length, beside.plan?.items[0]?.choice]).toEqual([0, "overwrite"]);
  });

  it("in an undeploy is exactly the copies that are left", async () => {
    const { app, backend } = await setUp();
    const entry = app.library.entries.find((found) => found.deployments.length > 1);
    const [row] = entry?.deployments ?? [];
    if (!entry || !row) throw new Error("the fake world changed");
    app.actions.undeploy([entry]);
    const dialog = app.dialogs.current;
    if (dialog?.type !== "undeploy") throw new Error("no form");
    await settle();
    const [item] = dialog.form.plan?.items ?? [];
    if (!item) throw new Error("no plan");
    const next = dialog.form.again([{ ...item, status: "failed", error: null }]);
    expect(next).toBeInstanceOf(UndeployForm);
    await settle();
    const request = backend.calls.findLast((call) => call.name === "planUndeploy")?.args[0];
    expect(request as UndeployRequest).toMatchObject({
      projects: [item.project_path],
      profiles: [item.deployment_profile_id],
      paths: [item.path],
    });
    expect(next.plan?.items.map((left) => left.path)).toEqual([item.path]);
  });
});

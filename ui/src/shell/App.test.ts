import { render, screen, waitFor, within } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import axe from "axe-core";
import { describe, expect, it } from "vitest";
import { emptyWorld, FakeBackend, fullWorld, type World } from "../ipc/fake";
import { fakeArtifact, fakeDeployment, dice } from "../ipc/fake/rows";
import type { Problem } from "../ipc/types";
import App from "./App.svelte";

const WEB = "/home/ada/work/web";
const user = userEvent.setup();

async function open(world: World, state = "ready") {
  const backend = new FakeBackend(world);
  render(App, { backend });
  await waitFor(() => expect(screen.getByTestId("app").dataset.state).toBe(state));
  return backend;
}

const row = (id: string): HTMLElement => {
  const found = screen.getAllByTestId("artifact-row").find((element) => element.dataset.id === id);
  if (!found) throw new Error(`no row ${id}`);
  return found;
};

const tick = (path: string): Promise<void> =>
  user.click(screen.getAllByTestId("project-option").find((at) => at.dataset.path === path) as HTMLElement);

/** An artifact that is deployed nowhere and whose place in `web` is free. */
function fresh(world: World): string {
  const found = world.artifacts.find(
    (artifact) =>
      !world.deployments.some((at) => at.artifact_id === artifact.artifact_id) &&
      !world.broken.has(artifact.artifact_id) &&
      ![...world.unmanaged].some((path) => artifact.path.endsWith(path.split("/.claude/")[1] ?? "?")),
  );
  if (!found) throw new Error("the fake world changed");
  return found.artifact_id;
}

/** No violation of what axe can see without a layout. */
async function expectAccessible(): Promise<void> {
  const { violations } = await axe.run(document.body, { rules: { "color-contrast": { enabled: false } } });
  expect(violations.map((found) => `${found.id}: ${found.nodes.map((node) => node.html).join(" ")}`)).toEqual(
    [],
  );
}

describe("the list", () => {
  it("shows the collection, narrows by text and type, and takes Escape", async () => {
    const world = fullWorld(20);
    await open(world);
    const all = screen.getAllByTestId("artifact-row").length;
    expect(all).toBe(21);
    await user.type(screen.getByTestId("filter"), "type:agent");
    await waitFor(() => expect(screen.getAllByTestId("artifact-row").length).toBeLessThan(all));
    expect(
      screen.getAllByTestId("artifact-row").every((element) => element.dataset.id?.startsWith("agent:")),
    ).toBe(true);
    await user.keyboard("{Escape}");
    expect(screen.getAllByTestId("artifact-row")).toHaveLength(all);
    await user.click(screen.getByTestId("tab-command"));
    expect(
      screen.getAllByTestId("artifact-row").every((element) => element.dataset.id?.startsWith("command:")),
    ).toBe(true);
    await expectAccessible();
  });

  it("is moved through by keys, and tells which row is active", async () => {
    await open(fullWorld(20));
    const grid = screen.getByTestId("artifact-list");
    grid.focus();
    await user.keyboard("j{ArrowDown}");
    const [, second] = screen.getAllByTestId("artifact-row");
    expect(grid.getAttribute("aria-activedescendant")).toBe(second?.id);
    await user.keyboard("{Shift>}{ArrowDown}{/Shift}");
    expect(screen.getByTestId("batch-panel").textContent).toContain("2 selected");
    await expectAccessible();
  });

  it("says that nothing fits, and what to do", async () => {
    await open(fullWorld(5));
    await user.type(screen.getByTestId("filter"), "no such thing");
    await user.click(await screen.findByText("Clear filter"));
    expect(screen.getAllByTestId("artifact-row")).toHaveLength(6);
  });
});

describe("a deploy", () => {
  it("from choosing a folder to the changed row and inspector, by the event alone", async () => {
    const world = fullWorld(20);
    const backend = await open(world);
    const id = fresh(world);
    await user.click(row(id));
    await user.click(screen.getByTestId("inspector-tab-deployments"));
    await user.click(screen.getByTestId("deploy"));
    await user.click(screen.getByTestId("choose-folder"));
    const item = await screen.findByTestId("plan-item");
    expect(item.dataset).toMatchObject({ action: "created", project: "/home/ada/work/new-app" });
    await expectAccessible();
    expect(screen.getByTestId("confirm").textContent).toContain("Deploy 1");
    await user.click(screen.getByTestId("confirm"));
    await waitFor(() => expect(row(id).dataset).toMatchObject({ status: "synced", pending: "false" }));
    await waitFor(() => expect(screen.queryByTestId("deploy-dialog")).toBeNull());
    expect(screen.getByTestId("deployment-row").dataset).toMatchObject({
      project: "/home/ada/work/new-app",
      status: "synced",
    });
    expect(screen.getAllByTestId("sidebar-project").map((element) => element.dataset.path)).toContain(
      "/home/ada/work/new-app",
    );
    expect(screen.getByTestId("toast").textContent).toContain("Deployed 1 artifact to new-app");
    expect(backend.calls.filter((call) => call.name === "librarySnapshot")).toHaveLength(1);
  });

  it("shows a conflict's choices and waits for one", async () => {
    const world = fullWorld(20);
    const foreign = [...world.unmanaged][0]?.split("/.claude/")[1] ?? "";
    const id = world.artifacts.find((artifact) => artifact.path.endsWith(foreign))?.artifact_id ?? "";
    world.deployments = world.deployments.filter((at) => at.artifact_id !== id);
    await open(world);
    await user.click(row(id));
    await user.click(screen.getByTestId("deploy"));
    await tick(WEB);
    const item = await screen.findByTestId("plan-item");
    expect(item.dataset.action).toBe("none");
    expect(within(item).getByTestId("problem").dataset.code).toBe("unmanaged-target");
    expect(screen.getByTestId("confirm")).toHaveProperty("disabled", true);
    for (const choice of ["skip", "overwrite", "keep"]) within(item).getByTestId(`choice-${choice}`);
    await user.click(within(item).getByTestId("choice-keep"));
    await waitFor(() => expect(screen.getByTestId("plan-item").dataset.action).toBe("kept"));
    expect(screen.getByTestId("confirm").textContent).toContain("Keep 1");
    await user.keyboard("{Escape}");
    expect(screen.queryByTestId("deploy-dialog")).toBeNull();
  });
});

it("what failed is reported, and tried again in its form", async () => {
  const world = fullWorld(20);
  const id = fresh(world);
  world.broken.add(id);
  const backend = await open(world);
  await user.click(row(id));
  await user.click(screen.getByTestId("deploy"));
  await tick(WEB);
  const failing = async (): Promise<void> => {
    await screen.findByTestId("plan-item");
    await waitFor(() => expect(screen.getByTestId("confirm")).toHaveProperty("disabled", false));
    await user.click(screen.getByTestId("confirm"));
    await user.click(within(await screen.findByTestId("toast")).getByText("Show details"));
    expect(screen.getByTestId("report-item").dataset.id).toBe(id);
  };
  await failing();
  await expectAccessible();
  await user.click(screen.getByTestId("remedy-retry"));
  expect(screen.queryByTestId("report-dialog")).toBeNull();
  await failing();
  await user.click(screen.getByTestId("report-retry"));
  world.broken.clear();
  expect((await screen.findByTestId("plan-item")).dataset).toMatchObject({ project: WEB, action: "created" });
  await user.click(screen.getByTestId("confirm"));
  await waitFor(() => expect(row(id).dataset.status).toBe("synced"));
  expect(backend.calls.map((call) => call.name)).not.toContain("resync");
});

it("an undeploy says what goes, and the row follows", async () => {
  const world = fullWorld(20);
  const at = world.deployments.find(
    (found) =>
      found.status === "synced" &&
      world.deployments.filter((other) => other.artifact_id === found.artifact_id).length === 1,
  );
  await open(world);
  await user.click(row(at?.artifact_id ?? ""));
  await user.keyboard("{Delete}");
  const dialog = screen.getByTestId("undeploy-dialog");
  expect(dialog.textContent).toContain("Every profile’s copy");
  await waitFor(() => expect(screen.getByTestId("plan-item").dataset.action).toBe("removed"));
  // What removes is never what Enter hits by accident.
  expect(document.activeElement).not.toBe(screen.getByTestId("confirm"));
  await expectAccessible();
  await user.click(screen.getByTestId("confirm"));
  await waitFor(() => expect(row(at?.artifact_id ?? "").dataset.status).toBe("none"));
  expect((await screen.findByTestId("toast")).textContent).toContain("copies of every profile");
});

describe("events of others", () => {
  it("change the selected artifact's inspector by themselves", async () => {
    const world = fullWorld(20);
    const backend = await open(world);
    const id = fresh(world);
    await user.click(row(id));
    await user.click(screen.getByTestId("inspector-tab-deployments"));
    expect(screen.queryByTestId("deployment-row")).toBeNull();
    const artifact = world.artifacts.find((found) => found.artifact_id === id);
    const project = world.projects[0];
    if (!artifact || !project) throw new Error("the fake world changed");
    const deployment = fakeDeployment(artifact, project, "modified");
    world.deployments.push(deployment);
    backend.commit([{ type: "deploymentUpserted", deployment }]);
    await waitFor(() => expect(screen.getByTestId("deployment-row").dataset.status).toBe("modified"));
    expect(row(id).dataset.status).toBe("modified");
    await user.click(screen.getByTestId("inspector-tab-diff"));
    await waitFor(() => expect(screen.getByTestId("diff").textContent).toContain("Only in this project."));
    await expectAccessible();
  });

  it("have the details read again", async () => {
    const world = fullWorld(20);
    const backend = await open(world);
    const id = fresh(world);
    const artifact = world.artifacts.find((found) => found.artifact_id === id);
    if (!artifact) throw new Error("the fake world changed");
    await user.click(row(id));
    await waitFor(() => screen.getByTestId("body"));
    artifact.description = "Rewritten elsewhere.";
    backend.commit([{ type: "artifactUpserted", artifact }]);
    await waitFor(() => expect(screen.getByTestId("body").textContent).toContain("Rewritten elsewhere."));
  });
});

describe("what is wrong", () => {
  const problem: Problem = {
    code: "config-invalid",
    severity: "refusal",
    message: "projects.toml cannot be read.",
    causes: ["line 4"],
  };

  it("a library that cannot be read is an error with a way on, never empty", async () => {
    const world = fullWorld(5);
    world.failing.set("librarySnapshot", problem);
    await open(world, "error");
    expect(screen.getByTestId("problem").dataset.code).toBe("config-invalid");
    expect(screen.queryByTestId("first-run")).toBeNull();
    expect(screen.getByTestId("sidebar").textContent).not.toContain("No projects yet");
    await expectAccessible();
    world.failing.clear();
    await user.click(screen.getByTestId("retry"));
    await waitFor(() => expect(screen.getByTestId("app").dataset.state).toBe("ready"));
    expect(screen.getAllByTestId("artifact-row")).toHaveLength(6);
  });

  it("a home that cannot be scanned is an error, not a first run", async () => {
    const world = emptyWorld();
    world.failing.set("resync", problem);
    await open(world, "error");
    expect(screen.queryByTestId("first-run")).toBeNull();
  });

  it("a broken project shows it in its own header, with a remedy, and the rest works", async () => {
    const backend = await open(fullWorld(20));
    const legacy = screen
      .getAllByTestId("sidebar-project")
      .find((element) => element.dataset.problem === "manifest-invalid");
    await user.click(legacy as HTMLElement);
    const header = screen.getByTestId("project-header");
    expect(within(header).getByTestId("problem").textContent).toContain("line 12");
    expect(document.body.textContent).not.toContain("Nothing is deployed");
    await user.click(within(header).getByTestId("remedy-repair"));
    expect(backend.calls.at(-1)).toEqual({
      name: "openInEditor",
      args: [{ type: "manifest", project_path: "/home/ada/work/legacy", profile_root_dir: ".claude" }],
    });
    await user.click(screen.getByTestId("nav-manage"));
    expect(screen.queryByTestId("project-header")).toBeNull();
    expect(screen.getAllByTestId("artifact-row").length).toBeGreaterThan(10);
  });

  it("a refused command says so", async () => {
    const world = fullWorld(5);
    const backend = await open(world);
    world.failing.set("resync", {
      ...problem,
      code: "project-busy",
      message: "api is in use by skm deploy.",
    });
    await user.click(screen.getByTestId("resync"));
    expect((await screen.findByTestId("toast")).textContent).toContain("in use by skm deploy");
    expect(backend.calls.at(-1)?.name).toBe("resync");
  });
});

it("the first run leads from a collection to the list", async () => {
  const world = emptyWorld();
  const backend = await open(world, "first-run");
  await expectAccessible();
  await user.click(screen.getByTestId("create-collection"));
  await waitFor(() => expect(screen.getByTestId("step-1").dataset.done).toBe("true"));
  await user.click(screen.getByTestId("first-run-add-project"));
  await user.type(screen.getByTestId("path-input"), "/work/api{Enter}");
  await waitFor(() => expect(screen.getByTestId("step-2").dataset.done).toBe("true"));
  const artifact = fakeArtifact(1, dice(1));
  world.artifacts = [artifact];
  backend.commit([{ type: "artifactUpserted", artifact }]);
  await waitFor(() => expect(screen.getByTestId("app").dataset.state).toBe("ready"));
  row(artifact.artifact_id);
});

it("settings change by their event, and the page follows the theme", async () => {
  await open(fullWorld(5));
  await user.keyboard("{Control>},{/Control}");
  await user.click(await screen.findByTestId("theme-dark"));
  await waitFor(() => expect(document.documentElement.dataset.theme).toBe("dark"));
  await user.click(screen.getByTestId("theme-system"));
  await waitFor(() => expect(document.documentElement.dataset.theme).toBeUndefined());
  expect(screen.getByTestId("home").textContent).toBe("/home/ada/.skillmeat");
  await expectAccessible();
});

it("the palette finds an artifact and shows it", async () => {
  const world = fullWorld(20);
  await open(world);
  const id = fresh(world);
  await user.keyboard("{Control>}k{/Control}");
  await user.type(screen.getByTestId("palette-input"), id.split(/[:/]/).at(-1) ?? "");
  await expectAccessible();
  await user.keyboard("{Enter}");
  await waitFor(() => expect(screen.getByTestId("inspector").dataset.id).toBe(id));
});

it("the cheat sheet names every key", async () => {
  await open(fullWorld(3));
  await user.keyboard("?");
  expect(screen.getByTestId("cheat-sheet").textContent).toContain("Extend the selection down");
  await expectAccessible();
});

import { screen, waitFor, within } from "@testing-library/svelte";
import { describe, expect, it } from "vitest";
import { emptyWorld, fullWorld } from "../ipc/fake";
import { fakeArtifact, fakeDeployment, dice } from "../ipc/fake/rows";
import type { Problem } from "../ipc/types";
import { expectAccessible, fresh, open, row, user } from "./App.test-env";

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
    await waitFor(() => expect(screen.getByTestId("diff").textContent).toContain("and again after a rebase"));
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
    await user.click(within(header).getByTestId("remedy-open-file"));
    expect(backend.calls.at(-1)).toEqual({
      name: "openInEditor",
      args: [{ type: "manifest", project_path: "/home/ada/work/legacy", profile_root_dir: ".claude" }],
    });
    await user.click(screen.getByTestId("nav-manage"));
    expect(screen.queryByTestId("project-header")).toBeNull();
    expect(screen.getAllByTestId("artifact-row").length).toBeGreaterThan(10);
  });

  it("a project is taken off the list", async () => {
    const backend = await open(fullWorld(5));
    await user.click(screen.getAllByTestId("sidebar-project")[0] as HTMLElement);
    await user.click(screen.getByTestId("project-menu"));
    await user.click(await screen.findByText("Remove project…"));
    await user.click(await screen.findByTestId("confirm"));
    await waitFor(() => expect(backend.calls.some((call) => call.name === "removeProject")).toBe(true));
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

describe("untrusted text", () => {
  it("opens a link only after its whole address was seen and agreed to", async () => {
    const world = fullWorld(5);
    const backend = await open(world);
    const asked = (): unknown[] => backend.calls.filter((call) => call.name === "openLink");
    await user.click(row(fresh(world)));
    const link = await screen.findByRole("link", { name: "the guide" });
    await user.click(link);
    expect((await screen.findByTestId("link-address")).textContent).toBe("https://example.org/guide");
    await expectAccessible();
    expect(asked()).toEqual([]);
    await user.keyboard("{Escape}");
    await waitFor(() => expect(screen.queryByTestId("link-dialog")).toBeNull());
    link.focus();
    await user.keyboard("{Enter}");
    await user.click(await screen.findByTestId("confirm"));
    expect(asked()).toEqual([{ name: "openLink", args: ["https://example.org/guide"] }]);
  });

  it("is shown with the names of characters that nobody sees, and acted on as it is", async () => {
    const world = fullWorld(5);
    const id = "skill:photo\u202egpj.exe";
    const [name, kind] = ["photo\u202egpj.exe", "skill" as const];
    world.artifacts.push({ ...fakeArtifact(99, dice(7)), artifact_id: id, kind, namespace: null, name });
    const backend = await open(world);
    expect(row(id).textContent).toContain("photo[U+202E]gpj.exe");
    expect(document.body.textContent).not.toContain("\u202e");
    await user.click(row(id));
    await waitFor(() =>
      expect(screen.getByTestId("inspector").textContent).toContain("photo[U+202E]gpj.exe"),
    );
    expect(backend.calls.at(-1)).toMatchObject({ name: "artifactDetail", args: [{ artifact_id: id }] });
  });
});

// What the window shows when it is asked from outside: by arguments, a second start, a link, the tray.
import { screen, waitFor, within } from "@testing-library/svelte";
import { beforeEach, describe, expect, it } from "vitest";
import { emptyWorld, fullWorld, type World } from "../ipc/fake";
import { fakeCollection } from "../ipc/fake/rows";
import type { Open } from "../ipc/types";
import { fresh, open, user, WEB } from "./App.test-env";

const API = "/home/ada/work/api";
const WRITING = ["deploy", "undeploy", "deploySet", "undeploySet", "addProject", "import", "undo"];

beforeEach(() => localStorage.clear());

async function asked(world: World, ...opens: Open[]) {
  const backend = await open(world);
  backend.world.asked.push(...opens);
  backend.tell?.openRequested();
  return backend;
}

const plan = (part: Partial<Extract<Open, { type: "plan" }>>): Open => ({
  type: "plan",
  artifacts: [],
  set: null,
  projects: [],
  profiles: [],
  ...part,
});

const ticked = (): (string | undefined)[] =>
  screen
    .getAllByTestId<HTMLInputElement>("project-option")
    .filter((at) => at.checked)
    .map((at) => at.dataset.path);

const problem = (): string | undefined => screen.getByTestId("toast").textContent ?? undefined;

describe("a plan that is asked for from outside", () => {
  it("opens the dialog with what was asked for, and writes nothing by itself", async () => {
    const world = fullWorld(12);
    const id = fresh(world);
    const backend = await asked(
      world,
      plan({ artifacts: [{ artifact_id: id }], projects: [WEB], profiles: ["codex"] }),
    );
    await screen.findByTestId("deploy-dialog");
    await waitFor(() => {
      const [request] = backend.calls.filter(({ name }) => name === "planDeploy").at(-1)?.args ?? [];
      expect(request).toMatchObject({
        artifacts: [{ artifact_id: id, collection: "default" }],
        projects: [WEB],
        profiles: ["codex"],
      });
    });
    expect(ticked()).toEqual([WEB]);
    expect(backend.calls.filter(({ name }) => WRITING.includes(name))).toEqual([]);
  });

  it("opens a set's dialog, by name or id", async () => {
    const backend = await asked(fullWorld(12), plan({ set: { name: "base" }, projects: [API] }));
    await screen.findByTestId("set-deploy-dialog");
    await waitFor(() => {
      const [request] = backend.calls.filter(({ name }) => name === "planSetDeploy").at(-1)?.args ?? [];
      expect(request).toMatchObject({ set: { name: "base" }, projects: [API] });
    });
    expect(backend.calls.filter(({ name }) => WRITING.includes(name))).toEqual([]);
  });

  it("says what is not there, and opens nothing", async () => {
    await asked(fullWorld(5), plan({ artifacts: [{ artifact_id: "skill:nowhere" }], projects: [WEB] }));
    await waitFor(() => expect(problem()).toContain("“skill:nowhere”"));
    expect(screen.queryByTestId("deploy-dialog")).toBeNull();
  });

  it("says that a set is not there", async () => {
    await asked(fullWorld(5), plan({ set: { name: "nothing" } }));
    await waitFor(() => expect(problem()).toContain("“nothing”"));
  });

  it("does not guess between two artifacts of one name", async () => {
    const world = fullWorld(5);
    const [first] = world.artifacts;
    if (!first) throw new Error("no artifact");
    for (const collection of ["one", "two"]) {
      world.collections.push(fakeCollection(collection));
      world.artifacts.push({ ...first, artifact_id: "skill:twice", name: "twice", collection });
    }
    const backend = await asked(world, plan({ artifacts: [{ artifact_id: "skill:twice" }] }));
    await waitFor(() => expect(problem()).toContain("2 artifacts"));
    backend.world.asked.push(plan({ artifacts: [{ artifact_id: "skill:twice", collection: "two" }] }));
    backend.tell?.openRequested();
    await screen.findByTestId("deploy-dialog");
  });
});

describe("a folder that is opened with this program", () => {
  it("is a project's page, or a question", async () => {
    await asked(
      fullWorld(5),
      { type: "project", path: WEB },
      { type: "folder", path: "/home/ada/new" },
      { type: "folder", path: "/home/ada/other" },
    );
    const dialog = await screen.findByTestId("dropped-dialog");
    expect(
      within(dialog)
        .getAllByRole("listitem")
        .map((at) => at.textContent),
    ).toEqual(["/home/ada/new", "/home/ada/other"]);
    await user.keyboard("{Escape}");
    await waitFor(() => expect(screen.getByTestId("project-page").dataset.path).toBe(WEB));
  });

  it("is asked about on the very first start too", async () => {
    const world = emptyWorld();
    world.asked.push({ type: "folder", path: "/home/ada/new" });
    const backend = await open(world, "first-run");
    await screen.findByTestId("dropped-dialog");
    await user.click(screen.getByTestId("confirm"));
    await waitFor(() =>
      expect(backend.calls.find(({ name }) => name === "addProject")?.args).toEqual(["/home/ada/new"]),
    );
  });
});

describe("requests", () => {
  it("wait while a dialog is open", async () => {
    const backend = await open(fullWorld(5));
    await user.click(screen.getByTestId("add-project"));
    backend.world.asked.push({ type: "folder", path: "/home/ada/new" });
    backend.tell?.openRequested();
    await waitFor(() => expect(backend.world.asked).toEqual([]));
    expect(screen.queryByTestId("dropped-dialog")).toBeNull();
    await user.keyboard("{Escape}");
    await screen.findByTestId("dropped-dialog");
  });

  it("that cannot be shown say why", async () => {
    const message = "“--x” is no option.";
    await asked(fullWorld(5), {
      type: "problem",
      problem: { code: "invalid-request", severity: "refusal", message },
    });
    await waitFor(() => expect(problem()).toContain(message));
  });

  it("lead to an artifact, to what needs attention, and to the pages", async () => {
    const world = fullWorld(12);
    const backend = await asked(world, { type: "activity" });
    await waitFor(() => expect(screen.getByTestId("nav-activity").getAttribute("aria-current")).toBe("page"));
    const show = (next: Open): void => {
      backend.world.asked.push(next);
      backend.tell?.openRequested();
    };
    show({ type: "attention", project: API });
    await waitFor(() =>
      expect(screen.getByTestId("segment-attention").getAttribute("aria-pressed")).toBe("true"),
    );
    const id = world.artifacts[3]?.artifact_id ?? "";
    show({ type: "artifact", artifact: { artifact_id: id } });
    await waitFor(() => expect(screen.getByTestId("inspector").dataset.id).toBe(id));
    show({ type: "sets" });
    await screen.findByTestId("sets-page");
  });
});

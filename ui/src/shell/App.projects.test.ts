// Finding, dropping and locating projects, in the whole window.
import { screen, waitFor, within } from "@testing-library/svelte";
import { describe, expect, it } from "vitest";
import { emptyWorld, fullWorld } from "../ipc/fake";
import { fakeCollection, fakeProject } from "../ipc/fake/rows";
import { expectAccessible, open, user } from "./App.test-env";

const BILLING = "/home/ada/work/billing";
const paths = (): (string | undefined)[] =>
  screen.getAllByTestId("sidebar-project").map((at) => at.dataset.path);
const offered = (list: string, path: string): HTMLInputElement => {
  const found = within(screen.getByTestId(list))
    .getAllByTestId<HTMLInputElement>("offered-project")
    .find((at) => at.dataset.path === path);
  if (!found) throw new Error(`${path} is not offered`);
  return found;
};

describe("adding projects", () => {
  it("offers what other tools know, and adds what is chosen", async () => {
    const backend = await open(fullWorld(5));
    await user.click(screen.getByTestId("add-project"));
    await waitFor(() => screen.getByTestId("recent-projects"));
    expect(offered("recent-projects", "/home/ada/work/web").disabled).toBe(true);
    await user.click(offered("recent-projects", BILLING));
    await expectAccessible();
    await user.click(screen.getByTestId("confirm"));
    await waitFor(() => expect(paths()).toContain(BILLING));
    expect(backend.calls.filter((call) => call.name === "addProject").map((call) => call.args)).toEqual([
      [BILLING],
    ]);
    expect(screen.queryByTestId("add-project-dialog")).toBeNull();
  });

  it("offers what SkillMeat's database knows, and says what is left out", async () => {
    const backend = await open(fullWorld(5));
    await user.click(screen.getByTestId("add-project"));
    await user.click(screen.getByTestId("read-database"));
    await waitFor(() => screen.getByTestId("database-projects"));
    expect(screen.getByTestId("database-left").textContent).toContain("1 entry");
    expect(screen.getByTestId("problem").dataset.code).toBe("project-not-found");
    const path = backend.world.found[0] ?? "";
    await user.click(offered("database-projects", path));
    await expectAccessible();
    await user.click(screen.getByTestId("confirm"));
    await waitFor(() => expect(paths()).toContain(path));
  });

  it("takes over everything that SkillMeat's database knows, when asked to", async () => {
    const backend = await open(fullWorld(5));
    await user.click(screen.getByTestId("add-project"));
    await user.click(screen.getByTestId("read-database"));
    await waitFor(() =>
      expect(screen.getByTestId("database-more").textContent).toContain("1 profile, 1 group, 1 set"),
    );
    expect(screen.getByTestId("database-left").textContent).toContain("Web: workflow w");
    expect(backend.calls.some((call) => call.name === "importDatabase")).toBe(false);
    await expectAccessible();
    await user.click(screen.getByTestId("take-over"));
    await waitFor(() =>
      expect(screen.getByTestId("database-taken").textContent).toContain(
        "Taken over: 1 project, 1 profile, 1 group, 1 set",
      ),
    );
    expect(screen.queryByTestId("take-over")).toBeNull();
    await waitFor(() => expect(paths()).toContain(backend.world.found[0]));
  });

  it("looks in a folder, tells how far it is, and stops when asked", async () => {
    const world = fullWorld(5);
    world.folderChoice = "/home/ada";
    const backend = await open(world);
    backend.latency = 30;
    await user.click(screen.getByTestId("add-project"));
    await user.click(screen.getByTestId("scan-folder"));
    await waitFor(() => expect(screen.getByTestId("scan-progress").textContent).toContain("/home/ada/work"));
    await user.click(screen.getByTestId("scan-stop"));
    await waitFor(() =>
      expect(screen.getByTestId("add-project-dialog").textContent).toContain("stopped before the end"),
    );
    backend.latency = 0;
    await user.click(screen.getByTestId("scan-folder"));
    await waitFor(() => offered("found-projects", "/home/ada/play/game"));
    await user.click(within(screen.getByTestId("found-projects")).getByText("Select all"));
    await user.click(screen.getByTestId("confirm"));
    await waitFor(() => expect(paths()).toEqual(expect.arrayContaining([BILLING, "/home/ada/play/game"])));
  });

  it("keeps the dialog with the problem when a folder cannot be added", async () => {
    await open(fullWorld(5));
    await user.click(screen.getByTestId("add-project"));
    await waitFor(() => screen.getByTestId("recent-projects"));
    await user.click(offered("recent-projects", BILLING));
    await user.type(screen.getByTestId("path-input"), "/missing");
    await user.click(screen.getByTestId("confirm"));
    await waitFor(() => expect(screen.getByTestId("problem").dataset.code).toBe("project-not-found"));
    expect(paths()).toContain(BILLING);
  });
});

describe("a folder that is dropped on the window", () => {
  it("is asked about, and added or looked in", async () => {
    const backend = await open({ ...emptyWorld(), collections: [fakeCollection("default")] });
    backend.tell?.dragged(true);
    await waitFor(() => screen.getByTestId("drop-target"));
    backend.tell?.dragged(false);
    backend.tell?.dropped([BILLING]);
    await waitFor(() => expect(screen.getByTestId("dropped-dialog").textContent).toContain(BILLING));
    expect(screen.queryByTestId("drop-target")).toBeNull();
    await expectAccessible();
    await user.click(screen.getByTestId("dropped-scan"));
    await waitFor(() => offered("found-projects", BILLING));
    await user.click(within(screen.getByTestId("add-project-dialog")).getByText("Cancel"));
    backend.tell?.dropped([BILLING]);
    await user.click(await screen.findByTestId("confirm"));
    await waitFor(() => expect(paths()).toEqual([BILLING]));
  });

  it("is looked through for artifacts", async () => {
    const backend = await open(fullWorld(5));
    backend.tell?.dropped(["/home/ada/downloads"]);
    await user.click(await screen.findByTestId("dropped-discover"));
    expect(screen.queryByTestId("dropped-dialog")).toBeNull();
    await waitFor(() => expect(screen.getByTestId("discover").dataset.state).toBe("ready"));
    const looked = backend.calls.filter((call) => call.name === "discover").map((call) => call.args);
    expect(looked).toEqual([[{ folder: "/home/ada/downloads", collection: null }]]);
  });

  it("does not throw away what a dialog holds", async () => {
    const backend = await open(fullWorld(5));
    await user.click(screen.getByTestId("add-project"));
    backend.tell?.dropped([BILLING]);
    expect(screen.queryByTestId("dropped-dialog")).toBeNull();
    expect(screen.getByTestId("add-project-dialog")).toBeTruthy();
  });
});

describe("a project whose folder is gone", () => {
  const GONE = "/home/ada/work/gone";
  const world = () => {
    const found = fullWorld(5);
    found.projects.push(
      fakeProject(GONE, [
        {
          code: "project-not-found",
          severity: "refusal",
          message: `There is no folder ${GONE}.`,
          subject: GONE,
          remedy: "choose-folder",
        },
      ]),
    );
    return found;
  };

  it("is located by its problem's button", async () => {
    const backend = await open(world());
    const entry = screen.getAllByTestId("sidebar-project").find((at) => at.dataset.path === GONE);
    await user.click(entry as HTMLElement);
    await user.click(await screen.findByTestId("remedy-choose-folder"));
    await user.type(await screen.findByTestId("path-input"), "/home/ada/work/here");
    await user.click(screen.getByTestId("confirm"));
    await waitFor(() => expect(paths()).toContain("/home/ada/work/here"));
    expect(paths()).not.toContain(GONE);
    expect(backend.calls.find((call) => call.name === "locateProject")?.args).toEqual([
      GONE,
      "/home/ada/work/here",
    ]);
  });

  it("has locating in its menu, and others have not", async () => {
    await open(world());
    for (const [path, there] of [
      [GONE, true],
      ["/home/ada/work/web", false],
    ] as const) {
      const entry = screen.getAllByTestId("sidebar-project").find((at) => at.dataset.path === path);
      await user.pointer({ keys: "[MouseRight]", target: entry as HTMLElement });
      await screen.findByText("Remove project…");
      expect(screen.queryByText("Locate project…") !== null).toBe(there);
      await user.keyboard("{Escape}");
    }
  });
});

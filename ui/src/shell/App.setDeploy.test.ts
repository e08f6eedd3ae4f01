import { screen, waitFor, within } from "@testing-library/svelte";
import { beforeEach, describe, expect, it } from "vitest";
import { fullWorld, type World } from "../ipc/fake";
import { expectAccessible, open, tick, user, WEB } from "./App.test-env";

const API = "/home/ada/work/api";

beforeEach(() => localStorage.clear());

/** A world where nothing of the set "Base tools" is deployed, or in the way. */
function cleanWorld(): World {
  const world = fullWorld(12);
  world.deployments = [];
  world.unmanaged.clear();
  world.broken.clear();
  return world;
}

/** The page of "Base tools". */
async function page(world: World) {
  const backend = await open(world);
  await user.click(screen.getByTestId("nav-sets"));
  const found = (await screen.findAllByTestId("set")).find((element) => element.dataset.id === "base");
  await user.click(within(found as HTMLElement).getByTestId("set-open"));
  await user.click(await screen.findByTestId("set-tab-projects"));
  await screen.findByTestId("matrix-grid");
  return backend;
}

const lint = (world: World): string[] => world.groups.find((group) => group.name === "lint")?.members ?? [];

const cell = (row: number, column: number): HTMLElement => {
  const found = screen
    .getAllByTestId("matrix-cell")
    .find(({ dataset }) => dataset.row === `${row}` && dataset.column === `${column}`);
  if (!found) throw new Error(`no cell ${row} ${column}`);
  return found;
};

const column = (path: string): number =>
  Number(
    screen.getAllByTestId("matrix-project").find(({ dataset }) => dataset.path === path)?.dataset.column,
  );

const confirm = async (label: string): Promise<void> => {
  const button = (): HTMLButtonElement => screen.getByTestId("confirm");
  await waitFor(() => {
    expect(button().textContent).toContain(label);
    expect(button().disabled).toBe(false);
  });
  await user.click(button());
};

describe("the matrix", () => {
  it("marks cells by key, deploys just these, and shows it by the event alone", async () => {
    const world = cleanWorld();
    const backend = await page(world);
    await expectAccessible();
    screen.getByTestId("matrix-grid").focus();
    await user.keyboard("{ArrowRight} {ArrowDown} ");
    expect(cell(0, 1).getAttribute("aria-selected")).toBe("true");
    expect(screen.getByTestId("matrix-marked").textContent).toBe("2 marked");
    const active = screen.getByTestId("matrix-grid").getAttribute("aria-activedescendant") ?? "";
    expect(document.getElementById(active)).toBe(cell(1, 1));
    await user.keyboard("d");
    const dialog = await screen.findByTestId("set-deploy-dialog");
    expect(dialog.textContent).toContain("Only 2 places in 1 project");
    await waitFor(() => expect(screen.getAllByTestId("plan-item")).toHaveLength(2));
    await confirm("Deploy 2 into 1 project");
    await waitFor(() =>
      expect([cell(0, 1), cell(1, 1), cell(2, 1)].map((at) => at.dataset.status)).toEqual([
        "synced",
        "synced",
        "none",
      ]),
    );
    expect(cell(0, 1).getAttribute("aria-label")).toContain("Synced");
    expect(backend.calls.filter((call) => call.name === "librarySnapshot")).toHaveLength(1);
    screen.getByTestId("matrix-grid").focus();
    await user.keyboard("{Escape}");
    expect(screen.queryByTestId("matrix-marked")).toBeNull();
    // Nothing is marked now, so it closes what lies around.
    await user.keyboard("{Escape}");
    await screen.findByTestId("sets-page");
  });

  it("marks a row by its header, and undeploys what of it is deployed", async () => {
    const world = cleanWorld();
    await page(world);
    await user.keyboard("d");
    await tick(WEB);
    await tick(API);
    await confirm("Deploy 8 into 2 projects");
    await waitFor(() => expect(cell(0, column(WEB)).dataset.status).toBe("synced"));
    const [header] = screen.getAllByRole("rowheader");
    await user.click(header as HTMLElement);
    expect(screen.getByTestId("matrix-marked").textContent).toBe("5 marked");
    await user.click(screen.getByTestId("undeploy-marked"));
    await screen.findByTestId("set-undeploy-dialog");
    await expectAccessible();
    await confirm("Undeploy 2 from 2 projects");
    await waitFor(() => expect(cell(0, column(WEB)).dataset.status).toBe("none"));
    expect(cell(1, column(WEB)).dataset.status).toBe("synced");
  });
});

describe("a deploy of a set", () => {
  it("asks about a conflict inline, tells what failed, retries that, and is undone", async () => {
    const world = cleanWorld();
    const [foreign, broken] = lint(world);
    const at = world.artifacts.find((row) => row.artifact_id === foreign);
    world.unmanaged.add(`${WEB}/.claude/${at?.path.split("/default/")[1]}`);
    world.broken.add(broken ?? "");
    await page(world);
    await user.click(screen.getByTestId("deploy-set"));
    await tick(WEB);
    await tick(API);
    const conflict = await waitFor(
      () => screen.getAllByTestId("plan-item").find((item) => item.dataset.choice === "stop") as HTMLElement,
    );
    expect(screen.getAllByTestId("plan-project").map((part) => part.dataset.path)).toEqual([WEB, API]);
    await expectAccessible();
    await user.click(within(conflict).getByTestId("choice-skip"));
    await confirm("Deploy 7 into 2 projects, skip 1");
    const report = await screen.findByTestId("report-dialog");
    const outcomes = (): (string | undefined)[] =>
      within(report)
        .getAllByTestId("report-item")
        .map((item) => item.dataset.outcome);
    expect(outcomes()).toEqual(["failed", "failed"]);
    await expectAccessible();
    await user.click(within(report).getByTestId("results-all"));
    expect(outcomes()).toHaveLength(8);
    await user.click(within(report).getByTestId("results-skipped"));
    expect(outcomes()).toEqual(["skipped"]);
    world.broken.clear();
    await user.click(within(report).getByTestId("report-retry"));
    await screen.findByTestId("set-deploy-dialog");
    await confirm("Deploy 2 into 2 projects");
    await waitFor(() => expect(world.deployments).toHaveLength(7));
    // What became of the first one can be seen again, and undone from there.
    await user.click(screen.getByTestId("nav-activity"));
    const rows = await screen.findAllByTestId("operation-row");
    await user.click(rows[1] as HTMLElement);
    await user.click(await screen.findByTestId("show-results"));
    const again = await screen.findByTestId("report-dialog");
    expect(within(again).getAllByTestId("report-item")).toHaveLength(2);
    await user.click(within(again).getByTestId("report-undo"));
    await waitFor(() => expect(world.deployments).toHaveLength(2));
  });

  it("is stopped from the status bar, before the next project", async () => {
    const world = cleanWorld();
    const backend = await page(world);
    await user.keyboard("d");
    await tick(WEB);
    await tick(API);
    await waitFor(() => expect(screen.getAllByTestId("plan-project")).toHaveLength(2));
    backend.latency = 500;
    await confirm("Deploy 8 into 2 projects");
    // It runs on behind; the dialog goes when it takes longer.
    await waitFor(() => expect(screen.queryByTestId("set-deploy-dialog")).toBeNull());
    await user.click(screen.getByTestId("stop-operation"));
    const toast = await screen.findByTestId("toast", {}, { timeout: 10_000 });
    expect(toast.textContent).toContain("1 project was left as it was");
    expect(new Set(world.deployments.map((row) => row.project_path))).toEqual(new Set([WEB]));
    await user.click(screen.getByTestId("toast-action"));
    expect(await screen.findAllByTestId("report-item")).toHaveLength(4);
    backend.latency = 0;
    await user.click(screen.getByTestId("report-retry"));
    await confirm("Deploy 4 into 1 project");
    await waitFor(() => expect(world.deployments).toHaveLength(8));
  });
});

it("an undeploy says what stays because another set needs it", async () => {
  const world = cleanWorld();
  const bare = world.sets.find((set) => set.set_id === "bare");
  const [first] = lint(world);
  bare?.members.push({ kind: "artifact", artifact_id: first ?? "", collection: null });
  world.sets = world.sets.filter((set) => set.set_id !== "broken");
  await page(world);
  await user.keyboard("d");
  await tick(WEB);
  await confirm("Deploy 4 into 1 project");
  await waitFor(() => expect(cell(0, column(WEB)).dataset.status).toBe("synced"));
  await user.click(screen.getByTestId("undeploy-set"));
  const dialog = await screen.findByTestId("set-undeploy-dialog");
  const kept = await waitFor(
    () => screen.getAllByTestId("plan-item").find((item) => item.dataset.action === "none") as HTMLElement,
  );
  expect(kept.textContent).toContain("The set “Someday” is deployed here too");
  expect(dialog.textContent).toContain("1 kept for other sets");
  await expectAccessible();
  await confirm("Undeploy 3 from 1 project, skip 1");
  await waitFor(() => expect(cell(1, column(WEB)).dataset.status).toBe("none"));
  expect(cell(0, column(WEB)).dataset.status).toBe("synced");
});

it("goes into a folder that another tool knows, and becomes a project there", async () => {
  const world = cleanWorld();
  world.found = ["/home/ada/play/game"];
  await page(world);
  await user.click(screen.getByTestId("deploy-set"));
  await user.click(await screen.findByTestId("recent"));
  await user.click((await screen.findAllByTestId("recent-project"))[0] as HTMLElement);
  const part = await screen.findByTestId("plan-project");
  await confirm("Deploy 4 into 1 project");
  await waitFor(() => expect(world.deployments).toHaveLength(4));
  expect(world.projects.map((row) => row.project_path)).toContain(part.dataset.path);
});

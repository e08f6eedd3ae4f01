import { screen, waitFor, within } from "@testing-library/svelte";
import { describe, expect, it } from "vitest";
import { emptyWorld, fullWorld, type World } from "../ipc/fake";
import { fakeCollection, fakeProject } from "../ipc/fake/rows";
import type { Problem } from "../ipc/types";
import { expectAccessible, fresh, open, row, tick, user, WEB } from "./App.test-env";

const problem: Problem = { code: "io", severity: "fault", message: "The history cannot be read." };

/** The window with its Activity page open, by key. */
async function openActivity(world: World, state?: string) {
  const backend = await open(world, state);
  await user.keyboard("ga");
  const page = await screen.findByTestId("activity");
  return { backend, page };
}

const operations = (): HTMLElement[] => screen.getAllByTestId("operation-row");

it("a deploy is undone from its toast, and the row goes back by its event", async () => {
  const world = fullWorld(20);
  const backend = await open(world);
  const id = fresh(world);
  await user.click(row(id));
  await user.click(screen.getByTestId("deploy"));
  await tick(WEB);
  await waitFor(() => expect(screen.getByTestId("confirm")).toHaveProperty("disabled", false));
  await user.click(screen.getByTestId("confirm"));
  await waitFor(() => expect(row(id).dataset.status).toBe("synced"));
  await screen.findByTestId("toast-undo");
  await expectAccessible();
  await user.keyboard("{Control>}z{/Control}");
  await waitFor(() => expect(row(id).dataset).toMatchObject({ status: "none", pending: "false" }));
  expect(backend.calls.filter((call) => call.name === "librarySnapshot")).toHaveLength(1);
  await waitFor(() => expect(screen.getByTestId("toast-undo").textContent).toContain("Redo"));
  await user.click(screen.getByTestId("toast-undo"));
  await waitFor(() => expect(row(id).dataset.status).toBe("synced"));
});

it("in a text field the key belongs to the text", async () => {
  const backend = await open(fullWorld(20));
  await user.click(screen.getByTestId("filter"));
  await user.keyboard("a{Control>}z{/Control}");
  expect(backend.calls.map((call) => call.name)).not.toContain("history");
  expect(screen.queryByTestId("undo-dialog")).toBeNull();
});

describe("the Activity page", () => {
  it("lists what was done, by keys, and shows what changed where", async () => {
    await openActivity(fullWorld(20));
    await waitFor(() => expect(operations()).toHaveLength(6));
    expect(document.activeElement).toBe(screen.getByTestId("operation-list"));
    await user.keyboard("jj{ArrowDown}");
    expect(screen.getByTestId("operation-list").getAttribute("aria-activedescendant")).toBe("operation-2");
    const panel = screen.getByTestId("operation");
    expect(panel.textContent).toContain("by the window");
    expect(panel.textContent).toContain("It was cut off");
    expect(within(panel).getAllByTestId("operation-project").length).toBeGreaterThan(1);
    expect(within(panel).getAllByTestId("operation-item")).toHaveLength(8);
    await expectAccessible();
    await user.keyboard("{ArrowRight}");
    expect(document.activeElement?.getAttribute("data-pane")).toBe("inspector");
    await user.keyboard("{ArrowLeft}");
    expect(document.activeElement).toBe(screen.getByTestId("operation-list"));
  });

  it("undoes what is selected after showing the plan, and lists that by itself", async () => {
    const world = fullWorld(20);
    for (const at of world.deployments) at.local_modifications = false;
    const { backend } = await openActivity(world);
    await user.click((await screen.findAllByTestId("operation-row"))[1] as HTMLElement);
    await user.keyboard("u");
    const dialog = await screen.findByTestId("undo-dialog");
    await waitFor(() => expect(screen.getByTestId("plan-item").dataset.action).toBe("removed"));
    expect(within(dialog).getByTestId("confirm").textContent).toContain("Remove 1");
    await expectAccessible();
    await user.click(within(dialog).getByTestId("confirm"));
    await waitFor(() => expect(operations()).toHaveLength(7));
    expect(operations()[0]?.dataset).toMatchObject({ kind: "undo" });
    expect(operations()[2]?.dataset).toMatchObject({ undone: "yes" });
    expect(backend.calls.filter((call) => call.name === "librarySnapshot")).toHaveLength(1);
    // What was undone says so, leads to what undid it, and that can be redone.
    expect(screen.getByTestId("undo")).toHaveProperty("disabled", true);
    await user.click(screen.getByTestId("show-undoing"));
    expect(screen.getByTestId("operation").dataset.operation).toBe(operations()[0]?.dataset.operation);
    expect(screen.getByTestId("undo").textContent).toContain("Redo");
    await user.click(screen.getByTestId("undo"));
    expect((await screen.findByTestId("undo-dialog")).textContent).toContain("Redo deploy of");
    await waitFor(() => expect(screen.getByTestId("confirm").textContent).toContain("Put back 1"));
  });

  it("asks what to do where a copy was changed since", async () => {
    const world = fullWorld(20);
    const [first] = world.history;
    for (const at of world.deployments) at.local_modifications = false;
    const edited = first?.kept.values().next().value?.after;
    if (edited) edited.local_modifications = true;
    await openActivity(world);
    await user.click((await screen.findAllByTestId("operation-row"))[0] as HTMLElement);
    await user.click(screen.getByTestId("undo"));
    const choice = await screen.findByTestId("choice-overwrite");
    expect(screen.getByTestId("confirm")).toHaveProperty("disabled", true);
    expect(document.activeElement).not.toBe(screen.getByTestId("confirm"));
    await expectAccessible();
    await user.click(screen.getByTestId("choice-skip"));
    await waitFor(() => expect(screen.getByTestId("confirm").textContent).toContain("leave 1"));
    await user.click(choice);
    await waitFor(() => expect(screen.getByTestId("confirm").textContent?.trim()).toBe("Remove 3"));
  });

  it("says why something cannot be undone", async () => {
    await openActivity(fullWorld(20));
    await user.click((await screen.findAllByTestId("operation-row"))[5] as HTMLElement);
    expect(screen.getByTestId("operation").textContent).toContain("no longer kept");
    expect(screen.getByTestId("undo")).toHaveProperty("disabled", true);
    await user.keyboard("u");
    expect(screen.queryByTestId("undo-dialog")).toBeNull();
  });

  it("shows a refused undo in its dialog", async () => {
    const world = fullWorld(20);
    world.failing.set("planUndo", {
      ...problem,
      code: "project-busy",
      message: "api is in use by skm deploy.",
    });
    await openActivity(world);
    await user.click((await screen.findAllByTestId("operation-row"))[0] as HTMLElement);
    await user.click(screen.getByTestId("undo"));
    const dialog = await screen.findByTestId("undo-dialog");
    expect((await within(dialog).findByTestId("problem")).textContent).toContain("in use by skm deploy");
    expect(within(dialog).getByTestId("confirm")).toHaveProperty("disabled", true);
  });

  it("is an error with a way on when it cannot be read, never empty, and does not ask in a loop", async () => {
    const world = fullWorld(20);
    world.failing.set("history", problem);
    const { backend, page } = await openActivity(world);
    await waitFor(() => expect(page.dataset.state).toBe("error"));
    expect(within(page).getByTestId("problem").textContent).toContain("The history could not be read");
    expect(page.textContent).not.toContain("Nothing was done yet");
    expect(backend.calls.filter((call) => call.name === "history")).toHaveLength(1);
    await expectAccessible();
    world.failing.clear();
    await user.click(screen.getByTestId("history-retry"));
    await waitFor(() => expect(operations()).toHaveLength(6));
    world.failing.set("history", problem);
    backend.commit([]);
    await waitFor(() => expect(within(page).getByTestId("problem").textContent).toContain("out of date"));
    expect(operations()).toHaveLength(6);
  });

  it("that is empty says what will be here", async () => {
    const { page } = await openActivity({
      ...emptyWorld(),
      collections: [fakeCollection("default")],
      projects: [fakeProject(WEB)],
    });
    await waitFor(() => expect(page.dataset.state).toBe("empty"));
    await expectAccessible();
  });
});

describe("check and repair", () => {
  it("is the remedy of a broken manifest, says what will happen, and mends it", async () => {
    const backend = await open(fullWorld(20));
    const legacy = () =>
      screen.getAllByTestId("sidebar-project").find((at) => at.dataset.path === "/home/ada/work/legacy");
    await user.click(legacy() as HTMLElement);
    await user.click(screen.getByTestId("remedy-repair"));
    const finding = await screen.findByTestId("finding");
    expect(finding.textContent).toContain("goes to the trash");
    await expectAccessible();
    await user.click(within(finding).getByTestId("repair-rebuild-manifest"));
    expect((await screen.findByTestId("repaired")).textContent).toContain("rebuilt");
    await waitFor(() => expect(screen.getByTestId("doctor-fine")));
    expect(legacy()?.dataset.problem).toBe("");
    await expectAccessible();
    expect(backend.calls.map((call) => call.name)).toContain("repair");
  });

  it("is there from the settings and the palette, and says when it cannot be done", async () => {
    const world = fullWorld(5);
    world.failing.set("doctor", problem);
    await open(world);
    await user.keyboard("{Control>},{/Control}");
    await user.click(await screen.findByTestId("check-and-repair"));
    const dialog = screen.getByTestId("doctor-dialog");
    expect((await within(dialog).findByTestId("problem")).textContent).toContain("could not be done");
    expect(within(dialog).queryByTestId("doctor-fine")).toBeNull();
    await user.keyboard("{Escape}");
    await user.keyboard("{Control>}k{/Control}");
    await user.type(screen.getByTestId("palette-input"), "check and{Enter}");
    await screen.findByTestId("doctor-dialog");
  });
});

it("how long removed content is kept is set, within limits", async () => {
  const backend = await open(fullWorld(5));
  await user.keyboard("{Control>},{/Control}");
  const days = (await screen.findByTestId("keep-days")) as HTMLInputElement;
  expect([days.value, screen.getByTestId<HTMLInputElement>("keep-mib").value]).toEqual(["30", "2048"]);
  expect(screen.getByTestId("keep-save")).toHaveProperty("disabled", true);
  for (const text of ["0", "-3", "1.5", "many", "4000"]) {
    await user.clear(days);
    await user.type(days, text);
    expect([
      days.getAttribute("aria-invalid"),
      screen.getByTestId<HTMLButtonElement>("keep-save").disabled,
    ]).toEqual(["true", true]);
  }
  expect(screen.getByRole("alert").textContent).toContain("from 1 to 3,650");
  await expectAccessible();
  await user.clear(days);
  await user.type(days, "90{Enter}");
  await waitFor(() => expect(backend.world.settings).toMatchObject({ keep_days: 90, keep_mib: 2048 }));
});

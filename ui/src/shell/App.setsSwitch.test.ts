import { screen, waitFor, within } from "@testing-library/svelte";
import { beforeEach, expect, it } from "vitest";
import { fullWorld } from "../ipc/fake";
import { expectAccessible, open, row, user } from "./App.test-env";

beforeEach(() => localStorage.clear());

it("sets are hidden where they are switched off, and groups go on working", async () => {
  const world = fullWorld(12);
  world.settings.deployment_sets = false;
  await open(world);
  await waitFor(() => expect(screen.queryByTestId("nav-sets")).toBeNull());
  await user.click(screen.getByTestId("nav-groups"));
  expect(await screen.findAllByTestId("group")).toHaveLength(3);
  expect(screen.queryByTestId("sets-tab-sets")).toBeNull();
  await user.keyboard("n");
  expect(screen.queryByTestId("look-dialog")).toBeNull();
  await expectAccessible();
  await user.click(screen.getByTestId("nav-manage"));
  await user.click(row(world.artifacts[1]?.artifact_id ?? ""));
  expect((await screen.findByTestId("used-by")).textContent).not.toContain("Base tools");
  await user.keyboard("{Control>}k{/Control}");
  await user.type(await screen.findByTestId("palette-input"), "new");
  const palette = screen.getByTestId("palette");
  expect(within(palette).queryByText("New set…")).toBeNull();
  expect(within(palette).getByText("New group…")).toBeTruthy();
});

it("the switch in the settings shows and hides them, also while one is open", async () => {
  const backend = await open(fullWorld(12));
  await user.click(screen.getByTestId("nav-sets"));
  await user.click((await screen.findAllByTestId("set-open"))[0] as HTMLElement);
  await screen.findByTestId("set-page");
  // As another program would.
  backend.world.settings = { ...backend.world.settings, deployment_sets: false };
  backend.tell?.settingsChanged(backend.world.settings);
  await waitFor(() => expect(screen.queryByTestId("set-page")).toBeNull());
  await user.click(screen.getByTestId("nav-settings"));
  const box = await screen.findByTestId<HTMLInputElement>("sets-enabled");
  expect(box.checked).toBe(false);
  await user.click(box);
  expect(await screen.findByTestId("nav-sets")).toBeTruthy();
  expect(backend.world.settings.deployment_sets).toBe(true);
});

it("what the environment says is not changed from the settings", async () => {
  const world = fullWorld(4);
  Object.assign(world.settings, { deployment_sets: false, deployment_sets_fixed: true });
  await open(world);
  await user.click(screen.getByTestId("nav-settings"));
  const box = await screen.findByTestId<HTMLInputElement>("sets-enabled");
  expect(box.disabled).toBe(true);
  expect(screen.getByTestId("settings").textContent).toContain("SKILLMEAT_DEPLOYMENT_SETS_ENABLED");
});

it("a set is found in the palette, and deployed and shown in its projects from its page", async () => {
  await open(fullWorld(12));
  await user.keyboard("{Control>}k{/Control}");
  await user.type(await screen.findByTestId("palette-input"), "web team");
  await user.keyboard("{Enter}");
  expect((await screen.findByTestId("set-page")).dataset.id).toBe("web");
  await user.keyboard("d");
  expect(await screen.findByTestId("set-deploy-dialog")).toBeTruthy();
  await user.keyboard("{Escape}");
  await waitFor(() => expect(screen.queryByTestId("set-deploy-dialog")).toBeNull());
  await user.click(screen.getByTestId("set-tab-projects"));
  expect(await screen.findByTestId("matrix-grid")).toBeTruthy();
  await expectAccessible();
  expect(JSON.parse(localStorage.getItem("skillmeat.view") ?? "{}")).toMatchObject({ setTab: "projects" });
});

// The page of one project, and the History tab, in the whole window.
import { screen, waitFor, within } from "@testing-library/svelte";
import { expect, it } from "vitest";
import { fullWorld } from "../ipc/fake";
import { expectAccessible, open, row, user, WEB } from "./App.test-env";

const sidebar = (path: string): HTMLElement => {
  const found = screen.getAllByTestId("sidebar-project").find((at) => at.dataset.path === path);
  if (!found) throw new Error(`no project ${path}`);
  return found;
};

it("a project's page lists what is deployed by profile, and what has no record", async () => {
  const world = fullWorld(30);
  const backend = await open(world);
  await user.click(sidebar(WEB));
  const page = await screen.findByTestId("project-page");
  const here = world.deployments.filter((at) => at.project_path === WEB);
  const shown = within(page).getAllByTestId("project-deployment");
  expect(shown.map((at) => at.dataset.id).sort()).toEqual(here.map((at) => at.artifact_id).sort());
  await waitFor(() => within(page).getAllByTestId("unmanaged"));
  expect(within(page).getAllByTestId("unmanaged")).toHaveLength(
    [...world.unmanaged].filter((at) => at.startsWith(WEB)).length,
  );
  await expectAccessible();

  // A row changes by its event, and the details are read again.
  const [deployment] = here;
  if (!deployment) throw new Error("the fake world changed");
  deployment.status = "modified";
  const reads = (): number => backend.calls.filter((call) => call.name === "projectDetail").length;
  const before = reads();
  backend.commit([{ type: "deploymentUpserted", deployment }]);
  const changed = (): HTMLElement | undefined =>
    within(page)
      .getAllByTestId("project-deployment")
      .find((at) => at.dataset.id === deployment.artifact_id);
  await waitFor(() => expect(changed()?.dataset.status).toBe("modified"));
  await waitFor(() => expect(reads()).toBeGreaterThan(before));

  await user.click(within(changed() as HTMLElement).getByText("Undeploy…"));
  await screen.findByTestId("undeploy-dialog");
});

it("an artifact without a record is recorded by a plan that asks", async () => {
  await open(fullWorld(30));
  await user.click(sidebar(WEB));
  const [first] = await screen.findAllByTestId("unmanaged");
  await user.click(within(first as HTMLElement).getByText("Record as deployed…"));
  const plan = await screen.findByTestId("deploy-dialog");
  await waitFor(() => within(plan).getByTestId("choice-keep"));
});

it("git's sight is chosen, and a refusal is said and not shown as done", async () => {
  const world = fullWorld(5);
  const backend = await open(world);
  await user.click(sidebar(WEB));
  const files = (): HTMLInputElement => screen.getByTestId("git-hide-files");
  await waitFor(() => expect(files().checked).toBe(false));
  await user.click(files());
  await waitFor(() => expect(files().checked).toBe(true));
  expect(backend.calls.find((call) => call.name === "setGitVisibility")?.args).toEqual([
    WEB,
    { hide_files: true, hide_records: false },
  ]);
  world.failing.set("setGitVisibility", {
    code: "config-invalid",
    severity: "refusal",
    message: "info/exclude cannot be read: our block in it does not end.",
  });
  await user.click(screen.getByTestId("git-hide-records"));
  await waitFor(() => expect(screen.getByTestId("toast").dataset.code).toBe("config-invalid"));
  await waitFor(() => expect(screen.getByTestId<HTMLInputElement>("git-hide-records").checked).toBe(false));
});

it("G P opens a project, and a removed one leaves the page", async () => {
  const world = fullWorld(5);
  const backend = await open(world);
  await user.keyboard("gp");
  const page = await screen.findByTestId("project-page");
  const path = page.dataset.path as string;
  await user.click(screen.getByTestId("show-in-list"));
  expect(screen.queryByTestId("project-page")).toBeNull();
  expect(screen.getByTestId("project-header").textContent).toContain(path);
  await user.click(sidebar(path));
  await backend.removeProject(path);
  await waitFor(() => expect(screen.queryByTestId("project-page")).toBeNull());
});

it("the History tab tells the versions from upstream to the copies", async () => {
  const world = fullWorld(20);
  await open(world);
  const used = world.history.flatMap(({ entry }) => entry.items)[0];
  if (!used) throw new Error("the fake world changed");
  await user.click(row(used.artifact_id));
  await user.click(screen.getByTestId("inspector-tab-history"));
  const versions = await screen.findByTestId("versions");
  expect(within(versions).getByTestId("version-upstream").textContent).toContain("6f1c2a9b7d");
  expect(within(versions).getAllByTestId("version-event").length).toBeGreaterThan(0);
  expect(within(versions).queryAllByTestId("version-copy")).toHaveLength(
    world.deployments.filter((at) => at.artifact_id === used.artifact_id).length,
  );
  await expectAccessible();
});

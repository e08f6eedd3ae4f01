import { screen, waitFor, within } from "@testing-library/svelte";
import { describe, expect, it } from "vitest";
import { fullWorld } from "../ipc/fake";
import { expectAccessible, fresh, open, row, tick, user, WEB } from "./App.test-env";

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

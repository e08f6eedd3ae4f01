import { screen, waitFor, within } from "@testing-library/svelte";
import { describe, expect, it } from "vitest";
import { fullWorld, type World } from "../ipc/fake";
import type { DeploymentRow, Status, UpdateRequest } from "../ipc/types";
import { expectAccessible, open, row, user } from "./App.test-env";

/** A world in which a skill is deployed to some projects, with these states. */
function worldWith(...statuses: Status[]): { world: World; id: string } {
  const world = fullWorld(20);
  const known = world.deployments.find(
    (at) => at.artifact_id.startsWith("skill:") && !world.broken.has(at.artifact_id),
  );
  if (!known) throw new Error("the fake world changed");
  const copies = statuses.map((status, at): DeploymentRow => {
    const project = world.projects[at];
    if (!project) throw new Error("the fake world changed");
    const { project_path, project_name } = project;
    return { ...known, project_path, project_name, status, local_modifications: status !== "synced" };
  });
  world.deployments = [...world.deployments.filter((at) => at.artifact_id !== known.artifact_id), ...copies];
  return { world, id: known.artifact_id };
}

const ready = () => waitFor(() => expect(screen.getByTestId("confirm")).toHaveProperty("disabled", false));

describe("a push", () => {
  it("says what goes in and who is behind then, and the rows follow", async () => {
    const { world, id } = worldWith("modified", "synced");
    const backend = await open(world);
    await user.click(row(id));
    await user.keyboard("{Shift>}u{/Shift}");
    const dialog = await screen.findByTestId("push-dialog");
    expect(within(dialog).getByTestId("left-behind").textContent).toContain("web");
    expect((await within(dialog).findByTestId("taken-files")).textContent).toContain("notes.local.md");
    await expectAccessible();
    await ready();
    expect(screen.getByTestId("confirm").textContent).toContain("Push 1");
    await user.click(screen.getByTestId("confirm"));
    await waitFor(() => expect(row(id).dataset).toMatchObject({ status: "outdated", pending: "false" }));
    expect(screen.getByTestId("toast").textContent).toContain("Pushed 1 artifact to the collection");
    expect(within(screen.getByTestId("toast")).getByTestId("toast-undo").textContent).toContain("Undo");
    await user.click(screen.getByTestId("inspector-tab-deployments"));
    const states = screen.getAllByTestId("deployment-row").map((at) => at.dataset.status);
    expect(states).toEqual(["synced", "outdated"]);
    expect(backend.calls.map((call) => call.name)).not.toContain("updateDeployments");
  });

  it("asks for each file that both changed", async () => {
    const { world, id } = worldWith("conflict");
    const backend = await open(world);
    await user.click(row(id));
    await user.click(screen.getByTestId("inspector-menu"));
    await user.click(await screen.findByTestId("push"));
    const dialog = await screen.findByTestId("push-dialog");
    const main = () =>
      within(dialog)
        .getAllByTestId("update-file")
        .find((file) => file.dataset.path === "SKILL.md") as HTMLElement;
    await waitFor(() => expect(main().dataset.take).toBe("open"));
    expect(screen.getByTestId("confirm")).toHaveProperty("disabled", true);
    await user.click(within(main()).getByText("Take project’s"));
    await ready();
    await user.click(screen.getByTestId("confirm"));
    await waitFor(() => expect(screen.queryByTestId("push-dialog")).toBeNull());
    const sent = backend.calls.find((call) => call.name === "pushToCollection")?.args[0] as UpdateRequest;
    expect(sent.decided?.[0]?.files).toEqual([{ file: "SKILL.md", take: "project" }]);
    expect(sent.plan).toEqual(expect.any(String));
  });

  it("from the Diff tab goes with what was chosen there", async () => {
    const { world, id } = worldWith("conflict");
    const backend = await open(world);
    await user.click(row(id));
    await user.click(screen.getByTestId("inspector-tab-diff"));
    const main = await waitFor(
      () =>
        screen.getAllByTestId("diff-file").find((file) => file.dataset.path === "SKILL.md") as HTMLElement,
    );
    await user.click(within(main).getByTestId("take-project"));
    await user.click(screen.getByTestId("decide-push"));
    await screen.findByTestId("push-dialog");
    await ready();
    const asked = backend.calls.findLast((call) => call.name === "planPush")?.args[0] as UpdateRequest;
    expect(asked.decided?.[0]?.files).toEqual([{ file: "SKILL.md", take: "project" }]);
  });

  it("is not offered where nothing was edited, or where the collection is only read", async () => {
    const { world, id } = worldWith("modified");
    for (const collection of world.collections) collection.linked = true;
    await open(world);
    await user.click(row(id));
    await user.keyboard("{Shift>}u{/Shift}");
    expect(screen.queryByTestId("push-dialog")).toBeNull();
    expect((await screen.findByTestId("toast")).textContent).toContain("Nothing here was edited");
    await user.click(screen.getByTestId("inspector-tab-diff"));
    await screen.findByTestId("decide-sum");
    expect(screen.queryByTestId("decide-push")).toBeNull();
  });
});

import { screen, waitFor, within } from "@testing-library/svelte";
import { describe, expect, it } from "vitest";
import { fullWorld, type World } from "../ipc/fake";
import type { DeploymentRow, Status } from "../ipc/types";
import { expectAccessible, open, row, user } from "./App.test-env";

/** A world in which a skill is deployed to some projects, with these states; its copies, by project. */
function worldWith(...statuses: Status[]): { world: World; copies: DeploymentRow[]; id: string } {
  const world = fullWorld(20);
  const known = world.deployments.find(
    (at) => at.artifact_id.startsWith("skill:") && !world.broken.has(at.artifact_id),
  );
  if (!known) throw new Error("the fake world changed");
  const copies = statuses.map((status, at): DeploymentRow => {
    const project = world.projects[at];
    if (!project) throw new Error("the fake world changed");
    const { project_path, project_name } = project;
    return { ...known, project_path, project_name, status, local_modifications: status !== "outdated" };
  });
  const id = known.artifact_id;
  world.deployments = [...world.deployments.filter((at) => at.artifact_id !== id), ...copies];
  return { world, copies, id };
}

const file = (path: string, testid = "diff-file"): HTMLElement => {
  const found = screen.getAllByTestId(testid).find((element) => element.dataset.path === path);
  if (!found) throw new Error(`no file ${path}`);
  return found;
};

const ready = () => waitFor(() => expect(screen.getByTestId("confirm")).toHaveProperty("disabled", false));

describe("an update", () => {
  it("by key, over a plan that names the edits that stay", async () => {
    const { world, id, copies } = worldWith("modified");
    Object.assign(copies[0] ?? {}, { content_hash: "0".repeat(64) });
    const backend = await open(world);
    await user.click(row(id));
    await user.keyboard("u");
    const dialog = await screen.findByTestId("update-dialog");
    expect(await within(dialog).findByTestId("kept-files")).toHaveProperty(
      "textContent",
      expect.stringContaining("notes.local.md"),
    );
    await waitFor(() =>
      expect(file("SKILL.md", "update-file").textContent).toContain("Edited in the project"),
    );
    await expectAccessible();
    expect(backend.calls.map((call) => call.name)).not.toContain("updateDeployments");
  });

  it("by its buttons in the row and in the inspector", async () => {
    const { world, id } = worldWith("outdated");
    await open(world);
    await user.hover(row(id));
    await user.click(within(row(id)).getByTestId("row-update"));
    await screen.findByTestId("update-dialog");
    await user.keyboard("{Escape}");
    await waitFor(() => expect(screen.queryByTestId("update-dialog")).toBeNull());
    await user.click(within(screen.getByTestId("inspector")).getByTestId("update"));
    await screen.findByTestId("update-dialog");
    await ready();
    expect(screen.getByTestId("confirm").textContent).toContain("Update 1");
    await user.click(screen.getByTestId("confirm"));
    await waitFor(() => expect(row(id).dataset).toMatchObject({ status: "synced", pending: "false" }));
    expect(screen.queryByTestId("row-update")).toBeNull();
    expect(within(screen.getByTestId("toast")).getByTestId("toast-undo").textContent).toContain("Undo");
  });

  it("of one copy, from the list of copies", async () => {
    const { world, id } = worldWith("outdated", "outdated");
    await open(world);
    await user.click(row(id));
    await user.click(screen.getByTestId("inspector-tab-deployments"));
    await user.click(screen.getAllByTestId("update-copy")[1] as HTMLElement);
    expect(await screen.findAllByTestId("plan-item")).toHaveLength(1);
    expect(screen.getByTestId("plan-item").dataset.project).toBe("/home/ada/work/web");
  });

  it("of several artifacts, which says of how many copies", async () => {
    const { world, id } = worldWith("outdated", "synced", "outdated");
    await open(world);
    await user.click(row(id));
    await user.keyboard("{Control>}a{/Control}");
    const batch = await screen.findByTestId("batch-panel");
    const behind = world.deployments.filter((at) => ["outdated", "conflict"].includes(at.status)).length;
    const button = within(batch).getByTestId("update");
    expect(button.textContent).toContain(`Update ${behind}…`);
    await user.click(button);
    await waitFor(() => expect(screen.getAllByTestId("plan-item")).toHaveLength(behind));
  });

  it("is not offered where nothing is behind", async () => {
    const { world, id } = worldWith("synced", "modified");
    await open(world);
    await user.click(row(id));
    expect(screen.queryByTestId("update")).toBeNull();
    await user.keyboard("u");
    expect(screen.queryByTestId("update-dialog")).toBeNull();
    expect((await screen.findByTestId("toast")).textContent).toContain("Nothing here is behind");
  });

  it("asks for each file that both changed, and takes an answer per file", async () => {
    const { world, id } = worldWith("conflict");
    const backend = await open(world);
    await user.click(row(id));
    await user.keyboard("u");
    await waitFor(() => expect(file("SKILL.md", "update-file").dataset.take).toBe("open"));
    expect(screen.getByTestId("confirm")).toHaveProperty("disabled", true);
    expect(within(file("assets/logo.png", "update-file")).queryByTestId("take-project")).toBeNull();
    await user.click(within(file("SKILL.md", "update-file")).getByTestId("take-project"));
    await waitFor(() => expect(file("SKILL.md", "update-file").dataset.take).toBe("project"));
    await ready();
    expect(screen.getByTestId("kept-files").textContent).toContain("SKILL.md");
    await expectAccessible();
    await user.click(screen.getByTestId("confirm"));
    await waitFor(() => expect(row(id).dataset.status).toBe("modified"));
    expect(backend.calls.filter((call) => call.name === "updateDeployments")).toHaveLength(1);
  });

  it("tells when the files could not be compared, and tries again", async () => {
    const { world, id } = worldWith("outdated");
    world.failing.set("diffDeployment", {
      code: "io",
      severity: "fault",
      message: "The disk does not answer.",
      remedy: "retry",
      causes: [],
    });
    await open(world);
    await user.click(row(id));
    await user.keyboard("u");
    const item = await screen.findByTestId("plan-item");
    expect((await within(item).findByTestId("problem")).textContent).toContain("does not answer");
    expect(item.textContent).not.toContain("No file differs");
    world.failing.clear();
    await user.click(within(item).getByTestId("remedy-retry"));
    await waitFor(() => expect(file("SKILL.md", "update-file")).toBeTruthy());
  });

  it("leads to the Diff tab of a file that is to be merged", async () => {
    const { world, id } = worldWith("synced", "conflict");
    await open(world);
    await user.click(row(id));
    await user.keyboard("u");
    await user.click(await screen.findByTestId("open-in-diff"));
    expect(screen.queryByTestId("update-dialog")).toBeNull();
    expect((await screen.findByTestId("diff-with")).textContent).toContain("web");
    await waitFor(() => expect(file("SKILL.md").dataset.status).toBe("conflict"));
  });
});

it("an undo does not offer to compare with the collection, which is not what it asks about", async () => {
  const { world } = worldWith("synced");
  const [newest] = world.history;
  const after = [...(newest?.kept.values() ?? [])].map((pair) => pair.after).find((at) => at !== null);
  Object.assign(after ?? {}, { status: "modified", local_modifications: true });
  await open(world);
  await user.keyboard("{Control>}z{/Control}");
  const dialog = await screen.findByTestId("undo-dialog");
  await waitFor(() => expect(within(dialog).getAllByTestId("choice-overwrite").length).toBeGreaterThan(0));
  expect(within(dialog).queryByTestId("choice-diff")).toBeNull();
});

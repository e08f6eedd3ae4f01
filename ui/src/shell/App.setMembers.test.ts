import { screen, waitFor, within } from "@testing-library/svelte";
import { beforeEach, expect, it } from "vitest";
import { emptyWorld, fullWorld, type World } from "../ipc/fake";
import { refusal } from "../ipc/fake/plan";
import { fakeCollection } from "../ipc/fake/rows";
import { expectAccessible, open, user } from "./App.test-env";

beforeEach(() => localStorage.clear());

async function sets(world: World = fullWorld(12)) {
  const backend = await open(world);
  await user.click(screen.getByTestId("nav-sets"));
  await screen.findByTestId("sets-page");
  return backend;
}

const set = (id: string): HTMLElement => {
  const found = screen.getAllByTestId("set").find((element) => element.dataset.id === id);
  if (!found) throw new Error(`no set ${id}`);
  return found;
};

async function adding(id: string, world: World = fullWorld(12)) {
  const backend = await sets(world);
  await user.click(within(set(id)).getByTestId("set-open"));
  await screen.findByTestId("set-page");
  await user.keyboard("a");
  const dialog = await screen.findByTestId("add-members-dialog");
  return { backend, dialog };
}

const pick = (name: string): HTMLElement => {
  const found = screen.getAllByTestId("pick").find((element) => element.textContent.includes(name));
  if (!found) throw new Error(`no pick ${name}`);
  return found;
};

it("adds artifacts, groups and sets at once, and marks what is in it", async () => {
  const { backend, dialog } = await adding("base");
  await expectAccessible();
  expect(pick("lint").getAttribute("aria-disabled")).toBe("true");
  expect(pick("lint").textContent).toContain("in it");
  await user.click(pick("lint"));
  expect(within(dialog).getByTestId<HTMLButtonElement>("confirm").disabled).toBe(true);
  await user.click(pick("empty-handed"));
  await user.click(pick("Someday"));
  const artifact = backend.world.artifacts[9]?.artifact_id ?? "";
  await user.type(within(dialog).getByTestId("pick-search"), artifact.slice(artifact.indexOf(":") + 1));
  await waitFor(() => expect(screen.getAllByTestId("pick")).toHaveLength(1));
  await user.keyboard("{ArrowDown} {Enter}");
  await waitFor(() => expect(screen.queryByTestId("add-members-dialog")).toBeNull());
  expect(backend.world.sets.find((row) => row.set_id === "base")?.members.slice(3)).toEqual([
    { kind: "group", group: "empty-handed" },
    { kind: "set", set_id: "bare" },
    { kind: "artifact", artifact_id: artifact, collection: null },
  ]);
  expect(screen.getByTestId("set-sum").textContent).toBe("6 members come to 5 artifacts");
});

it("narrows to one kind, and takes everything that fits by key", async () => {
  const { backend, dialog } = await adding("bare");
  await user.click(within(dialog).getByTestId("pick-kind-group"));
  expect(screen.getAllByTestId("pick")).toHaveLength(3);
  screen.getByTestId("pick-list").focus();
  await user.keyboard("{Control>}a{/Control}");
  expect(within(dialog).getByTestId("confirm").textContent).toContain("Add 3");
  await user.click(within(dialog).getByTestId("confirm"));
  await waitFor(() =>
    expect(backend.world.sets.find((row) => row.set_id === "bare")?.members).toHaveLength(3),
  );
});

it("says why a set that would hold itself is refused", async () => {
  const { backend, dialog } = await adding("base");
  await user.click(pick("Web team"));
  await user.click(within(dialog).getByTestId("confirm"));
  const problem = await within(dialog).findByTestId("problem");
  expect(problem.dataset.code).toBe("set-cycle");
  expect(problem.textContent).toContain("Base tools → Web team → Base tools");
  expect(backend.world.sets.find((row) => row.set_id === "base")?.members).toHaveLength(3);
});

it("copies a set, and says before which sets lose one that is deleted", async () => {
  const backend = await sets();
  within(set("base")).getByTestId("set-open").focus();
  await user.keyboard("cc");
  await waitFor(() =>
    expect(backend.world.sets.map((row) => row.name)).toEqual(
      expect.arrayContaining(["Base tools (copy)", "Base tools (copy 2)"]),
    ),
  );
  await user.keyboard("{Shift>}{Delete}{/Shift}");
  const dialog = await screen.findByTestId("remove-set-dialog");
  expect((await within(dialog).findByTestId("loses")).textContent).toContain("Web team");
  expect(backend.world.sets.some((row) => row.set_id === "base")).toBe(true);
  await expectAccessible();
  await user.click(within(dialog).getByTestId("confirm"));
  await waitFor(() => expect(backend.world.sets.some((row) => row.set_id === "base")).toBe(false));
  expect(set("web").dataset.resolved).toBe("5");
  const undo = screen.getAllByTestId("toast-undo").at(-1) as HTMLElement;
  await user.click(undo);
  await waitFor(() => expect(set("web").dataset.resolved).toBe("9"));
});

it("the Activity page names the sets that one operation changed", async () => {
  const backend = await sets();
  await backend.sets.deleteSet({ name: "base" }, false);
  await user.click(screen.getByTestId("nav-activity"));
  await user.click(await screen.findByText("Changed 2 sets and groups in default"));
  const items = await screen.findAllByTestId("operation-item");
  expect(items.map((element) => element.textContent)).toEqual([
    expect.stringContaining("Base tools"),
    expect.stringContaining("Web team"),
  ]);
});

it("leaves the page of a set that another program deletes", async () => {
  const backend = await sets();
  await user.click(within(set("bare")).getByTestId("set-open"));
  await screen.findByTestId("set-page");
  backend.world.sets = backend.world.sets.filter((row) => row.set_id !== "bare");
  backend.commit([]);
  await screen.findByTestId("sets-page");
  expect(screen.getAllByTestId("set")).toHaveLength(3);
});

it("says how to begin, and shows no failure as empty", async () => {
  const world = {
    ...emptyWorld(),
    collections: [fakeCollection("default")],
    projects: fullWorld(2).projects,
  };
  await sets(world);
  expect(screen.getByTestId("sets-page").dataset.state).toBe("empty");
  expect(screen.getByText("There is no set yet.")).toBeTruthy();
  await expectAccessible();
});

it("shows why sets cannot be read, and does not say that there are none", async () => {
  const world = { ...fullWorld(12), sets: [] };
  const message = "deployment-sets.toml cannot be read, so its sets are not changed: expected “=” at line 3.";
  world.collections = [
    { ...fakeCollection("default"), problems: [refusal("sets-invalid", message, undefined, "repair")] },
  ];
  await sets(world);
  expect(screen.getByTestId("sets-page").dataset.state).toBe("error");
  expect(screen.getByTestId("problem").dataset.code).toBe("sets-invalid");
  expect(screen.queryByText("There is no set yet.")).toBeNull();
});

it("shows why a set cannot be resolved, and tries again", async () => {
  const world = fullWorld(12);
  world.failing.set("resolveSet", refusal("set-too-deep", "Sets can be nested 20 deep.", "Web", "retry"));
  const backend = await sets(world);
  await user.click(within(set("web")).getByTestId("set-open"));
  const preview = await screen.findByTestId("preview");
  await waitFor(() => expect(preview.dataset.state).toBe("failed"));
  backend.world.failing.clear();
  await user.click(within(preview).getByTestId("remedy-retry"));
  await waitFor(() => expect(screen.getAllByTestId("resolved")).toHaveLength(9));
});

it("a set of many shows the first, and all when it is asked", async () => {
  const world = fullWorld(260);
  const [base] = world.sets;
  if (!base) throw new Error("the fake world changed");
  base.members = world.artifacts.map(({ artifact_id }) => ({
    kind: "artifact",
    artifact_id,
    collection: null,
  }));
  await sets(world);
  await user.click(within(set("base")).getByTestId("set-open"));
  await waitFor(() => expect(screen.getAllByTestId("resolved")).toHaveLength(200));
  expect(screen.getByTestId("set-sum").textContent).toBe("260 members come to 260 artifacts");
  expect(screen.getAllByTestId("member")).toHaveLength(200);
  // What is moved over the edge stays in sight.
  const last = screen.getAllByTestId("member").at(-1) as HTMLElement;
  within(last).getByTestId("handle").focus();
  await user.keyboard("{Alt>}{ArrowDown}{/Alt}");
  await waitFor(() => expect(screen.getAllByTestId("member")).toHaveLength(260));
  expect(document.activeElement?.closest("li")).toBe(screen.getAllByTestId("member")[200]);
  await user.click(screen.getByTestId("preview-more"));
  expect(screen.getAllByTestId("resolved")).toHaveLength(260);
});

it("a linked collection's sets can be looked at, not changed", async () => {
  const world = fullWorld(12);
  world.collections = [{ ...fakeCollection("default"), linked: true }, fakeCollection("own")];
  await sets(world);
  await user.click(within(set("web")).getByTestId("set-open"));
  const page = await screen.findByTestId("set-page");
  expect(within(page).getByTestId<HTMLButtonElement>("edit-look").disabled).toBe(true);
  expect(within(page).queryAllByTestId("remove-member")).toEqual([]);
  await user.keyboard("a");
  expect(screen.queryByTestId("add-members-dialog")).toBeNull();
  expect(page.textContent).toContain("only read");
});

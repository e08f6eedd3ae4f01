import { screen, waitFor, within } from "@testing-library/svelte";
import { beforeEach, expect, it } from "vitest";
import { fullWorld, type World } from "../ipc/fake";
import { fakeCollection } from "../ipc/fake/rows";
import { expectAccessible, open, row, user } from "./App.test-env";

beforeEach(() => localStorage.clear());

async function groups(world: World = fullWorld(12)) {
  const backend = await open(world);
  await user.click(screen.getByTestId("nav-sets"));
  await user.click(await screen.findByTestId("sets-tab-groups"));
  return backend;
}

const idsOf = (world: World, ...at: number[]): string[] =>
  at.map((index) => world.artifacts[index]?.artifact_id ?? "");
const names = (): string[] =>
  screen.getAllByTestId("group").map((element) => element.dataset.key?.split("\n")[1] ?? "");
const group = (name: string): HTMLElement => {
  const found = screen.getAllByTestId("group").find((element) => element.dataset.key?.endsWith(`\n${name}`));
  if (!found) throw new Error(`no group ${name}`);
  return found;
};

/** Selects rows of the list, in their order. */
async function select(ids: readonly string[]): Promise<void> {
  await user.click(row(ids[0] ?? ""));
  await user.keyboard("{Control>}");
  for (const id of ids.slice(1)) await user.click(row(id));
  await user.keyboard("{/Control}");
}

it("makes a group of a selection, from the panel", async () => {
  const backend = await open(fullWorld(12));
  const ids = idsOf(backend.world, 8, 9);
  await select(ids);
  await user.click(within(screen.getByTestId("batch-panel")).getByTestId("new-group"));
  const dialog = await screen.findByTestId("look-dialog");
  expect(dialog.textContent).toContain("New group with 2 artifacts");
  await user.type(within(dialog).getByTestId("look-name"), "release");
  await user.keyboard("{Enter}");
  await waitFor(() => expect(screen.queryByTestId("look-dialog")).toBeNull());
  const made = backend.world.groups.at(-1);
  expect(made?.name).toBe("release");
  expect(made?.members.toSorted()).toEqual(ids.toSorted());
  // Who made it stays in the list.
  expect(screen.getByTestId("batch-panel")).toBeTruthy();
  await user.click(await screen.findByTestId("toast-undo"));
  await waitFor(() => expect(backend.world.groups.some((known) => known.name === "release")).toBe(false));
});

it("adds a selection to a group by key, and names what is in it already", async () => {
  const backend = await open(fullWorld(12));
  await select(idsOf(backend.world, 0, 1, 9));
  await user.keyboard("{Shift>}g{/Shift}");
  const dialog = await screen.findByTestId("add-to-group-dialog");
  await expectAccessible();
  const option = within(dialog)
    .getAllByTestId("group-option")
    .find((element) => element.dataset.name === "lint");
  expect(option?.closest("label")?.textContent).toContain("2 in it");
  await user.click(option as HTMLElement);
  await user.click(within(dialog).getByTestId("confirm"));
  await waitFor(() => expect(backend.world.groups[0]?.members).toEqual(idsOf(backend.world, 0, 1, 2, 9)));
});

it("does not put artifacts of two collections into one group", async () => {
  const world = fullWorld(12);
  const other = world.artifacts[9];
  if (!other) throw new Error("the fake world changed");
  world.collections = [...world.collections, fakeCollection("team")];
  world.artifacts = world.artifacts.with(9, { ...other, collection: "team" });
  await open(world);
  await select(idsOf(world, 8, 9));
  const panel = screen.getByTestId("batch-panel");
  expect(within(panel).getByTestId<HTMLButtonElement>("add-to-group").disabled).toBe(true);
});

it("narrows the list to a group, by menu and by word", async () => {
  const backend = await open(fullWorld(12));
  const shown = (): string[] =>
    screen.getAllByTestId("artifact-row").map((element) => element.dataset.id ?? "");
  await user.click(screen.getByTestId("group-filter"));
  await user.click(await screen.findByTestId("filter-group-lint"));
  await waitFor(() => expect(shown().toSorted()).toEqual(idsOf(backend.world, 0, 1, 2).toSorted()));
  await waitFor(() => expect(document.body.style.pointerEvents).not.toBe("none"));
  await user.click(screen.getByTestId("group-filter"));
  await user.click(await screen.findByTestId("filter-group-all"));
  await waitFor(() => expect(shown()).toHaveLength(13));
  await waitFor(() => expect(document.body.style.pointerEvents).not.toBe("none"));
  await user.type(screen.getByTestId("filter"), "group:writ");
  await waitFor(() => expect(shown().toSorted()).toEqual(idsOf(backend.world, 3, 4, 5).toSorted()));
});

it("lists groups in their order, and changes it by key", async () => {
  const backend = await groups();
  expect(names()).toEqual(["lint", "writing", "empty-handed"]);
  expect(group("writing").textContent).toContain("1 missing");
  await expectAccessible();
  within(group("lint")).getByTestId("handle").focus();
  await user.keyboard("{ArrowDown}{Alt>}{ArrowUp}{/Alt}");
  expect(names()).toEqual(["writing", "lint", "empty-handed"]);
  await waitFor(() =>
    expect(backend.world.groups.map((known) => known.name)).toEqual(["writing", "lint", "empty-handed"]),
  );
  // What is left out by a search has no place among the others.
  await user.type(screen.getByTestId("sets-filter"), "lint");
  await waitFor(() => expect(names()).toEqual(["lint"]));
  within(group("lint")).getByTestId("handle").focus();
  await user.keyboard("{Alt>}{ArrowUp}{/Alt}");
  expect(backend.calls.filter((call) => call.name === "orderGroups")).toHaveLength(1);
});

it("shows a group, renames it and stays with it, and its sets follow", async () => {
  const backend = await groups();
  await user.click(within(group("lint")).getByTestId("group-open"));
  const page = await screen.findByTestId("group-page");
  expect(within(page).getByTestId("used-in").textContent).toContain("Base tools");
  await expectAccessible();
  await user.keyboard("e");
  const dialog = await screen.findByTestId("look-dialog");
  expect(within(dialog).queryByTestId("look-tags")).toBeNull();
  await user.clear(within(dialog).getByTestId("look-name"));
  await user.type(within(dialog).getByTestId("look-name"), "checks");
  await user.click(within(dialog).getByTestId("confirm"));
  await waitFor(() => expect(screen.getByTestId("group-page").dataset.name).toBe("checks"));
  expect(backend.world.sets[0]?.members[0]).toEqual({ kind: "group", group: "checks" });
  await user.keyboard("m");
  await waitFor(() => expect(screen.getAllByTestId("artifact-row")).toHaveLength(3));
});

it("removes, adds and reorders the artifacts of a group", async () => {
  const backend = await groups();
  await user.click(within(group("writing")).getByTestId("group-open"));
  const member = (id: string): HTMLElement =>
    screen.getAllByTestId("member").find((element) => element.dataset.key === id) as HTMLElement;
  within(await waitFor(() => member("skill:taken-away")))
    .getByTestId("remove-member")
    .click();
  await waitFor(() => expect(screen.getAllByTestId("member")).toHaveLength(3));
  await user.keyboard("a");
  const dialog = await screen.findByTestId("add-members-dialog");
  expect(within(dialog).queryByTestId("pick-kind-all")).toBeNull();
  const [extra = "", first = ""] = idsOf(backend.world, 10, 3);
  await user.type(within(dialog).getByTestId("pick-search"), extra.split(":")[1] ?? "");
  await user.keyboard("{ArrowDown} {Enter}");
  await waitFor(() => expect(screen.getAllByTestId("member")).toHaveLength(4));
  within(member(first)).getByTestId("handle").focus();
  await user.keyboard("{Alt>}{ArrowDown}{/Alt}");
  await waitFor(() => expect(backend.world.groups[1]?.members).toEqual(idsOf(backend.world, 4, 3, 5, 10)));
});

it("says in the inspector where an artifact is used", async () => {
  const backend = await open(fullWorld(12));
  await user.click(row(idsOf(backend.world, 1)[0] ?? ""));
  const used = await screen.findByTestId("used-by");
  expect([...used.querySelectorAll("button")].map((element) => element.textContent)).toEqual([
    "lint",
    "Base tools",
    "Old release kit",
    "Web team",
  ]);
  await expectAccessible();
  await user.click(within(used).getByText("Web team"));
  expect((await screen.findByTestId("set-page")).dataset.id).toBe("web");
});

import { screen, waitFor, within } from "@testing-library/svelte";
import { beforeEach, expect, it } from "vitest";
import { fullWorld, type World } from "../ipc/fake";
import { refusal } from "../ipc/fake/plan";
import { expectAccessible, open, user } from "./App.test-env";

beforeEach(() => localStorage.clear());

const ids = (testid: string): string[] => screen.queryAllByTestId(testid).map((el) => el.dataset.id ?? "");

const one = (testid: string, id: string): HTMLElement => {
  const found = screen.getAllByTestId(testid).find((element) => element.dataset.id === id);
  if (!found) throw new Error(`no ${testid} ${id}`);
  return found;
};

async function sets(world: World = fullWorld(12)) {
  const backend = await open(world);
  await user.keyboard("gs");
  await screen.findByTestId("sets-page");
  if (world.sets.length > 0)
    await waitFor(() => expect(document.activeElement?.getAttribute("data-testid")).toBe("set-open"));
  return backend;
}

async function openSet(id: string, world: World = fullWorld(12)) {
  const backend = await sets(world);
  await user.click(within(one("set", id)).getByTestId("set-open"));
  const page = await screen.findByTestId("set-page");
  await waitFor(() => expect(screen.getByTestId("preview").dataset.state).not.toBe("loading"));
  return { backend, page };
}

const member = (name: string): HTMLElement => {
  const found = screen.getAllByTestId("member").find((element) => element.textContent.includes(name));
  if (!found) throw new Error(`no member ${name}`);
  return found;
};
const names = (): string[] =>
  screen.getAllByTestId("member").map((element) => element.dataset.key?.split("\n").at(-1) ?? "");

it("lists sets with how much they hold and come to, as cards or rows", async () => {
  await sets();
  expect(ids("set")).toEqual(["base", "broken", "bare", "web"]);
  expect(one("set", "web").textContent).toContain("3 members · 9 artifacts");
  expect(one("set", "broken").textContent).toContain("3 missing");
  expect(one("set", "bare").textContent).toContain("empty");
  expect(screen.getByTestId("nav-sets").getAttribute("aria-current")).toBe("page");
  await expectAccessible();
  expect(screen.getByTestId("sets-layout").dataset.layout).toBe("cards");
  await user.click(screen.getByTestId("sets-layout"));
  expect(screen.getByTestId("sets-layout").dataset.layout).toBe("rows");
  expect(JSON.parse(localStorage.getItem("skillmeat.view") ?? "{}")).toMatchObject({ setsLayout: "rows" });
  await expectAccessible();
});

it("searches names, descriptions, tags and members, and says when nothing fits", async () => {
  await sets();
  await user.keyboard("/");
  expect(document.activeElement).toBe(screen.getByTestId("sets-filter"));
  await user.keyboard("release-captain");
  await waitFor(() => expect(ids("set")).toEqual(["broken"]));
  await user.clear(screen.getByTestId("sets-filter"));
  await user.type(screen.getByTestId("sets-filter"), "team web");
  await waitFor(() => expect(ids("set")).toEqual(["web"]));
  await user.type(screen.getByTestId("sets-filter"), " nothing");
  await screen.findByText("Nothing fits this search.");
  await user.click(screen.getByText("Clear search"));
  await waitFor(() => expect(ids("set")).toHaveLength(4));
});

it("goes through the list by key, and back to where it was", async () => {
  await sets();
  await waitFor(() => expect(document.activeElement?.textContent).toBe("Base tools"));
  await user.keyboard("{ArrowDown}{ArrowRight}{ArrowUp}{Enter}");
  expect((await screen.findByTestId("set-page")).dataset.id).toBe("broken");
  await user.keyboard("{Escape}");
  await screen.findByTestId("sets-page");
  expect(within(one("set", "broken")).getByTestId("set-open").tabIndex).toBe(0);
});

it("makes a set, changes its look, and clears what is cleared", async () => {
  const backend = await sets();
  await user.keyboard("n");
  const dialog = await screen.findByTestId("look-dialog");
  await expectAccessible();
  await user.type(within(dialog).getByTestId("look-name"), "base tools");
  await user.click(within(dialog).getByTestId("confirm"));
  expect((await within(dialog).findByRole("alert")).textContent).toContain("already");
  await user.clear(within(dialog).getByTestId("look-name"));
  await user.type(within(dialog).getByTestId("look-name"), "Docs team");
  await user.type(within(dialog).getByTestId("look-description"), "Who writes");
  await user.click(within(dialog).getByTestId("color-rose"));
  await user.click(within(dialog).getByTestId("icon-feather"));
  await user.type(within(dialog).getByTestId("look-tags"), "docs, team");
  await user.click(within(dialog).getByTestId("confirm"));
  const page = await screen.findByTestId("set-page");
  expect(page.textContent).toContain("Who writes");
  expect(backend.world.sets.at(-1)).toMatchObject({
    name: "Docs team",
    color: "rose",
    icon: "feather",
    tags: ["docs", "team"],
  });
  await user.keyboard("e");
  const edit = await screen.findByTestId("look-dialog");
  await user.clear(within(edit).getByTestId("look-description"));
  await user.click(within(edit).getByTestId("color-none"));
  await user.click(within(edit).getByTestId("icon-none"));
  await user.clear(within(edit).getByTestId("look-tags"));
  await user.click(within(edit).getByTestId("confirm"));
  await waitFor(() => expect(screen.queryByTestId("holder-description")).toBeNull());
  expect(backend.world.sets.at(-1)).toMatchObject({ description: null, color: null, icon: null, tags: [] });
});

it("shows members, what they come to and by which way", async () => {
  const { backend, page } = await openSet("web");
  expect(screen.getByTestId("set-sum").textContent).toBe("3 members come to 9 artifacts");
  const first = backend.world.artifacts[0]?.artifact_id ?? "";
  expect(one("resolved", first).dataset.via).toBe("Base tools › lint");
  expect(one("resolved", first).textContent).toContain("It also comes\nBase tools");
  expect(one("resolved", "skill:taken-away").dataset.missing).toBe("true");
  expect(one("resolved", backend.world.artifacts[7]?.artifact_id ?? "").dataset.via).toBe("");
  await expectAccessible();
  await user.click(within(member("Base tools")).getByTestId("member-open"));
  await waitFor(() => expect(page.isConnected).toBe(false));
  expect(screen.getByTestId("set-page").dataset.id).toBe("base");
  expect(screen.getByTestId("used-in").textContent).toContain("Web team");
});

it("reorders members by key as one change, and takes it back", async () => {
  const { backend } = await openSet("web");
  within(member("Base tools")).getByTestId("handle").focus();
  await user.keyboard("{Alt>}{ArrowDown}{ArrowDown}{/Alt}");
  const last = backend.world.artifacts[7]?.artifact_id ?? "";
  expect(names()).toEqual(["writing", last, "base"]);
  expect(screen.getByTestId("live").textContent).toContain("Base tools, 3 of 3");
  expect(document.activeElement).toBe(within(member("Base tools")).getByTestId("handle"));
  await waitFor(() => expect(backend.calls.filter((call) => call.name === "orderSet")).toHaveLength(1));
  await waitFor(() =>
    expect(backend.world.sets.find((set) => set.set_id === "web")?.members.at(-1)).toEqual({
      kind: "set",
      set_id: "base",
    }),
  );
  await user.click(await screen.findByTestId("toast-undo"));
  await waitFor(() => expect(names()).toEqual(["base", "writing", last]));
});

it("reorders members by dragging, and Escape lets go", async () => {
  const { backend } = await openSet("web");
  const list = screen.getAllByTestId("member")[0]?.parentElement as HTMLElement;
  list.getBoundingClientRect = () => new DOMRect(0, 0, 300, 96);
  const handle = (name: string): HTMLElement => within(member(name)).getByTestId("handle");
  const last = backend.world.artifacts[7]?.artifact_id ?? "";
  await user.pointer([
    { keys: "[MouseLeft>]", target: handle("writing") },
    { target: list, coords: { clientX: 5, clientY: 5 } },
  ]);
  expect(names()).toEqual(["writing", "base", last]);
  await user.keyboard("{Escape}");
  expect(names()).toEqual(["base", "writing", last]);
  await user.pointer({ keys: "[/MouseLeft]" });
  expect(backend.calls.some((call) => call.name === "orderSet")).toBe(false);
  await user.pointer([
    { keys: "[MouseLeft>]", target: handle("writing") },
    { target: list, coords: { clientX: 5, clientY: 90 } },
    { keys: "[/MouseLeft]" },
  ]);
  await waitFor(() =>
    expect(backend.world.sets.find((set) => set.set_id === "web")?.members.at(-1)).toEqual({
      kind: "group",
      group: "writing",
    }),
  );
  expect(names()).toEqual(["base", last, "writing"]);
});

it("an order that is refused goes back, and says why", async () => {
  const { backend } = await openSet("web");
  backend.world.failing.set("orderSet", refusal("project-busy", "Another program changes the collection."));
  within(member("Base tools")).getByTestId("handle").focus();
  await user.keyboard("{Alt>}{ArrowDown}{/Alt}");
  expect(names()[0]).toBe("writing");
  expect((await screen.findByTestId("toast")).dataset.code).toBe("project-busy");
  await waitFor(() => expect(names()[0]).toBe("base"));
});

it("removes members, also those that are not there", async () => {
  const { backend } = await openSet("broken");
  expect(screen.getAllByTestId("dangling")).toHaveLength(2);
  await user.click(within(member("b6e2f0a1")).getByTestId("remove-member"));
  await waitFor(() => expect(screen.getAllByTestId("member")).toHaveLength(3));
  within(member("release-captain")).getByTestId("handle").focus();
  await user.keyboard("{Delete}");
  await waitFor(() => expect(screen.getAllByTestId("member")).toHaveLength(2));
  await waitFor(() => expect(document.activeElement?.getAttribute("aria-label")).toBe("Move release"));
  await user.keyboard("{Delete}");
  await waitFor(() => expect(screen.queryAllByTestId("dangling")).toHaveLength(0));
  expect(backend.world.sets.find((set) => set.set_id === "broken")?.members).toHaveLength(1);
});

import { expect, it } from "vitest";
import { View } from "./view.svelte";

const KEY = "skillmeat.view";

it("is restored as it was left", () => {
  const view = new View();
  Object.assign(view.state, {
    text: "review",
    kind: "agent",
    project: "/work/api",
    tags: ["x"],
    sidebar: 260,
  });
  view.keep();
  const again = new View();
  expect(again.state).toMatchObject({
    text: "review",
    kind: "agent",
    project: "/work/api",
    tags: ["x"],
    sidebar: 260,
  });
  expect(again.isFiltered).toBe(true);
});

it.each(["not json", "null", "[]", '{"sidebar":"wide","tags":"x","unknown":1}'])(
  "starts anew from %s",
  (text) => {
    localStorage.setItem(KEY, text);
    const { state } = new View();
    expect([state.sidebar, state.tags, "unknown" in state]).toEqual([220, [], false]);
  },
);

it("clears the filter and leaves the layout", () => {
  const view = new View();
  Object.assign(view.state, { text: "x", segment: "modified", group: "status" });
  view.clearFilter();
  expect([view.isFiltered, view.state.group]).toEqual([false, "status"]);
});

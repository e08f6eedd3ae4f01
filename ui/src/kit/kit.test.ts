import { render, screen } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import axe from "axe-core";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it, vi } from "vitest";
import type { Problem } from "../lib/model";
import ProblemBanner from "./ProblemBanner.svelte";
import Resizer from "./Resizer.svelte";
import Sheet from "./gallery/Sheet.svelte";
import Tabs from "./Tabs.svelte";

const FOLDER = join(process.cwd(), "src/kit");

it("axe finds nothing in any part in any state", async () => {
  const { container } = render(Sheet, { title: "light" });
  await new Promise((resolve) => setTimeout(resolve, 200));
  const { violations } = await axe.run(container, {
    rules: { "color-contrast": { enabled: false }, region: { enabled: false } },
  });
  expect(violations.map((found) => `${found.id}: ${found.nodes.map((node) => node.html).join(" ")}`)).toEqual(
    [],
  );
});

it("the gallery shows every part", () => {
  // These only show what is given to them, lie over the window, or are a row of another part.
  const elsewhere = ["ContextMenu", "Delayed", "Modal", "OrderRow", "Resizer", "Tooltip"];
  const sheet = readFileSync(join(FOLDER, "gallery/Sheet.svelte"), "utf8");
  const parts = readdirSync(FOLDER)
    .filter((name) => name.endsWith(".svelte"))
    .map((name) => name.replace(".svelte", ""));
  expect(parts.filter((name) => !elsewhere.includes(name) && !sheet.includes(`<${name}`))).toEqual([]);
});

it("a problem offers its own remedy, and only where something can be done", async () => {
  const problem: Problem = {
    code: "manifest-invalid",
    severity: "refusal",
    message: "Line 12.",
    remedy: "repair",
  };
  const repair = vi.fn();
  const { rerender } = render(ProblemBanner, { problem, remedies: { repair, resync: vi.fn() } });
  await userEvent.click(screen.getByTestId("remedy-repair"));
  expect(repair).toHaveBeenCalledOnce();
  expect(screen.queryByTestId("remedy-resync")).toBeNull();
  await rerender({ problem, remedies: {} });
  expect(screen.queryByTestId("remedy-repair")).toBeNull();
});

it("tabs are moved through with arrows, round and round", async () => {
  const onchange = vi.fn();
  const tabs = [
    { value: "a", label: "A" },
    { value: "b", label: "B" },
  ];
  render(Tabs, { label: "Tabs", value: "a", tabs, onchange, testid: "t", panel: "p" });
  screen.getByTestId("t-a").focus();
  await userEvent.keyboard("{ArrowLeft}");
  expect(onchange).toHaveBeenLastCalledWith("b");
  expect(document.activeElement).toBe(screen.getByTestId("t-b"));
});

it("a pane is made wider by keys, within its limits", async () => {
  const onchange = vi.fn();
  render(Resizer, { label: "Width", value: 270, min: 200, max: 280, pane: "left", onchange });
  screen.getByRole("separator").focus();
  await userEvent.keyboard("{ArrowRight}{ArrowLeft}");
  expect(onchange.mock.calls).toEqual([[280], [254]]);
});

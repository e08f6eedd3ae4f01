import { screen, waitFor, within } from "@testing-library/svelte";
import { expect, it, vi } from "vitest";
import { fullWorld } from "../ipc/fake";
import type { Problem } from "../ipc/types";
import { expectAccessible, open, user } from "./App.test-env";

const unclean: Problem = { code: "unclean-exit", severity: "notice", message: "The window was not closed." };
const toasts = (): HTMLElement[] => screen.queryAllByTestId("toast");

async function showDiagnostics(): Promise<HTMLElement> {
  await user.click(screen.getByTestId("nav-settings"));
  await user.click(await screen.findByTestId("show-diagnostics"));
  return screen.findByTestId("diagnostics-dialog");
}

it("shows the diagnostics and copies them", async () => {
  await open(fullWorld(4));
  const dialog = await showDiagnostics();
  const text = await within(dialog).findByTestId<HTMLTextAreaElement>("diagnostics-text");
  expect(text.value).toContain("SkillMeat Desktop 0.1.0");
  await expectAccessible();
  await user.click(within(dialog).getByTestId("diagnostics-copy"));
  expect(await navigator.clipboard.readText()).toBe(text.value);
  expect(within(dialog).getByTestId("diagnostics-said").textContent).toContain("Copied");
});

it("selects the text where the clipboard cannot be used", async () => {
  await open(fullWorld(4));
  const dialog = await showDiagnostics();
  const text = await within(dialog).findByTestId<HTMLTextAreaElement>("diagnostics-text");
  const write = vi.spyOn(navigator.clipboard, "writeText").mockRejectedValue(new Error("not allowed"));
  await user.click(within(dialog).getByTestId("diagnostics-copy"));
  write.mockRestore();
  expect(within(dialog).getByTestId("diagnostics-said").textContent).toContain("Ctrl+C");
  expect(text.selectionEnd - text.selectionStart).toBe(text.value.length);
});

it("says that there are none instead of nothing", async () => {
  const world = fullWorld(4);
  world.failing.set("diagnostics", { code: "io", severity: "fault", message: "Could not read the log." });
  await open(world);
  const dialog = await showDiagnostics();
  expect((await within(dialog).findByTestId("problem")).textContent).toContain("Could not read the log.");
});

it("says once that the window before was not closed", async () => {
  const world = fullWorld(4);
  world.problems = [unclean];
  const backend = await open(world);
  await waitFor(() => expect(toasts().map((toast) => toast.dataset.code)).toEqual(["unclean-exit"]));
  expect(screen.queryByTestId("problem")).toBeNull();
  expect(within(toasts()[0] as HTMLElement).getByTestId("toast-action").textContent).toContain("diagnostics");
  await user.click(within(toasts()[0] as HTMLElement).getByRole("button", { name: "Dismiss" }));
  const asked = backend.calls.length;
  backend.tell?.resyncRequired({ reason: "gap" });
  await waitFor(() => expect(backend.calls.slice(asked).map((call) => call.name)).toContain("watchStatus"));
  expect(toasts()).toEqual([]);
});

it("shows an error of the page once, logs it, and leads to the diagnostics", async () => {
  const backend = await open(fullWorld(4));
  const fail = (): boolean => {
    const event = new Event("unhandledrejection");
    return window.dispatchEvent(Object.assign(event, { reason: new TypeError("x is no function") }));
  };
  fail();
  fail();
  await waitFor(() => expect(toasts()).toHaveLength(1));
  const logged = backend.calls.filter((call) => call.name === "notePageError");
  expect(logged).toHaveLength(1);
  expect(String(logged[0]?.args[0])).toContain("TypeError: x is no function");
  await user.click(within(toasts()[0] as HTMLElement).getByTestId("toast-action"));
  await screen.findByTestId("diagnostics-text");
});

it("takes a resize that was observed late for no error", async () => {
  const backend = await open(fullWorld(4));
  window.dispatchEvent(
    new ErrorEvent("error", { message: "ResizeObserver loop completed with undelivered notifications." }),
  );
  expect(backend.calls.map((call) => call.name)).not.toContain("notePageError");
});

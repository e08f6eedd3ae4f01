// Closing, the tray and starting at login, in the whole window.
import { screen, waitFor } from "@testing-library/svelte";
import { beforeEach, describe, expect, it } from "vitest";
import { t } from "../i18n/en";
import { fullWorld, type World } from "../ipc/fake";
import { expectAccessible, open, user } from "./App.test-env";

beforeEach(() => localStorage.clear());

const box = (testid: string): HTMLInputElement => screen.getByTestId(testid);

async function settings(world: World) {
  const backend = await open(world);
  await user.click(screen.getByTestId("nav-settings"));
  await screen.findByTestId("close-to-tray");
  return backend;
}

describe("the settings of window and tray", () => {
  it("are switched, and say what is in force", async () => {
    const backend = await settings(fullWorld(3));
    await screen.findByTestId("autostart");
    await expectAccessible();
    for (const testid of ["close-to-tray", "start-hidden", "autostart"]) {
      expect(box(testid).checked).toBe(false);
      await user.click(box(testid));
      await waitFor(() => expect(box(testid).checked).toBe(true));
    }
    expect(backend.world.settings).toMatchObject({ close_to_tray: true, start_hidden: true });
    expect(backend.world.desktop.autostart).toBe(true);
    expect(screen.queryByTestId("no-tray")).toBeNull();
  });

  it("say that there is no tray, and offer no start at login where it cannot be set", async () => {
    const world = fullWorld(3);
    world.desktop = { tray: false, autostart: null };
    await settings(world);
    await screen.findByTestId("no-tray");
    expect(screen.queryByTestId("autostart")).toBeNull();
  });

  it("show what was refused, and stay as they are", async () => {
    const world = fullWorld(3);
    const message = "/x/skillmeat-desktop.desktop was not written by this program.";
    world.failing.set("setAutostart", { code: "invalid-request", severity: "refusal", message });
    await settings(world);
    await user.click(await screen.findByTestId("autostart"));
    await waitFor(() => expect(screen.getByTestId("problem").textContent).toContain(message));
    expect(box("autostart").checked).toBe(false);
  });
});

describe("closing to the tray for the first time", () => {
  async function closing() {
    const backend = await open(fullWorld(3));
    backend.world.asked.push({ type: "closing" });
    backend.tell?.openRequested();
    await screen.findByTestId("closing-dialog");
    return backend;
  }

  it.each([
    ["confirm", false],
    ["quit", true],
  ])("is explained, and then done: %s", async (button, quit) => {
    const backend = await closing();
    await expectAccessible();
    await user.click(screen.getByTestId(button));
    await waitFor(() => expect(backend.calls.at(-1)).toEqual({ name: "leaveWindow", args: [quit] }));
    expect(backend.world.settings.close_explained).toBe(true);
    expect(screen.queryByTestId("closing-dialog")).toBeNull();
  });

  it("does not throw away what a dialog holds", async () => {
    const backend = await open(fullWorld(3));
    await user.click(screen.getByTestId("add-project"));
    backend.world.asked.push({ type: "closing" });
    backend.tell?.openRequested();
    await waitFor(() => expect(screen.getByTestId("toast").textContent).toContain("Close once more"));
    expect(screen.getByTestId("add-project-dialog")).toBeTruthy();
  });

  it("can be left", async () => {
    const backend = await closing();
    await user.keyboard("{Escape}");
    await waitFor(() => expect(screen.queryByTestId("closing-dialog")).toBeNull());
    expect(backend.calls.map(({ name }) => name)).not.toContain("leaveWindow");
    expect(backend.world.settings.close_explained).toBe(false);
  });
});

describe("a folder that this desktop cannot show", () => {
  it("is told with its path to copy", async () => {
    const world = fullWorld(3);
    const problem = {
      code: "io",
      severity: "fault",
      message: "Could not show /home/ada/.skillmeat.",
    } as const;
    world.failing.set("reveal", { ...problem, subject: "/home/ada/.skillmeat" });
    await settings(world);
    await user.click(screen.getAllByText(t.commands.reveal)[0] as HTMLElement);
    await user.click(await screen.findByTestId("toast-action"));
    expect(await navigator.clipboard.readText()).toBe("/home/ada/.skillmeat");
  });
});

import { screen, waitFor } from "@testing-library/svelte";
import { describe, expect, it } from "vitest";
import { fullWorld } from "../ipc/fake";
import { fakeProject } from "../ipc/fake/rows";
import { expectAccessible, open, user } from "./App.test-env";

const watching = (): HTMLElement => screen.getByTestId("watching");

const said = (text: RegExp, state: string): Promise<void> =>
  waitFor(() => {
    expect(watching().textContent).toMatch(text);
    expect(watching().dataset.state).toBe(state);
  });

describe("the status bar says how changes are followed", () => {
  it("counts the projects, and again when one comes", async () => {
    const world = fullWorld(4);
    const backend = await open(world);
    const count = world.projects.length;
    await said(new RegExp(`^Watching ${count} projects$`), "watching");
    const project = fakeProject("/home/ada/work/later");
    world.projects.push(project);
    backend.commit([{ type: "projectUpserted", project }]);
    await said(new RegExp(`^Watching ${count + 1} projects$`), "watching");
    await expectAccessible();
  });

  it("pauses and goes on, by mouse and by key", async () => {
    const backend = await open(fullWorld(4));
    await said(/^Watching/, "watching");
    await user.click(screen.getByRole("button", { name: "Pause watching" }));
    await said(/^Watching is paused$/, "paused");
    screen.getByRole("button", { name: "Watch again" }).focus();
    await user.keyboard("{Enter}");
    await said(/^Watching \d/, "watching");
    const asked = backend.calls.filter((call) => call.name === "pauseWatching");
    expect(asked.map((call) => call.args)).toEqual([[true], [false]]);
  });

  it("says that it only looks from time to time, and why", async () => {
    const world = fullWorld(4);
    const backend = await open(world);
    await said(/^Watching/, "watching");
    const problem = {
      code: "watch-limited" as const,
      severity: "notice" as const,
      message: "All projects and collections are looked at every 5 seconds or so.",
      subject: null,
      remedy: null,
      causes: [],
    };
    world.watching = { ...world.watching, state: "polling", problem };
    backend.tell?.attentionRaised({ problem, project: null });
    await said(/^Looking at \d+ projects every few seconds$/, "polling");
    expect(watching().title).toBe(problem.message);
  });

  it("asks again after a change by another program", async () => {
    const world = fullWorld(4);
    const backend = await open(world);
    await said(/^Watching/, "watching");
    const before = backend.calls.filter((call) => call.name === "watchStatus").length;
    backend.commit([], "watcher");
    await waitFor(() =>
      expect(backend.calls.filter((call) => call.name === "watchStatus").length).toBeGreaterThan(before),
    );
  });
});

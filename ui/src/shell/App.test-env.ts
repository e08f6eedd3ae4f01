// What tests of the whole window begin with and look at.
import { render, screen, waitFor } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import axe from "axe-core";
import { expect } from "vitest";
import { FakeBackend, type World } from "../ipc/fake";
import App from "./App.svelte";

export const WEB = "/home/ada/work/web";
export const user = userEvent.setup();

export async function open(world: World, state = "ready") {
  const backend = new FakeBackend(world);
  render(App, { backend });
  await waitFor(() => expect(screen.getByTestId("app").dataset.state).toBe(state));
  return backend;
}

export const row = (id: string): HTMLElement => {
  const found = screen.getAllByTestId("artifact-row").find((element) => element.dataset.id === id);
  if (!found) throw new Error(`no row ${id}`);
  return found;
};

export const tick = (path: string): Promise<void> =>
  user.click(screen.getAllByTestId("project-option").find((at) => at.dataset.path === path) as HTMLElement);

/** An artifact that is deployed nowhere and whose place in `web` is free. */
export function fresh(world: World): string {
  const found = world.artifacts.find(
    (artifact) =>
      !world.deployments.some((at) => at.artifact_id === artifact.artifact_id) &&
      !world.broken.has(artifact.artifact_id) &&
      ![...world.unmanaged].some((path) => artifact.path.endsWith(path.split("/.claude/")[1] ?? "?")),
  );
  if (!found) throw new Error("the fake world changed");
  return found.artifact_id;
}

/** No violation of what axe can see without a layout. */
export async function expectAccessible(): Promise<void> {
  const { violations } = await axe.run(document.body, { rules: { "color-contrast": { enabled: false } } });
  expect(violations.map((found) => `${found.id}: ${found.nodes.map((node) => node.html).join(" ")}`)).toEqual(
    [],
  );
}

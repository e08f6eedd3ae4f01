import { screen, waitFor, within } from "@testing-library/svelte";
import { beforeEach, expect, it } from "vitest";
import { fullWorld } from "../ipc/fake";
import { expectAccessible, open, row, user } from "./App.test-env";

beforeEach(() => localStorage.clear());

const refused = {
  code: "config-invalid" as const,
  severity: "refusal" as const,
  message: "settings.toml cannot be read.",
  subject: null,
  remedy: null,
  causes: [],
};

it("pins an artifact from the inspector's menu and marks its row; the same entry unpins it", async () => {
  const backend = await open(fullWorld(12));
  const [first] = backend.world.artifacts;
  const id = first?.artifact_id ?? "";
  expect(within(row(id)).queryByTestId("row-pinned")).toBeNull();
  await user.click(row(id));
  await user.click(await screen.findByTestId("inspector-menu"));
  await user.click(await screen.findByTestId("pin"));
  await waitFor(() => expect(within(row(id)).getByTestId("row-pinned")).toBeTruthy());
  expect(backend.world.settings.pins).toEqual([
    { kind: "artifact", collection: first?.collection, artifact_id: id },
  ]);
  await expectAccessible();
  await user.click(screen.getByTestId("inspector-menu"));
  const entry = await screen.findByTestId("pin");
  expect(entry.textContent).toContain("Unpin");
  await user.click(entry);
  await waitFor(() => expect(within(row(id)).queryByTestId("row-pinned")).toBeNull());
  expect(backend.world.settings.pins).toEqual([]);
});

it("pins a selection by key, all of it where some is pinned already", async () => {
  const backend = await open(fullWorld(12));
  const [one, two] = backend.world.artifacts.map((artifact) => artifact.artifact_id);
  await user.click(row(one ?? ""));
  await user.keyboard("{Shift>}p{/Shift}");
  await waitFor(() => expect(backend.world.settings.pins).toHaveLength(1));
  await user.keyboard("{Control>}");
  await user.click(row(two ?? ""));
  await user.keyboard("{/Control}{Shift>}p{/Shift}");
  await waitFor(() => expect(backend.world.settings.pins).toHaveLength(2));
  await user.keyboard("{Shift>}p{/Shift}");
  await waitFor(() => expect(backend.world.settings.pins).toEqual([]));
});

it("pins a set from its page", async () => {
  const backend = await open(fullWorld(12));
  await user.click(screen.getByTestId("nav-sets"));
  const [item] = await screen.findAllByTestId("set");
  await user.click(within(item as HTMLElement).getByTestId("set-open"));
  await user.click(await screen.findByTestId("holder-menu"));
  await user.click(await screen.findByTestId("set-pin"));
  await waitFor(() => expect(backend.world.settings.pins).toHaveLength(1));
  const [pin] = backend.world.settings.pins;
  expect(backend.world.sets.some((set) => pin?.kind === "set" && set.set_id === pin.set_id)).toBe(true);
});

it("follows pins of another process, and shows why one could not be made", async () => {
  const backend = await open(fullWorld(12));
  const [first] = backend.world.artifacts;
  const pins = [
    { kind: "artifact" as const, collection: first?.collection ?? "", artifact_id: first?.artifact_id ?? "" },
  ];
  backend.tell?.settingsChanged({ ...backend.world.settings, pins });
  await waitFor(() => expect(within(row(first?.artifact_id ?? "")).getByTestId("row-pinned")).toBeTruthy());
  backend.world.failing.set("unpin", refused);
  await user.click(row(first?.artifact_id ?? ""));
  await user.keyboard("{Shift>}p{/Shift}");
  expect((await screen.findAllByText(refused.message)).length).toBeGreaterThan(0);
  expect(within(row(first?.artifact_id ?? "")).getByTestId("row-pinned")).toBeTruthy();
});

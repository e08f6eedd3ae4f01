import { screen, waitFor } from "@testing-library/svelte";
import { expect, test } from "vitest";
import { fullWorld } from "../ipc/fake";
import { refusal } from "../ipc/fake/plan";
import { WEB, expectAccessible, open, user } from "./App.test-env";

async function look(path = WEB) {
  const backend = await open(fullWorld(8));
  await user.keyboard("gd");
  await user.selectOptions(screen.getByTestId("discover-project"), path);
  await waitFor(() => expect(screen.getByTestId("discover").dataset.state).toBe("ready"));
  return backend;
}

const find = (id: string): HTMLElement => {
  const found = screen.getAllByTestId("find").find((element) => element.dataset.id === id);
  if (!found) throw new Error(`no find ${id}`);
  return found;
};

const inside = (id: string, testid: string): HTMLElement => {
  const found = find(id).querySelector<HTMLElement>(`[data-testid="${testid}"]`);
  if (!found) throw new Error(`no ${testid} in ${id}`);
  return found;
};

test("what is found is grouped, what is new is picked, and what is broken says why", async () => {
  await look();
  expect(screen.getAllByTestId("find-group").map((group) => group.dataset.match)).toEqual([
    "new",
    "differs",
    "same",
  ]);
  expect((inside("skill:found-here", "find-pick") as HTMLInputElement).checked).toBe(true);
  expect(screen.getByTestId("import")).toHaveProperty("disabled", false);
  expect(inside("skill:broken", "find-problem").textContent).toContain("no SKILL.md");
  expect(screen.getByTestId("import-plan").textContent).toContain("2 imported");
  await expectAccessible();
});

test("a clash is chosen, planned, imported as planned, and can be undone", async () => {
  const backend = await look();
  await user.selectOptions(inside("skill:differs-here", "find-choice"), "keep-both");
  await waitFor(() =>
    expect(inside("skill:differs-here", "find-named").textContent).toContain("skill:differs-here-2"),
  );
  await user.click(screen.getByTestId("import"));
  await waitFor(() => expect(screen.getByTestId("import-result").textContent).toContain("3 imported"));
  const asked = backend.calls.findLast((call) => call.name === "import")?.args[0] as { plan: string };
  expect(asked.plan).toContain("plan of");
  expect(screen.getByRole("button", { name: /^Undo/ })).toBeTruthy();
});

test("what is kept beside another may be named", async () => {
  const backend = await look();
  await user.selectOptions(inside("skill:differs-here", "find-choice"), "keep-both");
  await user.type(inside("skill:differs-here", "find-name"), "mine/differs");
  await user.tab();
  await waitFor(() =>
    expect(inside("skill:differs-here", "find-named").textContent).toContain("skill:mine/differs"),
  );
  await expectAccessible();
  await user.click(screen.getByTestId("import"));
  await waitFor(() => screen.getByTestId("import-result"));
  const asked = backend.calls.findLast((call) => call.name === "import")?.args[0] as {
    choices: { name: string | null }[];
  };
  expect(asked.choices.map((one) => one.name)).toEqual(["mine/differs"]);
});

test("a find is skipped from now on, and offered again", async () => {
  await look();
  await user.click(inside("skill:found-here", "find-skip"));
  await waitFor(() => expect(inside("skill:found-here", "find-skip").textContent).toContain("Offer again"));
  expect((inside("skill:found-here", "find-pick") as HTMLInputElement).checked).toBe(false);
});

test("a folder without anything says so, and a failure is not shown as empty", async () => {
  const backend = await open(fullWorld(8));
  await user.keyboard("gd");
  backend.world.folderChoice = "/home/ada/empty";
  await user.click(screen.getByTestId("discover-folder"));
  await waitFor(() => expect(screen.getByTestId("discover").dataset.state).toBe("empty"));
  backend.world.failing.set("discover", refusal("permission-denied", "It may not be read."));
  await user.click(screen.getByTestId("discover-again"));
  await waitFor(() => expect(screen.getByTestId("discover").dataset.state).toBe("error"));
  expect(screen.getByText("It may not be read.")).toBeTruthy();
});

import { screen, waitFor, within } from "@testing-library/svelte";
import { beforeEach, expect, it } from "vitest";
import { fullWorld, type World } from "../ipc/fake";
import { fakeCollection, fakeDeployment } from "../ipc/fake/rows";
import { expectAccessible, open, row, user } from "./App.test-env";

beforeEach(() => localStorage.clear());

/** A world with a linked collection that has an artifact of the same name as one of ours, deployed once. */
function twoCollections(): World & { same: string } {
  const world = fullWorld(12);
  const [ours] = world.artifacts;
  const [project] = world.projects;
  if (!ours || !project) throw new Error("the fake world is empty");
  const theirs = { ...ours, collection: "team", path: `/src/team/${ours.name}`, tags: [] };
  world.collections = [...world.collections, { ...fakeCollection("team"), path: "/src/team", linked: true }];
  world.artifacts = [...world.artifacts, theirs];
  const copy = { ...fakeDeployment(theirs, project), artifact_path: `skills/team/${ours.name}` };
  world.deployments = [...world.deployments, copy];
  return Object.assign(world, { same: ours.artifact_id });
}

const settings = async (): Promise<HTMLElement> => {
  await user.click(screen.getByTestId("nav-settings"));
  return screen.findByTestId("settings");
};
const collection = (name: string): HTMLElement | undefined =>
  screen.queryAllByTestId("collection").find((element) => element.dataset.name === name);

it("links a folder by typed path, and says why one cannot be linked", async () => {
  const backend = await open(fullWorld(12));
  await settings();
  await user.click(screen.getByTestId("link-collection"));
  const dialog = await screen.findByTestId("link-collection-dialog");
  await user.type(within(dialog).getByTestId("path-input"), "/missing/x");
  await user.click(within(dialog).getByTestId("confirm"));
  const problem = await within(dialog).findByTestId("problem");
  expect(problem.dataset.code).toBe("collection-refused");
  expect(within(problem).getByTestId("remedy-choose-folder")).toBeTruthy();
  await expectAccessible();

  await user.clear(within(dialog).getByTestId("path-input"));
  await user.type(within(dialog).getByTestId("path-input"), "/src/agents");
  await user.type(within(dialog).getByTestId("link-name"), "community");
  await user.selectOptions(within(dialog).getByTestId("link-layout"), "marketplace");
  await user.keyboard("{Enter}");
  await user.click(within(dialog).getByTestId("confirm"));
  await waitFor(() => expect(screen.queryByTestId("link-collection-dialog")).toBeNull());
  expect(collection("community")?.textContent).toContain("linked, read-only");
  expect(backend.world.collections.at(-1)).toMatchObject({ path: "/src/agents", layout: "marketplace" });
});

it("is reached by key, and takes the folder that the picker gives", async () => {
  const backend = await open({ ...fullWorld(12), folderChoice: "/src/picked" });
  await user.keyboard("{Control>}{Shift>}n{/Shift}{/Control}");
  const dialog = await screen.findByTestId("link-collection-dialog");
  await user.click(within(dialog).getByTestId("choose-folder"));
  await waitFor(() =>
    expect(within(dialog).getByTestId<HTMLInputElement>("path-input").value).toBe("/src/picked"),
  );
  await user.click(within(dialog).getByTestId("confirm"));
  await waitFor(() => expect(backend.world.collections.at(-1)?.collection).toBe("picked"));
});

it("says before what unlinking orphans, and only linked ones can be unlinked", async () => {
  const backend = await open(twoCollections());
  await settings();
  expect(within(collection("default") as HTMLElement).queryByTestId("unlink")).toBeNull();
  await user.click(within(collection("team") as HTMLElement).getByTestId("unlink"));
  const dialog = await screen.findByTestId("unlink-collection-dialog");
  expect((await within(dialog).findByTestId("orphaned-count")).textContent).toContain("1 deployment becomes");
  expect(dialog.textContent).toContain("/src/team");
  expect(collection("team")).toBeTruthy();
  await expectAccessible();
  await user.click(within(dialog).getByTestId("confirm"));
  await waitFor(() => expect(collection("team")).toBeUndefined());
  expect(backend.world.deployments.some((at) => at.collection === "team" && at.status === "orphaned")).toBe(
    true,
  );
});

it("tells artifacts of one name apart, and filters by collection", async () => {
  const world = twoCollections();
  await open(world);
  const rows = (): HTMLElement[] =>
    screen.getAllByTestId("artifact-row").filter((element) => element.dataset.id === world.same);
  expect(rows().map((element) => within(element).getByTestId("row-collection").textContent)).toEqual(
    expect.arrayContaining(["default", "team"]),
  );
  await user.click(screen.getByTestId("collection-filter"));
  await user.click(await screen.findByTestId("filter-collection-team"));
  await waitFor(() => expect(screen.getAllByTestId("artifact-row")).toHaveLength(1));
  expect(row(world.same).dataset.collection).toBe("team");
  await waitFor(() => expect(document.body.style.pointerEvents).not.toBe("none"));
  await user.click(screen.getByTestId("collection-filter"));
  await user.click(await screen.findByTestId("filter-collection-all"));
  await waitFor(() => expect(rows()).toHaveLength(2));
  await waitFor(() => expect(document.body.style.pointerEvents).not.toBe("none"));
  await user.type(screen.getByTestId("filter"), "collection:team");
  await waitFor(() => expect(screen.getAllByTestId("artifact-row")).toHaveLength(1));
});

it("does not mention collections where there is one", async () => {
  await open(fullWorld(12));
  expect(screen.queryByTestId("collection-filter")).toBeNull();
  expect(screen.queryByTestId("row-collection")).toBeNull();
});

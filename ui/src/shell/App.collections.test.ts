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

it("deletes an artifact after saying what becomes orphaned, and offers an undo", async () => {
  const world = fullWorld(12);
  const copy = world.deployments[0];
  if (!copy) throw new Error("nothing is deployed in the fake world");
  const backend = await open(world);
  await user.click(row(copy.artifact_id));
  await user.keyboard("{Shift>}{Delete}{/Shift}");
  const dialog = await screen.findByTestId("remove-artifacts-dialog");
  expect((await within(dialog).findByTestId("plan-notice")).textContent).toContain("as orphans");
  expect(backend.world.artifacts.some((known) => known.artifact_id === copy.artifact_id)).toBe(true);
  await expectAccessible();
  await user.click(within(dialog).getByTestId("confirm"));
  await waitFor(() => expect(row(copy.artifact_id).dataset.status).toBe("orphaned"));
  expect((await screen.findByTestId("toast")).textContent).toContain("Deleted 1 artifact");
  expect(screen.getByTestId("toast-undo")).toBeTruthy();
});

it("adds and removes tags by key, and says what cannot be one", async () => {
  const world = fullWorld(12);
  const tagged = world.artifacts.find((known) => known.tags.length > 0);
  if (!tagged) throw new Error("nothing is tagged in the fake world");
  const backend = await open(world);
  await user.click(row(tagged.artifact_id));
  await user.keyboard("t");
  const dialog = await screen.findByTestId("tags-dialog");
  const [first] = within(dialog).getAllByTestId("tag");
  await user.click(first as HTMLElement);
  await user.type(within(dialog).getByTestId("tags-add"), "writing, new");
  await expectAccessible();
  await user.click(within(dialog).getByTestId("confirm"));
  await waitFor(() => expect(screen.queryByTestId("tags-dialog")).toBeNull());
  const tags = backend.world.artifacts.find((known) => known.artifact_id === tagged.artifact_id)?.tags;
  expect(tags).toEqual(expect.arrayContaining(["writing", "new"]));
  expect(tags).not.toContain((first as HTMLElement).dataset.tag);
});

it("changes nothing in a linked collection", async () => {
  const world = twoCollections();
  await open(world);
  const theirs = screen
    .getAllByTestId("artifact-row")
    .find((element) => element.dataset.collection === "team") as HTMLElement;
  await user.click(theirs);
  await user.keyboard("t");
  await user.keyboard("{Shift>}{Delete}{/Shift}");
  expect(screen.queryByTestId("tags-dialog")).toBeNull();
  expect(screen.queryByTestId("remove-artifacts-dialog")).toBeNull();
});

import { screen, waitFor, within } from "@testing-library/svelte";
import { describe, expect, it, vi } from "vitest";
import { fullWorld, type FakeBackend, type World } from "../ipc/fake";
import { diffOf } from "../ipc/fake/drift";
import type { DeploymentDiff, DeploymentRow, Status, UpdateRequest } from "../ipc/types";
import { expectAccessible, open, row, user } from "./App.test-env";

const IO = {
  code: "io" as const,
  severity: "fault" as const,
  message: "The disk does not answer.",
  remedy: "retry" as const,
  causes: [],
};

/** The Diff tab of a skill that is deployed once, with this state. */
async function openDiff(status: Status, prepare: (world: World, copy: DeploymentRow) => void = () => {}) {
  const world = fullWorld(20);
  const copy = world.deployments.find(
    (at) => at.artifact_id.startsWith("skill:") && !world.broken.has(at.artifact_id),
  );
  if (!copy) throw new Error("the fake world changed");
  world.deployments = world.deployments.filter((at) => at === copy || at.artifact_id !== copy.artifact_id);
  Object.assign(copy, { status, local_modifications: status !== "outdated" });
  prepare(world, copy);
  const backend = await open(world);
  await user.click(row(copy.artifact_id));
  await user.click(screen.getByTestId("inspector-tab-diff"));
  return { world, backend, copy, id: copy.artifact_id };
}

/** Answers with another comparison. */
const answer = (
  backend: FakeBackend,
  copy: DeploymentRow,
  change: (diff: DeploymentDiff) => DeploymentDiff,
) => vi.spyOn(backend, "diffDeployment").mockResolvedValue({ ok: true, data: change(diffOf(copy)) });

const file = (path: string): HTMLElement => {
  const found = screen.queryAllByTestId("diff-file").find((element) => element.dataset.path === path);
  if (!found) throw new Error(`no file ${path}`);
  return found;
};
const shown = () => waitFor(() => file("SKILL.md"));
const applies = () =>
  waitFor(() => expect(screen.getByTestId("decide-apply")).toHaveProperty("disabled", false));
const sent = (backend: FakeBackend): UpdateRequest | undefined =>
  backend.calls.find((call) => call.name === "updateDeployments")?.args[0] as UpdateRequest | undefined;

describe("the Diff tab", () => {
  it("says for each file who changed it and what is taken, and holds back until all is decided", async () => {
    const { backend, id } = await openDiff("conflict");
    await shown();
    expect(file("SKILL.md").textContent).toContain("Changed on both sides");
    expect(file("assets/logo.png").textContent).toContain("Changed in the collection");
    expect(file("notes.local.md").textContent).toContain("Edited in the project");
    const takes = ["SKILL.md", "assets/logo.png", "notes.local.md"].map((path) => file(path).dataset.take);
    expect(takes).toEqual(["open", "collection", "project"]);
    expect(screen.getByTestId("decide-sum").textContent).toContain("1 file needs a choice");
    expect(screen.getByTestId("decide-apply")).toHaveProperty("disabled", true);
    await expectAccessible();

    await user.click(within(file("SKILL.md")).getByTestId("take-collection"));
    await user.click(within(file("assets/logo.png")).getByTestId("take-project"));
    await applies();
    expect(screen.getByTestId("decide-sum").textContent).toContain("from the collection");
    await user.click(screen.getByTestId("decide-apply"));
    await waitFor(() => expect(row(id).dataset).toMatchObject({ status: "modified", pending: "false" }));
    expect(sent(backend)?.decided?.[0]?.files).toEqual([
      { file: "SKILL.md", take: "collection" },
      { file: "assets/logo.png", take: "project" },
    ]);
    expect(screen.getByTestId("toast").textContent).toContain("Undo");
  });

  it("is worked by keys, and the focus stays with the file", async () => {
    const { backend, id } = await openDiff("conflict");
    await shown();
    screen.getByRole("tabpanel").focus();
    await user.keyboard("j");
    await waitFor(() => expect(file("SKILL.md").contains(document.activeElement)).toBe(true));
    await user.keyboard("{ArrowDown}");
    await waitFor(() => expect(file("assets/logo.png").contains(document.activeElement)).toBe(true));
    await user.keyboard("p");
    await waitFor(() => expect(file("assets/logo.png").dataset.take).toBe("project"));
    await user.keyboard("k");
    await waitFor(() => expect(file("SKILL.md").contains(document.activeElement)).toBe(true));
    await user.keyboard("c");
    await waitFor(() => expect(file("SKILL.md").dataset.take).toBe("collection"));
    expect(file("SKILL.md").contains(document.activeElement)).toBe(true);
    await user.keyboard("f");
    expect(within(file("SKILL.md")).queryByRole("region")).toBeNull();
    // Letters of the tab are not those of the window.
    expect(screen.queryByTestId("tags-dialog")).toBeNull();
    await applies();
    await user.keyboard("{Control>}{Enter}{/Control}");
    await waitFor(() => expect(sent(backend)).toBeDefined());
    await waitFor(() => expect(row(id).dataset.status).toBe("modified"));
  });

  it("shows lines under or beside each other, small or large", async () => {
    await openDiff("conflict");
    await shown();
    const layout = (): string | undefined => within(file("SKILL.md")).getByRole("region").dataset.layout;
    expect(layout()).toBe("unified");
    await user.click(screen.getByTestId("diff-split"));
    expect(layout()).toBe("split");
    await user.click(screen.getByTestId("diff-enlarge"));
    const dialog = await screen.findByTestId("diff-dialog");
    await waitFor(() => within(dialog).getAllByTestId("diff-file"));
    expect(screen.getAllByTestId("diff")).toHaveLength(1);
    await expectAccessible();
    await waitFor(() => expect(within(dialog).getByTestId("diff")).toBe(document.activeElement));
    await user.keyboard("jp");
    await waitFor(() => expect(file("SKILL.md").dataset.take).toBe("project"));
    // What lies under the dialog is not reached by keys.
    await user.keyboard("u");
    expect(screen.queryByTestId("update-dialog")).toBeNull();
    await user.keyboard("{Escape}");
    await waitFor(() => expect(screen.queryByTestId("diff-dialog")).toBeNull());
    await waitFor(() => expect(file("SKILL.md").dataset.take).toBe("project"));
  });

  it("tells binary and large files by size and hash", async () => {
    const { backend, copy, id } = await openDiff("synced");
    Object.assign(copy, { status: "outdated" });
    answer(backend, copy, (diff) => ({
      ...diff,
      files: diff.files.map((one) =>
        one.path === "SKILL.md" ? { ...one, hunks: [], truncated: true } : one,
      ),
    }));
    backend.commit([{ type: "deploymentUpserted", deployment: { ...copy } }]);
    await shown();
    expect(file("assets/logo.png").textContent).toMatch(/Not text.*Collection: 2\.2 KB, [0-9a-f]{10}/);
    expect(file("SKILL.md").textContent).toMatch(/Too large for a diff.*Project: 2\.3 KB/);
    expect(within(file("assets/logo.png")).queryByTestId("take-text")).toBeNull();
    expect(file("scripts/check.sh").textContent).toContain("Can be run in the collection only");
    expect(row(id).dataset.status).toBe("outdated");
  });

  it("says when it is not known who changed what", async () => {
    const { backend, copy } = await openDiff("synced");
    Object.assign(copy, { status: "conflict" });
    answer(backend, copy, (diff) => ({ ...diff, known: "hash" }));
    backend.commit([{ type: "deploymentUpserted", deployment: { ...copy } }]);
    expect((await screen.findByTestId("diff-hash-only")).textContent).toContain("no longer kept");
    expect(file("SKILL.md").textContent).toContain("nobody can tell");
  });

  it("tells equal, failed and impossible apart", async () => {
    const { world, backend, copy } = await openDiff("synced");
    expect((await screen.findByTestId("diff-equal")).textContent).toContain("Nothing differs");
    world.failing.set("diffDeployment", IO);
    Object.assign(copy, { status: "outdated" });
    backend.commit([{ type: "deploymentUpserted", deployment: { ...copy } }]);
    const panel = screen.getByTestId("diff");
    expect((await within(panel).findByTestId("problem")).textContent).toContain("does not answer");
    expect(screen.queryByTestId("diff-equal")).toBeNull();
    world.failing.clear();
    await user.click(within(panel).getByTestId("remedy-retry"));
    await shown();
  });

  it("shows hostile text with the names of what nobody sees", async () => {
    const { backend, copy } = await openDiff("synced");
    Object.assign(copy, { status: "outdated" });
    answer(backend, copy, (diff) => ({
      ...diff,
      files: diff.files.slice(0, 1).map((one) => ({
        ...one,
        path: "a\u202eb.md",
        hunks: [{ lines: [{ kind: "insert", old_line: null, new_line: 1, text: "x\u200by" }] }],
      })),
    }));
    backend.commit([{ type: "deploymentUpserted", deployment: { ...copy } }]);
    await waitFor(() => expect(screen.getByTestId("diff").textContent).toContain("a[U+202E]b.md"));
    expect(screen.getByTestId("diff").textContent).toContain("x[U+200B]y");
    await user.click(screen.getByTestId("take-project"));
    await applies().catch(() => {});
    const asked = backend.calls.findLast((call) => call.name === "planUpdate")?.args[0] as UpdateRequest;
    expect(asked.decided?.[0]?.files[0]?.file).toBe("a\u202eb.md");
  });
});

describe("a merge", () => {
  it("has its places decided, is edited, and not taken while a marker stands", async () => {
    const { backend, id } = await openDiff("conflict");
    await shown();
    screen.getByRole("tabpanel").focus();
    await user.keyboard("jm");
    const text = await screen.findByTestId<HTMLTextAreaElement>("merge-text");
    await waitFor(() => expect(document.activeElement).toBe(text));
    expect(text.value).toContain("<<<<<<< project");
    expect(screen.getByTestId("merge-use")).toHaveProperty("disabled", true);
    expect(screen.getByTestId("decide-apply")).toHaveProperty("disabled", true);
    await expectAccessible();
    await user.click(within(screen.getByTestId("merge-place")).getByTestId("merge-both"));
    expect(screen.getByTestId<HTMLTextAreaElement>("merge-text").value).toBe("one\nmine\ntheirs\nthree\n");
    await user.type(screen.getByTestId("merge-text"), "four");
    await user.click(screen.getByTestId("merge-use"));
    await waitFor(() => expect(file("SKILL.md").dataset.take).toBe("text"));
    await applies();
    expect(screen.getByTestId("decide-sum").textContent).toContain("1 merged");
    await user.click(screen.getByTestId("decide-apply"));
    await waitFor(() => expect(row(id).dataset.pending).toBe("false"));
    expect(sent(backend)?.decided?.[0]?.files).toEqual([
      { file: "SKILL.md", take: "text", text: "one\nmine\ntheirs\nthree\nfour" },
    ]);
  });

  it("warns of characters that its text has and nobody sees", async () => {
    const { backend } = await openDiff("conflict");
    await shown();
    vi.spyOn(backend, "proposeMerge").mockResolvedValue({
      ok: true,
      data: {
        file: "SKILL.md",
        collection: "a",
        project: "b",
        text: "x\u202ey",
        conflicts: 0,
        known: "files",
      },
    });
    await user.click(within(file("SKILL.md")).getByTestId("take-text"));
    expect((await screen.findByTestId("merge-unseen")).textContent).toContain("[U+202E]");
    expect(screen.getByTestId<HTMLTextAreaElement>("merge-text").value).toBe("x\u202ey");
  });

  it("that fails says why", async () => {
    const { world } = await openDiff("conflict");
    await shown();
    world.failing.set("proposeMerge", IO);
    await user.click(within(file("SKILL.md")).getByTestId("take-text"));
    expect((await within(file("SKILL.md")).findByTestId("problem")).textContent).toContain("does not answer");
    world.failing.clear();
    await user.click(within(file("SKILL.md")).getByTestId("remedy-retry"));
    await screen.findByTestId("merge-text");
  });
});

import { clearMocks, mockIPC } from "@tauri-apps/api/mocks";
import { beforeEach, describe, expect, it } from "vitest";
import { shellBackend } from "./client";
import { FakeBackend, fullWorld } from "./fake";
import type { Change, LibraryChanged, Member } from "./types";

beforeEach(clearMocks);

it("asks the shell for groups and sets by their names", async () => {
  const asked: [string, unknown][] = [];
  mockIPC((command, args) => void asked.push([command, args]));
  const set = { name: "web", collection: "default" };
  const members: Member[] = [{ kind: "group", group: "lint" }];
  const { sets } = shellBackend;
  await sets.resolveSet(set);
  await sets.createSet(null, { name: "x" }, members);
  await sets.deleteSet(set, true);
  await sets.changeSetMembers(set, members, 0, []);
  await sets.orderGroups(null, ["lint"]);
  await sets.deploySet({ set });
  expect(asked).toEqual([
    ["resolve_set", { set }],
    ["create_set", { collection: null, look: { name: "x" }, members }],
    ["delete_set", { set, dryRun: true }],
    ["change_set_members", { set, add: members, at: 0, remove: [] }],
    ["order_groups", { collection: null, groups: ["lint"] }],
    ["deploy_set", { request: { set } }],
  ]);
});

describe("the library in memory", () => {
  async function listening() {
    const backend = new FakeBackend(fullWorld(12));
    const events: LibraryChanged[] = [];
    const none = (): void => {};
    await backend.listen({
      libraryChanged: (event) => events.push(event),
      operationProgressed: none,
      resyncRequired: none,
      attentionRaised: none,
      settingsChanged: none,
      openRequested: none,
      dragged: none,
      dropped: none,
    });
    const told = (): string[] => events.at(-1)?.changes.flatMap(nameOf) ?? [];
    return { backend, told };
  }

  const nameOf = (change: Change): string[] =>
    change.type === "setUpserted"
      ? [`set ${change.set.name} ${change.set.resolved}`]
      : change.type === "groupUpserted"
        ? [`group ${change.group.name}`]
        : [];

  it("resolves depth first, each artifact once, with every trail", async () => {
    const { backend } = await listening();
    const answer = await backend.sets.resolveSet({ name: "web" });
    if (!answer.ok) throw new Error(answer.problem.message);
    const ids = backend.world.artifacts.map((row) => row.artifact_id);
    expect(answer.data.artifacts.map((one) => one.artifact_id)).toEqual([
      ...[0, 1, 2, 6, 3, 4, 5].map((at) => ids[at]),
      "skill:taken-away",
      ids[7],
    ]);
    expect(answer.data.artifacts[0]?.trails).toEqual([
      ["Web team", "Base tools", "lint"],
      ["Web team", "Base tools"],
    ]);
    expect(answer.data.artifacts[7]?.missing).toBe(true);
  });

  it("tells of every set above a group that changes", async () => {
    const { backend, told } = await listening();
    await backend.sets.changeGroupMembers({ name: "lint" }, [], null, [
      backend.world.groups[0]?.members[1] ?? "",
    ]);
    expect(told()).toEqual(["group lint", "set Base tools 3", "set Web team 8"]);
    await backend.removeArtifacts({
      artifacts: [{ artifact_id: backend.world.artifacts[2]?.artifact_id ?? "", collection: "default" }],
      plan: null,
    });
    expect(told()).toEqual(["group lint", "set Base tools 3", "set Web team 8"]);
  });

  it("refuses a set that would hold itself, and takes a change back", async () => {
    const { backend } = await listening();
    const refused = await backend.sets.changeSetMembers(
      { name: "base" },
      [{ kind: "set", set_id: "web" }],
      null,
      [],
    );
    expect(refused).toMatchObject({ ok: false, problem: { code: "set-cycle" } });
    const done = await backend.sets.deleteSet({ name: "base" }, false);
    expect(done.ok && done.data.results.map((one) => `${one.action} ${one.artifact_id}`)).toEqual([
      "removed set:Base tools",
      "updated set:Web team",
    ]);
    await backend.undo({ operation: done.ok ? done.data.operation : "" });
    expect(backend.snapshot().sets.find((set) => set.set_id === "web")?.resolved).toBe(9);
  });
});

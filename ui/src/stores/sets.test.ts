import { beforeEach, describe, expect, it, vi } from "vitest";
import { FakeBackend, fullWorld } from "../ipc/fake";
import type { Answer } from "../ipc/client";
import type { SetResolution } from "../ipc/types";
import { App } from "./app.svelte";

let backend: FakeBackend;
let app: App;
beforeEach(async () => {
  localStorage.clear();
  backend = new FakeBackend(fullWorld(12));
  app = new App(backend);
  app.start();
  await vi.waitFor(() => expect(app.state).toBe("ready"));
});

const set = (id: string) => {
  const found = app.library.sets.find((row) => row.set_id === id);
  if (!found) throw new Error(`no set ${id}`);
  return found;
};
const group = (name: string) => {
  const found = app.library.groups.find((row) => row.name === name);
  if (!found) throw new Error(`no group ${name}`);
  return found;
};

describe("what is looked at", () => {
  it("stays with a group that is renamed, also where the list is narrowed to it", async () => {
    app.sets.showInManage(group("lint"));
    app.sets.openGroup(group("lint"));
    expect(await app.setChanges.update({ group: group("lint") }, { name: "checks" })).toBeNull();
    expect(app.view.page).toBe("group");
    expect(app.sets.group?.name).toBe("checks");
    expect(app.view.state.inGroup).toBe("default\nchecks");
  });

  it("is left when it is gone, and the list is no longer narrowed to it", async () => {
    app.sets.showInManage(group("lint"));
    app.sets.openGroup(group("lint"));
    await app.setChanges.remove({ group: group("lint") });
    expect([app.view.page, app.view.state.inGroup]).toEqual(["sets", null]);
  });

  it("may be new, and not there before its event", () => {
    app.sets.open({ ...set("web"), set_id: "not-yet" });
    app.sets.prune();
    expect(app.view.page).toBe("set");
  });

  it("is only read where the collection is", () => {
    expect(app.setChanges.canChange({ set: set("web") })).toBe(true);
    expect(app.setChanges.canChange({ set: { ...set("web"), collection: "linked" } })).toBe(false);
  });

  it("shows the newest answer, whichever comes last", async () => {
    const waiting: ((answer: Answer<SetResolution>) => void)[] = [];
    backend.sets.resolveSet = () => new Promise((resolve) => waiting.push(resolve));
    const answer = (name: string): Answer<SetResolution> => ({
      ok: true,
      data: { collection: "default", set_id: name, name, artifacts: [], dangling: [], cycles: [] },
    });
    const asked = [app.sets.resolve(set("web"), true), app.sets.resolve(set("base"), true)];
    waiting[1]?.(answer("base"));
    waiting[0]?.(answer("web"));
    await Promise.all(asked);
    expect(app.sets.resolution).toMatchObject({ state: "ready", data: { name: "base" } });
  });
});

describe("a change", () => {
  it("says what it did, and its undo is one operation", async () => {
    await app.setChanges.add({ set: set("bare") }, [{ kind: "group", group: "lint" }]);
    const notice = app.notices.list.at(-1);
    expect(notice?.text).toBe("Added 1 member to Someday");
    notice?.undo?.run();
    await vi.waitFor(() => expect(set("bare").members).toEqual([]));
    expect(app.notices.list.at(-1)?.text).toBe("Undid change of Someday");
  });

  it("that changes nothing is not offered to be undone", async () => {
    await app.setChanges.add({ set: set("web") }, [{ kind: "group", group: "writing" }]);
    expect(app.notices.list.at(-1)).toMatchObject({ text: "Nothing had to be done", undo: null });
  });

  it("names what deleting takes from other sets, and writes nothing yet", async () => {
    expect(await app.setChanges.planRemove({ group: group("lint") })).toEqual({
      ok: true,
      data: ["Base tools"],
    });
    expect(group("lint").members).toHaveLength(3);
  });
});

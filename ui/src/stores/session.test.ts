import { describe, expect, it, vi } from "vitest";
import { FakeBackend, fullWorld } from "../ipc/fake";
import { fakeProject } from "../ipc/fake/rows";
import type { LibrarySnapshot, Problem } from "../ipc/types";
import { Library } from "./library.svelte";
import { Session, type SessionHooks } from "./session.svelte";

const problem: Problem = { code: "io", severity: "fault", message: "Could not read the cache." };

function setUp() {
  const backend = new FakeBackend(fullWorld(12));
  const library = new Library();
  const hooks = {
    changed: vi.fn(),
    replaced: vi.fn(),
    progressed: vi.fn(),
    attention: vi.fn(),
    settings: vi.fn(),
    openRequested: vi.fn(),
    dragged: vi.fn(),
    dropped: vi.fn(),
  } satisfies SessionHooks;
  const session = new Session(backend, library, hooks);
  const snapshots = (): number => backend.calls.filter((call) => call.name === "librarySnapshot").length;
  return { backend, library, hooks, session, snapshots };
}

/** Changes the world by one project, as another process would, and tells. */
function commit(backend: FakeBackend, name: string): void {
  const project = fakeProject(`/work/${name}`);
  backend.world.projects = [...backend.world.projects, project];
  backend.commit([{ type: "projectUpserted", project }]);
}

const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20));
const names = (library: Library): string[] => library.projects.map((row) => row.project_name);

describe("the event protocol", () => {
  it("takes a snapshot once and follows events from there", async () => {
    const { backend, library, hooks, session, snapshots } = setUp();
    await session.start();
    expect([session.phase, library.entries.length > 12, library.revision]).toEqual(["ready", true, 1]);
    commit(backend, "zebra");
    expect(names(library)).toContain("zebra");
    expect([library.revision, snapshots(), hooks.changed.mock.calls.length]).toEqual([2, 1, 1]);
  });

  it("buffers what comes in during the snapshot, and drops what the snapshot has", async () => {
    const { backend, library, session, snapshots } = setUp();
    let taken: LibrarySnapshot | undefined;
    vi.spyOn(backend, "librarySnapshot").mockImplementation(async () => {
      commit(backend, "before");
      taken = structuredClone(backend.snapshot());
      commit(backend, "after");
      return { ok: true, data: taken };
    });
    await session.start();
    expect(taken?.revision).toBe(2);
    expect(library.revision).toBe(3);
    expect(
      names(library)
        .filter((name) => ["before", "after"].includes(name))
        .sort(),
    ).toEqual(["after", "before"]);
    expect(snapshots()).toBe(0);
  });

  it("drops an event that it has already", async () => {
    const { backend, library, hooks, session } = setUp();
    await session.start();
    backend.tell?.libraryChanged({
      epoch: library.epoch,
      since: 0,
      revision: 1,
      origin: "external",
      operation: null,
      changes: [],
    });
    expect(hooks.changed).not.toHaveBeenCalled();
  });

  it("takes a new snapshot after a gap", async () => {
    const { backend, library, session, snapshots } = setUp();
    await session.start();
    backend.world.projects = [...backend.world.projects, fakeProject("/work/unseen")];
    backend.world.revision = 9;
    commit(backend, "seen");
    await settle();
    expect(snapshots()).toBe(2);
    expect(library.revision).toBe(10);
    expect(names(library)).toEqual(expect.arrayContaining(["unseen", "seen"]));
  });

  it("takes a new snapshot when the epoch changes", async () => {
    const { backend, library, session, snapshots } = setUp();
    await session.start();
    backend.world.epoch = "epoch-2";
    backend.world.revision = 0;
    commit(backend, "rebuilt");
    await settle();
    expect([snapshots(), library.epoch, library.revision]).toEqual([2, "epoch-2", 1]);
    commit(backend, "next");
    expect(names(library)).toEqual(expect.arrayContaining(["rebuilt", "next"]));
    expect(snapshots()).toBe(2);
  });

  it("takes a new snapshot when the engine asks for one, one at a time", async () => {
    const { backend, session, snapshots } = setUp();
    await session.start();
    backend.latency = 5;
    backend.tell?.resyncRequired({ reason: "a test" });
    backend.tell?.resyncRequired({ reason: "a test" });
    await Promise.resolve();
    expect(snapshots()).toBe(2);
    backend.tell?.resyncRequired({ reason: "during the snapshot" });
    await settle();
    await settle();
    expect(snapshots()).toBe(3);
  });

  it("hears nothing after it was stopped", async () => {
    const { backend, library, session } = setUp();
    await session.start();
    session.stop();
    commit(backend, "late");
    expect(names(library)).not.toContain("late");
  });
});

describe("a snapshot that fails", () => {
  it("is an error, not an empty library, and works on retry", async () => {
    const { backend, library, hooks, session } = setUp();
    backend.world.failing.set("librarySnapshot", problem);
    await session.start();
    expect([session.phase, session.problem]).toEqual(["error", problem]);
    expect(hooks.replaced).not.toHaveBeenCalled();
    backend.world.failing.clear();
    await session.reload();
    expect([session.phase, session.problem, library.entries.length > 0]).toEqual(["ready", null, true]);
  });

  it("keeps the list that is there and says that it may be old", async () => {
    const { backend, library, session } = setUp();
    await session.start();
    const before = library.entries.length;
    backend.world.failing.set("librarySnapshot", problem);
    await session.reload();
    expect([session.phase, session.problem, library.entries.length]).toEqual(["ready", problem, before]);
  });

  it("is tried again by itself, until it works", async () => {
    vi.useFakeTimers();
    try {
      const { backend, session, snapshots } = setUp();
      const starting = session.start();
      await vi.advanceTimersByTimeAsync(1);
      await starting;
      backend.world.failing.set("librarySnapshot", problem);
      backend.tell?.resyncRequired({ reason: "a test" });
      await vi.advanceTimersByTimeAsync(1100);
      expect([session.problem, snapshots()]).toEqual([problem, 3]);
      await vi.advanceTimersByTimeAsync(1000);
      expect(snapshots()).toBe(3);
      backend.world.failing.clear();
      await vi.advanceTimersByTimeAsync(1100);
      expect([session.problem, snapshots()]).toEqual([null, 4]);
      await vi.advanceTimersByTimeAsync(120_000);
      expect(snapshots()).toBe(4);
    } finally {
      vi.useRealTimers();
    }
  });

  it("is not the end when events overtake every try", async () => {
    vi.useFakeTimers();
    try {
      const { backend, library, session, snapshots } = setUp();
      const starting = session.start();
      await vi.advanceTimersByTimeAsync(1);
      await starting;
      const real = backend.librarySnapshot;
      const overtaken = vi.spyOn(backend, "librarySnapshot").mockImplementation(async () => {
        backend.tell?.resyncRequired({ reason: "overtaken" });
        return real();
      });
      backend.tell?.resyncRequired({ reason: "a test" });
      await vi.advanceTimersByTimeAsync(10);
      expect(snapshots()).toBe(1 + 5);
      overtaken.mockRestore();
      backend.world.projects = [...backend.world.projects, fakeProject("/work/unseen")];
      await vi.advanceTimersByTimeAsync(1000);
      expect(names(library)).toContain("unseen");
      expect(snapshots()).toBe(1 + 6);
    } finally {
      vi.useRealTimers();
    }
  });

  it("is also an error when the window cannot hear the engine", async () => {
    const { backend, session } = setUp();
    vi.spyOn(backend, "listen").mockRejectedValue(new Error("no ipc"));
    await session.start();
    expect(session.phase).toBe("error");
    expect(session.problem?.message).toContain("no ipc");
  });
});

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { FakeBackend, emptyWorld } from "../ipc/fake";
import type { LibraryChanged, LibrarySnapshot } from "../ipc/types";
import { Library } from "./library.svelte";
import { Session } from "./session.svelte";

/** A recording: the library before, what was told, and the library as a new snapshot shows it afterwards. */
interface Recording {
  snapshot: LibrarySnapshot;
  events: LibraryChanged[];
  after: LibrarySnapshot;
}

const FOLDER = join(process.cwd(), "src/ipc/fixtures");
const files = readdirSync(FOLDER).filter((name) => name.endsWith(".json"));

/** What the window holds, without regard to order. */
const held = (library: Library) => ({
  epoch: library.epoch,
  revision: library.revision,
  collections: library.collections.map((row) => JSON.stringify(row)).sort(),
  projects: library.projects.map((row) => JSON.stringify(row)).sort(),
  entries: library.entries
    .map((entry) => [
      entry.key,
      entry.artifact,
      [...entry.deployments].sort((a, b) =>
        a.project_path + a.artifact_path < b.project_path + b.artifact_path ? -1 : 1,
      ),
    ])
    .sort(),
});

async function replay(recording: Recording): Promise<{ library: Library; snapshots: number }> {
  const backend = new FakeBackend(emptyWorld());
  let snapshots = 0;
  backend.librarySnapshot = async () => {
    snapshots += 1;
    return { ok: true, data: structuredClone(recording.snapshot) };
  };
  const library = new Library();
  const nothing = (): void => {};
  const session = new Session(backend, library, {
    changed: nothing,
    replaced: nothing,
    progressed: nothing,
    attention: nothing,
    settings: nothing,
    openRequested: nothing,
    dragged: nothing,
    dropped: nothing,
  });
  await session.start();
  for (const event of recording.events) backend.tell?.libraryChanged(event);
  return { library, snapshots };
}

describe("recorded events", () => {
  it("are there", () => expect(files.length).toBeGreaterThan(0));

  it.each(files)("%s: lead from the snapshot before to the snapshot after", async (name) => {
    const recording = JSON.parse(readFileSync(join(FOLDER, name), "utf8")) as Recording;
    expect(recording.events.length).toBeGreaterThan(0);
    const { library, snapshots } = await replay(recording);
    const fresh = new Library();
    fresh.take(recording.after);
    expect(held(library)).toEqual(held(fresh));
    expect(snapshots).toBe(1);
  });
});

import type {
  Change,
  CollectionRow,
  DeploymentRow,
  GroupRow,
  LibrarySnapshot,
  Problem,
  ProfileRow,
  ProjectRow,
  ArtifactRow,
  SetRow,
} from "../ipc/types";
import { deploymentKey, entryKey, makeEntry, type Entry } from "../lib/model";

/** What the window knows of the disk: a snapshot, kept current by events. Nothing else writes to it. */
export class Library {
  epoch = "";
  revision = 0;
  collections = $state.raw<CollectionRow[]>([]);
  projects = $state.raw<ProjectRow[]>([]);
  groups = $state.raw<GroupRow[]>([]);
  sets = $state.raw<SetRow[]>([]);
  /** Whether deployment sets were switched on when the snapshot was taken. */
  setsEnabled = $state.raw(true);
  /** The built-in profiles: what can be deployed to in any folder. */
  profiles = $state.raw<ProfileRow[]>([]);
  problems = $state.raw<Problem[]>([]);
  /** The window before this one was not closed. It is said once, so it is none of the standing problems. */
  unclean: Problem | null = null;
  /** Every artifact, and every deployment whose artifact is gone. Unchanged entries keep their identity. */
  entries = $state.raw<Entry[]>([]);
  /** When the last event came in, in milliseconds; null before the first one. */
  lastChange = $state.raw<number | null>(null);

  #artifacts = new Map<string, ArtifactRow>();
  /** By entry, then by place; insertion order is the order of first deployment. */
  #deployments = new Map<string, Map<string, DeploymentRow>>();
  /** Which entry a place belongs to: an event that removes a deployment names only its place. */
  #places = new Map<string, string>();
  #entries = new Map<string, Entry>();

  /** Replaces everything. */
  take(snapshot: LibrarySnapshot): void {
    this.epoch = snapshot.epoch;
    this.revision = snapshot.revision;
    this.#artifacts.clear();
    this.#deployments.clear();
    this.#places.clear();
    this.#entries.clear();
    for (const { deployments, ...artifact } of snapshot.artifacts) {
      this.#artifacts.set(entryKey(artifact.collection, artifact.artifact_id), artifact);
      for (const row of deployments) this.#place(row);
    }
    for (const row of snapshot.orphans) this.#place(row);
    for (const key of new Set([...this.#artifacts.keys(), ...this.#deployments.keys()])) this.#refresh(key);
    this.collections = snapshot.collections;
    this.projects = snapshot.projects;
    this.groups = snapshot.groups;
    this.sets = snapshot.sets;
    this.setsEnabled = snapshot.sets_enabled;
    this.profiles = snapshot.profiles;
    this.problems = snapshot.problems.filter(({ code }) => code !== "unclean-exit");
    this.unclean = snapshot.problems.find(({ code }) => code === "unclean-exit") ?? null;
    this.entries = [...this.#entries.values()];
  }

  /** Applies changed rows and moves to their revision. Returns the keys of the entries that changed. */
  apply(changes: readonly Change[], revision: number, at: number): Set<string> {
    const touched = new Set<string>();
    for (const change of changes) for (const key of this.#change(change)) touched.add(key);
    for (const key of touched) this.#refresh(key);
    if (touched.size > 0) this.entries = [...this.#entries.values()];
    this.revision = revision;
    this.lastChange = at;
    return touched;
  }

  entry(key: string | null): Entry | undefined {
    return key === null ? undefined : this.entries.find((entry) => entry.key === key);
  }

  project(path: string | null): ProjectRow | undefined {
    return this.projects.find((project) => project.project_path === path);
  }

  #change(change: Change): string[] {
    switch (change.type) {
      case "artifactUpserted": {
        const key = entryKey(change.artifact.collection, change.artifact.artifact_id);
        this.#artifacts.set(key, change.artifact);
        return [key];
      }
      case "artifactRemoved": {
        const key = entryKey(change.collection, change.artifact_id);
        this.#artifacts.delete(key);
        return [key];
      }
      case "deploymentUpserted":
        return this.#place(change.deployment);
      case "deploymentRemoved":
        return this.#unplace(deploymentKey(change));
      default:
        this.#changeFrame(change);
        return [];
    }
  }

  #changeFrame(change: Change): void {
    switch (change.type) {
      case "collectionUpserted":
        this.collections = upsert(this.collections, change.collection, (row) => row.collection);
        break;
      case "collectionRemoved":
        this.collections = this.collections.filter((row) => row.collection !== change.collection);
        break;
      case "projectUpserted":
        this.projects = upsert(this.projects, change.project, (row) => row.project_path).sort((a, b) =>
          a.project_name.localeCompare(b.project_name),
        );
        break;
      case "projectRemoved":
        this.projects = this.projects.filter((row) => row.project_path !== change.project_path);
        break;
      default:
        this.#changeSets(change);
    }
  }

  #changeSets(change: Change): void {
    switch (change.type) {
      case "groupUpserted":
        this.groups = upsert(this.groups, change.group, groupKey).sort(
          (a, b) => a.collection.localeCompare(b.collection) || a.position - b.position,
        );
        break;
      case "groupRemoved":
        this.groups = this.groups.filter((row) => groupKey(row) !== groupKey(change));
        break;
      case "setUpserted":
        this.sets = upsert(this.sets, change.set, setKey).sort(
          (a, b) => a.collection.localeCompare(b.collection) || a.name.localeCompare(b.name),
        );
        break;
      case "setRemoved":
        this.sets = this.sets.filter((row) => setKey(row) !== setKey(change));
        break;
    }
  }

  #place(row: DeploymentRow): string[] {
    const place = deploymentKey(row);
    const key = entryKey(row.collection, row.artifact_id);
    const before = this.#places.get(place);
    // Another artifact may have been deployed to the same place.
    const left = before !== undefined && before !== key ? this.#unplace(place) : [];
    const rows = this.#deployments.get(key) ?? new Map<string, DeploymentRow>();
    this.#deployments.set(key, rows.set(place, row));
    this.#places.set(place, key);
    return [...left, key];
  }

  #unplace(place: string): string[] {
    const key = this.#places.get(place);
    if (key === undefined) return [];
    this.#places.delete(place);
    const rows = this.#deployments.get(key);
    rows?.delete(place);
    if (rows?.size === 0) this.#deployments.delete(key);
    return [key];
  }

  #refresh(key: string): void {
    const artifact = this.#artifacts.get(key) ?? null;
    const rows = [...(this.#deployments.get(key)?.values() ?? [])];
    const first = rows[0];
    if (artifact)
      this.#entries.set(key, makeEntry(artifact.collection, artifact.artifact_id, artifact, rows));
    else if (first) this.#entries.set(key, makeEntry(first.collection, first.artifact_id, null, rows));
    else this.#entries.delete(key);
  }
}

const groupKey = (row: Pick<GroupRow, "collection" | "name">) => `${row.collection}\n${row.name}`;
const setKey = (row: Pick<SetRow, "collection" | "set_id">) => `${row.collection}\n${row.set_id}`;

function upsert<T>(rows: readonly T[], row: T, key: (row: T) => string): T[] {
  const at = rows.findIndex((known) => key(known) === key(row));
  return at < 0 ? [...rows, row] : rows.with(at, row);
}

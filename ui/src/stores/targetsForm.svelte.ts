import type { ArtifactKind, ProfileRow } from "../ipc/types";
import type { Library } from "./library.svelte";
import { Planning, type Planned } from "./planning.svelte";

/** A project that can be ticked. */
export interface ProjectOption {
  path: string;
  name: string;
  registered: boolean;
}

/** A profile that can be ticked. */
export interface ProfileOption {
  id: string;
  title: string;
  /** How many of the artifacts its product reads by copy; without any there is nothing to tick it for. */
  fits: number;
}

/** A plan that goes into projects and profiles, which are chosen here. */
export abstract class TargetsForm<R extends Planned> extends Planning<R> {
  /** Folders of projects to deploy to. */
  projects = $state.raw<ReadonlySet<string>>(new Set());
  /** Folders that were chosen or typed here and are not registered. */
  extra = $state.raw<readonly string[]>([]);
  /** Profile ids; none means the project's default. */
  profiles = $state.raw<ReadonlySet<string>>(new Set());
  /** Every profile of each project; never together with named ones. */
  allProfiles = $state(false);

  constructor(
    preset: readonly string[],
    profiles: readonly string[],
    protected readonly library: Library,
  ) {
    super();
    this.projects = new Set(preset);
    this.extra = preset.filter((path) => !library.project(path));
    this.profiles = new Set(profiles);
  }

  /** The kind of each artifact that it is about. */
  abstract get kinds(): readonly ArtifactKind[];

  readonly options: ProjectOption[] = $derived.by(() => {
    const known = this.library.projects.map((row) => ({
      path: row.project_path,
      name: row.project_name,
      registered: true,
    }));
    const paths = new Set(known.map((option) => option.path));
    const typed = this.extra.filter((path) => !paths.has(path));
    return [...known, ...typed.map((path) => ({ path, name: path, registered: false }))];
  });

  /** The built-in profiles, which any folder can have, and those of their own that all chosen projects have. */
  readonly profileOptions: ProfileOption[] = $derived.by(() =>
    [...this.library.profiles, ...this.#ownProfiles()].map((row) => ({
      id: row.profile_id,
      title: row.title,
      fits: this.kinds.filter((kind) => row.kinds.includes(kind)).length,
    })),
  );

  #ownProfiles(): ProfileRow[] {
    const own = [...this.projects].map(
      (path) => this.library.project(path)?.profiles.filter((row) => row.own !== null) ?? [],
    );
    const [first = [], ...rest] = own;
    const has = (rows: ProfileRow[], id: string): boolean => rows.some((row) => row.profile_id === id);
    return first.filter((row) => rest.every((rows) => has(rows, row.profile_id)));
  }

  toggleProject(path: string): void {
    const projects = new Set(this.projects);
    if (!projects.delete(path)) projects.add(path);
    this.useProjects(projects);
  }

  /** What is no longer offered is no longer chosen either. */
  useProjects(projects: ReadonlySet<string>): void {
    this.projects = projects;
    const offered = new Set(this.profileOptions.map((option) => option.id));
    this.profiles = new Set([...this.profiles].filter((id) => offered.has(id)));
    this.changed();
  }

  /** Adds a folder to the options and ticks it. */
  addPath(text: string): void {
    const path = text.trim();
    if (path === "") return;
    if (!this.options.some((option) => option.path === path)) this.extra = [...this.extra, path];
    this.useProjects(new Set([...this.projects, path]));
  }

  /** Takes another folder instead of one that did not work. */
  replacePath(bad: string | null | undefined, text: string): void {
    this.extra = this.extra.filter((path) => path !== bad);
    this.projects = new Set([...this.projects].filter((path) => path !== bad));
    this.addPath(text);
  }

  toggleProfile(id: string): void {
    const profiles = new Set(this.profiles);
    if (!profiles.delete(id)) profiles.add(id);
    this.profiles = profiles;
    this.allProfiles = false;
    this.changed();
  }

  /** Names no profile: each project's default, or all that it has. */
  useProfiles(which: "default" | "all"): void {
    this.profiles = new Set();
    this.allProfiles = which === "all";
    this.changed();
  }
}

import type { Answer, Backend } from "../ipc/client";
import type { Choice, DeployRequest, Plan, ProfileRow, Receipt, TargetResult } from "../ipc/types";
import { refOf, type Entry } from "../lib/model";
import { partsToRepeat } from "../lib/plan";
import type { Library } from "./library.svelte";
import type { Operations } from "./operations.svelte";
import { Planning } from "./planning.svelte";

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

/** What was asked for and answered in a form before. */
interface Earlier {
  profiles?: readonly string[];
  dest?: string;
  choices?: readonly Choice[];
}

/** What the Deploy dialog asks and plans. */
export class DeployForm extends Planning<DeployRequest> {
  readonly type = "deploy";
  /** Folders of projects to deploy to. */
  projects = $state.raw<ReadonlySet<string>>(new Set());
  /** Folders that were chosen or typed here and are not registered. */
  extra = $state.raw<readonly string[]>([]);
  /** Profile ids; none means the project's default. */
  profiles = $state.raw<ReadonlySet<string>>(new Set());
  /** Every profile of each project; never together with named ones. */
  allProfiles = $state(false);
  dest = $state("");

  constructor(
    readonly artifacts: readonly Entry[],
    preset: readonly string[],
    private readonly library: Library,
    private readonly backend: Backend,
    private readonly operations: Operations,
    earlier: Earlier = {},
  ) {
    super();
    this.projects = new Set(preset);
    this.extra = preset.filter((path) => !library.project(path));
    this.profiles = new Set(earlier.profiles);
    this.dest = earlier.dest ?? "";
    this.answer(earlier.choices ?? []);
    void this.replan();
  }

  /** A form that asks for some of its targets again; what was answered for the others stays answered. */
  again(results: readonly TargetResult[]): DeployForm {
    const { artifacts, projects, profiles } = partsToRepeat(results);
    const entries = this.artifacts
      .filter((entry) => artifacts.has(entry.key))
      .map((entry) => this.library.entry(entry.key) ?? entry);
    const earlier = { profiles, dest: this.dest, choices: this.answersBeside(results) };
    return new DeployForm(entries, projects, this.library, this.backend, this.operations, earlier);
  }

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
    [...this.library.profiles, ...this.ownProfiles()].map((row) => ({
      id: row.profile_id,
      title: row.title,
      fits: this.artifacts.filter((entry) => row.kinds.includes(entry.kind)).length,
    })),
  );

  private ownProfiles(): ProfileRow[] {
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
  private useProjects(projects: ReadonlySet<string>): void {
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

  setDest(text: string): void {
    this.dest = text;
    this.changed();
  }

  protected request(): DeployRequest | null {
    if (this.projects.size === 0 || this.artifacts.length === 0) return null;
    return {
      artifacts: this.artifacts.map(refOf),
      projects: [...this.projects],
      profiles: [...this.profiles],
      all_profiles: this.allProfiles,
      dest: this.dest.trim() || null,
    };
  }

  protected ask(request: DeployRequest): Promise<Answer<Plan>> {
    return this.backend.planDeploy(request);
  }

  protected carryOut(request: DeployRequest): Promise<Answer<Receipt>> {
    return this.operations.deploy(request);
  }
}

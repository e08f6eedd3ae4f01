import { t } from "../i18n/en";
import type { Backend } from "../ipc/client";
import type { DatabaseImport, Problem } from "../ipc/types";
import type { Operations } from "./operations.svelte";

/** A folder that is offered as a project. */
export interface Offered {
  path: string;
  name: string;
  registered: boolean;
  /** Who knows it, or what is in it. */
  note: string;
}

/** Offers folders that could be projects: from other tools' lists at once, from a scan on wish. */
export class Finder {
  /** Null while they are read. */
  recent = $state.raw<readonly Offered[] | null>(null);
  /** What the last scan found; null before the first one. */
  found = $state.raw<readonly Offered[] | null>(null);
  /** What a SkillMeat database knows; null before it was read. */
  database = $state.raw<readonly Offered[] | null>(null);
  /** What of it is new beside projects; empty when nothing is. */
  more = $state("");
  /** What of it is left out, and why. */
  left = $state("");
  /** What was taken over of it, once something was. */
  taken = $state("");
  taking = $state(false);
  /** Folders that the last scan looked at. */
  folders = $state(0);
  cancelled = $state(false);
  problems = $state.raw<readonly Problem[]>([]);
  chosen = $state.raw<ReadonlySet<string>>(new Set());
  #operation = $state<string | null>(null);

  constructor(
    private readonly backend: Backend,
    private readonly operations: Operations,
  ) {}

  get scanning(): boolean {
    return this.#operation !== null;
  }

  /** The folder that the scan is at. */
  get at(): string | null {
    return (this.#operation && this.operations.progress.get(this.#operation)?.subject) ?? null;
  }

  async readRecent(): Promise<void> {
    const answer = await this.backend.recentProjects();
    if (!answer.ok) {
      this.recent = [];
      this.problems = [...this.problems, answer.problem];
      return;
    }
    this.recent = answer.data.map((one) => ({
      path: one.project_path,
      name: one.project_name,
      registered: one.registered,
      note: one.tools.join(", "),
    }));
  }

  /** Reads which projects a SkillMeat database knows. */
  async readDatabase(): Promise<void> {
    this.problems = [];
    const answer = await this.backend.planImportDatabase(null);
    if (!answer.ok) {
      this.problems = [answer.problem];
      return;
    }
    this.#show(answer.data);
    this.taken = "";
  }

  /** Takes over everything that it knows and that can be. */
  async takeOver(): Promise<void> {
    this.taking = true;
    this.problems = [];
    const answer = await this.backend.importDatabase(null);
    this.taking = false;
    if (!answer.ok) {
      this.problems = [answer.problem];
      return;
    }
    this.#show(answer.data);
    this.more = "";
    const { projects } = answer.data;
    const added: [number, string] = [fresh(projects), "project"];
    this.taken = t.finder.tookOver(t.finder.known([added, ...beside(answer.data)]));
    this.database = (this.database ?? []).map((one) => ({ ...one, registered: true }));
    this.chosen = new Set();
  }

  #show(import_: DatabaseImport): void {
    const { projects, skipped, profiles, groups, sets, deployments } = import_;
    this.database = projects
      .filter((one) => one.problem === null)
      .map((one) => ({
        path: one.project_path,
        name: one.project_name,
        registered: one.known,
        note: t.finder.deployments(one.deployments),
      }));
    this.more = t.finder.known(beside(import_));
    const named = [
      ...profiles.map((one) => ({ name: one.profile_id, left_out: one.left_out })),
      ...groups,
      ...sets,
    ];
    const inside = named.filter((one) => one.left_out.length > 0);
    this.left = t.finder.leftOut(
      skipped,
      inside.map((one) => `${one.name}: ${one.left_out.join(", ")}`),
    );
    const all = [...projects, ...profiles, ...groups, ...sets, ...deployments];
    this.problems = all.flatMap((one) => one.problem ?? []);
  }

  async scan(roots: readonly string[]): Promise<void> {
    if (this.scanning) return;
    const operation = crypto.randomUUID();
    this.#operation = operation;
    this.problems = [];
    const answer = await this.backend.scanForProjects({ roots: [...roots], operation });
    this.#operation = null;
    if (!answer.ok) {
      this.problems = [answer.problem];
      return;
    }
    const { projects, folders, cancelled, problems } = answer.data;
    this.found = projects.map((one) => ({
      path: one.project_path,
      name: one.project_name,
      registered: one.registered,
      note: one.profile_roots.join(", "),
    }));
    Object.assign(this, { folders, cancelled, problems });
  }

  /** Stops the scan; it answers with what it has. */
  stop(): void {
    if (this.#operation !== null) void this.backend.cancel(this.#operation);
  }

  toggle(path: string): void {
    const chosen = new Set(this.chosen);
    if (!chosen.delete(path)) chosen.add(path);
    this.chosen = chosen;
  }

  /** Chooses all of a list that are not registered, or none when all are chosen. */
  toggleAll(list: readonly Offered[]): void {
    const open = list.filter((one) => !one.registered).map((one) => one.path);
    const all = open.every((path) => this.chosen.has(path));
    const chosen = new Set(this.chosen);
    for (const path of open)
      if (all) chosen.delete(path);
      else chosen.add(path);
    this.chosen = chosen;
  }
}

/** How many are new and can be had. */
const fresh = (items: readonly { known?: boolean; problem: Problem | null }[]): number =>
  items.filter((item) => item.known !== true && item.problem === null).length;

/** What a database has beside projects. */
const beside = ({ profiles, groups, sets, deployments }: DatabaseImport): [number, string][] => [
  [fresh(profiles), "profile"],
  [fresh(groups), "group"],
  [fresh(sets), "set"],
  [fresh(deployments), "deployment"],
];

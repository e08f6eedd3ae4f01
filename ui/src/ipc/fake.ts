import type { Answer, Backend, Listeners } from "./client";
import * as collections from "./fake/collections";
import * as curate from "./fake/curate";
import { repair } from "./fake/repair";
import { applyPlan, stopped } from "./fake/apply";
import * as finds from "./fake/finds";
import { fail, patched, settled, yes } from "./fake/state";
import { fakeOutside } from "./fake/outside";
import { detailOf, fileOf } from "./fake/look";
import { remember, type Remembered } from "./fake/history";
import { planDeploy, planUndeploy, planUndo, refusal, unknownProject } from "./fake/plan";
import * as projects from "./fake/projects";
import * as profiles from "./fake/profiles";
import { fakeCollection } from "./fake/rows";
import { fakePins } from "./fake/pins";
import { fakeSets } from "./fake/setCommands";
import { rowsOf, setChanges, undoSets, type SetTools } from "./fake/sets";
import { snapshotOf } from "./fake/snapshot";
import { fakeSupport } from "./fake/support";
import { deploymentAt, diffOf, mergeOf, planPush, planResolve, planUpdate } from "./fake/update";
import { pauseWatching, report, watchStatus } from "./fake/watching";
import { fullWorld, type World } from "./fake/world";
import type {
  Change,
  LibrarySnapshot,
  OperationKind,
  Origin,
  Plan,
  Problem,
  Receipt,
  UndoRequest,
} from "./types";

export { emptyWorld, fullWorld, type World } from "./fake/world";

/** A library in memory that answers and tells like the shell does: for tests, the gallery and a browser. */
export class FakeBackend implements Backend {
  /** Every command that was called, in order. */
  readonly calls: { name: string; args: unknown[] }[] = [];
  /** Milliseconds before a command answers. */
  latency = 0;
  #listeners: Listeners | null = null;
  #operations = 0;

  readonly sets: Backend["sets"];
  readonly outside: Backend["outside"];
  readonly pins: Backend["pins"];
  readonly support: Backend["support"];
  readonly #tools: SetTools;
  /** The groups and sets that were told about last. */
  #told: ReturnType<typeof rowsOf>;

  constructor(readonly world: World = fullWorld(24)) {
    this.#told = rowsOf(world);
    this.#tools = {
      world,
      command: (name, args, body) => this.#command(name, args, body),
      commit: (changes, origin, operation) => this.commit(changes, origin, operation),
      apply: (kind, plan, agreed) => this.#apply(kind, plan, agreed),
      settle: (settings) => settled(world, settings, this.#listeners),
    };
    this.sets = fakeSets(this.#tools);
    this.outside = fakeOutside(this.#tools);
    this.pins = fakePins(this.#tools);
    this.support = fakeSupport(this.#tools);
  }

  async #command<T>(
    name: string,
    args: unknown[],
    body: () => Answer<T> | Promise<Answer<T>>,
  ): Promise<Answer<T>> {
    this.calls.push({ name, args });
    await new Promise((resolve) => setTimeout(resolve, this.latency));
    const problem = this.world.failing.get(name);
    return problem ? fail(problem) : body();
  }

  async listen(listeners: Listeners): Promise<() => void> {
    this.#listeners = listeners;
    return () => (this.#listeners = null);
  }

  /** Commits changes and tells about them, as a command, a watcher or another process would. */
  commit(rows: Change[], origin: Origin = "external", operation: string | null = null): void {
    const told = rowsOf(this.world);
    const changes = [...rows, ...setChanges(this.#told, told)];
    this.#told = told;
    const since = this.world.revision;
    this.world.revision += 1;
    const { epoch, revision } = this.world;
    this.#listeners?.libraryChanged(structuredClone({ epoch, since, revision, origin, operation, changes }));
  }

  get tell(): Listeners | null {
    return this.#listeners;
  }

  librarySnapshot = () => this.#command("librarySnapshot", [], () => yes(this.snapshot()));

  /** The world as a snapshot. */
  snapshot(): LibrarySnapshot {
    return snapshotOf(this.world);
  }

  artifactDetail: Backend["artifactDetail"] = (artifact) =>
    this.#command("artifactDetail", [artifact], () => {
      const detail = detailOf(this.world, artifact.artifact_id, artifact.collection);
      return detail
        ? yes(detail)
        : fail(refusal("artifact-not-found", `No artifact “${artifact.artifact_id}”.`));
    });

  artifactFile: Backend["artifactFile"] = (artifact, path) =>
    this.#command("artifactFile", [artifact, path], () => yes(fileOf(path)));

  diffDeployment: Backend["diffDeployment"] = (at) =>
    this.#command("diffDeployment", [at], () => {
      const row = deploymentAt(this.world, at);
      return row
        ? yes(diffOf(row, this.world))
        : fail(refusal("deployment-not-found", `${at.artifact_path} is not deployed in ${at.project_path}.`));
    });

  planDeploy: Backend["planDeploy"] = (request) =>
    this.#command("planDeploy", [request], () => {
      const bad = unknownProject(request);
      return bad ? fail(bad) : yes(planDeploy(this.world, request));
    });

  planUndeploy: Backend["planUndeploy"] = (request) =>
    this.#command("planUndeploy", [request], () => yes(planUndeploy(this.world, request)));

  deploy: Backend["deploy"] = (request) =>
    this.#command("deploy", [request], () =>
      this.#apply("deploy", planDeploy(this.world, request), request.plan),
    );

  undeploy: Backend["undeploy"] = (request) =>
    this.#command("undeploy", [request], () =>
      this.#apply("undeploy", planUndeploy(this.world, request), request.plan),
    );

  discover: Backend["discover"] = (request) =>
    this.#command("discover", [request], () => finds.discover(this, request));
  planImport: Backend["planImport"] = (request) =>
    this.#command("planImport", [request], () => finds.planImport(this, request));
  import: Backend["import"] = (request) =>
    this.#command("import", [request], () => finds.importFinds(this, request));
  skipDiscovered: Backend["skipDiscovered"] = (project, ids, skipped) =>
    this.#command("skipDiscovered", [project, ids, skipped], () => finds.skip(this, ids, skipped));

  planUpdate: Backend["planUpdate"] = (request) =>
    this.#command("planUpdate", [request], () => yes(planUpdate(this.world, request)));
  updateDeployments: Backend["updateDeployments"] = (request) =>
    this.#command("updateDeployments", [request], () =>
      this.#apply("update", planUpdate(this.world, request), request.plan),
    );
  planPush: Backend["planPush"] = (request) =>
    this.#command("planPush", [request], () => yes(planPush(this.world, request)));
  pushToCollection: Backend["pushToCollection"] = (request) =>
    this.#command("pushToCollection", [request], () =>
      this.#apply("push", planPush(this.world, request), request.plan),
    );
  resolveConflict: Backend["resolveConflict"] = (request) =>
    this.#command("resolveConflict", [request], () =>
      this.#apply("update", planResolve(this.world, request), request.plan),
    );

  proposeMerge: Backend["proposeMerge"] = (deployment, file) =>
    this.#command("proposeMerge", [deployment, file], () => yes(mergeOf(file)));

  history: Backend["history"] = (limit) =>
    this.#command("history", [limit], () => {
      const operations = this.world.history.map((past) => past.entry);
      return yes({ operations: operations.slice(0, limit ?? operations.length), problems: [] });
    });

  planUndo: Backend["planUndo"] = (request) =>
    this.#command("planUndo", [request], () =>
      this.#past(request, (past) => yes(planUndo(this.world, past, request))),
    );

  undo: Backend["undo"] = (request) =>
    this.#command("undo", [request], () =>
      this.#past(request, (past) =>
        past.sets
          ? undoSets(this.#tools, { ...past, sets: past.sets })
          : this.#apply("undo", planUndo(this.world, past, request), request.plan, past),
      ),
    );

  /** Goes on with the operation that a request means, unless nothing of it is kept. */
  #past<T>(request: UndoRequest, then: (past: Remembered) => T): T | { ok: false; problem: Problem } {
    const past = this.world.history.find(({ entry }) =>
      (request.operation ?? null) === null ? entry.undone === "no" : entry.operation === request.operation,
    );
    if (past?.entry.undoable) return then(past);
    return fail(refusal("no-longer-kept", "What is needed to undo this is no longer kept."));
  }

  doctor: Backend["doctor"] = () =>
    this.#command("doctor", [], () => {
      const recovered = this.world.interrupted;
      this.world.interrupted = recovered.filter((found) => found.outcome === "waiting");
      return yes({ recovered, findings: this.world.findings });
    });

  repair: Backend["repair"] = (request) =>
    this.#command("repair", [request], () => yes(repair(this, request)));

  async #apply(
    kind: OperationKind,
    plan: Plan,
    agreed: string | null | undefined,
    past: Remembered | null = null,
  ): Promise<Answer<Receipt>> {
    if (agreed && agreed !== plan.id)
      return fail(refusal("plan-stale", "Things changed since this plan was made. Look at the new plan."));
    const operation = `operation-${++this.#operations}`;
    const total = plan.items.length;
    for (let done = 0; done < total && this.latency > 0; done += Math.ceil(total / 8)) {
      this.#listeners?.operationProgressed({
        operation,
        phase: "stage",
        done,
        total,
        subject: plan.items[done]?.artifact_id ?? null,
      });
      await new Promise((resolve) => setTimeout(resolve, this.latency));
      if (this.world.stopped.has(operation)) plan = stopped(plan, done);
    }
    const about = { operation, kind, undoes: past?.entry.operation ?? null };
    const { receipt, changes } = remember(this.world, plan, about, () =>
      applyPlan(this.world, plan, operation, past),
    );
    if (changes.length > 0) this.commit(changes, "command", operation);
    this.#listeners?.operationProgressed({ operation, phase: "done", done: total, total, subject: null });
    return yes(receipt);
  }

  addProject: Backend["addProject"] = (path) =>
    this.#command("addProject", [path], () => projects.addProject(this, path));
  removeProject: Backend["removeProject"] = (path) =>
    this.#command("removeProject", [path], () => projects.removeProject(this, path));
  artifactHistory: Backend["artifactHistory"] = (artifact) =>
    this.#command("artifactHistory", [artifact], () => projects.artifactHistory(this, artifact));
  projectDetail: Backend["projectDetail"] = (path) =>
    this.#command("projectDetail", [path], () => projects.projectDetail(this, path));
  describeProject: Backend["describeProject"] = (path, said) =>
    this.#command("describeProject", [path, said], () => projects.describeProject(this, path, said));
  setGitVisibility: Backend["setGitVisibility"] = (path, choice) =>
    this.#command("setGitVisibility", [path, choice], () => projects.setGitVisibility(this, path, choice));
  saveProfile: Backend["saveProfile"] = (request) =>
    this.#command("saveProfile", [request], () => profiles.saveProfile(this, request));
  deleteProfile: Backend["deleteProfile"] = (project, profile) =>
    this.#command("deleteProfile", [project, profile], () => profiles.deleteProfile(this, project, profile));
  locateProject: Backend["locateProject"] = (path, to) =>
    this.#command("locateProject", [path, to], () => projects.locateProject(this, path, to));
  scanForProjects: Backend["scanForProjects"] = (request) =>
    this.#command("scanForProjects", [request], () => projects.scanForProjects(this, request));
  recentProjects: Backend["recentProjects"] = () =>
    this.#command("recentProjects", [], () => projects.recentProjects(this));
  planImportDatabase: Backend["planImportDatabase"] = (file) =>
    this.#command("planImportDatabase", [file], () => projects.planImportDatabase(this));
  importDatabase: Backend["importDatabase"] = (file) =>
    this.#command("importDatabase", [file], () => projects.importDatabase(this));
  cancel: Backend["cancel"] = (operation) =>
    this.#command("cancel", [operation], () => yes(this.world.stopped.add(operation).size > 0));

  createCollection: Backend["createCollection"] = (name) =>
    this.#command("createCollection", [name], () => collections.addCollection(this, fakeCollection(name)));
  linkCollection: Backend["linkCollection"] = (request) =>
    this.#command("linkCollection", [request], () => collections.linkCollection(this, request));
  planRemove: Backend["planRemove"] = (request) =>
    this.#command("planRemove", [request], () => curate.planRemove(this, request));
  removeArtifacts: Backend["removeArtifacts"] = (request) =>
    this.#command("removeArtifacts", [request], () => curate.removeArtifacts(this, request));
  tagArtifacts: Backend["tagArtifacts"] = (request) =>
    this.#command("tagArtifacts", [request], () => curate.tagArtifacts(this, request));
  planUnlink: Backend["planUnlink"] = (name) =>
    this.#command("planUnlink", [name], () => collections.planUnlink(this, name));
  unlinkCollection: Backend["unlinkCollection"] = (name) =>
    this.#command("unlinkCollection", [name], () => collections.unlinkCollection(this, name));
  resync: Backend["resync"] = () => this.#command("resync", [], () => yes(report(this.world)));
  watchStatus: Backend["watchStatus"] = () =>
    this.#command("watchStatus", [], () => yes(watchStatus(this.world)));
  pauseWatching: Backend["pauseWatching"] = (paused) =>
    this.#command("pauseWatching", [paused], () => yes(pauseWatching(this.world, paused)));
  getSettings: Backend["getSettings"] = () =>
    this.#command("getSettings", [], () => yes(this.world.settings));
  updateSettings: Backend["updateSettings"] = (patch) =>
    this.#command("updateSettings", [patch], () => yes(this.#tools.settle(patched(this.world, patch))));
  openInEditor: Backend["openInEditor"] = (place) => this.#command("openInEditor", [place], () => yes(null));
  reveal: Backend["reveal"] = (place) => this.#command("reveal", [place], () => yes(null));
  openLink: Backend["openLink"] = (address) => this.#command("openLink", [address], () => yes(null));
  chooseFolder: Backend["chooseFolder"] = (title, startAt) =>
    this.#command("chooseFolder", [title, startAt], () => yes(this.world.folderChoice));
}

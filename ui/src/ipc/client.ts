import { open } from "@tauri-apps/plugin-dialog";
import { isTauri } from "@tauri-apps/api/core";
import { getCurrentWebview } from "@tauri-apps/api/webview";
import { commands, events } from "./bindings";
import { shellOutside, type OutsideBackend } from "./outside";
import { shellPins, type PinBackend } from "./pins";
import { shellSets, type SetBackend } from "./sets";
import { shellSupport, type SupportBackend } from "./support";
import type {
  ArtifactDetail,
  ArtifactHistory,
  ArtifactRef,
  AttentionRaised,
  CollectionRow,
  DatabaseImport,
  DeployRequest,
  DeploymentDiff,
  DeploymentRef,
  Describe,
  DiscoverReport,
  DiscoverRequest,
  DoctorReport,
  FileContent,
  FoundProjects,
  GitChoice,
  GitVisibility,
  History,
  ImportReceipt,
  ImportRequest,
  LibraryChanged,
  LibrarySnapshot,
  LinkRequest,
  MergeProposal,
  OperationProgressed,
  Place,
  Plan,
  Problem,
  ProjectDetail,
  ProjectRow,
  Receipt,
  RecentProject,
  Repaired,
  RemoveRequest,
  RepairRequest,
  ResolveRequest,
  ResyncReport,
  ResyncRequired,
  SaveProfile,
  ScanRequest,
  Settings,
  SettingsPatch,
  TagRequest,
  UndeployRequest,
  UndoRequest,
  Unlinked,
  UpdateRequest,
  WatchStatus,
} from "./types";

/** What a command answers: the data, or the problem. Never a rejected promise. */
export type Answer<T> = { ok: true; data: T } | { ok: false; problem: Problem };

/** What the engine tells on its own, after it was committed. */
export interface Listeners {
  libraryChanged(event: LibraryChanged): void;
  operationProgressed(event: OperationProgressed): void;
  resyncRequired(event: ResyncRequired): void;
  attentionRaised(event: AttentionRaised): void;
  settingsChanged(settings: Settings): void;
  /** Something waits for `takeOpenRequests`. */
  openRequested(): void;
  /** Files of another program are held over the window, or no longer. */
  dragged(over: boolean): void;
  /** Files and folders of another program were dropped on the window. */
  dropped(paths: string[]): void;
}

/** Everything the window can ask for. One implementation talks to the shell, one keeps a library in memory. */
export interface Backend {
  /** Resolves when every listener is in place; the result takes them away again. */
  listen(listeners: Listeners): Promise<() => void>;
  librarySnapshot(): Promise<Answer<LibrarySnapshot>>;
  artifactDetail(artifact: ArtifactRef): Promise<Answer<ArtifactDetail>>;
  artifactFile(artifact: ArtifactRef, path: string): Promise<Answer<FileContent>>;
  artifactHistory(artifact: ArtifactRef): Promise<Answer<ArtifactHistory>>;
  diffDeployment(deployment: DeploymentRef): Promise<Answer<DeploymentDiff>>;
  planDeploy(request: DeployRequest): Promise<Answer<Plan>>;
  deploy(request: DeployRequest): Promise<Answer<Receipt>>;
  planUndeploy(request: UndeployRequest): Promise<Answer<Plan>>;
  undeploy(request: UndeployRequest): Promise<Answer<Receipt>>;
  /** Groups and deployment sets. */
  readonly sets: SetBackend;
  /** The window among other windows. */
  readonly outside: OutsideBackend;
  /** What is pinned for the tray. */
  readonly pins: PinBackend;
  /** Help for whoever has to find out what went wrong. */
  readonly support: SupportBackend;
  /** What lies in a project or folder, compared with a collection. */
  discover(request: DiscoverRequest): Promise<Answer<DiscoverReport>>;
  planImport(request: ImportRequest): Promise<Answer<ImportReceipt>>;
  import(request: ImportRequest): Promise<Answer<ImportReceipt>>;
  /** Finds of a project are not offered any more, or are again. */
  skipDiscovered(project: string, artifacts: string[], skipped: boolean): Promise<Answer<null>>;
  planUpdate(request: UpdateRequest): Promise<Answer<Plan>>;
  updateDeployments(request: UpdateRequest): Promise<Answer<Receipt>>;
  planPush(request: UpdateRequest): Promise<Answer<Plan>>;
  pushToCollection(request: UpdateRequest): Promise<Answer<Receipt>>;
  /** Brings one copy up to the collection, with an answer for each file that both changed. */
  resolveConflict(request: ResolveRequest): Promise<Answer<Receipt>>;
  proposeMerge(deployment: DeploymentRef, file: string): Promise<Answer<MergeProposal>>;
  /** What was done, newest first; `limit` null means everything that is remembered. */
  history(limit: number | null): Promise<Answer<History>>;
  planUndo(request: UndoRequest): Promise<Answer<Plan>>;
  undo(request: UndoRequest): Promise<Answer<Receipt>>;
  /** Finishes or rolls back what was cut off, and looks for files that cannot be read. */
  doctor(): Promise<Answer<DoctorReport>>;
  /** Mends one file. */
  repair(request: RepairRequest): Promise<Answer<Repaired>>;
  addProject(path: string): Promise<Answer<ProjectRow>>;
  removeProject(path: string): Promise<Answer<null>>;
  projectDetail(path: string): Promise<Answer<ProjectDetail>>;
  /** What a project is called, and what it is. */
  describeProject(path: string, said: Describe): Promise<Answer<ProjectRow>>;
  setGitVisibility(path: string, choice: GitChoice): Promise<Answer<GitVisibility>>;
  /** Adds a profile of its own to a project, or changes one. */
  saveProfile(request: SaveProfile): Promise<Answer<ProjectRow>>;
  deleteProfile(project: string, profile: string): Promise<Answer<ProjectRow>>;
  /** The folder of a registered project was moved to `to`. */
  locateProject(path: string, to: string): Promise<Answer<ProjectRow>>;
  /** Looks for folders that could be projects. Registers nothing. */
  scanForProjects(request: ScanRequest): Promise<Answer<FoundProjects>>;
  /** Folders that other tools know as projects. */
  recentProjects(): Promise<Answer<RecentProject[]>>;
  /** The projects that a SkillMeat database knows; without a file, the one in the home folder. */
  planImportDatabase(file: string | null): Promise<Answer<DatabaseImport>>;
  importDatabase(file: string | null): Promise<Answer<DatabaseImport>>;
  /** Asks an operation to stop; whether there is one that can. */
  cancel(operation: string): Promise<Answer<boolean>>;
  createCollection(name: string): Promise<Answer<CollectionRow>>;
  /** Takes a folder elsewhere as a collection, which is then only read. */
  linkCollection(request: LinkRequest): Promise<Answer<CollectionRow>>;
  planRemove(request: RemoveRequest): Promise<Answer<Plan>>;
  /** Removes artifacts from their collection. */
  removeArtifacts(request: RemoveRequest): Promise<Answer<Receipt>>;
  tagArtifacts(request: TagRequest): Promise<Answer<Receipt>>;
  planUnlink(name: string): Promise<Answer<Unlinked>>;
  unlinkCollection(name: string): Promise<Answer<Unlinked>>;
  resync(): Promise<Answer<ResyncReport>>;
  /** How changes by other programs are followed now. */
  watchStatus(): Promise<Answer<WatchStatus>>;
  pauseWatching(paused: boolean): Promise<Answer<WatchStatus>>;
  getSettings(): Promise<Answer<Settings>>;
  updateSettings(patch: SettingsPatch): Promise<Answer<Settings>>;
  openInEditor(place: Place): Promise<Answer<null>>;
  reveal(place: Place): Promise<Answer<null>>;
  /** Opens a web address in the system's browser. */
  openLink(address: string): Promise<Answer<null>>;
  /** The system's folder dialog; `null` when the person closed it. */
  chooseFolder(title: string, startAt?: string): Promise<Answer<string | null>>;
}

type Typed<T> = Promise<{ status: "ok"; data: T } | { status: "error"; error: Problem }>;

async function answer<T>(call: Typed<T>): Promise<Answer<T>> {
  const result = await call;
  return result.status === "ok"
    ? { ok: true, data: result.data }
    : { ok: false, problem: { ...result.error, causes: result.error.causes ?? [] } };
}

async function listen(to: Listeners): Promise<() => void> {
  const stops = await Promise.all([
    events.libraryChanged.listen((event) => to.libraryChanged(event.payload)),
    events.operationProgressed.listen((event) => to.operationProgressed(event.payload)),
    events.resyncRequired.listen((event) => to.resyncRequired(event.payload)),
    events.attentionRaised.listen((event) => to.attentionRaised(event.payload)),
    events.settingsChanged.listen((event) => to.settingsChanged(event.payload)),
    events.openRequested.listen(() => to.openRequested()),
    getCurrentWebview().onDragDropEvent(({ payload }) => {
      to.dragged(payload.type === "enter" || payload.type === "over");
      if (payload.type === "drop") to.dropped(payload.paths);
    }),
  ]);
  return () => stops.forEach((stop) => stop());
}

async function chooseFolder(title: string, startAt?: string): Promise<Answer<string | null>> {
  try {
    // Without a start the GTK dialog opens in "Recent", where its Open button stays disabled.
    const path = await open({ directory: true, title, defaultPath: startAt });
    return { ok: true, data: path };
  } catch (cause) {
    const message = `The folder dialog could not be opened: ${String(cause)}. Type the path instead.`;
    return { ok: false, problem: { code: "internal", severity: "fault", message } };
  }
}

/** Whether the page runs inside the desktop shell. */
export const inShell = (): boolean => isTauri();

/** The backend that talks to the desktop shell. */
export const shellBackend: Backend = {
  listen,
  chooseFolder,
  librarySnapshot: () => answer(commands.librarySnapshot()),
  artifactDetail: (artifact) => answer(commands.artifactDetail(artifact)),
  artifactFile: (artifact, path) => answer(commands.artifactFile(artifact, path)),
  artifactHistory: (artifact) => answer(commands.artifactHistory(artifact)),
  diffDeployment: (deployment) => answer(commands.diffDeployment(deployment)),
  planDeploy: (request) => answer(commands.planDeploy(request)),
  deploy: (request) => answer(commands.deploy(request)),
  planUndeploy: (request) => answer(commands.planUndeploy(request)),
  undeploy: (request) => answer(commands.undeploy(request)),
  sets: shellSets(answer),
  outside: shellOutside(answer),
  pins: shellPins(answer),
  support: shellSupport(answer),
  discover: (request) => answer(commands.discover(request)),
  planImport: (request) => answer(commands.planImport(request)),
  import: (request) => answer(commands.import(request)),
  skipDiscovered: (project, artifacts, skipped) =>
    answer(commands.skipDiscovered(project, artifacts, skipped)),
  planUpdate: (request) => answer(commands.planUpdate(request)),
  updateDeployments: (request) => answer(commands.updateDeployments(request)),
  planPush: (request) => answer(commands.planPush(request)),
  pushToCollection: (request) => answer(commands.pushToCollection(request)),
  resolveConflict: (request) => answer(commands.resolveConflict(request)),
  proposeMerge: (deployment, file) => answer(commands.proposeMerge(deployment, file)),
  history: (limit) => answer(commands.history(limit)),
  planUndo: (request) => answer(commands.planUndo(request)),
  undo: (request) => answer(commands.undo(request)),
  doctor: () => answer(commands.doctor()),
  repair: (request) => answer(commands.repair(request)),
  addProject: (path) => answer(commands.addProject(path)),
  removeProject: (path) => answer(commands.removeProject(path)),
  projectDetail: (path) => answer(commands.projectDetail(path)),
  describeProject: (path, said) => answer(commands.describeProject(path, said)),
  setGitVisibility: (path, choice) => answer(commands.setGitVisibility(path, choice)),
  saveProfile: (request) => answer(commands.saveProfile(request)),
  deleteProfile: (project, profile) => answer(commands.deleteProfile(project, profile)),
  locateProject: (path, to) => answer(commands.locateProject(path, to)),
  scanForProjects: (request) => answer(commands.scanForProjects(request)),
  recentProjects: () => answer(commands.recentProjects()),
  planImportDatabase: (file) => answer(commands.planImportDatabase(file)),
  importDatabase: (file) => answer(commands.importDatabase(file)),
  cancel: (operation) => answer(commands.cancel(operation)),
  createCollection: (name) => answer(commands.createCollection(name)),
  linkCollection: (request) => answer(commands.linkCollection(request)),
  planRemove: (request) => answer(commands.planRemove(request)),
  removeArtifacts: (request) => answer(commands.removeArtifacts(request)),
  tagArtifacts: (request) => answer(commands.tagArtifacts(request)),
  planUnlink: (name) => answer(commands.planUnlink(name)),
  unlinkCollection: (name) => answer(commands.unlinkCollection(name)),
  resync: () => answer(commands.resync()),
  watchStatus: () => answer(commands.watchStatus()),
  pauseWatching: (paused) => answer(commands.pauseWatching(paused)),
  getSettings: () => answer(commands.getSettings()),
  updateSettings: (patch) => answer(commands.updateSettings(patch)),
  openInEditor: (place) => answer(commands.openInEditor(place)),
  reveal: (place) => answer(commands.reveal(place)),
  openLink: (address) => answer(commands.openLink(address)),
};

import type { Answer } from "../client";
import type { FakeBackend } from "../fake";
import type {
  ArtifactHistory,
  ArtifactRef,
  Change,
  DatabaseImport,
  Describe,
  FoundProjects,
  GitChoice,
  GitVisibility,
  ProjectDetail,
  ProjectRow,
  RecentProject,
  ScanRequest,
} from "../types";
import { parseId } from "../../lib/model";
import { refusal } from "./plan";
import { fakeProject } from "./rows";

const yes = <T>(data: T): Answer<T> => ({ ok: true, data: structuredClone(data) });
const nameOf = (path: string): string => path.split("/").at(-1) ?? path;
const isMissing = (path: string): boolean => !path.startsWith("/") || path.includes("missing");
const notFound = (path: string) => ({
  ok: false as const,
  problem: refusal(
    "project-not-found",
    `There is no folder ${path}. Choose another one.`,
    path,
    "choose-folder",
  ),
});

/** Registers a folder. */
export function addProject(backend: FakeBackend, path: string): Answer<ProjectRow> {
  const { world } = backend;
  if (isMissing(path)) return notFound(path);
  const project = world.projects.find((row) => row.project_path === path) ?? fakeProject(path);
  world.projects = [...world.projects.filter((row) => row !== project), project];
  backend.commit([{ type: "projectUpserted", project }], "command");
  return yes(project);
}

/** Forgets a folder, and its rows with it. */
export function removeProject(backend: FakeBackend, path: string): Answer<null> {
  const { world } = backend;
  world.projects = world.projects.filter((row) => row.project_path !== path);
  const gone = world.deployments.filter((row) => row.project_path === path);
  world.deployments = world.deployments.filter((row) => row.project_path !== path);
  const removed = gone.map((row): Change => ({
    type: "deploymentRemoved",
    project_path: path,
    deployment_profile_id: row.deployment_profile_id,
    profile_root_dir: row.profile_root_dir,
    artifact_path: row.artifact_path,
  }));
  backend.commit([...removed, { type: "projectRemoved", project_path: path }], "command");
  return yes(null);
}

/** Gives a project and its rows another folder. */
export function locateProject(backend: FakeBackend, path: string, to: string): Answer<ProjectRow> {
  const { world } = backend;
  if (isMissing(to)) return notFound(to);
  const moved = world.deployments.filter((row) => row.project_path === path);
  removeProject(backend, path);
  const added = addProject(backend, to);
  const rows = moved.map((row) => ({ ...row, project_path: to, project_name: nameOf(to) }));
  world.deployments.push(...rows);
  backend.commit(
    rows.map((deployment): Change => ({ type: "deploymentUpserted", deployment })),
    "command",
  );
  return added;
}

/** Finds the world's folders, one after the other, until it is stopped. */
export async function scanForProjects(
  backend: FakeBackend,
  request: ScanRequest,
): Promise<Answer<FoundProjects>> {
  const { world } = backend;
  const operation = request.operation ?? "scan";
  const projects: FoundProjects["projects"] = [];
  for (const path of world.found) {
    if (world.stopped.has(operation)) break;
    backend.tell?.operationProgressed({
      operation,
      phase: "scan",
      done: projects.length,
      total: 0,
      subject: path,
    });
    await new Promise((resolve) => setTimeout(resolve, backend.latency));
    if ((request.roots ?? []).some((root) => path.startsWith(root)))
      projects.push({ ...knownAs(backend, path), profile_roots: [".claude"], deployed: false });
  }
  backend.tell?.operationProgressed({ operation, phase: "done", done: 1, total: 1, subject: null });
  return yes({ projects, folders: 40, cancelled: world.stopped.has(operation), problems: [] });
}

/** The first of the world's folders, as another tool would know them. */
export const recentProjects = (backend: FakeBackend): Answer<RecentProject[]> =>
  yes(backend.world.found.slice(0, 2).map((path) => ({ ...knownAs(backend, path), tools: ["Claude Code"] })));

/** A database that knows the first of the world's folders, one that is gone, and more that is left. */
export function planImportDatabase(backend: FakeBackend): Answer<DatabaseImport> {
  const [first = "/home/ada/work/billing"] = backend.world.found;
  const known = knownAs(backend, first);
  const here = {
    project_path: first,
    project_name: known.project_name,
    deployments: 2,
    known: known.registered,
    problem: null,
  };
  const problem = refusal("project-not-found", "There is no folder /gone.", "/gone");
  const gone = { project_path: "/gone", project_name: "gone", deployments: 0, known: false, problem };
  const file = "/home/ada/.skillmeat/cache/cache.db";
  const group = {
    name: "Texts",
    collection: "default",
    members: 2,
    left_out: [],
    known: false,
    problem: null,
  };
  const sets = [{ ...group, name: "Web", left_out: ["workflow w"] }];
  const own = { project_path: first, profile_id: "tools", root_dir: ".tools", left_out: [], known: false };
  const rest = { deployments: [], recorded: 2, operations: [], skipped: ["a deployment of skill:x"] };
  const profiles = [{ ...own, problem: null }];
  return yes({ file, projects: [here, gone], profiles, groups: [group], sets, ...rest });
}

/** The same, done: its projects are registered. */
export function importDatabase(backend: FakeBackend): Answer<DatabaseImport> {
  const planned = planImportDatabase(backend);
  if (!planned.ok) return planned;
  for (const one of planned.data.projects.filter((one) => one.problem === null && !one.known))
    addProject(backend, one.project_path);
  return yes({ ...planned.data, operations: ["op-database"] });
}

const knownAs = ({ world }: FakeBackend, path: string) => ({
  project_path: path,
  project_name: nameOf(path),
  registered: world.projects.some((row) => row.project_path === path),
});

/** A project with what the world says lies there without a record. */
export function projectDetail({ world }: FakeBackend, path: string): Answer<ProjectDetail> {
  const project = world.projects.find((row) => row.project_path === path);
  if (!project?.available) return notFound(path);
  const unmanaged = [...world.unmanaged]
    .filter((at) => at.startsWith(`${path}/`))
    .map((at) => {
      const [profile_root_dir = "", ...rest] = at.slice(path.length + 1).split("/");
      const artifact_path = rest.join("/");
      const known = world.artifacts.find((row) => row.path.endsWith(`/default/${artifact_path}`));
      const artifact_id = known?.artifact_id ?? `skill:${nameOf(at)}`;
      const { kind } = parseId(artifact_id);
      const collection = known?.collection ?? null;
      return { artifact_id, kind, profile_root_dir, artifact_path, profiles: ["claude_code"], collection };
    });
  return yes({
    project,
    unmanaged,
    description: world.descriptions.get(path) ?? null,
    git: world.git.get(path) ?? null,
    problems: [],
  });
}

/** Gives a project a name and a description. */
export function describeProject(backend: FakeBackend, path: string, said: Describe): Answer<ProjectRow> {
  const { world } = backend;
  const project = world.projects.find((row) => row.project_path === path);
  if (!project) return notFound(path);
  const name = said.name?.trim();
  if (name === "")
    return {
      ok: false,
      problem: refusal("invalid-name", "The name “” cannot be used: it is empty.", said.name ?? ""),
    };
  project.project_name = name ?? project.project_name;
  if (said.description !== null) world.descriptions.set(path, said.description.trim());
  backend.commit([{ type: "projectUpserted", project: structuredClone(project) }], "command");
  return yes(project);
}

/** Chooses what git sees. */
export function setGitVisibility(
  { world }: FakeBackend,
  path: string,
  choice: GitChoice,
): Answer<GitVisibility> {
  const git = world.git.get(path);
  if (!git) return { ok: false, problem: refusal("invalid-request", `${path} is in no git repository.`) };
  const next = {
    ...git,
    hides_files: choice.hide_files ?? false,
    hides_records: choice.hide_records ?? false,
  };
  world.git.set(path, next);
  return yes(next);
}

/** What the world's history says of one artifact. */
export function artifactHistory(
  { world }: FakeBackend,
  { artifact_id }: ArtifactRef,
): Answer<ArtifactHistory> {
  const artifact = world.artifacts.find((row) => row.artifact_id === artifact_id);
  if (!artifact)
    return { ok: false, problem: refusal("artifact-not-found", `No artifact “${artifact_id}”.`) };
  const events = world.history.flatMap(({ entry }) =>
    entry.items
      .filter((item) => item.artifact_id === artifact_id)
      .map((item) => ({ ...entry, ...item, content_hash: artifact.content_hash })),
  );
  const copies = world.deployments
    .filter((row) => row.artifact_id === artifact_id)
    .map((deployment) => ({ deployment, lineage: [] }));
  const { collection, content_hash, modified_at } = artifact;
  const upstream = {
    origin: "github",
    upstream: "https://example.org/skills",
    version_spec: "latest",
    resolved_sha: "6f1c2a9b7d",
    resolved_version: "v1.2.0",
    added: "2026-01-01T09:00:00",
    last_updated: "2026-02-01T09:00:00",
  };
  const locked = { content_hash, fetched: upstream.last_updated, resolved_sha: null, resolved_version: null };
  return yes({
    artifact_id,
    collection,
    upstream,
    locked,
    content_hash,
    modified_at,
    copies,
    events,
    problems: [],
  });
}

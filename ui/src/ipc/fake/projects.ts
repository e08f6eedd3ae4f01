import type { Answer } from "../client";
import type { FakeBackend } from "../fake";
import type { Change, FoundProjects, ProjectRow, RecentProject, ScanRequest } from "../types";
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

const knownAs = ({ world }: FakeBackend, path: string) => ({
  project_path: path,
  project_name: nameOf(path),
  registered: world.projects.some((row) => row.project_path === path),
});

import type { Answer } from "../client";
import type { FakeBackend } from "../fake";
import type { OwnProfile, ProfileRow, ProjectRow, SaveProfile } from "../types";
import { refusal } from "./plan";

const yes = <T>(data: T): Answer<T> => ({ ok: true, data: structuredClone(data) });
const no = (code: "invalid-name" | "path-escapes-root" | "name-clash", message: string, subject: string) => ({
  ok: false as const,
  problem: refusal(code, message, subject),
});

const rowOf = (own: OwnProfile): ProfileRow => ({
  profile_id: own.profile_id,
  platform: own.platform,
  title: own.title || own.profile_id,
  roots: [own.root_dir],
  kinds: own.folders.map(({ kind }) => kind),
  present: false,
  own: { ...own, title: own.title || own.profile_id },
});

/** Some of what the engine refuses, in its words. */
function wrong({ profile }: SaveProfile, others: readonly ProfileRow[]): Answer<ProjectRow> | null {
  const { profile_id: id, root_dir: root } = profile;
  if (!/^[a-z0-9][a-z0-9_]*$/.test(id))
    return no("invalid-name", `The name “${id}” cannot be used: it may hold letters and digits only.`, id);
  if (others.some((row) => row.profile_id === id))
    return no("invalid-name", `The name “${id}” cannot be used: the project has a profile of that name.`, id);
  if (root.startsWith("/") || root.split("/").includes(".."))
    return no("path-escapes-root", `The path “${root}” is refused: it contains “.” or “..”.`, root);
  const other = others.find((row) => row.roots.includes(root));
  if (other) return no("name-clash", `“${other.title}” and “${profile.title}” would both be ${root}.`, root);
  const bad = profile.folders.find(({ folder }) => folder === "" || folder.includes("/"));
  return bad
    ? no("invalid-name", `The name “${bad.folder}” cannot be used: it contains a separator.`, bad.folder)
    : null;
}

/** Adds or changes a profile of a project's own. */
export function saveProfile(backend: FakeBackend, request: SaveProfile): Answer<ProjectRow> {
  const { world } = backend;
  const project = world.projects.find((row) => row.project_path === request.project);
  if (!project)
    return { ok: false, problem: refusal("project-not-found", "There is no folder.", request.project) };
  const others = project.profiles.filter(
    (row) => !(request.replace && row.profile_id === request.profile.profile_id),
  );
  const refused = wrong(request, others);
  if (refused) return refused;
  project.profiles = [...others, rowOf(request.profile)];
  backend.commit([{ type: "projectUpserted", project: structuredClone(project) }], "command");
  return yes(project);
}

/** Takes one away that has no deployments. */
export function deleteProfile(backend: FakeBackend, path: string, profile: string): Answer<ProjectRow> {
  const { world } = backend;
  const project = world.projects.find((row) => row.project_path === path);
  if (!project) return { ok: false, problem: refusal("project-not-found", "There is no folder.", path) };
  const used = world.deployments.filter(
    (row) => row.project_path === path && row.deployment_profile_id === profile,
  );
  if (used.length > 0) {
    const message = `${profile} has ${used.length} deployments. Undeploy them first.`;
    return { ok: false, problem: refusal("profile-in-use", message, profile) };
  }
  project.profiles = project.profiles.filter((row) => row.profile_id !== profile);
  backend.commit([{ type: "projectUpserted", project: structuredClone(project) }], "command");
  return yes(project);
}

import { t } from "../i18n/en";
import type { GitChoice, OwnProfile, Problem, ProfileRow } from "../ipc/types";
import type { App } from "./app.svelte";

/** What can be done to the list of projects. */
export class Projects {
  constructor(private readonly app: App) {}

  /** Registers folders; returns the first problem, or null when all worked. What worked stays added. */
  async add(paths: readonly string[]): Promise<Problem | null> {
    const { backend, notices } = this.app;
    const added: string[] = [];
    let problem: Problem | null = null;
    for (const path of paths) {
      const answer = await backend.addProject(path.trim());
      if (answer.ok) added.push(answer.data.project_name);
      else problem ??= answer.problem;
    }
    const [first] = added;
    if (first !== undefined)
      notices.done(added.length === 1 ? t.toast.projectAdded(first) : t.toast.projectsAdded(added.length));
    return problem;
  }

  /** Says where a project's folder was moved to; returns its problem, or null when it worked. */
  async locate(path: string, to: string): Promise<Problem | null> {
    const { backend, notices, view } = this.app;
    const shown = view.state.project === path;
    const answer = await backend.locateProject(path, to);
    if (!answer.ok) return answer.problem;
    if (shown) view.state.project = answer.data.project_path;
    notices.done(t.toast.projectLocated(answer.data.project_name));
    return null;
  }

  /** Chooses what git sees of a project. The page reads it again. */
  async setGit(path: string, choice: Required<GitChoice>): Promise<void> {
    const { backend, detail, notices } = this.app;
    const answer = await backend.setGitVisibility(path, choice);
    if (!answer.ok) notices.problem(answer.problem);
    await detail.readProject(path, false);
  }

  /** Says what a project is called and what it is; returns its problem, or null when it worked. */
  async describe(path: string, name: string, description: string): Promise<Problem | null> {
    const { backend, detail } = this.app;
    const answer = await backend.describeProject(path, { name, description });
    if (!answer.ok) return answer.problem;
    await detail.readProject(path, false);
    return null;
  }

  /** Adds or changes a profile of a project's own; returns its problem, or null when it worked. */
  async saveProfile(path: string, profile: OwnProfile, replace: boolean): Promise<Problem | null> {
    const { backend, notices } = this.app;
    const answer = await backend.saveProfile({ project: path, profile, replace });
    if (!answer.ok) return answer.problem;
    notices.done(t.profiles.saved(profile.title.trim() || profile.profile_id));
    return null;
  }

  /** Takes a profile of a project's own away. What is refused is said. */
  async deleteProfile(path: string, { profile_id, title }: ProfileRow): Promise<void> {
    const { backend, notices } = this.app;
    const answer = await backend.deleteProfile(path, profile_id);
    if (!answer.ok) return notices.problem(answer.problem);
    notices.done(t.profiles.removed(title));
  }

  async remove(path: string): Promise<void> {
    const { backend, view, notices, library } = this.app;
    const name = library.project(path)?.project_name ?? path;
    const answer = await backend.removeProject(path);
    if (!answer.ok) return notices.problem(answer.problem);
    if (view.state.project === path) view.state.project = null;
    notices.done(t.toast.projectRemoved(name));
  }
}

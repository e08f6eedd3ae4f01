import type { Code, Place, Problem } from "../ipc/types";
import type { Entry, Offers } from "../lib/model";
import type { App } from "./app.svelte";

/** Where a problem is shown. */
export interface ProblemContext {
  project?: string;
  entry?: Entry;
  retry?: () => void;
  diff?: () => void;
}

/** Problems that "Check and repair" knows an answer to; for others only the file can be opened. */
const REPAIRABLE: ReadonlySet<Code> = new Set<Code>([
  "manifest-invalid",
  "record-invalid",
  "config-invalid",
  "recovery-needed",
  "record-lost",
]);

/** What can be offered as buttons for a problem, in the place where it is shown. */
export function offersFor(app: App, problem: Problem, context: ProblemContext): Offers {
  const { actions, dialogs, library, view } = app;
  const place = placeOf(app, problem, context);
  // A folder that is gone was moved more often than it was removed.
  const moved =
    problem.code === "project-not-found" && library.project(context.project ?? null)?.project_path;
  return {
    resync: () => void actions.resync(),
    retry: context.retry ?? (() => void actions.resync()),
    "open-settings": () => view.go("settings"),
    diagnostics: () => dialogs.open({ type: "diagnostics" }),
    "choose-folder": () =>
      dialogs.open(moved ? { type: "locateProject", path: moved } : { type: "addProject" }),
    ...(context.diff && { "show-diff": context.diff }),
    ...(REPAIRABLE.has(problem.code) && { repair: () => dialogs.open({ type: "doctor" }) }),
    ...(place && { "open-file": () => void actions.openInEditor(place) }),
  };
}

/** The file that a problem is about. */
function placeOf({ library, actions }: App, problem: Problem, context: ProblemContext): Place | null {
  // A toast says no project; its problem is about a path in one.
  const project =
    library.project(context.project ?? null) ??
    library.projects.find((row) => problem.subject?.startsWith(`${row.project_path}/`));
  if (project) {
    const rest = problem.subject?.startsWith(`${project.project_path}/`)
      ? problem.subject.slice(project.project_path.length + 1)
      : null;
    const roots = project.profiles.flatMap((profile) => profile.roots);
    const named = roots.find((root) => rest === root || rest?.startsWith(`${root}/`));
    const present = project.profiles.find((profile) => profile.present)?.roots[0];
    const root = named ?? present ?? roots[0];
    return root ? { type: "manifest", project_path: project.project_path, profile_root_dir: root } : null;
  }
  if (context.entry) return actions.placeOf(context.entry);
  const collection = library.collections.find((row) => problem.subject?.startsWith(row.path));
  return collection ? { type: "collection", collection: collection.collection } : { type: "home" };
}

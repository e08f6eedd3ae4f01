import { t } from "../i18n/en";
import type { SetRow, SetTarget } from "../ipc/types";
import type { App } from "./app.svelte";
import { SetDeployForm } from "./setDeployForm.svelte";
import { SetUndeployForm } from "./setUndeployForm.svelte";
import type { ProjectOption } from "./targetsForm.svelte";

/** What is done with a set as a whole, or with marked cells of its matrix: it is deployed and undeployed. */
export class SetActions {
  constructor(private readonly app: App) {}

  /** Asks where to deploy a set, and shows what that would do. */
  deploySet(set: SetRow, only: readonly SetTarget[] | null = null): void {
    const { library, view, dialogs } = this.app;
    const single = library.projects.length === 1 ? library.projects.map((row) => row.project_path) : [];
    const here = library.project(view.state.project)?.project_path;
    const form = new SetDeployForm(set, here === undefined ? single : [here], only, this.app);
    dialogs.open({ type: "setDeploy", form });
  }

  /** Asks from where to undeploy a set; what other deployed sets need is kept, and the plan says so. */
  async undeploySet(set: SetRow, only: readonly SetTarget[] | null = null): Promise<void> {
    const { backend, dialogs, notices } = this.app;
    const answer = await backend.sets.resolveSet({ name: set.set_id, collection: set.collection });
    if (!answer.ok) return notices.problem(answer.problem);
    const options = this.#placesOf(answer.data.artifacts);
    if (options.length === 0) return notices.done(t.setDeploy.nowhere(set.name));
    const [first] = options;
    const preset = options.length === 1 && first ? [first.path] : [];
    dialogs.open({ type: "setUndeploy", form: new SetUndeployForm(set, options, preset, only, this.app) });
  }

  /** Deploys what is marked in the matrix. */
  deployMarked(): boolean {
    const { matrix, notices } = this.app;
    const marked = matrix.targets;
    const only = marked.filter(({ row }) => !row.missing).map(targetOf);
    if (matrix.set === null || marked.length === 0) return false;
    if (only.length === 0) notices.done(t.setDeploy.allMissing);
    else this.deploySet(matrix.set, only);
    return true;
  }

  /** Undeploys what is marked in the matrix. */
  undeployMarked(): boolean {
    const { matrix, notices } = this.app;
    const marked = matrix.targets;
    const only = marked.filter(({ path, row }) => matrix.statusAt(path, row.key) !== "none").map(targetOf);
    if (matrix.set === null || marked.length === 0) return false;
    if (only.length === 0) notices.done(t.setDeploy.noneDeployed);
    else void this.undeploySet(matrix.set, only);
    return true;
  }

  /** Projects that have a copy of some of these, by name. */
  #placesOf(artifacts: readonly { artifact_id: string; collection: string }[]): ProjectOption[] {
    const { library } = this.app;
    const wanted = new Set(artifacts.map((one) => `${one.collection}\n${one.artifact_id}`));
    const rows = library.entries
      .filter((entry) => wanted.has(entry.key))
      .flatMap((entry) => entry.deployments);
    const names = new Map(rows.map((row) => [row.project_path, row.project_name]));
    return [...names]
      .map(([path, name]) => ({ path, name, registered: true }))
      .sort((a, b) => a.name.localeCompare(b.name));
  }
}

const targetOf = ({
  path,
  row,
}: {
  path: string;
  row: { artifact_id: string; collection: string };
}): SetTarget => ({
  project_path: path,
  artifact_id: row.artifact_id,
  collection: row.collection,
  profile_id: "",
});

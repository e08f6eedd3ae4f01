import type { OwnProfile, Receipt } from "../ipc/types";
import type { Entry } from "../lib/model";
import type { DeployForm } from "./deployForm.svelte";
import type { SetDeployForm } from "./setDeployForm.svelte";
import type { SetUndeployForm } from "./setUndeployForm.svelte";
import type { PushForm } from "./pushForm.svelte";
import type { Holder } from "./setChanges";
import type { UndeployForm } from "./undeployForm.svelte";
import type { UndoForm } from "./undoForm.svelte";
import type { UpdateForm } from "./updateForm.svelte";

/** A form whose plan is shown and carried out. */
export type PlanForm =
  DeployForm | UndeployForm | UndoForm | UpdateForm | PushForm | SetDeployForm | SetUndeployForm;

/** What lies over the window; one at a time. */
export type Dialog =
  | { type: "deploy"; form: DeployForm }
  | { type: "undeploy"; form: UndeployForm }
  | { type: "setDeploy"; form: SetDeployForm }
  | { type: "setUndeploy"; form: SetUndeployForm }
  | { type: "undo"; form: UndoForm }
  | { type: "update"; form: UpdateForm }
  | { type: "push"; form: PushForm }
  | { type: "diff"; entry: Entry }
  | { type: "report"; receipt: Receipt; form: PlanForm }
  | { type: "doctor" }
  | { type: "diagnostics" }
  | { type: "addProject"; scan?: readonly string[] }
  | { type: "dropped"; paths: readonly string[] }
  | { type: "locateProject"; path: string }
  | { type: "removeProject"; path: string }
  | { type: "describeProject"; path: string }
  | { type: "profile"; path: string; profile: OwnProfile | null }
  | { type: "closing" }
  | { type: "link"; address: string }
  | { type: "linkCollection" }
  | { type: "removeArtifacts"; entries: readonly Entry[] }
  | { type: "tags"; entries: readonly Entry[] }
  | { type: "unlinkCollection"; name: string }
  | { type: "newLook"; of: "set" | "group"; entries: readonly Entry[] }
  | { type: "look"; holder: Holder }
  | { type: "addMembers"; holder: Holder }
  | { type: "addToGroup"; entries: readonly Entry[] }
  | { type: "removeSet"; holder: Holder }
  | { type: "palette" }
  | { type: "cheatSheet" };

/** Which dialog is open. */
export class Dialogs {
  current = $state.raw<Dialog | null>(null);

  open(dialog: Dialog): void {
    this.current = dialog;
  }

  close(): void {
    this.current = null;
  }
}

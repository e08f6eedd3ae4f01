import type { Receipt } from "../ipc/types";
import type { DeployForm } from "./deployForm.svelte";
import type { UndeployForm } from "./undeployForm.svelte";

/** What lies over the window; one at a time. */
export type Dialog =
  | { type: "deploy"; form: DeployForm }
  | { type: "undeploy"; form: UndeployForm }
  | { type: "report"; receipt: Receipt; form: DeployForm | UndeployForm }
  | { type: "addProject" }
  | { type: "removeProject"; path: string }
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

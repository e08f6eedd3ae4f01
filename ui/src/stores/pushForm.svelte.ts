import type { Answer } from "../ipc/client";
import type { Plan, Receipt, TargetResult, UpdateRequest } from "../ipc/types";
import { UpdateForm } from "./updateForm.svelte";

/** What the Push dialog plans: the same the other way round, from copies into their collection. */
export class PushForm extends UpdateForm {
  override readonly type = "push";

  override again(results: readonly TargetResult[]): PushForm {
    return new PushForm(this.rowsOf(results), this.backend, this.operations, {
      choices: this.answersBeside(results),
    });
  }

  protected override ask(request: UpdateRequest): Promise<Answer<Plan>> {
    return this.backend.planPush(request);
  }

  protected override carryOut(request: UpdateRequest): Promise<Answer<Receipt>> {
    return this.operations.push(request, this.keys);
  }
}

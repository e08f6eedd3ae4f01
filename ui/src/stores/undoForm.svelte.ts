import type { Answer, Backend } from "../ipc/client";
import type { Choice, Plan, Receipt, TargetResult, UndoRequest } from "../ipc/types";
import { entryKey } from "../lib/model";
import type { Operations } from "./operations.svelte";
import { Planning } from "./planning.svelte";

/** Which operation an undo is about, and how it is called. */
export interface Undoable {
  operation: string;
  /** "deploy of review to api". */
  name: string;
  /** It undid something itself; to undo it is to do that once more. */
  redo: boolean;
}

/** What the Undo dialog plans. It asks for its first plan when it is told to. */
export class UndoForm extends Planning<UndoRequest> {
  readonly type = "undo";
  constructor(
    readonly target: Undoable,
    private readonly backend: Backend,
    private readonly operations: Operations,
    choices: readonly Choice[] = [],
  ) {
    super();
    this.answer(choices);
  }

  /** A form for what is left of the operation; what was answered for the others stays answered. */
  again(results: readonly TargetResult[]): UndoForm {
    const form = new UndoForm(this.target, this.backend, this.operations, this.answersBeside(results));
    void form.replan();
    return form;
  }

  protected request(): UndoRequest {
    return { operation: this.target.operation, on_conflict: "stop", choices: [], plan: null };
  }

  protected ask(request: UndoRequest): Promise<Answer<Plan>> {
    return this.backend.planUndo(request);
  }

  protected carryOut(request: UndoRequest): Promise<Answer<Receipt>> {
    const keys = this.plan?.items.map((item) => entryKey(item.collection, item.artifact_id)) ?? [];
    return this.operations.undo(request, [...new Set(keys)]);
  }
}

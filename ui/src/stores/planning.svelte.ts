import type { Answer } from "../ipc/client";
import type { Choice, OnConflict, Plan, PlanItem, Problem, Receipt, TargetResult } from "../ipc/types";
import { changesAnything, isOpen, targetKey } from "../lib/plan";

/** A request with the answers to its conflicts and the plan that was agreed to. */
export interface Planned {
  choices?: Choice[];
  plan?: string | null;
}

/** How carrying out a plan ended, as far as the form is concerned. */
export type Ended = { receipt: Receipt } | { stale: true } | { problem: Problem };

/** Typing must not ask for a plan per letter, in milliseconds. */
const PAUSE_MS = 120;

/** A request that becomes a plan, gets its conflicts answered, and is carried out as it was shown. */
export abstract class Planning<R extends Planned> {
  plan = $state.raw<Plan | null>(null);
  /** Why there is no plan, or why carrying it out was refused. */
  problem = $state.raw<Problem | null>(null);
  planning = $state(false);
  running = $state(false);
  /** The plan that is shown replaced one that was no longer true. */
  stale = $state(false);

  #choices = $state.raw<ReadonlyMap<string, Choice>>(new Map());
  #turn = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** The request without choices and plan; null while there is too little to ask for a plan. */
  protected abstract request(): R | null;
  protected abstract ask(request: R): Promise<Answer<Plan>>;
  protected abstract carryOut(request: R): Promise<Answer<Receipt>>;

  /** Conflicts that still need an answer. */
  get open(): PlanItem[] {
    return this.plan?.items.filter(isOpen) ?? [];
  }

  get canRun(): boolean {
    return (
      this.plan !== null &&
      !this.planning &&
      !this.running &&
      this.open.length === 0 &&
      changesAnything(this.plan)
    );
  }

  choose(items: readonly PlanItem[], onConflict: OnConflict): void {
    const choices = new Map(this.#choices);
    for (const item of items) {
      if (item.path === null || !item.choices.includes(onConflict)) continue;
      choices.set(targetKey(item), {
        project_path: item.project_path,
        path: item.path,
        on_conflict: onConflict,
      });
    }
    this.#choices = choices;
    void this.replan();
  }

  /** The answers given so far, without those for some targets. */
  protected answersBeside(results: readonly TargetResult[]): Choice[] {
    const asked = new Set(results.map(targetKey));
    return [...this.#choices].filter(([key]) => !asked.has(key)).map(([, choice]) => choice);
  }

  /** Starts with answers that were given before. */
  protected answer(choices: readonly Choice[]): void {
    this.#choices = new Map(choices.map((choice) => [targetKey(choice), choice]));
  }

  /** Asks for a new plan when the person stops changing the request. */
  protected changed(): void {
    this.stale = false;
    clearTimeout(this.#timer);
    this.planning = this.request() !== null;
    this.#timer = setTimeout(() => void this.replan(), PAUSE_MS);
  }

  /** Asks for a plan now. Only the newest question's answer is shown. */
  async replan(): Promise<void> {
    clearTimeout(this.#timer);
    const turn = ++this.#turn;
    const request = this.#full();
    if (request === null) {
      Object.assign(this, { plan: null, problem: null, planning: false });
      return;
    }
    this.planning = true;
    const answer = await this.ask(request);
    if (turn !== this.#turn) return;
    this.planning = false;
    this.plan = answer.ok ? answer.data : null;
    this.problem = answer.ok ? null : answer.problem;
  }

  /** Has exactly the shown plan done, or nothing. */
  async run(): Promise<Ended | null> {
    const request = this.#full();
    if (!this.canRun || request === null || this.plan === null) return null;
    this.running = true;
    const answer = await this.carryOut({ ...request, plan: this.plan.id });
    this.running = false;
    if (answer.ok) return { receipt: answer.data };
    if (answer.problem.code === "plan-stale") {
      await this.replan();
      this.stale = true;
      return { stale: true };
    }
    this.problem = answer.problem;
    return { problem: answer.problem };
  }

  #full(): R | null {
    const request = this.request();
    return request && { ...request, choices: [...this.#choices.values()] };
  }
}

import type { Problem } from "../ipc/types";

/** A button on a toast. */
export interface NoticeAction {
  label: string;
  run(): void;
}

/** A short message at the edge of the window. */
export interface Notice {
  id: number;
  tone: "done" | "problem";
  text: string;
  problem: Problem | null;
  action: NoticeAction | null;
}

/** How long a message stays when nothing went wrong, in milliseconds. */
const STAY_MS = 8000;
/** With more than these at once, what is done makes room. */
const MOST = 4;

/** Toasts, and what the live region says to screen readers. A problem stays until it is dismissed. */
export class Notices {
  list = $state.raw<Notice[]>([]);
  /** The last thing to say aloud. */
  spoken = $state("");
  #next = 1;

  done(text: string, action: NoticeAction | null = null): void {
    const id = this.#add({ tone: "done", text, problem: null, action });
    setTimeout(() => this.dismiss(id), STAY_MS);
  }

  problem(problem: Problem, action: NoticeAction | null = null): void {
    // The same problem again is one toast, not a pile.
    if (this.list.some((notice) => notice.problem?.code === problem.code && notice.text === problem.message))
      return;
    this.#add({ tone: "problem", text: problem.message, problem, action });
  }

  /** Something failed in part: stays, with a way to the details. */
  partly(text: string, action: NoticeAction): void {
    this.#add({ tone: "problem", text, problem: null, action });
  }

  dismiss(id: number): void {
    this.list = this.list.filter((notice) => notice.id !== id);
  }

  say(text: string): void {
    this.spoken = text;
  }

  #add(notice: Omit<Notice, "id">): number {
    const id = this.#next++;
    const list = [...this.list, { ...notice, id }];
    // Good news makes room, oldest first; a problem stays until it is dismissed.
    const spare = list.filter((known) => known.tone === "done" && known.id !== id);
    const dropped = new Set(spare.slice(0, Math.max(0, list.length - MOST)));
    this.list = list.filter((known) => !dropped.has(known));
    this.say(notice.text);
    return id;
  }
}

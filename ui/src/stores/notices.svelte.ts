import type { Problem } from "../ipc/types";

/** A button on a toast. */
export interface NoticeAction {
  label: string;
  /** A key of the keymap that presses it. */
  keys?: string | undefined;
  run(): void;
}

/** A short message at the edge of the window. */
export interface Notice {
  id: number;
  tone: "done" | "problem";
  text: string;
  problem: Problem | null;
  action: NoticeAction | null;
  /** Takes back what it tells about. */
  undo: NoticeAction | null;
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
  #timers = new Map<number, ReturnType<typeof setTimeout>>();

  done(text: string, undo: NoticeAction | null = null): void {
    this.release(this.#add({ tone: "done", text, problem: null, action: null, undo }));
  }

  /** Somebody reads it or is about to press its button: it stays. */
  hold(id: number): void {
    clearTimeout(this.#timers.get(id));
    this.#timers.delete(id);
  }

  /** It goes by itself after a while; a problem does not. */
  release(id: number): void {
    this.hold(id);
    if (this.list.find((notice) => notice.id === id)?.tone === "done")
      this.#timers.set(
        id,
        setTimeout(() => this.dismiss(id), STAY_MS),
      );
  }

  /** Presses the newest button that has this key; returns whether there was one. */
  press(keys: string | undefined): boolean {
    const notice = this.list.findLast((known) => known.undo !== null && known.undo.keys === keys);
    if (!notice) return false;
    this.dismiss(notice.id);
    notice.undo?.run();
    return true;
  }

  problem(problem: Problem, action: NoticeAction | null = null): void {
    // The same problem again is one toast, not a pile.
    if (this.list.some((notice) => notice.problem?.code === problem.code && notice.text === problem.message))
      return;
    this.#add({ tone: "problem", text: problem.message, problem, action, undo: null });
  }

  /** Something failed in part: stays, with a way to the details. */
  partly(text: string, action: NoticeAction, undo: NoticeAction | null): void {
    this.#add({ tone: "problem", text, problem: null, action, undo });
  }

  dismiss(id: number): void {
    this.hold(id);
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

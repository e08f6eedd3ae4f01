// What is pinned for the tray: what the window can ask for, and how the shell is asked.
import { commands } from "./bindings";
import type { Answer } from "./client";
import type { PinnedRow, PinRequest, Problem } from "./types";

/** Pins. What is pinned comes with the settings. */
export interface PinBackend {
  /** Pins artifacts and sets, after what is pinned already. */
  pin(request: PinRequest): Promise<Answer<PinnedRow[]>>;
  /** Takes pins away, also of what is gone. */
  unpin(request: PinRequest): Promise<Answer<PinnedRow[]>>;
}

type Typed<T> = Promise<{ status: "ok"; data: T } | { status: "error"; error: Problem }>;

/** The commands of the shell. `answer` makes an answer of what a command returns. */
export const shellPins = (answer: <T>(call: Typed<T>) => Promise<Answer<T>>): PinBackend => ({
  pin: (request) => answer(commands.pin(request)),
  unpin: (request) => answer(commands.unpin(request)),
});

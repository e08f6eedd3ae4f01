import { commands } from "./bindings";
import type { Answer } from "./client";
import type { Desktop, Open, Problem } from "./types";

/** The window among other windows: what it is asked to show, closing, starting at login. */
export interface OutsideBackend {
  /** What the window was asked to show since this was called last, oldest first. */
  takeOpenRequests(): Promise<Answer<Open[]>>;
  /** What this desktop offers. */
  desktop(): Promise<Answer<Desktop>>;
  /** Starts the program at login from now on, or no longer. */
  setAutostart(on: boolean): Promise<Answer<Desktop>>;
  /** Hides the window, or ends the program. */
  leaveWindow(quit: boolean): Promise<Answer<null>>;
}

type Typed<T> = Promise<{ status: "ok"; data: T } | { status: "error"; error: Problem }>;

/** Through the shell. */
export const shellOutside = (answer: <T>(call: Typed<T>) => Promise<Answer<T>>): OutsideBackend => ({
  takeOpenRequests: () => answer(commands.takeOpenRequests()),
  desktop: () => answer(commands.desktop()),
  setAutostart: (on) => answer(commands.setAutostart(on)),
  leaveWindow: (quit) => answer(commands.leaveWindow(quit)),
});

// Help for whoever has to find out what went wrong.
import { commands } from "./bindings";
import type { Answer } from "./client";
import type { Diagnostics, Problem } from "./types";

export interface SupportBackend {
  /** What somebody who helps needs to know, also when the library cannot be read. */
  diagnostics(): Promise<Answer<Diagnostics>>;
  /** Writes an error of the page into the log. */
  notePageError(text: string): Promise<Answer<null>>;
}

type Typed<T> = Promise<{ status: "ok"; data: T } | { status: "error"; error: Problem }>;

/** The commands of the shell. `answer` makes an answer of what a command returns. */
export const shellSupport = (answer: <T>(call: Typed<T>) => Promise<Answer<T>>): SupportBackend => ({
  diagnostics: () => answer(commands.diagnostics()),
  notePageError: (text) => answer(commands.notePageError(text)),
});

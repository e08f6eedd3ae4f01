import type { LibraryChanged } from "../ipc/types";

/** Where a held library stands. */
export interface Position {
  epoch: string;
  revision: number;
}

/** What to do with an event: take it, drop it because it is older, or take a new snapshot. */
export type Verdict = "apply" | "drop" | "reload";

/**
 * Events carry whole rows, so one that overlaps what is held may be applied again; one that starts after it
 * means that something was missed, and another epoch means that revisions cannot be compared.
 */
export function judge(held: Position, event: Pick<LibraryChanged, "epoch" | "since" | "revision">): Verdict {
  if (event.epoch !== held.epoch) return "reload";
  if (event.since > held.revision) return "reload";
  return event.revision <= held.revision ? "drop" : "apply";
}

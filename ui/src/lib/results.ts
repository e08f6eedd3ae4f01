import type { TargetResult } from "../ipc/types";

/** It was stopped before its project was begun. */
export const isDropped = (result: TargetResult): boolean => result.problem?.code === "cancelled";

/** Which outcomes are shown. */
export type OutcomeFilter = "all" | "succeeded" | "failed" | "skipped" | "unchanged";

export const OUTCOMES: readonly OutcomeFilter[] = ["all", "succeeded", "failed", "skipped", "unchanged"];

/** How one target ended, as it is counted: what had to be left alone because it was right is not "done". */
export const outcomeOf = (result: TargetResult): Exclude<OutcomeFilter, "all"> =>
  result.status === "failed"
    ? "failed"
    : result.status === "skipped"
      ? "skipped"
      : result.action === "unchanged"
        ? "unchanged"
        : "succeeded";

export const fitsOutcome = (result: TargetResult, filter: OutcomeFilter): boolean =>
  filter === "all" || outcomeOf(result) === filter;

/** A line of the table: a project, or one of its targets. */
export type ResultLine =
  { type: "project"; path: string; count: number } | { type: "target"; result: TargetResult; key: string };

/** The results of each project below its line, projects in the order in which they come. */
export function resultLines(results: readonly TargetResult[], filter: OutcomeFilter): ResultLine[] {
  const projects = new Map<string, TargetResult[]>();
  for (const result of results) {
    if (!fitsOutcome(result, filter)) continue;
    const own = projects.get(result.project_path);
    if (own) own.push(result);
    else projects.set(result.project_path, [result]);
  }
  return [...projects].flatMap(([path, own]): ResultLine[] => [
    { type: "project", path, count: own.length },
    ...own.map((result): ResultLine => ({ type: "target", result, key: keyOf(result) })),
  ]);
}

const keyOf = (result: TargetResult): string =>
  [
    result.project_path,
    result.collection,
    result.artifact_id,
    result.deployment_profile_id,
    result.path ?? "",
  ].join("\n");

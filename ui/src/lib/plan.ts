import {
  entryKey,
  type Action,
  type OnConflict,
  type Plan,
  type PlanItem,
  type Problem,
  type TargetResult,
} from "./model";

/** What the confirming button will do, in the order in which it says so. */
export type Part = "deploy" | "remove" | "adopt" | "keep" | "skip";

const PARTS: { part: Part; of: (item: PlanItem) => boolean }[] = [
  { part: "deploy", of: (item) => item.action === "created" || item.action === "updated" },
  { part: "remove", of: (item) => item.action === "removed" },
  { part: "adopt", of: (item) => item.action === "adopted" },
  { part: "keep", of: (item) => item.action === "kept" },
  { part: "skip", of: (item) => item.conflict !== null && item.choice === "skip" },
];

/** How a plan is talked about: it differs with what it is a plan of. */
export interface PlanWords {
  /** What the button does, while it is not known to how many. */
  verb: string;
  running: string;
  /** Said while there is too little to plan. */
  pickProject: string;
  parts: Record<Part, (n: number) => string>;
  /** Said after the first part, of a plan for several projects: "into 2 projects". */
  into?: (projects: number) => string;
  planned: Record<Action, string>;
  choices: Record<OnConflict, { label: string; hint: string }>;
}

/** How often each part happens; parts that do not happen are left out. */
export const partsOf = (plan: Plan): { part: Part; n: number }[] =>
  PARTS.map(({ part, of }) => ({ part, n: plan.items.filter(of).length })).filter(({ n }) => n > 0);

/** A conflict that nobody answered yet. */
export const isOpen = (item: PlanItem): boolean =>
  item.conflict !== null && item.choice === "stop" && item.choices.length > 0;

/** Whether carrying the plan out would change anything. */
export const changesAnything = (plan: Plan): boolean =>
  plan.items.some((item) => item.action !== "none" && item.action !== "unchanged");

/** A stable name for one target of a plan. */
export const targetKey = (item: { project_path: string; path: string | null }): string =>
  `${item.project_path}\n${item.path ?? ""}`;

/** What some targets are about, each thing once: to ask for exactly these again. */
export function partsToRepeat(results: readonly TargetResult[]): {
  artifacts: ReadonlySet<string>;
  projects: string[];
  profiles: string[];
} {
  return {
    artifacts: new Set(results.map((result) => entryKey(result.collection, result.artifact_id))),
    projects: [...new Set(results.map((result) => result.project_path))],
    // What could not be found has no profile.
    profiles: [...new Set(results.map((result) => result.deployment_profile_id))].filter(Boolean),
  };
}

/** Failures that a choice in the plan settles; the same request again would only be refused again. */
export const needsChoice = (problem: Problem | null): boolean =>
  problem?.code === "local-changes" || problem?.code === "unmanaged-target";

/** A name that no other line of the plan has. What cannot be done has no target, so that is not enough. */
export const itemKey = (item: PlanItem): string =>
  [item.collection, item.artifact_id, item.deployment_profile_id, targetKey(item)].join("\n");

/** Another set needs it: it stays unless a person says otherwise. */
export const isNeeded = (item: PlanItem): boolean => item.conflict?.code === "needed-by-set";

/** It cannot be done. What is left alone for a good reason has a notice, and is no failure. */
export const isFailing = (item: PlanItem): boolean =>
  item.problem !== null && item.problem.severity !== "notice";

const RANK = (item: PlanItem): number =>
  isFailing(item) ? 0 : isOpen(item) ? 1 : item.conflict ? 2 : item.action === "unchanged" ? 4 : 3;

/** Trouble first, what stays as it is last; the plan's own order within. */
export const byUrgency = (items: readonly PlanItem[]): PlanItem[] =>
  [...items].sort((a, b) => RANK(a) - RANK(b));

/** The answers that fit every open conflict, for answering them all at once. */
export function commonChoices(plan: Plan): OnConflict[] {
  const open = plan.items.filter((item) => item.conflict !== null && item.choices.length > 0);
  const [first, ...rest] = open;
  if (!first) return [];
  return first.choices.filter(
    (choice) => choice !== "stop" && rest.every((item) => item.choices.includes(choice)),
  );
}

/** What is counted of one project's part of a plan, trouble first. */
export type PlanCount =
  | "failed"
  | "conflicts"
  | "created"
  | "updated"
  | "removed"
  | "adopted"
  | "kept"
  | "skipped"
  | "needed"
  | "unchanged";

const COUNTS: readonly PlanCount[] = [
  "failed",
  "conflicts",
  "created",
  "updated",
  "removed",
  "adopted",
  "kept",
  "skipped",
  "needed",
  "unchanged",
];

function countOf(item: PlanItem): PlanCount {
  if (isFailing(item)) return "failed";
  if (isNeeded(item) && item.choice === "skip") return "needed";
  if (item.problem) return "skipped";
  if (isOpen(item)) return "conflicts";
  if (item.action === "none") return "skipped";
  return item.action;
}

/** One project's part of a plan. */
export interface PlanPart {
  path: string;
  name: string;
  items: PlanItem[];
  counts: { what: PlanCount; n: number }[];
}

/** A plan by projects, in its own order. */
export function partsByProject(items: readonly PlanItem[]): PlanPart[] {
  const parts = new Map<string, PlanItem[]>();
  for (const item of items) {
    const own = parts.get(item.project_path);
    if (own) own.push(item);
    else parts.set(item.project_path, [item]);
  }
  return [...parts].map(([path, own]) => {
    const found = own.map(countOf);
    const counts = COUNTS.map((what) => ({ what, n: found.filter((other) => other === what).length }));
    return { path, name: own[0]?.project_name ?? path, items: own, counts: counts.filter(({ n }) => n > 0) };
  });
}

/** In how many projects a plan changes something. */
export const projectsChanged = (plan: Plan): number =>
  new Set(
    plan.items
      .filter((item) => item.action !== "none" && item.action !== "unchanged")
      .map((item) => item.project_path),
  ).size;

/** Where something happened: one project's name, or how many. */
export function placesOf(
  results: readonly TargetResult[],
  name: (path: string) => string,
  many: (n: number) => string,
): string {
  const paths = [...new Set(results.map((result) => result.project_path))];
  return paths.length === 1 && paths[0] !== undefined ? name(paths[0]) : many(paths.length);
}

/** Artifacts for which something was really done. */
export const doneOf = (results: readonly TargetResult[]): TargetResult[] =>
  results.filter((result) => result.status === "success" && !["unchanged", "none"].includes(result.action));

export const countArtifacts = (results: readonly TargetResult[]): number =>
  new Set(results.map((result) => `${result.collection}\n${result.artifact_id}`)).size;

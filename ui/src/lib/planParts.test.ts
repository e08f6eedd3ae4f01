import { describe, expect, it } from "vitest";
import type { Plan, PlanItem, Problem } from "../ipc/types";
import { byUrgency, isFailing, partsByProject, projectsChanged } from "./plan";

const problem = (code: Problem["code"], severity: Problem["severity"] = "refusal"): Problem => ({
  code,
  severity,
  message: "Because.",
});

const item = (project: string, artifact_id: string, rest: Partial<PlanItem> = {}): PlanItem => ({
  artifact_id,
  collection: "default",
  project_path: `/${project}`,
  project_name: project,
  deployment_profile_id: "claude_code",
  path: `.claude/${artifact_id}`,
  action: "created",
  conflict: null,
  choices: [],
  choice: "stop",
  problem: null,
  files: 1,
  bytes: 1,
  edited: [],
  taken: [],
  ...rest,
});

const open = { action: "none", conflict: problem("local-changes"), choices: ["skip", "overwrite"] } as const;
const kept = {
  action: "none",
  choice: "skip",
  choices: ["skip", "overwrite"],
  conflict: problem("needed-by-set", "notice"),
} as const;
const items: PlanItem[] = [
  item("web", "a"),
  item("api", "a", { action: "unchanged" }),
  item("web", "b", { ...open, choices: [...open.choices] }),
  item("web", "c", { action: "none", problem: problem("artifact-not-found") }),
  item("api", "b", { ...kept, choices: [...kept.choices] }),
  item("web", "d", { ...open, choices: [...open.choices], choice: "skip" }),
];

describe("a plan by projects", () => {
  it("counts what happens in each, trouble first, in the order of the plan", () => {
    const told = partsByProject(items).map(({ name, counts }) => [
      name,
      ...counts.map(({ what, n }) => `${n} ${what}`),
    ]);
    expect(told).toEqual([
      ["web", "1 failed", "1 conflicts", "1 created", "1 skipped"],
      ["api", "1 needed", "1 unchanged"],
    ]);
  });

  it("changes only the projects in which something is done", () => {
    expect(projectsChanged({ items } as Plan)).toBe(1);
    expect(projectsChanged({ items: items.slice(1, 3) } as Plan)).toBe(0);
  });

  it("takes what is left alone for a good reason for no failure", () => {
    const noted = item("web", "e", { action: "none", problem: problem("cancelled", "notice") });
    expect([items[3], noted].map((one) => isFailing(one as PlanItem))).toEqual([true, false]);
    expect(byUrgency(items).map((one) => `${one.project_name} ${one.artifact_id}`)).toEqual([
      "web c",
      "web b",
      "api b",
      "web d",
      "web a",
      "api a",
    ]);
  });
});

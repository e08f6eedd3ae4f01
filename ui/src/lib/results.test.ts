import { expect, it } from "vitest";
import type { TargetResult } from "../ipc/types";
import { fitsOutcome, outcomeOf, resultLines } from "./results";

const result = (
  project_path: string,
  artifact_id: string,
  status: TargetResult["status"],
  action: TargetResult["action"],
): TargetResult => ({
  artifact_id,
  collection: "default",
  project_path,
  deployment_profile_id: "claude_code",
  status,
  action,
  path: null,
  files: 1,
  bytes: 1,
  error: null,
  problem: null,
});

const some = [
  result("/p", "skill:a", "success", "created"),
  result("/q", "skill:a", "failed", "none"),
  result("/p", "skill:b", "success", "unchanged"),
  result("/q", "skill:b", "skipped", "none"),
];

it("counts what was right already apart from what was done", () => {
  expect(some.map(outcomeOf)).toEqual(["succeeded", "failed", "unchanged", "skipped"]);
  expect(some.filter((one) => fitsOutcome(one, "all"))).toHaveLength(4);
});

it("puts each project's results below its line, and leaves out projects without any", () => {
  const told = (filter: Parameters<typeof resultLines>[1]): string[] =>
    resultLines(some, filter).map((line) =>
      line.type === "project" ? `${line.path} ${line.count}` : line.result.artifact_id,
    );
  expect(told("all")).toEqual(["/p 2", "skill:a", "skill:b", "/q 2", "skill:a", "skill:b"]);
  expect(told("failed")).toEqual(["/q 1", "skill:a"]);
  expect(told("succeeded")).toEqual(["/p 1", "skill:a"]);
});

import { describe, expect, it } from "vitest";
import type { DeploymentRow, ResolvedArtifact, Status } from "../ipc/types";
import { cellKey, cellsBetween, cellsOf, inSight, intoSight, rowsOf, type MatrixColumn } from "./matrix";
import { entryKey, makeEntry, type Entry } from "./model";

const resolved = (artifact_id: string, trails: string[][] = [["Base"]]): ResolvedArtifact => ({
  artifact_id,
  collection: "default",
  trail: trails[0] ?? [],
  trails,
  more: 0,
  missing: false,
});

const copy = (
  project_path: string,
  status: Status,
  deployment_profile_id = "claude_code",
): DeploymentRow => ({
  artifact_id: "skill:a",
  collection: "default",
  project_path,
  project_name: project_path,
  deployed_at: "",
  content_hash: null,
  deployment_profile_id,
  platform: null,
  local_modifications: false,
  artifact_path: "skills/a",
  profile_root_dir: ".claude",
  status,
  problem: null,
});

const entries = (...rows: Entry[]): Map<string, Entry> => new Map(rows.map((row) => [row.key, row]));
const columns: MatrixColumn[] = ["/p", "/q", "/r"].map((path) => ({ path, name: path, problem: null }));

describe("the matrix", () => {
  it("has a row for each artifact, and says how the set comes to it", () => {
    const two = [
      ["Web", "Base"],
      ["Web", "lint"],
    ];
    const [a, b] = rowsOf([resolved("skill:a", two), resolved("agent:pm/b")], entries());
    expect(a).toMatchObject({ kind: "skill", label: "a", trail: "Web › Base\nWeb › lint", missing: true });
    expect(b).toMatchObject({ kind: "agent", label: "pm/b", key: entryKey("default", "agent:pm/b") });
    expect(rowsOf([{ ...resolved("skill:a"), more: 7 }], entries())[0]?.trail).toBe("Base\n+7");
  });

  it("shows the worst of an artifact's copies in a project, and nothing where there is none", () => {
    const entry = makeEntry("default", "skill:a", null, [
      copy("/p", "synced"),
      copy("/p", "modified", "codex"),
      copy("/q", "synced"),
    ]);
    const cells = cellsOf(rowsOf([resolved("skill:a")], entries(entry)), entries(entry));
    expect(cells).toEqual(
      new Map([
        [cellKey("/p", entry.key), "modified"],
        [cellKey("/q", entry.key), "synced"],
      ]),
    );
  });

  it("takes a rectangle in any direction, and a header for its whole row or column", () => {
    const rows = rowsOf(
      ["skill:a", "skill:b", "skill:c"].map((id) => resolved(id)),
      entries(),
    );
    const names = (from: [number, number], to: [number, number]): string[] =>
      cellsBetween({ row: from[0], column: from[1] }, { row: to[0], column: to[1] }, rows, columns).map(
        (key) => key.replace("\ndefault\nskill:", ""),
      );
    expect(names([1, 1], [1, 1])).toEqual(["/qb"]);
    expect(names([2, 1], [1, 0])).toEqual(["/pb", "/qb", "/pc", "/qc"]);
    expect(names([1, -1], [1, -1])).toEqual(["/pb", "/qb", "/rb"]);
    expect(names([-1, 2], [-1, 2])).toEqual(["/ra", "/rb", "/rc"]);
    expect(names([-1, -1], [-1, -1])).toHaveLength(9);
  });
});

describe("what is in sight", () => {
  it("is what the room shows and some beyond, never more than there is", () => {
    expect(inSight(0, 280, 28, 500, 4)).toEqual({ from: 0, to: 14 });
    expect(inSight(2800, 280, 28, 500, 4)).toEqual({ from: 96, to: 114 });
    expect(inSight(13_900, 280, 28, 500, 4)).toEqual({ from: 492, to: 500 });
    // The list became shorter than what was scrolled.
    expect(inSight(2800, 280, 28, 10, 4)).toEqual({ from: 10, to: 10 });
  });

  it("is reached by the smallest scroll", () => {
    expect(intoSight(100, 28, 0, 280)).toBe(0);
    expect(intoSight(280, 28, 0, 280)).toBe(28);
    expect(intoSight(28, 28, 56, 280)).toBe(28);
  });
});

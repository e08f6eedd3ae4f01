import { describe, expect, it } from "vitest";
import type { OperationEntry } from "../ipc/types";
import { operationName, operationTitle } from "../i18n/operations";
import { byOperation, byProject, extentOf, isRedo, meaningOf, newestToUndo } from "./history";

const entry = (operation: string, rest: Partial<OperationEntry> = {}): OperationEntry => ({
  operation,
  kind: "deploy",
  at: "2026-11-21T10:00:00Z",
  holder: "the window",
  undoes: null,
  undone: "no",
  undoable: true,
  recovered: false,
  kept_bytes: 0,
  items: [],
  ...rest,
});
const undo = (operation: string, undoes: string | null, rest: Partial<OperationEntry> = {}): OperationEntry =>
  entry(operation, { kind: "undo", undoes, ...rest });

describe("what an operation means", () => {
  const all = [undo("u3", "u2"), undo("u2", "u1"), undo("u1", "a"), entry("a", { kind: "undeploy" })];
  const known = byOperation(all);

  it("turns round with each undo", () => {
    expect(all.map((one) => meaningOf(one, known))).toEqual([
      { verb: "undid", base: "undeploy" },
      { verb: "redid", base: "undeploy" },
      { verb: "undid", base: "undeploy" },
      { verb: "did", base: "undeploy" },
    ]);
    expect(all.map((one) => isRedo(meaningOf(one, known)))).toEqual([true, false, true, false]);
  });

  it("is known as far as the list goes, and never goes round in circles", () => {
    expect(meaningOf(undo("x", "gone"), known)).toEqual({ verb: "undid", base: null });
    expect(meaningOf(undo("x", null), known)).toEqual({ verb: "undid", base: null });
    const ring = byOperation([undo("p", "q"), undo("q", "p")]);
    expect(meaningOf(undo("p", "q"), ring).base).toBeNull();
  });
});

describe("what undo means when nothing is named", () => {
  it("is the newest that still stands, and never an undo", () => {
    const done = entry("a", { undone: "yes" });
    expect(newestToUndo([undo("u", "b"), entry("b", { undone: "yes" }), entry("a")])?.operation).toBe("a");
    expect(newestToUndo([undo("u2", "u1"), undo("u1", "a", { undone: "yes" }), done])?.operation).toBe("u2");
    expect(
      newestToUndo([undo("u", "a", { undone: "partly" }), { ...done, undone: "partly" }])?.operation,
    ).toBe("a");
    expect(newestToUndo([undo("u", "a"), done])).toBeUndefined();
  });
});

describe("words", () => {
  const item = (artifact_id: string, project_path: string) => ({
    artifact_id,
    collection: "default",
    project_path,
  });
  const extent = (...items: ReturnType<typeof item>[]) => extentOf(items, (one) => one.project_path.slice(1));
  const one = extent(item("agent:pm/review", "/api"), item("agent:pm/review", "/api"));
  const many = extent(item("skill:a", "/api"), item("skill:b", "/web"), item("skill:b", "/api"));

  it("name what is single, and count what is not", () => {
    expect(operationTitle({ verb: "did", base: "deploy" }, one)).toBe("Deployed review to api");
    expect(operationTitle({ verb: "did", base: "undeploy" }, many)).toBe(
      "Undeployed 2 artifacts from 2 projects",
    );
    expect(operationTitle({ verb: "undid", base: "deploy" }, many)).toBe(
      "Undid deploy of 2 artifacts to 2 projects",
    );
    expect(operationTitle({ verb: "redid", base: null }, one)).toBe("Redid change of review in api");
    expect(operationName("undeploy", one)).toBe("undeploy of review from api");
  });

  it("and what changed is told by project", () => {
    const full = (path: string, project: string) => ({
      ...item(`skill:${path}`, project),
      project_name: project.slice(1),
      deployment_profile_id: "claude_code",
      path,
      action: "created" as const,
      files: 1,
      bytes: 1,
    });
    const found = byProject([full("a", "/api"), full("b", "/web"), full("c", "/api")]);
    expect(found.map(({ name, items }) => [name, items.map(({ path }) => path)])).toEqual([
      ["api", ["a", "c"]],
      ["web", ["b"]],
    ]);
  });
});

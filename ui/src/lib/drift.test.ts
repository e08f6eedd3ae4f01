import { describe, expect, it } from "vitest";
import { diffOf } from "../ipc/fake/drift";
import { dice, fakeArtifact, fakeDeployment, fakeProject } from "../ipc/fake/rows";
import type { DiffLine, Status } from "../ipc/types";
import { behindOf, isBehind, pairsOf, takeOf } from "./drift";
import { makeEntry } from "./model";

const artifact = fakeArtifact(1, dice(3));
const row = (status: Status) => fakeDeployment(artifact, fakeProject("/work/api"), status);
const entry = (rows: ReturnType<typeof row>[], there = true) =>
  makeEntry("default", artifact.artifact_id, there ? artifact : null, rows);

describe("a copy is behind", () => {
  it.each([
    ["outdated", true],
    ["conflict", true],
    ["modified", false],
    ["synced", false],
    ["missing", false],
    ["unknown", false],
  ] as const)("%s: %s", (status, want) => {
    expect(isBehind(entry([row(status)]), row(status))).toBe(want);
  });
  it("when it was edited and the collection changed other files", () => {
    const edited = { ...row("modified"), content_hash: "0".repeat(64) };
    expect(isBehind(entry([edited]), edited)).toBe(true);
    expect(isBehind(entry([edited]), { ...edited, content_hash: null })).toBe(false);
  });
  it("never without the artifact", () => {
    expect(isBehind(entry([row("outdated")], false), row("outdated"))).toBe(false);
  });
  it("in the project that is looked at, or everywhere", () => {
    const web = { ...row("outdated"), project_path: "/work/web" };
    const both = entry([row("outdated"), web, row("synced")]);
    expect([behindOf([both], null).length, behindOf([both], "/work/web")]).toEqual([2, [web]]);
  });
});

it("a file goes to the one who changed it, and a conflict to nobody, unless it is answered", () => {
  const [skill] = [{ ...row("conflict"), artifact_path: "skills/a" }];
  const takes = diffOf(skill).files.map((file) => [file.path, takeOf(file, undefined)]);
  expect(Object.fromEntries(takes)).toMatchObject({
    "SKILL.md": null,
    "assets/logo.png": "collection",
    "notes.local.md": "project",
  });
  const [main] = diffOf(skill).files;
  expect(main && takeOf(main, { file: main.path, take: "text", text: "x" })).toBe("text");
});

describe("two columns", () => {
  const line = (kind: DiffLine["kind"], text: string): DiffLine => ({ kind, text, old_line: 1, new_line: 1 });
  const told = (lines: DiffLine[]) =>
    pairsOf({ lines }).map(({ left, right }) => [left?.text ?? null, right?.text ?? null]);
  it("put what came beside what went, and leave the rest of the longer side alone", () => {
    expect(
      told([
        line("context", "a"),
        line("delete", "b"),
        line("insert", "B"),
        line("insert", "B2"),
        line("context", "c"),
        line("delete", "d"),
      ]),
    ).toEqual([
      ["a", "a"],
      ["b", "B"],
      [null, "B2"],
      ["c", "c"],
      ["d", null],
    ]);
  });
  it("begin anew where a second change follows at once", () => {
    expect(told([line("insert", "A"), line("delete", "b"), line("insert", "B")])).toEqual([
      [null, "A"],
      ["b", "B"],
    ]);
  });
});

import { describe, expect, it } from "vitest";
import type { FileEntry, Plan, PlanItem } from "../ipc/types";
import { ago, agoShort, baseName, bytes, parentPath, plural } from "./format";
import { byUrgency, changesAnything, commonChoices, isOpen, partsOf } from "./plan";
import { judge } from "./protocol";
import { extend, neighbour, NOTHING, pick, toggle } from "./selection";
import { fileTree } from "./tree";

describe("the event protocol", () => {
  const held = { epoch: "a", revision: 5 };
  it.each([
    ["the next one", { epoch: "a", since: 5, revision: 6 }, "apply"],
    ["an overlapping one", { epoch: "a", since: 3, revision: 7 }, "apply"],
    ["an older one", { epoch: "a", since: 4, revision: 5 }, "drop"],
    ["one after a gap", { epoch: "a", since: 6, revision: 7 }, "reload"],
    ["another epoch", { epoch: "b", since: 5, revision: 6 }, "reload"],
  ])("%s", (_, event, verdict) => expect(judge(held, event)).toBe(verdict));
});

describe("the selection", () => {
  const order = ["a", "b", "c", "d"];
  it("extends from where it began, in both directions", () => {
    const down = extend(pick("b"), "d", order);
    expect([...down.selected]).toEqual(["b", "c", "d"]);
    expect([...extend(down, "a", order).selected]).toEqual(["a", "b"]);
  });
  it("takes rows in and out", () => {
    const two = toggle(pick("a"), "c");
    expect([...two.selected]).toEqual(["a", "c"]);
    expect([...toggle(two, "a").selected]).toEqual(["c"]);
  });
  it("moves inside the list", () => {
    expect(neighbour(NOTHING, 1, order)).toBe("a");
    expect(neighbour(NOTHING, -1, order)).toBe("d");
    expect(neighbour(NOTHING, Infinity, order)).toBe("d");
    expect(neighbour(NOTHING, -Infinity, order)).toBe("a");
    expect(neighbour(pick("d"), 1, order)).toBe("d");
    expect(neighbour(pick("b"), Infinity, order)).toBe("d");
    expect(neighbour(pick("gone"), 1, order)).toBe("a");
    expect(neighbour(pick("a"), 1, [])).toBeNull();
  });
  it("extends alone when its anchor is filtered away", () => {
    expect([...extend(pick("gone"), "c", order).selected]).toEqual(["c"]);
  });
});

describe("words for numbers", () => {
  const now = Date.parse("2026-11-21T10:00:00Z");
  it("time", () => {
    expect(agoShort("2026-11-21T08:00:00Z", now)).toBe("2h");
    expect(agoShort("2026-11-21T09:59:50Z", now)).toBe("now");
    expect(ago("2026-11-21T09:58:00Z", now)).toBe("2 min. ago");
    expect(ago("not a date", now)).toBe("not a date");
  });
  it("sizes and plurals", () => {
    expect([0, 999, 1000, 14_200_000].map(bytes)).toEqual(["0 B", "999 B", "1.0 KB", "14 MB"]);
    expect([plural(1, "file", "files"), plural(1200, "file", "files")]).toEqual(["1 file", "1,200 files"]);
  });
  it("paths", () => {
    expect([baseName("/a/b"), parentPath("/a/b"), parentPath("/a")]).toEqual(["b", "/a", "/"]);
  });
});

it("a tree shows folders that paths imply, folders first", () => {
  const file = (path: string): FileEntry => ({
    path,
    kind: "file",
    bytes: 1,
    executable: false,
    ignored: false,
  });
  const nodes = fileTree([file("b.md"), file("x/y/z.md"), file("a10.md"), file("a9.md")]);
  expect(nodes.map((node) => `${"-".repeat(node.depth)}${node.name}`)).toEqual([
    "x",
    "-y",
    "--z.md",
    "a9.md",
    "a10.md",
    "b.md",
  ]);
  expect(nodes.map((node) => node.folder)).toEqual([true, true, false, false, false, false]);
});

describe("a plan in words", () => {
  const conflict = { code: "local-changes", severity: "refusal", message: "edited" } as const;
  const item = (path: string, rest: Partial<PlanItem>): PlanItem => ({
    artifact_id: `skill:${path}`,
    collection: "default",
    project_path: "/p",
    project_name: "p",
    deployment_profile_id: "claude_code",
    path,
    action: "created",
    conflict: null,
    edited: [],
    taken: [],
    choices: [],
    choice: "stop",
    problem: null,
    files: 1,
    bytes: 1,
    ...rest,
  });
  const plan = (items: PlanItem[]): Plan => ({ id: "1", items, notices: [], totals: {} as Plan["totals"] });
  const open = item("open", { action: "none", conflict, choices: ["skip", "overwrite"] });
  const skipped = item("skipped", { action: "none", conflict, choices: ["skip", "keep"], choice: "skip" });

  it("says what will be done", () => {
    const parts = partsOf(
      plan([item("a", {}), item("b", { action: "updated" }), skipped, item("c", { action: "unchanged" })]),
    );
    expect(parts).toEqual([
      { part: "deploy", n: 2 },
      { part: "skip", n: 1 },
    ]);
  });
  it("knows an open conflict from an answered one", () => {
    expect([isOpen(open), isOpen(skipped)]).toEqual([true, false]);
    expect(changesAnything(plan([open, skipped, item("c", { action: "unchanged" })]))).toBe(false);
  });
  it("puts trouble first", () => {
    const failed = item("failed", { action: "none", problem: conflict });
    const sorted = byUrgency([item("c", { action: "unchanged" }), item("a", {}), skipped, open, failed]);
    expect(sorted.map(({ path }) => path)).toEqual(["failed", "open", "skipped", "a", "c"]);
  });
  it("offers for all only what fits all", () => {
    expect(commonChoices(plan([open, skipped]))).toEqual(["skip"]);
    expect(commonChoices(plan([item("a", {})]))).toEqual([]);
  });
});

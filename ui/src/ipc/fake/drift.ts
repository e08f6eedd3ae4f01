// How the copies of the fake world differ from the collection, file by file.
import type { DeploymentDiff, DeploymentRow, DiffHunk, FileDiff, MergeProposal, Status } from "../types";
import { fakeHash } from "./rows";
import type { World } from "./world";

/** What was edited in a text. */
const EDITED: DiffHunk[] = [
  {
    lines: [
      { kind: "context", old_line: 7, new_line: 7, text: "## When to use it" },
      { kind: "context", old_line: 8, new_line: 8, text: "" },
      { kind: "delete", old_line: 9, new_line: null, text: "Use it before a change is merged." },
      {
        kind: "insert",
        old_line: null,
        new_line: 9,
        text: "Use it before a change is merged, and again after a rebase.",
      },
      { kind: "insert", old_line: null, new_line: 10, text: "Ask for the failing test first." },
      {
        kind: "context",
        old_line: 10,
        new_line: 11,
        text: "It reads the diff, the tests and the history.",
      },
    ],
  },
];

const CHANGED: Record<string, Pick<FileDiff, "collection" | "project">> = {
  outdated: { collection: "modified", project: "same" },
  modified: { collection: "same", project: "modified" },
  conflict: { collection: "modified", project: "modified" },
};

const file = (path: string, status: Status, rest: Partial<FileDiff> = {}): FileDiff => ({
  path,
  change: "modified",
  status,
  ...(CHANGED[status] ?? { collection: "unknown", project: "unknown" }),
  binary: false,
  old_bytes: 2210,
  new_bytes: 2252,
  old_executable: false,
  new_executable: false,
  old_sha256: fakeHash(`old ${path}`),
  new_sha256: fakeHash(`new ${path}`),
  hunks: EDITED,
  truncated: false,
  ...rest,
});

const NOTES = file("notes.local.md", "modified", {
  change: "added",
  project: "added",
  old_bytes: null,
  old_executable: null,
  old_sha256: null,
  new_bytes: 42,
  hunks: [{ lines: [{ kind: "insert", old_line: null, new_line: 1, text: "Only in this project." }] }],
});

/** What else moved on in a skill: a picture, a script that can be run now, and a text that is new. */
const MOVED: FileDiff[] = [
  file("assets/logo.png", "outdated", { binary: true, hunks: [] }),
  file("references/style.md", "outdated", {
    change: "removed",
    collection: "added",
    new_bytes: null,
    new_executable: null,
    new_sha256: null,
    hunks: [{ lines: [{ kind: "delete", old_line: 1, new_line: null, text: "# Style" }] }],
  }),
  file("scripts/check.sh", "outdated", {
    old_executable: true,
    new_sha256: fakeHash("old scripts/check.sh"),
    hunks: [],
  }),
];

/** Whether the collection moved on although the row says only that the copy was edited: other files did. */
const moved = (world: World | null, { artifact_id, collection, content_hash }: DeploymentRow): boolean =>
  world?.artifacts.some(
    (row) =>
      row.artifact_id === artifact_id && row.collection === collection && row.content_hash !== content_hash,
  ) ?? false;

/** A deployment compared with the collection. */
export function diffOf(deployment: DeploymentRow, world: World | null = null): DeploymentDiff {
  const { artifact_path, status } = deployment;
  const single = artifact_path.endsWith(".md");
  const main = file(single ? (artifact_path.split("/").at(-1) ?? "") : "SKILL.md", status);
  const beside = [
    ...(status !== "modified" || moved(world, deployment) ? MOVED : []),
    ...(status === "outdated" ? [] : [NOTES]),
  ];
  const files = [main, ...(single ? [] : beside)];
  return {
    deployment,
    known: "files",
    files: status in CHANGED ? files.sort((a, b) => (a.path < b.path ? -1 : 1)) : [],
  };
}

/** A merged text with one place that both changed. */
export const mergeOf = (path: string): MergeProposal => ({
  file: path,
  collection: "one\ntheirs\nthree\n",
  project: "one\nmine\nthree\n",
  text: "one\n<<<<<<< project\nmine\n=======\ntheirs\n>>>>>>> collection\nthree\n",
  conflicts: 1,
  known: "files",
});

import type { FileDiff, FileEntry, Problem } from "../../lib/model";

export const problems: Problem[] = [
  {
    code: "frontmatter-invalid",
    severity: "notice",
    message: "The frontmatter is not valid YAML at line 3.",
    remedy: "repair",
  },
  {
    code: "manifest-invalid",
    severity: "refusal",
    message:
      "/work/legacy/.claude/.skillmeat-deployed.toml cannot be read: expected “=” at line 12, column 9.",
    remedy: "repair",
    causes: ["TOML parse error at line 12, column 9"],
  },
  { code: "internal", severity: "fault", message: "Something went wrong inside SkillMeat.", remedy: "retry" },
];

const file = (path: string, rest: Partial<FileEntry> = {}): FileEntry => ({
  path,
  kind: "file",
  bytes: 2210,
  executable: false,
  ignored: false,
  ...rest,
});

export const files: FileEntry[] = [
  file("SKILL.md"),
  file("scripts/check.sh", { executable: true, bytes: 320 }),
  file("scripts/check.pyc", { ignored: true }),
  file("references/style.md"),
  file("latest", { kind: "link", bytes: 0 }),
];

const sides: Omit<
  FileDiff,
  "path" | "change" | "binary" | "old_bytes" | "new_bytes" | "truncated" | "hunks"
> = {
  status: "modified",
  collection: "same",
  project: "modified",
  old_executable: false,
  new_executable: false,
  old_sha256: null,
  new_sha256: null,
};

export const diffs: FileDiff[] = [
  {
    ...sides,
    path: "SKILL.md",
    change: "modified",
    binary: false,
    old_bytes: 120,
    new_bytes: 140,
    truncated: true,
    hunks: [
      {
        lines: [
          { kind: "context", old_line: 1, new_line: 1, text: "# Review" },
          { kind: "delete", old_line: 2, new_line: null, text: "Read the diff." },
          { kind: "insert", old_line: null, new_line: 2, text: "Read the diff and the tests." },
        ],
      },
    ],
  },
  {
    ...sides,
    path: "logo.png",
    change: "removed",
    binary: true,
    old_bytes: 4096,
    new_bytes: null,
    truncated: false,
    hunks: [],
  },
];

export const markdown = `# Code review

Use it **before** a change is merged, with \`git diff\`.

1. Read the [guide](https://example.org/guide).
2. Answer in three parts.

> It never changes files on its own.

| step | output |
|---|---|
| read | questions |

\`\`\`sh
git diff --stat
\`\`\`
`;

export const conflicted = `# Review

<<<<<<< project
Read the diff and the tests.
=======
Read the diff twice.
>>>>>>> collection
Answer in three parts.
`;

export const picks = [
  { key: "lint", label: "lint", hint: "What looks at code", sort: "group" as const, taken: "in it" },
  { key: "writing", label: "writing", sort: "group" as const },
  { key: "base", label: "Base tools", hint: "What every project starts with", sort: "set" as const },
];

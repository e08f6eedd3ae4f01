import type { ArtifactDetail, DeploymentDiff, DeploymentRow, FileContent, FileEntry } from "../types";
import { fakeHash } from "./rows";
import type { World } from "./world";

const BODY = (name: string, text: string): string => `# ${name}

${text}

## When to use it

Use it **before** a change is merged. It reads the diff, the tests and the history, then answers in three parts:

1. what is wrong and must be mended,
2. what is right and should stay,
3. what could be simpler.

> It never changes files on its own.

| step | input | output |
|---|---|---|
| read | the diff | a list of questions |
| check | the tests | what is not covered |

\`\`\`sh
git diff --stat origin/main
\`\`\`

See [the guide](https://example.org/guide) for more, and <example>tags stay visible</example>.
`;

function filesOf(name: string, count: number, folder: boolean): FileEntry[] {
  const file = (path: string, bytes: number): FileEntry => ({
    path,
    kind: "file",
    bytes,
    executable: path.endsWith(".sh"),
    ignored: path.endsWith(".pyc"),
  });
  if (!folder) return [file(`${name}.md`, 2048)];
  const extra = [
    "references/style.md",
    "scripts/check.sh",
    "references/examples/good.md",
    "assets/logo.png",
    "scripts/check.pyc",
    "LICENSE",
    "notes.md",
  ];
  return [
    file("SKILL.md", 2210),
    ...extra.slice(0, Math.max(0, count - 1)).map((path, index) => file(path, 300 * (index + 1))),
  ];
}

/** An artifact, looked at closely. */
export function detailOf(
  world: World,
  artifactId: string,
  collection?: string | null,
): ArtifactDetail | null {
  const artifact = world.artifacts.find(
    (row) => row.artifact_id === artifactId && (!collection || row.collection === collection),
  );
  if (!artifact) return null;
  return {
    artifact,
    deployments: world.deployments.filter(
      (row) => row.artifact_id === artifactId && row.collection === artifact.collection,
    ),
    properties: [
      { key: "name", value: artifact.name },
      { key: "description", value: artifact.description ?? "" },
      { key: "allowed-tools", value: "Read, Grep, Glob" },
      ...(artifact.version ? [{ key: "version", value: artifact.version }] : []),
    ],
    body: BODY(artifact.name, artifact.description ?? ""),
    main_file: artifact.kind === "skill" ? "SKILL.md" : `${artifact.name}.md`,
    file_list: filesOf(artifact.name, artifact.files, artifact.kind === "skill"),
  };
}

/** One file of an artifact. */
export const fileOf = (path: string): FileContent => ({
  path,
  bytes: 2210,
  text: path.endsWith(".png")
    ? null
    : `# ${path}\n\n${"A line of text that says what to do and why.\n".repeat(24)}`,
  truncated: false,
  sha256: fakeHash(path),
});

/** What was edited in a text. */
const EDITED: DeploymentDiff["files"][number]["hunks"] = [
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

/** A deployment compared with the collection. */
export function diffOf(deployment: DeploymentRow): DeploymentDiff {
  const equal = deployment.status === "synced";
  const main = deployment.artifact_path.endsWith(".md")
    ? (deployment.artifact_path.split("/").at(-1) ?? "")
    : "SKILL.md";
  return {
    deployment,
    known: "files",
    files: equal
      ? []
      : [
          {
            path: main,
            change: "modified",
            status:
              deployment.status === "conflict" || deployment.status === "outdated"
                ? deployment.status
                : "modified",
            collection: deployment.status === "modified" ? "same" : "modified",
            project: deployment.status === "outdated" ? "same" : "modified",
            old_executable: false,
            new_executable: false,
            binary: false,
            old_bytes: 2210,
            new_bytes: 2252,
            old_sha256: fakeHash("old"),
            new_sha256: fakeHash("new"),
            truncated: false,
            hunks: EDITED,
          },
          {
            path: "notes.local.md",
            change: "added",
            status: "modified",
            collection: "same",
            project: "added",
            old_executable: null,
            new_executable: false,
            binary: false,
            old_bytes: null,
            new_bytes: 42,
            old_sha256: null,
            new_sha256: fakeHash("n"),
            truncated: false,
            hunks: [
              { lines: [{ kind: "insert", old_line: null, new_line: 1, text: "Only in this project." }] },
            ],
          },
        ],
  };
}

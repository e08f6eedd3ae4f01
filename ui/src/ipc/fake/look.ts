import type { ArtifactDetail, FileContent, FileEntry } from "../types";
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

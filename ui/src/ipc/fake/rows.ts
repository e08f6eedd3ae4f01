import type {
  ArtifactKind,
  ArtifactRow,
  CollectionRow,
  DeploymentRow,
  Problem,
  ProfileRow,
  ProjectRow,
  Status,
} from "../types";

/** A small generator of reproducible pseudo-random numbers in [0, 1). */
export function dice(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** 64 hexadecimal digits that depend on `text` only. */
export function fakeHash(text: string): string {
  let seed = 2_166_136_261;
  for (const char of text) seed = Math.imul(seed ^ (char.codePointAt(0) ?? 0), 16_777_619);
  const next = dice(seed);
  return Array.from({ length: 64 }, () => Math.floor(next() * 16).toString(16)).join("");
}

export const HOME = "/home/ada/.skillmeat";
export const NOW = Date.now();
const HOUR = 3_600_000;

const VERBS = [
  "review",
  "write",
  "plan",
  "test",
  "deploy",
  "trace",
  "refactor",
  "document",
  "profile",
  "migrate",
];
const NOUNS = [
  "code",
  "release-notes",
  "sql",
  "api",
  "incident",
  "design",
  "schema",
  "docs",
  "threat-model",
  "tests",
];
const SPACES = ["backend", "frontend", "security", "data", "pm"];
const TAGS = ["review", "python", "rust", "writing", "ops", "security", "sql"];
const TEXTS = [
  "Reviews a change for correctness, tests and naming, and says what to mend first.",
  "Turns a list of merged changes into notes that people want to read.",
  "Finds slow queries and proposes an index, with the plan before and after.",
  "Walks through an incident and writes the timeline.",
];
const SUBPATH: Record<ArtifactKind, string> = {
  skill: "skills",
  command: "commands",
  agent: "agents",
  hook: "hooks",
  mcp: "mcp",
};

/** Where a kind lives below a profile root. */
export const placeOf = (
  row: Pick<ArtifactRow, "kind" | "namespace" | "name">,
  dest?: string | null,
): string => {
  const file = row.kind === "command" || row.kind === "agent" ? `${row.name}.md` : row.name;
  return [SUBPATH[row.kind], dest, row.namespace, file].filter(Boolean).join("/");
};

const pickFrom = <T>(list: readonly T[], roll: number): T => list[Math.floor(roll * list.length)] as T;

/** One artifact row; `index` makes its name unique. */
export function fakeArtifact(index: number, roll: () => number, collection = "default"): ArtifactRow {
  const kind = pickFrom<ArtifactKind>(["skill", "skill", "command", "agent", "agent"], roll());
  const stem = `${pickFrom(NOUNS, roll())}-${pickFrom(VERBS, roll())}`;
  const name = index < 40 ? stem + (index % 7 === 0 ? "" : `-${index}`) : `${stem}-${index}`;
  const namespace = kind !== "skill" && roll() < 0.4 ? pickFrom(SPACES, roll()) : null;
  const id = `${kind}:${namespace ? `${namespace}/` : ""}${name}`;
  const files = kind === "skill" ? 1 + Math.floor(roll() * 8) : 1;
  return {
    collection,
    artifact_id: id,
    kind,
    namespace,
    name,
    title: null,
    description: pickFrom(TEXTS, roll()),
    tags: TAGS.filter(() => roll() < 0.22),
    version: kind === "skill" ? `1.${Math.floor(roll() * 9)}.0` : null,
    author: "Ada Example",
    license: "MIT",
    origin: "local",
    uuid: fakeHash(id).slice(0, 32),
    path: `${HOME}/collections/${collection}/${placeOf({ kind, namespace, name })}`,
    content_hash: fakeHash(`content of ${id}`),
    files,
    bytes: files * (800 + Math.floor(roll() * 9000)),
    modified_at: new Date(NOW - Math.floor(roll() ** 3 * 4000) * HOUR).toISOString(),
    problems: [],
  };
}

const profile = (profile_id: string, title: string, root: string, present: boolean): ProfileRow => ({
  profile_id,
  platform: profile_id,
  title,
  roots: [root],
  kinds: ["skill", "command", "agent"],
  present,
  own: null,
});

/** The built-in profiles, as a folder that is no project yet has them. */
export const fakeProfiles = (): ProfileRow[] => [
  profile("claude_code", "Claude Code", ".claude", false),
  { ...profile("codex", "Codex", ".codex", false), kinds: ["skill"] },
  profile("gemini", "Gemini", ".gemini", false),
  profile("cursor", "Cursor", ".cursor", false),
];

/** One project row. */
export function fakeProject(path: string, problems: Problem[] = []): ProjectRow {
  return {
    project_path: path,
    project_name: path.split("/").at(-1) ?? path,
    added_at: new Date(NOW - 900 * HOUR).toISOString(),
    available: !problems.some((problem) => problem.code === "project-not-found"),
    profiles: fakeProfiles().map((row) => ({ ...row, present: row.profile_id === "claude_code" })),
    problems,
  };
}

/** One collection row. */
export const fakeCollection = (collection: string): CollectionRow => ({
  collection,
  path: `${HOME}/collections/${collection}`,
  linked: false,
  layout: null,
  problems: [],
});

/** One deployment row. */
export function fakeDeployment(
  artifact: ArtifactRow,
  project: ProjectRow,
  status: Status = "synced",
  profileId = "claude_code",
  dest: string | null = null,
  hoursAgo = 0,
): DeploymentRow {
  const found = project.profiles.find((row) => row.profile_id === profileId);
  return {
    artifact_id: artifact.artifact_id,
    collection: artifact.collection,
    project_path: project.project_path,
    project_name: project.project_name,
    deployed_at: new Date(NOW - hoursAgo * HOUR).toISOString(),
    content_hash: artifact.content_hash,
    deployment_profile_id: profileId,
    platform: profileId,
    local_modifications: status === "modified" || status === "conflict",
    artifact_path: placeOf(artifact, dest),
    profile_root_dir: found?.roots[0] ?? ".claude",
    status,
    problem: null,
  };
}

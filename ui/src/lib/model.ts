import type {
  ArtifactKind,
  ArtifactRef,
  ArtifactRow,
  DeploymentRef,
  DeploymentRow,
  Remedy,
  Status,
} from "../ipc/types";

export type {
  Action,
  ArtifactKind,
  Choice,
  DeploymentRow,
  DiffHunk,
  DiffLine,
  FileChoice,
  FileDiff,
  FileEntry,
  OnConflict,
  OperationEntry,
  OperationItem,
  Plan,
  PlanItem,
  Problem,
  Remedy,
  Severity,
  Status,
  TargetResult,
  Theme,
} from "../ipc/types";

/** A button on a problem: its remedy, opening the file that it is about, or what to tell of a fault. */
export type Offer = Remedy | "open-file" | "diagnostics";
export type Offers = Partial<Record<Offer, () => void>>;

/** The state of a row: a deployment's status, or `none` when the artifact is deployed nowhere. */
export type RowStatus = Status | "none";

/** One line of the list: an artifact with its deployments, or deployments whose artifact is gone. */
export interface Entry {
  /** Collection and id. */
  key: string;
  collection: string;
  artifact_id: string;
  kind: ArtifactKind;
  namespace: string | null;
  name: string;
  /** Absent when only deployments are left of it. */
  artifact: ArtifactRow | null;
  deployments: DeploymentRow[];
  /** The worst state of all its deployments. */
  status: RowStatus;
  /** Something about the artifact itself is wrong enough to be looked at. */
  broken: boolean;
  /** Lower-case text that the filter looks into. */
  haystack: string;
}

export const KINDS: readonly ArtifactKind[] = ["skill", "command", "agent", "hook", "mcp"];

/** All row states, worst first. */
export const STATUSES: readonly RowStatus[] = [
  "conflict",
  "missing",
  "orphaned",
  "modified",
  "unknown",
  "unmanaged",
  "outdated",
  "synced",
  "none",
];

const ATTENTION: ReadonlySet<RowStatus> = new Set(["conflict", "missing", "orphaned", "modified", "unknown"]);

/** Whether a person should look at it. An outdated copy is news, not trouble. */
export const needsAttention = (status: RowStatus): boolean => ATTENTION.has(status);

/** The worst of some states; `none` when there are none. */
export function worst(statuses: Iterable<RowStatus>): RowStatus {
  let rank = STATUSES.length - 1;
  for (const status of statuses) rank = Math.min(rank, STATUSES.indexOf(status));
  return STATUSES[rank] ?? "none";
}

export const entryKey = (collection: string, artifactId: string): string => `${collection}\n${artifactId}`;

export const deploymentKey = (at: DeploymentRef): string =>
  [at.project_path, at.deployment_profile_id, at.profile_root_dir, at.artifact_path].join("\n");

export const refOf = (entry: Pick<Entry, "artifact_id" | "collection">): ArtifactRef => ({
  artifact_id: entry.artifact_id,
  collection: entry.collection,
});

export const deploymentRef = (row: DeploymentRow): DeploymentRef => ({
  project_path: row.project_path,
  deployment_profile_id: row.deployment_profile_id,
  profile_root_dir: row.profile_root_dir,
  artifact_path: row.artifact_path,
});

/** The copy's place, relative to its project. */
export const targetPath = (row: DeploymentRef): string => `${row.profile_root_dir}/${row.artifact_path}`;

/** Splits `agent:pm/prd-writer` into its parts. */
export function parseId(id: string): { kind: ArtifactKind; namespace: string | null; name: string } {
  const colon = id.indexOf(":");
  const kind = KINDS.find((known) => known === id.slice(0, colon)) ?? "skill";
  const path = id.slice(colon + 1);
  const slash = path.lastIndexOf("/");
  return { kind, namespace: slash < 0 ? null : path.slice(0, slash), name: path.slice(slash + 1) };
}

/** What an operation was about: an artifact, or a set or group, whose name may have any sign in it. */
export function subjectOf(id: string): { sort: ArtifactKind | "group" | "set"; name: string } {
  const [, sort, name] = /^(set|group):(.*)$/s.exec(id) ?? [];
  if (sort === "set" || sort === "group") return { sort, name: name ?? "" };
  const parsed = parseId(id);
  return { sort: parsed.kind, name: parsed.namespace ? `${parsed.namespace}/${parsed.name}` : parsed.name };
}

/** Makes a list entry; `artifact` is null when only deployments are left. */
export function makeEntry(
  collection: string,
  artifactId: string,
  artifact: ArtifactRow | null,
  deployments: DeploymentRow[],
): Entry {
  const { kind, namespace, name } = artifact ?? parseId(artifactId);
  const words = [artifactId, artifact?.title, artifact?.description, ...(artifact?.tags ?? [])];
  return {
    key: entryKey(collection, artifactId),
    collection,
    artifact_id: artifactId,
    kind,
    namespace,
    name,
    artifact,
    deployments,
    status: worst(deployments.map((row) => row.status)),
    broken: artifact?.problems.some((problem) => problem.severity !== "notice") ?? false,
    haystack: words.filter(Boolean).join("\n").toLowerCase(),
  };
}

/** The entry's deployments in one project, or all of them. */
export const deploymentsIn = (entry: Entry, project: string | null): DeploymentRow[] =>
  project === null ? entry.deployments : entry.deployments.filter((row) => row.project_path === project);

/** The entry's state, seen from one project or from everywhere. */
export const statusOf = (entry: Entry, project: string | null): RowStatus =>
  project === null ? entry.status : worst(deploymentsIn(entry, project).map((row) => row.status));

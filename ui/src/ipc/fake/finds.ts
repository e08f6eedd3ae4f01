// What lies in a project of the fake world and could be imported.
import type { Answer } from "../client";
import type {
  ArtifactRow,
  Change,
  Discovered,
  DiscoverReport,
  DiscoverRequest,
  ImportReceipt,
  ImportRequest,
  ImportResult,
  Match,
  Origin,
} from "../types";
import { refusal } from "./plan";
import { fakeHash } from "./rows";
import type { World } from "./world";

interface Fake {
  world: World;
  commit: (changes: Change[], origin?: Origin, operation?: string | null) => void;
}

const find = (world: World, id: string, match: Match): Discovered => {
  const name = id.slice(id.indexOf(":") + 1);
  const path = id.startsWith("skill:") ? `.claude/skills/${name}` : `.claude/commands/${name}.md`;
  return {
    artifact_id: id,
    path,
    deployment_profile_id: "claude_code",
    content_hash: fakeHash(path),
    match,
    recorded: false,
    collection_artifact: match === "new" ? null : id,
    collection_hash: match === "new" ? null : fakeHash(match === "same" ? path : `other ${path}`),
    skipped: world.skippedFinds.has(id),
    description: "Lies around in this project",
    files: 2,
    bytes: 1_024,
    problem: null,
  };
};

const broken: Discovered["problem"] = {
  ...refusal(
    "source-invalid",
    ".claude/skills/broken cannot be used: it has no SKILL.md.",
    ".claude/skills/broken",
  ),
};

/** Something new, something that differs, something that is the same, and something that cannot be read. */
function finds(world: World): Discovered[] {
  const known = new Set(world.artifacts.map((row) => row.artifact_id));
  const all = [
    find(world, "skill:found-here", "new"),
    find(world, "command:git/commit", "new"),
    find(world, "skill:differs-here", "differs"),
    find(world, "skill:same-here", "same"),
    { ...find(world, "skill:broken", "new"), problem: broken },
  ];
  return all.map((one) =>
    one.match === "new" && known.has(one.artifact_id)
      ? { ...one, match: "same", recorded: true, collection_artifact: one.artifact_id }
      : one,
  );
}

export function discover({ world }: Fake, request: DiscoverRequest): Answer<DiscoverReport> {
  const root = request.project ?? request.folder ?? "";
  if (root.includes("missing"))
    return {
      ok: false,
      problem: refusal("project-not-found", `There is no folder ${root}.`, root, "choose-folder"),
    };
  const artifacts = root.includes("empty") ? [] : finds(world);
  const collection = request.collection ?? "default";
  return {
    ok: true,
    data: { root, is_project: (request.project ?? null) !== null, collection, artifacts, problems: [] },
  };
}

const decided = (one: Discovered, request: ImportRequest): ImportResult => {
  const own = request.choices?.find((own) => own.path === one.path);
  const choice = own?.choice ?? request.on_clash ?? "stop";
  const result: ImportResult = {
    artifact_id: one.artifact_id,
    path: one.path,
    match: one.match,
    status: "success",
    action: one.match === "same" ? "adopted" : "created",
    collection_artifact: one.artifact_id,
    recorded: (request.project ?? null) !== null,
    choices: one.match === "differs" ? ["skip", "keep-both", "replace"] : ["skip"],
    choice,
    reason_code: null,
    files: one.files,
    bytes: one.bytes,
    error: null,
    problem: null,
  };
  if (choice === "skip") return { ...result, status: "skipped", action: "none", recorded: false };
  if (one.match !== "differs") return result;
  const kind = one.artifact_id.split(":")[0] ?? "";
  const other = own?.name ? `${kind}:${own.name}` : `${one.artifact_id}-2`;
  if (choice === "keep-both") return { ...result, collection_artifact: other };
  if (choice === "replace") return { ...result, action: "updated" };
  const problem = refusal("name-clash", `${one.path} is not what is there already. Choose.`, one.path);
  return {
    ...result,
    status: "failed",
    action: "none",
    recorded: false,
    reason_code: "already_exists",
    problem,
  };
};

function receipt(world: World, request: ImportRequest, dryRun: boolean): ImportReceipt {
  const wanted = finds(world).filter((one) => request.paths?.includes(one.path));
  const results = wanted.map((one) => decided(one, request));
  const count = (of: (result: ImportResult) => boolean): number => results.filter(of).length;
  return {
    operation: dryRun ? "" : "import-1",
    plan: `plan of ${results.map((result) => `${result.path} ${result.action}`).join(", ")}`,
    dry_run: dryRun,
    cache: "synced",
    collection: request.collection ?? "default",
    root: request.project ?? request.folder ?? "",
    totals: {
      requested: results.length,
      imported: count(({ action }) => action === "created" || action === "updated"),
      recorded: count((result) => result.recorded),
      unchanged: 0,
      skipped: count(({ status }) => status === "skipped"),
      failed: count(({ status }) => status === "failed"),
    },
    results,
    notices: [],
  };
}

export const planImport = ({ world }: Fake, request: ImportRequest): Answer<ImportReceipt> => ({
  ok: true,
  data: receipt(world, request, true),
});

export function importFinds(fake: Fake, request: ImportRequest): Answer<ImportReceipt> {
  const { world } = fake;
  const done = receipt(world, request, false);
  if (request.plan && request.plan !== done.plan)
    return { ok: false, problem: refusal("plan-stale", "Things changed since this plan was made.") };
  const like = world.artifacts[0];
  if (!like) return { ok: true, data: done };
  const rows = done.results
    .filter(({ action }) => action === "created")
    .map((result): ArtifactRow => {
      const id = result.collection_artifact ?? result.artifact_id;
      return { ...like, artifact_id: id, name: id.slice(id.indexOf(":") + 1), namespace: null };
    });
  world.artifacts = [...world.artifacts, ...rows];
  fake.commit(
    rows.map((artifact) => ({ type: "artifactUpserted", artifact })),
    "command",
    done.operation,
  );
  return { ok: true, data: done };
}

export function skip({ world }: Fake, ids: string[], skipped: boolean): Answer<null> {
  for (const id of ids)
    if (skipped) world.skippedFinds.add(id);
    else world.skippedFinds.delete(id);
  return { ok: true, data: null };
}

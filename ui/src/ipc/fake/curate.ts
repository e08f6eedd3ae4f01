// Changing what a collection of the fake world holds.
import type { Answer } from "../client";
import type {
  ArtifactRef,
  ArtifactRow,
  Change,
  Plan,
  PlanItem,
  PlanTotals,
  Receipt,
  RemoveRequest,
  TagRequest,
} from "../types";
import type { Fake } from "./collections";
import { refusal } from "./plan";

type Found = { ok: true; rows: ArtifactRow[] } | { ok: false; problem: ReturnType<typeof refusal> };

function wanted({ world }: Fake, refs: readonly ArtifactRef[]): Found {
  const rows = refs.flatMap((ref) =>
    world.artifacts.filter((row) => row.artifact_id === ref.artifact_id && row.collection === ref.collection),
  );
  const linked = world.collections.find((row) => row.linked && row.collection === rows[0]?.collection);
  if (linked)
    return {
      ok: false,
      problem: refusal(
        "invalid-request",
        `The collection “${linked.collection}” is linked, so it is only read.`,
      ),
    };
  return { ok: true, rows };
}

const NONE: PlanTotals = {
  created: 0,
  updated: 0,
  unchanged: 0,
  adopted: 0,
  kept: 0,
  removed: 0,
  skipped: 0,
  conflicts: 0,
  failed: 0,
  files: 0,
  bytes: 0,
};

const item = (row: ArtifactRow, action: PlanItem["action"]): PlanItem => ({
  artifact_id: row.artifact_id,
  collection: row.collection,
  project_path: `/home/ada/.skillmeat/collections/${row.collection}`,
  project_name: row.collection,
  deployment_profile_id: "",
  path: row.path,
  action,
  conflict: null,
  choices: [],
  choice: "stop",
  problem: null,
  edited: [],
  taken: [],
  files: row.files,
  bytes: row.bytes,
});

const receipt = (items: PlanItem[], operation: string): Receipt => ({
  operation,
  dry_run: false,
  cache: "synced",
  totals: { succeeded: items.length, failed: 0, skipped: 0, unchanged: 0 },
  results: items.map(({ conflict: _, choices: __, choice: ___, project_name: ____, ...rest }) => ({
    ...rest,
    status: "success",
    error: null,
  })),
  notices: [],
});

export function planRemove(fake: Fake, request: RemoveRequest): Answer<Plan> {
  const found = wanted(fake, request.artifacts);
  if (!found.ok) return found;
  const ids = found.rows.map((row) => row.artifact_id);
  const copies = fake.world.deployments.filter((row) => ids.includes(row.artifact_id));
  const told = `Deployed in ${copies[0]?.project_path}: copies and records there stay, as orphans.`;
  return {
    ok: true,
    data: {
      id: `remove ${ids.join(" ")} ${copies.length}`,
      items: found.rows.map((row) => item(row, "removed")),
      totals: { ...NONE, removed: ids.length },
      notices: copies.length > 0 ? [{ ...refusal("artifact-not-found", told), severity: "notice" }] : [],
    },
  };
}

export function removeArtifacts(fake: Fake, request: RemoveRequest): Answer<Receipt> {
  const plan = planRemove(fake, request);
  if (!plan.ok) return plan;
  if (request.plan && request.plan !== plan.data.id)
    return { ok: false, problem: refusal("plan-stale", "Things changed since this plan was made.") };
  const { world } = fake;
  const is = (row: { artifact_id: string; collection: string }): boolean =>
    plan.data.items.some((one) => one.artifact_id === row.artifact_id && one.collection === row.collection);
  world.artifacts = world.artifacts.filter((row) => !is(row));
  const orphaned = world.deployments.filter(is).map((row) => ({ ...row, status: "orphaned" as const }));
  world.deployments = [...world.deployments.filter((row) => !is(row)), ...orphaned];
  fake.commit(
    [
      ...plan.data.items.map(({ collection, artifact_id }): Change => ({
        type: "artifactRemoved",
        collection,
        artifact_id,
      })),
      ...orphaned.map((deployment): Change => ({ type: "deploymentUpserted", deployment })),
    ],
    "command",
  );
  return { ok: true, data: receipt(plan.data.items, "removal") };
}

export function tagArtifacts(fake: Fake, request: TagRequest): Answer<Receipt> {
  const found = wanted(fake, request.artifacts);
  if (!found.ok) return found;
  const bad = request.add.find((tag) => tag.includes(","));
  if (bad !== undefined)
    return { ok: false, problem: refusal("invalid-name", `The name “${bad}” cannot be used.`, bad) };
  const { world } = fake;
  const tagged = found.rows.map((row) => ({
    ...row,
    tags: [...new Set([...row.tags.filter((tag) => !request.remove.includes(tag)), ...request.add])],
  }));
  world.artifacts = world.artifacts.map(
    (row) =>
      tagged.find((one) => one.artifact_id === row.artifact_id && one.collection === row.collection) ?? row,
  );
  fake.commit(
    tagged.map((artifact): Change => ({ type: "artifactUpserted", artifact })),
    "command",
  );
  return {
    ok: true,
    data: receipt(
      tagged.map((row) => item(row, "adopted")),
      "tagging",
    ),
  };
}

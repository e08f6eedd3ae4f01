import { emptyWorld, FakeBackend, fullWorld, type World } from "./fake";
import { fakeCollection, fakeProject } from "./fake/rows";
import type { Problem, Theme } from "./types";

const broken: Problem = {
  code: "config-invalid",
  severity: "refusal",
  message:
    "/home/ada/.skillmeat/desktop/projects.toml cannot be read: expected a value at line 4, column 11. It is left as it is; mend it or move it away.",
  subject: "/home/ada/.skillmeat/desktop/projects.toml",
  remedy: "repair",
  causes: ["TOML parse error at line 4, column 11"],
};

const brokenSets: Problem = {
  code: "sets-invalid",
  severity: "refusal",
  message:
    "/home/ada/.skillmeat/collections/team/deployment-sets.toml cannot be read, so its sets are not changed: expected “=” at line 9, column 4. Mend the file; until then it is left as it is.",
  subject: "/home/ada/.skillmeat/collections/team/deployment-sets.toml",
  remedy: "repair",
};

/** Everything a check can find. */
function breakFiles(world: World): void {
  world.problems = [broken];
  world.collections.push({ ...fakeCollection("team"), problems: [brokenSets] });
  world.interrupted = [
    {
      operation: "0191c2d4",
      project_path: "/home/ada/work/api",
      outcome: "rolled-back",
      message: "A deploy of 3 artifacts to api was cut off. Its 2 copies were put back as they were.",
    },
    {
      operation: "0191c2d5",
      project_path: "/home/ada/work/web",
      outcome: "waiting",
      message: "skm deploy works in web right now; nothing was touched there.",
    },
  ];
  world.findings.push(
    { problem: broken, project_path: null, profile_root_dir: null, repairs: ["set-aside"] },
    {
      problem: {
        code: "record-invalid",
        severity: "notice",
        message:
          "/home/ada/work/docs/.claude/.skillmeat-deployed.toml lost 2 records since SkillMeat wrote it: skill:review, agent:api-plan. Their copies are still there.",
        subject: "/home/ada/work/docs/.claude/.skillmeat-deployed.toml",
        remedy: "repair",
      },
      project_path: "/home/ada/work/docs",
      profile_root_dir: ".claude",
      repairs: ["restore-records"],
    },
  );
}

/** Some copies of the newest operation were edited since: its undo has to ask. */
function editCopies(world: World): void {
  for (const { after } of [...(world.history[0]?.kept.values() ?? [])].slice(0, 2))
    if (after) Object.assign(after, { status: "modified", local_modifications: true });
}

/** Many operations, of each kind in turn. */
function fillHistory(world: World, count: number): void {
  const past = world.history;
  world.history = Array.from({ length: count }, (_, index) => {
    const { entry, kept } = past[index % past.length] as (typeof past)[number];
    const at = new Date(Date.now() - index * 3_700_000).toISOString();
    return { entry: { ...entry, operation: `${entry.operation}-${index}`, at }, kept };
  });
}

/** A set of every artifact. */
function fillSets(world: World): void {
  const members = world.artifacts.map(({ artifact_id }) => ({
    kind: "artifact" as const,
    artifact_id,
    collection: null,
  }));
  const [first] = world.sets;
  if (first) world.sets.push({ ...first, set_id: "everything", name: "Everything", members });
}

function worldFor(scene: string, artifacts: number): World {
  if (scene === "first-run") return emptyWorld();
  if (scene === "empty")
    return {
      ...emptyWorld(),
      collections: [fakeCollection("default")],
      projects: [fakeProject("/home/ada/work/api")],
    };
  const world = fullWorld(artifacts);
  editCopies(world);
  if (scene === "broken") breakFiles(world);
  if (scene === "error") world.failing.set("librarySnapshot", broken);
  return world;
}

/** For a browser: `?scene=full|empty|first-run|error|broken|slow&artifacts=400&operations=300&theme=dark&everything`. */
export function demoBackend(query: URLSearchParams): FakeBackend {
  const scene = query.get("scene") ?? "full";
  const backend = new FakeBackend(worldFor(scene, Number(query.get("artifacts") ?? 60)));
  const operations = Number(query.get("operations") ?? 0);
  if (query.has("everything")) fillSets(backend.world);
  if (operations > 0) fillHistory(backend.world, operations);
  if (scene === "error") backend.world.failing.set("history", broken);
  backend.latency = scene === "slow" ? 4000 : Number(query.get("latency") ?? 60);
  backend.world.settings.theme = (query.get("theme") ?? "system") as Theme;
  return backend;
}

import type {
  ArtifactRow,
  CollectionRow,
  DeploymentRow,
  Desktop,
  Finding,
  GitVisibility,
  Open,
  Problem,
  ProjectRow,
  Recovered,
  Settings,
  Status,
  WatchStatus,
} from "../types";
import { pastOperations, type Remembered } from "./history";
import type { FakeGroup, FakeSet } from "./setModel";
import { sampleSets } from "./setSamples";
import { dice, fakeArtifact, fakeCollection, fakeDeployment, fakeProject, HOME } from "./rows";

/** Everything on the fake disk, and how it misbehaves. */
export interface World {
  epoch: string;
  revision: number;
  collections: CollectionRow[];
  artifacts: ArtifactRow[];
  deployments: DeploymentRow[];
  /** Groups and sets, as the files of the collections say them. */
  groups: FakeGroup[];
  sets: FakeSet[];
  projects: ProjectRow[];
  problems: Problem[];
  settings: Settings;
  /** How changes by other programs are followed; the projects are counted. */
  watching: WatchStatus;
  /** What was done, newest first. */
  history: Remembered[];
  /** What a check finishes that had been cut off. */
  interrupted: Recovered[];
  /** What a check finds. */
  findings: Finding[];
  /** Targets that no record names, as `project/path`. */
  unmanaged: Set<string>;
  /** Artifacts whose deploy fails, by id. */
  broken: Set<string>;
  /** Finds that are not offered any more. */
  skippedFinds: Set<string>;
  /** Commands that answer a problem, by name. */
  failing: Map<string, Problem>;
  /** Folders that a scan finds, and that other tools know. */
  found: string[];
  /** What git sees of projects that lie in a repository, by path. */
  git: Map<string, GitVisibility>;
  /** What projects are, by path. */
  descriptions: Map<string, string>;
  /** Operations that were asked to stop. */
  stopped: Set<string>;
  /** What the window was asked to show, and has not taken yet. */
  asked: Open[];
  /** What the desktop around it offers. */
  desktop: Desktop;
  /** What the folder dialog answers. */
  folderChoice: string | null;
}

/** A home without anything in it. */
export const emptyWorld = (): World => ({
  epoch: "epoch-1",
  revision: 1,
  collections: [],
  artifacts: [],
  deployments: [],
  groups: [],
  sets: [],
  projects: [],
  problems: [],
  settings: {
    home: HOME,
    version: "0.1.0",
    theme: "system",
    editor: null,
    default_collection: "default",
    keep_days: 30,
    keep_mib: 2048,
    deployment_sets: true,
    deployment_sets_fixed: false,
    close_to_tray: false,
    close_explained: false,
    start_hidden: false,
    pins: [],
  },
  watching: { state: "watching", projects: 0, changed_at: null, problem: null },
  history: [],
  interrupted: [],
  findings: [],
  unmanaged: new Set(),
  broken: new Set(),
  skippedFinds: new Set(),
  failing: new Map(),
  found: ["/home/ada/work/billing", "/home/ada/work/web", "/home/ada/play/game"],
  git: new Map(),
  descriptions: new Map(),
  stopped: new Set(),
  asked: [],
  desktop: { tray: true, autostart: false },
  folderChoice: "/home/ada/work/new-app",
});

const MIX: Status[] = [
  "synced",
  "synced",
  "synced",
  "synced",
  "outdated",
  "synced",
  "modified",
  "synced",
  "conflict",
];

const badManifest: Problem = {
  code: "manifest-invalid",
  severity: "refusal",
  message:
    "/home/ada/work/legacy/.claude/.skillmeat-deployed.toml cannot be read, so nothing is changed in this profile: expected “=” at line 12, column 9. Mend the file, then resync.",
  subject: "/home/ada/work/legacy/.claude/.skillmeat-deployed.toml",
  remedy: "repair",
};

const brokenManifest = (): Finding => ({
  problem: badManifest,
  project_path: "/home/ada/work/legacy",
  profile_root_dir: ".claude",
  repairs: ["restore-manifest", "rebuild-manifest"],
});

/** A library with `count` artifacts and five projects, in every state that there is. */
export function fullWorld(count: number, seed = 7): World {
  const world = emptyWorld();
  const roll = dice(seed);
  world.collections = [fakeCollection("default")];
  world.artifacts = Array.from({ length: count }, (_, index) => fakeArtifact(index, roll));
  Object.assign(world, sampleSets(world.artifacts));
  world.projects = ["api", "web", "docs", "mobile"].map((name) => fakeProject(`/home/ada/work/${name}`));
  world.projects.push(fakeProject("/home/ada/work/legacy", [badManifest]));
  world.artifacts.forEach((artifact, index) => {
    for (const project of world.projects.slice(0, 4)) {
      if (roll() > 0.3) continue;
      const status = MIX[Math.floor(roll() * MIX.length)] ?? "synced";
      world.deployments.push(
        fakeDeployment(artifact, project, status, "claude_code", null, 1 + Math.floor(roll() * 300)),
      );
    }
    if (index % 19 === 4)
      world.unmanaged.add(`/home/ada/work/web/.claude/${artifact.path.split("/default/")[1]}`);
  });
  for (const { project_path } of world.projects.slice(0, 3))
    world.git.set(project_path, {
      repository: project_path,
      exclude: `${project_path}/.git/info/exclude`,
      shared: false,
      hides_files: false,
      hides_records: false,
    });
  addOddities(world);
  world.history = pastOperations(world.deployments);
  world.findings = [brokenManifest()];
  return world;
}

/** The rare states: a copy that is gone, an artifact that is gone, bad frontmatter, a source that cannot be read. */
function addOddities(world: World): void {
  const [api] = world.projects;
  const [first, second, third] = world.artifacts;
  if (!api || !first || !second || !third) return;
  const gone = {
    ...first,
    artifact_id: "agent:old-helper",
    kind: "agent" as const,
    namespace: null,
    name: "old-helper",
  };
  world.deployments.push(fakeDeployment(gone, api, "orphaned", "claude_code", null, 700));
  const missing = world.deployments.find((row) => row.project_path === api.project_path);
  if (missing) missing.status = "missing";
  second.problems = [
    {
      code: "frontmatter-invalid",
      severity: "notice",
      message:
        "The frontmatter is not valid YAML at line 3: mapping values are not allowed here. The text is used without it.",
      subject: second.path,
      remedy: "repair",
    },
  ];
  world.broken.add(third.artifact_id);
}

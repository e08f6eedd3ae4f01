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

function worldFor(scene: string, artifacts: number): World {
  if (scene === "first-run") return emptyWorld();
  if (scene === "empty")
    return {
      ...emptyWorld(),
      collections: [fakeCollection("default")],
      projects: [fakeProject("/home/ada/work/api")],
    };
  const world = fullWorld(artifacts);
  if (scene === "error") world.failing.set("librarySnapshot", broken);
  return world;
}

/** A library in memory for a browser: `?scene=full|empty|first-run|error|slow&artifacts=400&theme=dark`. */
export function demoBackend(query: URLSearchParams): FakeBackend {
  const scene = query.get("scene") ?? "full";
  const backend = new FakeBackend(worldFor(scene, Number(query.get("artifacts") ?? 60)));
  backend.latency = scene === "slow" ? 4000 : Number(query.get("latency") ?? 60);
  backend.world.settings.theme = (query.get("theme") ?? "system") as Theme;
  return backend;
}

import type { ResyncReport, WatchStatus } from "../types";
import type { World } from "./world";

/** What reading everything finds: that nothing is wrong. */
export const report = ({ collections, artifacts, projects, deployments }: World): ResyncReport => ({
  collections: collections.length,
  artifacts: artifacts.length,
  projects: projects.length,
  deployments: deployments.length,
  corrected: 0,
  hashed_files: 0,
});

export const watchStatus = (world: World): WatchStatus => ({
  ...world.watching,
  projects: world.projects.length,
});

export function pauseWatching(world: World, paused: boolean): WatchStatus {
  world.watching.state = paused ? "paused" : "watching";
  return watchStatus(world);
}

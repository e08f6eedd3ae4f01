// Answers, and settings of the fake world.
import type { Answer, Listeners } from "../client";
import type { Problem, Settings, SettingsPatch } from "../types";
import type { World } from "./world";

export const fail = (problem: Problem): { ok: false; problem: Problem } => ({ ok: false, problem });
export const yes = <T>(data: T): Answer<T> => ({ ok: true, data: structuredClone(data) });

/** The settings with what the person changed. */
export function patched({ settings }: World, patch: SettingsPatch): Settings {
  const { theme, editor, default_collection, keep_days, keep_mib, deployment_sets } = settings;
  const { close_to_tray, close_explained, start_hidden } = settings;
  const next = {
    theme: patch.theme ?? theme,
    editor: patch.editor ?? editor,
    default_collection: patch.default_collection ?? default_collection,
    keep_days: patch.keep_days ?? keep_days,
    keep_mib: patch.keep_mib ?? keep_mib,
    deployment_sets: patch.deployment_sets ?? deployment_sets,
    close_to_tray: patch.close_to_tray ?? close_to_tray,
    close_explained: patch.close_explained ?? close_explained,
    start_hidden: patch.start_hidden ?? start_hidden,
  };
  return { ...settings, ...next, editor: next.editor || null };
}

/** Puts settings in force, and tells. */
export function settled(world: World, settings: Settings, listeners: Listeners | null): Settings {
  world.settings = settings;
  listeners?.settingsChanged(settings);
  return settings;
}

// Settings of the fake world.
import type { Settings, SettingsPatch } from "../types";

/** The settings with what the person changed. */
export function patched(settings: Settings, patch: SettingsPatch): Settings {
  const { theme, editor, default_collection, keep_days, keep_mib, deployment_sets } = settings;
  const next = {
    theme: patch.theme ?? theme,
    editor: patch.editor ?? editor,
    default_collection: patch.default_collection ?? default_collection,
    keep_days: patch.keep_days ?? keep_days,
    keep_mib: patch.keep_mib ?? keep_mib,
    deployment_sets: patch.deployment_sets ?? deployment_sets,
  };
  return { ...settings, ...next, editor: next.editor || null };
}

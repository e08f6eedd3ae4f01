import type { Backend } from "../ipc/client";
import type { Problem, Settings, SettingsPatch, Theme } from "../ipc/types";

const THEME_KEY = "skillmeat.theme";

/** Sets the colours of the page; `system` leaves it to the system. */
export function showTheme(theme: Theme): void {
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  try {
    localStorage.setItem(THEME_KEY, theme);
  } catch {
    // Without storage the theme is right as soon as the settings are read.
  }
}

/** Shows the theme of the last time before anything is read, so that the window does not flash. */
export function showRememberedTheme(): void {
  const theme = localStorage.getItem(THEME_KEY);
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
}

/** The settings as the engine has them. They change by event, also when another process changes them. */
export class SettingsStore {
  current = $state.raw<Settings | null>(null);
  problem = $state.raw<Problem | null>(null);

  constructor(private readonly backend: Backend) {}

  async load(): Promise<void> {
    const answer = await this.backend.getSettings();
    if (answer.ok) this.take(answer.data);
    else this.problem = answer.problem;
  }

  take(settings: Settings): void {
    this.current = settings;
    this.problem = null;
    showTheme(settings.theme);
  }

  /** Changes some settings; returns whether it worked. */
  async update(patch: SettingsPatch): Promise<boolean> {
    const answer = await this.backend.updateSettings(patch);
    if (answer.ok) this.take(answer.data);
    else this.problem = answer.problem;
    return answer.ok;
  }
}

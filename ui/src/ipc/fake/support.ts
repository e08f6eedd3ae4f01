// Diagnostics of the fake world.
import type { SupportBackend } from "../support";
import type { SetTools } from "./sets";

export const fakeSupport = ({ world, command }: SetTools): SupportBackend => ({
  diagnostics: () =>
    command("diagnostics", [], () => ({
      ok: true,
      data: {
        text: `SkillMeat Desktop ${world.settings.version} (window)\nHome: ~/.skillmeat\n`,
        logs: `${world.settings.home}/desktop/logs`,
      },
    })),
  notePageError: (text) => command("notePageError", [text], () => ({ ok: true, data: null })),
});

/** Texts about what went wrong, and whom to tell. */
export const support = {
  title: "When something goes wrong",
  logs: "Log files",
  logsHint: "One a day, for seven days. They hold names and paths, never what is in your files.",
  diagnostics: "Diagnostics",
  diagnosticsHint: "What somebody who helps you needs to know. You see it before you pass it on.",
  open: "Show diagnostics…",
  dialog: "Diagnostics",
  intro:
    "Version, system, counts, settings, problems and the last lines of the log. Your home folder is written as ~. Nothing is sent: copy it into your report.",
  text: "Diagnostics",
  copy: "Copy",
  copied: "Copied. Paste it into your report.",
  notCopied: "The clipboard could not be used. The text is selected: copy it with Ctrl+C.",
  pageError: (what: string) =>
    `Something went wrong in the window: ${what} Nothing was lost; please report it with the diagnostics.`,
};

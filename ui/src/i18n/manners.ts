import { count } from "../lib/format";

/** Words for what the window is asked to show from outside of it. */
export const requests = {
  noArtifact: (id: string) =>
    `There is no artifact “${id}” in the collections. It may have been renamed or removed.`,
  ambiguous: (id: string, n: number) =>
    `${count(n)} artifacts answer to “${id}”. Choose the one you mean in the list, and deploy it from there.`,
  noSet: (name: string) => `There is no set “${name}”. It may have been renamed or removed.`,
  setsOff: (name: string) => `The set “${name}” cannot be deployed: sets are switched off in the settings.`,
};

/** Words for closing, the tray and starting at login. */
export const manners = {
  title: "Window and tray",
  close: "When the window is closed",
  closeLabel: "Keep running in the tray",
  closeHint:
    "The window is hidden, and the tray still deploys. Quit from the tray’s menu. Off: closing quits.",
  hidden: "When the program starts",
  hiddenLabel: "Start in the tray, without the window",
  hiddenHint: "The tray, or starting the program again, shows the window.",
  login: "When you log in",
  loginLabel: "Start SkillMeat",
  loginHint: "It starts in the tray. Switching it off removes the entry it made.",
  noTray: "There is no tray on this desktop now, so closing quits and the window is always shown.",
  closingTitle: "SkillMeat goes on in the tray",
  closingText:
    "Closing the window hides it, because “Keep running in the tray” is on in the settings. SkillMeat goes on following your projects, and you can deploy from its tray icon. To end it, choose Quit in the tray’s menu.",
  closingAgain:
    "Starting SkillMeat again, or Open in the tray’s menu, brings the window back. This is said once.",
  closeAgain: "Close once more to hide the window; SkillMeat goes on in the tray.",
  copyPath: "Copy path",
  quit: "Quit",
  hide: "Hide the window",
};

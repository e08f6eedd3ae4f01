const SIGNS: Record<string, string> = {
  ArrowDown: "↓",
  ArrowUp: "↑",
  ArrowLeft: "←",
  ArrowRight: "→",
  Enter: "⏎",
  Backspace: "⌫",
  Delete: "Del",
  Escape: "Esc",
  PageUp: "PgUp",
  PageDown: "PgDn",
};

const apple = (): boolean => typeof navigator !== "undefined" && /Mac|iPhone|iPad/.test(navigator.platform);

/** The parts of a key as a person reads them: `Mod+K` → `Ctrl`, `K`; `G M` → `G`, `M`. */
export function keyParts(key: string): string[] {
  return key.split(/[+ ]/).map((part) => {
    if (part === "Mod") return apple() ? "⌘" : "Ctrl";
    if (part === "Shift") return apple() ? "⇧" : "Shift";
    return SIGNS[part] ?? part;
  });
}

/** The value of `aria-keyshortcuts` for a key, where it can be said. */
export const ariaKey = (key: string): string | undefined =>
  key.includes(" ") ? undefined : key.replace("Mod", apple() ? "Meta" : "Control");

import { KEYMAP, type CommandId, type Scope } from "./keymap";

/** What of a keyboard event decides. */
export type Stroke = Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey">;

const NAMES: Record<string, string> = { " ": "Space" };

/** `Mod+K`, `Shift+ArrowDown`, `?`: how a stroke is written in the keymap. */
export function strokeName(stroke: Stroke): string {
  const printable = stroke.key.length === 1 && stroke.key !== " ";
  const letter = /^\p{L}$/u.test(stroke.key);
  const key = NAMES[stroke.key] ?? (letter ? stroke.key.toUpperCase() : stroke.key);
  const parts = [];
  if (stroke.ctrlKey || stroke.metaKey) parts.push("Mod");
  if (stroke.altKey) parts.push("Alt");
  // A printable sign such as "?" carries its shift already.
  if (stroke.shiftKey && (letter || !printable)) parts.push("Shift");
  return [...parts, key].join("+");
}

/** How long the second key of a sequence may take, in milliseconds. */
const SEQUENCE_MS = 1200;

/** Turns key strokes into commands; remembers the first key of a sequence such as `G M`. */
export class Dispatcher {
  #first: { name: string; at: number } | null = null;

  constructor(private readonly now: () => number = () => performance.now()) {}

  /** The command that a stroke completes in one of the scopes, narrowest scope first. */
  match(stroke: Stroke, scopes: readonly Scope[]): CommandId | null {
    const name = strokeName(stroke);
    const first = this.#first;
    this.#first = null;
    if (first && this.now() - first.at < SEQUENCE_MS) {
      const found = find(`${first.name} ${name}`, scopes);
      if (found) return found;
    }
    const found = find(name, scopes);
    if (!found && starts(name)) this.#first = { name, at: this.now() };
    return found;
  }
}

function find(keys: string, scopes: readonly Scope[]): CommandId | null {
  for (const scope of scopes) {
    const binding = KEYMAP.find((candidate) => candidate.scope === scope && candidate.keys.includes(keys));
    if (binding) return binding.id;
  }
  return null;
}

const starts = (name: string): boolean =>
  KEYMAP.some(({ keys }) => keys.some((key) => key.startsWith(`${name} `)));

/** Whether a key stroke belongs to the text field it was made in. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target instanceof HTMLTextAreaElement) return true;
  if (target instanceof HTMLSelectElement) return true;
  return (
    target instanceof HTMLInputElement && !["checkbox", "radio", "button", "submit"].includes(target.type)
  );
}

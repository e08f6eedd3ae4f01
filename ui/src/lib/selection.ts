/** Which rows are marked: one is active, some are selected, and an anchor remembers where a range began. */
export interface Marked {
  active: string | null;
  anchor: string | null;
  selected: ReadonlySet<string>;
}

export const NOTHING: Marked = { active: null, anchor: null, selected: new Set() };

/** Only this one. */
export const pick = (id: string): Marked => ({ active: id, anchor: id, selected: new Set([id]) });

/** In or out, the others stay. */
export function toggle(marked: Marked, id: string): Marked {
  const selected = new Set(marked.selected);
  if (!selected.delete(id)) selected.add(id);
  return { active: id, anchor: id, selected };
}

/** From the anchor to this one. */
export function extend(marked: Marked, id: string, order: readonly string[]): Marked {
  const anchor = marked.anchor !== null && order.includes(marked.anchor) ? marked.anchor : id;
  const [from, to] = [order.indexOf(anchor), order.indexOf(id)].sort((a, b) => a - b);
  return { active: id, anchor, selected: new Set(order.slice(from, (to ?? 0) + 1)) };
}

/** The id `steps` away from the active one, held inside the list. */
export function neighbour(marked: Marked, steps: number, order: readonly string[]): string | null {
  if (order.length === 0) return null;
  const at = marked.active === null ? -1 : order.indexOf(marked.active);
  // From nowhere a step goes in at its own end of the list; a leap still ends where it leads.
  const fromEnd = Number.isFinite(steps) ? steps < 0 : steps > 0;
  if (at < 0) return (fromEnd ? order.at(-1) : order[0]) ?? null;
  return order[Math.max(0, Math.min(order.length - 1, at + steps))] ?? null;
}

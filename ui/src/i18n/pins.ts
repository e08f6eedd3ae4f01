/** Words for what is pinned. */
export const pins = {
  pin: "Pin for the tray",
  unpin: "Unpin",
  pinned: "Pinned",
  done: (name: string) => `${name} is pinned: the tray has it first.`,
  doneMany: (n: number) => `${n} are pinned: the tray has them first.`,
  undone: (name: string) => `${name} is no longer pinned.`,
  undoneMany: (n: number) => `${n} are no longer pinned.`,
};

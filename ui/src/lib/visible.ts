/**
 * Characters that nobody sees, but that reorder, hide or carry text: controls, marks of direction (“Trojan Source”),
 * invisible operators, and the tag letters that can smuggle a second text past a reader. Tab, line ends, and the
 * joiners that emoji and several scripts need, are ordinary text.
 */
const UNSEEN =
  // eslint-disable-next-line no-control-regex, no-misleading-character-class
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}\u{e0100}-\u{e01ef}]/gu;

const named = (letter: string): string =>
  `[U+${(letter.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}]`;

/** The same text, with the name of each such character in its place: `photo[U+202E]gpj.exe`. */
export const visible = (text: string): string => text.replace(UNSEEN, named);

/** The names of such characters in a text, each once: for a text field, which has to show its text as it is. */
export const unseenIn = (text: string): string[] => [...new Set(text.match(UNSEEN) ?? [])].map(named);

/** Attributes whose text is shown or read aloud. */
const SPOKEN = ["title", "aria-label"];

function mend(node: Node): void {
  if (node instanceof CharacterData) {
    const shown = visible(node.data);
    if (shown !== node.data) node.data = shown;
  } else if (node instanceof Element)
    for (const name of SPOKEN) {
      const text = node.getAttribute(name);
      if (text !== null && visible(text) !== text) node.setAttribute(name, visible(text));
    }
}

function mendAll(root: Node): void {
  mend(root);
  const walk = document.createTreeWalker(root, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) mend(walk.currentNode);
}

/**
 * Keeps every text below `root` visible, wherever it comes from, for as long as the page lives. It sees changes
 * before they are painted, so that no part of the window can forget to ask.
 */
export function keepVisible(root: Node): () => void {
  const observer = new MutationObserver((changes) => {
    for (const { type, target, addedNodes } of changes)
      if (type === "childList") addedNodes.forEach(mendAll);
      else mend(target);
  });
  observer.observe(root, {
    subtree: true,
    childList: true,
    characterData: true,
    attributeFilter: SPOKEN,
  });
  mendAll(root);
  return () => observer.disconnect();
}

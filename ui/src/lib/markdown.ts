import createDOMPurify from "dompurify";
import MarkdownIt from "markdown-it";

/** Headings of a document start at this level below the window's own. */
const TOP_HEADING = 3;

const parser = new MarkdownIt({ html: false, linkify: false, breaks: false });

// An image would be fetched; what it shows is said instead.
parser.renderer.rules.image = (tokens, index) => {
  const alt = tokens[index]?.content ?? "";
  return `<em>[${parser.utils.escapeHtml(alt || "image")}]</em>`;
};

// Levels never skip, so that the outline of the window stays whole whatever the document does.
parser.core.ruler.push("heading_levels", (state) => {
  let previous = TOP_HEADING - 1;
  for (const token of state.tokens) {
    if (token.type !== "heading_open" && token.type !== "heading_close") continue;
    if (token.type === "heading_open")
      previous = Math.min(Number(token.tag.slice(1)) + TOP_HEADING - 1, previous + 1, 6);
    token.tag = `h${previous}`;
  }
});

const ALLOWED_TAGS = [
  ...["h3", "h4", "h5", "h6", "p", "br", "hr", "blockquote", "pre", "code", "em", "strong", "s", "a"],
  ...["ul", "ol", "li", "table", "thead", "tbody", "tr", "th", "td", "del", "sub", "sup", "kbd"],
];

const purifier = createDOMPurify(window);

/** More of a text than this is not laid out, in characters: a page of a megabyte stops the window for many seconds. */
const MAX_MARKDOWN = 60_000;
/** Longer addresses are not opened. */
const MAX_ADDRESS = 2048;

/**
 * The address of a web link as a browser spells it: plain ASCII, so that what is shown is what would be opened. Null
 * for anything else, and for names before an `@`, which pass for another site.
 */
export function webAddress(target: string): string | null {
  if (!/^https?:\/\//i.test(target) || !URL.canParse(target)) return null;
  const { href, username, password } = new URL(target);
  return username || password || href.length > MAX_ADDRESS ? null : href;
}

// A link without `href`: nothing can follow it, or look up its host, before a person has agreed to its address.
purifier.addHook("beforeSanitizeAttributes", (node) => {
  if (node.nodeName !== "A") return;
  const address = webAddress(node.getAttribute("href") ?? "");
  node.removeAttribute("href");
  node.removeAttribute("title");
  if (address !== null) node.setAttribute("title", address);
});

/** The address of the link that an event was about. */
export const linkAt = (target: EventTarget | null): string | null =>
  target instanceof Element ? (target.closest("a[role=link]")?.getAttribute("title") ?? null) : null;

/** Makes HTML harmless: only text structure, no address, no style, no script. */
export function sanitize(html: string): DocumentFragment {
  const fragment = purifier.sanitize(html, {
    ALLOWED_TAGS,
    ALLOWED_ATTR: ["title", "start", "colspan", "rowspan"],
    ALLOW_DATA_ATTR: false,
    ALLOW_ARIA_ATTR: false,
    RETURN_DOM_FRAGMENT: true,
  });
  // Only now, so that no text can make itself a link: those with an address can be reached and pressed.
  for (const link of fragment.querySelectorAll("a[title]")) {
    link.setAttribute("role", "link");
    link.setAttribute("tabindex", "0");
  }
  return fragment;
}

/** As many whole lines of a text as are laid out; of a single line, as much as fits. */
export function beginning(text: string): string {
  if (text.length <= MAX_MARKDOWN) return text;
  const end = text.lastIndexOf("\n", MAX_MARKDOWN);
  // Not in the middle of a character.
  return text.slice(0, end > 0 ? end : MAX_MARKDOWN).replace(/[\ud800-\udbff]$/, "");
}

/** Untrusted Markdown as harmless nodes. HTML in it is shown as the text that it is. */
export const renderMarkdown = (text: string): DocumentFragment => sanitize(parser.render(text));

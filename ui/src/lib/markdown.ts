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

// A link shows where it leads and leads nowhere: the text of an artifact must not move the window.
purifier.addHook("beforeSanitizeAttributes", (node) => {
  if (node.nodeName !== "A") return;
  const target = node.getAttribute("href") ?? "";
  node.removeAttribute("href");
  node.removeAttribute("title");
  if (/^https?:\/\//i.test(target)) node.setAttribute("title", target);
});

/** Makes HTML harmless: only text structure, no address, no style, no script. */
export const sanitize = (html: string): DocumentFragment =>
  purifier.sanitize(html, {
    ALLOWED_TAGS,
    ALLOWED_ATTR: ["title", "start", "colspan", "rowspan"],
    ALLOW_DATA_ATTR: false,
    ALLOW_ARIA_ATTR: false,
    RETURN_DOM_FRAGMENT: true,
  });

/** Untrusted Markdown as harmless nodes. HTML in it is shown as the text that it is. */
export const renderMarkdown = (text: string): DocumentFragment => sanitize(parser.render(text));

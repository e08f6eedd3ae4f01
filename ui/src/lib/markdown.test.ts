import { describe, expect, it } from "vitest";
import { beginning, linkAt, renderMarkdown, sanitize, webAddress } from "./markdown";

const html = (fragment: DocumentFragment): string => {
  const box = document.createElement("div");
  box.append(fragment);
  return box.innerHTML;
};

/** What hostile text must never become, whichever way it came in. */
function expectHarmless(fragment: DocumentFragment): void {
  for (const node of fragment.querySelectorAll("*")) {
    expect([
      "SCRIPT",
      "STYLE",
      "IMG",
      "SVG",
      "IFRAME",
      "OBJECT",
      "FORM",
      "INPUT",
      "LINK",
      "META",
      "BASE",
      "VIDEO",
    ]).not.toContain(node.nodeName.toUpperCase());
    for (const { name, value } of node.attributes) {
      expect([
        "title",
        "start",
        "colspan",
        "rowspan",
        ...(node.nodeName === "A" ? ["role", "tabindex"] : []),
      ]).toContain(name);
      expect(value).not.toMatch(/^\s*(javascript|data|vbscript|file):/i);
    }
  }
}

const CORPUS = [
  "<script>alert(1)</script>",
  "<img src=x onerror=alert(1)>",
  "<img src='https://evil.example/pixel.png'>",
  "<svg onload=alert(1)><script>alert(1)</script></svg>",
  "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
  "<style>body{display:none}</style>",
  "<p style='position:fixed;inset:0'>over everything</p>",
  "<a href='javascript:alert(1)'>x</a>",
  "<a href='JaVaScRiPt&colon;alert(1)'>x</a>",
  "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
  "<iframe src='https://evil.example'></iframe>",
  "<object data='x'></object><embed src='x'>",
  "<form action='https://evil.example'><input name=q><button>go</button></form>",
  "<meta http-equiv=refresh content='0;url=https://evil.example'>",
  "<base href='https://evil.example/'>",
  "<link rel=stylesheet href='https://evil.example/x.css'>",
  "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
  "<div onclick=alert(1) id=app class=first-run data-testid=confirm>x</div>",
  "<video src=x autoplay onerror=alert(1)></video>",
  "<template><script>alert(1)</script></template>",
  "[x](javascript:alert(1))",
  "[x](data:text/html;base64,PHNjcmlwdD4=)",
  "![alt](https://evil.example/pixel.png)",
  "![x](data:image/svg+xml,<svg onload=alert(1)>)",
  "[x]: javascript:alert(1)\n\n[x]",
  '<https://evil.example/"onmouseover=alert(1)>',
  "```html\n<script>alert(1)</script>\n```",
];

describe("hostile text", () => {
  it.each(CORPUS)("as HTML: %s", (text) => expectHarmless(sanitize(text)));
  it.each(CORPUS)("as Markdown: %s", (text) => expectHarmless(renderMarkdown(text)));
});

describe("very long text", () => {
  it("is cut after a whole line, or inside the only one", () => {
    expect(beginning("short\n")).toBe("short\n");
    const line = `${"a".repeat(99)}\n`;
    expect(beginning(line.repeat(5000))).toBe(line.repeat(600).slice(0, -1));
    expect(beginning("b".repeat(500_000))).toHaveLength(60_000);
    expect(beginning(`${"b".repeat(59_999)}😀😀`)).toHaveLength(59_999);
  });
});

describe("ordinary text", () => {
  it("keeps its structure", () => {
    const fragment = renderMarkdown(
      "# Title\n\n- a\n- **b** `c`\n\n> q\n\n| x | y |\n|---|:-:|\n| 1 | 2 |\n\n```sh\nls\n```",
    );
    for (const tag of ["h3", "ul", "strong", "code", "blockquote", "table", "pre"])
      expect(fragment.querySelector(tag), tag).not.toBeNull();
  });
  it("shows a web link's address, can be pressed, and leads nowhere by itself", () => {
    const link = renderMarkdown("[*guide*](https://Example.org/ä)").querySelector("a");
    expect(link?.title).toBe("https://example.org/%C3%A4");
    expect(link?.hasAttribute("href")).toBe(false);
    expect([link?.getAttribute("role"), link?.tabIndex]).toEqual(["link", 0]);
    expect(linkAt(link?.firstChild ?? null)).toBe("https://example.org/%C3%A4");
  });
  it("knows a web address by how a browser reads it", () => {
    expect(webAddress("HTTP://EXAMPLE.org")).toBe("http://example.org/");
    expect(webAddress("https://ex\u0430mple.org/")).toBe("https://xn--exmple-4nf.org/");
    expect(webAddress("https://example.org/\u202egpj.exe")).toBe("https://example.org/%E2%80%AEgpj.exe");
    for (const other of [
      "https://example.org@evil.example/",
      "https://:x@evil.example/",
      "https://",
      "https:example.org",
      "//example.org/",
      "javascript:alert(1)//https://example.org/",
      "mailto:a@example.org",
      "vscode://file/etc/passwd",
      `https://example.org/${"a".repeat(2048)}`,
    ])
      expect(webAddress(other), other).toBeNull();
  });
  it("gives no address to any other link", () => {
    const text = "[x](file:///etc/passwd) [y](../SKILL.md 'hm') [z](https://a@b.example/)";
    expect(renderMarkdown(text).querySelector("[title], [role], [tabindex]")).toBeNull();
  });
  it("lets no text make itself a link", () => {
    const fragment = sanitize("<a role=link tabindex=0 title='https://example.org/'>x</a><p role=link>y</p>");
    expect(fragment.querySelector("[role], [title], [tabindex]")).toBeNull();
  });
  it("says what an image shows instead of loading it", () => {
    expect(html(renderMarkdown("![A cat](cat.png)"))).toContain("[A cat]");
  });
  it("shows tags in the text as text", () => {
    expect(renderMarkdown("Use <example>this</example>.").textContent).toContain("<example>this</example>");
  });
  it("never skips a heading level", () => {
    const levels = [...renderMarkdown("### a\n\n# b\n\n##### c").querySelectorAll("h3,h4,h5,h6")].map(
      (node) => node.nodeName,
    );
    expect(levels).toEqual(["H3", "H3", "H4"]);
  });
});

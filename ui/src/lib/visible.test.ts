import { afterEach, describe, expect, it } from "vitest";
import { keepVisible, visible } from "./visible";

describe("text that nobody sees", () => {
  it.each([
    ["photo\u202egpj.exe", "photo[U+202E]gpj.exe"],
    ["a\u2066b\u2069", "a[U+2066]b[U+2069]"],
    ["\u0007\u001b[2J\u0085", "[U+0007][U+001B][2J[U+0085]"],
    ["pass\u00adword\u200b", "pass[U+00AD]word[U+200B]"],
    ["\ufeffx", "[U+FEFF]x"],
    ["hi\u{e0069}\u{e006e}", "hi[U+E0069][U+E006E]"],
  ])("is shown by its name: %j", (text, shown) => expect(visible(text)).toBe(shown));

  it.each(["plain\ttext\n", "שלום", "مرحبا", "می\u200cخواهم", "👩\u200d💻 ❤\ufe0f", "naïve — “x”"])(
    "is not what real scripts need: %s",
    (text) => expect(visible(text)).toBe(text),
  );
});

describe("the page", () => {
  let stop = (): void => undefined;
  afterEach(() => stop());
  const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

  it("shows them wherever they come from", async () => {
    const root = document.createElement("div");
    root.innerHTML = "<p title='a\u202eb'>c\u202ed</p>";
    stop = keepVisible(root);
    expect(root.innerHTML).toBe('<p title="a[U+202E]b">c[U+202E]d</p>');
    const added = document.createElement("section");
    added.append(document.createElement("b"), "new\u2067");
    root.append(added);
    await settled();
    expect(added.textContent).toBe("new[U+2067]");
    (added.firstChild as Element).setAttribute("aria-label", "\u200e");
    (added.lastChild as Text).data = "again\u202d";
    await settled();
    expect(added.innerHTML).toBe('<b aria-label="[U+200E]"></b>again[U+202D]');
  });
});

import { describe, expect, it } from "vitest";
import { t } from "../i18n/en";
import { Dispatcher, isTyping, strokeName, type Stroke } from "./dispatch";
import { KEYMAP, keyOf } from "./keymap";
import { keyParts } from "./show";

const stroke = (key: string, rest: Partial<Stroke> = {}): Stroke => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...rest,
});

describe("the keymap", () => {
  it("has no key twice in a scope, and none in both that could be meant in the list", () => {
    for (const scope of ["window", "list", "diff", "matrix", "sets", "setList", "order"] as const) {
      const keys = KEYMAP.filter((binding) => binding.scope === scope).flatMap((binding) => binding.keys);
      expect(keys.filter((key, at) => keys.indexOf(key) !== at)).toEqual([]);
    }
    const window = new Set(KEYMAP.filter(({ scope }) => scope === "window").flatMap(({ keys }) => keys));
    const shadowed = KEYMAP.filter(({ scope }) => scope === "list").flatMap(({ keys }) =>
      keys.filter((key) => window.has(key)),
    );
    expect(shadowed).toEqual([]);
  });
  it("names each command once, and no sequence hides a key", () => {
    const ids = KEYMAP.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(Object.keys(t.commands).sort()).toEqual([...ids].sort());
    const keys = KEYMAP.flatMap((binding) => binding.keys);
    for (const first of keys.filter((key) => key.includes(" ")).map((key) => key.split(" ")[0]))
      expect(keys).not.toContain(first);
  });
});

describe("the dispatcher", () => {
  it("writes strokes as the keymap does", () => {
    expect(strokeName(stroke("k", { ctrlKey: true }))).toBe("Mod+K");
    expect(strokeName(stroke("k", { metaKey: true }))).toBe("Mod+K");
    expect(strokeName(stroke("?", { shiftKey: true }))).toBe("?");
    expect(strokeName(stroke("ArrowDown", { shiftKey: true }))).toBe("Shift+ArrowDown");
    expect(strokeName(stroke(" "))).toBe("Space");
  });
  it("finds every binding of the keymap", () => {
    for (const binding of KEYMAP) {
      for (const keys of binding.keys) {
        const dispatcher = new Dispatcher(() => 0);
        const found = keys.split(" ").map((key) => {
          const parts = key.split("+");
          const last = parts.at(-1) ?? "";
          const flags = {
            ctrlKey: parts.includes("Mod"),
            shiftKey: parts.includes("Shift"),
            altKey: parts.includes("Alt"),
          };
          return dispatcher.match(stroke(last === "Space" ? " " : last, flags), [binding.scope]);
        });
        expect(found.at(-1), keys).toBe(binding.id);
      }
    }
  });
  it("forgets the first key of a sequence after a while", () => {
    let time = 0;
    const dispatcher = new Dispatcher(() => time);
    expect(dispatcher.match(stroke("g"), ["window"])).toBeNull();
    time = 5000;
    expect(dispatcher.match(stroke("m"), ["window"])).toBeNull();
  });
  it("leaves list keys alone outside the list", () => {
    expect(new Dispatcher(() => 0).match(stroke("j"), ["window"])).toBeNull();
  });
});

it("knows where a person types", () => {
  const input = document.createElement("input");
  const box = Object.assign(document.createElement("input"), { type: "checkbox" });
  expect([
    isTyping(input),
    isTyping(document.createElement("textarea")),
    isTyping(box),
    isTyping(document.body),
  ]).toEqual([true, true, false, false]);
});

it("shows keys as people read them", () => {
  expect(keyParts(keyOf("palette") ?? "")).toEqual(["Ctrl", "K"]);
  expect(keyParts("G M")).toEqual(["G", "M"]);
});

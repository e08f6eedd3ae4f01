import { describe, expect, it } from "vitest";
import { asTyped, hasMarkers, lineEndOf, placesOf, settle, withEnds } from "./merge";

const TEXT = [
  "1",
  "<<<<<<< project",
  "mine",
  "=======",
  "theirs",
  "too",
  ">>>>>>> collection",
  "2",
  "<<<<<<< project",
  "=======",
  "new",
  ">>>>>>> collection",
  "",
].join("\n");

describe("places to decide", () => {
  it("are found with both sides", () => {
    expect(placesOf(TEXT)).toEqual([
      { first: 1, last: 6, project: ["mine"], collection: ["theirs", "too"] },
      { first: 8, last: 11, project: [], collection: ["new"] },
    ]);
  });
  it.each([
    ["project", "1\nmine\n2\n"],
    ["collection", "1\ntheirs\ntoo\n2\n"],
    ["both", "1\nmine\ntheirs\ntoo\n2\n"],
  ] as const)("are settled with %s", (side, begin) => {
    const [first] = placesOf(TEXT);
    const text = first ? settle(TEXT, first, side) : "";
    expect(text.startsWith(begin)).toBe(true);
    const [second] = placesOf(text);
    const done = second ? settle(text, second, "project") : "";
    expect([done, hasMarkers(done)]).toEqual([begin, false]);
  });
  it("are none in a heading, and a marker that lost its partner is still one", () => {
    expect([placesOf("Title\n=======\n"), hasMarkers("Title\n=======\n")]).toEqual([[], false]);
    for (const marker of ["<<<<<<< project", ">>>>>>> collection"])
      expect([placesOf(`a\n${marker}\nb`), hasMarkers(`a\n${marker}\nb`)]).toEqual([[], true]);
  });
});

describe("line ends", () => {
  it.each([
    ["a\nb\n", "\n", false],
    ["a\r\nb\r\n", "\r\n", false],
    ["a\r\nb\r\nc\n", "\r\n", true],
    ["a\rb\n", "\n", true],
    ["", "\n", false],
  ] as const)("%j", (text, end, mixed) => {
    expect(lineEndOf(text)).toEqual({ end, mixed });
  });
  it("come back as they were", () => {
    const text = "a\r\nb\r\n";
    expect(withEnds(asTyped(text), lineEndOf(text).end)).toBe(text);
  });
});

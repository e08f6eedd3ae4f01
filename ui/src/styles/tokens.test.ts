import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const ROOT = join(process.cwd(), "src");
const css = readFileSync(join(ROOT, "styles/tokens.css"), "utf8");

type Rgb = [number, number, number];

/** OKLCH to linear sRGB, by the matrices of CSS Color 4. */
function linear(lightness: number, chroma: number, hue: number): Rgb {
  const a = chroma * Math.cos((hue * Math.PI) / 180);
  const b = chroma * Math.sin((hue * Math.PI) / 180);
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const rgb: Rgb = [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ];
  return rgb.map((part) => Math.max(0, Math.min(1, part))) as Rgb;
}

const luminance = ([r, g, b]: Rgb): number => 0.2126 * r + 0.7152 * g + 0.0722 * b;

function contrast(one: Rgb, other: Rgb): number {
  const [bright, dim] = [luminance(one), luminance(other)].sort((x, y) => y - x) as [number, number];
  return (bright + 0.05) / (dim + 0.05);
}

/** Token → [light, dark]. */
const tokens = new Map<string, [Rgb, Rgb]>();
const oklch = String.raw`oklch\(([\d.]+)% ([\d.]+) ([\d.]+)\)`;
for (const match of css.matchAll(new RegExp(String.raw`(--[\w-]+): light-dark\(${oklch}, ${oklch}\)`, "g"))) {
  const [name, ...numbers] = match.slice(1) as [string, ...string[]];
  const [l1, c1, h1, l2, c2, h2] = numbers.map(Number) as [number, number, number, number, number, number];
  tokens.set(name, [linear(l1 / 100, c1, h1), linear(l2 / 100, c2, h2)]);
}

function get(name: string, theme: 0 | 1): Rgb {
  const found = tokens.get(name);
  if (!found) throw new Error(`no colour ${name}`);
  return found[theme];
}

const SURFACES = ["--bg-canvas", "--bg-sidebar", "--bg-panel", "--bg-raised", "--bg-hover", "--bg-selected"];
const INKS = [
  ...["--text-1", "--text-2", "--text-3", "--accent"],
  ...["--synced", "--outdated", "--modified", "--conflict", "--missing", "--orphaned", "--unmanaged"],
];
const THEMES = [["light", 0] as const, ["dark", 1] as const];

describe.each(THEMES)("in the %s theme", (_, theme) => {
  it.each(INKS)("%s can be read on every surface", (ink) => {
    for (const surface of SURFACES)
      expect(contrast(get(ink, theme), get(surface, theme)), surface).toBeGreaterThanOrEqual(4.5);
  });
  it.each(["--accent", "--conflict"])("text on %s can be read", (fill) => {
    expect(contrast(get("--accent-fg", theme), get(fill, theme))).toBeGreaterThanOrEqual(4.5);
  });
  it("the border of a field can be seen", () => {
    for (const surface of ["--bg-canvas", "--bg-sidebar", "--bg-panel", "--bg-raised"])
      expect(contrast(get("--border-strong", theme), get(surface, theme)), surface).toBeGreaterThanOrEqual(3);
  });
});

it("computes contrast as WCAG does", () => {
  expect(contrast([0, 0, 0], [1, 1, 1])).toBeCloseTo(21);
  expect(contrast(linear(1, 0, 0), linear(0, 0, 0))).toBeCloseTo(21, 1);
});

const sources = readdirSync(ROOT, { recursive: true, encoding: "utf8" }).filter(
  (path) =>
    /\.(svelte|css|ts)$/.test(path) &&
    !path.includes("tokens") &&
    !path.endsWith(".test.ts") &&
    !path.includes("bindings"),
);

it("no colour is written outside tokens.css", () => {
  const literal =
    /#[0-9a-f]{3,8}\b(?=[\s;,)'"])|\b(rgba?|hsla?|hwb|lab|lch|oklab|oklch)\(|:\s*(white|black|red|green|blue|gray|grey|orange|yellow)\s*;/i;
  expect(sources.length).toBeGreaterThan(60);
  const found = sources.flatMap((path) => {
    const lines = readFileSync(join(ROOT, path), "utf8").split("\n");
    return lines.filter((line) => literal.test(line)).map((line) => `${path}: ${line.trim()}`);
  });
  expect(found).toEqual([]);
});

it("every token that is used exists", () => {
  const defined = new Set([...css.matchAll(/(--[\w-]+):/g)].map((match) => match[1]));
  const own = new Set([
    "--sidebar",
    "--inspector",
    "--width",
    "--mark",
    "--tone",
    "--first",
    "--column",
    "--head",
    "--row",
  ]);
  const used = sources.flatMap((path) =>
    [...readFileSync(join(ROOT, path), "utf8").matchAll(/var\((--[\w-]+)/g)].map((match) => ({
      path,
      name: match[1] ?? "",
    })),
  );
  expect(
    used.filter(({ name }) => !defined.has(name) && !own.has(name) && !name.startsWith("--bits-")),
  ).toEqual([]);
});

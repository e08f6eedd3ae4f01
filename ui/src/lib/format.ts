const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto", style: "short" });
const narrow = new Intl.RelativeTimeFormat("en", { numeric: "always", style: "narrow" });
const absolute = new Intl.DateTimeFormat("en", { dateStyle: "medium", timeStyle: "short" });
const whole = new Intl.NumberFormat("en");
const plurals = new Intl.PluralRules("en");

const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["week", 604_800],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

function steps(iso: string, now: number, format: Intl.RelativeTimeFormat): string | null {
  const then = Date.parse(iso);
  if (Number.isNaN(then)) return null;
  const seconds = Math.round((then - now) / 1000);
  for (const [unit, size] of STEPS)
    if (Math.abs(seconds) >= size) return format.format(Math.trunc(seconds / size), unit);
  return "just now";
}

/** "2 min. ago". Text that is no date is shown as it is. */
export const ago = (iso: string, now: number): string => steps(iso, now, relative) ?? iso;

/** "2h": for a narrow column. */
export function agoShort(iso: string, now: number): string {
  const text = steps(iso, now, narrow) ?? iso;
  return text === "just now" ? "now" : text.replace(/ ago$|^in /, "");
}

/** "Nov 21, 2026, 5:28 AM". */
export function moment(iso: string): string {
  const then = Date.parse(iso);
  return Number.isNaN(then) ? iso : absolute.format(then);
}

/** "1,024". */
export const count = (value: number): string => whole.format(value);

/** "1 file", "3 files". */
export const plural = (value: number, one: string, other: string): string =>
  `${count(value)} ${plurals.select(value) === "one" ? one : other}`;

/** "14 KB": decimal units. */
export function bytes(value: number): string {
  const units = ["B", "KB", "MB", "GB"];
  let rest = value;
  let unit = 0;
  while (rest >= 1000 && unit < units.length - 1) {
    rest /= 1000;
    unit += 1;
  }
  const digits = unit > 0 && rest < 10 ? 1 : 0;
  return `${rest.toFixed(digits)} ${units[unit]}`;
}

/** The number that a text writes out, when it is a whole one within limits. */
export function wholeNumber(text: string, low: number, high: number): number | null {
  const value = /^\s*\d{1,9}\s*$/.test(text) ? Number(text) : NaN;
  return value >= low && value <= high ? value : null;
}

/** The first digits of a hash. */
export const shortHash = (hash: string): string => hash.slice(0, 10);

/** The last part of a path. */
export const baseName = (path: string): string => path.split(/[\\/]/).filter(Boolean).at(-1) ?? path;

/** The folder that holds a path. */
export const parentPath = (path: string): string => path.replace(/[\\/]+[^\\/]*$/, "") || "/";

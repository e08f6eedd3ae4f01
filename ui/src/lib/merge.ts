/** The lines that a proposal puts around what both sides changed; the engine refuses a text that has them. */
const FIRST = "<<<<<<< project";
const BETWEEN = "=======";
const LAST = ">>>>>>> collection";

/** A place that both sides changed. Lines are counted from 0; `last` is the closing marker. */
export interface Place {
  first: number;
  last: number;
  project: string[];
  collection: string[];
}

/** Which side a place gets. */
export type Side = "project" | "collection" | "both";

/** Whether a marker is left, also one that lost its partner. */
export const hasMarkers = (text: string): boolean =>
  text.split("\n").some((line) => line === FIRST || line === LAST);

/** The places that are still to be decided, in order. */
export function placesOf(text: string): Place[] {
  const places: Place[] = [];
  const lines = text.split("\n");
  let first = -1;
  let middle = -1;
  lines.forEach((line, at) => {
    if (line === FIRST) [first, middle] = [at, -1];
    else if (line === BETWEEN && first >= 0 && middle < 0) middle = at;
    else if (line === LAST && first >= 0 && middle >= 0) {
      places.push({
        first,
        last: at,
        project: lines.slice(first + 1, middle),
        collection: lines.slice(middle + 1, at),
      });
      first = -1;
    }
  });
  return places;
}

/** The text with one place decided. */
export function settle(text: string, place: Place, side: Side): string {
  const lines = text.split("\n");
  const taken =
    side === "both"
      ? [...place.project, ...place.collection]
      : side === "project"
        ? place.project
        : place.collection;
  lines.splice(place.first, place.last - place.first + 1, ...taken);
  return lines.join("\n");
}

/** How the lines of a text end. A text field knows only one end, so the others are put back afterwards. */
export function lineEndOf(text: string): { end: "\n" | "\r\n"; mixed: boolean } {
  const all = text.split("\n").length - 1;
  const windows = text.split("\r\n").length - 1;
  const alone = text.split("\r").length - 1 - windows;
  return { end: windows * 2 > all ? "\r\n" : "\n", mixed: alone > 0 || (windows > 0 && windows < all) };
}

/** A text as a text field holds it. */
export const asTyped = (text: string): string => text.replace(/\r\n?/g, "\n");

/** A text of a text field with the line ends of its file. */
export const withEnds = (text: string, end: "\n" | "\r\n"): string =>
  end === "\n" ? text : text.replace(/\n/g, end);

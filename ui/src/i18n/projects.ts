import { count, plural } from "../lib/format";

const folders = (n: number): string => plural(n, "folder", "folders");

/** Words for finding, locating and dropping projects. */
export const finder = {
  recent: "Known to other tools",
  found: "Found",
  all: "Select all",
  none: "Select none",
  registered: "added already",
  lookIn: "Look for projects in a folder…",
  chooseTitle: "Choose a folder to look in",
  scanning: "Looking…",
  stop: "Stop",
  result: (found: number, seen: number, stopped: boolean) =>
    `${plural(found, "possible project", "possible projects")} in ${folders(seen)}${stopped ? ", stopped before the end" : ""}`,
  add: (n: number) => `Add ${count(n)}`,
  locate: "Locate",
  locateProject: "Locate project…",
  locateTitle: (name: string) => `Where is ${name} now?`,
  locateText:
    "Its folder is no longer where it was. Choose where it was moved to; what is known of it and its history follow. To forget it instead, remove it from the list.",
  locateLabel: "Path of the folder now",
  drop: "Drop a folder to add it as a project",
  droppedTitle: (n: number) => (n === 1 ? "What is this folder?" : `What are these ${count(n)} folders?`),
  droppedText: "Add it as a project, or look in it for projects.",
  droppedAdd: (n: number) => (n === 1 ? "Add as a project" : `Add ${count(n)} as projects`),
  droppedScan: "Look for projects in it",
};

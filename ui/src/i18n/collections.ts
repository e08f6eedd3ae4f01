// Texts about linking folders as collections.
import type { Layout } from "../ipc/types";
import { plural } from "../lib/format";

const artifacts = (n: number): string => plural(n, "artifact", "artifacts");

export const collections = {
  link: "Link",
  linkFolder: "Link a folder…",
  linkTitle: "Link a folder as a collection",
  linkText:
    "A git clone, a marketplace of plugins, a folder of skills. It is only read, and its artifacts can be deployed like your own.",
  name: "Name of the collection",
  layout: "Where artifacts are",
  layouts: {
    "": "Look for them",
    collection: "In skills, commands and agents",
    marketplace: "In plugins/<name>/skills and so on",
    skills: "The folder itself holds skills",
    commands: "The folder itself holds commands",
    agents: "The folder itself holds agents",
  } satisfies Record<Layout | "", string>,
  removeTitle: (n: number, name: string) => `Delete ${n === 1 ? name : artifacts(n)} from the collection?`,
  removeText: "The files go to the trash, and you can undo it.",
  remove: "Delete",
  removed: (n: number) => `Deleted ${artifacts(n)} from the collection`,
  removal: (n: number) => `deletion of ${artifacts(n)}`,
  tagsTitle: (n: number, name: string) => `Tags of ${n === 1 ? name : artifacts(n)}`,
  addTags: "Tags to add, with commas between them",
  noTags: "No tags yet.",
  removeTag: (tag: string) => `Remove the tag ${tag}`,
  keepTag: (tag: string) => `Keep the tag ${tag}`,
  saveTags: "Save",
  tagged: (n: number) => `Changed the tags of ${artifacts(n)}`,
  tagging: (n: number) => `change of the tags of ${artifacts(n)}`,
  linked: "linked, read-only",
  unlink: "Unlink",
  unlinkTitle: (name: string) => `Unlink ${name}?`,
  unlinkText: "The folder and all deployed copies stay as they are. You can link it again at any time.",
  orphans: (n: number) =>
    n === 0
      ? "Nothing is deployed from it."
      : `${plural(n, "deployment becomes", "deployments become")} orphaned, and are updated no longer:`,
};

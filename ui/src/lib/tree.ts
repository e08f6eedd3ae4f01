import type { FileEntry } from "./model";

/** A file or folder in the files tree. */
export interface TreeNode {
  name: string;
  path: string;
  depth: number;
  /** Absent for a folder that is only known from the paths below it. */
  entry: FileEntry | null;
  folder: boolean;
}

/** A flat list of nodes in reading order, folders first, with the folders that paths imply. */
export function fileTree(files: readonly FileEntry[]): TreeNode[] {
  const nodes = new Map<string, TreeNode>();
  for (const entry of files) {
    const parts = entry.path.split("/");
    parts.forEach((name, index) => {
      const path = parts.slice(0, index + 1).join("/");
      const last = index === parts.length - 1;
      const folder = !last || entry.kind === "folder";
      const known = nodes.get(path);
      if (!known) nodes.set(path, { name, path, depth: index, entry: last ? entry : null, folder });
      else if (last) known.entry = entry;
    });
  }
  const children = groupBy(nodes.values(), (node) => parent(node.path));
  const walk = (path: string): TreeNode[] =>
    (children.get(path) ?? []).sort(byFolderAndName).flatMap((node) => [node, ...walk(node.path)]);
  return walk("");
}

const parent = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf("/")));

const byFolderAndName = (a: TreeNode, b: TreeNode): number =>
  Number(b.folder) - Number(a.folder) || a.name.localeCompare(b.name, "en", { numeric: true });

function groupBy<T>(items: Iterable<T>, key: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group) group.push(item);
    else groups.set(key(item), [item]);
  }
  return groups;
}

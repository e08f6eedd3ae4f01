//! The tree that an update or a push makes of both sides.

use super::sync::{Weighed, is_below};
use super::tree::{Node, Tree};
use std::collections::BTreeMap;

/// Two sides on their way to one tree.
pub(super) struct Merge<'a> {
    /// The side that the changes come from, and the one that is replaced.
    pub(super) coming: &'a Tree,
    pub(super) standing: &'a Tree,
    pub(super) base: Option<&'a Tree>,
    pub(super) weighed: &'a Weighed,
    /// Whether each file is taken from where the changes come.
    pub(super) takes: &'a BTreeMap<&'a str, bool>,
    /// The mode of a folder that a process makes.
    pub(super) folder_mode: u32,
}

fn is_folder(node: Option<&Node>) -> bool {
    matches!(node, Some(Node::Folder(_)))
}

impl Merge<'_> {
    /// The tree that comes, with what stays of the one that stands.
    pub(super) fn tree(&self) -> Tree {
        let mut out = self.coming.copied();
        self.keep(&mut out);
        self.permissions(&mut out);
        self.folders(&mut out);
        out
    }

    fn file_stands(&self, path: &str) -> Option<&Node> {
        self.standing.0.get(path).filter(|node| !is_folder(Some(node)))
    }

    /// Makes the folders above a path, as they are where they stand.
    fn open(&self, out: &mut Tree, path: &str) {
        for folder in out.folders_above(path, self.folder_mode) {
            if let Some(Node::Folder(mode)) = self.standing.0.get(&folder) {
                out.0.insert(folder, Node::Folder((mode | 0o700) & 0o777));
            }
        }
    }

    /// The files that stay, also as gone.
    fn keep(&self, out: &mut Tree) {
        let stays = || {
            let each = self.takes.iter().filter(|(path, comes)| !**comes && !self.weighed.is_synced(path));
            each.map(|(path, _)| *path)
        };
        stays().for_each(|path| out.prune(path));
        for path in stays().filter(|path| self.file_stands(path).is_none()) {
            for (end, _) in path.rmatch_indices('/') {
                let folder = &path[..end];
                if is_folder(self.standing.0.get(folder)) || !out.is_empty_folder(folder) {
                    break;
                }
                out.0.remove(folder);
            }
        }
        for (path, node) in stays().filter_map(|path| Some((path, self.file_stands(path)?))) {
            self.open(out, path);
            let copy = match node {
                Node::File(mode, bytes) => Node::File(mode & 0o777, bytes.clone()),
                other => other.clone(),
            };
            out.0.insert(path.to_owned(), copy);
        }
    }

    /// What is on both sides, and comes.
    fn permissions(&self, out: &mut Tree) {
        for (path, now) in &self.standing.0 {
            let was = self.base.and_then(|base| base.0.get(path));
            match (now, self.coming.0.get(path), out.0.get_mut(path)) {
                (Node::File(stands, _), Some(Node::File(comes, _)), Some(Node::File(mode, _)))
                    if self.takes.get(path.as_str()) == Some(&true) || self.weighed.is_synced(path) =>
                {
                    let was = was.and_then(|node| match node {
                        Node::File(mode, _) => Some(mode & 0o777),
                        _ => None,
                    });
                    *mode = three_way(was, comes & 0o777, stands & 0o777, comes & 0o100 != 0);
                }
                (Node::Folder(stands), Some(Node::Folder(comes)), Some(Node::Folder(mode))) => {
                    let own = |mode: u32| (mode | 0o700) & 0o777;
                    // What is stored of a tree are the entries in it.
                    let was = was.filter(|_| !path.is_empty()).and_then(|node| match node {
                        Node::Folder(mode) => Some(own(*mode)),
                        _ => None,
                    });
                    *mode = three_way(was, own(*comes), own(*stands), true);
                }
                _ => {}
            }
        }
    }

    /// A person's own folders with nothing in them.
    fn folders(&self, out: &mut Tree) {
        let standing = self.standing.without_ignored().0;
        let folders = standing.iter().filter(|(path, node)| !path.is_empty() && is_folder(Some(node)));
        for folder in folders.map(|(path, _)| path) {
            let is_file = |(path, node): (&String, &Node)| {
                !is_folder(Some(node)) && (path == folder || is_below(folder, path))
            };
            let known = [Some(self.coming), self.base].into_iter().flatten();
            let known = known.into_iter().any(|side| is_folder(side.0.get(folder)));
            let holds = standing.iter().any(|(path, node)| is_below(path, folder) && !is_folder(Some(node)));
            if !known && !holds && !out.0.iter().any(is_file) {
                self.open(out, &format!("{folder}/"));
            }
        }
    }
}

/// Permissions of something on both sides.
fn three_way(before: Option<u32>, comes: u32, stands: u32, executable: bool) -> u32 {
    let alike = |mode: u32| match (mode & 0o100 != 0, executable) {
        (true, false) => mode & !0o111,
        (false, true) => mode | (mode & 0o444) >> 2,
        _ => mode,
    };
    if before.map(alike) == Some(alike(stands)) { comes } else { alike(stands) }
}

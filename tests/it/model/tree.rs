//! Files and folders in memory, written to and read from a disk.

use sha2::{Digest, Sha256};
use skillmeat_engine::fs::is_ignored;
use std::collections::BTreeMap;
use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::Path;

/// One file, folder or link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Node {
    Folder(u32),
    File(u32, Vec<u8>),
    Link(String),
}

impl Node {
    pub(super) fn file(text: impl Into<String>) -> Self {
        Self::File(0o644, text.into().into_bytes())
    }

    /// What it is, without its content.
    fn shape(&self) -> Shape {
        match self {
            Self::Folder(mode) => ('d', mode & 0o777, 0, String::new()),
            Self::File(mode, bytes) => ('f', mode & 0o777, bytes.len(), String::new()),
            Self::Link(target) => ('l', 0, 0, target.clone()),
        }
    }

    fn put(&self, path: &Path) {
        let done =
            match self {
                Self::Folder(mode) => fs::create_dir(path)
                    .and_then(|()| fs::set_permissions(path, Permissions::from_mode(*mode))),
                Self::File(mode, bytes) => fs::write(path, bytes)
                    .and_then(|()| fs::set_permissions(path, Permissions::from_mode(*mode))),
                Self::Link(target) => symlink(target, path),
            };
        done.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    }

    fn read(path: &Path) -> Self {
        let stat = path.symlink_metadata().unwrap();
        if stat.is_symlink() {
            Self::Link(fs::read_link(path).unwrap().to_str().unwrap().to_owned())
        } else if stat.is_dir() {
            Self::Folder(stat.mode() & 0o7777)
        } else {
            Self::File(stat.mode() & 0o7777, fs::read(path).unwrap())
        }
    }
}

type Shape = (char, u32, usize, String);

/// What a tree is, strictly: its content, and everything that the content hash does not see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Print {
    pub(super) content: String,
    shape: BTreeMap<String, Shape>,
}

impl Print {
    pub(super) fn same_shape(&self, other: &Self) -> bool {
        self.shape == other.shape
    }
}

/// A file (only the path "") or a folder with all that is in it, by path; a project is one too.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Tree(pub(super) BTreeMap<String, Node>);

impl Tree {
    pub(super) fn of<const N: usize>(nodes: [(&str, Node); N]) -> Self {
        Self(nodes.into_iter().map(|(path, node)| (path.to_owned(), node)).collect())
    }

    /// Reads what stands at `path`, without what is not `wanted`; `None` when nothing does.
    pub(super) fn read(path: &Path, wanted: impl Fn(&str) -> bool) -> Option<Self> {
        path.symlink_metadata().ok()?;
        let walk = walkdir::WalkDir::new(path).into_iter();
        let walk = walk.filter_entry(|entry| wanted(&entry.file_name().to_string_lossy()));
        let nodes = walk.map(|entry| {
            let entry = entry.unwrap();
            let below = entry.path().strip_prefix(path).unwrap().to_str().unwrap().to_owned();
            (below, Node::read(entry.path()))
        });
        Some(Self(nodes.collect()))
    }

    /// Writes it to `path`, where nothing is but perhaps the folders above.
    pub(super) fn write(&self, path: &Path) {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        for (below, node) in &self.0 {
            node.put(&if below.is_empty() { path.to_owned() } else { path.join(below) });
        }
    }

    /// What stands at `path` in it.
    pub(super) fn at(&self, path: &str) -> Option<Self> {
        let below = |key: &String| match key.strip_prefix(path)? {
            "" => Some(String::new()),
            rest => rest.strip_prefix('/').map(str::to_owned),
        };
        let nodes: BTreeMap<_, _> =
            self.0.iter().filter_map(|(key, node)| Some((below(key)?, node.clone()))).collect();
        (!nodes.is_empty()).then_some(Self(nodes))
    }

    /// Puts a tree at `path`, where nothing is.
    pub(super) fn graft(&mut self, path: &str, tree: &Self) {
        for (below, node) in &tree.0 {
            let key = if below.is_empty() { path.to_owned() } else { format!("{path}/{below}") };
            self.0.insert(key, node.clone());
        }
    }

    /// Takes away what stands at `path`.
    pub(super) fn prune(&mut self, path: &str) {
        let folder = format!("{path}/");
        self.0.retain(|key, _| key != path && !key.starts_with(&folder));
    }

    /// Makes the folders that are missing above `path`; gives them, outermost first.
    pub(super) fn folders_above(&mut self, path: &str, mode: u32) -> Vec<String> {
        let mut missing = Vec::new();
        for (end, _) in path.match_indices('/') {
            let folder = path[..end].to_owned();
            if !self.0.contains_key(&folder) {
                self.0.insert(folder.clone(), Node::Folder(mode));
                missing.push(folder);
            }
        }
        missing
    }

    pub(super) fn is_folder(&self) -> bool {
        matches!(self.0.get(""), Some(Node::Folder(_)))
    }

    pub(super) fn is_empty_folder(&self, path: &str) -> bool {
        let folder = format!("{path}/");
        matches!(self.0.get(path), Some(Node::Folder(_)))
            && !self.0.keys().any(|key| key.starts_with(&folder))
    }

    /// Entries of the ignore list, outermost only.
    pub(super) fn ignored(&self) -> Vec<String> {
        let outermost = |path: &&String| {
            let (above, name) = path.rsplit_once('/').unwrap_or(("", path));
            is_ignored(name) && !above.split('/').any(is_ignored)
        };
        self.0.keys().filter(outermost).cloned().collect()
    }

    /// Whether each ignored entry of `old` has a folder here, without one being made.
    pub(super) fn has_folders_for(&self, old: &Self) -> bool {
        let is_folder = |path: &str| matches!(self.0.get(path), Some(Node::Folder(_)));
        old.ignored().iter().all(|path| is_folder(path.rsplit_once('/').map_or("", |(above, _)| above)))
    }

    /// Whether a file or link of this tree is where `old` has a folder with ignored entries in it.
    pub(super) fn is_in_the_way_of(&self, old: &Self) -> bool {
        let is_file = |path: &str| matches!(self.0.get(path), Some(Node::File(..) | Node::Link(_)));
        old.ignored().iter().any(|path| Self::folders_of(path).any(is_file))
    }

    /// The folders that a path lies in, innermost first, and the tree itself.
    fn folders_of(path: &str) -> impl Iterator<Item = &str> {
        path.rmatch_indices('/').map(|(end, _)| &path[..end]).chain([""])
    }

    pub(super) fn without_ignored(&self) -> Self {
        let kept = self.0.iter().filter(|(path, _)| !path.split('/').any(is_ignored));
        Self(kept.map(|(path, node)| (path.clone(), node.clone())).collect())
    }

    /// SkillMeat's content hash over all of it.
    pub(super) fn hash(&self) -> String {
        let mut paths: Vec<_> = self.0.keys().collect();
        paths.sort_by(|a, b| a.split('/').cmp(b.split('/')));
        let mut digest = Sha256::new();
        for path in paths {
            let bytes = match &self.0[path] {
                Node::File(_, bytes) => Some(bytes),
                Node::Folder(_) => None,
                Node::Link(target) => self.behind(path, target),
            };
            if let Some(bytes) = bytes {
                digest.update(path);
                digest.update(bytes);
            }
        }
        digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// The file behind a link to a name beside it.
    fn behind(&self, link: &str, target: &str) -> Option<&Vec<u8>> {
        let path = link.rsplit_once('/').map_or(target.to_owned(), |(above, _)| format!("{above}/{target}"));
        match self.0.get(&path) {
            Some(Node::File(_, bytes)) if !link.is_empty() => Some(bytes),
            _ => None,
        }
    }

    /// What it is without ignored entries.
    pub(super) fn print(&self) -> Print {
        let seen = self.without_ignored();
        let shape = seen.0.iter().map(|(path, node)| (path.clone(), node.shape())).collect();
        Print { content: seen.hash(), shape }
    }

    /// Whether both are the same, and hold anything at all.
    pub(super) fn is_same_and_some(&self, other: &Self) -> bool {
        self == other && self.0.values().any(|node| !matches!(node, Node::Folder(_)))
    }

    /// The copy that a deploy makes of it.
    pub(super) fn copied(&self) -> Self {
        let copy = |node: Node| match node {
            Node::Folder(mode) => Node::Folder((mode | 0o700) & 0o777),
            Node::File(mode, bytes) => Node::File(mode & 0o777, bytes),
            link @ Node::Link(_) => link,
        };
        Self(self.without_ignored().0.into_iter().map(|(path, node)| (path, copy(node))).collect())
    }

    /// Moves the ignored entries of `old` over to here, as an update does; a file has no room for them. Folders that are
    /// not here are made with `mode`, or as they are there; without one none is made, and what lies in them stays.
    pub(super) fn carry(&mut self, old: &mut Self, mode: Option<u32>) {
        if !matches!(self.0.get(""), Some(Node::Folder(_))) {
            return;
        }
        for path in old.ignored() {
            let moved = old.at(&path).unwrap();
            let above = path.rsplit_once('/').map_or("", |(above, _)| above);
            let fits = matches!(self.0.get(above), Some(Node::Folder(_)));
            let blocked = Self::folders_of(&path)
                .any(|above| matches!(self.0.get(above), Some(Node::File(..) | Node::Link(_))));
            let Some(mode) = mode.or(fits.then_some(0)).filter(|_| !blocked) else { continue };
            for folder in self.folders_above(&path, mode) {
                // It is as it was.
                if let Some(Node::Folder(mode)) = old.0.get(&folder) {
                    self.0.insert(folder, Node::Folder((mode | 0o700) & 0o777));
                }
            }
            self.graft(&path, &moved);
            old.prune(&path);
        }
    }

    /// The contents of its files.
    pub(super) fn contents(&self) -> impl Iterator<Item = &Vec<u8>> {
        self.0.values().filter_map(|node| match node {
            Node::File(_, bytes) => Some(bytes),
            Node::Folder(_) | Node::Link(_) => None,
        })
    }

    /// What is different in `other`, one line each.
    pub(super) fn difference(&self, other: &Self) -> Vec<String> {
        let mut lines = Vec::new();
        let paths: std::collections::BTreeSet<_> = self.0.keys().chain(other.0.keys()).collect();
        for path in paths {
            let (want, found) = (self.0.get(path), other.0.get(path));
            if want != found {
                lines.push(format!("{path}: want {}, found {}", told(want), told(found)));
            }
        }
        lines
    }
}

fn told(node: Option<&Node>) -> String {
    match node {
        None => "nothing".to_owned(),
        Some(Node::Folder(mode)) => format!("a folder {mode:o}"),
        Some(Node::File(mode, bytes)) => format!("a file {mode:o} {:?}", String::from_utf8_lossy(bytes)),
        Some(Node::Link(target)) => format!("a link to {target}"),
    }
}

/// What becomes of ignored entries of the old tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Carry {
    Nothing,
    /// What has a folder in the new tree moves there.
    WhatFits,
    /// Folders are made for the rest.
    Everything,
}

impl Carry {
    pub(super) fn when(carries: bool, how: Self) -> Self {
        if carries { how } else { Self::Nothing }
    }
}

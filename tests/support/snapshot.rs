//! The disk is the product: what exactly is there, and what is different now.

use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::Path;

/// One entry: everything about it but its times.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Entry {
    Folder { mode: u32 },
    File { mode: u32, bytes: u64, sha256: String },
    Link { target: String },
    Special,
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folder { mode } => write!(f, "folder {mode:03o}"),
            Self::File { mode, bytes, sha256 } => {
                write!(f, "file {mode:03o} {bytes} bytes {}", &sha256[..12])
            }
            Self::Link { target } => write!(f, "link to {target}"),
            Self::Special => f.write_str("special file"),
        }
    }
}

/// A folder as it was at one moment: path → kind, mode, size, digest or link target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DiskSnapshot(BTreeMap<String, Entry>);

impl DiskSnapshot {
    /// Everything below `folder`; nothing when there is no such folder.
    ///
    /// # Panics
    /// When something in it cannot be read.
    pub fn of(folder: &Path) -> Self {
        Self::of_part(folder, |_| true)
    }

    /// The same, where what is not `wanted` (by its path) is passed over with all that is below it.
    ///
    /// # Panics
    /// When something in it cannot be read.
    pub fn of_part(folder: &Path, wanted: impl Fn(&Path) -> bool) -> Self {
        let mut entries = BTreeMap::new();
        if folder.symlink_metadata().is_ok() {
            let walk = walkdir::WalkDir::new(folder).min_depth(1).into_iter();
            for entry in walk.filter_entry(|entry| wanted(entry.path())) {
                let entry = entry.expect("a readable folder");
                let path = entry.path().strip_prefix(folder).expect("below the folder");
                entries.insert(path.to_string_lossy().into_owned(), look_at(&entry));
            }
        }
        Self(entries)
    }

    /// The same without one path and what is below it: a lock file, say.
    #[must_use]
    pub fn without(mut self, path: &str) -> Self {
        let below = format!("{path}/");
        self.0.retain(|known, _| known != path && !known.starts_with(&below));
        self
    }

    /// Only what is no folder.
    #[must_use]
    pub fn without_folders(mut self) -> Self {
        self.0.retain(|_, entry| !matches!(entry, Entry::Folder { .. }));
        self
    }

    /// Only one path and what is below it.
    #[must_use]
    pub fn below(&self, path: &str) -> Self {
        let folder = format!("{path}/");
        let inside = |known: &String| known == path || known.starts_with(&folder);
        Self(self.0.iter().filter(|(known, _)| inside(known)).map(|(k, v)| (k.clone(), v.clone())).collect())
    }

    /// What is neither as in `old` nor as in `new`, one line each. What only one of them has may be there or not.
    pub fn neither(&self, old: &Self, new: &Self) -> Vec<String> {
        let paths: BTreeSet<_> = [self, old, new].iter().flat_map(|snapshot| snapshot.0.keys()).collect();
        let is_odd = |path: &&&String| {
            let found = self.0.get(**path);
            found != old.0.get(**path) && found != new.0.get(**path)
        };
        let tell = |path: &String| {
            self.0.get(path).map_or_else(|| format!("{path} is gone"), |entry| format!("{path} is {entry}"))
        };
        paths.iter().filter(is_odd).map(|path| tell(path)).collect()
    }

    /// The digests of all files.
    pub fn digests(&self) -> BTreeSet<&str> {
        let files = self.0.values().filter_map(|entry| match entry {
            Entry::File { sha256, .. } => Some(sha256.as_str()),
            Entry::Folder { .. } | Entry::Link { .. } | Entry::Special => None,
        });
        files.collect()
    }

    /// The paths, in order.
    pub fn paths(&self) -> Vec<&str> {
        self.0.keys().map(String::as_str).collect()
    }

    /// What is different in `later`, one line each; empty when nothing is.
    pub fn difference(&self, later: &Self) -> String {
        let mut lines = Vec::new();
        for (path, before) in &self.0 {
            match later.0.get(path) {
                None => lines.push(format!("- {path}  {before}")),
                Some(after) if after != before => lines.push(format!("~ {path}  {before} → {after}")),
                Some(_) => {}
            }
        }
        let added = later.0.iter().filter(|(path, _)| !self.0.contains_key(*path));
        lines.extend(added.map(|(path, after)| format!("+ {path}  {after}")));
        lines.join("\n")
    }

    /// Fails with what is different when anything is.
    ///
    /// # Panics
    /// When something is different.
    #[track_caller]
    pub fn assert_same(&self, later: &Self) {
        let difference = self.difference(later);
        assert!(difference.is_empty(), "the disk is not as it was:\n{difference}");
    }
}

fn look_at(entry: &walkdir::DirEntry) -> Entry {
    let meta = entry.metadata().expect("metadata");
    if meta.is_dir() {
        return Entry::Folder { mode: mode(&meta) };
    }
    if meta.file_type().is_symlink() {
        let target = std::fs::read_link(entry.path()).expect("a link's target");
        return Entry::Link { target: target.to_string_lossy().into_owned() };
    }
    if !meta.is_file() {
        return Entry::Special;
    }
    let content =
        std::fs::read(entry.path()).unwrap_or_else(|error| panic!("{}: {error}", entry.path().display()));
    let sha256 = Sha256::digest(&content).iter().map(|byte| format!("{byte:02x}")).collect();
    Entry::File { mode: mode(&meta), bytes: meta.len(), sha256 }
}

#[cfg(unix)]
fn mode(meta: &std::fs::Metadata) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    meta.permissions().mode() & 0o7777
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{exec, link, tree};

    #[test]
    fn each_kind_of_change_is_told() {
        let folder = tempfile::tempdir().unwrap();
        tree!(folder.path() => { "same": "1", "gone": "1", "edited": "1", "mode": "1", "link": link("same") });
        let before = DiskSnapshot::of(folder.path());
        before.assert_same(&DiskSnapshot::of(folder.path()));
        std::fs::remove_file(folder.path().join("gone")).unwrap();
        std::fs::remove_file(folder.path().join("link")).unwrap();
        tree!(folder.path() => { "edited": "2", "mode": exec("1"), "new/file": "1", "link": link("edited") });
        let difference = before.difference(&DiskSnapshot::of(folder.path()));
        let marks: Vec<_> = difference.lines().map(|line| line.split("  ").next().unwrap()).collect();
        assert_eq!(marks, ["~ edited", "- gone", "~ link", "~ mode", "+ new", "+ new/file"]);
    }

    #[test]
    fn a_path_can_be_left_out() {
        let folder = tempfile::tempdir().unwrap();
        tree!(folder.path() => { "a/b": "1", "a/c/d": "1", "ab": "1" });
        assert_eq!(DiskSnapshot::of(folder.path()).without("a/c").paths(), ["a", "a/b", "ab"]);
    }
}

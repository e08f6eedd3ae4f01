//! Collection, base and project of one deployment, file by file, read from disk now.

use crate::deploy::BaseTree;
use crate::error::{Error, Result};
use crate::fs::{EntryKind, Root, Survey};
use crate::journal::Base;
use crate::path::RelPath;
use crate::status::{FileState, FileStatus, Files, Known, SideChange, Status, compare, in_the_way};
use std::collections::{BTreeMap, BTreeSet};
use std::io::ErrorKind;

/// One side, as it was surveyed.
#[derive(Clone, Copy)]
pub(super) struct Seen<'a> {
    pub(super) root: &'a Root,
    pub(super) path: &'a RelPath,
    pub(super) survey: &'a Survey,
    /// Whether its content is what the record names.
    pub(super) as_recorded: bool,
}

/// What the three sides hold and how that compares.
pub(super) struct Drift {
    pub(super) collection: Files,
    pub(super) project: Files,
    /// The content at deploy time, where it is kept.
    pub(super) base: Option<BaseTree>,
    /// Whether it is known which side changed what.
    pub(super) known: Known,
    pub(super) files: Vec<FileStatus>,
    /// Files of one side that would take the place of the other side's folder with an entry of the ignore list in it, and
    /// that entry.
    pub(super) in_the_way: BTreeMap<String, String>,
}

impl Drift {
    /// Compares. Where the base is not kept, a side that still is what the record names stands for it; where neither
    /// is, only hashes are known.
    ///
    /// # Errors
    /// `io` and its relatives when a side cannot be read.
    pub(super) fn of(
        collection: Option<Seen<'_>>,
        project: Option<Seen<'_>>,
        base: Option<BaseTree>,
    ) -> Result<Self> {
        let read = |side: Option<Seen<'_>>| side.map_or_else(|| Ok(Files::new()), Seen::files);
        let (theirs, ours) = (read(collection)?, read(project)?);
        let is = |side: Option<Seen<'_>>| side.is_some_and(|side| side.as_recorded);
        let before = match &base {
            Some(base) => Some(&base.files),
            None if is(collection) => Some(&theirs),
            None if is(project) => Some(&ours),
            None => None,
        };
        let known = if before.is_some() { Known::Files } else { Known::Hash };
        let mut drift = Self {
            files: compare(&theirs, before, &ours),
            collection: theirs,
            project: ours,
            base,
            known,
            in_the_way: BTreeMap::new(),
        };
        drift.part((project, Status::Outdated), (collection, Status::Modified));
        Ok(drift)
    }

    /// A file with what it is in the way of, for a message.
    pub(super) fn named(&self, path: &str) -> String {
        let file = if path.is_empty() { "the file" } else { path };
        match self.in_the_way.get(path) {
            Some(entry) => format!("{file} (in the place of {entry})"),
            None => file.to_owned(),
        }
    }

    /// Makes a conflict of each file that would come in the place of what the other side has and nobody compares: a
    /// `.venv`, say. What comes from the collection has the first status, what comes from the project the second one.
    fn part(&mut self, project: (Option<Seen<'_>>, Status), collection: (Option<Seen<'_>>, Status)) {
        let sides = [(&self.collection, project), (&self.project, collection)];
        let mut in_the_way = BTreeMap::new();
        for (coming, (standing, comes)) in sides {
            let ignored = standing.map_or(&[][..], |side| &side.survey.ignored);
            for (path, entry) in self::in_the_way(|path| coming.contains_key(path), ignored) {
                let found = self.files.iter_mut().find(|file| file.path == path);
                let Some(file) = found.filter(|file| [comes, Status::Conflict].contains(&file.status)) else {
                    continue;
                };
                file.status = Status::Conflict;
                let other = if comes == Status::Outdated { &mut file.project } else { &mut file.collection };
                if *other == SideChange::Same {
                    *other = SideChange::Added;
                }
                in_the_way.insert(path.to_owned(), entry.to_owned());
            }
        }
        self.in_the_way = in_the_way;
    }
}

impl Seen<'_> {
    fn files(self) -> Result<Files> {
        let mut files = Files::new();
        for entry in &self.survey.entries {
            let state = match (entry.kind, &entry.link) {
                (EntryKind::Link, target) => FileState::Link { target: target.clone().unwrap_or_default() },
                (EntryKind::File, _) => {
                    let path = if entry.path.is_empty() {
                        self.path.clone()
                    } else {
                        self.path.child(&entry.path)?
                    };
                    FileState::File { sha256: self.root.sha256(&path)?, executable: entry.mode & 0o100 != 0 }
                }
                (EntryKind::Folder | EntryKind::Special, _) => continue,
            };
            files.insert(entry.path.clone(), state);
        }
        Ok(files)
    }

    pub(super) fn folders(self) -> BTreeSet<String> {
        let folders = self.survey.entries.iter().filter(|entry| entry.kind == EntryKind::Folder);
        folders.map(|entry| entry.path.clone()).collect()
    }
}

/// The content at deploy time, as far as it is kept. A pack that is damaged for good costs the comparison file by file;
/// one that cannot be read now is a failure.
///
/// # Errors
/// `io` and its relatives.
pub(super) fn base_tree(desktop: Option<&Root>, base: Option<&Base>) -> Result<Option<BaseTree>> {
    let (Some(desktop), Some(base)) = (desktop, base) else { return Ok(None) };
    match BaseTree::open(desktop, base) {
        Err(Error::Io { source, .. })
            if matches!(source.kind(), ErrorKind::InvalidData | ErrorKind::Other) =>
        {
            tracing::warn!(error = %source, "a pack of the content store is damaged");
            Ok(None)
        }
        opened => opened,
    }
}

//! What we know of a project beside its manifests: what each deployment was when it was deployed, and which folders
//! deploys made.
//!
//! The manifest's hash tells most of the former; the base tells it strictly, and where the content is kept. The
//! folders are for undeploy, which takes them away again when they are empty and leaves alone an empty folder that
//! was there before.
//!
//! A small file per project in our home. It is a convenience, not a truth: when it is lost, hashes still tell, and
//! empty folders stay.

use crate::error::{Error, Result};
use crate::fs::Root;
use crate::id::ContentHash;
use crate::journal::Base;
use crate::path::RelPath;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

const MAX_BYTES: u64 = 64 * 1024 * 1024;
const FOLDER: &str = "projects";

/// What we know of one project.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Ledger {
    folders: BTreeSet<RelPath>,
    /// By target, relative to the project.
    bases: BTreeMap<RelPath, Base>,
    #[serde(skip)]
    changed: bool,
}

impl Ledger {
    /// Reads what is known about the project with this key; a file that says nothing is written anew.
    ///
    /// # Errors
    /// `io` and its relatives when the file cannot be read now: what it knows would be written over.
    pub fn load(desktop: Option<&Root>, project_key: &str) -> Result<Self> {
        let Some(desktop) = desktop else { return Ok(Self::default()) };
        let bytes = desktop.read(&file(project_key)?, MAX_BYTES)?;
        Ok(bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default())
    }

    /// What is known about each of our projects, by its key.
    ///
    /// # Errors
    /// `io` and its relatives, also for a file that cannot be read: what it knows of is not known to be needed no more.
    pub fn all(desktop: &Root) -> Result<Vec<Self>> {
        let entries = desktop.list(Some(&RelPath::new(FOLDER)?))?;
        let keys = entries.iter().filter_map(|entry| entry.name.strip_suffix(".json"));
        let read = |key| {
            let file = file(key)?;
            let bytes = desktop.read(&file, MAX_BYTES)?.unwrap_or_default();
            let failed = |error: serde_json::Error| Error::io("read", desktop.absolute(&file), error.into());
            serde_json::from_slice(&bytes).map_err(failed)
        };
        keys.map(read).collect()
    }

    /// Every base.
    pub fn bases(&self) -> impl Iterator<Item = &Base> {
        self.bases.values()
    }

    /// What the deployment at `target` was when it was deployed, if it is the one that `recorded` names.
    pub fn base(&self, target: &RelPath, recorded: Option<&ContentHash>) -> Option<&Base> {
        self.bases.get(target).filter(|base| Some(&base.fingerprint.content) == recorded)
    }

    /// What is noted about a target, whatever its record says.
    pub fn noted(&self, target: &RelPath) -> Option<&Base> {
        self.bases.get(target)
    }

    /// Notes what the deployment at `target` is, or that there is none.
    pub fn note(&mut self, target: &RelPath, base: Option<Base>) {
        if self.bases.get(target) == base.as_ref() {
            return;
        }
        self.changed = true;
        match base {
            Some(base) => self.bases.insert(target.clone(), base),
            None => self.bases.remove(target),
        };
    }

    /// Remembers folders that were made.
    pub fn add_folders<'a>(&mut self, created: impl IntoIterator<Item = &'a RelPath>) {
        for folder in created {
            self.changed |= self.folders.insert(folder.clone());
        }
    }

    /// Removes the folders above `target` that we made and that are empty, innermost first.
    ///
    /// # Errors
    /// `io` and its relatives.
    pub fn remove_empty_above(&mut self, project: &Root, target: &RelPath) -> Result<()> {
        let mut above = target.parent();
        while let Some(folder) = above {
            above = folder.parent();
            let ours = self.folders.contains(&folder);
            if !ours && project.entry(&folder)?.is_none() {
                continue;
            }
            if !ours || !project.remove_folder_if_empty(&folder)? {
                return Ok(());
            }
            self.folders.remove(&folder);
            self.changed = true;
        }
        Ok(())
    }

    /// Makes what is known under one key be known under another one. What is known there already is newer, and stays.
    ///
    /// # Errors
    /// `io` and its relatives.
    pub fn move_to(desktop: &Root, from: &str, to: &str) -> Result<()> {
        let old = Self::load(Some(desktop), from)?;
        let mut new = Self::load(Some(desktop), to)?;
        new.changed |= !old.bases.is_empty() || !old.folders.is_empty();
        for (target, base) in old.bases {
            new.bases.entry(target).or_insert(base);
        }
        new.folders.extend(old.folders);
        new.save(desktop, to)?;
        let moved = file(from)?;
        if desktop.entry(&moved)?.is_none() {
            return Ok(());
        }
        desktop.remove(&moved)
    }

    /// Writes the file if something changed.
    ///
    /// # Errors
    /// `io` and its relatives.
    pub fn save(&mut self, desktop: &Root, project_key: &str) -> Result<()> {
        if !self.changed {
            return Ok(());
        }
        desktop.create_folders(&RelPath::new(FOLDER)?)?;
        let text = serde_json::to_vec(self)
            .map_err(|error| Error::Internal { what: format!("what is known of a project: {error}") })?;
        desktop.replace(&file(project_key)?, &text)?;
        self.changed = false;
        Ok(())
    }
}

fn file(project_key: &str) -> Result<RelPath> {
    RelPath::new(format!("{FOLDER}/{project_key}.json"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_cannot_be_read_now_is_not_written_over() {
        let folder = tempfile::tempdir().unwrap();
        let desktop = Root::open(folder.path()).unwrap();
        // A folder in its place fails to be read, and nothing may come in its stead.
        std::fs::create_dir_all(folder.path().join("projects/p.json")).unwrap();
        assert!(Ledger::load(Some(&desktop), "p").is_err());
        assert!(folder.path().join("projects/p.json").is_dir());
    }

    #[test]
    fn only_our_empty_folders_go() {
        let folder = tempfile::tempdir().unwrap();
        let rel = |text: &str| RelPath::new(text).unwrap();
        std::fs::create_dir(folder.path().join("theirs")).unwrap();
        let project = Root::open(folder.path()).unwrap();
        let desktop = Root::create(&folder.path().join("home")).unwrap();

        let mut own = Ledger::load(Some(&desktop), "p").unwrap();
        own.add_folders(&project.create_folders(&rel("theirs/ours/deep")).unwrap());
        own.save(&desktop, "p").unwrap();

        let mut again = Ledger::load(Some(&desktop), "p").unwrap();
        again.remove_empty_above(&project, &rel("theirs/ours/deep/x")).unwrap();
        assert!(!folder.path().join("theirs/ours").exists());
        assert!(folder.path().join("theirs").exists());
    }
}

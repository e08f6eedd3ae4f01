//! The folders that deploys made in a project, so that an undeploy can take them away again when they are empty,
//! and leaves alone an empty folder that was there before.
//!
//! A small file per project in our home. It is a convenience, not a truth: when it is lost, empty folders stay.

use crate::error::{Error, Result};
use crate::fs::Root;
use crate::path::RelPath;
use std::collections::BTreeSet;

const MAX_BYTES: u64 = 1024 * 1024;

/// The folders that we made in one project and that have not gone since.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnFolders {
    file: RelPath,
    folders: BTreeSet<RelPath>,
    changed: bool,
}

impl OwnFolders {
    /// Reads what is known about the project with this key; nothing is known when the file cannot be read.
    ///
    /// # Errors
    /// `path-escapes-root` when the key is no file name.
    pub fn load(desktop: Option<&Root>, project_key: &str) -> Result<Self> {
        let file = RelPath::new(format!("folders/{project_key}.json"))?;
        let bytes = desktop.and_then(|desktop| desktop.read(&file, MAX_BYTES).ok().flatten());
        let folders = bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default();
        Ok(Self { file, folders, changed: false })
    }

    /// Remembers folders that were made.
    pub fn add(&mut self, created: Vec<RelPath>) {
        for folder in created {
            self.changed |= self.folders.insert(folder);
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

    /// Writes the file if something changed.
    ///
    /// # Errors
    /// `io` and its relatives.
    pub fn save(&self, desktop: &Root) -> Result<()> {
        if !self.changed {
            return Ok(());
        }
        desktop.create_folders(&RelPath::new("folders")?)?;
        let text = serde_json::to_vec(&self.folders)
            .map_err(|error| Error::Internal { what: format!("the list of folders: {error}") })?;
        desktop.replace(&self.file, &text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_empty_folders_go() {
        let folder = tempfile::tempdir().unwrap();
        let rel = |text: &str| RelPath::new(text).unwrap();
        std::fs::create_dir(folder.path().join("theirs")).unwrap();
        let project = Root::open(folder.path()).unwrap();
        let desktop = Root::create(&folder.path().join("home")).unwrap();

        let mut own = OwnFolders::load(Some(&desktop), "p").unwrap();
        own.add(project.create_folders(&rel("theirs/ours/deep")).unwrap());
        own.save(&desktop).unwrap();

        let mut again = OwnFolders::load(Some(&desktop), "p").unwrap();
        again.remove_empty_above(&project, &rel("theirs/ours/deep/x")).unwrap();
        assert!(!folder.path().join("theirs/ours").exists());
        assert!(folder.path().join("theirs").exists());
    }
}

//! What a deployment was when it was deployed, read back from the content store.

use super::objects::path_of;
use crate::error::Result;
use crate::fs::{Pack, Root, TreeEntry};
use crate::journal::Base;
use crate::status::{FileState, Files};
use std::collections::{BTreeMap, BTreeSet};

/// A tree of the content store.
#[derive(Debug)]
pub struct BaseTree {
    /// Its files and links.
    pub files: Files,
    /// Its folders.
    pub folders: BTreeSet<String>,
    /// The permission bits of both.
    pub modes: BTreeMap<String, u32>,
    pack: Pack,
}

impl BaseTree {
    /// Opens the tree of a base; `None` where its content is not kept (any more).
    ///
    /// # Errors
    /// `io` and its relatives, also when the pack is damaged.
    pub fn open(desktop: &Root, base: &Base) -> Result<Option<Self>> {
        let Some(mut pack) = desktop.open_pack(&path_of(&base.pack)?)? else { return Ok(None) };
        let Some(entries) = pack.tree(&base.tree)? else { return Ok(None) };
        let (mut files, mut folders, mut modes) = (Files::new(), BTreeSet::new(), BTreeMap::new());
        for entry in entries {
            match entry {
                TreeEntry::File { path, mode, sha256, .. } => {
                    modes.insert(path.clone(), mode);
                    files.insert(path, FileState::File { sha256, executable: mode & 0o100 != 0 });
                }
                TreeEntry::Link { path, target } => {
                    files.insert(path, FileState::Link { target });
                }
                TreeEntry::Folder { path, mode } => {
                    modes.insert(path.clone(), mode);
                    folders.insert(path);
                }
            }
        }
        Ok(Some(Self { files, folders, modes, pack }))
    }

    /// The content of one of its files; `None` when it has no such file.
    ///
    /// # Errors
    /// `io` and its relatives, also when it is damaged.
    pub fn content(&mut self, path: &str) -> Result<Option<Vec<u8>>> {
        match self.files.get(path) {
            Some(FileState::File { sha256, .. }) => self.pack.content(sha256),
            _ => Ok(None),
        }
    }
}

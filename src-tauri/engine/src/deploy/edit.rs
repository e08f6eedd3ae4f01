//! A merged copy: the collection's tree, with files of the old copy and texts put over it in the stage.
//!
//! What is staged is then neither side's tree, so it is surveyed and hashed anew. The deployment's base and its record
//! are the collection's tree alone: what was put over it is an edit, and stays one.
//!
//! A push makes the merged tree the other way round, from the project's, and that is what the collection has then.

use super::Over;
use super::stage::Stager;
use crate::error::{Error, Result};
use crate::fs::{Root, Staged};
use crate::path::RelPath;
use crate::status::FileState;

/// One path of a merged copy that is not as the collection has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// Below the artifact; empty for an artifact that is a single file.
    pub path: String,
    /// What it is instead.
    pub to: Edited,
}

/// What a path of a merged copy is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Edited {
    /// Nothing.
    Gone,
    /// The file or link that the old copy has, with its permissions.
    Kept,
    /// A file with this content.
    Text {
        /// Its content.
        text: String,
        /// Whether it can be run. Otherwise it keeps the permissions that it has in the old copy.
        executable: bool,
    },
    /// A folder that the old copy has, and nothing in it.
    Folder,
    /// The file or folder that it is, with these permission bits.
    Mode(u32),
}

impl Stager<'_> {
    /// Puts edits over a copy in the stage; `old` is the copy that it replaces. Gives what is staged then.
    pub(super) fn merge(
        &self,
        slot: &RelPath,
        old: &RelPath,
        edits: &[Edit],
        staged: Staged,
    ) -> Result<Staged> {
        // First what goes, so that a folder can come in the place of a file.
        for edit in edits.iter().filter(|edit| !matches!(edit.to, Edited::Mode(_))) {
            self.project.remove(&below(slot, &edit.path)?)?;
        }
        for edit in edits {
            let (from, to) = (below(old, &edit.path)?, below(slot, &edit.path)?);
            let stays = matches!(edit.to, Edited::Gone | Edited::Mode(_));
            if let (Some(folder), false) = (to.parent(), edit.path.is_empty() || stays) {
                self.project.create_folders(&folder)?;
            }
            match &edit.to {
                Edited::Gone => drop_empty_above(self.project, (old, slot), &edit.path)?,
                Edited::Folder => drop(self.project.create_folders(&to)?),
                Edited::Text { text, executable } => {
                    let mode = self.project.file_mode(&from)?.map(|mode| runnable(mode, *executable));
                    let mode = mode.or(executable.then_some(0o755));
                    self.project.write_plain(&to, text.as_bytes(), mode)?;
                }
                Edited::Mode(_) => {}
                // One that is gone by now makes the plan stale when the trees are exchanged.
                Edited::Kept => {
                    if let Some(survey) = self.project.survey(&from)? {
                        self.project.stage(&from, &survey, self.project, &to, None)?;
                    }
                }
            }
        }
        // Last, when nothing is put into a folder any more.
        for edit in edits {
            if let Edited::Mode(mode) = edit.to {
                self.project.set_mode(&below(slot, &edit.path)?, mode)?;
            }
        }
        let Some(copy) = self.project.survey(slot)? else { return Ok(staged) };
        copy.check_source(&self.project.absolute(old))?;
        let hash = self.project.hash(slot, &copy)?;
        Ok(Staged { hash, files: copy.files(), bytes: copy.bytes(), copy, ..staged })
    }
}

impl Stager<'_> {
    /// Puts a path from elsewhere over a tree in the stage.
    pub(super) fn put_over(&self, slot: &RelPath, over: &Over) -> Result<()> {
        let to = below(slot, &over.path)?;
        self.project.remove(&to)?;
        let Some((root, path, state)) = &over.from else { return Ok(()) };
        if let (Some(folder), false) = (to.parent(), over.path.is_empty()) {
            self.project.create_folders(&folder)?;
        }
        let survey = root.survey(path)?.ok_or(Error::PlanStale)?;
        root.stage(path, &survey, self.project, &to, None)?;
        let now = match state {
            FileState::File { executable, .. } => {
                FileState::File { sha256: self.project.sha256(&to)?, executable: *executable }
            }
            FileState::Link { .. } => {
                let link = survey.entries.first().and_then(|entry| entry.link.clone());
                FileState::Link { target: link.unwrap_or_default() }
            }
        };
        if now == *state { Ok(()) } else { Err(Error::PlanStale) }
    }
}

/// A path of a tree, which is the tree itself for a single file.
fn below(tree: &RelPath, path: &str) -> Result<RelPath> {
    if path.is_empty() { Ok(tree.clone()) } else { tree.child(path) }
}

/// Permissions with which a file can be run, or not, by whoever can read it.
pub fn runnable(mode: u32, executable: bool) -> u32 {
    if executable { mode | (mode & 0o444) >> 2 } else { mode & !0o111 }
}

/// Folders that became empty and that the old copy has not either.
fn drop_empty_above(project: &Root, (old, slot): (&RelPath, &RelPath), path: &str) -> Result<()> {
    for folder in crate::status::above(path).filter(|folder| !folder.is_empty()) {
        if project.is_folder(&old.child(folder)?)? || !project.remove_folder_if_empty(&slot.child(folder)?)? {
            break;
        }
    }
    Ok(())
}

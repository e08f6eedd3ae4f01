//! Swapping: one target at a time, whole trees only, and back again when something is not as it was planned.

use super::stage::{aside, slot};
use super::{Bytes, Step};
use crate::error::{Error, Result};
use crate::fs::{EntryKind, Root, Survey};
use crate::path::RelPath;

/// The project and the stage of one operation.
pub(super) struct Swap<'a> {
    pub(super) project: &'a Root,
    pub(super) stage: &'a RelPath,
}

/// Why a step was not done.
pub(super) struct Unswapped {
    pub(super) error: Error,
    /// The target could not be put back: its old tree is in the stage.
    pub(super) stranded: bool,
}

impl From<Error> for Unswapped {
    fn from(error: Error) -> Self {
        Self { error, stranded: false }
    }
}

impl Swap<'_> {
    /// Makes a step's bytes so, or leaves them as they are.
    pub(super) fn forward(&self, index: usize, step: &Step) -> Result<(), Unswapped> {
        let (slot, target) = (slot(self.stage, &index.to_string())?, &step.target);
        match &step.bytes {
            Bytes::Leave | Bytes::Remove(None) => Ok(()),
            Bytes::Place { replaces: None, .. } => {
                if let Some(parent) = target.parent() {
                    self.project.create_folders(&parent)?;
                }
                Ok(self.project.rename_new(&slot, target).map_err(stale)?)
            }
            Bytes::Place { replaces: Some(expected), carry_ignored, .. } => {
                let aside = aside(self.stage, &index.to_string())?;
                let exchange = || self.project.exchange(&slot, target, &aside);
                let carry = |from, to| match carry_ignored {
                    true => carry(self.project, from, to, &expected.ignored),
                    false => Ok(()),
                };
                self.expect(target, expected)?;
                exchange().map_err(|error| {
                    // Where it takes two steps, the old tree may be between them.
                    let stranded = self.project.entry(&aside).is_ok_and(|entry| entry.is_some());
                    Unswapped { error, stranded }
                })?;
                let done = self.expect(&slot, expected).and_then(|()| carry(&slot, target));
                done.map_err(|error| unswapped(error, &carry(target, &slot).and_then(|()| exchange())))
            }
            Bytes::Remove(Some(expected)) => {
                self.expect(target, expected)?;
                self.project.rename_new(target, &slot)?;
                let done = self.expect(&slot, expected);
                done.map_err(|error| unswapped(error, &self.project.rename_new(&slot, target)))
            }
        }
    }

    fn expect(&self, at: &RelPath, expected: &Survey) -> Result<()> {
        match self.project.survey(at)? {
            Some(found) if found.same_files(expected) => Ok(()),
            _ => Err(Error::PlanStale),
        }
    }
}

/// Moves ignored entries from one tree into the other, each in one step; one that moved before is passed over, and so
/// is one whose folder is none there: it stays with its tree.
pub(super) fn carry(project: &Root, from: &RelPath, to: &RelPath, ignored: &[String]) -> Result<()> {
    for path in ignored {
        let (source, target) = (from.child(path)?, to.child(path)?);
        if project.entry(&source)?.is_none() {
            continue;
        }
        if has_folder(project, &target)? {
            project.rename_new(&source, &target)?;
        }
    }
    Ok(())
}

/// Whether there is a folder for something to move to. One that cannot be looked at is a failure, and not none.
pub(super) fn has_folder(project: &Root, target: &RelPath) -> Result<bool> {
    let Some(parent) = target.parent() else { return Ok(true) };
    Ok(project.entry(&parent)?.is_some_and(|entry| entry.kind == EntryKind::Folder))
}

fn unswapped(error: Error, put_back: &Result<()>) -> Unswapped {
    Unswapped { error, stranded: put_back.is_err() }
}

/// Something appeared at a target that was free when the plan was made.
fn stale(error: Error) -> Error {
    if error.is_already_there() { Error::PlanStale } else { error }
}

//! Swapping: one target at a time, whole trees only, and back again when something is not as it was planned.

use super::stage::slot;
use super::{Bytes, Step};
use crate::error::{Error, Result};
use crate::fs::{Root, Survey};
use crate::path::RelPath;
use std::cell::Cell;

/// The project and the stage of one operation.
pub(super) struct Swap<'a> {
    pub(super) project: &'a Root,
    pub(super) stage: &'a RelPath,
    /// Set when something could not be put back: old content is then in the stage, which must stay.
    pub(super) stranded: Cell<bool>,
}

impl Swap<'_> {
    /// Makes a step's bytes so. Gives the folders that had to be made.
    pub(super) fn forward(&self, index: usize, step: &Step) -> Result<Vec<RelPath>> {
        let slot = slot(self.stage, index)?;
        match &step.bytes {
            Bytes::Leave | Bytes::Remove(None) => Ok(Vec::new()),
            Bytes::Place { replaces: None, .. } => {
                let created = match step.target.parent() {
                    Some(parent) => self.project.create_folders(&parent)?,
                    None => Vec::new(),
                };
                self.project.rename_new(&slot, &step.target).map_err(stale)?;
                Ok(created)
            }
            Bytes::Place { replaces: Some(expected), carry_ignored, .. } => {
                self.expect(&step.target, expected)?;
                self.project.exchange(&slot, &step.target, &self.aside(index)?)?;
                if let Err(error) = self.expect(&slot, expected) {
                    self.restored(self.project.exchange(&slot, &step.target, &self.aside(index)?))?;
                    return Err(error);
                }
                if *carry_ignored && let Err(error) = self.carry(&slot, &step.target, &expected.ignored) {
                    self.restored(self.back(index, step))?;
                    return Err(error);
                }
                Ok(Vec::new())
            }
            Bytes::Remove(Some(expected)) => {
                self.expect(&step.target, expected)?;
                self.project.rename_new(&step.target, &slot)?;
                if let Err(error) = self.expect(&slot, expected) {
                    self.restored(self.project.rename_new(&slot, &step.target))?;
                    return Err(error);
                }
                Ok(Vec::new())
            }
        }
    }

    /// Puts a step's bytes back as they were before [`Swap::forward`] succeeded.
    pub(super) fn back(&self, index: usize, step: &Step) -> Result<()> {
        let slot = slot(self.stage, index)?;
        match &step.bytes {
            Bytes::Leave | Bytes::Remove(None) => Ok(()),
            Bytes::Place { replaces: None, .. } => self.project.rename_new(&step.target, &slot),
            Bytes::Place { replaces: Some(expected), carry_ignored, .. } => {
                if *carry_ignored {
                    self.carry(&step.target, &slot, &expected.ignored)?;
                }
                self.project.exchange(&slot, &step.target, &self.aside(index)?)
            }
            Bytes::Remove(Some(_)) => self.project.rename_new(&slot, &step.target),
        }
    }

    fn restored(&self, restored: Result<()>) -> Result<()> {
        self.stranded.set(self.stranded.get() || restored.is_err());
        restored
    }

    fn aside(&self, index: usize) -> Result<RelPath> {
        self.stage.child(&format!("{index}.aside"))
    }

    fn expect(&self, at: &RelPath, expected: &Survey) -> Result<()> {
        match self.project.survey(at)? {
            Some(found) if found.same_files(expected) => Ok(()),
            _ => Err(Error::PlanStale),
        }
    }

    /// Moves ignored entries from one tree into the other, each in one step; one that moved before is passed over.
    fn carry(&self, from: &RelPath, to: &RelPath, ignored: &[String]) -> Result<()> {
        for path in ignored {
            let (source, target) = (from.child(path)?, to.child(path)?);
            if self.project.entry(&source)?.is_none() {
                continue;
            }
            if let Some(parent) = target.parent() {
                self.project.create_folders(&parent)?;
            }
            self.project.rename_new(&source, &target)?;
        }
        Ok(())
    }
}

/// Something appeared at a target that was free when the plan was made.
fn stale(error: Error) -> Error {
    if error.is_already_there() { Error::PlanStale } else { error }
}

//! Putting one target back to what it was.
//!
//! What is taken away from a target here goes with the stage, so it must be our copy and nothing else. Entries on the
//! ignore list are no part of a fingerprint: what an agent or a person made of them in the copy is moved over into
//! the old tree, or keeps the copy where it is.

use super::finish::Site;
use super::stage::{aside, fingerprint, slot};
use super::swap::{carry, has_folder};
use crate::error::Result;
use crate::fs::{Root, Survey};
use crate::journal::{Effect, OperationKind, Part, StepNote};
use crate::path::RelPath;

/// One target of a part that is taken back.
pub(super) struct Back<'a> {
    pub(super) site: &'a Site<'a>,
    pub(super) part: &'a Part,
    pub(super) step: &'a StepNote,
    pub(super) stage: &'a RelPath,
}

impl Back<'_> {
    /// Puts the target back. Tells `false` when somebody edited it, so that it stays.
    pub(super) fn put(&self) -> Result<bool> {
        let (project, step, target) = (self.site.project, self.step, &self.step.target);
        let slot = slot(self.stage, &step.slot)?;
        let in_slot = project.entry(&slot)?.is_some();
        let at_target = project.entry(target)?.is_some();
        match step.effect {
            Effect::Adopted | Effect::Kept | Effect::Unrecorded => Ok(true),
            Effect::Created if in_slot || !at_target => Ok(true),
            Effect::Created if is_copy(project, target, step)? => self.withdraw(&slot),
            Effect::Created => Ok(false),
            Effect::Removed if !in_slot => Ok(true),
            Effect::Removed if at_target => Ok(false),
            Effect::Removed => project.rename_new(&slot, target).map(|()| true),
            Effect::Updated => self.put_old(&slot, in_slot, at_target),
        }
    }

    /// Takes a copy away from where nothing was.
    fn withdraw(&self, slot: &RelPath) -> Result<bool> {
        let (project, target) = (self.site.project, &self.step.target);
        if ignored(project, target)?.is_empty() {
            return project.rename_new(target, slot).map(|()| true);
        }
        if !self.has_own_ignored() {
            return Ok(false);
        }
        self.site.discard(self.part, self.step).map(|()| true)
    }

    fn put_old(&self, slot: &RelPath, in_slot: bool, at_target: bool) -> Result<bool> {
        let (project, step, target) = (self.site.project, self.step, &self.step.target);
        let aside = aside(self.stage, &step.slot)?;
        let is_aside = project.entry(&aside)?.is_some();
        let old = if is_aside { &aside } else { slot };
        let is_there = !is_aside && (!in_slot || is_old(project, target, step)?);
        if is_there || !is_aside && !is_old(project, slot, step)? && is_copy(project, slot, step)? {
            return Ok(true);
        }
        if !at_target {
            return project.rename_new(old, target).map(|()| true);
        }
        if is_aside && in_slot || !is_copy(project, target, step)? {
            return Ok(false);
        }
        if self.has_own_ignored() && !ignored(project, target)?.is_empty() {
            self.site.discard(self.part, step)?;
            return project.rename_new(old, target).map(|()| true);
        }
        let ignored = ignored(project, target)?;
        for path in &ignored {
            if !is_free(project, &old.child(path)?)? {
                return Ok(false);
            }
        }
        carry(project, target, old, &ignored)?;
        if is_aside {
            project.rename_new(target, slot)?;
            project.rename_new(&aside, target)?;
        } else {
            project.exchange(slot, target, &aside)?;
        }
        Ok(true)
    }

    /// Whether the copy may have come with entries of the ignore list: what an undo restores is restored whole, unless
    /// they move over.
    fn has_own_ignored(&self) -> bool {
        self.part.kind == OperationKind::Undo && self.step.carried.is_empty()
    }
}

/// The entries of the ignore list in a tree, outermost only.
fn ignored(project: &Root, rel: &RelPath) -> Result<Vec<String>> {
    Ok(project.survey(rel)?.map(|survey| survey.ignored).unwrap_or_default())
}

/// Whether something can be moved there.
fn is_free(project: &Root, rel: &RelPath) -> Result<bool> {
    Ok(project.entry(rel)?.is_none() && has_folder(project, rel)?)
}

/// Whether this is the tree that an update replaces: itself, and not one like it.
pub(super) fn is_old(project: &Root, rel: &RelPath, step: &StepNote) -> Result<bool> {
    Ok(step.before.is_some() && project.survey(rel)?.as_ref().map(Survey::identity) == step.before)
}

/// Whether this is, by its fingerprint, what was staged.
pub(super) fn is_copy(project: &Root, rel: &RelPath, step: &StepNote) -> Result<bool> {
    // What cannot be read is not what we wrote.
    Ok(step.after.is_some() && fingerprint(project, rel).ok().flatten() == step.after)
}

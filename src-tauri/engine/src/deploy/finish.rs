//! What follows the commit: old trees to the trash, the ledger, the stage, the journal. The running process and
//! recovery do exactly the same here, and each piece can be done twice.

use super::Ledger;
use super::document;
use super::recover::{NEW_FOLLOWER, OLD_FOLLOWER};
use super::stage::{aside, slot, stages};
use crate::error::{Code, Problem, Result, Severity};
use crate::fs::{Root, Trashed};
use crate::journal::{Effect, Journal, Part, Place, StepNote};
use crate::path::RelPath;
use std::collections::BTreeMap;

/// Where a part's work is done.
#[derive(Debug, Clone, Copy)]
pub struct Site<'a> {
    /// The project or collection, whose lock the caller holds.
    pub project: &'a Root,
    /// Under which our home knows the project.
    pub project_key: &'a str,
    /// Our home's `desktop` folder.
    pub desktop: &'a Root,
}

/// A step with something to say about it.
pub(super) type Notices = Vec<(String, Problem)>;

impl Site<'_> {
    pub(super) fn journal(&self) -> Journal<'_> {
        Journal::new(self.desktop)
    }

    /// The stage of a part.
    pub(super) fn stage(part: &Part) -> Result<RelPath> {
        let operation = part.operation.as_str();
        match part.place {
            // The part before it may have been in the same folder, and not be tidied up yet.
            Place::Sets => stages(&part.place)?.child(&format!("{operation}{OF_SETS}")),
            _ => stages(&part.place)?.child(operation),
        }
    }

    /// Finishes a part that is committed. What cannot be trashed stays in the stage, whole, and the part in the
    /// journal, for the next recovery to try again.
    pub(super) fn finish(&self, part: &Part, ledger: &mut Ledger) -> Result<Notices> {
        let stage = Self::stage(part)?;
        self.follow(part)?;
        let notices = self.keep(part, &stage, part.steps.iter().chain(&part.stranded))?;
        if !part.noted {
            for step in &part.steps {
                ledger.note(&step.target, step.base_after.clone());
            }
            // One that was made for a target that failed goes again.
            for folder in part.missing_folders.iter().rev() {
                if !self.project.remove_folder_if_empty(folder)? && self.project.is_folder(folder)? {
                    ledger.add_folders([folder]);
                }
            }
        }
        if notices.is_empty() {
            self.drop_stage(part)?;
        }
        for step in part.steps.iter().filter(|step| step.effect == Effect::Removed) {
            ledger.remove_empty_above(self.project, &step.target)?;
        }
        ledger.save(self.desktop, self.project_key)?;
        match notices.is_empty() {
            true => self.journal().settle(part)?,
            false => self.journal().write(&Part { noted: true, ..part.clone() })?,
        }
        Ok(notices)
    }

    /// Writes the file that follows the commit. One that somebody else has written since stays as it is.
    pub(super) fn follow(&self, part: &Part) -> Result<()> {
        let Some(follows) = &part.follows else { return Ok(()) };
        let file = document::follower()?;
        let now = document::follows(self.project, &part.place)?.unwrap_or_default();
        if now.after == follows.after || now.before != follows.before {
            return Ok(());
        }
        let stage = Self::stage(part)?;
        match follows.after {
            // It was written, and somebody took it away since.
            Some(_) if self.project.entry(&stage.child(NEW_FOLLOWER)?)?.is_none() => Ok(()),
            Some(_) => self.project.rename_over(&stage.child(NEW_FOLLOWER)?, &file),
            None => self.project.rename_over(&file, &stage.child(OLD_FOLLOWER)?),
        }
    }

    /// Moves the old trees of these steps from the stage to the trash. Gives those that could not be moved.
    pub(super) fn keep<'s>(
        &self,
        part: &Part,
        stage: &RelPath,
        steps: impl Iterator<Item = &'s StepNote>,
    ) -> Result<Notices> {
        let mut old = Vec::new();
        for step in steps.filter(|step| matches!(step.effect, Effect::Updated | Effect::Removed)) {
            for place in [aside(stage, &step.slot)?, slot(stage, &step.slot)?] {
                if self.project.entry(&place)?.is_some() {
                    old.push((step, place));
                    break;
                }
            }
        }
        if old.is_empty() {
            return Ok(Vec::new());
        }
        let folder = RelPath::new(part.name())?;
        let ready = self.trash(part, old.iter().map(|(step, _)| (step.slot.clone(), *step)));
        let mut notices = Vec::new();
        for (step, place) in &old {
            let moved = match &ready {
                Ok(trash) => self
                    .project
                    .trash(place, trash, &folder.child(&step.slot)?)
                    .map_err(|error| error.to_string()),
                Err(error) => Err(error.to_string()),
            };
            if let Err(cause) = moved {
                notices.push((step.slot.clone(), stays(self.project, place, cause)));
            }
        }
        Ok(notices)
    }

    /// Moves a copy of ours, which is no longer only ours, from its target to the trash.
    pub(super) fn discard(&self, part: &Part, step: &StepNote) -> Result<()> {
        let slot = format!("{}.copy", step.slot);
        let trash = self.trash(part, std::iter::once((slot.clone(), step)))?;
        self.project.trash(&step.target, &trash, &RelPath::new(part.name())?.child(&slot)?)
    }

    /// The trash, with a folder for what a part takes away, each under a slot.
    fn trash<'s>(&self, part: &Part, slots: impl Iterator<Item = (String, &'s StepNote)>) -> Result<Root> {
        let origin = |step: &StepNote| self.project.absolute(&step.target).display().to_string();
        let origins: BTreeMap<_, _> = slots.map(|(slot, step)| (slot, origin(step))).collect();
        let note = Trashed { operation: part.operation.to_string(), trashed_at: part.at.clone(), origins };
        self.desktop.create_folders(&RelPath::new(TRASH)?)?;
        let trash = self.desktop.open_below(&RelPath::new(TRASH)?)?;
        trash.note_trash(&RelPath::new(part.name())?, &note)?;
        Ok(trash)
    }

    /// Takes the stage away, which holds nothing any more that is not a copy.
    pub(super) fn drop_stage(&self, part: &Part) -> Result<()> {
        let stage = Self::stage(part)?;
        self.project.remove(&stage)?;
        if let Some(stages) = stage.parent() {
            self.project.remove_folder_if_empty(&stages)?;
        }
        Ok(())
    }

    /// Forgets a part of which nothing is left: stage, folders that were made for it, pack, journal entry.
    pub(super) fn forget(&self, part: &Part) -> Result<()> {
        self.drop_stage(part)?;
        for folder in part.missing_folders.iter().rev() {
            self.project.remove_folder_if_empty(folder)?;
        }
        self.desktop.remove(&super::objects::path_of(&part.name())?)?;
        self.journal().discard(part)
    }
}

fn stays(project: &Root, place: &RelPath, cause: String) -> Problem {
    let at = project.absolute(place).display().to_string();
    let message = format!(
        "The old content could not be moved to the trash; it is kept in {at} until it can. Make room, then run \
         `skm doctor`."
    );
    let mut problem = Problem::new(Code::Io, Severity::Notice, message).about(at);
    problem.causes = vec![cause];
    problem
}

/// What the name of a stage of sets ends with.
pub(super) const OF_SETS: &str = ".sets";
/// The trash, below our home's `desktop` folder.
pub(super) const TRASH: &str = "trash";

//! The steps of one profile root, in the order of the module's table.

use super::stage::{STAGE, copies, slot};
use super::swap::Swap;
use super::{Bytes, Done, OwnFolders, RecordEdit, Results, Step};
use crate::error::{Code, Error, Problem, Result, Severity};
use crate::feed::Phase;
use crate::fs::{Root, Staged, Trashed};
use crate::id::OperationId;
use crate::manifest::{self, Manifest, Record};
use crate::path::RelPath;
use std::cell::Cell;
use std::collections::BTreeSet;

/// What an operation works with.
pub struct Context<'a> {
    /// The project.
    pub project: &'a Root,
    /// The profile root, relative to the project.
    pub profile_root: &'a RelPath,
    /// The operation.
    pub operation: &'a OperationId,
    /// The trash folder in our home.
    pub trash: &'a (dyn Fn() -> Result<Root> + Sync),
    /// When, ISO-8601 with offset.
    pub now: &'a str,
    /// Told at each step with the target it is about.
    pub progress: &'a (dyn Fn(Phase, &RelPath) + Sync),
}

/// Does the steps. Either everything that a result calls done is on disk and recorded, durably, or it is as it was.
///
/// # Errors
/// `manifest-invalid`, `project-busy`, `io` and its relatives when no step could be done at all.
pub fn apply(context: &Context<'_>, steps: &[Step], own: &mut OwnFolders) -> Result<Results> {
    let mut work = Work::begin(context, steps, own)?;
    let outcome = work.run();
    if outcome.is_err() && !work.committed {
        work.put_back();
    }
    let results = outcome.map(|()| work.results());
    work.clean();
    results
}

/// How far a step is.
enum State {
    Failed(Error),
    Staged(Option<Staged>),
    Swapped(Option<Staged>),
}

struct Work<'a> {
    context: &'a Context<'a>,
    steps: &'a [Step],
    own: &'a mut OwnFolders,
    stage: RelPath,
    states: Vec<State>,
    notices: Vec<Option<Problem>>,
    keep_stage: bool,
    /// The new manifest is in place: from here on nothing is put back.
    committed: bool,
}

impl<'a> Work<'a> {
    fn begin(context: &'a Context<'a>, steps: &'a [Step], own: &'a mut OwnFolders) -> Result<Self> {
        let stage = context.profile_root.child(STAGE)?.child(context.operation.as_str())?;
        let created = context.project.create_folders(&stage)?;
        let above = created.into_iter().filter(|folder| !is_stage(folder, context.profile_root)).collect();
        own.add(above);
        let notices = steps.iter().map(|_| None).collect();
        Ok(Self {
            context,
            steps,
            own,
            stage,
            states: Vec::new(),
            notices,
            keep_stage: false,
            committed: false,
        })
    }

    fn run(&mut self) -> Result<()> {
        let each = |target: &RelPath| (self.context.progress)(Phase::Stage, target);
        self.states = copies(self.context.project, &self.stage, self.steps, &each)
            .into_iter()
            .map(|staged| staged.map_or_else(State::Failed, State::Staged))
            .collect();
        if self.states.iter().all(|state| matches!(state, State::Failed(_))) {
            return Ok(());
        }
        let lock = manifest::lock(self.context.project, self.context.profile_root)?;
        let known = manifest::read(self.context.project, self.context.profile_root)?;
        let manifest = known.clone().unwrap_or_else(|| Manifest::empty(self.context.profile_root));
        self.write_manifest(manifest.clone())?;
        self.context.project.flush_all()?;
        if self.swap() {
            self.write_manifest(manifest)?;
            self.context.project.flush_all()?;
        }
        self.commit(known.is_some())?;
        self.committed = true;
        drop(lock);
        // It has happened: whatever fails from here on is told beside the success and costs no content.
        let flushed = self.flush_folders();
        self.trash();
        if let Err(error) = flushed {
            self.not_durable(&error);
        }
        Ok(())
    }

    /// Writes the manifest as it will be, into the stage.
    fn write_manifest(&self, mut manifest: Manifest) -> Result<()> {
        let mut gone = Vec::new();
        for (step, state) in self.steps.iter().zip(&self.states) {
            let (State::Staged(staged) | State::Swapped(staged)) = state else { continue };
            match &step.record {
                RecordEdit::Drop(record) => gone.push(record.clone()),
                RecordEdit::Write(record) => manifest.upsert(with_hash(record, staged.as_ref())),
            }
        }
        if !gone.is_empty() {
            manifest.remove(&gone);
        }
        let file = self.stage.child("manifest")?;
        match manifest.render() {
            Some(text) => self.context.project.replace(&file, text.as_bytes()),
            None => self.context.project.remove(&file),
        }
    }

    /// Swaps every staged step; tells whether one failed, so that its record must be left out.
    fn swap(&mut self) -> bool {
        let swap = Swap { project: self.context.project, stage: &self.stage, stranded: Cell::new(false) };
        let mut failed = false;
        for (index, step) in self.steps.iter().enumerate() {
            let state = std::mem::replace(&mut self.states[index], State::Staged(None));
            self.states[index] = match state {
                State::Staged(staged) => match swap.forward(index, step) {
                    Ok(created) => {
                        self.own.add(created);
                        (self.context.progress)(Phase::Swap, &step.target);
                        State::Swapped(staged)
                    }
                    Err(error) => {
                        failed = true;
                        State::Failed(error)
                    }
                },
                other => other,
            };
        }
        self.keep_stage |= swap.stranded.get();
        failed
    }

    /// Renames the manifest over: from here on the operation has happened.
    fn commit(&self, known: bool) -> Result<()> {
        let project = self.context.project;
        let (staged, file) = (self.stage.child("manifest")?, manifest::path_in(self.context.profile_root)?);
        if project.entry(&staged)?.is_some() {
            project.rename_over(&staged, &file)?;
        } else if known {
            project.rename_over(&file, &self.stage.child("manifest.gone")?)?;
        }
        Ok(())
    }

    /// Makes every entry that changed survive power loss.
    fn flush_folders(&self) -> Result<()> {
        let project = self.context.project;
        let mut folders = BTreeSet::from([Some(self.context.profile_root.clone())]);
        for step in self.steps {
            let mut folder = step.target.parent();
            while let Some(current) = folder {
                folder = current.parent();
                folders.insert(Some(current));
            }
        }
        folders.insert(self.context.profile_root.parent());
        for folder in &folders {
            if folder.as_ref().is_none_or(|folder| project.is_folder(folder))
                && project.flush_folder(folder.as_ref()).is_err()
            {
                // A folder that may be written and not read cannot be flushed alone.
                return project.flush_all();
            }
        }
        Ok(())
    }

    fn not_durable(&mut self, error: &Error) {
        let message = "It is done, but may be lost when the power fails now.";
        for (notice, step) in self.notices.iter_mut().zip(self.steps) {
            let at = self.context.project.absolute(&step.target).display().to_string();
            let mut problem = Problem::new(Code::Io, Severity::Notice, message).about(at);
            problem.causes = vec![error.to_string()];
            notice.get_or_insert(problem);
        }
    }

    /// Keeps old content that was not ours. What cannot be trashed stays in the stage, and the result says so.
    fn trash(&mut self) {
        for (index, step) in self.steps.iter().enumerate() {
            let replaced =
                matches!(&step.bytes, Bytes::Place { replaces: Some(_), .. } | Bytes::Remove(Some(_)));
            if !step.trash || !replaced || !matches!(self.states[index], State::Swapped(_)) {
                continue;
            }
            if let Err(error) = self.trash_one(index, step) {
                self.keep_stage = true;
                let at = slot(&self.stage, index).map(|slot| self.context.project.absolute(&slot));
                let at = at.map(|at| at.display().to_string()).unwrap_or_default();
                let message = format!("The old content could not be moved to the trash; it is kept in {at}.");
                let mut problem = Problem::new(Code::Io, Severity::Notice, message).about(at);
                problem.causes = vec![error.to_string()];
                self.notices[index] = Some(problem);
            }
        }
    }

    fn trash_one(&self, index: usize, step: &Step) -> Result<()> {
        let note = Trashed {
            origin: self.context.project.absolute(&step.target).display().to_string(),
            trashed_at: self.context.now.to_owned(),
            operation: self.context.operation.to_string(),
        };
        let (slot, trash) = (slot(&self.stage, index)?, (self.context.trash)()?);
        let into = RelPath::new(self.context.operation.as_str())?;
        self.context.project.trash(&slot, &trash, &into, &note)
    }

    /// Undoes every swap, newest first. What cannot be put back stays whole in the stage.
    fn put_back(&mut self) {
        let swap = Swap { project: self.context.project, stage: &self.stage, stranded: Cell::new(false) };
        for (index, step) in self.steps.iter().enumerate().rev() {
            if matches!(self.states.get(index), Some(State::Swapped(_))) && swap.back(index, step).is_err() {
                self.keep_stage = true;
            }
        }
    }

    fn results(&mut self) -> Results {
        let states = std::mem::take(&mut self.states);
        let notices = std::mem::take(&mut self.notices);
        let each = states.into_iter().zip(self.steps).zip(notices);
        each.map(|((state, step), notice)| match state {
            State::Failed(error) => Err(error),
            State::Staged(staged) | State::Swapped(staged) => Ok(done(step, staged, notice)),
        })
        .collect()
    }

    /// Takes the stage away, and folders of ours that are empty now. Left-overs are harmless.
    fn clean(&mut self) {
        let project = self.context.project;
        if !self.keep_stage {
            let _ = project.remove(&self.stage);
            if let Some(stages) = self.stage.parent() {
                let _ = project.remove_folder_if_empty(&stages);
            }
        }
        for step in self.steps {
            let _ = self.own.remove_empty_above(project, &step.target);
        }
    }
}

fn is_stage(folder: &RelPath, profile_root: &RelPath) -> bool {
    folder.strip_prefix(profile_root).is_some()
}

fn with_hash(record: &Record, staged: Option<&Staged>) -> Record {
    let mut record = record.clone();
    if let Some(staged) = staged {
        record.content_hash = staged.hash.clone();
    }
    record
}

fn done(step: &Step, staged: Option<Staged>, notice: Option<Problem>) -> Done {
    match (&step.record, staged) {
        (RecordEdit::Write(record), None) => {
            Done { hash: Some(record.content_hash.clone()), copy: None, files: 0, bytes: 0, notice }
        }
        (RecordEdit::Write(_), Some(staged)) => Done {
            hash: Some(staged.hash),
            copy: Some(staged.copy),
            files: staged.files,
            bytes: staged.bytes,
            notice,
        },
        (RecordEdit::Drop(_), _) => {
            let removed = match &step.bytes {
                Bytes::Remove(Some(survey)) => (survey.files(), survey.bytes()),
                _ => (0, 0),
            };
            Done { hash: None, copy: None, files: removed.0, bytes: removed.1, notice }
        }
    }
}

//! The steps of one profile root. Each function is a piece of the module's table; [`apply`](super::apply()) calls them.

use super::document::{self, Document};
use super::finish::Site;
use super::notes::missing;
use super::objects::{Objects, begin_pack, stores};
use super::recover::{NEW_FOLLOWER, NEW_MANIFEST, OLD_MANIFEST, digest, take_back};
use super::stage::{Prepared, Stager};
use super::swap::{Swap, Unswapped};
use super::{Bytes, Ledger, Step};
use crate::error::{Code, Error, Problem, Result, Severity};
use crate::feed::Phase;
use crate::fs::{FileLock, PackWriter};
use crate::id::{OperationId, ProjectPath};
use crate::journal::{Base, OperationKind, Part, Place, State};
use crate::manifest;
use crate::path::RelPath;

/// What an operation works with.
pub struct Context<'a> {
    /// The project or collection, its place in our home, and our home's `desktop` folder.
    pub site: Site<'a>,
    /// The folder of either.
    pub project_path: &'a ProjectPath,
    /// The name of either.
    pub project_name: &'a str,
    /// What is changed in it.
    pub place: &'a Place,
    /// The operation.
    pub operation: &'a OperationId,
    /// Which part of it this is.
    pub number: u32,
    /// What kind of operation.
    pub kind: OperationKind,
    /// What it undoes.
    pub undoes: Option<&'a Part>,
    /// Who does it.
    pub holder: &'a str,
    /// What the operation has stored already.
    pub objects: &'a Objects,
    /// When, ISO-8601 with offset.
    pub now: &'a str,
    /// Told at each step with the target it is about.
    pub progress: &'a (dyn Fn(Phase, &RelPath) + Sync),
    /// Whether a person wants it stopped; asked before the first swap, and not after it.
    pub stopped: &'a (dyn Fn() -> bool + Sync),
}

/// A document that is about to be renamed over.
pub(super) struct Open {
    _lock: Option<FileLock>,
    known: Option<Document>,
    /// What it will be, and its text.
    after: (Document, Option<String>),
}

/// How far a step is.
pub(super) enum Progress {
    Failed(Error),
    Ready(Box<Prepared>),
}

pub(super) struct Work<'a> {
    pub(super) context: &'a Context<'a>,
    pub(super) steps: &'a [Step],
    pub(super) part: Part,
    stage: RelPath,
    /// Held while the stage is worked in; a file system that has no such lock does without.
    _lock: Option<FileLock>,
    /// Held while packs are used again that no ledger may name yet.
    _packs: Option<FileLock>,
    pub(super) states: Vec<Progress>,
    /// What each deployment was before.
    pub(super) bases: Vec<Option<Base>>,
    pub(super) notices: Vec<Option<Problem>>,
    /// Finished once the operation is committed and durable.
    pack: Option<PackWriter>,
    /// Whether the project is on the file system of the journal.
    shares: bool,
}

impl<'a> Work<'a> {
    /// Notes in the journal what is about to begin, and makes the stage.
    pub(super) fn begin(context: &'a Context<'a>, steps: &'a [Step], ledger: &Ledger) -> Result<Self> {
        let mut part = Part {
            operation: context.operation.clone(),
            number: context.number,
            kind: context.kind,
            at: context.now.to_owned(),
            holder: context.holder.to_owned(),
            undoes: context.undoes.map(|part| part.operation.to_string()),
            project_path: context.project_path.clone(),
            project_name: context.project_name.to_owned(),
            place: context.place.clone(),
            state: State::Staging,
            recovered: false,
            noted: false,
            missing_folders: Vec::new(),
            manifest_before: None,
            manifest_after: None,
            follows: None,
            steps: Vec::new(),
            stranded: Vec::new(),
        };
        let (site, stage) = (&context.site, Site::stage(&part)?);
        part.missing_folders = missing(site.project, context.place, steps)?;
        site.journal().write(&part)?;
        if let Err(error) = site.project.create_folders(&stage) {
            // The failure that is reported is the one that stops us; recovery forgets the part at the latest.
            let _ = site.forget(&part);
            return Err(error);
        }
        let lock = FileLock::folder(site.project, &stage).ok().flatten();
        let bases = steps.iter().map(|step| ledger.noted(&step.target).cloned()).collect();
        let notices = steps.iter().map(|_| None).collect();
        Ok(Self {
            context,
            steps,
            part,
            stage,
            _lock: lock,
            _packs: None,
            states: Vec::new(),
            bases,
            notices,
            pack: None,
            shares: false,
        })
    }

    /// Copies what is to be placed and writes down what is about to happen; nothing of it is durable yet. Gives the
    /// document, open; `None` when no step could be prepared.
    pub(super) fn prepare(&mut self) -> Result<Option<Open>> {
        let (project, place) = (self.context.site.project, self.context.place);
        self.stop_if_asked()?;
        self.stage()?;
        self.stop_if_asked()?;
        if self.all_failed() {
            return Ok(None);
        }
        let lock = document::lock(project, place)?;
        document::take_over(project, place, &self.stage)?;
        // Before the document that is edited: what somebody writes in between makes the commit stale, and is not lost.
        self.part.manifest_before = document::text(project, place)?;
        self.part.follows = document::follows(project, place)?;
        let known = Document::read(project, place)?;
        let after = self.write_down(known.as_ref())?;
        Ok(Some(Open { _lock: lock, known, after }))
    }

    /// Swaps and commits what was prepared and is durable. Tells whether it was committed: nothing is when no step
    /// could be swapped.
    pub(super) fn commit(&mut self, mut open: Open) -> Result<bool> {
        self.stop_if_asked()?;
        if self.swap() {
            open.after = self.write_down(open.known.as_ref())?;
            self.flush()?;
        }
        if self.all_failed() {
            return Ok(false);
        }
        self.rename_over()?;
        self.keep_copy(open.known.as_ref(), &open.after.0, open.after.1.as_deref());
        drop(open);
        if let Err(error) = self.context.site.follow(&self.part) {
            tracing::warn!(%error, "the file that follows is written when this is tidied up");
        }
        Ok(true)
    }

    fn all_failed(&self) -> bool {
        self.states.iter().all(|state| matches!(state, Progress::Failed(_)))
    }

    fn stop_if_asked(&self) -> Result<()> {
        if (self.context.stopped)() { Err(Error::Cancelled) } else { Ok(()) }
    }

    /// Copies what is to be placed, and stores it.
    fn stage(&mut self) -> Result<()> {
        let (context, name) = (self.context, self.part.name());
        self._packs = context.objects.recall(context.site.desktop, self.steps, &name);
        let pack =
            stores(self.steps, context.objects, &name).then(|| begin_pack(context.site.desktop, &name));
        let pack: Option<PackWriter> = pack.transpose()?;
        let stager = Stager {
            project: context.site.project,
            stage: &self.stage,
            objects: context.objects,
            pack: pack.as_ref(),
            part: &name,
        };
        let each = |target: &RelPath| (context.progress)(Phase::Stage, target);
        let prepared = stager.prepare(self.steps, &each);
        self.states = prepared
            .into_iter()
            .map(|result| result.map_or_else(Progress::Failed, |ready| Progress::Ready(Box::new(ready))))
            .collect();
        self.pack = pack;
        Ok(())
    }

    /// Writes the manifest as it will be into the stage, and into the journal what is about to be swapped. Gives the
    /// manifest and its text.
    fn write_down(&mut self, known: Option<&Document>) -> Result<(Document, Option<String>)> {
        let document = self.new_document(known);
        let text = document.text().or_else(|| self.empty_list());
        let file = self.stage.child(NEW_MANIFEST)?;
        let project = self.context.site.project;
        if let Some(text) = &text {
            project.replace(&file, text.as_bytes())?;
        }
        self.part.manifest_after = digest(text.as_deref());
        if let (Some(follower), Some(follows)) = (document.follower(), &mut self.part.follows) {
            follows.after = digest(follower.as_deref());
            if let Some(follower) = &follower {
                project.replace(&self.stage.child(NEW_FOLLOWER)?, follower.as_bytes())?;
            }
        }
        self.part.steps = self.notes();
        for step in &mut self.part.steps {
            step.says = document.says(&step.record);
            step.entry_after = document.entry_digest(&step.record);
        }
        self.part.state = State::Prepared;
        let Site { project, desktop, .. } = self.context.site;
        self.shares = project.shares_file_system(desktop)?;
        if !self.shares {
            // The journal may reach its own disk on its own; what it speaks of must be on the other one by then.
            project.flush_all()?;
        }
        self.context.site.journal().write(&self.part)?;
        if text.is_none() {
            // Not before the journal knows that none is to come: a text that is missing there means that it was
            // committed.
            project.remove(&file)?;
        }
        Ok((document, text))
    }

    /// A manifest without records, where there was none, there is to be none, and bytes change all the same: an older
    /// deploy is undone where somebody has put something of their own since. Something has to be renamed over to commit.
    fn empty_list(&self) -> Option<String> {
        let changes = |step: &Step| !matches!(step.bytes, Bytes::Leave | Bytes::Remove(None));
        let alone = !self.context.place.is_collection() && self.part.manifest_before.is_none();
        (alone && self.steps.iter().any(changes)).then(|| manifest::EMPTY.to_owned())
    }

    /// Makes everything so far survive power loss.
    pub(super) fn flush(&self) -> Result<()> {
        // Where the project has another file system, that was flushed before the journal was written.
        self.context.site.desktop.flush_all()
    }

    /// Whether a flush where the journal is serves the project too.
    pub(super) fn shares_file_system(&self) -> bool {
        self.shares
    }

    /// Makes what was renamed survive power loss.
    pub(super) fn flush_place(&self) -> Result<()> {
        self.context.site.project.flush_all()
    }

    /// Swaps every step that is ready; tells whether one failed, so that its record must be left out.
    fn swap(&mut self) -> bool {
        let swap = Swap { project: self.context.site.project, stage: &self.stage };
        let mut failed = false;
        for (index, step) in self.steps.iter().enumerate() {
            if !matches!(self.states[index], Progress::Ready(_)) {
                continue;
            }
            match swap.forward(index, step) {
                Ok(()) => (self.context.progress)(Phase::Swap, &step.target),
                Err(Unswapped { error, stranded }) => {
                    failed = true;
                    if stranded {
                        self.part.stranded.push(self.note(index, step, None));
                    }
                    self.states[index] = Progress::Failed(error);
                }
            }
        }
        failed
    }

    /// Renames the document over: from here on the operation has happened.
    fn rename_over(&self) -> Result<()> {
        let project = self.context.site.project;
        let place = self.context.place;
        let file = document::file(place)?;
        // Not everybody takes a lock; what somebody wrote since this was read is not written over.
        if document::text(project, place)? != self.part.manifest_before {
            return Err(Error::PlanStale);
        }
        match (&self.part.manifest_after, &self.part.manifest_before) {
            (Some(_), _) => project.rename_over(&self.stage.child(NEW_MANIFEST)?, &file),
            (None, Some(_)) => project.rename_over(&file, &self.stage.child(OLD_MANIFEST)?),
            // Somebody took the manifest away since it was planned.
            (None, None) => Err(Error::PlanStale),
        }
    }

    /// Keeps the last good copy of a manifest.
    fn keep_copy(&self, known: Option<&Document>, after: &Document, text: Option<&str>) {
        let Site { desktop, project_key, .. } = self.context.site;
        if let (Place::Profile(root), Document::Manifest(after)) = (self.context.place, after) {
            let known = known.and_then(|known| match known {
                Document::Manifest(known) => Some(known),
                Document::Collection(_) | Document::Sets(_) => None,
            });
            manifest::keep(desktop, project_key, root, known, (after, text));
        }
    }

    /// Says beside each success that the second flush failed.
    pub(super) fn not_durable(&mut self, error: &Error) {
        let message = "It is done, but may be lost when the power fails now.";
        for (notice, step) in self.notices.iter_mut().zip(self.steps) {
            let at = self.context.site.project.absolute(&step.target).display().to_string();
            let mut problem = Problem::new(Code::Io, Severity::Notice, message).about(at);
            problem.causes = vec![error.to_string()];
            notice.get_or_insert(problem);
        }
    }

    /// What follows the commit. A failure here is finished by the next recovery; what it is about is done.
    pub(super) fn finish(&mut self, ledger: &mut Ledger) {
        match self.pack.take().map(PackWriter::finish) {
            Some(Err(error)) => {
                tracing::warn!(%error, "what was deployed could not be stored for later comparisons");
            }
            Some(Ok(_)) => self.context.objects.publish(self.part.name()),
            None => {}
        }
        match self.context.site.finish(&self.part, ledger) {
            Ok(notices) => {
                for (slot, problem) in notices {
                    if let Some(notice) = slot.parse().ok().and_then(|slot: usize| self.notices.get_mut(slot))
                    {
                        notice.get_or_insert(problem);
                    }
                }
            }
            Err(error) => tracing::warn!(%error, "an operation is done and could not be tidied up"),
        }
    }

    /// Puts everything back as it was. What cannot be put back now is put back by the next recovery.
    pub(super) fn take_back(&mut self, ledger: &mut Ledger) {
        self.context.objects.forget(&self.part.name());
        let outcome = match self.part.state {
            State::Prepared => take_back(&self.context.site, self.part.clone(), ledger).map(|_| ()),
            State::Staging | State::Abandoned => self.context.site.forget(&self.part),
        };
        if let Err(error) = outcome {
            tracing::warn!(%error, "a failed operation could not be taken back at once");
        }
    }
}

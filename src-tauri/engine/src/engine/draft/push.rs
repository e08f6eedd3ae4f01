//! Deciding about a push: what a collection takes from a copy, and what the record says afterwards. The steps of both are
//! drafted by [`pushed`](super::pushed).

use super::deploy::checked;
use super::modes::both_changed;
use super::sides::{Sides, Weighed, named};
use super::undeploy::Recorded;
use super::{Desk, Draft, refused, with_decision};
use crate::collection::EntryEdit;
use crate::deploy::{Edited, Source};
use crate::engine::discover::described;
use crate::engine::library::Artifact;
use crate::engine::push::{Agreed, Intake, Key};
use crate::error::{Error, Problem, Result};
use crate::fs::{Fingerprint, Root, Survey};
use crate::id::ContentHash;
use crate::manifest::Record;
use crate::path::RelPath;
use crate::plan::{Action, Decision, OnConflict, PlanItem, Take, Target, UpdateRequest, choice_for};
use crate::platform::Profile;
use crate::status::{FileState, Files, Status};
use std::path::PathBuf;
use std::sync::Arc;

const CHOICES: &[OnConflict] = &[OnConflict::Skip, OnConflict::Overwrite, OnConflict::Keep];

/// One deployment of a push.
pub(in crate::engine) struct Pushed {
    pub(in crate::engine) draft: Draft,
    pub(in crate::engine) intake: Option<Intake>,
    pub(in crate::engine) agreed: Option<Agreed>,
    /// Where the copy really is, and what it is.
    copy: Option<(PathBuf, Fingerprint)>,
}

/// The copy in the project.
struct ProjectCopy {
    survey: Survey,
    hash: ContentHash,
    as_recorded: bool,
}

impl Pushed {
    fn refused(item: PlanItem, problem: Problem) -> Self {
        let problem = problem.or_about(&item.artifact_id);
        Self { draft: refused(item, problem), intake: None, agreed: None, copy: None }
    }

    /// The artifact that would be changed.
    pub(in crate::engine) fn changes(&self) -> Option<Key> {
        let follower = || self.agreed.as_ref().filter(|agreed| agreed.follows).map(|agreed| &agreed.artifact);
        self.intake.as_ref().map(|intake| &intake.artifact).or_else(follower).cloned()
    }

    /// Whether the collection would be the same after either.
    pub(in crate::engine) fn brings_the_same(&self, other: &Self) -> bool {
        let (Some((at, what)), Some((other_at, other_what))) = (&self.copy, &other.copy) else {
            return false;
        };
        let edits = |one: &Self| one.intake.as_ref().map(|intake| intake.edits.clone());
        edits(self) == edits(other) && (at == other_at || what == other_what)
    }

    /// Another copy brings the same; only the record of this one is written.
    pub(in crate::engine) fn follow(&mut self) {
        self.intake = None;
        self.draft.item.action = if self.agreed.is_some() { Action::Adopted } else { Action::Unchanged };
    }

    /// Nothing is done about it.
    pub(in crate::engine) fn refuse(&mut self, problem: Problem) {
        *self = Self::refused(self.draft.item.clone(), problem);
    }
}

/// The refusal of two copies of one artifact with different edits.
pub(in crate::engine) fn differently_edited(one: &PlanItem, other: &PlanItem) -> Error {
    let place = |item: &PlanItem| {
        let path = item.path.as_ref().map(ToString::to_string).unwrap_or_default();
        format!("{}/{path}", item.project_path)
    };
    let reason = format!(
        "{} was edited in {} and, differently, in {}. Push one of them, update the other one, then push that.",
        one.artifact_id,
        place(one),
        place(other)
    );
    Error::InvalidRequest { reason }
}

impl Desk<'_> {
    /// Decides about every deployment of this project that the request means.
    ///
    /// # Errors
    /// As [`Desk::update`].
    pub(in crate::engine) fn pushes(
        &self,
        request: &UpdateRequest,
        profiles: &[&Profile],
    ) -> Result<Vec<Pushed>> {
        let (chosen, drafts) = self.meant_by(request, profiles)?;
        let missing =
            drafts.into_iter().map(|draft| Pushed { draft, intake: None, agreed: None, copy: None });
        let each = chosen.iter().map(|entry| {
            let item = self.item_of(entry);
            let pushed = self.push_one(item.clone(), entry, request);
            pushed.unwrap_or_else(|problem| Pushed::refused(item, problem))
        });
        Ok(missing.chain(each).collect())
    }

    fn push_one(
        &self,
        mut item: PlanItem,
        entry: &Recorded,
        request: &UpdateRequest,
    ) -> std::result::Result<Pushed, Problem> {
        let record = &entry.record;
        let target = entry.root.join(&record.artifact_path);
        let at = self.real(&target)?;
        let artifact = self.source_artifact(entry)?;
        if artifact.shelf.row.linked {
            return Err(only_read(&artifact).to_problem());
        }
        let survey = checked(&artifact)?;
        let hash = self.gate.hash(&artifact.shelf.root, artifact.path(), &survey)?;
        item.choice = choice_for(&request.choices, request.on_conflict, &self.project.path, &target);
        let copy = self.copy_of(record, &target, survey.is_single())?;
        let there = &copy.survey;
        (item.files, item.bytes) = (there.files(), there.bytes());
        let (source, as_recorded) = (&survey, copy.as_recorded);
        let sides = Sides { artifact, source, hash: &hash, target: &target, there, as_recorded };
        let answers = request.answers(&self.deployment_ref(entry));
        let weighed = self.weigh(&sides, record, &answers, (item.choice, Take::Project))?;
        let seen = [Some(survey.signature()), Some(there.signature())];
        let mut pushed = self.decide_push(item, (&weighed, &sides), entry, &copy)?;
        pushed.draft.seen = seen;
        pushed.copy = Some((at, there.fingerprint(&copy.hash)));
        Ok(pushed)
    }

    /// The copy that is to be pushed.
    fn copy_of(
        &self,
        record: &Record,
        target: &RelPath,
        is_file: bool,
    ) -> std::result::Result<ProjectCopy, Problem> {
        let recorded = Some(&record.content_hash);
        let shown = self.project.root.absolute(target);
        let invalid = |reason: &str| Error::SourceInvalid { path: shown.clone(), reason: reason.to_owned() };
        match self.gate.target(&self.project.root, target, recorded, None) {
            (Target::Unreadable(problem), _) => Err(problem),
            (Target::Present { hash, unfiltered, .. }, Some(survey)) => {
                survey.check_source(&shown)?;
                if survey.is_single() != is_file {
                    return Err(invalid("one side is a folder and the other one a file").to_problem());
                }
                let as_recorded = recorded == Some(&hash) || recorded == unfiltered.as_ref();
                Ok(ProjectCopy { survey, hash, as_recorded })
            }
            _ => Err(invalid("it was removed since it was deployed").to_problem()),
        }
    }

    /// What the weighed sides of a copy amount to.
    fn decide_push(
        &self,
        mut item: PlanItem,
        (weighed, sides): (&Weighed<'_>, &Sides<'_>),
        entry: &Recorded,
        copy: &ProjectCopy,
    ) -> Result<Pushed> {
        let choices = if weighed.conflict.is_some() { CHOICES } else { &[] };
        let pushed = |item, action, intake, agreed| {
            let decision = Decision { action, conflict: weighed.conflict.clone(), choices, problem: None };
            let item = with_decision(item, decision);
            let draft =
                Draft { item, step: None, place: None, record: None, seen: [None, None], notice: None };
            Pushed { draft, intake, agreed, copy: None }
        };
        let Some(takes) = weighed.decided() else { return Ok(pushed(item, Action::None, None, None)) };
        let key: Key = (sides.artifact.collection().to_owned(), sides.artifact.id().clone());
        item.taken = files(weighed, &takes, sides.target, Take::Project);
        item.edited = files(weighed, &takes, sides.target, Take::Collection);
        let (agreed, follows) = (agreed(weighed, &takes), !item.taken.is_empty());
        let action = match (&agreed, follows) {
            (_, true) => Action::Updated,
            (None, _) => Action::Unchanged,
            (Some(over), _) if over.is_empty() => Action::Adopted,
            (Some(_), _) => Action::Kept,
        };
        let agreed = agreed.map(|over| Agreed {
            project: self.project.path.clone(),
            artifact: key.clone(),
            root: entry.root.clone(),
            record: (entry.record.clone(), self.renewed(&entry.record, copy.hash.clone())),
            seen: copy.survey.signature(),
            over,
            follows,
        });
        let intake = follows.then(|| self.intake(key, weighed, &takes, sides)).transpose()?;
        let (intake, both) = intake.unzip();
        let shown = self.project.root.absolute(sides.target).display().to_string();
        let mut pushed = pushed(item, action, intake, agreed);
        pushed.draft.notice = both.and_then(|both| both_changed(&both, &shown, Take::Project, sides.target));
        Ok(pushed)
    }

    fn renewed(&self, record: &Record, content_hash: ContentHash) -> Record {
        Record { content_hash, deployed_at: self.now.to_owned(), ..record.clone() }
    }

    /// What the collection takes, and the paths of which both sides changed the permissions.
    fn intake(
        &self,
        key: Key,
        weighed: &Weighed<'_>,
        takes: &[Take],
        sides: &Sides<'_>,
    ) -> Result<(Intake, Vec<String>)> {
        let (artifact, target) = (&sides.artifact, sides.target);
        let (edits, both) = weighed.edits(takes)?;
        let main_files =
            || weighed.paths(takes).into_iter().filter(|path| path.eq_ignore_ascii_case("SKILL.md"));
        if key.1.kind().is_folder() && main_files().next().is_none() {
            let reason = "its SKILL.md was removed, and the collection would have none".to_owned();
            return Err(Error::SourceInvalid { path: self.project.root.absolute(target), reason });
        }
        let text = edits.iter().any(|edit| matches!(edit.to, Edited::Text { .. }));
        let entry = if text { EntryEdit::default() } else { self.stated(artifact, target) };
        let source = Source {
            root: Arc::new(Root::open(self.project.path.as_path())?),
            path: target.clone(),
            survey: sides.there.clone(),
            fingerprint: None,
            stored: None,
        };
        let (target, replaces) = (artifact.path().clone(), sides.source.clone());
        Ok((Intake { artifact: key, target, source, replaces, edits, entry }, both))
    }

    /// What the entry repeats of the main file, where that says something else now. What the entry says on its own stays.
    fn stated(&self, artifact: &Artifact<'_>, target: &RelPath) -> EntryEdit {
        let main = artifact.found.main_file.as_ref().map(|main| {
            let below = main.strip_prefix(artifact.path());
            (main, below.map_or_else(|| target.clone(), |below| target.join(&below)))
        });
        let read = main.and_then(|(main, edited)| {
            Some((
                described(&artifact.shelf.root, main).ok()?,
                described(&self.project.root, &edited).ok()?,
                artifact.found.entry.as_ref()?,
            ))
        });
        let Some((old, new, entry)) = read else { return EntryEdit::default() };
        let fields = [
            ("title", &entry.title, old.title, new.title),
            ("description", &entry.description, old.description, new.description),
            ("author", &entry.author, old.author, new.author),
            ("license", &entry.license, old.license, new.license),
            ("version", &entry.version, old.version, new.version),
        ];
        let repeated = fields.into_iter().filter(|(_, entry, old, _)| entry.is_some() && *entry == old);
        let changed = repeated.filter(|(_, _, old, new)| old != new);
        EntryEdit {
            metadata: changed.filter_map(|(key, _, _, new)| Some((key, new?))).collect(),
            ..EntryEdit::default()
        }
    }
}

/// The files that are not `synced` and whose change, by the project, ends so: taken by the collection, or staying an edit.
fn files(weighed: &Weighed<'_>, takes: &[Take], target: &RelPath, end: Take) -> Vec<RelPath> {
    let each = weighed.each(takes).filter(|(file, take)| match (end, take) {
        (Take::Collection, Take::Collection) => matches!(file.status, Status::Modified | Status::Conflict),
        (Take::Collection, _) => false,
        (_, take) => *take != Take::Collection && file.status != Status::Synced,
    });
    each.filter_map(|(file, _)| named(&file.path, target).ok()).collect()
}

/// The paths of the new base that are the collection's; `None` where the record says all of it already. Everything else of
/// the base is the project's.
fn agreed(weighed: &Weighed<'_>, takes: &[Take]) -> Option<Vec<(String, Option<FileState>)>> {
    let Weighed { drift, theirs, ours, .. } = weighed;
    let stays = weighed.each(takes).filter(|(file, take)| {
        *take == Take::Collection && matches!(file.status, Status::Modified | Status::Conflict)
    });
    let over: Vec<_> =
        stays.map(|(file, _)| (file.path.clone(), drift.collection.get(&file.path).cloned())).collect();
    let mut after: Files = drift.project.clone();
    for (path, state) in &over {
        match state {
            Some(state) => drop(after.insert(path.clone(), state.clone())),
            None => drop(after.remove(path)),
        }
    }
    let before = match &drift.base {
        Some(base) => Some(&base.files),
        None if theirs.as_recorded => Some(&drift.collection),
        None if ours.as_recorded => Some(&drift.project),
        None => None,
    };
    (before != Some(&after)).then_some(over)
}

/// A linked collection takes nothing.
fn only_read(artifact: &Artifact<'_>) -> Error {
    let row = &artifact.shelf.row;
    let reason = format!(
        "The collection “{}” is linked, so it is only read: {} cannot take edits. Change the files in {} themselves.",
        row.collection,
        artifact.id(),
        row.path
    );
    Error::InvalidRequest { reason }
}

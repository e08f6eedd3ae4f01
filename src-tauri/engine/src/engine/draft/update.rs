//! Drafting an update: what the collection changed comes in, what the project edited stays, and what both changed needs
//! an answer.
//!
//! The copy is replaced as a whole, by a tree that is merged in the stage, and the old one goes to the trash; the record
//! and the base are the collection's afterwards. So an edit that stays is an edit still, and one that was given up can
//! be undone.

use super::deploy::{checked, source_of};
use super::modes::both_changed;
use super::sides::{Sides, named};
use super::undeploy::Recorded;
use super::{Desk, Draft, refused, with_decision};
use crate::deploy::{Bytes, Edit, NewBase, RecordEdit, Source, Step};
use crate::engine::library::Artifact;
use crate::error::{Code, Error, Problem, Remedy, Result, Severity};
use crate::fs::Survey;
use crate::journal::{Effect, Place};
use crate::manifest::Record;
use crate::path::RelPath;
use crate::plan::{
    Action, Decision, DeploymentRef, FileChoice, OnConflict, PlanItem, Take, Target, UpdateRequest,
    choice_for, local_changes,
};
use crate::platform::Profile;
use crate::status::{FileStatus, Known, Status};
use std::collections::HashSet;
use std::path::PathBuf;

const CHOICES: &[OnConflict] = &[OnConflict::Skip, OnConflict::Overwrite, OnConflict::Keep];
const ALL_OR_NOTHING: &[OnConflict] = &[OnConflict::Skip, OnConflict::Overwrite];

/// What a deployment is to become.
struct Merged {
    decision: Decision,
    /// What is put over the collection's tree.
    edits: Vec<Edit>,
    /// Edited files that stay.
    edited: Vec<RelPath>,
    notice: Option<Problem>,
}

impl Desk<'_> {
    /// Drafts an update of every deployment that the request means.
    ///
    /// # Errors
    /// `invalid-request` for answers that fit no file; `io` and its relatives when the project cannot be listed.
    pub(in crate::engine) fn update(
        &self,
        request: &UpdateRequest,
        profiles: &[&Profile],
    ) -> Result<Vec<Draft>> {
        let (chosen, mut drafts) = self.meant_by(request, profiles)?;
        let mut copied = HashSet::new();
        for entry in &chosen {
            let item = self.item_of(entry);
            let draft = self.update_one(item.clone(), entry, request, &mut copied);
            drafts.push(draft.unwrap_or_else(|error| refused(item, error.to_problem())));
        }
        Ok(drafts)
    }

    /// The records that a request means, and a refused draft for everything that it means and is not there.
    ///
    /// # Errors
    /// As [`Desk::update`].
    pub(super) fn meant_by(
        &self,
        request: &UpdateRequest,
        profiles: &[&Profile],
    ) -> Result<(Vec<Recorded>, Vec<Draft>)> {
        let mut records = self.records()?;
        records.good.retain(|entry| {
            profiles.is_empty() || profiles.iter().any(|profile| profile.id == entry.record.profile_id)
        });
        let (mut chosen, mut drafts) =
            self.chosen(&request.artifacts, request.all, request.collection.as_ref(), &records);
        if request.all {
            chosen.retain(|index| self.is_updatable(&records.good[*index]));
        }
        for wanted in request.deployments.iter().filter(|wanted| wanted.project_path == self.project.path) {
            let same = |entry: &Recorded| {
                (&entry.root, &entry.record.artifact_path, &entry.record.profile_id)
                    == (&wanted.profile_root_dir, &wanted.artifact_path, &wanted.deployment_profile_id)
            };
            match records.good.iter().position(same) {
                Some(index) => drop(chosen.insert(index)),
                None => drafts.push(self.no_such_record(wanted, &records)),
            }
        }
        if !request.files.is_empty() && chosen.len() + drafts.len() != 1 {
            let reason = "Answers for single files are for one deployment.".to_owned();
            return Err(Error::InvalidRequest { reason });
        }
        let all = std::mem::take(&mut records.good).into_iter().enumerate();
        let chosen = all.filter(|(index, _)| chosen.contains(index)).map(|(_, entry)| entry).collect();
        Ok((chosen, drafts))
    }

    /// The undecided target of a record.
    pub(super) fn item_of(&self, entry: &Recorded) -> PlanItem {
        let mut item = self.item(&entry.id, &entry.record.from_collection, &entry.record.profile_id);
        item.path = Some(entry.root.join(&entry.record.artifact_path));
        item
    }

    /// The artifact that a record came from.
    ///
    /// # Errors
    /// `artifact-not-found` when it is gone.
    pub(super) fn source_artifact(&self, entry: &Recorded) -> Result<Artifact<'_>> {
        self.library.of_record(&entry.record).ok_or_else(|| Error::ArtifactNotFound {
            query: entry.id.to_string(),
            place: format!("the collection {} any more", entry.record.from_collection),
        })
    }

    /// The name of a record's deployment.
    pub(super) fn deployment_ref(&self, entry: &Recorded) -> DeploymentRef {
        DeploymentRef {
            project_path: self.project.path.clone(),
            deployment_profile_id: entry.record.profile_id.clone(),
            profile_root_dir: entry.root.clone(),
            artifact_path: entry.record.artifact_path.clone(),
        }
    }

    /// Whether both sides are there, so that an update of everything means it.
    fn is_updatable(&self, entry: &Recorded) -> bool {
        let target = entry.root.join(&entry.record.artifact_path);
        // What cannot be looked at is to be told.
        let there = self.project.root.entry(&target).map_or(true, |entry| entry.is_some());
        let kept = self.library.is_unreadable(&entry.record.from_collection);
        there && (kept || self.library.of_record(&entry.record).is_some())
    }

    fn update_one(
        &self,
        mut item: PlanItem,
        entry: &Recorded,
        request: &UpdateRequest,
        copied: &mut HashSet<PathBuf>,
    ) -> Result<Draft> {
        let record = &entry.record;
        let target = entry.root.join(&record.artifact_path);
        let at = self.real(&target)?;
        let artifact = self.source_artifact(entry)?;
        let (shelf, survey) = (&artifact.shelf.root, checked(&artifact)?);
        let hash = self.gate.hash(shelf, artifact.path(), &survey)?;
        (item.files, item.bytes) = (survey.files(), survey.bytes());
        item.choice = choice_for(&request.choices, request.on_conflict, &self.project.path, &target);
        let base = self.ledger.base(&target, Some(&record.content_hash)).map(|base| &base.fingerprint);
        let (now, there) = self.gate.target(&self.project.root, &target, Some(&record.content_hash), base);
        let seen = [Some(survey.signature()), there.as_ref().map(Survey::signature)];
        let shown = self.project.root.absolute(&target).display().to_string();
        let kind = |survey: &Survey| survey.is_single();
        let undecided = |problem, action| Decision::conflict(problem, ALL_OR_NOTHING, item.choice, action);
        let merged = match (&now, &there) {
            (Target::Unreadable(problem), _) => Merged::plain(Decision::refused(problem.clone())),
            // Another record's step brings the copy up to date; this one only follows.
            _ if copied.contains(&at) => Merged::plain(Decision::clear(Action::Adopted)),
            (Target::Present { hash: ours, unfiltered, .. }, Some(there)) if kind(there) == kind(&survey) => {
                let recorded = Some(&record.content_hash);
                let sides = Sides {
                    artifact,
                    source: &survey,
                    hash: &hash,
                    target: &target,
                    there,
                    as_recorded: recorded == Some(ours) || recorded == unfiltered.as_ref(),
                };
                self.merge(&sides, record, &request.answers(&self.deployment_ref(entry)), item.choice)?
            }
            (Target::Absent, _) => Merged::plain(undecided(removed(&shown), Action::Created)),
            (Target::Present { .. }, _) => Merged::plain(undecided(local_changes(&shown), Action::Updated)),
        };
        if matches!(merged.decision.action, Action::Created | Action::Updated) {
            copied.insert(at);
        }
        let notice = merged.notice;
        item.edited = merged.edited;
        let source = source_of(self.gate, &artifact, survey);
        let record = match merged.decision.action {
            Action::Unchanged => record.clone(),
            _ => Record { content_hash: hash, deployed_at: self.now.to_owned(), ..record.clone() },
        };
        let step = updating(&item, (&merged.decision, merged.edits), (source, there), &record);
        let item = with_decision(item, merged.decision);
        let place = Some(Place::Profile(entry.root.clone()));
        Ok(Draft { item, step, place, record: Some(record), seen, notice })
    }

    /// Which side each file comes from, and what that amounts to.
    fn merge(
        &self,
        sides: &Sides<'_>,
        record: &Record,
        answers: &[FileChoice],
        choice: OnConflict,
    ) -> Result<Merged> {
        let weighed = self.weigh(sides, record, answers, (choice, Take::Collection))?;
        let choices = if weighed.conflict.is_some() { CHOICES } else { &[] };
        let decided =
            |action| Decision { action, conflict: weighed.conflict.clone(), choices, problem: None };
        let Some(takes) = weighed.decided() else { return Ok(Merged::plain(decided(Action::None))) };
        let (edits, both) = weighed.edits(&takes)?;
        let kept = weighed
            .each(&takes)
            .filter(|(file, take)| *take == Take::Project && file.status != Status::Synced);
        let edited = kept.filter_map(|(file, _)| named(&file.path, sides.target).ok()).collect::<Vec<_>>();
        let moves =
            |(file, take): (&FileStatus, Take)| take != Take::Project && file.status != Status::Synced;
        let all_equal = weighed.drift.files.iter().all(|file| file.status == Status::Synced);
        let recorded = *sides.hash == record.content_hash && weighed.drift.known == Known::Files;
        let action = match () {
            () if weighed.each(&takes).any(moves) => Action::Updated,
            () if recorded => Action::Unchanged,
            () if all_equal => Action::Adopted,
            () => Action::Kept,
        };
        let shown = self.project.root.absolute(sides.target).display().to_string();
        let notice = both_changed(&both, &shown, Take::Collection, sides.target);
        Ok(Merged {
            decision: decided(action),
            edits,
            edited,
            notice: notice.filter(|_| action == Action::Updated),
        })
    }
}

impl Merged {
    fn plain(decision: Decision) -> Self {
        Self { decision, edits: Vec::new(), edited: Vec::new(), notice: None }
    }
}

/// What a decision means for bytes and record; `None` when nothing is done.
fn updating(
    item: &PlanItem,
    (decision, edits): (&Decision, Vec<Edit>),
    (source, there): (Source, Option<Survey>),
    record: &Record,
) -> Option<Step> {
    let (effect, bytes, base) = match decision.action {
        Action::Created | Action::Updated => {
            let effect = if there.is_some() { Effect::Updated } else { Effect::Created };
            let carry_ignored = !source.survey.is_single();
            (effect, Bytes::Place { source, replaces: there, carry_ignored, edits }, NewBase::Copied)
        }
        Action::Adopted => (Effect::Adopted, Bytes::Leave, NewBase::Of(source)),
        Action::Kept => (Effect::Kept, Bytes::Leave, NewBase::Of(source)),
        Action::Unchanged | Action::Removed | Action::None => return None,
    };
    Some(Step {
        artifact_id: item.artifact_id.clone(),
        collection: item.collection.clone(),
        target: item.path.clone()?,
        effect,
        bytes,
        record: RecordEdit::Write(record.clone()),
        base,
    })
}

/// The conflict of a copy that is no longer there.
fn removed(place: &str) -> Problem {
    let message = format!("{place} was removed since it was deployed. Choose whether to put it back.");
    Problem::new(Code::LocalChanges, Severity::Refusal, message).about(place).with_remedy(Remedy::Overwrite)
}

//! Drafting an undeploy.

use super::copies::Copies;
use super::{Choices, Desk, Draft, refused, with_decision};
use crate::deploy::{Bytes, NewBase, RecordEdit, Step};
use crate::engine::library::Query;
use crate::error::{Error, Problem, Result};
use crate::fs::Survey;
use crate::id::{ArtifactId, ArtifactRef};
use crate::journal::{Effect, Place};
use crate::manifest::{self, Manifest, Record};
use crate::path::RelPath;
use crate::plan::{
    Action, DeploymentRef, OnConflict, PlanItem, SetTarget, UndeployRequest, choice_for, decide_undeploy,
};
use crate::platform::Profile;
use std::collections::BTreeSet;

/// A record with its profile root and the artifact it means.
pub(super) struct Recorded {
    pub(super) root: RelPath,
    pub(super) record: Record,
    pub(super) id: ArtifactId,
}

/// The records of a project, and what could not be read.
pub(super) struct Records {
    pub(super) good: Vec<Recorded>,
    pub(super) unread: Vec<(RelPath, Problem)>,
}

impl Desk<'_> {
    /// Drafts an undeploy: every record that the request means, orphans included.
    ///
    /// # Errors
    /// `io` and its relatives when the project cannot be listed.
    pub(in crate::engine) fn undeploy(
        &self,
        request: &UndeployRequest,
        profiles: &[&Profile],
    ) -> Result<Vec<Draft>> {
        let mut records = self.records()?;
        records.good.retain(|entry| {
            let place = entry.root.join(&entry.record.artifact_path);
            (profiles.is_empty() || profiles.iter().any(|profile| profile.id == entry.record.profile_id))
                && (request.paths.is_empty() || request.paths.contains(&place))
                && self.is_among(&request.only, entry)
        });
        let fallback = if request.discard_edits { OnConflict::Overwrite } else { OnConflict::Stop };
        let choices = Choices { request: &request.choices, fallback };
        let (chosen, mut drafts) =
            self.chosen(&request.artifacts, request.all, request.collection.as_ref(), &records);
        let mut copies = self.copies();
        drafts.extend(
            chosen.into_iter().map(|index| self.undeploy_one(&records.good[index], &choices, &mut copies)),
        );
        Ok(drafts)
    }

    pub(super) fn records(&self) -> Result<Records> {
        let mut records = Records { good: Vec::new(), unread: Vec::new() };
        for root in self.project.profile_roots()? {
            match manifest::read(&self.project.root, &root) {
                Ok(manifest) => {
                    for record in manifest.iter().flat_map(Manifest::records) {
                        let hit = self.library.of_record(record).map(|hit| hit.id().clone());
                        let id = hit.map_or_else(|| record.path_id(), Ok)?;
                        records.good.push(Recorded { root: root.clone(), record: record.clone(), id });
                    }
                }
                Err(error) => records.unread.push((root, error.to_problem())),
            }
        }
        Ok(records)
    }

    /// The places of the wanted records, and a refused draft for everything that is wanted and not there.
    pub(super) fn chosen(
        &self,
        artifacts: &[ArtifactRef],
        all: bool,
        collection: Option<&String>,
        records: &Records,
    ) -> (BTreeSet<usize>, Vec<Draft>) {
        let mut chosen = BTreeSet::new();
        let mut refusals = Vec::new();
        for query in artifacts {
            match self.meant(query, &records.good) {
                Ok(hits) => chosen.extend(hits),
                Err(error) => {
                    // The record may stand in a manifest that could not be read; then that is the answer.
                    let unread = records.unread.first().map(|(_, problem)| problem.clone());
                    refusals.push(self.unresolved(query, "", unread.unwrap_or_else(|| error.to_problem())));
                }
            }
        }
        if all {
            let wanted =
                |entry: &Recorded| collection.is_none_or(|name| *name == entry.record.from_collection);
            let all = records.good.iter().enumerate().filter(|(_, entry)| wanted(entry));
            chosen.extend(all.map(|(index, _)| index));
            for (root, problem) in &records.unread {
                let all = ArtifactRef { artifact_id: format!("everything in {root}"), collection: None };
                refusals.push(self.unresolved(&all, "", problem.clone()));
            }
        }
        (chosen, refusals)
    }

    /// A deployment that is wanted and has no record.
    pub(super) fn no_such_record(&self, wanted: &DeploymentRef, records: &Records) -> Draft {
        let query = wanted.artifact_path.to_string();
        let unread = records.unread.iter().find(|(root, _)| *root == wanted.profile_root_dir);
        let problem = unread.map(|(_, problem)| problem.clone()).unwrap_or_else(|| {
            let project = self.project.path.to_string();
            Error::DeploymentNotFound { query: query.clone(), project }.to_problem()
        });
        let query = ArtifactRef { artifact_id: query, collection: None };
        self.unresolved(&query, &wanted.deployment_profile_id, problem)
    }

    /// The records that a person means by one id: of one artifact, in any number of profiles.
    fn meant(&self, wanted: &ArtifactRef, records: &[Recorded]) -> Result<Vec<usize>> {
        let query = Query::parse(&wanted.artifact_id);
        let hits = |exact: bool| -> Vec<usize> {
            let matches = |entry: &Recorded| {
                wanted.collection.as_ref().is_none_or(|name| *name == entry.record.from_collection)
                    && (query.matches(&entry.id, exact)
                        || entry.record.path_id().is_ok_and(|place| query.matches(&place, exact)))
            };
            records.iter().enumerate().filter(|(_, entry)| matches(entry)).map(|(index, _)| index).collect()
        };
        let exact = hits(true);
        let found = if exact.is_empty() { hits(false) } else { exact };
        let ids: BTreeSet<String> = found.iter().map(|index| described(&records[*index])).collect();
        match ids.len() {
            0 => Err(Error::DeploymentNotFound {
                query: wanted.artifact_id.clone(),
                project: self.project.path.to_string(),
            }),
            1 => Ok(found),
            _ => Err(Error::AmbiguousArtifact {
                query: wanted.artifact_id.clone(),
                candidates: ids.into_iter().collect(),
            }),
        }
    }

    /// Whether a copy is one of these; without any, every copy is.
    pub(super) fn is_among(&self, only: &[SetTarget], entry: &Recorded) -> bool {
        let (id, record) = (entry.id.to_string(), &entry.record);
        SetTarget::wants(only, &self.project.path, (&id, &record.from_collection), &record.profile_id)
    }

    pub(super) fn undeploy_one(
        &self,
        Recorded { root, record, id }: &Recorded,
        choices: &Choices<'_>,
        copies: &mut Copies,
    ) -> Draft {
        let mut item = self.item(id, &record.from_collection, &record.profile_id);
        let target = root.join(&record.artifact_path);
        item.path = Some(target.clone());
        let reached = self.real(&target).and_then(|at| {
            let last = copies.take(&at);
            copies.holds_none(self.project, &at, &target).map(|()| last)
        });
        match reached {
            Ok(true) => {}
            // Another record names the same copy, so only this record goes.
            Ok(false) => {
                let step = Some(removal(&item, target, Bytes::Leave, record));
                item.action = Action::Removed;
                let (place, record) = (Some(Place::Profile(root.clone())), Some(record.clone()));
                return Draft { item, step, place, record, seen: [None, None], notice: None };
            }
            Err(error) => return refused(item, error.to_problem()),
        }
        let base = self.ledger.base(&target, Some(&record.content_hash)).map(|base| &base.fingerprint);
        let (there, survey) = self.gate.target(&self.project.root, &target, Some(&record.content_hash), base);
        if let Some(survey) = &survey {
            (item.files, item.bytes) = (survey.files(), survey.bytes());
        }
        let collection = self.library.get(&record.from_collection, id).and_then(|artifact| {
            // A source that cannot be read proves nothing; the record's own hash still can.
            let content = self.gate.content(&artifact.shelf.root, artifact.path()).ok().flatten()?;
            let same =
                survey.as_ref()?.fingerprint(&content.hash) == content.survey.fingerprint(&content.hash);
            same.then_some(content.hash)
        });
        item.choice = choice_for(choices.request, choices.fallback, &self.project.path, &target);
        let shown = self.project.root.absolute(&target).display().to_string();
        let decision =
            decide_undeploy(&there, &record.content_hash, collection.as_ref(), item.choice, &shown);
        let seen = [None, survey.as_ref().map(Survey::signature)];
        let step = (decision.action == Action::Removed)
            .then(|| removal(&item, target, Bytes::Remove(survey), record));
        let record = Some(record.clone());
        let place = Some(Place::Profile(root.clone()));
        Draft { item: with_decision(item, decision), step, place, record, seen, notice: None }
    }
}

fn removal(item: &PlanItem, target: RelPath, bytes: Bytes, record: &Record) -> Step {
    let effect = match bytes {
        Bytes::Remove(Some(_)) => Effect::Removed,
        _ => Effect::Unrecorded,
    };
    Step {
        artifact_id: item.artifact_id.clone(),
        collection: item.collection.clone(),
        target,
        effect,
        bytes,
        record: RecordEdit::Drop(record.clone()),
        base: NewBase::Is(None),
    }
}

/// A record as a candidate of an ambiguous id.
fn described(entry: &Recorded) -> String {
    format!("{} in {}", entry.id, entry.record.from_collection)
}

//! Drafting records of copies that lie in a project already: what an import adds to its manifest.

use super::{Desk, Draft, refused};
use crate::deploy::{Bytes, NewBase, RecordEdit, Source, Step};
use crate::engine::import::NewRecord;
use crate::engine::library::Artifact;
use crate::error::{Error, Problem, Result};
use crate::id::ContentHash;
use crate::journal::{Effect, Place};
use crate::manifest::{self, Manifest, Record};
use crate::plan::{Action, Decision, PlanItem};
use crate::platform;

impl Desk<'_> {
    /// Drafts the records, in the project that they are about. What is not in the collection, because copying it
    /// failed, is not recorded.
    pub(in crate::engine) fn adopt(&self, wanted: &[NewRecord], collection: &str) -> Vec<Draft> {
        let each = wanted.iter().map(|wanted| {
            let mut item = self.item(&wanted.artifact, collection, &wanted.profile);
            item.path = Some(wanted.root.join(&wanted.path));
            self.adopt_one(item.clone(), wanted, collection)
                .unwrap_or_else(|error| refused(item, Problem::from(error)))
        });
        each.collect()
    }

    fn adopt_one(&self, mut item: PlanItem, wanted: &NewRecord, collection: &str) -> Result<Draft> {
        let target = wanted.root.join(&wanted.path);
        self.real(&target)?;
        let missing = || Error::ArtifactNotFound {
            query: wanted.artifact.to_string(),
            place: format!("the collection {collection}"),
        };
        let artifact = self.library.get(collection, &wanted.artifact).ok_or_else(missing)?;
        let shelf = &artifact.shelf.root;
        if artifact.found.entry.is_none() && self.library.is_unreadable(collection) {
            // Its stable identity, which belongs into the record, is not known now.
            let path = shelf.path().join(crate::collection::FILE_NAME);
            return Err(Error::CollectionInvalid { path, reason: "it could not be read".to_owned() });
        }
        let content = self.gate.content(shelf, artifact.path())?.ok_or_else(missing)?;
        let there = self.gate.content(&self.project.root, &target)?.ok_or_else(|| Error::SourceInvalid {
            path: self.project.root.absolute(&target),
            reason: "it is no longer there".to_owned(),
        })?;
        let manifest = manifest::read(&self.project.root, &wanted.root)?;
        let known = manifest
            .iter()
            .flat_map(Manifest::records)
            .find(|record| record.kind == wanted.artifact.kind() && record.artifact_path == wanted.path);
        if let Some(known) = known {
            item.deployment_profile_id.clone_from(&known.profile_id);
        }
        let record = self.adopted(wanted, &artifact, &content.hash, known);
        let unchanged = known.is_some_and(|known| {
            (&known.from_collection, &known.content_hash) == (&record.from_collection, &record.content_hash)
                && self.library.of_record(known).is_some_and(|hit| hit.id() == &wanted.artifact)
        });
        let seen = [Some(content.survey.signature()), Some(there.survey.signature())];
        let source = Source {
            root: shelf.clone(),
            path: artifact.path().clone(),
            survey: content.survey,
            fingerprint: None,
            stored: None,
        };
        let decision = Decision::clear(if unchanged { Action::Unchanged } else { Action::Adopted });
        let step = (!unchanged).then(|| Step {
            artifact_id: item.artifact_id.clone(),
            collection: collection.to_owned(),
            target,
            effect: Effect::Adopted,
            bytes: Bytes::Leave,
            record: RecordEdit::Write(record.clone()),
            base: NewBase::Of(source),
        });
        let item = super::with_decision(item, decision);
        let place = Some(Place::Profile(wanted.root.clone()));
        Ok(Draft { item, step, place, record: Some(record), seen, notice: None })
    }

    fn adopted(
        &self,
        wanted: &NewRecord,
        artifact: &Artifact<'_>,
        content: &ContentHash,
        known: Option<&Record>,
    ) -> Record {
        let profile = known.map_or(wanted.profile.as_str(), |known| known.profile_id.as_str());
        let platform = || Some(platform::find(&self.project.own, profile).ok()?.platform.clone());
        Record {
            artifact_name: wanted.artifact.name().to_owned(),
            kind: wanted.artifact.kind(),
            from_collection: artifact.collection().to_owned(),
            deployed_at: self.now.to_owned(),
            artifact_path: wanted.path.clone(),
            // What the collection has: a copy that was edited meanwhile is then `modified`.
            content_hash: content.clone(),
            profile_id: profile.to_owned(),
            platform: known.and_then(|known| known.platform.clone()).or_else(platform),
            artifact_uuid: artifact.uuid().map(str::to_owned),
        }
    }
}

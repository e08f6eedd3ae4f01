//! Changing what a collection of our own holds: artifacts go, tags come and go. A linked one is only read.

use super::Engine;
use super::library::{Artifact, Library};
use crate::cache::{Cache, DeploymentRow};
use crate::collection::{EntryEdit, TagEdit};
use crate::deploy::Receipt;
use crate::error::{Code, Error, Problem, Result, Severity};
use crate::id::ArtifactRef;
use crate::journal::OperationKind;
use crate::plan::{CollectionEdit, CollectionRequest, NewContent, Plan, Replaces};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;

/// Longer tags are refused, in characters.
const MAX_TAG: usize = 64;

/// Artifacts to remove from their collection.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct RemoveRequest {
    /// The artifacts, all of one collection.
    pub artifacts: Vec<ArtifactRef>,
    /// The plan that the person agreed to; refused with `plan-stale` when it is no longer the plan.
    pub plan: Option<String>,
}

/// Tags to give to artifacts and to take from them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct TagRequest {
    /// The artifacts, all of one collection.
    pub artifacts: Vec<ArtifactRef>,
    /// Tags to add.
    pub add: Vec<String>,
    /// Tags to remove.
    pub remove: Vec<String>,
}

impl Engine {
    /// What removing artifacts from their collection would do. A notice says which deployments become orphaned.
    ///
    /// # Errors
    /// `artifact-not-found`, `ambiguous-artifact`; `invalid-request` for none, for several collections, or a linked one.
    pub fn plan_remove(&self, request: &RemoveRequest) -> Result<Plan> {
        let (edits, orphaned) = self.removal(request)?;
        let mut plan = self.plan_collection(&edits)?;
        plan.notices.extend(orphaned);
        Ok(plan)
    }

    /// Removes artifacts from their collection: files to the trash, entries out of `collection.toml`. Copies in projects
    /// stay, as orphans. It can be undone.
    ///
    /// # Errors
    /// As [`Engine::plan_remove`], and `plan-stale`; nothing was written then.
    pub fn remove_artifacts(&self, request: &RemoveRequest) -> Result<Receipt> {
        let (edits, orphaned) = self.removal(request)?;
        let mut receipt = self.change_collection(&edits)?;
        receipt.notices.extend(orphaned);
        Ok(receipt)
    }

    /// Adds tags to artifacts' entries in `collection.toml`, and removes some. One that has them so already is left
    /// out of the receipt.
    ///
    /// # Errors
    /// As [`Engine::plan_remove`]; `invalid-name` for a text that can be no tag; `invalid-request` for a tag to remove that
    /// stands in an artifact's own text.
    pub fn tag_artifacts(&self, request: &TagRequest) -> Result<Receipt> {
        let library = Library::open(&self.options.home)?;
        let (collection, artifacts) = self.in_one_collection(&library, &request.artifacts)?;
        let add = request.add.iter().map(|tag| checked(tag)).collect::<Result<Vec<_>>>()?;
        let remove: Vec<&str> = request.remove.iter().map(|tag| tag.trim()).collect();
        let mut edits = Vec::new();
        for artifact in artifacts {
            if let Some(tags) = retagged(&artifact, &add, &remove)? {
                let entry = EntryEdit { tags, ..EntryEdit::default() };
                edits.push(edit(&artifact, NewContent::Stays, entry));
            }
        }
        self.change_collection(&CollectionRequest {
            collection,
            kind: OperationKind::Collect,
            edits,
            plan: None,
        })
    }

    fn removal(&self, request: &RemoveRequest) -> Result<(CollectionRequest, Option<Problem>)> {
        let library = Library::open(&self.options.home)?;
        let (collection, artifacts) = self.in_one_collection(&library, &request.artifacts)?;
        let gone = |artifact: &Artifact<'_>| {
            edit(artifact, NewContent::Gone(Replaces::Anything), EntryEdit::default())
        };
        let edits: Vec<CollectionEdit> = artifacts.iter().map(gone).collect();
        let rows = self.ask(Cache::snapshot)?.artifacts.into_iter().flat_map(|one| one.deployments);
        let ids: Vec<String> = artifacts.iter().map(|artifact| artifact.id().to_string()).collect();
        let of = |row: &DeploymentRow| row.collection == collection && ids.contains(&row.artifact_id);
        let orphaned: Vec<DeploymentRow> = rows.filter(of).collect();
        let kind = OperationKind::Collect;
        Ok((CollectionRequest { collection, kind, edits, plan: request.plan.clone() }, told(&orphaned)))
    }

    /// The artifacts that are meant, and the one managed collection that they are in.
    fn in_one_collection<'l>(
        &self,
        library: &'l Library,
        wanted: &[ArtifactRef],
    ) -> Result<(String, Vec<Artifact<'l>>)> {
        let invalid = |reason: String| Error::InvalidRequest { reason };
        let found = wanted.iter().map(|wanted| library.find(wanted, &self.options.home));
        let mut found = found.collect::<Result<Vec<_>>>()?;
        let mut seen = HashSet::new();
        found.retain(|one| seen.insert((one.collection().to_owned(), one.id().clone())));
        let Some(first) = found.first() else { return Err(invalid("Say which artifacts.".to_owned())) };
        let row = &first.shelf.row;
        if row.linked {
            return Err(invalid(format!(
                "The collection “{}” is linked, so it is only read. Change the files in {} themselves.",
                row.collection, row.path
            )));
        }
        match found.iter().find(|other| other.collection() != first.collection()) {
            Some(other) => Err(invalid(format!(
                "{} is in {}, and {} in {}. Change one collection at a time.",
                first.id(),
                first.collection(),
                other.id(),
                other.collection()
            ))),
            None => Ok((row.collection.clone(), found)),
        }
    }
}

fn edit(artifact: &Artifact<'_>, content: NewContent, entry: EntryEdit) -> CollectionEdit {
    CollectionEdit { artifact: artifact.id().clone(), path: Some(artifact.path().clone()), content, entry }
}

/// What removing artifacts means for their deployments.
fn told(orphaned: &[DeploymentRow]) -> Option<Problem> {
    let first = orphaned.first()?;
    let more = match orphaned.len() {
        1 => String::new(),
        2 => " and 1 other place".to_owned(),
        count => format!(" and {} other places", count - 1),
    };
    let message = format!(
        "Deployed in {}{more}: copies and records there stay, as orphans that get no updates.",
        first.project_path
    );
    Some(Problem::new(Code::ArtifactNotFound, Severity::Notice, message).about(first.artifact_id.clone()))
}

/// What comes to the tags of an artifact's entry and what goes; `None` when they are so already.
fn retagged(artifact: &Artifact<'_>, add: &[String], remove: &[&str]) -> Result<Option<TagEdit>> {
    let entered = artifact.found.entry.as_ref().map(|entry| entry.tags.clone()).unwrap_or_default();
    let shown = artifact.shelf.collection.describe(artifact.found).tags;
    let own =
        |tag: &&&str| shown.iter().any(|known| known == **tag) && !entered.iter().any(|known| known == **tag);
    if let Some(tag) = remove.iter().find(own) {
        let main = artifact
            .found
            .main_file
            .as_ref()
            .map_or_else(|| artifact.path().to_string(), ToString::to_string);
        let reason = format!("The tag “{tag}” of {} stands in {main}. Remove it there.", artifact.id());
        return Err(Error::InvalidRequest { reason });
    }
    let mut new: Vec<String> = Vec::new();
    for tag in add {
        if !entered.contains(tag) && !shown.contains(tag) && !new.contains(tag) {
            new.push(tag.clone());
        }
    }
    let gone = remove.iter().filter(|tag| entered.iter().any(|known| known == **tag));
    let gone: Vec<String> = gone.map(|tag| (*tag).to_owned()).collect();
    Ok((!new.is_empty() || !gone.is_empty()).then_some(TagEdit::Change { add: new, remove: gone }))
}

fn checked(tag: &str) -> Result<String> {
    let trimmed = tag.trim();
    let reason = if trimmed.is_empty() {
        "it is blank"
    } else if trimmed.chars().count() > MAX_TAG {
        "it is longer than 64 characters"
    } else if trimmed.contains(|c: char| c == ',' || c.is_control()) {
        "it has a comma or a control character in it"
    } else {
        return Ok(trimmed.to_owned());
    };
    Err(Error::InvalidName { name: tag.to_owned(), reason })
}

//! The version chain of one artifact: upstream → lock → collection now → each deployment over time, and now.

use super::gate::Gate;
use super::library::Library;
use super::resync::artifact_row;
use super::{Engine, Undone};
use crate::cache::DeploymentRow;
use crate::collection::{self, Locked, Upstream};
use crate::error::{Problem, Result};
use crate::id::{ArtifactRef, ContentHash, ProjectPath};
use crate::journal::{Journal, OperationKind, Part};
use crate::manifest;
use crate::path::RelPath;
use crate::plan::Action;
use serde::{Deserialize, Serialize};
use toml::{Table, Value};

/// A copy as it is now, with what its record says of the versions before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct CopyVersion {
    /// The deployment.
    pub deployment: DeploymentRow,
    /// Hashes of the record's `version_lineage`, in its order, which SkillMeat writes newest first.
    pub lineage: Vec<String>,
}

/// Something that was done with a copy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct VersionEvent {
    /// When, ISO-8601 with offset.
    pub at: String,
    /// The operation.
    pub operation: String,
    /// What kind.
    pub kind: OperationKind,
    /// Who did it.
    pub holder: String,
    /// Whether it was undone.
    pub undone: Undone,
    /// The project.
    pub project_path: ProjectPath,
    /// The project's name.
    pub project_name: String,
    /// The profile.
    pub deployment_profile_id: String,
    /// The copy, relative to the project.
    pub path: RelPath,
    /// What was done.
    pub action: Action,
    /// The copy's content afterwards; none where there was no copy, or it is not known.
    pub content_hash: Option<String>,
}

/// The versions of one artifact; read from disk now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct ArtifactHistory {
    /// The artifact.
    pub artifact_id: String,
    /// Its collection.
    pub collection: String,
    /// Where it came from; none without an entry in `collection.toml`.
    pub upstream: Option<Upstream>,
    /// What was fetched; none without an entry in `collection.lock`.
    pub locked: Option<Locked>,
    /// Its content now.
    pub content_hash: Option<String>,
    /// When it was changed last, ISO-8601 with offset.
    pub modified_at: Option<String>,
    /// Its copies now, in order of first deployment.
    pub copies: Vec<CopyVersion>,
    /// What was done with its copies, newest first, as far as that is remembered.
    pub events: Vec<VersionEvent>,
    /// What could not be read.
    pub problems: Vec<Problem>,
}

impl Engine {
    /// The versions of one artifact.
    ///
    /// # Errors
    /// `artifact-not-found`, `ambiguous-artifact`; `io` and its relatives.
    pub fn artifact_history(&self, wanted: &ArtifactRef) -> Result<ArtifactHistory> {
        let library = Library::open(&self.options.home)?;
        let artifact = library.find(wanted, &self.options.home)?;
        let (id, root) = (artifact.id(), &artifact.shelf.root);
        let row = self.ask(|cache| {
            let gate = Gate::new(Some(cache), self.options.clock.as_ref());
            Ok(artifact_row(artifact, &gate, None))
        })?;
        let listed = self.ask(|cache| cache.artifact(artifact.collection(), &id.to_string()))?;
        let mut problems = Vec::new();
        let upstream = told(collection::upstream(root, id, artifact.path()), &mut problems).flatten();
        let locked = told(collection::locked(root, id), &mut problems).flatten();
        let deployments = listed.map(|listed| listed.deployments).unwrap_or_default();
        let copies = deployments.into_iter().map(|deployment| self.copy_version(deployment)).collect();
        let events = self.version_events(artifact.collection(), &id.to_string(), &mut problems)?;
        Ok(ArtifactHistory {
            artifact_id: id.to_string(),
            collection: artifact.collection().to_owned(),
            upstream,
            locked,
            content_hash: row.content_hash,
            modified_at: row.modified_at,
            copies,
            events,
            problems,
        })
    }

    /// A record that cannot be read now has its problem in its row already.
    fn copy_version(&self, deployment: DeploymentRow) -> CopyVersion {
        let lineage = || -> Option<Vec<String>> {
            let project = self.look_at(deployment.project_path.as_str()).ok()?;
            let manifest = manifest::read(&project.root, &deployment.profile_root_dir).ok()??;
            lineage(&manifest.render()?, &deployment)
        };
        let lineage = lineage().unwrap_or_default();
        CopyVersion { deployment, lineage }
    }

    fn version_events(
        &self,
        collection: &str,
        artifact_id: &str,
        problems: &mut Vec<Problem>,
    ) -> Result<Vec<VersionEvent>> {
        let (history, desktop) = (self.history(None)?, self.desktop()?);
        problems.extend(history.problems);
        let mut events = Vec::new();
        for entry in history.operations {
            let about = |id: &str, of: &str| id == artifact_id && of == collection;
            if !entry.items.iter().any(|item| about(&item.artifact_id, &item.collection)) {
                continue;
            }
            // One that was forgotten since it was listed tells no hashes.
            let parts =
                desktop.as_ref().and_then(|desktop| Journal::new(desktop).operation(&entry.operation).ok());
            let parts = parts.map(|parts| parts.parts).unwrap_or_default();
            for item in entry.items.into_iter().filter(|item| about(&item.artifact_id, &item.collection)) {
                events.push(VersionEvent {
                    at: entry.at.clone(),
                    operation: entry.operation.clone(),
                    kind: entry.kind,
                    holder: entry.holder.clone(),
                    undone: entry.undone,
                    content_hash: content_after(&parts, &item.project_path, &item.path),
                    project_path: item.project_path,
                    project_name: item.project_name,
                    deployment_profile_id: item.deployment_profile_id,
                    path: item.path,
                    action: item.action,
                });
            }
        }
        Ok(events)
    }
}

fn told<T>(read: Result<T>, problems: &mut Vec<Problem>) -> Option<T> {
    read.map_err(|error| problems.push(error.to_problem())).ok()
}

fn content_after(parts: &[Part], project: &ProjectPath, target: &RelPath) -> Option<String> {
    let of_project = parts.iter().filter(|part| part.project_path == *project);
    let step = of_project.flat_map(|part| &part.steps).find(|step| step.target == *target)?;
    let base = step.base_after.as_ref().map(|base| &base.fingerprint);
    step.after.as_ref().or(base).map(|fingerprint| fingerprint.content.to_string())
}

/// The hashes that a deployment's record names as its versions.
fn lineage(manifest: &str, deployment: &DeploymentRow) -> Option<Vec<String>> {
    let file: Table = toml::from_str(manifest.strip_prefix('\u{feff}').unwrap_or(manifest)).ok()?;
    let profile = |record: &Table| {
        let named =
            record.get("deployment_profile_id").and_then(Value::as_str).unwrap_or(manifest::DEFAULT_PROFILE);
        named.replace('-', "_")
    };
    let is_it = |record: &&Table| {
        record.get("artifact_path").and_then(Value::as_str) == Some(deployment.artifact_path.as_str())
            && profile(record) == deployment.deployment_profile_id
    };
    let records = file.get("deployed")?.as_array()?;
    let record = records.iter().filter_map(Value::as_table).find(is_it)?;
    let hashes = record.get("version_lineage")?.as_array()?.iter().filter_map(Value::as_str);
    Some(hashes.filter(|hash| ContentHash::parse(hash).is_some()).map(str::to_owned).collect())
}

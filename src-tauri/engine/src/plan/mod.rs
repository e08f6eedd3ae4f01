//! From a request and the state of the world to a [`Plan`]: pure functions, no disk.

mod collect;
mod decide;
mod only;
mod update;

pub use collect::{CollectionEdit, CollectionRequest, NewContent, Replaces};
pub use decide::{
    Decision, Target, deploy as decide_deploy, local_changes, no_place_for, undeploy as decide_undeploy,
    unmanaged,
};

pub use only::SetTarget;
pub use update::{
    DeploymentFiles, DeploymentRef, FileChoice, ResolveRequest, Take, UpdateRequest, both_changed, clash,
    takes,
};

use crate::error::Problem;
use crate::id::{ArtifactRef, ProjectPath};
use crate::path::RelPath;
use serde::{Deserialize, Serialize};

/// What to do where the target is not what we deployed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "lowercase")]
pub enum OnConflict {
    /// Refuse this target; the others go on.
    #[default]
    Stop,
    /// Leave this target alone and count it as skipped.
    Skip,
    /// Go ahead; the old content goes to the trash first.
    Overwrite,
    /// Leave the bytes as they are and write a record that names them.
    Keep,
}

/// A person's answer for one target of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct Choice {
    /// The target's project.
    pub project_path: String,
    /// The target, relative to the project: [`PlanItem::path`].
    pub path: RelPath,
    /// What to do there.
    pub on_conflict: OnConflict,
}

/// Which artifacts to deploy where.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(default)]
pub struct DeployRequest {
    /// The artifacts; empty only with `all`.
    pub artifacts: Vec<ArtifactRef>,
    /// Every artifact that the profile supports.
    pub all: bool,
    /// With `all`: only the artifacts of this collection.
    pub collection: Option<String>,
    /// Project folders; one that is not registered yet becomes registered.
    pub projects: Vec<String>,
    /// Profile ids; without any, the project's only profile, else `claude_code`.
    pub profiles: Vec<String>,
    /// Every profile of each project.
    pub all_profiles: bool,
    /// A sub-folder below the kind's folder.
    pub dest: Option<String>,
    /// The answer for targets that have no answer of their own.
    pub on_conflict: OnConflict,
    /// Answers for single targets.
    pub choices: Vec<Choice>,
    /// Only these of all targets, each in its own profile; empty means all.
    pub only: Vec<SetTarget>,
    /// The plan that the person agreed to; refused with `plan-stale` when it is no longer the plan.
    pub plan: Option<String>,
}

/// Which artifacts to remove from where.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(default)]
pub struct UndeployRequest {
    /// The artifacts, found among the records (orphans included); empty only with `all`.
    pub artifacts: Vec<ArtifactRef>,
    /// Every record.
    pub all: bool,
    /// With `all`: only the records that name this collection.
    pub collection: Option<String>,
    /// Project folders.
    pub projects: Vec<String>,
    /// Profile ids; without any, every profile's copy.
    pub profiles: Vec<String>,
    /// Only the copies at these places, relative to the project; empty means any.
    pub paths: Vec<RelPath>,
    /// Remove edited copies too; they go to the trash first.
    pub discard_edits: bool,
    /// Answers for single targets (`skip` or `overwrite`).
    pub choices: Vec<Choice>,
    /// Only these of all copies, each in its own project and profile; empty means all.
    pub only: Vec<SetTarget>,
    /// The plan that the person agreed to.
    pub plan: Option<String>,
}

/// Which operation to undo.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(default)]
pub struct UndoRequest {
    /// The operation; without one, the newest that is not undone yet.
    pub operation: Option<String>,
    /// The answer for targets that have no answer of their own (`stop`, `skip` or `overwrite`).
    pub on_conflict: OnConflict,
    /// Answers for single targets.
    pub choices: Vec<Choice>,
    /// The plan that the person agreed to.
    pub plan: Option<String>,
}

/// What is done, or would be done, to one target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "lowercase")]
pub enum Action {
    /// A new copy.
    Created,
    /// A copy replaced by newer content.
    Updated,
    /// Nothing to do: content and record are right.
    Unchanged,
    /// The content was there already; a record is written.
    Adopted,
    /// Different content stays; a record is written.
    Kept,
    /// Copy and record removed.
    Removed,
    /// Nothing, because it was refused, skipped or failed.
    None,
}

/// One target of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct PlanItem {
    /// The artifact.
    pub artifact_id: String,
    /// Its collection.
    pub collection: String,
    /// The project.
    pub project_path: ProjectPath,
    /// The project's name.
    pub project_name: String,
    /// The profile.
    pub deployment_profile_id: String,
    /// The target, relative to the project: `.claude/skills/review`.
    pub path: Option<RelPath>,
    /// What would be done, after the choices of the request.
    pub action: Action,
    /// Why a choice is needed: `local-changes` or `unmanaged-target`. Stays after a choice was made.
    pub conflict: Option<Problem>,
    /// The answers that make sense for the conflict; empty without one.
    pub choices: Vec<OnConflict>,
    /// The answer in force for the conflict.
    pub choice: OnConflict,
    /// Why it cannot be done at all.
    pub problem: Option<Problem>,
    /// Files that would be written or removed.
    pub files: u64,
    /// Bytes that would be written or removed.
    pub bytes: u64,
    /// Files that were edited in the project and stay as they are; relative to the artifact.
    pub edited: Vec<RelPath>,
    /// Of a push: files that the collection takes over from the project, also ones that go; relative to the artifact.
    pub taken: Vec<RelPath>,
}

/// Counts over a plan's items.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct PlanTotals {
    /// New copies.
    pub created: u64,
    /// Replaced copies.
    pub updated: u64,
    /// Nothing to do.
    pub unchanged: u64,
    /// Equal content that gets a record.
    pub adopted: u64,
    /// Different content that stays and gets a record.
    pub kept: u64,
    /// Copies and records removed.
    pub removed: u64,
    /// Left alone by choice.
    pub skipped: u64,
    /// Conflicts that still need a choice.
    pub conflicts: u64,
    /// Cannot be done.
    pub failed: u64,
    /// Files written or removed.
    pub files: u64,
    /// Bytes written or removed.
    pub bytes: u64,
}

/// What an operation would do. The id is a digest of everything the plan was made from: the same world and
/// the same request give the same id, so a plan that is no longer true is noticed when it is applied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct Plan {
    /// Pass it back in the request's `plan` to have exactly this done or nothing.
    pub id: String,
    /// One entry per artifact, project and profile.
    pub items: Vec<PlanItem>,
    /// Sums over the items.
    pub totals: PlanTotals,
    /// Things worth saying that concern no single item: for example that every profile's copy is removed.
    pub notices: Vec<Problem>,
}

impl PlanItem {
    /// An undecided target of an artifact in a project (path and name) and a profile.
    pub fn new(artifact_id: String, collection: &str, project: (&ProjectPath, &str), profile: &str) -> Self {
        Self {
            artifact_id,
            collection: collection.to_owned(),
            project_path: project.0.clone(),
            project_name: project.1.to_owned(),
            deployment_profile_id: profile.to_owned(),
            path: None,
            action: Action::None,
            conflict: None,
            choices: Vec::new(),
            choice: OnConflict::Stop,
            problem: None,
            files: 0,
            bytes: 0,
            edited: Vec::new(),
            taken: Vec::new(),
        }
    }
}

impl PlanTotals {
    /// Sums up items.
    pub fn of(items: &[PlanItem]) -> Self {
        let mut totals = Self::default();
        for item in items {
            let counter = match item.action {
                Action::Created => &mut totals.created,
                Action::Updated => &mut totals.updated,
                Action::Unchanged => &mut totals.unchanged,
                Action::Adopted => &mut totals.adopted,
                Action::Kept => &mut totals.kept,
                Action::Removed => &mut totals.removed,
                Action::None if item.problem.is_some() => &mut totals.failed,
                Action::None if item.choice == OnConflict::Skip => &mut totals.skipped,
                Action::None => &mut totals.conflicts,
            };
            *counter += 1;
            if matches!(item.action, Action::Created | Action::Updated | Action::Removed) {
                totals.files += item.files;
                totals.bytes += item.bytes;
            }
        }
        totals
    }
}

/// The answer in force for a target: its own, else the request's.
pub fn choice_for(
    choices: &[Choice],
    fallback: OnConflict,
    project: &ProjectPath,
    path: &RelPath,
) -> OnConflict {
    let own = choices.iter().find(|choice| choice.project_path == project.as_str() && choice.path == *path);
    own.map_or(fallback, |choice| choice.on_conflict)
}

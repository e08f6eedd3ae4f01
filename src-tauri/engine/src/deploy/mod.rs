//! The write path: stage, swap, record.

use crate::error::Problem;
use crate::id::ProjectPath;
use crate::path::RelPath;
use crate::plan::Action;
use serde::{Deserialize, Serialize};

/// How one target ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// Done, or nothing had to be done.
    Success,
    /// Refused or failed.
    Failed,
    /// Left alone by choice.
    Skipped,
}

/// Whether the cache could follow the files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "lowercase")]
pub enum CacheState {
    /// It did.
    Synced,
    /// It did not; files and records are right, and the cache is rebuilt from them.
    Stale,
}

/// What happened to one target. Field names are part of the `skm --json` contract.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct TargetResult {
    /// The artifact.
    pub artifact_id: String,
    /// Its collection.
    pub collection: String,
    /// The project.
    pub project_path: ProjectPath,
    /// The profile.
    pub deployment_profile_id: String,
    /// How it ended.
    pub status: Outcome,
    /// What was done.
    pub action: Action,
    /// The target, relative to the project.
    pub path: Option<RelPath>,
    /// Files written or removed.
    pub files: u64,
    /// Bytes written or removed.
    pub bytes: u64,
    /// The problem's message, when there is one.
    pub error: Option<String>,
    /// Why it failed or was skipped.
    pub problem: Option<Problem>,
}

/// Counts over a receipt's results.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct Totals {
    /// Done.
    pub succeeded: u64,
    /// Refused or failed.
    pub failed: u64,
    /// Left alone by choice.
    pub skipped: u64,
    /// Nothing had to be done; not counted as succeeded.
    pub unchanged: u64,
}

/// The answer to `deploy` and `undeploy`. When it exists, everything in it is on disk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct Receipt {
    /// The operation's id; empty work has one too.
    pub operation: String,
    /// Nothing was written; this is what would happen.
    pub dry_run: bool,
    /// Whether the cache followed.
    pub cache: CacheState,
    /// Sums over the results.
    pub totals: Totals,
    /// One entry per artifact, project and profile.
    pub results: Vec<TargetResult>,
}

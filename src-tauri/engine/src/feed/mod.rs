//! The change feed: what happened, told after it was committed, never before.

mod publish;

pub use crate::cache::Change;
pub use publish::{Feed, Publisher};

use crate::error::Problem;
use crate::id::ProjectPath;
use crate::settings::Settings;
use serde::{Deserialize, Serialize};

/// Who caused a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    /// A call of this process.
    Command,
    /// A file that was seen to change.
    Watcher,
    /// The scan at start.
    Startup,
    /// A scan on demand.
    Resync,
    /// Another process.
    External,
}

/// A batch of committed changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct LibraryChanged {
    /// The cache file's epoch.
    pub epoch: String,
    /// The revision before these changes: equal to the last one seen, or something was missed.
    pub since: u64,
    /// The revision after these changes.
    pub revision: u64,
    /// Who caused them.
    pub origin: Origin,
    /// The operation that caused them.
    pub operation: Option<String>,
    /// The rows.
    pub changes: Vec<Change>,
}

/// What an operation is busy with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "lowercase")]
pub enum Phase {
    /// Reading collections and projects.
    Scan,
    /// Comparing request and world.
    Plan,
    /// Copying beside the targets.
    Stage,
    /// Putting the copies in place.
    Swap,
    /// Writing records.
    Record,
    /// Ended.
    Done,
}

/// How far an operation is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct OperationProgressed {
    /// The operation's id.
    pub operation: String,
    /// What it is busy with.
    pub phase: Phase,
    /// Steps done.
    pub done: u64,
    /// Steps in all; 0 when unknown.
    pub total: u64,
    /// What it is about: a project's path, an artifact's id.
    pub subject: Option<String>,
}

/// The snapshot a window holds can no longer be brought up to date by changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct ResyncRequired {
    /// Why, in a sentence.
    pub reason: String,
}

/// Something a person should look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct AttentionRaised {
    /// What.
    pub problem: Problem,
    /// In which project.
    pub project: Option<ProjectPath>,
}

/// Everything the engine tells.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(clippy::large_enum_variant, reason = "events are few and short-lived")]
pub enum Event {
    /// Rows changed.
    LibraryChanged(LibraryChanged),
    /// An operation moved on.
    OperationProgressed(OperationProgressed),
    /// A new snapshot is needed.
    ResyncRequired(ResyncRequired),
    /// Someone should look.
    AttentionRaised(AttentionRaised),
    /// The settings changed.
    SettingsChanged(Settings),
}

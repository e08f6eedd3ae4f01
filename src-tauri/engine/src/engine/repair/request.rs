//! What can be asked about damage, and what is answered.

use crate::error::Problem;
use crate::id::ProjectPath;
use crate::path::RelPath;
use serde::{Deserialize, Serialize};

/// What can be done about damage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "kebab-case")]
pub enum Repair {
    /// Put the last good copy in the place of a manifest that does not parse.
    RestoreManifest,
    /// Set a manifest that does not parse aside, and write records for what still parses of it and for what is on
    /// disk.
    RebuildManifest,
    /// Put records back that another program took out.
    RestoreRecords,
    /// Take it that another program took the records out on purpose; their copies stay where they are.
    ForgetRecords,
    /// Set a settings or state file that does not parse aside, and start without it.
    SetAside,
}

/// Asks for one repair.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct RepairRequest {
    /// The project, for a repair of a manifest.
    #[serde(default)]
    pub project_path: Option<String>,
    /// The profile root whose manifest it is.
    #[serde(default)]
    pub profile_root_dir: Option<RelPath>,
    /// The file, for a repair of anything else: the subject of its problem.
    #[serde(default)]
    pub subject: Option<String>,
    /// What to do.
    pub repair: Repair,
}

/// What a repair came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct Repaired {
    /// The operation, by which the trash names what was replaced.
    pub operation: String,
    /// The file that was repaired, absolute; one that was set aside, where it is now.
    pub subject: String,
    /// How many records it has now that work.
    pub records: u64,
    /// Whether there was a file to replace; it is in the trash then.
    pub trashed: bool,
    /// What is still to be said about this file.
    pub problems: Vec<Problem>,
}

/// Damage that was found, and what can be done about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct Finding {
    /// What is wrong.
    pub problem: Problem,
    /// The project it is in; none for a file of our own home.
    pub project_path: Option<ProjectPath>,
    /// The profile root whose manifest it is about.
    pub profile_root_dir: Option<RelPath>,
    /// The repairs that can work, the best one first.
    pub repairs: Vec<Repair>,
}

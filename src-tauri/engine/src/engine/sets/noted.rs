//! Which set an operation deployed: `desktop/set-deploys/<operation>.json`. The history names artifacts and no sets, so
//! this is a note of its own. Like the one of what is left it is a convenience, never flushed, and believed no further
//! than a request is.

use super::SetResolution;
use super::left::{file, forget_old};
use crate::deploy::{Outcome, Receipt};
use crate::error::{Error, Result};
use crate::fs::Root;
use crate::path::RelPath;
use crate::plan::{Action, DeployRequest};
use crate::settings::Pin;
use serde::{Deserialize, Serialize};

const FOLDER: &str = "set-deploys";
/// Larger notes are refused: 1 MiB.
const MAX_BYTES: u64 = 1024 * 1024;

/// A set, and how it was deployed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::engine) struct SetDeploy {
    /// The set's collection.
    pub(in crate::engine) collection: String,
    /// The set's id.
    pub(in crate::engine) set_id: String,
    /// The profiles that were asked for.
    pub(in crate::engine) profiles: Vec<String>,
    /// Whether every profile was asked for.
    pub(in crate::engine) all_profiles: bool,
}

impl SetDeploy {
    pub(super) fn of(set: &SetResolution, deploy: &DeployRequest) -> Self {
        Self {
            collection: set.collection.clone(),
            set_id: set.set_id.clone(),
            profiles: deploy.profiles.clone(),
            all_profiles: deploy.all_profiles,
        }
    }

    /// The set.
    pub(in crate::engine) fn pin(&self) -> Pin {
        Pin::Set { collection: self.collection.clone(), set_id: self.set_id.clone() }
    }

    /// Reads the note on an operation; none where there is none, or it is no note.
    pub(in crate::engine) fn read(desktop: &Root, operation: &str) -> Option<Self> {
        let bytes = desktop.read(&file(FOLDER, operation).ok()?, MAX_BYTES).ok()??;
        serde_json::from_slice(&bytes).ok()
    }

    /// Writes the note on an operation that changed something. Not being able to costs a name in a menu and nothing else.
    pub(super) fn note(&self, desktop: &Root, receipt: &Receipt) {
        let changed = |action: Action| !matches!(action, Action::Unchanged | Action::None);
        let done = receipt.results.iter().any(|one| one.status == Outcome::Success && changed(one.action));
        let note = || -> Result<()> {
            let text = serde_json::to_vec(self)
                .map_err(|error| Error::Internal { what: format!("a note of a set's deploy: {error}") })?;
            desktop.create_folders(&RelPath::new(FOLDER)?)?;
            desktop.replace(&file(FOLDER, &receipt.operation)?, &text)?;
            forget_old(desktop, FOLDER)
        };
        if done && let Err(error) = note() {
            tracing::warn!(%error, "which set was deployed could not be noted");
        }
    }
}

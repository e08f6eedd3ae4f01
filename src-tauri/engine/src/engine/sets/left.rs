//! What a deploy of a set has left undone, so that it can be tried again: `desktop/left/<operation>.json`.
//!
//! A part of an operation that could not do anything leaves no history, so this is a note of its own. It is written before the first project with
//! everything that was asked for, and once more at the end with what failed or was stopped; when nothing is left, it goes.
//! So after a crash in the middle the same operation can be asked for again: what is there already is unchanged then. It
//! is a convenience, never flushed, and believed no further than a request is: it names a set and places, and all of that
//! is looked up and checked as if a person had typed it.

use super::{SetRef, SetResolution};
use crate::engine::Engine;
use crate::error::{Error, Result, SetError};
use crate::fs::Root;
use crate::path::RelPath;
use crate::plan::{DeployRequest, SetTarget};
use serde::{Deserialize, Serialize};

const FOLDER: &str = "left";
/// Larger notes are refused: 16 MiB.
const MAX_BYTES: u64 = 16 * 1024 * 1024;
/// So many operations can be tried again; older ones are forgotten.
const KEPT: usize = 100;

/// What is left of one operation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Left {
    /// The set's collection.
    pub(super) collection: String,
    /// The set's id.
    pub(super) set_id: String,
    /// The profiles that were asked for.
    pub(super) profiles: Vec<String>,
    /// Whether every profile was asked for.
    pub(super) all_profiles: bool,
    /// Its targets that are not as they should be.
    pub(super) targets: Vec<SetTarget>,
}

impl Left {
    pub(super) fn of(set: &SetResolution, deploy: &DeployRequest, targets: Vec<SetTarget>) -> Self {
        Self {
            collection: set.collection.clone(),
            set_id: set.set_id.clone(),
            profiles: deploy.profiles.clone(),
            all_profiles: deploy.all_profiles,
            targets,
        }
    }

    /// Reads what is left of an operation.
    ///
    /// # Errors
    /// `operation-not-found` where nothing is; `io` and its relatives.
    pub(super) fn read(engine: &Engine, operation: &str) -> Result<Self> {
        let none = || SetError::NothingLeft { operation: operation.to_owned() };
        let desktop = engine.desktop()?.ok_or_else(none)?;
        // An id leads nowhere else.
        if operation.len() != 32 || !operation.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(none().into());
        }
        let bytes = desktop.read(&file(FOLDER, operation)?, MAX_BYTES)?.ok_or_else(none)?;
        serde_json::from_slice(&bytes).map_err(|_| none().into())
    }

    /// Writes the note, or takes it away when nothing is left. Not being able to costs the retry and nothing else.
    pub(super) fn note(&self, desktop: &Root, operation: &str) {
        let note = || -> Result<()> {
            let file = file(FOLDER, operation)?;
            if self.targets.is_empty() {
                return desktop.remove(&file);
            }
            let text = serde_json::to_vec(self)
                .map_err(|error| Error::Internal { what: format!("a note of what is left: {error}") })?;
            desktop.create_folders(&RelPath::new(FOLDER)?)?;
            desktop.replace(&file, &text)?;
            forget_old(desktop, FOLDER)
        };
        if let Err(error) = note() {
            tracing::warn!(%error, "what is left of a set's deploy could not be noted");
        }
    }

    /// The set.
    pub(super) fn set(&self) -> SetRef {
        SetRef { name: self.set_id.clone(), collection: Some(self.collection.clone()) }
    }
}

/// Forgets all but the newest notes of a folder. Ids grow with time, so names sort by age.
pub(super) fn forget_old(desktop: &Root, folder: &str) -> Result<()> {
    let entries = desktop.list(Some(&RelPath::new(folder)?))?;
    let mut names: Vec<String> = entries.into_iter().map(|entry| entry.name).collect();
    names.retain(|name| name.ends_with(".json") && !name.starts_with('.'));
    names.sort();
    for name in names.iter().rev().skip(KEPT) {
        desktop.remove(&RelPath::new(format!("{folder}/{name}"))?)?;
    }
    Ok(())
}

/// The note on an operation.
pub(super) fn file(folder: &str, operation: &str) -> Result<RelPath> {
    RelPath::new(format!("{folder}/{operation}.json"))
}

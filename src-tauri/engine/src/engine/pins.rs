//! What a person pinned: artifacts and sets that are at hand wherever something is deployed quickly.
//!
//! A pin is a name and nothing else: pinning copies nothing, and what is gone from its collection stays pinned, and is
//! told as missing, until it is back or unpinned.

use super::Engine;
use super::library::{Library, Query};
use super::sets::{SetRef, SetRows};
use crate::error::Result;
use crate::feed::Event;
use crate::id::{ArtifactId, ArtifactRef};
use crate::settings::{self, Pin};
use serde::{Deserialize, Serialize};

/// What to pin, or to unpin.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(default)]
pub struct PinRequest {
    /// Artifacts.
    pub artifacts: Vec<ArtifactRef>,
    /// Deployment sets.
    pub sets: Vec<SetRef>,
}

/// One thing that is pinned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct PinnedRow {
    /// What it is.
    pub pin: Pin,
    /// What to call it: an artifact's id, a set's name; of a set that is missing, its id.
    pub name: String,
    /// It is not in its collection.
    pub missing: bool,
}

impl Engine {
    /// What is pinned, in the order in which it was; read from disk now.
    ///
    /// # Errors
    /// `config-invalid`; `io` and its relatives.
    pub fn pins(&self) -> Result<Vec<PinnedRow>> {
        let pins = self.settings()?.pins;
        let library = Library::open(&self.options.home)?;
        let sets = SetRows::read(&library);
        let row = |pin: Pin| {
            let (name, missing) = match &pin {
                Pin::Artifact { collection, artifact_id } => {
                    let id = ArtifactId::parse(artifact_id).ok();
                    let there = id.is_some_and(|id| library.get(collection, &id).is_some());
                    // What a collection that cannot be read has nobody knows.
                    (artifact_id.clone(), !there && !library.is_unreadable(collection))
                }
                Pin::Set { collection, set_id } => {
                    let set = sets.set(collection, set_id);
                    let unknown = library.is_unreadable(collection) || !sets.knows(collection);
                    (
                        set.as_ref().map_or_else(|| set_id.clone(), |set| set.name.clone()),
                        set.is_none() && !unknown,
                    )
                }
            };
            PinnedRow { pin, name, missing }
        };
        Ok(pins.into_iter().map(row).collect())
    }

    /// Pins artifacts and sets, after what is pinned already, and tells everybody.
    ///
    /// # Errors
    /// `artifact-not-found`, `ambiguous-artifact`, `collection-not-found`, `set-not-found`, `feature-disabled` for a set
    /// where these are switched off; `config-invalid`; `io` and its relatives. Nothing is pinned then.
    pub fn pin(&self, request: &PinRequest) -> Result<Vec<PinnedRow>> {
        let library = Library::open(&self.options.home)?;
        let artifacts = request.artifacts.iter().map(|wanted| self.artifact_pin(&library, wanted));
        let sets = request.sets.iter().map(|wanted| self.set_pin(wanted));
        let new = artifacts.chain(sets).collect::<Result<Vec<Pin>>>()?;
        self.change_pins(&new, &[])
    }

    /// Takes pins away, also of what is gone from its collection, and tells everybody. What is there and was not pinned
    /// stays so.
    ///
    /// # Errors
    /// As [`Engine::pin`] for what is neither pinned nor there.
    pub fn unpin(&self, request: &PinRequest) -> Result<Vec<PinnedRow>> {
        let pins = self.pins()?;
        let mut gone = Vec::new();
        for wanted in &request.artifacts {
            let meant = named(&pins, |row| is_artifact(row, wanted, true));
            let meant =
                if meant.is_empty() { named(&pins, |row| is_artifact(row, wanted, false)) } else { meant };
            match meant.is_empty() {
                true => gone.push(self.artifact_pin(&Library::open(&self.options.home)?, wanted)?),
                false => gone.extend(meant),
            }
        }
        for wanted in &request.sets {
            let meant = named(&pins, |row| is_set(row, wanted));
            match meant.is_empty() {
                true => gone.push(self.set_pin(wanted)?),
                false => gone.extend(meant),
            }
        }
        self.change_pins(&[], &gone)
    }

    fn change_pins(&self, new: &[Pin], gone: &[Pin]) -> Result<Vec<PinnedRow>> {
        self.with_settings_locked(|| settings::change_pins(&self.options.home, new, gone))?;
        self.feed.publish(&Event::SettingsChanged(self.settings()?));
        self.pins()
    }

    fn artifact_pin(&self, library: &Library, wanted: &ArtifactRef) -> Result<Pin> {
        let found = library.find(wanted, &self.options.home)?;
        Ok(Pin::Artifact { collection: found.collection().to_owned(), artifact_id: found.id().to_string() })
    }

    fn set_pin(&self, wanted: &SetRef) -> Result<Pin> {
        let found = self.find_set_id(wanted)?;
        Ok(Pin::Set { collection: found.collection, set_id: found.set_id })
    }
}

fn named(pins: &[PinnedRow], is_meant: impl Fn(&PinnedRow) -> bool) -> Vec<Pin> {
    pins.iter().filter(|row| is_meant(row)).map(|row| row.pin.clone()).collect()
}

fn is_artifact(row: &PinnedRow, wanted: &ArtifactRef, exact: bool) -> bool {
    let Pin::Artifact { collection, artifact_id } = &row.pin else { return false };
    let means = |id: ArtifactId| Query::parse(&wanted.artifact_id).matches(&id, exact);
    wanted.collection.as_ref().is_none_or(|name| name == collection)
        && ArtifactId::parse(artifact_id).map_or(*artifact_id == wanted.artifact_id, means)
}

fn is_set(row: &PinnedRow, wanted: &SetRef) -> bool {
    let Pin::Set { collection, set_id } = &row.pin else { return false };
    wanted.collection.as_ref().is_none_or(|name| name == collection)
        && [set_id, &row.name].contains(&&wanted.name)
}

//! What to change in a collection.

use crate::collection::EntryEdit;
use crate::id::{ArtifactId, ArtifactRef, ContentHash};
use crate::journal::OperationKind;
use crate::path::RelPath;
use std::path::PathBuf;

/// What to change in one managed collection.
#[derive(Debug, Clone)]
pub struct CollectionRequest {
    /// Its name.
    pub collection: String,
    /// What the history calls it.
    pub kind: OperationKind,
    /// The changes, each of another artifact.
    pub edits: Vec<CollectionEdit>,
    /// The plan that the person agreed to; refused with `plan-stale` when it is no longer the plan.
    pub plan: Option<String>,
}

/// What to change of one artifact.
#[derive(Debug, Clone)]
pub struct CollectionEdit {
    /// The artifact as it is called, or will be called, in the collection.
    pub artifact: ArtifactId,
    /// Its file or folder, relative to the collection; without one where it is, or below its kind's folder.
    pub path: Option<RelPath>,
    /// What becomes of its content.
    pub content: NewContent,
    /// What its entry says afterwards; of no use for one that goes.
    pub entry: EntryEdit,
}

/// What becomes of an artifact's content.
#[derive(Debug, Clone)]
pub enum NewContent {
    /// It stays; only the entry changes.
    Stays,
    /// It goes to the trash, and the entry goes.
    Gone(Replaces),
    /// A copy of a file or folder, given by its absolute path, takes its place. The old content goes to the trash.
    From(PathBuf, Replaces),
}

/// What may be replaced or removed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Replaces {
    /// Nothing: something that is there is a `name-clash`, unless it is the same content.
    Nothing,
    /// Whatever is there.
    Anything,
    /// This content; something else there is refused with `plan-stale`.
    Only(ContentHash),
}

impl CollectionEdit {
    /// The artifact as it is asked for.
    pub fn artifact_ref(&self) -> ArtifactRef {
        ArtifactRef { artifact_id: self.artifact.to_string(), collection: None }
    }
}

//! One part of an operation.

use crate::error::{Error, Result};
use crate::fs::Fingerprint;
use crate::id::{OperationId, ProjectPath};
use crate::manifest::RecordKey;
use crate::path::RelPath;
use serde::{Deserialize, Serialize};

/// What kind of operation it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "lowercase")]
pub enum OperationKind {
    /// Artifacts were deployed.
    Deploy,
    /// Deployments were removed.
    Undeploy,
    /// Deployments were brought up to their collection.
    Update,
    /// An earlier operation was undone.
    Undo,
    /// A collection was changed: artifacts added, replaced or removed, or what their entries say.
    Collect,
    /// What lay in a project or folder was taken into a collection.
    Import,
    /// What was edited in a project's copies was taken into their collection.
    Push,
}

/// How far a part is (see the module's table).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// Copies are made.
    Staging,
    /// Everything is in the stage; targets may be swapped.
    Prepared,
    /// Everything was put back.
    Abandoned,
}

/// What a step does to its target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Effect {
    /// A new copy where nothing was.
    Created,
    /// A new copy in the place of an old one, which is kept.
    Updated,
    /// The copy is taken away and kept.
    Removed,
    /// The bytes stay; they equal the collection's, and a record is written.
    Adopted,
    /// The bytes stay though they differ, and a record is written.
    Kept,
    /// The bytes stay or are gone already; the record goes.
    Unrecorded,
}

/// What a deployment was when it was deployed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Base {
    /// What the copy was.
    #[serde(flatten)]
    pub fingerprint: Fingerprint,
    /// The pack that holds its content: the name of a part.
    pub pack: String,
    /// Its listing in the pack.
    pub tree: String,
}

/// One target of a part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepNote {
    /// Its place in the stage and, afterwards, in the trash.
    pub slot: String,
    /// The target, relative to the project.
    pub target: RelPath,
    /// What is done.
    pub effect: Effect,
    /// The artifact.
    pub artifact_id: String,
    /// Its collection.
    pub collection: String,
    /// Its record.
    pub record: RecordKey,
    /// What a group or set says afterwards, as a digest; none when it is gone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub says: Option<String>,
    /// Which tree is replaced or removed: its own files, and not others like them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    /// What a new copy is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<Fingerprint>,
    /// What the deployment was before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base_before: Option<Base>,
    /// What the deployment is afterwards.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base_after: Option<Base>,
    /// A digest of what the entry of a collection says afterwards.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entry_after: Option<String>,
    /// Ignored entries of the old tree that move into the new one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub carried: Vec<String>,
    /// Files written or removed.
    pub files: u64,
    /// Bytes written or removed.
    pub bytes: u64,
    /// Bytes of the old tree, which is kept.
    pub kept_bytes: u64,
}

/// What a part changes in the folder that it works in. A file that commits belongs to it: the manifest of the profile
/// root, `collection.toml`, or the file of sets.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "Option<String>", into = "Option<String>")]
pub enum Place {
    /// The deployment sets of a collection. They come before what they refer to, so that an operation that was cut off in
    /// between can be asked for once more.
    Sets,
    /// A collection as a whole.
    Collection,
    /// A profile root of a project, relative to it.
    Profile(RelPath),
}

/// How the journal writes the place of sets: no profile root, which is relative.
const SETS: &str = "/sets";

impl TryFrom<Option<String>> for Place {
    type Error = Error;
    fn try_from(root: Option<String>) -> Result<Self> {
        match root {
            None => Ok(Self::Collection),
            Some(root) if root == SETS => Ok(Self::Sets),
            Some(root) => RelPath::new(root).map(Self::Profile),
        }
    }
}

impl From<Place> for Option<String> {
    fn from(place: Place) -> Self {
        match place {
            Place::Collection => None,
            Place::Sets => Some(SETS.to_owned()),
            Place::Profile(root) => Some(root.as_str().to_owned()),
        }
    }
}

impl Place {
    /// Whether it is a collection's, and not a project's.
    pub fn is_collection(&self) -> bool {
        !matches!(self, Self::Profile(_))
    }
}

/// A file that is written after the commit: `collection.lock`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Follows {
    /// Its text before; `None` when there was none.
    pub before: Option<String>,
    /// SHA-256 of its text afterwards; `None` when there is none.
    pub after: Option<String>,
}

/// What an operation does to one profile root, or to one collection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// The operation.
    pub operation: OperationId,
    /// Which part of it, from 0.
    pub number: u32,
    /// What kind of operation.
    pub kind: OperationKind,
    /// When it began, ISO-8601 with offset.
    pub at: String,
    /// Who does it: `the window`, `skm deploy`.
    pub holder: String,
    /// The operation that it undoes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undoes: Option<String>,
    /// The folder that it works in: the project's, or the collection's.
    pub project_path: ProjectPath,
    /// The name of either.
    pub project_name: String,
    /// What it changes there.
    #[serde(rename = "profile_root")]
    pub place: Place,
    /// How far it is.
    pub state: State,
    /// Whether it was finished by another process, after a crash.
    #[serde(default)]
    pub recovered: bool,
    /// Folders that were not there before, outermost first.
    #[serde(default)]
    pub missing_folders: Vec<RelPath>,
    /// The manifest's text before; `None` when there was none.
    #[serde(default)]
    pub manifest_before: Option<String>,
    /// SHA-256 of the manifest's text afterwards; `None` when there is none.
    #[serde(default)]
    pub manifest_after: Option<String>,
    /// The file beside it that follows the commit; a collection has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub follows: Option<Follows>,
    /// What is done.
    #[serde(default)]
    pub steps: Vec<StepNote>,
    /// Whether the ledger knows of it already, though old trees still wait in the stage for room in the trash. Others
    /// may have worked on the same targets since.
    #[serde(default)]
    pub noted: bool,
    /// Targets that were not as they should be, and whose old tree could not be put back: it is in the stage.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stranded: Vec<StepNote>,
}

impl Part {
    /// The packs that hold what its deployments were before and are afterwards.
    pub fn packs(&self) -> impl Iterator<Item = &str> {
        let bases = self.steps.iter().flat_map(|step| [&step.base_before, &step.base_after]);
        bases.flatten().map(|base| base.pack.as_str())
    }

    /// The name of its file, its pack and its folder in the trash.
    pub fn name(&self) -> String {
        part_name(&self.operation, self.number)
    }
}

/// The name of an operation's part.
pub(super) fn part_name(operation: &OperationId, number: u32) -> String {
    format!("{operation}-{number:04}")
}

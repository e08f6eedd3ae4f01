//! The write path: stage, swap, record. One profile root of one project, or one collection, is a part; several parts of
//! an operation can share the flushes ([`apply`](apply())).
//!
//! The caller holds the project's lock, or the collection's, and has decided what to do; this module makes it so. Everything it puts
//! in place or takes away is first a whole tree in `<place>/.skillmeat-stage/<operation>/`, which is on
//! the same file system and never in a folder that an agent loads from. What it is about to do is in the
//! [journal](crate::journal) before it touches anything.
//!
//! | step | on disk afterwards | a failure here | after a crash here, [`recover`] |
//! |---|---|---|---|
//! | note | the journal says `staging` | nothing was done | forgets it |
//! | stage | copies in the stage, their content in memory for the content store; targets untouched | that target fails, its copy is dropped | drops the stage |
//! | prepare | the new manifest text in the stage, under SkillMeat's lock; the journal says `prepared`, with a fingerprint of each copy | everything is dropped | puts back what was swapped: nothing yet |
//! | flush | all of the above survives power loss | everything is dropped | the same |
//! | swap | each target is new, its old tree is in the stage | that target is put back, record and journal leave it out | puts each target back |
//! | commit | the manifest is renamed over | every target is put back | finishes |
//! | settle | the renames survive power loss too | the result says so | finishes |
//! | store | the pack of what was deployed is complete, not flushed | later comparisons know hashes only | packs the targets again |
//! | keep | old trees are in the trash, the ledger knows the new ones | a tree stays in the stage, and the result says where | finishes |
//! | clean | stage, and folders of ours that are empty, are gone; the journal entry is history | left over for the next recovery | finishes |
//!
//! **Whether it was committed** the stage itself tells: the new manifest's text lies in it until the rename that
//! commits takes it away (or the old file is moved there, when none is left). Folder entries that reach the disk out
//! of order after a power loss change nothing about that: recovery looks at each slot and each target.
//!
//! # A collection
//!
//! A part belongs to a [`Place`](crate::journal::Place): a profile root, whose document is the manifest, or a managed
//! collection, whose document is `collection.toml`. For a collection the table above holds with these differences:
//!
//! | step | on disk afterwards | a failure here | after a crash here |
//! |---|---|---|---|
//! | prepare | the new `collection.toml` and `collection.lock` in the stage | everything is dropped | the same |
//! | commit | `collection.toml` is renamed over, if it still is what was read; SkillMeat has no lock for it | every target is put back | finishes |
//! | follow | `collection.lock` is renamed over, if it still is what was read | tried again when tidying up | finishes |
//!
//! Groups are in `collection.toml`; **sets** are a place of their own, whose document is `deployment-sets.toml` and which
//! nothing follows. A change of groups that reaches sets is one operation of two parts, the sets' first: a crash between them
//! leaves sets that do not refer to the group any more, or to its new name already, in an operation that is listed, can be
//! undone, and can be asked for once more. No bytes are
//! swapped for them, so recovery only has to know whether the document was renamed over. Each step notes what its group or
//! set says afterwards, and undo asks before it takes back one that says something else by then.
//!
//! `collection.lock` says what an artifact's content was when it was fetched and nothing else, so one that another
//! program wrote meanwhile stays as it is. Nothing of a collection goes into the content store; old trees go to the trash.
//!
//! A change is made by a [`CollectionRequest`](crate::plan::CollectionRequest): per artifact its new content (a path to
//! copy, none, or what is there) with what may be replaced, and what its entry says. `Engine::plan_collection` and
//! `Engine::change_collection` take one as it is; a request that also works in projects makes its own drafts from the
//! same edits. Collections come before projects, each under its own lock.
//!
//! **Put back** means: a target goes back only while it is, by fingerprint, what was staged. One that somebody edited
//! after the crash stays and gets its record, and the old content goes to the trash.
//!
//! Who owns what: a target is exchanged only while it is what the plan saw (sizes, times and inodes are compared
//! before and after the exchange; a difference puts it back and reports `plan-stale`). The stage is ours, and locked
//! while somebody works in it. Nothing else is written but the manifest. **Nothing that was at a target is ever
//! deleted here**: old trees go to the trash, by one rename each, where undo finds them.

mod apply;
mod back;
mod base;
mod document;
mod edit;
mod finish;
mod ledger;
mod notes;
mod objects;
mod recover;
mod stage;
mod swap;
mod work;

pub use apply::{Job, apply};
pub use base::BaseTree;
pub use document::{Document, file as document_file, group_key, set_key};
pub use edit::{Edit, Edited, runnable};
pub use finish::Site;
pub use ledger::Ledger;
pub use objects::{Objects, PACKS_LOCK};
pub use recover::{Outcome as RecoveryOutcome, left_over_stages, recover};
pub use stage::{STAGE, stages};
pub use work::Context;

use crate::collection::{EntryEdit, EntryKey, GroupEdit};
use crate::error::{Error, Problem};
use crate::fs::{Fingerprint, Root, Survey};
use crate::id::{ContentHash, ProjectPath};
use crate::journal::{Base, Effect};
use crate::manifest::{Record, RecordKey};
use crate::path::RelPath;
use crate::plan::Action;
use crate::sets::SetEdit;
use crate::status::FileState;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// What to do to one target, decided.
#[derive(Debug)]
pub struct Step {
    /// The artifact.
    pub artifact_id: String,
    /// Its collection.
    pub collection: String,
    /// The target, relative to the project or collection.
    pub target: RelPath,
    /// What that amounts to.
    pub effect: Effect,
    /// What to do to the bytes.
    pub bytes: Bytes,
    /// What to do to the record.
    pub record: RecordEdit,
    /// What the deployment is afterwards.
    pub base: NewBase,
}

/// Where an artifact is and what it looked like when the plan was made.
#[derive(Debug, Clone)]
pub struct Source {
    /// The collection's folder, or the trash.
    pub root: Arc<Root>,
    /// Its file or folder there.
    pub path: RelPath,
    /// What it looked like. One that was surveyed whole is copied whole, ignored entries included.
    pub survey: Survey,
    /// What it was, where that is known without reading.
    pub fingerprint: Option<Box<Fingerprint>>,
    /// Where an earlier operation has stored it, as far as is known.
    pub stored: Option<Box<Base>>,
}

/// What happens to the bytes at a target.
#[derive(Debug)]
pub enum Bytes {
    /// A new copy.
    Place {
        /// Of what.
        source: Source,
        /// What stands at the target now; `None` when nothing does.
        replaces: Option<Survey>,
        /// Whether ignored files of the old content (a `.venv`, say) move over into the new.
        carry_ignored: bool,
        /// What of the old content stays, and what is merged; the record and the base are of the source alone.
        edits: Vec<Edit>,
    },
    /// Away with what stands there; `None` when nothing does.
    Remove(Option<Survey>),
    /// They stay.
    Leave,
}

/// What happens to the record of a target.
#[derive(Debug)]
pub enum RecordEdit {
    /// Written with the hash of the new copy, or with its own for bytes that stay.
    Write(Record),
    /// Removed.
    Drop(Record),
    /// A collection's entry, written.
    Enter(EntryKey, EntryEdit),
    /// A collection's entry, removed.
    Withdraw(EntryKey),
    /// A group of a collection, written, renamed or removed.
    Group(RecordKey, GroupEdit),
    /// A set of a collection, written or removed.
    Set(RecordKey, SetEdit),
    /// As it was before the operation that is undone: written as it stood there, or removed.
    Restore(RecordKey),
}

impl RecordEdit {
    /// The record's key.
    pub fn key(&self) -> RecordKey {
        match self {
            Self::Write(record) | Self::Drop(record) => RecordKey::of(record),
            Self::Restore(key) | Self::Group(key, _) | Self::Set(key, _) => key.clone(),
            // A collection has no profiles.
            Self::Enter(key, _) | Self::Withdraw(key) => {
                RecordKey { kind: key.kind, artifact_path: key.path.clone(), profile_id: String::new() }
            }
        }
    }
}

/// What a deployment is once a step is done.
#[derive(Debug)]
pub enum NewBase {
    /// What is copied.
    Copied,
    /// What the collection holds, though it is not copied: bytes that are adopted or kept.
    Of(Source),
    /// That, with some of its paths as they are elsewhere. Made for a moment in the stage, and hashed there.
    Mixed(Source, Vec<Over>),
    /// What it was at another time, or nothing.
    Is(Option<Base>),
}

/// A path that a mixed base has from elsewhere.
#[derive(Debug)]
pub struct Over {
    /// Below the artifact; empty for an artifact that is a single file.
    pub path: String,
    /// Where it is, and what it must be there; none where it is nowhere.
    pub from: Option<(Arc<Root>, RelPath, FileState)>,
}

/// What a step did.
#[derive(Debug)]
pub struct Done {
    /// The hash in the record; `None` for a removal.
    pub hash: Option<ContentHash>,
    /// What a new copy looked like before it was put in place.
    pub copy: Option<Survey>,
    /// Files written or removed.
    pub files: u64,
    /// Bytes written or removed.
    pub bytes: u64,
    /// Something worth saying although it worked.
    pub notice: Option<Problem>,
}

/// How each step ended, in the order of the steps.
pub type Results = Vec<Result<Done, Error>>;

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
    /// Things worth saying that concern no single target: for example that every profile's copy was meant.
    pub notices: Vec<Problem>,
}

impl Totals {
    /// Sums up results.
    pub fn of(results: &[TargetResult]) -> Self {
        let mut totals = Self::default();
        for result in results {
            let counter = match (result.status, result.action) {
                (Outcome::Failed, _) => &mut totals.failed,
                (Outcome::Skipped, _) => &mut totals.skipped,
                (Outcome::Success, Action::Unchanged) => &mut totals.unchanged,
                (Outcome::Success, _) => &mut totals.succeeded,
            };
            *counter += 1;
        }
        totals
    }
}

//! The document of a place: what the rename that commits a part is of. A profile root has its manifest, a collection its
//! `collection.toml`, which `collection.lock` follows, and the file of its sets.
//!
//! What a step edits is named by a [`RecordKey`]. A collection's entry has no profile; a group has the name of the group in
//! its place, a set its id.

use super::RecordEdit;
use super::recover::digest;
use crate::clock::parse_iso;
use crate::collection::{self, EntryKey, Files};
use crate::error::Result;
use crate::fs::{FileLock, Root};
use crate::id::{ArtifactKind, ContentHash};
use crate::journal::{Follows, Part, Place};
use crate::manifest::{self, Manifest, Record, RecordKey};
use crate::path::RelPath;
use crate::sets::{self, SetsText};
use chrono::DateTime;

/// The document of a place, to be edited.
#[derive(Debug, Clone)]
pub enum Document {
    /// A profile root's.
    Manifest(Manifest),
    /// A collection's.
    Collection(Box<Files>),
    /// The sets of a collection.
    Sets(SetsText),
}

/// What an edit of a document is made with.
pub(super) struct Editor<'a> {
    /// The collection's name; of no use in a project.
    pub(super) name: &'a str,
    /// When, ISO-8601 with offset.
    pub(super) now: &'a str,
}

impl Document {
    /// Reads the document of a place; `None` when there is none.
    ///
    /// # Errors
    /// `manifest-invalid`, `collection-invalid`; `io` and its relatives.
    pub fn read(root: &Root, place: &Place) -> Result<Option<Self>> {
        match place {
            Place::Profile(profile_root) => Ok(manifest::read(root, profile_root)?.map(Self::Manifest)),
            Place::Collection => Files::read(root).map(|files| Some(Self::Collection(Box::new(files)))),
            Place::Sets => SetsText::read(root).map(|sets| Some(Self::Sets(sets))),
        }
    }

    /// The document that a part found.
    ///
    /// # Errors
    /// What the parser says.
    pub fn before(part: &Part) -> Result<Option<Self>, String> {
        let before = part.manifest_before.as_deref();
        match &part.place {
            Place::Profile(root) => {
                before.map(|text| Manifest::parse(text, root).map(Self::Manifest)).transpose()
            }
            Place::Collection => {
                let lock = part.follows.as_ref().and_then(|follows| follows.before.as_deref());
                Files::parse(before, lock).map(|files| Some(Self::Collection(Box::new(files))))
            }
            Place::Sets => {
                let sets = before.map_or_else(|| Ok(SetsText::empty()), SetsText::parse)?;
                Ok(Some(Self::Sets(sets)))
            }
        }
    }

    /// The document that a part was about to write, from the texts in its stage.
    pub(super) fn planned(place: &Place, text: &str, lock: Option<&str>) -> Option<Self> {
        match place {
            Place::Profile(root) => Manifest::parse(text, root).ok().map(Self::Manifest),
            Place::Collection => {
                Files::parse(Some(text), lock).ok().map(|files| Self::Collection(Box::new(files)))
            }
            Place::Sets => SetsText::parse(text).ok().map(Self::Sets),
        }
    }

    /// Of a place that has none.
    pub(super) fn empty(place: &Place) -> Self {
        match place {
            Place::Profile(root) => Self::Manifest(Manifest::empty(root)),
            Place::Collection => Self::Collection(Box::new(Files::empty())),
            Place::Sets => Self::Sets(SetsText::empty()),
        }
    }

    /// The record with this key; a collection has entries and no records.
    pub fn record(&self, key: &RecordKey) -> Option<&Record> {
        match self {
            Self::Manifest(manifest) => manifest.find(key),
            Self::Collection(_) | Self::Sets(_) => None,
        }
    }

    /// What a group or set says, as a digest; `None` for one that is not there, and for what is neither.
    pub fn says(&self, key: &RecordKey) -> Option<String> {
        match (self, group_of(key)) {
            (Self::Collection(files), Some(group)) => digest(files.group_text(group).as_deref()),
            (Self::Sets(sets), _) => digest(sets.set_text(&key.profile_id).as_deref()),
            _ => None,
        }
    }

    /// Whether there is a record or entry with this key.
    pub fn has(&self, key: &RecordKey) -> bool {
        match self {
            Self::Manifest(manifest) => manifest.find(key).is_some(),
            Self::Collection(files) => match group_of(key) {
                Some(group) => files.has_group(group),
                None => files.has(&entry_key(key)),
            },
            Self::Sets(sets) => sets.has(&key.profile_id),
        }
    }

    /// Whether a record or entry says the same here and there, also where neither has it.
    pub fn says_the_same(&self, key: &RecordKey, other: &Self) -> bool {
        match (self, other) {
            (Self::Manifest(one), Self::Manifest(other)) => one.find(key) == other.find(key),
            (Self::Collection(one), Self::Collection(other)) => match group_of(key) {
                Some(group) => one.group_text(group) == other.group_text(group),
                None => one.same_entry(&entry_key(key), Some(other)),
            },
            (Self::Sets(one), Self::Sets(other)) => {
                one.set_text(&key.profile_id) == other.set_text(&key.profile_id)
            }
            _ => false,
        }
    }

    /// A digest of what an entry of a collection says, also where there is none; `None` for a record, a group and a set.
    pub fn entry_digest(&self, key: &RecordKey) -> Option<String> {
        match self {
            Self::Collection(files) if group_of(key).is_none() => {
                digest(Some(&files.saying(&entry_key(key))))
            }
            Self::Manifest(_) | Self::Collection(_) | Self::Sets(_) => None,
        }
    }

    /// Removes records of a manifest, all at once: comments above one that goes move to the next one that stays.
    pub(super) fn drop_records(&mut self, gone: &[Record]) {
        if let (Self::Manifest(manifest), false) = (self, gone.is_empty()) {
            manifest.remove(gone);
        }
    }

    /// Edits what belongs to one step, but for records that go.
    pub(super) fn edit(
        &mut self,
        edit: &RecordEdit,
        recorded: Option<&ContentHash>,
        before: Option<&Document>,
        editor: &Editor<'_>,
    ) {
        match (self, edit) {
            (Self::Manifest(manifest), RecordEdit::Write(record)) => {
                manifest.upsert(with_hash(record, recorded));
            }
            (Self::Collection(files), RecordEdit::Enter(key, edit)) => {
                files.put(key, edit, recorded, editor.of_collection());
            }
            (Self::Collection(files), RecordEdit::Withdraw(key)) => {
                files.remove(key, editor.of_collection());
            }
            (Self::Collection(files), RecordEdit::Group(key, edit)) => {
                files.edit_group(&key.profile_id, edit, editor.of_collection());
            }
            (Self::Sets(sets), RecordEdit::Set(key, edit)) => sets.edit(&key.profile_id, edit),
            (document, RecordEdit::Restore(key)) => document.revert(key, before),
            // A draft makes only edits of its own place.
            (Self::Manifest(_) | Self::Collection(_) | Self::Sets(_), _) => {}
        }
    }

    /// Makes a record or entry what it is in `from`, or removes it.
    pub(super) fn revert(&mut self, key: &RecordKey, from: Option<&Document>) {
        match (self, from) {
            (Self::Manifest(now), Some(Self::Manifest(from))) => now.revert(key, Some(from)),
            (Self::Manifest(now), _) => now.revert(key, None),
            (Self::Collection(now), from) => {
                let from = match from {
                    Some(Self::Collection(from)) => Some(from.as_ref()),
                    _ => None,
                };
                match group_of(key) {
                    Some(group) => now.revert_group(group, from),
                    None => now.revert(&entry_key(key), from),
                }
            }
            (Self::Sets(now), Some(Self::Sets(from))) => now.revert(&key.profile_id, Some(from)),
            (Self::Sets(now), _) => now.revert(&key.profile_id, None),
        }
    }

    /// Its text; `None` when there is nothing left in it, so that the file should go.
    pub(super) fn text(&self) -> Option<String> {
        match self {
            Self::Manifest(manifest) => manifest.render(),
            Self::Collection(files) => files.index_text(),
            Self::Sets(sets) => sets.render(),
        }
    }

    /// The text of the file that follows it, where it has one.
    pub(super) fn follower(&self) -> Option<Option<String>> {
        match self {
            Self::Manifest(_) | Self::Sets(_) => None,
            Self::Collection(files) => Some(files.lock_text()),
        }
    }
}

impl<'a> Editor<'a> {
    fn of_collection(&self) -> (&'a str, DateTime<chrono::Utc>) {
        (self.name, parse_iso(self.now).unwrap_or_default())
    }
}

/// The file of a place's document.
pub fn file(place: &Place) -> Result<RelPath> {
    match place {
        Place::Profile(root) => manifest::path_in(root),
        Place::Collection => RelPath::new(collection::FILE_NAME),
        Place::Sets => RelPath::new(sets::FILE_NAME),
    }
}

/// The document's text as it stands; `None` when there is none.
pub(super) fn text(root: &Root, place: &Place) -> Result<Option<String>> {
    match place {
        Place::Profile(profile_root) => manifest::text(root, profile_root),
        Place::Collection => collection::text(root, collection::FILE_NAME),
        Place::Sets => sets::text(root),
    }
}

/// The text of the file that follows it, where it has one.
pub(super) fn follows(root: &Root, place: &Place) -> Result<Option<Follows>> {
    match place {
        Place::Profile(_) | Place::Sets => Ok(None),
        Place::Collection => {
            let before = collection::text(root, collection::LOCK_NAME)?;
            Ok(Some(Follows { after: digest(before.as_deref()), before }))
        }
    }
}

/// The file that follows the document of a collection.
pub(super) fn follower() -> Result<RelPath> {
    RelPath::new(collection::LOCK_NAME)
}

/// Gives a profile root in which only SkillMeat's older manifest lies one of today, with its records; that one stays as
/// it is. By way of the stage, so that a crash leaves the one or both. Whatever
/// fails afterwards leaves it: it says nothing else than the old one. The caller holds the lock.
///
/// # Errors
/// `manifest-invalid`; `io` and its relatives.
pub(super) fn take_over(root: &Root, place: &Place, stage: &RelPath) -> Result<()> {
    let Place::Profile(profile_root) = place else { return Ok(()) };
    let known = manifest::read(root, profile_root)?.filter(Manifest::is_legacy);
    let Some(text) = known.and_then(|known| known.render()) else { return Ok(()) };
    let staged = stage.child("manifest.taken-over")?;
    root.replace(&staged, text.as_bytes())?;
    root.flush_all()?;
    root.rename_over(&staged, &manifest::path_in(profile_root)?)?;
    root.flush_folder(Some(profile_root))
}

/// SkillMeat's advisory lock on the document; it has none for a collection.
pub(super) fn lock(root: &Root, place: &Place) -> Result<Option<FileLock>> {
    match place {
        Place::Profile(profile_root) => manifest::lock(root, profile_root).map(Some),
        Place::Collection | Place::Sets => Ok(None),
    }
}

/// The key of a group.
///
/// # Errors
/// None in practice: the file's name is a good one.
pub fn group_key(name: &str) -> Result<RecordKey> {
    key_in(&Place::Collection, name)
}

/// The key of a set.
///
/// # Errors
/// None in practice.
pub fn set_key(id: &str) -> Result<RecordKey> {
    key_in(&Place::Sets, id)
}

fn key_in(place: &Place, name: &str) -> Result<RecordKey> {
    Ok(RecordKey { kind: ArtifactKind::Skill, artifact_path: file(place)?, profile_id: name.to_owned() })
}

/// The name of the group that a key of a collection means, where it means one.
fn group_of(key: &RecordKey) -> Option<&str> {
    Some(key.profile_id.as_str()).filter(|name| !name.is_empty())
}

fn entry_key(key: &RecordKey) -> EntryKey {
    EntryKey { kind: key.kind, path: key.artifact_path.clone() }
}

fn with_hash(record: &Record, recorded: Option<&ContentHash>) -> Record {
    let mut record = record.clone();
    if let Some(recorded) = recorded {
        record.content_hash = recorded.clone();
    }
    record
}

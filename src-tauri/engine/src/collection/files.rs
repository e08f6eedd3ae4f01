//! `collection.toml` and `collection.lock` together: what an operation changes of a collection beside its artifacts.
//!
//! The rename of `collection.toml` commits an operation. `collection.lock` follows it: it only says what content an
//! artifact had when it was fetched, and a lock that is one entry behind is one that SkillMeat fetches anew.

use super::document::{CollectionText, EntryEdit, EntryKey};
use super::groups::GroupEdit;
use super::lock::LockText;
use super::{FILE_NAME, LOCK_NAME};
use crate::error::{Error, Result};
use crate::fs::Root;
use crate::id::ContentHash;
use crate::path::RelPath;
use chrono::{DateTime, Utc};

/// A larger file is refused: 16 MiB.
const MAX_BYTES: u64 = 16 * 1024 * 1024;

/// The two files, to be edited.
#[derive(Debug, Clone)]
pub struct Files {
    index: CollectionText,
    lock: LockText,
}

impl Files {
    /// Of a collection that has neither.
    pub fn empty() -> Self {
        Self { index: CollectionText::empty(), lock: LockText::empty() }
    }

    /// Reads both as they are now.
    ///
    /// # Errors
    /// `collection-invalid` when one does not parse, is empty, not UTF-8 or too large; `io` and its relatives.
    pub fn read(root: &Root) -> Result<Self> {
        let index = text(root, FILE_NAME)?;
        let lock = text(root, LOCK_NAME)?;
        let invalid = |name: &str| {
            let path = root.path().join(name);
            move |reason| Error::CollectionInvalid { path, reason }
        };
        let index = match index {
            Some(text) => CollectionText::parse(&text).map_err(invalid(FILE_NAME))?,
            None => CollectionText::empty(),
        };
        Ok(Self { index, lock: LockText::parse(lock.as_deref()).map_err(invalid(LOCK_NAME))? })
    }

    /// The two files as they were, from texts that were kept.
    ///
    /// # Errors
    /// What the parser says.
    pub fn parse(index: Option<&str>, lock: Option<&str>) -> Result<Self, String> {
        let index = index.map_or_else(|| Ok(CollectionText::empty()), CollectionText::parse)?;
        Ok(Self { index, lock: LockText::parse(lock)? })
    }

    /// Writes the entry of an artifact; with the hash of its content, where that is new.
    pub fn put(
        &mut self,
        key: &EntryKey,
        edit: &EntryEdit,
        hash: Option<&ContentHash>,
        (collection, now): (&str, DateTime<Utc>),
    ) {
        let name = self.index.put(key, edit, collection, now);
        if let Some(hash) = hash {
            self.lock.put(key.kind, &name, hash, edit, now);
        }
    }

    /// Removes the entry of an artifact.
    pub fn remove(&mut self, key: &EntryKey, (collection, now): (&str, DateTime<Utc>)) {
        if let Some(name) = self.index.remove(key, collection, now) {
            self.lock.remove(key.kind, &name);
        }
    }

    /// Makes the entry of an artifact what it is in `from`, or removes it where it is not there.
    pub fn revert(&mut self, key: &EntryKey, from: Option<&Files>) {
        let name = self.index.name_of(key).or_else(|| from?.index.name_of(key));
        self.index.revert(key, from.map(|from| &from.index));
        if let Some(name) = name {
            self.lock.revert(key.kind, &name, from.map(|from| &from.lock));
        }
    }

    /// Whether there is an entry.
    pub fn has(&self, key: &EntryKey) -> bool {
        self.index.name_of(key).is_some()
    }

    /// Whether an entry says the same here and there.
    pub fn same_entry(&self, key: &EntryKey, other: Option<&Files>) -> bool {
        self.index.same_entry(key, other.map(|other| &other.index))
    }

    /// Writes a group, renames it or removes it.
    pub fn edit_group(&mut self, name: &str, edit: &GroupEdit, (collection, now): (&str, DateTime<Utc>)) {
        self.index.touch(collection, now);
        self.index.edit_group(name, edit);
    }

    /// Makes a group what it is in `from`, or removes it where it is not there.
    pub fn revert_group(&mut self, name: &str, from: Option<&Files>) {
        self.index.revert_group(name, from.map(|from| &from.index));
    }

    /// Whether there is a group of that name.
    pub fn has_group(&self, name: &str) -> bool {
        self.index.has_group(name)
    }

    /// What a group says, to be compared; `None` where there is none.
    pub fn group_text(&self, name: &str) -> Option<String> {
        self.index.group_text(name)
    }

    /// What an entry says, in one form whoever wrote it; nothing where there is none.
    pub fn saying(&self, key: &EntryKey) -> String {
        self.index.saying(key)
    }

    /// The text of `collection.toml`; `None` when nothing is left in it.
    pub fn index_text(&self) -> Option<String> {
        self.index.render()
    }

    /// The text of `collection.lock`; `None` when nothing is left in it.
    pub fn lock_text(&self) -> Option<String> {
        self.lock.render()
    }
}

/// The text of one of the two files as it stands; `None` when there is none.
///
/// # Errors
/// `collection-invalid` when it is empty, not UTF-8 or too large; `io` and its relatives.
pub fn text(root: &Root, name: &str) -> Result<Option<String>> {
    let path = RelPath::new(name)?;
    let invalid =
        |reason: &str| Error::CollectionInvalid { path: root.absolute(&path), reason: reason.to_owned() };
    let bytes = match root.read(&path, MAX_BYTES) {
        Ok(Some(bytes)) => bytes,
        Ok(None) => return Ok(None),
        Err(Error::SourceTooLarge { .. }) => return Err(invalid("it is larger than 16 MiB")),
        Err(error) => return Err(error),
    };
    let text = String::from_utf8(bytes).map_err(|_| invalid("it is not valid UTF-8"))?;
    if text.trim().is_empty() && name == FILE_NAME {
        return Err(invalid("it is empty, as after a write that was cut off"));
    }
    Ok(Some(text))
}

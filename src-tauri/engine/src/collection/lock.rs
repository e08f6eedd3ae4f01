//! `collection.lock`, edited in place: what content each artifact had when it was fetched.
//!
//! SkillMeat's format: one table per artifact below `[lock.entries]`, called `<name>::<type>`, times naive and in UTC.
//! A file that is missing has no entries; one that does not parse is never written.

use super::create;
use super::document::EntryEdit;
use crate::error::parser_reason;
use crate::id::{ArtifactKind, ContentHash};
use crate::toml_text::{in_form_of, set, unmarked};
use chrono::{DateTime, Utc};
use toml_edit::{DocumentMut, Item, Table, TableLike};

/// The text of a `collection.lock`.
#[derive(Debug, Clone)]
pub(super) struct LockText {
    source: String,
    document: DocumentMut,
    edited: bool,
}

impl LockText {
    /// Of a collection that has no such file.
    pub(super) fn empty() -> Self {
        Self { source: String::new(), document: DocumentMut::new(), edited: false }
    }

    /// Reads a text; none is a file without entries.
    ///
    /// # Errors
    /// What the parser says.
    pub(super) fn parse(text: Option<&str>) -> Result<Self, String> {
        let Some(source) = text.map(str::to_owned) else { return Ok(Self::empty()) };
        let document = unmarked(&source).parse::<DocumentMut>();
        let document = document.map_err(|error| parser_reason(&source, error.message(), error.span()))?;
        let lock = document.get("lock");
        for (name, item) in [("lock", lock), ("lock.entries", lock.and_then(|lock| lock.get("entries")))] {
            if item.is_some_and(|item| !item.is_table_like()) {
                return Err(format!("“{name}” is not a table"));
            }
        }
        Ok(Self { source, document, edited: false })
    }

    /// Writes what an artifact's content is.
    pub(super) fn put(
        &mut self,
        kind: ArtifactKind,
        name: &str,
        hash: &ContentHash,
        edit: &EntryEdit,
        now: DateTime<Utc>,
    ) {
        let Some(entries) = self.entries_made() else { return };
        let Some(entry) = table(entries, &entry_name(kind, name)) else { return };
        set(entry, "content_hash", hash.as_str().into());
        set(entry, "fetched", create::stamp(now).into());
        let texts = [
            ("upstream", &edit.upstream),
            ("resolved_sha", &edit.resolved_sha),
            ("resolved_version", &edit.resolved_version),
        ];
        for (key, text) in texts {
            if let Some(text) = text {
                set(entry, key, text.as_str().into());
            }
        }
    }

    /// Removes an artifact.
    pub(super) fn remove(&mut self, kind: ArtifactKind, name: &str) {
        if let Some(entries) = self.entries() {
            entries.remove(&entry_name(kind, name));
        }
    }

    /// Makes an artifact's table what it is in `from`, or removes it where it is not there.
    pub(super) fn revert(&mut self, kind: ArtifactKind, name: &str, from: Option<&LockText>) {
        let entry = entry_name(kind, name);
        let old = from.and_then(|from| from.document.get("lock")?.get("entries")?.get(&entry).cloned());
        let Some(old) = old else { return self.remove(kind, name) };
        if let Some(entries) = self.entries_made() {
            entries.insert(&entry, old);
        }
    }

    /// The text; `None` when nothing is left in it.
    pub(super) fn render(&self) -> Option<String> {
        let text = match self.edited {
            true => in_form_of(&self.source, &self.document.to_string()),
            false => self.source.clone(),
        };
        (!text.trim().is_empty()).then_some(text)
    }

    /// The entries, with a head above them.
    fn entries_made(&mut self) -> Option<&mut dyn TableLike> {
        self.edited = true;
        let lock = table(self.document.as_table_mut(), "lock")?;
        if lock.get("version").is_none() {
            set(lock, "version", "1.0.0".into());
        }
        let entries = lock.entry("entries").or_insert_with(|| {
            let mut table = Table::new();
            table.set_implicit(true);
            Item::Table(table)
        });
        entries.as_table_like_mut()
    }

    fn entries(&mut self) -> Option<&mut dyn TableLike> {
        self.edited = true;
        self.document.get_mut("lock")?.get_mut("entries")?.as_table_like_mut()
    }
}

fn entry_name(kind: ArtifactKind, name: &str) -> String {
    format!("{name}::{kind}")
}

/// The table of that name, made where there is none.
fn table<'a>(above: &'a mut dyn TableLike, key: &str) -> Option<&'a mut dyn TableLike> {
    above.entry(key).or_insert_with(|| Item::Table(Table::new())).as_table_like_mut()
}

//! `collection.toml` as a document that is edited in place.
//!
//! SkillMeat's format: `[collection]` and `[[artifacts]]`, times naive and in UTC. Unknown keys, tables and comments
//! survive; a text that does not parse is never written. An entry is known by its kind and its path.

use super::create;
use super::groups::{self, GroupNames};
use crate::id::ArtifactKind;
use crate::path::RelPath;
use crate::toml_text::{Listed, Parsed, set};
use chrono::{DateTime, Utc};
use toml_edit::{Array, InlineTable, Item, Table, TableLike, Value};

const ENTRIES: &str = "artifacts";

/// What to write into the entry of an artifact. What is `None` stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EntryEdit {
    /// Where it came from; a new entry says `local` without one.
    pub origin: Option<String>,
    /// The address it came from.
    pub upstream: Option<String>,
    /// The commit it came from.
    pub resolved_sha: Option<String>,
    /// The version it came in.
    pub resolved_version: Option<String>,
    /// Stable identity; a new entry's only.
    pub uuid: Option<String>,
    /// Its tags.
    pub tags: TagEdit,
    /// Keys of its `metadata` table: title, description, author, license, version.
    pub metadata: Vec<(&'static str, String)>,
}

/// What to do with the tags of an entry.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum TagEdit {
    /// Nothing.
    #[default]
    Stay,
    /// These are all of them from now on.
    All(Vec<String>),
    /// Some come and some go. The others stay, also those that somebody entered since this was decided.
    Change {
        /// Those that come.
        add: Vec<String>,
        /// Those that go.
        remove: Vec<String>,
    },
}

/// An entry's place in the two files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryKey {
    /// The kind.
    pub kind: ArtifactKind,
    /// The artifact, relative to the collection.
    pub path: RelPath,
}

impl EntryKey {
    /// The name that SkillMeat gives it: the leaf.
    fn leaf(&self) -> &str {
        let name = self.path.name();
        if self.kind.is_folder() { name } else { name.strip_suffix(".md").unwrap_or(name) }
    }
}

/// The text of a `collection.toml`.
#[derive(Debug, Clone)]
pub(super) struct CollectionText {
    pub(super) text: Listed,
    /// One per group.
    pub(super) groups: GroupNames,
    /// One per entry: kind, path and name of those that have them.
    keys: Vec<Option<(EntryKey, String)>>,
}

impl CollectionText {
    /// Of a collection that has no such file.
    pub(super) fn empty() -> Self {
        Self { text: Listed::empty(ENTRIES), groups: Vec::new(), keys: Vec::new() }
    }

    /// Reads a text.
    ///
    /// # Errors
    /// What the parser says, with its position, when the text as a whole is none.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let parsed = Parsed::of(text, ENTRIES)?;
        let keys = parsed.tables()?.into_iter().map(|(table, _)| key_of(table)).collect();
        // Groups that are no list stay as they are, and cost the artifacts nothing.
        let groups = groups::names(text).unwrap_or_default();
        Ok(Self { text: parsed.into_listed(), groups, keys })
    }

    /// Writes an entry: over the one that is there, else at the end. Gives the name under which the lock file knows
    /// it. `now` becomes the time it was added, and the collection's last change.
    pub(super) fn put(
        &mut self,
        key: &EntryKey,
        edit: &EntryEdit,
        collection: &str,
        now: DateTime<Utc>,
    ) -> String {
        self.touch(collection, now);
        if let Some(index) = self.position(key) {
            self.text.edit(index, |table| write(table, edit));
            return self.name(index);
        }
        let name = self.free_name(key);
        let mut table = Table::new();
        set(&mut table, "name", name.as_str().into());
        set(&mut table, "type", key.kind.as_str().into());
        set(&mut table, "path", key.path.as_str().into());
        set(&mut table, "origin", "local".into());
        set(&mut table, "added", create::stamp(now).into());
        write(&mut table, edit);
        if self.text.push(table) {
            self.keys.push(Some((key.clone(), name.clone())));
        }
        name
    }

    /// Removes an entry. Gives the name under which the lock file knows it.
    pub(super) fn remove(&mut self, key: &EntryKey, collection: &str, now: DateTime<Utc>) -> Option<String> {
        let index = self.position(key)?;
        let name = self.name(index);
        self.touch(collection, now);
        self.take(index);
        Some(name)
    }

    /// Makes an entry what it is in `from`, to the letter, or removes it where it is not there.
    pub(super) fn revert(&mut self, key: &EntryKey, from: Option<&CollectionText>) {
        let known = self.position(key);
        let old = from.and_then(|from| {
            let index = from.position(key)?;
            Some((from.text.table(index)?, from.keys[index].clone()))
        });
        match (known, old) {
            (Some(index), Some((table, _))) => self.text.replace(index, table),
            (Some(index), None) => self.take(index),
            (None, Some((table, entry))) => {
                if self.text.push(table) {
                    self.keys.push(entry);
                }
            }
            (None, None) => {}
        }
    }

    /// The name of an entry.
    pub(super) fn name_of(&self, key: &EntryKey) -> Option<String> {
        self.position(key).map(|index| self.name(index))
    }

    /// Whether an entry says the same here and there; the times of their last change count too.
    pub(super) fn same_entry(&self, key: &EntryKey, other: Option<&CollectionText>) -> bool {
        let text = |document: &Self| document.text.text_in(ENTRIES, document.position(key)?);
        text(self) == other.and_then(text)
    }

    /// What an entry says, in one form whoever wrote it; nothing where there is none.
    pub(super) fn saying(&self, key: &EntryKey) -> String {
        let table = self.position(key).and_then(|index| self.text.table(index));
        table.map(|table| said_by(&table)).unwrap_or_default()
    }

    /// The text; `None` when nothing is left in it, so that the file should go.
    pub(super) fn render(&self) -> Option<String> {
        self.text.render()
    }

    fn position(&self, key: &EntryKey) -> Option<usize> {
        self.keys.iter().position(|entry| entry.as_ref().is_some_and(|(other, _)| other == key))
    }

    fn name(&self, index: usize) -> String {
        self.keys
            .get(index)
            .and_then(|entry| entry.as_ref())
            .map(|(_, name)| name.clone())
            .unwrap_or_default()
    }

    /// The leaf; where another entry of the kind has that name, which would make them one to SkillMeat, its folders
    /// come before it.
    fn free_name(&self, key: &EntryKey) -> String {
        let taken = |name: &str| {
            self.keys.iter().flatten().any(|(other, taken)| other.kind == key.kind && taken == name)
        };
        let leaf = key.leaf();
        if !taken(leaf) {
            return leaf.to_owned();
        }
        let folders: Vec<_> = key.path.components().skip(1).collect();
        let whole = folders[..folders.len().saturating_sub(1)].iter().copied().chain([leaf]);
        let whole = whole.collect::<Vec<_>>().join("-");
        (2..)
            .map(|count| if count == 2 { whole.clone() } else { format!("{whole}-{count}") })
            .find(|name| !taken(name))
            .unwrap_or(whole)
    }

    fn take(&mut self, index: usize) {
        let removed: Vec<bool> = (0..self.keys.len()).map(|at| at == index).collect();
        self.text.remove(&removed);
        self.keys.remove(index);
        if self.keys.is_empty() {
            // SkillMeat writes an empty list rather than none.
            self.text.around().entry(ENTRIES).or_insert(Item::Value(Value::Array(Array::new())));
        }
    }

    /// Notes that the collection changes; one without a head gets one.
    pub(super) fn touch(&mut self, collection: &str, now: DateTime<Utc>) {
        let stamp = create::stamp(now);
        let head =
            self.text.around().entry("collection").or_insert(Item::Table(create::head(collection, now)));
        if let Some(head) = head.as_table_like_mut() {
            set(head, "updated", stamp.into());
        }
    }
}

fn key_of(table: &dyn TableLike) -> Option<(EntryKey, String)> {
    let text = |key: &str| table.get(key).and_then(Item::as_str);
    let path = RelPath::new(text("path")?.replace('\\', "/").trim_end_matches('/')).ok()?;
    let key = EntryKey { kind: ArtifactKind::parse(text("type")?)?, path };
    Some((key, text("name").unwrap_or_default().to_owned()))
}

fn write(table: &mut dyn TableLike, edit: &EntryEdit) {
    let texts = [
        ("origin", &edit.origin),
        ("upstream", &edit.upstream),
        ("resolved_sha", &edit.resolved_sha),
        ("resolved_version", &edit.resolved_version),
    ];
    for (key, text) in texts {
        if let Some(text) = text {
            set(table, key, text.as_str().into());
        }
    }
    if !edit.metadata.is_empty() {
        let metadata = table.entry("metadata").or_insert(Item::Value(Value::InlineTable(InlineTable::new())));
        if let Some(metadata) = metadata.as_table_like_mut() {
            edit.metadata.iter().for_each(|(key, text)| set(metadata, key, text.as_str().into()));
        }
    }
    match &edit.tags {
        TagEdit::Stay => {}
        TagEdit::All(tags) if tags.is_empty() => _ = table.remove("tags"),
        TagEdit::All(tags) => set_tags(table, tags),
        TagEdit::Change { add, remove } => change_tags(table, add, remove),
    }
    if let (Some(uuid), None) = (&edit.uuid, table.get("uuid")) {
        set(table, "uuid", uuid.as_str().into());
    }
}

fn set_tags(table: &mut dyn TableLike, tags: &[String]) {
    set(table, "tags", Value::Array(Array::from_iter(tags.iter().map(String::as_str))));
}

/// An entry's tags are in itself and in its `metadata`; new ones come to its own.
fn change_tags(table: &mut dyn TableLike, add: &[String], remove: &[String]) {
    let is = |value: &Value, tag: &String| value.as_str().is_some_and(|text| text.trim() == tag);
    let drop_from = |tags: &mut Array| tags.retain(|value| !remove.iter().any(|tag| is(value, tag)));
    let metadata = table.get_mut("metadata").and_then(Item::as_table_like_mut);
    if let Some(tags) = metadata.and_then(|metadata| metadata.get_mut("tags")).and_then(Item::as_array_mut) {
        drop_from(tags);
    }
    let Some(tags) = table.get_mut("tags").and_then(Item::as_array_mut) else {
        if !add.is_empty() {
            set_tags(table, add);
        }
        return;
    };
    drop_from(tags);
    for tag in add {
        if !tags.iter().any(|value| is(value, tag)) {
            tags.push(tag.as_str());
        }
    }
    if tags.is_empty() {
        table.remove("tags");
    }
}

/// The keys in order, with what they say and without how that is laid out.
fn said_by(table: &dyn TableLike) -> String {
    let mut keys: Vec<_> = table.iter().map(|(key, item)| format!("{key:?}={},", said(item))).collect();
    keys.sort();
    keys.concat()
}

fn said(item: &Item) -> String {
    if let Some(table) = item.as_table_like() {
        return format!("{{{}}}", said_by(table));
    }
    match item {
        Item::Value(Value::Array(list)) => {
            let each = list.iter().map(|value| said(&Item::Value(value.clone())));
            format!("[{}]", each.collect::<Vec<_>>().join(","))
        }
        Item::Value(Value::String(text)) => format!("{:?}", text.value()),
        Item::Value(other) => other.clone().decorated("", "").to_string(),
        Item::ArrayOfTables(tables) => {
            let each = tables.iter().map(|table| format!("{{{}}}", said_by(table)));
            format!("[{}]", each.collect::<Vec<_>>().join(","))
        }
        Item::None | Item::Table(_) => String::new(),
    }
}

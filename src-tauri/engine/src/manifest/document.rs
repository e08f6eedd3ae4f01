//! The file as a document that is edited in place.

mod restore;

use super::form::{in_form_of, unmarked};
use super::record::{BadRecord, Record};
use super::table::{Tables, write};
use crate::error::parser_reason;
use crate::path::RelPath;
use std::collections::HashSet;
use toml_edit::{ArrayOfTables, Document, DocumentMut, InlineTable, Item, Table, TableLike, Value};

const RECORDS: &str = "deployed";

/// A manifest: its good records, its bad ones, and the text they stand in.
#[derive(Debug, Clone)]
pub struct Manifest {
    /// The text that was read.
    source: String,
    document: DocumentMut,
    /// The document says something else than the source.
    edited: bool,
    profile_root: RelPath,
    /// One per table of the file, in its order.
    slots: Vec<Slot>,
    bad: Vec<BadRecord>,
}

#[derive(Debug, Clone)]
enum Slot {
    Good(Record),
    /// Names the same copy as an earlier record; reported as bad, and removed together with that one.
    Repeated(Record),
    Bad,
}

impl Slot {
    fn record(&self) -> Option<&Record> {
        match self {
            Self::Good(record) | Self::Repeated(record) => Some(record),
            Self::Bad => None,
        }
    }
}

impl Manifest {
    /// A manifest without records, for a profile root that has none yet.
    pub fn empty(profile_root: &RelPath) -> Self {
        Self {
            source: String::new(),
            document: DocumentMut::new(),
            edited: false,
            profile_root: profile_root.clone(),
            slots: Vec::new(),
            bad: Vec::new(),
        }
    }

    /// Reads the text of a manifest that lies in `profile_root`.
    ///
    /// # Errors
    /// What the parser says, with its position, when the text as a whole is not a manifest.
    pub fn parse(text: &str, profile_root: &RelPath) -> Result<Self, String> {
        let (source, text) = (text.to_owned(), unmarked(text));
        let parsed = Document::parse(text.to_owned())
            .map_err(|error| parser_reason(text, error.message(), error.span()))?;
        let (mut slots, mut bad) = (Vec::<Slot>::new(), Vec::new());
        let mut named = HashSet::new();
        for (index, (table, start)) in tables(parsed.get(RECORDS))?.into_iter().enumerate() {
            let (slot, reason) = match Record::read(table, profile_root) {
                Ok(record) if named.insert(record.place()) => (Slot::Good(record), None),
                Ok(record) => {
                    let reason = format!("another record names {} too", record.artifact_path);
                    (Slot::Repeated(record), Some(reason))
                }
                Err(reason) => (Slot::Bad, Some(reason)),
            };
            slots.push(slot);
            bad.extend(reason.map(|reason| BadRecord {
                number: index + 1,
                line: start.and_then(|start| Some(text.get(..start)?.matches('\n').count() + 1)),
                name: table.get("artifact_name").and_then(|name| name.as_str()).map(str::to_owned),
                reason,
            }));
        }
        let (document, profile_root) = (parsed.into_mut(), profile_root.clone());
        Ok(Self { source, document, edited: false, profile_root, slots, bad })
    }

    /// The good records, in the order of the file.
    pub fn records(&self) -> impl Iterator<Item = &Record> {
        self.slots.iter().filter_map(|slot| match slot {
            Slot::Good(record) => Some(record),
            Slot::Repeated(_) | Slot::Bad => None,
        })
    }

    /// The records of this manifest that another text of it lacks: no record there names their copy.
    pub fn missing_from(&self, other: Option<&Manifest>) -> Vec<&Record> {
        let named = other.into_iter().flat_map(Manifest::records);
        let named: HashSet<_> = named.map(|record| (record.kind, &record.artifact_path)).collect();
        self.records().filter(|record| !named.contains(&(record.kind, &record.artifact_path))).collect()
    }

    /// The records that are kept and never acted on.
    pub fn bad_records(&self) -> &[BadRecord] {
        &self.bad
    }

    /// Writes a record: in the place of the one with the same key, else at the end.
    ///
    /// As SkillMeat does on a redeploy, lineage, parent and the time of a detected modification start anew.
    pub fn upsert(&mut self, mut record: Record) {
        let repeats = |other: &Record| {
            !other.same_place(&record)
                && (&other.artifact_name, other.kind, &other.profile_id)
                    == (&record.artifact_name, record.kind, &record.profile_id)
        };
        if self.records().any(repeats)
            && let Ok(id) = record.path_id()
        {
            id.path().clone_into(&mut record.artifact_name);
        }
        let known =
            self.slots.iter().position(|slot| slot.record().is_some_and(|other| other.same_place(&record)));
        let profile_root = self.profile_root.clone();
        if let Some(index) = known {
            if let Some(table) = self.tables_mut().as_mut().and_then(|tables| tables.get_mut(index)) {
                write(table, &record, &profile_root);
            }
            self.slots[index] = Slot::Good(record);
        } else {
            let mut table = Table::new();
            write(&mut table, &record, &profile_root);
            self.push(table, record);
        }
    }

    fn push(&mut self, table: Table, record: Record) {
        let trailing = self.document.trailing().as_str().unwrap_or_default().to_owned();
        let Some(mut tables) = self.tables_mut() else { return };
        let trailing = tables.push(table, &trailing);
        self.document.set_trailing(trailing);
        self.slots.push(Slot::Good(record));
    }

    /// Puts records of another text of this manifest at the end, with everything that stands in their tables. One
    /// that this manifest has already is left out.
    pub fn restore(&mut self, records: &[Record], from: &Manifest) {
        for record in records {
            if self.slots.iter().filter_map(Slot::record).any(|other| other.same_place(record)) {
                continue;
            }
            let found = from.slots.iter().position(|slot| matches!(slot, Slot::Good(good) if good == record));
            let Some(mut table) = found.and_then(|index| from.table(index)) else { continue };
            let above = table.decor().prefix().and_then(|prefix| prefix.as_str()).unwrap_or_default();
            if self.source.contains(above.trim()) {
                table.decor_mut().set_prefix("");
            }
            self.push(table, record.clone());
        }
    }

    /// Removes every record that names one of the given copies for the same profile.
    pub fn remove(&mut self, gone: &[Record]) {
        let is_gone = |slot: &Slot| {
            slot.record().is_some_and(|record| gone.iter().any(|other| other.same_place(record)))
        };
        let removed: Vec<bool> = self.slots.iter().map(is_gone).collect();
        if !removed.contains(&true) {
            return;
        }
        let Some(mut tables) = self.tables_mut() else { return };
        let comments = tables.remove(&removed);
        self.slots.retain(|slot| !is_gone(slot));
        if self.slots.is_empty() && !self.list_is_commented() {
            self.document.remove(RECORDS);
        }
        if !comments.is_empty() {
            let trailing = self.document.trailing().as_str().unwrap_or_default();
            let trailing = format!("{comments}{trailing}");
            self.document.set_trailing(trailing);
        }
    }

    /// The text; `None` when nothing is left in it, so that the file should go.
    pub fn render(&self) -> Option<String> {
        let text = if self.edited {
            in_form_of(&self.source, &self.document.to_string())
        } else {
            self.source.clone()
        };
        (!unmarked(&text).trim().is_empty()).then_some(text)
    }

    /// A copy of the table of a record.
    fn table(&self, index: usize) -> Option<Table> {
        match self.document.get(RECORDS)? {
            Item::ArrayOfTables(tables) => tables.get(index).cloned(),
            Item::Value(Value::Array(list)) => {
                list.get(index)?.as_inline_table().cloned().map(InlineTable::into_table)
            }
            _ => None,
        }
    }

    /// The list of records, for an edit. An empty `deployed = []` makes room for `[[deployed]]` tables, unless that
    /// would cost a comment.
    fn tables_mut(&mut self) -> Option<Tables<'_>> {
        self.edited = true;
        if self.slots.is_empty() && !self.list_is_commented() {
            self.document.remove(RECORDS);
            self.document.insert(RECORDS, Item::ArrayOfTables(ArrayOfTables::new()));
        }
        match self.document.get_mut(RECORDS)? {
            Item::ArrayOfTables(tables) => Some(Tables::Headed(tables)),
            Item::Value(Value::Array(list)) => Some(Tables::Inline(list)),
            _ => None,
        }
    }

    /// Whether comments stand above, beside or in `deployed = […]`.
    fn list_is_commented(&self) -> bool {
        let Some((key, Item::Value(Value::Array(list)))) = self.document.get_key_value(RECORDS) else {
            return false;
        };
        let places = [key.leaf_decor().prefix(), list.decor().suffix(), Some(list.trailing())];
        places.into_iter().flatten().any(|place| place.as_str().is_some_and(|text| text.contains('#')))
    }
}

/// A record's table with the offset at which it starts.
type Located<'a> = (&'a dyn TableLike, Option<usize>);

/// The records' tables, in the order of the file.
fn tables(item: Option<&Item>) -> Result<Vec<Located<'_>>, String> {
    match item {
        None => Ok(Vec::new()),
        Some(Item::ArrayOfTables(tables)) => Ok(tables
            .iter()
            .map(|table| (table as &dyn TableLike, table.span().map(|span| span.start)))
            .collect()),
        Some(Item::Value(Value::Array(array))) => array
            .iter()
            .map(|value| {
                let table = value.as_inline_table().ok_or("“deployed” holds something that is no record")?;
                Ok((table as &dyn TableLike, table.span().map(|span| span.start)))
            })
            .collect(),
        Some(_) => Err(format!("“{RECORDS}” is not a list of records")),
    }
}

#[cfg(test)]
mod tests;

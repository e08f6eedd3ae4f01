//! The file as a document that is edited in place.

mod restore;

use super::record::{BadRecord, Record};
use super::table::write;
use crate::path::RelPath;
use crate::toml_text::{Listed, Parsed};
use std::collections::HashSet;
use toml_edit::Table;

const RECORDS: &str = "deployed";
/// The text of a manifest without a record.
pub const EMPTY: &str = "deployed = []\n";

/// A manifest: its good records, its bad ones, and the text they stand in.
#[derive(Debug, Clone)]
pub struct Manifest {
    text: Listed,
    profile_root: RelPath,
    /// One per table of the file, in its order.
    slots: Vec<Slot>,
    bad: Vec<BadRecord>,
    legacy: Legacy,
}

/// What SkillMeat's older file has to do with it (see [`super::legacy`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Legacy {
    None,
    /// It lies beside this one and does not count.
    Beside,
    /// This was read from it; there is no file of today's name.
    Source,
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
            text: Listed::empty(RECORDS),
            profile_root: profile_root.clone(),
            slots: Vec::new(),
            bad: Vec::new(),
            legacy: Legacy::None,
        }
    }

    /// Reads the text of a manifest that lies in `profile_root`.
    ///
    /// # Errors
    /// What the parser says, with its position, when the text as a whole is not a manifest.
    pub fn parse(text: &str, profile_root: &RelPath) -> Result<Self, String> {
        let parsed = Parsed::of(text, RECORDS)?;
        let (mut slots, mut bad) = (Vec::<Slot>::new(), Vec::new());
        let mut named = HashSet::new();
        for (index, (table, start)) in parsed.tables()?.into_iter().enumerate() {
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
                line: start.and_then(|start| parsed.line(start)),
                name: table.get("artifact_name").and_then(|name| name.as_str()).map(str::to_owned),
                reason,
            }));
        }
        let (text, profile_root) = (parsed.into_listed(), profile_root.clone());
        Ok(Self { text, profile_root, slots, bad, legacy: Legacy::None })
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
            self.text.edit(index, |table| write(table, &record, &profile_root));
            self.slots[index] = Slot::Good(record);
        } else {
            let mut table = Table::new();
            write(&mut table, &record, &profile_root);
            self.push(table, record);
        }
    }

    fn push(&mut self, table: Table, record: Record) {
        if self.text.push(table) {
            self.slots.push(Slot::Good(record));
        }
    }

    /// Puts records of another text of this manifest at the end, with everything that stands in their tables. One
    /// that this manifest has already is left out.
    pub fn restore(&mut self, records: &[Record], from: &Manifest) {
        for record in records {
            if self.slots.iter().filter_map(Slot::record).any(|other| other.same_place(record)) {
                continue;
            }
            let found = from.slots.iter().position(|slot| matches!(slot, Slot::Good(good) if good == record));
            let Some(mut table) = found.and_then(|index| from.text.table(index)) else { continue };
            let above = table.decor().prefix().and_then(|prefix| prefix.as_str()).unwrap_or_default();
            if self.text.source().contains(above.trim()) {
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
        self.text.remove(&removed);
        self.slots.retain(|slot| !is_gone(slot));
    }

    /// The text; `None` when nothing is left in it, so that the file should go.
    pub fn render(&self) -> Option<String> {
        // Without a file the older one would count again.
        let kept = || (self.legacy != Legacy::None).then(|| EMPTY.to_owned());
        self.text.render().or_else(kept)
    }

    /// Whether it was read from SkillMeat's older file, so that the next change writes all of it into today's.
    pub fn is_legacy(&self) -> bool {
        self.legacy == Legacy::Source
    }

    pub(super) fn of_legacy(self) -> Self {
        Self { legacy: Legacy::Source, ..self }
    }

    pub(super) fn beside_legacy(self) -> Self {
        Self { legacy: Legacy::Beside, ..self }
    }

    /// Notes an entry that is told and never acted upon.
    pub(super) fn leave_out(&mut self, bad: BadRecord) {
        self.bad.push(bad);
    }
}

#[cfg(test)]
mod tests;

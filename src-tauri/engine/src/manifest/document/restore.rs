//! Putting a record back to what it was, to the letter.

use super::{Manifest, Slot};
use crate::manifest::{Record, RecordKey};

impl Manifest {
    /// The record with this key.
    pub fn find(&self, key: &RecordKey) -> Option<&Record> {
        self.records().find(|record| key.is(record))
    }

    /// Makes the record with this key what it is in `from`, to the letter, or removes it where it is not there.
    pub fn revert(&mut self, key: &RecordKey, from: Option<&Manifest>) {
        let is = |slot: &Slot| slot.record().is_some_and(|record| key.is(record));
        let old = from.and_then(|from| {
            let index = from.slots.iter().position(is)?;
            Some((from.text.table(index)?, from.slots.get(index)?.record()?.clone()))
        });
        let known = self.slots.iter().position(is);
        let Some((table, record)) = old else {
            let gone = known.and_then(|index| self.slots[index].record().cloned());
            return self.remove(gone.as_slice());
        };
        let Some(index) = known else { return self.push(table, record) };
        self.text.replace(index, table);
        self.slots[index] = Slot::Good(record);
    }
}

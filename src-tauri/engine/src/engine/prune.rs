//! How long what undo needs is kept: so many days, and so many bytes, as the settings say.
//!
//! Operations go as a whole and oldest first: entry, old trees, pack. So nothing is missing for an undo that is still
//! on the list, and the list gets shorter where anybody can see it. The newest operation stays whatever its size. The
//! content of live deployments, which their drift is measured against, is never removed.

use super::Engine;
use crate::clock::parse_iso;
use crate::deploy::{Ledger, PACKS_LOCK};
use crate::error::Result;
use crate::fs::{EntryKind, FileLock, Root, Trashed};
use crate::journal::{Journal, Part, operation_of};
use crate::path::RelPath;
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::{HashMap, HashSet};
use std::time::Duration;

/// When it was last looked what can go.
const STAMP: &str = "history/pruned";
const NOTE_BYTES: u64 = 1024 * 1024;

/// An operation and what it keeps.
struct Kept {
    parts: Vec<String>,
    at: Option<DateTime<Utc>>,
    bytes: u64,
}

impl Engine {
    /// Removes what is kept for undo and is too old or too much by the settings. Gives how many operations went.
    ///
    /// # Errors
    /// `config-invalid`; `io` and its relatives.
    pub fn prune(&self) -> Result<u64> {
        let settings = self.settings()?;
        let Some(desktop) = self.desktop()? else { return Ok(0) };
        let lock = FileLock::acquire(&desktop, &RelPath::new(PACKS_LOCK)?, Duration::ZERO, None);
        // Somebody else does it right now.
        let Ok(_lock) = lock else { return Ok(0) };
        let packs = names(&desktop, "objects")?;
        let journal = Journal::new(&desktop);
        let running: HashSet<String> = journal.running()?.parts.iter().map(Part::name).collect();
        let mut operations = kept(&desktop, &journal)?;
        let oldest = self.options.clock.now() - TimeDelta::days(i64::from(settings.keep_days));
        let limit = u64::from(settings.keep_mib) * 1024 * 1024;
        let mut total: u64 = operations.iter().map(|operation| operation.bytes).sum();
        let mut going = 0;
        while operations.len() - going > 1 {
            let operation = &operations[going];
            if total <= limit && operation.at.is_none_or(|at| at >= oldest) {
                break;
            }
            total -= operation.bytes;
            going += 1;
        }
        let stay = operations.split_off(going);
        for part in operations.iter().flat_map(|operation| &operation.parts) {
            journal.forget(part)?;
            desktop.remove(&RelPath::new(format!("trash/{part}"))?)?;
        }
        let mut parts = journal.running()?.parts;
        let names: Vec<String> = stay.iter().flat_map(|operation| operation.parts.clone()).collect();
        parts.extend(journal.read_done(&names)?.parts);
        // Read last: whoever finished meanwhile has noted its packs before it ended.
        let ledgers = Ledger::all(&desktop)?;
        let mut needed: HashSet<&str> =
            ledgers.iter().flat_map(Ledger::bases).map(|base| base.pack.as_str()).collect();
        needed.extend(stay.iter().flat_map(|operation| &operation.parts).map(String::as_str));
        needed.extend(running.iter().map(String::as_str));
        // Undoing makes an earlier base that of a live deployment again.
        needed.extend(parts.iter().flat_map(Part::packs));
        for pack in packs.iter().filter_map(|name| name.strip_suffix(".zip")) {
            if !needed.contains(pack) {
                self.cache().write_if_free(|writer| writer.forget_pack(pack))?;
                desktop.remove(&RelPath::new(format!("objects/{pack}.zip"))?)?;
            }
        }
        self.prune_strays(&desktop, &needed, oldest)?;
        Ok(going as u64)
    }

    /// What is in the trash for another reason than an operation that is on the list goes by its own age.
    fn prune_strays(&self, desktop: &Root, needed: &HashSet<&str>, oldest: DateTime<Utc>) -> Result<()> {
        for name in names(desktop, "trash")?.iter().filter(|name| !needed.contains(name.as_str())) {
            let folder = RelPath::new(format!("trash/{name}"))?;
            let note = desktop.read(&folder.child("origin.json")?, NOTE_BYTES)?;
            let note = note.and_then(|note| serde_json::from_slice::<Trashed>(&note).ok());
            let old = note.and_then(|note| parse_iso(&note.trashed_at)).is_some_and(|at| at < oldest);
            if old {
                desktop.remove(&folder)?;
            }
        }
        Ok(())
    }

    /// Prunes if that was not done within the last hour. Failing to costs room and nothing else.
    pub(super) fn prune_when_due(&self) {
        let due = || -> Result<()> {
            let Some(desktop) = self.desktop()? else { return Ok(()) };
            let stamp = RelPath::new(STAMP)?;
            let last = desktop.read(&stamp, NOTE_BYTES)?.and_then(|text| String::from_utf8(text).ok());
            let hour_ago = self.options.clock.now() - TimeDelta::hours(1);
            if last.and_then(|text| parse_iso(&text)).is_some_and(|last| last > hour_ago) {
                return Ok(());
            }
            desktop.create_folders(&RelPath::new("history")?)?;
            desktop.replace(&stamp, self.now().as_bytes())?;
            self.prune().map(|_| ())
        };
        if let Err(error) = due() {
            tracing::warn!(%error, "what is kept for undo could not be pruned");
        }
    }
}

/// The operations that are done, oldest first.
fn kept(desktop: &Root, journal: &Journal<'_>) -> Result<Vec<Kept>> {
    let parts: HashMap<String, _> =
        journal.read_done(&journal.done()?)?.parts.into_iter().map(|part| (part.name(), part)).collect();
    let mut operations: Vec<Kept> = Vec::new();
    for name in journal.done()? {
        let part = parts.get(&name);
        let pack =
            desktop.entry(&RelPath::new(format!("objects/{name}.zip"))?)?.map_or(0, |entry| entry.bytes);
        let old: u64 = part.map_or(0, |part| part.steps.iter().map(|step| step.kept_bytes).sum());
        let at = part.and_then(|part| parse_iso(&part.at));
        match operations.last_mut() {
            Some(last)
                if last.parts.first().is_some_and(|first| operation_of(first) == operation_of(&name)) =>
            {
                last.parts.push(name);
                last.bytes += old + pack;
            }
            _ => operations.push(Kept { parts: vec![name], at, bytes: old + pack }),
        }
    }
    Ok(operations)
}

fn names(desktop: &Root, folder: &str) -> Result<Vec<String>> {
    let entries = desktop.list(Some(&RelPath::new(folder)?))?;
    let known = entries.into_iter().filter(|entry| matches!(entry.kind, EntryKind::File | EntryKind::Folder));
    Ok(known.map(|entry| entry.name).collect())
}

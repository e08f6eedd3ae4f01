//! A cache is files that belong together: database, log and index of the log. Whoever mixes those of two
//! caches makes SQLite read one database with the log of another, so they are moved, and recognised, as a whole.

use crate::clock::{Clock, SystemClock};
use crate::error::Result;
use crate::fs::Root;
use crate::path::RelPath;
use std::collections::BTreeSet;

/// What is added to the name: nothing for the database, then log and index; the journal is there instead of these
/// on file systems without shared memory, and only while something is written.
const ENDINGS: [&str; 4] = ["", "-wal", "-shm", "-journal"];

/// Caches set aside that are kept, newest first: enough to find out what happened, and not a growing heap.
const KEPT: usize = 3;

const MARK: &str = ".set-aside-";

/// The files that an open cache reads and writes, recognised whatever stands at their names by now.
#[derive(Debug)]
pub(super) struct OpenFile {
    pub(super) folder: Root,
    pub(super) name: RelPath,
    /// Of database, log and index; nothing for one that was not there.
    identities: [Option<(u64, u64)>; 3],
}

impl OpenFile {
    /// The files of a cache that was just opened.
    pub(super) fn of(root: &Root, name: &RelPath) -> Result<Self> {
        Ok(Self { folder: Root::open(root.path())?, name: name.clone(), identities: identities(root, name)? })
    }

    /// Whether each is still the one at its name. A lost log or index counts as much as a lost database: the next
    /// process makes a new one, and the two would not see each other's commits.
    pub(super) fn is_current(&self) -> bool {
        let Ok(now) = identities(&self.folder, &self.name) else { return false };
        self.identities[0].is_some()
            && self.identities.iter().zip(now).all(|(opened, now)| opened.is_none() || *opened == now)
    }

    /// Whether any of them is still at its name, and so in the way of a new cache.
    pub(super) fn is_in_the_way(&self) -> Result<bool> {
        let now = identities(&self.folder, &self.name)?;
        Ok(self.identities.iter().zip(now).any(|(opened, now)| opened.is_some() && *opened == now))
    }
}

fn identities(root: &Root, name: &RelPath) -> Result<[Option<(u64, u64)>; 3]> {
    let [database, log, index, _] = files(name)?;
    Ok([root.identity(&database)?, root.identity(&log)?, root.identity(&index)?])
}

fn files(name: &RelPath) -> Result<[RelPath; 4]> {
    let [database, log, index, journal] = ENDINGS.map(|ending| RelPath::new(format!("{name}{ending}")));
    Ok([database?, log?, index?, journal?])
}

/// Moves the files out of the way, and removes the oldest of those moved earlier. The caller holds the
/// opening lock.
pub(super) fn set_aside(root: &Root, name: &RelPath) -> Result<()> {
    let time = SystemClock.now().format("%Y%m%dT%H%M%S%.6fZ");
    for (file, ending) in files(name)?.iter().zip(ENDINGS) {
        if root.entry(file)?.is_some() {
            root.rename_new(file, &RelPath::new(format!("{name}{MARK}{time}{ending}"))?)?;
        }
    }
    prune(root, name)
}

/// Whether log or index lie there without a database that they could belong to. One that is empty has none
/// either: SQLite would drop the log, while whoever still has it open goes on writing to it.
pub(super) fn is_torn(root: &Root, name: &RelPath) -> Result<bool> {
    let [database, log, index, _] = files(name)?;
    let without = root.entry(&database)?.is_none_or(|entry| entry.bytes == 0);
    Ok(without && (root.entry(&log)?.is_some() || root.entry(&index)?.is_some()))
}

fn prune(root: &Root, name: &RelPath) -> Result<()> {
    let prefix = format!("{name}{MARK}");
    let time = |file: &str| {
        let stamp = file.strip_prefix(&prefix)?;
        Some(ENDINGS.iter().rev().find_map(|end| stamp.strip_suffix(end)).unwrap_or(stamp).to_owned())
    };
    let entries = root.list(None)?;
    let times: BTreeSet<String> = entries.iter().filter_map(|entry| time(&entry.name)).collect();
    let kept: BTreeSet<&String> = times.iter().rev().take(KEPT).collect();
    for entry in &entries {
        if time(&entry.name).is_some_and(|time| !kept.contains(&time)) {
            root.remove(&RelPath::new(entry.name.as_str())?)?;
        }
    }
    Ok(())
}

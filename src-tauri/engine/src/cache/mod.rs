//! The SQLite cache: every artifact, project and deployment, ready to list. Holds nothing that exists only here.
//!
//! | file | what it does |
//! |---|---|
//! | `migrations/` | the schema, append-only |
//! | `open` | open or make the file, and what is the matter with one that cannot be |
//! | `aside` | which files a cache is made of; setting a sick one aside as a whole |
//! | `row`, `set_row` | the rows as everybody sees them |
//! | `table`, `stored`, `value` | from rows to statements and back |
//! | `read` | snapshot and lookups |
//! | `write`, `edit` | transactions; a row that is equal already is no change |
//! | `change` | what changed since a revision |
//! | `skillmeat` | SkillMeat's own database, read |
//!
//! # Revisions
//! A commit that really changed a row makes the library's revision grow by one and notes its rows under it;
//! a removal leaves a tombstone. So whoever has a snapshot can be brought up to date from any process's
//! commits by [`Cache::changes_since`]. Revisions of two files cannot be compared; each file has an epoch.

mod aside;
mod change;
mod edit;
mod open;
mod read;
mod row;
mod set_row;
mod skillmeat;
mod stored;
mod table;
mod value;
mod write;

#[cfg(test)]
mod tests;

use aside::OpenFile;

pub use change::Change;
pub use open::{Opened, is_corrupt};
pub use row::{
    ArtifactRow, CollectionRow, DeploymentKey, DeploymentRow, LibrarySnapshot, ListedArtifact, ProfileRow,
    ProjectRow, TreeRow,
};
pub use set_row::{GroupMemberRow, GroupRow, SetMemberRow, SetRow};
pub use skillmeat::{
    DatabaseGroup, DatabaseMember, DatabaseSet, Deployed, ProfileEntry, SkillMeatDatabase, read_skillmeat,
};
pub use write::Writer;

use crate::error::Result;
use rusqlite::Connection;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// An open cache. Shared by all threads of a process; one writes and one reads at a time, and writing does
/// not keep anybody from reading.
#[derive(Debug)]
pub struct Cache {
    writer: Mutex<Connection>,
    reader: Mutex<Connection>,
    epoch: String,
    /// Where the file is; nothing for a cache that is only in memory.
    file: Option<OpenFile>,
}

impl Cache {
    /// Random per cache file: revisions of different epochs cannot be compared.
    pub fn epoch(&self) -> &str {
        &self.epoch
    }

    /// The last committed revision, of whatever process.
    ///
    /// # Errors
    /// `cache-stale` when the cache cannot be read.
    pub fn revision(&self) -> Result<u64> {
        Ok(read::meta(&lock(&self.reader))?.revision)
    }

    /// A number that is another one after any commit, also one of another process. Means nothing by itself,
    /// and costs next to nothing to ask for.
    ///
    /// # Errors
    /// `cache-stale` when the cache cannot be read.
    pub fn data_version(&self) -> Result<i64> {
        Ok(lock(&self.reader).query_row("PRAGMA data_version", [], |row| row.get(0))?)
    }

    /// Whether the open files are still those at their paths. If not, somebody set them aside or deleted one: what
    /// is written to them is lost, so open the cache anew.
    pub fn is_current(&self) -> bool {
        self.file.as_ref().is_none_or(OpenFile::is_current)
    }

    /// Whether the cache is only in memory, so that no other process and no later start sees it.
    pub fn is_in_memory(&self) -> bool {
        self.file.is_none()
    }
}

/// A connection, also after a thread died holding it: its transaction was undone as it went.
fn lock(connection: &Mutex<Connection>) -> MutexGuard<'_, Connection> {
    connection.lock().unwrap_or_else(PoisonError::into_inner)
}

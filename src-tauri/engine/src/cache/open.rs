//! Opening the cache, come what may: a sick file is set aside, and in the last resort memory will do.

use super::aside::{OpenFile, is_torn, set_aside};
use super::read::{Meta, meta};
use super::{Cache, lock};
use crate::error::{Code, Error, Problem, Remedy, Result, Severity};
use crate::fs::{FileLock, Root};
use crate::path::RelPath;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags};
use rusqlite_migration::{M, Migrations};
use std::path::Path;
use std::sync::Mutex;
use std::time::Duration;

const STEPS: &[M<'_>] = &[
    M::up(include_str!("migrations/0001_init.sql")),
    M::up(include_str!("migrations/0002_stored.sql")),
    M::up(include_str!("migrations/0003_linked_collections.sql")),
    M::up(include_str!("migrations/0004_changed_rows.sql")),
    M::up(include_str!("migrations/0005_sets.sql")),
];
pub(super) const MIGRATIONS: Migrations<'_> = Migrations::from_slice(STEPS);

/// How long we wait for another process that writes, makes or replaces the cache.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);

/// More statements than there are in this module.
const STATEMENTS: usize = 64;

/// An open cache, and what there is to say about it.
#[derive(Debug)]
pub struct Opened {
    /// The cache.
    pub cache: Cache,
    /// `cache-rebuilt`: it is a new and empty one, as the old one was unusable. `cache-stale`: it is only in
    /// memory, as its file cannot be used.
    pub problem: Option<Problem>,
}

impl Cache {
    /// Opens the cache `name` in `folder`, both made when they are not there. A file that is no cache of ours
    /// (corrupt, of a newer version) is set aside. Where nothing can be written the cache is only in memory.
    ///
    /// # Errors
    /// `cache-stale` when there is not even memory for it; `path-escapes-root` for a bad `name`.
    pub fn open(folder: &Path, name: &str) -> Result<Opened> {
        let name = RelPath::new(name)?;
        or_in_memory(folder, &name, |root| {
            let _lock = opening_lock(root, &name, PATIENCE)?;
            open_or_replace(root, &name, PATIENCE)
        })
    }

    /// Opens the cache, if that can be done now and in its file: for one that is only [in
    /// memory](Cache::is_in_memory) so far. `None` when the file cannot be used yet.
    pub fn open_in_file(folder: &Path, name: &str) -> Option<Opened> {
        let opened = || {
            let (root, name) = (Root::create(folder)?, RelPath::new(name)?);
            let _lock = opening_lock(&root, &name, Duration::ZERO)?;
            let opened = open_or_replace(&root, &name, Duration::ZERO)?;
            lock(&opened.cache.reader).busy_timeout(PATIENCE)?;
            lock(&opened.cache.writer).busy_timeout(PATIENCE)?;
            Ok(opened)
        };
        opened().inspect_err(|error: &Error| tracing::debug!(%error, "the cache stays in memory")).ok()
    }

    /// Opens the cache anew in the place of `broken`, which turned out to be corrupt while it was read
    /// ([`is_corrupt`]) or is no longer the one at its path ([`Cache::is_current`]). What is left of it there is
    /// set aside; when another process has done that already, that process's cache is opened.
    ///
    /// # Errors
    /// As [`Cache::open`].
    pub fn replace(broken: &Cache, folder: &Path, name: &str) -> Result<Opened> {
        let name = RelPath::new(name)?;
        or_in_memory(folder, &name, |root| {
            let _lock = opening_lock(root, &name, PATIENCE)?;
            let in_the_way = broken.file.as_ref().map_or(Ok(false), OpenFile::is_in_the_way)?;
            if in_the_way {
                set_aside(root, &name)?;
            }
            let opened = open_or_replace(root, &name, PATIENCE)?;
            let problem = opened.problem.or_else(|| in_the_way.then(|| rebuilt(&root.absolute(&name))));
            Ok(Opened { problem, ..opened })
        })
    }
}

/// Whether the error means that the cache's file is damaged, so that only a new one helps.
pub fn is_corrupt(error: &Error) -> bool {
    matches!(error, Error::Cache(cause) if !is_circumstance(cause))
}

/// Whether a failure comes from the surroundings (locked, full, read-only) and says nothing about the file.
fn is_circumstance(error: &rusqlite::Error) -> bool {
    // A page that should be there and is not: the file was cut off, whatever SQLite files it under.
    let cut_off = error.sqlite_error().map(|error| error.extended_code);
    if cut_off == Some(rusqlite::ffi::SQLITE_IOERR_SHORT_READ) {
        return false;
    }
    matches!(
        error.sqlite_error_code(),
        Some(
            ErrorCode::CannotOpen
                | ErrorCode::ReadOnly
                | ErrorCode::DiskFull
                | ErrorCode::SystemIoFailure
                | ErrorCode::PermissionDenied
                | ErrorCode::DatabaseBusy
                | ErrorCode::DatabaseLocked
                | ErrorCode::FileLockingProtocolFailed
                | ErrorCode::OperationInterrupted
                | ErrorCode::OutOfMemory
        )
    )
}

fn or_in_memory(folder: &Path, name: &RelPath, open: impl FnOnce(&Root) -> Result<Opened>) -> Result<Opened> {
    match Root::create(folder).and_then(|root| open(&root)) {
        Ok(opened) => Ok(opened),
        Err(error) => {
            let problem = only_in_memory(&folder.join(name), &error);
            Ok(Opened { cache: in_memory()?, problem: Some(problem) })
        }
    }
}

/// One process at a time opens, makes, migrates or sets aside; a moment later the next finds the work done.
/// Without that, SQLite can be made to read one file's database with another file's log.
fn opening_lock(root: &Root, name: &RelPath, patience: Duration) -> Result<FileLock> {
    FileLock::acquire(root, &RelPath::new(format!("{name}.lock"))?, patience, None)
}

/// Under the opening lock: opens what is there, or a new one when that is no cache of ours.
fn open_or_replace(root: &Root, name: &RelPath, patience: Duration) -> Result<Opened> {
    if is_torn(root, name)? {
        set_aside(root, name)?;
    }
    match connect(root, name, patience) {
        Ok(cache) => Ok(Opened { cache, problem: None }),
        Err(error) if is_corrupt(&error) => {
            set_aside(root, name)?;
            let cache = connect(root, name, patience)?;
            Ok(Opened { cache, problem: Some(rebuilt(&root.absolute(name))) })
        }
        Err(error) => Err(error),
    }
}

/// Opens both connections to the file, which is made and migrated where that is needed.
fn connect(root: &Root, name: &RelPath, patience: Duration) -> Result<Cache> {
    let path = root.absolute(name);
    let open = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut writer = Connection::open_with_flags(&path, open | OpenFlags::SQLITE_OPEN_CREATE)?;
    prepare(&writer, patience)?;
    if MIGRATIONS.pending_migrations(&writer).map_err(migration_failed)? != 0 {
        // A file system without shared memory keeps its rollback journal; that is slower and as right.
        writer.pragma_update(None, "journal_mode", "wal")?;
        MIGRATIONS.to_latest(&mut writer).map_err(migration_failed)?;
    }
    if writer.is_readonly("main")? {
        return Err(sqlite(rusqlite::ffi::SQLITE_READONLY, "the cache file is read-only"));
    }
    let found = meta(&writer)?;
    let reader = Connection::open_with_flags(&path, open)?;
    prepare(&reader, patience)?;
    // A connection opens log and index with its first question; from here on both hold the files noted below.
    meta(&reader)?;
    Ok(cache(writer, reader, found, Some(OpenFile::of(root, name)?)))
}

fn in_memory() -> Result<Cache> {
    let name = format!("file:skillmeat-{}?mode=memory&cache=shared", uuid::Uuid::new_v4().simple());
    let mut writer = Connection::open(&name)?;
    prepare(&writer, PATIENCE)?;
    MIGRATIONS.to_latest(&mut writer).map_err(migration_failed)?;
    let meta = meta(&writer)?;
    let reader = Connection::open(&name)?;
    prepare(&reader, PATIENCE)?;
    // Two connections to one memory lock tables against each other; reading what is not yet committed
    // instead is harmless here, as every change is told again after its commit.
    reader.pragma_update(None, "read_uncommitted", true)?;
    Ok(cache(writer, reader, meta, None))
}

fn cache(writer: Connection, reader: Connection, meta: Meta, file: Option<OpenFile>) -> Cache {
    Cache { writer: Mutex::new(writer), reader: Mutex::new(reader), epoch: meta.epoch, file }
}

fn prepare(connection: &Connection, patience: Duration) -> Result<()> {
    // A short-lived process does not pay for a checkpoint as it ends; one follows when the log is long enough.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    connection.busy_timeout(patience)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    connection.pragma_update(None, "synchronous", "normal")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    Ok(())
}

fn migration_failed(error: rusqlite_migration::Error) -> Error {
    match error {
        rusqlite_migration::Error::RusqliteError { err, .. } => Error::Cache(err),
        other => sqlite(rusqlite::ffi::SQLITE_SCHEMA, &other.to_string()),
    }
}

fn sqlite(code: i32, what: &str) -> Error {
    Error::Cache(rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(code), Some(what.to_owned())))
}

fn rebuilt(path: &Path) -> Problem {
    let message = "The cache could not be used. It was set aside beside the new one, which is filled from the \
                   files. Nothing of yours was in it.";
    Problem::new(Code::CacheRebuilt, Severity::Notice, message).about(path.display().to_string())
}

fn only_in_memory(path: &Path, error: &Error) -> Problem {
    let message = format!(
        "The cache {} cannot be used, so nothing is remembered between starts. Your files are not affected; \
         make the folder writable, then resync.",
        path.display()
    );
    let mut problem = Problem::new(Code::CacheStale, Severity::Notice, message)
        .about(path.display().to_string())
        .with_remedy(Remedy::Resync);
    let cause = error.to_problem();
    problem.causes = std::iter::once(cause.message).chain(cause.causes).collect();
    problem
}

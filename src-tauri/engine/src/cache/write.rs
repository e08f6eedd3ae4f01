//! Changing rows: a row that is equal already is not a change, and what is no change has no revision.

use super::open::PATIENCE;
use super::read::meta;
use super::table::Stored;
use super::value::{self, number};
use super::{Cache, lock};
use crate::error::{Error, Result};
use crate::fs::fault::{self, Call};
use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params, params_from_iter};
use std::collections::HashSet;
use std::sync::TryLockError;
use std::time::Duration;

/// Removals, and changed rows, that can be told to somebody who was away; older ones are forgotten, and a new snapshot
/// is needed.
const REMEMBERED: u64 = 10_000;

/// Commits between two looks at whether more than that is remembered: looking costs more than a small commit.
const COMMITS_PER_CLEANING: u64 = 64;

impl Cache {
    /// Runs `work` in one transaction: all of it or nothing. The library's revision grows by one if a row
    /// really changed. Other processes wait meanwhile, so `work` should not touch the disk itself; it must
    /// not ask the cache except through its [`Writer`].
    ///
    /// # Errors
    /// What `work` says, after undoing everything; `cache-stale` when the cache cannot be written, or when
    /// its file is no longer the one at its path ([`Cache::is_current`]), so that nobody else sees the rows.
    pub fn write<T>(&self, work: impl FnOnce(&mut Writer<'_>) -> Result<T>) -> Result<T> {
        self.write_with(&mut lock(&self.writer), work)
    }

    /// The same for what only saves time later: gives up soon when somebody else is writing.
    ///
    /// # Errors
    /// As [`Cache::write`].
    pub fn write_if_free(&self, work: impl FnOnce(&mut Writer<'_>) -> Result<()>) -> Result<()> {
        let mut connection = match self.writer.try_lock() {
            Ok(connection) => connection,
            Err(TryLockError::Poisoned(connection)) => connection.into_inner(),
            Err(TryLockError::WouldBlock) => return Ok(()),
        };
        connection.busy_timeout(LITTLE_PATIENCE)?;
        let written = self.write_with(&mut connection, work);
        connection.busy_timeout(PATIENCE)?;
        written
    }

    fn write_with<T>(
        &self,
        connection: &mut Connection,
        work: impl FnOnce(&mut Writer<'_>) -> Result<T>,
    ) -> Result<T> {
        self.point(Call::CacheBegin)?;
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let revision = meta(&transaction)?.revision + 1;
        let mut writer = Writer { transaction: &transaction, revision, changed: false };
        let answer = work(&mut writer)?;
        writer.finish()?;
        self.point(Call::CacheCommit)?;
        transaction.commit()?;
        if self.is_current() { Ok(answer) } else { Err(replaced()) }
    }
}

impl Cache {
    /// Where a test can make writing fail.
    #[inline]
    fn point(&self, call: Call) -> Result<()> {
        let Some(file) = &self.file else { return Ok(()) };
        fault::point(call, || file.folder.absolute(&file.name)).map_err(|source| {
            let failed = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_IOERR_WRITE);
            Error::Cache(rusqlite::Error::SqliteFailure(failed, Some(source.to_string())))
        })
    }
}

/// How long something waits that is good to have and not needed.
const LITTLE_PATIENCE: Duration = Duration::from_millis(100);

fn replaced() -> Error {
    let moved = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_READONLY_DBMOVED);
    let what = "the cache file was replaced by another one".to_owned();
    Error::Cache(rusqlite::Error::SqliteFailure(moved, Some(what)))
}

/// The rows, open for change during one transaction. Every method tells whether something really changed.
#[derive(Debug)]
pub struct Writer<'t> {
    pub(super) transaction: &'t Transaction<'t>,
    /// The revision of this transaction, if it changes anything.
    revision: u64,
    changed: bool,
}

/// What names rows of one table.
pub(super) type Keys = HashSet<Vec<String>>;

impl Writer<'_> {
    /// The library's revision before this transaction.
    pub fn since(&self) -> u64 {
        self.revision - 1
    }

    pub(super) fn upsert<R: Stored>(&mut self, row: &R) -> Result<bool> {
        let mut statement = self.transaction.prepare_cached(&R::sql().upsert)?;
        let changed: Option<i64> =
            statement.query_row(params_from_iter(row.values()?), |row| row.get(0)).optional()?;
        let Some(rowid) = changed else { return Ok(false) };
        let sql = "INSERT OR IGNORE INTO changed (revision, table_name, row) VALUES (?1, ?2, ?3)";
        self.transaction.prepare_cached(sql)?.execute(params![number(self.revision), R::TABLE, rowid])?;
        self.changed = true;
        Ok(true)
    }

    /// Upserts each row; of several for one key the first. Gives whether something changed, and all keys.
    pub(super) fn upsert_all<R: Stored>(&mut self, rows: &[R]) -> Result<(bool, Keys)> {
        let mut changed = false;
        let mut keys = Keys::with_capacity(rows.len());
        for row in rows {
            if keys.insert(row.key()) {
                changed |= self.upsert(row)?;
            }
        }
        Ok((changed, keys))
    }

    pub(super) fn remove<R: Stored>(&mut self, key: &[String]) -> Result<bool> {
        let mut statement = self.transaction.prepare_cached(&R::sql().delete)?;
        if statement.execute(params_from_iter(key))? == 0 {
            return Ok(false);
        }
        let sql = "INSERT OR REPLACE INTO tombstones (change, revision) VALUES (?1, ?2)";
        let change = value::json(&R::removed(key)?)?;
        self.transaction.prepare_cached(sql)?.execute([change, number(self.revision)])?;
        self.changed = true;
        Ok(true)
    }

    pub(super) fn replace<R: Stored>(&mut self, rows: &[R], scope: &str, params: &[&str]) -> Result<bool> {
        let (mut changed, kept) = self.upsert_all(rows)?;
        for key in &self.gone::<R>(&kept, scope, params)? {
            changed |= self.remove::<R>(key)?;
        }
        Ok(changed)
    }

    /// The keys within `scope` that are not among those kept.
    pub(super) fn gone<R: Stored>(
        &self,
        kept: &Keys,
        scope: &str,
        params: &[&str],
    ) -> Result<Vec<Vec<String>>> {
        let sql = format!("SELECT {} FROM {} WHERE {scope}", R::KEY.join(", "), R::TABLE);
        let mut statement = self.transaction.prepare_cached(&sql)?;
        let keys = statement.query_map(params_from_iter(params), |row| {
            (0..R::KEY.len()).map(|column| row.get(column)).collect::<rusqlite::Result<Vec<String>>>()
        })?;
        let mut gone = Vec::new();
        for key in keys {
            let key = key?;
            if !kept.contains(&key) {
                gone.push(key);
            }
        }
        Ok(gone)
    }

    fn finish(self) -> Result<()> {
        if !self.changed {
            return Ok(());
        }
        let sql = "UPDATE meta SET revision = ?1";
        self.transaction.prepare_cached(sql)?.execute([number(self.revision)])?;
        if self.revision.is_multiple_of(COMMITS_PER_CLEANING) {
            self.forget_what_is_old("changed")?;
            self.forget_what_is_old("tombstones")?;
        }
        Ok(())
    }

    /// Keeps the newest of `table`, whole revisions at a time.
    fn forget_what_is_old(&self, table: &str) -> Result<()> {
        let sql = format!("SELECT revision FROM {table} ORDER BY revision DESC LIMIT 1 OFFSET ?1");
        let mut statement = self.transaction.prepare_cached(&sql)?;
        let oldest: Option<i64> = statement.query_row([number(REMEMBERED)], |row| row.get(0)).optional()?;
        let Some(oldest) = oldest else { return Ok(()) };
        self.transaction.execute(&format!("DELETE FROM {table} WHERE revision <= ?1"), [oldest])?;
        self.transaction.execute("UPDATE meta SET forgotten = max(forgotten, ?1)", [oldest])?;
        Ok(())
    }
}

//! The statements of a table, made from the names of its columns.

use super::change::Change;
use super::value::Bound;
use crate::error::Result;
use rusqlite::Row;

/// A row type with a table of its own.
pub(super) trait Stored: Sized {
    /// The table's name.
    const TABLE: &'static str;
    /// The columns that name a row.
    const KEY: &'static [&'static str];
    /// The other columns.
    const REST: &'static [&'static str];
    /// What lists and batches are sorted by.
    const ORDER: &'static str;

    /// The statements for this type.
    fn sql() -> &'static Sql;
    /// What names this row: the values of `KEY`.
    fn key(&self) -> Vec<String>;
    /// The row's values: those of `KEY`, then those of `REST`.
    fn values(&self) -> Result<Vec<Bound<'_>>>;
    /// A row from the same columns in the same order.
    fn read(row: &Row<'_>) -> rusqlite::Result<Self>;
    /// The change to tell when the row of this key is gone.
    fn removed(key: &[String]) -> Result<Change>;
}

/// The statements of one table. Each is one text for the life of the process, so that it is prepared once.
#[derive(Debug)]
pub(super) struct Sql {
    /// Inserts a row or makes it equal, and gives its rowid; does nothing to a row that is equal already.
    pub(super) upsert: String,
    /// Removes one row.
    pub(super) delete: String,
    /// All rows.
    pub(super) all: String,
    /// One row.
    pub(super) one: String,
    /// Rows that changed after a revision.
    pub(super) changed: String,
}

impl Sql {
    pub(super) fn of<R: Stored>() -> Self {
        let (table, order) = (R::TABLE, R::ORDER);
        let columns = [R::KEY, R::REST].concat();
        let list = columns.join(", ");
        let places: Vec<String> = (1..=columns.len()).map(|place| format!("?{place}")).collect();
        let named: Vec<String> =
            R::KEY.iter().enumerate().map(|(at, column)| format!("{column} = ?{}", at + 1)).collect();
        let named = named.join(" AND ");
        let news: Vec<String> = R::REST.iter().map(|column| format!("excluded.{column}")).collect();
        let sets: Vec<String> =
            R::REST.iter().map(|column| format!("{column} = excluded.{column}")).collect();
        Self {
            upsert: format!(
                "INSERT INTO {table} ({list}) VALUES ({}) ON CONFLICT ({}) \
                 DO UPDATE SET {} WHERE ({}) IS NOT ({}) RETURNING rowid",
                places.join(", "),
                R::KEY.join(", "),
                sets.join(", "),
                R::REST.join(", "),
                news.join(", "),
            ),
            delete: format!("DELETE FROM {table} WHERE {named}"),
            all: format!("SELECT {list} FROM {table} ORDER BY {order}"),
            one: format!("SELECT {list} FROM {table} WHERE {named}"),
            changed: format!(
                "SELECT {list} FROM {table} WHERE rowid IN \
                 (SELECT row FROM changed WHERE revision > ?1 AND table_name = '{table}') ORDER BY {order}"
            ),
        }
    }
}

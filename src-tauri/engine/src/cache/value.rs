//! Values on their way into statements and out of rows.

use crate::error::{Error, Result};
use rusqlite::Row;
use rusqlite::types::{FromSql, ToSqlOutput, Type, Value, ValueRef};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// One value on its way into a statement, borrowed where that is possible.
pub(super) type Bound<'a> = ToSqlOutput<'a>;

pub(super) fn text(text: &str) -> Bound<'_> {
    ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes()))
}

pub(super) fn null() -> Bound<'static> {
    ToSqlOutput::Borrowed(ValueRef::Null)
}

pub(super) fn optional(value: &Option<String>) -> Bound<'_> {
    match value {
        Some(value) => text(value),
        None => null(),
    }
}

pub(super) fn number(value: u64) -> Bound<'static> {
    ToSqlOutput::Owned(Value::Integer(to_sql(value)))
}

pub(super) fn flag(value: bool) -> Bound<'static> {
    ToSqlOutput::Owned(Value::Integer(value.into()))
}

/// SQLite counts up to 2^63 - 1, which nothing here can reach.
pub(super) fn to_sql(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

/// A list as JSON. Most lists are empty, which costs nothing.
pub(super) fn list<T: Serialize>(items: &[T]) -> Result<Bound<'static>> {
    if items.is_empty() { Ok(text("[]")) } else { json(&items) }
}

pub(super) fn json<T: Serialize>(value: &T) -> Result<Bound<'static>> {
    let text = serde_json::to_string(value)
        .map_err(|error| Error::Internal { what: format!("a row has no JSON form: {error}") })?;
    Ok(ToSqlOutput::Owned(Value::Text(text)))
}

/// The parts of a key, when there are as many as there should be.
pub(super) fn parts<const N: usize>(key: &[String]) -> Result<[String; N]> {
    key.to_vec().try_into().map_err(|key: Vec<String>| Error::Internal {
        what: format!("{} parts of a key, not {N}", key.len()),
    })
}

/// Reads the columns of a row from left to right.
pub(super) struct Columns<'r, 's> {
    row: &'r Row<'s>,
    next: usize,
}

impl<'r, 's> Columns<'r, 's> {
    pub(super) fn of(row: &'r Row<'s>) -> Self {
        Self::behind(row, 0)
    }

    /// From the column after `before` others on.
    pub(super) fn behind(row: &'r Row<'s>, before: usize) -> Self {
        Self { row, next: before }
    }

    /// The next column as it is.
    pub(super) fn next<T: FromSql>(&mut self) -> rusqlite::Result<T> {
        self.next += 1;
        self.row.get(self.next - 1)
    }

    /// The next column as a count.
    pub(super) fn count(&mut self) -> rusqlite::Result<u64> {
        let value: i64 = self.next()?;
        u64::try_from(value).map_err(|_| rusqlite::Error::IntegralValueOutOfRange(self.next - 1, value))
    }

    /// The next column as a text that means something else.
    pub(super) fn parsed<T, E>(&mut self, parse: impl FnOnce(String) -> Result<T, E>) -> rusqlite::Result<T>
    where
        E: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let text: String = self.next()?;
        parse(text).map_err(|error| self.unreadable(error))
    }

    /// The next column as JSON.
    pub(super) fn json<T: DeserializeOwned>(&mut self) -> rusqlite::Result<T> {
        self.parsed(|text| serde_json::from_str(&text))
    }

    /// The next column as JSON, or nothing.
    pub(super) fn optional_json<T: DeserializeOwned>(&mut self) -> rusqlite::Result<Option<T>> {
        let text: Option<String> = self.next()?;
        text.map(|text| serde_json::from_str(&text)).transpose().map_err(|error| self.unreadable(error))
    }

    fn unreadable(&self, error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> rusqlite::Error {
        rusqlite::Error::FromSqlConversionFailure(self.next - 1, Type::Text, error.into())
    }
}

//! A list of tables in one of our files, in either notation: `[[name]]` or `name = [{…}]`.

use super::file::File;
use crate::error::{Code, Problem, Remedy, Result, Severity};
use crate::path::System;
use toml_edit::{Array, ArrayOfTables, DocumentMut, InlineTable, Item, RawString, Table, TableLike, Value};

/// The entries of the list under `key`; `None` for one that is no table.
///
/// # Errors
/// `config-invalid` when there is something else than a list.
pub(super) fn entries<'f>(file: &'f File, key: &str) -> Result<Vec<Option<&'f dyn TableLike>>> {
    match file.document.get(key) {
        None => Ok(Vec::new()),
        Some(Item::ArrayOfTables(list)) => {
            Ok(list.iter().map(|table| Some(table as &dyn TableLike)).collect())
        }
        Some(Item::Value(Value::Array(list))) => Ok(list
            .iter()
            .map(|item| item.as_inline_table().map(|table: &InlineTable| table as &dyn TableLike))
            .collect()),
        Some(_) => Err(file.invalid(format!("“{key}” is not a list"))),
    }
}

/// The first entry that `wanted` says, to be changed.
///
/// # Errors
/// As [`entries`].
pub(super) fn entry_mut<'f>(
    file: &'f mut File,
    key: &str,
    wanted: impl Fn(&dyn TableLike) -> bool,
) -> Result<Option<&'f mut dyn TableLike>> {
    let at = entries(file, key)?.into_iter().position(|entry| entry.is_some_and(&wanted));
    let Some(at) = at else { return Ok(None) };
    Ok(match file.document.get_mut(key) {
        Some(Item::ArrayOfTables(list)) => list.get_mut(at).map(|table| table as &mut dyn TableLike),
        Some(Item::Value(Value::Array(list))) => {
            let entry = list.get_mut(at).and_then(Value::as_inline_table_mut);
            entry.map(|table| table as &mut dyn TableLike)
        }
        _ => None,
    })
}

/// Adds an entry at the end, in the notation that the list has.
pub(super) fn push(file: &mut File, key: &str, table: Table) {
    match file.document.get_mut(key) {
        Some(Item::ArrayOfTables(list)) => list.push(table),
        // As it is written, for the comments in it and beside it.
        Some(Item::Value(Value::Array(list))) => list.push(table.into_inline_table()),
        _ => _ = file.document.insert(key, Item::ArrayOfTables(ArrayOfTables::from_iter([table]))),
    }
}

/// Removes the entries that `wanted` says. Tells whether there were any.
///
/// # Errors
/// As [`entries`].
pub(super) fn remove(file: &mut File, key: &str, wanted: impl Fn(&dyn TableLike) -> bool) -> Result<bool> {
    let entries = entries(file, key)?.into_iter().enumerate();
    let at: Vec<usize> = entries.filter(|(_, entry)| entry.is_some_and(&wanted)).map(|(at, _)| at).collect();
    for at in at.iter().rev() {
        remove_one(&mut file.document, key, *at);
    }
    Ok(!at.is_empty())
}

/// The text under `key`; none when it is empty.
pub(super) fn text<'a>(table: &'a dyn TableLike, key: &str) -> Option<&'a str> {
    table.get(key)?.as_str().filter(|text| !text.is_empty())
}

/// A path without a trailing slash.
pub(super) fn trimmed(path: &str) -> &str {
    System::HERE.trimmed(path)
}

/// What to say of an entry that is left out: which `thing` of which file, and why.
pub(super) fn left_out(thing: &str, number: usize, file: &str, reason: &str) -> Problem {
    let message = format!("{thing} {number} of {file} is left out: {reason}. The other ones count.");
    Problem::new(Code::ConfigInvalid, Severity::Refusal, message).about(file).with_remedy(Remedy::Repair)
}

/// Removes one entry. Comments above it may be about the whole file, so they stay, above what follows.
fn remove_one(document: &mut DocumentMut, key: &str, at: usize) {
    let mut comments = String::new();
    match document.get_mut(key) {
        Some(Item::ArrayOfTables(list)) => {
            let prefix = |table: &Table| {
                table.decor().prefix().and_then(|raw| raw.as_str()).unwrap_or_default().to_owned()
            };
            comments = list.get(at).map(prefix).filter(|text| text.contains('#')).unwrap_or_default();
            list.remove(at);
            if let Some(next) = list.get_mut(at) {
                let joined = std::mem::take(&mut comments) + &prefix(next);
                next.decor_mut().set_prefix(joined);
            }
        }
        Some(Item::Value(Value::Array(list))) => remove_inline(list, at),
        _ => {}
    }
    if !comments.is_empty() {
        let joined = comments + document.trailing().as_str().unwrap_or_default();
        document.set_trailing(joined);
    }
}

/// The same for a list in brackets: comments within it go to the next entry, or before the closing bracket.
fn remove_inline(list: &mut Array, at: usize) {
    let text = |raw: Option<&RawString>| raw.and_then(RawString::as_str).unwrap_or_default().to_owned();
    let removed = list.remove(at);
    let around = text(removed.decor().prefix()) + &text(removed.decor().suffix());
    if !around.contains('#') {
        return;
    }
    let comments = format!("{}\n", around.trim_end());
    if let Some(next) = list.get_mut(at) {
        let joined = comments + &text(next.decor().prefix());
        next.decor_mut().set_prefix(joined);
    } else {
        let joined = comments + &text(Some(list.trailing()));
        list.set_trailing(joined);
    }
}

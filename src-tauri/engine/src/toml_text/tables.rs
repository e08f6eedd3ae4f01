//! A list of tables, in either notation: `[[entries]]` or `entries = [{…}]`.

use toml_edit::{Array, ArrayOfTables, Item, Table, TableLike, Value, value};

/// What stands between two tables.
const GAP: &str = "\n";

/// The list, to be edited in place.
#[derive(Debug)]
pub enum Tables<'a> {
    /// `[[entries]]`.
    Headed(&'a mut ArrayOfTables),
    /// `entries = [{…}]`.
    Inline(&'a mut Array),
}

impl Tables<'_> {
    /// The table at this place of the list.
    pub fn get_mut(&mut self, index: usize) -> Option<&mut dyn TableLike> {
        match self {
            Self::Headed(list) => list.get_mut(index).map(|table| table as &mut dyn TableLike),
            Self::Inline(list) => list
                .get_mut(index)
                .and_then(Value::as_inline_table_mut)
                .map(|table| table as &mut dyn TableLike),
        }
    }

    /// Puts a table in the place of another one.
    pub fn replace(&mut self, index: usize, mut table: Table) {
        match self {
            Self::Headed(list) => {
                forget_positions(&mut table);
                if let Some(old) = list.get_mut(index) {
                    table.set_position(old.position());
                    *old = table;
                }
            }
            Self::Inline(list) if index < list.len() => _ = list.replace(index, table.into_inline_table()),
            Self::Inline(_) => {}
        }
    }

    /// Puts a table at the end: of the text, after `trailing`, which is what stands there without a table to belong
    /// to; or of the inline list. So everything that is there stays as it is. Gives what is to trail the text now.
    pub fn push(&mut self, mut table: Table, trailing: &str) -> String {
        match self {
            Self::Headed(list) => {
                // Its place in a text that it may come from says nothing here.
                forget_positions(&mut table);
                table.set_position(Some(isize::MAX));
                let above = table.decor().prefix().and_then(|prefix| prefix.as_str()).unwrap_or_default();
                let above = above.trim_start_matches(['\r', '\n']);
                let gap = if list.is_empty() && trailing.is_empty() { "" } else { GAP };
                let line_end = if trailing.is_empty() || trailing.ends_with('\n') { "" } else { "\n" };
                let prefix = format!("{trailing}{line_end}{gap}{above}");
                table.decor_mut().set_prefix(prefix);
                list.push(table);
                String::new()
            }
            Self::Inline(list) => {
                let mut table = table.into_inline_table();
                let after = list.trailing().as_str().unwrap_or_default().to_owned();
                if let Some((last, _)) = after.rsplit_once('\n') {
                    table.decor_mut().set_prefix(format!("{last}\n  "));
                    list.set_trailing("\n");
                    list.push_formatted(Value::InlineTable(table));
                } else {
                    list.push(table);
                }
                trailing.to_owned()
            }
        }
    }

    /// Takes tables out of the list. Comments above one that goes stay, above the next one or at the end of the
    /// list; gives those for which the list has no place.
    pub fn remove(&mut self, removed: &[bool]) -> String {
        let mut comments = String::new();
        let mut index = 0;
        let mut stays = || {
            index += 1;
            removed.get(index - 1) != Some(&true)
        };
        match self {
            Self::Headed(list) => {
                for (table, removed) in list.iter_mut().zip(removed) {
                    hand_on(&mut comments, table.decor_mut(), *removed);
                }
                list.retain(|_| stays());
            }
            Self::Inline(list) => {
                for (value, removed) in list.iter_mut().zip(removed) {
                    hand_on(&mut comments, value.decor_mut(), *removed);
                }
                list.retain(|_| stays());
                if !comments.is_empty() {
                    let trailing = list.trailing().as_str().unwrap_or_default();
                    // A comment goes on to the end of its line, and would take the list's end with it.
                    let ends = trailing.trim_start_matches([' ', '\t', '\r']).starts_with('\n');
                    let trailing =
                        format!("{}{}{trailing}", comments.trim_end(), if ends { "" } else { "\n" });
                    list.set_trailing(trailing);
                    comments.clear();
                }
            }
        }
        comments
    }
}

/// Takes up the comments above an entry that is removed, and puts them above the next one that is not.
fn hand_on(comments: &mut String, decor: &mut toml_edit::Decor, removed: bool) {
    let prefix = decor.prefix().and_then(|prefix| prefix.as_str()).unwrap_or_default();
    if removed && prefix.contains('#') {
        // The empty line between a comment and the table goes with the table.
        comments.push_str(if prefix.ends_with("\n\n") {
            prefix.strip_suffix(GAP).unwrap_or(prefix)
        } else {
            prefix
        });
    } else if !removed && !comments.is_empty() {
        let prefix = format!("{comments}{prefix}");
        decor.set_prefix(prefix);
        comments.clear();
    }
}

fn forget_positions(table: &mut Table) {
    table.set_position(None);
    for (_, item) in table.iter_mut() {
        match item {
            Item::Table(table) => forget_positions(table),
            Item::ArrayOfTables(tables) => tables.iter_mut().for_each(forget_positions),
            Item::None | Item::Value(_) => {}
        }
    }
}

/// Writes a key. One that is there keeps its place and its comments, and a value that says the same its spelling.
pub fn set(table: &mut dyn TableLike, key: &str, new: Value) {
    match table.get_mut(key).and_then(Item::as_value_mut) {
        Some(old) if same(old, &new) => {}
        Some(old) => {
            let decor = old.decor().clone();
            *old = new;
            *old.decor_mut() = decor;
        }
        None => {
            table.insert(key, value(new));
        }
    }
}

fn same(old: &Value, new: &Value) -> bool {
    match (old, new) {
        (Value::String(old), Value::String(new)) => old.value() == new.value(),
        (Value::Boolean(old), Value::Boolean(new)) => old.value() == new.value(),
        (Value::Array(old), Value::Array(new)) => {
            old.len() == new.len() && old.iter().zip(new.iter()).all(|(old, new)| same(old, new))
        }
        _ => false,
    }
}

/// Removes a key. Comments above it and beside it stay, above the key `next`.
pub fn drop_key(table: &mut dyn TableLike, key: &str, next: &str) {
    let above = table.key(key).and_then(|key| key.leaf_decor().prefix()?.as_str()).unwrap_or_default();
    let beside = table.get(key).and_then(|item| item.as_value()?.decor().suffix()?.as_str());
    let mut comments = if above.contains('#') { above.to_owned() } else { String::new() };
    if let Some(beside) = beside.map(str::trim).filter(|beside| beside.starts_with('#')) {
        comments.push_str(beside);
        comments.push('\n');
    }
    table.remove(key);
    if !comments.is_empty()
        && let Some(mut next) = table.key_mut(next)
    {
        let decor = next.leaf_decor_mut();
        let prefix = decor.prefix().and_then(|prefix| prefix.as_str()).unwrap_or_default();
        let prefix = format!("{comments}{prefix}");
        decor.set_prefix(prefix);
    }
}

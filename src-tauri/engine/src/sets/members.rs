//! The members in a set's table: `members = [{ … }]`, or `[[sets.members]]` tables.

use super::Member;
use crate::toml_text::set;
use toml_edit::{Array, ArrayOfTables, InlineTable, Item, Table, TableLike, Value};

/// The list's key.
const MEMBERS: &str = "members";

/// The members of a set, each once, and how many entries are none.
pub(super) fn read(table: &dyn TableLike) -> (Vec<Member>, usize) {
    let (mut members, mut bad) = (Vec::new(), 0);
    let mut take = |member: Option<Member>| match member {
        Some(member) if members.contains(&member) => {}
        Some(member) => members.push(member),
        None => bad += 1,
    };
    match table.get(MEMBERS) {
        Some(Item::Value(Value::Array(list))) => {
            list.iter().for_each(|value| take(value.as_inline_table().and_then(|table| member_of(table))));
        }
        Some(Item::ArrayOfTables(tables)) => tables.iter().for_each(|table| take(member_of(table))),
        None => {}
        Some(_) => bad += 1,
    }
    (members, bad)
}

/// Writes the members. An entry that stays keeps its comments and what else it says; what is no member stays, at the end.
pub(super) fn write(table: &mut dyn TableLike, wanted: &[Member]) {
    if read(table).0 == wanted && table.contains_key(MEMBERS) {
        return;
    }
    if table.get(MEMBERS).and_then(Item::as_array_of_tables).is_some_and(ArrayOfTables::is_empty) {
        table.remove(MEMBERS);
    }
    match table.entry(MEMBERS).or_insert(Item::Value(Value::Array(Array::new()))) {
        Item::Value(Value::Array(list)) => write_list(list, wanted),
        Item::ArrayOfTables(tables) => write_tables(tables, wanted),
        Item::None | Item::Value(_) | Item::Table(_) => {}
    }
}

fn write_list(list: &mut Array, wanted: &[Member]) {
    let of = |value: &Value| value.as_inline_table().and_then(|table| member_of(table));
    let mut old: Vec<(Option<Member>, Option<Value>)> =
        list.iter().map(|value| (of(value), Some(value.clone()))).collect();
    list.clear();
    for member in wanted {
        match taken(&mut old, member) {
            Some(value) => list.push_formatted(value),
            None => {
                let mut value = Value::InlineTable(new_table(member).into_inline_table());
                value.decor_mut().set_prefix("\n    ");
                list.push_formatted(value);
            }
        }
    }
    for value in old.into_iter().filter(|(member, _)| member.is_none()).filter_map(|(_, value)| value) {
        list.push_formatted(value);
    }
    if list.trailing().as_str().is_none_or(|trailing| !trailing.contains('\n')) && !list.is_empty() {
        list.set_trailing("\n");
        list.set_trailing_comma(true);
    }
}

/// Tables are written where their position says, so those that stay share the old positions in their new order.
fn write_tables(tables: &mut ArrayOfTables, wanted: &[Member]) {
    let mut positions: Vec<isize> = tables.iter().filter_map(Table::position).collect();
    positions.sort_unstable();
    let mut positions = positions.into_iter();
    let mut old: Vec<(Option<Member>, Option<Table>)> =
        tables.iter().map(|table| (member_of(table), Some(table.clone()))).collect();
    let mut place = |mut table: Table| {
        table.set_position(positions.next());
        table
    };
    tables.clear();
    for member in wanted {
        let table = taken(&mut old, member).unwrap_or_else(|| new_table(member));
        tables.push(place(table));
    }
    for table in old.into_iter().filter(|(member, _)| member.is_none()).filter_map(|(_, table)| table) {
        tables.push(place(table));
    }
}

fn taken<T>(old: &mut [(Option<Member>, Option<T>)], wanted: &Member) -> Option<T> {
    old.iter_mut().find(|(member, entry)| entry.is_some() && member.as_ref() == Some(wanted))?.1.take()
}

fn member_of(table: &dyn TableLike) -> Option<Member> {
    let text = |key: &str| {
        let text = table.get(key)?.as_str()?.trim();
        (!text.is_empty()).then(|| text.to_owned())
    };
    match (text("artifact"), text("group"), text("set")) {
        (Some(artifact_id), None, None) => {
            Some(Member::Artifact { artifact_id, collection: text("collection") })
        }
        (None, Some(group), None) => Some(Member::Group { group }),
        (None, None, Some(set_id)) => Some(Member::Set { set_id }),
        _ => None,
    }
}

fn new_table(member: &Member) -> Table {
    let mut table = InlineTable::new().into_table();
    match member {
        Member::Artifact { artifact_id, collection } => {
            set(&mut table, "artifact", artifact_id.as_str().into());
            if let Some(collection) = collection {
                set(&mut table, "collection", collection.as_str().into());
            }
        }
        Member::Group { group } => set(&mut table, "group", group.as_str().into()),
        Member::Set { set_id } => set(&mut table, "set", set_id.as_str().into()),
    }
    table
}

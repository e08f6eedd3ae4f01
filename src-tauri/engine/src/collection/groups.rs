//! Groups: ordered buckets of a collection's artifacts, in the `groups` list of `collection.toml`.
//!
//! SkillMeat's format: `name`, `description`, `color`, `icon`, `position` and `members`, a list of `type:name`. A group is
//! known by its name. Groups are ordered by position, then as they stand in the file. One that cannot be read is told,
//! stays, and is never written.

use super::document::CollectionText;
use crate::error::{Code, Problem, Remedy, Severity};
use crate::toml_text::{Parsed, drop_key, set};
use toml_edit::{Array, Item, Table, TableLike, Value};

/// The list's key.
const GROUPS: &str = "groups";

/// One group.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Group {
    /// Its name, unique in its collection.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// A colour's name or `#rrggbb`.
    pub color: Option<String>,
    /// An icon's name.
    pub icon: Option<String>,
    /// Where it stands among the groups; one without stands behind them.
    pub position: Option<i64>,
    /// Its artifacts, in order, each once: `type:name` as it is written.
    pub members: Vec<String>,
}

/// The groups of a `collection.toml`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Groups {
    /// In order.
    pub groups: Vec<Group>,
    /// What could not be read.
    pub problems: Vec<Problem>,
    /// Why the list is none, so that it cannot be changed.
    pub refused: Option<String>,
}

/// What to write of a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GroupEdit {
    /// Everything, over what is there or at the end.
    Put(Group),
    /// Another name; the rest stays.
    Rename(String),
    /// It goes.
    Remove,
}

/// The names of the groups of a text, table by table; none for one that cannot be read.
pub(super) type GroupNames = Vec<Option<String>>;

/// Reads the names of all groups, so that they can be edited.
///
/// # Errors
/// Why the list is none.
pub(super) fn names(text: &str) -> Result<GroupNames, String> {
    let parsed = Parsed::of(text, GROUPS)?;
    Ok(parsed.tables()?.into_iter().map(|(table, _)| group_of(table).ok().map(|group| group.name)).collect())
}

impl Groups {
    /// Reads the groups of a text that parses. Of two with one name the first counts.
    pub fn read(text: &str) -> Self {
        let mut read = Self::default();
        let parsed = match Parsed::of(text, GROUPS) {
            Ok(parsed) => parsed,
            Err(reason) => {
                // That the text as a whole is none is told by whoever lists the collection.
                read.refused = Some(reason);
                return read;
            }
        };
        let tables = match parsed.tables() {
            Ok(tables) => tables,
            Err(reason) => {
                read.problems.push(bad(&reason, None));
                read.refused = Some(reason);
                return read;
            }
        };
        for (number, (table, start)) in tables.into_iter().enumerate() {
            let line = start.and_then(|start| parsed.line(start));
            match group_of(table) {
                Ok(group) if read.groups.iter().any(|other| other.name == group.name) => {
                    let reason = format!("another group is called “{}”", group.name);
                    read.problems.push(bad(&reason, Some((number + 1, line))));
                }
                Ok(group) => read.groups.push(group),
                Err(reason) => read.problems.push(bad(&reason, Some((number + 1, line)))),
            }
        }
        read.groups.sort_by_key(|group| group.position.unwrap_or(i64::MAX));
        read
    }
}

impl CollectionText {
    /// Whether there is a group of that name.
    pub(super) fn has_group(&self, name: &str) -> bool {
        self.group_at(name).is_some()
    }

    /// What a group says, to be compared.
    pub(super) fn group_text(&self, name: &str) -> Option<String> {
        let index = self.group_at(name)?;
        self.text.text_in(GROUPS, index)
    }

    /// Edits the group of that name.
    pub(super) fn edit_group(&mut self, name: &str, edit: &GroupEdit) {
        let known = self.group_at(name);
        match (edit, known) {
            (GroupEdit::Put(group), Some(index)) => {
                self.text.about(GROUPS, |text| text.edit(index, |table| write(table, group)));
            }
            (GroupEdit::Put(group), None) => {
                let mut table = Table::new();
                write(&mut table, group);
                self.push_group(table, &group.name);
            }
            (GroupEdit::Rename(to), Some(index)) => {
                let named = |table: &mut dyn TableLike| set(table, "name", to.as_str().into());
                self.text.about(GROUPS, |text| text.edit(index, named));
                self.groups[index] = Some(to.clone());
            }
            (GroupEdit::Remove, Some(index)) => self.take_group(index),
            (GroupEdit::Rename(_) | GroupEdit::Remove, None) => {}
        }
    }

    /// Makes a group what it is in `from`, to the letter, or removes it where it is not there.
    pub(super) fn revert_group(&mut self, name: &str, from: Option<&CollectionText>) {
        let old = from.and_then(|from| {
            let index = from.group_at(name)?;
            from.text.table_in(GROUPS, index)
        });
        match (self.group_at(name), old) {
            (Some(index), Some(table)) => self.text.about(GROUPS, |text| text.replace(index, table)),
            (Some(index), None) => self.take_group(index),
            (None, Some(table)) => self.push_group(table, name),
            (None, None) => {}
        }
    }

    fn push_group(&mut self, table: Table, name: &str) {
        if self.text.about(GROUPS, |text| text.push(table)) {
            self.groups.push(Some(name.to_owned()));
        }
    }

    fn take_group(&mut self, index: usize) {
        let removed: Vec<bool> = (0..self.groups.len()).map(|at| at == index).collect();
        self.text.about(GROUPS, |text| text.remove(&removed));
        self.groups.remove(index);
    }

    fn group_at(&self, name: &str) -> Option<usize> {
        self.groups.iter().position(|known| known.as_deref() == Some(name))
    }
}

fn group_of(table: &dyn TableLike) -> Result<Group, String> {
    let text = |key: &str| {
        let text = table.get(key).and_then(Item::as_str).map(str::trim);
        text.filter(|text| !text.is_empty()).map(str::to_owned)
    };
    let name = text("name").ok_or("“name” is missing or not a text")?;
    let mut members: Vec<String> = Vec::new();
    let listed = table.get("members").and_then(Item::as_array);
    for member in listed.into_iter().flatten().filter_map(Value::as_str) {
        if !members.iter().any(|known| known == member) {
            members.push(member.to_owned());
        }
    }
    let position = table.get("position").and_then(Item::as_integer);
    let (description, color, icon) = (text("description"), text("color"), text("icon"));
    Ok(Group { name, description, color, icon, position, members })
}

fn write(table: &mut dyn TableLike, group: &Group) {
    set(table, "name", group.name.as_str().into());
    let texts = [("description", &group.description), ("color", &group.color), ("icon", &group.icon)];
    for (key, text) in texts {
        match text {
            Some(text) => set(table, key, text.as_str().into()),
            None => drop_key(table, key, "name"),
        }
    }
    if let Some(position) = group.position
        && table.get("position").and_then(Item::as_integer) != Some(position)
    {
        set(table, "position", position.into());
    }
    if group.members.is_empty() && !table.contains_key("members") {
        set(table, "members", Value::Array(Array::new()));
    }
    let Some(list) = table.entry("members").or_insert(Array::new().into()).as_array_mut() else { return };
    reorder(list, &group.members);
}

/// Makes a list of texts say these, in this order. What stays keeps its comments; what is no text stays, at the end.
fn reorder(list: &mut Array, wanted: &[String]) {
    if list.iter().map(|value| value.as_str().unwrap_or_default()).eq(wanted.iter().map(String::as_str)) {
        return;
    }
    let mut old: Vec<Option<Value>> = list.iter().cloned().map(Some).collect();
    list.clear();
    for text in wanted {
        let known =
            old.iter_mut().find(|value| value.as_ref().and_then(Value::as_str) == Some(text.as_str()));
        match known.and_then(Option::take) {
            Some(value) => list.push_formatted(value),
            None => list.push(text.as_str()),
        }
    }
    for value in old.into_iter().flatten().filter(|value| value.as_str().is_none()) {
        list.push_formatted(value);
    }
}

fn bad(reason: &str, place: Option<(usize, Option<usize>)>) -> Problem {
    let place = place.map_or_else(
        || "The groups of".to_owned(),
        |(number, line)| match line {
            Some(line) => format!("Group {number} (line {line}) of"),
            None => format!("Group {number} of"),
        },
    );
    let message = format!("{place} {} cannot be read and stay as they are: {reason}.", super::FILE_NAME);
    Problem::new(Code::CollectionInvalid, Severity::Refusal, message)
        .about(super::FILE_NAME)
        .with_remedy(Remedy::Repair)
}

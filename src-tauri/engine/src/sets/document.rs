//! `deployment-sets.toml` as a document that is read entry by entry and edited in place.

use super::{DeploymentSet, FILE_NAME, members};
use crate::error::{Code, Error, Problem, Remedy, Result, SetError, Severity};
use crate::fs::Root;
use crate::path::RelPath;
use crate::toml_text::{Listed, Parsed, drop_key, set};
use toml_edit::{Array, Item, Table, TableLike, Value};

/// A larger file is refused: 16 MiB.
const MAX_BYTES: u64 = 16 * 1024 * 1024;
/// The list's key.
const SETS: &str = "sets";

/// The text of a file of sets.
#[derive(Debug, Clone)]
pub struct SetsText {
    text: Listed,
    /// One per table; none for one that cannot be read.
    sets: Vec<Option<DeploymentSet>>,
    problems: Vec<Problem>,
}

/// What to write of a set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SetEdit {
    /// Everything, over what is there or at the end.
    Put(Box<DeploymentSet>),
    /// It goes.
    Remove,
}

impl SetsText {
    /// Of a collection that has no such file.
    pub fn empty() -> Self {
        Self { text: Listed::empty(SETS), sets: Vec::new(), problems: Vec::new() }
    }

    /// Reads the file of a collection as it is now.
    ///
    /// # Errors
    /// `sets-invalid` when it does not parse, is empty, not UTF-8 or too large; `io` and its relatives.
    pub fn read(root: &Root) -> Result<Self> {
        let Some(text) = text(root)? else { return Ok(Self::empty()) };
        Self::parse(&text).map_err(|reason| invalid(root, reason))
    }

    /// Reads a text.
    ///
    /// # Errors
    /// What the parser says, with its position, when the text as a whole is none.
    pub fn parse(text: &str) -> Result<Self, String> {
        let parsed = Parsed::of(text, SETS)?;
        let (mut sets, mut problems) = (Vec::<Option<DeploymentSet>>::new(), Vec::new());
        for (number, (table, start)) in parsed.tables()?.into_iter().enumerate() {
            let line = start.and_then(|start| parsed.line(start));
            let mut tell = |reason: &str| problems.push(bad(number + 1, line, reason));
            let (set, bad_members) = match set_of(table) {
                Ok(read) => read,
                Err(reason) => {
                    tell(&reason);
                    sets.push(None);
                    continue;
                }
            };
            if bad_members > 0 {
                let what = if bad_members == 1 { "1 member is" } else { "some members are" };
                tell(&format!("{what} neither an artifact, a group nor a set, and left out"));
            }
            if let Some(other) = sets.iter().flatten().find(|other| other.id == set.id) {
                tell(&format!("it has the id of “{}”", other.name));
                sets.push(None);
                continue;
            }
            if sets.iter().flatten().any(|other| super::look::is_same(&other.name, &set.name)) {
                tell(&format!("another set is called “{}” too; name it by its id, or rename one", set.name));
            }
            sets.push(Some(set));
        }
        Ok(Self { text: parsed.into_listed(), sets, problems })
    }

    /// The sets, in the order of the file.
    pub fn sets(&self) -> impl Iterator<Item = &DeploymentSet> {
        self.sets.iter().flatten()
    }

    /// What could not be read, set by set.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// Edits the set of that id.
    pub fn edit(&mut self, id: &str, edit: &SetEdit) {
        match (edit, self.at(id)) {
            (SetEdit::Put(set), Some(index)) => {
                self.text.edit(index, |table| write(table, set, false));
                self.sets[index] = Some(DeploymentSet::clone(set));
            }
            (SetEdit::Put(set), None) => {
                let mut table = Table::new();
                write(&mut table, set, true);
                self.push(table, DeploymentSet::clone(set));
            }
            (SetEdit::Remove, Some(index)) => self.take(index),
            (SetEdit::Remove, None) => {}
        }
    }

    /// Makes a set what it is in `from`, to the letter, or removes it where it is not there.
    pub fn revert(&mut self, id: &str, from: Option<&Self>) {
        let old = from.and_then(|from| {
            let index = from.at(id)?;
            Some((from.text.table(index)?, from.sets[index].clone()?))
        });
        match (self.at(id), old) {
            (Some(index), Some((table, set))) => {
                self.text.replace(index, table);
                self.sets[index] = Some(set);
            }
            (Some(index), None) => self.take(index),
            (None, Some((table, set))) => self.push(table, set),
            (None, None) => {}
        }
    }

    /// Whether there is a set of that id.
    pub fn has(&self, id: &str) -> bool {
        self.at(id).is_some()
    }

    /// What a set says, to be compared; `None` where there is none.
    pub fn set_text(&self, id: &str) -> Option<String> {
        self.text.text_in(SETS, self.at(id)?)
    }

    /// The text; `None` when nothing is left in it, so that the file should go.
    pub fn render(&self) -> Option<String> {
        self.text.render()
    }

    fn push(&mut self, table: Table, set: DeploymentSet) {
        if self.text.push(table) {
            self.sets.push(Some(set));
        }
    }

    fn take(&mut self, index: usize) {
        let removed: Vec<bool> = (0..self.sets.len()).map(|at| at == index).collect();
        self.text.remove(&removed);
        self.sets.remove(index);
    }

    fn at(&self, id: &str) -> Option<usize> {
        self.sets.iter().position(|set| set.as_ref().is_some_and(|set| set.id == id))
    }
}

/// The text of the file as it stands; `None` when there is none.
///
/// # Errors
/// `sets-invalid` when it is empty, not UTF-8 or too large; `io` and its relatives.
pub fn text(root: &Root) -> Result<Option<String>> {
    let bytes = match root.read(&RelPath::new(FILE_NAME)?, MAX_BYTES) {
        Ok(Some(bytes)) => bytes,
        Ok(None) => return Ok(None),
        Err(Error::SourceTooLarge { .. }) => {
            return Err(invalid(root, "it is larger than 16 MiB".to_owned()));
        }
        Err(error) => return Err(error),
    };
    let text = String::from_utf8(bytes).map_err(|_| invalid(root, "it is not valid UTF-8".to_owned()))?;
    if text.trim().is_empty() {
        return Err(invalid(root, "it is empty, as after a write that was cut off".to_owned()));
    }
    Ok(Some(text))
}

fn invalid(root: &Root, reason: String) -> Error {
    SetError::Invalid { path: root.path().join(FILE_NAME), reason }.into()
}

/// A set, and how many of its members are none.
fn set_of(table: &dyn TableLike) -> Result<(DeploymentSet, usize), String> {
    let text = |key: &str| {
        let text = table.get(key).and_then(Item::as_str).map(str::trim);
        text.filter(|text| !text.is_empty()).map(str::to_owned)
    };
    // A date that TOML knows as one is as good as a text.
    let time = |key: &str| text(key).or_else(|| Some(table.get(key)?.as_datetime()?.to_string()));
    let name = text("name").ok_or("“name” is missing or not a text")?;
    let (members, bad) = members::read(table);
    let mut tags = Vec::new();
    let listed = table.get("tags").and_then(Item::as_array).into_iter().flatten().filter_map(Value::as_str);
    for tag in listed.map(str::trim).filter(|tag| !tag.is_empty()) {
        if !tags.iter().any(|known| known == tag) {
            tags.push(tag.to_owned());
        }
    }
    let set = DeploymentSet {
        id: text("id").unwrap_or_else(|| name.clone()),
        name,
        description: text("description"),
        color: text("color"),
        icon: text("icon"),
        tags,
        created: time("created"),
        updated: time("updated"),
        members,
    };
    Ok((set, bad))
}

fn write(table: &mut dyn TableLike, new: &DeploymentSet, is_new: bool) {
    // One that a person wrote without an id is known by its name; renaming it must not make it another set.
    let known = table.get("id").and_then(Item::as_str).is_some();
    if is_new || !known && new.id != new.name {
        set(table, "id", new.id.as_str().into());
    }
    set(table, "name", new.name.as_str().into());
    let texts = [("description", &new.description), ("color", &new.color), ("icon", &new.icon)];
    for (key, text) in texts {
        match text {
            Some(text) => set(table, key, text.as_str().into()),
            None => drop_key(table, key, "name"),
        }
    }
    match new.tags.is_empty() {
        true => drop_key(table, "tags", "name"),
        false => set(table, "tags", Value::Array(Array::from_iter(new.tags.iter().map(String::as_str)))),
    }
    for (key, time) in [("created", &new.created), ("updated", &new.updated)] {
        if let Some(time) = time
            && table.get(key).and_then(Item::as_datetime).is_none_or(|known| known.to_string() != *time)
        {
            set(table, key, time.as_str().into());
        }
    }
    members::write(table, &new.members);
}

fn bad(number: usize, line: Option<usize>, reason: &str) -> Problem {
    let line = line.map(|line| format!(" (line {line})")).unwrap_or_default();
    let message = format!("Set {number} of {FILE_NAME}{line}: {reason}. The other sets count.");
    Problem::new(Code::SetsInvalid, Severity::Refusal, message).about(FILE_NAME).with_remedy(Remedy::Repair)
}

//! The rows of groups and sets, from what the files of the collections say.

use super::{Identities, SetList};
use crate::cache::{GroupMemberRow, GroupRow, SetMemberRow, SetRow, Writer};
use crate::collection::{self, Groups};
use crate::engine::library::{Library, Shelf};
use crate::error::{Code, Error, Problem, Result, Severity};
use crate::sets::{self, DeploymentSet, Member, Model, SetsText};
use std::collections::HashMap;

/// The groups and sets of every collection that can be read. What cannot be stays as it was known.
#[derive(Debug, Default)]
pub(in crate::engine) struct SetRows {
    shelves: Vec<OfShelf>,
}

#[derive(Debug)]
struct OfShelf {
    collection: String,
    groups: Option<Vec<GroupRow>>,
    sets: Option<Vec<SetRow>>,
}

impl SetRows {
    pub(in crate::engine) fn read(library: &Library) -> Self {
        let identities = Identities::new(library);
        Self { shelves: library.shelves.iter().map(|shelf| of_shelf(shelf, &identities)).collect() }
    }

    /// Writes the rows; those that are equal are no change.
    pub(in crate::engine) fn write(&self, writer: &mut Writer<'_>) -> Result<()> {
        for OfShelf { collection, groups, sets } in &self.shelves {
            if let Some(groups) = groups {
                writer.replace_groups(collection, groups)?;
            }
            if let Some(sets) = sets {
                writer.replace_sets(collection, sets)?;
            }
        }
        Ok(())
    }

    /// The set of that id or name.
    pub(in crate::engine) fn set(&self, collection: &str, query: &str) -> Option<SetRow> {
        let mut rows = self.of(collection).filter_map(|shelf| shelf.sets.as_ref()).flatten();
        let same = |row: &&SetRow| row.name.to_lowercase() == query.trim().to_lowercase();
        rows.clone().find(|row| row.set_id == query).or_else(|| rows.find(same)).cloned()
    }

    /// Whether it is known which sets the collection has: its file could be read, or there is no such collection.
    pub(in crate::engine) fn knows(&self, collection: &str) -> bool {
        self.of(collection).all(|shelf| shelf.sets.is_some())
    }

    /// The group of that name.
    pub(in crate::engine) fn group(&self, collection: &str, name: &str) -> Option<GroupRow> {
        let mut rows = self.of(collection).filter_map(|shelf| shelf.groups.as_ref()).flatten();
        rows.find(|row| row.name.to_lowercase() == name.trim().to_lowercase()).cloned()
    }

    pub(super) fn into_list(self, collection: Option<&str>, problems: Vec<Problem>) -> SetList {
        let mut list = SetList { problems, ..SetList::default() };
        for shelf in self.shelves {
            if collection.is_none_or(|name| name == shelf.collection) {
                list.groups.extend(shelf.groups.unwrap_or_default());
                list.sets.extend(shelf.sets.unwrap_or_default());
            }
        }
        list.sets.sort_by(|a, b| (&a.collection, &a.name).cmp(&(&b.collection, &b.name)));
        list
    }

    fn of<'s>(&'s self, collection: &'s str) -> impl Iterator<Item = &'s OfShelf> + Clone + 's {
        self.shelves.iter().filter(move |shelf| shelf.collection == collection)
    }
}

/// What is wrong with the groups and sets of a collection.
pub(in crate::engine) fn problems(shelf: &Shelf) -> Vec<Problem> {
    let groups = groups_of(shelf).map(|groups| groups.problems).unwrap_or_default();
    let sets = match SetsText::read(&shelf.root) {
        Ok(sets) => sets.problems().to_vec(),
        Err(error) => vec![error.to_problem()],
    };
    groups.into_iter().chain(sets).collect()
}

/// The groups and sets of a collection.
///
/// # Errors
/// `sets-invalid`, `collection-invalid`; `io` and its relatives.
pub(in crate::engine) fn shelf_model(shelf: &Shelf) -> Result<Model> {
    Ok(Model::new(&shelf.row.collection, &groups_of(shelf)?, &SetsText::read(&shelf.root)?))
}

/// # Errors
/// Why the file cannot be read; that it does not parse is told with the collection's artifacts.
fn groups_of(shelf: &Shelf) -> Result<Groups> {
    let text = collection::text(&shelf.root, collection::FILE_NAME)?;
    let Some(text) = text else { return Ok(Groups::default()) };
    let groups = Groups::read(&text);
    match &groups.refused {
        Some(reason) => {
            let path = shelf.root.path().join(collection::FILE_NAME);
            Err(Error::CollectionInvalid { path, reason: reason.clone() })
        }
        None => Ok(groups),
    }
}

fn of_shelf(shelf: &Shelf, identities: &Identities<'_>) -> OfShelf {
    let collection = shelf.row.collection.clone();
    let (groups, sets) = (groups_of(shelf).ok(), SetsText::read(&shelf.root).ok());
    // Each file counts for itself: without groups their sets still have their other members.
    let (known, text) = (groups.clone().unwrap_or_default(), sets.clone().unwrap_or_else(SetsText::empty));
    let model = Model::new(&collection, &known, &text);
    OfShelf {
        groups: groups.map(|_| group_rows(&model, identities)),
        sets: sets.map(|_| set_rows(&model, identities)),
        collection,
    }
}

fn group_rows(model: &Model, identities: &Identities<'_>) -> Vec<GroupRow> {
    let row = |(position, group): (usize, &collection::Group)| {
        let held = Member::Group { group: group.name.clone() };
        let member = |written: &String| {
            let known = identities.of(&model.collection, written);
            let missing = known.is_none();
            GroupMemberRow { artifact_id: known.unwrap_or_else(|| written.clone()), missing }
        };
        GroupRow {
            collection: model.collection.clone(),
            name: group.name.clone(),
            description: group.description.clone(),
            color: group.color.clone(),
            icon: group.icon.clone(),
            position: position as u64,
            members: group.members.iter().map(member).collect(),
            used_in: model.holders(&held).map(|set| set.id.clone()).collect(),
        }
    };
    model.groups.iter().enumerate().map(row).collect()
}

fn set_rows(model: &Model, identities: &Identities<'_>) -> Vec<SetRow> {
    let mut holders = HashMap::<&str, Vec<String>>::new();
    for set in &model.sets {
        for member in &set.members {
            if let Member::Set { set_id } = member
                && let Some(inner) = model.member_set(set_id)
            {
                holders.entry(&inner.id).or_default().push(set.id.clone());
            }
        }
    }
    let row = |set: &DeploymentSet| {
        let used_in = holders.get(set.id.as_str()).cloned().unwrap_or_default();
        set_row(model, set, used_in, identities)
    };
    model.sets.iter().map(row).collect()
}

fn set_row(model: &Model, set: &DeploymentSet, used_in: Vec<String>, identities: &Identities<'_>) -> SetRow {
    let resolved = sets::resolve(model, set, &|collection, id| identities.of(collection, id));
    let mut problems = Vec::new();
    let (mut count, mut missing) = (0, 0);
    match resolved {
        Ok(resolved) => {
            count = resolved.artifacts.len() as u64;
            missing = resolved.artifacts.iter().filter(|one| one.missing).count() as u64;
            problems.extend(resolved.cycles.iter().map(|way| cycle(set, way)));
        }
        Err(error) => problems.push(Error::from(error).to_problem()),
    }
    SetRow {
        collection: model.collection.clone(),
        set_id: set.id.clone(),
        name: set.name.clone(),
        description: set.description.clone(),
        color: set.color.clone(),
        icon: set.icon.clone(),
        tags: set.tags.clone(),
        created: set.created.clone(),
        updated: set.updated.clone(),
        members: set.members.iter().map(|member| member_row(model, member, identities)).collect(),
        resolved: count,
        missing,
        used_in,
        problems,
    }
}

fn member_row(model: &Model, member: &Member, identities: &Identities<'_>) -> SetMemberRow {
    let (name, missing) = match member {
        Member::Artifact { artifact_id, collection } => {
            let known = identities.of(collection.as_deref().unwrap_or(&model.collection), artifact_id);
            (known.clone().unwrap_or_else(|| artifact_id.clone()), known.is_none())
        }
        Member::Group { group } => (group.clone(), !model.groups.iter().any(|one| one.name == *group)),
        Member::Set { set_id } => match model.member_set(set_id) {
            Some(inner) => (inner.name.clone(), false),
            None => (set_id.clone(), true),
        },
    };
    SetMemberRow { member: member.clone(), name, missing }
}

fn cycle(set: &DeploymentSet, way: &[String]) -> Problem {
    let message = format!(
        "Sets hold each other: {}. The way back is not taken; take one of them out.",
        way.join(" → ")
    );
    Problem::new(Code::SetCycle, Severity::Notice, message).about(set.name.clone())
}

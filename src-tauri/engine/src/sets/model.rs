//! The groups and sets of one collection, and every change of them. Pure: what differs afterwards is what is to be written.

mod change;
mod group;

pub use change::{Change, Find};

use super::look::{is_same, numbered};
use super::{DeploymentSet, Member, SetEdit, SetsText};
use crate::collection::{Group, GroupEdit, Groups};
use crate::error::{Error, Result, SetError};
use std::collections::HashMap;

/// A name that no set has: this one, else with a number behind it.
pub fn free_name(model: &Model, name: &str) -> String {
    numbered(name.trim(), "", |name| model.sets.iter().any(|set| is_same(&set.name, name)))
}

/// The groups and sets of one collection.
#[derive(Debug, Clone, Default)]
pub struct Model {
    /// The collection's name.
    pub collection: String,
    /// The groups, in order.
    pub groups: Vec<Group>,
    /// The sets.
    pub sets: Vec<DeploymentSet>,
    /// Groups that got another name: what they were called before, and are now.
    renamed: Vec<(String, String)>,
}

impl Model {
    /// Of what was read.
    pub fn new(collection: &str, groups: &Groups, sets: &SetsText) -> Self {
        Self {
            collection: collection.to_owned(),
            groups: groups.groups.clone(),
            sets: sets.sets().cloned().collect(),
            renamed: Vec::new(),
        }
    }

    /// The set that an id or a name means.
    ///
    /// # Errors
    /// `set-not-found`; `ambiguous-artifact` for a name that several have.
    pub fn set(&self, query: &str) -> Result<&DeploymentSet> {
        self.set_at(query).map(|index| &self.sets[index])
    }

    /// The set that a member means: an id, or a name that only one has.
    pub fn member_set(&self, query: &str) -> Option<&DeploymentSet> {
        self.set(query).ok()
    }

    /// The group of a name; without regard to case where only one is meant.
    ///
    /// # Errors
    /// `group-not-found`.
    pub fn group(&self, name: &str) -> Result<&Group> {
        self.group_at(name).map(|index| &self.groups[index])
    }

    fn set_at(&self, query: &str) -> Result<usize> {
        if let Some(index) = self.sets.iter().position(|set| set.id == query) {
            return Ok(index);
        }
        let named = |exact: bool| {
            let hit = |name: &str| if exact { name == query } else { is_same(name, query.trim()) };
            self.sets
                .iter()
                .enumerate()
                .filter(|(_, set)| hit(&set.name))
                .map(|(at, _)| at)
                .collect::<Vec<_>>()
        };
        let exact = named(true);
        let hits = if exact.is_empty() { named(false) } else { exact };
        match hits.as_slice() {
            [only] => Ok(*only),
            [] => {
                let (query, collection) = (query.to_owned(), self.collection.clone());
                Err(SetError::SetNotFound { query, collection }.into())
            }
            several => Err(Error::AmbiguousArtifact {
                query: query.to_owned(),
                candidates: several.iter().map(|&index| format!("set {}", self.sets[index].id)).collect(),
            }),
        }
    }

    fn group_at(&self, name: &str) -> Result<usize> {
        let hit = self.groups.iter().position(|group| group.name == name);
        let hit = hit.or_else(|| self.groups.iter().position(|group| is_same(&group.name, name.trim())));
        hit.ok_or_else(|| {
            let (query, collection) = (name.to_owned(), self.collection.clone());
            SetError::GroupNotFound { query, collection }.into()
        })
    }

    /// The sets that hold this member themselves.
    pub fn holders<'m>(&'m self, member: &'m Member) -> impl Iterator<Item = &'m DeploymentSet> {
        self.sets.iter().filter(move |set| set.members.contains(member))
    }

    /// What has to be written of the groups, given what they were, each under the name that it had.
    pub fn group_edits(&self, before: &Self) -> Vec<(String, GroupEdit)> {
        let was: HashMap<&str, &Group> =
            before.groups.iter().map(|group| (group.name.as_str(), group)).collect();
        let mut edits = Vec::new();
        for (from, to) in self.renamed.iter().filter(|(from, _)| was.contains_key(from.as_str())) {
            edits.push((from.clone(), GroupEdit::Rename(to.clone())));
        }
        for old in &before.groups {
            let renamed = self.renamed.iter().any(|(from, _)| *from == old.name);
            if !renamed && !self.groups.iter().any(|group| group.name == old.name) {
                edits.push((old.name.clone(), GroupEdit::Remove));
            }
        }
        for group in self.groups.iter().filter(|group| was.get(group.name.as_str()) != Some(group)) {
            edits.push((group.name.clone(), GroupEdit::Put(group.clone())));
        }
        edits
    }

    /// What has to be written of the sets, given what they were.
    pub fn set_edits(&self, before: &Self) -> Vec<(String, SetEdit)> {
        let was: HashMap<&str, &DeploymentSet> =
            before.sets.iter().map(|set| (set.id.as_str(), set)).collect();
        let here: HashMap<&str, ()> = self.sets.iter().map(|set| (set.id.as_str(), ())).collect();
        let gone = before.sets.iter().filter(|set| !here.contains_key(set.id.as_str()));
        let changed = self.sets.iter().filter(|set| was.get(set.id.as_str()) != Some(set));
        gone.map(|set| (set.id.clone(), SetEdit::Remove))
            .chain(changed.map(|set| (set.id.clone(), SetEdit::Put(Box::new(set.clone())))))
            .collect()
    }
}

//! Which artifacts a set comes to: depth first, in order, each artifact once, where it comes first.
//!
//! Each set is walked once, however many ways lead to it: what it holds has been told by then. So the work grows with the
//! members and not with the ways, of which twenty levels of two can have a million. How deep a set reaches below itself is
//! remembered with it, so that a way that is too long is noticed also where a shorter one came first.

use super::{DeploymentSet, Member, Model};
use crate::collection::Group;
use crate::error::SetError;
use std::collections::HashMap;

/// How many levels of sets can be resolved; the set that is asked for is the first.
pub const MAX_LEVELS: usize = 20;
/// More sources of one artifact are counted and not told.
pub const MAX_TRAILS: usize = 16;

/// One artifact that a set comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolved {
    /// Its id; of one that is missing, as it is written.
    pub artifact_id: String,
    /// Its collection.
    pub collection: String,
    /// There is no such artifact.
    pub missing: bool,
    /// From where it comes: the names of sets, and of a group, from the set that was asked for to the one that holds it.
    /// The first is the one that gives it its place; one for each set or group that holds it.
    pub trails: Vec<Vec<String>>,
    /// How many more there are.
    pub more: u64,
}

/// A group or set that is referred to and not there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dangling {
    /// The member.
    pub member: Member,
    /// The names on the way to the set that refers to it.
    pub trail: Vec<String>,
}

/// What a set comes to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Resolution {
    /// Its artifacts, in order, each once.
    pub artifacts: Vec<Resolved>,
    /// Members that are not there.
    pub dangling: Vec<Dangling>,
    /// Ways that lead back to a set they came through, and were not gone again.
    pub cycles: Vec<Vec<String>>,
}

/// Resolves a set. `identity` gives the whole id of an artifact of a collection; nothing when it is not there.
///
/// # Errors
/// `set-not-found`, `set-too-deep`.
pub fn resolve(
    model: &Model,
    set: &DeploymentSet,
    identity: &dyn Fn(&str, &str) -> Option<String>,
) -> Result<Resolution, SetError> {
    let mut names = HashMap::<String, Option<usize>>::new();
    for (index, set) in model.sets.iter().enumerate() {
        names.entry(set.name.clone()).and_modify(|one| *one = None).or_insert(Some(index));
    }
    let mut walk = Walk {
        model,
        identity,
        ids: model.sets.iter().enumerate().map(|(index, set)| (set.id.as_str(), index)).collect(),
        names,
        groups: model.groups.iter().map(|group| (group.name.as_str(), group)).collect(),
        path: Vec::new(),
        depths: HashMap::new(),
        known: HashMap::new(),
        found: Resolution::default(),
    };
    let index = walk.ids.get(set.id.as_str()).copied().ok_or_else(|| SetError::SetNotFound {
        query: set.name.clone(),
        collection: model.collection.clone(),
    })?;
    walk.set(index)?;
    Ok(walk.found)
}

/// How far a set reaches below itself.
#[derive(Clone, Copy)]
struct Depth {
    /// Levels, itself included.
    levels: usize,
    /// The set on the longest way down.
    next: Option<usize>,
}

struct Walk<'a> {
    model: &'a Model,
    identity: &'a dyn Fn(&str, &str) -> Option<String>,
    ids: HashMap<&'a str, usize>,
    /// Sets by name; none where several have it.
    names: HashMap<String, Option<usize>>,
    groups: HashMap<&'a str, &'a Group>,
    /// The sets from the first to the one that is walked.
    path: Vec<usize>,
    /// Of sets that were walked.
    depths: HashMap<usize, Depth>,
    /// Where an artifact is among those found.
    known: HashMap<(String, String), usize>,
    found: Resolution,
}

impl Walk<'_> {
    fn set(&mut self, index: usize) -> Result<usize, SetError> {
        self.path.push(index);
        if self.path.len() > MAX_LEVELS {
            return Err(self.too_deep(None));
        }
        let model = self.model;
        let mut depth = Depth { levels: 1, next: None };
        for member in &model.sets[index].members {
            let levels = match member {
                Member::Artifact { artifact_id, collection } => {
                    let collection = collection.as_deref().unwrap_or(&model.collection);
                    self.artifact(collection, artifact_id, None);
                    continue;
                }
                Member::Group { group } => {
                    match self.groups.get(group.as_str()).copied() {
                        Some(group) => self.group(group),
                        None => self.dangles(member),
                    }
                    continue;
                }
                Member::Set { set_id } => match self.find(set_id) {
                    Some(inner) => (inner, self.inner(inner)?),
                    None => {
                        self.dangles(member);
                        continue;
                    }
                },
            };
            if levels.1 + 1 > depth.levels {
                depth = Depth { levels: levels.1 + 1, next: Some(levels.0) };
            }
        }
        self.path.pop();
        self.depths.insert(index, depth);
        Ok(depth.levels)
    }

    /// A set in a set. Gives how far it reaches down; a way back reaches nowhere.
    fn inner(&mut self, inner: usize) -> Result<usize, SetError> {
        if let Some(start) = self.path.iter().position(|&above| above == inner) {
            let mut way: Vec<String> = self.path[start..].iter().map(|&set| self.name(set)).collect();
            way.push(self.name(inner));
            self.found.cycles.push(way);
            return Ok(0);
        }
        match self.depths.get(&inner) {
            Some(depth) if self.path.len() + depth.levels > MAX_LEVELS => Err(self.too_deep(Some(inner))),
            Some(depth) => Ok(depth.levels),
            None => self.set(inner),
        }
    }

    fn group(&mut self, group: &Group) {
        let model = self.model;
        group.members.iter().for_each(|id| self.artifact(&model.collection, id, Some(&group.name)));
    }

    fn artifact(&mut self, collection: &str, written: &str, group: Option<&str>) {
        let identity = (self.identity)(collection, written);
        let missing = identity.is_none();
        let artifact_id = identity.unwrap_or_else(|| written.to_owned());
        let key = (collection.to_owned(), artifact_id.clone());
        let Some(&place) = self.known.get(&key) else {
            self.known.insert(key, self.found.artifacts.len());
            let (collection, trails) = (collection.to_owned(), vec![self.trail(group)]);
            self.found.artifacts.push(Resolved { artifact_id, collection, missing, trails, more: 0 });
            return;
        };
        if self.found.artifacts[place].trails.len() < MAX_TRAILS {
            let trail = self.trail(group);
            self.found.artifacts[place].trails.push(trail);
        } else {
            self.found.artifacts[place].more += 1;
        }
    }

    fn dangles(&mut self, member: &Member) {
        let trail = self.trail(None);
        self.found.dangling.push(Dangling { member: member.clone(), trail });
    }

    /// An id, or a name that only one set has.
    fn find(&self, query: &str) -> Option<usize> {
        self.ids.get(query).copied().or_else(|| self.names.get(query).copied().flatten())
    }

    fn trail(&self, group: Option<&str>) -> Vec<String> {
        let sets = self.path.iter().map(|&set| self.name(set));
        sets.chain(group.map(str::to_owned)).collect()
    }

    fn name(&self, set: usize) -> String {
        self.model.sets[set].name.clone()
    }

    /// The way down, and on from a set that was walked before.
    fn too_deep(&self, mut below: Option<usize>) -> SetError {
        let mut path: Vec<String> = self.path.iter().map(|&set| self.name(set)).collect();
        while let (Some(set), true) = (below, path.len() <= MAX_LEVELS) {
            path.push(self.name(set));
            below = self.depths.get(&set).and_then(|depth| depth.next);
        }
        SetError::TooDeep { path, limit: MAX_LEVELS }
    }
}

#[cfg(test)]
mod tests;

//! Changes of sets, and where changes of groups reach them.

use super::Model;
use crate::error::{Error, Result, SetError};
use crate::sets::look::{Look, is_same, numbered, taken};
use crate::sets::{DeploymentSet, Member};
use std::collections::HashSet;

/// Finds the artifact that a member asks for: its id, and its collection where that is not the set's own.
pub type Find<'a> = &'a dyn Fn(&str, Option<&str>) -> Result<(String, Option<String>)>;

/// One change. Sets are named by id or name, groups by name; members as a person writes them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// A new set.
    CreateSet {
        /// Its id, which nobody has.
        id: String,
        /// Name and look.
        look: Look,
        /// Its members.
        members: Vec<Member>,
    },
    /// Another name or look.
    UpdateSet {
        /// The set.
        set: String,
        /// What changes.
        look: Look,
    },
    /// It goes, and with it what refers to it.
    DeleteSet {
        /// The set.
        set: String,
    },
    /// A copy of a set, with the same members.
    CloneSet {
        /// The set.
        set: String,
        /// The copy's id, which nobody has.
        id: String,
        /// The copy's name; without one the set's with `(copy)`.
        name: Option<String>,
    },
    /// Members go, and others come.
    ChangeSetMembers {
        /// The set.
        set: String,
        /// What comes; one that is there stays where it is.
        add: Vec<Member>,
        /// Before which member, from 0; without it at the end.
        at: Option<usize>,
        /// What goes.
        remove: Vec<Member>,
    },
    /// The members in another order.
    OrderSet {
        /// The set.
        set: String,
        /// All of them.
        members: Vec<Member>,
    },
    /// A new group.
    CreateGroup {
        /// Name and look.
        look: Look,
        /// Its artifacts.
        members: Vec<String>,
    },
    /// Another name or look.
    UpdateGroup {
        /// The group.
        group: String,
        /// What changes.
        look: Look,
    },
    /// It goes, and with it what refers to it.
    DeleteGroup {
        /// The group.
        group: String,
    },
    /// A copy of a group, with the same artifacts.
    CloneGroup {
        /// The group.
        group: String,
        /// The copy's name; without one the group's with `(copy)`.
        name: Option<String>,
    },
    /// Artifacts go, and others come.
    ChangeGroupMembers {
        /// The group.
        group: String,
        /// What comes; one that is there stays where it is.
        add: Vec<String>,
        /// Before which member, from 0; without it at the end.
        at: Option<usize>,
        /// What goes.
        remove: Vec<String>,
    },
    /// The artifacts in another order.
    OrderGroup {
        /// The group.
        group: String,
        /// All of them.
        members: Vec<String>,
    },
    /// The groups in another order.
    OrderGroups {
        /// All of them.
        groups: Vec<String>,
    },
}

impl Change {
    /// Whether it asks for a set to change, and not for a group that sets may only follow.
    pub fn is_of_sets(&self) -> bool {
        match self {
            Self::CreateSet { .. }
            | Self::UpdateSet { .. }
            | Self::DeleteSet { .. }
            | Self::CloneSet { .. }
            | Self::ChangeSetMembers { .. }
            | Self::OrderSet { .. } => true,
            Self::CreateGroup { .. }
            | Self::UpdateGroup { .. }
            | Self::DeleteGroup { .. }
            | Self::CloneGroup { .. }
            | Self::ChangeGroupMembers { .. }
            | Self::OrderGroup { .. }
            | Self::OrderGroups { .. } => false,
        }
    }
}

impl Model {
    /// Makes a change. Sets that it touches are changed `now`.
    ///
    /// # Errors
    /// `set-not-found`, `group-not-found`, `member-not-found`, `artifact-not-found`, `ambiguous-artifact`, `invalid-name`,
    /// `name-clash`, `set-cycle`, `invalid-request`; nothing is changed then.
    pub fn apply(&mut self, change: &Change, now: &str, find: Find<'_>) -> Result<()> {
        let before = self.clone();
        let done = self.change(change, find);
        if let Err(error) = done {
            *self = before;
            return Err(error);
        }
        for set in &mut self.sets {
            let old = before.sets.iter().find(|old| old.id == set.id);
            if old != Some(set) {
                set.updated = Some(now.to_owned());
                if old.is_none() {
                    set.created.get_or_insert_with(|| now.to_owned());
                }
            }
        }
        Ok(())
    }

    fn change(&mut self, change: &Change, find: Find<'_>) -> Result<()> {
        match change {
            Change::CreateSet { id, look, members } => self.create_set(id, look, members, find),
            Change::UpdateSet { set, look } => self.update_set(set, look),
            Change::DeleteSet { set } => self.delete_set(set),
            Change::CloneSet { set, id, name } => self.clone_set(set, id, name.as_deref()),
            Change::ChangeSetMembers { set, add, at, remove } => {
                self.change_set_members(set, (add, *at), remove, find)
            }
            Change::OrderSet { set, members } => self.order_set(set, members, find),
            Change::CreateGroup { look, members } => self.create_group(look, members, find),
            Change::UpdateGroup { group, look } => self.update_group(group, look),
            Change::DeleteGroup { group } => self.delete_group(group),
            Change::CloneGroup { group, name } => self.clone_group(group, name.as_deref()),
            Change::ChangeGroupMembers { group, add, at, remove } => {
                self.change_group_members(group, (add, *at), remove, find)
            }
            Change::OrderGroup { group, members } => self.order_group(group, members, find),
            Change::OrderGroups { groups } => self.order_groups(groups),
        }
    }

    fn create_set(&mut self, id: &str, look: &Look, members: &[Member], find: Find<'_>) -> Result<()> {
        let name = look.checked_name()?.ok_or_else(|| no_name("set"))?;
        self.check_free_set(&name, None)?;
        let (id, name) = (id.to_owned(), name);
        self.sets.push(DeploymentSet { id: id.clone(), name, ..DeploymentSet::default() });
        self.look_set(self.sets.len() - 1, look)?;
        self.change_set_members(&id, (members, None), &[], find)
    }

    fn update_set(&mut self, set: &str, look: &Look) -> Result<()> {
        let index = self.set_at(set)?;
        if let Some(name) = look.checked_name()? {
            self.check_free_set(&name, Some(index))?;
            self.sets[index].name = name;
        }
        self.look_set(index, look)
    }

    fn look_set(&mut self, index: usize, look: &Look) -> Result<()> {
        let set = &mut self.sets[index];
        let DeploymentSet { description, color, icon, tags, .. } = set;
        look.apply(description, color, icon)?;
        if let Some(wanted) = look.checked_tags()? {
            *tags = wanted;
        }
        Ok(())
    }

    fn delete_set(&mut self, set: &str) -> Result<()> {
        let index = self.set_at(set)?;
        let gone = self.sets[index].id.clone();
        // What refers to it by name refers to it too.
        let refers = |model: &Self, member: &Member| match member {
            Member::Set { set_id } => model.member_set(set_id).is_some_and(|set| set.id == gone),
            _ => false,
        };
        let kept: Vec<Vec<Member>> = self
            .sets
            .iter()
            .map(|set| set.members.iter().filter(|member| !refers(self, member)).cloned().collect())
            .collect();
        for (set, members) in self.sets.iter_mut().zip(kept) {
            set.members = members;
        }
        self.sets.remove(index);
        Ok(())
    }

    fn clone_set(&mut self, set: &str, id: &str, name: Option<&str>) -> Result<()> {
        let copied = self.set(set)?.clone();
        let named = Look { name: name.map(str::to_owned), ..Look::default() }.checked_name()?;
        let is_taken = |name: &str| self.sets.iter().any(|set| is_same(&set.name, name));
        let name = named.unwrap_or_else(|| numbered(&copied.name, "copy", is_taken));
        self.check_free_set(&name, None)?;
        self.sets.push(DeploymentSet { id: id.to_owned(), name, created: None, updated: None, ..copied });
        Ok(())
    }

    fn change_set_members(
        &mut self,
        set: &str,
        (add, at): (&[Member], Option<usize>),
        remove: &[Member],
        find: Find<'_>,
    ) -> Result<()> {
        let index = self.set_at(set)?;
        let mut members = self.sets[index].members.clone();
        for wanted in remove {
            let place = self.locate(&members, wanted, find)?;
            let place = place.ok_or_else(|| not_in(&self.sets[index].name, wanted))?;
            members.remove(place);
        }
        let mut place = at.unwrap_or(members.len()).min(members.len());
        for wanted in add {
            let member = self.resolved(wanted, find)?;
            if members.contains(&member) {
                continue;
            }
            if let Member::Set { set_id } = &member {
                self.check_no_cycle(index, set_id)?;
            }
            members.insert(place, member);
            place += 1;
        }
        self.sets[index].members = members;
        Ok(())
    }

    fn order_set(&mut self, set: &str, wanted: &[Member], find: Find<'_>) -> Result<()> {
        let index = self.set_at(set)?;
        let (members, name) = (self.sets[index].members.clone(), self.sets[index].name.clone());
        let mut order = Vec::new();
        for wanted in wanted {
            let place = self.locate(&members, wanted, find)?.ok_or_else(|| not_in(&name, wanted))?;
            order.push(place);
        }
        self.sets[index].members = reordered(&members, &order, &name)?;
        Ok(())
    }

    /// Where a member is that a person names.
    fn locate(&self, members: &[Member], wanted: &Member, find: Find<'_>) -> Result<Option<usize>> {
        if let Some(place) = members.iter().position(|member| member == wanted) {
            return Ok(Some(place));
        }
        // One that is missing can only be named as it is written.
        let Ok(member) = self.resolved(wanted, find) else { return Ok(None) };
        let same = |other: &Member| match (other, &member) {
            (Member::Set { set_id: one }, Member::Set { set_id: other }) => {
                self.member_set(one).is_some_and(|set| set.id == *other)
            }
            (Member::Group { group: one }, Member::Group { group: other }) => {
                self.group(one).is_ok_and(|group| group.name == *other)
            }
            (Member::Artifact { artifact_id, collection }, Member::Artifact { .. }) => {
                let asked =
                    Member::Artifact { artifact_id: artifact_id.clone(), collection: collection.clone() };
                self.resolved(&asked, find).is_ok_and(|other| other == member)
            }
            _ => false,
        };
        Ok(members.iter().position(same))
    }

    /// A member as it is written: with the id of a set, the name of a group, the whole id of an artifact.
    fn resolved(&self, wanted: &Member, find: Find<'_>) -> Result<Member> {
        Ok(match wanted {
            Member::Artifact { artifact_id, collection } => {
                let own = collection.as_deref().filter(|name| *name != self.collection);
                let (artifact_id, collection) = find(artifact_id, own)?;
                Member::Artifact { artifact_id, collection }
            }
            Member::Group { group } => Member::Group { group: self.group(group)?.name.clone() },
            Member::Set { set_id } => Member::Set { set_id: self.set(set_id)?.id.clone() },
        })
    }

    /// Refuses a set that holds, at whatever depth, the one that it is to come into.
    fn check_no_cycle(&self, into: usize, added: &str) -> Result<()> {
        let into = &self.sets[into];
        let Ok(added) = self.set(added) else { return Ok(()) };
        let mut path = Vec::new();
        if self.leads(added, &into.id, &mut path) {
            path.push(into.name.clone());
            path.reverse();
            return Err(SetError::Cycle { path }.into());
        }
        Ok(())
    }

    /// Whether a set is, or holds, the one of this id. Gives the names on the way, innermost first.
    fn leads(&self, set: &DeploymentSet, to: &str, path: &mut Vec<String>) -> bool {
        // Breadth first: sets may be nested deeper than this thread's stack.
        let mut came = vec![(set, None::<usize>)];
        let mut seen = HashSet::from([set.id.as_str()]);
        let mut next = 0;
        while let Some(&(current, _)) = came.get(next) {
            if current.id == to {
                let mut at = Some(next);
                while let Some(index) = at {
                    path.push(came[index].0.name.clone());
                    at = came[index].1;
                }
                return true;
            }
            for member in &current.members {
                if let Member::Set { set_id } = member
                    && let Some(inner) = self.member_set(set_id)
                    && seen.insert(&inner.id)
                {
                    came.push((inner, Some(next)));
                }
            }
            next += 1;
        }
        false
    }

    fn check_free_set(&self, name: &str, own: Option<usize>) -> Result<()> {
        let mut others = self.sets.iter().enumerate().filter(|(index, _)| Some(*index) != own);
        // An id is as good as a name to whoever asks for a set.
        match others.any(|(_, set)| is_same(&set.name, name) || set.id == name) {
            true => Err(taken("set", name)),
            false => Ok(()),
        }
    }
}

/// The same things in the order of these places.
///
/// # Errors
/// `invalid-request` unless every place is there once.
pub(super) fn reordered<T: Clone>(all: &[T], order: &[usize], name: &str) -> Result<Vec<T>> {
    let unique: HashSet<usize> = order.iter().copied().collect();
    if unique.len() != order.len() || order.len() != all.len() {
        let reason = format!("Name each of the {} members of “{name}” once, in the new order.", all.len());
        return Err(Error::InvalidRequest { reason });
    }
    Ok(order.iter().map(|&place| all[place].clone()).collect())
}

pub(super) fn no_name(what: &str) -> Error {
    Error::InvalidRequest { reason: format!("Say what the {what} is called.") }
}

fn not_in(holder: &str, member: &Member) -> Error {
    let member = match member {
        Member::Artifact { artifact_id, .. } => artifact_id.clone(),
        Member::Group { group } => format!("group:{group}"),
        Member::Set { set_id } => format!("set:{set_id}"),
    };
    SetError::MemberNotFound { member, holder: holder.to_owned() }.into()
}

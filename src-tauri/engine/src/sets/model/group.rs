//! Changes of groups.

use super::Model;
use super::change::{Find, no_name, reordered};
use crate::collection::Group;
use crate::error::{Result, SetError};
use crate::sets::Member;
use crate::sets::look::{Look, is_same, numbered, taken};

impl Model {
    pub(super) fn create_group(&mut self, look: &Look, members: &[String], find: Find<'_>) -> Result<()> {
        let name = look.checked_name()?.ok_or_else(|| no_name("group"))?;
        self.check_free_group(&name, None)?;
        let mut group = Group { name: name.clone(), position: self.next_position(), ..Group::default() };
        apply_look(&mut group, look)?;
        self.groups.push(group);
        self.change_group_members(&name, (members, None), &[], find)
    }

    pub(super) fn update_group(&mut self, group: &str, look: &Look) -> Result<()> {
        let index = self.group_at(group)?;
        if let Some(name) = look.checked_name()?
            && name != self.groups[index].name
        {
            self.check_free_group(&name, Some(index))?;
            self.rename_group(index, name);
        }
        apply_look(&mut self.groups[index], look)
    }

    /// Sets refer to a group by its name.
    fn rename_group(&mut self, index: usize, name: String) {
        let old = std::mem::replace(&mut self.groups[index].name, name.clone());
        for member in self.sets.iter_mut().flat_map(|set| &mut set.members) {
            if *member == (Member::Group { group: old.clone() }) {
                *member = Member::Group { group: name.clone() };
            }
        }
        self.renamed.push((old, name));
    }

    pub(super) fn delete_group(&mut self, group: &str) -> Result<()> {
        let index = self.group_at(group)?;
        let gone = Member::Group { group: self.groups.remove(index).name };
        self.sets.iter_mut().for_each(|set| set.members.retain(|member| *member != gone));
        Ok(())
    }

    pub(super) fn clone_group(&mut self, group: &str, name: Option<&str>) -> Result<()> {
        let copied = self.group(group)?.clone();
        let named = Look { name: name.map(str::to_owned), ..Look::default() }.checked_name()?;
        let is_taken = |name: &str| self.groups.iter().any(|group| is_same(&group.name, name));
        let name = named.unwrap_or_else(|| numbered(&copied.name, "copy", is_taken));
        self.check_free_group(&name, None)?;
        self.groups.push(Group { name, position: self.next_position(), ..copied });
        Ok(())
    }

    pub(super) fn change_group_members(
        &mut self,
        group: &str,
        (add, at): (&[String], Option<usize>),
        remove: &[String],
        find: Find<'_>,
    ) -> Result<()> {
        let index = self.group_at(group)?;
        let name = self.groups[index].name.clone();
        let mut members = self.groups[index].members.clone();
        for wanted in remove {
            let place = self.locate_artifact(&members, wanted, find);
            members.remove(place.ok_or_else(|| not_in(&name, wanted))?);
        }
        let mut place = at.unwrap_or(members.len()).min(members.len());
        for wanted in add {
            // Groups are of one collection.
            let (id, _) = find(wanted, Some(&self.collection))?;
            if self.locate_artifact(&members, &id, find).is_none() {
                members.insert(place, id);
                place += 1;
            }
        }
        self.groups[index].members = members;
        Ok(())
    }

    pub(super) fn order_group(&mut self, group: &str, wanted: &[String], find: Find<'_>) -> Result<()> {
        let index = self.group_at(group)?;
        let Group { name, members, .. } = &self.groups[index];
        let place =
            |wanted: &String| self.locate_artifact(members, wanted, find).ok_or_else(|| not_in(name, wanted));
        let order = wanted.iter().map(place).collect::<Result<Vec<_>>>()?;
        self.groups[index].members = reordered(members, &order, name)?;
        Ok(())
    }

    pub(super) fn order_groups(&mut self, wanted: &[String]) -> Result<()> {
        let order = wanted.iter().map(|name| self.group_at(name)).collect::<Result<Vec<_>>>()?;
        self.groups = reordered(&self.groups, &order, &self.collection)?;
        for (position, group) in (0_i64..).zip(&mut self.groups) {
            group.position = Some(position);
        }
        Ok(())
    }

    fn locate_artifact(&self, members: &[String], wanted: &str, find: Find<'_>) -> Option<usize> {
        if let Some(place) = members.iter().position(|member| member == wanted) {
            return Some(place);
        }
        let own = |text: &str| find(text, Some(&self.collection)).ok().map(|(id, _)| id);
        let wanted = own(wanted)?;
        members.iter().position(|member| own(member).as_ref() == Some(&wanted))
    }

    /// Behind the others. Where some have no place, all are as they stand in the file.
    fn next_position(&self) -> Option<i64> {
        let places: Option<Vec<i64>> = self.groups.iter().map(|group| group.position).collect();
        Some(places?.into_iter().max().map_or(0, |last| last.saturating_add(1)))
    }

    fn check_free_group(&self, name: &str, own: Option<usize>) -> Result<()> {
        let mut others = self.groups.iter().enumerate().filter(|(index, _)| Some(*index) != own);
        match others.any(|(_, group)| is_same(&group.name, name)) {
            true => Err(taken("group", name)),
            false => Ok(()),
        }
    }
}

fn apply_look(group: &mut Group, look: &Look) -> Result<()> {
    let Group { description, color, icon, .. } = group;
    look.apply(description, color, icon)
}

fn not_in(holder: &str, member: &str) -> crate::error::Error {
    SetError::MemberNotFound { member: member.to_owned(), holder: holder.to_owned() }.into()
}

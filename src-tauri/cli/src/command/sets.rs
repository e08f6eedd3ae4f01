//! `skm set` and `skm group`.

mod batch;

use super::{all_absolute, counted};
use crate::args::{Global, Group, Looks, Set};
use crate::output::{Answer, Cell, Page, Screen, Table, clean, during};
use serde::Serialize;
use skillmeat_engine::Engine;
use skillmeat_engine::cache::{GroupRow, SetMemberRow, SetRow};
use skillmeat_engine::deploy::CacheState;
use skillmeat_engine::engine::{SetDeployRequest, SetReceipt, SetRef, SetResolution, SetUndeployRequest};
use skillmeat_engine::error::{Code, Error, Problem, Remedy, Result, SetError, Severity};
use skillmeat_engine::plan::Action;
use skillmeat_engine::sets::{Change, Look, Member, new_id};

/// What was changed; `id` is that of the set.
#[derive(Debug, Serialize)]
struct Changed {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    #[serde(flatten)]
    receipt: SetReceipt,
}

#[derive(Debug, Serialize)]
struct Sets {
    sets: Vec<SetRow>,
}

#[derive(Debug, Serialize)]
struct Groups {
    groups: Vec<GroupRow>,
}

#[derive(Debug, Serialize)]
struct OneSet {
    set: SetRow,
}

#[derive(Debug, Serialize)]
struct OneGroup {
    group: GroupRow,
}

pub(super) fn set(screen: &Screen, engine: &Engine, global: &Global, command: &Set) -> Result<Answer> {
    let parsed = |members: &[String]| members.iter().map(|text| Member::parse(text)).collect::<Vec<_>>();
    let (change, dry_run) = match command {
        Set::List { search, tag } => {
            return list_sets(screen, engine, global, (search.as_deref(), tag.as_deref()));
        }
        Set::Show { set } => return show_set(screen, engine, global, set),
        Set::Resolve { set } => return resolve(screen, engine, global, set),
        Set::Deploy { set, project, retry, profile, all_profiles, on_conflict, dry_run } => {
            let request = SetDeployRequest {
                set: set_ref(global, set),
                projects: all_absolute(project)?,
                retry: retry.clone(),
                profiles: profile.clone(),
                all_profiles: *all_profiles,
                on_conflict: (*on_conflict).into(),
                ..SetDeployRequest::default()
            };
            return batch::deploy(screen, engine, &request, *dry_run);
        }
        Set::Undeploy { set, project, profile, discard_edits, even_needed, dry_run } => {
            let request = SetUndeployRequest {
                set: set_ref(global, set),
                projects: all_absolute(project)?,
                profiles: profile.clone(),
                discard_edits: *discard_edits,
                even_needed: *even_needed,
                ..SetUndeployRequest::default()
            };
            return batch::undeploy(screen, engine, &request, *dry_run);
        }
        Set::Create { name, looks, tag, member } => {
            let look = Look { name: Some(name.clone()), tags: Some(tag.clone()), ..look(looks) };
            (Change::CreateSet { id: new_id(), look, members: parsed(member) }, false)
        }
        Set::Delete { set, dry_run } => (Change::DeleteSet { set: set.clone() }, *dry_run),
        Set::Rename { set, name } => (Change::UpdateSet { set: set.clone(), look: named(name) }, false),
        Set::Edit { set, looks, tag, no_tags } => {
            let tags = (*no_tags || !tag.is_empty()).then(|| tag.clone());
            (Change::UpdateSet { set: set.clone(), look: Look { tags, ..look(looks) } }, false)
        }
        Set::Clone { set, name } => {
            (Change::CloneSet { set: set.clone(), id: new_id(), name: name.clone() }, false)
        }
        Set::Add { set, members, at } => {
            let (set, add) = (set.clone(), parsed(members));
            (Change::ChangeSetMembers { set, add, at: *at, remove: Vec::new() }, false)
        }
        Set::Remove { set, members } => {
            let (set, remove) = (set.clone(), parsed(members));
            (Change::ChangeSetMembers { set, add: Vec::new(), at: None, remove }, false)
        }
        Set::Order { set, members } => {
            (Change::OrderSet { set: set.clone(), members: parsed(members) }, false)
        }
    };
    change_sets(screen, engine, global, &change, dry_run)
}

pub(super) fn group(screen: &Screen, engine: &Engine, global: &Global, command: &Group) -> Result<Answer> {
    let (change, dry_run) = match command {
        Group::List => return list_groups(screen, engine, global),
        Group::Show { group } => return show_group(screen, engine, global, group),
        Group::Create { name, looks, member } => {
            let look = Look { name: Some(name.clone()), ..look(looks) };
            (Change::CreateGroup { look, members: member.clone() }, false)
        }
        Group::Delete { group, dry_run } => (Change::DeleteGroup { group: group.clone() }, *dry_run),
        Group::Rename { group, name } => {
            (Change::UpdateGroup { group: group.clone(), look: named(name) }, false)
        }
        Group::Edit { group, looks } => {
            (Change::UpdateGroup { group: group.clone(), look: look(looks) }, false)
        }
        Group::Clone { group, name } => {
            (Change::CloneGroup { group: group.clone(), name: name.clone() }, false)
        }
        Group::Add { group, ids, at } => {
            let (group, add) = (group.clone(), ids.clone());
            (Change::ChangeGroupMembers { group, add, at: *at, remove: Vec::new() }, false)
        }
        Group::Remove { group, ids } => {
            let (group, remove) = (group.clone(), ids.clone());
            (Change::ChangeGroupMembers { group, add: Vec::new(), at: None, remove }, false)
        }
        Group::Order { group, ids } => {
            (Change::OrderGroup { group: group.clone(), members: ids.clone() }, false)
        }
        Group::Arrange { groups } => (Change::OrderGroups { groups: groups.clone() }, false),
    };
    change_sets(screen, engine, global, &change, dry_run)
}

fn look(looks: &Looks) -> Look {
    let Looks { description, color, icon } = looks;
    Look { description: description.clone(), color: color.clone(), icon: icon.clone(), ..Look::default() }
}

fn named(name: &str) -> Look {
    Look { name: Some(name.to_owned()), ..Look::default() }
}

fn change_sets(
    screen: &Screen,
    engine: &Engine,
    global: &Global,
    change: &Change,
    dry_run: bool,
) -> Result<Answer> {
    let change = || engine.change_sets(global.collection.as_deref(), change, dry_run);
    let receipt = during(screen, engine, change)?;
    let mut problems = receipt.notices.clone();
    problems.extend(receipt.results.iter().filter_map(|result| result.problem.clone()));
    if receipt.cache == CacheState::Stale {
        let message = "The files are written. The cache could not follow and is rebuilt from them.";
        let stale = Problem::new(Code::CacheStale, Severity::Notice, message);
        problems.push(stale.with_remedy(Remedy::Resync));
    }
    let data = Changed { id: receipt.set.as_ref().map(|set| set.set_id.clone()), receipt };
    Ok(screen.answer(&data, problems, |page| write_changed(page, &data.receipt)))
}

fn write_changed(page: &mut Page, receipt: &SetReceipt) {
    if receipt.results.is_empty() {
        page.line("Nothing to change.");
    }
    for result in &receipt.results {
        let done = match (result.action, receipt.dry_run) {
            (Action::Created, false) => "made",
            (Action::Created, true) => "would be made",
            (Action::Removed, false) => "deleted",
            (Action::Removed, true) => "would be deleted",
            (_, false) => "changed",
            (_, true) => "would be changed",
        };
        page.line(&format!("{} {done} in {}.", clean(&result.artifact_id), clean(&receipt.collection)));
    }
    if let Some(set) = &receipt.set {
        write_members(page, &set.members);
    }
    if let Some(group) = &receipt.group {
        write_group_members(page, group);
    }
}

fn list_sets(
    screen: &Screen,
    engine: &Engine,
    global: &Global,
    (search, tag): (Option<&str>, Option<&str>),
) -> Result<Answer> {
    engine.check_sets_enabled()?;
    let mut list = engine.sets(global.collection.as_deref())?;
    let search = search.map(str::to_lowercase);
    list.sets.retain(|set| {
        let texts = [Some(&set.name), set.description.as_ref()].into_iter().flatten().chain(&set.tags);
        let found = |search: &String| texts.clone().any(|text| text.to_lowercase().contains(search));
        search.as_ref().is_none_or(found) && tag.is_none_or(|tag| set.tags.iter().any(|known| known == tag))
    });
    let data = Sets { sets: list.sets };
    Ok(screen.answer(&data, list.problems, |page| {
        let mut table = Table::default();
        for set in &data.sets {
            table.row([
                Cell::plain(&set.name),
                Cell::faint(&set.collection),
                Cell::plain(&counted(set.members.len() as u64, "member")),
                Cell::plain(&counted(set.resolved, "artifact")),
                Cell::faint(&missing(set.missing)),
            ]);
        }
        page.table(&table, 0);
        if data.sets.is_empty() {
            page.line("There is no such set. `skm set create NAME` makes one.");
        }
    }))
}

fn list_groups(screen: &Screen, engine: &Engine, global: &Global) -> Result<Answer> {
    let list = engine.sets(global.collection.as_deref())?;
    let data = Groups { groups: list.groups };
    Ok(screen.answer(&data, list.problems, |page| {
        let mut table = Table::default();
        for group in &data.groups {
            let gone = group.members.iter().filter(|member| member.missing).count() as u64;
            table.row([
                Cell::plain(&group.name),
                Cell::faint(&group.collection),
                Cell::plain(&counted(group.members.len() as u64, "artifact")),
                Cell::faint(&missing(gone)),
            ]);
        }
        page.table(&table, 0);
        if data.groups.is_empty() {
            page.line("There is no group. `skm group create NAME` makes one.");
        }
    }))
}

fn show_set(screen: &Screen, engine: &Engine, global: &Global, name: &str) -> Result<Answer> {
    let id = engine.find_set_id(&set_ref(global, name))?;
    let list = engine.sets(Some(&id.collection))?;
    let set = list.sets.iter().find(|set| set.set_id == id.set_id).cloned();
    let set = set
        .ok_or_else(|| SetError::SetNotFound { query: name.to_owned(), collection: id.collection.clone() })?;
    let names: Vec<String> =
        set.used_in.iter().filter_map(|id| name_of(&list.sets, &set.collection, id)).collect();
    let (data, problems) = (OneSet { set: set.clone() }, set.problems);
    Ok(screen.answer(&data, problems, |page| {
        let set = &data.set;
        page.line(&format!("{} in {}", clean(&set.name), clean(&set.collection)));
        page.line(&format!("  {}", clean(&set.set_id)));
        for text in [&set.description, &set.color, &set.icon].into_iter().flatten() {
            page.line(&format!("  {}", clean(text)));
        }
        if !set.tags.is_empty() {
            page.line(&format!("  {}", clean(&set.tags.join(", "))));
        }
        write_members(page, &set.members);
        write_used(page, &names);
        page.line(&format!("{} in all{}.", counted(set.resolved, "artifact"), behind(set.missing)));
    }))
}

fn show_group(screen: &Screen, engine: &Engine, global: &Global, name: &str) -> Result<Answer> {
    let list = engine.sets(global.collection.as_deref())?;
    let same = |group: &&GroupRow| group.name.to_lowercase() == name.trim().to_lowercase();
    let mut hits = list.groups.iter().filter(same);
    let (first, second) = (hits.next(), hits.next());
    let group = match (first, second) {
        (Some(group), None) => group.clone(),
        (Some(one), Some(other)) => {
            let candidates = [one, other].map(|row| format!("{} in {}", row.name, row.collection)).to_vec();
            return Err(Error::AmbiguousArtifact { query: name.to_owned(), candidates });
        }
        (None, _) => {
            let collection = global.collection.clone().unwrap_or_else(|| "any collection".to_owned());
            return Err(SetError::GroupNotFound { query: name.to_owned(), collection }.into());
        }
    };
    let names: Vec<String> =
        group.used_in.iter().filter_map(|id| name_of(&list.sets, &group.collection, id)).collect();
    let data = OneGroup { group };
    Ok(screen.answer(&data, Vec::new(), |page| {
        page.line(&format!("{} in {}", clean(&data.group.name), clean(&data.group.collection)));
        for text in [&data.group.description, &data.group.color, &data.group.icon].into_iter().flatten() {
            page.line(&format!("  {}", clean(text)));
        }
        write_group_members(page, &data.group);
        write_used(page, &names);
    }))
}

fn resolve(screen: &Screen, engine: &Engine, global: &Global, name: &str) -> Result<Answer> {
    let data: SetResolution = engine.resolve_set(&set_ref(global, name))?;
    let gone = data.dangling.iter().map(|one| {
        let what = match &one.member {
            Member::Group { group } => format!("group:{group}"),
            Member::Set { set_id } => format!("set:{set_id}"),
            Member::Artifact { artifact_id, .. } => artifact_id.clone(),
        };
        let message = format!("{what} in {} is not there, and adds nothing.", one.trail.join(" → "));
        Problem::new(Code::MemberNotFound, Severity::Notice, message).about(what)
    });
    let cycles = data.cycles.iter().map(|way| {
        let message = format!("Sets hold each other: {}. The way back is not taken.", way.join(" → "));
        Problem::new(Code::SetCycle, Severity::Notice, message).about(data.name.clone())
    });
    let problems = gone.chain(cycles).collect();
    Ok(screen.answer(&data, problems, |page| {
        let mut table = Table::default();
        for one in &data.artifacts {
            table.row([
                Cell::plain(&one.artifact_id),
                Cell::faint(&one.collection),
                Cell::faint(&one.trail.join(" → ")),
                Cell::plain(if one.missing { "missing" } else { "" }),
            ]);
        }
        page.table(&table, 0);
        if data.artifacts.is_empty() {
            page.line("It comes to no artifact.");
        }
    }))
}

fn set_ref(global: &Global, name: &str) -> SetRef {
    SetRef { name: name.to_owned(), collection: global.collection.clone() }
}

fn write_members(page: &mut Page, members: &[SetMemberRow]) {
    let mut table = Table::default();
    for row in members {
        let kind = match row.member {
            Member::Artifact { .. } => "artifact",
            Member::Group { .. } => "group",
            Member::Set { .. } => "set",
        };
        let gone = if row.missing { "missing" } else { "" };
        table.row([Cell::faint(kind), Cell::plain(&row.name), Cell::plain(gone)]);
    }
    page.table(&table, 2);
}

fn name_of(sets: &[SetRow], collection: &str, id: &str) -> Option<String> {
    let set = sets.iter().find(|set| set.collection == collection && set.set_id == id)?;
    Some(set.name.clone())
}

fn write_used(page: &mut Page, names: &[String]) {
    if !names.is_empty() {
        page.line(&format!("Used in {}.", clean(&names.join(", "))));
    }
}

fn write_group_members(page: &mut Page, group: &GroupRow) {
    let mut table = Table::default();
    for row in &group.members {
        table.row([Cell::plain(&row.artifact_id), Cell::plain(if row.missing { "missing" } else { "" })]);
    }
    page.table(&table, 2);
}

fn missing(count: u64) -> String {
    if count == 0 { String::new() } else { format!("{count} missing") }
}

fn behind(count: u64) -> String {
    if count == 0 { String::new() } else { format!(", {count} missing") }
}

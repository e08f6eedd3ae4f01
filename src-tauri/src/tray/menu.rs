//! The tray's menu: from what is at hand to a tree of items. Pure; the native menu is made of this and nothing else.
//!
//! ```text
//! Open SkillMeat
//! ─────
//! Deploy into ▸          recent projects ▸ pinned │ recent │ some others, More…
//!                        More…, Choose project…
//! Deploy again: X into Y
//! ─────
//! Needs attention: 3 ▸   api: 2 …
//! Undo: deploy of X into Y
//! Pause watching
//! ─────
//! Quit
//! ```
//!
//! An item's id is the action that it stands for, so an id means the same whenever the click arrives, also when the menu
//! was made anew meanwhile.

use super::action::Action;
use super::label::name;
use super::texts;
use skillmeat_engine::Problem;
use skillmeat_engine::engine::{Quick, QuickDeploy, QuickItem, QuickProject, QuickUndo, WatchState};
use skillmeat_engine::id::ArtifactId;
use skillmeat_engine::settings::Pin;

/// A level holds so many items at most, `More…` among them.
const MOST: usize = 10;

/// One line of the menu.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Item {
    /// Something to click.
    Action {
        /// What it does.
        action: Action,
        /// What it says.
        label: String,
    },
    /// Something that can only be read.
    Note {
        /// What it says.
        label: String,
    },
    /// A menu of its own.
    Submenu {
        /// What it says.
        label: String,
        /// What is in it.
        items: Vec<Item>,
    },
    /// A line between groups.
    Separator,
}

/// The menu while nothing is known yet, or ever, because nothing could be opened.
pub(super) fn bare() -> Vec<Item> {
    vec![action(Action::Open, texts::OPEN), Item::Separator, action(Action::Quit, texts::QUIT)]
}

/// The menu for what is at hand, or for why nobody knows.
pub(crate) fn build(quick: &Result<Quick, Problem>) -> Vec<Item> {
    let open = action(Action::Open, texts::OPEN);
    let quit = action(Action::Quit, texts::QUIT);
    let quick = match quick {
        Ok(quick) => quick,
        Err(problem) => {
            return vec![open, Item::Separator, note(name(&problem.message)), Item::Separator, quit];
        }
    };
    vec![
        open,
        Item::Separator,
        Item::Submenu { label: texts::DEPLOY_INTO.to_owned(), items: projects(quick) },
        again(quick.last.as_ref()),
        Item::Separator,
        attention(&quick.projects),
        undo(quick.undo.as_ref()),
        watching(quick.watching),
        Item::Separator,
        quit,
    ]
}

/// How many things need attention.
pub(crate) fn count_attention(quick: &Quick) -> usize {
    quick.projects.iter().map(|project| project.attention).sum()
}

fn projects(quick: &Quick) -> Vec<Item> {
    // Room for choosing another one, which is always there.
    let fit = |project: &QuickProject| project_menu(quick, project);
    let mut items = match quick.projects.is_empty() {
        true => vec![note(texts::NO_PROJECTS)],
        false => {
            listed(&quick.projects, MOST - 1, fit, || action(Action::More { project: None }, texts::MORE))
        }
    };
    items.push(Item::Separator);
    items.push(action(Action::ChooseProject, texts::CHOOSE));
    items
}

fn project_menu(quick: &Quick, project: &QuickProject) -> Item {
    let same = |other: &&QuickProject| other.name == project.name;
    let label = match quick.projects.iter().filter(same).count() {
        1 => name(&project.name),
        _ => texts::told_apart(&name(&project.name), &[&name(parent(project.path.as_str()))]),
    };
    if !project.available {
        return note(texts::gone(&label));
    }
    Item::Submenu { label, items: deployable(quick, project) }
}

/// What can be deployed into a project: pins, then what was deployed lately, then some of the rest.
fn deployable(quick: &Quick, project: &QuickProject) -> Vec<Item> {
    let fits = |item: &&QuickItem| item.kind.is_none_or(|kind| project.kinds.contains(&kind));
    let parts = [&quick.pinned, &quick.recent, &quick.others];
    let all: Vec<&QuickItem> = parts.into_iter().flatten().filter(fits).collect();
    if all.is_empty() {
        return vec![note(if quick.count == 0 { texts::NO_ARTIFACTS } else { texts::NONE_FITS })];
    }
    // Whatever is not listed here is in the window.
    let shown = if quick.count > all.len().min(MOST) { MOST - 1 } else { MOST };
    let mut items = Vec::new();
    let mut left = shown;
    for part in parts {
        let part: Vec<Item> =
            part.iter().filter(fits).take(left).map(|item| deploy(item, &all, project)).collect();
        left -= part.len();
        if !part.is_empty() && !items.is_empty() {
            items.push(Item::Separator);
        }
        items.extend(part);
    }
    if shown < MOST {
        items.push(Item::Separator);
        let project = Some(project.path.to_string());
        items.push(action(Action::More { project }, texts::MORE));
    }
    items
}

fn deploy(item: &QuickItem, all: &[&QuickItem], project: &QuickProject) -> Item {
    let kind = item.kind.map_or("set", |kind| kind.as_str());
    let same = |other: &&&QuickItem| other.name == item.name && other.kind == item.kind;
    let label = match all.iter().filter(same).count() {
        0 | 1 => texts::told_apart(&name(&item.name), &[kind]),
        _ => texts::told_apart(&name(&item.name), &[kind, &name(item.what.collection())]),
    };
    action(Action::Deploy { project: project.path.to_string(), what: item.what.clone() }, label)
}

fn again(last: Option<&QuickDeploy>) -> Item {
    let Some(last) = last else { return note(texts::NOTHING_TO_REPEAT) };
    let label = texts::again(&what_of(last), &texts::several(&last.projects));
    action(Action::Again { operation: last.operation.clone() }, label)
}

/// What was deployed, by name.
pub(super) fn what_of(last: &QuickDeploy) -> String {
    match &last.set {
        Some(set) => name(&set.name),
        None => {
            let mut names: Vec<String> =
                last.targets.iter().map(|target| leaf(&target.artifact_id)).collect();
            names.dedup();
            texts::several(&names)
        }
    }
}

fn attention(projects: &[QuickProject]) -> Item {
    let troubled: Vec<&QuickProject> = projects.iter().filter(|project| project.attention > 0).collect();
    if troubled.is_empty() {
        return note(texts::ALL_WELL);
    }
    let line = |project: &&QuickProject| {
        let path = Some(project.path.to_string());
        action(Action::Attention { project: path }, texts::attention_in(&project.name, project.attention))
    };
    let more = || action(Action::Attention { project: None }, texts::MORE);
    let count = troubled.iter().map(|project| project.attention).sum();
    Item::Submenu { label: texts::attention(count), items: listed(&troubled, MOST, line, more) }
}

fn undo(undo: Option<&QuickUndo>) -> Item {
    let Some(undo) = undo else { return note(texts::NOTHING_TO_UNDO) };
    let what: Vec<String> = undo.artifacts.iter().map(|id| leaf(id)).collect();
    let label = texts::undo(undo.kind, &texts::several(&what), &texts::several(&undo.places));
    action(Action::Undo { operation: undo.operation.clone() }, label)
}

fn watching(state: WatchState) -> Item {
    match state {
        WatchState::Off => note(texts::PAUSE),
        WatchState::Paused => action(Action::Watch { paused: false }, texts::RESUME),
        WatchState::Watching | WatchState::Polling => action(Action::Watch { paused: true }, texts::PAUSE),
    }
}

/// At most `most` of `all`; where there are more, the last line says so.
fn listed<T>(all: &[T], most: usize, line: impl Fn(&T) -> Item, more: impl Fn() -> Item) -> Vec<Item> {
    if all.len() <= most {
        return all.iter().map(line).collect();
    }
    all.iter().take(most - 1).map(line).chain([more()]).collect()
}

/// An id without its kind; groups and sets in an operation have names of their own.
fn leaf(id: &str) -> String {
    let own = |id: &str| id.split_once(':').map_or_else(|| id.to_owned(), |(_, name)| name.to_owned());
    ArtifactId::parse(id).map_or_else(|_| own(id), |id| id.path().to_owned())
}

/// The name of the folder that a folder is in.
fn parent(path: &str) -> &str {
    let up = path.rsplit(['/', '\\']).nth(1).unwrap_or_default();
    if up.is_empty() { path } else { up }
}

fn action(action: Action, label: impl Into<String>) -> Item {
    Item::Action { action, label: label.into() }
}

fn note(label: impl Into<String>) -> Item {
    Item::Note { label: label.into() }
}

/// What a thing that is deployed is called in a message.
pub(super) fn name_of(what: &Pin, known: &Quick) -> String {
    let all = [&known.pinned, &known.recent, &known.others];
    let item = all.into_iter().flatten().find(|item| item.what == *what);
    let fallback = || match what {
        Pin::Artifact { artifact_id, .. } => leaf(artifact_id),
        Pin::Set { set_id, .. } => set_id.clone(),
    };
    name(&item.map_or_else(fallback, |item| item.name.clone()))
}

#[cfg(test)]
mod tests;

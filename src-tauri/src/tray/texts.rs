//! What tray and notifications say: one table, because the window's own texts are in its page.

use super::label::{cut, name};
use skillmeat_engine::journal::OperationKind;

pub(crate) const APP: &str = "SkillMeat";
pub(super) const OPEN: &str = "Open SkillMeat";
pub(super) const DEPLOY_INTO: &str = "Deploy into";
pub(super) const MORE: &str = "More…";
pub(super) const CHOOSE: &str = "Choose project…";
pub(super) const CHOOSE_TITLE: &str = "Choose a project folder";
pub(super) const NO_PROJECTS: &str = "No projects yet";
pub(super) const NO_ARTIFACTS: &str = "No artifacts yet";
pub(super) const NONE_FITS: &str = "Nothing that this project takes";
pub(super) const NOTHING_TO_REPEAT: &str = "Deploy last again";
pub(super) const NOTHING_TO_UNDO: &str = "Undo last";
pub(super) const ALL_WELL: &str = "Nothing needs attention";
pub(super) const PAUSE: &str = "Pause watching";
pub(super) const RESUME: &str = "Resume watching";
pub(super) const QUIT: &str = "Quit";
#[cfg(target_os = "linux")]
pub(super) const UNDO: &str = "Undo";
#[cfg(target_os = "linux")]
pub(super) const SHOW: &str = "Show";
pub(super) const FAILED: &str = "Not done";
pub(super) const UNDONE: &str = "Undone";

/// `needs attention` with a number.
pub(super) fn attention(count: usize) -> String {
    format!("Needs attention: {count}")
}

/// A project among those that need attention.
pub(super) fn attention_in(project: &str, count: usize) -> String {
    format!("{}: {count}", name(project))
}

/// A project whose folder is not there.
pub(super) fn gone(project: &str) -> String {
    format!("{project} (folder is gone)")
}

/// A name with what tells it from others of the same name.
pub(super) fn told_apart(name: &str, by: &[&str]) -> String {
    if by.is_empty() { name.to_owned() } else { format!("{name} ({})", by.join(", ")) }
}

/// What `Deploy last again` says.
pub(super) fn again(what: &str, places: &str) -> String {
    format!("Deploy again: {what} into {places}")
}

/// What `Undo last` says.
pub(super) fn undo(kind: OperationKind, what: &str, places: &str) -> String {
    let what = match kind {
        OperationKind::Deploy => format!("deploy of {what} into {places}"),
        OperationKind::Undeploy => format!("removal of {what} from {places}"),
        OperationKind::Update => format!("update of {what} in {places}"),
        OperationKind::Import => format!("import of {what}"),
        OperationKind::Push => format!("push of {what}"),
        OperationKind::Collect => format!("change of {what} in {places}"),
        OperationKind::Undo => format!("undo of {what}"),
    };
    format!("Undo: {what}")
}

/// Some things by name: the only one, or the first and how many more.
pub(super) fn several(names: &[String]) -> String {
    match names {
        [] => "nothing".to_owned(),
        [only] => name(only),
        [first, rest @ ..] => format!("{} and {} more", name(first), rest.len()),
    }
}

/// The head of a notification about something that was deployed.
pub(super) fn deployed(what: &str, places: &str) -> String {
    format!("Deployed {what} into {places}")
}

/// Its text.
pub(super) fn counts(created: u64, updated: u64, unchanged: u64) -> String {
    let parts = [(created, "new"), (updated, "updated"), (unchanged, "already right")];
    let parts = parts.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}"));
    parts.collect::<Vec<_>>().join(", ")
}

/// Nothing had to be done.
pub(super) fn unchanged(what: &str, places: &str) -> String {
    format!("{what} is up to date in {places}")
}

/// What was undone.
pub(super) fn undone(targets: u64) -> String {
    match targets {
        1 => "One copy is as it was before.".to_owned(),
        targets => format!("{targets} copies are as they were before."),
    }
}

/// Some of it failed.
pub(super) fn failures(failed: u64, first: &str) -> String {
    match failed {
        1 => cut(first, 200),
        failed => cut(&format!("{failed} failed. {first}"), 200),
    }
}

//! What was done, and undoing it.

use super::Engine;
use super::write::Request;
use crate::clock::iso;
use crate::deploy::Receipt;
use crate::error::{Error, Problem, Result};
use crate::id::ProjectPath;
use crate::journal::{Effect, Journal, OperationKind, Part, Place, StepNote, operation_of};
use crate::path::RelPath;
use crate::plan::{Action, Plan, UndoRequest};
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet};

/// How many operations a history has when nobody says how many.
const DEFAULT_LIMIT: usize = 100;

/// Whether an operation was undone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "lowercase")]
pub enum Undone {
    /// Not at all.
    No,
    /// Some of its targets.
    Partly,
    /// All of its targets.
    Yes,
}

/// What an operation did to one target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct OperationItem {
    /// The artifact.
    pub artifact_id: String,
    /// Its collection.
    pub collection: String,
    /// The project.
    pub project_path: ProjectPath,
    /// The project's name.
    pub project_name: String,
    /// The profile.
    pub deployment_profile_id: String,
    /// The target, relative to the project.
    pub path: RelPath,
    /// What was done.
    pub action: Action,
    /// Files written or removed.
    pub files: u64,
    /// Bytes written or removed.
    pub bytes: u64,
}

/// One operation that was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct OperationEntry {
    /// Its id.
    pub operation: String,
    /// What kind.
    pub kind: OperationKind,
    /// When it began, ISO-8601 with offset.
    pub at: String,
    /// Who did it.
    pub holder: String,
    /// The operation that it undid.
    pub undoes: Option<String>,
    /// Whether it was undone.
    pub undone: Undone,
    /// Whether everything that undoing it needs is still kept.
    pub undoable: bool,
    /// Whether it was cut off and finished later.
    pub recovered: bool,
    /// Bytes that are kept for undoing it.
    pub kept_bytes: u64,
    /// What it did.
    pub items: Vec<OperationItem>,
}

/// The operations that were done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct History {
    /// Newest first.
    pub operations: Vec<OperationEntry>,
    /// Operations that were cut off, and entries that cannot be read.
    pub problems: Vec<Problem>,
}

impl Engine {
    /// The newest `limit` operations (without one, 100), newest first.
    ///
    /// # Errors
    /// `io` and its relatives.
    pub fn history(&self, limit: Option<usize>) -> Result<History> {
        let mut problems = self.cut_off();
        let Some(desktop) = self.desktop()? else { return Ok(History { operations: Vec::new(), problems }) };
        let journal = Journal::new(&desktop);
        let names = newest(journal.done()?, limit.unwrap_or(DEFAULT_LIMIT));
        let parts = journal.read_done(&names)?;
        problems.extend(parts.problems);
        let mut operations: Vec<Vec<Part>> = Vec::new();
        for part in parts.parts {
            match operations.last_mut() {
                Some(last) if last[0].operation == part.operation => last.push(part),
                _ => operations.push(vec![part]),
            }
        }
        let kept = desktop.list(Some(&RelPath::new("trash")?))?;
        let kept: HashSet<String> = kept.into_iter().map(|entry| entry.name).collect();
        let mut covered = Covered::default();
        let entries = operations.iter().rev().map(|parts| entry(parts, &kept, &mut covered)).collect();
        Ok(History { operations: entries, problems })
    }

    /// What `undo` would do. Writes nothing but the cache.
    ///
    /// # Errors
    /// `operation-not-found`; `project-not-found` and its relatives; `feature-disabled` for a change of sets where they
    /// are switched off.
    pub fn plan_undo(&self, request: &UndoRequest) -> Result<Plan> {
        let parts = self.undone_parts(request)?;
        self.plan(Request::Undo(request, &parts))
    }

    /// Undoes an operation: every target that still is what the operation left goes back to what it was. It is an
    /// operation itself, and can be undone.
    ///
    /// # Errors
    /// As [`Engine::plan_undo`], and `plan-stale`.
    pub fn undo(&self, request: &UndoRequest) -> Result<Receipt> {
        let _own = self.own_commits();
        let parts = self.undone_parts(request)?;
        self.run(Request::Undo(request, &parts))
    }

    fn undone_parts(&self, request: &UndoRequest) -> Result<Vec<Part>> {
        let parts = self.named_parts(request)?;
        if parts.iter().any(|part| part.place == Place::Sets) {
            self.check_sets_enabled()?;
        }
        Ok(parts)
    }

    fn named_parts(&self, request: &UndoRequest) -> Result<Vec<Part>> {
        let none = || Error::OperationNotFound { operation: request.operation.clone().unwrap_or_default() };
        let desktop = self.desktop()?.ok_or_else(none)?;
        let journal = Journal::new(&desktop);
        if let Some(operation) = &request.operation {
            let parts = journal.operation(operation)?.parts;
            return if parts.is_empty() { Err(none()) } else { Ok(parts) };
        }
        // An undo is not undone by asking for one more. One that was cut off has left something to undo, and so has
        // one that was refused here and there.
        let open = |entry: &OperationEntry| entry.kind != OperationKind::Undo && entry.undone != Undone::Yes;
        for entry in self.history(Some(usize::MAX))?.operations.into_iter().filter(open) {
            let parts = journal.operation(&entry.operation)?.parts;
            // Whoever took away by hand what it had done leaves nothing to do, and the one before it is meant.
            let plan = self.plan(Request::Undo(request, &parts))?;
            if plan.items.iter().any(|item| item.action != Action::Unchanged) {
                return Ok(parts);
            }
        }
        Err(none())
    }

    /// Now, as files hold it.
    pub(super) fn now(&self) -> String {
        iso(self.options.clock.now())
    }
}

/// The names of the parts of the newest `limit` operations, oldest first.
fn newest(names: Vec<String>, limit: usize) -> Vec<String> {
    let (mut operations, mut wanted) = (HashSet::new(), Vec::new());
    for name in names.into_iter().rev() {
        operations.insert(operation_of(&name).to_owned());
        if operations.len() > limit {
            break;
        }
        wanted.push(name);
    }
    wanted.reverse();
    wanted
}

/// Which targets of an operation later ones have undone.
#[derive(Default)]
struct Covered(HashMap<String, HashSet<(ProjectPath, RelPath)>>);

fn entry(parts: &[Part], kept: &HashSet<String>, covered: &mut Covered) -> OperationEntry {
    let first = &parts[0];
    let id = first.operation.to_string();
    let mine = covered.0.remove(&id).unwrap_or_default();
    let steps = || parts.iter().flat_map(|part| part.steps.iter().map(move |step| (part, step)));
    let back =
        |(part, step): &(&Part, &StepNote)| mine.contains(&(part.project_path.clone(), step.target.clone()));
    let undone = match (steps().filter(back).count(), steps().count()) {
        (0, _) => Undone::No,
        (some, all) if some < all => Undone::Partly,
        _ => Undone::Yes,
    };
    if let Some(undoes) = &first.undoes {
        let still = steps().filter(|step| !back(step));
        let still = still.map(|(part, step)| (part.project_path.clone(), step.target.clone()));
        covered.0.entry(undoes.clone()).or_default().extend(still);
    }
    let needs =
        |part: &Part| part.steps.iter().any(|step| matches!(step.effect, Effect::Updated | Effect::Removed));
    OperationEntry {
        operation: id,
        kind: first.kind,
        at: first.at.clone(),
        holder: first.holder.clone(),
        undoes: first.undoes.clone(),
        undone,
        undoable: parts.iter().all(|part| !needs(part) || kept.contains(&part.name())),
        recovered: parts.iter().any(|part| part.recovered),
        kept_bytes: steps().map(|(_, step)| step.kept_bytes).sum(),
        items: steps().map(|(part, step)| item(part, step)).collect(),
    }
}

fn item(part: &Part, step: &StepNote) -> OperationItem {
    OperationItem {
        artifact_id: step.artifact_id.clone(),
        collection: step.collection.clone(),
        project_path: part.project_path.clone(),
        project_name: part.project_name.clone(),
        deployment_profile_id: match part.place.is_collection() {
            true => String::new(),
            false => step.record.profile_id.clone(),
        },
        path: step.target.clone(),
        action: match step.effect {
            Effect::Adopted if step.says.is_some() => Action::Updated,
            Effect::Created => Action::Created,
            Effect::Updated => Action::Updated,
            Effect::Adopted => Action::Adopted,
            Effect::Kept => Action::Kept,
            Effect::Removed | Effect::Unrecorded => Action::Removed,
        },
        files: step.files,
        bytes: step.bytes,
    }
}

//! What an import did, or would do, find by find.

use super::decide::{Clash, Decided, Wish};
use super::{CacheState, Problem, Receipt};
use crate::deploy::{Outcome, TargetResult};
use crate::engine::discover::Match;
use crate::error::Code;
use crate::id::OperationId;
use crate::path::RelPath;
pub(super) use crate::plan::Action;
use serde::{Deserialize, Serialize};

/// What became of one find.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct ImportResult {
    /// What its place calls it.
    pub artifact_id: String,
    /// Its place, relative to the project or folder.
    pub path: RelPath,
    /// How it compared with the collection.
    pub r#match: Match,
    /// How it ended.
    pub status: Outcome,
    /// What was done to the collection; `adopted` when only a record was written.
    pub action: Action,
    /// What it is called in the collection.
    pub collection_artifact: Option<String>,
    /// Whether the project's copy is recorded as a deployment.
    pub recorded: bool,
    /// The answers that make sense for it.
    pub choices: Vec<Clash>,
    /// The answer in force.
    pub choice: Clash,
    /// Why it failed or was skipped, as SkillMeat says it: `already_exists`, `duplicate`, `invalid_structure`, …
    pub reason_code: Option<String>,
    /// Files in it.
    pub files: u64,
    /// Their size.
    pub bytes: u64,
    /// The problem's message, when there is one.
    pub error: Option<String>,
    /// Why it failed.
    pub problem: Option<Problem>,
}

/// Counts over the results.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct ImportTotals {
    /// What was asked for.
    pub requested: u64,
    /// Copied into the collection.
    pub imported: u64,
    /// Recorded in the project, imported or not.
    pub recorded: u64,
    /// Nothing had to be done.
    pub unchanged: u64,
    /// Left alone by choice.
    pub skipped: u64,
    /// Refused or failed.
    pub failed: u64,
}

/// The answer to `import`. When it exists, everything in it is on disk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct ImportReceipt {
    /// The operation's id, for `undo`; empty work has one too.
    pub operation: String,
    /// Pass it back in the request's `plan` to have exactly this done or nothing.
    pub plan: String,
    /// Nothing was written; this is what would happen.
    pub dry_run: bool,
    /// Whether the cache followed.
    pub cache: CacheState,
    /// The collection.
    pub collection: String,
    /// The project or folder.
    pub root: String,
    /// Sums over the results.
    pub totals: ImportTotals,
    /// One entry per find.
    pub results: Vec<ImportResult>,
    /// Things worth saying that concern no single find.
    pub notices: Vec<Problem>,
}

/// What would happen; `refused` are artifacts of the collection that could not be made.
pub(super) fn planned(decided: Decided, refused: &[(String, Problem)]) -> ImportReceipt {
    receipt(decided, None, |wish, result| {
        let name = wish.artifact.as_ref().map(ToString::to_string).unwrap_or_default();
        let copies = matches!(wish.action, Action::Created | Action::Updated);
        if let (true, Some((_, problem))) = (copies, refused.iter().find(|(id, _)| *id == name)) {
            fail(result, problem);
        }
    })
}

/// The answer where there was nothing to do.
pub(super) fn nothing(decided: Decided) -> ImportReceipt {
    let mut receipt = receipt(decided, None, |_, _| {});
    receipt.operation = OperationId::generate().to_string();
    receipt.dry_run = false;
    receipt
}

/// What was done.
pub(super) fn done(decided: Decided, told: &Receipt) -> ImportReceipt {
    let root = decided.root.clone();
    let (placed, shelved): (Vec<_>, Vec<_>) =
        told.results.iter().partition(|told| told.project_path.as_str() == root);
    receipt(decided, Some(told), |wish, result| {
        let name = wish.artifact.as_ref().map(ToString::to_string).unwrap_or_default();
        if matches!(wish.action, Action::Created | Action::Updated)
            && let Some(told) = shelved.iter().find(|told| told.artifact_id == name)
        {
            match (told.status, &told.problem) {
                (Outcome::Failed, Some(problem)) => return fail(result, problem),
                _ => result.problem.clone_from(&told.problem),
            }
        }
        if wish.records {
            settle_record(wish, result, &placed);
        }
    })
}

/// What became of a find's record. Where the project failed as a whole, that says why.
fn settle_record(wish: &Wish, result: &mut ImportResult, placed: &[&TargetResult]) {
    let told = placed.iter().find(|told| told.path.as_ref() == Some(&result.path));
    let told = told.or_else(|| placed.iter().find(|told| told.status == Outcome::Failed));
    result.recorded = told.is_some_and(|told| told.status == Outcome::Success);
    if let Some((Outcome::Failed, Some(problem))) = told.map(|told| (told.status, &told.problem)) {
        // What was copied is there, and is recorded by importing once more.
        let action = if wish.action == Action::Adopted { Action::None } else { result.action };
        fail(result, problem);
        result.action = action;
    }
}

fn fail(result: &mut ImportResult, problem: &Problem) {
    result.status = Outcome::Failed;
    result.action = Action::None;
    result.recorded = false;
    result.reason_code = Some(reason_of(problem.code).to_owned());
    result.error = Some(problem.message.clone());
    result.problem = Some(problem.clone());
}

fn receipt(
    decided: Decided,
    told: Option<&Receipt>,
    mut settle: impl FnMut(&Wish, &mut ImportResult),
) -> ImportReceipt {
    let results = decided.wishes.iter().map(|wish| {
        let mut result = of(wish);
        if wish.problem.is_none() {
            settle(wish, &mut result);
        }
        result
    });
    let results: Vec<ImportResult> = results.collect();
    ImportReceipt {
        operation: told.map(|told| told.operation.clone()).unwrap_or_default(),
        plan: decided.plan,
        dry_run: told.is_none(),
        cache: told.map_or(CacheState::Synced, |told| told.cache),
        collection: decided.collection,
        root: decided.root,
        totals: totals(&results),
        results,
        notices: told.map(|told| told.notices.clone()).unwrap_or_default(),
    }
}

fn of(wish: &Wish) -> ImportResult {
    let status = match (&wish.problem, wish.action) {
        (Some(_), _) => Outcome::Failed,
        (None, Action::None) => Outcome::Skipped,
        (None, _) => Outcome::Success,
    };
    ImportResult {
        artifact_id: wish.found.artifact_id.clone(),
        path: wish.found.path.clone(),
        r#match: wish.found.r#match,
        status,
        action: wish.action,
        collection_artifact: wish.artifact.as_ref().map(ToString::to_string),
        recorded: wish.records,
        choices: wish.choices.clone(),
        choice: wish.choice,
        reason_code: wish.reason.map(str::to_owned),
        files: wish.found.files,
        bytes: wish.found.bytes,
        error: wish.problem.as_ref().map(|problem| problem.message.clone()),
        problem: wish.problem.clone(),
    }
}

fn totals(results: &[ImportResult]) -> ImportTotals {
    let mut totals = ImportTotals { requested: results.len() as u64, ..ImportTotals::default() };
    for result in results {
        totals.recorded += u64::from(result.recorded);
        match (result.status, result.action) {
            (Outcome::Failed, _) => totals.failed += 1,
            (Outcome::Skipped, _) => totals.skipped += 1,
            (Outcome::Success, Action::Created | Action::Updated) => totals.imported += 1,
            (Outcome::Success, Action::Unchanged) => totals.unchanged += 1,
            (Outcome::Success, _) => {}
        }
    }
    totals
}

/// SkillMeat's word for why something was not imported.
pub(super) fn reason_of(code: Code) -> &'static str {
    match code {
        Code::SourceInvalid | Code::SourceTooLarge | Code::LinkLeavesArtifact => "invalid_structure",
        Code::NameClash => "already_exists",
        Code::InvalidName => "invalid_source",
        Code::UnsupportedKind => "invalid_type",
        Code::PermissionDenied | Code::ReadOnly => "permission_error",
        Code::Io | Code::DiskFull => "io_error",
        _ => "import_error",
    }
}

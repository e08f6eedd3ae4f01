//! What a push did, deployment by deployment: the answers of its two parts as one.

use super::Push;
use crate::deploy::{CacheState, Outcome, Receipt, TargetResult, Totals};
use crate::engine::draft::Draft;
use crate::error::Problem;
use crate::id::OperationId;
use crate::plan::{Action, OnConflict, Plan, PlanItem, PlanTotals};

/// Enters what the collections refuse into a plan.
pub(super) fn refuse(plan: &mut Plan, shelved: &Plan) {
    for item in plan.items.iter_mut().filter(|item| item.action == Action::Updated) {
        let same = |other: &&PlanItem| {
            (&other.collection, &other.artifact_id) == (&item.collection, &item.artifact_id)
        };
        if let Some(problem) = shelved.items.iter().find(same).and_then(|other| other.problem.clone()) {
            (item.action, item.problem) = (Action::None, Some(problem));
        }
    }
    plan.totals = PlanTotals::of(&plan.items);
}

/// The receipt; `told` is what the parts answered, where there was something to do.
pub(super) fn receipt(drafts: &[Draft], push: &Push, told: Option<Receipt>) -> Receipt {
    let told = told.unwrap_or_else(|| Receipt {
        operation: OperationId::generate().to_string(),
        dry_run: false,
        cache: CacheState::Synced,
        totals: Totals::default(),
        results: Vec::new(),
        notices: Vec::new(),
    });
    let results: Vec<_> =
        drafts.iter().map(|draft| noted(draft, result(&draft.item, push, &told.results))).collect();
    Receipt { totals: Totals::of(&results), results, ..told }
}

/// With what is worth saying although it was done.
fn noted(draft: &Draft, mut result: TargetResult) -> TargetResult {
    if let (Outcome::Success, Some(notice)) = (result.status, &draft.notice) {
        result.problem.get_or_insert_with(|| notice.clone());
    }
    result
}

fn result(item: &PlanItem, push: &Push, told: &[TargetResult]) -> TargetResult {
    let mut result = planned(item);
    if result.status != Outcome::Success || result.action == Action::Unchanged {
        return result;
    }
    let mine =
        |told: &&TargetResult| (&told.collection, &told.artifact_id) == (&item.collection, &item.artifact_id);
    let in_project = |told: &&TargetResult| told.project_path == item.project_path;
    let intake = push.intakes.iter().any(|intake| {
        (&intake.artifact.0, intake.artifact.1.to_string()) == (&item.collection, item.artifact_id.clone())
    });
    // A collection's results have no profile.
    let shelved = told.iter().filter(mine).find(|told| told.deployment_profile_id.is_empty());
    if let (true, Some(shelved)) = (intake, shelved) {
        if let (Outcome::Failed, Some(problem)) = (shelved.status, &shelved.problem) {
            return failed(result, Action::None, problem);
        }
        if item.action == Action::Updated {
            (result.files, result.bytes) = (shelved.files, shelved.bytes);
            result.problem.clone_from(&shelved.problem);
        }
    }
    let place = |told: &&TargetResult| {
        (&told.path, &told.deployment_profile_id) == (&item.path, &item.deployment_profile_id)
    };
    let recorded = told.iter().filter(in_project).find(place);
    // A project that failed as a whole says why once.
    let whole = || told.iter().filter(in_project).find(|told| told.path.is_none());
    if let Some((Outcome::Failed, Some(problem))) =
        recorded.or_else(whole).map(|told| (told.status, &told.problem))
    {
        // What the collection took is there, and is recorded by another push.
        if item.action != Action::Updated {
            return failed(result, Action::None, problem);
        }
        let message =
            format!("The collection took the edits; the project's record is as it was. {}", problem.message);
        return failed(result, Action::Updated, &Problem { message, ..problem.clone() });
    }
    if let Some(notice) = recorded.and_then(|told| told.problem.clone()) {
        result.problem.get_or_insert(notice);
    }
    result
}

fn failed(result: TargetResult, action: Action, problem: &Problem) -> TargetResult {
    let problem = problem.clone().or_about(&result.artifact_id);
    let (error, problem) = (Some(problem.message.clone()), Some(problem));
    TargetResult { status: Outcome::Failed, action, error, problem, ..result }
}

/// The result of an item that nothing stood in the way of.
fn planned(item: &PlanItem) -> TargetResult {
    let (status, problem) = match (&item.problem, item.action, item.choice) {
        (Some(problem), ..) => (Outcome::Failed, Some(problem)),
        (None, Action::None, OnConflict::Skip) => (Outcome::Skipped, item.conflict.as_ref()),
        (None, Action::None, _) => (Outcome::Failed, item.conflict.as_ref()),
        _ => (Outcome::Success, None),
    };
    let error = problem.filter(|_| status == Outcome::Failed).map(|problem| problem.message.clone());
    TargetResult {
        artifact_id: item.artifact_id.clone(),
        collection: item.collection.clone(),
        project_path: item.project_path.clone(),
        deployment_profile_id: item.deployment_profile_id.clone(),
        status,
        action: item.action,
        path: item.path.clone(),
        files: 0,
        bytes: 0,
        error,
        problem: problem.cloned(),
    }
}

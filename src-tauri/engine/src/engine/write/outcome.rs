//! From what was decided and what was done to what is told.

use crate::cache::DeploymentRow;
use crate::deploy::{Done, Outcome, TargetResult};
use crate::engine::draft::Draft;
use crate::engine::project::Project;
use crate::error::{Code, Problem};
use crate::journal::Place;
use crate::plan::{Action, OnConflict};
use crate::status::Status;

/// The result of one target; `outcome` is missing where nothing had to be done or nothing was allowed.
pub(super) fn result(draft: &Draft, outcome: Option<Result<Done, Problem>>) -> TargetResult {
    let item = &draft.item;
    match outcome {
        Some(Ok(done)) => {
            let notice = done.notice.clone().or_else(|| draft.notice.clone());
            told(draft, Outcome::Success, item.action, Some(&done), notice)
        }
        Some(Err(problem)) => failed(draft, problem),
        None => match (&item.problem, item.action, item.choice) {
            (Some(problem), _, _) => failed(draft, problem.clone()),
            (None, Action::None, OnConflict::Skip) => {
                told(draft, Outcome::Skipped, Action::None, None, item.conflict.clone())
            }
            (None, Action::None, _) => {
                told(draft, Outcome::Failed, Action::None, None, item.conflict.clone())
            }
            (None, action, _) => told(draft, Outcome::Success, action, None, None),
        },
    }
}

/// The result of a target that was refused or failed; one that was stopped is left alone by choice.
pub(super) fn failed(draft: &Draft, problem: Problem) -> TargetResult {
    let status = if problem.code == Code::Cancelled { Outcome::Skipped } else { Outcome::Failed };
    told(draft, status, Action::None, None, Some(problem))
}

fn told(
    draft: &Draft,
    status: Outcome,
    action: Action,
    done: Option<&Done>,
    problem: Option<Problem>,
) -> TargetResult {
    let item = &draft.item;
    let error = problem.as_ref().filter(|_| status == Outcome::Failed);
    TargetResult {
        artifact_id: item.artifact_id.clone(),
        collection: item.collection.clone(),
        project_path: item.project_path.clone(),
        deployment_profile_id: item.deployment_profile_id.clone(),
        status,
        action,
        path: item.path.clone(),
        files: done.map_or(0, |done| done.files),
        bytes: done.map_or(0, |done| done.bytes),
        error: error.map(|problem| problem.message.clone()),
        problem,
    }
}

/// The row of a deployment that was just made or removed.
pub(super) fn deployment_row(
    project: &Project,
    draft: &Draft,
    result: &TargetResult,
) -> Option<DeploymentRow> {
    if result.status != Outcome::Success {
        return None;
    }
    let (record, Some(Place::Profile(root))) = (draft.record.as_ref()?, &draft.place) else { return None };
    let kept = result.action == Action::Kept;
    Some(DeploymentRow {
        artifact_id: draft.item.artifact_id.clone(),
        collection: record.from_collection.clone(),
        project_path: project.path.clone(),
        project_name: project.name.clone(),
        deployed_at: record.deployed_at.clone(),
        content_hash: Some(record.content_hash.to_string()),
        deployment_profile_id: record.profile_id.clone(),
        platform: record.platform.clone(),
        local_modifications: kept,
        artifact_path: record.artifact_path.clone(),
        profile_root_dir: root.clone(),
        status: if kept { Status::Modified } else { Status::Synced },
        problem: None,
    })
}

//! What was done, or would be done, target by target.

use super::counted;
use crate::output::{Answer, Cell, Colour, Exit, Page, Screen, Table, clean, size};
use serde::Serialize;
use skillmeat_engine::deploy::{CacheState, Outcome, Receipt, TargetResult, Totals};
use skillmeat_engine::error::{Code, Problem, Remedy, Severity};
use skillmeat_engine::plan::{Action, OnConflict, Plan, PlanItem};

/// The receipt that applying the plan would give. Its operation is the plan's id, as nothing can be undone.
pub(super) fn foreseen(plan: Plan) -> Receipt {
    let results: Vec<TargetResult> = plan.items.into_iter().map(foreseen_result).collect();
    let totals = Totals::of(&results);
    let (operation, notices) = (plan.id, plan.notices);
    Receipt { operation, dry_run: true, cache: CacheState::Synced, totals, results, notices }
}

fn foreseen_result(item: PlanItem) -> TargetResult {
    let (status, problem) = match (item.problem, item.conflict, item.choice) {
        (Some(problem), ..) => (Outcome::Failed, Some(problem)),
        (None, Some(conflict), OnConflict::Stop) => (Outcome::Failed, Some(conflict)),
        (None, Some(conflict), OnConflict::Skip) => (Outcome::Skipped, Some(conflict)),
        // The engine foresees nothing where the choice makes no sense for this target.
        (None, Some(conflict), _) if item.action == Action::None => (Outcome::Failed, Some(conflict)),
        (None, _, _) => (Outcome::Success, None),
    };
    // A plan says how large the artifact is, a receipt what is written or removed.
    let moves = matches!(item.action, Action::Created | Action::Updated | Action::Removed);
    TargetResult {
        artifact_id: item.artifact_id,
        collection: item.collection,
        project_path: item.project_path,
        deployment_profile_id: item.deployment_profile_id,
        status,
        action: item.action,
        path: item.path,
        files: if moves { item.files } else { 0 },
        bytes: if moves { item.bytes } else { 0 },
        error: problem.as_ref().map(|problem| problem.message.clone()),
        problem,
    }
}

/// What it is called that a target was updated.
#[derive(Debug, Clone, Copy)]
pub(super) struct Updated {
    done: &'static str,
    foreseen: &'static str,
    counted: &'static str,
}

/// A copy got newer content.
pub(super) const UPDATED: Updated = Updated { done: "✓ updated", foreseen: "+ update", counted: "updated" };
/// The collection got the copy's content.
pub(super) const PUSHED: Updated = Updated { done: "✓ pushed", foreseen: "+ push", counted: "pushed" };

/// The answer to a deploy or undeploy: the receipt, and as problems whatever kept a target from being done or is to
/// be known about one that was done.
pub(super) fn answer(screen: &Screen, receipt: &Receipt) -> Answer {
    answer_as(UPDATED, screen, receipt)
}

/// The same in words of an operation's own.
pub(super) fn answer_as(updated: Updated, screen: &Screen, receipt: &Receipt) -> Answer {
    answer_with(updated, screen, receipt, None, receipt)
}

/// The same with other data for programs, and a last line for people.
pub(super) fn answer_for(
    screen: &Screen,
    data: &impl Serialize,
    last: Option<&str>,
    receipt: &Receipt,
) -> Answer {
    answer_with(UPDATED, screen, data, last, receipt)
}

fn answer_with(
    updated: Updated,
    screen: &Screen,
    data: &impl Serialize,
    last: Option<&str>,
    receipt: &Receipt,
) -> Answer {
    let mut problems = receipt.notices.clone();
    // What a person chose to skip needs no reason; what was skipped for another one does.
    let chosen = |result: &TargetResult, problem: &Problem| {
        result.status == Outcome::Skipped && !matches!(problem.code, Code::NeededBySet | Code::Cancelled)
    };
    let told = receipt.results.iter().filter_map(|result| Some((result, result.problem.as_ref()?)));
    problems.extend(told.filter(|(result, problem)| !chosen(result, problem)).map(|(_, one)| one.clone()));
    if receipt.cache == CacheState::Stale {
        let message =
            "The files and records are written. The cache could not follow and is rebuilt from them.";
        let stale = Problem::new(Code::CacheStale, Severity::Notice, message);
        problems.push(stale.with_remedy(Remedy::Resync));
    }
    let answer = screen.answer(data, problems, |page| {
        write(page, receipt, updated);
        last.into_iter().for_each(|line| page.line(line));
    });
    let stopped = |result: &TargetResult| {
        result.problem.as_ref().is_some_and(|problem| problem.code == Code::Cancelled)
    };
    if receipt.totals.failed > 0 || receipt.results.iter().any(stopped) {
        answer.at_least(Exit::Refused)
    } else {
        answer
    }
}

fn write(page: &mut Page, receipt: &Receipt, updated: Updated) {
    let boring = |result: &TargetResult| result.action == Action::Unchanged && !page.verbose();
    let shown: Vec<&TargetResult> = receipt.results.iter().filter(|result| !boring(result)).collect();
    for group in shown.chunk_by(|a, b| a.project_path == b.project_path) {
        if let Some(first) = group.first() {
            page.heading(&clean(first.project_path.as_str()));
        }
        let mut table = Table::default();
        for result in group {
            let path = result.path.as_ref().map(ToString::to_string).unwrap_or_default();
            let (files, bytes) = if result.files > 0 {
                (counted(result.files, "file"), size(result.bytes))
            } else {
                (String::new(), String::new())
            };
            table.row([
                done(result, receipt.dry_run, updated),
                Cell::plain(&result.artifact_id),
                Cell::faint(&path),
                Cell::number(&files),
                Cell::number(&bytes),
            ]);
        }
        page.table(&table, 2);
    }
    if !shown.is_empty() {
        page.line("");
    }
    page.line(&summary(receipt, updated));
}

fn done(result: &TargetResult, dry_run: bool, updated: Updated) -> Cell {
    let fault = || result.problem.as_ref().is_some_and(|problem| problem.severity == Severity::Fault);
    let (done, foreseen, colour) = match (result.status, result.action) {
        (Outcome::Failed, _) if fault() => ("✗ failed", "✗ would fail", Colour::Bad),
        (Outcome::Failed, _) => ("✗ refused", "✗ refuse", Colour::Warning),
        (Outcome::Skipped, _) => ("– skipped", "– skip", Colour::Faint),
        (_, Action::Created) => ("✓ created", "+ create", Colour::Good),
        (_, Action::Updated) => (updated.done, updated.foreseen, Colour::Good),
        (_, Action::Adopted) => ("✓ adopted", "+ adopt", Colour::Good),
        (_, Action::Kept) => ("✓ kept", "+ keep", Colour::Good),
        (_, Action::Removed) => ("✓ removed", "- remove", Colour::Good),
        (_, Action::Unchanged | Action::None) => ("= unchanged", "= leave", Colour::Faint),
    };
    Cell::new(if dry_run { foreseen } else { done }, colour)
}

/// `2 created, 1 unchanged, 1 refused.`
fn summary(receipt: &Receipt, updated: Updated) -> String {
    let actions = [
        (Action::Created, "created"),
        (Action::Updated, updated.counted),
        (Action::Adopted, "adopted"),
        (Action::Kept, "kept"),
        (Action::Removed, "removed"),
        (Action::Unchanged, "unchanged"),
    ];
    let succeeded = || receipt.results.iter().filter(|result| result.status == Outcome::Success);
    let mut parts: Vec<String> = actions
        .into_iter()
        .map(|(action, word)| (succeeded().filter(|result| result.action == action).count() as u64, word))
        .chain([(receipt.totals.skipped, "skipped"), (receipt.totals.failed, "refused or failed")])
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| format!("{count} {word}"))
        .collect();
    if parts.is_empty() {
        parts.push("Nothing to do".to_owned());
    }
    let lead = if receipt.dry_run { "Dry run, nothing is written: " } else { "" };
    format!("{lead}{}.", parts.join(", "))
}

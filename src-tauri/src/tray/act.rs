//! What a click comes to: planned first, and carried out only where the plan leaves nothing to ask.
//!
//! | the plan | what happens |
//! |---|---|
//! | only creates, updates what is ours, or records equal content | it is carried out, exactly as planned |
//! | holds a kind that one of several profiles cannot take | the same without that profile |
//! | has nothing to do | says so |
//! | a conflict, something missing or refused, or nothing at all | nothing is written; the window shows the plan |
//! | is no longer true when it is carried out | the same |
//!
//! So nothing is ever overwritten from the tray.

use super::action::Action;
use super::menu::{name_of, what_of};
use super::notice::Notice;
use super::request::{Done, Wanted};
use super::texts;
use crate::open::Open;
use skillmeat_engine::error::Code;
use skillmeat_engine::plan::{Action as Step, Plan, PlanItem, SetTarget, UndoRequest};
use skillmeat_engine::settings::Pin;
use skillmeat_engine::{Engine, Problem, Result};
use std::collections::BTreeSet;

/// What is left to do after a click.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The window is to show something; nothing was written.
    Show(Open),
    /// A person is to be told.
    Tell(Notice),
    /// Nothing.
    Done,
}

impl Outcome {
    /// Nothing was done, and why.
    pub(super) fn failed(problem: Problem) -> Self {
        Self::Tell(Notice::failure(problem))
    }
}

/// Does what an action says, as far as it needs the engine; what it does not need it for is left to the caller.
pub(super) fn act(engine: &Engine, action: &Action) -> Outcome {
    let answer = match action {
        Action::Deploy { project, what } => deploy(engine, project, what),
        Action::Again { operation } => again(engine, operation),
        Action::Undo { operation } => undo(engine, operation),
        Action::Watch { paused } => {
            engine.pause_watching(*paused);
            Ok(Outcome::Done)
        }
        _ => Ok(Outcome::Done),
    };
    answer.unwrap_or_else(|error| Outcome::failed(error.to_problem()))
}

fn deploy(engine: &Engine, project: &str, what: &Pin) -> Result<Outcome> {
    let known = engine.quick()?;
    let row = known.projects.iter().find(|row| row.path.as_str() == project);
    let folder = || project.rsplit(['/', '\\']).next().unwrap_or(project).to_owned();
    let place = row.map_or_else(folder, |row| row.name.clone());
    let words = (name_of(what, &known), texts::several(&[place]));
    let profiles = row.map(|row| row.profiles.clone()).unwrap_or_default();
    carry_out(engine, &Wanted::of(what, project, profiles), &words)
}

fn again(engine: &Engine, operation: &str) -> Result<Outcome> {
    // What the menu said is what is done: where something else was deployed since, it is no longer that.
    let Some(last) = engine.quick()?.last.filter(|last| last.operation == operation) else {
        return Ok(Outcome::Show(Open::Activity));
    };
    let words = (what_of(&last), texts::several(&last.projects));
    carry_out(engine, &Wanted::again(&last), &words)
}

/// Plans, decides and deploys. `words`: what is deployed, and where.
fn carry_out(engine: &Engine, wanted: &Wanted, words: &(String, String)) -> Result<Outcome> {
    let ask = || Ok(Outcome::Show(wanted.open()));
    let mut wanted = wanted.clone();
    let mut plan = wanted.plan(engine)?;
    if let Verdict::Without(targets) = verdict(&plan) {
        wanted = wanted.only(targets);
        plan = wanted.plan(engine)?;
    }
    match verdict(&plan) {
        Verdict::Ask | Verdict::Without(_) => ask(),
        Verdict::Nothing => {
            let title = texts::unchanged(&words.0, &words.1);
            Ok(Outcome::Tell(Notice {
                title,
                body: String::new(),
                undo: None,
                problem: None,
                show: wanted.page(),
            }))
        }
        Verdict::Go => match wanted.run(engine, &plan.id) {
            Ok(done) => Ok(Outcome::Tell(told(done, words, wanted.page()))),
            Err(error) if error.code() == Code::PlanStale => ask(),
            Err(error) => Err(error),
        },
    }
}

/// What a plan says about carrying it out without asking.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Verdict {
    /// It may be carried out.
    Go,
    /// It would do nothing.
    Nothing,
    /// These targets may be, the others are not possible and not needed.
    Without(Vec<SetTarget>),
    /// A person has to look at it.
    Ask,
}

fn verdict(plan: &Plan) -> Verdict {
    let (well, trouble): (Vec<&PlanItem>, Vec<&PlanItem>) =
        plan.items.iter().partition(|item| item.conflict.is_none() && item.problem.is_none());
    let code = |item: &PlanItem| item.problem.as_ref().map(|problem| problem.code);
    let elsewhere = |item: &PlanItem| {
        well.iter()
            .any(|other| other.project_path == item.project_path && artifact_of(other) == artifact_of(item))
    };
    if well.is_empty() {
        Verdict::Ask
    } else if trouble.is_empty() {
        let idle = well.iter().all(|item| item.action == Step::Unchanged);
        if idle { Verdict::Nothing } else { Verdict::Go }
    } else if trouble.iter().all(|item| code(item) == Some(Code::UnsupportedKind) && elsewhere(item)) {
        Verdict::Without(well.into_iter().map(target).collect())
    } else {
        Verdict::Ask
    }
}

fn artifact_of(item: &PlanItem) -> (&str, &str) {
    (&item.collection, &item.artifact_id)
}

fn target(item: &PlanItem) -> SetTarget {
    SetTarget {
        project_path: item.project_path.clone(),
        artifact_id: item.artifact_id.clone(),
        collection: item.collection.clone(),
        profile_id: item.deployment_profile_id.clone(),
    }
}

/// What is told of a deploy that was carried out.
fn told(done: Done, (what, places): &(String, String), show: Open) -> Notice {
    let Done { operation, results, .. } = done;
    let count = |wanted: &[Step]| {
        results.iter().filter(|one| one.problem.is_none() && wanted.contains(&one.action)).count() as u64
    };
    let (created, updated) = (count(&[Step::Created, Step::Adopted]), count(&[Step::Updated]));
    let undo = (created + updated > 0).then_some(operation);
    let mut failed = results.iter().filter_map(|one| one.problem.clone());
    match failed.next() {
        Some(first) => {
            let body = texts::failures(1 + failed.count() as u64, &first.message);
            Notice { title: texts::FAILED.to_owned(), body, undo, problem: Some(first), show: Open::Activity }
        }
        None => {
            let body = texts::counts(created, updated, count(&[Step::Unchanged]));
            Notice { title: texts::deployed(what, places), body, undo, problem: None, show }
        }
    }
}

fn undo(engine: &Engine, operation: &str) -> Result<Outcome> {
    let request = UndoRequest { operation: Some(operation.to_owned()), ..UndoRequest::default() };
    let plan = engine.plan_undo(&request)?;
    match verdict(&plan) {
        Verdict::Go => {}
        // It was taken back by somebody else, or something stands in its way: the list says which.
        Verdict::Nothing | Verdict::Without(_) | Verdict::Ask => return Ok(Outcome::Show(Open::Activity)),
    }
    let receipt = match engine.undo(&UndoRequest { plan: Some(plan.id), ..request }) {
        Ok(receipt) => receipt,
        Err(error) if error.code() == Code::PlanStale => return Ok(Outcome::Show(Open::Activity)),
        Err(error) => return Err(error),
    };
    let failed: Vec<Problem> = receipt.results.iter().filter_map(|one| one.problem.clone()).collect();
    let show = Open::Activity;
    Ok(Outcome::Tell(match failed.first() {
        Some(first) => Notice {
            title: texts::FAILED.to_owned(),
            body: texts::failures(failed.len() as u64, &first.message),
            undo: None,
            problem: Some(first.clone()),
            show,
        },
        None => {
            let body = texts::undone(receipt.totals.succeeded);
            Notice { title: texts::UNDONE.to_owned(), body, undo: None, problem: None, show }
        }
    }))
}

/// The projects of some targets, each once.
pub(super) fn projects_of(targets: &[SetTarget]) -> Vec<String> {
    let projects: BTreeSet<String> = targets.iter().map(|target| target.project_path.to_string()).collect();
    projects.into_iter().collect()
}

#[cfg(test)]
mod tests;

//! Several projects of an operation at once: what costs most is waiting for the disk, and one flush serves them all.
//!
//! Every project is locked, drafted, staged and written down, then all are flushed, then they commit one after another, in
//! the order of their paths ([`deploy::apply`]). Locks are taken in that order everywhere, so operations that meet wait and
//! do not block each other. A project that is not as simple as that goes alone, after these: one with several
//! places, and one whose document turns out to be another's.
//!
//! The first project of an operation goes alone as well: what it stores is then there for all the others.

use super::project::{Outcomes, ProjectDone, Turn};
use super::{Operation, Request};
use crate::cache::Cache;
use crate::deploy::{self, Job, Ledger, Results};
use crate::engine::project::Project;
use crate::error::{Code, Error, Problem, Result};
use crate::feed::Phase;
use crate::path::RelPath;
use std::ops::Range;

/// More at once cost open files and save little.
const AT_ONCE: usize = 16;

/// A project of several: in which nothing is left to do, in which it is worked with the others, or that goes alone.
enum Share<'p> {
    Done(Result<ProjectDone>),
    Turn(Box<Turn<'p>>),
    Alone,
}

/// Which projects are worked in together, in order.
pub(super) fn batches(request: Request<'_>, projects: usize) -> Vec<Range<usize>> {
    if !request.can_be_stopped() {
        return (0..projects).map(|at| at..at + 1).collect();
    }
    let rest = (1..projects).step_by(AT_ONCE).map(|at| at..projects.min(at + AT_ONCE));
    std::iter::once(0..projects.min(1)).chain(rest).filter(|batch| !batch.is_empty()).collect()
}

impl Operation<'_> {
    /// Works in these projects, each with its part of the plan that was agreed to.
    pub(super) fn together(
        &self,
        projects: &[(&Project, Option<&str>)],
        cache: &Cache,
    ) -> Vec<Result<ProjectDone>> {
        if let [(project, agreed)] = projects {
            return vec![self.alone(project, *agreed, cache)];
        }
        let mut shares: Vec<Share<'_>> =
            projects.iter().map(|(project, agreed)| self.share(project, *agreed)).collect();
        let turns = shares.iter_mut().filter_map(|share| match share {
            Share::Turn(turn) => Some(&mut **turn),
            Share::Done(_) | Share::Alone => None,
        });
        let mut outcomes = self.work(turns.collect()).into_iter();
        let concluded: Vec<Option<Result<ProjectDone>>> = shares
            .into_iter()
            .map(|share| match share {
                Share::Done(done) => Some(done),
                Share::Turn(turn) => {
                    let outcomes = outcomes.next().flatten()?;
                    Some(Ok(self.conclude(*turn, outcomes, cache)))
                }
                Share::Alone => None,
            })
            .collect();
        let each = concluded.into_iter().zip(projects);
        each.map(|(done, (project, agreed))| done.unwrap_or_else(|| self.alone(project, *agreed, cache)))
            .collect()
    }

    fn alone(&self, project: &Project, agreed: Option<&str>, cache: &Cache) -> Result<ProjectDone> {
        self.goes_on().and_then(|()| self.project(project, agreed, cache))
    }

    fn goes_on(&self) -> Result<()> {
        if self.is_stopped() { Err(Error::Cancelled) } else { Ok(()) }
    }

    fn share<'p>(&self, project: &'p Project, agreed: Option<&str>) -> Share<'p> {
        match self.goes_on().and_then(|()| self.turn(project, agreed)) {
            Ok(Ok(turn)) if turn.places.len() > 1 => Share::Alone,
            Ok(Ok(turn)) => Share::Turn(Box::new(turn)),
            Ok(Err(refused)) => Share::Done(Ok(refused)),
            Err(error) => Share::Done(Err(error)),
        }
    }

    /// What came of the drafts of each turn; `None` for a project whose document was another's.
    fn work(&self, mut turns: Vec<&mut Turn<'_>>) -> Vec<Option<Outcomes>> {
        let stopped = || self.is_stopped();
        let mut ledgers: Vec<Ledger> =
            turns.iter_mut().map(|turn| std::mem::take(&mut turn.ledger)).collect();
        let keys: Vec<String> = turns.iter().map(|turn| turn.project.key()).collect();
        let progress: Vec<_> = turns
            .iter()
            .map(|turn| {
                let (project, total) = (turn.project, turn.total());
                move |phase: Phase, target: &RelPath| {
                    self.course.step(self, phase, (project, target), total);
                }
            })
            .collect();
        let contexts: Vec<_> = turns
            .iter()
            .zip(&keys)
            .zip(&progress)
            .map(|((turn, key), progress)| {
                let (place, (_, steps)) = turn.places.first_key_value()?;
                let site = (turn.project, &turn.desktop, key.as_str());
                Some((self.context(site, place, (progress, &stopped)), steps.as_slice()))
            })
            .collect();
        let jobs = contexts.iter().zip(&mut ledgers).filter_map(|(context, ledger)| {
            context.as_ref().map(|(context, steps)| Job { context, steps, ledger })
        });
        let mut results = deploy::apply(jobs.collect()).into_iter();
        let results: Vec<Option<Result<Results, Problem>>> =
            contexts.iter().map(|context| context.as_ref().and_then(|_| results.next())).collect();
        drop(contexts);
        turns.into_iter().zip(results).map(|(turn, results)| self.outcomes(turn, results)).collect()
    }

    fn outcomes(&self, turn: &mut Turn<'_>, results: Option<Result<Results, Problem>>) -> Option<Outcomes> {
        let mut outcomes: Outcomes = turn.drafts.iter().map(|_| None).collect();
        let (Some(results), Some((_, (indices, steps)))) = (results, turn.places.first_key_value()) else {
            return Some(outcomes);
        };
        if results.as_ref().is_err_and(|problem| problem.code == Code::ProjectBusy) {
            return None;
        }
        self.note(turn.project, (indices, steps), results, (&mut turn.drafts, &mut outcomes));
        Some(outcomes)
    }
}

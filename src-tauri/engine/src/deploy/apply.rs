//! The parts of an operation in the order of the module's table: each staged, all of them flushed at once, then swapped
//! and committed one after another, made durable at once, and settled.
//!
//! A part is a part to recovery, however many there are: each has its own journal entry and its own document, and what is
//! cut off between two commits leaves the ones before it done and the ones after it as they were. What several parts
//! share is the flush. While one is prepared the others' documents are held, so parts that turn out to have the same one
//! (by a link, a mount) are refused as `project-busy`, to be done after these.

use super::work::{Context, Open, Work};
use super::{Ledger, Results, Step};
use crate::error::{Error, Problem, Result};

/// One part of an operation.
pub struct Job<'a> {
    /// What it works with.
    pub context: &'a Context<'a>,
    /// What is to be done.
    pub steps: &'a [Step],
    /// What is known of the project.
    pub ledger: &'a mut Ledger,
}

/// A part that has begun.
struct Running<'a> {
    work: Work<'a>,
    ledger: &'a mut Ledger,
}

/// How far a part is.
enum Part<'a> {
    /// Nothing came of it, and it is as it was before.
    Failed(Problem),
    /// Everything about it is told by its steps.
    Told(Results),
    Prepared(Box<(Running<'a>, Open)>),
    Committed(Box<Running<'a>>),
}

/// Does the steps of each part. Either everything that a result calls done is on disk and recorded, durably, or it is as
/// it was. The answers are in the order of the parts.
///
/// # Errors
/// For a part in which no step could be done at all: `manifest-invalid`, `project-busy`, `plan-stale`, `cancelled`, `io`
/// and its relatives.
pub fn apply(jobs: Vec<Job<'_>>) -> Vec<Result<Results, Problem>> {
    let parts: Vec<Part<'_>> = jobs.into_iter().map(prepare).collect();
    let parts = flush(parts);
    let mut parts: Vec<Part<'_>> = parts.into_iter().map(commit).collect();
    settle(&mut parts);
    parts.into_iter().map(finish).collect()
}

fn prepare(Job { context, steps, ledger }: Job<'_>) -> Part<'_> {
    let work = match Work::begin(context, steps, ledger) {
        Ok(work) => work,
        Err(error) => return Part::Failed(error.to_problem()),
    };
    let mut running = Running { work, ledger };
    match running.work.prepare() {
        Ok(Some(open)) => Part::Prepared(Box::new((running, open))),
        Ok(None) => running.take_back(),
        Err(error) => running.fail(&error),
    }
}

/// Makes what is prepared survive power loss. All journals are on one file system, so one flush serves all parts.
fn flush(parts: Vec<Part<'_>>) -> Vec<Part<'_>> {
    let first = parts.iter().find_map(|part| match part {
        Part::Prepared(prepared) => Some(&prepared.0.work),
        _ => None,
    });
    let Some(Err(error)) = first.map(Work::flush) else { return parts };
    let fail = |part| match part {
        Part::Prepared(prepared) => prepared.0.fail(&error),
        other => other,
    };
    parts.into_iter().map(fail).collect()
}

fn commit(part: Part<'_>) -> Part<'_> {
    let Part::Prepared(prepared) = part else { return part };
    let (mut running, open) = *prepared;
    match running.work.commit(open) {
        Ok(true) => Part::Committed(Box::new(running)),
        Ok(false) => running.take_back(),
        Err(error) => running.fail(&error),
    }
}

/// Makes the commits survive power loss. They have happened: a failure is told beside the success and costs no content.
fn settle(parts: &mut [Part<'_>]) {
    let mut with_journals = None;
    for part in parts {
        let Part::Committed(running) = part else { continue };
        let work = &mut running.work;
        let own;
        let flushed = if work.shares_file_system() {
            with_journals.get_or_insert_with(|| work.flush_place())
        } else {
            own = work.flush_place();
            &own
        };
        if let Err(error) = flushed {
            work.not_durable(error);
        }
    }
}

fn finish(part: Part<'_>) -> Result<Results, Problem> {
    match part {
        Part::Failed(problem) => Err(problem),
        Part::Told(results) => Ok(results),
        Part::Committed(mut running) => {
            running.work.finish(running.ledger);
            Ok(running.work.results())
        }
        Part::Prepared(_) => {
            Err(Error::Internal { what: "a part was prepared and left".to_owned() }.to_problem())
        }
    }
}

impl<'a> Running<'a> {
    /// Puts everything back; the steps tell why.
    fn take_back(mut self) -> Part<'a> {
        self.work.take_back(self.ledger);
        Part::Told(self.work.results())
    }

    fn fail(mut self, error: &Error) -> Part<'a> {
        self.work.take_back(self.ledger);
        Part::Failed(error.to_problem())
    }
}

//! The projects of an operation, some at a time.
//!
//! What a project takes is for the most part waiting for the disk: its flushes. So several are worked in at once, each by
//! one thread from its lock to its rows. But they **commit one after another, in the order of their paths**: before it
//! swaps anything, a project waits until all before it have ended. So a crash leaves a beginning of the batch that is new
//! and a rest that is old, and each project is a part of its own in the journal.
//!
//! A thread holds the locks of one project and waits for nothing but projects before it. All batches go by the order of
//! paths, so of any that wait for each other the one that holds the least path goes on: there is no circle.
//!
//! Collections come first and one by one, as what follows speaks of what they hold then. So does the first project: it
//! stores the content that the others then only refer to.

use super::Operation;
use super::course::Lap;
use super::project::ProjectDone;
use crate::cache::Cache;
use crate::engine::library::Library;
use crate::engine::project::{Ground, Project};
use crate::error::{Error, Result};
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};
use std::thread;

/// Who may commit: whoever has nobody before it any more.
#[derive(Debug)]
pub(super) struct Line {
    /// Which have ended.
    ended: Mutex<Vec<bool>>,
    moved: Condvar,
}

impl Line {
    fn new(length: usize) -> Self {
        Self { ended: Mutex::new(vec![false; length]), moved: Condvar::new() }
    }

    /// Waits until all before have ended.
    pub(super) fn wait(&self, index: usize) {
        let mut ended = self.ended.lock().unwrap_or_else(PoisonError::into_inner);
        while ended[..index].contains(&false) {
            ended = self.moved.wait(ended).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Lets those behind go on.
    pub(super) fn leave(&self, index: usize) {
        self.ended.lock().unwrap_or_else(PoisonError::into_inner)[index] = true;
        self.moved.notify_all();
    }
}

impl Operation<'_> {
    /// Works in every project. Gives what came of each, in their order.
    pub(super) fn each_project(
        &mut self,
        projects: &[Project],
        agreed: &[String],
        cache: &Cache,
    ) -> Result<Vec<(usize, ProjectDone)>> {
        let one_by_one =
            projects.iter().take_while(|project| project.ground == Ground::Collection).count() + 1;
        let (line, mut all) = (Line::new(projects.len()), Vec::with_capacity(projects.len()));
        for (index, project) in projects.iter().enumerate().take(one_by_one) {
            let reopened = match index.checked_sub(1).map(|before| projects[before].ground) {
                Some(Ground::Collection) => {
                    Library::open(&self.engine.options.home).map(|library| self.library = library)
                }
                _ => Ok(()),
            };
            let done = reopened.and_then(|()| self.turn(project, (&line, index), agreed, cache));
            let done = match done {
                // Alone, it is the answer; after others, what was done there must be told.
                Err(error) if projects.len() == 1 => return Err(error),
                done => done.unwrap_or_else(|error| self.failed(project, &error)),
            };
            self.note_taken(project, &done.results);
            all.push((index, done));
        }
        all.extend(self.side_by_side(projects, (&line, one_by_one), agreed, cache));
        Ok(all)
    }

    fn side_by_side(
        &self,
        projects: &[Project],
        (line, from): (&Line, usize),
        agreed: &[String],
        cache: &Cache,
    ) -> Vec<(usize, ProjectDone)> {
        let next = AtomicUsize::new(from);
        let work = || {
            let mut done = Vec::new();
            loop {
                let index = next.fetch_add(1, Ordering::Relaxed);
                let Some(project) = projects.get(index) else { return done };
                let turn = self.turn(project, (line, index), agreed, cache);
                done.push((index, turn.unwrap_or_else(|error| self.failed(project, &error))));
            }
        };
        let threads = rayon::current_num_threads().min(projects.len().saturating_sub(from));
        if threads <= 1 {
            return work();
        }
        let mut done: Vec<_> = thread::scope(|scope| {
            let threads: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
            let joined =
                threads.into_iter().map(|thread| thread.join().unwrap_or_else(|panic| resume_unwind(panic)));
            joined.flatten().collect()
        });
        done.sort_by_key(|(index, _)| *index);
        done
    }

    /// A project's turn, unless somebody has asked to stop.
    fn turn(
        &self,
        project: &Project,
        (line, index): (&Line, usize),
        agreed: &[String],
        cache: &Cache,
    ) -> Result<ProjectDone> {
        let lap = Lap::begin(self, project, (line, index));
        if self.is_stopped() {
            return Err(Error::Cancelled);
        }
        self.project(project, agreed.get(index).map(String::as_str), cache, &lap)
    }
}

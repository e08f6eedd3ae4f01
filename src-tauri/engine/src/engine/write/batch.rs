//! The projects of an operation, some at a time.
//!
//! What a project takes is for the most part waiting for the disk: its flushes. So several are worked in at once, each by
//! one thread from its lock to its commit and on to its rows. A thread holds one project's locks and waits for no other's
//! meanwhile, so two batches over the same projects never wait for each other in a circle. A crash leaves as many projects
//! unfinished as there were threads; each is a part of its own in the journal, and recovered by itself.
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
use std::thread;

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
        let mut all = Vec::with_capacity(projects.len());
        for (index, project) in projects.iter().enumerate().take(one_by_one) {
            let reopened = match index.checked_sub(1).map(|before| projects[before].ground) {
                Some(Ground::Collection) => {
                    Library::open(&self.engine.options.home).map(|library| self.library = library)
                }
                _ => Ok(()),
            };
            let done = reopened.and_then(|()| self.turn(project, agreed.get(index), cache));
            let done = match done {
                // Alone, it is the answer; after others, what was done there must be told.
                Err(error) if projects.len() == 1 => return Err(error),
                done => done.unwrap_or_else(|error| self.failed(project, &error)),
            };
            self.note_taken(project, &done.results);
            all.push((index, done));
        }
        all.extend(self.side_by_side(projects, one_by_one, agreed, cache));
        Ok(all)
    }

    fn side_by_side(
        &self,
        projects: &[Project],
        from: usize,
        agreed: &[String],
        cache: &Cache,
    ) -> Vec<(usize, ProjectDone)> {
        let next = AtomicUsize::new(from);
        let work = || {
            let mut done = Vec::new();
            loop {
                let index = next.fetch_add(1, Ordering::Relaxed);
                let Some(project) = projects.get(index) else { return done };
                let turn = self.turn(project, agreed.get(index), cache);
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
    fn turn(&self, project: &Project, agreed: Option<&String>, cache: &Cache) -> Result<ProjectDone> {
        let lap = Lap::begin(self, project);
        if self.is_stopped() {
            return Err(Error::Cancelled);
        }
        self.project(project, agreed.map(String::as_str), cache, &lap)
    }
}

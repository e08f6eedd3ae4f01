//! How far an operation is, over all of its projects.
//!
//! Each project has the same share of the whole, as nobody knows before its turn how much there is to do in it: two
//! steps for each artifact that is asked for. What a project has really to do is scaled to that, so the counts of projects
//! that are worked in at the same time can be added, and end at the total. With one project its own steps are the total.

use super::Operation;
use super::batch::Line;
use crate::engine::project::Project;
use crate::feed::Phase;
use crate::path::RelPath;
use std::sync::atomic::{AtomicU64, Ordering};

/// Counts shares.
#[derive(Debug)]
pub(super) struct Course {
    projects: u64,
    /// What each project counts, where there are several.
    share: u64,
    /// What is done of all shares.
    done: AtomicU64,
}

/// Counts the steps of one project; when it is dropped, the project is done.
pub(super) struct Lap<'a> {
    operation: &'a Operation<'a>,
    project: &'a Project,
    /// Steps done.
    steps: AtomicU64,
    /// And how many there are, once that is known.
    of: AtomicU64,
    /// Where it stands among the projects.
    line: (&'a Line, usize),
}

impl Course {
    pub(super) fn new(projects: usize, artifacts: usize) -> Self {
        let (projects, share) = (projects as u64, artifacts.max(1) as u64 * 2);
        Self { projects, share, done: AtomicU64::new(0) }
    }

    /// What is counted to.
    fn total(&self) -> u64 {
        self.projects * self.share
    }

    /// An operation over several projects begins: from here on its id is known, and it can be stopped.
    pub(super) fn begin(&self, operation: &Operation<'_>) {
        if self.projects > 1 {
            operation.engine.progress(&operation.id, Phase::Plan, (0, self.total()), None);
        }
    }

    /// An operation over several projects has ended.
    pub(super) fn end(&self, operation: &Operation<'_>) {
        if self.projects > 1 {
            let total = self.total();
            operation.engine.progress(&operation.id, Phase::Done, (total, total), None);
        }
    }
}

impl<'a> Lap<'a> {
    /// A project's turn begins.
    pub(super) fn begin(operation: &'a Operation<'a>, project: &'a Project, line: (&'a Line, usize)) -> Self {
        Self { operation, project, steps: AtomicU64::new(0), of: AtomicU64::new(0), line }
    }

    /// Waits until it may commit.
    pub(super) fn wait(&self) {
        self.line.0.wait(self.line.1);
    }

    /// One more of the `of` steps in the project.
    pub(super) fn step(&self, phase: Phase, target: &RelPath, of: u64) {
        self.of.store(of, Ordering::Relaxed);
        let step = self.steps.fetch_add(1, Ordering::Relaxed) + 1;
        if self.operation.course.projects == 1 {
            self.tell(phase, (step, of), Some(target.as_str()));
            return;
        }
        let at = self.project.root.absolute(target);
        self.count(phase, self.share_of(step) - self.share_of(step - 1), at.to_str());
    }

    /// What so many steps count.
    fn share_of(&self, steps: u64) -> u64 {
        let share = self.operation.course.share;
        (steps * share / self.of.load(Ordering::Relaxed).max(1)).min(share)
    }

    fn count(&self, phase: Phase, more: u64, at: Option<&str>) {
        let course = &self.operation.course;
        let done = course.done.fetch_add(more, Ordering::Relaxed) + more;
        self.tell(phase, (done, course.total()), at);
    }

    fn tell(&self, phase: Phase, count: (u64, u64), at: Option<&str>) {
        self.operation.engine.progress(&self.operation.id, phase, count, at);
    }
}

impl Drop for Lap<'_> {
    fn drop(&mut self) {
        self.line.0.leave(self.line.1);
        let (of, at) = (self.of.load(Ordering::Relaxed), Some(self.project.path.as_str()));
        let course = &self.operation.course;
        if course.projects > 1 {
            let counted = if of > 0 { self.share_of(self.steps.load(Ordering::Relaxed)) } else { 0 };
            self.count(Phase::Record, course.share - counted, at);
        } else if of > 0 {
            self.tell(Phase::Done, (of, of), at);
        }
    }
}

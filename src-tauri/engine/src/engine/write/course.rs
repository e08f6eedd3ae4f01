//! How far an operation is, over all of its projects.
//!
//! Each project has the same share of the whole, as nobody knows before its turn how much there is to do in it: two
//! steps for each artifact that is asked for. What a project has really to do is scaled to that, so the count only grows
//! and ends at the total. With one project its own steps are the total.

use super::Operation;
use crate::engine::project::Project;
use crate::feed::Phase;
use crate::path::RelPath;
use std::sync::atomic::{AtomicU64, Ordering};

/// Counts steps.
#[derive(Debug)]
pub(super) struct Course {
    projects: u64,
    /// What each project counts, where there are several.
    share: u64,
    /// Projects that are done.
    passed: AtomicU64,
    /// Steps done in the project whose turn it is.
    steps: AtomicU64,
    /// And how many it has.
    of: AtomicU64,
}

impl Course {
    pub(super) fn new(projects: usize, artifacts: usize) -> Self {
        let (projects, share) = (projects as u64, artifacts.max(1) as u64 * 2);
        Self { projects, share, passed: AtomicU64::new(0), steps: AtomicU64::new(0), of: AtomicU64::new(0) }
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

    /// One more of the `of` steps in a project.
    pub(super) fn step(
        &self,
        operation: &Operation<'_>,
        phase: Phase,
        (project, target): (&Project, &RelPath),
        of: u64,
    ) {
        self.of.store(of, Ordering::Relaxed);
        let step = self.steps.fetch_add(1, Ordering::Relaxed) + 1;
        if self.projects == 1 {
            operation.engine.progress(&operation.id, phase, (step, of), Some(target.as_str()));
            return;
        }
        let passed = self.passed.load(Ordering::Relaxed) * self.share;
        let done = passed + (step * self.share / of.max(1)).min(self.share);
        let at = project.root.absolute(target);
        operation.engine.progress(&operation.id, phase, (done, self.total()), at.to_str());
    }

    /// One more project is done; of an operation over one, that is its end.
    pub(super) fn pass(&self, operation: &Operation<'_>, project: &Project) {
        self.steps.store(0, Ordering::Relaxed);
        let (of, at) = (self.of.load(Ordering::Relaxed), Some(project.path.as_str()));
        let passed = self.passed.fetch_add(1, Ordering::Relaxed) + 1;
        if self.projects > 1 {
            let done = (passed * self.share, self.total());
            operation.engine.progress(&operation.id, Phase::Record, done, at);
        } else if of > 0 {
            operation.engine.progress(&operation.id, Phase::Done, (of, of), at);
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

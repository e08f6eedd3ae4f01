//! How far an operation is, over all of its projects.
//!
//! Each project has the same share of the whole, as nobody knows before its turn how much there is to do in it: two
//! steps for each artifact that is asked for. What a project has really to do is scaled to that, so the count only grows
//! and ends at the total, also where several are worked in at once. With one project its own steps are the total.

use super::Operation;
use crate::engine::project::Project;
use crate::feed::Phase;
use crate::id::ProjectPath;
use crate::path::RelPath;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};

/// Parts of a step of a project's share, so that shares of different grain add up.
const GRAIN: u64 = 1 << 16;

/// Counts steps.
#[derive(Debug)]
pub(super) struct Course {
    projects: BTreeMap<ProjectPath, One>,
    /// What each project counts, where there are several.
    share: u64,
    /// Grains that are done.
    done: AtomicU64,
}

/// One project.
#[derive(Debug, Default)]
struct One {
    /// Steps that are done.
    steps: AtomicU64,
    /// And how many it has.
    of: AtomicU64,
    /// Grains that it has counted.
    counted: AtomicU64,
}

impl Course {
    pub(super) fn new<'p>(projects: impl Iterator<Item = &'p ProjectPath>, artifacts: usize) -> Self {
        let projects = projects.map(|path| (path.clone(), One::default())).collect();
        Self { projects, share: artifacts.max(1) as u64 * 2, done: AtomicU64::new(0) }
    }

    /// What is counted to.
    fn total(&self) -> u64 {
        self.projects.len() as u64 * self.share
    }

    fn has_several(&self) -> bool {
        self.projects.len() > 1
    }

    /// An operation over several projects begins: from here on its id is known, and it can be stopped.
    pub(super) fn begin(&self, operation: &Operation<'_>) {
        if self.has_several() {
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
        let Some(one) = self.projects.get(&project.path) else { return };
        one.of.store(of, Ordering::Relaxed);
        let step = one.steps.fetch_add(1, Ordering::Relaxed) + 1;
        if !self.has_several() {
            operation.engine.progress(&operation.id, phase, (step, of), Some(target.as_str()));
            return;
        }
        let done = self.count(one, step.min(of) * self.share * GRAIN / of.max(1));
        let at = project.root.absolute(target);
        operation.engine.progress(&operation.id, phase, (done, self.total()), at.to_str());
    }

    /// One more project is done; of an operation over one, that is its end.
    pub(super) fn pass(&self, operation: &Operation<'_>, project: &Project) {
        let Some(one) = self.projects.get(&project.path) else { return };
        let (of, at) = (one.of.load(Ordering::Relaxed), Some(project.path.as_str()));
        if self.has_several() {
            let done = (self.count(one, self.share * GRAIN), self.total());
            operation.engine.progress(&operation.id, Phase::Record, done, at);
        } else if of > 0 {
            operation.engine.progress(&operation.id, Phase::Done, (of, of), at);
        }
    }

    /// Counts so many grains of a project, those that were counted before included. Gives the steps that are done in all.
    fn count(&self, one: &One, grains: u64) -> u64 {
        let more = grains.saturating_sub(one.counted.fetch_max(grains, Ordering::Relaxed));
        (self.done.fetch_add(more, Ordering::Relaxed) + more) / GRAIN
    }

    /// An operation over several projects has ended.
    pub(super) fn end(&self, operation: &Operation<'_>) {
        if self.has_several() {
            let total = self.total();
            operation.engine.progress(&operation.id, Phase::Done, (total, total), None);
        }
    }
}

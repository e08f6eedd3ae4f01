//! One project of an operation.

use super::outcome::{deployment_row, failed, result};
use super::{Operation, Request};
use crate::cache::Cache;
use crate::deploy::{self, Bytes, Context, Done, Outcome, OwnFolders, Step, TargetResult};
use crate::engine::draft::{self, Draft};
use crate::engine::project::Project;
use crate::engine::scan;
use crate::error::{Error, Problem, Result};
use crate::feed::Phase;
use crate::fs::{FileLock, Root};
use crate::id::ArtifactRef;
use crate::path::RelPath;
use crate::plan::Action;
use std::collections::BTreeMap;
use std::sync::atomic::Ordering;
use std::time::Duration;

/// How long a command waits for another one that works on the same project.
const LOCK_PATIENCE: Duration = Duration::from_secs(10);

/// What became of one project.
pub(super) struct ProjectDone {
    pub(super) results: Vec<TargetResult>,
    pub(super) cached: Result<()>,
}

impl Operation<'_> {
    /// One project, under its lock.
    pub(super) fn project(
        &self,
        project: &Project,
        agreed: Option<&str>,
        cache: &Cache,
    ) -> Result<ProjectDone> {
        let desktop = Root::create(&self.engine.options.home.join("desktop"))?;
        let lock = self.lock(project, &desktop);
        let mut drafts = self.drafts(project)?;
        let refusal = match &lock {
            Err(error) => Some(error.to_problem()),
            Ok(_) if agreed.is_some_and(|agreed| draft::plan_id(&drafts).is_ok_and(|now| now != agreed)) => {
                Some(Error::PlanStale.to_problem())
            }
            Ok(_) => None,
        };
        if let Some(problem) = refusal {
            let results = drafts.iter().map(|draft| failed(draft, problem.clone())).collect();
            return Ok(ProjectDone { results, cached: Ok(()) });
        }
        let mut own = OwnFolders::load(Some(&desktop), &project.key())?;
        let mut groups: BTreeMap<RelPath, (Vec<usize>, Vec<Step>)> = BTreeMap::new();
        for (index, draft) in drafts.iter_mut().enumerate() {
            if let (Some(step), Some(root)) = (draft.step.take(), draft.profile_root.clone()) {
                let group = groups.entry(root).or_default();
                group.0.push(index);
                group.1.push(step);
            }
        }
        let total = groups.values().map(|(_, steps)| steps.len() as u64 * 2).sum();
        let mut outcomes: Vec<Option<Result<Done, Problem>>> = drafts.iter().map(|_| None).collect();
        for (root, (indices, steps)) in &groups {
            let results = self.apply(project, root, steps, &mut own, total);
            for ((index, result), step) in indices.iter().zip(results).zip(steps) {
                if let Ok(done) = &result {
                    self.remember(project, step, done);
                    if let (Some(hash), Some(record)) = (&done.hash, &mut drafts[*index].record) {
                        record.content_hash = hash.clone();
                    }
                }
                outcomes[*index] = Some(result);
            }
        }
        if total > 0 {
            self.engine.progress(&self.id, Phase::Done, (total, total), Some(project.path.as_str()));
        }
        // Losing this note costs nothing but empty folders that stay.
        let _ = own.save(&desktop);
        let unsure = outcomes.iter().any(|outcome| matches!(outcome, Some(Err(_))));
        let results: Vec<_> =
            drafts.iter().zip(outcomes).map(|(draft, outcome)| result(draft, outcome)).collect();
        let cached = self.write_through(project, &drafts, &results, unsure, cache);
        drop(lock);
        Ok(ProjectDone { results, cached })
    }

    /// A project in which nothing could even be decided: each artifact that was asked for has failed there.
    pub(super) fn failed(&self, project: &Project, error: &Error) -> ProjectDone {
        let artifacts = match self.request {
            Request::Deploy(request) => &request.artifacts,
            Request::Undeploy(request) => &request.artifacts,
        };
        let everything = [ArtifactRef { artifact_id: "everything".to_owned(), collection: None }];
        let artifacts = if artifacts.is_empty() { &everything[..] } else { artifacts };
        let desk = self.desk(project);
        let refusal = |query| failed(&desk.unresolved(query, "", error.to_problem()), error.to_problem());
        ProjectDone { results: artifacts.iter().map(refusal).collect(), cached: Ok(()) }
    }

    fn lock(&self, project: &Project, desktop: &Root) -> Result<FileLock> {
        desktop.create_folders(&RelPath::new("locks")?)?;
        let file = RelPath::new(format!("locks/{}.lock", project.key()))?;
        let holder = format!("{} (process {})", self.engine.options.holder, std::process::id());
        let busy = |error| match error {
            Error::ProjectBusy { holder, .. } => {
                Error::ProjectBusy { project: project.path.to_string(), holder }
            }
            other => other,
        };
        FileLock::acquire(desktop, &file, LOCK_PATIENCE, Some(&holder)).map_err(busy)
    }

    fn apply(
        &self,
        project: &Project,
        root: &RelPath,
        steps: &[Step],
        own: &mut OwnFolders,
        total: u64,
    ) -> Vec<Result<Done, Problem>> {
        let trash = || Root::create(&self.engine.options.home.join("desktop/trash"));
        let progress = |phase: Phase, target: &RelPath| {
            let done = self.steps_done.fetch_add(1, Ordering::Relaxed) + 1;
            self.engine.progress(&self.id, phase, (done, total), Some(target.as_str()));
        };
        let context = Context {
            project: &project.root,
            profile_root: root,
            operation: &self.id,
            trash: &trash,
            now: &self.now,
            progress: &progress,
        };
        match deploy::apply(&context, steps, own) {
            Ok(results) => results.into_iter().map(|result| result.map_err(Problem::from)).collect(),
            Err(error) => steps.iter().map(|_| Err(error.to_problem())).collect(),
        }
    }

    /// The copy and its source have been read just now; nobody needs to read them again.
    fn remember(&self, project: &Project, step: &Step, done: &Done) {
        let (Bytes::Place { source, path, survey, .. }, Some(hash)) = (&step.bytes, &done.hash) else {
            return;
        };
        self.gate.remember_source(source, path, survey, hash);
        if let Some(staged) = &done.copy {
            self.gate.remember_copy(&project.root, &step.target, staged, hash);
        }
    }

    /// Writes what happened to one project into the cache, in one transaction. A project that was not registered
    /// becomes registered by a deploy, and is then read whole, for records that were there before; so is one where
    /// something failed after it had begun, and one that the cache does not know.
    fn write_through(
        &self,
        project: &Project,
        drafts: &[Draft],
        results: &[TargetResult],
        unsure: bool,
        cache: &Cache,
    ) -> Result<()> {
        let deployed = results.iter().any(|result| result.status == Outcome::Success);
        let registers = matches!(self.request, Request::Deploy(_)) && project.added_at.is_none() && deployed;
        if project.added_at.is_none() && !registers {
            return Ok(());
        }
        if registers || unsure || cache.project(&project.path)?.is_none() {
            let registered = if registers { &self.engine.register(project)? } else { project };
            let found =
                scan::scan(registered, &self.library, &self.gate, &cache.deployments_of(&project.path)?)?;
            return cache.write(|writer| {
                writer.upsert_project(&found.row)?;
                writer.replace_deployments(&project.path, None, &found.deployments).map(|_| ())
            });
        }
        cache.write(|writer| {
            for (draft, result) in drafts.iter().zip(results) {
                let Some(row) = deployment_row(project, draft, result) else { continue };
                if result.action == Action::Removed {
                    writer.remove_deployment(row.key())?;
                } else {
                    writer.upsert_deployment(&row)?;
                }
            }
            Ok(())
        })
    }
}

//! One project, or one collection, of an operation.

use super::outcome::{deployment_row, failed, result};
use super::{Operation, Request, deploy_profiles};
use crate::cache::Cache;
use crate::deploy::{self, Bytes, Context, Done, Job, Ledger, Outcome, Results, Site, Step, TargetResult};
use crate::engine::draft::{self, Draft};
use crate::engine::project::{Ground, Project};
use crate::engine::recover::{LOCK_PATIENCE, Recovered};
use crate::engine::scan;
use crate::error::{Error, Problem, Result};
use crate::feed::Phase;
use crate::fs::{FileLock, Root};
use crate::id::ArtifactRef;
use crate::journal::Place;
use crate::path::RelPath;
use crate::plan::{Action, SetTarget};
use std::collections::BTreeMap;
use std::sync::atomic::Ordering;

/// By place, the steps there, and which draft each is of.
type Places = BTreeMap<Place, (Vec<usize>, Vec<Step>)>;

/// Told at each step.
type Progress<'a> = dyn Fn(Phase, &RelPath) + Sync + 'a;
/// Asked before what cannot be stopped.
type Stopped<'a> = dyn Fn() -> bool + Sync + 'a;

/// What came of each draft.
pub(super) type Outcomes = Vec<Option<Result<Done, Problem>>>;

/// What became of one project.
pub(super) struct ProjectDone {
    pub(super) results: Vec<TargetResult>,
    pub(super) cached: Result<()>,
    /// What had been cut off there, and was tidied up first.
    pub(super) recovered: Vec<Recovered>,
}

/// A project whose turn has come: locked, tidied up, with what is to be done in it.
pub(super) struct Turn<'p> {
    pub(super) project: &'p Project,
    pub(super) desktop: Root,
    pub(super) ledger: Ledger,
    pub(super) places: Places,
    pub(super) drafts: Vec<Draft>,
    /// Nothing was ever deployed there.
    fresh: bool,
    recovered: Vec<Recovered>,
    _lock: Option<FileLock>,
}

impl Turn<'_> {
    /// What is counted to in the project: each step is staged and swapped.
    pub(super) fn total(&self) -> u64 {
        self.places.values().map(|(_, steps)| steps.len() as u64 * 2).sum()
    }
}

impl Operation<'_> {
    /// One project, under its lock.
    pub(super) fn project(
        &self,
        project: &Project,
        agreed: Option<&str>,
        cache: &Cache,
    ) -> Result<ProjectDone> {
        let mut turn = match self.turn(project, agreed)? {
            Ok(turn) => turn,
            Err(refused) => return Ok(refused),
        };
        let outcomes = self.places(&mut turn);
        Ok(self.conclude(turn, outcomes, cache))
    }

    /// Locks a project and decides what is to be done in it; where that is refused, its results.
    pub(super) fn turn<'p>(
        &self,
        project: &'p Project,
        agreed: Option<&str>,
    ) -> Result<Result<Turn<'p>, ProjectDone>> {
        let desktop = Root::create(&self.engine.options.home.join("desktop"))?;
        let lock = self.engine.lock_project(project, &desktop, LOCK_PATIENCE);
        // Somebody may have moved it away while others were worked in, or while this waited for the lock.
        if project.ground == Ground::Project && !project.root.is_in_place()? {
            return Err(Error::ProjectNotFound { path: project.path.as_path().to_owned() });
        }
        let recovered = match &lock {
            // Whoever was cut off here comes first: what is planned now must see what that left.
            Ok(_) => self.engine.recover_project(project, &desktop),
            Err(_) => Ok(Vec::new()),
        };
        let fresh = project.is_fresh();
        let ledger = Ledger::load(Some(&desktop), &project.key())?;
        let mut drafts = self.drafts(project, &ledger)?;
        let refusal = match (&lock, &recovered) {
            (Err(error), _) | (_, Err(error)) => Some(error.to_problem()),
            _ if agreed.is_some_and(|agreed| draft::plan_id(&drafts).is_ok_and(|now| now != agreed)) => {
                Some(Error::PlanStale.to_problem())
            }
            _ => None,
        };
        let recovered = recovered.unwrap_or_default();
        if let Some(problem) = refusal {
            let results = drafts.iter().map(|draft| failed(draft, problem.clone())).collect();
            return Ok(Err(ProjectDone { results, cached: Ok(()), recovered }));
        }
        let mut places = Places::new();
        for (index, draft) in drafts.iter_mut().enumerate() {
            if let (Some(step), Some(place)) = (draft.step.take(), draft.place.clone()) {
                let group = places.entry(place).or_default();
                group.0.push(index);
                group.1.push(step);
            }
        }
        let _lock = lock.ok();
        Ok(Ok(Turn { project, desktop, ledger, places, drafts, fresh, recovered, _lock }))
    }

    /// What became of a project in which it was worked, also in the cache. Its lock goes.
    pub(super) fn conclude(&self, turn: Turn<'_>, outcomes: Outcomes, cache: &Cache) -> ProjectDone {
        let Turn { project, drafts, recovered, .. } = &turn;
        let failed = outcomes.iter().any(|outcome| matches!(outcome, Some(Err(_))));
        let unsure = failed || !recovered.is_empty();
        let results: Vec<_> =
            drafts.iter().zip(outcomes).map(|(draft, outcome)| result(draft, outcome)).collect();
        let whole = unsure || !turn.fresh && self.newcomers.contains(project);
        let cached = match project.ground {
            Ground::Collection => self.engine.reshelve(&project.name, cache),
            Ground::Project => self.write_through(project, drafts, &results, whole, cache),
        };
        ProjectDone { results, cached, recovered: turn.recovered }
    }

    /// A project in which nothing was done, and nothing could even be decided: so it is told of each target that was
    /// asked for there.
    pub(super) fn failed(&self, project: &Project, error: &Error) -> ProjectDone {
        let mut artifacts = self.request.artifacts();
        if artifacts.is_empty() {
            artifacts.push(ArtifactRef { artifact_id: "everything".to_owned(), collection: None });
        }
        let (mut profiles, mut only) = (Vec::new(), &[][..]);
        if let Request::Deploy(request) = self.request {
            let chosen = deploy_profiles(project, request).unwrap_or_default();
            (profiles, only) = (chosen.into_iter().map(|one| one.id.as_str()).collect(), &request.only);
        }
        if profiles.is_empty() {
            profiles.push("");
        }
        let problem = error.to_problem().or_about(project.path.as_str());
        let ledger = Ledger::default();
        let desk = self.desk(project, &ledger);
        let mut results = Vec::new();
        for profile in profiles {
            for query in &artifacts {
                let artifact = (query.artifact_id.as_str(), query.collection.as_deref().unwrap_or_default());
                if SetTarget::wants(only, &project.path, artifact, profile) {
                    let refused = desk.unresolved(query, profile, problem.clone());
                    results.push(failed(&refused, problem.clone()));
                }
            }
        }
        ProjectDone { results, cached: Ok(()), recovered: Vec::new() }
    }

    /// The steps of each place, one place after another.
    fn places(&self, turn: &mut Turn<'_>) -> Outcomes {
        let total = turn.total();
        let Turn { project, desktop, ledger, places, drafts, .. } = turn;
        let mut outcomes: Outcomes = drafts.iter().map(|_| None).collect();
        let mut halted: Option<Problem> = None;
        let progress =
            |phase: Phase, target: &RelPath| self.course.step(self, phase, (project, target), total);
        let key = project.key();
        for (place, (indices, steps)) in places {
            // What has begun in a project is finished there.
            let begun = outcomes.iter().any(|outcome| matches!(outcome, Some(Ok(_))));
            let stopped = || !begun && self.is_stopped();
            let results = match &halted {
                None => {
                    let context = self.context((project, desktop, &key), place, (&progress, &stopped));
                    let job = Job { context: &context, steps, ledger };
                    deploy::apply(vec![job]).pop().unwrap_or_else(|| Ok(Vec::new()))
                }
                Some(problem) => Err(problem.clone()),
            };
            // A group does not change without the sets that refer to it.
            if let (Request::Sets(_), Some(problem)) = (&self.request, first_problem(&results)) {
                halted = Some(problem);
            }
            self.note(project, (indices, steps), results, (drafts, &mut outcomes));
        }
        outcomes
    }

    /// Notes what came of the steps of a place, each with the draft that it is of.
    pub(super) fn note(
        &self,
        project: &Project,
        (indices, steps): (&[usize], &[Step]),
        results: Result<Results, Problem>,
        (drafts, outcomes): (&mut [Draft], &mut Outcomes),
    ) {
        let results: Vec<Result<Done, Problem>> = match results {
            Ok(results) => results.into_iter().map(|result| result.map_err(Problem::from)).collect(),
            Err(problem) => steps.iter().map(|_| Err(problem.clone())).collect(),
        };
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

    /// What the write path works with in one place of a project, whose key is given.
    pub(super) fn context<'c>(
        &'c self,
        (project, desktop, key): (&'c Project, &'c Root, &'c str),
        place: &'c Place,
        (progress, stopped): (&'c Progress<'c>, &'c Stopped<'c>),
    ) -> Context<'c> {
        Context {
            site: Site { project: &project.root, project_key: key, desktop },
            project_path: &project.path,
            project_name: &project.name,
            place,
            operation: &self.id,
            number: self.parts.fetch_add(1, Ordering::Relaxed),
            kind: self.request.kind(),
            undoes: self.request.undoes(project, place),
            holder: &self.engine.options.holder,
            objects: &self.objects,
            now: &self.now,
            progress,
            stopped,
        }
    }

    /// The copy and its source have been read just now; nobody needs to read them again.
    fn remember(&self, project: &Project, step: &Step, done: &Done) {
        let (Bytes::Place { source, .. }, Some(hash)) = (&step.bytes, &done.hash) else {
            return;
        };
        self.gate.remember_source(&source.root, &source.path, &source.survey, hash);
        if let Some(staged) = &done.copy {
            self.gate.remember_copy(&project.root, &step.target, staged, hash);
        }
    }

    /// Writes what happened to one project into the cache, in one transaction. It is read `whole` where it has records that nobody has read yet or something
    /// failed after it had begun; and after an update or an undo, and where the cache does not know it.
    fn write_through(
        &self,
        project: &Project,
        drafts: &[Draft],
        results: &[TargetResult],
        whole: bool,
        cache: &Cache,
    ) -> Result<()> {
        let new = self.newcomers.contains(project);
        let deployed = results.iter().any(|result| result.status == Outcome::Success);
        if project.added_at.is_none() || new && !deployed {
            return Ok(());
        }
        let unknown = !new && cache.project(&project.path)?.is_none();
        if whole
            || unknown
            || matches!(
                self.request,
                Request::Undo(..) | Request::Update(_) | Request::Import(_) | Request::Push(_)
            )
        {
            let found =
                scan::scan(project, &self.library, &self.gate, &cache.deployments_of(&project.path)?)?;
            return cache.write(|writer| {
                writer.upsert_project(&found.row)?;
                writer.replace_deployments(&project.path, None, &found.deployments).map(|_| ())
            });
        }
        cache.write(|writer| {
            if new {
                writer.upsert_project(&scan::row(project))?;
            }
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

fn first_problem(results: &Result<Results, Problem>) -> Option<Problem> {
    match results {
        Ok(results) => results.first()?.as_ref().err().map(Error::to_problem),
        Err(problem) => Some(problem.clone()),
    }
}

//! `deploy`, `undeploy`, `update`, `push`, `undo` and changes of a collection: lock → recover → draft → apply → cache →
//! publish, one project after another, or several together where nothing in one follows from another.

mod course;
mod newcomers;
mod outcome;
mod project;
mod request;
mod shelve;
mod together;

pub(super) use request::Request;

use course::Course;
use newcomers::Newcomers;
use project::ProjectDone;

use super::Engine;
use super::cancel::Stoppable;
use super::draft::{self, Desk, Draft, Wanted};
use super::gate::Gate;
use super::library::Library;
use super::project::{Ground, Project};
use super::push::Key;
use super::recover::Recovered;
use crate::cache::Cache;
use crate::clock::iso;
use crate::deploy::{CacheState, Ledger, Objects, Outcome, Receipt, TargetResult, Totals};
use crate::error::{Code, Error, Problem, Result, Severity};
use crate::feed::Origin;
use crate::fs::Root;
use crate::id::{ArtifactRef, OperationId};
use crate::manifest;
use crate::path::RelPath;
use crate::plan::{DeployRequest, Plan};
use crate::platform::{self, Profile};
use std::collections::{BTreeSet, HashSet};
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::AtomicU32;

/// What one operation works with, whatever the number of projects.
struct Operation<'a> {
    engine: &'a Engine,
    request: Request<'a>,
    id: OperationId,
    library: Library,
    gate: Gate<'a>,
    dest: Option<RelPath>,
    now: String,
    course: Course,
    /// Where it can be stopped.
    stoppable: Option<Stoppable<'a>>,
    /// Which part comes next.
    parts: AtomicU32,
    objects: Objects,
    /// What was replaced or removed earlier, for an undo.
    trash: Option<Arc<Root>>,
    /// What collections have taken in so far, for a push.
    taken: HashSet<Key>,
    /// Projects that it has registered.
    newcomers: Newcomers,
}

impl Engine {
    pub(super) fn plan(&self, request: Request<'_>) -> Result<Plan> {
        self.plan_with(request, &[])
    }

    /// The plan where each project has these profiles besides its own.
    pub(super) fn plan_with(&self, request: Request<'_>, coming: &[Profile]) -> Result<Plan> {
        let cache = self.cache();
        let (operation, mut projects) = self.begin(OperationId::generate(), request, &cache)?;
        let mut drafts = Vec::new();
        for project in &mut projects {
            project.own.extend_from_slice(coming);
            drafts.extend(operation.drafts(project, &self.ledger(project)?)?);
        }
        let plan = draft::plan(drafts, operation.notices())?;
        self.learn(&cache, &operation.gate.into_learned(), &[]);
        Ok(plan)
    }

    pub(super) fn run(&self, request: Request<'_>) -> Result<Receipt> {
        self.run_as(OperationId::generate(), request)
    }

    /// The same under an id that its caller has made.
    pub(super) fn run_as(&self, id: OperationId, request: Request<'_>) -> Result<Receipt> {
        let cache = self.cache();
        let (mut operation, mut projects) = self.begin(id, request, &cache)?;
        let agreed = operation.agreed(&projects)?;
        operation.newcomers = Newcomers::register(self, request, &mut projects)?;
        let (mut results, mut notices) = (Vec::new(), operation.notices());
        let mut state = CacheState::Synced;
        operation.course.begin(&operation);
        for batch in together::batches(request, projects.len()) {
            let done = operation.batch(&projects, batch.clone(), &agreed, &cache);
            for (project, done) in projects[batch].iter().zip(done) {
                let done = match done {
                    Ok(done) => done,
                    // Alone, it is the answer; after others, what was done there must be told.
                    Err(error) if projects.len() == 1 => {
                        if let Err(listed) = operation.newcomers.forget_unused(self, &[]) {
                            self.cache_failed(&listed);
                        }
                        return Err(error);
                    }
                    Err(error) => operation.failed(project, &error),
                };
                operation.course.pass(&operation, project);
                operation.note_taken(project, &done.results);
                results.extend(done.results);
                notices.extend(done.recovered.iter().map(Recovered::to_problem));
                notices.extend(self.git_follows(project));
                if let Err(error) = done.cached {
                    state = CacheState::Stale;
                    self.cache_failed(&error);
                }
            }
        }
        if let Err(error) = operation.newcomers.forget_unused(self, &results) {
            state = CacheState::Stale;
            self.cache_failed(&error);
        }
        if state == CacheState::Synced
            && self.publish(&cache, Origin::Command, Some(operation.id.as_str())).is_err()
        {
            state = CacheState::Stale;
        }
        operation.course.end(&operation);
        self.learn(&cache, &operation.gate.into_learned(), &operation.objects.into_bases(&operation.id));
        self.prune_when_due();
        Ok(Receipt {
            operation: operation.id.to_string(),
            dry_run: false,
            cache: self.followed(&cache, state),
            totals: Totals::of(&results),
            results,
            notices,
        })
    }

    /// What is known of a project beside its manifests.
    pub(super) fn ledger(&self, project: &Project) -> Result<Ledger> {
        Ledger::load(self.desktop()?.as_ref(), &project.key())
    }

    fn begin<'a>(
        &'a self,
        id: OperationId,
        request: Request<'a>,
        cache: &'a Cache,
    ) -> Result<(Operation<'a>, Vec<Project>)> {
        request.check()?;
        let dest = match request {
            Request::Deploy(request) => draft::sub_folder(request.dest.as_deref())?,
            Request::Undeploy(..)
            | Request::Update(_)
            | Request::Undo(..)
            | Request::Collect(_)
            | Request::Sets(_)
            | Request::Import(_)
            | Request::Push(_) => None,
        };
        let trash = match request {
            Request::Undo(..) => Root::open_existing(&self.options.home.join("desktop/trash"))?.map(Arc::new),
            Request::Deploy(_)
            | Request::Undeploy(..)
            | Request::Update(_)
            | Request::Collect(_)
            | Request::Sets(_)
            | Request::Import(_)
            | Request::Push(_) => None,
        };
        let mut projects = request.grounds(self)?;
        projects.sort_by(|a, b| (a.ground, &a.path).cmp(&(b.ground, &b.path)));
        projects.dedup_by(|a, b| a.path == b.path);
        let operation = Operation {
            engine: self,
            request,
            library: Library::open(&self.options.home)?,
            gate: Gate::new(Some(cache), self.options.clock.as_ref()),
            dest,
            now: iso(self.options.clock.now()),
            course: Course::new(projects.iter().map(|project| &project.path), request.artifacts().len()),
            stoppable: request.can_be_stopped().then(|| self.running.begin(id.as_str())),
            id,
            parts: AtomicU32::new(0),
            objects: Objects::default(),
            trash,
            taken: HashSet::new(),
            newcomers: Newcomers::default(),
        };
        Ok((operation, projects))
    }
}

impl Operation<'_> {
    /// Works in one project, or in several at once; `agreed` is each project's part of the plan, where there is one.
    fn batch(
        &mut self,
        projects: &[Project],
        batch: Range<usize>,
        agreed: &[String],
        cache: &Cache,
    ) -> Vec<Result<ProjectDone>> {
        let before = batch.start.checked_sub(1).map(|before| projects[before].ground);
        if before == Some(Ground::Collection) {
            // What follows a change of a collection speaks of what that holds now.
            match Library::open(&self.engine.options.home) {
                Ok(library) => self.library = library,
                Err(error) => return vec![Err(error)],
            }
        }
        let wanted = batch.map(|index| (&projects[index], agreed.get(index).map(String::as_str)));
        self.together(&wanted.collect::<Vec<_>>(), cache)
    }

    /// Whether a person has asked it to stop.
    fn is_stopped(&self) -> bool {
        self.stoppable.as_ref().is_some_and(Stoppable::is_stopped)
    }

    fn notices(&self) -> Vec<Problem> {
        match self.request {
            Request::Undeploy(request, _) if request.profiles.is_empty() && request.paths.is_empty() => {
                let message = "No profile was named, so this is about the copies of every profile.";
                vec![Problem::new(Code::InvalidRequest, Severity::Notice, message)]
            }
            _ => Vec::new(),
        }
    }

    fn desk<'b>(&'b self, project: &'b Project, ledger: &'b Ledger) -> Desk<'b> {
        Desk::new(&self.library, &self.gate, project, ledger, &self.now)
    }

    fn drafts(&self, project: &Project, ledger: &Ledger) -> Result<Vec<Draft>> {
        let desk = self.desk(project, ledger);
        match self.request {
            Request::Deploy(request) => {
                let profiles = deploy_profiles(project, request)?;
                Ok(desk.deploy(request, &self.wanted(request), &profiles, self.dest.as_ref()))
            }
            Request::Undeploy(request, others) => {
                let profiles = project.named_profiles(&request.profiles)?;
                match others {
                    None => desk.undeploy(request, &profiles),
                    Some(others) => desk.undeploy_set(request, others, &profiles),
                }
            }
            Request::Update(request) => desk.update(request, &project.named_profiles(&request.profiles)?),
            Request::Undo(request, parts) => Ok(desk.undo(request, parts, self.trash.as_ref())),
            Request::Collect(request) => Ok(desk.collect(request)),
            Request::Sets(request) => desk.curate(request),
            Request::Import(import) => Ok(match project.ground {
                Ground::Collection => desk.collect(&import.collect),
                Ground::Project => desk.adopt(&import.records, &import.collect.collection),
            }),
            Request::Push(push) => Ok(match project.ground {
                Ground::Collection => {
                    desk.take_in(push.intakes.iter().filter(|intake| intake.artifact.0 == project.name))
                }
                Ground::Project => desk.agree(push.agreed.iter().filter(|agreed| {
                    let holds = !agreed.follows || self.taken.contains(&agreed.artifact);
                    agreed.project == project.path && holds
                })),
            }),
        }
    }

    /// Notes what a collection has taken in: only then records say so.
    fn note_taken(&mut self, ground: &Project, results: &[TargetResult]) {
        let Request::Push(push) = self.request else { return };
        let done = |(collection, id): &Key| {
            let id = id.to_string();
            results.iter().any(|result| {
                (&result.collection, &result.artifact_id) == (collection, &id)
                    && result.status == Outcome::Success
            })
        };
        if ground.ground == Ground::Collection {
            let keys = push.intakes.iter().map(|intake| &intake.artifact);
            self.taken.extend(keys.filter(|key| done(key)).cloned());
        }
    }

    fn wanted(&self, request: &DeployRequest) -> Vec<Wanted<'_>> {
        if request.all {
            let inside = |name: &str| request.collection.as_deref().is_none_or(|wanted| wanted == name);
            let all = self.library.artifacts().filter(|artifact| inside(artifact.collection()));
            return all
                .map(|artifact| {
                    let collection = Some(artifact.collection().to_owned());
                    (ArtifactRef { artifact_id: artifact.id().to_string(), collection }, Ok(artifact))
                })
                .collect();
        }
        let home = &self.engine.options.home;
        let find =
            |query: &ArtifactRef| (query.clone(), self.library.find(query, home).map_err(Problem::from));
        request.artifacts.iter().map(find).collect()
    }

    /// Checks that the plan which was agreed to is still the plan. Gives each project's part of it.
    fn agreed(&self, projects: &[Project]) -> Result<Vec<String>> {
        let Some(agreed) = self.request.agreed() else { return Ok(Vec::new()) };
        let (mut parts, mut all) = (Vec::new(), Vec::new());
        for project in projects {
            let drafts = self.drafts(project, &self.engine.ledger(project)?)?;
            parts.push(draft::plan_id(&drafts)?);
            all.extend(drafts);
        }
        if draft::plan_id(&all)? == agreed { Ok(parts) } else { Err(Error::PlanStale) }
    }
}

/// The profiles of a deploy: those that are named, else all of the project's, else its only one, else the default.
fn deploy_profiles<'p>(project: &'p Project, request: &DeployRequest) -> Result<Vec<&'p Profile>> {
    if !request.only.is_empty() {
        let mine = request.only.iter().filter(|target| target.project_path == project.path);
        let named: BTreeSet<&str> = mine.map(|target| target.profile_id.as_str()).collect();
        if !named.contains("") {
            let named: Vec<String> = named.into_iter().map(str::to_owned).collect();
            return project.named_profiles(&named);
        }
    }
    if !request.profiles.is_empty() {
        return project.named_profiles(&request.profiles);
    }
    let chosen = project.named_profiles(&project.profiles)?;
    if request.all_profiles {
        if !chosen.is_empty() {
            return Ok(chosen);
        }
        let mut present = Vec::new();
        for profile in project.all_profiles() {
            let there: Vec<bool> =
                profile.roots().iter().map(|root| project.root.is_folder(root)).collect::<Result<_>>()?;
            if there.contains(&true) {
                present.push(profile);
            }
        }
        if !present.is_empty() {
            return Ok(present);
        }
    } else if let [only] = chosen.as_slice() {
        return Ok(vec![*only]);
    }
    Ok(vec![platform::find(&project.own, manifest::DEFAULT_PROFILE)?])
}

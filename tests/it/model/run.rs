//! A sequence, done in memory and on disk, compared after each step.

use super::acts::{Act, Ask, Cut};
use super::crash;
use super::edits;
use super::source::source;
use super::tree::Tree;
use super::world::{ARTIFACTS, COLLECTION, FOLDERS, PROFILES, PROJECTS, Plan, Rec, Told, World};
use crate::call::artifact;
use skillmeat_engine::Engine;
use skillmeat_engine::clock::SystemClock;
use skillmeat_engine::deploy::Receipt;
use skillmeat_engine::engine::Options;
use skillmeat_engine::error::Error;
use skillmeat_engine::feed::Origin;
use skillmeat_engine::fs::fault::{Fault, arm};
use skillmeat_engine::journal::OperationKind;
use skillmeat_engine::plan::{DeployRequest, UndeployRequest, UndoRequest, UpdateRequest};
use skillmeat_tests::{Sandbox, tree};
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;
use std::sync::Arc;

/// What is wrong, for people.
pub(super) type Wrong = String;

/// A sandbox beside what should be in it.
pub(super) struct Run {
    pub(super) sandbox: Sandbox,
    /// `None` only for a moment.
    engine: Option<Engine>,
    pub(super) world: World,
    /// Nobody told the cache what is on disk now.
    pub(super) is_stale: bool,
    edits: u64,
}

/// A request as the engine takes it.
#[derive(Debug, Clone)]
pub(super) enum Request {
    Deploy(DeployRequest),
    Undeploy(UndeployRequest),
    Update(UpdateRequest),
    Push(UpdateRequest),
    Undo(UndoRequest),
}

impl Request {
    pub(super) fn ask(&self, engine: &Engine) -> Result<Receipt, Error> {
        match self {
            Self::Deploy(request) => engine.deploy(request),
            Self::Undeploy(request) => engine.undeploy(request),
            Self::Update(request) => engine.update_deployments(request),
            Self::Push(request) => engine.push_to_collection(request),
            Self::Undo(request) => engine.undo(request),
        }
    }

    fn kind(&self) -> OperationKind {
        match self {
            Self::Deploy(_) => OperationKind::Deploy,
            Self::Undeploy(_) => OperationKind::Undeploy,
            Self::Update(_) => OperationKind::Update,
            Self::Push(_) => OperationKind::Push,
            Self::Undo(_) => OperationKind::Undo,
        }
    }
}

/// An engine whose clock goes, so that hashes are remembered by time as in everyday use.
pub(super) fn engine(sandbox: &Sandbox) -> Engine {
    Engine::open(Options { clock: Arc::new(SystemClock), ..sandbox.options() }).unwrap()
}

impl Run {
    pub(super) fn new() -> Self {
        let sandbox = Sandbox::in_memory();
        tree!(sandbox.path() => { "outside/sentinel": "stays", "person/.config/agent": "stays too" });
        let mut world = World { clock: 1, ..World::default() };
        for (index, artifact) in world.sources.iter_mut().enumerate() {
            let tree = source(index, 0);
            tree.write(&sandbox.collection().join(FOLDERS[index]));
            *artifact = Some(tree);
        }
        // One project has nothing for agents, the other has folders of its own, one of them empty.
        tree!(sandbox.project(PROJECTS[0]) => { "README.md": "mine" });
        tree!(sandbox.project(PROJECTS[1]) => { ".claude/settings.json": "{}", "src/main.rs": "" });
        std::fs::create_dir(sandbox.project(PROJECTS[1]).join(".claude/skills")).unwrap();
        let made = sandbox.project(PROJECTS[1]).join("src").metadata().unwrap();
        world.folder_mode = made.mode() & 0o7777;
        let mut run = Self { engine: None, sandbox, world, is_stale: false, edits: 0 };
        for project in 0..PROJECTS.len() {
            run.world.projects[project].disk = run.disk(project);
        }
        run.engine = Some(engine(&run.sandbox));
        run
    }

    pub(super) fn engine(&self) -> &Engine {
        self.engine.as_ref().unwrap()
    }

    pub(super) fn folder(&self, project: usize) -> PathBuf {
        self.sandbox.path().join("projects").join(PROJECTS[project])
    }

    /// What a project holds, but for our own files.
    pub(super) fn disk(&self, project: usize) -> Tree {
        let ours = [".skillmeat-deployed.toml", "..skillmeat-deployed.toml.skillmeat-lock"];
        let mut tree = Tree::read(&self.folder(project), |name| !ours.contains(&name)).unwrap();
        // A lock file is never taken away, so neither is its folder.
        super::world::ROOTS.iter().for_each(|root| _ = tree.0.remove(*root));
        tree
    }

    /// Does one act and compares.
    pub(super) fn step(&mut self, act: &Act) -> Result<(), Wrong> {
        match act {
            Act::Source { artifact, version } => self.change_source(*artifact, *version),
            Act::Edit(spot, edit) => {
                self.edits += 1;
                let folder = self.folder(spot.project);
                edits::edit(&mut self.world, &folder, *spot, *edit, self.edits);
                self.is_stale = true;
            }
            Act::Resync => self.resync(),
            Act::Reopen => self.reopen()?,
            Act::Ask(ask) => {
                if let Some((request, plan)) = self.planned(ask) {
                    let before = self.contents();
                    self.undisturbed(&request, plan)?;
                    self.nothing_is_lost(&before)?;
                }
            }
            Act::Cut(ask, cut) => {
                if let Some((request, plan)) = self.planned(ask) {
                    let before = self.contents();
                    self.cut(&request, plan, *cut)?;
                    self.nothing_is_lost(&before)?;
                }
            }
        }
        self.compare()
    }

    fn change_source(&mut self, artifact: usize, version: Option<u8>) {
        let path = self.sandbox.collection().join(FOLDERS[artifact]);
        if path.is_dir() {
            std::fs::remove_dir_all(&path).unwrap();
        } else if path.exists() {
            std::fs::remove_file(&path).unwrap();
        }
        let tree = version.map(|version| source(artifact, version));
        if let Some(tree) = &tree {
            tree.write(&path);
        }
        self.world.sources[artifact] = tree;
        self.is_stale = true;
    }

    pub(super) fn resync(&mut self) {
        self.engine().resync(Origin::Resync).unwrap();
        self.is_stale = false;
    }

    /// As the next start does.
    pub(super) fn reopen(&mut self) -> Result<(), Wrong> {
        self.engine = None;
        self.engine = Some(engine(&self.sandbox));
        self.engine().recover().map(|_| ()).map_err(|error| format!("no recovery: {error}"))
    }

    /// The request for the engine, and what should come of it; nothing where there is nothing to undo.
    fn planned(&self, ask: &Ask) -> Option<(Request, Plan)> {
        let names = |all: &[&str], which: &[usize]| -> Vec<String> {
            which.iter().map(|index| all[*index].to_owned()).collect()
        };
        let folders = |which: &[usize]| -> Vec<String> {
            which.iter().map(|index| self.sandbox.project_text(PROJECTS[*index])).collect()
        };
        let refs = |which: &[usize]| which.iter().map(|index| artifact(ARTIFACTS[*index])).collect();
        Some(match ask {
            Ask::Deploy { artifacts, projects, profiles, choice } => {
                let plan = self.world.plan_deploy(artifacts, projects, profiles, *choice);
                let request = DeployRequest {
                    artifacts: refs(artifacts),
                    projects: folders(projects),
                    profiles: names(&PROFILES, profiles),
                    on_conflict: *choice,
                    ..DeployRequest::default()
                };
                (Request::Deploy(request), plan)
            }
            Ask::Undeploy { artifacts, projects, profiles, discard } => {
                let plan = self.world.plan_undeploy(artifacts, projects, profiles, *discard);
                let request = UndeployRequest {
                    artifacts: refs(artifacts),
                    projects: folders(projects),
                    profiles: names(&PROFILES, profiles),
                    discard_edits: *discard,
                    ..UndeployRequest::default()
                };
                (Request::Undeploy(request), plan)
            }
            Ask::Update { artifacts, projects, profiles, choice } => {
                let request = UpdateRequest {
                    artifacts: refs(artifacts),
                    projects: folders(projects),
                    profiles: names(&PROFILES, profiles),
                    on_conflict: *choice,
                    ..UpdateRequest::default()
                };
                (Request::Update(request), self.world.plan_update(artifacts, projects, profiles, *choice))
            }
            Ask::Push { artifacts, project, profile, choice } => {
                let request = UpdateRequest {
                    artifacts: refs(artifacts),
                    projects: folders(&[*project]),
                    profiles: names(&PROFILES, &[*profile]),
                    on_conflict: *choice,
                    ..UpdateRequest::default()
                };
                (Request::Push(request), self.world.plan_push(artifacts, (*project, *profile), *choice))
            }
            undo => return self.planned_undo(undo),
        })
    }

    fn planned_undo(&self, ask: &Ask) -> Option<(Request, Plan)> {
        Some(match ask {
            Ask::UndoNewest { choice } => {
                let plan = self.world.plan_undo(self.world.newest()?, *choice);
                (Request::Undo(UndoRequest { on_conflict: *choice, ..UndoRequest::default() }), plan)
            }
            Ask::UndoThat { back, choice } => {
                let operation = self.world.history.iter().nth_back(*back)?;
                // What an entry says is believed, so of changes of the collection only the newest goes back.
                if *back > 0 && operation.done.iter().any(|done| done.step.project == COLLECTION) {
                    return None;
                }
                let id = Some(operation.id.clone());
                let request = UndoRequest { operation: id, on_conflict: *choice, ..UndoRequest::default() };
                (Request::Undo(request), self.world.plan_undo(operation, *choice))
            }
            Ask::Redo => {
                let operation = self.world.history.last().filter(|last| last.kind == OperationKind::Undo)?;
                let request = UndoRequest { operation: Some(operation.id.clone()), ..UndoRequest::default() };
                (Request::Undo(request), self.world.plan_undo(operation, request_choice()))
            }
            _ => return None,
        })
    }

    /// An operation that nothing gets in the way of.
    fn undisturbed(&mut self, request: &Request, plan: Plan) -> Result<(), Wrong> {
        let receipt = request.ask(self.engine()).map_err(|error| format!("{request:?} answers {error}"))?;
        let mut found: Vec<Told> = receipt.results.iter().map(|result| self.told(result)).collect();
        let mut want = plan.told.clone();
        let key = |told: &Told| format!("{told:?}");
        found.sort_by_key(key);
        want.sort_by_key(key);
        if found != want {
            return Err(format!("{request:?}: want {want:?}, found {found:?}: {:?}", receipt.results));
        }
        if request.kind() == OperationKind::Deploy {
            for (project, _, outcome, _) in &want {
                let done = *outcome == skillmeat_engine::deploy::Outcome::Success;
                self.world.projects[*project].registered |= done;
            }
        }
        self.world.apply(&receipt.operation, request.kind(), plan.undoes, plan.steps);
        self.believe_entries();
        Ok(())
    }

    fn told(&self, result: &skillmeat_engine::deploy::TargetResult) -> Told {
        let project = self.project_of(result.project_path.as_str());
        (project, result.path.as_ref().map(ToString::to_string), result.status, result.action)
    }

    fn project_of(&self, path: &str) -> usize {
        let known = (0..PROJECTS.len()).find(|project| self.folder(*project).to_str() == Some(path));
        known.unwrap_or(COLLECTION)
    }

    /// An operation that is cut off: what the history has of it was done, and the rest was not.
    fn cut(&mut self, request: &Request, plan: Plan, cut: Cut) -> Result<(), Wrong> {
        let known = self.newest_id();
        self.world.was_cut = true;
        match cut {
            Cut::FailsFrom(at) => self.failing(request, at, Fault::From(rustix::io::Errno::IO)),
            Cut::FailsOnce(at) => self.failing(request, at, Fault::Once(rustix::io::Errno::IO)),
            Cut::Abort(at) => {
                self.engine = None;
                crash::aborted(request, &self.sandbox, at);
            }
        }
        self.reopen()?;
        self.is_stale = true;
        let history = self.engine().history(Some(1)).map_err(|error| error.to_string())?;
        if let Some(entry) =
            history.operations.into_iter().next().filter(|entry| Some(&entry.operation) != known.as_ref())
        {
            let was_done = |step: &super::world::Step| {
                entry.items.iter().any(|item| {
                    self.project_of(item.project_path.as_str()) == step.project
                        && item.path.as_str() == step.target()
                })
            };
            let steps: Vec<_> = plan.steps.into_iter().filter(was_done).collect();
            if steps.len() != entry.items.len() {
                return Err(format!("{request:?}: the history says {:?}", entry.items));
            }
            self.world.apply(&entry.operation, request.kind(), plan.undoes, steps);
        }
        self.believe_registration();
        self.believe_folders()
    }

    fn failing(&self, request: &Request, at: u64, fault: Fault) {
        let armed = arm(self.sandbox.path(), at, fault);
        // What it answers is looked at elsewhere; here, what it leaves.
        let _ = request.ask(self.engine());
        drop(armed);
    }

    fn newest_id(&self) -> Option<String> {
        let history = self.engine().history(Some(1)).unwrap();
        history.operations.into_iter().next().map(|entry| entry.operation)
    }

    /// What the collection's index says is looked at elsewhere; here, whether it goes back.
    fn believe_entries(&mut self) {
        let text =
            std::fs::read_to_string(self.sandbox.collection().join("collection.toml")).unwrap_or_default();
        for (entry, id) in self.world.entries.iter_mut().zip(ARTIFACTS) {
            let name = format!("name = \"{}\"", id.split(':').nth(1).unwrap());
            let said = text.split("[[artifacts]]").find(|entry| entry.contains(&name));
            *entry = said.map(|said| Rec { hash: said.trim().to_owned(), written: 0 });
        }
    }

    /// Whether a project became known before the end is not what this is about.
    fn believe_registration(&mut self) {
        self.resync();
        let known = self.engine().library_snapshot().unwrap().projects;
        for project in 0..PROJECTS.len() {
            let folder = self.folder(project);
            let is_known = known.iter().any(|row| Some(row.project_path.as_str()) == folder.to_str());
            self.world.projects[project].registered = is_known;
        }
    }

    /// Which empty folders it made and left to the next operation is not either.
    fn believe_folders(&mut self) -> Result<(), Wrong> {
        for (project, name) in PROJECTS.iter().enumerate() {
            let disk = self.disk(project);
            let known = &mut self.world.projects[project];
            let more: Vec<String> =
                disk.0.keys().filter(|path| !known.disk.0.contains_key(*path)).cloned().collect();
            for path in more {
                let leads_to_targets = FOLDERS.iter().any(|folder| {
                    super::world::ROOTS
                        .iter()
                        .any(|root| format!("{root}/{folder}").starts_with(&format!("{path}/")))
                });
                if !leads_to_targets || !disk.is_empty_folder(&path) {
                    return Err(format!("{path} in {name} came from nowhere"));
                }
                known.disk.0.insert(path.clone(), disk.0[&path].clone());
                known.folders.insert(path);
            }
        }
        Ok(())
    }

    /// What somebody could miss.
    fn contents(&self) -> Vec<Vec<u8>> {
        (0..PROJECTS.len())
            .flat_map(|project| self.disk(project).contents().cloned().collect::<Vec<_>>())
            .collect()
    }

    /// Everything that was in a project is in one still, or in the trash.
    fn nothing_is_lost(&self, before: &[Vec<u8>]) -> Result<(), Wrong> {
        let mut now = self.contents();
        if let Some(trash) = Tree::read(&self.sandbox.home().join("desktop/trash"), |_| true) {
            now.extend(trash.contents().cloned());
        }
        match before.iter().find(|content| !now.contains(content)) {
            Some(lost) => Err(format!("lost: {:?}", String::from_utf8_lossy(lost))),
            None => Ok(()),
        }
    }
}

fn request_choice() -> skillmeat_engine::plan::OnConflict {
    skillmeat_engine::plan::OnConflict::Stop
}

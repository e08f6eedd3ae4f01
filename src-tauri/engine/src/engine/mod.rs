//! The façade: what window and command line can ask for. Both are thin shells over exactly these calls.
//!
//! | file | what it does |
//! |---|---|
//! | `library` | what the collections hold, and which artifact a person means |
//! | `project` | folders as projects |
//! | `gate` | content is read only where a stat changed |
//! | `draft/` | from a request to decided steps |
//! | `write/` | `deploy`, `undeploy`, `update`, `undo`, and changes of a collection |
//! | `discover` | what lies in a project or folder, matched against a collection |
//! | `import/` | from there into a collection, recorded as deployed |
//! | `push/` | a project's edits into the collection |
//! | `recover` | finishing what a process left that was killed |
//! | `history`, `prune` | what was done; how long what undo needs is kept |
//! | `scan`, `resync` | one project, and everything, as it is on disk now |
//! | `live/` | what other programs change is seen and told |
//! | `drift`, `merge` | one deployment three-way, file by file; a merged text for what both sides changed |
//! | `lost` | records that another writer dropped, noticed against the last good copy |
//! | `seek`, `recent`, `cancel` | folders that could be projects; stopping what takes long |
//! | `inspect`, `versions`, `diff`, `detail` | one artifact, deployment or project, closely |
//! | `follow` | keeping the cache, and telling what was committed to it |
//! | `register`, `relocate` | projects, settings, places; a project that was moved |
//! | `profiles` | a project's own profiles |
//! | `collections`, `curate` | collections: made, linked, unlinked; artifacts removed and tagged |
//! | `sets/` | groups and deployment sets: changed, listed, resolved |
//! | `database/` | what an existing SkillMeat database knows, taken over |
//! | `git/` | whether git sees what is deployed |
//! | `quick`, `pins` | what is at hand for a quick deploy; what a person pinned |
//! | `repair/` | what is damaged, and mending it |
//! | `window_run`, `diagnostics` | how the window before ended; what somebody who helps needs to know |
//! | `view` | what the inspector looks at |

mod cancel;
mod collections;
mod curate;
mod database;
mod detail;
mod diagnostics;
mod diff;
mod discover;
mod draft;
mod drift;
mod follow;
mod gate;
mod git;
mod history;
mod import;
mod inspect;
mod library;
mod live;
mod lost;
mod merge;
mod pins;
mod profiles;
mod project;
mod prune;
mod push;
mod quick;
mod recent;
mod recover;
mod register;
mod relocate;
mod repair;
mod resync;
mod scan;
mod seek;
mod sets;
mod versions;
mod view;
mod window_run;
mod write;

pub use collections::{LinkRequest, Unlinked};
pub use curate::{RemoveRequest, TagRequest};
pub use database::{DatabaseDeployment, DatabaseImport, DatabaseItem, DatabaseProfile, DatabaseProject};
pub use detail::{ProjectDetail, UnmanagedArtifact};
pub use diagnostics::{Asker, Diagnostics, LOGS, diagnostics_without_engine};
pub use discover::{DiscoverReport, DiscoverRequest, Discovered, Match};
pub use git::{GitChoice, GitVisibility};
pub use history::{History, OperationEntry, OperationItem, Undone};
pub use import::{Clash, ImportChoice, ImportReceipt, ImportRequest, ImportResult, ImportTotals};
pub use live::{Watch, WatchState, WatchStatus};
pub use pins::{PinRequest, PinnedRow};
pub use profiles::SaveProfile;
pub use quick::{Quick, QuickDeploy, QuickItem, QuickProject, QuickUndo};
pub use recent::RecentProject;
pub use recover::{DoctorReport, Recovered, Recovery};
pub use repair::{Finding, Repair, RepairRequest, Repaired};
pub use seek::{FoundProject, FoundProjects, ScanRequest};
pub use sets::{ArtifactUses, SetUse};
pub use sets::{BatchDeployResult, SetDeployRequest, SetDeployed, SetUndeployRequest};
pub use sets::{DanglingMember, ResolvedArtifact, SetId, SetList, SetReceipt, SetRef, SetResolution};
pub use versions::{ArtifactHistory, CopyVersion, VersionEvent};
pub use view::{
    ArtifactDetail, DeploymentDiff, DiffHunk, DiffLine, FileChange, FileContent, FileDiff, FileEntry,
    FileKind, LineKind, MergeProposal, Place, Property, ResyncReport, StatusReport,
};
pub use window_run::WindowRun;

pub use crate::plan::DeploymentRef;

use crate::cache::{Cache, DeploymentRow, LibrarySnapshot};
use crate::clock::Clock;
use crate::deploy::Receipt;
use crate::error::{Error, Problem, Result};
use crate::feed::{Event, Feed, Publisher};
use crate::fs::Root;
use crate::id::ArtifactRef;
use crate::plan::{DeployRequest, Plan, ResolveRequest, UndeployRequest, UpdateRequest};
use crate::settings::SetsSwitch;
use gate::Gate;
use library::{Library, Query};
use project::Project;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU32};
use std::sync::{Arc, Mutex, PoisonError, RwLock, mpsc};
use write::Request;

const CACHE_FILE: &str = "cache.sqlite";

/// How an engine is opened.
#[derive(Debug, Clone)]
pub struct Options {
    /// `SKILLMEAT_HOME`, else `~/.skillmeat`. Created when first written to.
    pub home: PathBuf,
    /// The person's home folder, which cannot be a project.
    pub user_home: Option<PathBuf>,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// Who this is, for others who wait: `the window`, `skm deploy`.
    pub holder: String,
    /// What the environment says about deployment sets.
    pub sets: SetsSwitch,
}

/// The engine: one per process, shared by all its threads. Every call blocks until it is done.
#[derive(Debug)]
pub struct Engine {
    options: Options,
    cache: RwLock<Arc<Cache>>,
    /// What there was to say when the cache was opened; said until the program ends.
    cache_problem: Mutex<Option<Problem>>,
    /// The cache could not follow the files; said until a resync has mended it.
    cache_stale: Mutex<Option<Problem>>,
    feed: Arc<Feed>,
    publisher: Publisher,
    /// The window before this one was not closed; said until the program ends.
    unclean: Mutex<Option<Problem>>,
    /// The last word seen of a process whose cache could not follow.
    behind: Mutex<Option<String>>,
    /// Looks at other processes' work while the cache was only in memory.
    looks: AtomicU32,
    /// The cache is a new one, or could not follow the files: a resync must fill it.
    unfilled: AtomicBool,
    /// The cache's epoch and `PRAGMA data_version` when other processes' commits were last looked for.
    looked_at: Mutex<(String, i64)>,
    /// What takes long and can be stopped.
    running: cancel::Running,
    /// Held for reading from a commit to its publishing, for writing while others' commits are looked for.
    own: RwLock<()>,
    /// What the thread that watches the disk is told, and tells.
    live: Arc<live::Live>,
}

impl Engine {
    /// Opens the engine. Creates nothing but the cache; a cache that cannot be used is set aside and the next
    /// [`Engine::resync`] fills a new one.
    ///
    /// # Errors
    /// `io` and its relatives when the home is there and is not a folder that can be opened; `cache-stale` when
    /// there is not even memory for a cache.
    pub fn open(options: Options) -> Result<Self> {
        // A home that cannot be read must not look like an empty one.
        Root::open_existing(&options.home)?;
        let desktop = options.home.join("desktop");
        let behind = Mutex::new(follow::last_marker(&desktop));
        let opened = Cache::open(&desktop, CACHE_FILE)?;
        let feed = Arc::new(Feed::default());
        let publisher = Publisher::new(feed.clone(), &opened.cache)?;
        let looked_at = Mutex::new((opened.cache.epoch().to_owned(), opened.cache.data_version()?));
        Ok(Self {
            options,
            cache: RwLock::new(Arc::new(opened.cache)),
            cache_problem: Mutex::new(opened.problem),
            cache_stale: Mutex::default(),
            unclean: Mutex::default(),
            feed,
            publisher,
            behind,
            looks: AtomicU32::new(0),
            unfilled: AtomicBool::new(false),
            looked_at,
            running: cancel::Running::default(),
            own: RwLock::default(),
            live: Arc::default(),
        })
    }

    /// From now on, receives everything that happens, in order.
    pub fn subscribe(&self) -> mpsc::Receiver<Event> {
        self.feed.subscribe()
    }

    /// Everything the window lists, from the cache.
    ///
    /// # Errors
    /// `cache-stale` when the cache cannot be read.
    pub fn library_snapshot(&self) -> Result<LibrarySnapshot> {
        let mut snapshot = self.ask(Cache::snapshot)?;
        if self.fill()? {
            snapshot = self.ask(Cache::snapshot)?;
        }
        snapshot.profiles = scan::profile_rows(&[]);
        snapshot.sets_enabled = self.shows_sets();
        for problem in [&self.unclean, &self.cache_problem, &self.cache_stale] {
            snapshot.problems.extend(problem.lock().unwrap_or_else(PoisonError::into_inner).clone());
        }
        snapshot.problems.extend(self.cut_off());
        // Files that hold a person's settings and do not parse are told, and never taken for empty ones.
        snapshot.problems.extend(self.settings().err().map(Problem::from));
        snapshot.problems.extend(self.options.sets.said().err().map(|error| Error::from(error).to_problem()));
        match self.linked_collections() {
            Ok(linked) => snapshot.problems.extend(linked.problems),
            Err(error) => snapshot.problems.push(error.to_problem()),
        }
        match self.known_projects() {
            Ok(known) => snapshot.problems.extend(known.problems),
            Err(error) => snapshot.problems.push(error.to_problem()),
        }
        Ok(snapshot)
    }

    /// What `deploy` would do. Writes nothing but the cache.
    ///
    /// # Errors
    /// `invalid-request`, `project-not-found`, `project-invalid`, `profile-not-found`, `path-escapes-root`; what
    /// concerns single artifacts is in the plan's items.
    pub fn plan_deploy(&self, request: &DeployRequest) -> Result<Plan> {
        self.plan(Request::Deploy(request))
    }

    /// Deploys. When it answers, everything that the receipt calls done is on disk and survives power loss.
    ///
    /// # Errors
    /// As [`Engine::plan_deploy`], and `plan-stale`; nothing was written then.
    pub fn deploy(&self, request: &DeployRequest) -> Result<Receipt> {
        let _own = self.own_commits();
        self.run(Request::Deploy(request))
    }

    /// What `undeploy` would do. Writes nothing but the cache.
    ///
    /// # Errors
    /// As [`Engine::plan_deploy`].
    pub fn plan_undeploy(&self, request: &UndeployRequest) -> Result<Plan> {
        self.plan(Request::Undeploy(request, None))
    }

    /// Undeploys.
    ///
    /// # Errors
    /// As [`Engine::deploy`].
    pub fn undeploy(&self, request: &UndeployRequest) -> Result<Receipt> {
        let _own = self.own_commits();
        self.run(Request::Undeploy(request, None))
    }

    /// What `update_deployments` would do. Writes nothing but the cache.
    ///
    /// # Errors
    /// As [`Engine::plan_deploy`].
    pub fn plan_update(&self, request: &UpdateRequest) -> Result<Plan> {
        self.plan(Request::Update(request))
    }

    /// Brings deployments up to their collection. Edited files that the collection did not change stay; a deployment
    /// with a file that both changed is refused (`local-changes`) unless there is an answer for it.
    ///
    /// # Errors
    /// As [`Engine::deploy`].
    pub fn update_deployments(&self, request: &UpdateRequest) -> Result<Receipt> {
        let _own = self.own_commits();
        self.run(Request::Update(request))
    }

    /// Brings one deployment up to its collection, with an answer for each file that both changed. Everything else is as
    /// with [`Engine::update_deployments`].
    ///
    /// # Errors
    /// As [`Engine::deploy`]; `invalid-request` for an answer that fits no file.
    pub fn resolve_conflict(&self, request: &ResolveRequest) -> Result<Receipt> {
        self.update_deployments(&request.into())
    }

    /// Every deployment of the given projects, or of all registered ones, read from disk now. A project need not
    /// be registered, and is not registered by this.
    ///
    /// # Errors
    /// `project-not-found`, `project-invalid` for a given project. A list of projects that cannot be read is one of the
    /// report's problems.
    pub fn status(&self, projects: &[String]) -> Result<StatusReport> {
        let library = Library::open(&self.options.home)?;
        let mut report = StatusReport { deployments: Vec::new(), problems: self.cut_off() };
        // What then follows are the projects that were known before.
        let unreadable = projects.is_empty().then(|| self.known_projects().err()).flatten();
        report.problems.extend(unreadable.map(Problem::from));
        let mut add = |scan: scan::Scan| {
            report.deployments.extend(scan.deployments);
            report.problems.extend(scan.row.problems);
        };
        for text in projects {
            add(self.scan_project(&self.look_at(text)?, &library)?);
        }
        if projects.is_empty() {
            for scan in self.scan_known(&library)? {
                add(scan);
            }
        }
        report.deployments.sort_by(|a, b| {
            let (project, place) = (&a.project_path, (&a.profile_root_dir, &a.artifact_path));
            project.cmp(&b.project_path).then_with(|| place.cmp(&(&b.profile_root_dir, &b.artifact_path)))
        });
        Ok(report)
    }

    /// The deployments of an artifact in one project, read from disk now; the project need not be registered.
    ///
    /// # Errors
    /// `deployment-not-found`; what reading the project says.
    pub fn find_deployments(
        &self,
        artifact: &ArtifactRef,
        project: &str,
        profile: Option<&str>,
    ) -> Result<Vec<DeploymentRow>> {
        let project = self.look_at(project)?;
        let profile = profile.map(|id| crate::platform::find(&project.own, id)).transpose()?;
        let scan = self.scan_project(&project, &Library::open(&self.options.home)?)?;
        let query = Query::parse(&artifact.artifact_id);
        let matches = |row: &DeploymentRow, exact| {
            crate::id::ArtifactId::parse(&row.artifact_id).is_ok_and(|id| query.matches(&id, exact))
                && profile.is_none_or(|profile| profile.id == row.deployment_profile_id)
                && artifact.collection.as_ref().is_none_or(|name| *name == row.collection)
        };
        let exact: Vec<_> = scan.deployments.iter().filter(|row| matches(row, true)).cloned().collect();
        let found = if exact.is_empty() {
            scan.deployments.into_iter().filter(|row| matches(row, false)).collect()
        } else {
            exact
        };
        if found.is_empty() {
            let (query, project) = (artifact.artifact_id.clone(), project.path.to_string());
            return Err(Error::DeploymentNotFound { query, project });
        }
        Ok(found)
    }

    /// One project as it is on disk now; what was learned is remembered.
    fn scan_project(&self, project: &Project, library: &Library) -> Result<scan::Scan> {
        let cache = self.cache();
        let gate = Gate::new(Some(&cache), self.options.clock.as_ref());
        // Without a cache nothing is known from before; the scan itself does not need it.
        let before = cache.deployments_of(&project.path).unwrap_or_default();
        let scan = scan::scan(project, library, &gate, &before)?;
        self.learn(&cache, &gate.into_learned(), &[]);
        Ok(scan)
    }
}

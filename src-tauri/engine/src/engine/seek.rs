//! Folders that could be projects: found below chosen roots.
//!
//! A folder counts that has a profile root of a built-in profile, or a manifest in any hidden folder. Nothing is
//! registered and nothing is written: a person picks from what was found.

use super::{Engine, project};
use crate::error::{Code, Severity};
use crate::error::{Problem, Result};
use crate::feed::Phase;
use crate::fs::{Passed, Root, Seek, Unread, canonical_folder, seek};
use crate::id::{OperationId, ProjectPath};
use crate::manifest;
use crate::path::{RelPath, is_version_control};
use crate::platform::{self, Profile};
use crate::settings::{KnownProject, LinkedCollection};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashSet};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// How deep a scan goes where nobody says how deep.
const DEFAULT_DEPTH: u32 = 8;
const MAX_DEPTH: u32 = 32;
/// At most ten times a second it is told how far a scan is.
const PAUSE: Duration = Duration::from_millis(100);

/// Where to look for projects.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(default)]
pub struct ScanRequest {
    /// Folders to look in; `~` is the home folder.
    pub roots: Vec<String>,
    /// How many folders deep; without it 8, at most 32.
    pub depth: Option<u32>,
    /// The id that progress is told under and that [`Engine::cancel`] takes; without one, a new one.
    pub operation: Option<String>,
}

/// A folder that could be a project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct FoundProject {
    /// Its folder.
    pub project_path: ProjectPath,
    /// Its folder's name.
    pub project_name: String,
    /// The profile roots in it, relative to it.
    pub profile_roots: Vec<RelPath>,
    /// Whether something was deployed there: one of the roots has a manifest.
    pub deployed: bool,
    /// Whether it is registered already.
    pub registered: bool,
}

/// What a scan for projects found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct FoundProjects {
    /// By path.
    pub projects: Vec<FoundProject>,
    /// Folders that were looked at.
    pub folders: u64,
    /// Whether it was stopped before it had seen everything.
    pub cancelled: bool,
    /// Roots and folders that could not be read.
    pub problems: Vec<Problem>,
}

/// A scan under way.
struct Search<'a> {
    engine: &'a Engine,
    operation: OperationId,
    /// The registered projects.
    known: Vec<KnownProject>,
    linked: Vec<LinkedCollection>,
    found: BTreeMap<String, FoundProject>,
    folders: u64,
    told: Instant,
}

impl Engine {
    /// Looks for folders below the given ones that could be projects. What git ignores, what tools make, hidden
    /// folders and other file systems are not entered.
    ///
    /// # Errors
    /// `invalid-request` without a root. A root that cannot be read is one of the answer's problems.
    pub fn scan_for_projects(&self, request: &ScanRequest) -> Result<FoundProjects> {
        if request.roots.is_empty() {
            let reason = "Say which folder to look in.".to_owned();
            return Err(crate::error::Error::InvalidRequest { reason });
        }
        let operation = request.operation.clone().map_or_else(OperationId::generate, OperationId::named);
        let running = self.running.begin(operation.as_str());
        let known = self.known_projects().unwrap_or_default().projects;
        let mut search = Search {
            engine: self,
            operation,
            known,
            linked: self.linked_collections().unwrap_or_default().collections,
            found: BTreeMap::new(),
            folders: 0,
            told: Instant::now(),
        };
        let depth = request.depth.unwrap_or(DEFAULT_DEPTH).min(MAX_DEPTH) as usize;
        let (mut problems, mut seen) = (Vec::new(), HashSet::new());
        for text in request.roots.iter().take_while(|_| !running.is_stopped()) {
            let root = match canonical_folder(&project::expand(&self.options, text)) {
                Ok(root) => PathBuf::from(root),
                Err(error) => {
                    problems.push(error.to_problem());
                    continue;
                }
            };
            self.progress(&search.operation, Phase::Scan, (search.folders, 0), root.to_str());
            let keep_out = canonical_folder(&self.options.home).map(PathBuf::from).into_iter().collect();
            let unread = seek(&Seek { root: &root, depth, keep_out }, &mut |passed| {
                if running.is_stopped() {
                    return ControlFlow::Break(());
                }
                // Of a root that lies in another one, each folder counts once.
                if seen.insert(passed.path.to_owned()) {
                    search.look(passed);
                }
                ControlFlow::Continue(())
            });
            problems.extend(told(&root, &unread));
        }
        self.progress(&search.operation, Phase::Done, (search.folders, search.folders), None);
        let (projects, folders) = (search.found.into_values().collect(), search.folders);
        Ok(FoundProjects { projects, folders, cancelled: running.is_stopped(), problems })
    }
}

impl Search<'_> {
    fn look(&mut self, passed: &Passed<'_>) {
        self.folders += 1;
        if self.told.elapsed() > PAUSE {
            self.told = Instant::now();
            self.engine.progress(&self.operation, Phase::Scan, (self.folders, 0), passed.path.to_str());
        }
        if let Some(found) = self.candidate(passed) {
            self.found.insert(found.project_path.as_str().to_owned(), found);
        }
    }

    /// The folder as a project, if it looks like one and may be one.
    fn candidate(&self, passed: &Passed<'_>) -> Option<FoundProject> {
        let known = self.known.iter().find(|known| Path::new(&known.path) == passed.path);
        let own = known.map_or(&[][..], |known| &known.own);
        if own.is_empty() && passed.hidden.iter().all(|name| is_version_control(name)) {
            return None;
        }
        let (profile_roots, deployed) = profile_roots(passed, own)?;
        let text = passed.path.to_str()?;
        let (path, _) = project::open(&self.engine.options, text, &self.linked, &self.known).ok()?;
        Some(FoundProject {
            project_name: path.folder_name().to_owned(),
            registered: known.is_some(),
            project_path: path,
            profile_roots,
            deployed,
        })
    }
}

/// The profile roots among a folder's hidden entries and those of its own profiles, and whether one has a manifest;
/// `None` without any.
fn profile_roots(passed: &Passed<'_>, own: &[Profile]) -> Option<(Vec<RelPath>, bool)> {
    let folder = Root::open(passed.path).ok()?;
    let (mut roots, mut deployed) = (Vec::new(), false);
    let hidden = passed.hidden.iter().filter(|name| !is_version_control(name));
    let hidden = hidden.filter_map(|name| RelPath::new(name.clone()).ok());
    let own: Vec<RelPath> = own.iter().flat_map(Profile::roots).collect();
    for root in hidden.filter(|root| !own.contains(root)).chain(own.iter().cloned()) {
        let has_manifest = manifest::path_in(&root).is_ok_and(|path| folder.is_file(&path));
        deployed |= has_manifest;
        let is_own = || own.contains(&root) && folder.is_folder(&root).unwrap_or_default();
        if has_manifest || is_own() || is_product_root(&folder, &root) {
            roots.push(root);
        }
    }
    (!roots.is_empty()).then_some((roots, deployed))
}

/// Whether a product's profile root is there. One that is the product's alone counts as it is; `.github` holds other
/// things in most repositories, so there a kind's folder decides.
fn is_product_root(folder: &Root, root: &RelPath) -> bool {
    let of_root =
        || platform::builtin().iter().flat_map(|profile| &profile.targets).filter(|at| at.root == *root);
    let has_kind = || of_root().any(|at| folder.is_folder(&root.join(&at.folder)).unwrap_or_default());
    of_root().next().is_some()
        && folder.is_folder(root).unwrap_or_default()
        && (root.as_str() != ".github" || has_kind())
}

fn told(root: &Path, unread: &Unread) -> Option<Problem> {
    let root = root.display().to_string();
    let folders = if unread.count == 1 { "1 folder" } else { &format!("{} folders", unread.count) };
    let message = format!("{folders} below {root} could not be read, so what is in there was not looked at.");
    let mut problem = Problem::new(Code::PermissionDenied, Severity::Notice, message).about(root);
    problem.causes.clone_from(&unread.named);
    (unread.count > 0).then_some(problem)
}

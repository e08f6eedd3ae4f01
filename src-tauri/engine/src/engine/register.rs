//! What is registered: projects, collections, settings; and where things are on disk.

use super::project::{self, Project};
use super::scan::Scan;
use super::{Engine, Gate, Library, Place};
use crate::cache::{CollectionRow, ProjectRow};
use crate::collection;
use crate::error::{Error, Result};
use crate::feed::{Event, Origin};
use crate::fs::{FileLock, Root};
use crate::id::ProjectPath;
use crate::manifest;
use crate::path::RelPath;
use crate::settings::{self, KnownProject, KnownProjects, Settings, SettingsPatch};
use std::path::PathBuf;
use std::time::Duration;

const LOCK_PATIENCE: Duration = Duration::from_secs(5);

impl Engine {
    /// Registers a folder as a project and reads it. One that is registered already is read again.
    ///
    /// # Errors
    /// `project-not-found`, `project-invalid`, `config-invalid`; `io` and its relatives.
    pub fn add_project(&self, path: &str) -> Result<ProjectRow> {
        let project = self.open_project(path)?;
        let project = if project.added_at.is_some() { project } else { self.register(&project)? };
        let found = self.scan_project(&project, &Library::open(&self.options.home)?)?;
        let _own = self.own_commits();
        let cache = self.cache();
        cache.write(|writer| {
            writer.upsert_project(&found.row)?;
            writer.replace_deployments(&project.path, None, &found.deployments)
        })?;
        self.publish(&cache, Origin::Command, None)?;
        Ok(found.row)
    }

    /// Forgets a project. Its files stay as they are.
    ///
    /// # Errors
    /// `project-not-found` when it is not registered; `config-invalid`.
    pub fn remove_project(&self, path: &str) -> Result<()> {
        // A folder that is gone cannot be made canonical, and can still be forgotten.
        let path = match self.open_project(path) {
            Ok(project) => project.path,
            Err(_) => ProjectPath::from_canonical(path.trim_end_matches('/').to_owned()),
        };
        let home = &self.options.home;
        let removed = self.with_settings_locked(|| settings::remove_project(home, path.as_str()))?;
        if !removed {
            return Err(Error::ProjectNotFound { path: PathBuf::from(path.as_str()) });
        }
        let _own = self.own_commits();
        let cache = self.cache();
        cache.write(|writer| writer.remove_project(&path))?;
        self.publish(&cache, Origin::Command, None)
    }

    /// The registered projects, from the cache.
    ///
    /// # Errors
    /// `cache-stale`.
    pub fn projects(&self) -> Result<Vec<ProjectRow>> {
        self.cache().projects()
    }

    /// Makes an empty managed collection.
    ///
    /// # Errors
    /// `invalid-name`; `name-clash` when there is one; `io` and its relatives.
    pub fn create_collection(&self, name: &str) -> Result<CollectionRow> {
        let now = self.options.clock.now();
        let home = Root::create(&self.options.home)?;
        self.with_settings_locked(|| collection::create(&home, name, now))?;
        let row = CollectionRow {
            collection: name.to_owned(),
            path: collection::path(&home, name)?.display().to_string(),
            problems: Vec::new(),
        };
        let _own = self.own_commits();
        let cache = self.cache();
        cache.write(|writer| writer.upsert_collection(&row))?;
        self.publish(&cache, Origin::Command, None)?;
        Ok(row)
    }

    /// The settings in force.
    ///
    /// # Errors
    /// `config-invalid`.
    pub fn settings(&self) -> Result<Settings> {
        settings::read(&self.options.home)
    }

    /// Changes settings, and tells everybody.
    ///
    /// # Errors
    /// `config-invalid`; `io` and its relatives.
    pub fn update_settings(&self, patch: &SettingsPatch) -> Result<Settings> {
        let settings = self.with_settings_locked(|| settings::update(&self.options.home, patch))?;
        self.feed.publish(&Event::SettingsChanged(settings.clone()));
        Ok(settings)
    }

    /// Where something is on disk, for a program outside to open or show. Only what is known and there can be
    /// named: registered projects, listed artifacts.
    ///
    /// # Errors
    /// `artifact-not-found`, `collection-not-found`, `project-not-found`; `io` when it is not there.
    pub fn locate(&self, place: &Place) -> Result<PathBuf> {
        let registered = |path: &ProjectPath| match self.open_project(path.as_str())? {
            project if project.added_at.is_some() => Ok(project),
            _ => Err(Error::ProjectNotFound { path: PathBuf::from(path.as_str()) }),
        };
        let below = |path: &ProjectPath, rel: &RelPath| existing(&registered(path)?.root, rel);
        match place {
            Place::Artifact { artifact, path } => {
                let library = Library::open(&self.options.home)?;
                let artifact = library.find(artifact, &self.options.home)?;
                let folder = artifact.id().kind().is_folder();
                let inside = path.as_ref().filter(|_| folder);
                let rel = inside.map_or_else(|| artifact.path().clone(), |path| artifact.path().join(path));
                existing(&artifact.shelf.root, &rel)
            }
            Place::Deployment { deployment } => {
                below(&deployment.project_path, &deployment.profile_root_dir.join(&deployment.artifact_path))
            }
            Place::Manifest { project_path, profile_root_dir } => {
                below(project_path, &manifest::path_in(profile_root_dir)?)
            }
            Place::Project { project_path } => Ok(PathBuf::from(registered(project_path)?.path.as_str())),
            Place::Collection { collection } => {
                let home = Root::open(&self.options.home)?;
                collection::path(&home, collection)
            }
            Place::Home => Ok(self.options.home.clone()),
        }
    }

    /// Checks a folder and opens it as a project, registered or not.
    pub(super) fn open_project(&self, text: &str) -> Result<Project> {
        let path = project::check(&self.options, text)?;
        let known = self.known_projects()?.projects.into_iter().find(|known| known.path == path.as_str());
        let root = Root::open(path.as_path())?;
        Ok(match known {
            Some(known) => Project {
                path,
                name: known.name,
                root,
                profiles: known.profiles,
                added_at: Some(known.added_at),
            },
            None => {
                let name = path.folder_name().to_owned();
                Project { path, name, root, profiles: Vec::new(), added_at: None }
            }
        })
    }

    /// Opens a registered project.
    pub(super) fn open_known(&self, known: &KnownProject) -> Result<Project> {
        let path = project::check(&self.options, &known.path)?;
        let root = Root::open(path.as_path())?;
        let added_at = Some(known.added_at.clone());
        Ok(Project { path, name: known.name.clone(), root, profiles: known.profiles.clone(), added_at })
    }

    pub(super) fn known_projects(&self) -> Result<KnownProjects> {
        settings::projects(&self.options.home)
    }

    /// Every registered project as it is on disk now.
    pub(super) fn scan_known(&self, library: &Library) -> Result<Vec<Scan>> {
        let cache = self.cache();
        let gate = Gate::new(Some(&cache), self.options.clock.as_ref());
        let scans = self.scan_projects(library, &gate, &cache, &crate::id::OperationId::generate())?;
        self.learn(&cache, &gate.into_learned());
        Ok(scans)
    }

    /// Writes a project into the list of known ones.
    pub(super) fn register(&self, project: &Project) -> Result<Project> {
        let (home, now) = (&self.options.home, self.options.clock.now());
        let known = self.with_settings_locked(|| {
            settings::add_project(home, project.path.as_str(), &project.name, now)
        })?;
        self.open_known(&known)
    }

    /// Runs a read-modify-write of the home's files under a lock between processes.
    fn with_settings_locked<T>(&self, work: impl FnOnce() -> Result<T>) -> Result<T> {
        let desktop = Root::create(&self.options.home.join("desktop"))?;
        let file = RelPath::new("settings.lock")?;
        let _lock = FileLock::acquire(&desktop, &file, LOCK_PATIENCE, Some(&self.options.holder))?;
        work()
    }
}

fn existing(root: &Root, rel: &RelPath) -> Result<PathBuf> {
    match root.entry(rel)? {
        Some(_) => Ok(root.absolute(rel)),
        None => Err(Error::io("find", root.absolute(rel), std::io::ErrorKind::NotFound.into())),
    }
}

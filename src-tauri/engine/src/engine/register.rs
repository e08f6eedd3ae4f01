//! What is registered: projects, collections, settings; and where things are on disk.

use super::project::{self, Ground, Project};
use super::scan::Scan;
use super::{Engine, Gate, Library, Place};
use crate::cache::{Cache, CollectionRow, ProfileRow, ProjectRow};
use crate::clock::parse_iso;
use crate::collection;
use crate::error::{Error, Result};
use crate::feed::Event;
use crate::fs::{FileLock, Root};
use crate::id::ProjectPath;
use crate::manifest;
use crate::path::{RelPath, System};
use crate::platform::Profile;
use crate::settings::{
    self, KnownProject, KnownProjects, LinkedCollection, LinkedCollections, Settings, SettingsPatch,
    StateFile,
};
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
        self.follow(|writer| {
            writer.upsert_project(&found.row)?;
            writer.replace_deployments(&project.path, None, &found.deployments).map(drop)
        });
        self.keep_copies(&found);
        Ok(found.row)
    }

    /// The canonical path of a folder that is a project, or could be one, and whether it is registered. Writes nothing.
    ///
    /// # Errors
    /// `project-not-found`, `project-invalid`; `io` and its relatives.
    pub fn project_at(&self, path: &str) -> Result<(String, bool)> {
        let project = self.look_at(path)?;
        Ok((project.path.as_str().to_owned(), project.added_at.is_some()))
    }

    /// Forgets a project. Its files stay as they are.
    ///
    /// # Errors
    /// `project-not-found` when it is not registered; `config-invalid`.
    pub fn remove_project(&self, path: &str) -> Result<()> {
        // A folder that is gone cannot be made canonical, and can still be forgotten.
        let path = match self.open_project(path) {
            Ok(project) => project.path,
            Err(_) => ProjectPath::from_canonical(System::HERE.kept(path)),
        };
        let home = &self.options.home;
        let removed = self.with_settings_locked(|| settings::remove_project(home, path.as_str()))?;
        if !removed {
            return Err(Error::ProjectNotFound { path: PathBuf::from(path.as_str()) });
        }
        self.follow(|writer| writer.remove_project(&path).map(drop));
        Ok(())
    }

    /// The registered projects, from the cache.
    ///
    /// # Errors
    /// `cache-stale`.
    pub fn projects(&self) -> Result<Vec<ProjectRow>> {
        self.ask(Cache::projects)
    }

    /// The settings in force.
    ///
    /// # Errors
    /// `config-invalid`.
    pub fn settings(&self) -> Result<Settings> {
        settings::read(&self.options.home).map(|settings| self.in_force(settings))
    }

    /// Changes settings, and tells everybody.
    ///
    /// # Errors
    /// `config-invalid`; `io` and its relatives.
    pub fn update_settings(&self, patch: &SettingsPatch) -> Result<Settings> {
        let settings = self.with_settings_locked(|| settings::update(&self.options.home, patch))?;
        let settings = self.in_force(settings);
        self.feed.publish(&Event::SettingsChanged(settings.clone()));
        Ok(settings)
    }

    /// Moves a file of [`StateFile`] that cannot be read beside itself, because a person asked for it, and gives its
    /// new path. Nothing of it is lost; mended, it can be moved back. In the place of the list of projects, or of linked
    /// collections, comes a new one with those that the cache still knows.
    ///
    /// # Errors
    /// `invalid-request` when there is no such file or it can be read; `io` and its relatives.
    pub fn set_aside(&self, file: StateFile) -> Result<PathBuf> {
        let (home, now) = (&self.options.home, self.options.clock.now());
        let known = self.ask(Cache::projects).unwrap_or_default();
        let linked = self.links_of_before();
        let path = self.with_settings_locked(|| {
            let path = settings::set_aside(home, file, now)?;
            if file == StateFile::Collections {
                for linked in &linked {
                    settings::link_collection(home, linked)?;
                }
            }
            if file == StateFile::Projects {
                for row in known.iter().filter(|row| !row.added_at.is_empty()) {
                    let added_at = parse_iso(&row.added_at).unwrap_or(now);
                    let path = row.project_path.as_str();
                    settings::add_projects(home, &[(path, &row.project_name)], added_at)?;
                    for profile in own_of(&row.profiles) {
                        settings::save_profile(home, path, &profile)?;
                    }
                }
            }
            Ok(path)
        })?;
        if let Ok(settings) = self.settings() {
            self.feed.publish(&Event::SettingsChanged(settings));
        }
        Ok(path)
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
                let linked = self.linked_collections()?.collections;
                match linked.into_iter().find(|linked| linked.name == *collection) {
                    Some(linked) => Ok(PathBuf::from(linked.path)),
                    None => collection::path(&Root::open(&self.options.home)?, collection),
                }
            }
            Place::Home => Ok(self.options.home.clone()),
            Place::Logs => Ok(self.options.home.join(super::LOGS)),
        }
    }

    /// Checks a folder and opens it as a project, registered or not.
    ///
    /// Where the list of linked collections cannot be read, a registered project can be worked in: when it was
    /// registered, and whenever a folder was linked, none lay in a place that copies go to. The folders that the cache
    /// knows of count besides, and nothing is written through a link then ([`super::draft`]).
    ///
    /// # Errors
    /// `config-invalid` when the list of projects cannot be read: who writes must know which profiles there are; for a
    /// folder that is no registered project also when that of linked collections cannot be read: who writes there must
    /// know where not to.
    pub(super) fn open_project(&self, text: &str) -> Result<Project> {
        let linked = match self.linked_collections() {
            Ok(linked) => linked.collections,
            Err(error) => {
                let known = self.known_projects()?;
                let linked = self.links_of_before();
                let opened = project::open(&self.options, text, &linked, &known.projects)?;
                let project = self.open_listed(opened, known)?;
                return if project.added_at.is_some() { Ok(project) } else { Err(error) };
            }
        };
        let known = self.known_projects()?;
        self.open_listed(project::open(&self.options, text, &linked, &known.projects)?, known)
    }

    /// The same for somebody who only looks: with a list of projects that cannot be read, none counts as registered.
    pub(super) fn look_at(&self, text: &str) -> Result<Project> {
        let linked = self.linked_collections().unwrap_or_default().collections;
        let known = self.known_projects().unwrap_or_default();
        self.open_listed(project::open(&self.options, text, &linked, &known.projects)?, known)
    }

    fn open_listed(&self, (path, root): (ProjectPath, Root), known: KnownProjects) -> Result<Project> {
        let known = known.projects.into_iter().find(|known| known.path == path.as_str());
        let desktop = self.desktop()?;
        let project = match known {
            Some(known) => Project {
                ground: Ground::Project,
                path,
                name: known.name,
                root,
                profiles: known.profiles,
                own: known.own,
                added_at: Some(known.added_at),
                desktop,
            },
            None => {
                let name = path.folder_name().to_owned();
                Project {
                    ground: Ground::Project,
                    path,
                    name,
                    root,
                    profiles: Vec::new(),
                    own: Vec::new(),
                    added_at: None,
                    desktop,
                }
            }
        };
        Ok(project.by_its_own_name())
    }

    /// Opens a registered project.
    pub(super) fn open_known(&self, known: &KnownProject) -> Result<Project> {
        let linked = self.linked_collections().unwrap_or_default().collections;
        let (path, root) = project::open(&self.options, &known.path, &linked, std::slice::from_ref(known))?;
        let desktop = self.desktop()?;
        let added_at = Some(known.added_at.clone());
        let profiles = known.profiles.clone();
        let project = Project {
            ground: Ground::Project,
            path,
            name: known.name.clone(),
            root,
            profiles,
            own: known.own.clone(),
            added_at,
            desktop,
        };
        Ok(project.by_its_own_name())
    }

    /// The registered projects, for somebody who only looks: with a list that cannot be read, those that the cache
    /// knows, so that a broken list is no empty one.
    pub(super) fn projects_to_look_at(&self, cache: &Cache) -> Result<Vec<KnownProject>> {
        match self.known_projects() {
            Ok(known) => Ok(known.projects),
            Err(Error::ConfigInvalid { .. }) => {
                let known = |row: ProjectRow| KnownProject {
                    path: row.project_path.as_str().to_owned(),
                    name: row.project_name,
                    added_at: row.added_at,
                    profiles: Vec::new(),
                    own: own_of(&row.profiles),
                };
                Ok(cache.projects()?.into_iter().map(known).collect())
            }
            Err(error) => Err(error),
        }
    }

    /// The linked collections that the cache knows.
    fn links_of_before(&self) -> Vec<LinkedCollection> {
        let rows = self.ask(Cache::collections).unwrap_or_default().into_iter().filter(|row| row.linked);
        rows.map(|CollectionRow { collection: name, path, layout, .. }| LinkedCollection {
            name,
            path,
            layout,
        })
        .collect()
    }

    pub(super) fn linked_collections(&self) -> Result<LinkedCollections> {
        settings::collections(&self.options.home)
    }

    pub(super) fn known_projects(&self) -> Result<KnownProjects> {
        settings::projects(&self.options.home)
    }

    /// Every registered project as it is on disk now.
    pub(super) fn scan_known(&self, library: &Library) -> Result<Vec<Scan>> {
        self.ask(|cache| {
            let gate = Gate::new(Some(cache), self.options.clock.as_ref());
            let scans =
                self.scan_projects(library, &gate, cache, &crate::id::OperationId::generate(), |scan, _| {
                    scan
                })?;
            self.learn(cache, &gate.into_learned(), &[]);
            Ok(scans)
        })
    }

    /// Writes a project into the list of known ones.
    pub(super) fn register(&self, project: &Project) -> Result<Project> {
        let known = self.list(&[project])?;
        self.open_known(&known[0])
    }

    /// Writes projects into the list of known ones, in one go; they may be known already.
    pub(super) fn list(&self, projects: &[&Project]) -> Result<Vec<KnownProject>> {
        let (home, now) = (&self.options.home, self.options.clock.now());
        let wanted: Vec<_> =
            projects.iter().map(|project| (project.path.as_str(), project.name.as_str())).collect();
        self.with_settings_locked(|| settings::add_projects(home, &wanted, now))
    }

    /// Takes projects out of the list of known ones.
    pub(super) fn unlist<'p>(&self, paths: impl IntoIterator<Item = &'p ProjectPath>) -> Result<()> {
        let home = &self.options.home;
        self.with_settings_locked(|| {
            paths.into_iter().try_for_each(|path| settings::remove_project(home, path.as_str()).map(drop))
        })
    }

    /// Runs a read-modify-write of the home's files under a lock between processes.
    pub(super) fn with_settings_locked<T>(&self, work: impl FnOnce() -> Result<T>) -> Result<T> {
        let desktop = Root::create(&self.options.home.join("desktop"))?;
        let file = RelPath::new("settings.lock")?;
        let _lock = FileLock::acquire(&desktop, &file, LOCK_PATIENCE, Some(&self.options.holder))?;
        work()
    }
}

/// The profiles of a project's own among its rows; one that can be none any more is left out.
fn own_of(rows: &[ProfileRow]) -> Vec<Profile> {
    rows.iter().filter_map(|row| row.own.as_ref()?.check().ok()).collect()
}

fn existing(root: &Root, rel: &RelPath) -> Result<PathBuf> {
    match root.entry(rel)? {
        Some(_) => Ok(root.absolute(rel)),
        None => Err(Error::io("find", root.absolute(rel), std::io::ErrorKind::NotFound.into())),
    }
}

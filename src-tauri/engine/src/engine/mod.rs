//! The façade: what window and command line can ask for.

mod view;

pub use view::{
    ArtifactDetail, DeploymentDiff, DeploymentRef, DiffHunk, DiffLine, FileChange, FileContent, FileDiff,
    FileEntry, FileKind, LineKind, Place, Property, ResyncReport, StatusReport,
};

use crate::cache::{CollectionRow, DeploymentRow, LibrarySnapshot, ProjectRow};
use crate::clock::Clock;
use crate::deploy::Receipt;
use crate::error::{Error, Result};
use crate::feed::{Event, Origin};
use crate::id::ArtifactRef;
use crate::path::RelPath;
use crate::plan::{DeployRequest, Plan, UndeployRequest};
use crate::settings::{Settings, SettingsPatch};
use std::path::PathBuf;
use std::sync::{Arc, mpsc};

/// How an engine is opened.
#[derive(Debug, Clone)]
pub struct Options {
    /// `SKILLMEAT_HOME`, else `~/.skillmeat`. Created when first written to.
    pub home: PathBuf,
    /// The person's home folder, which cannot be a project.
    pub user_home: Option<PathBuf>,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// Who this is, for others who wait: `window` or `skm deploy`.
    pub holder: String,
}

/// The engine: one per process, shared by all its threads.
#[derive(Debug)]
pub struct Engine {
    options: Options,
}

#[allow(unused_variables)]
impl Engine {
    /// Opens the engine. Creates nothing but the cache; a cache that cannot be used is set aside.
    ///
    /// # Errors
    /// See [`Error`].
    pub fn open(options: Options) -> Result<Self> {
        Err(Error::Internal { what: "not built yet".to_owned() })
    }

    /// Everything the window lists, from the cache.
    ///
    /// # Errors
    /// See [`Error`].
    pub fn library_snapshot(&self) -> Result<LibrarySnapshot> {
        Err(Error::Internal { what: "not built yet".to_owned() })
    }

    /// One artifact, read from disk now.
    ///
    /// # Errors
    /// See [`Error`].
    pub fn artifact_detail(&self, artifact: &ArtifactRef) -> Result<ArtifactDetail> {
        Err(Error::Internal { what: "not built yet".to_owned() })
    }

    /// One file of an artifact, at most 1 MiB of its text.
    ///
    /// # Errors
    /// See [`Error`].
    pub fn artifact_file(&self, artifact: &ArtifactRef, path: &RelPath) -> Result<FileContent> {
        Err(Error::Internal { what: "not built yet".to_owned() })
    }

    /// A deployment compared with the collection.
    ///
    /// # Errors
    /// See [`Error`].
    pub fn diff_deployment(&self, deployment: &DeploymentRef) -> Result<DeploymentDiff> {
        Err(Error::Internal { what: "not built yet".to_owned() })
    }

    /// The deployments of an artifact in one project, read from disk now; the project need not be registered.
    ///
    /// # Errors
    /// See [`Error`].
    pub fn find_deployments(
        &self,
        artifact: &ArtifactRef,
        project: &str,
        profile: Option<&str>,
    ) -> Result<Vec<DeploymentRow>> {
        Err(Error::Internal { what: "not built yet".to_owned() })
    }

    /// Every deployment of the given projects, or of all registered ones, read from disk now. Registers nothing.
    ///
    /// # Errors
    /// See [`Error`].
    pub fn status(&self, projects: &[String]) -> Result<StatusReport> {
        Err(Error::Internal { what: "not built yet".to_owned() })
    }

    /// What `deploy` would do. Writes nothing but the cache.
    ///
    /// # Errors
    /// See [`Error`].
    pub fn plan_deploy(&self, request: &DeployRequest) -> Result<Plan> {
        Err(Error::Internal { what: "not built yet".to_owned() })
    }

    /// Deploys.
    ///
    /// # Errors
    /// See [`Error`].
    pub fn deploy(&self, request: &DeployRequest) -> Result<Receipt> {
        Err(Error::Internal { what: "not built yet".to_owned() })
    }

    /// What `undeploy` would do. Writes nothing but the cache.
    ///
    /// # Errors
    /// See [`Error`].
    pub fn plan_undeploy(&self, request: &UndeployRequest) -> Result<Plan> {
        Err(Error::Internal { what: "not built yet".to_owned() })
    }

    /// Undeploys.
    ///
    /// # Errors
    /// See [`Error`].
    pub fn undeploy(&self, request: &UndeployRequest) -> Result<Receipt> {
        Err(Error::Internal { what: "not built yet".to_owned() })
    }

    /// Registers a folder as a project and reads it.
    ///
    /// # Errors
    /// See [`Error`].
    pub fn add_project(&self, path: &str) -> Result<ProjectRow> {
        Err(Error::Internal { what: "not built yet".to_owned() })
    }

    /// Forgets a project. Its files stay as they are.
    ///
    /// # Errors
    /// See [`Error`].
    pub fn remove_project(&self, path: &str) -> Result<()> {
        Err(Error::Internal { what: "not built yet".to_owned() })
    }

    /// Makes an empty managed collection.
    ///
    /// # Errors
    /// See [`Error`].
    pub fn create_collection(&self, name: &str) -> Result<CollectionRow> {
        Err(Error::Internal { what: "not built yet".to_owned() })
    }

    /// Reads everything from disk and corrects every row of the cache.
    ///
    /// # Errors
    /// See [`Error`].
    pub fn resync(&self, origin: Origin) -> Result<ResyncReport> {
        Err(Error::Internal { what: "not built yet".to_owned() })
    }

    /// Publishes what other processes committed since the last call. Cheap when there is nothing.
    ///
    /// # Errors
    /// See [`Error`].
    pub fn poll_external(&self) -> Result<()> {
        Err(Error::Internal { what: "not built yet".to_owned() })
    }

    /// The settings in force.
    ///
    /// # Errors
    /// See [`Error`].
    pub fn settings(&self) -> Result<Settings> {
        Err(Error::Internal { what: "not built yet".to_owned() })
    }

    /// Changes settings.
    ///
    /// # Errors
    /// See [`Error`].
    pub fn update_settings(&self, patch: &SettingsPatch) -> Result<Settings> {
        Err(Error::Internal { what: "not built yet".to_owned() })
    }

    /// Where something is on disk.
    ///
    /// # Errors
    /// See [`Error`].
    pub fn locate(&self, place: &Place) -> Result<PathBuf> {
        Err(Error::Internal { what: "not built yet".to_owned() })
    }

    /// From now on, receives everything that happens, in order.
    pub fn subscribe(&self) -> mpsc::Receiver<Event> {
        mpsc::channel().1
    }
}

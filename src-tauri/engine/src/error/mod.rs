//! What can go wrong, as data: [`Error`] inside the engine, [`Problem`] for whoever asked.
//!
//! A problem has a stable [`Code`], says what happened to what, and carries at most one machine-readable
//! [`Remedy`] that a window turns into a button. A *refusal* is a fact about the world that a person can
//! change; a *fault* is something that should not have happened; a *notice* changes nothing.

mod failure;
mod parser;
mod problem;
mod sets;
#[cfg(test)]
mod tests;

use failure::io_code;
pub(crate) use parser::parser_reason;
pub use problem::{Code, Problem, Remedy, Severity};
pub use sets::SetError;

use std::path::{Path, PathBuf};

/// Result of every engine call.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Every way an engine call can fail. One variant, one sentence, one [`Code`].
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No artifact answers to the id.
    #[error("No artifact “{query}” in {place}. `skm list` shows what there is.")]
    ArtifactNotFound {
        /// The id as it was asked for.
        query: String,
        /// Where it was looked for.
        place: String,
    },
    /// Several artifacts answer to the id.
    #[error("“{query}” could be {}. Say which one.", candidates.join(" or "))]
    AmbiguousArtifact {
        /// The id as it was asked for.
        query: String,
        /// Full ids that match, with the collection where that tells them apart.
        candidates: Vec<String>,
    },
    /// No record of the artifact in the project.
    #[error("“{query}” is not deployed in {project}.")]
    DeploymentNotFound {
        /// The id as it was asked for.
        query: String,
        /// The project's path.
        project: String,
    },
    /// The project folder is not there.
    #[error("There is no folder {}. Choose another one, or remove the project.", path.display())]
    ProjectNotFound {
        /// The path as it was asked for.
        path: PathBuf,
    },
    /// The folder cannot be a project.
    #[error("{} cannot be a project: {reason}.", path.display())]
    ProjectInvalid {
        /// The path as it was asked for.
        path: PathBuf,
        /// Why not.
        reason: &'static str,
    },
    /// No such profile.
    #[error("There is no profile “{profile}”. Known profiles: {}.", known.join(", "))]
    ProfileNotFound {
        /// The id as it was asked for.
        profile: String,
        /// What there is.
        known: Vec<String>,
    },
    /// The profile has deployments.
    #[error(
        "{title} has {deployments} in {project}. Undeploy them first (`skm undeploy --all --profile {profile}`)."
    )]
    ProfileInUse {
        /// The profile's id.
        profile: String,
        /// The name to show.
        title: String,
        /// `2 deployments`.
        deployments: String,
        /// The project's path.
        project: String,
    },
    /// The profile has no place for this kind.
    #[error("{platform} cannot read a {kind} by copy, so “{artifact}” is not deployed to it.")]
    UnsupportedKind {
        /// Product name of the profile.
        platform: String,
        /// The artifact's kind.
        kind: &'static str,
        /// The artifact's id.
        artifact: String,
    },
    /// Another process holds the project.
    #[error("{project} is in use by {holder}. Try again when it is done.")]
    ProjectBusy {
        /// The project's path.
        project: String,
        /// Who holds it, as far as it said so.
        holder: String,
    },
    /// A path leads out of its folder.
    #[error("The path “{path}” is refused: {reason}.")]
    PathEscapesRoot {
        /// The path as it was given.
        path: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A name that cannot be used.
    #[error("The name “{name}” cannot be used: {reason}.")]
    InvalidName {
        /// The name as it was given.
        name: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// Two things want one name.
    #[error("“{first}” and “{second}” would both be {target}.")]
    NameClash {
        /// The one that came first.
        first: String,
        /// The one that came second.
        second: String,
        /// The name both want.
        target: String,
    },
    /// Two names that are one on some system.
    #[error(
        "“{second}” and “{first}” are one name where case or the way letters are composed makes no difference, as on macOS and Windows. Rename one of them."
    )]
    Lookalike {
        /// The one that came first.
        first: String,
        /// The one that came second.
        second: String,
    },
    /// One copy would lie in another one.
    #[error(
        "{second} and {first} are copies of two artifacts, and one lies inside the other. Choose another place, or undeploy {first} first."
    )]
    Nested {
        /// The one that is there.
        first: String,
        /// The one that something was to be done to.
        second: String,
    },
    /// The manifest cannot be read as a whole.
    #[error("{} cannot be read, so nothing is changed in this profile: {reason}. Check and repair it (`skm doctor`).", path.display())]
    ManifestInvalid {
        /// The manifest file.
        path: PathBuf,
        /// What the parser said, with its position.
        reason: String,
    },
    /// A collection file cannot be read.
    #[error("{} cannot be read: {reason}. Mend the file, then resync.", path.display())]
    CollectionInvalid {
        /// The file.
        path: PathBuf,
        /// What the parser said, with its position.
        reason: String,
    },
    /// No such collection.
    #[error("There is no collection “{name}” in {}.", home.display())]
    CollectionNotFound {
        /// The name as it was asked for.
        name: String,
        /// The folder of collections.
        home: PathBuf,
    },
    /// The folder of a collection is gone.
    #[error("The folder {} of the collection “{name}” is not there. Put it back, or unlink the collection (`skm collection unlink`).", path.display())]
    CollectionGone {
        /// The collection.
        name: String,
        /// Its folder.
        path: PathBuf,
    },
    /// A folder cannot be linked.
    #[error("{} cannot be linked as a collection: {reason}.", path.display())]
    CollectionRefused {
        /// The folder as it was asked for.
        path: PathBuf,
        /// Why not.
        reason: String,
    },
    /// A settings, projects or config file cannot be read.
    #[error("{} cannot be read: {reason}. It is left as it is; mend it or move it away.", path.display())]
    ConfigInvalid {
        /// The file.
        path: PathBuf,
        /// What the parser said, with its position.
        reason: String,
    },
    /// The artifact itself cannot be used.
    #[error("{} cannot be copied: {reason}.", path.display())]
    SourceInvalid {
        /// The file or folder at fault.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The artifact is over a limit.
    #[error("{} is too large: {found} {unit}, and {limit} is the limit.", path.display())]
    SourceTooLarge {
        /// The artifact's folder or file.
        path: PathBuf,
        /// What was counted up to.
        found: u64,
        /// The limit.
        limit: u64,
        /// `files` or `bytes`.
        unit: &'static str,
    },
    /// A link leads out of the artifact.
    #[error("The link {} leads out of the artifact, so it is not copied.", path.display())]
    LinkLeavesArtifact {
        /// The link.
        path: PathBuf,
    },
    /// The plan that was agreed to is no longer true.
    #[error("Things changed since this plan was made. Look at the new plan.")]
    PlanStale,
    /// No operation of that id, or none left to undo.
    #[error("There is no operation “{operation}” to undo. `skm history` shows what there is.")]
    OperationNotFound {
        /// The id as it was asked for.
        operation: String,
    },
    /// What an operation replaced is gone from the trash.
    #[error("What was at {path} before is no longer kept, so this cannot be undone.")]
    NoLongerKept {
        /// The target.
        path: String,
    },
    /// An operation that was cut off could not be finished or taken back.
    #[error("An operation in {project} was cut off and could not be tidied up: {cause} Run `skm doctor`.")]
    RecoveryNeeded {
        /// The project's path.
        project: String,
        /// What stands in the way.
        cause: String,
    },
    /// The request makes no sense.
    #[error("{reason}")]
    InvalidRequest {
        /// What is wrong with it.
        reason: String,
    },
    /// Something about groups or deployment sets.
    #[error(transparent)]
    Sets(#[from] SetError),
    /// The cache could not be used.
    #[error("The cache could not be used.")]
    Cache(#[source] rusqlite::Error),
    /// The operation was stopped.
    #[error("Stopped before anything of it was written.")]
    Cancelled,
    /// The file system failed.
    #[error("Could not {action} {}: {source}.", path.display())]
    Io {
        /// What was tried, as a verb: `read`, `write`, `rename`.
        action: &'static str,
        /// To what.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A defect of this program.
    #[error("Something went wrong inside SkillMeat: {what}. Nothing was lost; please report it.")]
    Internal {
        /// What happened, for the report.
        what: String,
    },
}

impl Error {
    /// Wraps a file-system error with what was tried on which path.
    pub fn io(action: &'static str, path: impl AsRef<Path>, source: std::io::Error) -> Self {
        Self::Io { action, path: path.as_ref().to_owned(), source }
    }

    /// The stable code.
    pub fn code(&self) -> Code {
        match self {
            Self::ArtifactNotFound { .. } => Code::ArtifactNotFound,
            Self::AmbiguousArtifact { .. } => Code::AmbiguousArtifact,
            Self::DeploymentNotFound { .. } => Code::DeploymentNotFound,
            Self::ProjectNotFound { .. } => Code::ProjectNotFound,
            Self::ProjectInvalid { .. } => Code::ProjectInvalid,
            Self::ProfileNotFound { .. } => Code::ProfileNotFound,
            Self::ProfileInUse { .. } => Code::ProfileInUse,
            Self::UnsupportedKind { .. } => Code::UnsupportedKind,
            Self::ProjectBusy { .. } => Code::ProjectBusy,
            Self::PathEscapesRoot { .. } => Code::PathEscapesRoot,
            Self::InvalidName { .. } => Code::InvalidName,
            Self::NameClash { .. } | Self::Lookalike { .. } | Self::Nested { .. } => Code::NameClash,
            Self::ManifestInvalid { .. } => Code::ManifestInvalid,
            Self::CollectionInvalid { .. } => Code::CollectionInvalid,
            Self::CollectionNotFound { .. } | Self::CollectionGone { .. } => Code::CollectionNotFound,
            Self::CollectionRefused { .. } => Code::CollectionRefused,
            Self::ConfigInvalid { .. } => Code::ConfigInvalid,
            Self::SourceInvalid { .. } => Code::SourceInvalid,
            Self::SourceTooLarge { .. } => Code::SourceTooLarge,
            Self::LinkLeavesArtifact { .. } => Code::LinkLeavesArtifact,
            Self::PlanStale => Code::PlanStale,
            Self::OperationNotFound { .. } => Code::OperationNotFound,
            Self::NoLongerKept { .. } => Code::NoLongerKept,
            Self::RecoveryNeeded { .. } => Code::RecoveryNeeded,
            Self::InvalidRequest { .. } => Code::InvalidRequest,
            Self::Sets(error) => error.code(),
            Self::Cache(_) => Code::CacheStale,
            Self::Cancelled => Code::Cancelled,
            Self::Io { source, .. } => io_code(source),
            Self::Internal { .. } => Code::Internal,
        }
    }

    fn severity(&self) -> Severity {
        match self.code() {
            Code::Io | Code::Internal | Code::CacheStale | Code::DiskFull => Severity::Fault,
            _ => Severity::Refusal,
        }
    }

    fn remedy(&self) -> Option<Remedy> {
        if matches!(self, Self::Sets(error) if error.is_of_environment()) {
            return None;
        }
        match self.code() {
            Code::ProjectNotFound | Code::ProjectInvalid | Code::CollectionRefused => {
                Some(Remedy::ChooseFolder)
            }
            Code::ManifestInvalid
            | Code::CollectionInvalid
            | Code::ConfigInvalid
            | Code::SetsInvalid
            | Code::RecoveryNeeded => Some(Remedy::Repair),
            Code::ProjectBusy | Code::PlanStale | Code::DiskFull | Code::Io => Some(Remedy::Retry),
            Code::CacheStale => Some(Remedy::Resync),
            Code::FeatureDisabled => Some(Remedy::OpenSettings),
            _ => None,
        }
    }

    fn subject(&self) -> Option<String> {
        match self {
            Self::ArtifactNotFound { query, .. }
            | Self::AmbiguousArtifact { query, .. }
            | Self::DeploymentNotFound { query, .. } => Some(query.clone()),
            Self::ProfileNotFound { profile, .. } | Self::ProfileInUse { profile, .. } => {
                Some(profile.clone())
            }
            Self::Sets(error) => Some(error.subject()),
            Self::UnsupportedKind { artifact, .. } => Some(artifact.clone()),
            Self::ProjectBusy { project, .. } | Self::RecoveryNeeded { project, .. } => Some(project.clone()),
            Self::OperationNotFound { operation } => Some(operation.clone()),
            Self::PathEscapesRoot { path, .. } | Self::NoLongerKept { path } => Some(path.clone()),
            Self::InvalidName { name, .. }
            | Self::CollectionNotFound { name, .. }
            | Self::CollectionGone { name, .. } => Some(name.clone()),
            Self::NameClash { target: name, .. }
            | Self::Lookalike { second: name, .. }
            | Self::Nested { second: name, .. } => Some(name.clone()),
            Self::ProjectNotFound { path }
            | Self::ProjectInvalid { path, .. }
            | Self::ManifestInvalid { path, .. }
            | Self::CollectionInvalid { path, .. }
            | Self::CollectionRefused { path, .. }
            | Self::ConfigInvalid { path, .. }
            | Self::SourceInvalid { path, .. }
            | Self::SourceTooLarge { path, .. }
            | Self::LinkLeavesArtifact { path }
            | Self::Io { path, .. } => Some(path.display().to_string()),
            Self::PlanStale
            | Self::InvalidRequest { .. }
            | Self::Cache(_)
            | Self::Cancelled
            | Self::Internal { .. } => None,
        }
    }
}

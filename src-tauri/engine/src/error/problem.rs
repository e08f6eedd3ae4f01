//! A problem as data: what window and command line show and match on.

use super::Error;
use serde::{Deserialize, Serialize};

/// Stable, kebab-case name of a kind of problem. Programs match on it; it never changes meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "kebab-case")]
pub enum Code {
    /// No artifact answers to the given id.
    ArtifactNotFound,
    /// More than one artifact answers to the given id.
    AmbiguousArtifact,
    /// The artifact is not deployed where it was looked for.
    DeploymentNotFound,
    /// The project folder does not exist.
    ProjectNotFound,
    /// The folder cannot be a project: a file, `/`, the home folder, or one that overlaps a collection.
    ProjectInvalid,
    /// No profile of that name.
    ProfileNotFound,
    /// The profile has deployments, so it keeps its root and stays.
    ProfileInUse,
    /// The profile's product cannot read this kind of artifact.
    UnsupportedKind,
    /// The deployed copy was edited in the project.
    LocalChanges,
    /// Something stands at the target that no record of ours names.
    UnmanagedTarget,
    /// The world changed since the plan was made.
    PlanStale,
    /// No operation of that id, or none left to undo.
    OperationNotFound,
    /// What an operation replaced is gone from the trash, so that it cannot be undone.
    NoLongerKept,
    /// An operation was cut off and waits to be finished or rolled back.
    RecoveryNeeded,
    /// An operation had been cut off, and was finished or taken back now.
    Recovered,
    /// Another process works on the project.
    ProjectBusy,
    /// A path would lead out of the folder it must stay in.
    PathEscapesRoot,
    /// A name that cannot be used for an artifact, a folder or a profile.
    InvalidName,
    /// Two things would have the same name on disk.
    NameClash,
    /// A project's `.skillmeat-deployed.toml` cannot be read as a whole.
    ManifestInvalid,
    /// One record of a manifest cannot be read; the others work.
    RecordInvalid,
    /// Records are gone from a manifest that another program wrote, and what they named is still there.
    RecordLost,
    /// Deployments are known from SkillMeat's older manifest, which is only read.
    LegacyManifest,
    /// A `collection.toml` cannot be read.
    CollectionInvalid,
    /// No collection of that name.
    CollectionNotFound,
    /// The folder cannot be linked as a collection.
    CollectionRefused,
    /// A settings, projects, collections or config file cannot be read.
    ConfigInvalid,
    /// A `deployment-sets.toml` cannot be read, or one set of it.
    SetsInvalid,
    /// No deployment set of that name.
    SetNotFound,
    /// No group of that name.
    GroupNotFound,
    /// The set or group has no such member.
    MemberNotFound,
    /// A set holds, or would hold, itself.
    SetCycle,
    /// Sets are nested deeper than can be resolved.
    SetTooDeep,
    /// Another deployed set needs the copy too.
    NeededBySet,
    /// Deployment sets are switched off.
    FeatureDisabled,
    /// The artifact's own files are empty, unreadable, special, or changed while they were read.
    SourceInvalid,
    /// The artifact has too many files or too many bytes.
    SourceTooLarge,
    /// The artifact's frontmatter is missing or not valid YAML; it still works.
    FrontmatterInvalid,
    /// A symbolic link inside the artifact leads out of it.
    LinkLeavesArtifact,
    /// No space left.
    DiskFull,
    /// Not allowed to read or write.
    PermissionDenied,
    /// The file system is mounted read-only.
    ReadOnly,
    /// Any other failure of the file system.
    Io,
    /// The files are written; the cache could not follow and will be rebuilt.
    CacheStale,
    /// The cache was unusable, was set aside and is built anew.
    CacheRebuilt,
    /// Not every folder can be watched; some are looked at from time to time.
    WatchLimited,
    /// The window that ran before this one was not closed: it crashed, or something ended it.
    UncleanExit,
    /// The person stopped the operation.
    Cancelled,
    /// The request itself makes no sense.
    InvalidRequest,
    /// A defect of this program.
    Internal,
}

impl Code {
    /// Every code, for tests and documentation.
    pub const ALL: &'static [Code] = &[
        Code::ArtifactNotFound,
        Code::AmbiguousArtifact,
        Code::DeploymentNotFound,
        Code::ProjectNotFound,
        Code::ProjectInvalid,
        Code::ProfileNotFound,
        Code::ProfileInUse,
        Code::UnsupportedKind,
        Code::LocalChanges,
        Code::UnmanagedTarget,
        Code::PlanStale,
        Code::OperationNotFound,
        Code::NoLongerKept,
        Code::RecoveryNeeded,
        Code::Recovered,
        Code::ProjectBusy,
        Code::PathEscapesRoot,
        Code::InvalidName,
        Code::NameClash,
        Code::ManifestInvalid,
        Code::RecordInvalid,
        Code::RecordLost,
        Code::LegacyManifest,
        Code::CollectionInvalid,
        Code::CollectionNotFound,
        Code::CollectionRefused,
        Code::ConfigInvalid,
        Code::SetsInvalid,
        Code::SetNotFound,
        Code::GroupNotFound,
        Code::MemberNotFound,
        Code::SetCycle,
        Code::SetTooDeep,
        Code::NeededBySet,
        Code::FeatureDisabled,
        Code::SourceInvalid,
        Code::SourceTooLarge,
        Code::FrontmatterInvalid,
        Code::LinkLeavesArtifact,
        Code::DiskFull,
        Code::PermissionDenied,
        Code::ReadOnly,
        Code::Io,
        Code::CacheStale,
        Code::CacheRebuilt,
        Code::WatchLimited,
        Code::UncleanExit,
        Code::Cancelled,
        Code::InvalidRequest,
        Code::Internal,
    ];
}

/// How bad a problem is for the person who reads it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing; nothing was refused.
    Notice,
    /// Cannot be done as things are; not a bug.
    Refusal,
    /// Something failed that should not have.
    Fault,
}

/// What the person can do about it; a window shows it as a button.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "kebab-case")]
pub enum Remedy {
    /// Go ahead; the old content goes to the trash first.
    Overwrite,
    /// Leave the bytes in the project as they are and record them.
    KeepLocal,
    /// Look at the difference.
    ShowDiff,
    /// The same again may work.
    Retry,
    /// Choose another folder.
    ChooseFolder,
    /// Open the file and mend it.
    Repair,
    /// Read everything from disk again.
    Resync,
    /// Change a setting.
    OpenSettings,
}

/// One thing that went wrong, ready to be shown or matched on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct Problem {
    /// Stable name of the kind of problem.
    pub code: Code,
    /// How bad it is.
    pub severity: Severity,
    /// What happened to what, and what to do, in one or two sentences.
    pub message: String,
    /// The path or id it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// What can be done about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remedy: Option<Remedy>,
    /// Underlying errors, outermost first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub causes: Vec<String>,
}

impl Problem {
    /// A problem without remedy or causes.
    pub fn new(code: Code, severity: Severity, message: impl Into<String>) -> Self {
        Self { code, severity, message: message.into(), subject: None, remedy: None, causes: Vec::new() }
    }

    /// The same problem, about `subject`.
    #[must_use]
    pub fn about(mut self, subject: impl Into<String>) -> Self {
        self.subject = Some(subject.into());
        self
    }

    /// The same problem, about `subject` if it is about nothing yet.
    #[must_use]
    pub fn or_about(mut self, subject: &str) -> Self {
        self.subject.get_or_insert_with(|| subject.to_owned());
        self
    }

    /// The same problem with a remedy.
    #[must_use]
    pub fn with_remedy(mut self, remedy: Remedy) -> Self {
        self.remedy = Some(remedy);
        self
    }
}

impl Error {
    /// The problem to show or to print.
    pub fn to_problem(&self) -> Problem {
        let mut causes = Vec::new();
        let mut cause = std::error::Error::source(self);
        while let Some(error) = cause {
            causes.push(error.to_string());
            cause = error.source();
        }
        Problem {
            code: self.code(),
            severity: self.severity(),
            message: self.to_string(),
            subject: self.subject(),
            remedy: self.remedy(),
            causes,
        }
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        error.to_problem()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_stable_and_complete() {
        let names: Vec<String> = Code::ALL
            .iter()
            .map(|code| serde_json::to_value(code).unwrap().as_str().unwrap().to_owned())
            .collect();
        insta::assert_snapshot!(names.join("\n"));
    }
}

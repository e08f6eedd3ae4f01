//! What the inspector and `skm show | diff | resync` look at.

use crate::cache::{ArtifactRow, DeploymentRow};
use crate::id::ProjectPath;
use crate::path::RelPath;
use crate::plan::DeploymentRef;
use crate::status::{Known, SideChange, Status};
use serde::{Deserialize, Serialize};

/// One line of frontmatter, as text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct Property {
    /// The key.
    pub key: String,
    /// The value, as text.
    pub value: String,
}

/// What a file of an artifact is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "lowercase")]
pub enum FileKind {
    /// A regular file.
    File,
    /// A symbolic link.
    Link,
    /// A folder.
    Folder,
}

/// One file, link or folder of an artifact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct FileEntry {
    /// Relative to the artifact; the file's own name for an artifact that is a single file.
    pub path: RelPath,
    /// What it is.
    pub kind: FileKind,
    /// Bytes.
    pub bytes: u64,
    /// Whether someone may execute it.
    pub executable: bool,
    /// On the ignore list: neither copied nor compared.
    pub ignored: bool,
}

/// One artifact, looked at closely; read from disk now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct ArtifactDetail {
    /// The row.
    pub artifact: ArtifactRow,
    /// Its deployments, in order of first deployment.
    pub deployments: Vec<DeploymentRow>,
    /// The frontmatter, in order.
    pub properties: Vec<Property>,
    /// The Markdown below the frontmatter. Untrusted: to be sanitised before it is shown.
    pub body: String,
    /// The main file, relative to the artifact.
    pub main_file: Option<RelPath>,
    /// Its files, by path.
    pub file_list: Vec<FileEntry>,
}

/// The content of one file of an artifact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct FileContent {
    /// Relative to the artifact.
    pub path: RelPath,
    /// Bytes of the whole file.
    pub bytes: u64,
    /// The text; none for a binary file.
    pub text: Option<String>,
    /// Whether `text` is only the beginning.
    pub truncated: bool,
    /// SHA-256 of the whole file.
    pub sha256: String,
}

/// How a file differs between collection and project.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "lowercase")]
pub enum FileChange {
    /// Only in the project.
    Added,
    /// Only in the collection.
    Removed,
    /// Different content.
    Modified,
}

/// What a line of a diff is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "lowercase")]
pub enum LineKind {
    /// On both sides.
    Context,
    /// Only in the project.
    Insert,
    /// Only in the collection.
    Delete,
}

/// One line of a diff.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct DiffLine {
    /// What it is.
    pub kind: LineKind,
    /// Its number in the collection's file, from 1.
    pub old_line: Option<u32>,
    /// Its number in the project's file, from 1.
    pub new_line: Option<u32>,
    /// The text without its line end.
    pub text: String,
}

/// A run of changed lines with three lines around them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct DiffHunk {
    /// The lines.
    pub lines: Vec<DiffLine>,
}

/// One file that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct FileDiff {
    /// Relative to the artifact.
    pub path: RelPath,
    /// How it differs.
    pub change: FileChange,
    /// Which side changed it: `outdated`, `modified` or `conflict`.
    pub status: Status,
    /// What the collection did to it since the deployment was made.
    pub collection: SideChange,
    /// What the project did to it.
    pub project: SideChange,
    /// Whether one side is not text; then there are no hunks.
    pub binary: bool,
    /// Bytes in the collection.
    pub old_bytes: Option<u64>,
    /// Bytes in the project.
    pub new_bytes: Option<u64>,
    /// Whether it can be run in the collection.
    pub old_executable: Option<bool>,
    /// Whether it can be run in the project.
    pub new_executable: Option<bool>,
    /// SHA-256 in the collection.
    pub old_sha256: Option<String>,
    /// SHA-256 in the project.
    pub new_sha256: Option<String>,
    /// Changed lines, for text.
    pub hunks: Vec<DiffHunk>,
    /// Whether the diff was cut because the file is very large.
    pub truncated: bool,
}

/// A deployment compared with the collection: old is the collection, new is the project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct DeploymentDiff {
    /// The deployment as it is now.
    pub deployment: DeploymentRow,
    /// Whether it is known who changed what. With `hash` it is not, and every file that differs is a conflict.
    pub known: Known,
    /// Files that differ, by path; empty when the two are equal.
    pub files: Vec<FileDiff>,
}

/// A text for a file that both sides changed, made of both.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct MergeProposal {
    /// The file, relative to the artifact.
    pub file: RelPath,
    /// The collection's text; none when it has no such file.
    pub collection: Option<String>,
    /// The project's text; none when it has no such file.
    pub project: Option<String>,
    /// The merged text, with markers around each place that both changed. None where one side is no text.
    pub text: Option<String>,
    /// How many such places there are.
    pub conflicts: u32,
    /// Whether it was made with the content at deploy time. Without that, every difference is a conflict.
    pub known: Known,
}

/// What a resync found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct ResyncReport {
    /// Collections read.
    pub collections: u64,
    /// Artifacts found.
    pub artifacts: u64,
    /// Projects read.
    pub projects: u64,
    /// Deployments found.
    pub deployments: u64,
    /// Rows that were wrong and are now right.
    pub corrected: u64,
    /// Files whose content had to be read because their stat changed.
    pub hashed_files: u64,
}

/// A place on disk that this program may open or reveal, named by what is there and never by a bare path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum Place {
    /// An artifact in its collection, or one file of it.
    Artifact {
        /// The artifact.
        artifact: crate::id::ArtifactRef,
        /// A file of it.
        path: Option<RelPath>,
    },
    /// A deployment's copy.
    Deployment {
        /// The deployment.
        deployment: DeploymentRef,
    },
    /// A project's folder.
    Project {
        /// Its path.
        project_path: ProjectPath,
    },
    /// The manifest of one profile root of a project.
    Manifest {
        /// The project.
        project_path: ProjectPath,
        /// The profile root.
        profile_root_dir: RelPath,
    },
    /// A collection's folder.
    Collection {
        /// Its name.
        collection: String,
    },
    /// The home folder of SkillMeat.
    Home,
    /// The folder of the window's log files.
    Logs,
}

/// Deployments as they are on disk now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct StatusReport {
    /// The deployments, by project, profile root and path.
    pub deployments: Vec<DeploymentRow>,
    /// What could not be read.
    pub problems: Vec<crate::error::Problem>,
}

//! The rows as window and command line see them.

use super::set_row::{GroupRow, SetRow};
use crate::artifact::Layout;
use crate::error::Problem;
use crate::id::{ArtifactKind, ContentHash, ProjectPath};
use crate::path::RelPath;
use crate::platform::OwnProfile;
use crate::status::Status;
use serde::{Deserialize, Serialize};

/// One collection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct CollectionRow {
    /// Its name; of one in our home the folder's name too.
    pub collection: String,
    /// Its folder, absolute.
    pub path: String,
    /// Whether it is a folder elsewhere that was linked, and is only read.
    pub linked: bool,
    /// Where artifacts are looked for in a linked folder; none: it is looked at.
    pub layout: Option<Layout>,
    /// What is wrong with it as a whole, or with entries that could not be listed.
    pub problems: Vec<Problem>,
}

/// One artifact, without its deployments.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct ArtifactRow {
    /// The collection it is in. Collection and id together are unique.
    pub collection: String,
    /// `type:name`.
    pub artifact_id: String,
    /// The kind.
    pub kind: ArtifactKind,
    /// The namespace of a nested artifact.
    pub namespace: Option<String>,
    /// The leaf name.
    pub name: String,
    /// A title to show, where the artifact has one other than its name.
    pub title: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// Tags, in order.
    pub tags: Vec<String>,
    /// Version text.
    pub version: Option<String>,
    /// Author.
    pub author: Option<String>,
    /// Licence.
    pub license: Option<String>,
    /// Where it came from: `local`, `github`, `marketplace`.
    pub origin: Option<String>,
    /// Stable identity from `collection.toml`: 32 hexadecimal digits.
    pub uuid: Option<String>,
    /// Its folder or file, absolute.
    pub path: String,
    /// Hash of its content without what is on the ignore list; none when it cannot be read.
    pub content_hash: Option<String>,
    /// Files in it.
    pub files: u64,
    /// Bytes in it.
    pub bytes: u64,
    /// Newest modification time of its files, ISO-8601 with offset.
    pub modified_at: Option<String>,
    /// What is wrong with it: frontmatter, size, links.
    pub problems: Vec<Problem>,
}

/// One deployment: an artifact's copy in a profile of a project, with its record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct DeploymentRow {
    /// The artifact.
    pub artifact_id: String,
    /// The collection that the record names.
    pub collection: String,
    /// The project's folder.
    pub project_path: ProjectPath,
    /// The project's name.
    pub project_name: String,
    /// When, ISO-8601 with offset.
    pub deployed_at: String,
    /// Content hash at deploy time.
    pub content_hash: Option<String>,
    /// The profile.
    pub deployment_profile_id: String,
    /// The profile's platform.
    pub platform: Option<String>,
    /// Whether the copy differs from what was deployed; computed, never believed.
    pub local_modifications: bool,
    /// The copy, relative to the profile root.
    pub artifact_path: RelPath,
    /// The profile root, relative to the project.
    pub profile_root_dir: RelPath,
    /// Three-way status.
    pub status: Status,
    /// What is wrong with this deployment's record or copy.
    pub problem: Option<Problem>,
}

/// One profile of a project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct ProfileRow {
    /// The profile's id.
    pub profile_id: String,
    /// The platform's id.
    pub platform: String,
    /// The product's name, to show.
    pub title: String,
    /// Root folders, relative to the project.
    pub roots: Vec<RelPath>,
    /// The kinds its product reads by copy.
    pub kinds: Vec<ArtifactKind>,
    /// Whether one of the roots exists in the project.
    pub present: bool,
    /// What a person said, for one that was added to the project and can be changed and removed.
    pub own: Option<OwnProfile>,
}

/// One registered project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct ProjectRow {
    /// Its folder.
    pub project_path: ProjectPath,
    /// Its name.
    pub project_name: String,
    /// When it was registered, ISO-8601 with offset.
    pub added_at: String,
    /// Whether the folder is there.
    pub available: bool,
    /// The profiles that can be deployed to.
    pub profiles: Vec<ProfileRow>,
    /// What is wrong with it: missing folder, a manifest that does not parse, bad records.
    pub problems: Vec<Problem>,
}

/// An artifact with its deployments.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct ListedArtifact {
    /// The artifact.
    #[serde(flatten)]
    pub artifact: ArtifactRow,
    /// Its deployments, in order of first deployment.
    pub deployments: Vec<DeploymentRow>,
}

/// Everything the window lists, at one revision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct LibrarySnapshot {
    /// Random per cache file; another epoch means that revisions cannot be compared.
    pub epoch: String,
    /// The last change that this snapshot contains.
    pub revision: u64,
    /// Collections, by name.
    pub collections: Vec<CollectionRow>,
    /// Artifacts with their deployments, by collection, kind, namespace and name.
    pub artifacts: Vec<ListedArtifact>,
    /// Deployments whose artifact is gone from its collection.
    pub orphans: Vec<DeploymentRow>,
    /// Groups, by collection and place.
    pub groups: Vec<GroupRow>,
    /// Deployment sets, by collection and name.
    pub sets: Vec<SetRow>,
    /// Whether deployment sets are switched on; off, their commands are refused and their page is hidden.
    pub sets_enabled: bool,
    /// Projects, by name.
    pub projects: Vec<ProjectRow>,
    /// The built-in profiles, for a folder that is no project yet. None is `present`.
    pub profiles: Vec<ProfileRow>,
    /// Problems of the whole: settings, cache.
    pub problems: Vec<Problem>,
}

/// Names one deployment: a place in a profile of a project. One place has one deployment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DeploymentKey<'a> {
    /// Project.
    pub project_path: &'a ProjectPath,
    /// Profile root, relative to the project.
    pub profile_root_dir: &'a RelPath,
    /// Profile.
    pub deployment_profile_id: &'a str,
    /// Place below the profile root.
    pub artifact_path: &'a RelPath,
}

impl DeploymentKey<'_> {
    /// As texts, in the order of the fields.
    pub(super) fn parts(self) -> Vec<String> {
        vec![
            self.project_path.as_str().to_owned(),
            self.profile_root_dir.as_str().to_owned(),
            self.deployment_profile_id.to_owned(),
            self.artifact_path.as_str().to_owned(),
        ]
    }
}

impl DeploymentRow {
    /// What names this deployment.
    pub fn key(&self) -> DeploymentKey<'_> {
        DeploymentKey {
            project_path: &self.project_path,
            profile_root_dir: &self.profile_root_dir,
            deployment_profile_id: &self.deployment_profile_id,
            artifact_path: &self.artifact_path,
        }
    }
}

/// The stat gate of one artifact's tree, in a collection or a project: as long as its entries look the same,
/// its hashes are the same and nothing needs to be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TreeRow {
    /// The tree's folder or file, absolute.
    pub path: String,
    /// Digest over what the file system says of every entry (`fs::Survey::signature`).
    pub signature: [u8; 32],
    /// Hash of its content without what is on the ignore list.
    pub content_hash: ContentHash,
    /// Hash of all of its content, where somebody needed it.
    pub unfiltered_hash: Option<ContentHash>,
    /// Files in it.
    pub files: u64,
    /// Bytes in it.
    pub bytes: u64,
    /// Newest modification time of its files, ISO-8601 with offset.
    pub modified_at: Option<String>,
}

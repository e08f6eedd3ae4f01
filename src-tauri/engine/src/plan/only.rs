//! Single targets out of many, as when what failed is tried again.

use super::{Deserialize, ProjectPath, Serialize};

/// One artifact in one project and profile.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct SetTarget {
    /// The project's folder.
    pub project_path: ProjectPath,
    /// The artifact.
    pub artifact_id: String,
    /// Its collection.
    pub collection: String,
    /// The profile; empty where it was not known yet, which means any that the request is about.
    #[serde(default)]
    pub profile_id: String,
}

impl SetTarget {
    /// Whether it is this artifact.
    pub fn is_of(&self, artifact_id: &str, collection: &str) -> bool {
        (self.artifact_id.as_str(), self.collection.as_str()) == (artifact_id, collection)
    }

    /// Whether this is one of `only`; without any, everything is.
    pub fn wants(only: &[Self], project: &ProjectPath, artifact: (&str, &str), profile: &str) -> bool {
        only.is_empty()
            || only.iter().any(|one| {
                one.project_path == *project
                    && one.is_of(artifact.0, artifact.1)
                    && (one.profile_id.is_empty() || one.profile_id == profile)
            })
    }
}

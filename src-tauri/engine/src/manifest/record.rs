//! One record of a manifest, checked.

use crate::id::{ArtifactId, ArtifactKind, ContentHash};
use crate::path::RelPath;
use serde::{Deserialize, Serialize};
use toml_edit::TableLike;

/// The profile that a record without one belongs to.
pub const DEFAULT_PROFILE: &str = "claude_code";

/// A record that passed the checks. Field names and meanings are SkillMeat's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// The leaf name, or `namespace/name` where the leaf would repeat another record's.
    pub artifact_name: String,
    /// The kind (`artifact_type`).
    pub kind: ArtifactKind,
    /// Name of the collection it came from.
    pub from_collection: String,
    /// ISO-8601, as it stands in the file: ours with an offset, SkillMeat's without.
    pub deployed_at: String,
    /// The copy, relative to the profile root: at least a kind's folder and a name.
    pub artifact_path: RelPath,
    /// Content at deploy time.
    pub content_hash: ContentHash,
    /// The profile (`deployment_profile_id`); `claude_code` when the record names none.
    pub profile_id: String,
    /// The platform.
    pub platform: Option<String>,
    /// The artifact's stable identity in its collection.
    pub artifact_uuid: Option<String>,
}

/// Which record of a manifest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordKey {
    /// The kind.
    pub kind: ArtifactKind,
    /// The copy, relative to the profile root.
    pub artifact_path: RelPath,
    /// The profile.
    pub profile_id: String,
}

impl RecordKey {
    /// The key of a record.
    pub fn of(record: &Record) -> Self {
        Self {
            kind: record.kind,
            artifact_path: record.artifact_path.clone(),
            profile_id: record.profile_id.clone(),
        }
    }

    /// Whether it is this record's.
    pub fn is(&self, record: &Record) -> bool {
        (self.kind, &self.artifact_path, &self.profile_id)
            == (record.kind, &record.artifact_path, &record.profile_id)
    }
}

/// A record that is kept and never acted on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadRecord {
    /// Its place among the records, from 1.
    pub number: usize,
    /// The line it starts at, from 1.
    pub line: Option<usize>,
    /// Its name, if it has one.
    pub name: Option<String>,
    /// What is wrong with it.
    pub reason: String,
}

impl Record {
    /// Reads one table of the file that lies in `profile_root`.
    pub(super) fn read(table: &dyn TableLike, profile_root: &RelPath) -> Result<Self, String> {
        let text = |key: &str| table.get(key).and_then(|item| item.as_str()).filter(|text| !text.is_empty());
        let required = |key: &str| text(key).ok_or_else(|| format!("“{key}” is missing or not a text"));

        let kind = required("artifact_type")?;
        let kind = ArtifactKind::parse(kind).ok_or_else(|| format!("the type “{kind}” is unknown"))?;
        let hash = text("content_hash").or_else(|| text("collection_sha"));
        let hash = hash.and_then(ContentHash::parse).ok_or("it has no valid content hash")?;
        if let Some(root) = text("profile_root_dir")
            && root.trim_end_matches('/') != profile_root.as_str()
        {
            return Err(format!("it names the profile root “{root}” but lies in “{profile_root}”"));
        }
        let record = Self {
            artifact_name: required("artifact_name")?.to_owned(),
            kind,
            from_collection: text("from_collection").unwrap_or("default").to_owned(),
            deployed_at: text("deployed_at").unwrap_or_default().to_owned(),
            artifact_path: place(required("artifact_path")?)?,
            content_hash: hash,
            profile_id: text("deployment_profile_id").unwrap_or(DEFAULT_PROFILE).replace('-', "_"),
            platform: text("platform").map(|platform| platform.replace('-', "_")),
            artifact_uuid: text("artifact_uuid").map(str::to_owned),
        };
        record.path_id().map_err(|error| error.to_string())?;
        Ok(record)
    }

    /// The id that the record's place on disk spells: what is below the kind's folder, without `.md`.
    ///
    /// # Errors
    /// `invalid-name`; never for a record that was read from a file.
    pub fn path_id(&self) -> crate::Result<ArtifactId> {
        let path = self.artifact_path.as_str();
        let below = path.split_once('/').map_or(path, |(_, below)| below);
        let below = if self.kind.is_folder() { below } else { below.strip_suffix(".md").unwrap_or(below) };
        ArtifactId::new(self.kind, below)
    }

    /// Whether both name the same copy for the same profile.
    pub fn same_place(&self, other: &Record) -> bool {
        (self.kind, &self.artifact_path, &self.profile_id)
            == (other.kind, &other.artifact_path, &other.profile_id)
    }

    /// What [`Record::same_place`] compares.
    pub(super) fn place(&self) -> (ArtifactKind, RelPath, String) {
        (self.kind, self.artifact_path.clone(), self.profile_id.clone())
    }
}

/// A record's path must name something below a kind's folder: a shorter one would mean the whole folder, and a
/// hidden one is never an artifact's.
fn place(text: &str) -> Result<RelPath, String> {
    let path = RelPath::new(text).map_err(|error| error.to_string())?;
    if path.parent().is_none() {
        return Err(format!("the path “{text}” is a whole folder of the profile"));
    }
    if text.starts_with('.') {
        return Err(format!("the path “{text}” is hidden"));
    }
    Ok(path)
}

//! Where an artifact came from, as SkillMeat's files say: its entry in `collection.toml`, and in `collection.lock` the
//! sub-table of `lock.entries` whose key is `<name>::<type>`. Only read.

use super::FILE_NAME;
use crate::error::{Error, Result};
use crate::fs::Root;
use crate::id::{ArtifactId, ContentHash};
use crate::path::RelPath;
use serde::{Deserialize, Serialize};
use toml::{Table, Value};

const LOCK_NAME: &str = "collection.lock";
const MAX_BYTES: u64 = 16 * 1024 * 1024;

/// Where an artifact was fetched from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct Upstream {
    /// `local`, `github` or `marketplace`.
    pub origin: Option<String>,
    /// The address.
    pub upstream: Option<String>,
    /// The version that was asked for: `latest`, a tag, a branch.
    pub version_spec: Option<String>,
    /// The commit that it was then.
    pub resolved_sha: Option<String>,
    /// The version that it was then.
    pub resolved_version: Option<String>,
    /// When it was added, as it stands in the file.
    pub added: Option<String>,
    /// When it was fetched last, as it stands in the file.
    pub last_updated: Option<String>,
}

/// What `collection.lock` says of an artifact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct Locked {
    /// The content as it was fetched; none where the file has no valid hash.
    pub content_hash: Option<String>,
    /// When, as it stands in the file.
    pub fetched: Option<String>,
    /// The commit.
    pub resolved_sha: Option<String>,
    /// The version.
    pub resolved_version: Option<String>,
}

/// The entry of the artifact that lies at `path` below the collection; `None` without one.
///
/// # Errors
/// `collection-invalid` when the file does not parse; `io` and its relatives.
pub fn upstream(root: &Root, id: &ArtifactId, path: &RelPath) -> Result<Option<Upstream>> {
    let file = read(root, FILE_NAME)?;
    let entries = file.as_ref().and_then(|file| file.get("artifacts")).and_then(Value::as_array);
    let is_it = |entry: &&Table| {
        let at = text(entry, "path").map(|path| path.replace('\\', "/"));
        text(entry, "type").as_deref() == Some(id.kind().as_str())
            && at.as_deref().map(|path| path.trim_end_matches('/')) == Some(path.as_str())
    };
    let entry = entries.into_iter().flatten().filter_map(Value::as_table).find(is_it);
    Ok(entry.map(|entry| Upstream {
        origin: text(entry, "origin"),
        upstream: text(entry, "upstream"),
        version_spec: text(entry, "version_spec"),
        resolved_sha: text(entry, "resolved_sha"),
        resolved_version: text(entry, "resolved_version"),
        added: text(entry, "added"),
        last_updated: text(entry, "last_updated"),
    }))
}

/// The artifact's entry in the lock file; `None` without one.
///
/// # Errors
/// As [`upstream`].
pub fn locked(root: &Root, id: &ArtifactId) -> Result<Option<Locked>> {
    let file = read(root, LOCK_NAME)?;
    let lock = file.as_ref().and_then(|file| file.get("lock")).and_then(Value::as_table);
    let entries = lock.and_then(|lock| lock.get("entries")).and_then(Value::as_table);
    let key = format!("{}::{}", id.name(), id.kind().as_str());
    let entry = entries.and_then(|entries| entries.get(&key)).and_then(Value::as_table);
    Ok(entry.map(|entry| Locked {
        content_hash: text(entry, "content_hash").filter(|hash| ContentHash::parse(hash).is_some()),
        fetched: text(entry, "fetched"),
        resolved_sha: text(entry, "resolved_sha"),
        resolved_version: text(entry, "resolved_version"),
    }))
}

fn read(root: &Root, name: &str) -> Result<Option<Table>> {
    let Some(bytes) = root.read(&RelPath::new(name)?, MAX_BYTES)? else { return Ok(None) };
    let invalid = |reason: String| Error::CollectionInvalid { path: root.path().join(name), reason };
    let text = std::str::from_utf8(&bytes).map_err(|_| invalid("it is not valid UTF-8".to_owned()))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    toml::from_str(text).map(Some).map_err(|error: toml::de::Error| invalid(error.message().to_owned()))
}

/// A text or a time, as text.
fn text(table: &Table, key: &str) -> Option<String> {
    match table.get(key)? {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Datetime(time) => Some(time.to_string()),
        _ => None,
    }
}

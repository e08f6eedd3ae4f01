//! A record's table, as SkillMeat writes it.

use super::record::Record;
use crate::path::RelPath;
use crate::toml_text::{drop_key, set};
use toml_edit::{Array, TableLike, Value};

/// Writes the fields in SkillMeat's order. A key that is there keeps its place and its comments, and a value that
/// says the same already keeps its spelling.
pub(super) fn write(table: &mut dyn TableLike, record: &Record, profile_root: &RelPath) {
    let hash = record.content_hash.as_str();
    set(table, "artifact_name", record.artifact_name.as_str().into());
    set(table, "artifact_type", record.kind.as_str().into());
    set(table, "from_collection", record.from_collection.as_str().into());
    set(table, "deployed_at", record.deployed_at.as_str().into());
    set(table, "artifact_path", record.artifact_path.as_str().into());
    set(table, "content_hash", hash.into());
    set(table, "local_modifications", false.into());
    set(table, "version_lineage", Value::Array(Array::from_iter([hash])));
    set(table, "merge_base_snapshot", hash.into());
    set(table, "deployment_profile_id", record.profile_id.as_str().into());
    if let Some(platform) = &record.platform {
        set(table, "platform", platform.as_str().into());
    }
    set(table, "profile_root_dir", profile_root.as_str().into());
    if let Some(uuid) = &record.artifact_uuid {
        set(table, "artifact_uuid", uuid.as_str().into());
    }
    set(table, "collection_sha", hash.into());
    // In this order the comments of both end up in theirs.
    for stale in ["modification_detected_at", "parent_hash"] {
        drop_key(table, stale, "collection_sha");
    }
}

//! SkillMeat's manifest of old: `deployment-manifest.toml` in a profile root. Read while there is none of today's
//! name, never written, moved or removed.
//!
//! | what stands in it | is read as |
//! |---|---|
//! | `[[deployed]]`, as today | the same records |
//! | `[[artifacts]]` with `name`, `type`, `sha`, `deployed_at`, and `collection` above | a record at the usual place of its kind |
//!
//! Its records count like any others, and a look says where they come from. The first change in the profile root writes
//! all of them into today's file ([`Manifest::is_legacy`] tells its maker), which alone counts from then on. That is
//! why today's file is kept, as an empty list, when its last record goes beside an old one: without it the old records
//! would be back.

use super::MAX_BYTES;
use super::document::Manifest;
use super::record::{BadRecord, Record};
use crate::error::{Error, Result};
use crate::fs::Root;
use crate::id::{ArtifactKind, ContentHash};
use crate::path::RelPath;
use crate::platform::{self, normal_id};
use crate::toml_text::Parsed;
use toml_edit::{Item, TableLike, Value};

/// The file's name in a profile root.
pub const LEGACY_NAME: &str = "deployment-manifest.toml";
const ARTIFACTS: &str = "artifacts";
const COLLECTION: &str = "collection";

/// Whether there is one beside today's. One that cannot be read counts: it may hold records.
pub(super) fn is_there(project: &Root, profile_root: &RelPath) -> Result<bool> {
    let there = project.entry(&profile_root.child(LEGACY_NAME)?)?.is_some();
    Ok(there && !matches!(read(project, profile_root), Ok(None)))
}

/// Reads it; `None` when there is none, or nothing of ours in it.
///
/// # Errors
/// `manifest-invalid` when it does not parse, is not UTF-8 or too large; `io` and its relatives.
pub(super) fn read(project: &Root, profile_root: &RelPath) -> Result<Option<Manifest>> {
    let path = profile_root.child(LEGACY_NAME)?;
    let invalid = |reason: String| Error::ManifestInvalid { path: project.absolute(&path), reason };
    let bytes = match project.read(&path, MAX_BYTES) {
        Ok(Some(bytes)) => bytes,
        Ok(None) => return Ok(None),
        Err(Error::SourceTooLarge { .. }) => return Err(invalid("it is larger than 16 MiB".to_owned())),
        Err(error) => return Err(error),
    };
    let text = String::from_utf8(bytes).map_err(|_| invalid("it is not valid UTF-8".to_owned()))?;
    parse(&text, profile_root).map_err(invalid)
}

fn parse(text: &str, profile_root: &RelPath) -> Result<Option<Manifest>, String> {
    let today = Manifest::parse(text, profile_root)?;
    let has_any = today.records().next().is_some() || !today.bad_records().is_empty();
    let mut manifest = if has_any { today } else { Manifest::empty(profile_root) }.of_legacy();
    let parsed = Parsed::of(text, ARTIFACTS)?;
    let collection = parsed.top(COLLECTION).and_then(Item::as_str).unwrap_or("default").to_owned();
    for (index, (table, start)) in parsed.tables()?.into_iter().enumerate() {
        match old_record(table, &collection, profile_root) {
            Ok(record) => manifest.upsert(record),
            Err(reason) => manifest.leave_out(BadRecord {
                number: index + 1,
                line: start.and_then(|start| parsed.line(start)),
                name: table.get("name").and_then(Item::as_str).map(str::to_owned),
                reason,
            }),
        }
    }
    let is_empty = manifest.records().next().is_none() && manifest.bad_records().is_empty();
    Ok((!is_empty).then_some(manifest))
}

/// One entry of the older shape, as a record of today: SkillMeat copied to the usual place of the kind.
fn old_record(table: &dyn TableLike, collection: &str, profile_root: &RelPath) -> Result<Record, String> {
    let text = |key: &str| table.get(key).and_then(Item::as_str).filter(|text| !text.is_empty());
    let required = |key: &str| text(key).ok_or_else(|| format!("“{key}” is missing or not a text"));
    let (name, kind) = (required("name")?, required("type")?);
    let kind = ArtifactKind::parse(kind).ok_or_else(|| format!("the type “{kind}” is unknown"))?;
    let hash = text("sha").and_then(ContentHash::parse).ok_or("it has no valid content hash")?;
    let ending = if kind.is_folder() || name.ends_with(".md") { "" } else { ".md" };
    let folder = match kind {
        ArtifactKind::Mcp => "mcp".to_owned(),
        kind => format!("{kind}s"),
    };
    let path = RelPath::new(format!("{folder}/{name}{ending}")).map_err(|error| error.to_string())?;
    let at = table.get("deployed_at").and_then(Item::as_value).map(|value| match value {
        Value::Datetime(time) => time.value().to_string(),
        other => other.as_str().unwrap_or_default().to_owned(),
    });
    let (profile_id, platform) = profile_of(profile_root);
    let record = Record {
        artifact_name: name.trim_end_matches(".md").to_owned(),
        kind,
        from_collection: collection.to_owned(),
        deployed_at: at.unwrap_or_default(),
        artifact_path: path,
        content_hash: hash,
        profile_id,
        platform: Some(platform),
        artifact_uuid: None,
    };
    record.path_id().map_err(|error| error.to_string())?;
    Ok(record)
}

/// The profile that SkillMeat had for a root: a built-in one, else the root's own name.
fn profile_of(root: &RelPath) -> (String, String) {
    let named = normal_id(root.name().trim_start_matches('.'));
    let builtin = platform::builtin().iter();
    let found = builtin.clone().find(|profile| profile.roots().contains(root));
    let found = found.or_else(|| builtin.clone().find(|profile| profile.id == named));
    found.map_or((named, "other".to_owned()), |profile| (profile.id.clone(), profile.platform.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HASH: &str = "97a90288b4bdf661970187fd6d79ddb859cd1d9d06d500438afa1f13c557a69e";

    fn read(text: &str) -> Option<Manifest> {
        parse(text, &RelPath::new(".claude").unwrap()).unwrap()
    }

    #[test]
    fn the_older_shape_becomes_records_at_the_usual_places() {
        let manifest = read(&format!(
            "collection = 'team'\nskillmeat_version = '0.1'\n[[artifacts]]\nname = 'pdf'\ntype = 'skill'\nsha = '{HASH}'\n\
             deployed_at = 2025-01-02T03:04:05\n[[artifacts]]\nname = 'fix.md'\ntype = 'command'\nsha = '{HASH}'\n\
             [[artifacts]]\nname = 'old'\ntype = 'skill'\nsha = 'abc123'\n[[artifacts]]\nname = '../x'\ntype = 'skill'\n\
             sha = '{HASH}'\n"
        ))
        .unwrap();
        assert!(manifest.is_legacy());
        let records: Vec<_> = manifest.records().collect();
        let places: Vec<_> = records.iter().map(|record| record.artifact_path.as_str()).collect();
        assert_eq!(places, ["skills/pdf", "commands/fix.md"]);
        assert_eq!(
            (records[0].from_collection.as_str(), records[0].profile_id.as_str()),
            ("team", "claude_code")
        );
        assert_eq!(records[0].deployed_at, "2025-01-02T03:04:05");
        let bad: Vec<_> = manifest.bad_records().iter().map(|bad| (bad.number, bad.line)).collect();
        assert_eq!(bad, [(3, Some(12)), (4, Some(16))]);
        let text = manifest.render().unwrap();
        let again = Manifest::parse(&text, &RelPath::new(".claude").unwrap()).unwrap();
        assert_eq!(again.records().count(), 2, "{text}");
    }

    #[test]
    fn the_shape_of_today_is_taken_to_the_letter() {
        let text = format!(
            "# mine\n[[deployed]]\nartifact_name = 'pdf'\nartifact_type = 'skill'\nartifact_path = 'skills/pdf'\n\
             content_hash = '{HASH}'\nnote = 1\n"
        );
        assert_eq!(read(&text).unwrap().render().unwrap(), text);
    }

    #[test]
    fn a_file_of_somebody_else_is_none_of_ours() {
        assert!(read("kind = 'Deployment'\n[spec]\nreplicas = 3\n").is_none());
        assert!(parse("[[artifacts]\n", &RelPath::new(".claude").unwrap()).is_err());
    }

    #[test]
    fn the_profile_is_the_one_of_the_root() {
        for (root, want) in
            [(".cursor", "cursor"), (".codex", "codex"), (".agents", "codex"), (".my-tool", "my_tool")]
        {
            assert_eq!(profile_of(&RelPath::new(root).unwrap()).0, want);
        }
    }
}

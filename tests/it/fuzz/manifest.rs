//! Manifests: hostile input that arrives with every repository, and is edited in place.

use super::input::Vocabulary;
use super::run::Place;
use super::toml_text::{comments_survive, same, values, without};
use super::{Verdict, hold};
use skillmeat_engine::error::Code;
use skillmeat_engine::fs::Root;
use skillmeat_engine::id::{ArtifactKind, ContentHash};
use skillmeat_engine::manifest::{self, Manifest, Record};
use skillmeat_engine::path::RelPath;

pub(super) const VOCABULARY: Vocabulary = Vocabulary {
    headers: &["[[deployed]]", "[deployed]", "[other]", "[[others]]", "[[deployed.files]]", "deployed = []"],
    keys: &[
        "artifact_name",
        "artifact_type",
        "artifact_type",
        "from_collection",
        "deployed_at",
        "artifact_path",
        "artifact_path",
        "content_hash",
        "content_hash",
        "collection_sha",
        "local_modifications",
        "version_lineage",
        "deployment_profile_id",
        "platform",
        "profile_root_dir",
        "artifact_uuid",
        "merge_base_snapshot",
        "deployed",
    ],
    values: &[
        "\"skill\"",
        "\"command\"",
        "\"agent\"",
        "\"hook\"",
        "\".hidden/a\"",
        "\"skills/a\"",
        "\"skills/A\"",
        "\"agents/pm/w.md\"",
        "\"commands/x.md\"",
        "\"97a90288b4bdf661970187fd6d79ddb859cd1d9d06d500438afa1f13c557a69e\"",
        "false",
        "\"2026-02-11T10:30:00.123456\"",
        "\"claude_code\"",
        "\"claude-code\"",
        "\".claude\"",
        "\".claude/\"",
        "\"codex\"",
        "[\"97a90288b4bdf661970187fd6d79ddb859cd1d9d06d500438afa1f13c557a69e\"]",
        "\"a\"",
        "[{ artifact_name = 'a', artifact_type = 'skill', artifact_path = 'skills/a', content_hash = '97a90288b4bdf661970187fd6d79ddb859cd1d9d06d500438afa1f13c557a69e' }]",
    ],
    between: " = ",
};

const OURS: &str = "skills/only-in-this-test";
const FILE: &str = ".claude/.skillmeat-deployed.toml";

fn root() -> RelPath {
    RelPath::new(".claude").unwrap()
}

fn ours() -> Record {
    Record {
        artifact_name: "only-in-this-test".to_owned(),
        kind: ArtifactKind::Skill,
        from_collection: "default".to_owned(),
        deployed_at: "2026-03-01T12:00:00.000000+00:00".to_owned(),
        artifact_path: RelPath::new(OURS).unwrap(),
        content_hash: ContentHash::parse(&"cd".repeat(32)).unwrap(),
        profile_id: "claude_code".to_owned(),
        platform: Some("claude_code".to_owned()),
        artifact_uuid: None,
    }
}

pub(super) fn check(place: &Place, bytes: &[u8]) -> Verdict {
    // From disk only what no text can be: the pauses for a file of zero bytes are tested elsewhere.
    let Ok(text) = std::str::from_utf8(bytes) else {
        place.put(FILE, bytes);
        let read = manifest::read(&Root::open(place.path()).unwrap(), &root());
        let code = read.err().map(|error| error.code());
        hold!(code == Some(Code::ManifestInvalid), "no UTF-8, and the answer is {code:?}");
        return Ok(());
    };
    // Only a manifest that parsed can be rendered, so one that does not is not written.
    let Ok(parsed) = Manifest::parse(text, &root()) else { return Ok(()) };
    let Some(before) = values(text) else { return Err("parsed, and is no TOML".to_owned()) };
    for record in parsed.records() {
        inside(record)?;
    }
    foreign_survives(text, &before, &parsed)?;
    for record in parsed.records().cloned().collect::<Vec<_>>() {
        edited_record_survives(text, &before, &parsed, &record)?;
        removed_record_is_alone(&before, &parsed, &record)?;
    }
    Ok(())
}

/// What a record that passed may name.
fn inside(record: &Record) -> Verdict {
    let path = record.artifact_path.as_str();
    let parts: Vec<&str> = path.split('/').collect();
    let bad = |part: &&str| part.is_empty() || *part == "." || *part == ".." || part.contains(['\\', '\0']);
    hold!(!path.starts_with('/') && !parts.iter().any(bad), "the record names {path:?}");
    hold!(
        parts.len() > 1 && !path.starts_with('.'),
        "the record names a whole folder, or a hidden one: {path:?}"
    );
    hold!(record.path_id().is_ok(), "the record's place has no id: {path:?}");
    Ok(())
}

fn rendered(manifest: &Manifest) -> Result<(String, toml::Table), String> {
    let text = manifest.render().unwrap_or_default();
    let Some(values) = values(&text) else { return Err(format!("what is written does not parse:\n{text}")) };
    if let Err(reason) = Manifest::parse(&text, &root()) {
        return Err(format!("what is written is no manifest: {reason}\n{text}"));
    }
    Ok((text, values))
}

fn names(place: &str) -> impl Fn(&toml::Table) -> bool {
    move |record| record.get("artifact_path").and_then(|path| path.as_str()) == Some(place)
}

/// A record of ours comes and goes, and everything else is as before.
fn foreign_survives(text: &str, before: &toml::Table, parsed: &Manifest) -> Verdict {
    let mut manifest = parsed.clone();
    manifest.upsert(ours());
    let (with, mut after) = rendered(&manifest)?;
    hold!(without(&mut after, "deployed", names(OURS)) == 1, "our record is not there once:\n{with}");
    same("upsert", before, &after)?;
    comments_survive("upsert", text, &with)?;
    hold!(manifest.records().count() == parsed.records().count() + 1, "records were lost");
    hold!(manifest.bad_records() == parsed.bad_records(), "bad records were lost");

    let mut again = Manifest::parse(&with, &root())?;
    again.remove(&[ours()]);
    let (left, after) = rendered(&again)?;
    same("upsert and remove", before, &after)?;
    comments_survive("upsert and remove", text, &left)
}

/// A redeploy changes the keys that are ours and no other of the same record.
fn edited_record_survives(text: &str, before: &toml::Table, parsed: &Manifest, record: &Record) -> Verdict {
    const WRITTEN: [&str; 14] = [
        "artifact_name",
        "artifact_type",
        "from_collection",
        "deployed_at",
        "artifact_path",
        "content_hash",
        "collection_sha",
        "local_modifications",
        "version_lineage",
        "merge_base_snapshot",
        "deployment_profile_id",
        "platform",
        "profile_root_dir",
        "artifact_uuid",
    ];
    let mut manifest = parsed.clone();
    manifest.upsert(Record { content_hash: ours().content_hash, ..record.clone() });
    let (with, mut after) = rendered(&manifest)?;
    let mut before = before.clone();
    for table in [&mut before, &mut after] {
        for entry in table.get_mut("deployed").and_then(|list| list.as_array_mut()).into_iter().flatten() {
            let Some(entry) = entry.as_table_mut() else { continue };
            if names(record.artifact_path.as_str())(entry) {
                let reset = ["parent_hash", "modification_detected_at"];
                WRITTEN.iter().chain(&reset).for_each(|key| drop(entry.remove(*key)));
            }
        }
    }
    same("redeploy", &before, &after)?;
    comments_survive("redeploy", text, &with)
}

/// An undeploy takes its record, those that repeat it, and nothing else.
fn removed_record_is_alone(before: &toml::Table, parsed: &Manifest, record: &Record) -> Verdict {
    let mut manifest = parsed.clone();
    manifest.remove(std::slice::from_ref(record));
    let (_, mut after) = rendered(&manifest)?;
    let mut before = before.clone();
    let place = record.artifact_path.as_str();
    // Records of other kinds or profiles may name the same place, and stay; so do bad ones.
    let (all, left) =
        (without(&mut before, "deployed", names(place)), without(&mut after, "deployed", names(place)));
    hold!(left < all, "the record of {place} is still there");
    same("undeploy", &before, &after)
}

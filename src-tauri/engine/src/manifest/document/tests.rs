use super::*;
use crate::id::{ArtifactKind, ContentHash};
use rstest::rstest;

const HASH: &str = "97a90288b4bdf661970187fd6d79ddb859cd1d9d06d500438afa1f13c557a69e";
const FOREIGN: &str = r#"# kept by hand
schema = 9

[[deployed]]
artifact_name = "review" # the good one
artifact_type = "skill"
from_collection = "default"
deployed_at = "2026-02-11T10:30:00.123456"
artifact_path = "skills/review"
content_hash = "97a90288b4bdf661970187fd6d79ddb859cd1d9d06d500438afa1f13c557a69e"
local_modifications = false
note = "ours to keep"

[[deployed]]
artifact_name = "broken"
artifact_type = "spaceship"

[other]
x = 1
"#;

fn root() -> RelPath {
    RelPath::new(".claude").unwrap()
}

fn record(name: &str, path: &str) -> Record {
    Record {
        artifact_name: name.into(),
        kind: if path.starts_with("skills") { ArtifactKind::Skill } else { ArtifactKind::Agent },
        from_collection: "default".into(),
        deployed_at: "2026-02-11T10:30:00.000000+00:00".into(),
        artifact_path: RelPath::new(path).unwrap(),
        content_hash: ContentHash::parse(HASH).unwrap(),
        profile_id: "claude_code".into(),
        platform: Some("claude_code".into()),
        artifact_uuid: None,
    }
}

#[test]
fn a_bad_record_is_reported_with_its_line_and_the_rest_works() {
    let manifest = Manifest::parse(FOREIGN, &root()).unwrap();
    assert_eq!(manifest.records().count(), 1);
    assert_eq!(manifest.records().next().unwrap().profile_id, "claude_code", "no profile means claude_code");
    let bad = &manifest.bad_records()[0];
    assert_eq!((bad.number, bad.line, bad.name.as_deref()), (2, Some(14), Some("broken")));
}

#[test]
fn everything_foreign_survives_an_edit() {
    let mut manifest = Manifest::parse(FOREIGN, &root()).unwrap();
    manifest.upsert(record("review", "skills/review"));
    manifest.upsert(record("new", "skills/new"));
    insta::assert_snapshot!(manifest.render().unwrap());
    manifest.remove(&[record("new", "skills/new"), record("review", "skills/review")]);
    let left = manifest.render().unwrap();
    for kept in ["# kept by hand", "schema = 9", "spaceship", "[other]"] {
        assert!(left.contains(kept), "{kept} in {left}");
    }
}

#[test]
fn the_last_record_takes_the_file_with_it() {
    let mut manifest = Manifest::empty(&root());
    manifest.upsert(record("review", "skills/review"));
    let text = manifest.render().unwrap();
    let mut again = Manifest::parse(&text, &root()).unwrap();
    assert!(again.records().eq(manifest.records()));
    again.remove(&[record("review", "skills/review")]);
    assert_eq!(again.render(), None);
    let mut written_empty = Manifest::parse("deployed = []\n", &root()).unwrap();
    written_empty.upsert(record("review", "skills/review"));
    assert_eq!(Manifest::parse(&written_empty.render().unwrap(), &root()).unwrap().records().count(), 1);
}

#[test]
fn inline_records_are_read_and_edited() {
    let text = format!(
        "deployed = [{{artifact_name='a', artifact_type='skill', artifact_path='skills/a', collection_sha='{HASH}'}}]\n"
    );
    let mut manifest = Manifest::parse(&text, &root()).unwrap();
    assert_eq!(manifest.records().count(), 1);
    manifest.upsert(record("b", "skills/b"));
    let again = Manifest::parse(&manifest.render().unwrap(), &root()).unwrap();
    assert_eq!(again.records().count(), 2);
}

#[test]
fn a_leaf_name_that_another_record_has_is_told_apart_by_its_namespace() {
    let mut manifest = Manifest::empty(&root());
    manifest.upsert(record("writer", "agents/pm/writer.md"));
    manifest.upsert(record("writer", "agents/docs/writer.md"));
    let names: Vec<_> = manifest.records().map(|record| record.artifact_name.as_str()).collect();
    assert_eq!(names, ["writer", "docs/writer"]);
}

#[rstest]
#[case("../../victim")]
#[case(".")]
#[case("skills")]
#[case("/etc")]
#[case("skills/..")]
#[case(".skillmeat-stage/x")]
#[case("skills\\x")]
#[case("skills/con")]
fn a_record_that_leads_astray_is_bad(#[case] path: &str) {
    let text = format!(
        "[[deployed]]\nartifact_name='a'\nartifact_type='skill'\nartifact_path='{path}'\ncontent_hash='{HASH}'\n"
    );
    let manifest = Manifest::parse(&text, &root()).unwrap();
    assert_eq!(manifest.records().count(), 0);
    assert_eq!(manifest.bad_records().len(), 1);
}

#[test]
fn a_record_of_another_profile_root_is_bad() {
    for (named, good) in [(".claude/", 1), ("..", 0), (".", 0), (".codex", 0)] {
        let text = format!(
            "[[deployed]]\nartifact_name='a'\nartifact_type='skill'\nartifact_path='skills/a'\n\
             content_hash='{HASH}'\nprofile_root_dir='{named}'\n"
        );
        assert_eq!(Manifest::parse(&text, &root()).unwrap().records().count(), good, "{named}");
    }
}

#[test]
fn two_records_of_one_copy_are_one_record_and_a_report() {
    let one = format!(
        "[[deployed]]\nartifact_name='a'\nartifact_type='skill'\nartifact_path='skills/A'\ncontent_hash='{HASH}'\n"
    );
    let mut manifest = Manifest::parse(&format!("{one}{one}"), &root()).unwrap();
    assert_eq!((manifest.records().count(), manifest.bad_records().len()), (1, 1));
    let record = manifest.records().next().unwrap().clone();
    manifest.remove(&[record]);
    assert_eq!(manifest.render(), None);
}

#[test]
fn a_text_that_is_no_manifest_is_refused() {
    assert!(Manifest::parse("deployed = 3", &root()).is_err());
    assert!(Manifest::parse("[[deployed]\n", &root()).unwrap_err().contains("line 1"));
}

#[test]
fn a_value_that_says_the_same_keeps_its_spelling() {
    let text = format!(
        "[[deployed]]\nartifact_name='\u{72}eview'\nartifact_type = \"\\u0073kill\"\nartifact_path='skills/review'\n\
         content_hash = '{HASH}'\nversion_lineage = [\n    '{HASH}', # the first\n]\n"
    );
    let mut manifest = Manifest::parse(&text, &root()).unwrap();
    manifest.upsert(record("review", "skills/review"));
    let now = manifest.render().unwrap();
    assert!(now.starts_with(&text), "{now}");
}

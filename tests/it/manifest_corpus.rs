//! Manifests as they are found in the wild, edited by deploys and undeploys: everything that is not ours stays,
//! byte for byte.

use crate::call::{assert_done, deploy, deploy_with, status, undeploy};
use skillmeat_engine::plan::{Action, OnConflict};
use skillmeat_tests::{Sandbox, repository, tree};
use std::path::{Path, PathBuf};

const MANIFEST: &str = ".claude/.skillmeat-deployed.toml";
const REVIEW: &str = "skills/code-review";
const NOTES: &str = "skills/release-notes";
/// The keys of a record that a deploy writes, or starts anew.
const OURS: [&str; 17] = [
    "artifact_name",
    "artifact_type",
    "from_collection",
    "deployed_at",
    "artifact_path",
    "content_hash",
    "local_modifications",
    "version_lineage",
    "merge_base_snapshot",
    "deployment_profile_id",
    "platform",
    "profile_root_dir",
    "artifact_uuid",
    "collection_sha",
    "parent_hash",
    "modification_detected_at",
    "last_modified_check",
];

fn corpus() -> Vec<(String, Vec<u8>)> {
    let folder = repository().join("tests/fixtures/manifests");
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let manifests = entries.filter(|path| path.extension().is_some_and(|ending| ending == "toml"));
    let mut corpus: Vec<_> = manifests
        .map(|path| (path.file_stem().unwrap().to_string_lossy().into_owned(), std::fs::read(&path).unwrap()))
        .collect();
    corpus.sort();
    assert!(corpus.len() >= 20, "only {} fixtures were found", corpus.len());
    corpus.push(("two-thousand-records".to_owned(), two_thousand_records()));
    corpus
}

fn two_thousand_records() -> Vec<u8> {
    let record = |number: usize| {
        let hash = format!("{number:064x}");
        format!(
            "[[deployed]]\nartifact_name = \"c{number}\"\nartifact_type = \"command\"\n\
             from_collection = \"default\"\ndeployed_at = \"2026-02-11T10:30:00\"\n\
             artifact_path = \"commands/bulk/c{number}.md\"\ncontent_hash = \"{hash}\"\n\
             local_modifications = false\ncollection_sha = \"{hash}\"\nnumber = {number}\n"
        )
    };
    (0..2000).map(record).collect::<Vec<_>>().join("\n").into_bytes()
}

/// A project whose manifest is a text of the corpus.
struct Case {
    sandbox: Sandbox,
    name: String,
    before: Vec<u8>,
}

impl Case {
    fn new((name, before): (String, Vec<u8>)) -> Self {
        let sandbox = Sandbox::new();
        tree!(sandbox.project("api") => { ".claude/deployment-manifest.toml": "old = true" });
        std::fs::write(sandbox.project("api").join(MANIFEST), &before).unwrap();
        Self { sandbox, name, before }
    }

    fn project(&self) -> String {
        self.sandbox.project_text("api")
    }

    fn manifest(&self) -> PathBuf {
        self.sandbox.project("api").join(MANIFEST)
    }

    fn now(&self) -> Vec<u8> {
        std::fs::read(self.manifest()).unwrap()
    }

    fn text(&self) -> String {
        String::from_utf8(self.now()).unwrap()
    }

    /// Everything that is not about the copies at `touched` is as it was.
    fn assert_foreign_kept(&self, touched: &[&str]) {
        let legacy = self.sandbox.project("api").join(".claude/deployment-manifest.toml");
        assert_eq!(std::fs::read_to_string(legacy).unwrap(), "old = true");
        let (before, now) = (String::from_utf8(self.before.clone()).unwrap(), self.text());
        if now.starts_with(&before) {
            return;
        }
        let mut lines = now.split_inclusive('\n');
        for line in before.split_inclusive('\n').filter(|line| !is_ours(line) && !is_about(line, touched)) {
            let found = lines.any(|other| other == line || other.trim_end_matches(['\r', '\n']) == line);
            assert!(found, "{}: {line:?} is gone, or not where it was, in:\n{now}", self.name);
        }
        for record in records(&before).into_iter().filter(|record| !is_about(record, touched)) {
            assert!(now.contains(record.trim_end()), "{}: changed:\n{record}\nin:\n{now}", self.name);
        }
        let (before, now) = (document(&before), document(&now));
        assert_eq!(without(before, touched), without(now, touched), "{}", self.name);
    }
}

fn is_ours(line: &str) -> bool {
    let line = line.trim_start();
    let key = line.trim_start_matches(['"', '\'']);
    // Values that go on over lines belong to a key of ours too.
    let lineage =
        line.starts_with(']') && !line.contains('#') || line.starts_with('"') && line.contains("\",");
    lineage || OURS.iter().any(|ours| key.starts_with(ours)) || line.starts_with("deployed = [")
}

/// The text of each record that stands under a header of its own.
fn records(text: &str) -> Vec<&str> {
    let header = |at: &usize| {
        let line = text[..*at].rfind('\n').map_or(0, |end| end + 1);
        text[line..*at].trim().is_empty()
    };
    let starts: Vec<usize> = text.match_indices("[[").map(|(at, _)| at).filter(header).collect();
    let ends = starts.iter().skip(1).copied().chain([text.len()]);
    let blocks = starts.iter().zip(ends).map(|(start, end)| &text[*start..end]);
    blocks.filter(|block| block.contains("artifact_path")).collect()
}

fn is_about(record: &str, touched: &[&str]) -> bool {
    touched.iter().any(|path| record.contains(path))
}

fn document(text: &str) -> toml::Table {
    let text = text.trim_start_matches('\u{feff}').replace("\r\n", "\n");
    text.parse().unwrap_or_else(|error| panic!("{error}:\n{text}"))
}

/// The document without what a deploy to `touched` may change; records that only a deploy made are left out.
fn without(mut document: toml::Table, touched: &[&str]) -> toml::Table {
    let Some(toml::Value::Array(list)) = document.remove("deployed") else { return document };
    let foreign = |value: toml::Value| {
        let toml::Value::Table(mut record) = value else { return Some(value) };
        let path = record.get("artifact_path").and_then(|path| path.as_str()).unwrap_or_default();
        if !touched.contains(&path) {
            return Some(toml::Value::Table(record));
        }
        OURS.iter().for_each(|key| _ = record.remove(*key));
        (!record.is_empty()).then_some(toml::Value::Table(record))
    };
    let kept: Vec<_> = list.into_iter().filter_map(foreign).collect();
    if !kept.is_empty() {
        document.insert("deployed".to_owned(), toml::Value::Array(kept));
    }
    document
}

#[test]
fn a_deploy_and_its_undeploy_leave_every_manifest_as_it_was() {
    for fixture in corpus() {
        let case = Case::new(fixture);
        let (engine, project) = (case.sandbox.engine(), case.project());
        assert_done(&deploy(&engine, &["release-notes"], &project), Action::Created);
        case.assert_foreign_kept(&[NOTES]);
        tree!(case.sandbox.collection().join("skills/release-notes") => { "more.md": "more" });
        assert_done(&deploy(&engine, &["release-notes"], &project), Action::Updated);
        case.assert_foreign_kept(&[NOTES]);
        assert_done(&undeploy(&engine, &["release-notes"], &project), Action::Removed);
        match case.name.as_str() {
            "empty-list" => assert!(!case.manifest().exists(), "a manifest without records goes"),
            // A record can only follow a line that ends.
            "odd-spacing" => assert_eq!(case.text().trim_end(), String::from_utf8_lossy(&case.before)),
            _ => assert_eq!(
                case.text(),
                String::from_utf8_lossy(&case.before),
                "{} is not as it was",
                case.name
            ),
        }
    }
}

#[test]
fn a_record_that_is_there_is_updated_in_its_place_and_taken_out_alone() {
    let mut tried = 0;
    for fixture in corpus() {
        let case = Case::new(fixture);
        let (engine, project) = (case.sandbox.engine(), case.project());
        if !status(&engine, &project).iter().any(|row| row.artifact_path.as_str() == REVIEW) {
            continue;
        }
        tried += 1;
        assert_done(&deploy(&engine, &["code-review"], &project), Action::Created);
        case.assert_foreign_kept(&[REVIEW]);
        let place = |text: &str| text.find(REVIEW).map(|at| text[..at].matches("artifact_path").count());
        assert_eq!(place(&case.text()), place(&String::from_utf8_lossy(&case.before)), "{}", case.name);
        std::fs::write(case.sandbox.project("api").join(".claude").join(REVIEW).join("SKILL.md"), "mine")
            .unwrap();
        let receipt = deploy_with(&engine, &["code-review"], &project, OnConflict::Keep);
        assert_done(&receipt, Action::Kept);
        case.assert_foreign_kept(&[REVIEW]);
        let receipt = deploy_with(&engine, &["code-review"], &project, OnConflict::Overwrite);
        assert_done(&receipt, Action::Updated);
        assert_done(&undeploy(&engine, &["code-review"], &project), Action::Removed);
        assert_taken_out_alone(&case);
    }
    assert!(tried >= 14, "only {tried} fixtures have a record of code-review");
}

/// The other records, every comment outside of the record and every other table are still there.
fn assert_taken_out_alone(case: &Case) {
    let (before, now) = (String::from_utf8(case.before.clone()).unwrap(), case.text());
    for record in records(&before).into_iter().filter(|record| !is_about(record, &[REVIEW])) {
        assert!(now.contains(record.trim_end()), "{}: changed:\n{record}\nin:\n{now}", case.name);
    }
    let (old, new) = (document(&before), document(&now));
    let about =
        |record: &&toml::Value| record.get("artifact_path").and_then(|path| path.as_str()) != Some(REVIEW);
    let list = |document: &toml::Table| -> Vec<toml::Value> {
        document
            .get("deployed")
            .and_then(|list| list.as_array())
            .into_iter()
            .flatten()
            .filter(about)
            .cloned()
            .collect()
    };
    assert_eq!(list(&old), list(&new), "{}", case.name);
    for (key, value) in old.iter().filter(|(key, _)| *key != "deployed") {
        assert_eq!(new.get(key), Some(value), "{}", case.name);
    }
    assert_eq!(now.starts_with('\u{feff}'), before.starts_with('\u{feff}'), "{}", case.name);
    if before.matches('\n').count() == before.matches("\r\n").count() {
        assert_eq!(now.matches('\n').count(), now.matches("\r\n").count(), "{}", case.name);
    }
    for comment in
        ["# about everything", "# about the review", "# about theirs", "# below theirs", "# the end"]
    {
        assert_eq!(now.contains(comment), before.contains(comment), "{}: {comment} in\n{now}", case.name);
    }
}

#[test]
fn a_look_changes_no_manifest() {
    for fixture in corpus() {
        let case = Case::new(fixture);
        let engine = case.sandbox.engine();
        engine.add_project(&case.project()).unwrap();
        engine.resync(skillmeat_engine::feed::Origin::Resync).unwrap();
        status(&engine, &case.project());
        assert_eq!(case.now(), case.before, "{}", case.name);
        let kept = kept_copies(&case.sandbox.home());
        assert_eq!(kept, [case.before], "{}", case.name);
    }
}

/// The last good copies that the home holds.
fn kept_copies(home: &Path) -> Vec<Vec<u8>> {
    let files = walkdir::WalkDir::new(home.join("desktop/manifests")).into_iter().flatten();
    let files = files.filter(|entry| entry.file_type().is_file());
    files.map(|entry| std::fs::read(entry.path()).unwrap()).collect()
}

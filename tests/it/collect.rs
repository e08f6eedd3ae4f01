//! Changing a collection: planned, journaled and undoable like a deploy.

use crate::call::{artifact, assert_done, assert_failed, deploy, status};
use skillmeat_engine::collection::{EntryEdit, TagEdit};
use skillmeat_engine::error::Code;
use skillmeat_engine::feed::Event;
use skillmeat_engine::id::{ArtifactId, ContentHash};
use skillmeat_engine::journal::OperationKind;
use skillmeat_engine::plan::{Action, CollectionEdit, CollectionRequest, NewContent, Replaces, UndoRequest};
use skillmeat_engine::status::Status;
use skillmeat_tests::{DiskSnapshot, Sandbox, exec, link, tree};
use std::path::Path;

/// As SkillMeat and a person left it.
const INDEX: &str = r#"# mine: the head
[collection]
name = "default"
version = "1.0.0"
created = "2025-01-01T00:00:00.000000"
updated = "2025-01-02T00:00:00.000000"
theirs = 3

[[artifacts]] # mine: beside
name = "code-review"
type = "skill"
path = "skills/code-review"
origin = "github"
added = "2025-01-01T00:00:00.000000"
theirs = ["kept"]

[[groups]]
name = "mine"
members = ["skill:code-review"]
"#;

const LOCK: &str = r#"[lock]
version = "1.0.0"

[lock.entries."code-review::skill"]
content_hash = "97a90288b4bdf661970187fd6d79ddb859cd1d9d06d500438afa1f13c557a69e"
fetched = "2025-01-01T00:00:00.000000"
theirs = "kept"
"#;

pub(crate) fn edit(id: &str, content: NewContent) -> CollectionEdit {
    let artifact = ArtifactId::parse(id).unwrap();
    CollectionEdit { artifact, path: None, content, entry: EntryEdit::default() }
}

pub(crate) fn change(edits: Vec<CollectionEdit>) -> CollectionRequest {
    CollectionRequest { collection: "default".to_owned(), kind: OperationKind::Collect, edits, plan: None }
}

fn scene() -> Sandbox {
    let sandbox = Sandbox::new();
    tree!(sandbox.collection() => { "collection.toml": INDEX, "collection.lock": LOCK });
    tree!(sandbox.project("api") => {
        "found/tidy/SKILL.md": "---\nname: tidy\ndescription: Tidies.\n---\n",
        "found/tidy/run.sh": exec("#!/bin/sh\n"),
        "found/tidy/latest": link("run.sh"),
        "found/tidy/.git/HEAD": "not copied",
        "found/code-review/SKILL.md": "---\nname: code-review\ndescription: d\n---\nother\n",
        "found/commit.md": "---\ndescription: Commits.\n---\n",
    });
    sandbox
}

fn from(sandbox: &Sandbox, name: &str, replaces: Replaces) -> NewContent {
    NewContent::From(sandbox.project("api").join("found").join(name), replaces)
}

fn read(sandbox: &Sandbox, file: &str) -> String {
    std::fs::read_to_string(sandbox.collection().join(file)).unwrap()
}

fn undo(sandbox: &Sandbox) {
    let receipt = sandbox.engine().undo(&UndoRequest::default()).unwrap();
    assert!(receipt.results.iter().all(|result| result.problem.is_none()), "{receipt:?}");
}

#[test]
fn what_comes_is_copied_entered_listed_and_undone_to_the_letter() {
    let sandbox = scene();
    let engine = sandbox.engine();
    engine.resync(skillmeat_engine::feed::Origin::Startup).unwrap();
    let events = engine.subscribe();
    let before = DiskSnapshot::of(&sandbox.collection());
    let mut tidy = edit("skill:tidy", from(&sandbox, "tidy", Replaces::Nothing));
    tidy.entry.tags = TagEdit::All(vec!["found".to_owned()]);
    let commit = edit("command:git/commit", from(&sandbox, "commit.md", Replaces::Nothing));
    let receipt = engine.change_collection(&change(vec![tidy, commit])).unwrap();
    assert_done(&receipt, Action::Created);
    assert_eq!(Path::new(receipt.results[0].project_path.as_str()), sandbox.collection());

    let after = DiskSnapshot::of(&sandbox.collection());
    assert!(
        after.paths().contains(&"skills/tidy/run.sh") && after.paths().contains(&"commands/git/commit.md")
    );
    assert!(!after.paths().iter().any(|path| path.contains(".git/HEAD") || path.contains("stage")));
    let index = read(&sandbox, "collection.toml");
    for line in INDEX.lines().filter(|line| !line.starts_with("updated")) {
        assert!(index.contains(line), "lost {line}:\n{index}");
    }
    let table: toml::Table = index.parse().unwrap();
    let entry = &table["artifacts"][1];
    assert_eq!((entry["name"].as_str(), entry["path"].as_str()), (Some("tidy"), Some("skills/tidy")));
    assert_eq!(
        (entry["origin"].as_str(), entry["added"].as_str()),
        (Some("local"), Some("2026-03-01T12:00:00.000000"))
    );
    assert_eq!(entry["tags"][0].as_str(), Some("found"));
    assert_eq!(table["artifacts"][2]["path"].as_str(), Some("commands/git/commit.md"));
    let lock: toml::Table = read(&sandbox, "collection.lock").parse().unwrap();
    assert_eq!(lock["lock"]["entries"]["code-review::skill"]["theirs"].as_str(), Some("kept"));
    let listed = engine.library_snapshot().unwrap().artifacts;
    let tidy = listed.iter().find(|listed| listed.artifact.artifact_id == "skill:tidy").unwrap();
    assert_eq!(tidy.artifact.tags, ["found"]);
    assert_eq!(
        tidy.artifact.content_hash.as_deref(),
        lock["lock"]["entries"]["tidy::skill"]["content_hash"].as_str()
    );
    let told = events.try_iter().filter(|event| matches!(event, Event::LibraryChanged(_))).count();
    assert_eq!(told, 1, "one event, after the commit");

    undo(&sandbox);
    before.assert_same(&DiskSnapshot::of(&sandbox.collection()));
    let listed = sandbox.engine().library_snapshot().unwrap().artifacts;
    assert!(!listed.iter().any(|listed| listed.artifact.artifact_id == "skill:tidy"));
}

#[test]
fn what_is_replaced_or_removed_goes_to_the_trash_and_comes_back() {
    let sandbox = scene();
    tree!(sandbox.collection() => { "skills/code-review/.venv/python": "mine" });
    let engine = sandbox.engine();
    let project = sandbox.project_text("api");
    deploy(&engine, &["code-review"], &project);
    let before = DiskSnapshot::of(&sandbox.collection());
    let replace = edit("skill:code-review", from(&sandbox, "code-review", Replaces::Anything));
    assert_done(&engine.change_collection(&change(vec![replace])).unwrap(), Action::Updated);
    assert_eq!(read(&sandbox, "skills/code-review/SKILL.md").matches("other").count(), 1);
    assert_eq!(read(&sandbox, "skills/code-review/.venv/python"), "mine", "ignored files move over");
    let listed = engine.library_snapshot().unwrap().artifacts;
    let deployments =
        &listed.iter().find(|row| row.artifact.artifact_id == "skill:code-review").unwrap().deployments;
    assert_eq!(deployments[0].status, Status::Outdated, "the cache follows in every project");
    undo(&sandbox);
    before.assert_same(&DiskSnapshot::of(&sandbox.collection()));

    let gone = edit("skill:code-review", NewContent::Gone(Replaces::Anything));
    assert_done(&engine.change_collection(&change(vec![gone])).unwrap(), Action::Removed);
    assert!(!sandbox.collection().join("skills/code-review").exists());
    assert!(!read(&sandbox, "collection.toml").contains("code-review\"\ntype"));
    assert!(!read(&sandbox, "collection.lock").contains("code-review"));
    assert_eq!(status(&engine, &project)[0].status, Status::Orphaned);
    undo(&sandbox);
    before.assert_same(&DiskSnapshot::of(&sandbox.collection()));
}

#[test]
fn an_entry_is_edited_alone() {
    let sandbox = scene();
    let engine = sandbox.engine();
    let mut tagged = edit("skill:code-review", NewContent::Stays);
    tagged.entry.tags = TagEdit::All(vec!["a".to_owned(), "b".to_owned()]);
    assert_done(&engine.change_collection(&change(vec![tagged])).unwrap(), Action::Adopted);
    let table: toml::Table = read(&sandbox, "collection.toml").parse().unwrap();
    assert_eq!(table["artifacts"][0]["tags"].as_array().map(Vec::len), Some(2));
    assert_eq!(table["artifacts"][0]["theirs"][0].as_str(), Some("kept"));
    assert!(
        engine.artifact_detail(&artifact("code-review")).unwrap().artifact.tags.contains(&"b".to_owned())
    );
    assert_eq!(read(&sandbox, "collection.lock"), LOCK, "its content is what it was");
    undo(&sandbox);
    assert_eq!(read(&sandbox, "collection.toml"), INDEX);
}

#[test]
fn what_nobody_agreed_to_lose_stays() {
    let sandbox = scene();
    let engine = sandbox.engine();
    let before = DiskSnapshot::of(&sandbox.collection());
    let clash = edit("skill:code-review", from(&sandbox, "code-review", Replaces::Nothing));
    assert_failed(&engine.change_collection(&change(vec![clash])).unwrap(), Code::NameClash);
    let other = Replaces::Only(ContentHash::from_digest(&[7; 32]));
    let stale = edit("skill:code-review", from(&sandbox, "code-review", other.clone()));
    assert_failed(&engine.change_collection(&change(vec![stale])).unwrap(), Code::PlanStale);
    let stale = edit("skill:code-review", NewContent::Gone(other));
    assert_failed(&engine.change_collection(&change(vec![stale])).unwrap(), Code::PlanStale);
    let case = edit("skill:Code-Review", from(&sandbox, "code-review", Replaces::Anything));
    assert_failed(&engine.change_collection(&change(vec![case])).unwrap(), Code::NameClash);
    let none = edit("skill:no-skill", NewContent::From(sandbox.project("api"), Replaces::Nothing));
    assert_failed(&engine.change_collection(&change(vec![none])).unwrap(), Code::SourceInvalid);
    before.assert_same(&DiskSnapshot::of(&sandbox.collection()));
}

#[test]
fn a_file_that_cannot_be_read_is_not_written() {
    let sandbox = scene();
    for (file, text) in [("collection.toml", ""), ("collection.toml", "x ="), ("collection.lock", "lock = 3")]
    {
        tree!(sandbox.collection() => { "collection.toml": INDEX, "collection.lock": LOCK });
        std::fs::write(sandbox.collection().join(file), text).unwrap();
        let before = DiskSnapshot::of(&sandbox.collection());
        let tidy = edit("skill:tidy", from(&sandbox, "tidy", Replaces::Nothing));
        assert_failed(
            &sandbox.engine().change_collection(&change(vec![tidy])).unwrap(),
            Code::CollectionInvalid,
        );
        before.assert_same(&DiskSnapshot::of(&sandbox.collection()));
    }
}

#[test]
fn links_do_not_lead_out_of_a_collection() {
    let sandbox = scene();
    let outside = sandbox.project("outside");
    tree!(outside => { "mine": "1" });
    std::os::unix::fs::symlink(&outside, sandbox.collection().join("commands/out")).unwrap();
    let before = DiskSnapshot::of(&outside);
    let leads = edit("command:out/commit", from(&sandbox, "commit.md", Replaces::Anything));
    assert_failed(&sandbox.engine().change_collection(&change(vec![leads])).unwrap(), Code::PathEscapesRoot);
    before.assert_same(&DiskSnapshot::of(&outside));
}

#[test]
fn a_plan_is_kept_to_or_refused() {
    let sandbox = scene();
    let engine = sandbox.engine();
    let request = change(vec![edit("skill:tidy", from(&sandbox, "tidy", Replaces::Nothing))]);
    let plan = engine.plan_collection(&request).unwrap();
    assert_eq!((plan.totals.created, plan.items[0].files), (1, 3));
    tree!(sandbox.project("api") => { "found/tidy/more.md": "later" });
    let agreed = CollectionRequest { plan: Some(plan.id), ..request };
    assert_eq!(engine.change_collection(&agreed).unwrap_err().code(), Code::PlanStale);
    assert!(!sandbox.collection().join("skills/tidy").exists());
}

#[test]
fn later_entries_of_others_survive_an_undo() {
    let sandbox = scene();
    let engine = sandbox.engine();
    let tidy = edit("skill:tidy", from(&sandbox, "tidy", Replaces::Nothing));
    engine.change_collection(&change(vec![tidy])).unwrap();
    let theirs = "\n[[tag_definitions]]\nname = \"later\"\n";
    let index = read(&sandbox, "collection.toml") + theirs;
    std::fs::write(sandbox.collection().join("collection.toml"), index).unwrap();
    undo(&sandbox);
    let index = read(&sandbox, "collection.toml");
    assert!(index.ends_with(theirs) && !index.contains("tidy"), "{index}");
    assert!(!read(&sandbox, "collection.lock").contains("tidy"));
}

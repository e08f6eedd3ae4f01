//! Pushing: a project's edits come into the collection, and nothing that the collection changed is lost by it.

mod refused;

use super::{Kit, MAIN, choice, read, text};
use crate::call::{artifact, assert_done, assert_failed, deploy, only, status};
use skillmeat_engine::deploy::{Outcome, Receipt};
use skillmeat_engine::engine::Undone;
use skillmeat_engine::error::Code;
use skillmeat_engine::feed::Event;
use skillmeat_engine::journal::OperationKind;
use skillmeat_engine::path::RelPath;
use skillmeat_engine::plan::{Action, FileChoice, OnConflict, PlanItem, Take, UndoRequest, UpdateRequest};
use skillmeat_engine::status::Status;
use skillmeat_tests::{DiskSnapshot, exec, link, tree};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

impl Kit {
    fn push(&self) -> Receipt {
        self.engine.push_to_collection(&self.request(&["skill:kit"])).unwrap()
    }

    fn push_with(&self, files: Vec<FileChoice>) -> Receipt {
        self.engine.push_to_collection(&UpdateRequest { files, ..self.request(&["skill:kit"]) }).unwrap()
    }

    fn plan_push(&self) -> PlanItem {
        self.engine.plan_push(&self.request(&["skill:kit"])).unwrap().items.remove(0)
    }

    /// Every file that is not `synced`, with its status.
    pub(super) fn left(&self) -> Vec<(String, Status)> {
        self.statuses().into_iter().map(|(path, status, _, _)| (path, status)).collect()
    }
}

fn names(paths: &[RelPath]) -> Vec<&str> {
    paths.iter().map(RelPath::as_str).collect()
}

#[test]
fn edits_come_in_and_everybody_else_is_outdated() {
    let kit = Kit::deployed();
    let other = kit.sandbox.project_text("web");
    deploy(&kit.engine, &["skill:kit"], &other);
    tree!(kit.copy() => {
        "a.md": "a mine\n", "own/deep.md": "own\n", "data.bin": "\u{0}\u{1}\u{2}", "latest": link("a.md"),
        ".venv/bin/python": exec("an interpreter"),
    });
    std::fs::remove_file(kit.copy().join("b.md")).unwrap();
    std::fs::set_permissions(kit.copy().join("run.sh"), PermissionsExt::from_mode(0o644)).unwrap();
    tree!(kit.source() => { "__pycache__/x.pyc": "compiled" });
    let (project, collection) = (DiskSnapshot::of(&kit.copy()), DiskSnapshot::of(&kit.sandbox.collection()));
    let records = status(&kit.engine, &kit.project);
    assert_eq!(kit.status(), Status::Modified);

    let plan = kit.engine.plan_push(&kit.request(&["skill:kit"])).unwrap();
    assert_eq!(plan.items[0].action, Action::Updated);
    assert_eq!(names(&plan.items[0].taken), ["a.md", "b.md", "data.bin", "latest", "own/deep.md", "run.sh"]);
    assert_eq!((plan.items[0].edited.len(), plan.totals.updated), (0, 1));
    collection.assert_same(&DiskSnapshot::of(&kit.sandbox.collection()));
    let events = kit.engine.subscribe();
    let agreed = UpdateRequest { plan: Some(plan.id), ..kit.request(&["skill:kit"]) };
    let receipt = kit.engine.push_to_collection(&agreed).unwrap();
    assert_done(&receipt, Action::Updated);
    assert_eq!(only(&receipt).project_path.as_str(), kit.project);

    // The project stays as it is, to the byte, but for its record.
    project.assert_same(&DiskSnapshot::of(&kit.copy()));
    assert_eq!(read(&kit.source().join("a.md")), "a mine\n");
    assert_eq!(read(&kit.source().join("own/deep.md")), "own\n");
    assert_eq!(std::fs::read(kit.source().join("data.bin")).unwrap(), [0, 1, 2]);
    assert_eq!(std::fs::read_link(kit.source().join("latest")).unwrap(), Path::new("a.md"));
    assert!(!kit.source().join("b.md").exists() && !kit.source().join(".venv").exists());
    assert!(kit.source().join("__pycache__/x.pyc").exists(), "ignored files of the collection stay");
    let mode = std::fs::metadata(kit.source().join("run.sh")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o644);
    let index = read(&kit.sandbox.collection().join("collection.toml"));
    assert!(index.contains("updated = \"2026-03-01T12:00:00"), "{index}");
    let lock: toml::Table = read(&kit.sandbox.collection().join("collection.lock")).parse().unwrap();
    let hash = lock["lock"]["entries"]["kit::skill"]["content_hash"].as_str().unwrap().to_owned();
    let now = status(&kit.engine, &kit.project);
    let kit_row = now.iter().find(|row| row.artifact_id == "skill:kit").unwrap();
    assert_eq!((kit_row.content_hash.as_ref(), kit_row.status), (Some(&hash), Status::Synced));
    assert!(!kit_row.local_modifications);
    assert_eq!((kit.left(), kit.status()), (vec![], Status::Synced));

    let rows = kit.engine.library_snapshot().unwrap().artifacts;
    let row = rows.iter().find(|row| row.artifact.artifact_id == "skill:kit").unwrap();
    assert_eq!(row.artifact.content_hash, Some(hash));
    let elsewhere = row.deployments.iter().find(|row| row.project_path.as_str() == other).unwrap();
    assert_eq!(elsewhere.status, Status::Outdated, "the rows of other projects follow");
    let told = events.try_iter().filter(|event| matches!(event, Event::LibraryChanged(_))).count();
    assert_eq!(told, 1, "one event, after the commit");
    let done = kit.engine.history(None).unwrap().operations.remove(0);
    assert_eq!((done.kind, done.operation), (OperationKind::Push, receipt.operation));
    assert_done(&kit.push(), Action::Unchanged);

    kit.engine.undo(&UndoRequest::default()).unwrap();
    collection.assert_same(&DiskSnapshot::of(&kit.sandbox.collection()));
    project.assert_same(&DiskSnapshot::of(&kit.copy()));
    assert_eq!(status(&kit.engine, &kit.project), records);
    assert_eq!(kit.engine.history(None).unwrap().operations[1].undone, Undone::Yes);
    assert_eq!(kit.left().len(), 6);
}

#[test]
fn what_the_collection_changed_stays_there_and_the_copy_is_outdated() {
    let kit = Kit::deployed();
    tree!(kit.source() => { "a.md": "a two\n", "new.md": "new\n" });
    std::fs::remove_file(kit.source().join("run.sh")).unwrap();
    tree!(kit.copy() => { "b.md": "b mine\n" });
    std::fs::create_dir(kit.source().join("empty")).unwrap();
    assert_done(&kit.push(), Action::Updated);
    assert_eq!(read(&kit.source().join("a.md")), "a two\n");
    assert_eq!(read(&kit.source().join("new.md")), "new\n");
    assert_eq!(read(&kit.source().join("b.md")), "b mine\n");
    assert!(!kit.source().join("run.sh").exists() && kit.source().join("empty").is_dir());
    assert_eq!(read(&kit.copy().join("a.md")), "a one\n", "the project is not written");
    let behind = ["a.md", "new.md", "run.sh"].map(|path| (path.to_owned(), Status::Outdated));
    assert_eq!((kit.left(), kit.status()), (behind.to_vec(), Status::Outdated));
    // Nothing of it looks edited, so another push takes nothing back.
    assert_done(&kit.push(), Action::Unchanged);
    assert_done(&kit.update(), Action::Updated);
    assert_eq!((kit.left(), kit.status()), (vec![], Status::Synced));
    assert_eq!(read(&kit.copy().join("b.md")), "b mine\n");
}

#[test]
fn what_both_changed_needs_an_answer() {
    let kit = Kit::deployed();
    tree!(kit.source() => { "a.md": "a two\n", "b.md": "b two\n" });
    tree!(kit.copy() => { "b.md": "b mine\n", "own.md": "own\n" });
    let before = DiskSnapshot::of(kit.sandbox.path());
    let plan = kit.plan_push();
    assert_eq!(plan.choices, [OnConflict::Skip, OnConflict::Overwrite, OnConflict::Keep]);
    let refused = kit.push();
    let problem = only(&refused).problem.clone().unwrap();
    assert_eq!((only(&refused).status, problem.code), (Outcome::Failed, Code::LocalChanges));
    assert!(problem.message.contains("b.md") && !problem.message.contains("a.md"), "{problem:?}");
    let skip = UpdateRequest { on_conflict: OnConflict::Skip, ..kit.request(&["skill:kit"]) };
    assert_eq!(only(&kit.engine.push_to_collection(&skip).unwrap()).status, Outcome::Skipped);
    before
        .without("person/.skillmeat/desktop")
        .assert_same(&DiskSnapshot::of(kit.sandbox.path()).without("person/.skillmeat/desktop"));

    let overwrite = UpdateRequest { on_conflict: OnConflict::Overwrite, ..kit.request(&["skill:kit"]) };
    assert_done(&kit.engine.push_to_collection(&overwrite).unwrap(), Action::Updated);
    assert_eq!(read(&kit.source().join("b.md")), "b mine\n");
    assert_eq!(read(&kit.source().join("a.md")), "a two\n");
    assert_eq!(kit.left(), [("a.md".to_owned(), Status::Outdated)]);
    kit.engine.undo(&UndoRequest::default()).unwrap();
    assert_eq!(read(&kit.source().join("b.md")), "b two\n");

    let keep = UpdateRequest { on_conflict: OnConflict::Keep, ..kit.request(&["skill:kit"]) };
    assert_eq!(names(&kit.engine.plan_push(&keep).unwrap().items[0].edited), ["b.md"]);
    assert_done(&kit.engine.push_to_collection(&keep).unwrap(), Action::Updated);
    assert_eq!(read(&kit.source().join("b.md")), "b two\n");
    assert_eq!(read(&kit.source().join("own.md")), "own\n");
    // Its edit is one still, against what the collection has; and what only that changed is not.
    let left = [("a.md".to_owned(), Status::Outdated), ("b.md".to_owned(), Status::Modified)];
    assert_eq!((kit.left(), kit.status()), (left.to_vec(), Status::Modified));
    assert_done(&kit.update(), Action::Updated);
    assert_eq!(read(&kit.copy().join("b.md")), "b mine\n", "no update takes it away");
    assert_done(&kit.push(), Action::Updated);
    assert_eq!((read(&kit.source().join("b.md")).as_str(), kit.status()), ("b mine\n", Status::Synced));
}

#[test]
fn a_conflict_is_answered_file_by_file() {
    let kit = Kit::deployed();
    tree!(kit.source() => { "SKILL.md": format!("{MAIN}one\n2\n"), "a.md": "a two\n", "b.md": "b two\n" });
    tree!(kit.copy() => { "SKILL.md": format!("{MAIN}1\ntwo\n"), "a.md": "a mine\n", "b.md": "b mine\n" });
    let merged = format!("{MAIN}one\ntwo\n");
    let open = vec![text("SKILL.md", &merged), choice("a.md", Take::Project)];
    assert_eq!(only(&kit.push_with(open.clone())).status, Outcome::Failed);
    let marked = vec![text("SKILL.md", "<<<<<<< project\n=======\n>>>>>>> collection\n")];
    assert_failed(&kit.push_with(marked), Code::InvalidRequest);
    assert_failed(&kit.push_with(vec![choice("c.md", Take::Project)]), Code::InvalidRequest);

    let copy = DiskSnapshot::of(&kit.copy());
    let answers = [open, vec![choice("b.md", Take::Collection)]].concat();
    assert_done(&kit.push_with(answers), Action::Updated);
    copy.assert_same(&DiskSnapshot::of(&kit.copy()));
    assert_eq!(read(&kit.source().join("SKILL.md")), merged);
    assert_eq!(read(&kit.source().join("a.md")), "a mine\n");
    assert_eq!(read(&kit.source().join("b.md")), "b two\n");
    let left = [("SKILL.md".to_owned(), Status::Outdated), ("b.md".to_owned(), Status::Modified)];
    assert_eq!((kit.left(), kit.status()), (left.to_vec(), Status::Modified));
    // The merged text comes to the project like any other change of the collection.
    assert_done(&kit.update(), Action::Updated);
    assert_eq!(read(&kit.copy().join("SKILL.md")), merged);
    assert_eq!(read(&kit.copy().join("b.md")), "b mine\n");
}

#[test]
fn keeping_all_of_the_collections_only_records_it() {
    let kit = Kit::deployed();
    tree!(kit.source() => { "b.md": "b two\n" });
    tree!(kit.copy() => { "b.md": "b mine\n" });
    let before = DiskSnapshot::of(&kit.sandbox.collection());
    assert_done(&kit.push_with(vec![choice("b.md", Take::Collection)]), Action::Kept);
    before.assert_same(&DiskSnapshot::of(&kit.sandbox.collection()));
    assert_eq!(kit.left(), [("b.md".to_owned(), Status::Modified)]);
    // What both made alike needs a record only.
    tree!(kit.copy() => { "b.md": "b three\n" });
    tree!(kit.source() => { "b.md": "b three\n" });
    assert_done(&kit.push(), Action::Adopted);
    assert_done(&kit.push(), Action::Unchanged);
    // A choice may also give the collection's change up.
    tree!(kit.source() => { "a.md": "a two\n" });
    assert_done(&kit.push(), Action::Unchanged);
    assert_done(&kit.push_with(vec![choice("a.md", Take::Project)]), Action::Updated);
    assert_eq!((read(&kit.source().join("a.md")).as_str(), kit.status()), ("a one\n", Status::Synced));
}

#[test]
fn a_single_file_is_pushed_by_its_own_name() {
    let kit = Kit::deployed();
    let copy = kit.sandbox.project("api").join(".claude/commands/say.md");
    let source = kit.sandbox.collection().join("commands/say.md");
    std::fs::write(&copy, "say mine\n").unwrap();
    assert_done(&kit.engine.push_to_collection(&kit.request(&["command:say"])).unwrap(), Action::Updated);
    assert_eq!(read(&source), "say mine\n");
    std::fs::write(&copy, "say mine again\n").unwrap();
    std::fs::write(&source, "say two\n").unwrap();
    let refused = kit.engine.push_to_collection(&kit.request(&["command:say"])).unwrap();
    assert_failed(&refused, Code::LocalChanges);
    let push = |file| {
        let request = UpdateRequest { files: vec![file], ..kit.request(&["command:say"]) };
        kit.engine.push_to_collection(&request).unwrap()
    };
    assert_done(&push(choice("say.md", Take::Collection)), Action::Kept);
    let row = || status(&kit.engine, &kit.project).into_iter().find(|row| row.artifact_id == "command:say");
    assert_eq!(row().unwrap().status, Status::Modified);
    assert_done(&push(text("say.md", "say both\n")), Action::Updated);
    assert_eq!((read(&source).as_str(), row().unwrap().status), ("say both\n", Status::Outdated));
}

#[test]
fn without_what_was_deployed_nothing_is_guessed() {
    let kit = Kit::deployed();
    std::fs::remove_dir_all(kit.sandbox.home().join("desktop/objects")).unwrap();
    tree!(kit.copy() => { "b.md": "b mine\n" });
    tree!(kit.source() => { "a.md": "a two\n" });
    let problem = only(&kit.push()).problem.clone().unwrap();
    assert!(problem.message.contains("no longer kept"), "{problem:?}");
    assert_done(
        &kit.push_with(vec![choice("a.md", Take::Collection), choice("b.md", Take::Project)]),
        Action::Updated,
    );
    assert_eq!(read(&kit.source().join("b.md")), "b mine\n");
    assert_eq!(kit.left(), [("a.md".to_owned(), Status::Modified)]);
}

#[test]
fn an_entry_that_repeats_the_main_file_follows_it() {
    let kit = Kit::deployed();
    let index = "[collection]\nname = \"default\"\nversion = \"1.0.0\"\n\n[[artifacts]]\nname = \"kit\"\n\
        type = \"skill\"\npath = \"skills/kit\"\norigin = \"local\"\nadded = \"2025-01-01T00:00:00\"\n\n\
        [artifacts.metadata]\ntitle = \"Mine\"\ndescription = \"d\"\n";
    std::fs::write(kit.sandbox.collection().join("collection.toml"), index).unwrap();
    tree!(kit.copy() => { "SKILL.md": "---\nname: kit\ndescription: better\ntitle: Other\n---\n1\n" });
    assert_done(&kit.push(), Action::Updated);
    let index: toml::Table = read(&kit.sandbox.collection().join("collection.toml")).parse().unwrap();
    let metadata = &index["artifacts"][0]["metadata"];
    assert_eq!(metadata["description"].as_str(), Some("better"));
    assert_eq!(metadata["title"].as_str(), Some("Mine"), "what the entry says on its own stays");
    assert_eq!(index["collection"]["updated"].as_str(), Some("2026-03-01T12:00:00.000000"));
}

#[test]
fn everything_of_a_project_is_pushed_at_once() {
    let kit = Kit::deployed();
    tree!(kit.copy() => { "a.md": "a mine\n" });
    tree!(kit.sandbox.project("api") => { ".claude/commands/say.md": "say mine\n" });
    let all = UpdateRequest { all: true, projects: vec![kit.project.clone()], ..UpdateRequest::default() };
    let receipt = kit.engine.push_to_collection(&all).unwrap();
    assert_done(&receipt, Action::Updated);
    assert_eq!(receipt.results.len(), 2);
    kit.engine.undo(&UndoRequest::default()).unwrap();
    assert_eq!(read(&kit.sandbox.collection().join("commands/say.md")), "say one\n");
    assert_eq!(read(&kit.source().join("a.md")), "a one\n");
    // An answer of one copy's own.
    let missing = UpdateRequest { artifacts: vec![artifact("skill:none")], all: false, ..all };
    assert_failed(&kit.engine.push_to_collection(&missing).unwrap(), Code::DeploymentNotFound);
}

//! Permissions are three-way too: what only one side changed holds, and an edit that closes a file is never opened again.

use super::{Kit, choice, read};
use crate::call::{assert_done, only};
use skillmeat_engine::deploy::Outcome;
use skillmeat_engine::error::{Code, Severity};
use skillmeat_engine::plan::{Action, Take, UndoRequest};
use skillmeat_tests::{DiskSnapshot, exec, tree};
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

fn set(path: &Path, mode: u32) {
    std::fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn what_a_person_closed_stays_closed_when_new_content_comes() {
    let kit = Kit::deployed();
    tree!(kit.source() => { "a.md": "a two\n" });
    set(&kit.copy().join("a.md"), 0o600);
    set(&kit.copy(), 0o700);
    let before = DiskSnapshot::of(&kit.copy());
    let receipt = kit.update();
    assert_done(&receipt, Action::Updated);
    assert!(only(&receipt).problem.is_none(), "{receipt:?}");
    assert_eq!(read(&kit.copy().join("a.md")), "a two\n");
    assert_eq!((mode(&kit.copy().join("a.md")), mode(&kit.copy())), (0o600, 0o700));
    kit.engine.undo(&UndoRequest::default()).unwrap();
    before.assert_same(&DiskSnapshot::of(&kit.copy()));
}

#[test]
fn what_the_collection_closed_is_closed_by_an_update() {
    let kit = Kit::deployed();
    tree!(kit.source() => { "a.md": "a two\n" });
    set(&kit.source().join("a.md"), 0o600);
    // Not what changed, and still its permissions come along.
    set(&kit.source().join("b.md"), 0o640);
    assert_done(&kit.update(), Action::Updated);
    assert_eq!((mode(&kit.copy().join("a.md")), mode(&kit.copy().join("b.md"))), (0o600, 0o640));
}

#[test]
fn what_both_changed_is_the_projects_and_is_told() {
    let kit = Kit::deployed();
    tree!(kit.source() => { "a.md": "a two\n" });
    set(&kit.source().join("a.md"), 0o664);
    set(&kit.copy().join("a.md"), 0o600);
    let plan = kit.engine.plan_update(&kit.request(&["skill:kit"])).unwrap();
    let told =
        |message: &str| message.contains("a.md different permissions") && message.contains("project’s stay");
    assert!(plan.notices.iter().any(|notice| told(&notice.message)), "{plan:?}");
    let receipt = kit.update();
    let result = only(&receipt);
    let notice = result.problem.as_ref().unwrap();
    assert_eq!(
        (result.status, notice.code, notice.severity),
        (Outcome::Success, Code::LocalChanges, Severity::Notice)
    );
    assert!(told(&notice.message), "{notice:?}");
    assert_eq!((mode(&kit.copy().join("a.md")), read(&kit.copy().join("a.md")).as_str()), (0o600, "a two\n"));
}

#[test]
fn a_script_that_the_collection_lets_run_runs_for_whoever_may_read_it() {
    let kit = Kit::deployed();
    tree!(kit.source() => { "a.md": exec("a two\n") });
    set(&kit.copy().join("a.md"), 0o600);
    assert_done(&kit.update(), Action::Updated);
    assert_eq!(mode(&kit.copy().join("a.md")), 0o700);
}

#[test]
fn a_file_that_both_changed_keeps_its_permissions_with_the_collections_content() {
    let kit = Kit::deployed();
    tree!(kit.source() => { "a.md": "a two\n" });
    tree!(kit.copy() => { "a.md": "a mine\n" });
    set(&kit.copy().join("a.md"), 0o600);
    assert_done(&kit.resolve(vec![choice("a.md", Take::Collection)]).unwrap(), Action::Updated);
    assert_eq!((mode(&kit.copy().join("a.md")), read(&kit.copy().join("a.md")).as_str()), (0o600, "a two\n"));
}

#[test]
fn a_folder_of_a_persons_own_stays_as_private_as_it_was() {
    let kit = Kit::deployed();
    tree!(kit.source() => { "a.md": "a two\n" });
    tree!(kit.copy() => { "notes/mine.md": "mine\n", "hollow/.venv/k": "v\n" });
    std::fs::create_dir(kit.copy().join("empty")).unwrap();
    for folder in ["notes", "hollow", "empty"] {
        set(&kit.copy().join(folder), 0o700);
    }
    assert_done(&kit.update(), Action::Updated);
    for folder in ["notes", "hollow", "empty"] {
        assert_eq!(mode(&kit.copy().join(folder)), 0o700, "{folder}");
    }
}

#[test]
fn a_push_takes_permissions_that_only_the_project_changed() {
    let kit = Kit::deployed();
    tree!(kit.copy() => { "a.md": "a mine\n", "b.md": "b mine\n" });
    set(&kit.copy().join("a.md"), 0o600);
    set(&kit.source().join("b.md"), 0o640);
    let receipt = kit.engine.push_to_collection(&kit.request(&["skill:kit"])).unwrap();
    assert_done(&receipt, Action::Updated);
    assert_eq!((mode(&kit.source().join("a.md")), mode(&kit.source().join("b.md"))), (0o600, 0o640));
    assert_eq!(mode(&kit.copy().join("b.md")), 0o644);
}

//! A file that comes where the other side has a folder with what nobody deploys in it: a `.venv`, say. It is no file that
//! is compared, and still goes nowhere without a choice.

use super::{Kit, choice, read};
use crate::call::{assert_done, assert_failed, deploy_request, only};
use skillmeat_engine::deploy::{Outcome, Receipt};
use skillmeat_engine::error::Code;
use skillmeat_engine::plan::{
    Action, DeployRequest, NewContent, OnConflict, Replaces, Take, UndoRequest, UpdateRequest,
};
use skillmeat_engine::status::Status;
use skillmeat_tests::{DiskSnapshot, tree};
use std::path::Path;

/// A new file `x` of the collection, where the project has its own `x/.venv`.
fn crowded() -> Kit {
    let kit = Kit::deployed();
    tree!(kit.source() => { "x": "theirs\n", "a.md": "a two\n" });
    tree!(kit.copy() => { "x/.venv/k": "mine\n" });
    kit
}

fn push(kit: &Kit, on_conflict: OnConflict) -> Receipt {
    let request = UpdateRequest { on_conflict, ..kit.request(&["skill:kit"]) };
    kit.engine.push_to_collection(&request).unwrap()
}

/// Whether the trash has this text somewhere.
fn in_trash(kit: &Kit, text: &str) -> bool {
    let all = walkdir::WalkDir::new(kit.sandbox.home().join("desktop/trash")).into_iter();
    all.flatten().any(|entry| std::fs::read_to_string(entry.path()).is_ok_and(|found| found == text))
}

fn assert_named(receipt: &Receipt, text: &str) {
    let result = only(receipt);
    assert_eq!(result.status, Outcome::Failed, "{receipt:?}");
    let problem = result.problem.as_ref().unwrap();
    assert!(problem.code == Code::LocalChanges && problem.message.contains(text), "{problem:?}");
}

#[test]
fn an_update_asks_first_and_says_about_what() {
    let kit = crowded();
    let before = DiskSnapshot::of(&kit.copy());
    let plan = kit.engine.plan_update(&kit.request(&["skill:kit"])).unwrap();
    let item = &plan.items[0];
    assert_eq!(item.action, Action::None);
    assert!(item.conflict.as_ref().unwrap().message.contains("x (in the place of x/.venv)"), "{item:?}");
    assert_eq!(item.choices, [OnConflict::Skip, OnConflict::Overwrite, OnConflict::Keep]);
    let file = kit.statuses().into_iter().find(|file| file.0 == "x").unwrap();
    assert_eq!(file.1, Status::Conflict);
    assert_named(&kit.update(), "x (in the place of x/.venv)");
    before.assert_same(&DiskSnapshot::of(&kit.copy()));
}

#[test]
fn what_is_kept_stays_and_asks_no_more() {
    let kit = crowded();
    let request = UpdateRequest { on_conflict: OnConflict::Keep, ..kit.request(&["skill:kit"]) };
    assert_done(&kit.engine.update_deployments(&request).unwrap(), Action::Updated);
    assert_eq!(read(&kit.copy().join("x/.venv/k")), "mine\n");
    assert_eq!(read(&kit.copy().join("a.md")), "a two\n");
    assert_eq!(kit.status(), Status::Modified);
    tree!(kit.source() => { "a.md": "a three\n" });
    assert_done(&kit.update(), Action::Updated);
    assert_eq!(read(&kit.copy().join("x/.venv/k")), "mine\n");
    assert_eq!(read(&kit.copy().join("a.md")), "a three\n");
}

#[test]
fn what_is_overwritten_is_in_the_trash_and_comes_back() {
    let kit = crowded();
    let before = DiskSnapshot::of(&kit.copy());
    assert_done(&kit.resolve(vec![choice("x", Take::Collection)]).unwrap(), Action::Updated);
    assert_eq!(read(&kit.copy().join("x")), "theirs\n");
    assert!(in_trash(&kit, "mine\n"));
    kit.engine.undo(&UndoRequest::default()).unwrap();
    before.assert_same(&DiskSnapshot::of(&kit.copy()));
}

#[test]
fn a_folder_that_was_deployed_stays_for_what_a_person_put_into_it() {
    let kit = Kit::deployed();
    tree!(kit.source() => { "x/deep/y.md": "y\n" });
    assert_done(&kit.update(), Action::Updated);
    tree!(kit.copy() => { "x/deep/.venv/k": "mine\n" });
    std::fs::remove_dir_all(kit.source().join("x")).unwrap();
    tree!(kit.source() => { "x": "theirs\n" });
    assert_named(&kit.update(), "x/deep/.venv");
    let answers = vec![choice("x", Take::Project), choice("x/deep/y.md", Take::Collection)];
    assert_done(&kit.resolve(answers).unwrap(), Action::Updated);
    assert_eq!(read(&kit.copy().join("x/deep/.venv/k")), "mine\n");
    assert!(!kit.copy().join("x/deep/y.md").exists());
}

/// The folder was deployed, so that nothing in the copy is an edit but for what nobody compares.
#[test]
fn a_deploy_asks_too_and_keeps_or_overwrites() {
    let kit = Kit::deployed();
    tree!(kit.source() => { "x/y.md": "y\n" });
    assert_done(&kit.update(), Action::Updated);
    tree!(kit.copy() => { "x/.venv/k": "mine\n" });
    std::fs::remove_dir_all(kit.source().join("x")).unwrap();
    tree!(kit.source() => { "x": "theirs\n" });
    let request = |on_conflict| DeployRequest { on_conflict, ..deploy_request(&["skill:kit"], &kit.project) };
    let deploy = |on_conflict| kit.engine.deploy(&request(on_conflict)).unwrap();
    let before = DiskSnapshot::of(&kit.copy());
    let plan = kit.engine.plan_deploy(&request(OnConflict::Stop)).unwrap();
    assert!(plan.items[0].conflict.as_ref().unwrap().message.contains("x/.venv"), "{plan:?}");
    assert_named(&deploy(OnConflict::Stop), "x/.venv");
    assert_done(&deploy(OnConflict::Keep), Action::Kept);
    before.assert_same(&DiskSnapshot::of(&kit.copy()));
    kit.engine.undo(&UndoRequest::default()).unwrap();
    assert_done(&deploy(OnConflict::Overwrite), Action::Updated);
    assert!(read(&kit.copy().join("x")) == "theirs\n" && in_trash(&kit, "mine\n"));
}

#[test]
fn a_push_asks_about_what_the_collection_has() {
    let kit = Kit::deployed();
    tree!(kit.source() => { "x/.venv/k": "the collection's\n" });
    tree!(kit.copy() => { "x": "mine\n", "a.md": "a mine\n" });
    let before = DiskSnapshot::of(&kit.source());
    assert_named(&push(&kit, OnConflict::Stop), "x (in the place of x/.venv)");
    before.assert_same(&DiskSnapshot::of(&kit.source()));
    assert_done(&push(&kit, OnConflict::Keep), Action::Updated);
    assert_eq!(read(&kit.source().join("x/.venv/k")), "the collection's\n");
    assert_eq!(read(&kit.source().join("a.md")), "a mine\n");
    assert_done(&push(&kit, OnConflict::Overwrite), Action::Updated);
    assert!(read(&kit.source().join("x")) == "mine\n" && in_trash(&kit, "the collection's\n"));
}

/// The folder went in the project, and takes nothing with it that only the collection has.
#[test]
fn a_push_makes_room_for_what_only_the_collection_has() {
    let kit = Kit::deployed();
    tree!(kit.source() => { "x/y.md": "y\n" });
    assert_done(&kit.update(), Action::Updated);
    tree!(kit.source() => { "x/.venv/k": "the collection's\n" });
    std::fs::remove_dir_all(kit.copy().join("x")).unwrap();
    assert_done(&push(&kit, OnConflict::Stop), Action::Updated);
    assert!(!kit.source().join("x/y.md").exists());
    assert_eq!(read(&kit.source().join("x/.venv/k")), "the collection's\n");
}

/// What an undo brings back has no folder for it.
#[test]
fn an_undo_asks_about_what_it_has_no_place_for() {
    for file_before in [false, true] {
        let kit = Kit::deployed();
        if file_before {
            tree!(kit.source() => { "x": "a file\n" });
            assert_done(&kit.update(), Action::Updated);
            std::fs::remove_file(kit.source().join("x")).unwrap();
        }
        tree!(kit.source() => { "x/y.md": "y\n" });
        let overwrite = UpdateRequest { on_conflict: OnConflict::Overwrite, ..kit.request(&["skill:kit"]) };
        assert_done(&kit.engine.update_deployments(&overwrite).unwrap(), Action::Updated);
        tree!(kit.copy() => { "x/.venv/k": "mine\n" });
        let before = DiskSnapshot::of(&kit.copy());
        assert_failed(&kit.engine.undo(&UndoRequest::default()).unwrap(), Code::LocalChanges);
        before.assert_same(&DiskSnapshot::of(&kit.copy()));
        let overwrite = UndoRequest { on_conflict: OnConflict::Overwrite, ..UndoRequest::default() };
        kit.engine.undo(&overwrite).unwrap();
        assert!(!Path::new(&kit.copy().join("x/.venv")).exists() && in_trash(&kit, "mine\n"));
    }
}

/// Whoever replaces an artifact of a collection has chosen, and all that was there is kept.
#[test]
fn what_an_artifact_is_replaced_with_moves_it_to_the_trash() {
    let kit = Kit::deployed();
    tree!(kit.source() => { "x/.venv/k": "the collection's\n" });
    let before = DiskSnapshot::of(&kit.source());
    let found = kit.sandbox.project("web").join("kit");
    tree!(found => { "SKILL.md": format!("{}new\n", super::MAIN), "x": "a file\n" });
    let content = NewContent::From(found, Replaces::Anything);
    let request = crate::collect::change(vec![crate::collect::edit("skill:kit", content)]);
    assert_done(&kit.engine.change_collection(&request).unwrap(), Action::Updated);
    assert!(read(&kit.source().join("x")) == "a file\n" && in_trash(&kit, "the collection's\n"));
    kit.engine.undo(&UndoRequest::default()).unwrap();
    before.assert_same(&DiskSnapshot::of(&kit.source()));
}

//! What a person may put into a copy that is no plain file with a plain name.

use super::{Kit, choice, read};
use crate::call::{assert_done, assert_failed, only, undeploy, undeploy_request};
use skillmeat_engine::Engine;
use skillmeat_engine::clock::FixedClock;
use skillmeat_engine::deploy::Outcome;
use skillmeat_engine::error::Code;
use skillmeat_engine::feed::Origin;
use skillmeat_engine::plan::{Action, Take, UndeployRequest, UndoRequest, UpdateRequest};
use skillmeat_tests::{DiskSnapshot, tree};
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::sync::Arc;

/// An engine that knows what everything holds, so that it reads only what looks changed.
fn knowing(kit: &Kit) -> Engine {
    let clock = Arc::new(FixedClock(skillmeat_tests::noon() + chrono::Duration::days(36_500)));
    let engine = Engine::open(skillmeat_engine::engine::Options { clock, ..kit.sandbox.options() }).unwrap();
    engine.resync(Origin::Resync).unwrap();
    engine
}

#[test]
fn a_name_that_is_not_utf8_is_an_edit_also_where_the_rest_is_known() {
    let kit = Kit::deployed();
    tree!(kit.source() => { "a.md": "a two\n" });
    let engine = knowing(&kit);
    std::fs::write(kit.copy().join(OsStr::from_bytes(b"caf\xe9.md")), "mine").unwrap();
    let before = DiskSnapshot::of(&kit.copy());
    let updated = engine.update_deployments(&kit.request(&["skill:kit"])).unwrap();
    assert_eq!(only(&updated).status, Outcome::Failed, "{updated:?}");
    before.assert_same(&DiskSnapshot::of(&kit.copy()));
    let gone = undeploy(&engine, &["skill:kit"], &kit.project);
    assert_eq!(only(&gone).status, Outcome::Failed, "{gone:?}");
    before.assert_same(&DiskSnapshot::of(&kit.copy()));
}

#[test]
fn a_link_to_a_name_that_is_not_utf8_stays_what_it_is() {
    let kit = Kit::deployed();
    tree!(kit.source() => { "a.md": "a two\n" });
    let to = OsStr::from_bytes(b"caf\xe9.md");
    symlink(to, kit.copy().join("link")).unwrap();
    let before = DiskSnapshot::of(&kit.copy());
    assert_eq!(only(&kit.update()).status, Outcome::Failed);
    before.assert_same(&DiskSnapshot::of(&kit.copy()));
}

#[test]
fn an_undo_without_a_name_that_is_not_utf8_is_refused() {
    let kit = Kit::deployed();
    let odd = kit.copy().join(".venv").join(OsStr::from_bytes(b"caf\xe9.py"));
    std::fs::create_dir(odd.parent().unwrap()).unwrap();
    std::fs::write(&odd, "mine").unwrap();
    let request = UndeployRequest { discard_edits: true, ..undeploy_request(&["skill:kit"], &kit.project) };
    assert_done(&kit.engine.undeploy(&request).unwrap(), Action::Removed);
    assert_failed(&kit.engine.undo(&UndoRequest::default()).unwrap(), Code::SourceInvalid);
}

#[test]
fn an_undo_with_another_link_is_refused() {
    let kit = Kit::deployed();
    let odd = kit.copy().join(".venv/link");
    std::fs::create_dir(odd.parent().unwrap()).unwrap();
    let to = OsStr::from_bytes(b"caf\xe9.py");
    symlink(to, &odd).unwrap();
    let request = UndeployRequest { discard_edits: true, ..undeploy_request(&["skill:kit"], &kit.project) };
    assert_done(&kit.engine.undeploy(&request).unwrap(), Action::Removed);
    assert_failed(&kit.engine.undo(&UndoRequest::default()).unwrap(), Code::SourceInvalid);
}

#[test]
fn a_link_of_a_person_to_a_file_above_it_stays() {
    let kit = Kit::deployed();
    tree!(kit.source() => { "a.md": "a two\n" });
    std::fs::create_dir(kit.copy().join("sub")).unwrap();
    symlink("../b.md", kit.copy().join("sub/link")).unwrap();
    assert_done(&kit.update(), Action::Updated);
    assert_eq!(std::fs::read_link(kit.copy().join("sub/link")).unwrap().to_str(), Some("../b.md"));
    assert_eq!(read(&kit.copy().join("a.md")), "a two\n");
}

#[test]
fn a_file_in_the_place_of_a_folder_stays_while_another_comes() {
    let kit = Kit::deployed();
    tree!(kit.source() => { "x/y.md": "theirs\n", "x/z/w.md": "w\n", "a.md": "a two\n" });
    tree!(kit.copy() => { "x": "mine\n" });
    let mine =
        vec![choice("x", Take::Project), choice("x/y.md", Take::Project), choice("x/z/w.md", Take::Project)];
    assert_done(&kit.resolve(mine).unwrap(), Action::Updated);
    assert_eq!(read(&kit.copy().join("x")), "mine\n");
    assert_eq!(read(&kit.copy().join("a.md")), "a two\n");
}

#[test]
fn a_folder_in_the_place_of_a_file_stays_while_another_comes() {
    let kit = Kit::deployed();
    tree!(kit.source() => { "x": "theirs\n", "a.md": "a two\n" });
    tree!(kit.copy() => { "x/y.md": "mine\n", "x/.venv/k": "v\n" });
    std::fs::create_dir(kit.copy().join("x/empty")).unwrap();
    let before = DiskSnapshot::of(&kit.copy());
    let mine = vec![choice("x", Take::Project), choice("x/y.md", Take::Project)];
    assert_done(&kit.resolve(mine).unwrap(), Action::Updated);
    assert_eq!(read(&kit.copy().join("x/y.md")), "mine\n");
    assert_eq!(read(&kit.copy().join("x/.venv/k")), "v\n");
    assert!(kit.copy().join("x/empty").is_dir());
    kit.engine.undo(&UndoRequest::default()).unwrap();
    before.assert_same(&DiskSnapshot::of(&kit.copy()));
}

#[test]
fn a_merged_file_stays_as_private_as_it_was() {
    let kit = Kit::deployed();
    tree!(kit.source() => { "a.md": "a two\n" });
    tree!(kit.copy() => { "a.md": "a mine\n" });
    let file = kit.copy().join("a.md");
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
    assert_done(&kit.resolve(vec![super::text("a.md", "both\n")]).unwrap(), Action::Updated);
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn a_file_comes_where_empty_folders_were() {
    let kit = Kit::deployed();
    tree!(kit.source() => { "x": "theirs\n" });
    std::fs::create_dir_all(kit.copy().join("x/mine")).unwrap();
    let before = DiskSnapshot::of(&kit.copy());
    assert_done(&kit.update(), Action::Updated);
    kit.engine.undo(&UndoRequest::default()).unwrap();
    before.assert_same(&DiskSnapshot::of(&kit.copy()));
}

#[test]
fn a_merged_file_can_be_run_where_one_side_made_it_so() {
    for by_project in [true, false] {
        let kit = Kit::deployed();
        tree!(kit.source() => { "a.md": "a two\n" });
        tree!(kit.copy() => { "a.md": "a mine\n" });
        let made = if by_project { kit.copy() } else { kit.source() };
        let run = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(made.join("a.md"), run).unwrap();
        let request = UpdateRequest {
            deployments: vec![kit.named("skill:kit")],
            files: vec![super::text("a.md", "both\n")],
            ..UpdateRequest::default()
        };
        let other = match by_project {
            true => (kit.engine.push_to_collection(&request).unwrap(), kit.source()),
            false => (kit.engine.update_deployments(&request).unwrap(), kit.copy()),
        };
        assert_done(&other.0, Action::Updated);
        let mode = std::fs::metadata(other.1.join("a.md")).unwrap().permissions().mode();
        assert_eq!((mode & 0o777, read(&other.1.join("a.md")).as_str()), (0o755, "both\n"));
    }
}

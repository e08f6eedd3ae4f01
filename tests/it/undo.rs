//! Everything can be undone, newest first, and undoing leaves the disk as it was.

use crate::call::{assert_done, assert_failed, deploy, deploy_with, status, undeploy};
use skillmeat_engine::deploy::{Outcome, Receipt};
use skillmeat_engine::engine::Undone;
use skillmeat_engine::error::Code;
use skillmeat_engine::journal::OperationKind;
use skillmeat_engine::plan::{Action, OnConflict, UndoRequest};
use skillmeat_engine::{Engine, Result};
use skillmeat_tests::{DiskSnapshot, Sandbox, exec, link, tree};
use std::path::Path;

const LOCK: &str = ".claude/..skillmeat-deployed.toml.skillmeat-lock";

fn undo(engine: &Engine) -> Result<Receipt> {
    engine.undo(&UndoRequest::default())
}

fn undo_that(engine: &Engine, operation: &str, on_conflict: OnConflict) -> Receipt {
    let operation = Some(operation.to_owned());
    engine.undo(&UndoRequest { operation, on_conflict, ..UndoRequest::default() }).unwrap()
}

/// What a project holds, but for what is exempt: the advisory lock, and a profile root that holds only it.
fn disk(folder: &Path) -> DiskSnapshot {
    let disk = DiskSnapshot::of(folder).without(LOCK);
    if disk.paths() == [".claude"] { disk.without(".claude") } else { disk }
}

fn edit_source(sandbox: &Sandbox, text: &str) {
    tree!(sandbox.collection() => { "skills/code-review/SKILL.md": text });
}

const V2: &str = "---\nname: code-review\ndescription: d\n---\nsecond\n";

#[test]
fn a_deploy_is_undone_to_the_last_byte() {
    let sandbox = Sandbox::new();
    let (folder, project, engine) = (sandbox.project("api"), sandbox.project_text("api"), sandbox.engine());
    let before = disk(&folder);
    deploy(&engine, &["code-review", "changelog", "pm/prd-writer"], &project);
    let receipt = undo(&engine).unwrap();
    assert_done(&receipt, Action::Removed);
    before.assert_same(&disk(&folder));
    assert!(engine.library_snapshot().unwrap().artifacts.iter().all(|entry| entry.deployments.is_empty()));
    assert!(undo(&engine).is_err(), "nothing is left to undo");
}

#[test]
fn a_whole_chain_is_undone_newest_first_also_after_a_restart() {
    let sandbox = Sandbox::new();
    let (folder, project) = (sandbox.project("api"), sandbox.project_text("api"));
    tree!(folder => {
        ".claude/settings.json": "{}",
        ".claude/commands/changelog.md": exec("mine\n"),
        ".claude/.skillmeat-deployed.toml": "# by hand\nkeep = 1\n",
    });
    let mut seen = vec![disk(&folder)];
    let mut step = |work: &dyn Fn(&Engine)| {
        work(&sandbox.engine());
        seen.push(disk(&folder));
    };
    step(&|engine| assert_done(&deploy(engine, &["code-review"], &project), Action::Created));
    edit_source(&sandbox, V2);
    step(&|engine| assert_done(&deploy(engine, &["code-review"], &project), Action::Updated));
    step(&|engine| {
        let receipt = deploy_with(engine, &["changelog"], &project, OnConflict::Overwrite);
        assert_done(&receipt, Action::Updated);
    });
    step(&|engine| assert_done(&undeploy(engine, &["code-review", "changelog"], &project), Action::Removed));
    for before in seen.iter().rev().skip(1) {
        let receipt = undo(&sandbox.engine()).unwrap();
        assert_eq!(receipt.totals.failed, 0, "{receipt:?}");
        before.assert_same(&disk(&folder));
    }
    let history = sandbox.engine().history(None).unwrap();
    assert_eq!(history.operations.len(), 8);
    for entry in &history.operations {
        assert_eq!(entry.undone == Undone::Yes, entry.kind != OperationKind::Undo, "{entry:?}");
    }
}

#[test]
fn an_undo_can_be_undone() {
    let sandbox = Sandbox::new();
    let (folder, project, engine) = (sandbox.project("api"), sandbox.project_text("api"), sandbox.engine());
    deploy(&engine, &["code-review", "changelog"], &project);
    let deployed = disk(&folder);
    let first = undo(&engine).unwrap();
    let again = undo_that(&engine, &first.operation, OnConflict::Stop);
    assert_done(&again, Action::Created);
    deployed.assert_same(&disk(&folder));
    assert_eq!(status(&engine, &project).len(), 2);
    let newest = undo(&engine).unwrap();
    assert_done(&newest, Action::Removed);
}

#[test]
fn what_changed_since_is_not_undone_without_a_choice_and_then_kept() {
    let sandbox = Sandbox::new();
    let (folder, project, engine) = (sandbox.project("api"), sandbox.project_text("api"), sandbox.engine());
    deploy(&engine, &["changelog"], &project);
    tree!(folder => { ".claude/commands/changelog.md": "edited" });
    let before = disk(&folder);
    let refused = undo(&engine).unwrap();
    assert_failed(&refused, Code::LocalChanges);
    before.assert_same(&disk(&folder));
    let newest = engine.history(None).unwrap().operations.remove(0);
    assert_eq!((newest.kind, newest.undone), (OperationKind::Deploy, Undone::No));
    let skipped = undo_that(&engine, &newest.operation, OnConflict::Skip);
    assert_eq!(skipped.results[0].status, Outcome::Skipped);
    before.assert_same(&disk(&folder));
    assert_done(&undo_that(&engine, &newest.operation, OnConflict::Overwrite), Action::Removed);
    assert!(!folder.join(".claude/commands").exists());
    let kept = walkdir::WalkDir::new(sandbox.home().join("desktop/trash")).into_iter().flatten();
    assert!(
        kept.filter(|entry| std::fs::read(entry.path()).is_ok_and(|text| text == b"edited")).count() == 1
    );
    undo_that(&engine, &engine.history(None).unwrap().operations[0].operation, OnConflict::Stop);
    before.assert_same(&disk(&folder));
}

#[test]
fn modes_links_empty_folders_and_ignored_files_come_back() {
    let sandbox = Sandbox::new();
    let (folder, project, engine) = (sandbox.project("api"), sandbox.project_text("api"), sandbox.engine());
    tree!(folder => {
        ".claude/skills/code-review/SKILL.md": exec("mine\n"),
        ".claude/skills/code-review/.venv/bin/python": exec("py"),
        ".claude/skills/code-review/latest": link("SKILL.md"),
    });
    std::fs::create_dir(folder.join(".claude/skills/code-review/empty")).unwrap();
    let before = disk(&folder);
    assert_done(&deploy_with(&engine, &["code-review"], &project, OnConflict::Overwrite), Action::Updated);
    assert_done(&undo(&engine).unwrap(), Action::Updated);
    before.assert_same(&disk(&folder));
}

#[test]
fn ignored_files_that_came_since_move_back_with_an_undo() {
    let sandbox = Sandbox::new();
    let (folder, project, engine) = (sandbox.project("api"), sandbox.project_text("api"), sandbox.engine());
    deploy(&engine, &["code-review"], &project);
    edit_source(&sandbox, V2);
    deploy(&engine, &["code-review"], &project);
    tree!(folder => { ".claude/skills/code-review/.venv/x": "made here" });
    assert_done(&undo(&engine).unwrap(), Action::Updated);
    assert!(folder.join(".claude/skills/code-review/.venv/x").is_file());
}

#[test]
fn an_edit_of_permissions_alone_is_an_edit() {
    use std::os::unix::fs::PermissionsExt;
    let sandbox = Sandbox::new();
    let (folder, project, engine) = (sandbox.project("api"), sandbox.project_text("api"), sandbox.engine());
    deploy(&engine, &["code-review"], &project);
    let file = folder.join(".claude/skills/code-review/SKILL.md");
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o755)).unwrap();
    edit_source(&sandbox, V2);
    assert_failed(&deploy(&engine, &["code-review"], &project), Code::LocalChanges);
    assert_failed(&undeploy(&engine, &["code-review"], &project), Code::LocalChanges);
}

#[test]
fn an_adoption_is_undone_and_the_bytes_stay() {
    let sandbox = Sandbox::new();
    let (folder, project, engine) = (sandbox.project("api"), sandbox.project_text("api"), sandbox.engine());
    let source = std::fs::read_to_string(sandbox.collection().join("commands/changelog.md")).unwrap();
    tree!(folder => { ".claude/commands/changelog.md": source });
    let before = disk(&folder);
    assert_done(&deploy(&engine, &["changelog"], &project), Action::Adopted);
    undo(&engine).unwrap();
    before.assert_same(&disk(&folder));
}

#[test]
fn what_is_no_longer_kept_is_told() {
    let sandbox = Sandbox::new();
    let (folder, project, engine) = (sandbox.project("api"), sandbox.project_text("api"), sandbox.engine());
    deploy(&engine, &["changelog"], &project);
    undeploy(&engine, &["changelog"], &project);
    std::fs::remove_dir_all(sandbox.home().join("desktop/trash")).unwrap();
    let before = disk(&folder);
    assert_failed(&undo(&engine).unwrap(), Code::NoLongerKept);
    assert!(!engine.history(None).unwrap().operations[0].undoable);
    before.assert_same(&disk(&folder));
}

//! A journal entry that somebody edited: recovery and undo touch nothing beyond the profile root that it is about.

use crate::call::{assert_done, deploy, deploy_request};
use rustix::io::Errno;
use skillmeat_engine::engine::Recovery;
use skillmeat_engine::error::Code;
use skillmeat_engine::fs::fault::{Call, Fault, arm, record};
use skillmeat_engine::plan::{Action, OnConflict, UndoRequest};
use skillmeat_tests::{DiskSnapshot, Sandbox, link, tree};
use std::path::{Path, PathBuf};

/// A sandbox in which a deploy of `code-review` into `api` was cut off right before the rename that commits: the copy
/// is in its place, and taking the operation back takes it away.
fn cut_off() -> Sandbox {
    let run = |sandbox: &Sandbox| {
        let (engine, project) = (sandbox.engine(), sandbox.project("api"));
        let _ = engine.deploy(&deploy_request(&["code-review"], project.to_str().unwrap()));
    };
    let whole = Sandbox::new();
    whole.project("api");
    let recording = record(whole.path());
    run(&whole);
    let commits = |step: &skillmeat_engine::fs::fault::Step| {
        step.call == Call::Rename && step.path.ends_with(".skillmeat-deployed.toml")
    };
    let at = recording.steps().iter().position(commits).unwrap();
    drop(recording);
    let sandbox = Sandbox::new();
    sandbox.project("api");
    let armed = arm(sandbox.path(), at as u64 + 1, Fault::From(Errno::IO));
    run(&sandbox);
    assert!(armed.hit().is_some());
    drop(armed);
    sandbox
}

fn only_file(folder: &Path) -> PathBuf {
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let files: Vec<_> =
        files.filter(|path| path.extension().is_some_and(|ending| ending == "json")).collect();
    assert_eq!(files.len(), 1, "{files:?}");
    files.into_iter().next().unwrap()
}

fn edit(entry: &Path, change: impl Fn(&mut serde_json::Value)) {
    let mut part: serde_json::Value = serde_json::from_slice(&std::fs::read(entry).unwrap()).unwrap();
    change(&mut part);
    std::fs::write(entry, part.to_string()).unwrap();
}

/// Moves the copy, and what else recovery would look for, to another place of the project, and lets the entry say so.
fn rerouted(sandbox: &Sandbox, target: &str, stage: &str, root: Option<&str>) {
    let at = sandbox.project("api");
    for (from, to) in [(".claude/skills/code-review", target), (".claude/.skillmeat-stage", stage)] {
        std::fs::create_dir_all(at.join(to).parent().unwrap()).unwrap();
        std::fs::rename(at.join(from), at.join(to)).unwrap();
    }
    edit(&only_file(&sandbox.home().join("desktop/journal")), |part| {
        part["steps"][0]["target"] = target.into();
        part["profile_root"] = root.map_or(serde_json::Value::Null, Into::into);
        part["missing_folders"] = serde_json::json!([]);
    });
}

#[test]
fn recovery_takes_back_what_lies_in_the_profile_root() {
    let sandbox = cut_off();
    let copy = sandbox.project("api").join(".claude/skills/code-review");
    assert!(copy.exists());
    assert_eq!(sandbox.engine().recover().unwrap()[0].outcome, Recovery::RolledBack);
    assert!(!copy.exists());
}

#[test]
fn recovery_touches_nothing_beyond_the_profile_root() {
    for (target, stage, root) in [
        ("src/review", ".claude/.skillmeat-stage", Some(".claude")),
        (".cursor/skills/code-review", ".claude/.skillmeat-stage", Some(".claude")),
        (".claude/review", ".claude/.skillmeat-stage", Some(".claude")),
        ("src/skills/code-review", "src/.skillmeat-stage", Some("src")),
        (".git/skills/code-review", ".git/.skillmeat-stage", Some(".git")),
        ("src/review", ".skillmeat-stage", None),
    ] {
        let sandbox = cut_off();
        let at = sandbox.project("api");
        rerouted(&sandbox, target, stage, root);
        let before = DiskSnapshot::of(&at.join(target));
        let engine = sandbox.engine();
        let recovered = engine.recover().unwrap();
        assert!(recovered.iter().all(|one| one.outcome != Recovery::RolledBack), "{target}: {recovered:?}");
        engine.doctor().unwrap();
        let _ = engine.deploy(&deploy_request(&["release-notes"], at.to_str().unwrap()));
        before.assert_same(&DiskSnapshot::of(&at.join(target)));
        let problems = engine.library_snapshot().unwrap().problems;
        assert!(
            problems.iter().any(|problem| problem.code == Code::RecoveryNeeded),
            "{target}: {problems:?}"
        );
    }
}

#[test]
fn recovery_does_not_follow_a_link_that_was_put_in_the_way() {
    let sandbox = cut_off();
    let at = sandbox.project("api");
    std::fs::create_dir_all(at.join(".git")).unwrap();
    std::fs::rename(at.join(".claude/skills"), at.join(".git/skills")).unwrap();
    link("../.git/skills").put(&at.join(".claude/skills"));
    let before = DiskSnapshot::of(&at.join(".git"));
    assert_eq!(sandbox.engine().recover().unwrap()[0].outcome, Recovery::Waiting);
    before.assert_same(&DiskSnapshot::of(&at.join(".git")));
}

#[test]
fn undo_touches_nothing_beyond_the_profile_root() {
    for target in ["src/review", ".git/review/x", ".claude/.skillmeat-deployed.toml"] {
        let sandbox = Sandbox::new();
        let (at, project, engine) = (sandbox.project("api"), sandbox.project_text("api"), sandbox.engine());
        assert_done(&deploy(&engine, &["code-review"], &project), Action::Created);
        let copy = at.join(".claude/skills/code-review");
        if !at.join(target).exists() {
            std::fs::create_dir_all(at.join(target).parent().unwrap()).unwrap();
            std::fs::rename(copy, at.join(target)).unwrap();
        }
        tree!(at => { "README.md": "mine\n" });
        edit(&only_file(&sandbox.home().join("desktop/history")), |part| {
            part["steps"][0]["target"] = target.into();
        });
        let before = DiskSnapshot::of(&at);
        let request = UndoRequest { on_conflict: OnConflict::Overwrite, ..UndoRequest::default() };
        assert_eq!(engine.undo(&request).unwrap_err().code(), Code::OperationNotFound, "{target}");
        before.assert_same(&DiskSnapshot::of(&at));
    }
}

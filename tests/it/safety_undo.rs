//! What people write after a crash, and beside an undo, is nowhere lost.

use crate::call::{assert_done, deploy, deploy_with, status};
use rustix::io::Errno;
use skillmeat_engine::Engine;
use skillmeat_engine::clock::FixedClock;
use skillmeat_engine::engine::{Options, Recovery};
use skillmeat_engine::fs::fault::{Call, Fault, Step, arm, record};
use skillmeat_engine::plan::{Action, OnConflict, UndoRequest};
use skillmeat_engine::status::Status;
use skillmeat_tests::{DiskSnapshot, Sandbox, exec, link, noon, tree};
use std::path::{Path, PathBuf};
use std::sync::Arc;

const SKILL: &str = ".claude/skills/code-review";
const V2: &str = "---\nname: code-review\ndescription: d\n---\nsecond\n";

/// An operation in a project `api`, and what there is before.
struct Course {
    before: fn(&Sandbox),
    run: fn(&Sandbox, &Engine),
}

impl Course {
    /// A sandbox in which the operation was cut off right before the first call that is `last`.
    fn cut_off(&self, last: fn(&Step) -> bool) -> Sandbox {
        self.cut_off_from(|steps| steps.iter().position(last).expect("such a call"))
    }

    fn cut_off_from(&self, index: impl Fn(&[Step]) -> usize) -> Sandbox {
        let whole = Sandbox::new();
        (self.before)(&whole);
        let engine = whole.engine();
        let recording = record(whole.path());
        (self.run)(&whole, &engine);
        let at = index(&recording.steps());
        drop(recording);
        let sandbox = Sandbox::new();
        (self.before)(&sandbox);
        let engine = sandbox.engine();
        let armed = arm(sandbox.path(), at as u64 + 1, Fault::From(Errno::IO));
        (self.run)(&sandbox, &engine);
        assert!(armed.hit().is_some());
        drop(armed);
        sandbox
    }
}

/// The rename that commits.
fn commits(step: &Step) -> bool {
    step.call == Call::Rename && step.path.ends_with(".skillmeat-deployed.toml")
}

fn project(sandbox: &Sandbox) -> PathBuf {
    sandbox.project("api")
}

fn run_deploy(sandbox: &Sandbox, engine: &Engine) {
    let _ = engine.deploy(&crate::call::deploy_request(&["code-review"], &sandbox.project_text("api")));
}

fn nothing(sandbox: &Sandbox) {
    sandbox.project("api");
}

/// Version 1 is deployed, version 2 is in the collection.
fn outdated(sandbox: &Sandbox) {
    assert_done(&deploy(&sandbox.engine(), &["code-review"], &sandbox.project_text("api")), Action::Created);
    tree!(sandbox.collection() => { "skills/code-review/SKILL.md": V2 });
}

/// The same, with ignored files in the copy.
fn outdated_with_venv(sandbox: &Sandbox) {
    outdated(sandbox);
    tree!(project(sandbox) => { ".claude/skills/code-review/.venv/old": "the first venv" });
}

const FIRST: Course = Course { before: nothing, run: run_deploy };
const UPDATE: Course = Course { before: outdated, run: run_deploy };

/// Whether some file in the project or in the trash holds this.
#[track_caller]
fn assert_kept(sandbox: &Sandbox, text: &str) {
    let places = [sandbox.path().join("projects"), sandbox.home().join("desktop/trash")];
    let files = places.iter().flat_map(|place| walkdir::WalkDir::new(place).into_iter().flatten());
    let found = files.filter(|entry| std::fs::read(entry.path()).is_ok_and(|bytes| bytes == text.as_bytes()));
    assert!(found.count() > 0, "{text:?} is nowhere any more");
}

/// Nothing is left of a crash: not in the journal, and no stage.
#[track_caller]
fn assert_tidy(sandbox: &Sandbox) {
    let engine = sandbox.engine();
    let recovered = engine.recover().unwrap();
    assert!(recovered.is_empty(), "{recovered:?}");
    let journal = sandbox.home().join("desktop/journal");
    assert_eq!(std::fs::read_dir(journal).map_or(0, Iterator::count), 0);
    assert!(!project(sandbox).join(".claude/.skillmeat-stage").exists());
}

#[test]
fn ignored_files_that_are_made_after_a_crash_stay() {
    for (course, status_then) in [(FIRST, Status::Synced), (UPDATE, Status::Outdated)] {
        let sandbox = course.cut_off(commits);
        let copy = project(&sandbox).join(SKILL);
        assert!(copy.exists());
        tree!(copy => { ".venv/pyvenv.cfg": "made after the crash", ".gitignore": "written after the crash" });
        sandbox.engine().recover().unwrap();
        assert_kept(&sandbox, "made after the crash");
        assert_kept(&sandbox, "written after the crash");
        assert_tidy(&sandbox);
        let rows = status(&sandbox.engine(), &sandbox.project_text("api"));
        let found: Vec<_> = rows.iter().map(|row| row.status).collect();
        assert_eq!(found, [status_then], "a copy that stays has its record");
        assert!(copy.join(".venv/pyvenv.cfg").exists(), "it moves over where the old copy is put back");
    }
}

#[test]
fn a_venv_made_anew_after_a_crash_does_not_block_recovery() {
    let course = Course { before: outdated_with_venv, run: run_deploy };
    let carries =
        |step: &Step| step.call == Call::Rename && step.path.ends_with(".claude/skills/code-review/.venv");
    let sandbox = course.cut_off(carries);
    tree!(project(&sandbox).join(SKILL) => { ".venv/new": "the second venv" });
    sandbox.engine().recover().unwrap();
    assert_kept(&sandbox, "the first venv");
    assert_kept(&sandbox, "the second venv");
    assert_tidy(&sandbox);
}

#[test]
fn a_stage_that_was_removed_by_hand_does_not_block_the_project() {
    for course in [FIRST, UPDATE] {
        let sandbox = course.cut_off(commits);
        std::fs::remove_dir_all(project(&sandbox).join(".claude/.skillmeat-stage")).unwrap();
        let told = sandbox.engine().recover().unwrap();
        assert!(told.iter().all(|one| one.outcome != Recovery::Waiting), "{told:?}");
        assert_tidy(&sandbox);
        let receipt = deploy_with(
            &sandbox.engine(),
            &["code-review"],
            &sandbox.project_text("api"),
            OnConflict::Overwrite,
        );
        assert_eq!(receipt.totals.failed, 0, "{receipt:?}");
    }
}

#[test]
fn another_folder_in_the_place_of_a_crashed_project_is_left_alone() {
    let sandbox = FIRST.cut_off(commits);
    let (old, new) = (project(&sandbox), sandbox.path().join("projects/elsewhere"));
    std::fs::rename(&old, &new).unwrap();
    let source = std::fs::read(sandbox.collection().join("skills/code-review/SKILL.md")).unwrap();
    tree!(old => { ".claude/skills/code-review/SKILL.md": source.as_slice() });
    let before = DiskSnapshot::of(&old);
    sandbox.engine().recover().unwrap();
    before.assert_same(&DiskSnapshot::of(&old));
    assert_tidy(&sandbox);
}

#[test]
fn a_crashed_project_that_was_elsewhere_for_a_while_is_recovered() {
    let course = Course {
        before: outdated,
        run: |sandbox, engine| {
            let request = crate::call::undeploy_request(&["code-review"], &sandbox.project_text("api"));
            let _ = engine.undeploy(&request);
        },
    };
    let gone = |step: &Step| step.call == Call::Rename && step.path.ends_with("manifest.gone");
    let sandbox = course.cut_off(gone);
    let (old, new) = (project(&sandbox), sandbox.path().join("projects/elsewhere"));
    assert!(!old.join(SKILL).exists());
    std::fs::rename(&old, &new).unwrap();
    deploy(&sandbox.engine(), &["changelog"], new.to_str().unwrap());
    std::fs::rename(&new, &old).unwrap();
    sandbox.engine().recover().unwrap();
    assert!(old.join(SKILL).join("SKILL.md").exists(), "what was not undeployed is there again");
    assert_tidy(&sandbox);
}

#[test]
fn what_failed_before_a_crash_is_not_committed() {
    // The only swap fails, and the process ends before it has put everything back.
    let fails = |sandbox: &Sandbox, at: usize| arm(sandbox.path(), at as u64 + 1, Fault::Once(Errno::IO));
    let swap = |step: &Step| step.call == Call::Rename && step.path.ends_with(SKILL);
    let whole = Sandbox::new();
    nothing(&whole);
    let (engine, recording) = (whole.engine(), record(whole.path()));
    run_deploy(&whole, &engine);
    let at = recording.steps().iter().position(swap).unwrap();
    drop(recording);

    let failing = Sandbox::new();
    nothing(&failing);
    let (engine, armed, recording) = (failing.engine(), fails(&failing, at), record(failing.path()));
    run_deploy(&failing, &engine);
    let calls = recording.steps();
    drop((armed, recording));
    for (end, call) in calls.iter().enumerate().skip(at + 1) {
        let sandbox = Sandbox::new();
        nothing(&sandbox);
        let engine = sandbox.engine();
        let armed = (fails(&sandbox, at), arm(sandbox.path(), end as u64 + 1, Fault::From(Errno::IO)));
        run_deploy(&sandbox, &engine);
        drop(armed);
        sandbox.engine().recover().unwrap();
        let told = format!("cut off at {call}");
        assert!(!project(&sandbox).join(SKILL).exists(), "{told}");
        assert!(sandbox.engine().history(None).unwrap().operations.is_empty(), "{told}");
    }
}

#[test]
fn links_that_lead_out_come_back_with_an_undo() {
    use std::os::unix::fs::PermissionsExt;
    let sandbox = Sandbox::new();
    let (folder, text, engine) = (project(&sandbox), sandbox.project_text("api"), sandbox.engine());
    tree!(folder => {
        ".claude/skills/code-review/SKILL.md": exec("mine\n"),
        ".claude/skills/code-review/.venv/bin/python": link("/usr/bin/env"),
        ".claude/skills/code-review/.venv/lib64": link("lib"),
        ".claude/skills/code-review/shared/x": "x",
        ".claude/skills/release-notes": link("/var/empty"),
        ".claude/commands/changelog.md": link("../../nowhere"),
    });
    let shared = folder.join(".claude/skills/code-review/shared");
    std::fs::set_permissions(&shared, std::fs::Permissions::from_mode(0o2770)).unwrap();
    let before = DiskSnapshot::of(&folder);
    let receipt =
        deploy_with(&engine, &["code-review", "release-notes", "changelog"], &text, OnConflict::Overwrite);
    assert_eq!(receipt.totals.failed, 0, "{receipt:?}");
    let undone = engine.undo(&UndoRequest::default()).unwrap();
    assert_eq!(undone.totals.failed, 0, "{undone:?}");
    before
        .assert_same(&DiskSnapshot::of(&folder).without(".claude/..skillmeat-deployed.toml.skillmeat-lock"));
}

#[test]
fn a_folder_that_only_ignored_files_need_is_no_edit() {
    let sandbox = Sandbox::new();
    let (folder, text, engine) = (project(&sandbox), sandbox.project_text("api"), sandbox.engine());
    let scripts = sandbox.collection().join("skills/code-review/scripts");
    tree!(scripts => { "run.py": "print()" });
    assert_done(&deploy(&engine, &["code-review"], &text), Action::Created);
    tree!(folder.join(SKILL) => { "scripts/__pycache__/run.pyc": "compiled" });
    std::fs::remove_dir_all(&scripts).unwrap();
    tree!(sandbox.collection() => { "skills/code-review/SKILL.md": V2 });
    assert_done(&deploy(&engine, &["code-review"], &text), Action::Updated);
    assert_eq!(status(&engine, &text)[0].status, Status::Synced);
    tree!(sandbox.collection() => { "skills/code-review/SKILL.md": "---\nname: code-review\ndescription: d\n---\nthird\n" });
    assert_done(&deploy(&engine, &["code-review"], &text), Action::Updated);
}

/// The pack of each deployment that is known, and whether it is there.
fn missing_packs(sandbox: &Sandbox) -> Vec<String> {
    let desktop = sandbox.home().join("desktop");
    let mut missing = Vec::new();
    for entry in std::fs::read_dir(desktop.join("projects")).unwrap().flatten() {
        let text = std::fs::read_to_string(entry.path()).unwrap();
        let known: serde_json::Value = serde_json::from_str(&text).unwrap();
        for (target, base) in known["bases"].as_object().unwrap() {
            let pack = base["pack"].as_str().unwrap();
            if !desktop.join("objects").join(format!("{pack}.zip")).exists() {
                missing.push(target.clone());
            }
        }
    }
    missing
}

#[test]
fn the_content_that_an_undo_makes_live_again_is_not_pruned() {
    let sandbox = Sandbox::new();
    let text = sandbox.project_text("api");
    let long_ago = Arc::new(FixedClock(noon() - chrono::TimeDelta::days(400)));
    let before = Engine::open(Options { clock: long_ago, ..sandbox.options() }).unwrap();
    assert_done(&deploy(&before, &["code-review"], &text), Action::Created);
    tree!(sandbox.collection() => { "skills/code-review/SKILL.md": V2 });
    let engine = sandbox.engine();
    assert_done(&deploy(&engine, &["code-review"], &text), Action::Updated);
    engine.prune().unwrap();
    assert_eq!(engine.history(None).unwrap().operations.len(), 1, "the first deploy is too old");
    assert_done(&engine.undo(&UndoRequest::default()).unwrap(), Action::Updated);
    engine.prune().unwrap();
    assert_eq!(missing_packs(&sandbox), Vec::<String>::new());
}

#[test]
fn nothing_is_pruned_for_a_file_that_cannot_be_read() {
    let sandbox = Sandbox::new();
    let (text, engine) = (sandbox.project_text("api"), sandbox.engine());
    for ids in [["code-review"], ["changelog"]] {
        deploy(&engine, &ids, &text);
    }
    let desktop = sandbox.home().join("desktop");
    for folder in ["history", "projects"] {
        for entry in std::fs::read_dir(desktop.join(folder)).unwrap().flatten() {
            let history = folder == "history";
            if history { std::fs::remove_file(entry.path()) } else { std::fs::write(entry.path(), "{") }
                .unwrap();
        }
    }
    let before = DiskSnapshot::of(&desktop.join("objects"));
    assert!(engine.prune().is_err());
    before.assert_same(&DiskSnapshot::of(&desktop.join("objects")));
}

#[test]
fn what_waited_for_the_trash_does_not_forget_what_came_after_it() {
    let sandbox = Sandbox::new();
    let (text, engine) = (sandbox.project_text("api"), sandbox.engine());
    let first = std::fs::read_to_string(sandbox.collection().join("skills/code-review/SKILL.md")).unwrap();
    deploy(&engine, &["code-review"], &text);
    let trash = sandbox.home().join("desktop/trash");
    std::fs::write(&trash, "in the way").unwrap();
    let third = V2.replace("second", "third");
    let mut newest = String::new();
    for version in [V2, &third] {
        tree!(sandbox.collection() => { "skills/code-review/SKILL.md": version });
        let receipt = deploy(&engine, &["code-review"], &text);
        assert_done(&receipt, Action::Updated);
        newest = receipt.operation;
    }
    std::fs::remove_file(&trash).unwrap();
    engine.recover().unwrap();
    assert_kept(&sandbox, &first);
    assert_kept(&sandbox, V2);
    assert_tidy(&sandbox);
    let known = walkdir::WalkDir::new(sandbox.home().join("desktop/projects")).into_iter().flatten();
    let known = known.filter_map(|entry| std::fs::read_to_string(entry.path()).ok()).collect::<String>();
    assert!(known.contains(&newest), "{known} is not what {newest} deployed");
}

#[cfg(target_os = "linux")]
#[test]
fn the_journal_of_another_file_system_speaks_of_what_is_on_disk() {
    let (homes, projects) = (Sandbox::in_memory(), Sandbox::on_disk());
    skillmeat_tests::skill(&homes.collection(), "code-review");
    let (home, project) = (homes.path().to_owned(), project(&projects));
    let device = |path: &Path| std::os::unix::fs::MetadataExt::dev(&path.metadata().unwrap());
    assert_ne!(device(&home), device(&project), "one file system proves nothing");
    let recording = record(Path::new("/"));
    assert_done(&deploy(&homes.engine(), &["code-review"], project.to_str().unwrap()), Action::Created);
    let steps = recording.steps();
    let last = |what: &dyn Fn(&Step) -> bool| steps.iter().rposition(what).unwrap();
    let journal = home.join("person/.skillmeat/desktop/journal");
    let noted = last(&|step| step.call == Call::Rename && step.path.starts_with(&journal));
    let staged = |step: &Step| step.path.starts_with(&project) && step.path.ends_with("manifest");
    let staged = steps[..noted].iter().rposition(staged).unwrap();
    let between = &steps[staged..noted];
    assert!(between.iter().any(|step| step.call == Call::FlushSystem && step.path == project), "{between:?}");
}

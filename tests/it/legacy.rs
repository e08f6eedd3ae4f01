//! SkillMeat's older manifest: read, told, taken over by the first change, and never written.

use crate::call::{assert_done, deploy, deploy_request, status, undeploy};
use rustix::io::Errno;
use skillmeat_engine::Engine;
use skillmeat_engine::engine::{Repair, RepairRequest};
use skillmeat_engine::error::{Code, Severity};
use skillmeat_engine::fs::fault::{Call, Fault, arm, record};
use skillmeat_engine::path::RelPath;
use skillmeat_engine::plan::{Action, UndoRequest};
use skillmeat_engine::status::Status;
use skillmeat_tests::{DiskSnapshot, Sandbox, tree};

const OLD: &str = ".claude/deployment-manifest.toml";
const NEW: &str = ".claude/.skillmeat-deployed.toml";

/// A project in which two artifacts were deployed by a SkillMeat of old.
fn of_old(sandbox: &Sandbox, shape: Shape) -> Engine {
    let (at, engine) = (sandbox.project("api"), sandbox.engine());
    deploy(&engine, &["code-review", "changelog"], &sandbox.project_text("api"));
    let text = std::fs::read_to_string(at.join(NEW)).unwrap();
    let text = match shape {
        Shape::Today => format!("# of old\n{text}"),
        Shape::Older => {
            let table: toml::Table = text.parse().unwrap();
            let each = table["deployed"].as_array().unwrap().iter().map(|record| {
                let of = |key: &str| record[key].as_str().unwrap().to_owned();
                let (name, kind, sha) = (of("artifact_name"), of("artifact_type"), of("content_hash"));
                format!("[[artifacts]]\nname = \"{name}\"\ntype = \"{kind}\"\nsha = \"{sha}\"\n")
            });
            format!("collection = \"default\"\nskillmeat_version = \"0.2\"\n{}", each.collect::<String>())
        }
    };
    std::fs::remove_file(at.join(NEW)).unwrap();
    tree!(at => { ".claude/deployment-manifest.toml": text });
    // Another home, which has never seen the project.
    std::fs::remove_dir_all(sandbox.home().join("desktop")).unwrap();
    sandbox.engine()
}

#[derive(Clone, Copy)]
enum Shape {
    Today,
    Older,
}

fn shown(engine: &Engine, project: &str) -> Vec<(String, Status)> {
    status(engine, project).into_iter().map(|row| (row.artifact_id, row.status)).collect()
}

#[test]
fn its_records_are_shown_and_said_to_be_from_it() {
    for shape in [Shape::Today, Shape::Older] {
        let sandbox = Sandbox::new();
        let (engine, project) = (of_old(&sandbox, shape), sandbox.project_text("api"));
        let before = DiskSnapshot::of(&sandbox.project("api"));
        let both = [
            ("command:changelog".to_owned(), Status::Synced),
            ("skill:code-review".to_owned(), Status::Synced),
        ];
        assert_eq!(shown(&engine, &project), both);
        let row = engine.add_project(&project).unwrap();
        let told = row.problems.iter().find(|problem| problem.code == Code::LegacyManifest).unwrap();
        assert_eq!(told.severity, Severity::Notice);
        assert!(told.message.starts_with("2 deployments"), "{}", told.message);
        assert!(told.subject.as_ref().unwrap().ends_with(OLD));
        before.assert_same(&DiskSnapshot::of(&sandbox.project("api")));
    }
}

#[test]
fn the_first_change_takes_all_of_it_over_and_nothing_is_lost() {
    for shape in [Shape::Today, Shape::Older] {
        let sandbox = Sandbox::new();
        let (engine, project, at) =
            (of_old(&sandbox, shape), sandbox.project_text("api"), sandbox.project("api"));
        let old = std::fs::read(at.join(OLD)).unwrap();
        assert_done(&undeploy(&engine, &["code-review"], &project), Action::Removed);
        assert_eq!(shown(&engine, &project), [("command:changelog".to_owned(), Status::Synced)]);
        assert!(!at.join(".claude/skills/code-review").exists());
        let told = engine.add_project(&project).unwrap().problems;
        assert!(told.is_empty(), "{told:?}");
        // The last record goes, and the old file does not bring them back.
        assert_done(&undeploy(&engine, &["changelog"], &project), Action::Removed);
        assert!(shown(&engine, &project).is_empty());
        assert!(!std::fs::read_to_string(at.join(NEW)).unwrap().contains("artifact"));
        engine.undo(&UndoRequest::default()).unwrap();
        engine.undo(&UndoRequest::default()).unwrap();
        assert_eq!(shown(&engine, &project).len(), 2);
        assert!(at.join(".claude/skills/code-review/SKILL.md").exists());
        assert_eq!(std::fs::read(at.join(OLD)).unwrap(), old, "it is never written");
    }
}

#[test]
fn a_copy_of_old_is_updated_and_a_new_one_deployed_beside_it() {
    let sandbox = Sandbox::new();
    let (engine, project, at) =
        (of_old(&sandbox, Shape::Today), sandbox.project_text("api"), sandbox.project("api"));
    tree!(sandbox.collection() => { "skills/code-review/more.md": "more\n" });
    let request = deploy_request(&["code-review", "release-notes"], &project);
    let receipt = engine.deploy(&request).unwrap();
    assert_eq!(receipt.totals.succeeded, 2, "{receipt:?}");
    assert_eq!(shown(&engine, &project).len(), 3);
    let text = std::fs::read_to_string(at.join(NEW)).unwrap();
    assert!(text.starts_with("# of old\n"), "{text}");
}

#[test]
fn with_a_manifest_of_today_it_does_not_count() {
    let sandbox = Sandbox::new();
    let (engine, project, at) =
        (of_old(&sandbox, Shape::Today), sandbox.project_text("api"), sandbox.project("api"));
    std::fs::write(at.join(NEW), "deployed = []\n").unwrap();
    assert!(shown(&engine, &project).is_empty());
    // A file of that name that is nobody's of ours leaves no trace of being there.
    std::fs::write(at.join(OLD), "kind = 'Deployment'\n").unwrap();
    std::fs::remove_file(at.join(NEW)).unwrap();
    std::fs::remove_dir_all(at.join(".claude/skills")).unwrap();
    let before = DiskSnapshot::of(&at);
    assert_done(&deploy(&engine, &["code-review"], &project), Action::Created);
    assert_done(&undeploy(&engine, &["code-review"], &project), Action::Removed);
    let after = DiskSnapshot::of(&at);
    let gone = |snapshot: &DiskSnapshot| {
        snapshot
            .paths()
            .into_iter()
            .filter(|path| !path.ends_with("skillmeat-lock"))
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    assert_eq!(gone(&before), gone(&after));
}

#[test]
fn one_that_does_not_parse_is_no_empty_one_and_can_be_repaired() {
    let sandbox = Sandbox::new();
    let (engine, project, at) =
        (of_old(&sandbox, Shape::Today), sandbox.project_text("api"), sandbox.project("api"));
    engine.add_project(&project).unwrap();
    std::fs::write(at.join(OLD), "[[deployed]\n").unwrap();
    let receipt = engine.deploy(&deploy_request(&["release-notes"], &project)).unwrap();
    assert_eq!(receipt.results[0].problem.as_ref().unwrap().code, Code::ManifestInvalid);
    assert!(!at.join(NEW).exists());
    let repair = RepairRequest {
        repair: Repair::RestoreManifest,
        project_path: Some(project.clone()),
        profile_root_dir: Some(RelPath::new(".claude").unwrap()),
        subject: None,
    };
    engine.repair(&repair).unwrap();
    assert_eq!(shown(&engine, &project).len(), 2);
    assert_eq!(std::fs::read_to_string(at.join(OLD)).unwrap(), "[[deployed]\n");
}

/// Each rename of a deploy fails, once or with everything after it: whichever file counts then has all that was known.
#[test]
fn a_change_that_fails_loses_no_record_of_old() {
    let run = |sandbox: &Sandbox| {
        let request = deploy_request(&["release-notes"], &sandbox.project_text("api"));
        drop(sandbox.engine().deploy(&request));
    };
    let whole = Sandbox::new();
    of_old(&whole, Shape::Today);
    let recording = record(whole.path());
    run(&whole);
    let steps = recording.steps();
    drop(recording);
    let renames: Vec<u64> =
        (1..).zip(&steps).filter(|(_, step)| step.call == Call::Rename).map(|(at, _)| at).collect();
    assert!(renames.len() > 3, "{steps:?}");
    for at in renames {
        for fault in [Fault::Once(Errno::IO), Fault::From(Errno::IO)] {
            let sandbox = Sandbox::new();
            of_old(&sandbox, Shape::Today);
            let old = std::fs::read(sandbox.project("api").join(OLD)).unwrap();
            let armed = arm(sandbox.path(), at, fault);
            run(&sandbox);
            assert!(armed.hit().is_some());
            drop(armed);
            let engine = sandbox.engine();
            engine.recover().unwrap();
            let shown = shown(&engine, &sandbox.project_text("api"));
            assert!(matches!(shown.len(), 2 | 3), "{shown:?}");
            assert!(shown.iter().all(|(_, status)| *status == Status::Synced), "{shown:?}");
            assert_eq!(std::fs::read(sandbox.project("api").join(OLD)).unwrap(), old);
        }
    }
}

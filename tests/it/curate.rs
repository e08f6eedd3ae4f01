//! Removing artifacts from a collection, and tagging them.

use crate::call::{artifact, artifact_in, assert_done, assert_failed, deploy, status};
use skillmeat_engine::Engine;
use skillmeat_engine::engine::{LinkRequest, RemoveRequest, TagRequest};
use skillmeat_engine::error::{Code, Severity};
use skillmeat_engine::id::ArtifactRef;
use skillmeat_engine::plan::{Action, UndoRequest};
use skillmeat_engine::status::Status;
use skillmeat_tests::{DiskSnapshot, Sandbox, tree};

fn removal(artifacts: &[ArtifactRef]) -> RemoveRequest {
    RemoveRequest { artifacts: artifacts.to_vec(), plan: None }
}

fn tagging(id: &str, add: &[&str], remove: &[&str]) -> TagRequest {
    let owned = |tags: &[&str]| tags.iter().map(|tag| (*tag).to_owned()).collect();
    TagRequest { artifacts: vec![artifact(id)], add: owned(add), remove: owned(remove) }
}

fn tags(engine: &Engine, id: &str) -> Vec<String> {
    engine.artifact_detail(&artifact(id)).unwrap().artifact.tags
}

#[test]
fn a_removed_artifact_orphans_its_copies_and_comes_back_by_undo() {
    let sandbox = Sandbox::new();
    let (engine, project) = (sandbox.engine(), sandbox.project_text("api"));
    deploy(&engine, &["code-review", "release-notes"], &project);
    engine.resync(skillmeat_engine::feed::Origin::Startup).unwrap();
    engine.tag_artifacts(&tagging("code-review", &["x"], &[])).unwrap();
    let (before, copies) =
        (DiskSnapshot::of(&sandbox.collection()), DiskSnapshot::of(&sandbox.project("api")));

    let plan = engine.plan_remove(&removal(&[artifact("code-review")])).unwrap();
    assert_eq!((plan.totals.removed, plan.notices.len()), (1, 1), "{plan:?}");
    assert_eq!(plan.notices[0].severity, Severity::Notice);
    assert!(plan.notices[0].message.contains(&project), "{:?}", plan.notices);
    before.assert_same(&DiskSnapshot::of(&sandbox.collection()));

    let agreed = RemoveRequest { plan: Some(plan.id), ..removal(&[artifact("code-review")]) };
    assert_done(&engine.remove_artifacts(&agreed).unwrap(), Action::Removed);
    assert!(!sandbox.collection().join("skills/code-review").exists());
    let index = std::fs::read_to_string(sandbox.collection().join("collection.toml")).unwrap();
    assert!(!index.contains("code-review"), "{index}");
    copies.assert_same(&DiskSnapshot::of(&sandbox.project("api")));
    let snapshot = engine.library_snapshot().unwrap();
    assert_eq!((snapshot.artifacts.len(), snapshot.orphans.len()), (3, 1));
    assert_eq!(snapshot.orphans[0].status, Status::Orphaned);
    let gone = engine.remove_artifacts(&removal(&[artifact("code-review")])).unwrap_err();
    assert_eq!(gone.code(), Code::ArtifactNotFound);

    engine.undo(&UndoRequest::default()).unwrap();
    before.assert_same(&DiskSnapshot::of(&sandbox.collection()));
    assert!(status(&engine, &project).iter().all(|row| row.status == Status::Synced));
}

#[test]
fn a_plan_that_is_no_longer_true_removes_nothing() {
    let sandbox = Sandbox::new();
    let engine = sandbox.engine();
    let plan = engine.plan_remove(&removal(&[artifact("changelog")])).unwrap();
    assert_eq!(plan.notices, []);
    let file = sandbox.collection().join("commands/changelog.md");
    std::fs::write(&file, "edited since").unwrap();
    let agreed = RemoveRequest { plan: Some(plan.id), ..removal(&[artifact("changelog")]) };
    assert_eq!(engine.remove_artifacts(&agreed).unwrap_err().code(), Code::PlanStale);
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "edited since");
}

#[test]
fn tags_are_entered_beside_those_of_the_text_and_undone() {
    let sandbox = Sandbox::new();
    let engine = sandbox.engine();
    engine.resync(skillmeat_engine::feed::Origin::Startup).unwrap();
    let before = DiskSnapshot::of(&sandbox.collection());
    let own = tags(&engine, "code-review");
    assert!(!own.is_empty(), "the sample has tags of its own");
    engine.tag_artifacts(&tagging("code-review", &[" writing ", "new", "new", &own[0]], &[])).unwrap();
    assert_eq!(tags(&engine, "code-review"), [&["writing".to_owned(), "new".to_owned()][..], &own].concat());
    let listed = engine.library_snapshot().unwrap().artifacts;
    assert!(listed.iter().any(|one| one.artifact.tags.contains(&"writing".to_owned())), "the list follows");
    let text = DiskSnapshot::of(&sandbox.collection().join("skills"));

    // Again: nothing to do, and no operation.
    let operations = engine.history(None).unwrap().operations.len();
    assert_eq!(engine.tag_artifacts(&tagging("code-review", &["new"], &["none"])).unwrap().results, []);
    assert_eq!(engine.history(None).unwrap().operations.len(), operations);

    engine.tag_artifacts(&tagging("code-review", &[], &["new"])).unwrap();
    assert_eq!(tags(&engine, "code-review"), [&["writing".to_owned()][..], &own].concat());
    let refused = engine.tag_artifacts(&tagging("code-review", &[], &[&own[0]])).unwrap_err();
    assert!(refused.to_string().contains("SKILL.md"), "{refused}");
    text.assert_same(&DiskSnapshot::of(&sandbox.collection().join("skills")));
    for _ in 0..2 {
        engine.undo(&UndoRequest::default()).unwrap();
    }
    before.assert_same(&DiskSnapshot::of(&sandbox.collection()));
}

#[test]
fn what_cannot_be_a_tag_and_what_is_only_read_is_refused() {
    let sandbox = Sandbox::new();
    let engine = sandbox.engine();
    for tag in ["", " ", "a,b", "a\nb", &"x".repeat(65)] {
        let refused = engine.tag_artifacts(&tagging("changelog", &[tag], &[])).unwrap_err();
        assert_eq!(refused.code(), Code::InvalidName, "{tag:?}");
    }
    let team = sandbox.path().join("team");
    tree!(team => { "skills/pdf/SKILL.md": "x" });
    engine
        .link_collection(&LinkRequest { path: team.display().to_string(), ..LinkRequest::default() })
        .unwrap();
    let before = DiskSnapshot::of(&team);
    let refused = |answer: Result<skillmeat_engine::deploy::Receipt, skillmeat_engine::Error>| {
        assert_eq!(answer.unwrap_err().code(), Code::InvalidRequest);
    };
    refused(engine.remove_artifacts(&removal(&[artifact_in("pdf", "team")])));
    refused(engine.remove_artifacts(&removal(&[artifact("changelog"), artifact_in("pdf", "team")])));
    refused(engine.remove_artifacts(&removal(&[])));
    refused(engine.tag_artifacts(&tagging("pdf", &["x"], &[])));
    before.assert_same(&DiskSnapshot::of(&team));
    assert!(sandbox.collection().join("commands/changelog.md").exists());
}

#[test]
fn no_tag_of_several_writers_is_lost() {
    let sandbox = Sandbox::new();
    let engine = sandbox.engine();
    engine.resync(skillmeat_engine::feed::Origin::Startup).unwrap();
    let names: Vec<String> = (0..12).map(|count| format!("t{count}")).collect();
    let acknowledged: Vec<&str> = std::thread::scope(|scope| {
        let each: Vec<_> = names
            .iter()
            .map(|name| {
                let sandbox = &sandbox;
                scope.spawn(move || {
                    let receipt = sandbox.engine().tag_artifacts(&tagging("code-review", &[name], &[]));
                    let done = receipt.is_ok_and(|receipt| receipt.totals.failed == 0);
                    done.then_some(name.as_str())
                })
            })
            .collect();
        each.into_iter().filter_map(|thread| thread.join().unwrap()).collect()
    });
    let now = tags(&engine, "code-review");
    let lost: Vec<_> = acknowledged.iter().filter(|name| !now.iter().any(|tag| tag == **name)).collect();
    assert!(lost.is_empty(), "lost {lost:?} of {acknowledged:?}");
}

#[test]
fn an_undo_asks_before_it_takes_back_what_was_entered_since() {
    let sandbox = Sandbox::new();
    let engine = sandbox.engine();
    engine.resync(skillmeat_engine::feed::Origin::Startup).unwrap();
    let first = engine.tag_artifacts(&tagging("code-review", &["one"], &[])).unwrap();
    engine.tag_artifacts(&tagging("code-review", &["two"], &[])).unwrap();
    let before = DiskSnapshot::of(&sandbox.collection());
    let older = UndoRequest { operation: Some(first.operation), ..UndoRequest::default() };
    assert_failed(&engine.undo(&older).unwrap(), Code::LocalChanges);
    before.assert_same(&DiskSnapshot::of(&sandbox.collection()));
    engine.undo(&UndoRequest::default()).unwrap();

    let file = sandbox.collection().join("collection.toml");
    let ours = std::fs::read_to_string(&file).unwrap();
    let theirs = |text: &str| std::fs::write(&file, ours.replacen("origin = \"local\"", text, 1)).unwrap();
    theirs("origin = \"local\"\ntheirs = \"mine\"");
    assert_failed(&engine.undo(&UndoRequest::default()).unwrap(), Code::LocalChanges);
    assert!(std::fs::read_to_string(&file).unwrap().contains("theirs"));
    // The same in another form is no change.
    theirs("\"origin\"   =   'local' # said so");
    assert_done(&engine.undo(&UndoRequest::default()).unwrap(), Action::Removed);
    assert!(!tags(&engine, "code-review").contains(&"one".to_owned()));
}

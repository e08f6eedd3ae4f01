//! What happened is told after it was committed, whoever did it.

use crate::call::{deploy, undeploy};
use skillmeat_engine::feed::{Change, Event, LibraryChanged, Origin, Phase};
use skillmeat_engine::status::Status;
use skillmeat_tests::{Sandbox, tree};
use std::sync::mpsc::Receiver;

/// The changes that have been told so far.
fn told(receiver: &Receiver<Event>) -> Vec<LibraryChanged> {
    let library = |event| match event {
        Event::LibraryChanged(changed) => Some(changed),
        _ => None,
    };
    receiver.try_iter().filter_map(library).collect()
}

#[test]
fn a_deploy_is_one_event_with_its_rows() {
    let sandbox = Sandbox::new();
    let project = sandbox.project_text("api");
    let engine = sandbox.engine();
    engine.resync(Origin::Startup).unwrap();
    let before = engine.library_snapshot().unwrap();
    let receiver = engine.subscribe();

    let receipt = deploy(&engine, &["code-review", "changelog"], &project);
    let events = told(&receiver);
    let [event] = events.as_slice() else { panic!("{events:?}") };
    assert_eq!(
        (event.origin, event.operation.as_deref()),
        (Origin::Command, Some(receipt.operation.as_str()))
    );
    assert_eq!((event.epoch.as_str(), event.since), (before.epoch.as_str(), before.revision));
    let project_rows = event.changes.iter().filter(|change| matches!(change, Change::ProjectUpserted { .. }));
    assert_eq!(project_rows.count(), 1, "the project became registered");
    let deployed: Vec<_> = event
        .changes
        .iter()
        .filter_map(|change| match change {
            Change::DeploymentUpserted { deployment } => {
                Some((deployment.artifact_id.as_str(), deployment.status))
            }
            _ => None,
        })
        .collect();
    assert_eq!(deployed.len(), 2);
    assert!(deployed.contains(&("skill:code-review", Status::Synced)));

    undeploy(&engine, &["code-review"], &project);
    let events = told(&receiver);
    assert!(matches!(events[0].changes.as_slice(), [Change::DeploymentRemoved { .. }]), "{events:?}");
}

#[test]
fn progress_is_told_and_ends() {
    let sandbox = Sandbox::new();
    let engine = sandbox.engine();
    let receiver = engine.subscribe();
    deploy(&engine, &["code-review"], &sandbox.project_text("api"));
    let phases: Vec<_> = receiver
        .try_iter()
        .filter_map(|event| match event {
            Event::OperationProgressed(progress) => Some((progress.phase, progress.done, progress.total)),
            _ => None,
        })
        .collect();
    assert_eq!(phases, [(Phase::Stage, 1, 2), (Phase::Swap, 2, 2), (Phase::Done, 2, 2)]);
}

#[test]
fn what_another_process_commits_arrives_as_external() {
    let sandbox = Sandbox::new();
    let project = sandbox.project_text("api");
    let window = sandbox.engine();
    window.resync(Origin::Startup).unwrap();
    let receiver = window.subscribe();
    window.poll_external().unwrap();
    assert!(told(&receiver).is_empty());

    deploy(&sandbox.engine(), &["code-review"], &project);
    window.poll_external().unwrap();
    let events = told(&receiver);
    assert_eq!(events.len(), 1);
    assert_eq!(events[0].origin, Origin::External);
    window.poll_external().unwrap();
    assert!(told(&receiver).is_empty(), "each change is told once");
}

#[test]
fn a_resync_tells_only_what_it_corrected_and_raises_attention_once() {
    let sandbox = Sandbox::new();
    let (folder, project) = (sandbox.project("api"), sandbox.project_text("api"));
    let engine = sandbox.engine();
    engine.resync(Origin::Startup).unwrap();
    deploy(&engine, &["code-review", "changelog"], &project);
    tree!(folder => { ".claude/commands/changelog.md": "edited" });
    let receiver = engine.subscribe();
    assert_eq!(engine.resync(Origin::Resync).unwrap().corrected, 1);
    let events = told(&receiver);
    assert_eq!((events.len(), events[0].changes.len(), events[0].origin), (1, 1, Origin::Resync));

    tree!(folder => { ".claude/.skillmeat-deployed.toml": "= broken" });
    engine.resync(Origin::Resync).unwrap();
    engine.resync(Origin::Resync).unwrap();
    let raised = receiver.try_iter().filter(|event| matches!(event, Event::AttentionRaised(_))).count();
    assert_eq!(raised, 1);
}

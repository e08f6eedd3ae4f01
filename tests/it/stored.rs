//! What is deployed is stored once, whoever deploys it, wherever, and is there as long as a deployment needs it.

use crate::call::{assert_done, deploy, deploy_request, undeploy};
use skillmeat_engine::Engine;
use skillmeat_engine::clock::FixedClock;
use skillmeat_engine::deploy::PACKS_LOCK;
use skillmeat_engine::engine::Options;
use skillmeat_engine::feed::Origin;
use skillmeat_engine::fs::{FileLock, Root};
use skillmeat_engine::path::RelPath;
use skillmeat_engine::plan::{Action, DeployRequest};
use skillmeat_tests::{Sandbox, tree};
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// An engine to which the files that a test has just written are old enough to be told by their times.
fn later(sandbox: &Sandbox, days: i64) -> Engine {
    let now = chrono::Utc::now() + chrono::TimeDelta::days(days) + chrono::TimeDelta::hours(1);
    Engine::open(Options { clock: Arc::new(FixedClock(now)), ..sandbox.options() }).unwrap()
}

fn packs(sandbox: &Sandbox) -> BTreeSet<PathBuf> {
    let entries = std::fs::read_dir(sandbox.home().join("desktop/objects")).into_iter().flatten();
    entries.map(|entry| entry.unwrap().path()).collect()
}

/// Whether each deployment that is known has its content in a pack that can be read.
fn all_is_stored(sandbox: &Sandbox) -> bool {
    let desktop = sandbox.home().join("desktop");
    let ledgers = std::fs::read_dir(desktop.join("projects")).unwrap().flatten();
    let root = Root::open(&desktop).unwrap();
    ledgers
        .flat_map(|entry| {
            let known: serde_json::Value =
                serde_json::from_slice(&std::fs::read(entry.path()).unwrap()).unwrap();
            known["bases"].as_object().unwrap().values().cloned().collect::<Vec<_>>()
        })
        .all(|base| {
            let text = |key: &str| base[key].as_str().unwrap().to_owned();
            let pack = RelPath::new(format!("objects/{}.zip", text("pack"))).unwrap();
            root.open_pack(&pack).ok().flatten().is_some_and(|pack| pack.has_tree(&text("tree")))
        })
}

#[test]
fn what_an_earlier_operation_stored_is_not_stored_again() {
    let sandbox = Sandbox::new();
    let engine = later(&sandbox, 0);
    assert_done(&deploy(&engine, &["code-review"], &sandbox.project_text("one")), Action::Created);
    let first = packs(&sandbox);
    assert_eq!(first.len(), 1);
    assert_done(&deploy(&engine, &["code-review"], &sandbox.project_text("two")), Action::Created);
    assert_done(&undeploy(&engine, &["code-review"], &sandbox.project_text("one")), Action::Removed);
    assert_done(
        &deploy(&later(&sandbox, 0), &["code-review"], &sandbox.project_text("one")),
        Action::Created,
    );
    assert_eq!(packs(&sandbox), first);
    assert!(all_is_stored(&sandbox));
    // What has changed is another content.
    tree!(sandbox.collection() => { "skills/code-review/SKILL.md": "---\nname: code-review\ndescription: d\n---\nnew\n" });
    assert_done(&deploy(&engine, &["code-review"], &sandbox.project_text("two")), Action::Updated);
    assert_eq!(packs(&sandbox).len(), 2);
    assert!(all_is_stored(&sandbox));
}

#[test]
fn one_operation_stores_for_all_of_its_projects() {
    let sandbox = Sandbox::new();
    let engine = later(&sandbox, 0);
    let projects = ["one", "two", "three"].map(|name| sandbox.project_text(name)).to_vec();
    let request = DeployRequest { projects, ..deploy_request(&["code-review"], "") };
    assert_done(&engine.deploy(&request).unwrap(), Action::Created);
    assert_eq!(packs(&sandbox).len(), 1);
    assert!(all_is_stored(&sandbox));
}

#[test]
fn a_pack_that_is_gone_or_damaged_is_not_relied_upon() {
    for damage in [std::fs::remove_file, |path: PathBuf| std::fs::write(path, "no zip")] {
        let sandbox = Sandbox::new();
        let engine = later(&sandbox, 0);
        deploy(&engine, &["code-review"], &sandbox.project_text("one"));
        damage(packs(&sandbox).pop_first().unwrap()).unwrap();
        undeploy(&engine, &["code-review"], &sandbox.project_text("one"));
        assert_done(&deploy(&engine, &["code-review"], &sandbox.project_text("two")), Action::Created);
        assert!(all_is_stored(&sandbox));
    }
}

#[test]
fn what_a_later_deployment_relies_on_outlives_the_operation_that_stored_it() {
    let sandbox = Sandbox::new();
    later(&sandbox, 0).resync(Origin::Startup).unwrap();
    deploy(&later(&sandbox, -400), &["code-review"], &sandbox.project_text("one"));
    undeploy(&later(&sandbox, -399), &["code-review"], &sandbox.project_text("one"));
    let engine = later(&sandbox, 0);
    deploy(&engine, &["code-review"], &sandbox.project_text("two"));
    assert_eq!(packs(&sandbox).len(), 1);
    engine.prune().unwrap();
    assert_eq!(engine.history(None).unwrap().operations.len(), 1);
    assert!(all_is_stored(&sandbox));
    // Without a deployment nobody relies on it, and then it is stored anew.
    undeploy(&engine, &["code-review"], &sandbox.project_text("two"));
    let much_later = later(&sandbox, 400);
    deploy(&much_later, &["changelog"], &sandbox.project_text("two"));
    much_later.prune().unwrap();
    assert_eq!(packs(&sandbox).len(), 1, "that of the changelog");
    deploy(&much_later, &["code-review"], &sandbox.project_text("two"));
    assert!(all_is_stored(&sandbox));
}

#[test]
fn nothing_is_relied_upon_while_somebody_prunes() {
    let sandbox = Sandbox::new();
    let engine = later(&sandbox, 0);
    deploy(&engine, &["code-review"], &sandbox.project_text("one"));
    let desktop = Root::open(&sandbox.home().join("desktop")).unwrap();
    let lock = RelPath::new(PACKS_LOCK).unwrap();
    let pruning = FileLock::acquire(&desktop, &lock, Duration::ZERO, None).unwrap();
    assert_done(&deploy(&engine, &["code-review"], &sandbox.project_text("two")), Action::Created);
    drop(pruning);
    assert_eq!(packs(&sandbox).len(), 2);
}

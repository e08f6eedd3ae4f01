//! What is at hand for a quick deploy, and pins.

use crate::call::{artifact, artifact_in, deploy, undeploy};
use skillmeat_engine::Engine;
use skillmeat_engine::engine::{PinRequest, Quick, SetDeployRequest, SetRef};
use skillmeat_engine::error::Code;
use skillmeat_engine::feed::{Event, Origin};
use skillmeat_engine::journal::OperationKind;
use skillmeat_engine::plan::UndoRequest;
use skillmeat_engine::sets::{Change, Look, Member, new_id};
use skillmeat_engine::settings::Pin;
use skillmeat_tests::Sandbox;

fn names(items: &[skillmeat_engine::engine::QuickItem]) -> Vec<&str> {
    items.iter().map(|item| item.name.as_str()).collect()
}

fn projects(quick: &Quick) -> Vec<&str> {
    quick.projects.iter().map(|project| project.name.as_str()).collect()
}

fn set_named(engine: &Engine, name: &str, members: &[&str]) -> String {
    let id = new_id();
    let look = Look { name: Some(name.to_owned()), ..Look::default() };
    let members = members.iter().map(|text| Member::parse(text)).collect();
    engine.change_sets(None, &Change::CreateSet { id: id.clone(), look, members }, false).unwrap();
    id
}

fn pin(ids: &[&str]) -> PinRequest {
    PinRequest { artifacts: ids.iter().map(|id| artifact(id)).collect(), sets: Vec::new() }
}

#[test]
fn the_latest_come_first_and_pins_are_kept_apart() {
    let sandbox = Sandbox::new();
    let engine = sandbox.engine();
    engine.resync(Origin::Startup).unwrap();
    let quick = engine.quick().unwrap();
    assert_eq!((quick.projects, quick.recent, quick.last, quick.undo), (vec![], vec![], None, None));
    assert_eq!((names(&quick.others).len(), quick.count), (4, 4));

    let (app, api) = (sandbox.project_text("app"), sandbox.project_text("api"));
    deploy(&engine, &["code-review"], &app);
    deploy(&engine, &["release-notes", "code-review"], &api);
    let quick = engine.quick().unwrap();
    assert_eq!(projects(&quick), ["api", "app"]);
    assert_eq!(quick.projects[0].profiles, ["claude_code"]);
    assert_eq!(names(&quick.recent).len(), 2);
    assert_eq!(quick.count, 4);
    let last = quick.last.unwrap();
    assert_eq!((last.set, last.projects, last.targets.len()), (None, vec!["api".to_owned()], 2));
    assert!(last.targets.iter().all(|target| target.profile_id == "claude_code"));
    let undo = quick.undo.unwrap();
    assert_eq!(
        (undo.kind, undo.artifacts.len(), undo.places),
        (OperationKind::Deploy, 2, vec!["api".to_owned()])
    );

    engine.pin(&pin(&["code-review"])).unwrap();
    let quick = engine.quick().unwrap();
    assert_eq!((names(&quick.pinned), names(&quick.recent)), (vec!["code-review"], vec!["release-notes"]));
    assert!(!names(&quick.others).contains(&"code-review"));

    // Working in a project brings it to the front, and an undo makes the one before it the next to undo.
    undeploy(&engine, &["code-review"], &app);
    let quick = engine.quick().unwrap();
    let undo = quick.undo.as_ref().unwrap();
    assert_eq!((projects(&quick), undo.kind), (vec!["app", "api"], OperationKind::Undeploy));
    engine.undo(&UndoRequest::default()).unwrap();
    assert_eq!(engine.quick().unwrap().undo.unwrap().kind, OperationKind::Deploy);
}

#[test]
fn a_set_is_recent_as_a_set_and_again_under_its_new_name() {
    let sandbox = Sandbox::new();
    let engine = sandbox.engine();
    let id = set_named(&engine, "Web", &["skill:code-review", "release-notes"]);
    let set = SetRef { name: "Web".to_owned(), collection: None };
    let projects = vec![sandbox.project_text("app")];
    let request = SetDeployRequest { set, projects, all_profiles: true, ..SetDeployRequest::default() };
    let done = engine.deploy_set(&request).unwrap();
    engine.resync(Origin::Startup).unwrap();
    let quick = engine.quick().unwrap();
    assert_eq!(names(&quick.recent), ["Web"]);
    let last = quick.last.unwrap();
    assert_eq!((last.operation, last.all_profiles), (done.operation, true));
    assert_eq!(last.set.unwrap().what, Pin::Set { collection: "default".to_owned(), set_id: id.clone() });

    let look = Look { name: Some("Pages".to_owned()), ..Look::default() };
    engine.change_sets(None, &Change::UpdateSet { set: id.clone(), look }, false).unwrap();
    assert_eq!(names(&engine.quick().unwrap().recent), ["Pages"]);

    // Without the set, what it came to then is what was deployed.
    engine.change_sets(None, &Change::DeleteSet { set: id }, false).unwrap();
    let quick = engine.quick().unwrap();
    assert_eq!((names(&quick.recent).len(), quick.last.unwrap().set), (2, None));
}

#[test]
fn what_needs_attention_is_counted_by_project() {
    let sandbox = Sandbox::new();
    let engine = sandbox.engine();
    let app = sandbox.project_text("app");
    deploy(&engine, &["code-review", "release-notes"], &app);
    let count = |engine: &Engine| engine.quick().unwrap().projects[0].attention;
    assert_eq!(count(&engine), 0);
    std::fs::write(sandbox.project("app").join(".claude/skills/code-review/SKILL.md"), "mine").unwrap();
    engine.resync(Origin::Resync).unwrap();
    assert_eq!(count(&engine), 1);
    std::fs::remove_dir_all(sandbox.project("app").join(".claude/skills")).unwrap();
    engine.resync(Origin::Resync).unwrap();
    assert!(count(&engine) >= 1);
    // What the collection has anew is news, and no trouble.
    deploy(&engine, &["release-notes"], &sandbox.project_text("api"));
    assert_eq!(engine.quick().unwrap().projects[0].attention, 0);
}

#[test]
fn pins_are_told_kept_and_taken_away() {
    let sandbox = Sandbox::new();
    let engine = sandbox.engine();
    let feed = engine.subscribe();
    let set = set_named(&engine, "Web", &["skill:code-review"]);
    let both = PinRequest {
        artifacts: vec![artifact("code-review")],
        sets: vec![SetRef { name: "web".to_owned(), collection: None }],
    };
    let pins = engine.pin(&both).unwrap();
    assert_eq!(pins.iter().map(|row| row.name.as_str()).collect::<Vec<_>>(), ["skill:code-review", "Web"]);
    assert!(pins.iter().all(|row| !row.missing));
    let told = feed.try_iter().filter_map(|event| match event {
        Event::SettingsChanged(settings) => Some(settings.pins),
        _ => None,
    });
    assert_eq!(told.last().unwrap().len(), 2);
    assert_eq!(engine.pin(&both).unwrap(), pins, "once is enough");

    // All of it, or nothing.
    let refused = engine.pin(&pin(&["release-notes", "no-such"])).unwrap_err();
    assert_eq!((refused.code(), engine.pins().unwrap().len()), (Code::ArtifactNotFound, 2));

    // What is gone stays pinned, is no longer offered, and can be unpinned.
    std::fs::remove_dir_all(sandbox.collection().join("skills/code-review")).unwrap();
    engine.change_sets(None, &Change::DeleteSet { set: set.clone() }, false).unwrap();
    engine.resync(Origin::Resync).unwrap();
    let pins = engine.pins().unwrap();
    assert_eq!(
        pins.iter().map(|row| (row.name.clone(), row.missing)).collect::<Vec<_>>(),
        [("skill:code-review".to_owned(), true), (set.clone(), true)]
    );
    assert_eq!(engine.quick().unwrap().pinned, []);
    let gone = PinRequest {
        artifacts: vec![artifact_in("code-review", "default")],
        sets: vec![SetRef { name: set, collection: None }],
    };
    assert_eq!(engine.unpin(&gone).unwrap(), []);
    assert_eq!(engine.unpin(&pin(&["release-notes"])).unwrap(), [], "what is there and not pinned stays so");
    assert_eq!(engine.unpin(&pin(&["no-such"])).unwrap_err().code(), Code::ArtifactNotFound);
}

//! Deploying again what a deploy of a set has left undone.

use super::deploying::{request, told};
use super::{change, create, library, members};
use skillmeat_engine::Engine;
use skillmeat_engine::deploy::Outcome;
use skillmeat_engine::engine::{SetDeployRequest, SetDeployed, SetRef};
use skillmeat_engine::error::Code;
use skillmeat_engine::plan::{Action, OnConflict, SetTarget};
use skillmeat_tests::{Sandbox, tree};

/// `Web` deployed into `api` and `web`, where a command of somebody's own is in its way.
fn scene() -> (Sandbox, Engine, SetDeployed) {
    let sandbox = Sandbox::new();
    library(&sandbox);
    let engine = sandbox.engine();
    change(&engine, &create("Web", &["skill:review", "command:notes"])).unwrap();
    tree!(sandbox.project("web") => { ".claude/commands/notes.md": "a command of my own" });
    let done = engine.deploy_set(&request(&sandbox, "Web")).unwrap();
    assert_eq!((done.totals.succeeded, done.totals.failed), (3, 1));
    (sandbox, engine, done)
}

fn retry(done: &SetDeployed) -> SetDeployRequest {
    SetDeployRequest { retry: Some(done.operation.clone()), ..SetDeployRequest::default() }
}

#[test]
fn only_what_failed_is_tried_again_until_nothing_is_left() {
    let (_sandbox, engine, done) = scene();
    let again = engine.deploy_set(&retry(&done)).unwrap();
    assert_eq!(told(&again), [[("command:notes", Outcome::Failed, Action::None)]]);
    let plan = engine.plan_set_deploy(&retry(&again)).unwrap();
    assert_eq!((plan.items.len(), plan.totals.conflicts), (1, 1));
    let answered = SetDeployRequest { on_conflict: OnConflict::Overwrite, ..retry(&again) };
    let last = engine.deploy_set(&answered).unwrap();
    assert_eq!(told(&last), [[("command:notes", Outcome::Success, Action::Updated)]]);
    assert_eq!(engine.deploy_set(&retry(&last)).unwrap_err().code(), Code::OperationNotFound);
}

#[test]
fn single_targets_can_be_named_and_nothing_else_is_touched() {
    let (sandbox, engine, done) = scene();
    let failed = &done.projects[1].results[1];
    let only = vec![SetTarget {
        project_path: failed.project_path.clone(),
        artifact_id: failed.artifact_id.clone(),
        collection: failed.collection.clone(),
        profile_id: failed.deployment_profile_id.clone(),
    }];
    // What is gone elsewhere is not what was asked for.
    std::fs::remove_dir_all(sandbox.project("web").join(".claude/skills")).unwrap();
    let set = SetRef { name: "Web".to_owned(), collection: None };
    let asked =
        SetDeployRequest { set, only, on_conflict: OnConflict::Overwrite, ..SetDeployRequest::default() };
    let last = engine.deploy_set(&asked).unwrap();
    assert_eq!(told(&last), [[("command:notes", Outcome::Success, Action::Updated)]]);
    assert!(!sandbox.project("web").join(".claude/skills").exists());
    let both = SetDeployRequest { retry: Some(done.operation), ..asked };
    assert_eq!(engine.deploy_set(&both).unwrap_err().code(), Code::InvalidRequest);
}

#[test]
fn what_left_the_set_since_is_told_and_left_out() {
    let (sandbox, engine, done) = scene();
    change(&engine, &members("Web", &[], &["command:notes"])).unwrap();
    assert_eq!(engine.deploy_set(&retry(&done)).unwrap_err().code(), Code::InvalidRequest);
    change(&engine, &members("Web", &["command:notes"], &[])).unwrap();
    change(&engine, &create("Other", &["skill:css"])).unwrap();
    let set = SetRef { name: "Other".to_owned(), collection: None };
    let other = SetDeployRequest { set, ..retry(&done) };
    assert_eq!(engine.deploy_set(&other).unwrap_err().code(), Code::InvalidRequest);
    // Both fail in a project that nobody may write in.
    let note = sandbox.home().join("desktop/left").join(format!("{}.json", done.operation));
    let text = std::fs::read_to_string(&note).unwrap().replace("\"targets\":[", &format!(
        "\"targets\":[{{\"project_path\":\"{}\",\"artifact_id\":\"skill:css\",\"collection\":\"default\"}},",
        sandbox.project_text("web"),
    ));
    std::fs::write(&note, text).unwrap();
    let again = engine.deploy_set(&retry(&done)).unwrap();
    assert_eq!(told(&again), [[("command:notes", Outcome::Failed, Action::None)]]);
    let said: Vec<_> = again.notices.iter().map(|notice| (notice.code, notice.subject.as_deref())).collect();
    assert_eq!(said, [(Code::MemberNotFound, Some("skill:css"))]);
}

#[test]
fn a_note_is_believed_no_further_than_a_request() {
    let (sandbox, engine, done) = scene();
    for operation in ["", "../settings", "0", &"0".repeat(32)] {
        let asked = SetDeployRequest { retry: Some(operation.to_owned()), ..SetDeployRequest::default() };
        assert_eq!(engine.deploy_set(&asked).unwrap_err().code(), Code::OperationNotFound, "{operation}");
    }
    let note = sandbox.home().join("desktop/left").join(format!("{}.json", done.operation));
    let text = std::fs::read_to_string(&note).unwrap();
    std::fs::write(&note, text.replace(&sandbox.project_text("web"), "/")).unwrap();
    assert_eq!(engine.deploy_set(&retry(&done)).unwrap_err().code(), Code::ProjectInvalid);
    std::fs::write(&note, "{").unwrap();
    assert_eq!(engine.deploy_set(&retry(&done)).unwrap_err().code(), Code::OperationNotFound);
}

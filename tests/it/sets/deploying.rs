//! Deploying a set: one operation over all projects.

use super::{change, create, library, undo};
use skillmeat_engine::deploy::Outcome;
use skillmeat_engine::engine::{SetDeployRequest, SetDeployed, SetRef};
use skillmeat_engine::error::Code;
use skillmeat_engine::plan::{Action, OnConflict};
use skillmeat_tests::{DiskSnapshot, Sandbox, tree};

pub(super) fn request(sandbox: &Sandbox, set: &str) -> SetDeployRequest {
    SetDeployRequest {
        set: SetRef { name: set.to_owned(), collection: None },
        projects: vec![sandbox.project_text("api"), sandbox.project_text("web")],
        ..SetDeployRequest::default()
    }
}

/// Project by project: what came of each artifact.
pub(super) fn told(done: &SetDeployed) -> Vec<Vec<(&str, Outcome, Action)>> {
    done.projects
        .iter()
        .map(|project| {
            project.results.iter().map(|one| (one.artifact_id.as_str(), one.status, one.action)).collect()
        })
        .collect()
}

#[test]
fn a_set_goes_into_two_projects_with_one_conflict_again_and_back() {
    let sandbox = Sandbox::new();
    library(&sandbox);
    let engine = sandbox.engine();
    change(&engine, &create("Base", &["review", "skill:css"])).unwrap();
    change(&engine, &create("Web", &["set:Base", "command:notes", "group:Gone"])).unwrap();
    tree!(sandbox.project("web") => { ".claude/commands/notes.md": "a command of my own" });
    let before = ["api", "web"].map(|name| DiskSnapshot::of(&sandbox.project(name)));
    let plan = engine.plan_set_deploy(&request(&sandbox, "Web")).unwrap();
    assert_eq!((plan.totals.created, plan.totals.conflicts, plan.totals.failed), (5, 1, 2));
    before[0].assert_same(&DiskSnapshot::of(&sandbox.project("api")));

    let agreed = SetDeployRequest { plan: Some(plan.id), ..request(&sandbox, "Web") };
    let done = engine.deploy_set(&agreed).unwrap();
    let made = |id: &'static str| (id, Outcome::Success, Action::Created);
    let failed = |id: &'static str| (id, Outcome::Failed, Action::None);
    let first = [made("skill:review"), made("skill:css")];
    assert_eq!(
        told(&done),
        [
            [&first[..], &[made("command:notes"), failed("skill:gone")]].concat(),
            [&first[..], &[failed("command:notes"), failed("skill:gone")]].concat(),
        ]
    );
    assert_eq!((done.totals.succeeded, done.totals.failed), (5, 3));
    assert_eq!((done.projects[1].totals.succeeded, done.projects[1].totals.failed), (2, 2));
    let codes: Vec<_> =
        done.projects[1].results.iter().filter_map(|one| Some(one.problem.as_ref()?.code)).collect();
    assert_eq!(codes, [Code::UnmanagedTarget, Code::ArtifactNotFound]);

    // Once more, with an answer: what is there already is left alone.
    let again = SetDeployRequest { on_conflict: OnConflict::Overwrite, ..request(&sandbox, "Web") };
    let again = engine.deploy_set(&again).unwrap();
    assert_eq!((again.totals.succeeded, again.totals.unchanged, again.totals.failed), (1, 5, 2));
    for _ in 0..2 {
        undo(&engine);
    }
    for (name, before) in ["api", "web"].iter().zip(&before) {
        const LOCK: &str = ".claude/..skillmeat-deployed.toml.skillmeat-lock";
        let project = sandbox.project(name);
        // The lock file stays, and with it the folder that holds nothing else.
        let after = DiskSnapshot::of(&project).without(LOCK);
        let only_lock = std::fs::read_dir(project.join(".claude")).unwrap().count() == 1;
        before.assert_same(&if only_lock { after.without(".claude") } else { after });
    }
}

#[test]
fn a_set_that_comes_to_nothing_or_is_not_there_is_refused() {
    let sandbox = Sandbox::new();
    library(&sandbox);
    let engine = sandbox.engine();
    change(&engine, &create("Empty", &[])).unwrap();
    for (set, code) in [("Empty", Code::InvalidRequest), ("None", Code::SetNotFound)] {
        assert_eq!(engine.deploy_set(&request(&sandbox, set)).unwrap_err().code(), code);
    }
    let nowhere = SetDeployRequest { projects: Vec::new(), ..request(&sandbox, "Empty") };
    assert_eq!(engine.plan_set_deploy(&nowhere).unwrap_err().code(), Code::InvalidRequest);
}

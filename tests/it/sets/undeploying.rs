//! Undeploying a set: what no other deployed set needs.

use super::deploying::request;
use super::{change, create, library, undo};
use skillmeat_engine::Engine;
use skillmeat_engine::deploy::Outcome;
use skillmeat_engine::engine::{SetDeployed, SetRef, SetUndeployRequest};
use skillmeat_engine::error::Code;
use skillmeat_engine::plan::{Action, Choice, OnConflict, SetTarget};
use skillmeat_tests::{DiskSnapshot, Sandbox, tree};

fn away(sandbox: &Sandbox, set: &str, projects: &[&str]) -> SetUndeployRequest {
    SetUndeployRequest {
        set: SetRef { name: set.to_owned(), collection: None },
        projects: projects.iter().map(|name| sandbox.project_text(name)).collect(),
        ..SetUndeployRequest::default()
    }
}

/// Artifact, outcome and action of each result in the first project.
fn told(done: &SetDeployed) -> Vec<(&str, Outcome, Action)> {
    done.projects[0].results.iter().map(|one| (one.artifact_id.as_str(), one.status, one.action)).collect()
}

fn scene(sets: &[(&str, &[&str])]) -> (Sandbox, Engine) {
    let sandbox = Sandbox::new();
    library(&sandbox);
    let engine = sandbox.engine();
    for (name, members) in sets {
        change(&engine, &create(name, members)).unwrap();
    }
    (sandbox, engine)
}

const GONE: (Outcome, Action) = (Outcome::Success, Action::Removed);
const STAYS: (Outcome, Action) = (Outcome::Skipped, Action::None);
const NOTHING: (Outcome, Action) = (Outcome::Success, Action::Unchanged);

fn of(id: &str, (outcome, action): (Outcome, Action)) -> (&str, Outcome, Action) {
    (id, outcome, action)
}

#[test]
fn what_another_deployed_set_needs_stays_and_the_plan_says_which() {
    let (sandbox, engine) =
        scene(&[("Web", &["skill:css", "skill:review"]), ("Talk", &["skill:review", "command:notes"])]);
    for set in ["Web", "Talk"] {
        engine.deploy_set(&request(&sandbox, set)).unwrap();
    }
    let before = DiskSnapshot::of(&sandbox.project("api"));
    let asked = away(&sandbox, "Web", &["api", "web"]);
    let plan = engine.plan_set_undeploy(&asked).unwrap();
    assert_eq!((plan.totals.removed, plan.totals.skipped, plan.totals.conflicts), (2, 2, 0));
    let kept = plan.items.iter().find(|item| item.artifact_id == "skill:review").unwrap();
    let why = kept.conflict.as_ref().unwrap();
    assert!(why.code == Code::NeededBySet && why.message.contains("“Talk”"), "{why:?}");
    assert_eq!(
        (kept.choice, kept.choices.as_slice()),
        (OnConflict::Skip, &[OnConflict::Skip, OnConflict::Overwrite][..])
    );
    before.assert_same(&DiskSnapshot::of(&sandbox.project("api")));

    let agreed = SetUndeployRequest { plan: Some(plan.id), ..asked };
    let done = engine.undeploy_set(&agreed).unwrap();
    assert_eq!(told(&done), [of("skill:css", GONE), of("skill:review", STAYS)]);
    assert_eq!((done.totals.succeeded, done.totals.skipped, done.totals.failed), (2, 2, 0));
    // The first set is not deployed any more, so it keeps nothing of the second one.
    let done = engine.undeploy_set(&away(&sandbox, "Talk", &["api"])).unwrap();
    assert_eq!(told(&done), [of("skill:review", GONE), of("command:notes", GONE)]);
    undo(&engine);
    undo(&engine);
    before.assert_same(&DiskSnapshot::of(&sandbox.project("api")));
}

#[test]
fn a_set_inside_goes_along_and_one_around_it_keeps_everything() {
    let (sandbox, engine) = scene(&[("Base", &["skill:css"]), ("Web", &["set:Base", "skill:review"])]);
    engine.deploy_set(&request(&sandbox, "Web")).unwrap();
    let inner = engine.undeploy_set(&away(&sandbox, "Base", &["api"])).unwrap();
    assert_eq!(told(&inner), [of("skill:css", STAYS)]);
    let outer = engine.undeploy_set(&away(&sandbox, "Web", &["api"])).unwrap();
    assert_eq!(told(&outer), [of("skill:css", GONE), of("skill:review", GONE)]);
    let again = engine.undeploy_set(&away(&sandbox, "Web", &["api"])).unwrap();
    assert_eq!(told(&again), [of("skill:css", NOTHING), of("skill:review", NOTHING)]);
}

#[test]
fn whoever_insists_removes_what_is_needed_one_by_one_or_all() {
    let (sandbox, engine) =
        scene(&[("One", &["skill:css", "skill:review"]), ("Copy", &["skill:css", "skill:review"])]);
    engine.deploy_set(&request(&sandbox, "One")).unwrap();
    let asked = away(&sandbox, "One", &["api", "web"]);
    let none = engine.undeploy_set(&asked).unwrap();
    assert_eq!(told(&none), [of("skill:css", STAYS), of("skill:review", STAYS)]);
    let path = none.projects[0].results[0].path.clone().unwrap();
    let choice =
        Choice { project_path: sandbox.project_text("api"), path, on_conflict: OnConflict::Overwrite };
    let one = engine.undeploy_set(&SetUndeployRequest { choices: vec![choice], ..asked.clone() }).unwrap();
    assert_eq!(told(&one), [of("skill:css", GONE), of("skill:review", STAYS)]);
    let all = engine.undeploy_set(&SetUndeployRequest { even_needed: true, ..asked }).unwrap();
    assert_eq!(told(&all), [of("skill:css", NOTHING), of("skill:review", GONE)]);
    assert_eq!(all.projects[1].totals.succeeded, 2);
}

#[test]
fn an_edited_copy_needs_an_answer_and_something_foreign_is_left_alone() {
    let (sandbox, engine) = scene(&[("Web", &["skill:css", "command:notes"])]);
    // A leaf name that the set does not mean.
    tree!(sandbox.collection() => { "commands/git/notes.md": "---\ndescription: d\n---\n" });
    engine.deploy_set(&request(&sandbox, "Web")).unwrap();
    sandbox.skm(["deploy", "command:git/notes", "--project", &sandbox.project_text("api")]).ok();
    tree!(sandbox.project("api") => { ".claude/skills/css/SKILL.md": "mine" });
    let asked = away(&sandbox, "Web", &["api"]);
    let done = engine.undeploy_set(&asked).unwrap();
    assert_eq!(told(&done), [of("skill:css", (Outcome::Failed, Action::None)), of("command:notes", GONE)]);
    assert_eq!(done.projects[0].results[0].problem.as_ref().unwrap().code, Code::LocalChanges);
    let again = engine.undeploy_set(&asked).unwrap();
    assert_eq!(told(&again)[1], of("command:notes", NOTHING));
    assert!(sandbox.project("api").join(".claude/commands/git/notes.md").exists());
    let done = engine.undeploy_set(&SetUndeployRequest { discard_edits: true, ..asked }).unwrap();
    assert_eq!(told(&done)[0], of("skill:css", GONE));
}

#[test]
fn what_cannot_be_known_is_not_taken_for_nothing() {
    let (sandbox, engine) = scene(&[("Web", &["skill:css"]), ("Empty", &[])]);
    engine.deploy_set(&request(&sandbox, "Web")).unwrap();
    let before = DiskSnapshot::of(&sandbox.project("api"));
    let asked = away(&sandbox, "Web", &["api"]);
    let code = |request: &SetUndeployRequest| engine.undeploy_set(request).unwrap_err().code();
    assert_eq!(code(&away(&sandbox, "Empty", &["api"])), Code::InvalidRequest);
    assert_eq!(code(&away(&sandbox, "None", &["api"])), Code::SetNotFound);
    assert_eq!(code(&away(&sandbox, "Web", &[])), Code::InvalidRequest);
    let both = SetUndeployRequest { profiles: vec!["codex".to_owned()], all_profiles: true, ..asked.clone() };
    assert_eq!(code(&both), Code::InvalidRequest);
    // Another collection's sets may need it, and cannot be read.
    let other = sandbox.home().join("collections/other");
    tree!(other => { "collection.toml": "[collection]\nname = \"other\"\n", "deployment-sets.toml": "[[sets" });
    let named = SetUndeployRequest {
        set: SetRef { name: "Web".to_owned(), collection: Some("default".to_owned()) },
        ..asked
    };
    assert_eq!(code(&named), Code::SetsInvalid);
    before.assert_same(&DiskSnapshot::of(&sandbox.project("api")));
    let done = engine.undeploy_set(&SetUndeployRequest { even_needed: true, ..named }).unwrap();
    assert_eq!(told(&done), [of("skill:css", GONE)]);
}

#[test]
fn single_copies_are_undeployed_and_the_others_stay() {
    let (sandbox, engine) = scene(&[("Web", &["skill:css", "skill:review"])]);
    engine.deploy_set(&request(&sandbox, "Web")).unwrap();
    let before = DiskSnapshot::of(&sandbox.project("api"));
    let web = DiskSnapshot::of(&sandbox.project("web"));
    let plan = engine.plan_set_undeploy(&away(&sandbox, "Web", &["api"])).unwrap();
    let css = plan.items.iter().find(|item| item.artifact_id == "skill:css").unwrap();
    let target = SetTarget {
        project_path: css.project_path.clone(),
        artifact_id: css.artifact_id.clone(),
        collection: css.collection.clone(),
        profile_id: String::new(),
    };
    let only = vec![target.clone(), SetTarget { artifact_id: "skill:other".to_owned(), ..target }];
    let asked = SetUndeployRequest { only, ..away(&sandbox, "Web", &[]) };
    let done = engine.undeploy_set(&asked).unwrap();
    assert_eq!((done.projects.len(), told(&done)), (1, vec![of("skill:css", GONE)]));
    web.assert_same(&DiskSnapshot::of(&sandbox.project("web")));
    assert!(sandbox.project("api").join(".claude/skills/review").is_dir());
    // Once more there is nothing to do, which is said of this one alone.
    assert_eq!(told(&engine.undeploy_set(&asked).unwrap()), [of("skill:css", NOTHING)]);
    undo(&engine);
    before.assert_same(&DiskSnapshot::of(&sandbox.project("api")));
}

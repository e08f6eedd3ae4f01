//! Switching deployment sets off: refused, and nothing of what is stored changes.

use super::{change, create, file, library, members, named, scene};
use skillmeat_engine::Engine;
use skillmeat_engine::engine::{Options, SetDeployRequest, SetRef, SetUndeployRequest};
use skillmeat_engine::error::{Code, Remedy};
use skillmeat_engine::feed::Event;
use skillmeat_engine::plan::UndoRequest;
use skillmeat_engine::sets::{Change, Member};
use skillmeat_engine::settings::{SETS_VARIABLE, SetsSwitch, SettingsPatch};
use skillmeat_tests::{DiskSnapshot, Sandbox};

fn with(sandbox: &Sandbox, sets: SetsSwitch) -> Engine {
    Engine::open(Options { sets, ..sandbox.options() }).unwrap()
}

/// The codes of every call about the set `Web`, in the order of the calls.
fn asked(engine: &Engine, sandbox: &Sandbox) -> Vec<Option<Code>> {
    let set = SetRef { name: "Web".to_owned(), collection: None };
    let projects = vec![sandbox.project_text("api")];
    let deploy =
        SetDeployRequest { set: set.clone(), projects: projects.clone(), ..SetDeployRequest::default() };
    let again = SetDeployRequest { retry: Some("0".repeat(32)), ..SetDeployRequest::default() };
    let undeploy = SetUndeployRequest { set: set.clone(), projects, ..SetUndeployRequest::default() };
    let web = || "Web".to_owned();
    let changes = [
        create("New", &[]),
        Change::UpdateSet { set: web(), look: named("Other") },
        Change::CloneSet { set: web(), id: "c".repeat(32), name: None },
        members("Web", &["skill:css"], &[]),
        Change::OrderSet { set: web(), members: Vec::new() },
        Change::DeleteSet { set: web() },
    ];
    let mut codes: Vec<Option<Code>> =
        changes.iter().map(|one| change(engine, one).err().map(|error| error.code())).collect();
    codes.push(engine.resolve_set(&set).err().map(|error| error.code()));
    codes.push(engine.find_set_id(&set).err().map(|error| error.code()));
    codes.push(engine.plan_set_deploy(&deploy).err().map(|error| error.code()));
    codes.push(engine.deploy_set(&deploy).err().map(|error| error.code()));
    codes.push(engine.deploy_set(&again).err().map(|error| error.code()));
    codes.push(engine.plan_set_undeploy(&undeploy).err().map(|error| error.code()));
    codes.push(engine.undeploy_set(&undeploy).err().map(|error| error.code()));
    codes
}

#[test]
fn off_every_call_about_a_set_is_refused_and_groups_go_on() {
    let sandbox = scene();
    let engine = with(&sandbox, SetsSwitch::Off);
    let before = DiskSnapshot::of(&sandbox.collection());
    assert!(asked(&engine, &sandbox).iter().all(|code| *code == Some(Code::FeatureDisabled)));
    before.assert_same(&DiskSnapshot::of(&sandbox.collection()));
    assert!(!sandbox.project("api").join(".claude").exists());
    let snapshot = engine.library_snapshot().unwrap();
    assert!(!snapshot.sets_enabled);
    let problem = engine.resolve_set(&SetRef::default()).unwrap_err().to_problem();
    // The window's settings cannot change what the environment says.
    assert!(problem.message.contains(SETS_VARIABLE) && problem.remedy.is_none(), "{problem:?}");

    let stored = file(&sandbox, "deployment-sets.toml");
    let look = named("Mine");
    change(&engine, &Change::CreateGroup { look, members: vec!["skill:css".to_owned()] }).unwrap();
    assert_eq!(file(&sandbox, "deployment-sets.toml"), stored);
    assert!(engine.sets(None).unwrap().groups.iter().any(|group| group.name == "Mine"));
    // On again, all of them are there.
    let engine = with(&sandbox, SetsSwitch::On);
    assert_eq!(engine.sets(None).unwrap().sets.len(), 2);
    assert!(engine.resolve_set(&SetRef { name: "Web".to_owned(), collection: None }).is_ok());
}

/// The ways to change what is stored of sets without a call about one.
#[test]
fn off_neither_a_group_nor_an_undo_touches_the_file_of_sets() {
    let sandbox = scene();
    let on = with(&sandbox, SetsSwitch::On);
    let look = named("Mine");
    change(&on, &Change::CreateGroup { look, members: vec!["skill:css".to_owned()] }).unwrap();
    change(&on, &members("Web", &["group:Mine"], &[])).unwrap();
    let stored = file(&sandbox, "deployment-sets.toml");
    assert!(stored.contains("Mine"));

    let off = with(&sandbox, SetsSwitch::Off);
    let refused = off.undo(&UndoRequest::default()).unwrap_err();
    assert_eq!(refused.code(), Code::FeatureDisabled);
    let renamed = Change::UpdateGroup { group: "Mine".to_owned(), look: named("Ours") };
    let receipt = change(&off, &renamed).unwrap();
    assert!(receipt.results.iter().all(|result| result.artifact_id.starts_with("group:")), "{receipt:?}");
    // What was done while they were off can be undone while they are.
    assert_eq!(off.undo(&UndoRequest::default()).unwrap().totals.failed, 0);
    change(&off, &Change::DeleteGroup { group: "Mine".to_owned() }).unwrap();
    assert_eq!(file(&sandbox, "deployment-sets.toml"), stored);

    // On again, the set says what it misses.
    let on = with(&sandbox, SetsSwitch::On);
    let found = on.resolve_set(&SetRef { name: "Web".to_owned(), collection: None }).unwrap();
    let mine = Member::Group { group: "Mine".to_owned() };
    assert_eq!(found.dangling.iter().map(|one| &one.member).collect::<Vec<_>>(), [&mine]);
}

#[test]
fn the_setting_counts_where_the_environment_says_nothing_and_is_told() {
    let sandbox = scene();
    let engine = sandbox.engine();
    assert!(engine.settings().unwrap().deployment_sets && engine.library_snapshot().unwrap().sets_enabled);
    let events = engine.subscribe();
    let off = SettingsPatch { deployment_sets: Some(false), ..SettingsPatch::default() };
    assert!(!engine.update_settings(&off).unwrap().deployment_sets);
    let told: Vec<bool> = events
        .try_iter()
        .filter_map(|event| match event {
            Event::SettingsChanged(settings) => Some(settings.deployment_sets),
            _ => None,
        })
        .collect();
    assert_eq!(told, [false]);
    assert!(asked(&engine, &sandbox).iter().all(|code| *code == Some(Code::FeatureDisabled)));
    let problem = engine.resolve_set(&SetRef::default()).unwrap_err().to_problem();
    assert_eq!(problem.remedy, Some(Remedy::OpenSettings));
    assert!(!engine.library_snapshot().unwrap().sets_enabled);
    // The environment has the last word, and says so.
    let forced = with(&sandbox, SetsSwitch::On);
    let settings = forced.settings().unwrap();
    assert!(settings.deployment_sets && settings.deployment_sets_fixed);
    assert!(forced.library_snapshot().unwrap().sets_enabled);
    let on = SettingsPatch { deployment_sets: Some(true), ..SettingsPatch::default() };
    assert!(engine.update_settings(&on).unwrap().deployment_sets);
    assert!(engine.resolve_set(&SetRef { name: "Web".to_owned(), collection: None }).is_ok());
}

#[test]
fn a_word_that_nobody_understands_is_told_and_nothing_is_done() {
    let sandbox = scene();
    let engine = with(&sandbox, SetsSwitch::parse("perhaps"));
    assert!(asked(&engine, &sandbox).iter().all(|code| *code == Some(Code::ConfigInvalid)));
    let snapshot = engine.library_snapshot().unwrap();
    assert!(!snapshot.sets_enabled);
    assert!(snapshot.problems.iter().any(|problem| problem.code == Code::ConfigInvalid));
    // A settings file that cannot be read says neither yes nor no.
    std::fs::create_dir_all(sandbox.home().join("desktop")).unwrap();
    std::fs::write(sandbox.home().join("desktop/settings.toml"), "deployment_sets = \"no\"\n").unwrap();
    let engine = sandbox.engine();
    assert!(asked(&engine, &sandbox).iter().all(|code| *code == Some(Code::ConfigInvalid)));
    assert!(
        with(&sandbox, SetsSwitch::On)
            .find_set_id(&SetRef { name: "Web".to_owned(), collection: None })
            .is_ok()
    );
}

#[test]
fn skm_follows_the_environment() {
    let sandbox = Sandbox::new();
    library(&sandbox);
    sandbox.skm(["set", "create", "Web"]).ok();
    let run = |value: &str, arguments: &[&str]| {
        let output = sandbox.skm_command().env(SETS_VARIABLE, value).args(arguments).output().unwrap();
        let said: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        (output.status.code(), said["problems"][0]["code"].as_str().map(str::to_owned))
    };
    for (value, code, problem) in [
        ("1", 0, None),
        ("true", 0, None),
        ("0", 3, Some("feature-disabled")),
        ("maybe", 3, Some("config-invalid")),
    ] {
        let problem: Option<&str> = problem;
        assert_eq!(
            run(value, &["--json", "set", "list"]),
            (Some(code), problem.map(str::to_owned)),
            "{value}"
        );
    }
    assert_eq!(run("0", &["--json", "group", "create", "Mine"]), (Some(0), None));
}

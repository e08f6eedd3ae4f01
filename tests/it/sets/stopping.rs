//! Stopping a deploy of a set: between projects, and never inside one.

use super::deploying::{request, told};
use super::{change, create, library};
use rustix::process::{Pid, Signal, kill_process};
use skillmeat_engine::Engine;
use skillmeat_engine::deploy::Outcome;
use skillmeat_engine::engine::SetDeployRequest;
use skillmeat_engine::error::Code;
use skillmeat_engine::feed::{Event, OperationProgressed, Phase};
use skillmeat_engine::plan::{Action, UndeployRequest};
use skillmeat_tests::{DiskSnapshot, Sandbox};
use std::collections::BTreeSet;
use std::fs::File;
use std::process::Stdio;
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

const DONE: (Outcome, Action) = (Outcome::Success, Action::Created);
const STOPPED: (Outcome, Action) = (Outcome::Skipped, Action::None);

/// A set of two artifacts, and the lock of the project `web`, held.
fn scene() -> (Sandbox, Engine, File) {
    let sandbox = Sandbox::new();
    library(&sandbox);
    let engine = sandbox.engine();
    change(&engine, &create("Web", &["skill:review", "skill:css"])).unwrap();
    let locks = || -> BTreeSet<_> {
        let found = std::fs::read_dir(sandbox.home().join("desktop/locks")).unwrap();
        found.map(|entry| entry.unwrap().path()).collect()
    };
    let before = locks();
    let web = sandbox.project_text("web");
    sandbox.skm(["deploy", "notes", "--project", &web]).ok();
    let lock = locks().difference(&before).next().unwrap().clone();
    sandbox.skm(["undeploy", "notes", "--project", &web]).ok();
    let held = File::options().read(true).write(true).open(lock).unwrap();
    held.lock().unwrap();
    (sandbox, engine, held)
}

/// The first progress that is so.
fn wait(events: &Receiver<Event>, wanted: impl Fn(&OperationProgressed) -> bool) -> OperationProgressed {
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs(20) {
        if let Ok(Event::OperationProgressed(told)) = events.recv_timeout(Duration::from_secs(20))
            && wanted(&told)
        {
            return told;
        }
    }
    panic!("no such progress");
}

fn each(ids: &[&'static str], (outcome, action): (Outcome, Action)) -> Vec<(&'static str, Outcome, Action)> {
    ids.iter().map(|id| (*id, outcome, action)).collect()
}

#[test]
fn a_project_whose_swap_has_not_begun_is_dropped_and_can_be_asked_for_again() {
    let (sandbox, engine, held) = scene();
    let before = DiskSnapshot::of(&sandbox.project("web"));
    let events = engine.subscribe();
    let done = std::thread::scope(|scope| {
        let runs = scope.spawn(|| engine.deploy_set(&request(&sandbox, "Web")).unwrap());
        let passed = wait(&events, |told| told.phase == Phase::Record);
        assert_eq!((passed.done, passed.total), (4, 8));
        assert_eq!(passed.subject.as_deref(), Some(sandbox.project_text("api").as_str()));
        assert!(engine.cancel(&passed.operation));
        drop(held);
        runs.join().unwrap()
    });
    let both = ["skill:review", "skill:css"];
    assert_eq!(told(&done), [each(&both, DONE), each(&both, STOPPED)]);
    assert_eq!((done.totals.succeeded, done.totals.skipped, done.totals.failed), (2, 2, 0));
    let dropped = &done.projects[1].results[0];
    assert_eq!(dropped.problem.as_ref().unwrap().code, Code::Cancelled);
    assert_eq!(dropped.deployment_profile_id, "claude_code");
    before.assert_same(&DiskSnapshot::of(&sandbox.project("web")));
    assert!(!engine.cancel(&done.operation), "it has ended");
    assert!(engine.recover().unwrap().is_empty());
    let history = engine.history(None).unwrap().operations;
    assert_eq!((history[0].operation.as_str(), history[0].items.len()), (done.operation.as_str(), 2));

    let again = SetDeployRequest { retry: Some(done.operation), ..SetDeployRequest::default() };
    assert_eq!(told(&engine.deploy_set(&again).unwrap()), [each(&both, DONE)]);
}

#[test]
fn projects_that_were_not_looked_at_yet_are_told_target_by_target() {
    let (sandbox, engine, held) = scene();
    let events = engine.subscribe();
    let mut asked = request(&sandbox, "Web");
    asked.projects.extend([sandbox.project_text("x"), sandbox.project_text("y")]);
    let done = std::thread::scope(|scope| {
        let runs = scope.spawn(|| engine.deploy_set(&asked).unwrap());
        let passed = wait(&events, |told| told.phase == Phase::Record);
        engine.cancel(&passed.operation);
        drop(held);
        runs.join().unwrap()
    });
    let both = ["skill:review", "skill:css"];
    let left = each(&both, STOPPED);
    assert_eq!(told(&done), [each(&both, DONE), left.clone(), left.clone(), left]);
    let ended = wait(&events, |told| told.phase == Phase::Done);
    assert_eq!((ended.done, ended.total), (16, 16));
    assert!(!sandbox.project("x").join(".claude").exists());
}

#[test]
fn a_project_in_which_something_was_swapped_is_finished() {
    let (sandbox, engine, held) = scene();
    // The second profile root of `api` waits for SkillMeat.
    let root = sandbox.project("api").join(".cursor");
    std::fs::create_dir(&root).unwrap();
    let theirs = File::create(root.join("..skillmeat-deployed.toml.skillmeat-lock")).unwrap();
    theirs.lock().unwrap();
    let events = engine.subscribe();
    let profiles = vec!["claude_code".to_owned(), "cursor".to_owned()];
    let asked = SetDeployRequest { profiles, ..request(&sandbox, "Web") };
    let done = std::thread::scope(|scope| {
        let runs = scope.spawn(|| engine.deploy_set(&asked).unwrap());
        let swapped = wait(&events, |told| told.phase == Phase::Swap);
        assert!(engine.cancel(&swapped.operation));
        drop((theirs, held));
        runs.join().unwrap()
    });
    let four = ["skill:review", "skill:css", "skill:review", "skill:css"];
    assert_eq!(told(&done), [each(&four, DONE), each(&four, STOPPED)]);
    assert!(root.join("skills/review/SKILL.md").exists());
    assert_eq!(engine.history(None).unwrap().operations[0].items.len(), 4);
}

#[test]
fn ctrl_c_stops_skm_before_the_next_project_and_the_rest_is_deployed_later() {
    let (sandbox, engine, held) = scene();
    let projects = [sandbox.project_text("api"), sandbox.project_text("web")];
    let mut command = sandbox.skm_command();
    command.args(["--json", "set", "deploy", "Web", "--project"]).args(&projects);
    let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let begun = Instant::now();
    while engine.history(None).unwrap().operations[0].items.len() != 2 && begun.elapsed().as_secs() < 20 {
        std::thread::sleep(Duration::from_millis(5));
    }
    kill_process(Pid::from_child(&child), Signal::INT).unwrap();
    // Heard before the lock is free.
    std::thread::sleep(Duration::from_millis(200));
    drop(held);
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(3), "{output:?}");
    assert!(String::from_utf8_lossy(&output.stderr).contains("Stopping"), "{output:?}");
    let said: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let totals = &said["data"]["totals"];
    assert_eq!((totals["succeeded"].as_u64(), totals["skipped"].as_u64()), (Some(2), Some(2)), "{said}");
    assert_eq!(said["problems"][0]["code"].as_str(), Some("cancelled"));
    let operation = said["data"]["operation"].as_str().unwrap();
    let again = sandbox.skm(["--json", "set", "deploy", "Web", "--retry", operation]).ok().json();
    assert_eq!(again["data"]["totals"]["succeeded"].as_u64(), Some(2), "{again}");
    let undeploy = UndeployRequest { all: true, projects: projects.into(), ..UndeployRequest::default() };
    assert_eq!(engine.undeploy(&undeploy).unwrap().totals.succeeded, 4);
}

//! What there is to say after something went wrong: diagnostics, and a window that was not closed.

use skillmeat_engine::error::Code;
use skillmeat_tests::{DiskSnapshot, Node, Sandbox};

fn unclean(sandbox: &Sandbox) -> Vec<String> {
    let snapshot = sandbox.engine().library_snapshot().unwrap();
    let said = snapshot.problems.into_iter().filter(|problem| problem.code == Code::UncleanExit);
    said.map(|problem| problem.message).collect()
}

/// Begins a window on a new engine, and gives what that engine says about the one before.
fn begun(sandbox: &Sandbox, then: impl FnOnce(skillmeat_engine::engine::WindowRun)) -> Vec<String> {
    let engine = sandbox.engine();
    then(engine.begin_window().unwrap().expect("no other window runs"));
    let snapshot = engine.library_snapshot().unwrap();
    let said = snapshot.problems.into_iter().filter(|problem| problem.code == Code::UncleanExit);
    said.map(|problem| problem.message).collect()
}

#[test]
fn a_window_that_was_not_closed_is_spoken_of_once() {
    let sandbox = Sandbox::new();
    assert!(begun(&sandbox, skillmeat_engine::engine::WindowRun::close).is_empty(), "the first one");
    assert!(begun(&sandbox, drop).is_empty(), "the one before was closed");
    let said = begun(&sandbox, skillmeat_engine::engine::WindowRun::close);
    assert!(matches!(&said[..], [one] if one.contains("crashed, or was ended from outside")), "{said:?}");
    assert!(begun(&sandbox, skillmeat_engine::engine::WindowRun::close).is_empty(), "once");
}

#[test]
fn a_defect_of_the_window_before_is_named_with_its_place() {
    let sandbox = Sandbox::new();
    begun(&sandbox, |mut run| run.note_defect("src-tauri/src/menu.rs:7:1"));
    let said = begun(&sandbox, drop);
    assert!(matches!(&said[..], [one] if one.contains("at src-tauri/src/menu.rs:7:1")), "{said:?}");
}

#[test]
fn a_window_that_runs_is_not_taken_for_a_crash() {
    let sandbox = Sandbox::new();
    let engine = sandbox.engine();
    let run = engine.begin_window().unwrap().unwrap();
    let second = sandbox.engine();
    assert!(second.begin_window().unwrap().is_none());
    assert!(unclean(&sandbox).is_empty());
    run.close();
    assert!(begun(&sandbox, drop).is_empty());
}

#[test]
fn a_note_that_is_no_note_is_none() {
    for text in ["", "{", "[]", "{\"since\": 7}", "{\"since\": \"never\", \"closed\": true}"] {
        let sandbox = Sandbox::new();
        Node::from(text).put(&sandbox.home().join("desktop/window.json"));
        assert!(begun(&sandbox, drop).is_empty(), "{text}");
        assert_eq!(begun(&sandbox, drop).len(), 1, "{text}: the next one is known");
    }
}

#[test]
fn diagnostics_say_what_there_is_and_change_nothing() {
    let sandbox = Sandbox::new();
    let project = sandbox.project_text("api");
    sandbox.skm(["deploy", "skill:code-review", "--project", &project]).ok();
    let logs = sandbox.home().join("desktop/logs");
    Node::from("yesterday\n").put(&logs.join("desktop.2026-02-28.log"));
    let inside = sandbox.person().join("code");
    Node::from(format!("of today, in {}\n", inside.display())).put(&logs.join("desktop.2026-03-01.log"));
    let before = DiskSnapshot::of(&sandbox.project("api"));
    let ran = sandbox.skm(["doctor", "--diagnostics"]).ok();
    for part in ["(skm)", "1 projects", "Deployments: 1 synced", "Settings: theme", "of today, in ~/code"] {
        assert!(ran.out.contains(part), "no “{part}” in {}", ran.out);
    }
    assert!(!ran.out.contains("yesterday"), "{}", ran.out);
    assert!(!ran.out.contains(sandbox.person().to_str().unwrap()), "{}", ran.out);
    before.assert_same(&DiskSnapshot::of(&sandbox.project("api")));
    let json = sandbox.skm(["doctor", "--diagnostics", "--json"]).ok().json();
    assert!(json["data"]["text"].as_str().unwrap().contains("(skm)"), "{json}");
    assert_eq!(json["data"]["logs"], logs.display().to_string());
}

#[test]
fn a_home_that_cannot_be_opened_has_diagnostics_too() {
    let sandbox = Sandbox::empty();
    Node::from("this is a file, not a folder").put(&sandbox.home());
    let ran = sandbox.skm(["doctor", "--diagnostics"]).ok();
    assert!(
        ran.out.contains("Library: cannot be read") && ran.out.contains("Log: there is none"),
        "{}",
        ran.out
    );
    assert!(
        ran.out.lines().any(|line| line.starts_with("12:00:00 ") || line.contains(" io: ")),
        "{}",
        ran.out
    );
}

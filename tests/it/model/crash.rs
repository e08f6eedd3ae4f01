//! An operation whose process ends in the middle of it: the test's own binary once more.

use super::run::{Request, engine};
use serde_json::{Value, json};
use skillmeat_engine::fs::fault::{Fault, arm};
use skillmeat_tests::Sandbox;
use std::path::Path;
use std::process::{Command, Stdio};

const ORDER: &str = "SKILLMEAT_TESTS_MODEL";

/// Lets a process of its own ask for this and end at the `at`-th change, or when it is done.
pub(super) fn aborted(request: &Request, sandbox: &Sandbox, at: u64) {
    let (kind, request) = match request {
        Request::Deploy(request) => ("deploy", json!(request)),
        Request::Undeploy(request) => ("undeploy", json!(request)),
        Request::Update(request) => ("update", json!(request)),
        Request::Push(request) => ("push", json!(request)),
        Request::Undo(request) => ("undo", json!(request)),
    };
    let order = json!({ "at": at, "sandbox": sandbox.path(), "kind": kind, "request": request });
    let ended = Command::new(std::env::current_exe().unwrap())
        .args(["model::ends_when_asked", "--exact"])
        .env(ORDER, order.to_string())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    ended.unwrap();
}

/// In a process that was started for it: does what was ordered. In any other process this does nothing.
pub(super) fn run_if_asked() {
    let Ok(order) = std::env::var(ORDER) else { return };
    let order: Value = serde_json::from_str(&order).unwrap();
    let sandbox = Sandbox::existing(Path::new(order["sandbox"].as_str().unwrap()));
    let body = order["request"].clone();
    let request = match order["kind"].as_str().unwrap() {
        "deploy" => Request::Deploy(serde_json::from_value(body).unwrap()),
        "undeploy" => Request::Undeploy(serde_json::from_value(body).unwrap()),
        "update" => Request::Update(serde_json::from_value(body).unwrap()),
        "push" => Request::Push(serde_json::from_value(body).unwrap()),
        _ => Request::Undo(serde_json::from_value(body).unwrap()),
    };
    let engine = engine(&sandbox);
    let _armed = arm(sandbox.path(), order["at"].as_u64().unwrap(), Fault::Abort);
    let _ = request.ask(&engine);
}

//! Runs that end with their process: the test's own binary once more, for one test and one call.

use super::{Hit, Operation, Walk, in_order, lacking};
use crate::Sandbox;
use skillmeat_engine::fs::fault::{Fault, arm};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Command, Stdio};

/// What the child has to do: `<operation>|<call>|<without exchange>|<sandbox>`.
const ORDER: &str = "SKILLMEAT_TESTS_CRASH";
/// The signal that `abort` raises.
const SIGABRT: i32 = 6;

/// In a process that was started to crash: does so, or ends when the operation makes too few calls for that. In any
/// other process this does nothing.
///
/// # Panics
/// When the order is not understood.
pub fn run_if_asked(operations: &[Operation]) {
    let Ok(order) = std::env::var(ORDER) else { return };
    let parts: Vec<_> = order.splitn(4, '|').collect();
    let [name, at, without_exchange, path] = parts.as_slice() else { panic!("an order: {order}") };
    let operation = operations.iter().find(|operation| operation.name == *name).expect("a known operation");
    let sandbox = Sandbox::existing(Path::new(path));
    let engine = sandbox.engine();
    let _lacking = lacking(&sandbox, *without_exchange == "true");
    let _armed = arm(sandbox.path(), at.parse().expect("a number"), Fault::Abort);
    let _ = in_order(|| (operation.run)(&sandbox, &engine));
}

/// Lets a process of its own crash at the `at`-th call; nothing when it makes fewer.
pub(super) fn crashed(walk: &Walk, test: &str, sandbox: &Sandbox, at: u64) -> Option<Hit> {
    let order =
        format!("{}|{at}|{}|{}", walk.operation.name, walk.without_exchange, sandbox.path().display());
    let output = Command::new(std::env::current_exe().expect("this test's own path"))
        .args([test, "--exact", "--nocapture"])
        .env(ORDER, order)
        .stdin(Stdio::null())
        .output()
        .expect("this test starts again");
    let text = String::from_utf8_lossy(&output.stderr);
    let hit = text.lines().find_map(|line| line.strip_prefix("aborted at "));
    match (output.status.signal(), hit) {
        (Some(SIGABRT), Some(hit)) => Some(Hit { place: hit.to_owned(), lasts: true, told: None }),
        _ => {
            let told = String::from_utf8_lossy(&output.stdout);
            assert!(output.status.success() && told.contains("1 passed"), "{test}: {told}{text}");
            None
        }
    }
}

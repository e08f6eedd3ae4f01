//! Ctrl-C while something is written.

use super::{Screen, during};
use signal_hook::consts::SIGINT;
use signal_hook::flag;
use skillmeat_engine::Engine;
use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{Thread, park_timeout, scope};
use std::time::Duration;

/// How long a Ctrl-C may wait to be heard.
const TICK: Duration = Duration::from_millis(20);
/// How a program ends that Ctrl-C has ended.
const INTERRUPTED: i32 = 130;

/// Does `work`, which Ctrl-C stops between projects. A second one ends the program there and then, as it does anywhere
/// else: what was begun is then finished or taken back by the next command that writes there.
pub(crate) fn stoppable<T>(screen: &Screen, engine: &Engine, work: impl FnOnce() -> T) -> T {
    let (asked, ended) = (Arc::new(AtomicBool::new(false)), AtomicBool::new(false));
    let second = flag::register_conditional_shutdown(SIGINT, INTERRUPTED, Arc::clone(&asked));
    if second.and_then(|_| flag::register(SIGINT, Arc::clone(&asked))).is_err() {
        return during(screen, engine, work);
    }
    scope(|scope| {
        let waits = scope.spawn(|| wait(engine, &asked, &ended));
        let _end = Ends { ended: &ended, waits: waits.thread().clone() };
        during(screen, engine, work)
    })
}

fn wait(engine: &Engine, asked: &AtomicBool, ended: &AtomicBool) {
    let mut told = false;
    while !ended.load(Ordering::Acquire) {
        if asked.load(Ordering::Relaxed) {
            // Asked again and again: the work may not have begun what can be stopped.
            engine.cancel_all();
            if !told {
                let message = "Stopping before the next project. Press Ctrl-C again to end at once.";
                let _ = writeln!(std::io::stderr().lock(), "{message}");
            }
            told = true;
        }
        park_timeout(TICK);
    }
}

/// Ends the waiting also when the work panics.
struct Ends<'a> {
    ended: &'a AtomicBool,
    waits: Thread,
}

impl Drop for Ends<'_> {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::Release);
        self.waits.unpark();
    }
}

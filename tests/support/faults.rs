//! One fault after another at every call that an operation makes to the disk, and what must be true afterwards.
//!
//! A [`Walk`] runs its operation once undisturbed, so that it knows the old and the new state. Then it runs it again
//! and again in fresh sandboxes: the first call fails, the second, and so on, until a run makes no call that could
//! fail. After each run the engine is opened anew, as after a restart, and everything is compared.

mod child;
mod scene;
mod world;

pub use child::run_if_asked;

use crate::Sandbox;
use rustix::io::Errno;
use scene::Scene;
use skillmeat_engine::Engine;
use skillmeat_engine::deploy::Receipt;
use skillmeat_engine::error::{Error, Problem};
use skillmeat_engine::fs::fault::{Armed, Call, Fault, arm};
use skillmeat_engine::plan::UndoRequest;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use world::{Expected, World};

/// Something that the engine does to people's files.
#[derive(Debug, Clone, Copy)]
pub struct Operation {
    /// Its name, in messages and for the process that is ended in the middle of it.
    pub name: &'static str,
    /// What there is before. The engine may be used.
    pub before: fn(&Sandbox),
    /// The operation.
    pub run: fn(&Sandbox, &Engine) -> Result<Receipt, Error>,
}

/// A call that was hit, and what came of it.
#[derive(Debug)]
struct Hit {
    /// The call, for people.
    place: String,
    /// Every later call fails as well.
    lasts: bool,
    /// What the operation answered; nothing when its process ended.
    told: Option<Result<Receipt, Problem>>,
}

/// An operation with its undisturbed course.
#[derive(Debug)]
pub struct Walk {
    operation: Operation,
    expected: Expected,
    /// The file system lets nothing change places.
    without_exchange: bool,
}

/// What a walk has seen.
#[derive(Debug, Default)]
struct Seen {
    runs: u64,
    wrong: Vec<String>,
}

/// Opens the engine after a crash or a failure, as the next start does.
///
/// # Panics
/// When it cannot be opened.
pub fn restart(sandbox: &Sandbox) -> Engine {
    let engine = sandbox.engine();
    engine.recover().expect("a journal that can be read");
    engine
}

impl Walk {
    /// Runs the operation once undisturbed and remembers the states before and after.
    ///
    /// # Panics
    /// When the operation does not do all it is asked for.
    pub fn of(operation: Operation) -> Self {
        let scene = Scene::of(&operation);
        let old = World::of(&scene.sandbox);
        let receipt = (operation.run)(&scene.sandbox, &scene.sandbox.engine()).expect("an undisturbed run");
        let expected = Expected::new(&scene.sandbox, old, &receipt);
        Self { operation, expected, without_exchange: false }
    }

    /// The same on a file system that has no call to let two entries change places.
    #[must_use]
    pub fn without_exchange(mut self) -> Self {
        self.without_exchange = true;
        self
    }

    /// Lets every call in turn end with `fault`.
    ///
    /// # Panics
    /// When something is not as it should be afterwards; all of it is told.
    pub fn each_call(&self, fault: Fault) {
        let what = match fault {
            Fault::Once(errno) => errno.to_string(),
            Fault::From(errno) => format!("{errno}, from then on"),
            _ => format!("{fault:?}"),
        };
        self.each(&what, |sandbox, at| self.disturbed(fault, sandbox, at));
    }

    /// Ends the process at every call in turn that changes something. `test` is the full name of the test that calls
    /// [`run_if_asked`].
    ///
    /// # Panics
    /// When something is not as it should be afterwards; all of it is told.
    pub fn each_crash(&self, test: &str) {
        self.each("crash", |sandbox, at| child::crashed(self, test, sandbox, at));
    }

    /// Ends the process at every call in turn that changes something; after the next start, undoing what has become of
    /// it leaves what was there before.
    ///
    /// # Panics
    /// When it cannot be undone, or something else is there.
    pub fn each_crash_can_be_undone(&self, test: &str) {
        let scene = Scene::of(&self.operation);
        let before = World::of(&scene.sandbox);
        let mut done = 0;
        for at in 1.. {
            let Some(hit) = child::crashed(self, test, &scene.sandbox, at) else { break };
            let engine = restart(&scene.sandbox);
            let left = engine.history(None).expect("a history").operations;
            if !left.is_empty() {
                let undone = engine.undo(&UndoRequest::default()).expect("an undo");
                assert_eq!(undone.totals.failed, 0, "crash at call {at}, {}: {undone:?}", hit.place);
                done += 1;
            }
            let now = World::of(&scene.sandbox);
            assert!(now.is_as_found(&before), "crash at call {at}, {}: it is not undone", hit.place);
            scene.put_back();
        }
        assert!(done > 0, "{} is never far enough to be undone", self.operation.name);
    }

    fn each(&self, what: &str, run: impl Fn(&Sandbox, u64) -> Option<Hit> + Sync) {
        let (next, over) = (AtomicU64::new(1), AtomicBool::new(false));
        let seen = Mutex::new(Seen::default());
        let work = || {
            let scene = Scene::of(&self.operation);
            let before = World::of(&scene.sandbox);
            while !over.load(Ordering::Relaxed) {
                let at = next.fetch_add(1, Ordering::Relaxed);
                let Some(hit) = run(&scene.sandbox, at) else {
                    over.store(true, Ordering::Relaxed);
                    return;
                };
                let verdict = self.expected.verdict(self.operation, &scene.sandbox, &before, &hit);
                let place = hit.place.replace(&format!("{}/", scene.sandbox.path().display()), "");
                let name = self.operation.name;
                let told =
                    verdict.wrong.iter().map(|line| format!("{name}, {what} at call {at}, {place}: {line}"));
                let mut seen = seen.lock().expect("no other thread has failed");
                seen.runs += 1;
                seen.wrong.extend(told);
                drop(seen);
                if !verdict.untouched {
                    scene.put_back();
                }
            }
        };
        std::thread::scope(|scope| {
            let alone = || in_order(work);
            let threads = [scope.spawn(alone), scope.spawn(alone)];
            for thread in threads {
                thread.join().expect("a run without a panic");
            }
        });
        let seen = seen.into_inner().expect("no thread has failed");
        assert!(
            seen.wrong.is_empty(),
            "{} of {} runs:\n{}",
            seen.wrong.len(),
            seen.runs,
            seen.wrong.join("\n")
        );
        assert!(seen.runs > 0, "{} makes no call that could end with {what}", self.operation.name);
    }

    fn disturbed(&self, fault: Fault, sandbox: &Sandbox, at: u64) -> Option<Hit> {
        let engine = sandbox.engine();
        let _lacking = lacking(sandbox, self.without_exchange);
        let armed = arm(sandbox.path(), at, fault);
        let told = (self.operation.run)(sandbox, &engine);
        let place = armed.hit()?.to_string();
        let lasts = matches!(fault, Fault::From(_));
        Some(Hit { place, lasts, told: Some(told.map_err(Problem::from)) })
    }
}

/// What the file system of the sandbox cannot do.
fn lacking(sandbox: &Sandbox, without_exchange: bool) -> Option<Armed> {
    without_exchange.then(|| arm(sandbox.path(), 1, Fault::Never(Call::Exchange, Errno::INVAL)))
}

/// Runs `work` so that what the engine does in parallel happens one by one, in the same order every time.
fn in_order<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    let alone = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a thread");
    alone.install(work)
}

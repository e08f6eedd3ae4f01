//! The engine, opened, called and kept current off the main thread.

use crate::crash;
use skillmeat_engine::clock::{Clock, SystemClock};
use skillmeat_engine::engine::{Asker, Diagnostics, Options, Watch, diagnostics_without_engine};
use skillmeat_engine::feed::{AttentionRaised, Event, Origin};
use skillmeat_engine::{Engine, Error, Problem, Result};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// How often to look for commits of other processes.
const POLL: Duration = Duration::from_millis(250);

/// How long not to look after a failure, which may have cost a scan of everything.
const REST: Duration = Duration::from_secs(5);

/// How long the end of the program waits for writing calls. Whatever takes longer is left to recovery.
const PATIENCE: Duration = Duration::from_secs(10);

/// How many problems are remembered for the diagnostics.
const REMEMBERED: usize = 20;

/// What is done once, with an engine that has just been opened.
type OnOpen = Box<dyn Fn(&Arc<Engine>) + Send + Sync>;

/// The engine and the threads that it is called on.
///
/// An engine that cannot be opened does not keep the window away: each call tries again and answers with the
/// problem until one succeeds, so a person can mend the cause and go on.
#[derive(Clone)]
pub(crate) struct Background {
    shared: Arc<Shared>,
}

struct Shared {
    options: Result<Options, Problem>,
    engine: Mutex<Option<Arc<Engine>>>,
    on_open: OnOpen,
    writing: Mutex<usize>,
    idle: Condvar,
    /// What was answered with of late.
    asker: Mutex<Asker>,
}

impl Background {
    /// An engine that the first call opens. `options` may say already why it cannot be opened.
    pub(crate) fn new(
        options: Result<Options>,
        on_open: impl Fn(&Arc<Engine>) + Send + Sync + 'static,
    ) -> Self {
        let shared = Shared {
            options: options.map_err(Problem::from),
            engine: Mutex::default(),
            on_open: Box::new(on_open),
            writing: Mutex::default(),
            idle: Condvar::new(),
            asker: Mutex::new(Asker { program: "window".to_owned(), problems: Vec::new() }),
        };
        Self { shared: Arc::new(shared) }
    }

    /// Opens the engine now, so that it is ready when the window asks.
    pub(crate) fn open_ahead(&self) {
        let shared = Arc::clone(&self.shared);
        thread::spawn(move || {
            if let Err(problem) = guarded("open", || shared.engine().map(drop)) {
                tracing::error!(code = ?problem.code, "the engine cannot be opened");
            }
        });
    }

    /// Runs `call` on tokio's pool for blocking work. A panic in it becomes a problem.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        name: &'static str,
        call: impl FnOnce(&Engine) -> Result<T> + Send + 'static,
    ) -> Result<T, Problem> {
        let shared = Arc::clone(&self.shared);
        let work = move || {
            let started = Instant::now();
            let answer = guarded(name, || call(&*shared.engine()?).map_err(Problem::from));
            log_answer(name, started.elapsed(), answer.as_ref().err());
            if let Err(problem) = &answer {
                shared.remember(problem);
            }
            answer
        };
        let dropped = |_| Error::Internal { what: format!("{name} was dropped as the program ends") };
        tokio::task::spawn_blocking(work).await.map_err(dropped)?
    }

    /// The same for a call that changes files: the program does not end before it has.
    pub(crate) async fn write<T: Send + 'static>(
        &self,
        name: &'static str,
        call: impl FnOnce(&Engine) -> Result<T> + Send + 'static,
    ) -> Result<T, Problem> {
        let writing = Writing::begin(Arc::clone(&self.shared));
        self.read(name, move |engine| {
            let _until_done = writing;
            call(engine)
        })
        .await
    }

    /// What somebody who helps needs to know, also when the engine cannot be opened.
    pub(crate) async fn diagnostics(&self) -> Result<Diagnostics, Problem> {
        let shared = Arc::clone(&self.shared);
        let work = move || guarded("diagnostics", || shared.diagnostics());
        let dropped = |_| Error::Internal { what: "diagnostics were dropped as the program ends".to_owned() };
        tokio::task::spawn_blocking(work).await.map_err(dropped)?
    }

    /// Keeps a problem for the diagnostics.
    pub(crate) fn remember(&self, problem: &Problem) {
        self.shared.remember(problem);
    }

    /// Looks at once at what was seen to change, for a person who comes back to the window.
    pub(crate) fn look_now(&self) {
        // One that is being opened now looks at everything anyway; the window does not wait for it.
        if let Ok(slot) = self.shared.engine.try_lock()
            && let Some(engine) = &*slot
        {
            engine.flush_watching();
        }
    }

    /// Waits for calls that still write, so that closing the window does not cut a deployment in two.
    pub(crate) fn finish(&self) {
        if let Some(engine) = &*self.shared.engine.lock().unwrap_or_else(PoisonError::into_inner) {
            engine.stop_watching();
        }
        let writing = self.shared.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let (writing, _) = self
            .shared
            .idle
            .wait_timeout_while(writing, PATIENCE, |writing| *writing > 0)
            .unwrap_or_else(PoisonError::into_inner);
        if *writing > 0 {
            tracing::warn!(writing = *writing, "calls were cut off by the end of the program");
        }
    }
}

impl Shared {
    fn engine(&self) -> Result<Arc<Engine>, Problem> {
        let mut slot = self.engine.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(engine) = &*slot {
            return Ok(Arc::clone(engine));
        }
        let engine = Arc::new(Engine::open(self.options.clone()?)?);
        (self.on_open)(&engine);
        *slot = Some(Arc::clone(&engine));
        Ok(engine)
    }

    fn remember(&self, problem: &Problem) {
        let mut asker = self.asker.lock().unwrap_or_else(PoisonError::into_inner);
        let from = asker.problems.len().saturating_sub(REMEMBERED - 1);
        asker.problems.drain(..from);
        asker.problems.push((SystemClock.now(), problem.clone()));
    }

    fn diagnostics(&self) -> Result<Diagnostics, Problem> {
        let asker = self.asker.lock().unwrap_or_else(PoisonError::into_inner).clone();
        match self.engine() {
            Ok(engine) => Ok(engine.diagnostics(&asker)),
            Err(problem) => Ok(diagnostics_without_engine(&self.options.clone()?, &asker, &problem)),
        }
    }
}

/// One writing call that has not ended yet.
struct Writing(Arc<Shared>);

impl Writing {
    fn begin(shared: Arc<Shared>) -> Self {
        *shared.writing.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        Self(shared)
    }
}

impl Drop for Writing {
    fn drop(&mut self) {
        *self.0.writing.lock().unwrap_or_else(PoisonError::into_inner) -= 1;
        self.0.idle.notify_all();
    }
}

/// Tidies up what was cut off, corrects the cache once and then tells what other processes commit, and what other
/// programs change on disk, for as long as the engine lives.
/// `tell` hears what goes wrong with that.
pub(crate) fn keep_current(engine: &Arc<Engine>, tell: impl Fn(Event) + Clone + Send + 'static) {
    let (scanned, raise) = (Arc::clone(engine), tell.clone());
    thread::spawn(move || {
        if let Err(problem) = guarded("recover", || Ok(scanned.recover().map(drop)?)) {
            raise(attention("recover", problem));
        }
        // Before everything is read, so that what changes meanwhile is seen.
        let watch = guarded("watch", || Ok(Watch::begin(&scanned)));
        match watch {
            Ok(watch) => follow(watch, raise.clone()),
            Err(problem) => raise(attention("watch", problem)),
        }
        if let Err(problem) = guarded("resync", || Ok(scanned.resync(Origin::Startup)?)) {
            raise(attention("resync", problem));
        }
    });
    let polled = Arc::downgrade(engine);
    thread::spawn(move || {
        let mut well = true;
        while let Some(engine) = polled.upgrade() {
            let answer = guarded("poll", || Ok(engine.poll_external()?));
            drop(engine);
            // One message for a run of failures: the same one four times a second helps nobody.
            let was_well = std::mem::replace(&mut well, answer.is_ok());
            if let (true, Err(problem)) = (was_well, answer) {
                tell(attention("poll", problem));
            }
            thread::sleep(if well { POLL } else { REST });
        }
    });
}

/// Follows what other programs change, on a thread of its own.
fn follow(watch: Watch, raise: impl Fn(Event) + Send + 'static) {
    thread::spawn(move || {
        if let Err(problem) = guarded("watch", || {
            watch.run();
            Ok(())
        }) {
            raise(attention("watch", problem));
        }
    });
}

fn attention(name: &str, problem: Problem) -> Event {
    tracing::warn!(name, code = ?problem.code, "background work failed");
    Event::AttentionRaised(AttentionRaised { problem, project: None })
}

/// The answer of `call`, or its panic as the defect it is.
fn guarded<T>(name: &str, call: impl FnOnce() -> Result<T, Problem>) -> Result<T, Problem> {
    crash::answered(|| catch_unwind(AssertUnwindSafe(call))).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<&str>().copied();
        let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
        let what = format!("{name} stopped: {}", text.unwrap_or("no reason given"));
        Err(Error::Internal { what }.to_problem())
    })
}

fn log_answer(name: &str, elapsed: Duration, problem: Option<&Problem>) {
    match problem {
        None => tracing::debug!(name, ?elapsed, "answered"),
        Some(problem) => tracing::info!(name, ?elapsed, code = ?problem.code, "answered with a problem"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use skillmeat_engine::error::Code;

    #[test]
    fn a_panic_is_an_internal_problem_that_says_what() {
        let problem = guarded::<()>("deploy", || panic!("out of {}", "luck")).unwrap_err();
        assert_eq!(problem.code, Code::Internal);
        assert!(problem.message.contains("deploy stopped: out of luck"), "{}", problem.message);
    }

    #[test]
    fn the_end_waits_for_a_call_that_writes() {
        let background = Background::new(Err(Error::Cancelled), |_| {});
        let writing = Writing::begin(Arc::clone(&background.shared));
        let ended = Arc::new(Mutex::new(false));
        let worker = thread::spawn({
            let ended = Arc::clone(&ended);
            move || {
                thread::sleep(Duration::from_millis(50));
                *ended.lock().unwrap() = true;
                drop(writing);
            }
        });
        background.finish();
        assert!(*ended.lock().unwrap());
        worker.join().unwrap();
    }
}

//! The engine, opened and called off the main thread.

use skillmeat_engine::engine::Options;
use skillmeat_engine::{Engine, Error, Problem, Result};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

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
    options: std::result::Result<Options, Problem>,
    engine: Mutex<Option<Arc<Engine>>>,
    on_open: OnOpen,
}

impl Background {
    /// An engine that is opened by the first call. `options` may say already why it cannot be.
    pub(crate) fn new(
        options: std::result::Result<Options, Problem>,
        on_open: impl Fn(&Arc<Engine>) + Send + Sync + 'static,
    ) -> Self {
        let shared = Shared { options, engine: Mutex::new(None), on_open: Box::new(on_open) };
        Self { shared: Arc::new(shared) }
    }

    /// Opens the engine on a thread of its own, so that it is ready when the window asks.
    pub(crate) fn open_ahead(&self) {
        let shared = Arc::clone(&self.shared);
        std::thread::spawn(move || {
            if let Err(problem) = shared.engine() {
                tracing::error!(code = ?problem.code, "the engine cannot be opened");
            }
        });
    }

    /// Runs `call` on the pool for blocking work. A panic in it becomes a problem.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        name: &'static str,
        call: impl FnOnce(&Engine) -> Result<T> + Send + 'static,
    ) -> std::result::Result<T, Problem> {
        let shared = Arc::clone(&self.shared);
        let started = Instant::now();
        let work = move || call(&*shared.engine()?).map_err(Problem::from);
        let answer = match tokio::task::spawn_blocking(work).await {
            Ok(answer) => answer,
            Err(broken) => Err(broken_off(name, broken)),
        };
        let elapsed = started.elapsed();
        match &answer {
            Ok(_) => tracing::debug!(name, ?elapsed, "done"),
            Err(problem) => tracing::info!(name, ?elapsed, code = ?problem.code, "answered a problem"),
        }
        answer
    }
}

impl Shared {
    fn engine(&self) -> std::result::Result<Arc<Engine>, Problem> {
        let mut slot = self.engine.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(engine) = &*slot {
            return Ok(Arc::clone(engine));
        }
        let engine = Arc::new(Engine::open(self.options.clone()?)?);
        (self.on_open)(&engine);
        *slot = Some(Arc::clone(&engine));
        Ok(engine)
    }
}

/// A call that panicked, as the defect it is.
fn broken_off(name: &str, broken: tokio::task::JoinError) -> Problem {
    let what = match broken.try_into_panic() {
        Ok(panic) => format!("{name} stopped: {}", panic_text(panic.as_ref())),
        Err(_) => format!("{name} was dropped because the program is ending"),
    };
    Error::Internal { what }.to_problem()
}

fn panic_text(panic: &(dyn std::any::Any + Send)) -> &str {
    panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no reason given")
}

//! What happens when this program is at fault, or is ended.
//!
//! | what | what a person sees |
//! |---|---|
//! | a panic in a command, or in the background work of [`crate::background`] | the answer is a problem, `internal` |
//! | a panic on any other thread, which ends that thread | the same problem, told to the window |
//! | a panic that ends the program, or a crash | the next start says so, once ([`WindowRun`]) |
//! | an error in the page | the page shows it, and it is in the log |
//! | the system or a person ends the program by a signal | it ends as when it is quit |
//!
//! Each panic is in the log with its place and the way to it. Its text goes to standard error alone: it may quote
//! content.

use skillmeat_engine::engine::WindowRun;
use skillmeat_engine::{Engine, Error, Problem};
use std::backtrace::Backtrace;
use std::cell::Cell;
use std::panic::PanicHookInfo;
#[cfg(unix)]
use std::sync::Arc;
#[cfg(unix)]
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Mutex, PoisonError};
use std::thread;
#[cfg(unix)]
use tauri::{AppHandle, Runtime};

/// Errors of the page are cut at so many characters.
const PAGE_ERROR: usize = 2000;

/// Where the hook tells, which belongs to the whole process.
static WINDOW: Mutex<Option<Sender<Problem>>> = Mutex::new(None);
static RUN: Mutex<Option<WindowRun>> = Mutex::new(None);

thread_local! {
    /// Somebody on this thread makes an answer of a panic.
    static ANSWERED: Cell<bool> = const { Cell::new(false) };
}

/// From now on panics are logged, noted and told.
pub(crate) fn watch() {
    let print = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        witness(panic);
        print(panic);
    }));
}

fn witness(panic: &PanicHookInfo<'_>) {
    let place = panic.location().map_or_else(|| "an unknown place".to_owned(), ToString::to_string);
    let thread = thread::current().name().unwrap_or("unnamed").to_owned();
    let way = Backtrace::force_capture();
    tracing::error!(place, thread, "panicked\n{way}");
    if ANSWERED.get() {
        return;
    }
    // Who holds one of these may be the one that panics.
    if let Ok(mut run) = RUN.try_lock()
        && let Some(run) = &mut *run
    {
        run.note_defect(&place);
    }
    if let Ok(window) = WINDOW.try_lock()
        && let Some(window) = &*window
    {
        let what = format!("the thread “{thread}” stopped at {place}");
        // The window may be gone already.
        let _ = window.send(Error::Internal { what }.to_problem());
    }
}

/// Does `work`, a panic of which becomes an answer: nobody need be told besides.
pub(crate) fn answered<T>(work: impl FnOnce() -> T) -> T {
    struct Before(bool);
    impl Drop for Before {
        fn drop(&mut self) {
            ANSWERED.set(self.0);
        }
    }
    let _before = Before(ANSWERED.replace(true));
    work()
}

/// From now on `listener` hears of panics that nobody answers. It is called on a thread of its own: the one that
/// panics may hold whatever the listener needs.
pub(crate) fn tell(listener: impl Fn(Problem) + Send + 'static) {
    let (sender, problems) = channel();
    *WINDOW.lock().unwrap_or_else(PoisonError::into_inner) = Some(sender);
    thread::spawn(move || problems.into_iter().for_each(listener));
}

/// Notes that the window runs.
pub(crate) fn begin(engine: &Engine) {
    match engine.begin_window() {
        Ok(run) => *RUN.lock().unwrap_or_else(PoisonError::into_inner) = run,
        Err(error) => tracing::warn!(%error, "it cannot be noted that the window runs"),
    }
}

/// Notes that the window was closed.
pub(crate) fn close() {
    if let Some(run) = RUN.lock().unwrap_or_else(PoisonError::into_inner).take() {
        run.close();
    }
}

/// Ends the program as *Quit* does when it is asked by a signal: at the end of a session, or from a terminal.
#[cfg(unix)]
pub(crate) fn heed_signals<R: Runtime>(app: &AppHandle<R>) {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    use signal_hook::{flag, iterator::Signals};
    const SIGNALS: [i32; 3] = [SIGHUP, SIGINT, SIGTERM];
    let app = app.clone();
    let heed = move || -> std::io::Result<()> {
        // A second one ends the program there and then, as it ends any other.
        let asked = Arc::new(AtomicBool::new(false));
        for signal in SIGNALS {
            flag::register_conditional_default(signal, Arc::clone(&asked))?;
        }
        let mut signals = Signals::new(SIGNALS)?;
        thread::spawn(move || {
            let first = signals.forever().next();
            tracing::info!(signal = first, "asked to end");
            asked.store(true, Ordering::Relaxed);
            app.exit(0);
        });
        Ok(())
    };
    if let Err(error) = heed() {
        tracing::warn!(%error, "signals are not heard");
    }
}

/// Writes down what went wrong in the page, and gives it as a problem to remember.
pub(crate) fn page_error(text: &str) -> Problem {
    let text: String = text.chars().take(PAGE_ERROR).collect();
    tracing::error!("in the page: {text}");
    let first = text.lines().next().unwrap_or_default();
    Error::Internal { what: format!("in the page: {first}") }.to_problem()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    /// What the window hears of a panic on a thread of this name. Hook and window belong to the process, so that another
    /// test may take the window away just then: it is tried again.
    fn heard(name: &str, panics: fn()) -> Option<Problem> {
        watch();
        (0..5).find_map(|_| {
            let (sender, told) = channel();
            tell(move |problem| drop(sender.send(problem)));
            let thread = thread::Builder::new().name(name.to_owned()).spawn(panics).unwrap();
            // Whether it was caught there or ended the thread.
            let _ = thread.join();
            let mine = |problem: &Problem| problem.message.contains(name);
            std::iter::from_fn(|| told.recv_timeout(Duration::from_secs(1)).ok()).find(mine)
        })
    }

    #[test]
    fn a_panic_that_nobody_answers_is_told_with_its_place() {
        let problem = heard("lost", || panic!("nobody hears this")).expect("it is told");
        let place = "the thread “lost” stopped at src-tauri/src/crash.rs:";
        assert!(problem.message.contains(place), "{}", problem.message);
        assert!(
            !problem.message.contains("nobody hears this"),
            "its text may quote content: {}",
            problem.message
        );
    }

    #[test]
    fn a_panic_that_is_answered_is_not_told_besides() {
        let answer = || drop(answered(|| std::panic::catch_unwind(|| panic!("answered"))));
        assert_eq!(heard("kept", answer), None);
        assert!(!ANSWERED.get());
    }

    #[test]
    fn an_error_of_the_page_is_a_problem_of_one_line() {
        let problem = page_error("TypeError: x\n at y");
        assert!(problem.message.contains("in the page: TypeError: x."), "{}", problem.message);
    }
}

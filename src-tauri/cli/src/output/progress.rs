//! How far a long operation is, for people who watch.

use super::Screen;
use super::clean;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use skillmeat_engine::Engine;
use skillmeat_engine::feed::{Event, OperationProgressed, Phase};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

/// What takes less time than this shows no bar, which would only flicker.
const QUIET: Duration = Duration::from_millis(200);

/// How long the bar may outlive the work.
const TICK: Duration = Duration::from_millis(10);

/// Does `work`, and shows meanwhile how far it is when standard error is a terminal.
pub(crate) fn during<T>(screen: &Screen, engine: &Engine, work: impl FnOnce() -> T) -> T {
    if !screen.shows_progress() {
        return work();
    }
    let events = engine.subscribe();
    let ended = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| draw(events, &ended));
        let _end = EndOnDrop(&ended);
        work()
    })
}

/// Ends the drawing also when the work panics.
struct EndOnDrop<'a>(&'a AtomicBool);

impl Drop for EndOnDrop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Release);
    }
}

#[allow(clippy::needless_pass_by_value, reason = "the thread owns the receiver, which cannot be shared")]
fn draw(events: Receiver<Event>, ended: &AtomicBool) {
    let begun = Instant::now();
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
    if let Ok(style) = ProgressStyle::with_template("{prefix:8} [{bar:30}] {pos}/{len} {wide_msg}") {
        bar.set_style(style.progress_chars("=> "));
    }
    while !ended.load(Ordering::Acquire) {
        match events.recv_timeout(TICK) {
            Ok(Event::OperationProgressed(progress)) => show(&bar, &progress),
            Ok(_) | Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => break,
        }
        if bar.is_hidden() && begun.elapsed() > QUIET && bar.length().is_some() {
            bar.set_draw_target(ProgressDrawTarget::stderr_with_hz(10));
        }
    }
    bar.finish_and_clear();
}

fn show(bar: &ProgressBar, progress: &OperationProgressed) {
    bar.set_prefix(match progress.phase {
        Phase::Scan => "Reading",
        Phase::Plan => "Planning",
        Phase::Stage => "Copying",
        Phase::Swap => "Placing",
        Phase::Record => "Recording",
        Phase::Done => "Done",
    });
    if progress.total > 0 {
        bar.set_length(progress.total);
        bar.set_position(progress.done);
    }
    bar.set_message(clean(progress.subject.as_deref().unwrap_or_default()).into_owned());
}

//! The engine's feed on its way to the window: in order, nothing lost, in as few messages as make sense.

use crate::ipc::Told;
use crate::manners::Manners;
use crate::window;
use serde::Serialize;
use skillmeat_engine::feed::{Event, LibraryChanged, OperationProgressed, Phase};
use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};
use tauri::{AppHandle, Manager, Runtime};

/// How long a batch waits for more to come.
const BATCH: Duration = Duration::from_millis(50);

/// The least time between two messages about the progress of operations.
const PROGRESS: Duration = Duration::from_millis(100);

/// Hands on events as they are due, until the engine is gone.
pub(crate) fn pump(feed: &Receiver<Event>, mut tell: impl FnMut(Event)) {
    let mut held = Held::default();
    loop {
        let next = match held.due() {
            None => feed.recv().map_err(|_| RecvTimeoutError::Disconnected),
            Some(due) => feed.recv_timeout(due.saturating_duration_since(Instant::now())),
        };
        match next {
            Ok(event) => held.push(event, Instant::now()),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return held.drain().into_iter().for_each(tell),
        }
        held.take(Instant::now()).into_iter().for_each(&mut tell);
    }
}

/// Tells the window one event.
pub(crate) fn tell<R: Runtime>(app: &AppHandle<R>, event: Event) {
    match event {
        Event::LibraryChanged(payload) => emit(app, payload),
        Event::OperationProgressed(payload) => emit(app, payload),
        Event::ResyncRequired(payload) => emit(app, payload),
        Event::AttentionRaised(payload) => emit(app, payload),
        Event::SettingsChanged(settings) => {
            window::follow(app, settings.theme);
            app.state::<Manners>().follow(&settings);
            emit(app, settings);
        }
    }
}

fn emit<R: Runtime, T: Serialize + Clone>(app: &AppHandle<R>, payload: T)
where
    Told<T>: tauri_specta::Event,
{
    if let Err(error) = tauri_specta::Event::emit(&Told(payload), app) {
        tracing::error!(%error, event = <Told<T> as tauri_specta::Event>::NAME, "an event was not delivered");
    }
}

/// Events that wait for their time.
#[derive(Default)]
struct Held {
    /// Everything but progress, in order.
    batch: Vec<Event>,
    /// When the oldest of the batch came.
    since: Option<Instant>,
    /// The latest word of each operation.
    progress: BTreeMap<String, OperationProgressed>,
    /// When progress may be told again.
    progress_free: Option<Instant>,
}

impl Held {
    fn push(&mut self, event: Event, now: Instant) {
        match event {
            Event::OperationProgressed(word) => {
                self.progress.insert(word.operation.clone(), word);
                self.progress_free.get_or_insert(now);
            }
            event => {
                self.since.get_or_insert(now);
                if let Some(event) = join(self.batch.last_mut(), event) {
                    self.batch.push(event);
                }
            }
        }
    }

    /// When `take` has something to give; never, while nothing is held.
    fn due(&self) -> Option<Instant> {
        let batch = self.since.map(|since| since + BATCH);
        let progress = self.progress_free.filter(|_| !self.progress.is_empty());
        [batch, progress].into_iter().flatten().min()
    }

    /// What is due at `now`. An operation's end is told after the rows that it changed.
    fn take(&mut self, now: Instant) -> Vec<Event> {
        let talk = !self.progress.is_empty() && self.progress_free.is_some_and(|free| free <= now);
        let ends = talk && self.progress.values().any(|word| word.phase == Phase::Done);
        let mut due = Vec::new();
        if ends || self.since.is_some_and(|since| since + BATCH <= now) {
            self.since = None;
            due.append(&mut self.batch);
        }
        if talk {
            self.progress_free = Some(now + PROGRESS);
            due.extend(std::mem::take(&mut self.progress).into_values().map(Event::OperationProgressed));
        }
        due
    }

    /// All that is left.
    fn drain(self) -> Vec<Event> {
        let progress = self.progress.into_values().map(Event::OperationProgressed);
        self.batch.into_iter().chain(progress).collect()
    }
}

/// Joins `event` with the one before it where one message says as much as two; gives it back where not.
fn join(last: Option<&mut Event>, event: Event) -> Option<Event> {
    match (last, event) {
        (Some(Event::LibraryChanged(last)), Event::LibraryChanged(next)) if follows(last, &next) => {
            last.revision = next.revision;
            last.changes.extend(next.changes);
            None
        }
        (Some(Event::ResyncRequired(_)), Event::ResyncRequired(_)) => None,
        (Some(Event::SettingsChanged(last)), Event::SettingsChanged(next)) => {
            *last = next;
            None
        }
        (_, event) => Some(event),
    }
}

fn follows(last: &LibraryChanged, next: &LibraryChanged) -> bool {
    last.epoch == next.epoch
        && last.revision == next.since
        && last.origin == next.origin
        && last.operation == next.operation
}

#[cfg(test)]
mod tests;

//! Whether the window that ran before this one was closed, or ended otherwise.
//!
//! | file in `desktop/` | what it says |
//! |---|---|
//! | `window.lock` | held by the window that runs; the system lets go of it however that ends |
//! | `window.json` | [`Note`]: since when a window runs, and that it was closed |
//!
//! A window that begins, gets the lock and finds a note that was not closed follows one that crashed, or that somebody
//! or something ended; from the outside these are one, and the message says no more than is known. Where the machine
//! was started anew since, nothing is said: ending with the machine is no crash. A second window on one home (two
//! sessions) does not get the lock, and leaves no note.
//!
//! The note is about words only, never about files: what an operation left is found by its journal. So it is replaced
//! in one step but not flushed, and a note that cannot be read or written is nothing worse than no note.

use super::Engine;
use crate::clock::{iso, parse_iso};
use crate::error::{Code, Problem, Result, Severity};
use crate::fs::{FileLock, Root};
use crate::path::RelPath;
use serde::{Deserialize, Serialize};
use std::path::Path;
use std::sync::PoisonError;
use std::time::Duration;

const LOCK: &str = "window.lock";
const NOTE: &str = "window.json";
/// A note has a few lines; what is longer is none.
const MAX_NOTE: u64 = 16 * 1024;

/// What the file says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
struct Note {
    /// When the window began, ISO-8601.
    since: String,
    /// Version of the program.
    version: String,
    /// The system's name for the time since it was started; empty where it has none.
    boot: String,
    /// The window ended by being closed.
    closed: bool,
    /// Where the last defect showed: source file and line.
    defect: Option<String>,
}

/// The window of this process. It has to be [closed](WindowRun::close); one that is only dropped was not.
#[derive(Debug)]
pub struct WindowRun {
    desktop: Root,
    rel: RelPath,
    note: Note,
    _lock: FileLock,
}

impl WindowRun {
    /// Notes a defect at `place` (source file and line), for the case that it ends the program.
    pub fn note_defect(&mut self, place: &str) {
        self.note.defect = Some(place.to_owned());
        self.write();
    }

    /// Notes that the window ended as it should.
    pub fn close(mut self) {
        self.note.closed = true;
        self.write();
    }

    fn write(&self) {
        let written = serde_json::to_vec_pretty(&self.note)
            .map_err(|error| error.to_string())
            .and_then(|text| self.desktop.replace(&self.rel, &text).map_err(|error| error.to_string()));
        if let Err(error) = written {
            tracing::warn!(error, "the window's note could not be written");
        }
    }
}

impl Engine {
    /// Notes that a window runs. Where the one before was not closed, [`Engine::library_snapshot`] says so from now
    /// until this program ends. `None` when another window runs on this home.
    ///
    /// # Errors
    /// `io` and its relatives.
    pub fn begin_window(&self) -> Result<Option<WindowRun>> {
        let desktop = Root::create(&self.options.home.join("desktop"))?;
        let (lock, rel) = (RelPath::new(LOCK)?, RelPath::new(NOTE)?);
        if !FileLock::is_free(&desktop, &lock) {
            return Ok(None);
        }
        let lock = FileLock::acquire(&desktop, &lock, Duration::ZERO, None)?;
        let note = Note {
            since: iso(self.options.clock.now()),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            boot: boot().unwrap_or_default(),
            ..Note::default()
        };
        if let Some(before) = read(&desktop, &rel)
            && let Some(problem) = not_closed(&before, &note)
        {
            tracing::warn!(since = before.since, defect = before.defect, "the window before was not closed");
            *self.unclean.lock().unwrap_or_else(PoisonError::into_inner) = Some(problem);
        }
        let run = WindowRun { desktop, rel, note, _lock: lock };
        run.write();
        Ok(Some(run))
    }
}

fn read(desktop: &Root, rel: &RelPath) -> Option<Note> {
    serde_json::from_slice(&desktop.read(rel, MAX_NOTE).ok()??).ok()
}

/// What there is to say about the window before, by its note.
fn not_closed(before: &Note, now: &Note) -> Option<Problem> {
    if before.closed || (before.boot != now.boot && before.defect.is_none()) {
        return None;
    }
    let since = parse_iso(&before.since).map(|time| time.format(" of %Y-%m-%d %H:%M UTC").to_string());
    let window = format!("The window{}", since.unwrap_or_default());
    let safe = "An operation that was cut off by it is tidied up now.";
    Some(match &before.defect {
        Some(place) => {
            let message = format!(
                "{window} was not closed, and there was a defect in it, at {place}. {safe} Please report it, with the diagnostics."
            );
            Problem::new(Code::UncleanExit, Severity::Fault, message)
        }
        None => {
            let message = format!("{window} was not closed: it crashed, or was ended from outside. {safe}");
            Problem::new(Code::UncleanExit, Severity::Notice, message)
        }
    })
}

/// What Linux calls the time since it was started (`/proc/sys/kernel/random/boot_id`, random(4)); other systems have no
/// such file.
fn boot() -> Option<String> {
    let folder = Root::open_existing(Path::new("/proc/sys/kernel/random")).ok()??;
    let text = folder.read(&RelPath::new("boot_id").ok()?, 100).ok()??;
    Some(String::from_utf8(text).ok()?.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn note() -> Note {
        let since = "2026-03-01T12:00:00+00:00".to_owned();
        Note { since, version: "1".to_owned(), boot: "a".to_owned(), ..Note::default() }
    }

    #[test]
    fn a_window_that_was_closed_is_not_spoken_of() {
        let closed = Note { closed: true, defect: Some("x.rs:1".to_owned()), ..note() };
        assert_eq!(not_closed(&closed, &note()), None);
    }

    #[test]
    fn without_a_defect_the_message_does_not_claim_one() {
        let problem = not_closed(&note(), &note()).unwrap();
        assert_eq!((problem.code, problem.severity), (Code::UncleanExit, Severity::Notice));
        assert!(problem.message.contains("of 2026-03-01 12:00 UTC"), "{}", problem.message);
        assert!(problem.message.contains("crashed, or was ended from outside"), "{}", problem.message);
    }

    #[test]
    fn a_defect_is_named_even_when_the_machine_was_started_anew() {
        let broken = Note { defect: Some("src/a.rs:7".to_owned()), boot: "b".to_owned(), ..note() };
        let problem = not_closed(&broken, &note()).unwrap();
        assert_eq!(problem.severity, Severity::Fault);
        assert!(problem.message.contains("src/a.rs:7"), "{}", problem.message);
    }

    #[test]
    fn ending_with_the_machine_is_no_crash() {
        let other = Note { boot: "b".to_owned(), ..note() };
        assert_eq!(not_closed(&other, &note()), None);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn the_system_tells_since_when_it_runs() {
        let there = Path::new("/proc/sys/kernel/random/boot_id").exists();
        assert_eq!(boot().map(|text| text.len()), there.then_some(36));
    }
}

//! Stopping what takes long, from another thread.
//!
//! A search ends with what it has. An operation that writes is stopped between projects: one whose first swap has not
//! begun is dropped as a whole and told as skipped (`cancelled`), one in which something was swapped is finished, all
//! of its profile roots. So no project is left in between, what was done can be undone, and the rest asked for again.

use super::Engine;
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// The operations that can be stopped now, by their ids.
#[derive(Debug, Default)]
pub(super) struct Running(Mutex<HashMap<String, Arc<AtomicBool>>>);

/// One of them, until it is dropped.
#[derive(Debug)]
pub(super) struct Stoppable<'a> {
    running: &'a Running,
    operation: String,
    stopped: Arc<AtomicBool>,
}

impl Running {
    pub(super) fn begin(&self, operation: &str) -> Stoppable<'_> {
        let stopped = Arc::new(AtomicBool::new(false));
        let mut running = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        running.insert(operation.to_owned(), Arc::clone(&stopped));
        Stoppable { running: self, operation: operation.to_owned(), stopped }
    }
}

impl Stoppable<'_> {
    pub(super) fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }
}

impl Drop for Stoppable<'_> {
    fn drop(&mut self) {
        self.running.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.operation);
    }
}

impl Engine {
    /// Asks everything that can be stopped to stop, as when a person ends the program.
    pub fn cancel_all(&self) {
        let running = self.running.0.lock().unwrap_or_else(PoisonError::into_inner);
        running.values().for_each(|stopped| stopped.store(true, Ordering::Relaxed));
    }

    /// Asks an operation to stop. Tells whether there is one of that id that can be stopped (its progress names it);
    /// it ends by itself soon after, with what it has.
    pub fn cancel(&self, operation: &str) -> bool {
        let running = self.running.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = running.get(operation);
        if let Some(stopped) = found {
            stopped.store(true, Ordering::Relaxed);
        }
        found.is_some()
    }
}

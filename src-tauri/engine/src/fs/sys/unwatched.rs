//! For systems that are looked at from time to time instead of telling.

use crate::error::{Error, Result};
use crate::fs::events::{FolderEvent, Unwatched};
use std::path::Path;
use std::time::Duration;

/// A source of events, of which there is none.
#[derive(Debug)]
pub struct FolderEvents {}

impl FolderEvents {
    /// Asks the system for a source of events.
    ///
    /// # Errors
    /// Always `io`: somebody has to look from time to time instead.
    pub fn new() -> Result<Self> {
        Err(Error::io("watch", "/", std::io::ErrorKind::Unsupported.into()))
    }

    /// Watches a folder.
    ///
    /// # Errors
    /// Always.
    pub fn watch(&self, _folder: &Path, _follow: bool) -> std::result::Result<i32, Unwatched> {
        Err(Unwatched::Exhausted)
    }

    /// Watches a folder no longer.
    pub fn forget(&self, _folder: i32) {}

    /// Waits for events, up to `patience`.
    ///
    /// # Errors
    /// None.
    pub fn wait(&self, patience: Duration) -> Result<Vec<FolderEvent>> {
        std::thread::sleep(patience);
        Ok(Vec::new())
    }
}

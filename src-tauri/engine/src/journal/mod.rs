//! What an operation is about to do, written down before it does it; and afterwards what it did, for undo.
//!
//! An operation has one [`Part`] per profile root or collection that it changes, in the order in which it changes them. A part is
//! one small file:
//!
//! ```text
//! desktop/journal/<part>.json   running, or cut off: `deploy::recover` finishes it or takes it back
//! desktop/history/<part>.json   done: what `undo` works from
//! desktop/objects/<part>.zip    the content that it deployed
//! desktop/trash/<part>/         the content that it replaced or removed
//! ```
//!
//! A part's name is `<operation>-<number>`. Operation ids grow with time, so names sort by age.
//!
//! | state | written | means for whoever finds it after a crash |
//! |---|---|---|
//! | `staging` | before the stage is made | no target was touched; the stage can go |
//! | `prepared` | with the stage, before the flush that precedes the first swap | targets may be new; the stage tells which, and whether it was committed |
//! | `abandoned` | when everything was put back, before the stage goes | no target is new; the stage can go |
//!
//! [`reach`] says how far a part may reach; one that names more is not acted upon.
//!
//! Moving the file from `journal` to `history` ends the part. A part whose project is locked is running, not cut off.

mod part;
mod reach;

pub use part::{Base, Effect, Follows, OperationKind, Part, Place, State, StepNote};

use crate::error::{Code, Error, Problem, Result, Severity};
use crate::fs::Root;
use crate::id::ProjectPath;
use crate::path::RelPath;

/// A part's file is refused above this size: 64 MiB.
const MAX_BYTES: u64 = 64 * 1024 * 1024;
const RUNNING: &str = "journal";
const DONE: &str = "history";

/// The parts below our home's `desktop` folder.
#[derive(Debug, Clone, Copy)]
pub struct Journal<'a> {
    desktop: &'a Root,
}

/// Parts that were read, and files that could not be.
#[derive(Debug, Default)]
pub struct Parts {
    /// In the order of their names.
    pub parts: Vec<Part>,
    /// One per file that is no part.
    pub problems: Vec<Problem>,
}

impl<'a> Journal<'a> {
    /// The journal in this folder.
    pub fn new(desktop: &'a Root) -> Self {
        Self { desktop }
    }

    /// Writes a part that is running, in one step. It is made durable by the operation's own flush.
    ///
    /// # Errors
    /// `io` and its relatives.
    pub fn write(&self, part: &Part) -> Result<()> {
        self.desktop.create_folders(&RelPath::new(RUNNING)?)?;
        self.desktop.replace(&file(RUNNING, &part.name())?, &text(part)?)
    }

    /// Ends a part: it becomes history.
    ///
    /// # Errors
    /// `io` and its relatives; the next recovery ends it then.
    pub fn settle(&self, part: &Part) -> Result<()> {
        self.desktop.create_folders(&RelPath::new(DONE)?)?;
        self.desktop.rename_over(&file(RUNNING, &part.name())?, &file(DONE, &part.name())?)
    }

    /// Forgets a part that changed nothing.
    ///
    /// # Errors
    /// `io` and its relatives.
    pub fn discard(&self, part: &Part) -> Result<()> {
        self.desktop.remove(&file(RUNNING, &part.name())?)
    }

    /// Forgets a part that is too old to be undone.
    ///
    /// # Errors
    /// `io` and its relatives.
    pub fn forget(&self, name: &str) -> Result<()> {
        self.desktop.remove(&file(DONE, name)?)
    }

    /// The parts that run or were cut off.
    ///
    /// # Errors
    /// `io` and its relatives.
    pub fn running(&self) -> Result<Parts> {
        self.read(RUNNING, &self.names(RUNNING)?)
    }

    /// The names of all parts that are done, oldest first.
    ///
    /// # Errors
    /// `io` and its relatives.
    pub fn done(&self) -> Result<Vec<String>> {
        self.names(DONE)
    }

    /// Reads parts that are done.
    ///
    /// # Errors
    /// `io` and its relatives.
    pub fn read_done(&self, names: &[String]) -> Result<Parts> {
        self.read(DONE, names)
    }

    /// The parts of one operation that are done.
    ///
    /// # Errors
    /// `operation-not-found` without any; `io` and its relatives.
    pub fn operation(&self, operation: &str) -> Result<Parts> {
        let names: Vec<String> =
            self.done()?.into_iter().filter(|name| operation_of(name) == operation).collect();
        if names.is_empty() {
            return Err(Error::OperationNotFound { operation: operation.to_owned() });
        }
        self.read_done(&names)
    }

    /// Makes every part that is about one project be about the folder that it was moved to.
    ///
    /// # Errors
    /// `io` and its relatives; parts that were rewritten stay so, and the next call goes on. A file that is no part
    /// stays as it is.
    pub fn move_project(&self, from: &ProjectPath, to: &ProjectPath) -> Result<()> {
        for folder in [RUNNING, DONE] {
            for mut part in self.read(folder, &self.names(folder)?)?.parts {
                if part.project_path == *from {
                    part.project_path = to.clone();
                    self.desktop.write_atomic(&file(folder, &part.name())?, &text(&part)?)?;
                }
            }
        }
        Ok(())
    }

    fn names(&self, folder: &str) -> Result<Vec<String>> {
        let entries = self.desktop.list(Some(&RelPath::new(folder)?))?;
        let names =
            entries.into_iter().filter_map(|entry| Some(entry.name.strip_suffix(".json")?.to_owned()));
        // A name that starts with a dot is a file on its way.
        Ok(names.filter(|name| !name.starts_with('.')).collect())
    }

    fn read(&self, folder: &str, names: &[String]) -> Result<Parts> {
        let mut found = Parts::default();
        for name in names {
            let path = file(folder, name)?;
            // Somebody else may have ended it since it was listed.
            let Some(bytes) = self.desktop.read(&path, MAX_BYTES)? else { continue };
            let part = serde_json::from_slice::<Part>(&bytes).map_err(|error| error.to_string());
            match part.and_then(|part| part.refusal(name).map_or(Ok(part), Err)) {
                Ok(part) => found.parts.push(part),
                Err(reason) => {
                    let path = self.desktop.absolute(&path).display().to_string();
                    let message = format!("{path} is no journal entry that can be acted upon: {reason}.");
                    found
                        .problems
                        .push(Problem::new(Code::RecoveryNeeded, Severity::Notice, message).about(path));
                }
            }
        }
        Ok(found)
    }
}

/// The operation that a part's name belongs to.
pub fn operation_of(name: &str) -> &str {
    name.split_once('-').map_or(name, |(operation, _)| operation)
}

fn text(part: &Part) -> Result<Vec<u8>> {
    serde_json::to_vec(part).map_err(|error| Error::Internal { what: format!("a journal entry: {error}") })
}

fn file(folder: &str, name: &str) -> Result<RelPath> {
    RelPath::new(format!("{folder}/{name}.json"))
}

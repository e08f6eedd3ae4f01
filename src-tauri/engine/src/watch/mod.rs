//! Seeing that files changed: which folders are watched, what an event there touches, and when to look.
//!
//! Nothing here reads content or claims anything. What was touched is looked at again by the engine's reconcile, which
//! goes through the stat gate and hashes before it says that something changed. So an event that means nothing (a
//! touched file, our own deploy) costs a look and tells nobody.
//!
//! | file | what it does |
//! |---|---|
//! | `folders` | the watched folders, and whom an event in one concerns |
//! | `pulse` | waits until it is quiet, but not for long |
//!
//! # What is watched
//! Per project its own folder, for profile roots that come and go; each profile root, for its manifest and the folders
//! that hold artifacts; and those folders as trees. Nothing else: a `node_modules` beside a profile root is never
//! entered, nor is anything on the ignore list. Per collection its whole tree, without the ignore list. Where a
//! folder is not there, the nearest one above it that is.

mod folders;
mod pulse;

pub use folders::{Blind, Folders, Reach, Spec};
pub use pulse::Pulse;

use std::collections::BTreeSet;

/// What a watched folder is watched for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// The project of this path.
    Project(String),
    /// The collection of this name.
    Collection(String),
    /// Which collections there are.
    Collections,
}

/// What is to be looked at again.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Touched {
    /// What events, or a look that is due, are about.
    pub subjects: BTreeSet<Subject>,
    /// Events were missed: anything may have changed.
    pub everything: bool,
}

impl Touched {
    /// Whether there is nothing to look at.
    pub fn is_empty(&self) -> bool {
        self.subjects.is_empty() && !self.everything
    }

    /// Adds what another one has.
    pub fn extend(&mut self, other: Touched) {
        self.subjects.extend(other.subjects);
        self.everything |= other.everything;
    }
}

//! Where a test can make the disk fail.
//!
//! Every call of the façade that reaches the disk passes a [`point`] first. In a program that people run a point is
//! nothing: it is inlined away, and what follows it is not compiled. With the feature `faults`, which only the tests
//! enable, a point asks the plans of `plans` whether this call fails now.

#[cfg(feature = "faults")]
mod plans;

#[cfg(feature = "faults")]
pub use plans::{Armed, Fault, Recording, Step, arm, record};

#[cfg(all(feature = "faults", not(debug_assertions)))]
compile_error!("the feature `faults` is for tests and must not be in a release");

use super::root::Root;
use crate::path::RelPath;
use std::io::{Result, Write};
use std::path::PathBuf;

/// What is asked of the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Call {
    /// Opening a folder, or a file for reading.
    Open,
    /// Looking at an entry.
    Stat,
    /// Listing a folder.
    List,
    /// Reading a file or the target of a link.
    Read,
    /// Making a folder.
    CreateFolder,
    /// Making a file or a link.
    CreateFile,
    /// Writing into a file.
    Write,
    /// Setting permissions.
    SetMode,
    /// Moving an entry to where nothing is, or over a file.
    Rename,
    /// Letting two entries change places.
    Exchange,
    /// Removing a file, a link, a folder or a tree.
    Remove,
    /// Flushing a file.
    FlushFile,
    /// Flushing the entries of a folder.
    FlushFolder,
    /// Flushing a file system.
    FlushSystem,
    /// Opening and taking a lock.
    Lock,
    /// Beginning to write the cache.
    CacheBegin,
    /// Committing what was written to the cache.
    CacheCommit,
}

/// The place before one call: fails where a test has planned that, and never otherwise.
#[inline]
pub(crate) fn point(call: Call, at: impl FnOnce() -> PathBuf) -> Result<()> {
    #[cfg(feature = "faults")]
    return plans::pass(call, None, at);
    #[cfg(not(feature = "faults"))]
    {
        let _ = (call, at);
        Ok(())
    }
}

/// The same before a call that moves something.
#[inline]
pub(super) fn moving(call: Call, from: impl FnOnce() -> PathBuf, to: impl FnOnce() -> PathBuf) -> Result<()> {
    #[cfg(feature = "faults")]
    return plans::pass(call, Some(from()), to);
    #[cfg(not(feature = "faults"))]
    {
        let _ = (call, from, to);
        Ok(())
    }
}

/// Writes all of `bytes`, or half of them where a test has planned that the disk becomes full.
#[inline]
pub(super) fn write_all(file: &mut impl Write, bytes: &[u8], at: impl FnOnce() -> PathBuf) -> Result<()> {
    #[cfg(feature = "faults")]
    plans::fit(file, bytes, at)?;
    #[cfg(not(feature = "faults"))]
    let _ = at;
    file.write_all(bytes)
}

impl Root {
    /// A [`point`] at `rel`.
    #[inline]
    pub(super) fn point(&self, call: Call, rel: &RelPath) -> Result<()> {
        point(call, || self.absolute(rel))
    }
}

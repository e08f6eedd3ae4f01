//! What one operation has stored already, so that fifty projects do not store one artifact fifty times.

use super::{Site, Source};
use crate::error::Result;
use crate::fs::{PackWriter, Root};
use crate::journal::{Base, Part};
use crate::path::RelPath;
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

/// A tree in the content store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stored {
    /// The part whose pack holds it.
    pub(super) pack: String,
    /// Its listing.
    pub(super) tree: String,
}

/// The trees that an operation has stored, by where they came from and what they looked like.
#[derive(Debug, Default)]
pub struct Objects(Mutex<HashMap<(PathBuf, [u8; 32]), Stored>>);

impl Objects {
    pub(super) fn known(&self, source: &Source) -> Option<Stored> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&key(source)).cloned()
    }

    pub(super) fn remember(&self, source: &Source, stored: Stored) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(key(source), stored);
    }

    /// Forgets a pack that came to nothing.
    pub(super) fn forget(&self, pack: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).retain(|_, stored| stored.pack != pack);
    }
}

fn key(source: &Source) -> (PathBuf, [u8; 32]) {
    (source.root.absolute(&source.path), source.survey.signature())
}

/// Begins the pack of a part.
pub(super) fn begin_pack(desktop: &Root, part: &str) -> Result<PackWriter> {
    desktop.create_folders(&RelPath::new(FOLDER)?)?;
    let path = path_of(part)?;
    // One of this name can only be left over from an attempt that was cut off.
    desktop.remove(&path)?;
    desktop.create_pack(&path)
}

/// Packs the targets of a part again, where the process ended before its pack was finished and nobody has edited
/// them since.
pub(super) fn store_again(site: &Site<'_>, part: &mut Part) -> Result<()> {
    let name = part.name();
    let whole = site.desktop.open_pack(&path_of(&name)?).is_ok_and(|pack| pack.is_some());
    let mine = |base: &Base| base.pack == name;
    if whole || !part.steps.iter().any(|step| step.base_after.as_ref().is_some_and(mine)) {
        return Ok(());
    }
    let pack = begin_pack(site.desktop, &name)?;
    for step in &mut part.steps {
        let Some(base) = step.base_after.as_mut().filter(|base| mine(base)) else { continue };
        let Some(survey) = site.project.survey(&step.target)? else { continue };
        let content = site.project.hash(&step.target, &survey)?;
        if content == base.fingerprint.content {
            base.tree = site.project.pack(&step.target, &survey, &pack)?;
        }
    }
    pack.finish()
}

/// Where the pack of a part is, below our home's `desktop` folder.
pub(super) fn path_of(part: &str) -> Result<RelPath> {
    RelPath::new(format!("{FOLDER}/{part}.zip"))
}

const FOLDER: &str = "objects";

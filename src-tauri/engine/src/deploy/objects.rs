//! What is stored already, by earlier operations and by this one, so that fifty projects do not store one artifact
//! fifty times.
//!
//! What earlier operations stored is known from the cache, which may be wrong about it: a pack is used again only when
//! it is there, opens and lists the tree, and only where the copy turns out to be what was stored. Pruning must not
//! take it away before the ledger says that it is needed: as long as an operation works, both hold one lock, the
//! operation together with others and pruning alone. An operation that does not get it stores anew.

use super::{Bytes, NewBase, Site, Source, Step};
use crate::error::Result;
use crate::fs::{FileLock, Fingerprint, Pack, PackWriter, Root};
use crate::id::OperationId;
use crate::journal::{Base, Part, operation_of};
use crate::path::RelPath;
use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Held alone by whoever removes packs, and together by those who use them again.
pub const PACKS_LOCK: &str = "prune.lock";

/// The trees that an operation knows to be stored, by what they are. What is in a pack that is still being written counts
/// for the part whose pack it is, and for the others once it is finished: until then the part may still be taken back, and
/// the pack with it.
#[derive(Debug, Default)]
pub struct Objects(Mutex<Known>);

#[derive(Debug, Default)]
struct Known {
    trees: HashMap<Fingerprint, Base>,
    /// Packs that are whole.
    finished: HashSet<String>,
}

impl Objects {
    /// Where a source is stored, if that is known, for the part of that name. What it was is for the caller to compare with
    /// what is copied.
    pub(super) fn known(&self, source: &Source, part: &str) -> Option<Base> {
        let known = self.lock();
        let base = known.trees.get(source.fingerprint.as_deref()?)?;
        (base.pack == part || known.finished.contains(&base.pack)).then(|| base.clone())
    }

    pub(super) fn remember(&self, base: Base) {
        self.lock().trees.insert(base.fingerprint.clone(), base);
    }

    /// A pack is whole.
    pub(super) fn publish(&self, pack: String) {
        self.lock().finished.insert(pack);
    }

    /// Forgets a pack that came to nothing.
    pub(super) fn forget(&self, pack: &str) {
        self.lock().trees.retain(|_, base| base.pack != pack);
    }

    /// Everything that this operation has stored, for those who come later.
    pub fn into_bases(self, operation: &OperationId) -> Vec<Base> {
        let Known { trees, finished } = self.0.into_inner().unwrap_or_else(PoisonError::into_inner);
        let ours =
            |base: &Base| operation_of(&base.pack) == operation.as_str() && finished.contains(&base.pack);
        trees.into_values().filter(ours).collect()
    }

    /// Takes up what earlier operations have stored of what the steps are to store. The lock that it gives is held until
    /// the packs are noted as needed.
    pub(super) fn recall(&self, desktop: &Root, steps: &[Step], part: &str) -> Option<FileLock> {
        let stored = steps.iter().filter_map(Step::to_store);
        let stored = stored.filter(|source| self.known(source, part).is_none());
        let stored: Vec<&Base> = stored.filter_map(|source| source.stored.as_deref()).collect();
        if stored.is_empty() {
            return None;
        }
        let lock = FileLock::shared(desktop, &RelPath::new(PACKS_LOCK).ok()?).ok().flatten()?;
        let mut packs: HashMap<&str, Option<Pack>> = HashMap::new();
        for base in stored {
            let open = || desktop.open_pack(&path_of(&base.pack).ok()?).ok().flatten();
            let pack = packs.entry(&base.pack).or_insert_with(open);
            if pack.as_ref().is_some_and(|pack| pack.has_tree(&base.tree)) {
                self.remember(base.clone());
                self.publish(base.pack.clone());
            }
        }
        Some(lock)
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Step {
    /// What is to be in the content store once the step is done, if that is not there for sure.
    fn to_store(&self) -> Option<&Source> {
        match (&self.bytes, &self.base) {
            (Bytes::Place { source, .. }, NewBase::Copied) | (_, NewBase::Of(source)) => Some(source),
            _ => None,
        }
    }
}

/// Whether anything of these steps goes into the content store.
pub(super) fn stores(steps: &[Step], objects: &Objects, part: &str) -> bool {
    steps.iter().any(|step| matches!(step.base, NewBase::Mixed(..)))
        || steps.iter().filter_map(Step::to_store).any(|source| objects.known(source, part).is_none())
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

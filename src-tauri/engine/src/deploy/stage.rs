//! Staging: every new copy of an operation, in parallel, beside its target; and its content into the store.

use super::objects::Objects;
use super::{Bytes, NewBase, Over, RecordEdit, Source, Step};
use crate::error::{Code, Error, Result};
use crate::fs::{EntryKind, Fingerprint, PackWriter, Root, Staged, Survey};
use crate::id::ContentHash;
use crate::journal::{Base, Place};
use crate::path::RelPath;
use rayon::prelude::*;

/// The folder below a profile root, or in a collection, in which operations stage.
pub const STAGE: &str = ".skillmeat-stage";

/// The folder of the stages of a place.
///
/// # Errors
/// None in practice: both parts are valid.
pub fn stages(place: &Place) -> Result<RelPath> {
    match place {
        Place::Profile(root) => root.child(STAGE),
        Place::Collection | Place::Sets => RelPath::new(STAGE),
    }
}

/// What a step needs before it can be swapped.
#[derive(Debug, Default)]
pub(super) struct Prepared {
    /// The new copy.
    pub(super) staged: Option<Staged>,
    /// The content hash for its record.
    pub(super) recorded: Option<ContentHash>,
    /// What it is.
    pub(super) after: Option<Fingerprint>,
    /// What the deployment is then.
    pub(super) base: Option<Base>,
}

/// Where copies are made, and where they are stored.
pub(super) struct Stager<'a> {
    pub(super) project: &'a Root,
    pub(super) stage: &'a RelPath,
    pub(super) objects: &'a Objects,
    pub(super) pack: Option<&'a PackWriter>,
    /// The name of that pack.
    pub(super) part: &'a str,
}

/// Where a step's tree is in the stage: the new copy before the swap, the old one after it.
pub(super) fn slot(stage: &RelPath, slot: &str) -> Result<RelPath> {
    stage.child(slot)
}

/// Where a tree is for a moment when the file system cannot exchange two.
pub(super) fn aside(stage: &RelPath, slot: &str) -> Result<RelPath> {
    stage.child(&format!("{slot}.aside"))
}

impl Stager<'_> {
    /// Prepares every step.
    pub(super) fn prepare(&self, steps: &[Step], each: &(dyn Fn(&RelPath) + Sync)) -> Vec<Result<Prepared>> {
        let told = |(index, step): (usize, &Step)| {
            let prepared = self.step(index, step);
            each(&step.target);
            prepared
        };
        let mut prepared: Vec<_> = steps.par_iter().enumerate().map(told).collect();
        // What did not fit beside a copy that did not fit either may fit alone.
        for (index, result) in prepared.iter_mut().enumerate() {
            if result.as_ref().is_err_and(|error| error.code() == Code::DiskFull) {
                *result = self.step(index, &steps[index]);
            }
        }
        prepared
    }

    fn step(&self, index: usize, step: &Step) -> Result<Prepared> {
        let slot = slot(self.stage, &index.to_string())?;
        let prepared = self.copy(&slot, step);
        if prepared.is_err() {
            // The failure that is reported is the copy's; what it left goes with the stage at the latest.
            let _ = self.project.remove(&slot);
        }
        prepared
    }

    fn copy(&self, slot: &RelPath, step: &Step) -> Result<Prepared> {
        match (&step.bytes, &step.base) {
            (Bytes::Place { source, edits, .. }, NewBase::Copied) => {
                let known = self.objects.known(source, self.part);
                let pack = if known.is_some() { None } else { self.pack };
                let mut again = false;
                let (mut staged, seen) = source.root.read_at_rest(&source.path, &source.survey, |seen| {
                    // The stage is new, so nothing is there at first.
                    if std::mem::replace(&mut again, true) {
                        self.project.remove(slot)?;
                    }
                    Ok((source.root.stage(&source.path, seen, self.project, slot, pack)?, seen.clone()))
                })?;
                let (recorded, copied) = (staged.hash.clone(), seen.fingerprint(&staged.hash));
                if !edits.is_empty() {
                    staged = self.merge(slot, &step.target, edits, staged)?;
                }
                self.make_room(slot, &step.bytes, &mut staged)?;
                let after = staged.copy.fingerprint(&staged.hash);
                // A source that has changed since it was planned is not what was stored.
                let known = known.filter(|base| base.fingerprint == copied);
                let deployed = if edits.is_empty() { after.clone() } else { copied.clone() };
                let stored = known.or_else(|| self.stored(copied, staged.tree.clone()));
                let base = stored.map(|stored| Base { fingerprint: deployed, ..stored });
                Ok(Prepared { staged: Some(staged), recorded: Some(recorded), after: Some(after), base })
            }
            (Bytes::Place { source, edits, .. }, NewBase::Is(base)) => {
                let stage = |seen: &Survey| {
                    self.project.remove(slot)?;
                    source.root.stage(&source.path, seen, self.project, slot, None)
                };
                let mut staged = match source.survey.filtered {
                    true => source.root.read_at_rest(&source.path, &source.survey, stage)?,
                    // What is in the trash is at rest.
                    false => stage(&source.survey)?,
                };
                if !edits.is_empty() {
                    staged = self.merge(slot, &step.target, edits, staged)?;
                }
                // What is undone becomes what it was, and no folder more.
                if source.survey.filtered {
                    self.make_room(slot, &step.bytes, &mut staged)?;
                }
                let (after, recorded) = (fingerprint(self.project, slot)?, Some(staged.hash.clone()));
                Ok(Prepared { staged: Some(staged), recorded, after, base: base.clone() })
            }
            (_, NewBase::Of(source)) => {
                let RecordEdit::Write(record) = &step.record else { return Ok(Prepared::default()) };
                let content = source.survey.fingerprint(&record.content_hash);
                let base =
                    match self.objects.known(source, self.part).filter(|base| base.fingerprint == content) {
                        Some(base) => Some(base),
                        None => {
                            let pack = |pack| source.root.pack(&source.path, &source.survey, pack);
                            self.stored(content, self.pack.map(pack).transpose()?)
                        }
                    };
                Ok(Prepared { base, ..Prepared::default() })
            }
            (_, NewBase::Mixed(source, over)) => self.mixed(slot, source, over),
            (_, NewBase::Is(base)) => Ok(Prepared { base: base.clone(), ..Prepared::default() }),
            (Bytes::Remove(_) | Bytes::Leave, NewBase::Copied) => {
                Err(Error::Internal { what: format!("nothing is copied to {}", step.target) })
            }
        }
    }

    /// Makes a mixed base in the stage, stores it, and takes it away again: nothing is put anywhere.
    fn mixed(&self, slot: &RelPath, source: &Source, over: &[Over]) -> Result<Prepared> {
        source.root.stage(&source.path, &source.survey, self.project, slot, None)?;
        for over in over {
            self.put_over(slot, over)?;
        }
        let survey = self.project.survey(slot)?.unwrap_or_else(|| source.survey.clone());
        let hash = self.project.hash(slot, &survey)?;
        let tree = self.pack.map(|pack| self.project.pack(slot, &survey, pack)).transpose()?;
        self.project.remove(slot)?;
        let base = self.stored(survey.fingerprint(&hash), tree);
        Ok(Prepared { recorded: Some(hash), base, ..Prepared::default() })
    }

    /// Makes room in a copy for the ignored entries of what it replaces.
    fn make_room(&self, slot: &RelPath, bytes: &Bytes, staged: &mut Staged) -> Result<()> {
        if let Bytes::Place { replaces: Some(old), carry_ignored: true, .. } = bytes
            && make_room(self.project, slot, old)?
            && let Some(copy) = self.project.survey(slot)?
        {
            staged.copy = copy;
        }
        Ok(())
    }

    fn stored(&self, fingerprint: Fingerprint, tree: Option<String>) -> Option<Base> {
        let base = Base { fingerprint, pack: self.part.to_owned(), tree: tree? };
        self.objects.remember(base.clone());
        Some(base)
    }
}

/// Makes the folders in a copy into which ignored entries of the old tree will move, as they are there; they are part of
/// what is deployed then. Where something else is in the way, which a person was asked about, none is made. Tells
/// whether one was.
fn make_room(project: &Root, copy: &RelPath, old: &Survey) -> Result<bool> {
    let mut made = false;
    for path in &old.ignored {
        let Some(folder) = copy.child(path)?.parent() else { continue };
        let mut above = folder.clone();
        while let (None, Some(parent)) = (project.entry(&above)?, above.parent()) {
            above = parent;
        }
        if project.entry(&above)?.is_some_and(|entry| entry.kind == EntryKind::Folder) {
            for folder in project.create_folders(&folder)?.iter().rev() {
                let same = |path: &str| folder.strip_prefix(copy).is_some_and(|below| below.as_str() == path);
                if let Some(original) = old.entries.iter().find(|entry| same(&entry.path)) {
                    project.set_mode(folder, original.mode & 0o777 | 0o700)?;
                }
                made = true;
            }
        }
    }
    Ok(made)
}

/// What stands somewhere, read now; `None` when nothing does.
pub(super) fn fingerprint(project: &Root, rel: &RelPath) -> Result<Option<Fingerprint>> {
    let Some(survey) = project.survey(rel)? else { return Ok(None) };
    let content = project.hash(rel, &survey)?;
    Ok(Some(survey.fingerprint(&content)))
}

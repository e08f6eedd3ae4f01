//! The stat gate: content is read only where a stat changed.

use crate::cache::{Cache, TreeRow};
use crate::clock::{Clock, iso};
use crate::error::Result;
use crate::fs::{Fingerprint, Root, Survey};
use crate::id::ContentHash;
use crate::journal::Base;
use crate::path::RelPath;
use crate::plan::Target;
use chrono::{DateTime, Utc};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// So many rows are worth a transaction of their own.
const MUCH: usize = 2_000;

/// Hashes of trees, remembered by their signature. What it learned is written to the cache by the caller.
pub(super) struct Gate<'a> {
    cache: Option<&'a Cache>,
    clock: &'a dyn Clock,
    /// Before anything was looked at.
    begun: DateTime<Utc>,
    learned: Mutex<HashMap<String, TreeRow>>,
    /// Rows of the cache that are about to be asked for.
    fetched: Mutex<HashMap<String, TreeRow>>,
    /// Single rows of the cache that turned out to be true: they are neither asked for nor written again.
    confirmed: Mutex<HashMap<String, TreeRow>>,
    /// What artifacts were found to hold; each is looked at once however often it is deployed.
    sources: Mutex<HashMap<PathBuf, Option<ContentHash>>>,
    hashed_files: AtomicU64,
}

/// What stands somewhere, and its hash.
pub(super) struct Content {
    pub(super) survey: Survey,
    pub(super) hash: ContentHash,
}

impl<'a> Gate<'a> {
    pub(super) fn new(cache: Option<&'a Cache>, clock: &'a dyn Clock) -> Self {
        let (learned, fetched, confirmed, sources, hashed_files) = Default::default();
        Self { cache, clock, begun: clock.now(), learned, fetched, confirmed, sources, hashed_files }
    }

    /// Fetches what the cache knows of everything below a folder: one question instead of one per tree.
    pub(super) fn fetch(&self, folder: &Path) {
        // A cache that fails here only costs time: each tree is asked for by itself.
        let below = self.cache.zip(folder.to_str()).map(|(cache, folder)| cache.trees_below(folder));
        if let Some(Ok(below)) = below {
            locked(&self.fetched).extend(below);
        }
    }

    /// The hash of what an artifact's folder or file holds now; `None` when it is gone. Looked at once.
    pub(super) fn source(&self, root: &Root, rel: &RelPath) -> Result<Option<ContentHash>> {
        let path = root.absolute(rel);
        if let Some(known) = locked(&self.sources).get(&path) {
            return Ok(known.clone());
        }
        let hash = self.content(root, rel)?.map(|content| content.hash);
        locked(&self.sources).insert(path, hash.clone());
        Ok(hash)
    }

    /// Notes what an artifact was found to hold, for [`Gate::source`].
    pub(super) fn note_source(&self, root: &Root, rel: &RelPath, hash: &ContentHash) {
        locked(&self.sources).insert(root.absolute(rel), Some(hash.clone()));
    }

    /// What stands at `rel`, with its hash without ignored files; `None` when nothing does.
    pub(super) fn content(&self, root: &Root, rel: &RelPath) -> Result<Option<Content>> {
        let Some(survey) = root.survey(rel)? else { return Ok(None) };
        let hash = self.hash(root, rel, &survey)?;
        Ok(Some(Content { survey, hash }))
    }

    /// The hash of what was surveyed, from the cache where its signature is known there.
    pub(super) fn hash(&self, root: &Root, rel: &RelPath, survey: &Survey) -> Result<ContentHash> {
        if let Some(hash) = self.known(root, rel, survey) {
            return Ok(hash);
        }
        let hash = root.hash(rel, survey)?;
        self.hashed_files.fetch_add(survey.files(), Ordering::Relaxed);
        self.remember(root, rel, survey, &hash, self.begun);
        Ok(hash)
    }

    /// The hash of what was surveyed, if it is known without reading.
    pub(super) fn known(&self, root: &Root, rel: &RelPath, survey: &Survey) -> Option<ContentHash> {
        let path = root.absolute(rel);
        let (path, signature) = (path.to_str()?, survey.signature());
        for known in [&self.learned, &self.confirmed] {
            if let Some(row) = locked(known).get(path) {
                return (row.signature == signature).then(|| row.content_hash.clone());
            }
        }
        // Each tree is looked at once as a rule, so what was fetched for it is used up.
        if let Some(row) = locked(&self.fetched).remove(path) {
            return (row.signature == signature).then_some(row.content_hash);
        }
        // A cache that fails here only costs time: the content is read instead.
        let row = self.cache?.tree(path).ok().flatten().filter(|row| row.signature == signature)?;
        let hash = row.content_hash.clone();
        locked(&self.confirmed).insert(row.path.clone(), row);
        Some(hash)
    }

    /// Where the content store holds a tree, as far as is known.
    pub(super) fn stored(&self, fingerprint: &Fingerprint) -> Option<Base> {
        // A cache that fails here only costs time: the tree is stored again instead.
        self.cache?.stored(fingerprint).ok().flatten()
    }

    /// The absolute path, if the cache remembers something that was there.
    pub(super) fn remembered(&self, root: &Root, rel: &RelPath) -> Option<String> {
        let path = root.absolute(rel).to_str()?.to_owned();
        let row = self.cache?.tree(&path).ok().flatten();
        row.map(|_| path)
    }

    /// Notes the hash of a copy that was just made and put in place. Moving a folder changes nothing about what is in
    /// it; moving a file changes the time of its own last change, so that it is looked at again.
    pub(super) fn remember_copy(&self, root: &Root, rel: &RelPath, staged: &Survey, hash: &ContentHash) {
        let now = self.clock.now();
        if !staged.is_single() {
            return self.note(root, rel, staged, hash, staged.is_racy_copy(now));
        }
        if let Ok(Some(copy)) = root.survey(rel)
            && copy.same_files(staged)
        {
            self.note(root, rel, &copy, hash, copy.is_racy_copy(now));
        }
    }

    /// Notes a hash for the cache, unless the files changed so shortly before they were `seen` that their times
    /// prove nothing.
    fn remember(&self, root: &Root, rel: &RelPath, survey: &Survey, hash: &ContentHash, seen: DateTime<Utc>) {
        self.note(root, rel, survey, hash, survey.is_racy(seen));
    }

    fn note(&self, root: &Root, rel: &RelPath, survey: &Survey, hash: &ContentHash, racy: bool) {
        let path = root.absolute(rel);
        let Some(path) = path.to_str().filter(|_| !racy) else { return };
        let signature = survey.signature();
        if locked(&self.confirmed).get(path).is_some_and(|row| row.signature == signature) {
            return;
        }
        let row = TreeRow {
            path: path.to_owned(),
            signature,
            content_hash: hash.clone(),
            unfiltered_hash: None,
            files: survey.files(),
            bytes: survey.bytes(),
            modified_at: survey.modified_at().map(iso),
        };
        locked(&self.learned).insert(row.path.clone(), row);
    }

    /// Notes the hash of a source that was copied, and so read, as it was surveyed.
    pub(super) fn remember_source(&self, root: &Root, rel: &RelPath, survey: &Survey, hash: &ContentHash) {
        self.remember(root, rel, survey, hash, self.begun);
    }

    /// What stands at a target, for the tables of the plan; `base` is what the deployment was when it was deployed,
    /// where that is known. The hash with ignored files is computed only where
    /// the one without does not match the record.
    pub(super) fn target(
        &self,
        project: &Root,
        rel: &RelPath,
        recorded: Option<&ContentHash>,
        base: Option<&Fingerprint>,
    ) -> (Target, Option<Survey>) {
        let content = match self.content(project, rel) {
            Ok(None) => return (Target::Absent, None),
            Err(error) => return (Target::Unreadable(error.to_problem()), None),
            Ok(Some(content)) => content,
        };
        let has_ignored = !content.survey.ignored.is_empty();
        let matches = recorded.is_none_or(|recorded| *recorded == content.hash);
        let unfiltered = if has_ignored && !matches { project.hash_unfiltered(rel) } else { Ok(None) };
        let unfiltered = match unfiltered {
            Ok(unfiltered) => unfiltered,
            Err(error) => return (Target::Unreadable(error.to_problem()), None),
        };
        let differs = base.is_some_and(|base| content.survey.fingerprint(&base.content) != *base);
        (Target::Present { hash: content.hash, unfiltered, has_ignored, differs }, Some(content.survey))
    }

    /// Files whose content was read.
    pub(super) fn hashed_files(&self) -> u64 {
        self.hashed_files.load(Ordering::Relaxed)
    }

    /// Writes what was learned so far to the cache once it is much, while others go on reading: hashes are true of their
    /// signatures at any time. What cannot be written now is written with the rest, or only costs time.
    pub(super) fn save_much(&self) {
        let Some(cache) = self.cache else { return };
        let much: Vec<TreeRow> = {
            let mut learned = locked(&self.learned);
            if learned.len() < MUCH {
                return;
            }
            learned.drain().map(|(_, row)| row).collect()
        };
        let mut tried = false;
        let saved = cache.write_if_free(|writer| {
            tried = true;
            much.iter().try_for_each(|row| writer.put_tree(row))
        });
        if !tried || saved.is_err() {
            let mut learned = locked(&self.learned);
            for row in much {
                learned.entry(row.path.clone()).or_insert(row);
            }
        }
    }

    /// What was learned, for the cache.
    pub(super) fn into_learned(self) -> Vec<TreeRow> {
        self.learned.into_inner().unwrap_or_else(PoisonError::into_inner).into_values().collect()
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

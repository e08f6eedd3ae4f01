//! Keeping the cache, and telling what was committed to it: by us, and by other processes.

use super::{CACHE_FILE, Engine};
use crate::cache::{Cache, TreeRow, Writer, is_corrupt};
use crate::deploy::CacheState;
use crate::error::{Code, Error, Problem, Remedy, Result, Severity};
use crate::feed::{AttentionRaised, Event, Origin, ResyncRequired};
use crate::fs::Root;
use crate::id::OperationId;
use crate::journal::Base;
use crate::path::RelPath;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLockReadGuard, TryLockError};

/// A random word in our folder: another one than before means that some process could not write what it did into
/// the cache.
const MARKER: &str = "cache.behind";

/// While the cache is only in memory, every so many looks it is tried to open its file.
const LOOKS_PER_TRY: u32 = 20;

impl Engine {
    /// Publishes what other processes committed since the last call, and mends the cache where that is needed: one
    /// that was damaged or replaced, is only in memory, or could not follow the files, here or in another process.
    /// Cheap when there is nothing.
    ///
    /// # Errors
    /// `cache-stale` when the cache cannot be read; what [`Engine::resync`] says.
    pub fn poll_external(&self) -> Result<()> {
        self.leave_memory();
        let cache = self.cache();
        let behind = self.marker();
        let marked = *lock(&self.behind) != behind;
        // Before everything is read: a mark that is set meanwhile is seen the next time.
        *lock(&self.behind) = behind;
        if marked {
            self.unfilled.store(true, Ordering::Relaxed);
        }
        match self.tell_external(&cache) {
            Err(error) if is_corrupt(&error) => self.replace_cache(),
            other => other?,
        }
        if self.fill()? {
            self.tell_external(&self.cache())?;
        }
        Ok(())
    }

    /// Reads everything where the cache is a new one, so that nothing is shown as empty that is not. Tells whether it
    /// was.
    pub(super) fn fill(&self) -> Result<bool> {
        let unfilled = self.unfilled.load(Ordering::Relaxed);
        if unfilled {
            self.resync(Origin::Resync)?;
        }
        Ok(unfilled)
    }

    fn tell_external(&self, cache: &Cache) -> Result<()> {
        let _others = match self.own.try_write() {
            Ok(alone) => alone,
            Err(TryLockError::Poisoned(alone)) => alone.into_inner(),
            // A call is about to publish what it committed, and with it what others did.
            Err(TryLockError::WouldBlock) => return Ok(()),
        };
        let mut last = lock(&self.looked_at);
        let now = (cache.epoch().to_owned(), cache.data_version()?);
        if *last != now {
            self.publisher.publish(cache, Origin::External, None)?;
            *last = now;
        }
        Ok(())
    }

    /// While this is held nobody takes what is committed for the work of another process.
    pub(super) fn own_commits(&self) -> RwLockReadGuard<'_, ()> {
        self.own.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// The cache. One whose file was deleted or set aside by another process is opened anew.
    pub(super) fn cache(&self) -> Arc<Cache> {
        let cache = self.cache.read().unwrap_or_else(PoisonError::into_inner).clone();
        if cache.is_current() {
            return cache;
        }
        self.replace_cache();
        self.cache.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Publishes what was committed.
    pub(super) fn publish(&self, cache: &Cache, origin: Origin, operation: Option<&str>) -> Result<()> {
        self.publisher.publish(cache, origin, operation)
    }

    /// Asks the cache. One that turns out to be damaged is replaced, and the new one, which the next look at other
    /// processes' work fills, is asked instead.
    pub(super) fn ask<T>(&self, question: impl Fn(&Cache) -> Result<T>) -> Result<T> {
        match question(&self.cache()) {
            Err(error) if is_corrupt(&error) => {
                tracing::warn!(%error, "the cache is damaged");
                self.replace_cache();
                question(&self.cache())
            }
            other => other,
        }
    }

    /// Writes into the cache what was done to files, and tells it. The files are what counts: a cache that does not
    /// take it is told about and mended later, and fails nothing.
    pub(super) fn follow(&self, work: impl FnOnce(&mut Writer<'_>) -> Result<()>) {
        let _own = self.own_commits();
        let cache = self.cache();
        let followed = cache.write(work).and_then(|()| self.publish(&cache, Origin::Command, None));
        if let Err(error) = followed {
            self.cache_failed(&error);
        }
    }

    /// Writes what a gate learned. Losing it costs time and nothing else, so it waits for nobody.
    pub(super) fn learn(&self, cache: &Cache, learned: &[TreeRow], stored: &[Base]) {
        if learned.is_empty() && stored.is_empty() || self.unfilled.load(Ordering::Relaxed) {
            return;
        }
        let learn = |writer: &mut Writer<'_>| {
            learned.iter().try_for_each(|tree| writer.put_tree(tree))?;
            stored.iter().try_for_each(|base| writer.put_stored(base))
        };
        if let Err(error) = cache.write_if_free(learn) {
            tracing::warn!(%error, "the cache did not take what was learned");
        }
    }

    /// The files are right and the cache is not: say so, to other processes too. The next look at other processes'
    /// work mends it.
    pub(super) fn cache_failed(&self, error: &Error) {
        tracing::error!(%error, "the cache could not follow");
        self.unfilled.store(true, Ordering::Relaxed);
        self.mark_behind();
        let message =
            "The files are written, but the list could not follow. Resync to read everything again.";
        let mut problem =
            Problem::new(Code::CacheStale, Severity::Fault, message).with_remedy(Remedy::Resync);
        problem.causes = vec![error.to_string()];
        *lock(&self.cache_stale) = Some(problem.clone());
        self.feed.publish(&Event::AttentionRaised(AttentionRaised { problem, project: None }));
        let reason = "The cache could not follow the files.".to_owned();
        self.feed.publish(&Event::ResyncRequired(ResyncRequired { reason }));
    }

    /// How well the cache followed an operation, for its receipt: rows that are only in memory do not count.
    pub(super) fn followed(&self, cache: &Cache, state: CacheState) -> CacheState {
        if !cache.is_in_memory() {
            return state;
        }
        self.mark_behind();
        CacheState::Stale
    }

    /// Opens the cache anew, for one that is damaged or was replaced by another process.
    pub(super) fn replace_cache(&self) {
        let mut current = self.cache.write().unwrap_or_else(PoisonError::into_inner);
        match Cache::replace(&current, &self.desktop_path(), CACHE_FILE) {
            Ok(opened) => {
                *current = Arc::new(opened.cache);
                *lock(&self.cache_problem) = opened.problem;
                self.unfilled.store(true, Ordering::Relaxed);
            }
            Err(error) => tracing::error!(%error, "the cache could not be opened anew"),
        }
    }

    /// Goes from memory to the file, once that can be used again.
    fn leave_memory(&self) {
        let in_memory = self.cache.read().unwrap_or_else(PoisonError::into_inner).is_in_memory();
        if !in_memory || !self.looks.fetch_add(1, Ordering::Relaxed).is_multiple_of(LOOKS_PER_TRY) {
            return;
        }
        if let Some(opened) = Cache::open_in_file(&self.desktop_path(), CACHE_FILE) {
            *self.cache.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(opened.cache);
            *lock(&self.cache_problem) = opened.problem;
            self.unfilled.store(true, Ordering::Relaxed);
        }
    }

    /// Leaves word for every process that the file of the cache is behind the projects. By its nature this cannot be
    /// said in the cache.
    fn mark_behind(&self) {
        let mark = OperationId::generate().to_string();
        let written = Root::create(&self.desktop_path())
            .and_then(|desktop| desktop.replace(&RelPath::new(MARKER)?, mark.as_bytes()));
        match written {
            Ok(()) if !self.unfilled.load(Ordering::Relaxed) => *lock(&self.behind) = Some(mark),
            Ok(()) => {}
            Err(error) => tracing::warn!(%error, "nobody is told that the cache is behind"),
        }
    }

    /// The last word that was left.
    pub(super) fn marker(&self) -> Option<String> {
        last_marker(&self.desktop_path())
    }

    fn desktop_path(&self) -> PathBuf {
        self.options.home.join("desktop")
    }
}

/// The word that some process left last.
pub(super) fn last_marker(desktop: &Path) -> Option<String> {
    let root = Root::open_existing(desktop).ok()??;
    String::from_utf8(root.read(&RelPath::new(MARKER).ok()?, 100).ok()??).ok()
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SystemClock;
    use crate::engine::Options;
    use crate::settings::SetsSwitch;

    #[test]
    fn what_a_call_committed_is_not_told_as_the_work_of_another_process() {
        let home = tempfile::tempdir().unwrap();
        let (clock, holder) = (Arc::new(SystemClock), "a test".to_owned());
        let options =
            Options { home: home.path().to_owned(), user_home: None, clock, holder, sets: SetsSwitch::Unset };
        let engine = Engine::open(options).unwrap();
        let events = engine.subscribe();
        let cache = engine.cache();
        let row = super::super::library::managed("c".to_owned(), Path::new("/c"));

        let own = engine.own_commits();
        cache.write(|writer| writer.upsert_collection(&row)).unwrap();
        engine.poll_external().unwrap();
        assert_eq!(events.try_iter().count(), 0);
        engine.publish(&cache, Origin::Command, Some("op")).unwrap();
        drop(own);
        engine.poll_external().unwrap();
        let told: Vec<Event> = events.try_iter().collect();
        assert!(
            matches!(told.as_slice(), [Event::LibraryChanged(batch)] if batch.origin == Origin::Command),
            "{told:?}"
        );
    }
}

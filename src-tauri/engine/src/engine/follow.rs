//! Keeping the cache, and telling what was committed to it: by us, and by other processes.

use super::{CACHE_FILE, Engine};
use crate::cache::{Cache, TreeRow};
use crate::error::{Code, Error, Problem, Remedy, Result, Severity};
use crate::feed::{AttentionRaised, Event, Origin, ResyncRequired};
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError, RwLockReadGuard, TryLockError};

impl Engine {
    /// Publishes what other processes committed since the last call, and fills a cache that had to be replaced or
    /// could not follow. Cheap when there is nothing.
    ///
    /// # Errors
    /// `cache-stale` when the cache cannot be read; what [`Engine::resync`] says.
    pub fn poll_external(&self) -> Result<()> {
        let mut cache = self.cache();
        if self.unfilled.load(Ordering::Relaxed) {
            self.resync(Origin::Resync)?;
            cache = self.cache();
        }
        let _others = match self.own.try_write() {
            Ok(alone) => alone,
            Err(TryLockError::Poisoned(alone)) => alone.into_inner(),
            // A call is about to publish what it committed, and with it what others did.
            Err(TryLockError::WouldBlock) => return Ok(()),
        };
        let mut last = self.looked_at.lock().unwrap_or_else(PoisonError::into_inner);
        let now = (cache.epoch().to_owned(), cache.data_version()?);
        if *last != now {
            self.publisher.publish(&cache, Origin::External, None)?;
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

    /// Writes what a gate learned. Losing it costs time and nothing else.
    pub(super) fn learn(&self, cache: &Cache, learned: &[TreeRow]) {
        if learned.is_empty() {
            return;
        }
        if let Err(error) = cache.write(|writer| learned.iter().try_for_each(|tree| writer.put_tree(tree))) {
            tracing::warn!(%error, "the cache did not take what was learned");
        }
    }

    /// The files are right and the cache is not: say so. The next look at other processes' work mends it.
    pub(super) fn cache_failed(&self, error: &Error) {
        tracing::error!(%error, "the cache could not follow");
        self.unfilled.store(true, Ordering::Relaxed);
        let message =
            "The files are written, but the list could not follow. Resync to read everything again.";
        let mut problem =
            Problem::new(Code::CacheStale, Severity::Fault, message).with_remedy(Remedy::Resync);
        problem.causes = vec![error.to_string()];
        *self.cache_stale.lock().unwrap_or_else(PoisonError::into_inner) = Some(problem.clone());
        self.feed.publish(&Event::AttentionRaised(AttentionRaised { problem, project: None }));
        let reason = "The cache could not follow the files.".to_owned();
        self.feed.publish(&Event::ResyncRequired(ResyncRequired { reason }));
    }

    /// Opens the cache anew, for one that is damaged or was replaced by another process.
    pub(super) fn replace_cache(&self) {
        let mut current = self.cache.write().unwrap_or_else(PoisonError::into_inner);
        match Cache::replace(&current, &self.options.home.join("desktop"), CACHE_FILE) {
            Ok(opened) => {
                *current = Arc::new(opened.cache);
                *self.cache_problem.lock().unwrap_or_else(PoisonError::into_inner) = opened.problem;
                self.unfilled.store(true, Ordering::Relaxed);
            }
            Err(error) => tracing::error!(%error, "the cache could not be opened anew"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cache::CollectionRow;
    use crate::clock::SystemClock;
    use crate::engine::Options;

    #[test]
    fn what_a_call_committed_is_not_told_as_the_work_of_another_process() {
        let home = tempfile::tempdir().unwrap();
        let (clock, holder) = (Arc::new(SystemClock), "a test".to_owned());
        let options = Options { home: home.path().to_owned(), user_home: None, clock, holder };
        let engine = Engine::open(options).unwrap();
        let events = engine.subscribe();
        let cache = engine.cache();
        let row = CollectionRow { collection: "c".to_owned(), path: "/c".to_owned(), problems: Vec::new() };

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

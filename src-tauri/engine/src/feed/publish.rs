//! From commits to events, and from events to everybody who listens.

use super::{Event, LibraryChanged, Origin, ResyncRequired};
use crate::cache::Cache;
use crate::error::Result;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};

/// Hands events to everybody who listens, in the order in which they were published.
#[derive(Debug, Default)]
pub struct Feed {
    subscribers: Mutex<Vec<mpsc::Sender<Event>>>,
}

impl Feed {
    /// From now on, receives everything that is published. Listening ends when the receiver is dropped.
    pub fn subscribe(&self) -> mpsc::Receiver<Event> {
        let (sender, receiver) = mpsc::channel();
        locked(&self.subscribers).push(sender);
        receiver
    }

    /// Tells everybody. Never waits for a listener; those that are gone are forgotten.
    pub fn publish(&self, event: &Event) {
        locked(&self.subscribers).retain(|subscriber| subscriber.send(event.clone()).is_ok());
    }
}

/// Publishes what was committed to the cache: each change once, in order, as one batch per call, whoever
/// committed it.
#[derive(Debug)]
pub struct Publisher {
    feed: Arc<Feed>,
    /// The last thing that was published. Held while publishing, so that batches cannot overtake each other.
    last: Mutex<Published>,
}

#[derive(Debug)]
struct Published {
    epoch: String,
    revision: u64,
}

impl Publisher {
    /// Publishes to `feed` what is committed to `cache` from now on.
    ///
    /// # Errors
    /// `cache-stale` when the cache cannot be read.
    pub fn new(feed: Arc<Feed>, cache: &Cache) -> Result<Self> {
        let last = Published { epoch: cache.epoch().to_owned(), revision: cache.revision()? };
        Ok(Self { feed, last: Mutex::new(last) })
    }

    /// Publishes what was committed since the last call, as one `library-changed`; nothing when there is
    /// nothing. When that cannot be told (another cache file, removals forgotten) it is `resync-required`.
    ///
    /// # Errors
    /// `cache-stale` when the cache cannot be read; the same changes are then published by the next call.
    pub fn publish(&self, cache: &Cache, origin: Origin, operation: Option<&str>) -> Result<()> {
        let mut last = locked(&self.last);
        let changes = if last.epoch == cache.epoch() { cache.changes_since(last.revision)? } else { None };
        let Some((revision, changes)) = changes else {
            *last = Published { epoch: cache.epoch().to_owned(), revision: cache.revision()? };
            let reason = "More has changed than can be told one by one.".to_owned();
            self.feed.publish(&Event::ResyncRequired(ResyncRequired { reason }));
            return Ok(());
        };
        if revision == last.revision {
            return Ok(());
        }
        let since = std::mem::replace(&mut last.revision, revision);
        self.feed.publish(&Event::LibraryChanged(LibraryChanged {
            epoch: last.epoch.clone(),
            since,
            revision,
            origin,
            operation: operation.map(str::to_owned),
            changes,
        }));
        Ok(())
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cache::{Change, CollectionRow};

    fn collection(path: &str) -> CollectionRow {
        let (collection, path) = ("default".to_owned(), path.to_owned());
        CollectionRow { collection, path, linked: false, layout: None, problems: Vec::new() }
    }

    fn put(cache: &Cache, path: &str) {
        cache.write(|writer| writer.upsert_collection(&collection(path))).unwrap();
    }

    fn batch(event: &Event) -> (u64, u64, usize) {
        match event {
            Event::LibraryChanged(batch) => (batch.since, batch.revision, batch.changes.len()),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn each_commit_is_told_once_and_in_order_whoever_made_it() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::open(folder.path(), "c.sqlite").unwrap().cache;
        let other = Cache::open(folder.path(), "c.sqlite").unwrap().cache;
        let feed = Arc::new(Feed::default());
        let publisher = Publisher::new(Arc::clone(&feed), &cache).unwrap();
        let events = feed.subscribe();
        put(&cache, "/1");
        publisher.publish(&cache, Origin::Command, Some("op")).unwrap();
        publisher.publish(&cache, Origin::Command, Some("op")).unwrap();
        put(&other, "/2");
        put(&other, "/3");
        publisher.publish(&cache, Origin::External, None).unwrap();
        let events: Vec<Event> = events.try_iter().collect();
        assert_eq!(events.iter().map(batch).collect::<Vec<_>>(), [(0, 1, 1), (1, 3, 1)]);
        let Event::LibraryChanged(last) = &events[1] else { panic!() };
        assert_eq!(last.origin, Origin::External);
        assert_eq!(last.changes, [Change::CollectionUpserted { collection: collection("/3") }]);
    }

    #[test]
    fn nothing_is_told_of_what_was_not_committed() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::open(folder.path(), "c.sqlite").unwrap().cache;
        let feed = Arc::new(Feed::default());
        let publisher = Publisher::new(Arc::clone(&feed), &cache).unwrap();
        let events = feed.subscribe();
        let failed: Result<()> = cache.write(|writer| {
            writer.upsert_collection(&collection("/1"))?;
            publisher.publish(&cache, Origin::Command, None)?;
            Err(crate::Error::Cancelled)
        });
        assert!(failed.is_err());
        publisher.publish(&cache, Origin::Command, None).unwrap();
        assert_eq!(events.try_iter().count(), 0);
    }

    #[test]
    fn another_cache_file_asks_for_a_new_snapshot_and_goes_on_from_there() {
        let (first, second) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let old = Cache::open(first.path(), "c.sqlite").unwrap().cache;
        let new = Cache::open(second.path(), "c.sqlite").unwrap().cache;
        let feed = Arc::new(Feed::default());
        let publisher = Publisher::new(Arc::clone(&feed), &old).unwrap();
        let events = feed.subscribe();
        put(&new, "/1");
        publisher.publish(&new, Origin::Startup, None).unwrap();
        put(&new, "/2");
        publisher.publish(&new, Origin::Startup, None).unwrap();
        let events: Vec<Event> = events.try_iter().collect();
        assert!(matches!(events[0], Event::ResyncRequired(_)), "{events:?}");
        assert_eq!(batch(&events[1]), (1, 2, 1));
    }

    #[test]
    fn a_listener_that_went_away_is_forgotten() {
        let feed = Feed::default();
        drop(feed.subscribe());
        let listens = feed.subscribe();
        feed.publish(&Event::ResyncRequired(ResyncRequired { reason: "test".to_owned() }));
        assert_eq!(listens.try_iter().count(), 1);
        assert_eq!(locked(&feed.subscribers).len(), 1);
    }
}

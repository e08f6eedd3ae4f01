//! Where the system does not tell of changes.

use super::*;
use crate::clock::SystemClock;
use crate::engine::Options;
use crate::feed::Origin;
use crate::settings::SetsSwitch;

fn engine(home: &std::path::Path) -> Arc<Engine> {
    std::fs::create_dir_all(home.join("collections/default/skills/one")).unwrap();
    std::fs::write(home.join("collections/default/skills/one/SKILL.md"), "one").unwrap();
    let (clock, holder) = (Arc::new(SystemClock), "a test".to_owned());
    let engine = Arc::new(
        Engine::open(Options {
            home: home.to_owned(),
            user_home: None,
            clock,
            holder,
            sets: SetsSwitch::Unset,
        })
        .unwrap(),
    );
    engine.resync(Origin::Startup).unwrap();
    engine
}

fn due(watch: &mut Watch) {
    watch.polled = (Instant::now().checked_sub(POLL).unwrap(), Duration::ZERO);
}

#[test]
fn without_watches_it_is_told_once_and_looked_at_from_time_to_time() {
    let home = tempfile::tempdir().unwrap();
    let engine = engine(home.path());
    let mut watch = Watch::begin(&engine);
    let events = engine.subscribe();
    watch.folders = None;
    for _ in 0..2 {
        watch.place(&engine, &BTreeSet::new());
    }
    let status = engine.watch_status();
    assert_eq!((status.state, status.problem.unwrap().code), (WatchState::Polling, Code::WatchLimited));
    let told: Vec<Event> = events.try_iter().collect();
    assert!(matches!(told.as_slice(), [Event::AttentionRaised(_)]), "{told:?}");

    std::fs::write(home.path().join("collections/default/skills/one/SKILL.md"), "two, longer").unwrap();
    watch.step(&engine);
    assert_eq!(events.try_iter().count(), 0, "it is not time yet");
    due(&mut watch);
    watch.step(&engine);
    let changed =
        |event: &Event| matches!(event, Event::LibraryChanged(batch) if batch.origin == Origin::Watcher);
    assert!(events.try_iter().any(|event| changed(&event)));
    assert!(engine.watch_status().changed_at.is_some());
    assert_eq!(engine.watch_status().state, WatchState::Polling);
}

#[test]
fn a_flush_looks_at_what_nobody_tells_of_at_once() {
    let home = tempfile::tempdir().unwrap();
    let engine = engine(home.path());
    let mut watch = Watch::begin(&engine);
    watch.folders = None;
    let events = engine.subscribe();
    std::fs::remove_dir_all(home.path().join("collections/default/skills/one")).unwrap();
    watch.step(&engine);
    assert_eq!(events.try_iter().count(), 0);
    engine.flush_watching();
    watch.step(&engine);
    assert!(events.try_iter().any(|event| matches!(event, Event::LibraryChanged(_))));
}

#[test]
fn what_somebody_works_in_is_looked_at_later() {
    let home = tempfile::tempdir().unwrap();
    let engine = engine(home.path());
    let mut watch = Watch::begin(&engine);
    let collection = engine.open_collection("default").unwrap();
    let desktop = engine.desktop().unwrap().unwrap();
    let lock = engine.lock_project(&collection, &desktop, Duration::ZERO).unwrap();
    let events = engine.subscribe();
    std::fs::write(home.path().join("collections/default/skills/one/SKILL.md"), "two, longer").unwrap();
    let subject = Subject::Collection("default".to_owned());
    watch.touched.subjects.insert(subject.clone());
    watch.look(&engine);
    assert_eq!(events.try_iter().count(), 0, "half done work is not told");
    assert_eq!(watch.touched.subjects, BTreeSet::from([subject]));
    drop(lock);
    watch.look(&engine);
    assert_eq!(events.try_iter().count(), 1);
    assert!(watch.touched.is_empty());
}

use super::*;
use skillmeat_engine::feed::{Change, Origin, ResyncRequired};
use std::sync::mpsc;

fn changed(since: u64, revision: u64) -> LibraryChanged {
    let change = Change::CollectionRemoved { collection: format!("c{revision}") };
    LibraryChanged {
        epoch: "e".to_owned(),
        since,
        revision,
        origin: Origin::Command,
        operation: None,
        changes: vec![change],
    }
}

fn word(operation: &str, done: u64, phase: Phase) -> Event {
    let subject = None;
    Event::OperationProgressed(OperationProgressed {
        operation: operation.to_owned(),
        phase,
        done,
        total: 9,
        subject,
    })
}

fn after(start: Instant, millis: u64) -> Instant {
    start + Duration::from_millis(millis)
}

#[test]
fn changes_that_follow_each_other_become_one_message() {
    let (mut held, start) = (Held::default(), Instant::now());
    for revision in 1..4 {
        held.push(Event::LibraryChanged(changed(revision - 1, revision)), after(start, revision));
    }
    assert_eq!(held.due(), Some(after(start, 51)), "later changes do not put the first one off");
    assert_eq!(held.take(after(start, 50)), []);
    let [Event::LibraryChanged(joined)] = &held.take(after(start, 51))[..] else { panic!("not one message") };
    assert_eq!((joined.since, joined.revision, joined.changes.len()), (0, 3, 3));
    assert_eq!(held.due(), None);
}

#[test]
fn changes_that_differ_in_cause_or_leave_a_gap_stay_apart_and_in_order() {
    let start = Instant::now();
    let first = changed(0, 1);
    let others = [
        changed(2, 3),
        LibraryChanged { epoch: "f".to_owned(), ..changed(1, 2) },
        LibraryChanged { origin: Origin::External, ..changed(1, 2) },
        LibraryChanged { operation: Some("o".to_owned()), ..changed(1, 2) },
    ];
    for other in others {
        let mut held = Held::default();
        held.push(Event::LibraryChanged(first.clone()), start);
        held.push(Event::LibraryChanged(other.clone()), start);
        let want = [Event::LibraryChanged(first.clone()), Event::LibraryChanged(other)];
        assert_eq!(held.take(after(start, 50)), want);
    }
}

#[test]
fn a_need_to_resync_keeps_its_place_between_changes() {
    let (mut held, start) = (Held::default(), Instant::now());
    let resync = Event::ResyncRequired(ResyncRequired { reason: "gap".to_owned() });
    let events = [Event::LibraryChanged(changed(0, 1)), resync, Event::LibraryChanged(changed(1, 2))];
    for event in events.clone() {
        held.push(event, start);
    }
    assert_eq!(held.take(after(start, 50)), events);
}

#[test]
fn progress_is_told_at_once_and_then_ten_times_a_second_with_the_latest_word() {
    let (mut held, start) = (Held::default(), Instant::now());
    let mut told = Vec::new();
    for millis in 0..1000 {
        let now = after(start, millis);
        held.push(word("a", millis, Phase::Stage), now);
        told.extend(held.take(now).into_iter().map(|event| (millis, event)));
    }
    let want: Vec<_> = (0..10).map(|n| (n * 100, word("a", n * 100, Phase::Stage))).collect();
    assert_eq!(told, want);
    assert_eq!(held.drain(), [word("a", 999, Phase::Stage)], "the last word is not lost");
}

#[test]
fn an_end_is_told_after_the_rows_and_is_never_replaced_by_another_operation() {
    let (mut held, start) = (Held::default(), Instant::now());
    held.push(word("a", 1, Phase::Swap), start);
    assert_eq!(held.take(start).len(), 1);
    held.push(Event::LibraryChanged(changed(0, 1)), after(start, 95));
    held.push(word("a", 9, Phase::Done), after(start, 96));
    held.push(word("b", 1, Phase::Plan), after(start, 97));
    let rows = Event::LibraryChanged(changed(0, 1));
    assert_eq!(held.due(), Some(after(start, 100)));
    let want = [rows, word("a", 9, Phase::Done), word("b", 1, Phase::Plan)];
    assert_eq!(held.take(after(start, 100)), want);
}

#[test]
fn the_pump_delivers_everything_and_ends_with_the_engine() {
    let (sender, feed) = mpsc::channel();
    let pump = std::thread::spawn(move || {
        let mut told = Vec::new();
        super::pump(&feed, |event| told.push(event));
        told
    });
    for revision in 1..=500 {
        sender.send(Event::LibraryChanged(changed(revision - 1, revision))).unwrap();
    }
    sender.send(word("a", 9, Phase::Done)).unwrap();
    drop(sender);
    let mut told = pump.join().unwrap();
    assert_eq!(told.pop(), Some(word("a", 9, Phase::Done)));
    let mut seen = 0;
    for event in told {
        let Event::LibraryChanged(batch) = event else { panic!("{event:?}") };
        assert_eq!(batch.since, seen);
        assert_eq!(batch.changes.len() as u64, batch.revision - batch.since);
        seen = batch.revision;
    }
    assert_eq!(seen, 500);
}

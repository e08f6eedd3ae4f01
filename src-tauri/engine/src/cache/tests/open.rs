//! The cache may die: every way in which its file can be unusable.

use super::*;
use crate::cache::is_corrupt;
use crate::error::Remedy;
use rstest::rstest;
use rusqlite::Connection;
use std::path::Path;

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| !name.ends_with(".lock"))
        .collect();
    names.sort();
    names
}

/// A cache with a row in it, closed, with everything in the database file itself.
fn closed(folder: &TempDir) -> String {
    let cache = open(folder);
    cache.write(|writer| writer.upsert_project(&project("/p/one"))).unwrap();
    let epoch = cache.epoch().to_owned();
    drop(cache);
    let raw = Connection::open(folder.path().join(NAME)).unwrap();
    raw.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
    epoch
}

#[test]
fn what_changed_is_still_known_after_a_migration() {
    let folder = tempfile::tempdir().unwrap();
    let mut old = Connection::open(folder.path().join(NAME)).unwrap();
    crate::cache::open::MIGRATIONS.to_version(&mut old, 3).unwrap();
    let columns = "project_path, project_name, added_at, available, profiles, problems, revision";
    let values = "'/p/' || value, 'p', 'now', 1, '[]', '[]', value";
    let sql = format!("INSERT INTO projects ({columns}) SELECT {values} FROM json_each('[1, 2, 3]')");
    old.execute(&sql, []).unwrap();
    old.execute("UPDATE meta SET revision = 3", []).unwrap();
    drop(old);
    let (now, changes) = open(&folder).changes_since(1).unwrap().unwrap();
    assert_eq!((now, changes.len()), (3, 2));
}

#[test]
fn migrations_are_valid_and_a_cache_survives_being_closed() {
    super::super::open::MIGRATIONS.validate().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let epoch = closed(&folder);
    let cache = open(&folder);
    assert_eq!((cache.epoch(), cache.revision().unwrap()), (epoch.as_str(), 1));
    assert_eq!(cache.projects().unwrap(), [project("/p/one")]);
}

#[test]
fn the_log_is_left_for_later_and_nothing_is_lost_by_that() {
    let (folder, cache) = fresh();
    cache.write(|writer| writer.upsert_project(&project("/p/one"))).unwrap();
    drop(cache);
    assert!(folder.path().join("cache.sqlite-wal").metadata().unwrap().len() > 0);
    assert_eq!(open(&folder).projects().unwrap().len(), 1);
}

type Harm = fn(&Path);

fn garbage(path: &Path) {
    std::fs::write(path, "this is no database, whatever its name says. ".repeat(100)).unwrap();
}

fn garbled_header(path: &Path) {
    let mut bytes = std::fs::read(path).unwrap();
    bytes[..100].fill(0xff);
    std::fs::write(path, bytes).unwrap();
}

fn cut_in_half(path: &Path) {
    let file = std::fs::OpenOptions::new().write(true).open(path).unwrap();
    file.set_len(file.metadata().unwrap().len() / 8192 * 4096).unwrap();
}

fn newer(path: &Path) {
    Connection::open(path).unwrap().pragma_update(None, "user_version", 99).unwrap();
}

fn without_a_table(path: &Path) {
    Connection::open(path).unwrap().execute_batch("DROP TABLE meta").unwrap();
}

fn without_a_row(path: &Path) {
    Connection::open(path).unwrap().execute_batch("DELETE FROM meta").unwrap();
}

fn unmigratable(path: &Path) {
    std::fs::remove_file(path).unwrap();
    Connection::open(path).unwrap().execute_batch("CREATE TABLE artifacts (x)").unwrap();
}

#[rstest]
#[case::garbage(garbage)]
#[case::header(garbled_header)]
#[case::truncated(cut_in_half)]
#[case::newer_schema(newer)]
#[case::table_gone(without_a_table)]
#[case::row_gone(without_a_row)]
#[case::migration_fails(unmigratable)]
fn an_unusable_file_is_set_aside_and_a_new_cache_made(#[case] harm: Harm) {
    let folder = tempfile::tempdir().unwrap();
    let epoch = closed(&folder);
    harm(&folder.path().join(NAME));
    let harmed = std::fs::metadata(folder.path().join(NAME)).unwrap().len();

    let opened = Cache::open(folder.path(), NAME).unwrap();
    assert_eq!(opened.problem.unwrap().code, Code::CacheRebuilt);
    assert_ne!(opened.cache.epoch(), epoch);
    assert_eq!(opened.cache.snapshot().unwrap().projects, []);
    opened.cache.write(|writer| writer.upsert_project(&project("/p/two"))).unwrap();
    let names = names(folder.path());
    let is_aside = |name: &&String| name.starts_with("cache.sqlite.set-aside-") && name.ends_with('Z');
    let aside = folder.path().join(names.iter().find(is_aside).unwrap());
    assert_eq!(aside.metadata().unwrap().len(), harmed);

    drop(opened.cache);
    assert_eq!(open(&folder).projects().unwrap(), [project("/p/two")], "the new one is told about once");
}

#[test]
fn log_and_index_go_aside_with_their_database() {
    let folder = tempfile::tempdir().unwrap();
    for ending in ["", "-wal", "-shm"] {
        garbage(&folder.path().join(format!("{NAME}{ending}")));
    }
    Cache::open(folder.path(), NAME).unwrap();
    let names = names(folder.path());
    let aside = |ending: &str| names.iter().any(|name| name.contains("set-aside") && name.ends_with(ending));
    assert!(aside("Z") && aside("Z-wal") && aside("Z-shm"), "{names:?}");
}

#[rstest]
#[case::deleted(&[""])]
#[case::deleted_but_its_log(&["", "-shm"])]
#[case::all_deleted(&["", "-wal", "-shm"])]
fn a_deleted_cache_is_made_anew_without_a_word(#[case] endings: &[&str]) {
    let (folder, cache) = fresh();
    cache.write(|writer| writer.upsert_project(&project("/p/one"))).unwrap();
    let epoch = cache.epoch().to_owned();
    drop(cache);
    for ending in endings {
        std::fs::remove_file(folder.path().join(format!("{NAME}{ending}"))).unwrap();
    }
    let cache = open(&folder);
    assert_ne!(cache.epoch(), epoch);
    assert_eq!(cache.projects().unwrap(), []);
}

/// Whoever still has the deleted cache open goes on with its own log and index; the new one must not share them.
#[test]
fn a_log_and_an_index_without_their_database_go_aside() {
    let (folder, cache) = fresh();
    cache.write(|writer| writer.upsert_project(&project("/p/one"))).unwrap();
    std::fs::remove_file(folder.path().join(NAME)).unwrap();
    let new = open(&folder);
    let names = names(folder.path());
    let aside = |ending: &str| names.iter().any(|name| name.contains("set-aside") && name.ends_with(ending));
    assert!(aside("Z-wal") && aside("Z-shm") && !aside("Z"), "{names:?}");
    new.write(|writer| writer.upsert_project(&project("/p/two"))).unwrap();
    assert_eq!(cache.projects().unwrap(), [project("/p/one")]);
    assert!(new.is_current() && !cache.is_current());
}

#[rstest]
#[case::of_garbage("-wal")]
#[case::of_garbage("-shm")]
fn a_garbled_log_or_index_does_no_harm(#[case] ending: &str) {
    let folder = tempfile::tempdir().unwrap();
    closed(&folder);
    std::fs::write(folder.path().join(format!("{NAME}{ending}")), "garbage ".repeat(9000)).unwrap();
    assert_eq!(open(&folder).projects().unwrap(), [project("/p/one")]);
}

#[test]
fn an_empty_file_becomes_a_cache() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(NAME), "").unwrap();
    assert_eq!(open(&folder).revision().unwrap(), 0);
}

#[test]
fn where_nothing_can_be_written_memory_will_do() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("desktop"), "a file where the folder should be").unwrap();
    let opened = Cache::open(&folder.path().join("desktop"), NAME).unwrap();
    let problem = opened.problem.unwrap();
    assert_eq!((problem.code, problem.remedy), (Code::CacheStale, Some(Remedy::Resync)));
    assert!(!problem.causes.is_empty());
    let cache = opened.cache;
    assert!(cache.is_current());
    cache
        .write(|writer| {
            writer.upsert_project(&project("/p/one"))?;
            assert_eq!(cache.revision()?, 0, "asking while writing does not hang");
            Ok(())
        })
        .unwrap();
    assert_eq!(cache.snapshot().unwrap().projects, [project("/p/one")]);
    assert_eq!(cache.changes_since(0).unwrap().unwrap().1.len(), 1);
}

#[test]
fn a_folder_in_the_place_of_the_file_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join(NAME)).unwrap();
    let opened = Cache::open(folder.path(), NAME).unwrap();
    assert_eq!(opened.problem.unwrap().code, Code::CacheStale);
    assert_eq!(names(folder.path()), [NAME]);
}

#[rstest]
#[case::deleted(false)]
#[case::replaced(true)]
fn whoever_holds_a_file_that_is_no_longer_there_is_told(#[case] replaced: bool) {
    let (folder, cache) = fresh();
    assert!(cache.is_current());
    for ending in ["", "-wal", "-shm"] {
        std::fs::rename(
            folder.path().join(format!("{NAME}{ending}")),
            folder.path().join(format!("elsewhere{ending}")),
        )
        .unwrap();
    }
    if replaced {
        open(&folder);
    }
    assert!(!cache.is_current());
    let error = cache.write(|writer| writer.upsert_project(&project("/p/one"))).unwrap_err();
    assert_eq!(error.code(), Code::CacheStale);
    assert!(!is_corrupt(&error));
    assert_eq!(open(&folder).projects().unwrap(), []);
}

#[test]
fn damage_that_shows_only_while_reading_is_recognised_and_mended() {
    let folder = tempfile::tempdir().unwrap();
    let cache = open(&folder);
    let rows: Vec<_> = (0..2000).map(|n| artifact("default", &format!("skill:s{n}"))).collect();
    cache.write(|writer| writer.replace_artifacts("default", &rows)).unwrap();
    drop(cache);
    let path = folder.path().join(NAME);
    Connection::open(&path).unwrap().query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
    let mut bytes = std::fs::read(&path).unwrap();
    let size = bytes.len();
    assert!(size > 100 * 4096, "{size}");
    bytes[60 * 4096..size].fill(0x5a);
    std::fs::write(&path, bytes).unwrap();

    let cache = open(&folder);
    let error = cache.snapshot().unwrap_err();
    assert!(is_corrupt(&error), "{error:?}");
    let bystander = open(&folder);
    let opened = Cache::replace(&cache, folder.path(), NAME).unwrap();
    assert_eq!(opened.problem.unwrap().code, Code::CacheRebuilt);
    assert_eq!(opened.cache.snapshot().unwrap().artifacts, []);
    assert!(!cache.is_current() && !bystander.is_current());
    let again = Cache::replace(&bystander, folder.path(), NAME).unwrap();
    assert_eq!(again.cache.epoch(), opened.cache.epoch(), "the second one finds the work done");
}

#[test]
fn a_cache_that_another_process_writes_for_long_is_waited_for_and_not_set_aside() {
    let folder = tempfile::tempdir().unwrap();
    closed(&folder);
    let other = Connection::open(folder.path().join(NAME)).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let cache = open(&folder);
    assert_eq!(cache.projects().unwrap().len(), 1, "readers do not wait for writers");
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| cache.write(|writer| writer.upsert_project(&project("/p/two"))));
        std::thread::sleep(std::time::Duration::from_millis(200));
        other.execute_batch("COMMIT").unwrap();
        assert!(waiting.join().unwrap().unwrap());
    });
}

#[test]
fn many_processes_that_start_at_once_share_one_cache() {
    let folder = tempfile::tempdir().unwrap();
    garbage(&folder.path().join(NAME));
    let opened: Vec<(String, bool)> = std::thread::scope(|scope| {
        let start = || {
            let opened = Cache::open(folder.path(), NAME).unwrap();
            (opened.cache.epoch().to_owned(), opened.problem.is_some())
        };
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(start)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(opened.iter().all(|(epoch, _)| *epoch == opened[0].0), "{opened:?}");
    assert_eq!(opened.iter().filter(|(_, problem)| *problem).count(), 1, "one sets it aside: {opened:?}");
}

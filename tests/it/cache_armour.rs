//! The cache may die: whatever happens to its file, files and manifest are written, and the list mends itself.

mod disk;

use crate::call::{assert_done, deploy, deploy_request, status, undeploy};
use rusqlite::Connection;
use skillmeat_engine::Engine;
use skillmeat_engine::deploy::{CacheState, Receipt};
use skillmeat_engine::engine::Options;
use skillmeat_engine::error::Code;
use skillmeat_engine::feed::Origin;
use skillmeat_engine::plan::Action;
use skillmeat_tests::Sandbox;
use std::path::{Path, PathBuf};

const FILES: [&str; 3] = ["cache.sqlite", "cache.sqlite-wal", "cache.sqlite-shm"];

fn desktop(sandbox: &Sandbox) -> PathBuf {
    sandbox.home().join("desktop")
}

fn file(sandbox: &Sandbox) -> PathBuf {
    desktop(sandbox).join("cache.sqlite")
}

/// Folds the log into the database, as SQLite does when it is long enough, so that harm to the one is harm.
fn fold(file: &Path) {
    let raw = Connection::open(file).unwrap();
    raw.busy_timeout(std::time::Duration::from_secs(5)).unwrap();
    raw.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
}

/// What stands in the project, by its manifest and its files.
#[track_caller]
fn assert_deployed(sandbox: &Sandbox, skills: &[&str]) {
    let folder = sandbox.project("api");
    for skill in ["code-review", "release-notes"] {
        let there = folder.join(".claude/skills").join(skill).join("SKILL.md").is_file();
        assert_eq!(there, skills.contains(&skill), "{skill}");
    }
    let manifest =
        std::fs::read_to_string(folder.join(".claude/.skillmeat-deployed.toml")).unwrap_or_default();
    let mut recorded: Vec<&str> =
        manifest.lines().filter_map(|line| line.strip_prefix("artifact_name = ")).collect();
    recorded.sort_unstable();
    let wanted: Vec<String> = skills.iter().map(|skill| format!("\"{skill}\"")).collect();
    assert_eq!(recorded, wanted);
}

/// What a deploy and an undeploy through this engine said; both must have done their work.
#[track_caller]
fn work(sandbox: &Sandbox, engine: &Engine) -> [Receipt; 2] {
    let project = sandbox.project_text("api");
    let deployed = deploy(engine, &["release-notes"], &project);
    assert_done(&deployed, Action::Created);
    assert_deployed(sandbox, &["code-review", "release-notes"]);
    let undeployed = undeploy(engine, &["code-review"], &project);
    assert_done(&undeployed, Action::Removed);
    assert_deployed(sandbox, &["release-notes"]);
    [deployed, undeployed]
}

/// The engine lists what is on disk, and so does the file, for whoever opens it next.
#[track_caller]
fn assert_mended(sandbox: &Sandbox, engine: &Engine) {
    engine.poll_external().unwrap();
    let want = status(engine, &sandbox.project_text("api"));
    for (who, engine) in [("this engine", engine), ("another process", &sandbox.engine())] {
        let snapshot = engine.library_snapshot().unwrap();
        let listed: Vec<_> =
            snapshot.artifacts.iter().flat_map(|one| one.deployments.iter().cloned()).collect();
        assert_eq!(listed, want, "{who}");
        assert_eq!(snapshot.artifacts.len(), 4, "{who}");
        assert_eq!(snapshot.projects.len(), 1, "{who}");
    }
}

/// A sandbox whose project is registered and has one skill, and an engine that has seen it.
fn begun() -> (Sandbox, Engine) {
    let sandbox = Sandbox::new();
    let engine = sandbox.engine();
    engine.resync(Origin::Startup).unwrap();
    deploy(&engine, &["code-review"], &sandbox.project_text("api"));
    (sandbox, engine)
}

type Harm = fn(&Sandbox);

fn delete_all(sandbox: &Sandbox) {
    for name in FILES {
        let _ = std::fs::remove_file(desktop(sandbox).join(name));
    }
}

fn delete_database(sandbox: &Sandbox) {
    std::fs::remove_file(file(sandbox)).unwrap();
}

fn delete_log(sandbox: &Sandbox) {
    std::fs::remove_file(desktop(sandbox).join("cache.sqlite-wal")).unwrap();
}

fn delete_index(sandbox: &Sandbox) {
    std::fs::remove_file(desktop(sandbox).join("cache.sqlite-shm")).unwrap();
}

/// In the middle: it may be that all that is listed is still there.
fn truncate(sandbox: &Sandbox) {
    fold(&file(sandbox));
    let open = std::fs::OpenOptions::new().write(true).open(file(sandbox)).unwrap();
    open.set_len(open.metadata().unwrap().len() / 8192 * 4096).unwrap();
}

/// Not the index: programs that have it open see it as memory, and are ended by the system when it shrinks.
fn empty(sandbox: &Sandbox) {
    for name in &FILES[..2] {
        std::fs::write(desktop(sandbox).join(name), "").unwrap();
    }
}

fn garble(sandbox: &Sandbox) {
    fold(&file(sandbox));
    let length = file(sandbox).metadata().unwrap().len();
    std::fs::write(file(sandbox), vec![0x5a; usize::try_from(length).unwrap()]).unwrap();
}

/// As an editor or a restored backup does: another file of the same name, beside the log of the old one.
fn replace_by_garbage(sandbox: &Sandbox) {
    std::fs::write(desktop(sandbox).join("elsewhere"), "no database ".repeat(5000)).unwrap();
    std::fs::rename(desktop(sandbox).join("elsewhere"), file(sandbox)).unwrap();
}

fn replace_by_an_old_copy(sandbox: &Sandbox) {
    let old = Sandbox::new();
    old.engine().resync(Origin::Startup).unwrap();
    fold(&file(&old));
    std::fs::rename(file(&old), file(sandbox)).unwrap();
}

fn upgrade(sandbox: &Sandbox) {
    let raw = Connection::open(file(sandbox)).unwrap();
    raw.execute_batch("ALTER TABLE deployments RENAME TO placements; PRAGMA user_version = 99;").unwrap();
}

fn drop_a_table(sandbox: &Sandbox) {
    Connection::open(file(sandbox)).unwrap().execute_batch("DROP TABLE artifacts").unwrap();
}

const HARMS: [(&str, Harm); 11] = [
    ("deleted as a whole", delete_all),
    ("the database deleted", delete_database),
    ("the log deleted", delete_log),
    ("the index deleted", delete_index),
    ("truncated", truncate),
    ("emptied", empty),
    ("garbage", garble),
    ("replaced by garbage", replace_by_garbage),
    ("replaced by an old copy", replace_by_an_old_copy),
    ("a newer schema", upgrade),
    ("a table gone", drop_a_table),
];

#[test]
fn a_cache_that_was_harmed_before_the_start_costs_nothing() {
    for (what, harm) in HARMS {
        println!("{what}");
        let (sandbox, engine) = begun();
        drop(engine);
        harm(&sandbox);
        let engine = sandbox.engine();
        work(&sandbox, &engine);
        engine.resync(Origin::Startup).unwrap();
        assert_mended(&sandbox, &engine);
    }
}

#[test]
fn a_cache_that_is_harmed_before_a_call_is_replaced_and_filled() {
    for (what, harm) in HARMS {
        println!("{what}");
        let (sandbox, engine) = begun();
        harm(&sandbox);
        work(&sandbox, &engine);
        assert_mended(&sandbox, &engine);
    }
}

#[test]
fn a_cache_that_is_harmed_between_two_calls_is_replaced_and_filled() {
    for (what, harm) in HARMS {
        println!("{what}");
        let (sandbox, engine) = begun();
        let project = sandbox.project_text("api");
        deploy(&engine, &["release-notes"], &project);
        harm(&sandbox);
        undeploy(&engine, &["code-review"], &project);
        assert_deployed(&sandbox, &["release-notes"]);
        assert_mended(&sandbox, &engine);
    }
}

/// A window that nobody clicks in looks for others' work, and asks for a snapshot.
#[test]
fn a_cache_that_is_harmed_while_nothing_happens_is_mended_by_looking() {
    for (what, harm) in HARMS {
        println!("{what}");
        let (sandbox, engine) = begun();
        harm(&sandbox);
        engine.library_snapshot().unwrap();
        assert_mended(&sandbox, &engine);
    }
}

/// Holds the cache as a process does that writes into it.
fn locked(sandbox: &Sandbox) -> Connection {
    let raw = Connection::open(file(sandbox)).unwrap();
    raw.execute_batch("BEGIN IMMEDIATE").unwrap();
    raw
}

fn states(receipts: &[Receipt]) -> Vec<CacheState> {
    receipts.iter().map(|receipt| receipt.cache).collect()
}

#[test]
fn a_cache_that_is_locked_for_a_moment_is_waited_for() {
    let (sandbox, engine) = begun();
    let other = locked(&sandbox);
    std::thread::scope(|scope| {
        let working = scope.spawn(|| work(&sandbox, &engine));
        // Reading does not wait: what is asked while somebody writes is answered.
        assert!(!status(&engine, &sandbox.project_text("api")).is_empty());
        engine.library_snapshot().unwrap();
        other.execute_batch("COMMIT").unwrap();
        assert_eq!(states(&working.join().unwrap()), [CacheState::Synced; 2]);
    });
    assert_mended(&sandbox, &engine);
}

#[test]
fn a_cache_that_stays_locked_is_left_behind_and_caught_up_with() {
    let (sandbox, engine) = begun();
    let other = locked(&sandbox);
    let receipts = work(&sandbox, &engine);
    assert_eq!(states(&receipts), [CacheState::Stale; 2]);
    drop(other);
    assert_mended(&sandbox, &engine);
    let codes: Vec<Code> =
        engine.library_snapshot().unwrap().problems.iter().map(|problem| problem.code).collect();
    assert_eq!(codes, [], "nothing is left to say");
}

/// The engine of a window learns that another process left the cache behind, which that one cannot write there.
#[test]
fn what_another_process_could_not_write_into_the_cache_is_read_from_the_files() {
    let (sandbox, window) = begun();
    let other = locked(&sandbox);
    let project = sandbox.project_text("api");
    let ran = sandbox.skm(["deploy", "skill:release-notes", "--project", &project, "--json"]).ok();
    assert_eq!(ran.json()["data"]["cache"], "stale");
    drop(other);
    assert_deployed(&sandbox, &["code-review", "release-notes"]);
    assert_mended(&sandbox, &window);
}

#[test]
fn only_the_newest_caches_that_were_set_aside_are_kept() {
    let sandbox = Sandbox::new();
    for round in 0..5 {
        let engine = sandbox.engine();
        engine.resync(Origin::Startup).unwrap();
        drop(engine);
        for name in FILES {
            std::fs::write(desktop(&sandbox).join(name), format!("garbage {round} ").repeat(1000)).unwrap();
        }
    }
    drop(sandbox.engine());
    let mut databases: Vec<String> = std::fs::read_dir(desktop(&sandbox))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.to_str().unwrap().ends_with('Z'))
        .map(|path| std::fs::read_to_string(path).unwrap()[..9].to_owned())
        .collect();
    databases.sort();
    assert_eq!(databases, ["garbage 2", "garbage 3", "garbage 4"]);
    let parts = std::fs::read_dir(desktop(&sandbox)).unwrap();
    let parts = parts.filter(|entry| entry.as_ref().unwrap().file_name().to_str().unwrap().contains("aside"));
    assert_eq!(parts.count(), 9, "each with its log and its index");
}

#[test]
fn hashes_of_what_is_gone_are_forgotten() {
    let sandbox = Sandbox::new();
    let project = sandbox.project_text("api");
    // A clock that stands still after everything was written lets every hash be remembered.
    let later = chrono::Utc::now() + chrono::TimeDelta::days(1);
    let clock = std::sync::Arc::new(skillmeat_engine::clock::FixedClock(later));
    let engine = Engine::open(Options { clock, ..sandbox.options() }).unwrap();
    let request = skillmeat_engine::plan::DeployRequest { all: true, ..deploy_request(&[], &project) };
    engine.deploy(&request).unwrap();
    engine.resync(Origin::Resync).unwrap();
    let remembered = || {
        let raw = Connection::open(file(&sandbox)).unwrap();
        let mut rows = raw.prepare("SELECT path FROM trees").unwrap();
        let paths: Vec<String> = rows.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
        paths
    };
    assert_eq!(remembered().len(), 8, "{:?}", remembered());
    undeploy(&engine, &["code-review", "release-notes"], &project);
    std::fs::remove_dir_all(sandbox.collection().join("skills/release-notes")).unwrap();
    engine.resync(Origin::Resync).unwrap();
    let paths = remembered();
    assert!(paths.iter().all(|path| Path::new(path).exists()), "{paths:?}");
    assert_eq!(paths.len(), 5, "{paths:?}");
}

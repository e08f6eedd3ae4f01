//! The cache dies while the window is open: files and records are written all the same, the window says what it
//! could not follow, and mends itself.

use crate::scene::{copy_of, open, plan_into, row_with, select, with_projects};
use rusqlite::Connection;
use skillmeat_tests::desktop::{Desktop, Window, wait_until};
use skillmeat_tests::{DiskSnapshot, Sandbox};
use std::path::PathBuf;

/// Counts, on every change of the page, whether the list stands empty.
const WATCH: &str = "window.notReloaded = true; window.emptied = 0;\
    new MutationObserver(() => {\
      if (!document.querySelector('[data-testid=\"artifact-row\"]')) window.emptied += 1;\
    }).observe(document.body, { subtree: true, childList: true, attributes: true });\
    return true;";

fn cache(sandbox: &Sandbox) -> PathBuf {
    sandbox.home().join("desktop/cache.sqlite")
}

/// Deploys by the window and waits for the files and the record, which come first.
#[track_caller]
fn deploy(window: &Window<'_>, sandbox: &Sandbox, skill: &str) {
    select(window, &format!("skill:{skill}"));
    plan_into(window, &sandbox.project_text("api"));
    window.click(&Window::id("confirm"));
    let copy = copy_of(sandbox, "api", skill);
    wait_until("the copy on disk", || copy.join("SKILL.md").is_file());
    let manifest = sandbox.project("api").join(".claude/.skillmeat-deployed.toml");
    wait_until("the record", || std::fs::read_to_string(&manifest).is_ok_and(|text| text.contains(skill)));
    let source = DiskSnapshot::of(&sandbox.collection().join("skills").join(skill));
    source.assert_same(&DiskSnapshot::of(&copy));
}

/// Waits until the window shows what is true, and says of no problem any more.
#[track_caller]
fn assert_mended(window: &Window<'_>, skill: &str) {
    window.wait_shown(&row_with(&format!("skill:{skill}"), "synced"));
    window.wait_gone("[data-testid=\"problem\"][data-code=\"cache-stale\"]");
    window.wait_gone(&Window::id("deploy-dialog"));
    assert_eq!(
        window.script("return [window.notReloaded, window.emptied];", "html"),
        serde_json::json!([true, 0])
    );
}

#[test]
fn the_cache_may_die_under_the_open_window() {
    let sandbox = with_projects(&["api"]);
    for skill in ["deleted", "garbage", "locked"] {
        skillmeat_tests::skill(&sandbox.collection(), skill);
    }
    let desktop = Desktop::start(&sandbox);
    let window = open(&desktop);
    window.wait_shown(&Window::row("skill:locked"));
    window.script(WATCH, "html");

    for ending in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(format!("{}{ending}", cache(&sandbox).display()));
    }
    deploy(&window, &sandbox, "deleted");
    assert_mended(&window, "deleted");
    assert!(cache(&sandbox).is_file(), "a new cache");

    // Its log too, which holds what is newer than the database.
    for ending in ["", "-wal"] {
        let file = format!("{}{ending}", cache(&sandbox).display());
        std::fs::write(file, "no database at all, ".repeat(50_000)).unwrap();
    }
    deploy(&window, &sandbox, "garbage");
    window.screenshot("cache-garbage");
    assert_mended(&window, "garbage");

    let other = Connection::open(cache(&sandbox)).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    deploy(&window, &sandbox, "locked");
    window.wait_shown("[data-testid=\"problem\"][data-code=\"cache-stale\"] [data-testid=\"remedy-resync\"]");
    window.screenshot("cache-locked");
    drop(other);
    assert_mended(&window, "locked");

    let seen = sandbox.skm(["list", "--json"]).ok();
    assert!(
        ["deleted", "garbage", "locked"].iter().all(|skill| seen.out.contains(&format!("skill:{skill}"))),
        "{}",
        seen.out
    );
    window.close();
    let window = open(&desktop);
    for skill in ["deleted", "garbage", "locked"] {
        window.wait_shown(&row_with(&format!("skill:{skill}"), "synced"));
    }
}

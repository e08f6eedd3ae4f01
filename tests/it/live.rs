//! What other programs change is seen by itself, on a real disk with the system's own events.
#![cfg(target_os = "linux")]

use crate::call::{deploy, deploy_request};
use skillmeat_engine::Engine;
use skillmeat_engine::engine::{Watch, WatchState};
use skillmeat_engine::feed::{Event, LibraryChanged, Origin};
use skillmeat_engine::status::Status;
use skillmeat_tests::{Sandbox, skill, tree};
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::Receiver;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Far longer than anything takes; a machine may be busy.
const PATIENCE: Duration = Duration::from_secs(20);
/// Long enough that whatever is still to come has come.
const SETTLED: Duration = Duration::from_millis(2500);

/// An engine whose disk is watched.
struct Live {
    engine: Arc<Engine>,
    events: Receiver<Event>,
    thread: Option<JoinHandle<()>>,
}

impl Live {
    fn start(engine: Engine) -> Self {
        let engine = Arc::new(engine);
        engine.resync(Origin::Startup).unwrap();
        let watch = Watch::begin(&engine);
        let thread = Some(std::thread::spawn(move || watch.run()));
        let events = engine.subscribe();
        Self { engine, events, thread }
    }

    /// The one status of the first deployment that is listed.
    fn status(&self) -> Option<Status> {
        let snapshot = self.engine.library_snapshot().unwrap();
        snapshot.artifacts.iter().flat_map(|listed| &listed.deployments).map(|row| row.status).next()
    }

    #[track_caller]
    fn wait_for(&self, what: &str, until: impl Fn(&Self) -> bool) {
        let began = Instant::now();
        while !until(self) {
            assert!(began.elapsed() < PATIENCE, "{what}: {:?}", self.engine.watch_status());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    #[track_caller]
    fn wait_for_status(&self, status: Status) {
        self.wait_for(&format!("the status {status:?}"), |live| live.status() == Some(status));
    }

    /// Everything that was told of the library since the last call, once nothing more comes.
    fn told(&self) -> Vec<LibraryChanged> {
        std::thread::sleep(SETTLED);
        let library = |event| match event {
            Event::LibraryChanged(changed) => Some(changed),
            _ => None,
        };
        self.events.try_iter().filter_map(library).collect()
    }

    /// The rows are what a look at everything finds.
    #[track_caller]
    fn assert_as_a_resync_says(&self) {
        assert_eq!(self.engine.resync(Origin::Resync).unwrap().corrected, 0);
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        self.engine.stop_watching();
        self.thread.take().map(JoinHandle::join);
    }
}

/// A project with one skill deployed, watched.
fn deployed(sandbox: &Sandbox) -> Live {
    let engine = sandbox.engine();
    deploy(&engine, &["code-review"], &sandbox.project_text("api"));
    Live::start(engine)
}

fn skill_file(project: &Path) -> std::path::PathBuf {
    project.join(".claude/skills/code-review/SKILL.md")
}

#[test]
fn an_edit_in_place_and_one_by_renaming_are_seen() {
    let sandbox = Sandbox::new();
    let live = deployed(&sandbox);
    let file = skill_file(&sandbox.project("api"));
    let before = std::fs::read(&file).unwrap();
    std::fs::write(&file, "edited").unwrap();
    live.wait_for_status(Status::Modified);
    std::fs::write(file.with_extension("new"), before).unwrap();
    std::fs::rename(file.with_extension("new"), &file).unwrap();
    live.wait_for_status(Status::Synced);
    let told = live.told();
    assert!(!told.is_empty() && told.iter().all(|batch| batch.origin == Origin::Watcher), "{told:?}");
    assert!(live.engine.watch_status().changed_at.is_some());
    live.assert_as_a_resync_says();
}

#[test]
fn what_an_operation_of_ours_writes_is_told_once() {
    let sandbox = Sandbox::new();
    let live = deployed(&sandbox);
    deploy(&live.engine, &["changelog", "release-notes"], &sandbox.project_text("api"));
    let told = live.told();
    assert_eq!(told.iter().map(|batch| batch.origin).collect::<Vec<_>>(), [Origin::Command], "{told:?}");
    live.assert_as_a_resync_says();
}

#[test]
fn an_edit_of_the_collection_is_seen_wherever_it_is_deployed() {
    let sandbox = Sandbox::new();
    let live = deployed(&sandbox);
    tree!(sandbox.collection() => { "skills/code-review/SKILL.md": "newer" });
    live.wait_for_status(Status::Outdated);
    skill(&sandbox.collection(), "brand-new");
    live.wait_for("a new artifact", |live| {
        let snapshot = live.engine.library_snapshot().unwrap();
        snapshot.artifacts.iter().any(|listed| listed.artifact.artifact_id == "skill:brand-new")
    });
    std::fs::remove_dir_all(sandbox.collection().join("skills/brand-new")).unwrap();
    live.wait_for("an artifact that went", |live| {
        let snapshot = live.engine.library_snapshot().unwrap();
        snapshot.artifacts.iter().all(|listed| listed.artifact.artifact_id != "skill:brand-new")
    });
    live.assert_as_a_resync_says();
}

#[test]
fn a_folder_that_goes_and_comes_back_is_still_watched() {
    let sandbox = Sandbox::new();
    let live = deployed(&sandbox);
    let project = sandbox.project("api");
    let kept = project.join(".claude.kept");
    std::fs::rename(project.join(".claude"), &kept).unwrap();
    live.wait_for("no deployment", |live| live.status().is_none_or(|status| status != Status::Synced));
    std::fs::rename(&kept, project.join(".claude")).unwrap();
    live.wait_for_status(Status::Synced);
    std::fs::write(skill_file(&project), "edited").unwrap();
    live.wait_for_status(Status::Modified);

    let moved = project.with_file_name("moved");
    std::fs::rename(&project, &moved).unwrap();
    live.wait_for_status(Status::Unknown);
    std::fs::rename(&moved, &project).unwrap();
    live.wait_for_status(Status::Modified);
    std::fs::remove_dir_all(project.join(".claude/skills")).unwrap();
    live.wait_for_status(Status::Missing);
    live.assert_as_a_resync_says();
}

#[test]
fn a_project_that_another_process_adds_is_watched_from_then_on() {
    let sandbox = Sandbox::new();
    let live = Live::start(sandbox.engine());
    assert_eq!(live.engine.watch_status().projects, 0);
    // Another engine on the same home is another process to this one.
    deploy(&sandbox.engine(), &["code-review"], &sandbox.project_text("later"));
    live.wait_for("the project", |live| live.engine.watch_status().projects == 1);
    std::fs::write(skill_file(&sandbox.project("later")), "edited").unwrap();
    live.wait_for_status(Status::Modified);
}

#[test]
fn a_checkout_that_touches_everything_is_no_drift() {
    let sandbox = Sandbox::new();
    for number in 0..100 {
        skill(&sandbox.collection(), &format!("many-{number}"));
        let folder = sandbox.collection().join(format!("skills/many-{number}/references"));
        std::fs::create_dir_all(&folder).unwrap();
        for file in 0..10 {
            std::fs::write(folder.join(format!("{file}.md")), "text").unwrap();
        }
    }
    let engine = sandbox.engine();
    let ids: Vec<String> = (0..100).map(|number| format!("many-{number}")).collect();
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    engine.deploy(&deploy_request(&ids, &sandbox.project_text("api"))).unwrap();
    let live = Live::start(engine);
    let skills = sandbox.project("api").join(".claude/skills");
    for number in 0..100 {
        for file in 0..10 {
            let path = skills.join(format!("many-{number}/references/{file}.md"));
            std::fs::write(path.with_extension("tmp"), "text").unwrap();
            std::fs::rename(path.with_extension("tmp"), path).unwrap();
        }
    }
    assert_eq!(live.told(), [], "the same content is no change");
    for number in 0..100 {
        std::fs::write(skills.join(format!("many-{number}/references/0.md")), "edited").unwrap();
    }
    live.wait_for("all of them", |live| {
        let snapshot = live.engine.library_snapshot().unwrap();
        let rows = snapshot.artifacts.iter().flat_map(|listed| &listed.deployments);
        rows.filter(|row| row.status == Status::Modified).count() == 100
    });
    let told = live.told();
    assert!(told.len() <= 3, "a hundred edits are few batches, not {}", told.len());
    live.assert_as_a_resync_says();
}

#[test]
fn a_pause_ends_with_catching_up() {
    let sandbox = Sandbox::new();
    let live = deployed(&sandbox);
    assert_eq!(live.engine.watch_status().state, WatchState::Watching);
    assert_eq!(live.engine.pause_watching(true).state, WatchState::Paused);
    // It hears of it within a moment.
    std::thread::sleep(Duration::from_millis(600));
    std::fs::write(skill_file(&sandbox.project("api")), "edited").unwrap();
    assert_eq!(live.told(), []);
    live.engine.pause_watching(false);
    live.wait_for_status(Status::Modified);
    assert_eq!(live.engine.watch_status().state, WatchState::Watching);
}

#[test]
fn what_lies_beside_the_profile_roots_is_nobodys() {
    let sandbox = Sandbox::new();
    let live = deployed(&sandbox);
    tree!(sandbox.project("api") => {
        "node_modules/a/index.js": "1",
        "src/skills/SKILL.md": "1",
        ".claude/worktrees/other/.claude/skills/x/SKILL.md": "1",
    });
    assert_eq!(live.told(), []);
    live.engine.flush_watching();
    assert_eq!(live.status(), Some(Status::Synced));
}

#[test]
fn the_thread_ends_with_its_engine() {
    let sandbox = Sandbox::new();
    let engine = Arc::new(sandbox.engine());
    let watch = Watch::begin(&engine);
    let thread = std::thread::spawn(move || watch.run());
    drop(engine);
    thread.join().unwrap();
}

#[test]
fn an_edit_of_sets_and_groups_by_hand_is_seen() {
    let sandbox = Sandbox::new();
    let live = deployed(&sandbox);
    let set = |live: &Live| live.engine.library_snapshot().unwrap().sets.into_iter().next();
    let text =
        "[[sets]]\nname = \"Web\"\nmembers = [{ artifact = \"skill:code-review\" }, { group = \"G\" }]\n";
    tree!(sandbox.collection() => { "deployment-sets.toml": text });
    live.wait_for("the set", |live| set(live).is_some_and(|set| set.resolved == 1 && set.members[1].missing));
    // The editor empties the file before it writes it; what was known stays until it is whole again.
    tree!(sandbox.collection() => { "deployment-sets.toml": "" });
    let broken = |live: &Live| !live.engine.library_snapshot().unwrap().collections[0].problems.is_empty();
    live.wait_for("the problem", broken);
    assert!(set(&live).is_some());
    let group = "[[groups]]\nname = \"G\"\nmembers = [\"skill:release-notes\", \"command:changelog\"]\n";
    tree!(sandbox.collection() => {
        "deployment-sets.toml": text,
        "collection.toml": format!("[collection]\nname = \"default\"\n\n{group}"),
    });
    live.wait_for("the group in the set", |live| set(live).is_some_and(|set| set.resolved == 3));
    let told = live.told();
    assert!(!told.is_empty() && told.iter().all(|batch| batch.origin == Origin::Watcher), "{told:?}");
    live.assert_as_a_resync_says();
}

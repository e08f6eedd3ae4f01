//! Real events for the page's tests: what the engine told between two snapshots, written to `ui/src/ipc/fixtures`.
//!
//! vitest replays each file: the snapshot before and the events must lead to the snapshot after. The files are
//! compared here with what the engine tells now; `UPDATE_RECORDINGS=1` writes them anew.

use crate::call::{deploy, deploy_with, undeploy};
use serde_json::{Value, json};
use skillmeat_engine::Engine;
use skillmeat_engine::feed::{Event, Origin};
use skillmeat_engine::plan::OnConflict;
use skillmeat_tests::{Sandbox, repository, tree};
use std::collections::HashMap;

/// Makes everything that differs from run to run the same: the sandbox's path, the cache's epoch, operations and
/// times of files.
fn settle(value: &mut Value, sandbox: &Sandbox, operations: &mut HashMap<String, String>) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| settle(item, sandbox, operations)),
        Value::Object(fields) => {
            for (key, field) in fields {
                match (key.as_str(), &field) {
                    ("epoch", _) => *field = "epoch".into(),
                    ("modified_at", Value::String(_)) => *field = "2026-02-28T08:00:00.000000+00:00".into(),
                    ("operation", Value::String(id)) => {
                        let next = format!("operation-{}", operations.len() + 1);
                        *field = operations.entry(id.clone()).or_insert(next).clone().into();
                    }
                    _ => settle(field, sandbox, operations),
                }
            }
        }
        Value::String(text) => *text = text.replace(sandbox.path().to_str().unwrap(), "/sandbox"),
        _ => {}
    }
}

/// Records what `work` makes the engine of the window tell, and compares it with the file of that name.
fn record(name: &str, sandbox: &Sandbox, prepare: impl FnOnce(&Engine), work: impl FnOnce(&Engine)) {
    let engine = sandbox.engine();
    engine.resync(Origin::Startup).unwrap();
    prepare(&engine);
    engine.poll_external().unwrap();
    let before = engine.library_snapshot().unwrap();
    let receiver = engine.subscribe();
    work(&engine);
    let library = |event| match event {
        Event::LibraryChanged(changed) => Some(changed),
        _ => None,
    };
    let events: Vec<_> = receiver.try_iter().filter_map(library).collect();
    assert!(!events.is_empty(), "{name}: nothing was told");
    let mut recording =
        json!({ "snapshot": before, "events": events, "after": engine.library_snapshot().unwrap() });
    settle(&mut recording, sandbox, &mut HashMap::new());
    let text = serde_json::to_string_pretty(&recording).unwrap() + "\n";

    let file = repository().join(format!("ui/src/ipc/fixtures/{name}.json"));
    if std::env::var_os("UPDATE_RECORDINGS").is_some() {
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(&file, &text).unwrap();
    }
    let kept = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(
        kept == text,
        "{} is not what the engine tells; UPDATE_RECORDINGS=1 writes it anew",
        file.display()
    );
}

#[test]
fn deploy_and_undeploy() {
    let sandbox = Sandbox::new();
    let project = sandbox.project_text("api");
    record(
        "deploy-and-undeploy",
        &sandbox,
        |_| {},
        |engine| {
            deploy(engine, &["code-review", "changelog", "prd-writer"], &project);
            undeploy(engine, &["changelog"], &project);
        },
    );
}

#[test]
fn edits_found_by_a_resync() {
    let sandbox = Sandbox::new();
    let (folder, project) = (sandbox.project("api"), sandbox.project_text("api"));
    record(
        "edits-found-by-a-resync",
        &sandbox,
        |engine| {
            deploy(engine, &["code-review", "release-notes", "changelog", "prd-writer"], &project);
        },
        |engine| {
            tree!(folder => { ".claude/skills/code-review/SKILL.md": "edited" });
            tree!(sandbox.collection() => { "skills/release-notes/SKILL.md": "newer" });
            std::fs::remove_file(folder.join(".claude/commands/changelog.md")).unwrap();
            std::fs::remove_file(sandbox.collection().join("agents/pm/prd-writer.md")).unwrap();
            engine.resync(Origin::Resync).unwrap();
            deploy_with(engine, &["code-review"], &project, OnConflict::Overwrite);
        },
    );
}

#[test]
fn another_process() {
    let sandbox = Sandbox::new();
    let (api, web) = (sandbox.project_text("api"), sandbox.project_text("web"));
    record(
        "another-process",
        &sandbox,
        |engine| {
            deploy(engine, &["code-review"], &api);
        },
        |engine| {
            let other = sandbox.engine();
            deploy(&other, &["release-notes"], &web);
            other.remove_project(&api).unwrap();
            engine.poll_external().unwrap();
        },
    );
}

#[test]
fn collections_and_projects_come_and_go() {
    let sandbox = Sandbox::new();
    let (folder, project) = (sandbox.project("api"), sandbox.project_text("api"));
    record(
        "collections-and-projects",
        &sandbox,
        |_| {},
        |engine| {
            engine.create_collection("team").unwrap();
            engine.add_project(&project).unwrap();
            tree!(sandbox.home() => { "collections/team/skills/shared/SKILL.md": "---\nname: shared\n---\n" });
            tree!(folder => { ".claude/.skillmeat-deployed.toml": "= broken" });
            engine.resync(Origin::Resync).unwrap();
            std::fs::remove_dir_all(sandbox.home().join("collections/team")).unwrap();
            engine.resync(Origin::Resync).unwrap();
        },
    );
}

//! The cache follows the disk, whoever changed it.

use crate::call::{deploy, deploy_request};
use skillmeat_engine::Engine;
use skillmeat_engine::cache::LibrarySnapshot;
use skillmeat_engine::clock::SystemClock;
use skillmeat_engine::deploy::CacheState;
use skillmeat_engine::engine::{Options, Place};
use skillmeat_engine::error::Code;
use skillmeat_engine::feed::Origin;
use skillmeat_engine::id::ArtifactRef;
use skillmeat_engine::status::Status;
use skillmeat_tests::{Sandbox, tree};
use std::sync::Arc;

/// The one status of each artifact.
fn statuses(snapshot: &LibrarySnapshot) -> Vec<(String, Vec<Status>)> {
    let statuses = |listed: &skillmeat_engine::cache::ListedArtifact| {
        let all = listed.deployments.iter().map(|row| row.status).collect();
        (listed.artifact.artifact_id.clone(), all)
    };
    snapshot.artifacts.iter().map(statuses).collect()
}

#[test]
fn an_empty_home_is_an_empty_library_and_stays_untouched_but_for_the_cache() {
    let sandbox = Sandbox::empty();
    let engine = sandbox.engine();
    engine.resync(Origin::Startup).unwrap();
    let snapshot = engine.library_snapshot().unwrap();
    assert!(snapshot.collections.is_empty() && snapshot.artifacts.is_empty() && snapshot.problems.is_empty());
    let made: Vec<_> =
        std::fs::read_dir(sandbox.home()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(made, ["desktop"]);

    engine.create_collection("default").unwrap();
    assert_eq!(engine.create_collection("default").unwrap_err().code(), Code::NameClash);
    skillmeat_tests::skill(&sandbox.collection(), "first");
    engine.resync(Origin::Resync).unwrap();
    let snapshot = engine.library_snapshot().unwrap();
    assert_eq!(snapshot.collections[0].collection, "default");
    assert_eq!(snapshot.artifacts[0].artifact.artifact_id, "skill:first");
    assert_eq!(snapshot.artifacts[0].artifact.tags, ["quality", "team"]);
}

#[test]
fn every_row_is_corrected_and_rows_without_a_copy_go() {
    let sandbox = Sandbox::new();
    let (folder, project) = (sandbox.project("api"), sandbox.project_text("api"));
    let engine = sandbox.engine();
    engine.resync(Origin::Startup).unwrap();
    deploy(&engine, &["code-review", "release-notes", "changelog", "prd-writer"], &project);

    tree!(folder => { ".claude/skills/code-review/SKILL.md": "edited" });
    tree!(sandbox.collection() => { "skills/release-notes/SKILL.md": "newer" });
    std::fs::remove_file(folder.join(".claude/commands/changelog.md")).unwrap();
    std::fs::remove_file(sandbox.collection().join("agents/pm/prd-writer.md")).unwrap();
    engine.resync(Origin::Resync).unwrap();

    let snapshot = engine.library_snapshot().unwrap();
    assert_eq!(
        statuses(&snapshot),
        [
            ("skill:code-review".to_owned(), vec![Status::Modified]),
            ("skill:release-notes".to_owned(), vec![Status::Outdated]),
            ("command:changelog".to_owned(), vec![Status::Missing]),
        ]
    );
    assert_eq!(snapshot.orphans[0].artifact_id, "agent:pm/prd-writer");
    assert_eq!(snapshot.orphans[0].status, Status::Orphaned);
    let row = &snapshot.artifacts[0].deployments[0];
    assert!(row.local_modifications && row.content_hash.is_some());
    assert_eq!(
        (row.deployment_profile_id.as_str(), row.platform.as_deref()),
        ("claude_code", Some("claude_code"))
    );

    std::fs::remove_file(folder.join(".claude/.skillmeat-deployed.toml")).unwrap();
    engine.resync(Origin::Resync).unwrap();
    let snapshot = engine.library_snapshot().unwrap();
    assert!(snapshot.orphans.is_empty() && statuses(&snapshot).iter().all(|(_, all)| all.is_empty()));
    assert_eq!(snapshot.projects.len(), 1, "a project stays known when its last artifact goes");
}

#[test]
fn nothing_is_read_and_nothing_is_corrected_when_nothing_changed() {
    let sandbox = Sandbox::new();
    let project = sandbox.project_text("api");
    // Only a clock that goes tells how old a change is.
    let engine = Engine::open(Options { clock: Arc::new(SystemClock), ..sandbox.options() }).unwrap();
    deploy(&engine, &["code-review", "changelog"], &project);
    // A file that changed within the last two seconds may change again and show the same times.
    assert_ne!(engine.resync(Origin::Startup).unwrap().hashed_files, 0);
    assert_ne!(engine.resync(Origin::Resync).unwrap().hashed_files, 0);
    std::thread::sleep(std::time::Duration::from_millis(2050));
    assert_ne!(engine.resync(Origin::Resync).unwrap().hashed_files, 0);
    let again = engine.resync(Origin::Resync).unwrap();
    assert_eq!((again.hashed_files, again.corrected), (0, 0));
    assert_eq!((again.artifacts, again.projects, again.deployments), (4, 1, 2));
    // A touched file is read once, and is no change.
    let skill = sandbox.project("api").join(".claude/skills/code-review/SKILL.md");
    std::fs::write(&skill, std::fs::read(&skill).unwrap()).unwrap();
    let touched = engine.resync(Origin::Resync).unwrap();
    assert_eq!((touched.hashed_files, touched.corrected), (3, 0));
}

#[test]
fn a_refreshed_artifact_keeps_its_deployments() {
    let sandbox = Sandbox::new();
    let project = sandbox.project_text("api");
    let engine = sandbox.engine();
    engine.resync(Origin::Startup).unwrap();
    deploy(&engine, &["code-review"], &project);
    tree!(sandbox.collection() => {
        "collection.toml": "[collection]\nname = \"default\"\nversion = \"1.0.0\"\n\n[[artifacts]]\nname = \"code-review\"\n\
             type = \"skill\"\npath = \"skills/code-review\"\norigin = \"local\"\nadded = \"2026-01-01T00:00:00\"\n\
             tags = [\"mine\"]\n",
    });
    engine.resync(Origin::Resync).unwrap();
    let snapshot = engine.library_snapshot().unwrap();
    let listed = &snapshot.artifacts[0];
    assert_eq!(listed.artifact.tags, ["mine", "quality", "team"]);
    assert_eq!(listed.deployments.len(), 1);
    assert_eq!(listed.deployments[0].status, Status::Synced);
}

#[test]
fn what_a_collection_file_said_goes_with_the_file() {
    let sandbox = Sandbox::new();
    let engine = Engine::open(Options { clock: Arc::new(SystemClock), ..sandbox.options() }).unwrap();
    tree!(sandbox.collection() => {
        "collection.toml": "[collection]\nname = \"default\"\nversion = \"1.0.0\"\n\n[[artifacts]]\nname = \"code-review\"\n\
             type = \"skill\"\npath = \"skills/code-review\"\norigin = \"local\"\nadded = \"2026-01-01T00:00:00\"\n\
             tags = [\"mine\"]\n",
    });
    let tags = || engine.library_snapshot().unwrap().artifacts[0].artifact.tags.clone();
    std::thread::sleep(std::time::Duration::from_millis(2050));
    engine.resync(Origin::Startup).unwrap();
    assert_eq!(tags(), ["mine", "quality", "team"]);
    std::fs::remove_file(sandbox.collection().join("collection.toml")).unwrap();
    engine.resync(Origin::Resync).unwrap();
    assert_eq!(tags(), ["quality", "team"]);
}

#[test]
fn a_project_that_is_gone_is_told_and_its_deployments_are_unknown() {
    let sandbox = Sandbox::new();
    let (folder, project) = (sandbox.project("api"), sandbox.project_text("api"));
    let engine = sandbox.engine();
    engine.resync(Origin::Startup).unwrap();
    deploy(&engine, &["code-review"], &project);
    std::fs::rename(&folder, sandbox.path().join("projects/moved")).unwrap();
    engine.resync(Origin::Resync).unwrap();
    let snapshot = engine.library_snapshot().unwrap();
    assert!(!snapshot.projects[0].available);
    assert_eq!(snapshot.projects[0].problems[0].code, Code::ProjectNotFound);
    assert_eq!(snapshot.artifacts[0].deployments[0].status, Status::Unknown);
    engine.remove_project(&project).unwrap();
    let snapshot = engine.library_snapshot().unwrap();
    assert!(snapshot.projects.is_empty() && snapshot.artifacts[0].deployments.is_empty());
}

#[test]
fn a_cache_that_is_garbage_or_gone_never_fails_a_deploy() {
    let sandbox = Sandbox::new();
    let project = sandbox.project_text("api");
    let cache = sandbox.home().join("desktop/cache.sqlite");
    tree!(sandbox.home() => { "desktop/cache.sqlite": "this is no database, it is a sentence that is long enough" });
    let engine = sandbox.engine();
    assert_eq!(engine.library_snapshot().unwrap().problems[0].code, Code::CacheRebuilt);
    crate::call::assert_done(
        &deploy(&engine, &["code-review"], &project),
        skillmeat_engine::plan::Action::Created,
    );

    // Deleted while it is open: a new one takes over, and is filled by the next look at other processes' work.
    std::fs::remove_file(&cache).unwrap();
    let receipt = engine.deploy(&deploy_request(&["release-notes"], &project)).unwrap();
    assert_eq!((receipt.totals.succeeded, receipt.cache), (1, CacheState::Synced));
    engine.poll_external().unwrap();
    let snapshot = engine.library_snapshot().unwrap();
    assert_eq!(snapshot.artifacts.iter().map(|listed| listed.deployments.len()).sum::<usize>(), 2);
    assert!(cache.is_file());
}

#[test]
fn a_home_that_is_a_file_is_a_failure_and_not_an_empty_library() {
    let sandbox = Sandbox::empty();
    skillmeat_tests::Node::from("not a folder").put(&sandbox.home());
    let error = Engine::open(sandbox.options()).unwrap_err();
    assert_eq!(error.code(), Code::Io);
    assert!(error.to_string().contains(sandbox.home().to_str().unwrap()), "{error}");
}

#[test]
fn a_look_at_one_artifact_one_file_and_one_difference() {
    let sandbox = Sandbox::new();
    let (folder, project) = (sandbox.project("api"), sandbox.project_text("api"));
    let engine = sandbox.engine();
    engine.resync(Origin::Startup).unwrap();
    deploy(&engine, &["code-review"], &project);
    let wanted = ArtifactRef { artifact_id: "skill:code-review".into(), collection: Some("default".into()) };
    let detail = engine.artifact_detail(&wanted).unwrap();
    assert!(detail.body.starts_with("# code-review"), "{}", detail.body);
    assert_eq!(detail.properties[0].key, "name");
    assert_eq!(detail.main_file.unwrap().as_str(), "SKILL.md");
    assert_eq!(detail.deployments.len(), 1);
    let paths: Vec<_> = detail.file_list.iter().map(|file| (file.path.as_str(), file.executable)).collect();
    assert!(paths.contains(&("scripts/run.sh", true)) && paths.contains(&("SKILL.md", false)), "{paths:?}");

    let file =
        engine.artifact_file(&wanted, detail.file_list.last().map(|file| &file.path).unwrap()).unwrap();
    assert_eq!(file.text.as_deref(), Some("#!/bin/sh\necho done\n"));

    tree!(folder => { ".claude/skills/code-review/SKILL.md": "edited\n", ".claude/skills/code-review/new.md": "1\n" });
    let rows = engine.find_deployments(&wanted, &project, None).unwrap();
    let named = skillmeat_engine::engine::DeploymentRef {
        project_path: rows[0].project_path.clone(),
        deployment_profile_id: rows[0].deployment_profile_id.clone(),
        profile_root_dir: rows[0].profile_root_dir.clone(),
        artifact_path: rows[0].artifact_path.clone(),
    };
    let diff = engine.diff_deployment(&named).unwrap();
    assert_eq!(diff.deployment.status, Status::Modified);
    let files: Vec<_> = diff.files.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(files, ["SKILL.md", "new.md"]);

    let place = engine.locate(&Place::Deployment { deployment: named }).unwrap();
    assert_eq!(place, folder.join(".claude/skills/code-review"));
    let stranger = sandbox.project("stranger");
    let unknown =
        Place::Project { project_path: serde_json::from_value(stranger.to_str().unwrap().into()).unwrap() };
    assert_eq!(engine.locate(&unknown).unwrap_err().code(), Code::ProjectNotFound);
    let outside = ArtifactRef { artifact_id: "skill:../../x".into(), collection: None };
    assert!(engine.locate(&Place::Artifact { artifact: outside, path: None }).is_err());
}

//! What a disk can hold that no program asked for. `tests/README.md` has the whole list, with the tests that lie elsewhere.

use crate::call::{assert_done, deploy, status};
use skillmeat_engine::engine::{DiscoverRequest, ScanRequest};
use skillmeat_engine::error::Code;
use skillmeat_engine::feed::Origin;
use skillmeat_engine::fs::fault::record;
use skillmeat_engine::plan::Action;
use skillmeat_engine::status::Status;
use skillmeat_tests::{DiskSnapshot, Sandbox, link, tree};

#[test]
fn a_hundred_thousand_files_beside_a_profile_are_never_looked_at() {
    let sandbox = Sandbox::new();
    let (at, project) = (sandbox.project("api"), sandbox.project_text("api"));
    for package in 0..100 {
        let folder = at.join(format!("node_modules/p{package}/.claude/skills"));
        std::fs::create_dir_all(&folder).unwrap();
        for file in 0..1_000 {
            std::fs::File::create(folder.join(file.to_string())).unwrap();
        }
    }
    let engine = sandbox.engine();
    let recording = record(sandbox.path());
    engine.add_project(&project).unwrap();
    assert_done(&deploy(&engine, &["code-review"], &project), Action::Created);
    engine.resync(Origin::Resync).unwrap();
    assert_eq!(status(&engine, &project)[0].status, Status::Synced);
    assert!(engine.project_detail(&project).unwrap().unmanaged.is_empty());
    let request = DiscoverRequest { project: Some(project.clone()), ..DiscoverRequest::default() };
    assert_eq!(engine.discover(&request).unwrap().artifacts.len(), 1);
    let touched: Vec<_> = recording.steps().into_iter().map(|step| step.path).collect();
    assert!(!touched.is_empty());
    let inside = touched.iter().find(|path| path.to_string_lossy().contains("node_modules/"));
    assert_eq!(inside, None);
    let roots = vec![sandbox.path().join("projects").display().to_string()];
    let found = engine.scan_for_projects(&ScanRequest { roots, ..ScanRequest::default() }).unwrap();
    assert_eq!((found.projects.len(), found.folders), (1, 2));
}

#[test]
fn loops_of_links_end() {
    let sandbox = Sandbox::new();
    let (at, project, engine) = (sandbox.project("api"), sandbox.project_text("api"), sandbox.engine());
    tree!(at => {
        "round": link("."),
        ".claude/skills/real/SKILL.md": "---\nname: real\ndescription: d\n---\n",
        ".claude/skills/up": link(".."),
        ".claude/skills/itself": link("itself"),
        ".claude/commands/here": link("."),
        ".claude/commands/one": link("two"),
        ".claude/commands/two": link("one"),
        ".claude/agents": link("agents"),
        ".cursor": link(".cursor"),
    });
    let before = DiskSnapshot::of(&at);
    engine.add_project(&project).unwrap();
    engine.resync(Origin::Resync).unwrap();
    let detail = engine.project_detail(&project).unwrap();
    let found: Vec<_> = detail.unmanaged.iter().map(|one| one.artifact_id.as_str()).collect();
    assert_eq!(found, ["skill:real"]);
    let request = DiscoverRequest { project: Some(project.clone()), ..DiscoverRequest::default() };
    assert_eq!(engine.discover(&request).unwrap().artifacts.len(), 1);
    let roots = vec![sandbox.path().join("projects").display().to_string()];
    let found = engine.scan_for_projects(&ScanRequest { roots, ..ScanRequest::default() }).unwrap();
    assert_eq!(found.projects.len(), 1);
    before.assert_same(&DiskSnapshot::of(&at));
}

/// What is left of a mount that went is its mount point: a folder that is there, and empty.
#[test]
fn a_project_on_a_mount_that_vanished_is_unknown_and_comes_back() {
    let sandbox = Sandbox::new();
    let (at, project, engine) = (sandbox.project("api"), sandbox.project_text("api"), sandbox.engine());
    deploy(&engine, &["code-review"], &project);
    engine.resync(Origin::Resync).unwrap();
    let elsewhere = at.with_file_name("the-disk");
    std::fs::rename(&at, &elsewhere).unwrap();
    std::fs::create_dir(&at).unwrap();
    engine.resync(Origin::Resync).unwrap();
    let snapshot = engine.library_snapshot().unwrap();
    let rows: Vec<_> = snapshot.artifacts.iter().flat_map(|one| &one.deployments).collect();
    assert_eq!((rows.len(), rows[0].status), (1, Status::Unknown));
    assert_eq!(rows[0].problem.as_ref().unwrap().code, Code::ProjectInvalid);
    assert!(!snapshot.projects[0].available);
    assert!(
        snapshot.projects[0].problems[0].message.contains("mount"),
        "{:?}",
        snapshot.projects[0].problems
    );
    std::fs::remove_dir(&at).unwrap();
    std::fs::rename(&elsewhere, &at).unwrap();
    engine.resync(Origin::Resync).unwrap();
    assert_eq!(status(&engine, &project)[0].status, Status::Synced);
    assert!(engine.library_snapshot().unwrap().projects[0].available);
}

/// SkillMeat reads nothing of a manifest in which one record names a platform that it does not know.
#[test]
fn a_record_of_an_unknown_platform_or_profile_works_like_any_other() {
    let sandbox = Sandbox::new();
    let (at, project, engine) = (sandbox.project("api"), sandbox.project_text("api"), sandbox.engine());
    deploy(&engine, &["code-review", "changelog"], &project);
    let manifest = at.join(".claude/.skillmeat-deployed.toml");
    let text = std::fs::read_to_string(&manifest).unwrap();
    let text = text.replacen("platform = \"claude_code\"", "platform = \"moon\"", 1);
    let text =
        text.replacen("deployment_profile_id = \"claude_code\"", "deployment_profile_id = \"lunar\"", 1);
    std::fs::write(&manifest, &text).unwrap();
    let rows = status(&engine, &project);
    assert!(rows.iter().all(|row| row.status == Status::Synced), "{rows:?}");
    let mut platforms: Vec<_> = rows.iter().map(|row| row.platform.as_deref().unwrap()).collect();
    platforms.sort_unstable();
    assert_eq!(platforms, ["claude_code", "moon"]);
    assert_done(&crate::call::undeploy(&engine, &["code-review", "changelog"], &project), Action::Removed);
    assert!(status(&engine, &project).is_empty());
}

//! The main job: deploy, look, undeploy.

use crate::call::{
    assert_done, deploy, deploy_request, deploy_with, only, status, undeploy, undeploy_request,
};
use skillmeat_engine::deploy::{CacheState, Outcome};
use skillmeat_engine::error::Code;
use skillmeat_engine::plan::{Action, Choice, DeployRequest, OnConflict};
use skillmeat_engine::status::Status;
use skillmeat_tests::{DiskSnapshot, Sandbox, exec, link, tree};

const MANIFEST: &str = ".claude/.skillmeat-deployed.toml";
const LOCK: &str = ".claude/..skillmeat-deployed.toml.skillmeat-lock";

#[test]
fn a_skill_a_command_and_an_agent_are_copied_recorded_and_taken_away_again() {
    let sandbox = Sandbox::new();
    let (folder, project) = (sandbox.project("api"), sandbox.project_text("api"));
    tree!(folder => { "README.md": "theirs", ".claude/settings.json": "{}" });
    let before = DiskSnapshot::of(&folder);
    let engine = sandbox.engine();

    let receipt =
        deploy(&engine, &["skill:code-review", "command:changelog", "agent:pm/prd-writer"], &project);
    assert_done(&receipt, Action::Created);
    assert_eq!((receipt.totals.succeeded, receipt.cache), (3, CacheState::Synced));
    for path in ["skills/code-review", "commands/changelog.md", "agents/pm/prd-writer.md"] {
        let (source, copy) = (sandbox.collection().join(path), folder.join(".claude").join(path));
        DiskSnapshot::of(&source).assert_same(&DiskSnapshot::of(&copy));
        assert!(copy.exists(), "{path}");
    }
    let rows = status(&engine, &project);
    assert!(rows.iter().all(|row| row.status == Status::Synced && !row.local_modifications), "{rows:?}");
    assert_eq!(rows.len(), 3);
    let manifest = std::fs::read_to_string(folder.join(MANIFEST)).unwrap();
    assert!(manifest.contains("deployed_at = \"2026-03-01T12:00:00.000000+00:00\""), "{manifest}");

    let receipt = undeploy(&engine, &["code-review", "changelog.md", "prd-writer"], &project);
    assert_done(&receipt, Action::Removed);
    before.assert_same(&DiskSnapshot::of(&folder).without(LOCK));
}

#[test]
fn a_project_that_nobody_registered_is_listed_once_something_is_deployed_into_it() {
    let sandbox = Sandbox::new();
    let (good, refused) = (sandbox.project_text("api"), sandbox.project_text("web"));
    // Nobody knows whose this is, so nothing is done there.
    tree!(sandbox.project("web") => { ".claude/skills/code-review/SKILL.md": "theirs" });
    let engine = sandbox.engine();
    let listed = || {
        let file = std::fs::read_to_string(sandbox.home().join("desktop/projects.toml")).unwrap();
        let rows = engine.projects().unwrap();
        let known: Vec<String> = rows.iter().map(|row| row.project_path.to_string()).collect();
        let written = |path: &String| file.contains(&format!("path = \"{path}\""));
        (known, [written(&good), written(&refused)])
    };
    let receipt = deploy(&engine, &["skill:code-review"], &refused);
    assert_eq!((receipt.totals.failed, receipt.cache), (1, CacheState::Synced));
    assert_eq!(listed(), (Vec::new(), [false, false]));
    let mut request = deploy_request(&["skill:code-review"], &good);
    request.projects.push(refused.clone());
    let receipt = engine.deploy(&request).unwrap();
    assert_eq!((receipt.totals.succeeded, receipt.totals.failed), (1, 1));
    assert_eq!(listed(), (vec![good.clone()], [true, false]));
}

#[test]
fn what_is_there_already_is_not_written_again() {
    let sandbox = Sandbox::new();
    let (folder, project) = (sandbox.project("api"), sandbox.project_text("api"));
    let engine = sandbox.engine();
    deploy(&engine, &["skill:code-review"], &project);
    let before = DiskSnapshot::of(&folder);
    let receipt = deploy(&engine, &["skill:code-review"], &project);
    assert_eq!(only(&receipt).action, Action::Unchanged);
    assert_eq!((receipt.totals.unchanged, receipt.totals.succeeded), (1, 0));
    before.assert_same(&DiskSnapshot::of(&folder));
}

#[test]
fn a_newer_artifact_replaces_an_untouched_copy_and_carries_over_what_is_ignored() {
    let sandbox = Sandbox::new();
    let (folder, project) = (sandbox.project("api"), sandbox.project_text("api"));
    let engine = sandbox.engine();
    deploy(&engine, &["skill:code-review"], &project);
    tree!(folder => { ".claude/skills/code-review/.venv/bin/python": "a virtual environment" });
    tree!(sandbox.collection() => { "skills/code-review/SKILL.md": "newer" });

    assert_eq!(status(&engine, &project)[0].status, Status::Outdated);
    assert_done(&deploy(&engine, &["skill:code-review"], &project), Action::Updated);
    let copy = folder.join(".claude/skills/code-review");
    assert_eq!(std::fs::read_to_string(copy.join("SKILL.md")).unwrap(), "newer");
    assert!(copy.join(".venv/bin/python").is_file());
    assert_eq!(status(&engine, &project)[0].status, Status::Synced);
    assert!(!folder.join(".claude/.skillmeat-stage").exists());
}

#[test]
fn edits_are_kept_until_somebody_chooses_and_then_go_to_the_trash() {
    let sandbox = Sandbox::new();
    let (folder, project) = (sandbox.project("api"), sandbox.project_text("api"));
    let engine = sandbox.engine();
    deploy(&engine, &["skill:code-review"], &project);
    let skill = folder.join(".claude/skills/code-review/SKILL.md");
    std::fs::write(&skill, "edited here").unwrap();
    tree!(sandbox.collection() => { "skills/code-review/SKILL.md": "newer" });
    let edited = DiskSnapshot::of(&folder);

    let receipt = deploy(&engine, &["skill:code-review"], &project);
    crate::call::assert_failed(&receipt, Code::LocalChanges);
    edited.assert_same(&DiskSnapshot::of(&folder));

    let receipt = deploy_with(&engine, &["skill:code-review"], &project, OnConflict::Skip);
    assert_eq!(only(&receipt).status, Outcome::Skipped);
    edited.assert_same(&DiskSnapshot::of(&folder));

    assert_done(&deploy_with(&engine, &["skill:code-review"], &project, OnConflict::Keep), Action::Kept);
    assert_eq!(std::fs::read_to_string(&skill).unwrap(), "edited here");
    let row = &status(&engine, &project)[0];
    assert_eq!((row.status, row.local_modifications), (Status::Modified, true));

    assert_done(
        &deploy_with(&engine, &["skill:code-review"], &project, OnConflict::Overwrite),
        Action::Updated,
    );
    assert_eq!(std::fs::read_to_string(&skill).unwrap(), "newer");
    assert!(trashed(&sandbox).contains(&"edited here".to_owned()));
}

/// The content of every trashed file.
fn trashed(sandbox: &Sandbox) -> Vec<String> {
    walkdir::WalkDir::new(sandbox.home().join("desktop/trash"))
        .into_iter()
        .filter_map(Result::ok)
        .filter(|entry| entry.file_type().is_file())
        .filter_map(|entry| std::fs::read_to_string(entry.path()).ok())
        .collect()
}

#[test]
fn something_that_is_not_ours_is_touched_only_by_choice() {
    let sandbox = Sandbox::new();
    let (folder, project) = (sandbox.project("api"), sandbox.project_text("api"));
    tree!(folder => { ".claude/skills/code-review/SKILL.md": "my own", ".claude/commands/changelog.md": "mine" });
    let before = DiskSnapshot::of(&folder);
    let engine = sandbox.engine();

    let plan =
        engine.plan_deploy(&deploy_request(&["skill:code-review", "command:changelog"], &project)).unwrap();
    assert_eq!(plan.totals.conflicts, 2);
    assert_eq!(plan.items[0].choices, [OnConflict::Skip, OnConflict::Overwrite, OnConflict::Keep]);
    before.assert_same(&DiskSnapshot::of(&folder));

    // One answer for each of the two; the release notes have no conflict and go on whatever happens to those.
    let choice = |item: usize, on_conflict| Choice {
        project_path: project.clone(),
        path: plan.items[item].path.clone().unwrap(),
        on_conflict,
    };
    let request = DeployRequest {
        choices: vec![choice(0, OnConflict::Overwrite), choice(1, OnConflict::Keep)],
        ..deploy_request(&["skill:code-review", "command:changelog", "skill:release-notes"], &project)
    };
    let receipt = engine.deploy(&request).unwrap();
    let actions: Vec<_> = receipt.results.iter().map(|result| result.action).collect();
    assert_eq!(actions, [Action::Updated, Action::Kept, Action::Created]);
    assert!(trashed(&sandbox).contains(&"my own".to_owned()));
    assert_eq!(std::fs::read_to_string(folder.join(".claude/commands/changelog.md")).unwrap(), "mine");
}

#[test]
fn equal_content_without_a_record_is_adopted() {
    let sandbox = Sandbox::new();
    let (folder, project) = (sandbox.project("api"), sandbox.project_text("api"));
    let engine = sandbox.engine();
    deploy(&engine, &["skill:code-review"], &project);
    std::fs::remove_file(folder.join(MANIFEST)).unwrap();
    assert_done(&deploy(&engine, &["skill:code-review"], &project), Action::Adopted);
    assert_eq!(status(&engine, &project)[0].status, Status::Synced);
}

#[test]
fn modes_links_and_empty_folders_are_copied_and_what_is_ignored_is_not() {
    let sandbox = Sandbox::empty();
    let (folder, project) = (sandbox.project("api"), sandbox.project_text("api"));
    tree!(sandbox.collection() => {
        "skills/full/SKILL.md": "---\nname: full\ndescription: d\n---\n",
        "skills/full/bin/run": exec("#!/bin/sh\n"),
        "skills/full/latest": link("SKILL.md"),
        "skills/full/.env.example": "KEY=",
        "skills/full/.git/HEAD": "ref",
        "skills/full/node_modules/x/index.js": "x",
    });
    std::fs::create_dir(sandbox.collection().join("skills/full/empty")).unwrap();
    let engine = sandbox.engine();
    deploy(&engine, &["full"], &project);
    let source = DiskSnapshot::of(&sandbox.collection().join("skills/full"));
    let copy = DiskSnapshot::of(&folder.join(".claude/skills/full"));
    source.without(".git").without("node_modules").assert_same(&copy);
    assert_eq!(status(&engine, &project)[0].status, Status::Synced);
}

#[test]
fn a_sub_folder_and_several_profiles() {
    let sandbox = Sandbox::new();
    let (folder, project) = (sandbox.project("api"), sandbox.project_text("api"));
    let engine = sandbox.engine();
    let request = DeployRequest {
        profiles: vec!["claude_code".into(), "codex".into(), "cursor".into()],
        dest: Some("team/shared".into()),
        ..deploy_request(&["skill:code-review"], &project)
    };
    assert_done(&engine.deploy(&request).unwrap(), Action::Created);
    for root in [".claude", ".agents", ".cursor"] {
        assert!(folder.join(root).join("skills/team/shared/code-review/SKILL.md").is_file(), "{root}");
        assert!(folder.join(root).join(".skillmeat-deployed.toml").is_file(), "{root}");
    }
    let rows = status(&engine, &project);
    assert!(rows.iter().all(|row| row.artifact_id == "skill:code-review" && row.status == Status::Synced));

    // A deploy without a sub-folder goes where the artifact is.
    assert_eq!(only(&deploy(&engine, &["code-review"], &project)).action, Action::Unchanged);

    let plan = engine.plan_undeploy(&undeploy_request(&["code-review"], &project)).unwrap();
    assert_eq!(plan.items.len(), 3, "without a profile, every profile's copy");
    assert!(plan.notices[0].message.contains("every profile"));
    let mut one = undeploy_request(&["code-review"], &project);
    one.profiles = vec!["codex".into()];
    assert_done(&engine.undeploy(&one).unwrap(), Action::Removed);
    assert!(!folder.join(".agents/skills").exists());
    assert_done(&undeploy(&engine, &["code-review"], &project), Action::Removed);
    assert!(status(&engine, &project).is_empty());
}

#[test]
fn undeploy_keeps_edits_until_they_are_discarded_and_finds_orphans() {
    let sandbox = Sandbox::new();
    let (folder, project) = (sandbox.project("api"), sandbox.project_text("api"));
    let engine = sandbox.engine();
    deploy(&engine, &["skill:code-review", "command:changelog"], &project);
    std::fs::remove_file(sandbox.collection().join("commands/changelog.md")).unwrap();
    assert_eq!(status(&engine, &project)[0].status, Status::Orphaned);
    assert_done(&undeploy(&engine, &["command:changelog"], &project), Action::Removed);

    std::fs::write(folder.join(".claude/skills/code-review/SKILL.md"), "edited").unwrap();
    let edited = DiskSnapshot::of(&folder);
    crate::call::assert_failed(&undeploy(&engine, &["code-review"], &project), Code::LocalChanges);
    edited.assert_same(&DiskSnapshot::of(&folder));

    let mut request = undeploy_request(&["code-review"], &project);
    request.discard_edits = true;
    assert_done(&engine.undeploy(&request).unwrap(), Action::Removed);
    assert!(trashed(&sandbox).contains(&"edited".to_owned()));
    assert!(!folder.join(".claude/skills").exists());
}

#[test]
fn a_plan_that_is_no_longer_true_is_refused() {
    let sandbox = Sandbox::new();
    let (folder, project) = (sandbox.project("api"), sandbox.project_text("api"));
    let engine = sandbox.engine();
    let mut request = deploy_request(&["skill:code-review"], &project);
    let plan = engine.plan_deploy(&request).unwrap();
    assert_eq!(engine.plan_deploy(&request).unwrap().id, plan.id, "the same world, the same plan");
    tree!(folder => { ".claude/skills/code-review/SKILL.md": "appeared meanwhile" });
    request.plan = Some(plan.id);
    assert_eq!(engine.deploy(&request).unwrap_err().code(), Code::PlanStale);
    assert!(!folder.join(MANIFEST).exists());

    std::fs::remove_dir_all(folder.join(".claude")).unwrap();
    assert_done(&engine.deploy(&request).unwrap(), Action::Created);
}

#[test]
fn everything_foreign_in_a_manifest_survives_a_deploy() {
    let sandbox = Sandbox::new();
    let (folder, project) = (sandbox.project("api"), sandbox.project_text("api"));
    tree!(folder => { ".claude/.skillmeat-deployed.toml": "# ours\nx = 1\n\n[[deployed]]\nartifact_name = \"odd\"\nartifact_type = \"?\"\n" });
    let engine = sandbox.engine();
    deploy(&engine, &["code-review"], &project);
    undeploy(&engine, &["code-review"], &project);
    let left = std::fs::read_to_string(folder.join(MANIFEST)).unwrap();
    assert!(left.contains("# ours") && left.contains("x = 1") && left.contains("\"odd\""), "{left}");
}

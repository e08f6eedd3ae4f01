//! Attempts to lose what belongs to a person, and to be told something wrong.

use crate::call::{
    assert_done, assert_failed, deploy, deploy_request, deploy_with, only, status, undeploy, undeploy_request,
};
use skillmeat_engine::Engine;
use skillmeat_engine::clock::SystemClock;
use skillmeat_engine::deploy::Outcome;
use skillmeat_engine::engine::Options;
use skillmeat_engine::error::Code;
use skillmeat_engine::feed::{Event, Phase};
use skillmeat_engine::id::ArtifactRef;
use skillmeat_engine::plan::{Action, DeployRequest, OnConflict, UndeployRequest};
use skillmeat_engine::status::Status;
use skillmeat_tests::{DiskSnapshot, Sandbox, tree};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

const REVIEW: &str = ".claude/skills/code-review";

/// How often a file with this text lies below `folder`.
fn copies_of(text: &str, folder: &Path) -> usize {
    let files = walkdir::WalkDir::new(folder).into_iter().flatten();
    files.filter(|entry| std::fs::read(entry.path()).is_ok_and(|bytes| bytes == text.as_bytes())).count()
}

/// An engine with the real clock, so that it believes what its cache remembers.
fn remembering(sandbox: &Sandbox) -> Engine {
    Engine::open(Options { clock: Arc::new(SystemClock), ..sandbox.options() }).unwrap()
}

fn overwrite(ids: &[&str], projects: &[&str]) -> DeployRequest {
    DeployRequest {
        projects: projects.iter().map(|&project| project.to_owned()).collect(),
        on_conflict: OnConflict::Overwrite,
        ..deploy_request(ids, "")
    }
}

#[test]
fn what_one_operation_trashes_in_two_projects_is_kept_twice() {
    let sandbox = Sandbox::new();
    let (one, two) = (sandbox.project_text("one"), sandbox.project_text("two"));
    for name in ["one", "two"] {
        tree!(sandbox.project(name) => { ".claude/commands/changelog.md": format!("mine in {name}") });
    }
    let receipt = sandbox.engine().deploy(&overwrite(&["command:changelog"], &[&one, &two])).unwrap();
    assert_done(&receipt, Action::Updated);
    let trash = sandbox.home().join("desktop/trash");
    assert_eq!((copies_of("mine in one", &trash), copies_of("mine in two", &trash)), (1, 1));
}

#[test]
fn places_that_look_alike_do_not_share_a_place_in_the_trash() {
    let sandbox = Sandbox::new();
    let (folder, project) = (sandbox.project("api"), sandbox.project_text("api"));
    for id in ["git/commit", "git-commit"] {
        skillmeat_tests::command(&sandbox.collection(), id);
    }
    tree!(folder => {
        ".claude/commands/git/commit.md": "mine at git/commit",
        ".claude/commands/git-commit.md": "mine at git-commit",
    });
    let ids = ["command:git/commit", "command:git-commit"];
    let receipt = deploy_with(&sandbox.engine(), &ids, &project, OnConflict::Overwrite);
    assert_done(&receipt, Action::Updated);
    let trash = sandbox.home().join("desktop/trash");
    assert_eq!((copies_of("mine at git/commit", &trash), copies_of("mine at git-commit", &trash)), (1, 1));
}

#[test]
fn a_folder_that_cannot_be_flushed_costs_no_content_and_is_no_failure() {
    crate::unprivileged::run("safety::as_a_user_a_folder_without_read_permission");
}

/// Runs as `nobody` through the test above; as root, who may read everything, it is just another deploy.
#[test]
fn as_a_user_a_folder_without_read_permission() {
    let sandbox = Sandbox::new();
    let (folder, project) = (sandbox.project("api"), sandbox.project_text("api"));
    tree!(folder => { ".claude/commands/changelog.md": "mine" });
    let commands = folder.join(".claude/commands");
    std::fs::set_permissions(&commands, std::fs::Permissions::from_mode(0o333)).unwrap();
    let receipt = deploy_with(&sandbox.engine(), &["changelog"], &project, OnConflict::Overwrite);
    std::fs::set_permissions(&commands, std::fs::Permissions::from_mode(0o755)).unwrap();
    let kept = copies_of("mine", &sandbox.home().join("desktop/trash")) + copies_of("mine", &folder);
    assert_eq!(kept, 1, "{receipt:?}");
    let done = only(&receipt).status == Outcome::Success;
    assert_eq!(done, folder.join(".claude/.skillmeat-deployed.toml").is_file(), "{receipt:?}");
}

#[test]
fn a_collection_that_a_kind_folder_links_to_is_never_a_target() {
    let sandbox = Sandbox::empty();
    let (folder, project) = (sandbox.project("api"), sandbox.project_text("api"));
    let home = folder.join("home");
    skillmeat_tests::skill(&home.join("collections/default"), "code-review");
    std::fs::create_dir(folder.join(".claude")).unwrap();
    symlink("../home/collections/default/skills", folder.join(".claude/skills")).unwrap();
    let before = DiskSnapshot::of(&home.join("collections"));
    let engine = Engine::open(Options { home: home.clone(), ..sandbox.options() }).unwrap();
    let receipt = deploy(&engine, &["code-review"], &project);
    assert_failed(&receipt, Code::PathEscapesRoot);
    let _ = engine.undeploy(&undeploy_request(&["code-review"], &project));
    before.assert_same(&DiskSnapshot::of(&home.join("collections")));
}

#[test]
fn a_collection_is_not_removed_through_a_record_either() {
    let sandbox = Sandbox::empty();
    let (folder, project) = (sandbox.project("api"), sandbox.project_text("api"));
    let home = folder.join("home");
    skillmeat_tests::skill(&home.join("collections/default"), "code-review");
    let engine = Engine::open(Options { home: home.clone(), ..sandbox.options() }).unwrap();
    deploy(&engine, &["code-review"], &project);
    std::fs::rename(folder.join(".claude/skills"), folder.join("old")).unwrap();
    symlink("../home/collections/default/skills", folder.join(".claude/skills")).unwrap();
    let before = DiskSnapshot::of(&home.join("collections"));
    assert_failed(&undeploy(&engine, &["code-review"], &project), Code::PathEscapesRoot);
    before.assert_same(&DiskSnapshot::of(&home.join("collections")));
}

#[test]
fn nothing_is_deployed_into_the_copy_of_another_artifact() {
    let sandbox = Sandbox::new();
    let (folder, project) = (sandbox.project("api"), sandbox.project_text("api"));
    let engine = sandbox.engine();
    deploy(&engine, &["code-review"], &project);
    let before = DiskSnapshot::of(&folder);
    let inside =
        DeployRequest { dest: Some("code-review".to_owned()), ..overwrite(&["release-notes"], &[&project]) };
    assert_failed(&engine.deploy(&inside).unwrap(), Code::NameClash);
    before.assert_same(&DiskSnapshot::of(&folder));
}

#[test]
fn a_copy_that_holds_another_artifacts_copy_stays() {
    let sandbox = Sandbox::new();
    let (folder, project) = (sandbox.project("api"), sandbox.project_text("api"));
    let engine = sandbox.engine();
    let inside = DeployRequest {
        dest: Some("code-review".to_owned()),
        ..deploy_request(&["release-notes"], &project)
    };
    assert_done(&engine.deploy(&inside).unwrap(), Action::Created);
    let before = DiskSnapshot::of(&folder);
    assert_failed(&engine.deploy(&overwrite(&["code-review"], &[&project])).unwrap(), Code::NameClash);
    before.assert_same(&DiskSnapshot::of(&folder));
    assert_eq!(status(&engine, &project)[0].status, Status::Synced);
}

#[test]
fn a_skill_that_lies_in_another_ones_folder_is_put_beside_it() {
    let sandbox = Sandbox::new();
    let (folder, project) = (sandbox.project("api"), sandbox.project_text("api"));
    skillmeat_tests::skill(&sandbox.home().join("collections/other"), "code-review/deep");
    let receipt = deploy(&sandbox.engine(), &["skill:code-review", "skill:code-review/deep"], &project);
    assert_done(&receipt, Action::Created);
    assert!(status(&sandbox.engine(), &project).iter().all(|row| row.status == Status::Synced));
    assert!(!folder.join(REVIEW).join("deep").exists());
    assert!(folder.join(".claude/skills/deep/SKILL.md").is_file());
}

#[test]
fn two_profiles_whose_folders_are_one_do_not_take_each_others_copy() {
    let sandbox = Sandbox::new();
    let (folder, project) = (sandbox.project("api"), sandbox.project_text("api"));
    let engine = sandbox.engine();
    deploy(&engine, &["code-review"], &project);
    std::fs::create_dir(folder.join(".cursor")).unwrap();
    symlink("../.claude/skills", folder.join(".cursor/skills")).unwrap();
    let cursor =
        DeployRequest { profiles: vec!["cursor".to_owned()], ..deploy_request(&["code-review"], &project) };
    assert_done(&engine.deploy(&cursor).unwrap(), Action::Adopted);
    let only_cursor = UndeployRequest {
        profiles: vec!["cursor".to_owned()],
        ..undeploy_request(&["code-review"], &project)
    };
    assert_done(&engine.undeploy(&only_cursor).unwrap(), Action::Removed);
    let rows = status(&engine, &project);
    assert_eq!((rows.len(), rows[0].status), (1, Status::Synced), "{rows:?}");

    engine.deploy(&cursor).unwrap();
    assert_done(&undeploy(&engine, &["code-review"], &project), Action::Removed);
    assert!(!folder.join(REVIEW).exists());
    assert!(status(&engine, &project).is_empty());
}

#[test]
fn an_edit_while_the_operation_still_runs_is_seen_afterwards() {
    let sandbox = Sandbox::new();
    let (folder, project) = (sandbox.project("api"), sandbox.project_text("api"));
    let engine = remembering(&sandbox);
    let events = engine.subscribe();
    let guide = folder.join(REVIEW).join("references/guide.md");
    let worker = std::thread::spawn({
        let (guide, copy) = (guide.clone(), folder.join(".claude/commands/changelog.md"));
        move || {
            let begun = std::time::Instant::now();
            while begun.elapsed() < Duration::from_secs(20) {
                if let Ok(Event::OperationProgressed(told)) = events.recv_timeout(Duration::from_secs(20))
                    && told.phase == Phase::Swap
                    && told.subject.as_deref() == Some(REVIEW)
                {
                    std::fs::write(&guide, "edited at once").unwrap();
                    return !copy.exists() || begun.elapsed() < Duration::from_secs(20);
                }
            }
            false
        }
    });
    let many: Vec<String> = (0..400).map(|n| format!("bulk/c{n}")).collect();
    for id in &many {
        skillmeat_tests::command(&sandbox.collection(), id);
    }
    let ids: Vec<String> = many.iter().map(|id| format!("command:{id}")).collect();
    let mut ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    ids.insert(0, "skill:code-review");
    deploy(&engine, &ids, &project);
    assert!(worker.join().unwrap(), "the edit was made");
    assert_eq!(std::fs::read_to_string(&guide).unwrap(), "edited at once");
    assert_failed(&undeploy(&engine, &["skill:code-review"], &project), Code::LocalChanges);
    assert!(guide.is_file());
}

#[test]
fn a_project_that_fails_does_not_hide_what_was_done_in_another() {
    crate::unprivileged::run("safety::as_a_user_a_project_that_cannot_be_listed");
}

/// Runs as `nobody` through the test above; root can list everything and has nothing to see here.
#[test]
fn as_a_user_a_project_that_cannot_be_listed() {
    let sandbox = Sandbox::new();
    let (one, two) = (sandbox.project_text("one"), sandbox.project_text("two"));
    let engine = sandbox.engine();
    for project in [&one, &two] {
        deploy(&engine, &["code-review"], project);
    }
    let request = UndeployRequest {
        projects: vec![one.clone(), two.clone()],
        ..undeploy_request(&["code-review"], "")
    };
    std::fs::set_permissions(&two, std::fs::Permissions::from_mode(0o311)).unwrap();
    if std::fs::read_dir(&two).is_ok() {
        std::fs::set_permissions(&two, std::fs::Permissions::from_mode(0o755)).unwrap();
        return;
    }
    let receipt = engine.undeploy(&request);
    std::fs::set_permissions(&two, std::fs::Permissions::from_mode(0o755)).unwrap();
    let receipt = receipt.unwrap();
    assert_eq!((receipt.totals.succeeded, receipt.totals.failed), (1, 1), "{receipt:?}");
    assert_eq!(receipt.results[1].problem.as_ref().unwrap().code, Code::PermissionDenied);
}

#[test]
fn a_comment_above_a_record_outlives_it() {
    let sandbox = Sandbox::new();
    let (folder, project) = (sandbox.project("api"), sandbox.project_text("api"));
    let engine = sandbox.engine();
    deploy(&engine, &["code-review", "changelog"], &project);
    let manifest = folder.join(".claude/.skillmeat-deployed.toml");
    let text = std::fs::read_to_string(&manifest).unwrap();
    std::fs::write(&manifest, format!("# Kept by the team.\n\n{text}")).unwrap();
    undeploy(&engine, &["code-review"], &project);
    let left = std::fs::read_to_string(&manifest).unwrap();
    assert!(left.contains("# Kept by the team."), "{left}");
    undeploy(&engine, &["changelog"], &project);
    assert_eq!(std::fs::read_to_string(&manifest).unwrap().trim(), "# Kept by the team.");
}

/// Changes that SkillMeat's content hash does not see.
#[test]
fn edits_that_the_content_hash_cannot_see_are_not_destroyed() {
    type Edit = (&'static str, fn(&Path));
    let edits: [Edit; 4] = [
        ("a link to a folder", |copy| symlink("references", copy.join("docs")).unwrap()),
        ("a link that dangles", |copy| symlink("later.md", copy.join("next")).unwrap()),
        ("a name that is not UTF-8", |copy| {
            std::fs::write(copy.join(std::ffi::OsStr::from_bytes(b"n\xffte")), "x").unwrap();
        }),
        ("a mode", |copy| {
            let run = copy.join("scripts/run.sh");
            std::fs::set_permissions(run, std::fs::Permissions::from_mode(0o640)).unwrap();
        }),
    ];
    for (what, edit) in edits {
        let sandbox = Sandbox::new();
        let (folder, project) = (sandbox.project("api"), sandbox.project_text("api"));
        let engine = sandbox.engine();
        deploy(&engine, &["code-review"], &project);
        edit(&folder.join(REVIEW));
        let before = DiskSnapshot::of(&folder.join(REVIEW));
        let receipt = undeploy(&engine, &["code-review"], &project);
        let trashed = sandbox.home().join("desktop/trash");
        let slot = walkdir::WalkDir::new(&trashed).into_iter().flatten();
        let slot = slot.into_iter().find(|entry| entry.file_name() == "0");
        match slot {
            Some(slot) => before.assert_same(&DiskSnapshot::of(slot.path())),
            None => assert!(folder.join(REVIEW).exists(), "{what}: {receipt:?}"),
        }
    }
}

#[test]
fn a_person_is_told_where_content_is_that_could_not_go_to_the_trash() {
    let sandbox = Sandbox::new();
    let (folder, project) = (sandbox.project("api"), sandbox.project_text("api"));
    tree!(folder => { ".claude/commands/changelog.md": "mine" });
    tree!(sandbox.home() => { "desktop/trash": "not a folder" });
    let ran = sandbox
        .skm(["deploy", "command:changelog", "--project", &project, "--on-conflict", "overwrite"])
        .ok();
    assert_eq!(copies_of("mine", &folder.join(".claude/.skillmeat-stage")), 1, "{ran:?}");
    assert!(ran.err.contains(".skillmeat-stage"), "{ran:?}");
    let waiting = sandbox.engine().recover().unwrap();
    assert_eq!(waiting.len(), 1, "{waiting:?}");
    assert_eq!(waiting[0].outcome, skillmeat_engine::engine::Recovery::Waiting, "it is not told as complete");
    assert!(waiting[0].message.contains(".skillmeat-stage"), "{waiting:?}");
    std::fs::remove_file(sandbox.home().join("desktop/trash")).unwrap();
    let finished = sandbox.engine().recover().unwrap();
    assert_eq!(finished[0].outcome, skillmeat_engine::engine::Recovery::Finished, "{finished:?}");
    assert_eq!(copies_of("mine", &sandbox.home().join("desktop/trash")), 1);
}

#[test]
fn an_orphan_that_is_undeployed_goes_to_the_trash() {
    let sandbox = Sandbox::new();
    let (folder, project) = (sandbox.project("api"), sandbox.project_text("api"));
    let engine = sandbox.engine();
    deploy(&engine, &["command:changelog"], &project);
    std::fs::remove_file(sandbox.collection().join("commands/changelog.md")).unwrap();
    let last = std::fs::read_to_string(folder.join(".claude/commands/changelog.md")).unwrap();
    assert_done(&undeploy(&engine, &["command:changelog"], &project), Action::Removed);
    assert_eq!(copies_of(&last, &sandbox.home().join("desktop/trash")), 1);
}

#[test]
fn one_id_in_two_collections_is_ambiguous_when_it_is_undeployed() {
    let sandbox = Sandbox::new();
    let project = sandbox.project_text("api");
    skillmeat_tests::skill(&sandbox.home().join("collections/team"), "code-review");
    let engine = sandbox.engine();
    let of = |collection: &str, profile: &str| DeployRequest {
        artifacts: vec![ArtifactRef {
            artifact_id: "code-review".into(),
            collection: Some(collection.into()),
        }],
        projects: vec![project.clone()],
        profiles: vec![profile.into()],
        ..DeployRequest::default()
    };
    for (collection, profile) in [("default", "claude_code"), ("team", "codex")] {
        assert_done(&engine.deploy(&of(collection, profile)).unwrap(), Action::Created);
    }
    assert_failed(&undeploy(&engine, &["code-review"], &project), Code::AmbiguousArtifact);
    assert_eq!(crate::call::status(&engine, &project).len(), 2);
}

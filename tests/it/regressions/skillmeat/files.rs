//! SkillMeat, 1 to 18: files and records.

use super::{everything, listed, profiles};
use crate::call::{assert_done, assert_failed, deploy, deploy_request, deploy_with, only, status, undeploy};
use skillmeat_engine::error::Code;
use skillmeat_engine::feed::Origin;
use skillmeat_engine::plan::{Action, DeployRequest, OnConflict, UndeployRequest};
use skillmeat_engine::status::Status;
use skillmeat_tests::{DiskSnapshot, Sandbox, command, link, tree};
use std::sync::atomic::{AtomicBool, Ordering};

const MANIFEST: &str = ".claude/.skillmeat-deployed.toml";

/// 1: without a lock, four writers of twenty records left eight. Each writer holds the project's lock and the
/// manifest's own from reading to renaming.
#[test]
fn n01_writers_at_the_same_time_lost_records() {
    let sandbox = Sandbox::new();
    let project = sandbox.project_text("api");
    let names: Vec<Vec<String>> = (0..4).map(|of| (0..5).map(|n| format!("w{of}/c{n}")).collect()).collect();
    names.iter().flatten().for_each(|name| command(&sandbox.collection(), name));
    std::thread::scope(|scope| {
        for names in &names {
            let (engine, project) = (sandbox.engine(), &project);
            scope.spawn(move || {
                for name in names {
                    assert_done(&deploy(&engine, &[&format!("command:{name}")], project), Action::Created);
                }
            });
        }
    });
    let rows = status(&sandbox.engine(), &project);
    assert_eq!((rows.len(), rows.iter().all(|row| row.status == Status::Synced)), (20, true));
}

/// 2: a second profile root that is a link to the first, or is written with a slash at its end, lost or doubled the
/// records. Links to one folder are one profile root, and a slash makes no difference.
#[test]
fn n02_one_manifest_under_two_names_was_written_and_unlinked_twice() {
    let sandbox = Sandbox::new();
    let (at, project) = (sandbox.project("api"), sandbox.project_text("api"));
    let engine = sandbox.engine();
    deploy(&engine, &["code-review", "changelog"], &project);
    link(".claude").put(&at.join(".codex"));
    link(".claude").put(&at.join(".agents"));
    let text = std::fs::read_to_string(at.join(MANIFEST)).unwrap();
    std::fs::write(at.join(MANIFEST), text.replace("\".claude\"", "\".claude/\"")).unwrap();
    assert_eq!(status(&engine, &project).len(), 2);
    assert_done(
        &engine.deploy(&profiles(&["codex"], &["release-notes"], &project)).unwrap(),
        Action::Created,
    );
    assert_eq!(status(&engine, &project).len(), 3);
    assert_done(&engine.undeploy(&everything(&project)).unwrap(), Action::Removed);
    assert!(!at.join(MANIFEST).exists() && !at.join(".claude/skills").exists());
}

/// 3: records of some profile roots were written and never read back. What any profile deploys is read back.
#[test]
fn n03_records_of_other_roots_were_not_read_back() {
    for profile in skillmeat_engine::platform::builtin() {
        let sandbox = Sandbox::new();
        let project = sandbox.project_text("api");
        let receipt =
            sandbox.engine().deploy(&profiles(&[profile.id.as_str()], &["code-review"], &project)).unwrap();
        assert_done(&receipt, Action::Created);
        let rows = status(&sandbox.engine(), &project);
        assert_eq!((rows.len(), rows[0].deployment_profile_id.as_str()), (1, profile.id.as_str()));
        assert_eq!(rows[0].status, Status::Synced, "{}", profile.id);
    }
}

/// 4: setting up an existing project deleted its records. Registering writes nothing into the project.
#[test]
fn n04_setting_up_a_project_deleted_its_records() {
    let sandbox = Sandbox::new();
    let (at, project) = (sandbox.project("api"), sandbox.project_text("api"));
    deploy(&sandbox.engine(), &["code-review"], &project);
    let before = DiskSnapshot::of(&at);
    let engine = sandbox.engine();
    engine.resync(Origin::Resync).unwrap();
    engine.remove_project(&project).unwrap();
    engine.add_project(&project).unwrap();
    before.assert_same(&DiskSnapshot::of(&at));
    assert_eq!(listed(&engine), ["skill:code-review in claude_code"]);
}

/// 5: overwriting removed every profile's copy first, and a copy that failed left none. The new copy is whole before
/// the old one moves, and other profiles are not touched.
#[test]
fn n05_overwriting_removed_first_and_then_failed() {
    let sandbox = Sandbox::new();
    let (at, project) = (sandbox.project("api"), sandbox.project_text("api"));
    let engine = sandbox.engine();
    engine.deploy(&profiles(&["claude_code", "codex"], &["code-review"], &project)).unwrap();
    tree!(at => { ".claude/skills/code-review/SKILL.md": "edited" });
    link("/etc/passwd").put(&sandbox.collection().join("skills/code-review/secret"));
    let before = DiskSnapshot::of(&at);
    let receipt = deploy_with(&engine, &["code-review"], &project, OnConflict::Overwrite);
    assert_failed(&receipt, Code::LinkLeavesArtifact);
    before.assert_same(&DiskSnapshot::of(&at));
}

/// 6: a sub-folder was recorded against the wrong base, so its copy never drifted and was never removed. It lies
/// below the kind's folder, and its record says exactly where.
#[test]
fn n06_a_copy_in_a_sub_folder_was_lost_from_sight() {
    let sandbox = Sandbox::new();
    let (at, project) = (sandbox.project("api"), sandbox.project_text("api"));
    let engine = sandbox.engine();
    for profile in ["claude_code", "codex"] {
        let dest = Some("dev/tools".to_owned());
        let request = DeployRequest { dest, ..profiles(&[profile], &["code-review"], &project) };
        assert_done(&engine.deploy(&request).unwrap(), Action::Created);
    }
    for root in [".claude", ".agents"] {
        tree!(at.join(root) => { "skills/dev/tools/code-review/SKILL.md": "edited" });
    }
    assert!(status(&engine, &project).iter().all(|row| row.status == Status::Modified));
    assert_done(&engine.undeploy(&everything(&project)).unwrap(), Action::Removed);
    assert!(!at.join(".claude/skills").exists() && !at.join(".agents/skills").exists());
}

/// 7: the old copy was deleted before the new one was moved there, so that there was a moment with none. They are
/// exchanged in one step: whoever looks sees the old one or the new one.
#[test]
fn n07_a_copy_was_absent_while_it_was_replaced() {
    let sandbox = Sandbox::new();
    let (at, project) = (sandbox.project("api"), sandbox.project_text("api"));
    let (engine, copy) = (sandbox.engine(), at.join(".claude/skills/code-review/SKILL.md"));
    deploy(&engine, &["code-review"], &project);
    let (stop, looks) = (AtomicBool::new(false), std::sync::atomic::AtomicUsize::new(0));
    std::thread::scope(|scope| {
        let watcher = scope.spawn(|| {
            let mut bad = Vec::new();
            while !stop.load(Ordering::Relaxed) {
                let text = std::fs::read_to_string(&copy).unwrap_or_else(|error| error.to_string());
                looks.fetch_add(1, Ordering::Relaxed);
                if !text.starts_with("---\nname: ")
                    || !text.ends_with("end\n") && !text.ends_with("script.\n")
                {
                    bad.push(text);
                }
            }
            bad
        });
        for round in 0..20 {
            let text = format!("---\nname: r{round}\n---\n{}end\n", "text\n".repeat(round * 50));
            tree!(sandbox.collection() => { "skills/code-review/SKILL.md": text });
            assert_done(&deploy(&engine, &["code-review"], &project), Action::Updated);
        }
        stop.store(true, Ordering::Relaxed);
        assert_eq!(watcher.join().unwrap(), Vec::<String>::new());
    });
    assert!(looks.into_inner() > 0, "nobody looked");
}

/// 8: undeploying and overwriting destroyed local edits. Both are conflicts; going ahead keeps them in the trash.
#[test]
fn n08_local_edits_were_destroyed() {
    let sandbox = Sandbox::new();
    let (at, project) = (sandbox.project("api"), sandbox.project_text("api"));
    let (engine, copy) = (sandbox.engine(), at.join(".claude/commands/changelog.md"));
    for discard_edits in [false, true] {
        deploy(&engine, &["changelog"], &project);
        std::fs::write(&copy, "an afternoon of work").unwrap();
        assert_failed(&undeploy(&engine, &["changelog"], &project), Code::LocalChanges);
        assert_failed(&deploy(&engine, &["changelog"], &project), Code::LocalChanges);
        assert_eq!(std::fs::read_to_string(&copy).unwrap(), "an afternoon of work");
        let done = if discard_edits {
            engine.undeploy(&everything(&project)).unwrap()
        } else {
            deploy_with(&engine, &["changelog"], &project, OnConflict::Overwrite)
        };
        assert_eq!(done.totals.succeeded, 1, "{done:?}");
    }
    let trash = walkdir::WalkDir::new(sandbox.home().join("desktop/trash")).into_iter().flatten();
    let kept =
        trash.filter(|entry| std::fs::read(entry.path()).is_ok_and(|text| text == b"an afternoon of work"));
    assert_eq!(kept.count(), 2);
}

/// 10: one bad record stopped the whole project, and unknown keys were dropped. Bad records are told and kept.
#[test]
fn n10_one_bad_record_stopped_the_project_and_unknown_keys_were_erased() {
    let sandbox = Sandbox::new();
    let (at, project) = (sandbox.project("api"), sandbox.project_text("api"));
    let engine = sandbox.engine();
    deploy(&engine, &["code-review"], &project);
    let text = std::fs::read_to_string(at.join(MANIFEST)).unwrap();
    let foreign = "note = \"mine\" # keep\n\n[[deployed]]\nartifact_name = \"bad\"\nplatform = \"moon\"\n\n[theirs]\nx = 1\n";
    std::fs::write(at.join(MANIFEST), text + foreign).unwrap();
    assert_done(&deploy(&engine, &["release-notes"], &project), Action::Created);
    assert_done(&undeploy(&engine, &["release-notes"], &project), Action::Removed);
    let after = std::fs::read_to_string(at.join(MANIFEST)).unwrap();
    for kept in ["note = \"mine\" # keep", "\"moon\"", "[theirs]\nx = 1"] {
        assert!(after.contains(kept), "{kept} in {after}");
    }
}

/// 11: two records could name one folder, and removing one took the other's files. The copy goes with the last.
#[test]
fn n11_two_records_named_one_folder() {
    let sandbox = Sandbox::new();
    let (at, project) = (sandbox.project("api"), sandbox.project_text("api"));
    let engine = sandbox.engine();
    deploy(&engine, &["code-review"], &project);
    let text = std::fs::read_to_string(at.join(MANIFEST)).unwrap();
    let twin = text.replace("deployment_profile_id = \"claude_code\"", "deployment_profile_id = \"cursor\"");
    std::fs::write(at.join(MANIFEST), format!("{text}\n{twin}")).unwrap();
    let one = UndeployRequest { profiles: vec!["cursor".to_owned()], ..everything(&project) };
    assert_done(&engine.undeploy(&one).unwrap(), Action::Removed);
    assert_eq!(status(&engine, &project)[0].status, Status::Synced);
    assert_done(&engine.undeploy(&everything(&project)).unwrap(), Action::Removed);
    assert!(!at.join(".claude/skills").exists());
}

/// 14, 15: a record's path led out of the project, or was the project. Such a record is told and never acted on,
/// also when everything is to go and edits are to be discarded.
#[test]
fn n14_n15_a_record_removed_a_folder_outside_or_the_whole_project() {
    for (root, path) in
        [(".claude", "../../victim"), (".", "."), (".claude", "."), ("..", "api/src"), (".", "src/x")]
    {
        let sandbox = Sandbox::new();
        let (at, project) = (sandbox.project("api"), sandbox.project_text("api"));
        tree!(sandbox.path() => { "projects/victim/x": "not yours", "projects/api/src/x": "mine" });
        let record = format!(
            "[[deployed]]\nartifact_name = \"x\"\nartifact_type = \"skill\"\nartifact_path = \"{path}\"\n\
             profile_root_dir = \"{root}\"\ncontent_hash = \"{}\"\n",
            "0".repeat(64)
        );
        tree!(at => { ".claude/.skillmeat-deployed.toml": record.clone(), ".skillmeat-deployed.toml": record });
        let before = DiskSnapshot::of(&sandbox.path().join("projects"));
        assert!(sandbox.engine().undeploy(&everything(&project)).unwrap().results.is_empty(), "{path}");
        let report = sandbox.engine().status(std::slice::from_ref(&project)).unwrap();
        assert_eq!(report.problems[0].code, Code::RecordInvalid);
        before.assert_same(&DiskSnapshot::of(&sandbox.path().join("projects")));
    }
}

/// 16, 17: an unknown profile became a folder of its name, `.git` for one, and a sub-folder could be `.git/hooks`,
/// `src` or the project. Unknown profiles are refused, and a sub-folder lies below the kind's folder.
#[test]
fn n16_n17_copies_went_into_git_and_into_the_sources() {
    let sandbox = Sandbox::new();
    let (at, project) = (sandbox.project("api"), sandbox.project_text("api"));
    tree!(at => { ".git/hooks/pre-commit": "mine", "src/code-review/x": "mine" });
    let before = DiskSnapshot::of(&at);
    let engine = sandbox.engine();
    for id in ["git", ".git", "", "../x"] {
        let error = engine.deploy(&profiles(&[id], &["code-review"], &project)).unwrap_err();
        assert_eq!(error.code(), Code::ProfileNotFound, "{id}");
    }
    for dest in [".git/hooks", "../../src", ".", "~/x/..", " ", "\\\\srv\\x", "a\nb", "C:x"] {
        let request = DeployRequest {
            dest: Some(dest.to_owned()),
            on_conflict: OnConflict::Overwrite,
            ..deploy_request(&["code-review"], &project)
        };
        assert!(engine.deploy(&request).is_err(), "{dest}");
    }
    before.assert_same(&DiskSnapshot::of(&at));
    let src = DeployRequest { dest: Some("src".to_owned()), ..deploy_request(&["code-review"], &project) };
    let path = only(&engine.deploy(&src).unwrap()).path.clone().unwrap();
    assert_eq!(path.as_str(), ".claude/skills/src/code-review");
}

/// 18: links in an artifact were followed, so that what they led to was copied into the project. A link that leaves
/// the artifact is refused, and one inside stays a link.
#[test]
fn n18_what_a_link_led_to_was_copied() {
    let sandbox = Sandbox::new();
    let (at, project) = (sandbox.project("api"), sandbox.project_text("api"));
    tree!(sandbox.person() => { ".ssh/id_rsa": "secret" });
    let skills = sandbox.collection().join("skills");
    link(sandbox.person().join(".ssh").to_str().unwrap()).put(&skills.join("code-review/references/keys"));
    link("../references/guide.md").put(&skills.join("release-notes/scripts/guide"));
    let receipt = deploy(&sandbox.engine(), &["code-review", "release-notes"], &project);
    assert_eq!((receipt.totals.failed, receipt.totals.succeeded), (1, 1), "{receipt:?}");
    assert!(at.join(".claude/skills/release-notes/scripts/guide").is_symlink());
    assert!(!at.join(".claude/skills/code-review").exists());
}

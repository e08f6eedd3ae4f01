//! SkillMeat, 21 to 36: answers that were wrong.

use super::{everything, listed, profiles};
use crate::call::{assert_done, assert_failed, deploy, deploy_request, status, undeploy};
use skillmeat_engine::error::Code;
use skillmeat_engine::feed::Origin;
use skillmeat_engine::plan::{Action, DeployRequest, UndeployRequest};
use skillmeat_engine::status::Status;
use skillmeat_tests::{Sandbox, tree};

const MANIFEST: &str = ".claude/.skillmeat-deployed.toml";

/// 21, 23: a copy that was gone was `synced`, one that the collection had left behind was never `outdated`, and the
/// question whether one was edited always failed. Each has a state of its own.
#[test]
fn n21_n23_missing_outdated_and_modified_copies_were_not_told_apart() {
    let sandbox = Sandbox::new();
    let (at, project) = (sandbox.project("api"), sandbox.project_text("api"));
    let engine = sandbox.engine();
    deploy(&engine, &["code-review", "release-notes", "changelog", "prd-writer"], &project);
    std::fs::remove_dir_all(at.join(".claude/skills/code-review")).unwrap();
    tree!(sandbox.collection() => { "skills/release-notes/SKILL.md": "newer" });
    tree!(at => { ".claude/commands/changelog.md": "edited" });
    let told: Vec<_> = status(&engine, &project)
        .into_iter()
        .map(|row| (row.artifact_id, row.status, row.local_modifications))
        .collect();
    let want = [
        ("agent:pm/prd-writer", Status::Synced, false),
        ("command:changelog", Status::Modified, true),
        ("skill:code-review", Status::Missing, false),
        ("skill:release-notes", Status::Outdated, false),
    ];
    assert_eq!(told, want.map(|(id, status, edited)| (id.to_owned(), status, edited)));
}

/// 24: a record without `collection_sha` was always “modified”. One of the two hashes is enough.
#[test]
fn n24_a_record_without_the_older_hash_was_always_modified() {
    for missing in ["collection_sha", "content_hash"] {
        let sandbox = Sandbox::new();
        let (at, project) = (sandbox.project("api"), sandbox.project_text("api"));
        let engine = sandbox.engine();
        deploy(&engine, &["code-review"], &project);
        let text = std::fs::read_to_string(at.join(MANIFEST)).unwrap();
        let rest: Vec<_> = text.lines().filter(|line| !line.starts_with(missing)).collect();
        assert!(rest.len() < text.lines().count());
        std::fs::write(at.join(MANIFEST), rest.join("\n")).unwrap();
        assert_eq!(status(&engine, &project)[0].status, Status::Synced, "{missing}");
        assert_done(&undeploy(&engine, &["code-review"], &project), Action::Removed);
    }
}

/// 25: the hash counted files that the copy left out, so that a cache file made every copy look changed. Both sides
/// leave out the same.
#[test]
fn n25_files_that_are_not_copied_made_copies_look_changed() {
    let sandbox = Sandbox::new();
    let (at, project) = (sandbox.project("api"), sandbox.project_text("api"));
    let engine = sandbox.engine();
    tree!(sandbox.collection() => { "skills/code-review/scripts/__pycache__/x.pyc": "1", "skills/code-review/.DS_Store": "1" });
    deploy(&engine, &["code-review"], &project);
    assert_eq!(status(&engine, &project)[0].status, Status::Synced);
    tree!(at => { ".claude/skills/code-review/scripts/__pycache__/x.pyc": "2" });
    tree!(sandbox.collection() => { "skills/code-review/.DS_Store": "2" });
    assert_eq!(status(&engine, &project)[0].status, Status::Synced);
}

/// 25: the hash has no framing, so that `a` with `bc` equals `ab` with `c`. Manifests hold that hash; what decides
/// whether a copy goes away looks at names as well.
#[test]
fn n25_another_tree_of_the_same_hash_was_taken_for_the_copy() {
    let sandbox = Sandbox::new();
    let (at, project) = (sandbox.project("api"), sandbox.project_text("api"));
    tree!(sandbox.collection() => { "skills/odd/SKILL.md": "x", "skills/odd/a": "bc" });
    let engine = sandbox.engine();
    deploy(&engine, &["skill:odd"], &project);
    let copy = at.join(".claude/skills/odd");
    std::fs::remove_file(copy.join("a")).unwrap();
    tree!(copy => { "ab": "c" });
    undeploy(&engine, &["skill:odd"], &project);
    let everywhere = walkdir::WalkDir::new(sandbox.path()).into_iter().flatten();
    let kept = everywhere.filter(|entry| entry.file_name() == "ab").count();
    assert_eq!(kept, 1, "what nobody deployed is in the project or in the trash");
}

/// 27: on a fresh machine the list of deployments stayed empty. It is filled from the first deploy on.
#[test]
fn n27_a_fresh_cache_stayed_empty() {
    let sandbox = Sandbox::new();
    let engine = sandbox.engine();
    engine.resync(Origin::Startup).unwrap();
    deploy(&engine, &["code-review"], &sandbox.project_text("api"));
    assert_eq!(listed(&engine), ["skill:code-review in claude_code"]);
}

/// 28: two writers lost each other's rows, a record without a profile was another one's, and a path that was written
/// differently was another project.
#[test]
fn n28_rows_were_lost_or_doubled() {
    let sandbox = Sandbox::new();
    let (at, project) = (sandbox.project("api"), sandbox.project_text("api"));
    let (one, other) = (sandbox.engine(), sandbox.engine());
    one.resync(Origin::Startup).unwrap();
    deploy(&one, &["code-review"], &project);
    deploy(&other, &["release-notes"], &format!("{project}/"));
    deploy(&one, &["changelog"], &format!("{project}/../api/."));
    let want = ["command:changelog", "skill:code-review", "skill:release-notes"]
        .map(|id| format!("{id} in claude_code"));
    for engine in [&one, &other] {
        assert_eq!(listed(engine), want);
        assert_eq!(engine.projects().unwrap().len(), 1);
    }
    let text = std::fs::read_to_string(at.join(MANIFEST)).unwrap();
    let lines =
        |line: &&str| !line.starts_with("deployment_profile_id") && !line.starts_with("profile_root_dir");
    std::fs::write(at.join(MANIFEST), text.lines().filter(lines).collect::<Vec<_>>().join("\n")).unwrap();
    one.resync(Origin::Resync).unwrap();
    assert_eq!(listed(&one), want);
}

/// 30: undeploying one profile's copy removed the rows of all.
#[test]
fn n30_undeploying_from_one_profile_forgot_the_others() {
    let sandbox = Sandbox::new();
    let project = sandbox.project_text("api");
    let engine = sandbox.engine();
    engine.resync(Origin::Startup).unwrap();
    engine.deploy(&profiles(&["claude_code", "codex"], &["code-review"], &project)).unwrap();
    let codex = UndeployRequest { profiles: vec!["codex".to_owned()], ..everything(&project) };
    assert_done(&engine.undeploy(&codex).unwrap(), Action::Removed);
    assert_eq!(listed(&engine), ["skill:code-review in claude_code"]);
}

/// 32: a path with letters outside of Latin-1, or one that a request had to quote, failed.
#[test]
fn n32_a_project_of_another_script_failed() {
    let sandbox = Sandbox::new();
    for name in ["проект", "プロジェクト", "a b/c+d=e", "%2F", "quote\"s"] {
        let project = sandbox.project_text(name);
        assert_done(&deploy(&sandbox.engine(), &["code-review"], &project), Action::Created);
        assert_eq!(status(&sandbox.engine(), &project)[0].project_path.as_str(), project);
    }
}

/// 34: what kinds a profile supports was not looked at. It is, and the others of the request go on.
#[test]
fn n34_artifacts_were_deployed_where_nothing_reads_them() {
    let sandbox = Sandbox::new();
    let project = sandbox.project_text("api");
    let request = profiles(&["codex"], &["command:changelog"], &project);
    assert_failed(&sandbox.engine().deploy(&request).unwrap(), Code::UnsupportedKind);
    let all = DeployRequest { all: true, ..profiles(&["codex"], &[], &project) };
    assert_eq!(sandbox.engine().deploy(&all).unwrap().totals.succeeded, 2, "the two skills");
}

/// 36: a question on the server's standard input stopped everything. Nothing ever asks; a conflict is an answer.
#[test]
fn n36_a_conflict_asked_on_standard_input() {
    let sandbox = Sandbox::new();
    let project = sandbox.project_text("api");
    tree!(sandbox.project("api") => { ".claude/commands/changelog.md": "mine" });
    let ran = sandbox.skm(["--json", "deploy", "changelog", "--project", &project]);
    assert_eq!(
        (ran.code, ran.json()["data"]["results"][0]["problem"]["code"].as_str()),
        (3, Some("unmanaged-target"))
    );
    let request = deploy_request(&["changelog"], &project);
    assert_failed(&sandbox.engine().deploy(&request).unwrap(), Code::UnmanagedTarget);
}

//! Whether git sees what is deployed, and what lies in a project without a record. Git itself says what it sees.

use crate::call::{assert_done, deploy, undeploy};
use skillmeat_engine::engine::GitChoice;
use skillmeat_engine::error::{Code, Severity};
use skillmeat_engine::plan::Action;
use skillmeat_tests::{DiskSnapshot, Sandbox, link, tree};
use std::path::{Path, PathBuf};
use std::process::Command;

const ALL: GitChoice = GitChoice { hide_files: true, hide_records: true };
const FILES: GitChoice = GitChoice { hide_files: true, hide_records: false };
const NOTHING: GitChoice = GitChoice { hide_files: false, hide_records: false };

fn git(folder: &Path, arguments: &[&str]) -> String {
    let output = Command::new("git")
        .args(["-c", "user.name=a", "-c", "user.email=a@b", "-c", "protocol.file.allow=always"])
        .args(arguments)
        .current_dir(folder)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .output()
        .unwrap();
    assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Files that git would add.
fn untracked(folder: &Path) -> Vec<String> {
    let listed = git(folder, &["ls-files", "--others", "--exclude-standard"]);
    listed.lines().map(str::to_owned).collect()
}

fn repository(sandbox: &Sandbox, name: &str) -> PathBuf {
    let folder = sandbox.project(name);
    git(&folder, &["init", "-q"]);
    std::fs::write(folder.join(".git/info/exclude"), b"# mine\n*.log\nno end \xff").unwrap();
    folder
}

fn exclude(folder: &Path) -> Vec<u8> {
    std::fs::read(folder.join(".git/info/exclude")).unwrap()
}

#[test]
fn git_sees_what_was_chosen_and_the_rest_of_the_file_stays() {
    let sandbox = Sandbox::new();
    let folder = repository(&sandbox, "api");
    let (engine, api) = (sandbox.engine(), sandbox.project_text("api"));
    let mine = exclude(&folder);
    assert_done(&deploy(&engine, &["code-review"], &api), Action::Created);
    tree!(folder => { ".claude/skills/own/SKILL.md": "mine" });
    let own = vec![".claude/skills/own/SKILL.md".to_owned()];
    let seen = engine.git_visibility(&api).unwrap().unwrap();
    assert_eq!((seen.hides_files, seen.hides_records, seen.shared), (false, false, false));
    assert!(untracked(&folder).len() > 3);

    let seen = engine.set_git_visibility(&api, &ALL).unwrap();
    assert_eq!((seen.hides_files, seen.hides_records), (true, true));
    assert_eq!(untracked(&folder), own, "what is not ours is still seen");
    assert!(exclude(&folder).ends_with(&mine));

    // What is deployed and undeployed later follows the choice.
    assert_done(&deploy(&engine, &["changelog"], &api), Action::Created);
    assert_eq!(untracked(&folder), own);
    assert_done(&undeploy(&engine, &["changelog"], &api), Action::Removed);
    assert!(!String::from_utf8_lossy(&exclude(&folder)).contains("changelog"));

    engine.set_git_visibility(&api, &FILES).unwrap();
    assert!(untracked(&folder).contains(&".claude/.skillmeat-deployed.toml".to_owned()));
    engine.set_git_visibility(&api, &NOTHING).unwrap();
    assert_eq!(exclude(&folder), mine);
    assert!(!engine.git_visibility(&api).unwrap().unwrap().hides_files);
}

#[test]
fn a_project_below_the_top_a_worktree_and_a_submodule_are_told_apart() {
    let sandbox = Sandbox::new();
    let top = repository(&sandbox, "mono");
    std::fs::write(top.join("a"), "a").unwrap();
    git(&top, &["add", "a"]);
    git(&top, &["commit", "-qm", "a"]);
    git(&top, &["worktree", "add", "-q", "../tree"]);
    git(&top, &["clone", "-q", ".", "../library"]);
    git(&top, &["submodule", "--quiet", "add", "../library", "sub"]);
    std::fs::create_dir_all(top.join("apps/my web")).unwrap();
    let engine = sandbox.engine();
    let projects = sandbox.path().join("projects");
    for (name, shared) in [("mono/apps/my web", false), ("tree", true), ("mono/sub", false)] {
        let folder = projects.join(name);
        let path = folder.to_str().unwrap();
        assert_done(&deploy(&engine, &["code-review"], path), Action::Created);
        assert_eq!(engine.set_git_visibility(path, &ALL).unwrap().shared, shared, "{name}");
        assert_eq!(untracked(&folder), Vec::<String>::new(), "{name}");
    }
    for name in ["mono/apps/my web", "tree", "mono/sub"] {
        engine.set_git_visibility(projects.join(name).to_str().unwrap(), &NOTHING).unwrap();
    }
    assert_eq!(exclude(&top), b"# mine\n*.log\nno end \xff");
}

#[test]
fn what_is_no_repository_or_is_damaged_is_refused_and_left_alone() {
    let sandbox = Sandbox::new();
    let (engine, plain) = (sandbox.engine(), sandbox.project_text("plain"));
    assert_eq!(engine.git_visibility(&plain).unwrap(), None);
    assert_eq!(engine.set_git_visibility(&plain, &ALL).unwrap_err().code(), Code::InvalidRequest);

    // A file that names something that is no git folder, and a worktree's that does not point back.
    let outside = sandbox.path().join("outside");
    tree!(outside => {
        "private/x": "x",
        "tree/commondir": "../main\n", "tree/gitdir": "/somewhere/else/.git\n",
        "main/HEAD": "ref: x\n", "main/objects/x": "", "main/refs/x": "",
    });
    let before = DiskSnapshot::of(&outside);
    for target in ["private", "tree"] {
        let text = format!("gitdir: {}\n", outside.join(target).display());
        std::fs::write(sandbox.project("plain").join(".git"), text).unwrap();
        assert_eq!(engine.set_git_visibility(&plain, &ALL).unwrap_err().code(), Code::InvalidRequest);
    }
    before.assert_same(&DiskSnapshot::of(&outside));

    let folder = repository(&sandbox, "api");
    let api = sandbox.project_text("api");
    assert_done(&deploy(&engine, &["code-review"], &api), Action::Created);
    engine.set_git_visibility(&api, &ALL).unwrap();
    let damaged = String::from_utf8_lossy(&exclude(&folder)).replace("# skillmeat end /\n", "").into_bytes();
    std::fs::write(folder.join(".git/info/exclude"), &damaged).unwrap();
    assert_eq!(engine.set_git_visibility(&api, &NOTHING).unwrap_err().code(), Code::ConfigInvalid);
    // The deploy itself is done; that git does not follow is a notice.
    let receipt = deploy(&engine, &["changelog"], &api);
    assert_done(&receipt, Action::Created);
    let notices: Vec<_> = receipt.notices.iter().map(|one| (one.code, one.severity)).collect();
    assert_eq!(notices, [(Code::ConfigInvalid, Severity::Notice)]);
    assert_eq!(exclude(&folder), damaged);

    std::fs::remove_file(folder.join(".git/info/exclude")).unwrap();
    tree!(folder => { ".git/info/exclude": link("../../kept"), "kept": "kept" });
    assert_eq!(engine.set_git_visibility(&api, &ALL).unwrap_err().code(), Code::ConfigInvalid);
    assert_eq!(std::fs::read_to_string(folder.join("kept")).unwrap(), "kept");
}

#[test]
fn what_lies_in_profiles_without_a_record_is_listed_by_name() {
    let sandbox = Sandbox::new();
    let (engine, api) = (sandbox.engine(), sandbox.project_text("api"));
    assert_done(&deploy(&engine, &["code-review"], &api), Action::Created);
    tree!(sandbox.project("api") => {
        ".claude/commands/changelog.md": "other content",
        ".claude/commands/git/commit.md": "x",
        ".claude/commands/README.md": "no command",
        ".claude/agents/.hidden.md": "no agent",
        ".claude/skills/mine/SKILL.md": "x",
        ".claude/skills/broken/notes.md": "no skill",
        ".agents/skills/shared/SKILL.md": "x",
        ".claude/skills/link": link("mine"),
        "skills/elsewhere/SKILL.md": "not in a profile",
    });
    let before = DiskSnapshot::of(&sandbox.project("api"));
    let detail = engine.project_detail(&api).unwrap();
    let found: Vec<_> = detail
        .unmanaged
        .iter()
        .map(|one| (one.artifact_id.as_str(), one.profile_root_dir.as_str(), one.collection.as_deref()))
        .collect();
    assert_eq!(
        found,
        [
            ("skill:shared", ".agents", None),
            ("command:changelog", ".claude", Some("default")),
            ("command:git/commit", ".claude", None),
            ("skill:mine", ".claude", None),
        ]
    );
    assert_eq!((detail.git, detail.problems.len()), (None, 0));
    before.assert_same(&DiskSnapshot::of(&sandbox.project("api")));
    let gone = engine.project_detail("/no/such").unwrap_err();
    assert_eq!(gone.code(), Code::ProjectNotFound);
}

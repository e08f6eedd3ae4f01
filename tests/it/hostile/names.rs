//! Names that another system takes for one, or cannot hold: refused in the plan, before anything is written.

use crate::call::{assert_done, assert_failed, deploy, deploy_request, only, undeploy};
use skillmeat_engine::Engine;
use skillmeat_engine::error::{Code, Problem};
use skillmeat_engine::plan::{Action, DeployRequest};
use skillmeat_tests::{DiskSnapshot, Sandbox, command, folder, link, skill, tree};
use std::path::Path;

/// What the plan says of the last artifact of a request.
fn planned(engine: &Engine, request: &DeployRequest) -> Option<Problem> {
    let mut plan = engine.plan_deploy(request).unwrap();
    plan.items.pop().unwrap().problem
}

#[track_caller]
fn assert_clash(problem: Option<Problem>, first: &str, second: &str) {
    let problem = problem.expect("a clash");
    assert_eq!((problem.code, problem.subject.as_deref()), (Code::NameClash, Some(second)), "{problem:?}");
    assert!(problem.message.contains(&format!("“{first}”")), "{}", problem.message);
}

#[test]
fn two_targets_of_one_request() {
    let sandbox = Sandbox::new();
    let project = sandbox.project_text("api");
    let other = sandbox.home().join("collections/other");
    let skills = ("skill", skill as fn(&Path, &str), ".claude/skills", "");
    let commands = ("command", command as fn(&Path, &str), ".claude/commands", ".md");
    for (one, two, (kind, make, folder, ending)) in [
        ("Code-Review", "code-review", skills),
        ("\u{fc}ben", "u\u{308}ben", skills),
        ("Team/a", "team/b", commands),
    ] {
        make(&other, one);
        make(&other, two);
        let ids = [format!("{kind}:{one}"), format!("{kind}:{two}")];
        let in_other = |id: &String| crate::call::artifact_in(id, "other");
        let artifacts = ids.iter().map(in_other).collect();
        let request = DeployRequest { artifacts, ..deploy_request(&[], &project) };
        let first = if one.contains('/') { "Team" } else { one };
        let (first, second) = (format!("{folder}/{first}"), format!("{folder}/{two}{ending}"));
        assert_clash(planned(&sandbox.engine(), &request), &first, &second);
        let receipt = sandbox.engine().deploy(&request).unwrap();
        assert_eq!((receipt.totals.succeeded, receipt.totals.failed), (1, 1), "{receipt:?}");
        assert_done(&undeploy(&sandbox.engine(), &[&ids[0]], &project), Action::Removed);
    }
    assert!(
        DiskSnapshot::of(&sandbox.project("api"))
            .without(".claude/..skillmeat-deployed.toml.skillmeat-lock")
            .paths()
            == [".claude"]
    );
}

#[test]
fn a_name_on_disk_in_any_folder_on_the_way() {
    for there in [".Claude", ".claude/Commands", ".claude/commands/TEAM", ".claude/commands/team/Deep.md"] {
        let sandbox = Sandbox::new();
        let (at, project) = (sandbox.project("api"), sandbox.project_text("api"));
        command(&sandbox.collection(), "team/deep");
        folder().put(&at.join(there));
        let before = DiskSnapshot::of(&at);
        let request = deploy_request(&["team/deep"], &project);
        assert_clash(planned(&sandbox.engine(), &request), there, ".claude/commands/team/deep.md");
        assert_failed(&sandbox.engine().deploy(&request).unwrap(), Code::NameClash);
        before.assert_same(&DiskSnapshot::of(&at));
    }
}

#[test]
fn a_name_on_disk_that_is_composed_differently() {
    let sandbox = Sandbox::new();
    let (at, project) = (sandbox.project("api"), sandbox.project_text("api"));
    command(&sandbox.collection(), "pr\u{fc}fen");
    tree!(at.join(".claude/commands") => { "pru\u{308}fen.md": "theirs" });
    let problem = planned(&sandbox.engine(), &deploy_request(&["command:pr\u{fc}fen"], &project));
    assert_clash(problem, ".claude/commands/pru\u{308}fen.md", ".claude/commands/pr\u{fc}fen.md");
}

#[test]
fn a_name_that_a_record_has() {
    let sandbox = Sandbox::new();
    let (at, project) = (sandbox.project("api"), sandbox.project_text("api"));
    skill(&sandbox.home().join("collections/other"), "Code-Review");
    let engine = sandbox.engine();
    deploy(&engine, &["skill:Code-Review"], &project);
    std::fs::remove_dir_all(at.join(".claude/skills")).unwrap();
    let problem = planned(&engine, &deploy_request(&["skill:code-review"], &project));
    assert_clash(problem, ".claude/skills/Code-Review", ".claude/skills/code-review");
}

#[test]
fn names_that_clash_already_do_not_stop_an_update() {
    let sandbox = Sandbox::new();
    let (at, project) = (sandbox.project("api"), sandbox.project_text("api"));
    let engine = sandbox.engine();
    deploy(&engine, &["code-review"], &project);
    folder().put(&at.join(".claude/skills/CODE-REVIEW"));
    tree!(sandbox.collection() => { "skills/code-review/SKILL.md": "newer" });
    assert_done(&deploy(&engine, &["code-review"], &project), Action::Updated);
}

#[test]
fn names_inside_an_artifact() {
    let sandbox = Sandbox::new();
    let (at, project) = (sandbox.project("api"), sandbox.project_text("api"));
    for (number, (file, code)) in [
        ("Guide.md guide.md", Code::NameClash),
        ("a/x A/y", Code::NameClash),
        ("\u{e9}.md e\u{301}.md", Code::NameClash),
        ("nul.txt", Code::InvalidName),
        ("sub/com7", Code::InvalidName),
        ("ends-in-dot.", Code::InvalidName),
        ("ends in space ", Code::InvalidName),
        ("why?.md", Code::InvalidName),
    ]
    .into_iter()
    .enumerate()
    {
        let name = format!("odd-{number}");
        skill(&sandbox.collection(), &name);
        let files = if code == Code::NameClash { file.split(' ').collect() } else { vec![file] };
        for file in &files {
            skillmeat_tests::Node::from("x").put(&sandbox.collection().join("skills").join(&name).join(file));
        }
        let problem = planned(&sandbox.engine(), &deploy_request(&[&name], &project)).expect("refused");
        let subject = problem.subject.unwrap_or_default();
        let named =
            files.iter().any(|file| subject.ends_with(&format!("/{name}/{file}")) || subject.ends_with("/a"));
        assert_eq!((problem.code, named), (code, true), "{file:?}: {subject}");
    }
    assert!(DiskSnapshot::of(&at).paths().is_empty());
}

#[test]
fn an_artifact_of_a_name_that_some_system_cannot_hold_is_told_and_not_listed() {
    let sandbox = Sandbox::new();
    for name in ["con", "x.", "a?b", &"n".repeat(201)] {
        skill(&sandbox.collection(), name);
    }
    let engine = sandbox.engine();
    engine.resync(skillmeat_engine::feed::Origin::Resync).unwrap();
    let snapshot = engine.library_snapshot().unwrap();
    let told = snapshot.collections[0].problems.iter().filter(|problem| problem.code == Code::InvalidName);
    assert_eq!((told.count(), snapshot.artifacts.len()), (4, 4), "{:?}", snapshot.collections[0].problems);
}

#[test]
fn one_folder_under_two_names_gets_one_copy_and_two_records() {
    for (at, to) in [(".cursor", ".claude"), (".cursor/skills", "../.claude/skills")] {
        let sandbox = Sandbox::new();
        let (root, project) = (sandbox.project("api"), sandbox.project_text("api"));
        folder().put(&root.join(".claude/skills"));
        link(to).put(&root.join(at));
        let profiles = vec!["claude_code".to_owned(), "cursor".to_owned()];
        let both = DeployRequest { profiles, ..deploy_request(&["code-review"], &project) };
        for actions in [[Action::Created, Action::Adopted], [Action::Unchanged, Action::Unchanged]] {
            let receipt = sandbox.engine().deploy(&both).unwrap();
            let told: Vec<_> = receipt.results.iter().map(|result| result.action).collect();
            assert_eq!((told, receipt.totals.failed), (actions.to_vec(), 0), "{at}: {receipt:?}");
        }
        tree!(sandbox.collection() => { "skills/code-review/SKILL.md": "newer" });
        let updated = sandbox.engine().deploy(&both).unwrap();
        assert_eq!(updated.results[1].action, Action::Adopted, "{at}: {updated:?}");
        assert_eq!(crate::call::status(&sandbox.engine(), &project).len(), 2, "{at}");
        let gone = undeploy(&sandbox.engine(), &["code-review"], &project);
        assert_done(&gone, Action::Removed);
        assert!(!root.join(".claude/skills/code-review").exists() && root.join(at).is_symlink());
    }
}

#[test]
fn two_artifacts_for_one_place_are_told_with_their_collections() {
    let sandbox = Sandbox::new();
    let project = sandbox.project_text("api");
    skill(&sandbox.home().join("collections/other"), "code-review");
    let artifacts =
        ["default", "other"].map(|name| crate::call::artifact_in("skill:code-review", name)).to_vec();
    let request = DeployRequest { artifacts, ..deploy_request(&[], &project) };
    let problem = planned(&sandbox.engine(), &request).unwrap();
    assert_eq!(problem.code, Code::NameClash);
    assert!(
        problem.message.contains("in default") && problem.message.contains("in other"),
        "{}",
        problem.message
    );
    assert_eq!(only(&deploy(&sandbox.engine(), &["release-notes"], &project)).action, Action::Created);
}

//! Data losses in comparable products.

use crate::call::{assert_done, assert_failed, deploy, deploy_request, deploy_with, only, status, undeploy};
use skillmeat_engine::Engine;
use skillmeat_engine::engine::Options;
use skillmeat_engine::error::Code;
use skillmeat_engine::plan::{Action, DeployRequest, OnConflict, UndeployRequest};
use skillmeat_engine::status::Status;
use skillmeat_tests::{DiskSnapshot, Sandbox, exec, folder, link, skill, tree};

const LOCK: &str = ".claude/..skillmeat-deployed.toml.skillmeat-lock";

fn everything(project: &str) -> UndeployRequest {
    UndeployRequest { all: true, ..crate::call::undeploy_request(&[], project) }
}

/// farion1231/cc-switch#2762: a copy fell back to an empty source and replaced 34 folders with nothing.
/// A source that is empty, or has no main file, is refused before the target is touched, whatever was chosen.
#[test]
fn empty_sources_replaced_good_copies() {
    for rest in ["", "notes.md"] {
        let sandbox = Sandbox::new();
        let (at, project) = (sandbox.project("api"), sandbox.project_text("api"));
        let engine = sandbox.engine();
        deploy(&engine, &["code-review"], &project);
        let before = DiskSnapshot::of(&at);
        let source = sandbox.collection().join("skills/code-review");
        std::fs::remove_dir_all(&source).unwrap();
        folder().put(&source);
        if !rest.is_empty() {
            tree!(source => { "notes.md": "no main file" });
        }
        assert_failed(
            &deploy_with(&engine, &["code-review"], &project, OnConflict::Overwrite),
            Code::SourceInvalid,
        );
        before.assert_same(&DiskSnapshot::of(&at));
    }
}

/// qufei1993/skills-hub#123, iamzhihuix/skills-manage#7: with the store in an agent's own folder, removing a copy
/// removed the source. Such a home is refused, and so is an agent's folder that leads into the collection.
#[test]
fn a_store_inside_an_agents_folder_was_deleted_with_the_copies() {
    let sandbox = Sandbox::empty();
    let (at, project) = (sandbox.project("api"), sandbox.project_text("api"));
    let home = at.join(".agents");
    skill(&home.join("collections/default"), "code-review");
    let before = DiskSnapshot::of(&home.join("collections"));
    let engine = Engine::open(Options { home: home.clone(), ..sandbox.options() }).unwrap();
    assert_eq!(engine.add_project(&project).unwrap_err().code(), Code::ProjectInvalid);
    assert!(engine.deploy(&deploy_request(&["code-review"], &project)).is_err());
    assert!(engine.undeploy(&everything(&project)).is_err());
    before.assert_same(&DiskSnapshot::of(&home.join("collections")));

    let sandbox = Sandbox::new();
    let (at, project) = (sandbox.project("api"), sandbox.project_text("api"));
    link(sandbox.collection().to_str().unwrap()).put(&at.join(".agents"));
    let before = DiskSnapshot::of(&sandbox.collection());
    let codex =
        DeployRequest { profiles: vec!["codex".to_owned()], ..deploy_request(&["code-review"], &project) };
    assert_failed(&sandbox.engine().deploy(&codex).unwrap(), Code::PathEscapesRoot);
    let _ = sandbox.engine().undeploy(&UndeployRequest { discard_edits: true, ..everything(&project) });
    before.assert_same(&DiskSnapshot::of(&sandbox.collection()));
}

/// xingkongliang/skills-manager#363, #435, mattpocock/skills#389: a folder of the same name that nobody had deployed
/// was deleted, and the answer was “ok”. What no record names is a conflict on every path, and none removes it.
#[test]
fn a_folder_that_was_never_deployed_was_deleted() {
    let sandbox = Sandbox::new();
    let (at, project) = (sandbox.project("api"), sandbox.project_text("api"));
    tree!(at.join(".claude") => {
        "skills/code-review/SKILL.md": "mine",
        "skills/mine/SKILL.md": "mine",
        "commands/changelog.md": "mine",
    });
    let before = DiskSnapshot::of(&at);
    let engine = sandbox.engine();
    let receipt = deploy(&engine, &["code-review", "command:changelog"], &project);
    assert_eq!((receipt.totals.failed, receipt.totals.succeeded), (2, 0), "{receipt:?}");
    assert_eq!(receipt.results[0].problem.as_ref().unwrap().code, Code::UnmanagedTarget);
    let skipped = deploy_with(&engine, &["code-review"], &project, OnConflict::Skip);
    assert_eq!((skipped.totals.skipped, skipped.totals.succeeded), (1, 0));
    assert_failed(&undeploy(&engine, &["mine"], &project), Code::DeploymentNotFound);
    let all = UndeployRequest { discard_edits: true, ..everything(&project) };
    assert!(engine.undeploy(&all).unwrap().results.is_empty());
    before.assert_same(&DiskSnapshot::of(&at).without(LOCK));
}

/// The same, with a record that somebody wrote over it: kept bytes are not ours until they equal what we deploy.
#[test]
fn a_record_made_a_foreign_folder_look_deployed() {
    let sandbox = Sandbox::new();
    let (at, project) = (sandbox.project("api"), sandbox.project_text("api"));
    tree!(at => { ".claude/commands/changelog.md": "mine" });
    let engine = sandbox.engine();
    assert_done(&deploy_with(&engine, &["changelog"], &project, OnConflict::Keep), Action::Kept);
    assert_failed(&undeploy(&engine, &["changelog"], &project), Code::LocalChanges);
    assert_eq!(std::fs::read_to_string(at.join(".claude/commands/changelog.md")).unwrap(), "mine");
}

/// xingkongliang/skills-manager#256, vercel-labs/skills#455 (and 469): an update lost files that a person had added
/// to a copy, and after the mending still those that were edited. Either is a conflict; going ahead keeps the old
/// copy whole in the trash.
#[test]
fn an_update_lost_local_files_and_edits() {
    for edit in ["templates/mine.md", "SKILL.md"] {
        let sandbox = Sandbox::new();
        let (at, project) = (sandbox.project("api"), sandbox.project_text("api"));
        let (engine, copy) = (sandbox.engine(), at.join(".claude/skills/code-review"));
        deploy(&engine, &["code-review"], &project);
        skillmeat_tests::Node::from("mine").put(&copy.join(edit));
        tree!(sandbox.collection() => { "skills/code-review/SKILL.md": "---\nname: newer\n---\n" });
        let before = DiskSnapshot::of(&copy);
        assert_failed(&deploy(&engine, &["code-review"], &project), Code::LocalChanges);
        before.assert_same(&DiskSnapshot::of(&copy));
        assert_done(
            &deploy_with(&engine, &["code-review"], &project, OnConflict::Overwrite),
            Action::Updated,
        );
        let trash = walkdir::WalkDir::new(sandbox.home().join("desktop/trash")).into_iter().flatten();
        let kept = trash.filter(|entry| entry.path().ends_with(edit)).count();
        assert_eq!(kept, 1, "{edit}");
    }
}

/// xingkongliang/skills-manager#228: a settings file that did not parse became an empty library. It is told, nothing
/// is written over it, and what does not need it works.
#[test]
fn a_corrupt_list_became_an_empty_one() {
    let sandbox = Sandbox::new();
    let project = sandbox.project_text("api");
    deploy(&sandbox.engine(), &["code-review"], &project);
    sandbox.engine().resync(skillmeat_engine::feed::Origin::Startup).unwrap();
    let list = sandbox.home().join("desktop/projects.toml");
    let broken = std::fs::read_to_string(&list).unwrap().replace("]]", "]");
    std::fs::write(&list, &broken).unwrap();
    let engine = sandbox.engine();
    engine.resync(skillmeat_engine::feed::Origin::Startup).unwrap();
    let snapshot = engine.library_snapshot().unwrap();
    assert_eq!((snapshot.projects.len(), snapshot.artifacts.len()), (1, 4), "what was known is still shown");
    assert!(snapshot.problems.iter().any(|problem| problem.code == Code::ConfigInvalid));
    assert!(engine.add_project(&sandbox.project_text("web")).is_err());
    assert_eq!(std::fs::read_to_string(&list).unwrap(), broken);
}

/// vercel-labs/skills#1771 (and 1775, 2073): “remove all” deleted the repository's own `skills`, because an agent's
/// folder was called the same. Only what a record names in a profile's folder is removed.
#[test]
fn remove_all_deleted_the_repositorys_own_skills() {
    let sandbox = Sandbox::new();
    let (at, project) = (sandbox.project("api"), sandbox.project_text("api"));
    let same = std::fs::read_to_string(sandbox.collection().join("skills/code-review/SKILL.md")).unwrap();
    tree!(at => { "skills/code-review/SKILL.md": same.clone(), ".claude/skills/other/SKILL.md": same });
    let before = DiskSnapshot::of(&at);
    let engine = sandbox.engine();
    deploy(&engine, &["code-review"], &project);
    let all = UndeployRequest { discard_edits: true, ..everything(&project) };
    assert_done(&engine.undeploy(&all).unwrap(), Action::Removed);
    before.assert_same(&DiskSnapshot::of(&at).without(LOCK));
}

/// vercel-labs/skills#287: removing from one agent deleted the source that the others linked to. Every agent has a
/// copy, and the source is never touched.
#[test]
fn removing_from_one_agent_removed_from_all() {
    let sandbox = Sandbox::new();
    let (at, project) = (sandbox.project("api"), sandbox.project_text("api"));
    let engine = sandbox.engine();
    let of = |profile: &str| vec![profile.to_owned()];
    for profile in ["claude_code", "codex"] {
        let request = DeployRequest { profiles: of(profile), ..deploy_request(&["code-review"], &project) };
        assert_done(&engine.deploy(&request).unwrap(), Action::Created);
    }
    let (source, other) = (DiskSnapshot::of(&sandbox.collection()), DiskSnapshot::of(&at.join(".agents")));
    let one = UndeployRequest { profiles: of("claude_code"), ..everything(&project) };
    assert_done(&engine.undeploy(&one).unwrap(), Action::Removed);
    other.assert_same(&DiskSnapshot::of(&at.join(".agents")));
    source.assert_same(&DiskSnapshot::of(&sandbox.collection()));
    assert_eq!(status(&engine, &project)[0].status, Status::Synced);
}

/// vercel-labs/skills#1802: two artifacts of one name, from two sources, overwrote each other. The second one finds
/// a copy that is not its own, and asks.
#[test]
fn two_sources_of_one_name_overwrote_each_other() {
    let sandbox = Sandbox::new();
    let (at, project) = (sandbox.project("api"), sandbox.project_text("api"));
    tree!(sandbox.home() => { "collections/other/skills/code-review/SKILL.md": "another one" });
    let engine = sandbox.engine();
    let from = |collection: &str, on_conflict| {
        let artifacts = vec![crate::call::artifact_in("skill:code-review", collection)];
        engine.deploy(&DeployRequest { artifacts, on_conflict, ..deploy_request(&[], &project) }).unwrap()
    };
    assert_done(&from("default", OnConflict::Stop), Action::Created);
    let before = DiskSnapshot::of(&at);
    assert_failed(&from("other", OnConflict::Stop), Code::UnmanagedTarget);
    before.assert_same(&DiskSnapshot::of(&at));
    assert_eq!(status(&engine, &project)[0].collection, "default");
    assert_done(&from("other", OnConflict::Overwrite), Action::Updated);
    assert_eq!(only(&from("other", OnConflict::Stop)).action, Action::Unchanged);
    assert_eq!(status(&engine, &project)[0].collection, "other");
}

/// anthropics/claude-code#95373: copies were moved away by another program, and nobody noticed. A copy that is gone
/// is `missing`, and deploying again puts it back.
#[test]
fn copies_that_another_program_moved_away_went_unnoticed() {
    let sandbox = Sandbox::new();
    let (at, project) = (sandbox.project("api"), sandbox.project_text("api"));
    let engine = sandbox.engine();
    deploy(&engine, &["code-review"], &project);
    std::fs::rename(at.join(".claude/skills"), at.join(".trash")).unwrap();
    assert_eq!(status(&engine, &project)[0].status, Status::Missing);
    assert_done(&deploy(&engine, &["code-review"], &project), Action::Created);
    assert_eq!(status(&engine, &project)[0].status, Status::Synced);
    assert!(at.join(".trash/code-review/SKILL.md").is_file());
}

/// vercel-labs/skills#543, #61, #734, #1517: an installer left out `__init__.py`, a README, `.env.example` and
/// folders beside the main file. Everything is copied byte for byte but the short list of `fs`.
#[test]
fn files_of_an_artifact_were_left_out() {
    let sandbox = Sandbox::new();
    let (at, project) = (sandbox.project("api"), sandbox.project_text("api"));
    let source = sandbox.collection().join("skills/whole");
    tree!(source => {
        "SKILL.md": "x", "README.md": "x", "LICENSE": "x", ".env.example": "KEY=\n", ".hidden/x": "x",
        "lib/__init__.py": "", "lib/run.py": exec("#!/usr/bin/env python3\n"), "empty": folder(),
        "latest": link("lib/run.py"), "metadata.json": "{}", "sibling/SKILL.md": "x",
    });
    assert_done(&deploy(&sandbox.engine(), &["skill:whole"], &project), Action::Created);
    DiskSnapshot::of(&source).assert_same(&DiskSnapshot::of(&at.join(".claude/skills/whole")));
}

/// rulesync#2940 and others: files that agents share were written anew. They stay as they are.
#[test]
fn shared_settings_of_an_agent_were_rewritten() {
    let sandbox = Sandbox::new();
    let (at, project) = (sandbox.project("api"), sandbox.project_text("api"));
    tree!(at => { ".claude/settings.json": "{ /* mine */ }", ".mcp.json": "{}", "CLAUDE.md": "mine", "AGENTS.md": "mine" });
    let before = DiskSnapshot::of(&at);
    let engine = sandbox.engine();
    let all = DeployRequest { all: true, all_profiles: true, ..deploy_request(&[], &project) };
    assert_eq!(engine.deploy(&all).unwrap().totals.failed, 0);
    assert_done(&engine.undeploy(&everything(&project)).unwrap(), Action::Removed);
    before.assert_same(&DiskSnapshot::of(&at).without(LOCK));
}

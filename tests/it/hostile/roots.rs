//! Which folders may be written in, and which may be a project or hold a collection.

use crate::call::{assert_done, assert_failed, deploy, deploy_request, status, undeploy};
use skillmeat_engine::Engine;
use skillmeat_engine::engine::Options;
use skillmeat_engine::error::Code;
use skillmeat_engine::plan::{Action, DeployRequest, UndeployRequest};
use skillmeat_tests::{DiskSnapshot, Sandbox, command, folder, link, skill, tree};
use std::path::Path;

/// A manifest that an honest deploy wrote, moved to where `root` of the project is.
fn manifest_at(sandbox: &Sandbox, root: &Path) {
    let like = sandbox.project("like");
    deploy(&sandbox.engine(), &["code-review"], like.to_str().unwrap());
    std::fs::create_dir_all(root).unwrap();
    for entry in ["skills", ".skillmeat-deployed.toml"] {
        std::fs::rename(like.join(".claude").join(entry), root.join(entry)).unwrap();
    }
}

fn everything(project: &str) -> UndeployRequest {
    UndeployRequest { all: true, discard_edits: true, ..crate::call::undeploy_request(&[], project) }
}

#[test]
fn a_folder_of_version_control_is_never_a_profile() {
    for name in [".git", ".hg", ".svn", ".jj", ".GIT"] {
        let sandbox = Sandbox::new();
        let (at, project) = (sandbox.project("api"), sandbox.project_text("api"));
        manifest_at(&sandbox, &at.join(name));
        let text = std::fs::read_to_string(at.join(name).join(".skillmeat-deployed.toml")).unwrap();
        let text = text.replace("profile_root_dir = \".claude\"", &format!("profile_root_dir = \"{name}\""));
        tree!(at.join(name) => { ".skillmeat-deployed.toml": text, "config": "[core]\n" });
        let before = DiskSnapshot::of(&at);
        assert!(status(&sandbox.engine(), &project).is_empty(), "{name}");
        assert!(sandbox.engine().undeploy(&everything(&project)).unwrap().results.is_empty(), "{name}");
        before.assert_same(&DiskSnapshot::of(&at));
    }
    let other = Sandbox::new();
    let (at, project) = (other.project("api"), other.project_text("api"));
    manifest_at(&other, &at.join(".custom"));
    let text = std::fs::read_to_string(at.join(".custom/.skillmeat-deployed.toml")).unwrap();
    tree!(at => { ".custom/.skillmeat-deployed.toml": text.replace("\".claude\"", "\".custom\"") });
    assert_eq!(status(&other.engine(), &project).len(), 1, "any other hidden folder with a manifest is one");
}

#[test]
fn links_to_where_nobody_may_write() {
    for (at, to) in [
        (".claude", ".git"),
        (".claude", "."),
        (".claude", ".."),
        (".claude", "../../outside"),
        (".claude/commands", "../.git/hooks"),
        (".claude/commands", ".."),
        (".claude/commands", "../.."),
        (".claude/commands", "../../../outside"),
        (".claude/commands/team", "../../../../outside"),
        (".claude/commands/team", "../../.git"),
        (".claude/commands/team", "../.."),
    ] {
        let sandbox = Sandbox::new();
        let (root, project) = (sandbox.project("api"), sandbox.project_text("api"));
        command(&sandbox.collection(), "team/review");
        tree!(sandbox.path() => { "outside/review.md": "not yours", "outside/hooks/x": "not yours" });
        tree!(root => { ".git/hooks/pre-commit": "#!/bin/sh\n", ".git/HEAD": "ref: refs/heads/main\n", "src/x": "x" });
        link(to).put(&root.join(at));
        let (before, outside) = (DiskSnapshot::of(&root), DiskSnapshot::of(&sandbox.path().join("outside")));
        let engine = sandbox.engine();
        let refused = deploy(&engine, &["team/review"], &project);
        assert_failed(&refused, Code::PathEscapesRoot);
        let problem = refused.results[0].problem.as_ref().unwrap();
        assert!(problem.subject.is_some(), "{at} → {to}: {problem:?}");
        let _ = engine.undeploy(&everything(&project));
        before.assert_same(&DiskSnapshot::of(&root));
        outside.assert_same(&DiskSnapshot::of(&sandbox.path().join("outside")));
        assert_done(&deploy(&engine, &["team/review"], &sandbox.project_text("web")), Action::Created);
    }
}

#[test]
fn a_record_is_not_acted_on_through_such_a_link_either() {
    for to in ["../../../outside", "../.git", "..", "../../.."] {
        let sandbox = Sandbox::new();
        let (root, project) = (sandbox.project("api"), sandbox.project_text("api"));
        manifest_at(&sandbox, &root.join(".claude"));
        // What the record names lies wherever the link leads, with exactly the recorded content.
        let skills = root.join(".claude/skills");
        for place in
            [sandbox.path().join("outside"), root.join(".git"), root.clone(), sandbox.path().to_owned()]
        {
            skill(&place, "../code-review");
        }
        std::fs::remove_dir_all(&skills).unwrap();
        link(to).put(&skills);
        assert!(skills.join("code-review/SKILL.md").is_file(), "{to}");
        let (before, inside) = (DiskSnapshot::of(sandbox.path()).without("person"), DiskSnapshot::of(&root));
        let engine = sandbox.engine();
        assert_failed(&undeploy(&engine, &["code-review"], &project), Code::PathEscapesRoot);
        assert_failed(&engine.undeploy(&everything(&project)).unwrap(), Code::PathEscapesRoot);
        inside.assert_same(&DiskSnapshot::of(&root));
        before.assert_same(&DiskSnapshot::of(sandbox.path()).without("person"));
    }
}

#[test]
fn links_that_stay_inside_the_project_work() {
    for (at, to) in [(".claude", "config/claude"), (".claude/skills", "../shared/skills")] {
        let sandbox = Sandbox::new();
        let (root, project) = (sandbox.project("api"), sandbox.project_text("api"));
        for made in ["config/claude", "shared/skills"] {
            folder().put(&root.join(made));
        }
        link(to).put(&root.join(at));
        let before = DiskSnapshot::of(&root);
        let engine = sandbox.engine();
        assert_done(&deploy(&engine, &["code-review"], &project), Action::Created);
        assert_eq!(status(&engine, &project).len(), 1, "{at} → {to}");
        assert_done(&undeploy(&engine, &["code-review"], &project), Action::Removed);
        let lock = "..skillmeat-deployed.toml.skillmeat-lock";
        let after = DiskSnapshot::of(&root).without(&format!("config/claude/{lock}"));
        before.assert_same(&after.without(&format!(".claude/{lock}")));
    }
}

#[test]
fn two_links_to_one_folder_are_one_profile_root() {
    let sandbox = Sandbox::new();
    let (root, project) = (sandbox.project("api"), sandbox.project_text("api"));
    folder().put(&root.join("config"));
    for name in [".claude", ".cursor"] {
        link("config").put(&root.join(name));
    }
    let profiles = vec!["claude_code".to_owned(), "cursor".to_owned()];
    let both = DeployRequest { profiles, ..deploy_request(&["code-review"], &project) };
    let engine = sandbox.engine();
    assert_eq!(engine.deploy(&both).unwrap().totals.succeeded, 2);
    let rows = status(&engine, &project);
    assert_eq!(rows.len(), 2, "each record once: {rows:?}");
    assert_done(&engine.undeploy(&everything(&project)).unwrap(), Action::Removed);
    assert!(!root.join("config/skills").exists() && !root.join("config/.skillmeat-deployed.toml").exists());
}

#[test]
fn chosen_profiles_of_a_project_are_checked_when_they_are_used() {
    for profile in ["git", "../x", "/etc", "", ".claude"] {
        let sandbox = Sandbox::new();
        let (at, project) = (sandbox.project("api"), sandbox.project_text("api"));
        tree!(sandbox.home() => {
            "desktop/projects.toml": format!("[[projects]]\npath = \"{project}\"\nprofiles = [\"{profile}\"]\n"),
        });
        let error = sandbox.engine().deploy(&deploy_request(&["code-review"], &project)).unwrap_err();
        assert_eq!(error.code(), Code::ProfileNotFound, "{profile}");
        assert!(DiskSnapshot::of(&at).paths().is_empty());
    }
}

/// An engine whose home is somewhere else than the sandbox's.
fn at_home(sandbox: &Sandbox, home: &Path) -> Engine {
    Engine::open(Options { home: home.to_owned(), ..sandbox.options() }).unwrap()
}

#[test]
fn a_project_that_holds_collections_in_a_profile_folder_is_none() {
    for home in [".claude", ".claude/x", ".cursor/skills/deep"] {
        let sandbox = Sandbox::empty();
        let (at, project) = (sandbox.project("api"), sandbox.project_text("api"));
        skill(&at.join(home).join("collections/default"), "code-review");
        let before = DiskSnapshot::of(&at.join(home).join("collections"));
        let engine = at_home(&sandbox, &at.join(home));
        assert_eq!(engine.add_project(&project).unwrap_err().code(), Code::ProjectInvalid, "{home}");
        let request = deploy_request(&["code-review"], &project);
        assert_eq!(engine.deploy(&request).unwrap_err().code(), Code::ProjectInvalid, "{home}");
        before.assert_same(&DiskSnapshot::of(&at.join(home).join("collections")));
    }
}

#[test]
fn a_collection_that_is_a_link_counts_where_it_really_is() {
    for (place, refused) in [(".claude", true), (".claude/skills/mine", true), ("", true), ("library", false)]
    {
        let sandbox = Sandbox::new();
        let (at, project) = (sandbox.project("api"), sandbox.project_text("api"));
        skill(&at.join(place), "own");
        link(at.join(place).to_str().unwrap()).put(&sandbox.home().join("collections/linked"));
        let before = DiskSnapshot::of(&at);
        let added = sandbox.engine().add_project(&project);
        assert_eq!(added.is_err(), refused, "{place}: {added:?}");
        if let Err(error) = added {
            assert_eq!(error.code(), Code::ProjectInvalid);
            assert_eq!(
                place.is_empty(),
                error.to_string().contains("it lies inside a collection"),
                "{error}"
            );
            let _ = sandbox.engine().deploy(&DeployRequest { all: true, ..deploy_request(&[], &project) });
            before.assert_same(&DiskSnapshot::of(&at));
        }
    }
}

#[test]
fn a_new_collection_does_not_lie_where_copies_go() {
    for (home, refused) in [(".claude", true), (".claude/skills", true), (".agents/x", true), ("own", false)]
    {
        let sandbox = Sandbox::new();
        let (at, project) = (sandbox.project("api"), sandbox.project_text("api"));
        // Registered with another home, or before the home was moved here.
        let list = format!("[[projects]]\npath = \"{project}\"\n");
        tree!(at.join(home) => { "desktop/projects.toml": list });
        let engine = at_home(&sandbox, &at.join(home));
        let made = engine.create_collection("new");
        assert_eq!(
            made.as_ref().err().map(skillmeat_engine::Error::code).is_some(),
            refused,
            "{home}: {made:?}"
        );
        if let Err(error) = made {
            assert_eq!(error.code(), Code::PathEscapesRoot);
            assert!(error.to_problem().subject.unwrap().ends_with("/collections/new"));
            assert!(!at.join(home).join("collections/new").exists());
        }
    }
}

#[test]
fn our_own_folder_is_no_project() {
    let sandbox = Sandbox::new();
    for below in ["", "collections", "collections/default", "collections/default/skills", "desktop"] {
        let at = sandbox.home().join(below);
        std::fs::create_dir_all(&at).unwrap();
        let added = sandbox.engine().add_project(at.to_str().unwrap());
        assert_eq!(added.unwrap_err().code(), Code::ProjectInvalid, "{below}");
    }
}

#[test]
fn an_artifact_is_never_deployed_onto_itself() {
    let sandbox = Sandbox::new();
    let (at, project) = (sandbox.project("api"), sandbox.project_text("api"));
    // The collection lies beside the profile folder, which leads into it by a link.
    skill(&at.join("library"), "own");
    link(at.join("library").to_str().unwrap()).put(&sandbox.home().join("collections/linked"));
    for (place, to) in
        [(".claude/skills", "../library/skills"), (".claude/skills/own", "../../library/skills/own")]
    {
        link(to).put(&at.join(place));
        let before = DiskSnapshot::of(&at);
        let receipt = crate::call::deploy_with(
            &sandbox.engine(),
            &["own"],
            &project,
            skillmeat_engine::plan::OnConflict::Stop,
        );
        assert_eq!(receipt.totals.failed, 1, "{place}: {receipt:?}");
        before.assert_same(&DiskSnapshot::of(&at));
        std::fs::remove_file(at.join(place)).unwrap();
    }
}

#[test]
fn another_profiles_own_folder_is_not_a_target() {
    let sandbox = Sandbox::new();
    let (at, project) = (sandbox.project("api"), sandbox.project_text("api"));
    skill(&sandbox.collection(), "shared");
    tree!(at => { "conf/shared/rules.md": "mine", ".cursor": link("conf/shared"), ".claude/skills": link("../conf") });
    let before = DiskSnapshot::of(&at);
    let overwrite = skillmeat_engine::plan::OnConflict::Overwrite;
    let receipt = crate::call::deploy_with(&sandbox.engine(), &["shared"], &project, overwrite);
    assert_failed(&receipt, Code::PathEscapesRoot);
    before.assert_same(&DiskSnapshot::of(&at));
}

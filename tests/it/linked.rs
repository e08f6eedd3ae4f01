//! Folders elsewhere as collections: what is found in them, what is refused, and what becomes of deployments.

use crate::call::{artifact, artifact_in, assert_done, assert_failed, deploy, deploy_request, only, status};
use skillmeat_engine::Engine;
use skillmeat_engine::artifact::Layout;
use skillmeat_engine::cache::CollectionRow;
use skillmeat_engine::engine::{LinkRequest, Place};
use skillmeat_engine::error::{Code, Error};
use skillmeat_engine::feed::Origin;
use skillmeat_engine::plan::{Action, DeployRequest};
use skillmeat_engine::settings::StateFile;
use skillmeat_engine::status::Status;
use skillmeat_tests::{DiskSnapshot, Sandbox, folder, link, tree};
use std::path::{Path, PathBuf};

fn request(path: &Path, name: &str, layout: Option<Layout>) -> LinkRequest {
    let name = (!name.is_empty()).then(|| name.to_owned());
    LinkRequest { path: path.display().to_string(), name, layout }
}

fn link_as(engine: &Engine, path: &Path, name: &str) -> Result<CollectionRow, Error> {
    engine.link_collection(&request(path, name, None))
}

/// The ids of a collection's artifacts, in order.
fn ids(engine: &Engine, collection: &str) -> Vec<String> {
    let snapshot = engine.library_snapshot().unwrap();
    let inside = snapshot.artifacts.into_iter().filter(|one| one.artifact.collection == collection);
    let mut ids: Vec<_> = inside.map(|one| one.artifact.artifact_id).collect();
    ids.sort();
    ids
}

fn row(engine: &Engine, collection: &str) -> CollectionRow {
    let rows = engine.library_snapshot().unwrap().collections;
    rows.into_iter().find(|row| row.collection == collection).unwrap()
}

/// A git clone of a marketplace.
fn marketplace(sandbox: &Sandbox) -> PathBuf {
    let clone = sandbox.path().join("src/agents");
    tree!(clone => {
        "README.md": "# Agents",
        ".git/HEAD": "ref: refs/heads/main",
        ".git/skills/not-one/SKILL.md": "x",
        "node_modules/skills/not-one/SKILL.md": "x",
        "plugins/api/README.md": "# api",
        "plugins/api/.claude-plugin/plugin.json": "{}",
        "plugins/api/agents/reviewer.md": "---\nname: reviewer\ndescription: Reviews.\n---\nReview.",
        "plugins/api/agents/README.md": "about the agents",
        "plugins/api/agents/folder.md/inner.md": "Inner.",
        "plugins/api/commands/git/commit.md": "Commit.",
        "plugins/api/skills/design/SKILL.md": "---\nname: design\ndescription: Designs.\n---\nDesign.",
        "plugins/api/skills/design/README.md": "part of the skill",
        "plugins/web/agents/reviewer.md": "Review the web.",
        "plugins/web/Skills/lower/skill.md": "Lower.",
        "plugins/web/skills/node_modules/x/SKILL.md": "x",
        "plugins/.hidden/agents/hidden.md": "x"
    });
    clone
}

#[test]
fn a_marketplace_is_read_with_the_plugin_as_namespace() {
    let sandbox = Sandbox::new();
    let (engine, clone) = (sandbox.engine(), marketplace(&sandbox));
    let before = DiskSnapshot::of(&clone);
    let row = link_as(&engine, &clone, "").unwrap();
    assert_eq!((row.collection.as_str(), row.linked, row.problems.len()), ("agents", true, 0), "{row:?}");
    assert_eq!(row.path, clone.display().to_string());
    assert_eq!(
        ids(&engine, "agents"),
        [
            "agent:api/folder.md/inner",
            "agent:api/reviewer",
            "agent:web/reviewer",
            "command:api/git/commit",
            "skill:api/design",
            "skill:web/lower",
        ]
    );
    assert_eq!(ids(&engine, "default").len(), 4, "the managed collection is beside it");
    before.assert_same(&DiskSnapshot::of(&clone));
    // The same for a process that starts later, and for one that only reads the cache.
    assert_eq!(ids(&sandbox.engine(), "agents").len(), 6);
    let again = sandbox.engine();
    again.resync(Origin::Startup).unwrap();
    assert_eq!(ids(&again, "agents").len(), 6);
}

#[test]
fn other_layouts_are_found_or_said() {
    let sandbox = Sandbox::empty();
    let engine = sandbox.engine();
    let at = sandbox.path().join("src");
    tree!(at => {
        "loose/README.md": "x", "loose/AGENTS.md": link("README.md"), "loose/docs/guide.md": "x",
        "loose/pdf/SKILL.md": "x", "loose/group/xlsx/SKILL.md": "x", "loose/node_modules/y/SKILL.md": "x",
        "claude/.claude/commands/fix.md": "x", "claude/src/main.rs": "fn main() {}",
        "plain/one.md": "x", "plain/git/two.md": "x", "plain/README.md": "x",
        "subagents/subagents/helper.md": "x"
    });
    link_as(&engine, &at.join("loose"), "").unwrap();
    assert_eq!(ids(&engine, "loose"), ["skill:group/xlsx", "skill:pdf"]);
    assert_eq!(row(&engine, "loose").problems, []);
    link_as(&engine, &at.join("claude"), "").unwrap();
    assert_eq!(ids(&engine, "claude"), ["command:fix"]);
    link_as(&engine, &at.join("subagents"), "").unwrap();
    assert_eq!(ids(&engine, "subagents"), ["agent:helper"]);

    let plain = at.join("plain");
    assert_eq!(link_as(&engine, &plain, "").unwrap_err().code(), Code::CollectionRefused);
    let linked = engine.link_collection(&request(&plain, "mine", Some(Layout::Commands))).unwrap();
    assert_eq!(linked.layout, Some(Layout::Commands));
    assert_eq!(ids(&engine, "mine"), ["command:git/two", "command:one"]);
    assert_eq!(row(&engine, "mine").layout, Some(Layout::Commands), "and the cache keeps it");
}

#[test]
fn a_linked_artifact_is_deployed_like_any_other_and_told_apart_by_its_collection() {
    let sandbox = Sandbox::new();
    let (engine, project) = (sandbox.engine(), sandbox.project_text("api"));
    let other = sandbox.path().join("src/team");
    tree!(other => { "skills/code-review/SKILL.md": "---\nname: code-review\ndescription: Ours.\n---\nOurs." });
    link_as(&engine, &other, "").unwrap();

    // Without a collection the default one is meant; with one, that one.
    let receipt = deploy(&engine, &["code-review"], &project);
    assert_eq!(only(&receipt).collection, "default");
    let request = DeployRequest {
        artifacts: vec![artifact_in("code-review", "team")],
        ..deploy_request(&[], &project)
    };
    assert_failed(&engine.deploy(&request).unwrap(), Code::UnmanagedTarget);
    let web = sandbox.project_text("web");
    let request = DeployRequest { projects: vec![web.clone()], ..request };
    let plan = engine.plan_deploy(&request).unwrap();
    assert_eq!(plan.items[0].collection, "team");
    assert_done(&engine.deploy(&request).unwrap(), Action::Created);
    let text = std::fs::read_to_string(sandbox.project("web").join(".claude/skills/code-review/SKILL.md"));
    assert!(text.unwrap().ends_with("Ours."));
    let rows = status(&engine, &web);
    assert_eq!((rows[0].collection.as_str(), rows[0].status), ("team", Status::Synced));

    std::fs::write(other.join("skills/code-review/SKILL.md"), "newer").unwrap();
    assert_eq!(status(&engine, &web)[0].status, Status::Outdated);
    let detail = engine.artifact_detail(&artifact_in("code-review", "team")).unwrap();
    assert_eq!(detail.deployments.len(), 1);
    let place = Place::Collection { collection: "team".to_owned() };
    assert_eq!(engine.locate(&place).unwrap(), other);
}

/// Agents look for skills one folder deep; commands and agents keep their sub-folders.
#[test]
fn a_skill_is_deployed_without_its_namespace_and_still_known() {
    let sandbox = Sandbox::new();
    let (engine, clone, project) = (sandbox.engine(), marketplace(&sandbox), sandbox.project_text("api"));
    tree!(clone => { "plugins/web/skills/other/SKILL.md": "x" });
    link_as(&engine, &clone, "team").unwrap();
    assert_done(&deploy(&engine, &["skill:design", "api/reviewer"], &project), Action::Created);
    let claude = sandbox.project("api").join(".claude");
    assert!(
        claude.join("skills/design/SKILL.md").is_file() && claude.join("agents/api/reviewer.md").is_file()
    );
    let rows = status(&engine, &project);
    let known = rows.iter().map(|row| (row.artifact_id.as_str(), row.status));
    assert_eq!(
        known.collect::<Vec<_>>(),
        [("agent:api/reviewer", Status::Synced), ("skill:api/design", Status::Synced)]
    );

    // Of two of one name, each copy is known as what it is, and none replaces the other.
    tree!(clone => { "plugins/web/skills/twin/SKILL.md": "web", "plugins/api/skills/twin/SKILL.md": "api" });
    engine.resync(Origin::Resync).unwrap();
    assert_done(&deploy(&engine, &["web/twin"], &project), Action::Created);
    assert_failed(&deploy(&engine, &["api/twin"], &project), Code::UnmanagedTarget);
    let both = DeployRequest {
        artifacts: vec![artifact("web/twin"), artifact("api/twin")],
        ..deploy_request(&[], &sandbox.project_text("web"))
    };
    let plan = engine.plan_deploy(&both).unwrap();
    assert_eq!((plan.totals.created, plan.totals.failed), (1, 1), "{plan:?}");
    let rows = status(&engine, &project);
    let twin = rows.iter().find(|row| row.artifact_path.as_str() == "skills/twin").unwrap();
    assert_eq!((twin.artifact_id.as_str(), twin.status), ("skill:web/twin", Status::Synced));
    std::fs::write(clone.join("plugins/web/skills/twin/SKILL.md"), "newer").unwrap();
    assert_done(&deploy(&engine, &["web/twin"], &project), Action::Updated);
}

#[test]
fn unlinking_orphans_the_deployments_and_linking_again_takes_them_back() {
    let sandbox = Sandbox::new();
    let (engine, clone, project) = (sandbox.engine(), marketplace(&sandbox), sandbox.project_text("api"));
    link_as(&engine, &clone, "team").unwrap();
    deploy(&engine, &["api/reviewer", "code-review"], &project);
    let (before, copies) = (DiskSnapshot::of(&clone), DiskSnapshot::of(&sandbox.project("api")));

    let plan = engine.plan_unlink("team").unwrap();
    assert_eq!((plan.artifacts, plan.deployments.len()), (6, 1));
    assert_eq!(plan.deployments[0].artifact_id, "agent:api/reviewer");
    assert_eq!(ids(&engine, "team").len(), 6, "a plan changes nothing");
    assert_eq!(engine.unlink_collection("team").unwrap(), plan);

    before.assert_same(&DiskSnapshot::of(&clone));
    copies.assert_same(&DiskSnapshot::of(&sandbox.project("api")));
    let snapshot = engine.library_snapshot().unwrap();
    assert!(snapshot.collections.iter().all(|row| row.collection == "default"));
    assert_eq!(snapshot.orphans.len(), 1);
    assert_eq!(
        (snapshot.orphans[0].collection.as_str(), snapshot.orphans[0].status),
        ("team", Status::Orphaned)
    );
    assert_eq!(engine.unlink_collection("team").unwrap_err().code(), Code::CollectionNotFound);
    assert_eq!(engine.unlink_collection("default").unwrap_err().code(), Code::InvalidRequest);

    link_as(&engine, &clone, "team").unwrap();
    let snapshot = engine.library_snapshot().unwrap();
    assert_eq!(snapshot.orphans, []);
    assert!(status(&engine, &project).iter().all(|row| row.status == Status::Synced));
}

#[test]
fn a_folder_that_is_gone_or_unreadable_is_no_empty_collection() {
    let sandbox = Sandbox::new();
    let (engine, clone, project) = (sandbox.engine(), marketplace(&sandbox), sandbox.project_text("api"));
    link_as(&engine, &clone, "team").unwrap();
    deploy(&engine, &["api/reviewer"], &project);
    let moved = clone.with_file_name("moved");
    std::fs::rename(&clone, &moved).unwrap();
    engine.resync(Origin::Resync).unwrap();
    let gone = row(&engine, "team");
    let [problem] = gone.problems.as_slice() else { panic!("{gone:?}") };
    assert_eq!(problem.code, Code::CollectionNotFound);
    assert!(problem.message.contains(clone.to_str().unwrap()), "{}", problem.message);
    assert_eq!(ids(&engine, "team").len(), 6, "what was known of it stays");
    assert_eq!(status(&engine, &project)[0].status, Status::Unknown);
    let asked = engine.artifact_detail(&artifact_in("reviewer", "team")).unwrap_err();
    assert!(asked.to_string().contains(clone.to_str().unwrap()), "{asked}");

    std::fs::write(&clone, "a file in its place").unwrap();
    engine.resync(Origin::Resync).unwrap();
    assert_eq!(row(&engine, "team").problems[0].code, Code::Io);

    std::fs::remove_file(&clone).unwrap();
    std::fs::rename(&moved, &clone).unwrap();
    engine.resync(Origin::Resync).unwrap();
    assert_eq!(row(&engine, "team").problems, []);
    assert_eq!(status(&engine, &project)[0].status, Status::Synced);

    // What was in it and is not any more is said too, and its deployment is orphaned: the folder can be read.
    std::fs::remove_dir_all(clone.join("plugins")).unwrap();
    engine.resync(Origin::Resync).unwrap();
    assert_eq!(row(&engine, "team").problems[0].code, Code::CollectionInvalid);
    assert_eq!(status(&engine, &project)[0].status, Status::Orphaned);
}

#[test]
fn what_cannot_be_linked_is_refused_and_nothing_is_written() {
    let sandbox = Sandbox::new();
    let engine = sandbox.engine();
    let (project, clone) = (sandbox.project("api"), marketplace(&sandbox));
    engine.add_project(&sandbox.project_text("api")).unwrap();
    tree!(project => {
        ".claude/skills/x/SKILL.md": "x", "vendor/skills/y/SKILL.md": "y", "src/SKILL.md": "one skill"
    });
    tree!(sandbox.path() => { "file": "x", "empty": folder() });
    std::os::unix::fs::symlink(project.join(".claude"), sandbox.path().join("disguised")).unwrap();
    let refused = [
        (sandbox.path().join("nowhere"), "no such folder"),
        (sandbox.path().join("file"), "a file"),
        (sandbox.path().join("empty"), "--layout"),
        (PathBuf::from("/"), "SkillMeat's own folder"),
        (sandbox.person(), "SkillMeat's own folder"),
        (sandbox.home(), "SkillMeat's own folder"),
        (sandbox.collection(), "SkillMeat's own folder"),
        (sandbox.collection().join("skills"), "SkillMeat's own folder"),
        (project.clone(), "profile folder"),
        (sandbox.path().join("projects"), "profile folder"),
        (project.join(".claude"), "profile folder"),
        (project.join(".claude/skills"), "profile folder"),
        (sandbox.path().join("disguised"), "profile folder"),
        (project.join("src"), "itself one skill"),
    ];
    for (path, why) in refused {
        let error = link_as(&engine, &path, "x").unwrap_err();
        assert_eq!(error.code(), Code::CollectionRefused, "{}: {error}", path.display());
        assert!(error.to_string().contains(why), "{}: {error}", path.display());
    }
    for name in ["Default", "default"] {
        assert_eq!(link_as(&engine, &clone, name).unwrap_err().code(), Code::NameClash);
    }
    assert_eq!(link_as(&engine, &clone, "../x").unwrap_err().code(), Code::InvalidName);
    assert!(!StateFile::Collections.path(&sandbox.home()).exists());

    // Beside the profile folders, though in the project, is a fine place.
    link_as(&engine, &project.join("vendor"), "").unwrap();
    link_as(&engine, &clone, "team").unwrap();
    assert_eq!(link_as(&engine, &clone, "other").unwrap_err().code(), Code::CollectionRefused);
    assert_eq!(link_as(&engine, &sandbox.path().join("src"), "Team").unwrap_err().code(), Code::NameClash);
    assert_eq!(engine.create_collection("TEAM").unwrap_err().code(), Code::NameClash);
}

#[test]
fn nothing_is_deployed_into_a_linked_collection() {
    let sandbox = Sandbox::new();
    let (engine, clone) = (sandbox.engine(), marketplace(&sandbox));
    link_as(&engine, &clone, "team").unwrap();
    let before = DiskSnapshot::of(&clone);
    for project in [clone.clone(), clone.join("plugins/api")] {
        let error = engine.add_project(project.to_str().unwrap()).unwrap_err();
        assert_eq!(error.code(), Code::ProjectInvalid, "{error}");
    }
    // A link that leads there from a project.
    let project = sandbox.project("api");
    tree!(project => { ".claude": folder() });
    std::os::unix::fs::symlink(clone.join("plugins"), project.join(".claude/skills")).unwrap();
    let receipt = deploy(&engine, &["code-review"], &sandbox.project_text("api"));
    assert_failed(&receipt, Code::PathEscapesRoot);
    before.assert_same(&DiskSnapshot::of(&clone));
}

#[test]
fn a_folder_of_our_home_wins_over_a_linked_one_of_its_name() {
    let sandbox = Sandbox::new();
    let (engine, clone) = (sandbox.engine(), marketplace(&sandbox));
    link_as(&engine, &clone, "team").unwrap();
    skillmeat_tests::skill(&sandbox.home().join("collections/Team"), "mine");
    engine.resync(Origin::Resync).unwrap();
    assert_eq!(ids(&engine, "Team"), ["skill:mine"]);
    assert_eq!(row(&engine, "Team").problems[0].code, Code::NameClash);
    engine.artifact_detail(&artifact("mine")).unwrap();
}

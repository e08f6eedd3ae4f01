//! Profiles of a project's own: used wherever the built-in ones are, and checked whenever they are.

use crate::call::{assert_done, assert_failed, deploy_request, status, undeploy_request};
use skillmeat_engine::Engine;
use skillmeat_engine::engine::{LinkRequest, SaveProfile, ScanRequest};
use skillmeat_engine::error::{Code, Error};
use skillmeat_engine::feed::Origin;
use skillmeat_engine::id::ArtifactKind;
use skillmeat_engine::path::RelPath;
use skillmeat_engine::plan::{Action, DeployRequest, UndeployRequest, UndoRequest, UpdateRequest};
use skillmeat_engine::platform::{KindFolder, OwnProfile};
use skillmeat_engine::settings::StateFile;
use skillmeat_engine::status::Status;
use skillmeat_tests::{DiskSnapshot, Sandbox, folder, link, tree};

const ROOT: &str = ".tools/mine";
const COPY: &str = ".tools/mine/knowledge/code-review";

fn profile(id: &str, root: &str) -> OwnProfile {
    let folder = |kind, folder: &str| KindFolder { kind, folder: folder.to_owned() };
    OwnProfile {
        profile_id: id.to_owned(),
        platform: "other".to_owned(),
        title: "Mine".to_owned(),
        root_dir: root.to_owned(),
        folders: vec![folder(ArtifactKind::Skill, "knowledge"), folder(ArtifactKind::Command, "prompts")],
    }
}

fn save(sandbox: &Sandbox, id: &str, root: &str) -> Result<(), Error> {
    let request =
        SaveProfile { project: sandbox.project_text("api"), profile: profile(id, root), replace: false };
    sandbox.engine().save_profile(&request).map(drop)
}

fn to_mine(ids: &[&str], project: &str) -> DeployRequest {
    DeployRequest { profiles: vec!["mine".to_owned()], ..deploy_request(ids, project) }
}

fn deploy_to_mine(engine: &Engine, project: &str) {
    assert_done(&engine.deploy(&to_mine(&["code-review"], project)).unwrap(), Action::Created);
}

#[test]
fn an_own_profile_is_deployed_to_updated_undone_and_undeployed_like_any_other() {
    let sandbox = Sandbox::new();
    let (at, project, engine) = (sandbox.project("api"), sandbox.project_text("api"), sandbox.engine());
    save(&sandbox, "mine", ROOT).unwrap();
    assert!(DiskSnapshot::of(&at).paths().is_empty(), "the root comes with the first deploy");
    deploy_to_mine(&engine, &project);
    assert!(at.join(COPY).join("SKILL.md").exists());
    let manifest = std::fs::read_to_string(at.join(ROOT).join(".skillmeat-deployed.toml")).unwrap();
    for line in
        ["deployment_profile_id = \"mine\"", "platform = \"other\"", "profile_root_dir = \".tools/mine\""]
    {
        assert!(manifest.contains(line), "{manifest}");
    }
    let rows = status(&engine, &project);
    assert_eq!((rows.len(), rows[0].status), (1, Status::Synced));
    assert_eq!(rows[0].deployment_profile_id, "mine");

    // A new engine with a new cache finds it again: the list of projects says where to look.
    tree!(sandbox.collection() => { "skills/code-review/more.md": "more\n" });
    let engine = sandbox.engine();
    engine.resync(Origin::Resync).unwrap();
    let found = engine.library_snapshot().unwrap();
    let row = found.artifacts.iter().flat_map(|one| &one.deployments).next().unwrap();
    assert_eq!((row.deployment_profile_id.as_str(), row.profile_root_dir.as_str()), ("mine", ROOT));
    let update = UpdateRequest {
        all: true,
        projects: vec![project.clone()],
        profiles: vec!["Mine".to_owned()],
        ..UpdateRequest::default()
    };
    assert_done(&engine.update_deployments(&update).unwrap(), Action::Updated);
    assert!(at.join(COPY).join("more.md").exists());
    engine.undo(&UndoRequest::default()).unwrap();
    assert!(!at.join(COPY).join("more.md").exists());

    let undeploy =
        UndeployRequest { profiles: vec!["mine".to_owned()], ..undeploy_request(&["code-review"], &project) };
    let undeploy = UndeployRequest { discard_edits: true, ..undeploy };
    assert_done(&engine.undeploy(&undeploy).unwrap(), Action::Removed);
    assert!(!at.join(COPY).exists());
    engine.undo(&UndoRequest::default()).unwrap();
    assert!(at.join(COPY).join("SKILL.md").exists());
}

#[test]
fn what_lies_in_an_own_profile_is_found_discovered_and_imported() {
    let sandbox = Sandbox::new();
    let (at, project, engine) = (sandbox.project("api"), sandbox.project_text("api"), sandbox.engine());
    save(&sandbox, "mine", "agents-here").unwrap();
    tree!(at => { "agents-here/knowledge/here/SKILL.md": "---\nname: here\ndescription: d\n---\n",
        "agents-here/prompts/git/commit.md": "Commit.\n" });
    let detail = engine.project_detail(&project).unwrap();
    let unmanaged: Vec<_> =
        detail.unmanaged.iter().map(|one| (one.artifact_id.as_str(), &one.profiles[0])).collect();
    assert!(unmanaged.contains(&("skill:here", &"mine".to_owned())), "{unmanaged:?}");
    assert!(unmanaged.contains(&("command:git/commit", &"mine".to_owned())), "{unmanaged:?}");
    let import = skillmeat_engine::engine::ImportRequest {
        project: Some(project.clone()),
        all: true,
        ..Default::default()
    };
    engine.import(&import).unwrap();
    let rows = status(&engine, &project);
    let here = rows.iter().find(|row| row.artifact_id == "skill:here").unwrap();
    assert_eq!((here.deployment_profile_id.as_str(), here.status), ("mine", Status::Synced));
    assert_eq!(here.platform.as_deref(), Some("other"));
    let roots = vec![sandbox.path().join("projects").display().to_string()];
    let found = engine.scan_for_projects(&ScanRequest { roots, ..ScanRequest::default() }).unwrap();
    let found = found.projects.iter().find(|found| found.project_path.as_str() == project).unwrap();
    assert_eq!(found.profile_roots.iter().map(RelPath::as_str).collect::<Vec<_>>(), ["agents-here"]);
    assert!(found.deployed && found.registered);
}

#[test]
fn every_profile_that_is_there_means_own_ones_too() {
    let sandbox = Sandbox::new();
    let (at, project, engine) = (sandbox.project("api"), sandbox.project_text("api"), sandbox.engine());
    save(&sandbox, "mine", ROOT).unwrap();
    tree!(at => { ".claude": folder(), ".tools/mine": folder() });
    let request = DeployRequest { all_profiles: true, ..deploy_request(&["code-review"], &project) };
    assert_done(&engine.deploy(&request).unwrap(), Action::Created);
    assert!(at.join(".claude/skills/code-review").exists() && at.join(COPY).exists());
    let agent = to_mine(&["prd-writer"], &project);
    assert_failed(&engine.deploy(&agent).unwrap(), Code::UnsupportedKind);
}

#[test]
fn a_root_that_the_disk_has_no_place_for_is_refused() {
    for (root, code) in [
        (".Tools/mine", Code::NameClash),
        (".tools/MINE", Code::NameClash),
        (".tools/linked", Code::PathEscapesRoot),
        (".tools/linked/below", Code::PathEscapesRoot),
        (".tools/file", Code::PathEscapesRoot),
        (".tools/file/below", Code::PathEscapesRoot),
        ("library", Code::PathEscapesRoot),
        ("library/skills", Code::PathEscapesRoot),
        ("..", Code::PathEscapesRoot),
        (".git/x", Code::PathEscapesRoot),
        (".claude/x", Code::PathEscapesRoot),
    ] {
        let sandbox = Sandbox::new();
        let at = sandbox.project("api");
        tree!(at => {
            ".tools/mine/keep": "", ".tools/file": "", ".tools/linked": link("mine"),
            "library/skills/x/SKILL.md": "x",
        });
        let path = at.join("library").display().to_string();
        sandbox.engine().link_collection(&LinkRequest { path, ..LinkRequest::default() }).unwrap();
        let before = DiskSnapshot::of(&at);
        let error = save(&sandbox, "mine", root).unwrap_err();
        assert_eq!(error.code(), code, "{root}: {error}");
        before.assert_same(&DiskSnapshot::of(&at));
        assert!(
            !std::fs::read_to_string(StateFile::Projects.path(&sandbox.home()))
                .unwrap_or_default()
                .contains("mine")
        );
    }
    let sandbox = Sandbox::new();
    tree!(sandbox.project("api") => { ".tools/mine/keep": "" });
    save(&sandbox, "mine", ROOT).unwrap();
    assert_eq!(save(&sandbox, "mine", ".other").unwrap_err().code(), Code::InvalidName, "the id is taken");
    assert_eq!(save(&sandbox, "two", ".tools/mine/in").unwrap_err().code(), Code::PathEscapesRoot);
    save(&sandbox, "two", ".tools/two").unwrap();
}

#[test]
fn a_profile_with_deployments_keeps_its_root_and_stays() {
    let sandbox = Sandbox::new();
    let (project, engine) = (sandbox.project_text("api"), sandbox.engine());
    sandbox.project("api");
    save(&sandbox, "mine", ROOT).unwrap();
    deploy_to_mine(&engine, &project);
    let change = |root: &str| {
        let mut profile = profile("mine", root);
        profile.folders[0].folder = "skills".to_owned();
        engine.save_profile(&SaveProfile { project: project.clone(), profile, replace: true })
    };
    assert_eq!(change(".other").unwrap_err().code(), Code::ProfileInUse);
    let refused = engine.delete_profile(&project, "mine").unwrap_err();
    assert_eq!(refused.code(), Code::ProfileInUse);
    assert!(refused.to_string().contains("1 deployment"), "{refused}");
    assert_eq!(engine.delete_profile(&project, "codex").unwrap_err().code(), Code::InvalidRequest);
    assert_eq!(engine.delete_profile(&project, "nobody").unwrap_err().code(), Code::ProfileNotFound);
    // The kinds' folders may change: what is deployed stays where its record says.
    change(ROOT).unwrap();
    assert_eq!(status(&engine, &project)[0].status, Status::Synced);
    engine.undeploy(&undeploy_request(&["code-review"], &project)).unwrap();
    change(".other").unwrap();
    engine.delete_profile(&project, "mine").unwrap();
    assert!(engine.list_profiles(Some(&project)).unwrap().iter().all(|row| row.own.is_none()));
    let error = engine.deploy(&to_mine(&["code-review"], &project)).unwrap_err();
    assert_eq!(error.code(), Code::ProfileNotFound);
}

/// The list of projects is edited by hand, too: what would be refused there is not used either.
#[test]
fn a_profile_in_the_list_is_checked_again_when_it_is_used() {
    for root in
        ["../out", "/etc", ".", ".git", ".GIT/hooks", ".claude", ".CLAUDE", "a\\\\b", ".claude/skills"]
    {
        let sandbox = Sandbox::new();
        let (at, project) = (sandbox.project("api"), sandbox.project_text("api"));
        let outside = sandbox.path().join("projects/out");
        tree!(outside => { "keep": "x" });
        tree!(sandbox.home() => {
            "desktop/projects.toml": format!(
                "[[projects]]\npath = \"{project}\"\nprofiles = [\"mine\"]\n[[projects.own_profiles]]\nid = \"mine\"\n\
                 platform = \"other\"\nroot = \"{root}\"\nfolders = {{ skill = \"skills\" }}\n"
            ),
        });
        let before = DiskSnapshot::of(&sandbox.path().join("projects"));
        let engine = sandbox.engine();
        for request in [to_mine(&["code-review"], &project), deploy_request(&["code-review"], &project)] {
            assert_eq!(engine.deploy(&request).unwrap_err().code(), Code::ProfileNotFound, "{root}");
        }
        let told = engine.library_snapshot().unwrap().problems;
        let told = told.iter().find(|problem| problem.code == Code::ConfigInvalid).expect(root);
        assert!(told.message.contains("profile 1"), "{}", told.message);
        before.assert_same(&DiskSnapshot::of(&sandbox.path().join("projects")));
        assert!(!at.join("skills").exists());
    }
}

#[test]
fn a_root_that_became_a_link_is_not_followed_astray() {
    for (way, to) in
        [(".tools", ".git"), (".tools", "../out"), (".tools/mine", "../.git"), (".tools/mine", "../../out")]
    {
        let sandbox = Sandbox::new();
        let (at, project, engine) = (sandbox.project("api"), sandbox.project_text("api"), sandbox.engine());
        save(&sandbox, "mine", ROOT).unwrap();
        tree!(sandbox.path() => { "projects/out/mine/keep": "x" });
        tree!(at => { ".git/config": "[core]\n", ".git/mine/keep": "x" });
        link(to).put(&at.join(way));
        let before = DiskSnapshot::of(&sandbox.path().join("projects"));
        assert_failed(&engine.deploy(&to_mine(&["code-review"], &project)).unwrap(), Code::PathEscapesRoot);
        assert!(status(&engine, &project).is_empty());
        before.assert_same(&DiskSnapshot::of(&sandbox.path().join("projects")));
    }
}

#[test]
fn no_collection_comes_to_lie_in_an_own_root() {
    let sandbox = Sandbox::new();
    let (at, engine) = (sandbox.project("api"), sandbox.engine());
    save(&sandbox, "mine", "tools/mine").unwrap();
    for place in ["tools/mine", "tools/mine/deep", "tools"] {
        tree!(at.join(place) => { "skills/x/SKILL.md": "x" });
        let path = at.join(place).display().to_string();
        let error = engine.link_collection(&LinkRequest { path, ..LinkRequest::default() }).unwrap_err();
        assert_eq!(error.code(), Code::CollectionRefused, "{place}");
    }
    // One that lies there all the same, because somebody wrote it into a list, keeps the project from being worked in.
    let path = at.join("tools/mine").display().to_string();
    tree!(sandbox.home() => { "desktop/collections.toml": format!("[[collections]]\nname = \"x\"\npath = \"{path}\"\n") });
    let error = engine.deploy(&to_mine(&["code-review"], &sandbox.project_text("api"))).unwrap_err();
    assert_eq!(error.code(), Code::ProjectInvalid);
}

#[test]
fn own_profiles_outlive_a_broken_list_and_a_move() {
    let sandbox = Sandbox::new();
    let (at, project, engine) = (sandbox.project("api"), sandbox.project_text("api"), sandbox.engine());
    save(&sandbox, "mine", ROOT).unwrap();
    deploy_to_mine(&engine, &project);
    let list = StateFile::Projects.path(&sandbox.home());
    let right = std::fs::read_to_string(&list).unwrap();
    std::fs::write(&list, "[[projects]\n").unwrap();
    assert_eq!(engine.delete_profile(&project, "mine").unwrap_err().code(), Code::ConfigInvalid);
    assert_eq!(engine.list_profiles(Some(&project)).unwrap_err().code(), Code::ConfigInvalid);
    engine.resync(Origin::Resync).unwrap();
    assert_eq!(
        engine.library_snapshot().unwrap().projects[0]
            .profiles
            .iter()
            .filter(|row| row.own.is_some())
            .count(),
        1
    );
    engine.set_aside(StateFile::Projects).unwrap();
    let again = std::fs::read_to_string(&list).unwrap();
    assert!(again.contains("root = \".tools/mine\""), "{again}\n{right}");
    assert_eq!(status(&engine, &project)[0].status, Status::Synced);
    let moved = at.with_file_name("moved");
    std::fs::rename(&at, &moved).unwrap();
    let row = engine.locate_project(&project, moved.to_str().unwrap()).unwrap();
    assert!(row.profiles.iter().any(|row| row.profile_id == "mine" && row.present));
}

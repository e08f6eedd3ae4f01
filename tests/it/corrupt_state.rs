//! Corrupt state is not an empty state: a file that cannot be read is told, left as it is, and set aside only on wish.

use crate::call::{artifact, assert_done, deploy, deploy_request, status, undeploy_request};
use skillmeat_engine::Engine;
use skillmeat_engine::cache::{DeploymentRow, LibrarySnapshot};
use skillmeat_engine::engine::{DeploymentRef, LinkRequest, Place};
use skillmeat_engine::error::{Code, Problem, Remedy};
use skillmeat_engine::feed::Origin;
use skillmeat_engine::path::RelPath;
use skillmeat_engine::plan::Action;
use skillmeat_engine::settings::{SettingsPatch, StateFile, Theme};
use skillmeat_engine::status::Status;
use skillmeat_tests::{Ran, Sandbox, tree};
use std::path::{Path, PathBuf};

/// What can be the matter with a file of `text`, for any of them.
fn corruptions(text: &str) -> Vec<(&'static str, Vec<u8>)> {
    let half = text.len() / 2;
    vec![
        ("zero bytes", Vec::new()),
        ("garbage", b"\x7fELF\x02\x01\x01 not a text of ours at all".to_vec()),
        ("nothing but NUL, as after a power loss", vec![0; text.len()]),
        ("cut off in a value", text.as_bytes()[..half].to_vec()),
        ("not UTF-8", [text.as_bytes(), b"# caf\xe9\n"].concat()),
        ("a merge conflict", format!("<<<<<<< HEAD\n{text}=======\n{text}>>>>>>> other\n").into_bytes()),
        ("huge", [text.as_bytes(), "# x\n".repeat(1_100_000).as_bytes()].concat()),
        (
            "nested without end",
            format!("x = {}1{}\n{text}", "[".repeat(20_000), "]".repeat(20_000)).into_bytes(),
        ),
    ]
}

/// A file, a text of it that is right, and texts whose values are of wrong types.
fn files() -> [(StateFile, &'static str, &'static [&'static str]); 4] {
    [
        (
            StateFile::Settings,
            "theme = \"dark\"\neditor = \"code --wait\"\n",
            &["theme = 3\n", "theme = \"mauve\"\n", "editor = [\"vi\"]\n"],
        ),
        (
            StateFile::Projects,
            "[[projects]]\npath = \"/nowhere/at-all\"\nname = \"a long name, so that half of it is cut off\"\n",
            &["projects = 3\n", "projects = { path = \"/p\" }\n", "[projects]\npath = \"/p\"\n"],
        ),
        (
            StateFile::Collections,
            "[[collections]]\nname = \"team\"\npath = \"/nowhere/at-all/but-long-enough-to-cut-off\"\n",
            &["collections = 3\n", "collections = { path = \"/p\" }\n", "[collections]\npath = \"/p\"\n"],
        ),
        (
            StateFile::Config,
            "[settings]\ndefault-collection = \"default\"\n",
            &["settings = 3\n", "[settings]\ndefault-collection = 3\n", "[[settings]]\n"],
        ),
    ]
}

/// Runs `check` for every file and every way in which it can be corrupt, each in a sandbox of its own where a project
/// is registered and has one skill. Afterwards the file must be what it was.
#[allow(clippy::print_stdout, reason = "a test that fails says for which case")]
fn for_each(check: impl Fn(&Sandbox, &Engine, StateFile)) {
    for (file, right, wrong) in files() {
        let wrong = wrong.iter().map(|text| ("a wrong type", text.as_bytes().to_vec()));
        for (what, bytes) in corruptions(right).into_iter().chain(wrong) {
            println!("{file:?}: {what}");
            let sandbox = Sandbox::new();
            let engine = sandbox.engine();
            deploy(&engine, &["code-review"], &sandbox.project_text("api"));
            engine.resync(Origin::Startup).unwrap();
            let path = file.path(&sandbox.home());
            std::fs::write(&path, &bytes).unwrap();
            check(&sandbox, &engine, file);
            assert!(std::fs::read(&path).unwrap() == bytes, "{file:?} was written: {what}");
        }
    }
}

#[track_caller]
fn assert_told(problems: &[Problem], path: &Path) {
    let told = problems.iter().find(|problem| problem.code == Code::ConfigInvalid);
    let told = told.unwrap_or_else(|| panic!("nothing is said of {}: {problems:?}", path.display()));
    assert_eq!(told.subject.as_deref(), path.to_str());
    assert_eq!(told.remedy, Some(Remedy::Repair));
    assert!(!told.message.contains('\n') && told.message.len() < 600, "{}", told.message);
}

#[track_caller]
fn refused<T: std::fmt::Debug>(answer: skillmeat_engine::Result<T>, path: &Path) {
    assert_told(&[answer.unwrap_err().to_problem()], path);
}

fn deployments(snapshot: &LibrarySnapshot) -> usize {
    snapshot.artifacts.iter().map(|one| one.deployments.len()).sum()
}

fn reference(row: &DeploymentRow) -> DeploymentRef {
    DeploymentRef {
        project_path: row.project_path.clone(),
        deployment_profile_id: row.deployment_profile_id.clone(),
        profile_root_dir: row.profile_root_dir.clone(),
        artifact_path: row.artifact_path.clone(),
    }
}

#[test]
fn whoever_only_looks_sees_what_was_there_and_is_told() {
    for_each(|sandbox, engine, file| {
        let (project, path) = (sandbox.project_text("api"), file.path(&sandbox.home()));
        for engine in [engine, &sandbox.engine()] {
            let snapshot = engine.library_snapshot().unwrap();
            assert_told(&snapshot.problems, &path);
            assert_eq!((snapshot.projects.len(), deployments(&snapshot)), (1, 1));
            engine.resync(Origin::Resync).unwrap();
            engine.poll_external().unwrap();
            let snapshot = engine.library_snapshot().unwrap();
            assert_eq!(
                (snapshot.projects.len(), deployments(&snapshot)),
                (1, 1),
                "a broken list is no empty one"
            );
            assert_told(&snapshot.problems, &path);

            assert_eq!(status(engine, &project).len(), 1);
            let report = engine.status(&[]).unwrap();
            assert_eq!(report.deployments.len(), 1);
            if file == StateFile::Projects {
                assert_told(&report.problems, &path);
            }
            assert_eq!(engine.projects().unwrap().len(), 1);
            engine.artifact_detail(&artifact("code-review")).unwrap();
            engine.artifact_file(&artifact("code-review"), &RelPath::new("SKILL.md").unwrap()).unwrap();
            let found = engine.find_deployments(&artifact("code-review"), &project, None).unwrap();
            engine.diff_deployment(&reference(&found[0])).unwrap();
            engine.locate(&Place::Artifact { artifact: artifact("code-review"), path: None }).unwrap();
            engine.locate(&Place::Home).unwrap();
        }
    });
}

/// Whether writing commands need the file.
fn is_needed(file: StateFile) -> bool {
    matches!(file, StateFile::Projects | StateFile::Collections)
}

fn link_request(sandbox: &Sandbox) -> LinkRequest {
    let folder = sandbox.path().join("elsewhere");
    tree!(folder => { "skills/pdf/SKILL.md": "x" });
    LinkRequest { path: folder.display().to_string(), ..LinkRequest::default() }
}

/// With the list of projects unreadable nobody knows which profiles a person chose for the project: a deploy would go
/// to the wrong one, and could not register the project. So it stops. With that of linked collections unreadable nobody
/// knows which folders are only to be read: a folder that is no project yet could be one, and nothing is made or linked;
/// a registered project was held against them, and is worked in. The other two say nothing that a deploy needs.
#[test]
fn whoever_writes_is_refused_or_does_not_need_the_file() {
    for_each(|sandbox, engine, file| {
        let (project, path) = (sandbox.project_text("api"), file.path(&sandbox.home()));
        let deploy = deploy_request(&["release-notes"], &project);
        let undeploy = undeploy_request(&["code-review"], &project);
        let needed = is_needed(file);
        let before = skillmeat_tests::DiskSnapshot::of(&sandbox.project("api"));
        if needed {
            if file == StateFile::Projects {
                refused(engine.plan_deploy(&deploy), &path);
                refused(engine.deploy(&deploy), &path);
                refused(engine.plan_undeploy(&undeploy), &path);
                refused(engine.undeploy(&undeploy), &path);
            } else {
                assert_done(&engine.deploy(&deploy).unwrap(), Action::Created);
                assert_done(
                    &engine.undeploy(&undeploy_request(&["release-notes"], &project)).unwrap(),
                    Action::Removed,
                );
                let elsewhere = deploy_request(&["release-notes"], &sandbox.project_text("web"));
                refused(engine.deploy(&elsewhere), &path);
            }
            refused(engine.add_project(&sandbox.project_text("web")), &path);
            if file == StateFile::Projects {
                refused(engine.remove_project(&project), &path);
            } else {
                refused(engine.unlink_collection("team"), &path);
            }
            refused(engine.link_collection(&link_request(sandbox)), &path);
            // It must not come to lie where a registered project deploys to.
            refused(engine.create_collection("another"), &path);
            before.assert_same(&skillmeat_tests::DiskSnapshot::of(&sandbox.project("api")));
            engine.settings().unwrap();
        } else {
            assert_done(&engine.deploy(&deploy).unwrap(), Action::Created);
            assert_done(&engine.undeploy(&undeploy).unwrap(), Action::Removed);
            engine.add_project(&sandbox.project_text("web")).unwrap();
            engine.remove_project(&sandbox.project_text("web")).unwrap();
            engine.create_collection("another").unwrap();
            engine.link_collection(&link_request(sandbox)).unwrap();
            refused(engine.settings(), &path);
        }
        // Not the setting that is wrong: setting that one right is a remedy.
        let patch = match file {
            StateFile::Settings => {
                SettingsPatch { default_collection: Some("another".to_owned()), ..SettingsPatch::default() }
            }
            _ => SettingsPatch { theme: Some(Theme::Light), ..SettingsPatch::default() },
        };
        if needed {
            engine.update_settings(&patch).unwrap();
        } else {
            refused(engine.update_settings(&patch), &path);
        }
    });
}

/// `skm` with `--json`: exit status, and the code of each problem.
fn said(ran: &Ran) -> (i32, Vec<String>) {
    let answer = ran.json();
    let codes = answer["problems"].as_array().unwrap().iter();
    (ran.code, codes.map(|problem| problem["code"].as_str().unwrap().to_owned()).collect())
}

#[test]
fn every_command_works_without_the_file_or_says_so() {
    for (file, right, _) in files() {
        let sandbox = Sandbox::new();
        let project = sandbox.project_text("api");
        deploy(&sandbox.engine(), &["code-review"], &project);
        let broken = right.replacen('"', "", 1);
        std::fs::write(file.path(&sandbox.home()), &broken).unwrap();
        let makes = usize::from(is_needed(file));
        // A registered project can be worked in though nobody knows what is linked.
        let writes = usize::from(file == StateFile::Projects);
        let forgets = writes;
        for (arguments, refused) in [
            (vec!["list"], 0),
            (vec!["resync"], 0),
            (vec!["show", "code-review"], 0),
            (vec!["status"], 0),
            (vec!["status", "--project", &project], 0),
            (vec!["diff", "code-review", "--project", &project], 0),
            (vec!["project", "list"], 0),
            (vec!["deploy", "release-notes", "--project", &project, "--dry-run"], writes),
            (vec!["deploy", "release-notes", "--project", &project], writes),
            (vec!["undeploy", "code-review", "--project", &project], writes),
            (vec!["project", "add", &project], writes),
            (vec!["project", "remove", &project], forgets),
            (vec!["collection", "list"], 0),
            (vec!["collection", "create", "new"], makes),
            (vec!["collection", "link", &project, "--layout", "skills"], makes),
        ] {
            let ran = sandbox.skm(arguments.iter().chain(&["--json"]));
            let (code, codes) = said(&ran);
            let told = codes.iter().any(|code| code == "config-invalid");
            assert_eq!(code, if told { 3 } else { 0 }, "{file:?} {arguments:?}: {ran:?}");
            assert_eq!(ran.json()["data"].is_null(), refused == 1, "{file:?} {arguments:?}: {ran:?}");
            let lists = ["list", "resync"].contains(&arguments[0]) || arguments.get(1) == Some(&"list");
            assert!(told || (refused == 0 && !lists), "{file:?} {arguments:?}: {ran:?}");
        }
        assert_eq!(std::fs::read_to_string(file.path(&sandbox.home())).unwrap(), broken);
    }
}

#[test]
fn a_file_is_set_aside_on_wish_and_nothing_of_it_is_lost() {
    for_each(|sandbox, engine, file| {
        let path = file.path(&sandbox.home());
        let bytes = std::fs::read(&path).unwrap();
        let aside: PathBuf = engine.set_aside(file).unwrap();
        assert_eq!(aside.parent(), path.parent());
        let name = aside.file_name().unwrap().to_str().unwrap();
        let own = path.file_name().unwrap().to_str().unwrap();
        assert_eq!(name, format!("{own}.set-aside-20260301T120000.000000Z"));
        assert!(std::fs::read(&aside).unwrap() == bytes);
        engine.settings().unwrap();
        engine.resync(Origin::Resync).unwrap();
        let snapshot = engine.library_snapshot().unwrap();
        assert_eq!(snapshot.problems, []);
        assert_eq!((snapshot.projects.len(), deployments(&snapshot)), (1, 1), "what is registered stays so");
        let patch = SettingsPatch { theme: Some(Theme::Light), ..SettingsPatch::default() };
        engine.update_settings(&patch).unwrap();
        deploy(engine, &["release-notes"], &sandbox.project_text("api"));
        assert_eq!(status(engine, &sandbox.project_text("api")).len(), 2);
        assert!(std::fs::read(&aside).unwrap() == bytes);
        std::fs::rename(&aside, &path).unwrap();
    });
}

/// What was linked before the list broke is neither gone nor orphaned, and is linked again when the list is set aside.
#[test]
fn linked_collections_outlive_a_broken_list_of_them() {
    let sandbox = Sandbox::new();
    let (engine, project) = (sandbox.engine(), sandbox.project_text("api"));
    engine.link_collection(&link_request(&sandbox)).unwrap();
    deploy(&engine, &["pdf"], &project);
    let path = StateFile::Collections.path(&sandbox.home());
    std::fs::write(&path, "[[collections]\n").unwrap();
    engine.resync(Origin::Resync).unwrap();
    let snapshot = engine.library_snapshot().unwrap();
    let row = snapshot.collections.iter().find(|row| row.collection == "elsewhere").unwrap();
    assert_told(&row.problems, &path);
    assert_eq!((snapshot.artifacts.len(), snapshot.orphans.len()), (5, 0));
    assert_eq!(status(&engine, &project)[0].status, Status::Unknown);
    engine.set_aside(StateFile::Collections).unwrap();
    engine.resync(Origin::Resync).unwrap();
    assert_eq!(status(&engine, &project)[0].status, Status::Synced);
    let rows = engine.library_snapshot().unwrap().collections;
    assert!(rows.iter().all(|row| row.problems.is_empty()), "{rows:?}");
}

/// Which folders are linked cannot be read, and the cache that knew them is gone too: the worst case.
#[test]
fn without_the_list_of_links_nothing_is_written_through_a_link_or_over_a_linked_artifact() {
    let sandbox = Sandbox::new();
    let (engine, project, at) = (sandbox.engine(), sandbox.project_text("api"), sandbox.project("api"));
    tree!(at => { "library/skills/pdf/SKILL.md": "theirs", "library/skills/code-review/SKILL.md": "theirs" });
    let library = at.join("library");
    let request = LinkRequest { path: library.display().to_string(), ..LinkRequest::default() };
    engine.link_collection(&request).unwrap();
    deploy(&engine, &["pdf"], &project);
    std::fs::write(StateFile::Collections.path(&sandbox.home()), "[[collections]\n").unwrap();
    drop(engine);
    for file in std::fs::read_dir(sandbox.home().join("desktop")).unwrap().flatten() {
        if file.file_name().to_string_lossy().starts_with("cache.sqlite") {
            std::fs::remove_file(file.path()).unwrap();
        }
    }
    // What the linked collection deployed is not taken for an older copy of ours of that name.
    let mine = sandbox.collection().join("skills/pdf");
    tree!(mine => { "SKILL.md": "---\nname: pdf\ndescription: mine\n---\n" });
    let engine = sandbox.engine();
    let receipt = deploy(&engine, &["pdf"], &project);
    assert_eq!(receipt.totals.failed, 1, "{receipt:?}");
    assert_eq!(std::fs::read_to_string(at.join(".claude/skills/pdf/SKILL.md")).unwrap(), "theirs");
    // A link into the linked folder, which nobody knows of now, is not followed.
    skillmeat_tests::link("../library").put(&at.join(".cursor/skills"));
    let before = skillmeat_tests::DiskSnapshot::of(&library);
    let request = skillmeat_engine::plan::DeployRequest {
        profiles: vec!["cursor".to_owned()],
        ..deploy_request(&["release-notes"], &project)
    };
    let receipt = engine.deploy(&request).unwrap();
    assert_eq!(receipt.results[0].problem.as_ref().unwrap().code, Code::PathEscapesRoot);
    before.assert_same(&skillmeat_tests::DiskSnapshot::of(&library));
}

#[test]
fn a_file_that_can_be_read_is_not_set_aside() {
    for (file, right, _) in files() {
        let sandbox = Sandbox::new();
        let engine = sandbox.engine();
        assert_eq!(engine.set_aside(file).unwrap_err().code(), Code::InvalidRequest, "there is none");
        let path = file.path(&sandbox.home());
        std::fs::write(&path, right).unwrap();
        assert_eq!(engine.set_aside(file).unwrap_err().code(), Code::InvalidRequest);
        assert_eq!(std::fs::read_to_string(&path).unwrap(), right);
    }
}

#[test]
fn a_collection_whose_index_is_broken_is_listed_deployed_and_left_alone() {
    let right = "[collection]\nname = \"default\"\n\n[[artifacts]]\nname = \"code-review\"\ntype = \"skill\"\n\
                 path = \"skills/code-review\"\n";
    let wrong = [("a wrong type", b"artifacts = 3\n".to_vec())];
    for (what, bytes) in corruptions(right).into_iter().filter(|(what, _)| *what != "huge").chain(wrong) {
        println!("{what}");
        let sandbox = Sandbox::new();
        let project = sandbox.project_text("api");
        tree!(sandbox.collection() => { "collection.toml": "x" });
        let index = sandbox.collection().join("collection.toml");
        std::fs::write(&index, &bytes).unwrap();
        let engine = sandbox.engine();
        engine.resync(Origin::Startup).unwrap();
        let snapshot = engine.library_snapshot().unwrap();
        let told = &snapshot.collections[0].problems[0];
        assert_eq!((told.code, told.remedy), (Code::CollectionInvalid, Some(Remedy::Repair)));
        assert_eq!(snapshot.artifacts.len(), 4, "what lies on disk is there");
        assert_done(&deploy(&engine, &["code-review"], &project), Action::Created);
        assert!(std::fs::read(&index).unwrap() == bytes);
    }
}

//! Projects: found, known from elsewhere, moved.

use crate::call::{artifact, assert_done, deploy, deploy_request};
use skillmeat_engine::engine::{FoundProjects, ScanRequest};
use skillmeat_engine::error::{Code, Severity};
use skillmeat_engine::feed::{Event, Phase};
use skillmeat_engine::plan::Action;
use skillmeat_engine::plan::UndoRequest;
use skillmeat_engine::status::Status;
use skillmeat_tests::{DiskSnapshot, Sandbox, folder, link, tree};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

fn scan(sandbox: &Sandbox, roots: &[&str]) -> FoundProjects {
    let roots = roots.iter().map(|root| sandbox.path().join(root).to_str().unwrap().to_owned()).collect();
    sandbox.engine().scan_for_projects(&ScanRequest { roots, ..ScanRequest::default() }).unwrap()
}

#[test]
fn the_versions_of_an_artifact_are_told_from_upstream_to_its_copies() {
    let sandbox = Sandbox::new();
    let (engine, api) = (sandbox.engine(), sandbox.project_text("api"));
    let hash = "97a90288b4bdf661970187fd6d79ddb859cd1d9d06d500438afa1f13c557a69e";
    tree!(sandbox.collection() => {
        "collection.toml": "[collection]\nname = 'default'\nversion = '1.0.0'\n[[artifacts]]\nname = 'code-review'\n\
            type = 'skill'\npath = 'skills/code-review/'\norigin = 'github'\nadded = '2026-01-01T00:00:00'\n\
            upstream = 'https://example.org/x'\nresolved_sha = 'abc123'\nresolved_version = 'v1'\n",
        "collection.lock": format!("[lock]\nversion = '1.0.0'\n[lock.entries.'code-review::skill']\n\
            content_hash = '{hash}'\nfetched = '2026-01-02T00:00:00'\n").as_str(),
    });
    assert_done(&deploy(&engine, &["code-review"], &api), Action::Created);
    std::fs::write(sandbox.collection().join("skills/code-review/more.md"), "more").unwrap();
    assert_done(&deploy(&engine, &["code-review"], &api), Action::Updated);
    engine.resync(skillmeat_engine::feed::Origin::Resync).unwrap();
    let history = engine.artifact_history(&artifact("code-review")).unwrap();
    let upstream = history.upstream.as_ref().unwrap();
    assert_eq!(
        (upstream.origin.as_deref(), upstream.resolved_sha.as_deref()),
        (Some("github"), Some("abc123"))
    );
    assert_eq!(history.locked.as_ref().unwrap().content_hash.as_deref(), Some(hash));
    let events: Vec<_> =
        history.events.iter().map(|event| (event.action, event.content_hash.clone())).collect();
    assert_eq!(events[0], (Action::Updated, history.content_hash.clone()), "newest first");
    assert_eq!((events.len(), events[1].0), (2, Action::Created));
    assert!(events[1].1.is_some() && events[1].1 != events[0].1);
    assert_eq!(history.copies.len(), 1);
    assert_eq!(history.copies[0].lineage, [history.content_hash.clone().unwrap()]);
    assert!(history.problems.is_empty(), "{:?}", history.problems);

    // What cannot be read is said, and the rest is told.
    std::fs::write(sandbox.collection().join("collection.lock"), "[lock").unwrap();
    let history = engine.artifact_history(&artifact("code-review")).unwrap();
    assert_eq!((history.locked, history.problems[0].code), (None, Code::CollectionInvalid));
    assert_eq!(history.events.len(), 2);
    assert_eq!(engine.artifact_history(&artifact("changelog")).unwrap().events, []);
}

fn names(found: &FoundProjects) -> Vec<&str> {
    found.projects.iter().map(|project| project.project_name.as_str()).collect()
}

#[test]
fn a_scan_finds_what_looks_like_a_project_and_registers_nothing() {
    let sandbox = Sandbox::new();
    tree!(sandbox.path() => {
        "work/app/.claude/settings.json": "{}",
        "work/app/node_modules/x/.claude/a": "",
        "work/app/packages/inner/.cursor/rules": folder(),
        "work/mono/.github/workflows/ci.yml": "",
        "work/mono/.github/dependabot.yml": "",
        "work/copilot/.github/skills/x/SKILL.md": "",
        "work/own/.tool/.skillmeat-deployed.toml": "",
        "work/plain/src/main.rs": "",
        "work/repo/.git/HEAD": "ref: refs/heads/main\n",
        "work/repo/.gitignore": "cache/\n",
        "work/repo/cache/old/.claude": folder(),
        "work/.hidden/.claude": folder(),
        "work/link": link("app"),
    });
    let before = DiskSnapshot::of(&sandbox.path().join("work"));
    let found = scan(&sandbox, &["work"]);
    assert_eq!(names(&found), ["app", "inner", "copilot", "own"]);
    assert_eq!(found.projects[0].profile_roots[0].as_str(), ".claude");
    assert_eq!(
        found.projects.iter().map(|one| one.deployed).collect::<Vec<_>>(),
        [false, false, false, true]
    );
    assert!(!found.cancelled && found.problems.is_empty() && found.folders > 8, "{found:?}");
    before.assert_same(&DiskSnapshot::of(&sandbox.path().join("work")));
    assert!(sandbox.engine().library_snapshot().unwrap().projects.is_empty());

    sandbox.engine().add_project(found.projects[0].project_path.as_str()).unwrap();
    // A root inside another one, and the same once more: each project counts once.
    let again = scan(&sandbox, &["work/app", "work", "work"]);
    assert_eq!(names(&again), names(&found));
    assert_eq!(
        again.projects.iter().map(|one| one.registered).collect::<Vec<_>>(),
        [true, false, false, false]
    );
}

#[test]
fn a_scan_leaves_out_what_cannot_be_a_project_and_tells_what_it_could_not_read() {
    let sandbox = Sandbox::new();
    tree!(sandbox.person() => { ".claude/skills/x/SKILL.md": "", "locked/in/.claude": folder() });
    let locked = sandbox.person().join("locked");
    std::fs::set_permissions(&locked, std::fs::Permissions::from_mode(0o000)).unwrap();
    let unreadable = std::fs::read_dir(&locked).is_err();
    let found = scan(&sandbox, &["person", "no/such"]);
    std::fs::set_permissions(&locked, std::fs::Permissions::from_mode(0o755)).unwrap();
    let codes: Vec<_> = found.problems.iter().map(|problem| problem.code).collect();
    // Who may read everything finds what is in there.
    if unreadable {
        assert_eq!(codes, [Code::PermissionDenied, Code::ProjectNotFound]);
        assert_eq!(found.problems[0].severity, Severity::Notice);
        assert_eq!(found.projects, []);
    } else {
        assert_eq!((codes, names(&found)), (vec![Code::ProjectNotFound], vec!["in"]));
    }
    let none = sandbox.engine().scan_for_projects(&ScanRequest::default()).unwrap_err();
    assert_eq!(none.code(), Code::InvalidRequest);
}

#[test]
fn a_scan_tells_how_far_it_is_and_stops_when_asked() {
    let sandbox = Sandbox::new();
    tree!(sandbox.path() => { "work/a/.claude": folder(), "work/b/.claude": folder() });
    let engine = sandbox.engine();
    let events = engine.subscribe();
    let roots = vec![sandbox.path().join("work").to_str().unwrap().to_owned(); 5_000];
    let request = ScanRequest { roots, operation: Some("mine".to_owned()), ..ScanRequest::default() };
    std::thread::scope(|scope| {
        let scan = scope.spawn(|| engine.scan_for_projects(&request).unwrap());
        let Event::OperationProgressed(first) = events.recv().unwrap() else { panic!("no progress") };
        assert_eq!((first.operation.as_str(), first.phase), ("mine", Phase::Scan));
        assert!(!engine.cancel("another"));
        assert!(engine.cancel("mine"));
        assert!(scan.join().unwrap().cancelled);
    });
    let last = events.try_iter().last();
    assert!(matches!(last, Some(Event::OperationProgressed(told)) if told.phase == Phase::Done));
    assert!(!engine.cancel("mine"), "it has ended");
}

#[test]
fn what_other_tools_know_is_offered_when_it_is_there() {
    let sandbox = Sandbox::new();
    let (app, api) = (sandbox.project_text("app"), sandbox.project_text("my api"));
    let claude =
        format!(r#"{{"projects": {{"{app}": {{}}, "/gone": {{}}, "relative": {{}}, "/": 1}}, "x": 1}}"#);
    tree!(sandbox.person() => {
        ".claude.json": claude.as_str(),
        ".codex/config.toml": format!("model = 'x'\n[projects.\"{api}\"]\ntrust_level = 'trusted'\n").as_str(),
        ".config/Code/User/workspaceStorage/1/workspace.json":
            format!(r#"{{"folder": "file://{}"}}"#, api.replace(' ', "%20")).as_str(),
        ".config/Code/User/workspaceStorage/2/workspace.json": r#"{"folder": "vscode-remote://ssh/x"}"#,
        ".config/Cursor/User/workspaceStorage/3/workspace.json": "not json",
    });
    let engine = sandbox.engine();
    engine.add_project(&app).unwrap();
    let found = engine.recent_projects().unwrap();
    let found: Vec<_> =
        found.iter().map(|one| (one.project_path.as_str(), one.tools.join(","), one.registered)).collect();
    assert_eq!(
        found,
        [(app.as_str(), "Claude Code".to_owned(), true), (api.as_str(), "Codex,VS Code".to_owned(), false)]
    );
}

#[test]
fn a_moved_project_is_located_and_its_history_can_be_undone() {
    let sandbox = Sandbox::new();
    let (old, old_path) = (sandbox.project_text("api"), sandbox.project("api"));
    let before = DiskSnapshot::of(&old_path);
    let first = deploy(&sandbox.engine(), &["code-review"], &old);
    assert_done(&first, Action::Created);
    let new_path = sandbox.path().join("projects/renamed");
    std::fs::rename(&old_path, &new_path).unwrap();
    let new = new_path.to_str().unwrap();

    let engine = sandbox.engine();
    engine.resync(skillmeat_engine::feed::Origin::Resync).unwrap();
    let missing = &engine.library_snapshot().unwrap().projects[0];
    assert_eq!((missing.available, missing.problems[0].code), (false, Code::ProjectNotFound));

    let row = engine.locate_project(&old, new).unwrap();
    assert_eq!((row.project_path.as_str(), row.project_name.as_str(), row.available), (new, "renamed", true));
    let snapshot = engine.library_snapshot().unwrap();
    assert_eq!(snapshot.projects.iter().map(|row| row.project_path.as_str()).collect::<Vec<_>>(), [new]);
    let deployments: Vec<_> = snapshot.artifacts.iter().flat_map(|one| &one.deployments).collect();
    assert_eq!(deployments.len(), 1);
    assert_eq!((deployments[0].project_path.as_str(), deployments[0].status), (new, Status::Synced));
    assert!(
        engine
            .history(None)
            .unwrap()
            .operations
            .iter()
            .flat_map(|one| &one.items)
            .all(|item| item.project_path.as_str() == new)
    );

    let undone =
        engine.undo(&UndoRequest { operation: Some(first.operation), ..UndoRequest::default() }).unwrap();
    assert_done(&undone, Action::Removed);
    assert!(!old_path.exists());
    before.assert_same(
        &DiskSnapshot::of(&new_path)
            .without(".claude")
            .without(".claude/..skillmeat-deployed.toml.skillmeat-lock"),
    );
}

#[test]
fn what_cannot_have_been_moved_is_refused_and_nothing_changes() {
    let sandbox = Sandbox::new();
    let (api, web) = (sandbox.project_text("api"), sandbox.project_text("web"));
    for project in [&api, &web] {
        assert_done(&deploy(&sandbox.engine(), &["code-review"], project), Action::Created);
    }
    let engine = sandbox.engine();
    let code = |from: &str, to: &str| engine.locate_project(from, to).unwrap_err().code();
    let other = sandbox.project_text("other");
    assert_eq!(code(&api, &other), Code::InvalidRequest, "it is still there");
    std::fs::rename(&api, sandbox.path().join("moved")).unwrap();
    let home = DiskSnapshot::of(&sandbox.home().join("desktop/history"));
    assert_eq!(code("/not/known", &other), Code::ProjectNotFound);
    assert_eq!(code(&api, "/no/such"), Code::ProjectNotFound);
    assert_eq!(code(&api, "/"), Code::ProjectInvalid);
    assert_eq!(code(&api, &web), Code::InvalidRequest, "it is another project");
    assert_eq!(code(&api, &other), Code::ProjectInvalid, "nothing of it is there");
    home.assert_same(&DiskSnapshot::of(&sandbox.home().join("desktop/history")));
    assert_eq!(engine.library_snapshot().unwrap().projects.len(), 2);
    assert!(Path::new(&web).exists());
    assert!(engine.plan_deploy(&deploy_request(&["code-review"], &web)).is_ok());
}

#[test]
fn a_move_that_was_cut_off_is_finished_by_the_next_try() {
    let sandbox = Sandbox::new();
    let api = sandbox.project_text("api");
    let first = deploy(&sandbox.engine(), &["code-review"], &api);
    let moved = sandbox.path().join("moved");
    std::fs::rename(&api, &moved).unwrap();
    // Everything but the list of projects follows, as when the process dies there.
    let list = sandbox.home().join("desktop/projects.toml");
    let before = std::fs::read(&list).unwrap();
    let moved = moved.to_str().unwrap();
    sandbox.engine().locate_project(&api, moved).unwrap();
    std::fs::write(&list, before).unwrap();
    sandbox.engine().locate_project(&api, moved).unwrap();
    let engine = sandbox.engine();
    let undo = UndoRequest { operation: Some(first.operation), ..UndoRequest::default() };
    assert_done(&engine.undo(&undo).unwrap(), Action::Removed);
}

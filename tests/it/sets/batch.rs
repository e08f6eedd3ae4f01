//! A set of many artifacts in many projects: what fails keeps nothing else from it, and each project costs what it must.

use super::deploying::request;
use super::{change, create};
use skillmeat_engine::Engine;
use skillmeat_engine::deploy::{Outcome, TargetResult};
use skillmeat_engine::engine::{SetDeployRequest, SetDeployed, SetUndeployRequest};
use skillmeat_engine::error::Code;
use skillmeat_engine::feed::{Change, Event, LibraryChanged, Phase};
use skillmeat_engine::fs::fault::{Call, Step, record};
use skillmeat_engine::plan::{Action, UndoRequest};
use skillmeat_engine::sets::{self, Member};
use skillmeat_tests::{DiskSnapshot, Sandbox, link, tree};
use std::collections::BTreeSet;
use std::fs::File;
use std::process::Stdio;
use std::time::{Duration, Instant};

const MANIFEST: &str = ".skillmeat-deployed.toml";

/// A set `Web` of so many commands.
fn scene(count: usize) -> (Sandbox, Engine) {
    let sandbox = Sandbox::empty();
    for number in 0..count {
        let text = format!("---\ndescription: d\n---\n{number}\n");
        let file = sandbox.collection().join(format!("commands/c{number:02}.md"));
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, text).unwrap();
    }
    let engine = sandbox.engine();
    let members: Vec<String> = (0..count).map(|number| format!("command:c{number:02}")).collect();
    let members: Vec<&str> = members.iter().map(String::as_str).collect();
    change(&engine, &create("Web", &members)).unwrap();
    (sandbox, engine)
}

fn results(done: &SetDeployed) -> impl Iterator<Item = &TargetResult> {
    done.projects.iter().flat_map(|project| &project.results)
}

/// The lock of a project, held: whoever deploys there waits.
fn hold(sandbox: &Sandbox, engine: &Engine, project: &str) -> File {
    let locks = || -> BTreeSet<_> {
        let found = std::fs::read_dir(sandbox.home().join("desktop/locks")).unwrap();
        found.map(|entry| entry.unwrap().path()).collect()
    };
    let before = locks();
    let mut asked = request(sandbox, "Web");
    asked.projects = vec![sandbox.project_text(project)];
    engine.deploy_set(&asked).unwrap();
    let lock = locks().difference(&before).next().unwrap().clone();
    let away =
        SetUndeployRequest { set: asked.set, projects: asked.projects, ..SetUndeployRequest::default() };
    engine.undeploy_set(&away).unwrap();
    let held = File::options().read(true).write(true).open(lock).unwrap();
    held.lock().unwrap();
    held
}

#[test]
fn one_failing_among_fifty_keeps_no_other_from_it() {
    let (sandbox, engine) = scene(49);
    tree!(sandbox.collection() => {
        "skills/broken/SKILL.md": "---\nname: broken\ndescription: d\n---\n",
        "skills/broken/out": link("/etc/hostname"),
    });
    let add = vec![Member::parse("skill:broken")];
    let member =
        sets::Change::ChangeSetMembers { set: "Web".to_owned(), add, at: Some(17), remove: Vec::new() };
    change(&engine, &member).unwrap();
    let done = engine.deploy_set(&request(&sandbox, "Web")).unwrap();
    assert_eq!((done.totals.succeeded, done.totals.failed), (98, 2));
    for project in &done.projects {
        let failed: Vec<_> =
            project.results.iter().filter(|result| result.status == Outcome::Failed).collect();
        let [one] = failed.as_slice() else { panic!("{failed:?}") };
        let problem = one.problem.as_ref().unwrap();
        assert_eq!((one.artifact_id.as_str(), problem.code), ("skill:broken", Code::LinkLeavesArtifact));
        assert!(problem.message.contains("out"), "{problem:?}");
        assert_eq!((project.totals.succeeded, project.results.len()), (49, 50));
    }
    // Once more: what is there is unchanged, and nothing is written.
    let before = DiskSnapshot::of(&sandbox.path().join("projects"));
    let recording = record(sandbox.path());
    let again = engine.deploy_set(&request(&sandbox, "Web")).unwrap();
    let steps = recording.steps();
    assert_eq!((again.totals.unchanged, again.totals.succeeded, again.totals.failed), (98, 0, 2));
    before.assert_same(&DiskSnapshot::of(&sandbox.path().join("projects")));
    let projects = sandbox.path().join("projects");
    let writes = |step: &&Step| {
        let changes = [Call::CreateFile, Call::CreateFolder, Call::Write, Call::Rename, Call::FlushSystem];
        changes.contains(&step.call) && step.path.starts_with(&projects)
    };
    assert_eq!(steps.iter().filter(writes).map(ToString::to_string).collect::<Vec<_>>(), [""; 0]);
}

#[test]
fn a_project_that_disappears_midway_fails_alone() {
    let (sandbox, engine) = scene(3);
    let held = hold(&sandbox, &engine, "middle");
    let (middle, away) = (sandbox.project("middle"), sandbox.path().join("away"));
    let events = engine.subscribe();
    let mut asked = request(&sandbox, "Web");
    asked.projects.push(sandbox.project_text("middle"));
    let done = std::thread::scope(|scope| {
        let runs = scope.spawn(|| engine.deploy_set(&asked).unwrap());
        let begun = Instant::now();
        let passed = |event| matches!(event, Event::OperationProgressed(told) if told.phase == Phase::Record);
        while !passed(events.recv_timeout(Duration::from_secs(20)).unwrap()) {
            assert!(begun.elapsed() < Duration::from_secs(20));
        }
        std::fs::rename(&middle, &away).unwrap();
        drop(held);
        runs.join().unwrap()
    });
    let totals: Vec<_> =
        done.projects.iter().map(|project| (project.totals.succeeded, project.totals.failed)).collect();
    assert_eq!(totals, [(3, 0), (0, 3), (3, 0)], "{done:?}");
    assert!(!middle.exists(), "what went is not made again");
    for result in results(&done).filter(|result| result.status == Outcome::Failed) {
        let problem = result.problem.as_ref().unwrap();
        assert!(problem.subject.as_ref().unwrap().contains("middle"), "{problem:?}");
    }
    // It comes back, and what is left is deployed.
    std::fs::rename(&away, &middle).unwrap();
    engine.recover().unwrap();
    let retry = SetDeployRequest { retry: Some(done.operation), ..SetDeployRequest::default() };
    let again = engine.deploy_set(&retry).unwrap();
    assert_eq!((again.projects.len(), again.totals.succeeded, again.totals.failed), (1, 3, 0), "{again:?}");
}

/// Flushes, documents that were renamed over, and commits of the cache.
fn costs(count: usize) -> [usize; 3] {
    let (sandbox, engine) = scene(count);
    let asked = request(&sandbox, "Web");
    for project in &asked.projects {
        engine.add_project(project).unwrap();
    }
    let recording = record(sandbox.path());
    let done = engine.deploy_set(&asked).unwrap();
    let steps = recording.steps();
    assert!(results(&done).all(|result| result.action == Action::Created));
    let of = |call: Call| steps.iter().filter(move |step| step.call == call);
    let manifests = of(Call::Rename).filter(|step| {
        step.path.ends_with(MANIFEST) && step.path.starts_with(sandbox.path().join("projects"))
    });
    [of(Call::FlushSystem).count(), manifests.count(), of(Call::CacheCommit).count()]
}

#[test]
fn each_project_is_written_down_once_however_many_artifacts_there_are() {
    let few = costs(2);
    assert_eq!(few, costs(40));
    let [flushes, manifests, commits] = few;
    assert_eq!(manifests, 2, "one manifest for each of two projects");
    assert!(flushes <= 4, "before the first swap and after the commit: {flushes}");
    assert!(commits <= 3, "one for each project, one for what was learned: {commits}");
}

#[test]
fn a_batch_is_told_as_one_event_with_all_its_rows() {
    let (sandbox, engine) = scene(4);
    let mut asked = request(&sandbox, "Web");
    engine.add_project(&asked.projects[0]).unwrap();
    asked.projects.push(sandbox.project_text("third"));
    let events = engine.subscribe();
    let told = || -> Vec<LibraryChanged> {
        let one = |event| if let Event::LibraryChanged(one) = event { Some(one) } else { None };
        events.try_iter().filter_map(one).collect()
    };
    let done = engine.deploy_set(&asked).unwrap();
    let batches = told();
    let [batch] = batches.as_slice() else { panic!("{batches:?}") };
    assert_eq!(batch.operation.as_deref(), Some(done.operation.as_str()));
    let count = |is: fn(&Change) -> bool| batch.changes.iter().filter(|change| is(change)).count();
    assert_eq!(count(|change| matches!(change, Change::DeploymentUpserted { .. })), 12);
    assert!(count(|change| matches!(change, Change::ProjectUpserted { .. })) >= 2, "those that are new");
    let set = asked.set.clone();
    let away = SetUndeployRequest { set, projects: asked.projects, ..SetUndeployRequest::default() };
    engine.undeploy_set(&away).unwrap();
    let batches = told();
    let [batch] = batches.as_slice() else { panic!("{batches:?}") };
    let removed = |change: &&Change| matches!(change, Change::DeploymentRemoved { .. });
    assert_eq!(batch.changes.iter().filter(removed).count(), 12);
}

#[test]
fn killed_between_two_projects_the_rest_is_asked_for_again_or_all_is_undone() {
    let (sandbox, engine) = scene(3);
    let held = hold(&sandbox, &engine, "web");
    let projects = || ["api", "web"].map(|name| DiskSnapshot::of(&sandbox.project(name)));
    let before = projects();
    let asked = [sandbox.project_text("api"), sandbox.project_text("web")];
    let mut command = sandbox.skm_command();
    command.args(["set", "deploy", "Web", "--project"]).args(&asked);
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let begun = Instant::now();
    let newest = || engine.history(Some(1)).unwrap().operations.remove(0);
    while newest().kind != skillmeat_engine::journal::OperationKind::Deploy && begun.elapsed().as_secs() < 20
    {
        std::thread::sleep(Duration::from_millis(5));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    drop(held);
    let engine = sandbox.engine();
    engine.recover().unwrap();
    let cut = newest();
    assert_eq!(cut.items.len(), 3);
    before[1].assert_same(&DiskSnapshot::of(&sandbox.project("web")));
    let retry = SetDeployRequest { retry: Some(cut.operation.clone()), ..SetDeployRequest::default() };
    let again = engine.deploy_set(&retry).unwrap();
    assert_eq!((again.totals.unchanged, again.totals.succeeded), (3, 3), "{again:?}");
    for operation in [again.operation, cut.operation] {
        let undo = UndoRequest { operation: Some(operation), ..UndoRequest::default() };
        assert_eq!(engine.undo(&undo).unwrap().totals.failed, 0);
    }
    let locks = ["..skillmeat-deployed.toml.skillmeat-lock", ".claude"];
    let bare = |snapshot: &DiskSnapshot| {
        let files =
            snapshot.paths().into_iter().filter(|path| !locks.iter().any(|lock| path.ends_with(lock)));
        files.map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(projects().each_ref().map(bare), before.each_ref().map(bare));
}

use super::*;
use crate::tests::options;
use skillmeat_engine::engine::SetRef;
use skillmeat_engine::feed::Origin;
use skillmeat_engine::id::ArtifactRef;
use skillmeat_engine::plan::DeployRequest;
use skillmeat_engine::sets::{Change, Look, Member, new_id};
use std::path::{Path, PathBuf};

/// A home with two artifacts, a project beside it, and an engine.
struct World {
    folder: tempfile::TempDir,
    engine: Engine,
}

impl World {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let home = folder.path().canonicalize().unwrap().join("home");
        let collection = home.join("collections/default");
        write(&collection.join("skills/review/SKILL.md"), "---\nname: review\ndescription: d\n---\n");
        write(&collection.join("commands/notes.md"), "---\ndescription: d\n---\n");
        std::fs::create_dir_all(folder.path().join("api")).unwrap();
        let engine = Engine::open(options(&home)).unwrap();
        engine.resync(Origin::Startup).unwrap();
        Self { folder, engine }
    }

    fn project(&self) -> PathBuf {
        self.folder.path().canonicalize().unwrap().join("api")
    }

    fn path(&self) -> String {
        self.project().to_str().unwrap().to_owned()
    }

    fn skill(&self) -> PathBuf {
        self.project().join(".claude/skills/review/SKILL.md")
    }

    fn act(&self, action: &Action) -> Outcome {
        act(&self.engine, action)
    }

    fn deploy(&self, id: &str) -> Outcome {
        self.act(&Action::Deploy { project: self.path(), what: pin(id) })
    }

    fn operations(&self) -> usize {
        self.engine.history(None).unwrap().operations.len()
    }
}

fn write(path: &Path, text: &str) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

fn pin(id: &str) -> Pin {
    Pin::Artifact { collection: "default".to_owned(), artifact_id: id.to_owned() }
}

fn reference(id: &str) -> ArtifactRef {
    ArtifactRef { artifact_id: id.to_owned(), collection: Some("default".to_owned()) }
}

#[track_caller]
fn told(outcome: Outcome) -> Notice {
    match outcome {
        Outcome::Tell(notice) => notice,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_click_deploys_and_says_so_and_its_undo_takes_it_back() {
    let world = World::new();
    let notice = told(world.deploy("skill:review"));
    assert!(world.skill().exists());
    assert!(world.project().join(".claude/.skillmeat-deployed.toml").exists());
    assert_eq!((notice.title.as_str(), notice.body.as_str()), ("Deployed review into api", "1 new"));
    assert_eq!((notice.problem, &notice.show), (None, &Open::Project { path: world.path() }));
    let operation = notice.undo.unwrap();
    let notice = told(world.act(&Action::Undo { operation: operation.clone() }));
    assert_eq!((notice.title.as_str(), notice.undo), ("Undone", None));
    assert!(!world.skill().exists());
    // Once more there is nothing to undo, which the list shows.
    let before = world.operations();
    assert_eq!(world.act(&Action::Undo { operation }), Outcome::Show(Open::Activity));
    assert_eq!(world.operations(), before);
}

#[test]
fn a_conflict_writes_nothing_and_shows_the_plan() {
    let world = World::new();
    write(&world.skill(), "mine");
    let plan = |profiles: &[&str]| Open::Plan {
        artifacts: vec![reference("skill:review")],
        set: None,
        projects: vec![world.path()],
        profiles: profiles.iter().map(ToString::to_string).collect(),
    };
    assert_eq!(world.deploy("skill:review"), Outcome::Show(plan(&[])));
    assert_eq!(std::fs::read_to_string(world.skill()).unwrap(), "mine");
    assert_eq!(world.operations(), 0);
    // The same for what was ours and was edited.
    std::fs::remove_dir_all(world.project().join(".claude")).unwrap();
    told(world.deploy("skill:review"));
    write(&world.skill(), "edited");
    assert_eq!(world.deploy("skill:review"), Outcome::Show(plan(&["claude_code"])));
    assert_eq!(std::fs::read_to_string(world.skill()).unwrap(), "edited");
    assert_eq!(world.operations(), 1);
}

#[test]
fn what_is_gone_from_the_collection_shows_the_plan() {
    let world = World::new();
    let outcome = world.deploy("skill:gone");
    assert!(matches!(outcome, Outcome::Show(Open::Plan { .. })), "{outcome:?}");
}

#[test]
fn a_project_that_is_gone_is_told() {
    let world = World::new();
    std::fs::remove_dir_all(world.project()).unwrap();
    let notice = told(world.deploy("skill:review"));
    assert_eq!((notice.title.as_str(), notice.undo), ("Not done", None));
    assert_eq!(notice.problem.unwrap().code, Code::ProjectNotFound);
}

#[test]
fn what_is_there_already_is_no_operation() {
    let world = World::new();
    told(world.deploy("skill:review"));
    let notice = told(world.deploy("skill:review"));
    assert_eq!((notice.title.as_str(), notice.undo), ("review is up to date in api", None));
    assert_eq!(world.operations(), 1);
}

#[test]
fn it_goes_to_the_profiles_that_are_used_and_can_take_it() {
    let world = World::new();
    // In most projects, and no sign of a profile.
    std::fs::create_dir_all(world.project().join(".github/workflows")).unwrap();
    told(world.deploy("skill:review"));
    assert!(!world.project().join(".github/skills").exists());
    let request = DeployRequest {
        artifacts: vec![reference("skill:review")],
        projects: vec![world.path()],
        profiles: vec!["copilot".to_owned()],
        ..DeployRequest::default()
    };
    world.engine.deploy(&request).unwrap();
    let more = world.folder.path().join("home/collections/default/skills/review/more.md");
    write(&more, "more");
    assert_eq!(told(world.deploy("skill:review")).body, "2 updated");
    // Copilot takes no commands.
    let notice = told(world.deploy("command:notes"));
    assert_eq!((notice.title.as_str(), notice.body.as_str()), ("Deployed notes into api", "1 new"));
    assert!(world.project().join(".claude/commands/notes.md").exists());
}

#[test]
fn a_set_is_deployed_and_deployed_again() {
    let world = World::new();
    let id = new_id();
    let look = Look { name: Some("Web".to_owned()), ..Look::default() };
    let members = vec![Member::parse("skill:review"), Member::parse("command:notes")];
    let create = Change::CreateSet { id: id.clone(), look, members };
    world.engine.change_sets(None, &create, false).unwrap();
    world.engine.resync(Origin::Resync).unwrap();
    let what = Pin::Set { collection: "default".to_owned(), set_id: id.clone() };
    let notice = told(world.act(&Action::Deploy { project: world.path(), what }));
    assert_eq!((notice.title.as_str(), notice.body.as_str()), ("Deployed Web into api", "2 new"));
    std::fs::remove_dir_all(world.project().join(".claude/skills")).unwrap();
    let operation = notice.undo.unwrap();
    let notice = told(world.act(&Action::Again { operation: operation.clone() }));
    assert_eq!(notice.title, "Deployed Web into api");
    assert!(world.skill().exists());
    // By now it is another operation that was the last one.
    assert_eq!(world.act(&Action::Again { operation }), Outcome::Show(Open::Activity));
    // A conflict asks about the set.
    write(&world.skill(), "mine");
    let last = world.engine.quick().unwrap().last.unwrap().operation;
    let set = Some(SetRef { name: id, collection: Some("default".to_owned()) });
    let profiles = Vec::new();
    let plan = Open::Plan { artifacts: Vec::new(), set, projects: vec![world.path()], profiles };
    assert_eq!(world.act(&Action::Again { operation: last }), Outcome::Show(plan));
    assert_eq!(std::fs::read_to_string(world.skill()).unwrap(), "mine");
}

#[test]
fn again_goes_to_the_same_places() {
    let world = World::new();
    let request = DeployRequest {
        artifacts: vec![reference("skill:review")],
        projects: vec![world.path()],
        ..DeployRequest::default()
    };
    let receipt = world.engine.deploy(&request).unwrap();
    std::fs::create_dir_all(world.project().join(".codex")).unwrap();
    write(&world.folder.path().join("home/collections/default/skills/review/more.md"), "more");
    let notice = told(world.act(&Action::Again { operation: receipt.operation }));
    assert_eq!((notice.title.as_str(), notice.body.as_str()), ("Deployed review into api", "1 updated"));
    assert!(world.project().join(".claude/skills/review/more.md").exists());
    assert!(!world.project().join(".agents").exists(), "not where it was not");
}

#[test]
fn an_undo_that_something_stands_in_the_way_of_is_shown_and_not_done() {
    let world = World::new();
    let operation = told(world.deploy("skill:review")).undo.unwrap();
    write(&world.skill(), "edited");
    assert_eq!(world.act(&Action::Undo { operation }), Outcome::Show(Open::Activity));
    assert_eq!(std::fs::read_to_string(world.skill()).unwrap(), "edited");
}

#[test]
fn watching_is_paused() {
    let world = World::new();
    assert_eq!(world.act(&Action::Watch { paused: true }), Outcome::Done);
}

//! Projects of an existing SkillMeat database.

use rusqlite::Connection;
use skillmeat_engine::error::Code;
use skillmeat_tests::{DiskSnapshot, Sandbox, tree};
use std::path::{Path, PathBuf};

/// A database as SkillMeat makes it, as far as it is read here.
fn database(sandbox: &Sandbox, deployments: &[&str]) -> PathBuf {
    let file = sandbox.home().join("cache/cache.db");
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    let connection = Connection::open(&file).unwrap();
    connection
        .execute_batch(
            "CREATE TABLE projects (id TEXT PRIMARY KEY, name TEXT, path TEXT UNIQUE);
             CREATE TABLE collection_artifacts (collection_id TEXT, artifact_uuid TEXT, deployments_json TEXT);
             CREATE TABLE groups (id TEXT PRIMARY KEY); INSERT INTO groups VALUES ('g');
             CREATE TABLE deployment_sets (id TEXT PRIMARY KEY);
             INSERT INTO deployment_sets VALUES ('a'), ('b');",
        )
        .unwrap();
    let sentinel = sandbox.home().join("collections").display().to_string();
    for (name, path) in
        [("The API", sandbox.project_text("api")), ("gone", "/no/such".into()), ("s", sentinel)]
    {
        connection.execute("INSERT INTO projects VALUES (?1, ?1, ?2)", [name, &path]).unwrap();
    }
    for text in deployments {
        connection.execute("INSERT INTO collection_artifacts VALUES ('default', ?1, ?1)", [text]).unwrap();
    }
    file
}

fn entry(path: &str) -> String {
    format!(r#"{{"project_path":"{path}","project_name":"x","deployed_at":"2026-02-11T10:30:00Z"}}"#)
}

#[test]
fn projects_are_planned_then_registered_and_the_database_stays_as_it_is() {
    let sandbox = Sandbox::new();
    let (api, web) = (sandbox.project_text("api"), sandbox.project_text("web"));
    let both = format!("[{}, {}, 3]", entry(&format!("{api}/.claude")), entry(&web));
    let file = database(&sandbox, &[&both, "broken", &format!("[{}]", entry(&api))]);
    let before = DiskSnapshot::of(file.parent().unwrap());
    let engine = sandbox.engine();
    let plan = engine.plan_import_database(None).unwrap();
    let found: Vec<_> = plan
        .projects
        .iter()
        .map(|one| {
            (one.project_path.as_str(), one.project_name.as_str(), one.deployments, one.problem.is_some())
        })
        .collect();
    assert_eq!(
        found,
        [("/no/such", "gone", 0, true), (api.as_str(), "The API", 2, false), (web.as_str(), "x", 1, false)]
    );
    assert_eq!((plan.skipped, plan.groups, plan.sets, plan.profiles), (2, 1, 2, 0));
    assert_eq!(engine.projects().unwrap(), [], "a plan registers nothing");

    let done = engine.import_database(Some(file.to_str().unwrap())).unwrap();
    assert_eq!(done.projects[0].problem.as_ref().unwrap().code, Code::ProjectNotFound);
    let registered: Vec<_> = engine.projects().unwrap().into_iter().map(|row| row.project_path).collect();
    assert_eq!(
        registered.iter().map(skillmeat_engine::id::ProjectPath::as_str).collect::<Vec<_>>(),
        [api.as_str(), web.as_str()]
    );
    before.assert_same(&DiskSnapshot::of(file.parent().unwrap()));
    assert!(engine.import_database(None).unwrap().projects[1..].iter().all(|one| one.known));
}

#[test]
fn what_skillmeat_has_only_in_its_log_is_read_too_and_nothing_of_it_is_changed() {
    let sandbox = Sandbox::new();
    let file = database(&sandbox, &[]);
    let writer = Connection::open(&file).unwrap();
    writer.pragma_update(None, "journal_mode", "wal").unwrap();
    writer
        .execute("INSERT INTO projects VALUES ('late', 'late', ?1)", [sandbox.project_text("late")])
        .unwrap();
    assert!(std::fs::metadata(file.with_file_name("cache.db-wal")).unwrap().len() > 0);
    let before = DiskSnapshot::of(file.parent().unwrap());
    let plan = sandbox.engine().plan_import_database(None).unwrap();
    assert!(plan.projects.iter().any(|one| one.project_name == "late"), "{plan:?}");
    before.assert_same(&DiskSnapshot::of(file.parent().unwrap()));
    let left =
        std::fs::read_dir(sandbox.home().join("desktop")).unwrap().map(|entry| entry.unwrap().file_name());
    assert!(left.into_iter().all(|name| !name.to_string_lossy().starts_with("database-")));
    drop(writer);
}

#[test]
fn what_is_no_database_is_refused() {
    let sandbox = Sandbox::new();
    let engine = sandbox.engine();
    assert_eq!(engine.plan_import_database(None).unwrap_err().code(), Code::Io);
    tree!(sandbox.path() => { "text.db": "this is no database, but a text that is long enough to be looked at" });
    let other = sandbox.path().join("other.db");
    Connection::open(&other).unwrap().execute_batch("CREATE TABLE t (x)").unwrap();
    for file in [sandbox.path().join("text.db"), other] {
        let refused = engine.plan_import_database(Path::new(&file).to_str()).unwrap_err();
        assert_eq!(refused.code(), Code::InvalidRequest, "{refused}");
    }
}

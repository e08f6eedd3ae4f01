//! What an existing SkillMeat database knows, taken over.

use crate::call::deploy;
use rusqlite::Connection;
use skillmeat_engine::Engine;
use skillmeat_engine::engine::{DatabaseImport, DatabaseItem, Options, SetRef};
use skillmeat_engine::error::{Code, Problem};
use skillmeat_engine::plan::UndoRequest;
use skillmeat_engine::settings::SetsSwitch;
use skillmeat_tests::{DiskSnapshot, Sandbox, skill, tree};
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
             CREATE TABLE groups (id TEXT PRIMARY KEY); INSERT INTO groups VALUES ('g');",
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
    let skipped = [&format!("a deployment of {both}"), "a deployment of broken", "a group without a name g"];
    assert_eq!(plan.skipped, skipped);
    assert_eq!((plan.groups.len(), plan.sets.len(), plan.profiles.len()), (0, 0, 0));
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

/// Everything else that SkillMeat keeps, in the columns of its newer versions.
fn curated(sandbox: &Sandbox, file: &Path) {
    let connection = Connection::open(file).unwrap();
    connection
        .execute_batch(
            "DROP TABLE groups;
             CREATE TABLE artifacts (id TEXT PRIMARY KEY, uuid TEXT UNIQUE, type TEXT, name TEXT);
             INSERT INTO artifacts VALUES ('skill:code-review', 'u1', 'skill', 'code-review'),
               ('command:changelog', 'u2', 'command', 'changelog'), ('skill:gone', 'u3', 'skill', 'gone');
             CREATE TABLE collections (id TEXT PRIMARY KEY, name TEXT);
             INSERT INTO collections VALUES ('c', 'default');
             CREATE TABLE groups (id TEXT PRIMARY KEY, collection_id TEXT, name TEXT, description TEXT, color TEXT,
               icon TEXT, position INTEGER);
             INSERT INTO groups VALUES ('g1', 'c', 'Texts', 'For texts', 'blue', 'layers', 1),
               ('g2', 'c', 'Mine', NULL, 'slate', NULL, 0), ('g3', 'c', NULL, NULL, NULL, NULL, 2);
             CREATE TABLE group_artifacts (group_id TEXT, artifact_uuid TEXT, position INTEGER);
             INSERT INTO group_artifacts VALUES ('g1', 'u2', 1), ('g1', 'u1', 0), ('g1', 'u3', 2), ('gx', 'u1', 0);
             CREATE TABLE deployment_sets (id TEXT PRIMARY KEY, name TEXT, description TEXT, color TEXT, icon TEXT,
               tags_json TEXT);
             INSERT INTO deployment_sets VALUES
               ('s1', 'Web', 'All of it', '#12345', 'globe', '[\"old\"]'), ('s2', 'Web', NULL, NULL, NULL, 'broken'),
               ('s3', 'Round', NULL, NULL, NULL, '[]'), ('s4', NULL, NULL, NULL, NULL, '[]');
             CREATE TABLE deployment_set_members (id TEXT, set_id TEXT, artifact_uuid TEXT, group_id TEXT,
               member_set_id TEXT, workflow_id TEXT, position INTEGER, created_at TEXT);
             INSERT INTO deployment_set_members VALUES
               ('1', 's1', NULL, NULL, 's3', NULL, 0, '1'), ('2', 's1', 'u2', NULL, NULL, NULL, 0, '2'),
               ('3', 's1', NULL, 'g1', NULL, NULL, 1, '1'), ('4', 's1', 'u9', NULL, NULL, NULL, 2, '1'),
               ('5', 's1', NULL, NULL, NULL, 'w', 3, '1'), ('6', 's3', NULL, NULL, 's1', NULL, 0, '1'),
               ('7', 's3', 'u1', NULL, NULL, NULL, 1, '1'), ('8', 'sx', 'u1', NULL, NULL, NULL, 0, '1'),
               ('9', 's1', 'u2', NULL, NULL, NULL, 9, '9');
             CREATE TABLE tags (id TEXT PRIMARY KEY, name TEXT); INSERT INTO tags VALUES ('t', 'web');
             CREATE TABLE deployment_set_tags (deployment_set_id TEXT, tag_id TEXT);
             INSERT INTO deployment_set_tags VALUES ('s1', 't');",
        )
        .unwrap();
    let text = "[collection]\nname = \"default\"\n\n[[groups]]\nname = \"mine\"\nmembers = []\n";
    tree!(sandbox.collection() => { "collection.toml": text });
}

/// Name, members, whether it was there, what was left out.
fn told(items: &[DatabaseItem]) -> Vec<(&str, u64, bool, Vec<&str>)> {
    items
        .iter()
        .map(|item| {
            assert_eq!(item.problem, None);
            (item.name.as_str(), item.members, item.known, item.left_out.iter().map(String::as_str).collect())
        })
        .collect()
}

#[test]
fn groups_and_sets_are_taken_over_once_and_bad_entries_are_named() {
    let sandbox = Sandbox::new();
    let file = database(&sandbox, &[]);
    curated(&sandbox, &file);
    let engine = sandbox.engine();
    let before = DiskSnapshot::of(&sandbox.collection());
    let plan = engine.plan_import_database(None).unwrap();
    before.assert_same(&DiskSnapshot::of(&sandbox.collection()));
    assert_eq!(told(&plan.groups), [("Mine", 0, true, vec![]), ("Texts", 2, false, vec!["skill:gone"])]);
    // Sets that hold each other: the first one that is looked at comes last, and has the other one in it.
    assert_eq!(
        told(&plan.sets),
        [
            ("Web", 2, false, vec!["set s3", "artifact u9", "workflow w", "colour “#12345”"]),
            ("Round", 2, false, vec![]),
            ("Web (2)", 0, false, vec![]),
        ]
    );
    let mut skipped = plan.skipped.clone();
    skipped.sort();
    assert_eq!(
        skipped,
        [
            "a group without a name g3",
            "a member of a group that is not there",
            "a member of a set that is not there",
            "a set without a name s4"
        ]
    );
    let done = engine.import_database(None).unwrap();
    assert_eq!((told(&done.groups), told(&done.sets)), (told(&plan.groups), told(&plan.sets)));
    let resolved = engine.resolve_set(&SetRef { name: "s3".to_owned(), collection: None }).unwrap();
    let ids: Vec<_> = resolved.artifacts.iter().map(|one| one.artifact_id.as_str()).collect();
    assert_eq!(ids, ["command:changelog", "skill:code-review"]);
    let rows = engine.sets(None).unwrap();
    let web = rows.sets.iter().find(|set| set.set_id == "s1").unwrap();
    assert_eq!(
        (web.tags.clone(), web.color.clone(), web.icon.as_deref()),
        (vec!["web".to_owned()], None, Some("globe"))
    );
    assert_eq!(rows.groups.iter().map(|group| group.name.as_str()).collect::<Vec<_>>(), ["mine", "Texts"]);

    let after = DiskSnapshot::of(&sandbox.collection());
    let again = engine.import_database(None).unwrap();
    assert!(again.groups.iter().chain(&again.sets).all(|item| item.known), "{again:?}");
    assert_eq!(again.operations, Vec::<String>::new());
    after.assert_same(&DiskSnapshot::of(&sandbox.collection()));
    engine.undo(&UndoRequest::default()).unwrap();
    before.assert_same(&DiskSnapshot::of(&sandbox.collection()));
}

#[test]
fn sets_that_are_switched_off_are_not_taken_over_and_groups_are() {
    let sandbox = Sandbox::new();
    let file = database(&sandbox, &[]);
    curated(&sandbox, &file);
    let engine = Engine::open(Options { sets: SetsSwitch::Off, ..sandbox.options() }).unwrap();
    let before = std::fs::read_to_string(sandbox.collection().join("deployment-sets.toml")).ok();
    let plan = engine.plan_import_database(None).unwrap();
    let done = engine.import_database(None).unwrap();
    for sets in [&plan.sets, &done.sets] {
        let codes: Vec<_> = sets.iter().map(|set| set.problem.as_ref().map(|problem| problem.code)).collect();
        assert_eq!(codes, [Some(Code::FeatureDisabled); 3]);
    }
    assert_eq!(engine.sets(None).unwrap().groups.len(), 2);
    assert_eq!(std::fs::read_to_string(sandbox.collection().join("deployment-sets.toml")).ok(), before);
    // On again, they are.
    let on = Engine::open(Options { sets: SetsSwitch::On, ..sandbox.options() }).unwrap();
    assert!(on.import_database(None).unwrap().sets.iter().all(|set| set.problem.is_none()));
}

#[test]
fn a_deployment_gets_a_record_only_where_its_content_proves_it() {
    let sandbox = Sandbox::new();
    let (api, web) = (sandbox.project_text("api"), sandbox.project_text("web"));
    let file = database(&sandbox, &[]);
    curated(&sandbox, &file);
    let connection = Connection::open(&file).unwrap();
    let rows = [
        ("u1", format!("[{}, {}, {}]", entry(&api), entry(&web), entry("/no/such"))),
        ("u2", format!("[{}]", entry(&format!("{api}/.claude")))),
        ("u3", format!("[{}]", entry(&api))),
    ];
    for (uuid, text) in &rows {
        connection.execute("INSERT INTO collection_artifacts VALUES ('c', ?1, ?2)", [*uuid, text]).unwrap();
    }
    drop(connection);
    let engine = sandbox.engine();
    // Recorded; there and the same; nothing there; gone from the collection.
    deploy(&engine, &["changelog"], &api);
    skill(&sandbox.project("api").join(".claude"), "code-review");
    let before = DiskSnapshot::of(&sandbox.project("web"));
    let reasons = |import: &DatabaseImport| {
        let mut reasons: Vec<_> = import
            .deployments
            .iter()
            .map(|one| {
                (one.artifact_id.clone(), one.project_path == api, one.problem.as_ref().map(|why| why.code))
            })
            .collect();
        reasons.sort();
        reasons
    };
    let plan = engine.plan_import_database(None).unwrap();
    assert_eq!(
        reasons(&plan),
        [
            ("skill:code-review".to_owned(), false, Some(Code::DeploymentNotFound)),
            ("skill:code-review".to_owned(), true, None),
            ("skill:gone".to_owned(), true, Some(Code::ArtifactNotFound)),
        ]
    );
    assert_eq!(plan.recorded, 1);
    assert_eq!(engine.status(std::slice::from_ref(&api)).unwrap().deployments.len(), 1);
    assert_eq!(reasons(&engine.import_database(None).unwrap()), reasons(&plan));
    assert_eq!(engine.status(std::slice::from_ref(&api)).unwrap().deployments.len(), 2);
    before.assert_same(&DiskSnapshot::of(&sandbox.project("web")));
    let again = engine.import_database(None).unwrap();
    assert_eq!((again.recorded, again.operations.len()), (2, 0));
}

#[test]
fn profiles_of_projects_become_their_own_and_bad_ones_are_told() {
    let sandbox = Sandbox::new();
    let file = database(&sandbox, &[]);
    let rows = "('1', 'The API', 'claude_code', 'claude_code', '.claude', '{}', '[]'),
        ('2', 'The API', 'Own-Tools', 'other', '.tools', '{\"skill\": \"abilities/\"}', '[\"skill\", \"command\", \"mcp\"]'),
        ('3', 'The API', 'evil', 'other', '../..', NULL, 'broken'),
        ('4', 'The API', 'far', 'remote_git', '.far', NULL, NULL),
        ('5', 'The API', 'codex', 'codex', '.mine', NULL, NULL),
        ('6', 'gone', 'tools', 'other', '.tools', NULL, NULL),
        ('7', 'nobody', 'tools', 'other', '.tools', NULL, NULL)";
    let sql = format!(
        "CREATE TABLE deployment_profiles (id TEXT PRIMARY KEY, project_id TEXT, profile_id TEXT, platform TEXT,
           root_dir TEXT, artifact_path_map TEXT, supported_types TEXT);
         INSERT INTO deployment_profiles VALUES {rows};"
    );
    Connection::open(&file).unwrap().execute_batch(&sql).unwrap();
    let engine = sandbox.engine();
    let told = |import: &DatabaseImport| -> Vec<(String, bool, Option<Code>)> {
        let each = import.profiles.iter();
        let problem = |problem: &Option<Problem>| problem.as_ref().map(|problem| problem.code);
        each.map(|one| (one.profile_id.clone(), one.known, problem(&one.problem))).collect()
    };
    let plan = engine.plan_import_database(None).unwrap();
    let bad = [
        ("codex", Some(Code::InvalidName)),
        ("evil", Some(Code::PathEscapesRoot)),
        ("far", Some(Code::InvalidRequest)),
    ];
    let bad = bad.map(|(id, code)| (id.to_owned(), false, code));
    let with = |known| [vec![("own_tools".to_owned(), known, None)], bad.to_vec()].concat();
    let sorted = |mut told: Vec<_>| {
        told.sort_by(|a: &(String, bool, Option<Code>), b| a.0.cmp(&b.0));
        told
    };
    assert_eq!(sorted(told(&plan)), sorted(with(false)));
    let own = plan.profiles.iter().find(|one| one.profile_id == "own_tools").unwrap();
    assert_eq!((own.root_dir.as_str(), own.left_out.as_slice()), (".tools", ["mcp".to_owned()].as_slice()));
    assert!(
        plan.skipped.iter().any(|one| one == "a profile without a project or a root tools"),
        "{:?}",
        plan.skipped
    );

    let done = engine.import_database(None).unwrap();
    assert_eq!(sorted(told(&done)), sorted(with(false)));
    let api = sandbox.project_text("api");
    let rows = engine.list_profiles(Some(&api)).unwrap();
    assert!(rows.iter().any(|row| row.profile_id == "own_tools"));
    let asked = ["deploy", "skill:code-review", "--project", &api, "--profile", "own_tools"];
    sandbox.skm(asked).ok();
    assert!(sandbox.project("api").join(".tools/abilities/code-review/SKILL.md").is_file());
    assert_eq!(sorted(told(&engine.import_database(None).unwrap())), sorted(with(true)));
}

/// A deployment of a profile that the database brings along.
fn in_own_profile(sandbox: &Sandbox) -> Engine {
    let file = database(sandbox, &[]);
    curated(sandbox, &file);
    let api = sandbox.project_text("api");
    let deployed = format!(
        r#"[{{"project_path":"{api}","project_name":"x","deployed_at":"2026-02-11T10:30:00Z","deployment_profile_id":"tools"}}]"#
    );
    let sql = format!(
        "CREATE TABLE deployment_profiles (id TEXT PRIMARY KEY, project_id TEXT, profile_id TEXT, platform TEXT,
           root_dir TEXT, artifact_path_map TEXT, supported_types TEXT);
         INSERT INTO deployment_profiles VALUES ('1', 'The API', 'tools', 'other', '.tools', NULL, NULL);
         INSERT INTO collection_artifacts VALUES ('c', 'u1', '{deployed}'), ('c', 'u2', '{deployed}');"
    );
    Connection::open(&file).unwrap().execute_batch(&sql).unwrap();
    skill(&sandbox.project("api").join(".tools"), "code-review");
    sandbox.engine()
}

#[test]
fn a_plan_counts_with_the_profiles_that_it_would_add() {
    let sandbox = Sandbox::new();
    let engine = in_own_profile(&sandbox);
    let told = |import: &DatabaseImport| -> Vec<(String, String, Option<Code>)> {
        let each = import.deployments.iter().map(|one| {
            let problem = one.problem.as_ref().map(|problem| problem.code);
            (one.artifact_id.clone(), one.deployment_profile_id.clone(), problem)
        });
        let mut each: Vec<_> = each.collect();
        each.sort();
        each
    };
    let before = DiskSnapshot::of(&sandbox.project("api"));
    let plan = engine.plan_import_database(None).unwrap();
    assert_eq!(
        told(&plan),
        [
            ("command:changelog".to_owned(), "tools".to_owned(), Some(Code::DeploymentNotFound)),
            ("skill:code-review".to_owned(), "tools".to_owned(), None),
        ]
    );
    before.assert_same(&DiskSnapshot::of(&sandbox.project("api")));
    assert_eq!(told(&engine.import_database(None).unwrap()), told(&plan));
    let rows = engine.status(&[sandbox.project_text("api")]).unwrap().deployments;
    assert_eq!(rows.iter().map(|row| row.deployment_profile_id.as_str()).collect::<Vec<_>>(), ["tools"]);
}

/// A project's own file knows the deployment before we know its profile.
#[test]
fn a_plan_knows_what_is_recorded_in_a_profile_that_it_would_add() {
    let sandbox = Sandbox::new();
    in_own_profile(&sandbox).import_database(None).unwrap();
    std::fs::remove_dir_all(sandbox.home().join("desktop")).unwrap();
    let plan = sandbox.engine().plan_import_database(None).unwrap();
    assert_eq!((plan.recorded, plan.deployments.len()), (1, 1), "{plan:?}");
}

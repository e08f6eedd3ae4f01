//! What a SkillMeat left, taken over: its older manifest, and its database.

use super::operations::{deployed, each, entered, fresh, newer_library};
use rusqlite::Connection;
use skillmeat_engine::Engine;
use skillmeat_engine::deploy::{CacheState, Receipt, Totals};
use skillmeat_engine::engine::{DatabaseImport, DatabaseItem};
use skillmeat_engine::error::{Error, Problem, Severity};
use skillmeat_engine::plan::Action;
use skillmeat_tests::{Sandbox, exec, link, tree};

/// Outdated copies that only manifests of old know, in a home that has not seen them.
pub(super) fn of_old(sandbox: &Sandbox) {
    deployed(sandbox);
    for root in [".claude", ".cursor"].map(|root| sandbox.project("api").join(root)) {
        let (today, old) = (root.join(".skillmeat-deployed.toml"), root.join("deployment-manifest.toml"));
        std::fs::rename(today, old).unwrap();
    }
    std::fs::remove_dir_all(sandbox.home().join("desktop")).unwrap();
    sandbox.engine().add_project(&sandbox.project_text("api")).unwrap();
    newer_library(sandbox);
}

/// A database that knows a group, a set, and a deployment that no manifest does.
pub(super) fn known_to_a_database(sandbox: &Sandbox) {
    fresh(sandbox);
    entered(sandbox);
    tree!(sandbox.project("api") => {
        ".claude/skills/review/SKILL.md": "---\nname: review\ndescription: Reviews.\n---\none\n",
        ".claude/skills/review/scripts/run.sh": exec("#!/bin/sh\necho one\n"),
        ".claude/skills/review/old.md": "only in the first version",
        ".claude/skills/review/latest.md": link("old.md"),
    });
    tree!(sandbox.collection() => { "deployment-sets.toml": "# theirs\n[[sets]]\nid = \"b\"\nname = \"Else\"\n" });
    let file = sandbox.home().join("cache/cache.db");
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    let path = sandbox.project_text("api");
    let deployed =
        format!(r#"[{{"project_path":"{path}","project_name":"api","deployed_at":"2026-02-11T10:30:00Z"}}]"#);
    let sql = format!(
        "CREATE TABLE projects (id TEXT PRIMARY KEY, name TEXT, path TEXT UNIQUE);
         INSERT INTO projects VALUES ('p', 'The API', '{path}');
         CREATE TABLE artifacts (id TEXT PRIMARY KEY, uuid TEXT UNIQUE, type TEXT, name TEXT);
         INSERT INTO artifacts VALUES ('skill:review', 'u1', 'skill', 'review');
         CREATE TABLE collections (id TEXT PRIMARY KEY, name TEXT);
         INSERT INTO collections VALUES ('c', 'default');
         CREATE TABLE collection_artifacts (collection_id TEXT, artifact_uuid TEXT, deployments_json TEXT);
         INSERT INTO collection_artifacts VALUES ('c', 'u1', '{deployed}');
         CREATE TABLE groups (id TEXT PRIMARY KEY, collection_id TEXT, name TEXT, description TEXT, color TEXT,
           icon TEXT, position INTEGER);
         INSERT INTO groups VALUES ('g', 'c', 'Texts', NULL, NULL, NULL, 0);
         CREATE TABLE group_artifacts (group_id TEXT, artifact_uuid TEXT, position INTEGER);
         INSERT INTO group_artifacts VALUES ('g', 'u1', 0);
         CREATE TABLE deployment_sets (id TEXT PRIMARY KEY, name TEXT, description TEXT, color TEXT, icon TEXT,
           tags_json TEXT);
         INSERT INTO deployment_sets VALUES ('s', 'Web', NULL, NULL, NULL, NULL);
         CREATE TABLE deployment_set_members (id TEXT, set_id TEXT, artifact_uuid TEXT, group_id TEXT,
           member_set_id TEXT, workflow_id TEXT, position INTEGER, created_at TEXT);
         INSERT INTO deployment_set_members VALUES ('1', 's', NULL, 'g', NULL, NULL, 0, '1');"
    );
    Connection::open(&file).unwrap().execute_batch(&sql).unwrap();
}

/// Its answer, target by target: the file of groups, that of sets, and the copy that gets a record.
pub(super) fn import_database(sandbox: &Sandbox, engine: &Engine) -> Result<Receipt, Error> {
    let told: DatabaseImport = engine.import_database(None)?;
    let failed = |problem: &Problem| problem.severity != Severity::Notice;
    let problem = |items: &[DatabaseItem]| items.first()?.problem.clone().filter(failed);
    let recorded = told.recorded == 1;
    let (groups, sets) = (problem(&told.groups), problem(&told.sets));
    let project = told.projects.first().and_then(|project| project.problem.clone());
    let copy = told.deployments.first().and_then(|one| one.problem.clone()).or(project);
    let folder = sandbox.collection().parent().unwrap().to_owned();
    let targets = [
        each(
            [(folder.clone(), "default/collection.toml", "", groups.is_none())],
            Action::Adopted,
            groups.as_ref(),
        ),
        each([(folder, "default/deployment-sets.toml", "", sets.is_none())], Action::Adopted, sets.as_ref()),
        each(
            [(sandbox.project("api"), ".claude/skills/review", "claude_code", recorded || copy.is_none())],
            Action::Adopted,
            copy.as_ref(),
        ),
    ];
    let (results, cache) = (targets.concat(), CacheState::Stale);
    let operation = told.operations.first().cloned().unwrap_or_default();
    Ok(Receipt {
        operation,
        dry_run: false,
        cache,
        totals: Totals::of(&results),
        results,
        notices: Vec::new(),
    })
}

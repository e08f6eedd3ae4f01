//! What the statements cost, as SQLite plans them, and what other programs see.

use super::*;
use crate::cache::lock;
use crate::cache::table::{Sql, Stored};
use crate::cache::{GroupRow, SetRow};
use rstest::rstest;
use rusqlite::Connection;
use serde_json::{Value, json};

fn plan(cache: &Cache, sql: &str) -> String {
    let connection = lock(&cache.reader);
    let mut statement = connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
    let places = statement.parameter_count();
    let rows = statement
        .query_map(rusqlite::params_from_iter(vec![""; places]), |row| row.get::<_, String>("detail"))
        .unwrap();
    rows.map(Result::unwrap).collect::<Vec<_>>().join("\n")
}

#[rstest]
#[case(CollectionRow::sql())]
#[case(ArtifactRow::sql())]
#[case(ProjectRow::sql())]
#[case(DeploymentRow::sql())]
#[case(GroupRow::sql())]
#[case(SetRow::sql())]
fn one_row_is_found_and_changed_without_looking_at_the_others(#[case] sql: &Sql) {
    let (_folder, cache) = fresh();
    for statement in [&sql.upsert, &sql.delete, &sql.one, &sql.changed] {
        let plan = plan(&cache, statement);
        assert!(!plan.contains("SCAN"), "{statement}\n{plan}");
    }
    for statement in [&sql.delete, &sql.one, &sql.changed] {
        assert!(plan(&cache, statement).contains("SEARCH"), "{statement}");
    }
}

#[test]
fn an_upsert_touches_as_many_pages_in_a_large_table_as_in_a_small_one() {
    let (_folder, cache) = fresh();
    let rows: Vec<_> = (0..20_000).map(|n| deployment("/p/one", "default", &format!("skill:s{n}"))).collect();
    let changed = |row: &DeploymentRow| {
        let mut row = row.clone();
        row.local_modifications = !row.local_modifications;
        row
    };
    let log_pages = |cache: &Cache| {
        let sql = "PRAGMA wal_checkpoint(TRUNCATE)";
        lock(&cache.writer).query_row(sql, [], |row| row.get::<_, i64>(1)).unwrap()
    };
    let mut pages = Vec::new();
    for size in [100, 20_000] {
        cache.write(|writer| writer.replace_deployments(&at("/p/one"), None, &rows[..size])).unwrap();
        log_pages(&cache);
        cache.write(|writer| writer.upsert_deployment(&changed(&rows[50]))).unwrap();
        let path = cache.file.as_ref().unwrap().folder.absolute(&RelPath::new("cache.sqlite-wal").unwrap());
        pages.push(path.metadata().unwrap().len() / 4096);
        log_pages(&cache);
    }
    // The row, the entry of its artifact, the note that it changed, and the meta row.
    assert!(pages[1] <= pages[0] && pages[1] <= 4, "{pages:?}");
}

#[test]
fn the_deployments_of_an_artifact_and_of_a_project_are_found_by_index() {
    let (_folder, cache) = fresh();
    for condition in ["collection = ?1 AND artifact_id = ?2", "project_path = ?1"] {
        let plan = plan(&cache, &format!("SELECT * FROM deployments WHERE {condition} ORDER BY first_seen"));
        assert!(plan.contains("SEARCH") && !plan.contains("SCAN"), "{plan}");
    }
    let plan = plan(&cache, "DELETE FROM trees WHERE path = ?1 OR (path > ?2 AND path < ?3)");
    assert!(!plan.contains("SCAN"), "{plan}");
}

#[test]
fn another_program_reads_deployments_json_as_documented() {
    let (folder, cache) = fresh();
    let mut first = deployment("/p/zzz", "default", "skill:a");
    first.local_modifications = true;
    let mut second = deployment("/p/aaa", "default", "skill:a");
    (second.content_hash, second.platform) = (None, None);
    cache
        .write(|writer| {
            writer.upsert_artifact(&artifact("default", "skill:a"))?;
            writer.upsert_artifact(&artifact("default", "skill:b"))?;
            writer.upsert_deployment(&first)?;
            writer.upsert_deployment(&second)?;
            // Deployed again: its place in the order stays.
            first.local_modifications = false;
            writer.upsert_deployment(&first)
        })
        .unwrap();
    let other = Connection::open(folder.path().join(NAME)).unwrap();
    let column = |id: &str| {
        let sql = "SELECT deployments_json FROM collection_artifacts WHERE artifact_id = ?1";
        other.query_row(sql, [id], |row| row.get::<_, Option<String>>(0)).unwrap()
    };
    assert_eq!(column("skill:b"), None);
    let read: Value = serde_json::from_str(&column("skill:a").unwrap()).unwrap();
    assert_eq!(
        read,
        json!([
            {
                "project_path": "/p/zzz", "project_name": "zzz", "deployed_at": "2026-02-11T10:30:00+00:00",
                "content_hash": "ab".repeat(32), "deployment_profile_id": "claude_code",
                "local_modifications": false, "platform": "claude_code",
            },
            {
                "project_path": "/p/aaa", "project_name": "aaa", "deployed_at": "2026-02-11T10:30:00+00:00",
                "content_hash": null, "deployment_profile_id": "claude_code",
                "local_modifications": false, "platform": null,
            },
        ])
    );
}

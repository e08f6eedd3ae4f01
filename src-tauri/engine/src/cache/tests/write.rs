//! What is written comes back, and what is equal already is no change.

use super::*;
use crate::cache::Change;
use crate::error::Error;

#[test]
fn every_row_comes_back_as_it_was_written() {
    let (_folder, cache) = fresh();
    let mut odd = deployment("/p/one", "default", "skill:review");
    (odd.problem, odd.status, odd.local_modifications) = (Some(problem()), Status::Conflict, true);
    (odd.content_hash, odd.platform) = (None, None);
    cache
        .write(|writer| {
            assert!(writer.upsert_collection(&collection("default"))?);
            assert!(writer.upsert_artifact(&artifact("default", "skill:review"))?);
            assert!(writer.upsert_project(&project("/p/one"))?);
            assert!(writer.upsert_deployment(&odd)?);
            writer.put_tree(&tree("/c/default/skills/review"))
        })
        .unwrap();
    let snapshot = cache.snapshot().unwrap();
    assert_eq!((snapshot.revision, snapshot.epoch.as_str()), (1, cache.epoch()));
    assert_eq!(snapshot.collections, [collection("default")]);
    assert_eq!(snapshot.projects, [project("/p/one")]);
    assert_eq!(snapshot.artifacts[0].artifact, artifact("default", "skill:review"));
    assert_eq!(snapshot.artifacts[0].deployments, [odd.clone()]);
    assert_eq!(cache.deployments_of(&at("/p/one")).unwrap(), [odd]);
    assert_eq!(cache.project(&at("/p/one")).unwrap(), Some(project("/p/one")));
    assert_eq!(cache.artifact("default", "skill:review").unwrap().as_ref(), snapshot.artifacts.first());
    assert_eq!(cache.artifact("other", "skill:review").unwrap(), None);
    assert_eq!(cache.tree("/c/default/skills/review").unwrap(), Some(tree("/c/default/skills/review")));
}

#[test]
fn writing_what_is_there_already_is_no_change() {
    let (_folder, cache) = fresh();
    let fill = |cache: &Cache| {
        let rows = [deployment("/p/one", "default", "skill:a"), deployment("/p/one", "default", "skill:b")];
        cache
            .write(|writer| {
                Ok([
                    writer.replace_collections(&[collection("default")])?,
                    writer.replace_projects(&[project("/p/one")])?,
                    writer.replace_artifacts("default", &[artifact("default", "skill:a")])?,
                    writer.replace_deployments(&at("/p/one"), None, &rows)?,
                ])
            })
            .unwrap()
    };
    assert_eq!(fill(&cache), [true; 4]);
    assert_eq!(fill(&cache), [false; 4]);
    assert_eq!(cache.revision().unwrap(), 1);
    cache.write(|writer| writer.put_tree(&tree("/c/x"))).unwrap();
    assert_eq!(cache.revision().unwrap(), 1, "the stat gate is not part of the library");
}

#[test]
fn every_single_field_counts_as_a_change() {
    let (_folder, cache) = fresh();
    let mut row = artifact("default", "skill:a");
    let put = |row: &ArtifactRow| cache.write(|writer| writer.upsert_artifact(row)).unwrap();
    assert!(put(&row));
    row.description = Some(String::new());
    assert!(put(&row), "from nothing to an empty text");
    row.description = None;
    assert!(put(&row));
    row.tags.reverse();
    assert!(put(&row));
    row.problems.clear();
    assert!(put(&row));
    assert!(!put(&row));
}

#[test]
fn a_failed_transaction_leaves_nothing_behind() {
    let (_folder, cache) = fresh();
    let failed: crate::Result<()> = cache.write(|writer| {
        writer.upsert_project(&project("/p/one"))?;
        Err(Error::Cancelled)
    });
    assert!(matches!(failed, Err(Error::Cancelled)));
    assert_eq!((cache.revision().unwrap(), cache.projects().unwrap().len()), (0, 0));
    assert_eq!(cache.changes_since(0).unwrap(), Some((0, Vec::new())));
}

#[test]
fn deployments_belong_to_the_artifact_of_their_collection_and_outlive_it() {
    let (_folder, cache) = fresh();
    let ours = deployment("/p/one", "default", "skill:a");
    let theirs = deployment("/p/two", "other", "skill:a");
    cache
        .write(|writer| {
            writer.upsert_artifact(&artifact("default", "skill:a"))?;
            writer.upsert_deployment(&ours)?;
            writer.upsert_deployment(&theirs)
        })
        .unwrap();
    let snapshot = cache.snapshot().unwrap();
    assert_eq!(snapshot.artifacts[0].deployments, std::slice::from_ref(&ours));
    assert_eq!(snapshot.orphans, std::slice::from_ref(&theirs));

    let mut changed = artifact("default", "skill:a");
    changed.description = Some("new".to_owned());
    cache.write(|writer| writer.replace_artifacts("default", &[changed])).unwrap();
    assert_eq!(cache.snapshot().unwrap().artifacts[0].deployments, std::slice::from_ref(&ours));

    cache.write(|writer| writer.remove_artifact("default", "skill:a")).unwrap();
    assert_eq!(cache.snapshot().unwrap().orphans, [ours, theirs]);
}

#[test]
fn replacing_removes_what_is_gone_within_its_scope_only() {
    let (_folder, cache) = fresh();
    let claude = deployment("/p/one", "default", "skill:a");
    let mut codex = deployment("/p/one", "default", "skill:a");
    codex.profile_root_dir = RelPath::new(".agents").unwrap();
    let other = deployment("/p/two", "default", "skill:a");
    let all = [claude.clone(), codex.clone(), other.clone()];
    cache.write(|writer| all.iter().try_for_each(|row| writer.upsert_deployment(row).map(drop))).unwrap();

    let root = RelPath::new(".claude").unwrap();
    cache.write(|writer| writer.replace_deployments(&at("/p/one"), Some(&root), &[])).unwrap();
    assert_eq!(cache.snapshot().unwrap().orphans, [codex.clone(), other.clone()]);

    cache.write(|writer| writer.remove_project(&at("/p/one"))).unwrap();
    assert_eq!(cache.snapshot().unwrap().orphans, std::slice::from_ref(&other));
    assert!(cache.write(|writer| writer.remove_deployment(other.key())).unwrap());
    assert!(!cache.write(|writer| writer.remove_deployment(other.key())).unwrap());
}

#[test]
fn a_collection_that_is_gone_takes_its_artifacts_along() {
    let (_folder, cache) = fresh();
    cache
        .write(|writer| {
            writer.replace_collections(&[collection("one"), collection("two")])?;
            writer.upsert_artifact(&artifact("one", "skill:a"))?;
            writer.upsert_artifact(&artifact("two", "skill:a"))
        })
        .unwrap();
    cache.write(|writer| writer.replace_collections(&[collection("two")])).unwrap();
    let snapshot = cache.snapshot().unwrap();
    assert_eq!((snapshot.collections.len(), snapshot.artifacts.len()), (1, 1));
    let (_, changes) = cache.changes_since(1).unwrap().unwrap();
    assert_eq!(changes.len(), 2, "{changes:?}");
    assert!(changes.contains(&Change::CollectionRemoved { collection: "one".to_owned() }));
}

#[test]
fn of_two_rows_for_one_place_the_first_counts_each_time() {
    let (_folder, cache) = fresh();
    let first = deployment("/p/one", "default", "skill:a");
    let mut second = first.clone();
    second.artifact_id = "skill:b".to_owned();
    for expected in [true, false] {
        let rows = [first.clone(), second.clone()];
        let changed = cache.write(|writer| writer.replace_deployments(&at("/p/one"), None, &rows)).unwrap();
        assert_eq!(changed, expected);
    }
    assert_eq!(cache.deployments_of(&at("/p/one")).unwrap(), [first]);
}

#[test]
fn artifacts_are_listed_by_collection_kind_namespace_and_name() {
    let (_folder, cache) = fresh();
    let ids = ["agent:b/a", "agent:z", "command:a", "skill:b", "skill:a"];
    cache.write(|w| ids.iter().try_for_each(|id| w.upsert_artifact(&artifact("one", id)).map(drop))).unwrap();
    let listed = cache.snapshot().unwrap().artifacts;
    let listed: Vec<&str> = listed.iter().map(|one| one.artifact.artifact_id.as_str()).collect();
    assert_eq!(listed, ["skill:a", "skill:b", "command:a", "agent:z", "agent:b/a"]);
}

#[test]
fn trees_are_found_and_forgotten_by_folder() {
    let (_folder, cache) = fresh();
    let paths = ["/c/skills", "/c/skills/a", "/c/skills/a/b", "/c/skills.old", "/c/skills0"];
    cache.write(|writer| paths.iter().try_for_each(|path| writer.put_tree(&tree(path)))).unwrap();
    let mut below: Vec<String> = cache.trees_below("/c/skills/").unwrap().into_keys().collect();
    below.sort();
    assert_eq!(below, ["/c/skills/a", "/c/skills/a/b"]);
    cache.write(|writer| writer.forget_tree("/c/skills")).unwrap();
    let mut left: Vec<String> = cache.trees_below("/c").unwrap().into_keys().collect();
    left.sort();
    assert_eq!(left, ["/c/skills.old", "/c/skills0"]);
}

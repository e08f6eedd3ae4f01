//! A snapshot plus the batches since then is what a new snapshot is, whatever happened in between.

use super::*;
use crate::cache::{Change, GroupMemberRow, GroupRow, LibrarySnapshot, SetMemberRow, SetRow, Writer};
use crate::error::Result;
use crate::sets::Member;
use proptest::prelude::*;

/// What a window keeps: it knows rows and changes, and nothing of the cache.
#[derive(Debug)]
struct Replica {
    revision: u64,
    collections: Vec<CollectionRow>,
    artifacts: Vec<ArtifactRow>,
    projects: Vec<ProjectRow>,
    deployments: Vec<DeploymentRow>,
    groups: Vec<GroupRow>,
    sets: Vec<SetRow>,
}

impl Replica {
    fn of(snapshot: LibrarySnapshot) -> Self {
        let mut deployments = snapshot.orphans;
        let mut artifacts = Vec::new();
        for one in snapshot.artifacts {
            deployments.extend(one.deployments);
            artifacts.push(one.artifact);
        }
        Self {
            revision: snapshot.revision,
            collections: snapshot.collections,
            artifacts,
            projects: snapshot.projects,
            deployments,
            groups: snapshot.groups,
            sets: snapshot.sets,
        }
    }

    fn apply(&mut self, change: Change) {
        match change {
            Change::CollectionUpserted { collection: row } => {
                put(&mut self.collections, row, |a, b| a.collection == b.collection);
            }
            Change::CollectionRemoved { collection } => {
                self.collections.retain(|row| row.collection != collection);
            }
            Change::ArtifactUpserted { artifact } => put(&mut self.artifacts, artifact, |a, b| {
                (&a.collection, &a.artifact_id) == (&b.collection, &b.artifact_id)
            }),
            Change::ArtifactRemoved { collection, artifact_id } => self
                .artifacts
                .retain(|row| (&row.collection, &row.artifact_id) != (&collection, &artifact_id)),
            Change::ProjectUpserted { project } => {
                put(&mut self.projects, project, |a, b| a.project_path == b.project_path);
            }
            Change::ProjectRemoved { project_path } => {
                self.projects.retain(|row| row.project_path != project_path);
            }
            Change::GroupUpserted { group } => {
                put(&mut self.groups, group, |a, b| (&a.collection, &a.name) == (&b.collection, &b.name));
            }
            Change::GroupRemoved { collection, name } => {
                self.groups.retain(|row| (&row.collection, &row.name) != (&collection, &name));
            }
            Change::SetUpserted { set } => {
                put(&mut self.sets, set, |a, b| (&a.collection, &a.set_id) == (&b.collection, &b.set_id));
            }
            Change::SetRemoved { collection, set_id } => {
                self.sets.retain(|row| (&row.collection, &row.set_id) != (&collection, &set_id));
            }
            Change::DeploymentUpserted { deployment } => {
                put(&mut self.deployments, deployment, |a, b| a.key() == b.key());
            }
            Change::DeploymentRemoved {
                project_path,
                deployment_profile_id,
                profile_root_dir,
                artifact_path,
            } => {
                self.deployments.retain(|row| {
                    (&row.project_path, &row.deployment_profile_id, &row.profile_root_dir, &row.artifact_path)
                        != (&project_path, &deployment_profile_id, &profile_root_dir, &artifact_path)
                });
            }
        }
    }

    /// Sorted, so that two replicas can be compared; the order of deployments within an artifact stays.
    fn sorted(mut self) -> Self {
        self.collections.sort_by(|a, b| a.collection.cmp(&b.collection));
        self.artifacts.sort_by(|a, b| (&a.collection, &a.artifact_id).cmp(&(&b.collection, &b.artifact_id)));
        self.groups.sort_by(|a, b| (&a.collection, &a.name).cmp(&(&b.collection, &b.name)));
        self.sets.sort_by(|a, b| (&a.collection, &a.set_id).cmp(&(&b.collection, &b.set_id)));
        self.projects.sort_by(|a, b| a.project_path.cmp(&b.project_path));
        self.deployments
            .sort_by(|a, b| (&a.collection, &a.artifact_id).cmp(&(&b.collection, &b.artifact_id)));
        self
    }
}

fn put<R>(rows: &mut Vec<R>, row: R, same: impl Fn(&R, &R) -> bool) {
    match rows.iter_mut().find(|known| same(known, &row)) {
        Some(known) => *known = row,
        None => rows.push(row),
    }
}

/// One random write. Few names, so that rows meet again: changed, removed, and back.
#[derive(Debug, Clone)]
enum Step {
    Collections(Vec<u8>),
    Artifacts(u8, Vec<(u8, bool)>),
    RemoveArtifact(u8, u8),
    Groups(u8, Vec<(u8, bool)>),
    Sets(u8, Vec<(u8, bool)>),
    Project(u8, bool),
    RemoveProject(u8),
    Deploy(u8, u8, bool),
    Undeploy(u8, u8),
    Deployments(u8, Vec<(u8, bool)>),
}

fn step() -> impl Strategy<Value = Step> {
    let name = 0u8..4;
    let rows = proptest::collection::vec((0u8..4, any::<bool>()), 0..4);
    prop_oneof![
        proptest::collection::vec(0u8..3, 0..3).prop_map(Step::Collections),
        (0u8..3, rows.clone()).prop_map(|(collection, rows)| Step::Artifacts(collection, rows)),
        (0u8..3, rows.clone()).prop_map(|(collection, rows)| Step::Groups(collection, rows)),
        (0u8..3, rows.clone()).prop_map(|(collection, rows)| Step::Sets(collection, rows)),
        (0u8..3, name.clone()).prop_map(|(collection, id)| Step::RemoveArtifact(collection, id)),
        (name.clone(), any::<bool>()).prop_map(|(project, flag)| Step::Project(project, flag)),
        name.clone().prop_map(Step::RemoveProject),
        (name.clone(), name.clone(), any::<bool>()).prop_map(|(p, id, flag)| Step::Deploy(p, id, flag)),
        (name.clone(), name.clone()).prop_map(|(project, id)| Step::Undeploy(project, id)),
        (name, rows).prop_map(|(project, rows)| Step::Deployments(project, rows)),
    ]
}

fn some_artifact(collection: u8, id: u8, flag: bool) -> ArtifactRow {
    let mut row = artifact(&format!("c{collection}"), &format!("skill:s{id}"));
    row.description = flag.then(|| "changed".to_owned());
    row
}

fn some_deployment(project: u8, id: u8, flag: bool) -> DeploymentRow {
    let mut row = deployment(&format!("/p/{project}"), &format!("c{}", id % 3), &format!("skill:s{id}"));
    row.local_modifications = flag;
    row
}

fn some_group(collection: &str, name: u8, flag: bool) -> GroupRow {
    GroupRow {
        collection: collection.to_owned(),
        name: format!("g{name}"),
        description: flag.then(|| "changed".to_owned()),
        color: None,
        icon: None,
        position: name.into(),
        members: vec![GroupMemberRow { artifact_id: "skill:s0".to_owned(), missing: flag }],
        used_in: Vec::new(),
    }
}

fn some_set(collection: &str, id: u8, flag: bool) -> SetRow {
    let member = Member::Group { group: "g0".to_owned() };
    SetRow {
        collection: collection.to_owned(),
        set_id: format!("id{id}"),
        name: format!("set {id}"),
        description: None,
        color: None,
        icon: None,
        tags: vec!["web".to_owned()],
        created: None,
        updated: None,
        members: vec![SetMemberRow { member, name: "g0".to_owned(), missing: flag }],
        resolved: 1,
        missing: u64::from(flag),
        used_in: Vec::new(),
        problems: Vec::new(),
    }
}

fn perform(writer: &mut Writer<'_>, step: &Step) -> Result<bool> {
    match step {
        Step::Collections(names) => {
            let rows: Vec<_> = names.iter().map(|name| collection(&format!("c{name}"))).collect();
            writer.replace_collections(&rows)
        }
        Step::Artifacts(collection, rows) => {
            let rows: Vec<_> = rows.iter().map(|&(id, flag)| some_artifact(*collection, id, flag)).collect();
            writer.replace_artifacts(&format!("c{collection}"), &rows)
        }
        Step::Groups(collection, rows) => {
            let collection = format!("c{collection}");
            let row = |&(name, flag): &(u8, bool)| some_group(&collection, name, flag);
            writer.replace_groups(&collection, &rows.iter().map(row).collect::<Vec<_>>())
        }
        Step::Sets(collection, rows) => {
            let collection = format!("c{collection}");
            let row = |&(id, flag): &(u8, bool)| some_set(&collection, id, flag);
            writer.replace_sets(&collection, &rows.iter().map(row).collect::<Vec<_>>())
        }
        Step::RemoveArtifact(collection, id) => {
            writer.remove_artifact(&format!("c{collection}"), &format!("skill:s{id}"))
        }
        Step::Project(name, flag) => {
            let mut row = project(&format!("/p/{name}"));
            row.available = *flag;
            writer.upsert_project(&row)
        }
        Step::RemoveProject(name) => writer.remove_project(&at(&format!("/p/{name}"))),
        Step::Deploy(project, id, flag) => writer.upsert_deployment(&some_deployment(*project, *id, *flag)),
        Step::Undeploy(project, id) => writer.remove_deployment(some_deployment(*project, *id, false).key()),
        Step::Deployments(project, rows) => {
            let rows: Vec<_> = rows.iter().map(|&(id, flag)| some_deployment(*project, id, flag)).collect();
            writer.replace_deployments(&at(&format!("/p/{project}")), None, &rows)
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_replica_that_applies_every_batch_equals_a_new_snapshot(
        before in proptest::collection::vec(step(), 0..6),
        transactions in proptest::collection::vec((proptest::collection::vec(step(), 1..4), any::<bool>()), 1..12),
    ) {
        let (_folder, cache) = fresh();
        cache.write(|writer| before.iter().try_for_each(|step| perform(writer, step).map(drop))).unwrap();
        let mut replica = Replica::of(cache.snapshot().unwrap());
        for (steps, look) in &transactions {
            let revision = cache.revision().unwrap();
            let changed = cache
                .write(|writer| steps.iter().try_fold(false, |any, step| Ok(perform(writer, step)? || any)))
                .unwrap();
            prop_assert_eq!(cache.revision().unwrap(), revision + u64::from(changed));
            if *look {
                let (now, changes) = cache.changes_since(replica.revision).unwrap().unwrap();
                changes.into_iter().for_each(|change| replica.apply(change));
                replica.revision = now;
            }
        }
        let (now, changes) = cache.changes_since(replica.revision).unwrap().unwrap();
        changes.into_iter().for_each(|change| replica.apply(change));
        replica.revision = now;
        let snapshot = Replica::of(cache.snapshot().unwrap());
        prop_assert_eq!(format!("{:#?}", replica.sorted()), format!("{:#?}", snapshot.sorted()));
    }
}

/// Commits that change one row each, up to the one that looks for what is old.
fn until_cleaned(cache: &Cache) {
    for commit in 1.. {
        let title = Some(format!("commit {commit}"));
        let row = ArtifactRow { title, ..artifact("other", "skill:again") };
        cache.write(|writer| writer.upsert_artifact(&row)).unwrap();
        if cache.revision().unwrap().is_multiple_of(64) {
            return;
        }
    }
}

#[test]
fn what_is_too_much_to_remember_asks_for_a_new_snapshot() {
    let (_folder, cache) = fresh();
    let rows: Vec<_> = (0..10_001).map(|n| artifact("default", &format!("skill:s{n}"))).collect();
    cache.write(|writer| writer.replace_artifacts("default", &rows)).unwrap();
    cache.write(|writer| writer.replace_artifacts("default", &rows[..10_000])).unwrap();
    let (now, changes) = cache.changes_since(1).unwrap().unwrap();
    assert_eq!((now, changes.len()), (2, 1));
    assert_eq!(cache.changes_since(0).unwrap().unwrap().1.len(), 10_001);

    until_cleaned(&cache);
    assert_eq!(cache.changes_since(0).unwrap(), None, "the rows of the first commit are forgotten");
    assert_eq!(cache.changes_since(1).unwrap().unwrap().1.len(), 2);

    cache.write(|writer| writer.replace_artifacts("default", &[])).unwrap();
    until_cleaned(&cache);
    assert_eq!(cache.changes_since(1).unwrap(), None, "the first removal is forgotten");
    assert_eq!(cache.changes_since(2).unwrap().unwrap().1.len(), 10_001);
}

#[test]
fn a_revision_that_never_was_asks_for_a_new_snapshot() {
    let (_folder, cache) = fresh();
    assert_eq!(cache.changes_since(1).unwrap(), None);
}

#[test]
fn the_commit_of_another_process_is_noticed_and_can_be_told() {
    let (folder, cache) = fresh();
    let other = open(&folder);
    assert_eq!(cache.epoch(), other.epoch());
    let before = cache.data_version().unwrap();
    assert_eq!(cache.data_version().unwrap(), before);
    other.write(|writer| writer.upsert_project(&project("/p/one"))).unwrap();
    assert_ne!(cache.data_version().unwrap(), before);
    let (now, changes) = cache.changes_since(0).unwrap().unwrap();
    assert_eq!((now, changes), (1, vec![Change::ProjectUpserted { project: project("/p/one") }]));
}

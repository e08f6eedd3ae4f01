//! What can be asked of the cache.

use super::row::{
    ArtifactRow, CollectionRow, DeploymentRow, LibrarySnapshot, ListedArtifact, ProjectRow, TreeRow,
};
use super::set_row::{GroupRow, SetRow};
use super::table::Stored;
use super::value::{Columns, to_sql};
use super::{Cache, lock};
use crate::error::Result;
use crate::fs::Fingerprint;
use crate::id::{ContentHash, ProjectPath};
use crate::journal::Base;
use rusqlite::{Connection, OptionalExtension, Params, Row};
use std::collections::HashMap;

/// The one row of `meta`.
#[derive(Debug)]
pub(super) struct Meta {
    pub(super) epoch: String,
    pub(super) revision: u64,
    /// What changed up to this revision is forgotten.
    pub(super) forgotten: u64,
}

pub(super) fn meta(connection: &Connection) -> Result<Meta> {
    let mut statement = connection.prepare_cached("SELECT epoch, revision, forgotten FROM meta")?;
    Ok(statement.query_row([], |row| {
        let mut columns = Columns::of(row);
        Ok(Meta { epoch: columns.next()?, revision: columns.count()?, forgotten: columns.count()? })
    })?)
}

pub(super) fn rows<R: Stored>(connection: &Connection, sql: &str, params: impl Params) -> Result<Vec<R>> {
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map(params, R::read)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn one<R: Stored>(connection: &Connection, params: impl Params) -> Result<Option<R>> {
    let mut statement = connection.prepare_cached(&R::sql().one)?;
    Ok(statement.query_row(params, R::read).optional()?)
}

const TREE: &str =
    "SELECT path, signature, content_hash, unfiltered_hash, files, bytes, modified_at FROM trees";

fn tree(row: &Row<'_>) -> rusqlite::Result<TreeRow> {
    let hash = |text: String| ContentHash::parse(&text).ok_or("no content hash");
    let mut columns = Columns::of(row);
    Ok(TreeRow {
        path: columns.next()?,
        signature: columns.next()?,
        content_hash: columns.parsed(hash)?,
        unfiltered_hash: columns.next::<Option<String>>()?.as_deref().and_then(ContentHash::parse),
        files: columns.count()?,
        bytes: columns.count()?,
        modified_at: columns.next()?,
    })
}

impl Cache {
    /// Everything, as it was at one revision. Artifacts have their deployments, in order of first deployment;
    /// deployments whose artifact is not in the collection that they name are the orphans.
    ///
    /// # Errors
    /// `cache-stale` when the cache cannot be read.
    pub fn snapshot(&self) -> Result<LibrarySnapshot> {
        let mut connection = lock(&self.reader);
        let transaction = connection.transaction()?;
        let meta = meta(&transaction)?;
        let artifacts = rows(&transaction, &ArtifactRow::sql().all, [])?;
        let deployments = rows(&transaction, &DeploymentRow::sql().all, [])?;
        let (artifacts, orphans) = join(artifacts, deployments);
        Ok(LibrarySnapshot {
            epoch: meta.epoch,
            revision: meta.revision,
            collections: rows(&transaction, &CollectionRow::sql().all, [])?,
            artifacts,
            orphans,
            groups: rows(&transaction, &GroupRow::sql().all, [])?,
            sets: rows(&transaction, &SetRow::sql().all, [])?,
            sets_enabled: true,
            projects: rows(&transaction, &ProjectRow::sql().all, [])?,
            profiles: Vec::new(),
            problems: Vec::new(),
        })
    }

    /// The collections, by name.
    ///
    /// # Errors
    /// `cache-stale` when the cache cannot be read.
    pub fn collections(&self) -> Result<Vec<CollectionRow>> {
        rows(&lock(&self.reader), &CollectionRow::sql().all, [])
    }

    /// The artifacts of a collection, in no order that matters.
    ///
    /// # Errors
    /// `cache-stale` when the cache cannot be read.
    pub fn artifacts_of(&self, collection: &str) -> Result<Vec<ArtifactRow>> {
        let sql = format!("{} WHERE collection = ?1", selected::<ArtifactRow>());
        rows(&lock(&self.reader), &sql, [collection])
    }

    /// The projects, by name.
    ///
    /// # Errors
    /// `cache-stale` when the cache cannot be read.
    pub fn projects(&self) -> Result<Vec<ProjectRow>> {
        rows(&lock(&self.reader), &ProjectRow::sql().all, [])
    }

    /// One project.
    ///
    /// # Errors
    /// `cache-stale` when the cache cannot be read.
    pub fn project(&self, project: &ProjectPath) -> Result<Option<ProjectRow>> {
        one(&lock(&self.reader), [project.as_str()])
    }

    /// The deployments of a project, in order of first deployment.
    ///
    /// # Errors
    /// `cache-stale` when the cache cannot be read.
    pub fn deployments_of(&self, project: &ProjectPath) -> Result<Vec<DeploymentRow>> {
        let sql = format!("{} WHERE project_path = ?1 ORDER BY first_seen", selected::<DeploymentRow>());
        rows(&lock(&self.reader), &sql, [project.as_str()])
    }

    /// The projects in which an artifact is deployed.
    ///
    /// # Errors
    /// `cache-stale` when the cache cannot be read.
    pub fn projects_with(&self, collection: &str, artifact_id: &str) -> Result<Vec<String>> {
        let connection = lock(&self.reader);
        let sql = "SELECT DISTINCT project_path FROM deployments WHERE collection = ?1 AND artifact_id = ?2";
        let mut statement = connection.prepare_cached(sql)?;
        let paths = statement.query_map([collection, artifact_id], |row| row.get(0))?;
        Ok(paths.collect::<rusqlite::Result<_>>()?)
    }

    /// One artifact with its deployments.
    ///
    /// # Errors
    /// `cache-stale` when the cache cannot be read.
    pub fn artifact(&self, collection: &str, artifact_id: &str) -> Result<Option<ListedArtifact>> {
        let mut connection = lock(&self.reader);
        let transaction = connection.transaction()?;
        let key = [collection, artifact_id];
        let Some(artifact) = one(&transaction, key)? else { return Ok(None) };
        let sql = format!(
            "{} WHERE collection = ?1 AND artifact_id = ?2 ORDER BY first_seen",
            selected::<DeploymentRow>()
        );
        Ok(Some(ListedArtifact { artifact, deployments: rows(&transaction, &sql, key)? }))
    }

    /// What is known of the tree at an absolute path.
    ///
    /// # Errors
    /// `cache-stale` when the cache cannot be read.
    pub fn tree(&self, path: &str) -> Result<Option<TreeRow>> {
        let connection = lock(&self.reader);
        let mut statement = connection.prepare_cached(&format!("{TREE} WHERE path = ?1"))?;
        Ok(statement.query_row([path], tree).optional()?)
    }

    /// Where the content store holds a tree, as far as is known.
    ///
    /// # Errors
    /// `cache-stale` when the cache cannot be read.
    pub fn stored(&self, fingerprint: &Fingerprint) -> Result<Option<Base>> {
        let connection = lock(&self.reader);
        let sql = "SELECT pack, tree FROM stored WHERE content_hash = ?1 AND shape = ?2";
        let mut statement = connection.prepare_cached(sql)?;
        let base = |row: &Row<'_>| {
            Ok(Base { fingerprint: fingerprint.clone(), pack: row.get(0)?, tree: row.get(1)? })
        };
        Ok(statement.query_row([fingerprint.content.as_str(), &fingerprint.shape], base).optional()?)
    }

    /// The paths of all trees of which something is known, when they are more than `places`.
    ///
    /// # Errors
    /// `cache-stale` when the cache cannot be read.
    pub fn trees_beyond(&self, places: u64) -> Result<Vec<String>> {
        let connection = lock(&self.reader);
        let known: i64 = connection.query_row("SELECT count(*) FROM trees", [], |row| row.get(0))?;
        if known <= to_sql(places) {
            return Ok(Vec::new());
        }
        let mut statement = connection.prepare("SELECT path FROM trees")?;
        let paths = statement.query_map([], |row| row.get(0))?;
        Ok(paths.collect::<rusqlite::Result<_>>()?)
    }

    /// What is known of all trees below a folder, by path; one question instead of thousands.
    ///
    /// # Errors
    /// `cache-stale` when the cache cannot be read.
    pub fn trees_below(&self, folder: &str) -> Result<HashMap<String, TreeRow>> {
        let connection = lock(&self.reader);
        let mut statement = connection.prepare_cached(&format!("{TREE} WHERE path > ?1 AND path < ?2"))?;
        let found = statement.query_map(below(folder), tree)?;
        found.map(|row| row.map(|tree| (tree.path.clone(), tree)).map_err(Into::into)).collect()
    }
}

/// The open interval of the texts that begin with `folder/`: `0` is the character after `/`.
pub(super) fn below(folder: &str) -> [String; 2] {
    let folder = folder.trim_end_matches('/');
    [format!("{folder}/"), format!("{folder}0")]
}

/// All columns of a table, to be followed by a condition.
fn selected<R: Stored>() -> String {
    format!("SELECT {} FROM {}", [R::KEY, R::REST].concat().join(", "), R::TABLE)
}

/// Gives each deployment to its artifact; the rest are orphans. Artifacts are sorted as lists show them.
fn join(
    mut artifacts: Vec<ArtifactRow>,
    deployments: Vec<DeploymentRow>,
) -> (Vec<ListedArtifact>, Vec<DeploymentRow>) {
    artifacts.sort_by(|a, b| {
        let key = |row: &ArtifactRow| (row.kind, row.namespace.clone(), row.name.clone());
        a.collection.cmp(&b.collection).then_with(|| key(a).cmp(&key(b)))
    });
    let mut listed: Vec<ListedArtifact> =
        artifacts.into_iter().map(|artifact| ListedArtifact { artifact, deployments: Vec::new() }).collect();
    let mut places: HashMap<(String, String), usize> = HashMap::with_capacity(listed.len());
    for (place, one) in listed.iter().enumerate() {
        places.insert((one.artifact.collection.clone(), one.artifact.artifact_id.clone()), place);
    }
    let mut orphans = Vec::new();
    for deployment in deployments {
        match places.get(&(deployment.collection.clone(), deployment.artifact_id.clone())) {
            Some(&place) => listed[place].deployments.push(deployment),
            None => orphans.push(deployment),
        }
    }
    (listed, orphans)
}

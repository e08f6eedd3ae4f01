//! What happened to the rows since a revision.

use super::row::{ArtifactRow, CollectionRow, DeploymentRow, ProjectRow};
use super::set_row::{GroupRow, SetRow};
use super::table::Stored;
use super::value::to_sql;
use super::{Cache, lock, read};
use crate::error::Result;
use crate::id::ProjectPath;
use crate::path::RelPath;
use rusqlite::Transaction;
use serde::{Deserialize, Serialize};

/// One changed row, whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(tag = "type", rename_all = "camelCase")]
#[allow(clippy::large_enum_variant, reason = "batches are short-lived and mostly of one variant")]
pub enum Change {
    /// A collection is new or changed.
    CollectionUpserted {
        /// The row.
        collection: CollectionRow,
    },
    /// A collection is gone.
    CollectionRemoved {
        /// Its name.
        collection: String,
    },
    /// An artifact is new or changed. Its deployments are rows of their own.
    ArtifactUpserted {
        /// The row.
        artifact: ArtifactRow,
    },
    /// An artifact is gone.
    ArtifactRemoved {
        /// Its collection.
        collection: String,
        /// Its id.
        artifact_id: String,
    },
    /// A project is new or changed.
    ProjectUpserted {
        /// The row.
        project: ProjectRow,
    },
    /// A project is no longer registered.
    ProjectRemoved {
        /// Its folder.
        project_path: ProjectPath,
    },
    /// A deployment is new or changed.
    DeploymentUpserted {
        /// The row.
        deployment: DeploymentRow,
    },
    /// A group is new or changed.
    GroupUpserted {
        /// The row.
        group: GroupRow,
    },
    /// A group is gone.
    GroupRemoved {
        /// Its collection.
        collection: String,
        /// Its name.
        name: String,
    },
    /// A deployment set is new or changed, or what it comes to.
    SetUpserted {
        /// The row.
        set: SetRow,
    },
    /// A deployment set is gone.
    SetRemoved {
        /// Its collection.
        collection: String,
        /// Its id.
        set_id: String,
    },
    /// A deployment is gone. The key of a deployment is project, profile, profile root, and artifact path.
    DeploymentRemoved {
        /// Project.
        project_path: ProjectPath,
        /// Profile.
        deployment_profile_id: String,
        /// Profile root.
        profile_root_dir: RelPath,
        /// Place below the profile root.
        artifact_path: RelPath,
    },
}

impl Cache {
    /// The revision now, and what changed after `since`: removals first, then rows that are new or different,
    /// so that whoever applies them in order has what a new snapshot has. `None` when that cannot be told any
    /// more and a new snapshot is needed: what changed since then is forgotten, or `since` is of another history.
    ///
    /// # Errors
    /// `cache-stale` when the cache cannot be read.
    pub fn changes_since(&self, since: u64) -> Result<Option<(u64, Vec<Change>)>> {
        let mut connection = lock(&self.reader);
        let transaction = connection.transaction()?;
        let meta = read::meta(&transaction)?;
        if since < meta.forgotten || since > meta.revision {
            return Ok(None);
        }
        if since == meta.revision {
            return Ok(Some((since, Vec::new())));
        }
        let Some(mut changes) = removals(&transaction, since)? else { return Ok(None) };
        upserts(&transaction, since, &mut changes, |collection| Change::CollectionUpserted { collection })?;
        upserts(&transaction, since, &mut changes, |project| Change::ProjectUpserted { project })?;
        upserts(&transaction, since, &mut changes, |artifact| Change::ArtifactUpserted { artifact })?;
        upserts(&transaction, since, &mut changes, |deployment| Change::DeploymentUpserted { deployment })?;
        upserts(&transaction, since, &mut changes, |group| Change::GroupUpserted { group })?;
        upserts(&transaction, since, &mut changes, |set| Change::SetUpserted { set })?;
        Ok(Some((meta.revision, changes)))
    }
}

/// `None` when a tombstone cannot be read, as another version may have written it.
fn removals(transaction: &Transaction<'_>, since: u64) -> Result<Option<Vec<Change>>> {
    let mut statement =
        transaction.prepare_cached("SELECT change FROM tombstones WHERE revision > ?1 ORDER BY revision")?;
    let texts = statement.query_map([to_sql(since)], |row| row.get::<_, String>(0))?;
    let mut changes = Vec::new();
    for text in texts {
        match serde_json::from_str(&text?) {
            Ok(change) => changes.push(change),
            Err(_) => return Ok(None),
        }
    }
    Ok(Some(changes))
}

fn upserts<R: Stored>(
    transaction: &Transaction<'_>,
    since: u64,
    changes: &mut Vec<Change>,
    change: impl Fn(R) -> Change,
) -> Result<()> {
    let mut statement = transaction.prepare_cached(&R::sql().changed)?;
    for row in statement.query_map([to_sql(since)], R::read)? {
        changes.push(change(row?));
    }
    Ok(())
}

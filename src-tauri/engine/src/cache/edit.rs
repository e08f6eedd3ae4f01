//! The changes that can be made to the library's rows.

use super::read::below;
use super::row::{ArtifactRow, CollectionRow, DeploymentKey, DeploymentRow, ProjectRow, TreeRow};
use super::set_row::{GroupRow, SetRow};
use super::value::number;
use super::write::Writer;
use crate::error::Result;
use crate::fs::Fingerprint;
use crate::id::{ContentHash, ProjectPath};
use crate::journal::Base;
use crate::path::RelPath;
use rusqlite::params;

impl Writer<'_> {
    /// Makes a collection's row be this one.
    ///
    /// # Errors
    /// `cache-stale` when the cache cannot be written; so for all methods here.
    pub fn upsert_collection(&mut self, row: &CollectionRow) -> Result<bool> {
        self.upsert(row)
    }

    /// Makes an artifact's row be this one. Its deployments are rows of their own and stay as they are.
    ///
    /// # Errors
    /// `cache-stale`.
    pub fn upsert_artifact(&mut self, row: &ArtifactRow) -> Result<bool> {
        self.upsert(row)
    }

    /// Makes a project's row be this one.
    ///
    /// # Errors
    /// `cache-stale`.
    pub fn upsert_project(&mut self, row: &ProjectRow) -> Result<bool> {
        self.upsert(row)
    }

    /// Makes a deployment's row be this one. It keeps its place in the order of first deployment.
    ///
    /// # Errors
    /// `cache-stale`.
    pub fn upsert_deployment(&mut self, row: &DeploymentRow) -> Result<bool> {
        self.upsert(row)
    }

    /// Forgets a collection with its artifacts, groups and sets. Their deployments stay, as orphans.
    ///
    /// # Errors
    /// `cache-stale`.
    pub fn remove_collection(&mut self, collection: &str) -> Result<bool> {
        let mut changed = self.replace_artifacts(collection, &[])?;
        changed |= self.replace_groups(collection, &[])?;
        changed |= self.replace_sets(collection, &[])?;
        Ok(self.remove::<CollectionRow>(&[collection.to_owned()])? || changed)
    }

    /// Forgets an artifact. Its deployments stay, as orphans.
    ///
    /// # Errors
    /// `cache-stale`.
    pub fn remove_artifact(&mut self, collection: &str, artifact_id: &str) -> Result<bool> {
        self.remove::<ArtifactRow>(&[collection.to_owned(), artifact_id.to_owned()])
    }

    /// Forgets a project and its deployments.
    ///
    /// # Errors
    /// `cache-stale`.
    pub fn remove_project(&mut self, project: &ProjectPath) -> Result<bool> {
        let deployments = self.replace_deployments(project, None, &[])?;
        Ok(self.remove::<ProjectRow>(&[project.as_str().to_owned()])? || deployments)
    }

    /// Forgets a deployment.
    ///
    /// # Errors
    /// `cache-stale`.
    pub fn remove_deployment(&mut self, key: DeploymentKey<'_>) -> Result<bool> {
        self.remove::<DeploymentRow>(&key.parts())
    }

    /// Makes the collections be exactly these. Those that are gone take their artifacts with them.
    ///
    /// # Errors
    /// `cache-stale`.
    pub fn replace_collections(&mut self, rows: &[CollectionRow]) -> Result<bool> {
        let (mut changed, kept) = self.upsert_all(rows)?;
        for key in self.gone::<CollectionRow>(&kept, "true", &[])? {
            changed |= self.remove_collection(&key[0])?;
        }
        Ok(changed)
    }

    /// Makes the projects be exactly these. Those that are gone take their deployments with them.
    ///
    /// # Errors
    /// `cache-stale`.
    pub fn replace_projects(&mut self, rows: &[ProjectRow]) -> Result<bool> {
        let (mut changed, kept) = self.upsert_all(rows)?;
        for key in self.gone::<ProjectRow>(&kept, "true", &[])? {
            changed |= self.remove_project(&ProjectPath::from_canonical(key[0].clone()))?;
        }
        Ok(changed)
    }

    /// Makes the artifacts of a collection be exactly these. Deployments stay as they are.
    ///
    /// # Errors
    /// `cache-stale`.
    pub fn replace_artifacts(&mut self, collection: &str, rows: &[ArtifactRow]) -> Result<bool> {
        self.replace(rows, "collection = ?1", &[collection])
    }

    /// Makes the groups of a collection be exactly these.
    ///
    /// # Errors
    /// `cache-stale`.
    pub fn replace_groups(&mut self, collection: &str, rows: &[GroupRow]) -> Result<bool> {
        self.replace(rows, "collection = ?1", &[collection])
    }

    /// Makes the deployment sets of a collection be exactly these.
    ///
    /// # Errors
    /// `cache-stale`.
    pub fn replace_sets(&mut self, collection: &str, rows: &[SetRow]) -> Result<bool> {
        self.replace(rows, "collection = ?1", &[collection])
    }

    /// Makes the deployments of a project, or of one profile root of it, be exactly these. Of several rows
    /// for one place the first counts.
    ///
    /// # Errors
    /// `cache-stale`.
    pub fn replace_deployments(
        &mut self,
        project: &ProjectPath,
        profile_root_dir: Option<&RelPath>,
        rows: &[DeploymentRow],
    ) -> Result<bool> {
        match profile_root_dir {
            None => self.replace(rows, "project_path = ?1", &[project.as_str()]),
            Some(root) => {
                let scope = "project_path = ?1 AND profile_root_dir = ?2";
                self.replace(rows, scope, &[project.as_str(), root.as_str()])
            }
        }
    }

    /// Remembers what a tree hashed to. Not a change of the library.
    ///
    /// # Errors
    /// `cache-stale`.
    pub fn put_tree(&mut self, row: &TreeRow) -> Result<()> {
        let mut statement = self.transaction.prepare_cached(
            "INSERT INTO trees (path, signature, content_hash, unfiltered_hash, files, bytes, modified_at) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (path) DO UPDATE SET \
             signature = excluded.signature, content_hash = excluded.content_hash, \
             unfiltered_hash = excluded.unfiltered_hash, files = excluded.files, bytes = excluded.bytes, \
             modified_at = excluded.modified_at \
             WHERE (signature, content_hash, unfiltered_hash, files, bytes, modified_at) IS NOT \
             (excluded.signature, excluded.content_hash, excluded.unfiltered_hash, excluded.files, \
             excluded.bytes, excluded.modified_at)",
        )?;
        statement.execute(params![
            row.path,
            row.signature.as_slice(),
            row.content_hash.as_str(),
            row.unfiltered_hash.as_ref().map(ContentHash::as_str),
            number(row.files),
            number(row.bytes),
            row.modified_at,
        ])?;
        Ok(())
    }

    /// Remembers where the content store holds a tree. Not a change of the library.
    ///
    /// # Errors
    /// `cache-stale`.
    pub fn put_stored(&mut self, base: &Base) -> Result<()> {
        let sql = "INSERT OR REPLACE INTO stored (content_hash, shape, pack, tree) VALUES (?1, ?2, ?3, ?4)";
        let Fingerprint { content, shape } = &base.fingerprint;
        let mut statement = self.transaction.prepare_cached(sql)?;
        statement.execute([content.as_str(), shape, &base.pack, &base.tree])?;
        Ok(())
    }

    /// Forgets what a pack held that is gone.
    ///
    /// # Errors
    /// `cache-stale`.
    pub fn forget_pack(&mut self, pack: &str) -> Result<()> {
        self.transaction.prepare_cached("DELETE FROM stored WHERE pack = ?1")?.execute([pack])?;
        Ok(())
    }

    /// Forgets what the tree at `path`, and every tree below it, hashed to.
    ///
    /// # Errors
    /// `cache-stale`.
    pub fn forget_tree(&mut self, path: &str) -> Result<()> {
        let [first, last] = below(path);
        let sql = "DELETE FROM trees WHERE path = ?1 OR (path > ?2 AND path < ?3)";
        self.transaction.prepare_cached(sql)?.execute([path, first.as_str(), last.as_str()])?;
        Ok(())
    }
}

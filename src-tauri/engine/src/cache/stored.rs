//! How row types and tables correspond: one place per type names its columns and their order.

use super::change::Change;
use super::row::{ArtifactRow, CollectionRow, DeploymentRow, ProjectRow};
use super::table::{Sql, Stored};
use super::value::{Bound, Columns, flag, json, list, null, number, optional, parts, text};
use crate::artifact::Layout;
use crate::error::{Problem, Result};
use crate::id::{ArtifactKind, ProjectPath};
use crate::path::RelPath;
use crate::status::Status;
use rusqlite::Row;
use std::sync::LazyLock;

impl Stored for CollectionRow {
    const TABLE: &'static str = "collections";
    const KEY: &'static [&'static str] = &["collection"];
    const REST: &'static [&'static str] = &["path", "linked", "layout", "problems"];
    const ORDER: &'static str = "collection";

    fn sql() -> &'static Sql {
        static SQL: LazyLock<Sql> = LazyLock::new(Sql::of::<CollectionRow>);
        &SQL
    }

    fn key(&self) -> Vec<String> {
        vec![self.collection.clone()]
    }

    fn values(&self) -> Result<Vec<Bound<'_>>> {
        Ok(vec![
            text(&self.collection),
            text(&self.path),
            flag(self.linked),
            self.layout.map_or_else(null, |layout| text(layout.as_str())),
            list(&self.problems)?,
        ])
    }

    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        let mut columns = Columns::of(row);
        Ok(Self {
            collection: columns.next()?,
            path: columns.next()?,
            linked: columns.next()?,
            layout: columns.next::<Option<String>>()?.as_deref().and_then(Layout::parse),
            problems: columns.json()?,
        })
    }

    fn removed(key: &[String]) -> Result<Change> {
        let [collection] = parts(key)?;
        Ok(Change::CollectionRemoved { collection })
    }
}

impl Stored for ArtifactRow {
    const TABLE: &'static str = "artifacts";
    const KEY: &'static [&'static str] = &["collection", "artifact_id"];
    const REST: &'static [&'static str] = &[
        "kind",
        "namespace",
        "name",
        "title",
        "description",
        "tags",
        "version",
        "author",
        "license",
        "origin",
        "uuid",
        "path",
        "content_hash",
        "files",
        "bytes",
        "modified_at",
        "problems",
    ];
    const ORDER: &'static str = "collection, artifact_id";

    fn sql() -> &'static Sql {
        static SQL: LazyLock<Sql> = LazyLock::new(Sql::of::<ArtifactRow>);
        &SQL
    }

    fn key(&self) -> Vec<String> {
        vec![self.collection.clone(), self.artifact_id.clone()]
    }

    fn values(&self) -> Result<Vec<Bound<'_>>> {
        Ok(vec![
            text(&self.collection),
            text(&self.artifact_id),
            text(self.kind.as_str()),
            optional(&self.namespace),
            text(&self.name),
            optional(&self.title),
            optional(&self.description),
            list(&self.tags)?,
            optional(&self.version),
            optional(&self.author),
            optional(&self.license),
            optional(&self.origin),
            optional(&self.uuid),
            text(&self.path),
            optional(&self.content_hash),
            number(self.files),
            number(self.bytes),
            optional(&self.modified_at),
            list(&self.problems)?,
        ])
    }

    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        let mut columns = Columns::of(row);
        Ok(Self {
            collection: columns.next()?,
            artifact_id: columns.next()?,
            kind: columns.parsed(|text| ArtifactKind::parse(&text).ok_or("no kind of artifact"))?,
            namespace: columns.next()?,
            name: columns.next()?,
            title: columns.next()?,
            description: columns.next()?,
            tags: columns.json()?,
            version: columns.next()?,
            author: columns.next()?,
            license: columns.next()?,
            origin: columns.next()?,
            uuid: columns.next()?,
            path: columns.next()?,
            content_hash: columns.next()?,
            files: columns.count()?,
            bytes: columns.count()?,
            modified_at: columns.next()?,
            problems: columns.json()?,
        })
    }

    fn removed(key: &[String]) -> Result<Change> {
        let [collection, artifact_id] = parts(key)?;
        Ok(Change::ArtifactRemoved { collection, artifact_id })
    }
}

impl Stored for ProjectRow {
    const TABLE: &'static str = "projects";
    const KEY: &'static [&'static str] = &["project_path"];
    const REST: &'static [&'static str] = &["project_name", "added_at", "available", "profiles", "problems"];
    const ORDER: &'static str = "project_name, project_path";

    fn sql() -> &'static Sql {
        static SQL: LazyLock<Sql> = LazyLock::new(Sql::of::<ProjectRow>);
        &SQL
    }

    fn key(&self) -> Vec<String> {
        vec![self.project_path.as_str().to_owned()]
    }

    fn values(&self) -> Result<Vec<Bound<'_>>> {
        Ok(vec![
            text(self.project_path.as_str()),
            text(&self.project_name),
            text(&self.added_at),
            flag(self.available),
            list(&self.profiles)?,
            list(&self.problems)?,
        ])
    }

    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        let mut columns = Columns::of(row);
        Ok(Self {
            project_path: columns.next().map(ProjectPath::from_canonical)?,
            project_name: columns.next()?,
            added_at: columns.next()?,
            available: columns.next()?,
            profiles: columns.json()?,
            problems: columns.json()?,
        })
    }

    fn removed(key: &[String]) -> Result<Change> {
        let [project_path] = parts(key)?;
        Ok(Change::ProjectRemoved { project_path: ProjectPath::from_canonical(project_path) })
    }
}

impl Stored for DeploymentRow {
    const TABLE: &'static str = "deployments";
    const KEY: &'static [&'static str] =
        &["project_path", "profile_root_dir", "deployment_profile_id", "artifact_path"];
    const REST: &'static [&'static str] = &[
        "artifact_id",
        "collection",
        "project_name",
        "deployed_at",
        "content_hash",
        "platform",
        "local_modifications",
        "status",
        "problem",
    ];
    const ORDER: &'static str = "first_seen";

    fn sql() -> &'static Sql {
        static SQL: LazyLock<Sql> = LazyLock::new(Sql::of::<DeploymentRow>);
        &SQL
    }

    fn key(&self) -> Vec<String> {
        DeploymentRow::key(self).parts()
    }

    fn values(&self) -> Result<Vec<Bound<'_>>> {
        Ok(vec![
            text(self.project_path.as_str()),
            text(self.profile_root_dir.as_str()),
            text(&self.deployment_profile_id),
            text(self.artifact_path.as_str()),
            text(&self.artifact_id),
            text(&self.collection),
            text(&self.project_name),
            text(&self.deployed_at),
            optional(&self.content_hash),
            optional(&self.platform),
            flag(self.local_modifications),
            text(self.status.as_str()),
            self.problem.as_ref().map_or(Ok(null()), json)?,
        ])
    }

    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        let mut columns = Columns::of(row);
        Ok(Self {
            project_path: columns.next().map(ProjectPath::from_canonical)?,
            profile_root_dir: columns.parsed(RelPath::new)?,
            deployment_profile_id: columns.next()?,
            artifact_path: columns.parsed(RelPath::new)?,
            artifact_id: columns.next()?,
            collection: columns.next()?,
            project_name: columns.next()?,
            deployed_at: columns.next()?,
            content_hash: columns.next()?,
            platform: columns.next()?,
            local_modifications: columns.next()?,
            status: columns.parsed(|text| Status::parse(&text).ok_or("no status"))?,
            problem: columns.optional_json::<Problem>()?,
        })
    }

    fn removed(key: &[String]) -> Result<Change> {
        let [project_path, profile_root_dir, deployment_profile_id, artifact_path] = parts(key)?;
        Ok(Change::DeploymentRemoved {
            project_path: ProjectPath::from_canonical(project_path),
            deployment_profile_id,
            profile_root_dir: RelPath::new(profile_root_dir)?,
            artifact_path: RelPath::new(artifact_path)?,
        })
    }
}

//! The cache on real files.
#![allow(clippy::disallowed_methods, reason = "these tests do to files what the cache must survive")]

mod open;
mod protocol;
mod statements;
mod write;

use super::{ArtifactRow, Cache, CollectionRow, DeploymentRow, ProfileRow, ProjectRow, TreeRow};
use crate::artifact::Layout;
use crate::error::{Code, Problem, Severity};
use crate::id::{ArtifactId, ContentHash, ProjectPath};
use crate::path::RelPath;
use crate::status::Status;
use tempfile::TempDir;

const NAME: &str = "cache.sqlite";

fn open(folder: &TempDir) -> Cache {
    let opened = Cache::open(folder.path(), NAME).unwrap();
    assert_eq!(opened.problem, None);
    opened.cache
}

fn fresh() -> (TempDir, Cache) {
    let folder = tempfile::tempdir().unwrap();
    let cache = open(&folder);
    (folder, cache)
}

fn problem() -> Problem {
    Problem::new(Code::FrontmatterInvalid, Severity::Notice, "no “name”").about("/c/skills/x")
}

fn collection(name: &str) -> CollectionRow {
    CollectionRow {
        collection: name.to_owned(),
        path: format!("/c/{name}"),
        linked: true,
        layout: Some(Layout::Marketplace),
        problems: vec![problem()],
    }
}

fn artifact(collection: &str, id: &str) -> ArtifactRow {
    let parsed = ArtifactId::parse(id).unwrap();
    ArtifactRow {
        collection: collection.to_owned(),
        artifact_id: id.to_owned(),
        kind: parsed.kind(),
        namespace: parsed.namespace().map(str::to_owned),
        name: parsed.name().to_owned(),
        title: Some("Título".to_owned()),
        description: None,
        tags: vec!["a".to_owned(), "b \"quoted\"".to_owned()],
        version: Some("1.0".to_owned()),
        author: None,
        license: Some("MIT".to_owned()),
        origin: Some("local".to_owned()),
        uuid: None,
        path: format!("/c/{collection}/{id}"),
        content_hash: Some("ab".repeat(32)),
        files: 3,
        bytes: 1 << 40,
        modified_at: Some("2026-02-11T10:30:00.000000+00:00".to_owned()),
        problems: vec![problem()],
    }
}

fn at(path: &str) -> ProjectPath {
    ProjectPath::from_canonical(path.to_owned())
}

fn project(path: &str) -> ProjectRow {
    let root = RelPath::new(".claude").unwrap();
    ProjectRow {
        project_path: at(path),
        project_name: at(path).folder_name().to_owned(),
        added_at: "2026-02-11T10:30:00.000000+00:00".to_owned(),
        available: true,
        profiles: vec![ProfileRow {
            profile_id: "claude_code".to_owned(),
            platform: "claude_code".to_owned(),
            title: "Claude Code".to_owned(),
            roots: vec![root],
            kinds: vec![crate::id::ArtifactKind::Skill],
            present: false,
            own: None,
        }],
        problems: Vec::new(),
    }
}

fn deployment(project: &str, collection: &str, id: &str) -> DeploymentRow {
    DeploymentRow {
        artifact_id: id.to_owned(),
        collection: collection.to_owned(),
        project_path: at(project),
        project_name: at(project).folder_name().to_owned(),
        deployed_at: "2026-02-11T10:30:00+00:00".to_owned(),
        content_hash: Some("ab".repeat(32)),
        deployment_profile_id: "claude_code".to_owned(),
        platform: Some("claude_code".to_owned()),
        local_modifications: false,
        artifact_path: RelPath::new(id.replace(':', "s/")).unwrap(),
        profile_root_dir: RelPath::new(".claude").unwrap(),
        status: Status::Synced,
        problem: None,
    }
}

fn tree(path: &str) -> TreeRow {
    TreeRow {
        path: path.to_owned(),
        signature: [7; 32],
        content_hash: ContentHash::from_digest(&[1; 32]),
        unfiltered_hash: None,
        files: 2,
        bytes: 10,
        modified_at: None,
    }
}

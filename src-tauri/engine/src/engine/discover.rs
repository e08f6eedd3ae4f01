//! What lies in a project or a folder, matched against a collection.

use super::Engine;
use super::gate::Gate;
use super::library::{Artifact, Library};
use super::project::Project;
use crate::artifact::{Document, Metadata};
use crate::clock::iso;
use crate::discover::{self, Find, Found, Skips};
use crate::error::{Error, Problem, Result};
use crate::fs::{Root, canonical_folder};
use crate::id::{ArtifactId, ContentHash};
use crate::manifest::{self, Manifest, Record};
use crate::path::RelPath;
use crate::settings;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::path::Path;

/// Where to look, and what to compare with.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(default)]
pub struct DiscoverRequest {
    /// A project, looked at in all its profile roots. Either this or `folder`.
    pub project: Option<String>,
    /// Any folder that is laid out like a collection.
    pub folder: Option<String>,
    /// The collection to compare with; without one the default.
    pub collection: Option<String>,
}

/// How a find compares with the collection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "lowercase")]
pub enum Match {
    /// The collection has nothing of its name or content.
    New,
    /// The collection has its name with another content.
    Differs,
    /// The collection has its content.
    Same,
}

/// Something that could be imported. Field names are part of the `skm --json` contract.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct Discovered {
    /// What its place calls it, namespace included.
    pub artifact_id: String,
    /// Its file or folder, relative to the project or folder.
    pub path: RelPath,
    /// The profile that reads it there.
    pub deployment_profile_id: Option<String>,
    /// Its content; none when it cannot be read.
    pub content_hash: Option<String>,
    /// How it compares.
    pub r#match: Match,
    /// Whether a record of the project names it.
    pub recorded: bool,
    /// The artifact of the collection that it was matched with.
    pub collection_artifact: Option<String>,
    /// What that holds now.
    pub collection_hash: Option<String>,
    /// Whether the person does not want to be offered it.
    pub skipped: bool,
    /// What it is for.
    pub description: Option<String>,
    /// Files in it.
    pub files: u64,
    /// Their size.
    pub bytes: u64,
    /// Why it cannot be imported.
    pub problem: Option<Problem>,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct DiscoverReport {
    /// What was looked at, absolute.
    pub root: String,
    /// Whether it was looked at as a project.
    pub is_project: bool,
    /// What it was compared with.
    pub collection: String,
    /// In the order of their places.
    pub artifacts: Vec<Discovered>,
    /// What could not be read, and what is of a kind that cannot be imported.
    pub problems: Vec<Problem>,
}

/// What was looked at, opened.
pub(super) struct Looked {
    /// Nothing when it is no project.
    pub(super) project: Option<Project>,
    pub(super) root: Root,
    pub(super) found: Found,
    pub(super) report: DiscoverReport,
    pub(super) library: Library,
}

/// The records of a project by place, relative to the project.
type Records = HashMap<RelPath, Record>;

impl Engine {
    /// What lies in a project or a folder that could come into a collection. Nothing is written but the cache; a project
    /// need not be registered.
    ///
    /// # Errors
    /// `invalid-request`, `project-not-found`, `project-invalid`, `collection-not-found`; `io` and its relatives. What
    /// concerns a single find is told with it.
    pub fn discover(&self, request: &DiscoverRequest) -> Result<DiscoverReport> {
        Ok(self.look_for(request)?.report)
    }

    pub(super) fn look_for(&self, request: &DiscoverRequest) -> Result<Looked> {
        let library = Library::open(&self.options.home)?;
        let collection = self.collection_meant(request.collection.as_deref(), &library)?;
        let (project, root, mut found) = match (&request.project, &request.folder) {
            (Some(project), None) => {
                let project = self.look_at(project)?;
                let found = discover::in_project(&project.root, &project.profile_roots()?, &project.own);
                let root = Root::open(project.root.path())?;
                (Some(project), root, found)
            }
            (None, Some(folder)) => {
                let root = Root::open(Path::new(&canonical_folder(&super::project::expand(
                    &self.options,
                    folder,
                ))?))?;
                let found = discover::in_folder(&root, &|path| library.is_reserved(path));
                (None, root, found)
            }
            _ => {
                let reason = "Say either which project or which folder.".to_owned();
                return Err(Error::InvalidRequest { reason });
            }
        };
        let records =
            project.as_ref().map(|project| records(project, &mut found.problems)).unwrap_or_default();
        let skips = project.as_ref().map(|project| skips(project, &mut found.problems)).unwrap_or_default();
        let cache = self.cache();
        let gate = Gate::new(Some(&cache), self.options.clock.as_ref());
        let shelf = Shelf::of(&library, &collection, &gate);
        let artifacts = found.finds.iter().map(|find| {
            let mut one = compared(&root, find, &shelf, &gate);
            one.recorded = records.contains_key(&find.path);
            one.skipped = skips.iter().any(|skips| skips.has(&find.id));
            one
        });
        let report = DiscoverReport {
            root: root.path().display().to_string(),
            is_project: project.is_some(),
            collection,
            artifacts: artifacts.collect(),
            problems: found.problems.clone(),
        };
        self.learn(&cache, &gate.into_learned(), &[]);
        Ok(Looked { project, root, found, report, library })
    }

    /// Skips finds of a project from now on, or offers them again.
    ///
    /// # Errors
    /// `config-invalid` when the project's list does not parse, which is not written then; `project-not-found` and its
    /// relatives, `invalid-name`; `io` and its relatives.
    pub fn skip_discovered(&self, project: &str, artifacts: &[String], skipped: bool) -> Result<()> {
        let project = self.open_project(project)?;
        let desktop = Root::create(&self.options.home.join("desktop"))?;
        let _lock = self.lock_project(&project, &desktop, super::recover::LOCK_PATIENCE)?;
        let now = iso(self.options.clock.now());
        let mut roots = project.profile_roots()?;
        let has_list =
            |root: &RelPath| root.child(discover::SKIPS).is_ok_and(|file| project.root.is_file(&file));
        // SkillMeat's is in `.claude`; another root has one only where somebody put it.
        roots.retain(|root| root.as_str() == ".claude" || has_list(root));
        if roots.is_empty() {
            roots.push(RelPath::new(".claude")?);
        }
        let first = roots[0].clone();
        for root in roots {
            let mut skips = Skips::read(&project.root, &root)?;
            for id in artifacts {
                let id = ArtifactId::parse(id)?;
                if !skipped || root == first {
                    skips.set(&id, skipped, &now);
                }
            }
            if skips.is_changed() {
                skips.write(&project.root)?;
            }
        }
        Ok(())
    }

    /// The collection of that name, else the default one.
    fn collection_meant(&self, name: Option<&str>, library: &Library) -> Result<String> {
        let name = match name {
            Some(name) => name.to_owned(),
            None => settings::default_collection(&self.options.home)?,
        };
        match library.shelves.iter().any(|shelf| shelf.collection.name() == name) {
            true => Ok(name),
            false => {
                let home = self.options.home.join("collections");
                Err(Error::CollectionNotFound { name, home })
            }
        }
    }
}

/// The artifacts of a collection with their content.
pub(super) struct Shelf<'a> {
    artifacts: Vec<(Artifact<'a>, Option<ContentHash>)>,
}

impl<'a> Shelf<'a> {
    pub(super) fn of(library: &'a Library, collection: &str, gate: &Gate<'_>) -> Self {
        let all = library.artifacts().filter(|artifact| artifact.collection() == collection);
        let content = |artifact: Artifact<'a>| {
            // What cannot be read matches by its name only; the list says what is wrong with it.
            let content = gate.content(&artifact.shelf.root, artifact.path()).ok().flatten();
            (artifact, content.map(|content| content.hash))
        };
        Self { artifacts: all.map(content).collect() }
    }

    /// The artifact that a find is matched with: its name and content, else its content, else its name, else a leaf
    /// name that only one artifact has.
    fn matched(&self, id: &ArtifactId, hash: &ContentHash) -> Option<(&Artifact<'a>, Option<&ContentHash>)> {
        let mine = || self.artifacts.iter().filter(|(artifact, _)| artifact.id().kind() == id.kind());
        let named = mine().find(|(artifact, _)| artifact.id() == id);
        let same = |content: &Option<ContentHash>| content.as_ref() == Some(hash);
        let leaf = || {
            let mut leaves = mine().filter(|(artifact, _)| artifact.id().name() == id.name());
            let first = leaves.next()?;
            leaves.next().is_none().then_some(first)
        };
        let hit = named
            .filter(|(_, content)| same(content))
            .or_else(|| mine().find(|(_, content)| same(content)))
            .or(named)
            .or_else(leaf)?;
        Some((&hit.0, hit.1.as_ref()))
    }
}

fn compared(root: &Root, find: &Find, shelf: &Shelf<'_>, gate: &Gate<'_>) -> Discovered {
    let mut one = Discovered {
        artifact_id: find.id.to_string(),
        path: find.path.clone(),
        deployment_profile_id: find.profile.clone(),
        content_hash: None,
        r#match: Match::New,
        recorded: false,
        collection_artifact: None,
        collection_hash: None,
        skipped: false,
        description: None,
        files: 0,
        bytes: 0,
        problem: None,
    };
    let content = match gate.content(root, &find.path) {
        Ok(Some(content)) => content,
        Ok(None) => {
            let reason = "it is no longer there".to_owned();
            one.problem = Some(Error::SourceInvalid { path: root.absolute(&find.path), reason }.to_problem());
            return one;
        }
        Err(error) => {
            one.problem = Some(error.to_problem());
            return one;
        }
    };
    (one.files, one.bytes) = (content.survey.files(), content.survey.bytes());
    one.content_hash = Some(content.hash.to_string());
    let path = root.absolute(&find.path);
    one.problem = content.survey.check_source(&path).err().map(Problem::from);
    match &find.main_file {
        Some(main) => match described(root, main) {
            Ok(metadata) => one.description = metadata.description,
            Err(error) => _ = one.problem.get_or_insert(error.to_problem()),
        },
        None => {
            let reason = "it has no SKILL.md".to_owned();
            one.problem.get_or_insert(Error::SourceInvalid { path, reason }.to_problem());
        }
    }
    if let Some((artifact, hash)) = shelf.matched(&find.id, &content.hash) {
        one.r#match = if hash == Some(&content.hash) { Match::Same } else { Match::Differs };
        one.collection_artifact = Some(artifact.id().to_string());
        one.collection_hash = hash.map(ToString::to_string);
    }
    one
}

/// What a main file says.
pub(super) fn described(root: &Root, main: &RelPath) -> Result<Metadata> {
    Ok(Metadata::of(&Document::read(root, main)?.frontmatter()))
}

fn records(project: &Project, problems: &mut Vec<Problem>) -> Records {
    let mut records = Records::new();
    for root in project.profile_roots().unwrap_or_default() {
        match manifest::read(&project.root, &root) {
            Ok(manifest) => {
                let all = manifest.iter().flat_map(Manifest::records).cloned();
                records.extend(all.map(|record| (root.join(&record.artifact_path), record)));
            }
            Err(error) => problems.push(error.to_problem()),
        }
    }
    records
}

fn skips(project: &Project, problems: &mut Vec<Problem>) -> Vec<Skips> {
    let mut skips = Vec::new();
    for root in project.profile_roots().unwrap_or_default() {
        match Skips::read(&project.root, &root) {
            Ok(read) => skips.push(read),
            Err(error) => problems.push(error.to_problem()),
        }
    }
    skips
}

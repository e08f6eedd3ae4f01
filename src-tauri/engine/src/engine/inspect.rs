//! Looking at one artifact or one deployment closely, read from disk now.

use super::diff::{as_text, compare};
use super::drift::{Drift, Seen, base_tree};
use super::gate::{Content, Gate};
use super::library::{Artifact, Library};
use super::merge;
use super::project::Project;
use super::resync::artifact_row;
use super::{
    ArtifactDetail, DeploymentDiff, DeploymentRef, Engine, FileContent, FileEntry, FileKind, MergeProposal,
    Property,
};
use crate::artifact::{Document, Frontmatter};
use crate::cache::{Cache, DeploymentRow};
use crate::deploy::Ledger;
use crate::error::{Error, Result};
use crate::fs::{EntryKind, Survey};
use crate::id::{ArtifactRef, ContentHash};
use crate::path::RelPath;
use sha2::{Digest, Sha256};

/// A larger file is not read for showing.
const MAX_READ: u64 = 64 * 1024 * 1024;
/// More text of one file is not shown.
const MAX_TEXT: usize = 1024 * 1024;

impl Engine {
    /// One artifact, read from disk now.
    ///
    /// # Errors
    /// `artifact-not-found`, `ambiguous-artifact`; `io` and its relatives.
    pub fn artifact_detail(&self, wanted: &ArtifactRef) -> Result<ArtifactDetail> {
        self.ask(|cache| self.detail(wanted, cache))
    }

    fn detail(&self, wanted: &ArtifactRef, cache: &Cache) -> Result<ArtifactDetail> {
        let library = Library::open(&self.options.home)?;
        let artifact = library.find(wanted, &self.options.home)?;
        let gate = Gate::new(Some(cache), self.options.clock.as_ref());
        let row = artifact_row(artifact, &gate, None);
        let (root, path) = (&artifact.shelf.root, artifact.path());
        let survey = root.survey(path)?.ok_or_else(|| gone(&artifact))?;
        let main = artifact.found.main_file.as_ref();
        let (properties, body) = match main.map(|main| Document::read(root, main)) {
            Some(Ok(document)) => read_document(&document),
            // The row's problems say why.
            Some(Err(_)) | None => (Vec::new(), String::new()),
        };
        let listed = cache.artifact(artifact.collection(), &artifact.id().to_string())?;
        Ok(ArtifactDetail {
            artifact: row,
            deployments: listed.map(|listed| listed.deployments).unwrap_or_default(),
            properties,
            body,
            main_file: main.map(|main| main.strip_prefix(path).unwrap_or_else(|| own_name(path))),
            file_list: files(&artifact, &survey),
        })
    }

    /// One file of an artifact: at most 1 MiB of its text.
    ///
    /// # Errors
    /// `artifact-not-found`, `source-too-large` above 64 MiB; `io` and its relatives, also when there is no such
    /// file.
    pub fn artifact_file(&self, wanted: &ArtifactRef, file: &RelPath) -> Result<FileContent> {
        let library = Library::open(&self.options.home)?;
        let artifact = library.find(wanted, &self.options.home)?;
        let (root, path) = (&artifact.shelf.root, artifact.path());
        let single = root.entry(path)?.is_some_and(|entry| entry.kind == EntryKind::File);
        let at = if single { path.clone() } else { path.join(file) };
        let bytes = root.read(&at, MAX_READ)?.ok_or_else(|| {
            Error::io("read", root.absolute(&at), std::io::Error::from(std::io::ErrorKind::NotFound))
        })?;
        let sha256 = ContentHash::from_digest(&Sha256::digest(&bytes)).to_string();
        let total = bytes.len() as u64;
        let text = as_text(bytes);
        let truncated = text.as_ref().is_some_and(|text| text.len() > MAX_TEXT);
        let text = text.map(|text| {
            text.chars()
                .scan(0, |length, char| {
                    *length += char.len_utf8();
                    (*length <= MAX_TEXT).then_some(char)
                })
                .collect()
        });
        Ok(FileContent { path: file.clone(), bytes: total, text, truncated, sha256 })
    }

    /// A deployment compared with the collection: old is the collection, new is the project.
    ///
    /// # Errors
    /// `deployment-not-found`; what reading the project or the artifact says.
    pub fn diff_deployment(&self, wanted: &DeploymentRef) -> Result<DeploymentDiff> {
        self.compare(wanted, |place| {
            let source = place.source.as_ref().map(|(artifact, _)| artifact);
            let source = source.map(|artifact| (artifact.shelf.root.as_ref(), artifact.path()));
            let files = compare(source, (&place.project.root, place.copy), &place.drift.files)?;
            Ok(DeploymentDiff { deployment: place.deployment.clone(), known: place.drift.known, files })
        })
    }

    /// A merged text for a file of a deployment, for a person to look at, change and pass to
    /// [`Engine::resolve_conflict`]. Nothing is written.
    ///
    /// # Errors
    /// As [`Engine::diff_deployment`]; `invalid-request` when neither side has such a file.
    pub fn propose_merge(&self, wanted: &DeploymentRef, file: &RelPath) -> Result<MergeProposal> {
        self.compare(wanted, |place| merge::propose(place, file))
    }

    /// Looks at a deployment and its artifact, file by file.
    fn compare<T>(
        &self,
        wanted: &DeploymentRef,
        with: impl FnOnce(&mut Compared<'_>) -> Result<T>,
    ) -> Result<T> {
        let library = Library::open(&self.options.home)?;
        let project = self.look_at(wanted.project_path.as_str())?;
        let rows = self.scan_project(&project, &library)?.deployments;
        let same = |row: &&DeploymentRow| {
            (&row.profile_root_dir, &row.artifact_path, &row.deployment_profile_id)
                == (&wanted.profile_root_dir, &wanted.artifact_path, &wanted.deployment_profile_id)
        };
        let deployment = rows.iter().find(same).cloned().ok_or_else(|| Error::DeploymentNotFound {
            query: wanted.artifact_path.to_string(),
            project: project.path.to_string(),
        })?;
        let copy = wanted.profile_root_dir.join(&wanted.artifact_path);
        let id = crate::id::ArtifactId::parse(&deployment.artifact_id)?;
        let cache = self.cache();
        let gate = Gate::new(Some(&cache), self.options.clock.as_ref());
        let recorded = deployment.content_hash.as_deref().and_then(ContentHash::parse);
        let source = match library.get(&deployment.collection, &id) {
            Some(artifact) => {
                let content = gate.content(&artifact.shelf.root, artifact.path())?;
                content.map(|content| (artifact, content))
            }
            None => None,
        };
        let there = gate.content(&project.root, &copy)?;
        let as_recorded = |hash: &ContentHash| {
            let counted = || project.root.hash_unfiltered(&copy).ok().flatten();
            recorded.as_ref().is_some_and(|recorded| hash == recorded || counted().as_ref() == Some(recorded))
        };
        let collection = source.as_ref().map(|(artifact, content)| Seen {
            root: &artifact.shelf.root,
            path: artifact.path(),
            survey: &content.survey,
            as_recorded: recorded.as_ref() == Some(&content.hash),
        });
        let ours = there.as_ref().map(|there| Seen {
            root: &project.root,
            path: &copy,
            survey: &there.survey,
            as_recorded: as_recorded(&there.hash),
        });
        let ledger = Ledger::load(project.desktop.as_ref(), &project.key())?;
        let base = base_tree(project.desktop.as_ref(), ledger.base(&copy, recorded.as_ref()))?;
        let drift = Drift::of(collection, ours, base)?;
        let mut compared = Compared { project: &project, copy: &copy, deployment, source, drift };
        with(&mut compared)
    }
}

/// A deployment, its artifact, and how they differ.
pub(super) struct Compared<'a> {
    pub(super) project: &'a Project,
    pub(super) copy: &'a RelPath,
    pub(super) deployment: DeploymentRow,
    pub(super) source: Option<(Artifact<'a>, Content)>,
    pub(super) drift: Drift,
}

fn gone(artifact: &Artifact<'_>) -> Error {
    Error::SourceInvalid {
        path: artifact.shelf.root.absolute(artifact.path()),
        reason: "it is no longer there".to_owned(),
    }
}

fn own_name(path: &RelPath) -> RelPath {
    RelPath::new(path.name()).unwrap_or_else(|_| path.clone())
}

fn read_document(document: &Document) -> (Vec<Property>, String) {
    let front: Frontmatter<'_> = document.frontmatter();
    let properties = front.properties().into_iter().map(|(key, value)| Property { key, value }).collect();
    (properties, front.body.to_owned())
}

fn files(artifact: &Artifact<'_>, survey: &Survey) -> Vec<FileEntry> {
    let own = own_name(artifact.path());
    let mut files: Vec<FileEntry> = survey
        .entries
        .iter()
        .filter_map(|entry| {
            let path =
                if entry.path.is_empty() { own.clone() } else { RelPath::new(entry.path.clone()).ok()? };
            let kind = match entry.kind {
                EntryKind::Folder => FileKind::Folder,
                EntryKind::Link => FileKind::Link,
                EntryKind::File | EntryKind::Special => FileKind::File,
            };
            let executable = kind == FileKind::File && entry.mode & 0o111 != 0;
            let bytes = if kind == FileKind::File { entry.bytes } else { 0 };
            Some(FileEntry { path, kind, bytes, executable, ignored: false })
        })
        .collect();
    let ignored = survey.ignored.iter().filter_map(|path| RelPath::new(path.clone()).ok());
    files.extend(ignored.map(|path| {
        let folder = artifact.shelf.root.is_folder(&artifact.path().join(&path)).is_ok_and(|is| is);
        let kind = if folder { FileKind::Folder } else { FileKind::File };
        FileEntry { path, kind, bytes: 0, executable: false, ignored: true }
    }));
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files
}

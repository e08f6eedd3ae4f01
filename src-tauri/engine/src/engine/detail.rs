//! One project, looked at closely: what lies in its profiles without a record, and what git sees of it.

use super::library::Library;
use super::project::Project;
use super::recover::LOCK_PATIENCE;
use super::{Engine, GitVisibility, git};
use crate::artifact::{Detected, detect};
use crate::cache::ProjectRow;
use crate::error::{Problem, Result};
use crate::fs::Root;
use crate::id::{ArtifactId, ArtifactKind, ArtifactRef};
use crate::manifest::{self, Manifest};
use crate::path::RelPath;
use crate::settings::{self, Describe};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashSet};

/// How many folders may lie between a kind's folder and an artifact.
const MAX_NAMESPACES: usize = 4;

/// An artifact in a profile of a project that no record names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct UnmanagedArtifact {
    /// What it would be called in a collection.
    pub artifact_id: String,
    /// Its kind.
    pub kind: ArtifactKind,
    /// The profile root, relative to the project.
    pub profile_root_dir: RelPath,
    /// Its folder or file, relative to the profile root.
    pub artifact_path: RelPath,
    /// The profiles that read it.
    pub profiles: Vec<String>,
    /// The only collection that has an artifact of this id, which could be recorded as what is deployed here.
    pub collection: Option<String>,
}

/// A project, looked at closely; read from disk now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct ProjectDetail {
    /// Its row.
    pub project: ProjectRow,
    /// What lies in its profiles without a record, by place. Names only; no content was read.
    pub unmanaged: Vec<UnmanagedArtifact>,
    /// What a person said that it is, from SkillMeat's `.skillmeat-project.toml`.
    pub description: Option<String>,
    /// What git sees; none when it lies in no repository.
    pub git: Option<GitVisibility>,
    /// What could not be looked at.
    pub problems: Vec<Problem>,
}

/// What was found so far, by place: its kind, its id and the profiles that read it.
type Places = BTreeMap<(RelPath, RelPath), (ArtifactKind, ArtifactId, Vec<String>)>;

impl Engine {
    /// One project, read from disk now; it need not be registered.
    ///
    /// # Errors
    /// `project-not-found`, `project-invalid`; `io` and its relatives when the project cannot be listed.
    pub fn project_detail(&self, path: &str) -> Result<ProjectDetail> {
        let project = self.look_at(path)?;
        let library = Library::open(&self.options.home)?;
        let row = self.scan_project(&project, &library)?.row;
        let mut problems = Vec::new();
        let places = places(&project, &mut problems)?;
        let git = git::look(&project).unwrap_or_else(|error| {
            problems.push(error.to_problem());
            None
        });
        let unmanaged =
            places.into_iter().map(|((profile_root_dir, artifact_path), (kind, id, profiles))| {
                let wanted = ArtifactRef { artifact_id: id.to_string(), collection: None };
                let only = library.find(&wanted, &self.options.home).ok().filter(|found| *found.id() == id);
                UnmanagedArtifact {
                    artifact_id: id.to_string(),
                    kind,
                    profile_root_dir,
                    artifact_path,
                    profiles,
                    collection: only.map(|found| found.collection().to_owned()),
                }
            });
        // One that cannot be read is told by the row.
        let description = settings::description(&project.root).unwrap_or_default().description;
        Ok(ProjectDetail { project: row, unmanaged: unmanaged.collect(), description, git, problems })
    }

    /// Gives a project a name and a description, in the file that SkillMeat keeps them in, and gives its row. It is
    /// registered by this.
    ///
    /// # Errors
    /// `invalid-name`; `config-invalid` when the file does not parse, which is then left as it is; `path-escapes-root`
    /// where a link leads astray; `project-busy`; what opening the project says.
    pub fn describe_project(&self, path: &str, said: &Describe) -> Result<ProjectRow> {
        let project = self.open_project(path)?;
        let desktop = Root::create(&self.options.home.join("desktop"))?;
        let lock = self.lock_project(&project, &desktop, LOCK_PATIENCE)?;
        let file = RelPath::new(settings::PROJECT_FILE)?;
        project.check_place(&file, &project.root.resolved(&file)?)?;
        settings::describe(&project.root, said, (project.path.as_str(), &project.name), &self.now())?;
        drop(lock);
        self.add_project(path)
    }
}

/// Everything in the kind folders of the profiles that no record names.
fn places(project: &Project, problems: &mut Vec<Problem>) -> Result<Places> {
    let mut places = Places::new();
    for root in project.profile_roots()? {
        // Where the records cannot be read nobody knows what has none; the row says why.
        let Ok(manifest) = manifest::read(&project.root, &root) else { continue };
        let recorded: HashSet<&RelPath> =
            manifest.iter().flat_map(Manifest::records).map(|record| &record.artifact_path).collect();
        for profile in project.all_profiles() {
            for target in profile.targets.iter().filter(|target| target.root == root) {
                let (kind, found) = (target.kind, Vec::new());
                let mut walk = Walk { project, root: &root, kind, recorded: &recorded, found };
                if let Err(error) = walk.folder(&target.folder, &[]) {
                    problems.push(error.to_problem());
                }
                for (path, id) in walk.found {
                    let place = places.entry((root.clone(), path)).or_insert((kind, id, Vec::new()));
                    place.2.push(profile.id.clone());
                }
            }
        }
    }
    Ok(places)
}

struct Walk<'a> {
    project: &'a Project,
    root: &'a RelPath,
    kind: ArtifactKind,
    recorded: &'a HashSet<&'a RelPath>,
    found: Vec<(RelPath, ArtifactId)>,
}

impl Walk<'_> {
    /// `folder` is relative to the profile root. Links are not followed: what they lead to lies elsewhere.
    fn folder(&mut self, folder: &RelPath, namespaces: &[&str]) -> Result<()> {
        for entry in self.project.root.list(Some(&self.root.join(folder)))? {
            let Ok(path) = folder.child(&entry.name) else { continue };
            if self.recorded.contains(&path) {
                continue;
            }
            match detect(&self.project.root, &self.root.join(&path), &entry, self.kind)? {
                Detected::Artifact { name, .. } => {
                    let below = [namespaces, &[&name]].concat().join("/");
                    // A name that cannot be an artifact's is no artifact that anybody could manage.
                    if let Ok(id) = ArtifactId::new(self.kind, &below) {
                        self.found.push((path, id));
                    }
                }
                Detected::Folder if namespaces.len() < MAX_NAMESPACES => {
                    self.folder(&path, &[namespaces, &[&entry.name]].concat())?;
                }
                Detected::Folder | Detected::Link | Detected::Other => {}
            }
        }
        Ok(())
    }
}

//! Whether git sees what is deployed to a project, and our records of it.
//!
//! A person's choice, kept in the repository's own `info/exclude` and nowhere else: our block there (see `block`) names
//! each deployed copy, and each file that we keep beside them. After an operation the block follows what is deployed. The
//! file is not part of the operation: it is written in one step after the commit, by whoever holds our home's lock; a
//! crash in between leaves a block that the next operation corrects, and a failure is a notice. Undo brings no choice
//! back: the file lies in a version control folder, where no operation may write, may be that of several projects, and our
//! block says nothing but what the records and the choice do. What git tracks already it goes on to see.

mod block;
mod repository;

use super::Engine;
use super::project::Project;
use crate::deploy::STAGE;
use crate::error::{Error, Problem, Result, Severity};
use crate::manifest;
use crate::path::RelPath;
use block::Hidden;
use repository::Repository;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What git sees of a project that lies in a repository.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct GitVisibility {
    /// The repository's top folder.
    pub repository: String,
    /// The file that our lines are in: its `info/exclude`.
    pub exclude: String,
    /// Whether other worktrees share that file.
    pub shared: bool,
    /// Whether git is kept from seeing deployed copies.
    pub hides_files: bool,
    /// Whether git is kept from seeing our records: each manifest with its lock file.
    pub hides_records: bool,
}

/// What git is to be kept from seeing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(default)]
pub struct GitChoice {
    /// Deployed copies.
    pub hide_files: bool,
    /// Manifests and their lock files.
    pub hide_records: bool,
}

impl Engine {
    /// What git sees of a project; `None` when it lies in no repository. The project need not be registered.
    ///
    /// # Errors
    /// `project-not-found`, `project-invalid`; `config-invalid` when our lines were damaged; `io` and its relatives.
    pub fn git_visibility(&self, project: &str) -> Result<Option<GitVisibility>> {
        look(&self.look_at(project)?)
    }

    /// Chooses what git sees of a project, now and after each operation.
    ///
    /// # Errors
    /// As [`Engine::git_visibility`]; `invalid-request` when it lies in no repository.
    pub fn set_git_visibility(&self, project: &str, choice: &GitChoice) -> Result<GitVisibility> {
        let project = self.open_project(project)?;
        let Some(repository) = Repository::of(&project.path)? else {
            return Err(Error::InvalidRequest {
                reason: format!("{} is in no git repository.", project.path),
            });
        };
        let hidden = Hidden { files: choice.hide_files, records: choice.hide_records };
        self.with_settings_locked(|| put(&project, &repository, hidden))?;
        seen(&repository)
    }

    /// Makes our lines follow what is deployed now, where a person chose to have any. A failure is a notice: the
    /// operation itself is done.
    pub(super) fn git_follows(&self, project: &Project) -> Option<Problem> {
        let follow = || -> Result<()> {
            let Some(repository) = Repository::of(&project.path)? else { return Ok(()) };
            if hidden(&repository)?.is_none() {
                return Ok(());
            }
            self.with_settings_locked(|| match hidden(&repository)? {
                Some(hidden) => put(project, &repository, hidden),
                None => Ok(()),
            })
        };
        let mut problem = follow().err()?.to_problem();
        problem.severity = Severity::Notice;
        Some(problem)
    }
}

pub(super) fn look(project: &Project) -> Result<Option<GitVisibility>> {
    Repository::of(&project.path)?.as_ref().map(seen).transpose()
}

fn seen(repository: &Repository) -> Result<GitVisibility> {
    let hidden = hidden(repository)?.unwrap_or_default();
    Ok(GitVisibility {
        repository: repository.top.display().to_string(),
        exclude: repository.exclude()?.display().to_string(),
        shared: repository.shared,
        hides_files: hidden.files,
        hides_records: hidden.records,
    })
}

fn hidden(repository: &Repository) -> Result<Option<Hidden>> {
    let block =
        block::find(&repository.read()?, &repository.place).map_err(|reason| damaged(repository, reason))?;
    Ok(block.map(|block| block.hidden))
}

fn put(project: &Project, repository: &Repository, hidden: Hidden) -> Result<()> {
    let before = repository.read()?;
    let paths: Vec<String> = paths(project, hidden)?.iter().map(|path| repository.path(path)).collect();
    let after = block::with(&before, &repository.place, hidden, &paths)
        .map_err(|reason| damaged(repository, reason))?;
    if after == before { Ok(()) } else { repository.write(&after) }
}

/// What is hidden, relative to the project, in order.
fn paths(project: &Project, hidden: Hidden) -> Result<Vec<RelPath>> {
    let mut paths = BTreeSet::new();
    for root in project.profile_roots()? {
        if hidden.files
            && let Some(manifest) = manifest::read(&project.root, &root)?
        {
            paths.extend(manifest.records().map(|record| root.join(&record.artifact_path)));
        }
        // The lock file outlives the manifest, and the stage is there for a moment only.
        if hidden.records {
            for name in [manifest::FILE_NAME, manifest::LOCK_NAME, STAGE] {
                paths.insert(root.child(name)?);
            }
        }
    }
    Ok(paths.into_iter().collect())
}

fn damaged(repository: &Repository, reason: &str) -> Error {
    let path = repository.exclude().unwrap_or_else(|_| repository.top.clone());
    Error::ConfigInvalid { path, reason: reason.to_owned() }
}

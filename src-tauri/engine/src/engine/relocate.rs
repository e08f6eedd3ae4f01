//! A project whose folder was moved: what we know of it follows.
//!
//! Files, manifests and records in the project name no absolute path. Our own notes do: the list of projects, the parts of
//! the journal and of the history (undo works from them), and by the key of its path the ledger and the last good
//! copies of its manifests. They are changed under the locks of both places, **the list of projects last**: as long
//! as that names the old place, the project is shown as missing and locating it again finishes what was cut off, as each
//! step before it does nothing where it was done already. It is no operation and is not undone: nothing but our own notes
//! changes, and whoever moves the folder back locates it there.

use super::Engine;
use super::project::{self, project_key};
use super::recover::LOCK_PATIENCE;
use crate::cache::ProjectRow;
use crate::deploy::Ledger;
use crate::error::{Error, Result};
use crate::fs::{Root, canonical_folder, is_gone};
use crate::id::ProjectPath;
use crate::journal::Journal;
use crate::manifest;
use crate::path::System;
use crate::settings::KnownProject;
use std::path::{Path, PathBuf};

impl Engine {
    /// Takes it that the folder of a registered project, which is gone, is now `to`. Its name stays unless that was
    /// the old folder's; its history can be undone as before.
    ///
    /// # Errors
    /// `project-not-found` when `from` is not registered, or `to` is not there; `invalid-request` while `from` is
    /// there, or when `to` is a project already; `project-invalid` when `to` cannot be a project, or holds none
    /// of what was deployed; `project-busy`, `config-invalid`; `io` and its relatives.
    pub fn locate_project(&self, from: &str, to: &str) -> Result<ProjectRow> {
        let known = self.known_projects()?.projects;
        let from = &*System::HERE.kept(from);
        let Some(old) = known.iter().find(|known| known.path == from) else {
            return Err(Error::ProjectNotFound { path: PathBuf::from(from) });
        };
        if !is_gone(Path::new(from)) {
            return Err(refused(format!("{from} is still there, so it was not moved.")));
        }
        // Its own profiles come along, so they must not overlap with a collection there.
        let at = canonical_folder(&project::expand(&self.options, to))?;
        let moved = KnownProject { path: at, ..old.clone() };
        let linked = self.linked_collections()?.collections;
        let (new, folder) = project::open(&self.options, to, &linked, &[moved])?;
        if known.iter().any(|known| known.path == new.as_str()) {
            let reason = format!("{new} is a project of its own. Forget one of the two first.");
            return Err(refused(reason));
        }
        let old_path = ProjectPath::from_canonical(old.path.clone());
        let desktop = Root::create(&self.options.home.join("desktop"))?;
        let mut places = [&old_path, &new];
        places.sort();
        let _first = self.lock_path(places[0], &desktop, LOCK_PATIENCE)?;
        let _second = self.lock_path(places[1], &desktop, LOCK_PATIENCE)?;
        self.check_same(&desktop, &old_path, &new, &folder)?;

        let (from_key, to_key) = (project_key(&old_path), project_key(&new));
        Journal::new(&desktop).move_project(&old_path, &new)?;
        Ledger::move_to(&desktop, &from_key, &to_key)?;
        manifest::move_copies(&desktop, &from_key, &to_key)?;
        let kept_name = old.name != old_path.folder_name();
        let name = if kept_name { old.name.as_str() } else { new.folder_name() };
        self.with_settings_locked(|| {
            crate::settings::move_project(&self.options.home, from, new.as_str(), name)
        })?;
        self.follow(|writer| writer.remove_project(&old_path).map(drop));
        self.add_project(new.as_str())
    }

    /// Refuses a folder that holds no manifest where the project had one: undo and update would go astray there.
    fn check_same(&self, desktop: &Root, old: &ProjectPath, new: &ProjectPath, folder: &Root) -> Result<()> {
        let key = project_key(old);
        let had = |root: &crate::path::RelPath| {
            manifest::good_copy(desktop, &key, root).is_ok_and(|copy| copy.is_some())
        };
        let roots: Vec<_> = manifest::kept_roots(desktop, &key).into_iter().filter(had).collect();
        let has = |root: &crate::path::RelPath| manifest::path_in(root).is_ok_and(|at| folder.is_file(&at));
        if roots.is_empty() || roots.iter().any(has) {
            return Ok(());
        }
        let reason = "it holds no manifest of the project that was moved. Choose another folder, or forget the \
                      project and add this one";
        Err(Error::ProjectInvalid { path: PathBuf::from(new.as_str()), reason })
    }
}

fn refused(reason: String) -> Error {
    Error::InvalidRequest { reason }
}

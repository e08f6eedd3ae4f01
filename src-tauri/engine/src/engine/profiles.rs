//! A project's own profiles: listed, saved, removed.
//!
//! What a profile may be says [`platform`](crate::platform); here it is held against the project as it is on disk and
//! against the collections. Both changes are made under the project's lock, so that no operation of another process is
//! in the middle of deploying to what changes.

use super::Engine;
use super::project::{self, Project};
use super::recover::LOCK_PATIENCE;
use super::scan;
use crate::cache::{ProfileRow, ProjectRow};
use crate::error::{Error, Result};
use crate::fs::{EntryKind, FileLock, Root};
use crate::manifest::{self, Manifest};
use crate::path::{RelPath, folded};
use crate::platform::{self, OwnProfile, Profile};
use crate::settings;
use serde::{Deserialize, Serialize};

/// A profile of a project's own, to be saved.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct SaveProfile {
    /// The project's folder. It is registered by this.
    pub project: String,
    /// The profile.
    pub profile: OwnProfile,
    /// Whether it takes the place of the one with its id; else there must be none.
    pub replace: bool,
}

impl Engine {
    /// The profiles that a project can be deployed to, with what is there of them on disk; without a project the
    /// built-in ones. The project need not be registered.
    ///
    /// # Errors
    /// `project-not-found`, `project-invalid`; `config-invalid` when the list of projects, where a project's own
    /// profiles are, cannot be read.
    pub fn list_profiles(&self, project: Option<&str>) -> Result<Vec<ProfileRow>> {
        match project {
            Some(path) => Ok(scan::row(&self.open_project(path)?).profiles),
            None => Ok(scan::profile_rows(&[])),
        }
    }

    /// Adds a profile to a project, or changes one, and gives the project's row. Nothing is made on disk: the root
    /// comes with the first deploy. The subject of a refusal is the text at fault, so that a form can show it there.
    ///
    /// # Errors
    /// As [`OwnProfile::check`]; `path-escapes-root` for a root that leads somewhere else, is no folder or overlaps with
    /// a collection; `name-clash` for one that differs from a folder only by case; `invalid-name` for an id that is
    /// taken, `profile-not-found` for one that is to be replaced; `profile-in-use` for another root of a profile that has
    /// deployments; what opening the project says.
    pub fn save_profile(&self, request: &SaveProfile) -> Result<ProjectRow> {
        let profile = request.profile.check()?;
        let (project, _lock) = self.open_locked(&request.project)?;
        match project.own.iter().find(|own| own.id == profile.id) {
            Some(_) if !request.replace => {
                let reason = "the project has a profile of that name";
                return Err(Error::InvalidName { name: request.profile.profile_id.clone(), reason });
            }
            Some(old) if old.roots() != profile.roots() => self.check_unused(&project, old)?,
            Some(_) => {}
            None if request.replace => {
                platform::find(&project.own, &profile.id)?;
            }
            None => {}
        }
        self.check_profile(&project, &profile)?;
        let project = if project.added_at.is_some() { project } else { self.register(&project)? };
        let (home, path) = (&self.options.home, project.path.as_str());
        self.with_settings_locked(|| settings::save_profile(home, path, &profile))?;
        self.add_project(path)
    }

    /// Takes a profile of its own away from a project, and gives the project's row. Its folder and whatever lies in it
    /// stay.
    ///
    /// # Errors
    /// `profile-not-found`; `invalid-request` for a built-in profile; `profile-in-use` for one that has deployments; what opening the
    /// project says.
    pub fn delete_profile(&self, project: &str, profile: &str) -> Result<ProjectRow> {
        let (project, _lock) = self.open_locked(project)?;
        let found = platform::find(&project.own, profile)?;
        if !found.own {
            let reason =
                format!("{} is built in. Only a project's own profiles can be removed.", found.title);
            return Err(Error::InvalidRequest { reason });
        }
        self.check_unused(&project, found)?;
        let (home, path) = (&self.options.home, project.path.as_str());
        self.with_settings_locked(|| settings::delete_profile(home, path, &found.id))?;
        self.add_project(path)
    }

    /// A project under its lock, with what was cut off in it tidied up.
    fn open_locked(&self, path: &str) -> Result<(Project, FileLock)> {
        let project = self.open_project(path)?;
        let desktop = Root::create(&self.options.home.join("desktop"))?;
        let lock = self.lock_project(&project, &desktop, LOCK_PATIENCE)?;
        self.recover_project(&project, &desktop)?;
        // Somebody else may have changed its profiles while we waited.
        Ok((self.open_project(path)?, lock))
    }

    /// Refuses a profile with deployments: without it nobody would look for them in its root.
    fn check_unused(&self, project: &Project, profile: &Profile) -> Result<()> {
        let mut records = 0;
        for root in profile.roots() {
            // One that cannot be read may hold any number.
            let manifest = manifest::read(&project.root, &root)?;
            records += manifest.iter().flat_map(Manifest::records).count();
            records += manifest.iter().map(|manifest| manifest.bad_records().len()).sum::<usize>();
        }
        if records == 0 {
            return Ok(());
        }
        let deployments =
            if records == 1 { "1 deployment".to_owned() } else { format!("{records} deployments") };
        let (profile, title) = (profile.id.clone(), profile.title.clone());
        Err(Error::ProfileInUse { profile, title, deployments, project: project.path.to_string() })
    }

    /// Refuses a profile that cannot be beside the others of a project, or whose root its disk has no place for.
    pub(super) fn check_profile(&self, project: &Project, profile: &Profile) -> Result<()> {
        let others: Vec<Profile> = project.own.iter().filter(|own| own.id != profile.id).cloned().collect();
        platform::apart(profile, &others)?;
        profile.roots().iter().try_for_each(|root| self.check_root(project, root))
    }

    /// Refuses a root that the project's disk has no place for.
    fn check_root(&self, project: &Project, root: &RelPath) -> Result<()> {
        let refused = |reason| Error::PathEscapesRoot { path: root.to_string(), reason };
        let mut above: Option<RelPath> = None;
        for name in root.components() {
            let wanted = folded(name);
            let entries = project.root.list(above.as_ref())?;
            let other = entries.iter().find(|entry| entry.name != name && folded(&entry.name) == wanted);
            if let Some(other) = other {
                return Err(Error::Lookalike { first: other.name.clone(), second: root.to_string() });
            }
            let path = above.as_ref().map_or_else(|| RelPath::new(name), |above| above.child(name))?;
            let Some(entry) = entries.into_iter().find(|entry| entry.name == name) else { break };
            match entry.kind {
                EntryKind::Folder => above = Some(path),
                // Two names of one folder would be two profiles that share a manifest.
                EntryKind::Link => return Err(refused("a link stands there, or on the way")),
                _ => return Err(refused("something that is no folder stands there, or on the way")),
            }
        }
        let real = project.root.path().join(root);
        let linked = self.linked_collections()?.collections;
        if project::collections(&self.options, &linked).iter().any(|folder| project::overlap(folder, &real)) {
            return Err(refused("a collection lies in it, or holds it"));
        }
        Ok(())
    }
}

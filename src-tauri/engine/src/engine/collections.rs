//! Collections: made in our home, or folders elsewhere that are linked. A linked folder is never written to.

use super::library::{linked_row, managed};
use super::{Engine, project};
use crate::artifact::Layout;
use crate::cache::{Cache, CollectionRow, DeploymentRow};
use crate::collection::{self, Collection};
use crate::error::{Error, Result};
use crate::feed::Origin;
use crate::fs::{Root, canonical_folder};
use crate::path::{RelPath, name_refusal};
use crate::settings::{self, LinkedCollection};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// A folder to link as a collection.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct LinkRequest {
    /// The folder, as a person writes it.
    pub path: String,
    /// The collection's name; the folder's without one.
    pub name: Option<String>,
    /// Where artifacts are in it; it is looked at without one.
    pub layout: Option<Layout>,
}

/// A linked collection that is taken out, and what that means.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct Unlinked {
    /// The collection. Its folder stays as it is.
    pub collection: CollectionRow,
    /// How many artifacts are in it.
    pub artifacts: u64,
    /// Its deployments, which become orphaned: their files and records stay.
    pub deployments: Vec<DeploymentRow>,
}

impl Engine {
    /// Makes an empty managed collection.
    ///
    /// # Errors
    /// `invalid-name`; `name-clash` when there is one; `path-escapes-root` where a project's copies go;
    /// `config-invalid`; `io` and its relatives.
    pub fn create_collection(&self, name: &str) -> Result<CollectionRow> {
        let now = self.options.clock.now();
        let home = Root::create(&self.options.home)?;
        project::check_new_collection(&self.options, name, &self.known_projects()?.projects)?;
        self.with_settings_locked(|| {
            let linked = self.linked_collections()?.collections;
            if let Some(other) = linked.iter().find(|other| is_same(&other.name, name)) {
                return Err(clash(other, name));
            }
            collection::create(&home, name, now)
        })?;
        let row = managed(name.to_owned(), &collection::path(&home, name)?);
        self.follow(|writer| writer.upsert_collection(&row).map(drop));
        Ok(row)
    }

    /// Links a folder as a collection: from then on its artifacts are listed and can be deployed, and deployments that
    /// were orphaned by unlinking it are its again.
    ///
    /// # Errors
    /// `collection-refused` for a folder that is not there, is one skill, holds nothing where artifacts are looked for
    /// and no layout was given, is linked, or overlaps with our home, another collection there or a project's profile folder;
    /// `invalid-name`, `name-clash`, `config-invalid`; `io` and its relatives.
    pub fn link_collection(&self, request: &LinkRequest) -> Result<CollectionRow> {
        let path = self.linkable(request)?;
        let folder = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let name = request.name.clone().unwrap_or(folder);
        if let Some(reason) = name_refusal(&name) {
            return Err(Error::InvalidName { name, reason });
        }
        let linked = LinkedCollection { name, path: path.display().to_string(), layout: request.layout };
        self.with_settings_locked(|| {
            self.check_free(&linked)?;
            settings::link_collection(&self.options.home, &linked)
        })?;
        self.read_again();
        let row = linked_row(linked);
        let known = self.ask(Cache::collections).unwrap_or_default();
        Ok(known.into_iter().find(|known| known.collection == row.collection).unwrap_or(row))
    }

    /// What [`Engine::unlink_collection`] would mean. Writes nothing.
    ///
    /// # Errors
    /// `collection-not-found`; `invalid-request` for a collection of our home; `config-invalid`; `cache-stale`.
    pub fn plan_unlink(&self, name: &str) -> Result<Unlinked> {
        let linked = self.linked_collections()?.collections;
        let Some(linked) = linked.into_iter().find(|linked| linked.name == name) else {
            let home = Root::open_existing(&self.options.home)?;
            if home.is_some_and(|home| Collection::open(&home, name).is_ok()) {
                let reason = format!("“{name}” is not linked: it lies in SkillMeat's own folder.");
                return Err(Error::InvalidRequest { reason });
            }
            let home = self.options.home.join("collections");
            return Err(Error::CollectionNotFound { name: name.to_owned(), home });
        };
        let snapshot = self.ask(Cache::snapshot)?;
        let known = snapshot.collections.into_iter().find(|row| row.collection == name);
        let artifacts = snapshot.artifacts.iter().filter(|one| one.artifact.collection == name).count();
        let listed = snapshot.artifacts.into_iter().flat_map(|one| one.deployments);
        let deployments = listed.chain(snapshot.orphans).filter(|row| row.collection == name).collect();
        let collection = known.unwrap_or_else(|| linked_row(linked));
        Ok(Unlinked { collection, artifacts: artifacts as u64, deployments })
    }

    /// Takes a linked collection out of the list. Its folder and all deployed copies stay as they are; the deployments
    /// are orphaned until it is linked again under the same name.
    ///
    /// # Errors
    /// As [`Engine::plan_unlink`].
    pub fn unlink_collection(&self, name: &str) -> Result<Unlinked> {
        let unlinked = self.plan_unlink(name)?;
        self.with_settings_locked(|| settings::unlink_collection(&self.options.home, name))?;
        self.read_again();
        Ok(unlinked)
    }

    /// A collection came or went, which changes the status of deployments anywhere. What was asked for is done by now, so
    /// a failure is told and mended later.
    fn read_again(&self) {
        if let Err(error) = self.resync(Origin::Command) {
            self.cache_failed(&error);
        }
    }

    /// The real path of a folder that may be linked.
    fn linkable(&self, request: &LinkRequest) -> Result<PathBuf> {
        let asked = project::expand(&self.options, &request.path);
        let refused =
            |reason: &str| Error::CollectionRefused { path: asked.clone(), reason: reason.to_owned() };
        let path = canonical_folder(&asked).map_err(|error| match error {
            Error::ProjectNotFound { .. } => refused("there is no such folder"),
            Error::ProjectInvalid { reason, .. } => refused(reason),
            other => other,
        })?;
        let path = PathBuf::from(path);
        let real = |folder: &Path| canonical_folder(folder).map(PathBuf::from).ok();
        if real(&self.options.home).is_some_and(|home| project::overlap(&home, &path)) {
            return Err(refused("SkillMeat's own folder lies in it, or it in that"));
        }
        if project::collections(&self.options, &[]).iter().any(|other| project::overlap(other, &path)) {
            return Err(refused("a collection of SkillMeat's own folder lies in it, or it in that"));
        }
        if let Some(project) = project::overlapped(&path, &self.known_projects()?.projects) {
            return Err(refused(&format!(
                "a profile folder of the project {} lies in it, or it in that, so a deploy could replace what is deployed",
                project.path
            )));
        }
        let root = Root::open(&path)?;
        if ["SKILL.md", "skill.md"]
            .into_iter()
            .any(|file| RelPath::new(file).is_ok_and(|file| root.is_file(&file)))
        {
            return Err(refused("it is itself one skill; link the folder that it lies in"));
        }
        let listing = Collection::open_linked("", &path, request.layout)?.list();
        if listing.artifacts.is_empty() && request.layout.is_none() {
            return Err(refused(
                "there are no skills, commands or agents where they are looked for; say where they are (--layout)",
            ));
        }
        Ok(path)
    }

    /// Whether neither name nor folder is taken.
    fn check_free(&self, linked: &LinkedCollection) -> Result<()> {
        let others = self.linked_collections()?.collections;
        if let Some(other) = others.iter().find(|other| is_same(&other.name, &linked.name)) {
            return Err(clash(other, &linked.name));
        }
        if let Some(other) = others.iter().find(|other| other.path == linked.path) {
            let reason = format!("it is linked already, as “{}”", other.name);
            return Err(Error::CollectionRefused { path: PathBuf::from(&linked.path), reason });
        }
        let Some(home) = Root::open_existing(&self.options.home)? else { return Ok(()) };
        match collection::names(&home)?.names.into_iter().find(|name| is_same(name, &linked.name)) {
            Some(name) => {
                let path = collection::path(&home, &name)?.display().to_string();
                Err(clash(&LinkedCollection { name, path, layout: None }, &linked.name))
            }
            None => Ok(()),
        }
    }
}

fn is_same(one: &str, other: &str) -> bool {
    one.to_lowercase() == other.to_lowercase()
}

fn clash(other: &LinkedCollection, name: &str) -> Error {
    let (first, target) = (other.path.clone(), format!("the collection {}", other.name));
    Error::NameClash { first, second: name.to_owned(), target }
}

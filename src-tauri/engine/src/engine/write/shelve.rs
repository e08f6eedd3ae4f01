//! Changing a collection, and keeping the rows that speak of it.

use crate::cache::Cache;
use crate::collection;
use crate::deploy::Receipt;
use crate::engine::gate::Gate;
use crate::engine::library::Library;
use crate::engine::project::{Ground, Project};
use crate::engine::sets::SetRows;
use crate::engine::write::Request;
use crate::engine::{Engine, resync, scan};
use crate::error::{Error, Result};
use crate::fs::{Root, canonical_folder};
use crate::id::ProjectPath;
use crate::journal::{Part, Place};
use crate::plan::{CollectionRequest, Plan};

impl Engine {
    /// What changing a collection would do. Writes nothing but the cache.
    ///
    /// # Errors
    /// `collection-not-found`, `invalid-name`; what concerns single artifacts is in the plan's items.
    pub fn plan_collection(&self, request: &CollectionRequest) -> Result<Plan> {
        self.plan(Request::Collect(request))
    }

    /// Changes a managed collection: artifacts come, are replaced or go, entries of `collection.toml` say something
    /// else. Planned, journaled and undoable as a deploy is; the collection is the folder that it works in, and
    /// `collection.toml` the file whose rename commits it. In the answer, `project_path` is the collection's folder.
    ///
    /// # Errors
    /// As [`Engine::plan_collection`], and `plan-stale`; nothing was written then.
    pub fn change_collection(&self, request: &CollectionRequest) -> Result<Receipt> {
        let _own = self.own_commits();
        self.run(Request::Collect(request))
    }

    /// Opens a managed collection as a folder to work in.
    ///
    /// # Errors
    /// `collection-not-found`, `invalid-name`; `io` and its relatives.
    pub(in crate::engine) fn open_collection(&self, name: &str) -> Result<Project> {
        let home = Root::open_existing(&self.options.home)?;
        let missing = || Error::CollectionNotFound {
            name: name.to_owned(),
            home: self.options.home.join("collections"),
        };
        let path = collection::path(&home.ok_or_else(missing)?, name)?;
        let path = canonical_folder(&path).map_err(|error| match error {
            Error::ProjectNotFound { .. } => missing(),
            other => other,
        })?;
        self.open_collection_at(&ProjectPath::from_canonical(path), name)
    }

    fn open_collection_at(&self, path: &ProjectPath, name: &str) -> Result<Project> {
        Ok(Project {
            ground: Ground::Collection,
            root: Root::open(path.as_path())?,
            path: path.clone(),
            name: name.to_owned(),
            profiles: Vec::new(),
            own: Vec::new(),
            added_at: None,
            desktop: self.desktop()?,
        })
    }

    /// Every managed collection, as a folder to work in.
    pub(in crate::engine) fn open_collections(&self) -> Vec<Result<Project>> {
        let names =
            Root::open_existing(&self.options.home).ok().flatten().map(|home| collection::names(&home));
        let names = names.and_then(Result::ok).map(|names| names.names).unwrap_or_default();
        names.iter().map(|name| self.open_collection(name)).collect()
    }

    /// The folder that a part of an operation worked in. Which one that is, the part alone says, and what a file says
    /// is not believed: a collection must be one of ours.
    ///
    /// # Errors
    /// `path-escapes-root` for a folder that is no managed collection of that name; what opening it says.
    pub(in crate::engine) fn open_ground(&self, part: &Part) -> Result<Project> {
        if matches!(part.place, Place::Profile(_)) {
            return self.open_project(part.project_path.as_str());
        }
        let opened = self.open_collection(&part.project_name)?;
        if opened.path != part.project_path {
            let path = part.project_path.to_string();
            return Err(Error::PathEscapesRoot { path, reason: "it is no collection of ours" });
        }
        Ok(opened)
    }

    /// Reads a collection, and the projects in which something of it is deployed, and writes their rows.
    pub(in crate::engine) fn reshelve(&self, name: &str, cache: &Cache) -> Result<()> {
        let library = Library::open(&self.options.home)?;
        let gate = Gate::new(Some(cache), self.options.clock.as_ref());
        let Some(shelf) = library.shelves.iter().find(|shelf| shelf.collection.name() == name) else {
            return Err(Error::CollectionNotFound {
                name: name.to_owned(),
                home: self.options.home.join("collections"),
            });
        };
        let index = resync::index(shelf, Gate::new(Some(cache), self.options.clock.as_ref()))?;
        let shelved = resync::shelved(shelf, index, &gate, cache)?;
        let set_rows = SetRows::read(&library);
        let mut scans = Vec::new();
        for known in self.projects_to_look_at(cache)? {
            let path = ProjectPath::from_canonical(known.path.clone());
            let before = cache.deployments_of(&path)?;
            // A new cache knows of none yet.
            let unknown = cache.project(&path)?.is_none();
            if !unknown && !before.iter().any(|row| row.collection == name) {
                continue;
            }
            scans.push(match self.open_known(&known) {
                Ok(project) => scan::scan(&project, &library, &gate, &before)?,
                // What was known of it was said about another collection.
                Err(error) => {
                    scan::unavailable(&path, &known.name, (&known.added_at, &known.own), &before, &error)
                }
            });
        }
        cache.write(|writer| {
            writer.upsert_collection(&shelved.row)?;
            shelved.write(writer)?;
            set_rows.write(writer)?;
            for scan in &scans {
                writer.upsert_project(&scan.row)?;
                writer.replace_deployments(&scan.row.project_path, None, &scan.deployments)?;
            }
            Ok(())
        })?;
        self.learn(cache, &gate.into_learned(), &[]);
        Ok(())
    }
}

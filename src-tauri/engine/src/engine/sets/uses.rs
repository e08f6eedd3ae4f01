//! Where an artifact is used: the groups that hold it, and the sets that come to it.

use super::{Identities, problems, shelf_model};
use crate::engine::Engine;
use crate::engine::library::Library;
use crate::error::{Problem, Result};
use crate::sets;
use serde::{Deserialize, Serialize};

/// A set that comes to an artifact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct SetUse {
    /// The set's collection.
    pub collection: String,
    /// The set's id.
    pub set_id: String,
    /// The set's name.
    pub name: String,
    /// Through what: the names of sets, and of a group, from this set to the one that holds the artifact.
    pub trail: Vec<String>,
}

/// The groups and sets that an artifact is used in.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct ArtifactUses {
    /// Names of groups of its collection.
    pub groups: Vec<String>,
    /// Sets of any collection; none while sets are switched off.
    pub sets: Vec<SetUse>,
    /// Files that could not be read, and may use it.
    pub problems: Vec<Problem>,
}

impl Engine {
    /// In which groups and sets an artifact is used, read from disk now.
    ///
    /// # Errors
    /// `io` and its relatives when the collections cannot be listed.
    pub fn artifact_uses(&self, collection: &str, artifact_id: &str) -> Result<ArtifactUses> {
        let library = Library::open(&self.options.home)?;
        let identities = Identities::new(&library);
        let identity = |collection: &str, id: &str| identities.of(collection, id);
        let with_sets = self.shows_sets();
        let mut uses = ArtifactUses::default();
        for shelf in &library.shelves {
            let Ok(model) = shelf_model(shelf) else {
                uses.problems.extend(problems(shelf));
                continue;
            };
            let is_it = |written: &String| identity(collection, written).is_some_and(|id| id == artifact_id);
            let groups = model.groups.iter().filter(|_| model.collection == collection);
            let holding = groups.filter(|group| group.members.iter().any(is_it));
            uses.groups.extend(holding.map(|group| group.name.clone()));
            for set in model.sets.iter().filter(|_| with_sets) {
                // One that is too deep comes to nothing, and says so itself.
                let Ok(resolved) = sets::resolve(&model, set, &identity) else { continue };
                let found = resolved.artifacts.into_iter().find(|one| {
                    (one.collection.as_str(), one.artifact_id.as_str()) == (collection, artifact_id)
                });
                let Some(found) = found else { continue };
                uses.sets.push(SetUse {
                    collection: model.collection.clone(),
                    set_id: set.id.clone(),
                    name: set.name.clone(),
                    trail: found.trails.into_iter().next().unwrap_or_default(),
                });
            }
        }
        Ok(uses)
    }
}

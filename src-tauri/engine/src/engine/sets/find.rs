//! Which artifact a member means.

use crate::engine::library::Library;
use crate::error::{Code, Error, Result};
use crate::id::{ArtifactId, ArtifactKind, ArtifactRef};
use std::cell::RefCell;
use std::collections::HashMap;

/// What a collection calls its artifacts by kind and leaf name; nothing where several have it.
type Leaves = HashMap<(ArtifactKind, String), Option<String>>;

/// Finds what a person asks for: in the set's own collection, else in any.
pub(in crate::engine) fn finder<'l>(
    library: &'l Library,
    own: &'l str,
) -> impl Fn(&str, Option<&str>) -> Result<(String, Option<String>)> + 'l {
    move |query, collection| {
        let find = |collection: Option<&str>| {
            let wanted =
                ArtifactRef { artifact_id: query.to_owned(), collection: collection.map(str::to_owned) };
            library.find(&wanted, library.home())
        };
        let found = match collection {
            Some(_) => find(collection)?,
            None => match find(Some(own)) {
                Err(Error::ArtifactNotFound { .. }) => find(None)?,
                // Our own collection is the one that is worked in.
                Err(error) if error.code() == Code::CollectionNotFound => find(None)?,
                other => other?,
            },
        };
        let collection = Some(found.collection()).filter(|name| *name != own).map(str::to_owned);
        Ok((found.id().to_string(), collection))
    }
}

/// Tells what is written in groups and sets from what is there. SkillMeat writes leaf names.
pub(in crate::engine) struct Identities<'l> {
    library: &'l Library,
    leaves: RefCell<HashMap<String, Leaves>>,
}

impl<'l> Identities<'l> {
    pub(in crate::engine) fn new(library: &'l Library) -> Self {
        Self { library, leaves: RefCell::default() }
    }

    /// The whole id of an artifact as it is written; nothing when the collection has none. What a collection that cannot
    /// be read has nobody knows, so it is not missing.
    pub(in crate::engine) fn of(&self, collection: &str, written: &str) -> Option<String> {
        let asked = ArtifactId::parse(written).ok();
        if let Some(found) = asked.as_ref().and_then(|id| self.library.get(collection, id)) {
            return Some(found.id().to_string());
        }
        if self.library.is_unreadable(collection) {
            return Some(written.to_owned());
        }
        let id = asked.filter(|id| id.namespace().is_none())?;
        let mut known = self.leaves.borrow_mut();
        let leaves = known.entry(collection.to_owned()).or_insert_with(|| self.leaves_of(collection));
        leaves.get(&(id.kind(), id.name().to_owned())).cloned().flatten()
    }

    fn leaves_of(&self, collection: &str) -> Leaves {
        let mut leaves = Leaves::new();
        for artifact in self.library.artifacts().filter(|one| one.collection() == collection) {
            let id = artifact.id();
            let key = (id.kind(), id.name().to_owned());
            leaves.entry(key).and_modify(|one| *one = None).or_insert_with(|| Some(id.to_string()));
        }
        leaves
    }
}

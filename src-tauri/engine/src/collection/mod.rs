//! Collections: the folders of `<home>/collections`, with or without a `collection.toml`, and folders elsewhere that a
//! person linked. A linked one is only read.
//!
//! What lies on disk is what a collection holds. `collection.toml`, which belongs to SkillMeat, adds to it: tags,
//! origin, version, a stable identity, and artifacts that lie elsewhere inside the collection. Listing reads
//! folders and that one file, and no artifact; [`Collection::describe`] reads one artifact's main file.
//!
//! | file | what it does |
//! |---|---|
//! | `index` | reads `collection.toml` entry by entry |
//! | `walk` | finds the artifacts on disk |
//! | `listing` | brings the two together |
//! | `describe` | what one artifact's files and entry say about it |
//! | `provenance` | where one artifact came from, in `collection.toml` and `collection.lock` |
//! | `create` | makes an empty collection |
//! | `document`, `lock` | `collection.toml` and `collection.lock`, edited in place |
//! | `groups` | ordered buckets of artifacts, in `collection.toml` |
//! | `files` | the two together, as an operation changes them |
//!
//! In a linked folder, which nobody laid out for us, artifacts are looked for
//! 1. in the folders of the kinds (`skills`, `commands`, `agents`; see [`crate::artifact::kind_of_folder`]) at its top
//!    and in its `.claude`,
//! 2. in the same folders of each plugin, `plugins/<name>`, whose name is then the outermost namespace,
//! 3. and where there is neither, in the folder itself: every folder with a `SKILL.md` is a skill.
//!
//! A [`Layout`] says instead which of these it is, or that the folder itself holds commands or agents.

mod create;
mod describe;
mod document;
mod files;
mod groups;
mod index;
mod listing;
mod lock;
mod provenance;
#[cfg(test)]
#[allow(clippy::disallowed_methods, reason = "tests lay out the disk they look at")]
mod tests;
mod walk;

pub use create::create;
pub use describe::Description;
pub use document::{EntryEdit, EntryKey, TagEdit};
pub use files::{Files, text};
pub use groups::{Group, GroupEdit, Groups};
pub use index::CollectionEntry;
pub use listing::{Found, Listing};
pub use provenance::{Locked, Upstream, locked, upstream};

use crate::artifact::Layout;
use crate::error::{Error, Problem, Result};
use crate::fs::{EntryKind, Root};
use crate::id::{ArtifactId, ArtifactKind};
use crate::path::{RelPath, name_refusal};
use index::Index;
use std::path::{Path, PathBuf};

/// The file in a collection that belongs to SkillMeat.
pub const FILE_NAME: &str = "collection.toml";
/// The file in a collection in which SkillMeat notes what content its artifacts had when they were fetched.
pub const LOCK_NAME: &str = "collection.lock";
/// The folder of collections below the home folder.
const FOLDER: &str = "collections";

/// The collections there are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Names {
    /// Their names, in order. Opening one may still fail.
    pub names: Vec<String>,
    /// Folders whose names cannot be used.
    pub problems: Vec<Problem>,
}

/// The collections of a home folder. One that is a link to a folder elsewhere counts, for a person put it there.
///
/// # Errors
/// `io` and its relatives when the folder of collections is there but cannot be read.
pub fn names(home: &Root) -> Result<Names> {
    let mut found = Names::default();
    for entry in home.list(Some(&RelPath::new(FOLDER)?))? {
        if entry.name.starts_with('.') || !matches!(entry.kind, EntryKind::Folder | EntryKind::Link) {
            continue;
        }
        match name_refusal(&entry.name) {
            None => found.names.push(entry.name),
            Some(reason) => found.problems.push(Error::InvalidName { name: entry.name, reason }.to_problem()),
        }
    }
    Ok(found)
}

/// An opened collection, with its `collection.toml` read.
#[derive(Debug)]
pub struct Collection {
    name: String,
    root: Root,
    index: Index,
    lies: Lies,
}

/// Where a collection's artifacts are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lies {
    /// In the folders that we and SkillMeat make.
    Managed,
    /// Wherever they may be in a linked folder, or as the layout says.
    Linked(Option<Layout>),
}

impl Collection {
    /// Opens a collection. A `collection.toml` that cannot be read is one of the listing's problems; the disk is
    /// listed nevertheless.
    ///
    /// # Errors
    /// `invalid-name`, `collection-not-found`; `io` and its relatives when its folder cannot be opened.
    pub fn open(home: &Root, name: &str) -> Result<Self> {
        let path = path(home, name)?;
        // Not `open_below`: a collection may be a link that leads out of the home folder.
        let root = Root::open_existing(&path)?.ok_or_else(|| Error::CollectionNotFound {
            name: name.to_owned(),
            home: home.path().join(FOLDER),
        })?;
        let index = Index::read(&root);
        Ok(Self { name: name.to_owned(), root, index, lies: Lies::Managed })
    }

    /// Opens a linked folder as the collection `name`.
    ///
    /// # Errors
    /// `collection-not-found` when it is not there; `io` and its relatives when it cannot be opened.
    pub fn open_linked(name: &str, path: &Path, layout: Option<Layout>) -> Result<Self> {
        let gone = || Error::CollectionGone { name: name.to_owned(), path: path.to_owned() };
        let root = Root::open_existing(path)?.ok_or_else(gone)?;
        let index = Index::read(&root);
        Ok(Self { name: name.to_owned(), root, index, lies: Lies::Linked(layout) })
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its folder, for surveying, hashing and copying what was found.
    pub fn root(&self) -> &Root {
        &self.root
    }

    /// Everything in it. Reads folders, no files.
    pub fn list(&self) -> Listing {
        listing::list(&self.root, &self.index, self.lies)
    }

    /// What is known about an artifact, from its main file and its entry. A main file that cannot be read is one
    /// of the description's problems.
    pub fn describe(&self, found: &Found) -> Description {
        describe::describe(&self.root, found)
    }
}

/// Where a collection of that name is, whether or not it exists.
///
/// # Errors
/// `invalid-name`.
pub fn path(home: &Root, name: &str) -> Result<PathBuf> {
    Ok(home.absolute(&rel_path(name)?))
}

/// The artifacts of a kind in a folder that is no collection (without `folder` in `root` itself), and what could not be
/// read there. `namespaces` come before theirs. A folder that is not there holds none.
pub fn find_in(
    root: &Root,
    kind: ArtifactKind,
    folder: Option<&RelPath>,
    namespaces: &[&str],
) -> (Vec<Found>, Vec<Problem>) {
    let mut walk = walk::Walk::new(root);
    walk.folder(kind, folder, namespaces);
    (walk.found, walk.problems)
}

/// Where a new artifact goes: below its kind's folder.
///
/// # Errors
/// `invalid-name` for a kind that collections do not list.
pub fn place_of(artifact: &ArtifactId) -> Result<RelPath> {
    let folder = walk::FOLDERS.iter().find(|(kind, _)| *kind == artifact.kind()).map(|(_, folder)| *folder);
    let folder = folder.ok_or_else(|| Error::InvalidName {
        name: artifact.to_string(),
        reason: "collections do not list artifacts of this kind",
    })?;
    let ending = if artifact.kind().is_folder() { "" } else { ".md" };
    RelPath::new(format!("{folder}/{}{ending}", artifact.path()))
}

fn rel_path(name: &str) -> Result<RelPath> {
    match name_refusal(name) {
        Some(reason) => Err(Error::InvalidName { name: name.to_owned(), reason }),
        None => RelPath::new(FOLDER)?.child(name),
    }
}

//! What lies on disk, brought together with what `collection.toml` says.

use super::Lies;
use super::index::{CollectionEntry, Index};
use super::walk::{self, Walk};
use crate::artifact::{Detected, detect};
use crate::error::{Code, Error, Problem, Remedy, Result, Severity};
use crate::fs::Root;
use crate::id::ArtifactId;
use crate::path::RelPath;
use std::collections::HashMap;

/// One artifact of a collection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Its id. The namespace and name come from where it lies, or from its entry when that is elsewhere.
    pub id: ArtifactId,
    /// Its folder or file, relative to the collection.
    pub path: RelPath,
    /// The file that describes it, relative to the collection: `SKILL.md` or the artifact itself. None for a
    /// skill's folder that has none, which must not be deployed.
    pub main_file: Option<RelPath>,
    /// Its entry in `collection.toml`.
    pub entry: Option<CollectionEntry>,
}

/// Everything in a collection.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Listing {
    /// The artifacts, by kind, namespace and name; ids are unique.
    pub artifacts: Vec<Found>,
    /// What could not be listed, and why; none of it is in `artifacts`.
    pub problems: Vec<Problem>,
}

pub(super) fn list(root: &Root, index: &Index, lies: Lies) -> Listing {
    let mut walk = Walk::new(root);
    match lies {
        Lies::Managed => walk.everything(),
        Lies::Linked(layout) => walk.linked(layout),
    }
    let mut places: HashMap<RelPath, usize> =
        walk.found.iter().enumerate().map(|(at, found)| (found.path.clone(), at)).collect();
    for entry in &index.entries {
        match places.get(&entry.path) {
            Some(at) => attach(&mut walk, *at, entry),
            None => match elsewhere(&mut walk, root, entry) {
                Ok(true) => _ = places.insert(entry.path.clone(), walk.found.len() - 1),
                Ok(false) => {}
                Err(error) => walk.problems.push(error.to_problem()),
            },
        }
    }
    let mut listing = finish(walk, index);
    if lies != Lies::Managed && listing.artifacts.is_empty() && listing.problems.is_empty() {
        listing.problems.push(nothing(root));
    }
    listing
}

/// A linked folder without artifacts is most likely not the one that was meant.
fn nothing(root: &Root) -> Problem {
    let path = root.path().display();
    let message = format!("There are no skills, commands or agents in {path} where they are looked for.");
    Problem::new(Code::CollectionInvalid, Severity::Notice, message).about(path.to_string())
}

/// Gives an artifact its entry; the first one counts.
fn attach(walk: &mut Walk<'_>, at: usize, entry: &CollectionEntry) {
    let Some(found) = walk.found.get_mut(at) else { return };
    let path = &entry.path;
    if found.entry.is_some() {
        walk.problems.push(notice(
            format!("{path} is listed twice in collection.toml; the first entry counts."),
            path,
        ));
        return;
    }
    if found.id.kind() != entry.kind {
        let message = format!(
            "collection.toml calls {path} a {}, but its folder makes it a {}.",
            entry.kind,
            found.id.kind()
        );
        walk.problems.push(notice(message, path));
    }
    found.entry = Some(entry.clone());
}

/// Looks for an entry outside the kind folders. Tells whether it was added.
fn elsewhere(walk: &mut Walk<'_>, root: &Root, entry: &CollectionEntry) -> Result<bool> {
    let path = &entry.path;
    let Some(on_disk) = root.entry(path)? else {
        let message =
            format!("“{}:{}” is listed in collection.toml, but there is no {path}.", entry.kind, entry.name);
        let missing = Problem::new(Code::ArtifactNotFound, Severity::Refusal, message);
        walk.problems.push(missing.about(path.as_str()).with_remedy(Remedy::Repair));
        return Ok(false);
    };
    match detect(root, path, &on_disk, entry.kind)? {
        Detected::Artifact { main_file, .. } => {
            let name = if entry.kind.is_folder() { &entry.name } else { entry.name.trim_end_matches(".md") };
            walk.add(entry.kind, name, path.clone(), Some(main_file))?;
        }
        Detected::Folder if entry.kind.is_folder() => {
            walk.add(entry.kind, &entry.name, path.clone(), None)?;
        }
        Detected::Link => {
            let known = walk::link(path);
            walk.problems.push(known);
            return Ok(false);
        }
        Detected::Folder | Detected::Other => {
            walk.problems.push(notice(
                format!("collection.toml lists {path} as a {}, but it is none.", entry.kind),
                path,
            ));
            return Ok(false);
        }
    }
    if let Some(added) = walk.found.last_mut() {
        added.entry = Some(entry.clone());
    }
    Ok(true)
}

fn notice(message: String, path: &RelPath) -> Problem {
    Problem::new(Code::CollectionInvalid, Severity::Notice, message).about(path.as_str())
}

/// Sorts, and keeps one artifact per id: the one that was found first, which lies in its kind's folder.
fn finish(walk: Walk<'_>, index: &Index) -> Listing {
    let Walk { found, problems, .. } = walk;
    let mut listing =
        Listing { artifacts: Vec::with_capacity(found.len()), problems: index.problems.clone() };
    for problem in problems {
        if !listing.problems.contains(&problem) {
            listing.problems.push(problem);
        }
    }
    let mut taken = HashMap::<ArtifactId, RelPath>::new();
    for artifact in found {
        if let Some(first) = taken.get(&artifact.id) {
            let (first, second) = (first.to_string(), artifact.path.to_string());
            let clash = Error::NameClash { first, second: second.clone(), target: artifact.id.to_string() };
            listing.problems.push(clash.to_problem().about(second));
            continue;
        }
        taken.insert(artifact.id.clone(), artifact.path.clone());
        listing.artifacts.push(artifact);
    }
    listing.artifacts.sort_by(|a, b| a.id.cmp(&b.id));
    listing
}

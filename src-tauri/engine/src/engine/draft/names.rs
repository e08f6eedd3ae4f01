//! Names that are one name on some system: a clash is told when a deploy is planned, not when somebody checks the
//! project out on another machine.

use super::Desk;
use super::copies::Copies;
use crate::error::{Error, Result};
use crate::fs::Root;
use crate::path::{RelPath, folded};
use std::collections::{HashMap, HashSet};
use std::path::Path;

/// The names that are taken in a project: on disk, by records, by targets of the same request.
pub(super) struct Names<'a> {
    project: &'a Root,
    /// Every taken path as it is spelled.
    spelled: HashSet<RelPath>,
    /// What its fold is taken by; the first one where several are there already.
    folds: HashMap<String, RelPath>,
    /// Folders whose entries are among the taken paths.
    listed: HashSet<Option<RelPath>>,
}

impl Names<'_> {
    /// Takes the place `at`, which is `target` to a person. Each folder on the way is listed once for all targets.
    ///
    /// # Errors
    /// `name-clash` when a part of it is taken in another spelling.
    pub(super) fn claim(&mut self, at: &Path, target: &RelPath) -> Result<()> {
        let place = self.below(at).unwrap_or_else(|| target.clone());
        let steps = steps(&place);
        for (folder, path) in &steps {
            self.list(folder.as_ref());
            if let Some(first) =
                self.folds.get(&folded(path.as_str())).filter(|_| !self.spelled.contains(path))
            {
                return Err(Error::Lookalike { first: first.to_string(), second: target.to_string() });
            }
        }
        steps.into_iter().for_each(|(_, path)| self.take(path));
        Ok(())
    }

    fn below(&self, at: &Path) -> Option<RelPath> {
        RelPath::new(at.strip_prefix(self.project.path()).ok()?.to_str()?).ok()
    }

    fn take(&mut self, path: RelPath) {
        self.folds.entry(folded(path.as_str())).or_insert_with(|| path.clone());
        self.spelled.insert(path);
    }

    /// Takes what is in a folder. One that cannot be listed has no names that we could compare; what stands at a
    /// target itself is looked at in any case.
    fn list(&mut self, folder: Option<&RelPath>) {
        if !self.listed.insert(folder.cloned()) {
            return;
        }
        for entry in self.project.list(folder).unwrap_or_default() {
            let path =
                RelPath::new(entry.name).map(|name| folder.map_or(name.clone(), |folder| folder.join(&name)));
            path.into_iter().for_each(|path| self.take(path));
        }
    }
}

/// A path's beginnings, shortest first, each with the folder that it is in.
fn steps(path: &RelPath) -> Vec<(Option<RelPath>, RelPath)> {
    let mut steps = Vec::new();
    let mut next = Some(path.clone());
    while let Some(path) = next {
        next = path.parent();
        steps.push((next.clone(), path));
    }
    steps.reverse();
    steps
}

impl<'a> Desk<'a> {
    /// The names that records take. What is on disk is added where targets go.
    pub(super) fn names(&self, copies: &Copies) -> Names<'a> {
        let mut names = Names {
            project: &self.project.root,
            spelled: HashSet::new(),
            folds: HashMap::new(),
            listed: HashSet::new(),
        };
        for at in copies.places() {
            if let Some(place) = names.below(at) {
                steps(&place).into_iter().for_each(|(_, path)| names.take(path));
            }
        }
        names
    }
}

//! Where the copies of a project really are, so that none is put into another one or taken with another one.

use super::Desk;
use crate::engine::project::{Project, roots_of};
use crate::error::{Error, Result};
use crate::manifest::{self, Manifest};
use crate::path::RelPath;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// One copy; several records may name it, through links between profile roots.
#[derive(Debug, Default)]
struct Copy {
    /// A path of it, relative to the project.
    target: Option<RelPath>,
    records: usize,
}

/// The copies that the records of a project name, by where they really are.
#[derive(Debug, Default)]
pub(super) struct Copies(BTreeMap<PathBuf, Copy>);

impl Copies {
    /// Refuses a copy at `at` that would lie in another one or around it.
    ///
    /// # Errors
    /// `name-clash` with the other one.
    pub(super) fn apart(&self, at: &Path, target: &RelPath) -> Result<()> {
        let above = at.ancestors().skip(1).find_map(|folder| self.0.get(folder));
        match above.or_else(|| self.below(at).next()).and_then(|copy| copy.target.as_ref()) {
            Some(other) => Err(Error::Nested { first: other.to_string(), second: target.to_string() }),
            None => Ok(()),
        }
    }

    /// Refuses to take away a copy that holds another one.
    ///
    /// # Errors
    /// `name-clash` with the other one; `io` and its relatives.
    pub(super) fn holds_none(&self, project: &Project, at: &Path, target: &RelPath) -> Result<()> {
        for inner in self.below(at).filter_map(|copy| copy.target.as_ref()) {
            if project.root.entry(inner)?.is_some() {
                return Err(Error::Nested { first: inner.to_string(), second: target.to_string() });
            }
        }
        Ok(())
    }

    /// Takes one record of a copy away. Tells whether it was the last, so that the copy goes with it.
    pub(super) fn take(&mut self, at: &Path) -> bool {
        let Some(copy) = self.0.get_mut(at) else { return true };
        copy.records = copy.records.saturating_sub(1);
        copy.records == 0
    }

    fn below<'a>(&'a self, at: &'a Path) -> impl Iterator<Item = &'a Copy> {
        let from = self.0.range(at.to_owned()..).filter(move |(place, _)| *place != at);
        from.take_while(move |(place, _)| place.starts_with(at)).map(|(_, copy)| copy)
    }

    /// Where they are.
    pub(super) fn places(&self) -> impl Iterator<Item = &Path> {
        self.0.keys().map(PathBuf::as_path)
    }

    /// Notes a copy.
    pub(super) fn add(&mut self, at: PathBuf, target: RelPath) {
        let copy = self.0.entry(at).or_default();
        copy.target = Some(target);
        copy.records += 1;
    }
}

impl Desk<'_> {
    /// Every copy of the project. A manifest that cannot be read and a place that cannot be reached have none to
    /// protect: nothing can be done in them either.
    pub(super) fn copies(&self) -> Copies {
        let usual = || roots_of(&self.project.own).into_iter().collect();
        let mut copies = Copies::default();
        for root in self.project.profile_roots().unwrap_or_else(|_| usual()) {
            let manifest = manifest::read(&self.project.root, &root).ok().flatten();
            for record in manifest.iter().flat_map(Manifest::records) {
                let target = root.join(&record.artifact_path);
                if let Ok(at) = self.resolved(&target) {
                    copies.add(at, target);
                }
            }
        }
        copies
    }
}

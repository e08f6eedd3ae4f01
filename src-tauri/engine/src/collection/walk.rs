//! Finds the artifacts in a collection's kind folders.

use super::listing::Found;
use crate::artifact::{Detected, detect};
use crate::error::{Code, Error, Problem, Severity};
use crate::fs::{Entry, Root};
use crate::id::{ArtifactId, ArtifactKind};
use crate::path::RelPath;

/// The kind folders of a collection.
pub(super) const FOLDERS: [(ArtifactKind, &str); 3] =
    [(ArtifactKind::Skill, "skills"), (ArtifactKind::Command, "commands"), (ArtifactKind::Agent, "agents")];
/// How many folders may lie between a kind's folder and an artifact.
const MAX_NAMESPACES: usize = 4;

/// What a walk has come across.
#[derive(Debug)]
pub(super) struct Walk<'a> {
    root: &'a Root,
    pub(super) found: Vec<Found>,
    pub(super) problems: Vec<Problem>,
}

impl<'a> Walk<'a> {
    pub(super) fn new(root: &'a Root) -> Self {
        Self { root, found: Vec::new(), problems: Vec::new() }
    }

    /// Walks all kind folders.
    pub(super) fn everything(&mut self) {
        for (kind, folder) in FOLDERS {
            match RelPath::new(folder) {
                Ok(folder) => _ = self.folder(kind, &folder, &[]),
                Err(error) => self.problems.push(error.to_problem()),
            }
        }
    }

    /// Walks a folder that lies below `namespaces`. Tells whether it holds artifacts, or may hold some: a folder
    /// that cannot be read is not taken for an empty one.
    fn folder(&mut self, kind: ArtifactKind, folder: &RelPath, namespaces: &[&str]) -> bool {
        let entries = match self.root.list(Some(folder)) {
            Ok(entries) => entries,
            Err(error) => {
                self.problems.push(error.to_problem());
                return true;
            }
        };
        let mut any = false;
        for entry in &entries {
            any |= self.entry(kind, folder, entry, namespaces).unwrap_or_else(|error| {
                self.problems.push(error.to_problem());
                true
            });
        }
        any
    }

    fn entry(
        &mut self,
        kind: ArtifactKind,
        folder: &RelPath,
        entry: &Entry,
        namespaces: &[&str],
    ) -> Result<bool, Error> {
        let path = folder.child(&entry.name)?;
        match detect(self.root, &path, entry, kind)? {
            Detected::Artifact { name, main_file } => {
                self.add(kind, &id_path(namespaces, &name), path, Some(main_file))?;
                Ok(true)
            }
            Detected::Folder if kind == ArtifactKind::Skill => self.skill_folder(&path, entry, namespaces),
            Detected::Folder if namespaces.len() < MAX_NAMESPACES => {
                Ok(self.folder(kind, &path, &[namespaces, &[&entry.name]].concat()))
            }
            Detected::Folder => {
                self.problems.push(too_deep(kind, &path));
                Ok(false)
            }
            Detected::Link => {
                self.problems.push(link(&path));
                Ok(false)
            }
            Detected::Other => Ok(false),
        }
    }

    /// A folder without a `SKILL.md` is a namespace when there are skills in it, else a skill that is broken.
    fn skill_folder(&mut self, path: &RelPath, entry: &Entry, namespaces: &[&str]) -> Result<bool, Error> {
        let (found, problems) = (self.found.len(), self.problems.len());
        let below = [namespaces, &[&entry.name]].concat();
        if namespaces.len() < MAX_NAMESPACES && self.folder(ArtifactKind::Skill, path, &below) {
            return Ok(true);
        }
        self.found.truncate(found);
        self.problems.truncate(problems);
        self.add(ArtifactKind::Skill, &id_path(namespaces, &entry.name), path.clone(), None)?;
        Ok(false)
    }

    /// Notes an artifact.
    ///
    /// # Errors
    /// `invalid-name`.
    pub(super) fn add(
        &mut self,
        kind: ArtifactKind,
        id_path: &str,
        path: RelPath,
        main_file: Option<RelPath>,
    ) -> Result<(), Error> {
        let id = ArtifactId::new(kind, id_path)?;
        self.found.push(Found { id, path, main_file, entry: None });
        Ok(())
    }
}

fn id_path(namespaces: &[&str], name: &str) -> String {
    [namespaces, &[name]].concat().join("/")
}

pub(super) fn link(path: &RelPath) -> Problem {
    let message =
        format!("{path} is a symbolic link, so it is not listed. Put the file or folder itself there.");
    Problem::new(Code::LinkLeavesArtifact, Severity::Refusal, message).about(path.as_str())
}

fn too_deep(kind: ArtifactKind, path: &RelPath) -> Problem {
    let message =
        format!("{path} lies more than {MAX_NAMESPACES} folders deep, so it is not searched for {kind}s.");
    Problem::new(Code::SourceInvalid, Severity::Notice, message).about(path.as_str())
}

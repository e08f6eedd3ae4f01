//! Finds the artifacts in a collection's kind folders, and in folders that are laid out otherwise.

use super::listing::Found;
use crate::artifact::{Detected, Layout, detect, holds_plugins, kind_of_folder};
use crate::error::{Code, Error, Problem, Severity};
use crate::fs::{Entry, EntryKind, Root, is_ignored};
use crate::id::{ArtifactId, ArtifactKind};
use crate::path::RelPath;

/// The kind folders of a collection.
pub(super) const FOLDERS: [(ArtifactKind, &str); 3] =
    [(ArtifactKind::Skill, "skills"), (ArtifactKind::Command, "commands"), (ArtifactKind::Agent, "agents")];
/// How many folders may lie between a kind's folder and an artifact.
const MAX_NAMESPACES: usize = 4;
/// More folders than this are not looked into in one collection. Those of artifacts do not count.
const MAX_FOLDERS: usize = 20_000;

/// What a walk has come across.
#[derive(Debug)]
pub(super) struct Walk<'a> {
    root: &'a Root,
    pub(super) found: Vec<Found>,
    pub(super) problems: Vec<Problem>,
    /// Folders that were looked into.
    folders: usize,
    /// A folder that is no skill is a skill that is broken. Not so in a folder of anything.
    strict: bool,
}

impl<'a> Walk<'a> {
    pub(super) fn new(root: &'a Root) -> Self {
        Self { root, found: Vec::new(), problems: Vec::new(), folders: 0, strict: true }
    }

    /// Walks all kind folders.
    pub(super) fn everything(&mut self) {
        for (kind, folder) in FOLDERS {
            match RelPath::new(folder) {
                Ok(folder) => _ = self.folder(kind, Some(&folder), &[]),
                Err(error) => self.problems.push(error.to_problem()),
            }
        }
    }

    /// Walks a linked folder.
    pub(super) fn linked(&mut self, layout: Option<Layout>) {
        let walked = match layout {
            None => self.look(),
            Some(Layout::Collection) => self.kind_folders(None, &[]).map(drop),
            Some(Layout::Marketplace) => self.plugins().map(drop),
            Some(Layout::Skills) => {
                self.loose(ArtifactKind::Skill);
                Ok(())
            }
            Some(Layout::Commands) => {
                self.loose(ArtifactKind::Command);
                Ok(())
            }
            Some(Layout::Agents) => {
                self.loose(ArtifactKind::Agent);
                Ok(())
            }
        };
        if let Err(error) = walked {
            self.problems.push(error.to_problem());
        }
    }

    /// Finds out how a linked folder is laid out; it may be laid out in several ways at once.
    fn look(&mut self) -> Result<(), Error> {
        let mut any = self.kind_folders(None, &[])?;
        let claude = RelPath::new(".claude")?;
        if self.root.entry(&claude)?.is_some_and(|entry| entry.kind == EntryKind::Folder) {
            any |= self.kind_folders(Some(&claude), &[])?;
        }
        any |= self.plugins()?;
        if !any {
            self.loose(ArtifactKind::Skill);
        }
        Ok(())
    }

    /// Walks the kind folders of one folder. Tells whether there are any.
    fn kind_folders(&mut self, folder: Option<&RelPath>, namespaces: &[&str]) -> Result<bool, Error> {
        let mut any = false;
        for entry in self.root.list(folder)? {
            let Some(kind) = kind_of_folder(&entry.name) else { continue };
            let path = below(folder, &entry.name)?;
            match entry.kind {
                EntryKind::Folder => _ = self.folder(kind, Some(&path), namespaces),
                EntryKind::Link => self.problems.push(link(&path)),
                EntryKind::File | EntryKind::Special => continue,
            }
            any = true;
        }
        Ok(any)
    }

    /// Walks the plugins. Tells whether there is a folder of plugins.
    fn plugins(&mut self) -> Result<bool, Error> {
        let mut any = false;
        for entry in self.root.list(None)? {
            if entry.kind != EntryKind::Folder || !holds_plugins(&entry.name) {
                continue;
            }
            any = true;
            let plugins = below(None, &entry.name)?;
            for plugin in self.root.list(Some(&plugins))? {
                if plugin.kind != EntryKind::Folder || is_passed_over(&plugin.name) {
                    continue;
                }
                let walked = plugins
                    .child(&plugin.name)
                    .and_then(|path| self.kind_folders(Some(&path), &[&plugin.name]));
                if let Err(error) = walked {
                    self.problems.push(error.to_problem());
                }
            }
        }
        Ok(any)
    }

    /// Walks the folder itself, which holds whatever else too.
    fn loose(&mut self, kind: ArtifactKind) {
        self.strict = false;
        self.folder(kind, None, &[]);
    }

    /// Walks a folder (without one the root) that lies below `namespaces`. Tells whether it holds artifacts, or may hold some: a folder
    /// that cannot be read is not taken for an empty one.
    pub(super) fn folder(
        &mut self,
        kind: ArtifactKind,
        folder: Option<&RelPath>,
        namespaces: &[&str],
    ) -> bool {
        self.folders += 1;
        if self.folders > MAX_FOLDERS {
            if self.folders == MAX_FOLDERS + 1 {
                self.problems.push(too_many(self.root));
            }
            return true;
        }
        let entries = match self.root.list(folder) {
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
        folder: Option<&RelPath>,
        entry: &Entry,
        namespaces: &[&str],
    ) -> Result<bool, Error> {
        if is_passed_over(&entry.name) {
            return Ok(false);
        }
        let path = below(folder, &entry.name)?;
        match detect(self.root, &path, entry, kind)? {
            Detected::Artifact { name, main_file } => {
                self.add(kind, &id_path(namespaces, &name), path, Some(main_file))?;
                Ok(true)
            }
            Detected::Folder if kind == ArtifactKind::Skill => self.skill_folder(&path, entry, namespaces),
            Detected::Folder if namespaces.len() < MAX_NAMESPACES => {
                Ok(self.folder(kind, Some(&path), &[namespaces, &[&entry.name]].concat()))
            }
            Detected::Folder => {
                self.problems.push(too_deep(kind, &path));
                Ok(false)
            }
            // Beside loose skills there are links to all sorts of files.
            Detected::Link if !self.strict && !self.root.is_folder(&path)? => Ok(false),
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
        if namespaces.len() < MAX_NAMESPACES && self.folder(ArtifactKind::Skill, Some(path), &below) {
            return Ok(true);
        }
        if !self.strict {
            return Ok(false);
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

/// Whether an entry is neither an artifact nor looked into: hidden, or on the ignore list (`.git`, `node_modules`).
fn is_passed_over(name: &str) -> bool {
    name.starts_with('.') || is_ignored(name)
}

fn below(folder: Option<&RelPath>, name: &str) -> Result<RelPath, Error> {
    folder.map_or_else(|| RelPath::new(name), |folder| folder.child(name))
}

fn id_path(namespaces: &[&str], name: &str) -> String {
    [namespaces, &[name]].concat().join("/")
}

pub(super) fn link(path: &RelPath) -> Problem {
    let message =
        format!("{path} is a symbolic link, so it is not listed. Put the file or folder itself there.");
    Problem::new(Code::LinkLeavesArtifact, Severity::Refusal, message).about(path.as_str())
}

fn too_many(root: &Root) -> Problem {
    let path = root.path().display();
    let message = format!(
        "{path} has more than {MAX_FOLDERS} folders, so not all of it was searched. Link the folder in it that holds \
         the artifacts."
    );
    Problem::new(Code::SourceTooLarge, Severity::Refusal, message).about(path.to_string())
}

fn too_deep(kind: ArtifactKind, path: &RelPath) -> Problem {
    let message =
        format!("{path} lies more than {MAX_NAMESPACES} folders deep, so it is not searched for {kind}s.");
    Problem::new(Code::SourceInvalid, Severity::Notice, message).about(path.as_str())
}

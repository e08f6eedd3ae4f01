//! Folders as projects: what may be one, and where its manifests are.

use super::Options;
use crate::error::{Error, Result};
use crate::fs::{EntryKind, Root, canonical_folder};
use crate::id::ProjectPath;
use crate::manifest;
use crate::path::RelPath;
use crate::platform;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// A project's folder, opened.
#[derive(Debug)]
pub(super) struct Project {
    pub(super) path: ProjectPath,
    pub(super) name: String,
    pub(super) root: Root,
    /// Profiles that were chosen for it; empty means that none were.
    pub(super) profiles: Vec<String>,
    /// When it was registered; `None` when it is not.
    pub(super) added_at: Option<String>,
}

impl Project {
    /// Where its lock is, below our home's `desktop` folder; also the key of other notes about it.
    pub(super) fn key(&self) -> String {
        project_key(&self.path)
    }

    /// The profile roots that exist or could: of every built-in profile, and every first-level folder whose name
    /// starts with a dot and that holds a manifest.
    ///
    /// # Errors
    /// `io` and its relatives when the project cannot be listed.
    pub(super) fn profile_roots(&self) -> Result<Vec<RelPath>> {
        let mut roots: BTreeSet<RelPath> =
            platform::builtin().iter().flat_map(platform::Profile::roots).collect();
        for entry in self.root.list(None)? {
            let folder = entry.name.starts_with('.') && entry.kind == EntryKind::Folder;
            if folder
                && let Ok(root) = RelPath::new(entry.name)
                && self.has_manifest(&root)
            {
                roots.insert(root);
            }
        }
        Ok(roots.into_iter().filter(|root| self.root.is_folder(root)).collect())
    }

    fn has_manifest(&self, root: &RelPath) -> bool {
        manifest::path_in(root).is_ok_and(|path| self.root.entry(&path).is_ok_and(|entry| entry.is_some()))
    }
}

/// A stable file name for a project.
pub(super) fn project_key(path: &ProjectPath) -> String {
    Sha256::digest(path.as_str()).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// Checks that a folder may be a project and gives its canonical path.
///
/// # Errors
/// `project-not-found`, `project-invalid`.
pub(super) fn check(options: &Options, text: &str) -> Result<ProjectPath> {
    let path = expand(options, text);
    let canonical = canonical_folder(&path)?;
    let invalid = |reason| Error::ProjectInvalid { path: PathBuf::from(&canonical), reason };
    if canonical == "/" {
        return Err(invalid("it is the root of the file system"));
    }
    let home = options.user_home.as_deref().and_then(|home| canonical_folder(home).ok());
    if home.as_deref() == Some(canonical.as_str()) {
        return Err(invalid("it is your home folder"));
    }
    if let Ok(collections) = canonical_folder(&options.home.join("collections")) {
        let (project, collections) = (Path::new(&canonical), Path::new(&collections));
        let roots = platform::builtin().iter().flat_map(platform::Profile::roots);
        if project.starts_with(collections) {
            return Err(invalid("it lies inside a collection"));
        }
        if roots.into_iter().any(|root| collections.starts_with(project.join(root))) {
            return Err(invalid("your collections lie inside its profile folder"));
        }
    }
    Ok(ProjectPath::from_canonical(canonical))
}

/// A path as a person types it: `~` is the home folder, a relative one starts where we are.
fn expand(options: &Options, text: &str) -> PathBuf {
    match (text.strip_prefix('~'), &options.user_home) {
        (Some(rest), Some(home)) if rest.is_empty() || rest.starts_with('/') => {
            home.join(rest.trim_start_matches('/'))
        }
        _ => PathBuf::from(text),
    }
}

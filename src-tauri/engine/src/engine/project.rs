//! Folders as projects: what may be one, and where its manifests are.

use super::Options;
use crate::collection;
use crate::deploy::stages;
use crate::error::{Code, Error, Result};
use crate::fs::{EntryKind, Root, canonical_folder};
use crate::id::ProjectPath;
use crate::journal::{Part, Place};
use crate::manifest;
use crate::path::{RelPath, System, is_version_control};
use crate::platform::{self, Profile};
use crate::settings::{self, KnownProject, LinkedCollection};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// What a folder that operations work in is to us.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Ground {
    /// A managed collection; comes before the projects of an operation, whose records speak of it.
    Collection,
    /// A project.
    Project,
}

/// A folder that operations work in, opened: a project's, or a collection's. What differs between the two is said where
/// it matters; locks, recovery, undo and the write path are the same.
#[derive(Debug)]
pub(super) struct Project {
    pub(super) ground: Ground,
    pub(super) path: ProjectPath,
    pub(super) name: String,
    pub(super) root: Root,
    /// Profiles that were chosen for it; empty means that none were.
    pub(super) profiles: Vec<String>,
    /// The profiles of its own.
    pub(super) own: Vec<Profile>,
    /// When it was registered; `None` when it is not.
    pub(super) added_at: Option<String>,
    /// Our home's `desktop` folder, where the last good copies of its manifests are; `None` while there is none.
    pub(super) desktop: Option<Root>,
}

impl Project {
    /// The folders of its stages.
    ///
    /// # Errors
    /// `io` and its relatives when the project cannot be listed.
    pub(super) fn stages(&self) -> Result<Vec<RelPath>> {
        match self.ground {
            Ground::Collection => Ok(vec![stages(&Place::Collection)?]),
            Ground::Project => {
                self.profile_roots()?.into_iter().map(|root| stages(&Place::Profile(root))).collect()
            }
        }
    }

    /// The project under the name that its own file says, where that can be read; a look tells when it cannot.
    pub(super) fn by_its_own_name(self) -> Self {
        let said = settings::description(&self.root).unwrap_or_default();
        Self { name: said.name.unwrap_or(self.name), ..self }
    }

    /// Where its lock is, below our home's `desktop` folder; also the key of other notes about it.
    pub(super) fn key(&self) -> String {
        project_key(&self.path)
    }

    /// Every profile that it can be deployed to.
    pub(super) fn all_profiles(&self) -> impl Iterator<Item = &Profile> {
        platform::builtin().iter().chain(&self.own)
    }

    /// The profiles of these ids, each once.
    ///
    /// # Errors
    /// `profile-not-found` with the ids there are.
    pub(super) fn named_profiles(&self, ids: &[String]) -> Result<Vec<&Profile>> {
        let mut profiles: Vec<&Profile> = Vec::new();
        for id in ids {
            let profile = platform::find(&self.own, id)?;
            if !profiles.contains(&profile) {
                profiles.push(profile);
            }
        }
        Ok(profiles)
    }

    /// The profile roots that are there: of every profile, and every first-level folder whose name starts
    /// with a dot and that holds a manifest. Several that links make one folder are one, and none belongs to a
    /// version control system or leads out of the project.
    ///
    /// # Errors
    /// `io` and its relatives when the project cannot be listed.
    pub(super) fn profile_roots(&self) -> Result<Vec<RelPath>> {
        let mut roots = roots_of(&self.own);
        for entry in self.root.list(None)? {
            let folder = entry.name.starts_with('.') && entry.kind == EntryKind::Folder;
            if folder
                && !is_version_control(&entry.name)
                && let Ok(root) = RelPath::new(entry.name)
                && self.has_manifest(&root)?
            {
                roots.insert(root);
            }
        }
        let mut real = BTreeSet::new();
        for root in roots {
            if !self.root.is_folder(&root)? {
                continue;
            }
            match self.profile_root(&root) {
                Ok(root) => _ = real.insert(root),
                // One that leads astray is refused when something is deployed to it; there is nothing to read in it.
                Err(error) if error.code() == Code::PathEscapesRoot => {}
                // What cannot be looked at is not empty.
                Err(error) => return Err(error),
            }
        }
        Ok(real.into_iter().collect())
    }

    /// The profile root that a name stands for: itself, or where it is a link, the one that it leads to.
    ///
    /// # Errors
    /// `path-escapes-root` when it leads out of the project, to the project itself or into a version control
    /// system's folder; `io` and its relatives.
    pub(super) fn profile_root(&self, named: &RelPath) -> Result<RelPath> {
        let is_link = self.root.entry(named)?.is_some_and(|entry| entry.kind == EntryKind::Link);
        if !is_link && named.parent().is_none() {
            return Ok(named.clone());
        }
        let real = self.real_folder(named)?;
        let inside = self.inside(named, &real)?;
        if inside == *named {
            return Ok(inside);
        }
        if !is_link {
            return Err(astray(named, "a link on the way leads somewhere else in the project"));
        }
        if inside.parent().is_none() && inside.as_str().starts_with('.') {
            return Ok(inside);
        }
        let same = |other: &RelPath| self.real_folder(other).is_ok_and(|other| other == real);
        Ok(roots_of(&self.own).into_iter().find(same).unwrap_or_else(|| named.clone()))
    }

    /// Refuses to write or remove at `at`, where `target` really is, unless that lies in a folder below the
    /// project that is ours to work in.
    ///
    /// # Errors
    /// `path-escapes-root`.
    pub(super) fn check_place(&self, target: &RelPath, at: &Path) -> Result<()> {
        if self.inside(target, at)? == *target {
            return Ok(());
        }
        if self.ground == Ground::Collection {
            return Err(astray(target, "a link on the way leads somewhere else in the collection"));
        }
        let real = |folder: &RelPath| self.real_folder(folder).ok();
        let mut above = target.parent();
        while let Some(folder) = above {
            if real(&folder).is_some_and(|real| real == self.root.path()) {
                return Err(astray(target, "a link on the way leads to the project's own folder"));
            }
            above = folder.parent();
        }
        if self.profile_roots()?.iter().any(|root| real(root).is_some_and(|root| root.starts_with(at))) {
            return Err(astray(target, "a link on the way makes it a profile's own folder"));
        }
        Ok(())
    }

    /// Refuses a part of the journal that is about another place than one of this project's profile roots, or whose
    /// targets links have led astray since. What its text alone tells, reading the journal has checked.
    ///
    /// # Errors
    /// `path-escapes-root`; `io` and its relatives.
    pub(super) fn check_part(&self, part: &Part) -> Result<()> {
        match (&part.place, self.ground) {
            (Place::Profile(root), Ground::Project) => {
                let hidden = root.parent().is_none() && root.as_str().starts_with('.');
                if !hidden && !roots_of(&self.own).contains(root) {
                    return Err(astray(
                        root,
                        "no profile of the project has it as its root; add the profile again",
                    ));
                }
            }
            (Place::Collection | Place::Sets, Ground::Collection) => {}
            (Place::Profile(_), Ground::Collection) | (Place::Collection | Place::Sets, Ground::Project) => {
                let path = part.project_path.to_string();
                return Err(Error::PathEscapesRoot { path, reason: "a collection is no project" });
            }
        }
        for step in part.steps.iter().chain(&part.stranded) {
            self.check_place(&step.target, &self.root.resolved(&step.target)?)?;
        }
        Ok(())
    }

    /// Where a folder really is, also when it is a link itself.
    fn real_folder(&self, folder: &RelPath) -> Result<PathBuf> {
        let mut below = self.root.resolved(&folder.child("x")?)?;
        below.pop();
        Ok(below)
    }

    /// A place as a path below the project.
    fn inside(&self, target: &RelPath, at: &Path) -> Result<RelPath> {
        let below = at.strip_prefix(self.root.path()).ok().and_then(Path::to_str);
        let below = below.ok_or_else(|| astray(target, "a link on the way leads out of the project"))?;
        let inside = RelPath::new(below)
            .map_err(|_| astray(target, "a link on the way leads to the project's own folder"))?;
        if inside.components().any(is_version_control) {
            return Err(astray(target, "it lies in the folder of a version control system"));
        }
        Ok(inside)
    }

    /// The profile roots that a look at the project visits: also those whose manifest is gone and was known.
    ///
    /// # Errors
    /// As [`Project::profile_roots`].
    pub(super) fn known_roots(&self) -> Result<Vec<RelPath>> {
        let mut roots = BTreeSet::from_iter(self.profile_roots()?);
        let kept = self.desktop.iter().flat_map(|desktop| manifest::kept_roots(desktop, &self.key()));
        for root in kept {
            if self.root.is_folder(&root)? {
                roots.insert(root);
            }
        }
        Ok(roots.into_iter().collect())
    }

    /// Where the manifest of a profile root is, absolute, for messages.
    pub(super) fn manifest_file(&self, root: &RelPath) -> String {
        self.root.absolute(root).join(manifest::FILE_NAME).display().to_string()
    }

    /// Whether nothing was ever deployed here, as far as manifests tell. One that cannot be looked at may be there.
    pub(super) fn is_fresh(&self) -> bool {
        let Ok(entries) = self.root.list(None) else { return false };
        let hidden = entries.into_iter().filter(|entry| entry.name.starts_with('.'));
        let mut roots = roots_of(&self.own);
        roots.extend(hidden.filter_map(|entry| RelPath::new(entry.name).ok()));
        let is_free = |path: RelPath| matches!(self.root.entry(&path), Ok(None));
        roots.iter().all(|root| manifest::path_in(root).is_ok_and(is_free))
    }

    fn has_manifest(&self, root: &RelPath) -> Result<bool> {
        Ok(self.root.entry(&manifest::path_in(root)?)?.is_some())
    }
}

/// A stable file name for a project.
pub(super) fn project_key(path: &ProjectPath) -> String {
    Sha256::digest(path.as_str()).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

fn astray(path: &RelPath, reason: &'static str) -> Error {
    Error::PathEscapesRoot { path: path.to_string(), reason }
}

/// The roots of every built-in profile and of these.
pub(super) fn roots_of(own: &[Profile]) -> BTreeSet<RelPath> {
    platform::builtin().iter().chain(own).flat_map(Profile::roots).collect()
}

/// Checks that a folder may be a project, and opens it. `linked` are the folders of linked collections, `known` the
/// registered projects with profiles of their own. Everything after this goes through the opened folder, so
/// that it stays the one that was checked whatever becomes of its path.
///
/// # Errors
/// `project-not-found`, `project-invalid`; `io` and its relatives.
pub(super) fn open(
    options: &Options,
    text: &str,
    linked: &[LinkedCollection],
    known: &[KnownProject],
) -> Result<(ProjectPath, Root)> {
    let canonical = canonical_folder(&expand(options, text))?;
    let invalid = |reason| Error::ProjectInvalid { path: PathBuf::from(&canonical), reason };
    if System::HERE.is_root(&canonical) {
        return Err(invalid("it is the root of the file system"));
    }
    let home = options.user_home.as_deref().and_then(|home| canonical_folder(home).ok());
    if home.as_deref() == Some(canonical.as_str()) {
        return Err(invalid("it is your home folder"));
    }
    if let Ok(ours) = canonical_folder(&options.home)
        && Path::new(&canonical).starts_with(ours)
    {
        return Err(invalid("it lies in SkillMeat's own folder, where the collections are"));
    }
    let root = Root::open_canonical(Path::new(&canonical))?;
    let own = known.iter().find(|known| known.path == canonical).map_or(&[][..], |known| &known.own);
    let roots = real_roots(&root, own);
    for collection in collections(options, linked) {
        if Path::new(&canonical).starts_with(&collection) {
            return Err(invalid("it lies inside a collection"));
        }
        if roots.iter().any(|root| overlap(root, &collection)) {
            return Err(invalid("a collection lies inside its profile folder, or is it"));
        }
    }
    Ok((ProjectPath::from_canonical(canonical), root))
}

/// Refuses a place for a new collection that lies in a profile's folder of one of the projects, or holds one: a
/// deploy there would replace what is deployed.
///
/// # Errors
/// `path-escapes-root`; `io` and its relatives when our home cannot be looked at.
pub(super) fn check_new_collection(options: &Options, name: &str, projects: &[KnownProject]) -> Result<()> {
    let folder = |path: &Path| canonical_folder(path).map(PathBuf::from);
    let at = match folder(&options.home.join("collections")) {
        Ok(collections) => collections.join(name),
        Err(_) => folder(&options.home)?.join("collections").join(name),
    };
    if overlapped(&at, projects).is_some() {
        let reason = "it lies in a project's profile folder, or holds one, so a deploy could replace it";
        return Err(Error::PathEscapesRoot { path: at.display().to_string(), reason });
    }
    Ok(())
}

/// The project of which a profile's folder is `at`, lies in it or holds it.
pub(super) fn overlapped<'p>(at: &Path, projects: &'p [KnownProject]) -> Option<&'p KnownProject> {
    projects.iter().find(|project| {
        let path = Path::new(&project.path);
        let roots = match Root::open(path) {
            Ok(root) => real_roots(&root, &project.own),
            Err(_) => roots_of(&project.own).iter().map(|root| path.join(root)).collect(),
        };
        roots.iter().any(|root| overlap(root, at))
    })
}

/// Where the profile roots of a project really are, or would be.
fn real_roots(project: &Root, own: &[Profile]) -> Vec<PathBuf> {
    let real = |root: &RelPath| project.resolved(&root.child("x").ok()?).ok()?.parent().map(Path::to_owned);
    roots_of(own).iter().filter_map(real).collect()
}

/// Where the collections really are: their common folder, and those that are elsewhere.
pub(super) fn collections(options: &Options, linked: &[LinkedCollection]) -> Vec<PathBuf> {
    let Ok(Some(home)) = Root::open_existing(&options.home) else { return Vec::new() };
    let names = collection::names(&home).map(|names| names.names).unwrap_or_default();
    let each = names.iter().filter_map(|name| collection::path(&home, name).ok());
    let linked = linked.iter().map(|linked| PathBuf::from(&linked.path));
    let all = each.chain(linked).chain([options.home.join("collections")]);
    all.filter_map(|path| canonical_folder(&path).ok().map(PathBuf::from)).collect()
}

pub(super) fn overlap(one: &Path, other: &Path) -> bool {
    one.starts_with(other) || other.starts_with(one)
}

/// A path as a person types it: `~` is the home folder, a relative one starts where we are.
pub(super) fn expand(options: &Options, text: &str) -> PathBuf {
    let separates = |letter| System::HERE.separates(letter);
    match (text.strip_prefix('~'), &options.user_home) {
        (Some(rest), Some(home)) if rest.is_empty() || rest.starts_with(separates) => {
            home.join(rest.trim_start_matches(separates))
        }
        _ => PathBuf::from(text),
    }
}

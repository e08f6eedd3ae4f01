//! The git repository that a project lies in, and its `info/exclude`. Only looked at, never run.
//!
//! `.git` is a folder, or in a worktree and a submodule a file with `gitdir: <path>`; a worktree's git folder names the
//! one that all share in `commondir`, and `info/exclude` is read there (gitrepository-layout(5)). The file may come from
//! a stranger, so what it names must be a git folder, and a worktree's must point back.

use crate::error::{Error, Result};
use crate::fs::{EntryKind, Root, canonical_folder};
use crate::id::ProjectPath;
use crate::path::RelPath;
use std::path::{Path, PathBuf};

/// A larger file is nobody's handwriting: 4 MiB.
const MAX_BYTES: u64 = 4 * 1024 * 1024;
const MAX_POINTER: u64 = 64 * 1024;

/// The repository of a project.
#[derive(Debug)]
pub(super) struct Repository {
    /// Its top folder.
    pub(super) top: PathBuf,
    /// Where the project lies in it: `/` or `/apps/web`.
    pub(super) place: String,
    /// Whether it is a worktree, which shares its `info/exclude` with others.
    pub(super) shared: bool,
    common: Root,
}

impl Repository {
    /// The repository that a project lies in; `None` when it lies in none, or in one that cannot be understood.
    ///
    /// # Errors
    /// `io` and its relatives.
    pub(super) fn of(project: &ProjectPath) -> Result<Option<Self>> {
        for folder in project.as_path().ancestors() {
            let Ok(root) = Root::open(folder) else { continue };
            let git = RelPath::new(".git")?;
            let Some(entry) = root.entry(&git)? else { continue };
            let found = match entry.kind {
                EntryKind::File => pointed(&root, &git)?,
                _ => folder_at(&folder.join(".git")).map(|common| (common, false)),
            };
            let below = project.as_path().strip_prefix(folder).ok().and_then(Path::to_str);
            return Ok(found.zip(below).map(|((common, shared), below)| Self {
                top: folder.to_owned(),
                place: format!("/{below}"),
                shared,
                common,
            }));
        }
        Ok(None)
    }

    /// A path of the project as one of the repository.
    pub(super) fn path(&self, in_project: &RelPath) -> String {
        format!("{}/{in_project}", self.place.trim_end_matches('/')).trim_start_matches('/').to_owned()
    }

    /// Where its `info/exclude` is, or would be.
    pub(super) fn exclude(&self) -> Result<PathBuf> {
        Ok(self.common.absolute(&RelPath::new("info/exclude")?))
    }

    /// What is in its `info/exclude`; nothing when there is none.
    ///
    /// # Errors
    /// `config-invalid` when it is a link, which writing would replace, or very large; `io` and its relatives.
    pub(super) fn read(&self) -> Result<Vec<u8>> {
        let file = RelPath::new("info/exclude")?;
        let path = self.exclude()?;
        let invalid = |reason: &str| Error::ConfigInvalid { path, reason: reason.to_owned() };
        match self.common.entry(&file)?.map(|entry| entry.kind) {
            None => Ok(Vec::new()),
            Some(EntryKind::File) => match self.common.read(&file, MAX_BYTES) {
                Err(Error::SourceTooLarge { .. }) => Err(invalid("it is larger than 4 MiB")),
                other => Ok(other?.unwrap_or_default()),
            },
            Some(_) => Err(invalid("it is no regular file, and writing would replace it")),
        }
    }

    /// Writes its `info/exclude` in one step.
    ///
    /// # Errors
    /// `io` and its relatives.
    pub(super) fn write(&self, text: &[u8]) -> Result<()> {
        self.common.create_folders(&RelPath::new("info")?)?;
        self.common.write_atomic(&RelPath::new("info/exclude")?, text)
    }
}

/// The git folder that a `.git` file names, and whether it is a worktree's.
fn pointed(folder: &Root, git: &RelPath) -> Result<Option<(Root, bool)>> {
    let Some(named) =
        line(folder, git)?.and_then(|line| line.strip_prefix("gitdir:").map(|at| at.trim().to_owned()))
    else {
        return Ok(None);
    };
    let Ok(own) = canonical_folder(&folder.path().join(named)) else { return Ok(None) };
    let own = Root::open(Path::new(&own))?;
    let Some(common) = line(&own, &RelPath::new("commondir")?)? else {
        return Ok(folder_at(own.path()).map(|common| (common, false)));
    };
    let back = line(&own, &RelPath::new("gitdir")?)?.map(PathBuf::from);
    let back = back.and_then(|back| canonical_folder(own.path().join(back).parent()?).ok());
    if back != canonical_folder(folder.path()).ok() {
        return Ok(None);
    }
    Ok(folder_at(&own.path().join(common)).map(|common| (common, true)))
}

/// A git folder: it has what every one has.
fn folder_at(path: &Path) -> Option<Root> {
    let root = Root::open(Path::new(&canonical_folder(path).ok()?)).ok()?;
    let is = |name: &str, kind| {
        let entry = RelPath::new(name).and_then(|name| root.entry(&name));
        entry.is_ok_and(|entry| entry.is_some_and(|entry| entry.kind == kind))
    };
    let whole =
        is("HEAD", EntryKind::File) && is("objects", EntryKind::Folder) && is("refs", EntryKind::Folder);
    whole.then_some(root)
}

/// The first line of a small file.
fn line(root: &Root, file: &RelPath) -> Result<Option<String>> {
    let bytes = root.read(file, MAX_POINTER)?;
    let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
    Ok(text.and_then(|text| text.lines().next().map(str::to_owned)))
}

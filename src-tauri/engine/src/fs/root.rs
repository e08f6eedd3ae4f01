//! A folder that nothing done through it can leave.

use super::fault::{self, Call};
use super::sys;
use crate::error::{Error, Result};
use crate::path::RelPath;
use cap_fs_ext::MetadataExt;
use cap_std::ambient_authority;
use cap_std::fs::{Dir, File, FileType, Metadata, OpenOptions};
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

/// What an entry of a folder is; links are not followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EntryKind {
    /// A regular file.
    File,
    /// A folder.
    Folder,
    /// A symbolic link.
    Link,
    /// A socket, pipe or device.
    Special,
}

impl EntryKind {
    pub(super) fn of(kind: FileType) -> Self {
        if kind.is_file() {
            Self::File
        } else if kind.is_dir() {
            Self::Folder
        } else if kind.is_symlink() {
            Self::Link
        } else {
            Self::Special
        }
    }
}

/// One entry of a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: EntryKind,
    /// Its size in bytes; of no meaning for a folder.
    pub bytes: u64,
}

/// An opened folder. Every path given to it is resolved below it and cannot lead out of it.
#[derive(Debug)]
pub struct Root {
    pub(super) dir: Dir,
    pub(super) path: PathBuf,
}

impl Root {
    /// Opens a folder. `path` itself is trusted: links in it are followed.
    ///
    /// # Errors
    /// `io` and its relatives when it does not exist or cannot be opened.
    pub fn open(path: &Path) -> Result<Self> {
        let dir = fault::point(Call::Open, || path.to_owned())
            .and_then(|()| Dir::open_ambient_dir(path, ambient_authority()))
            .map_err(|source| Error::io("open", path, source))?;
        Ok(Self { dir, path: path.to_owned() })
    }

    /// Opens a folder, or gives `None` when there is nothing at `path`.
    ///
    /// # Errors
    /// `io` and its relatives for any other failure, also when something else than a folder is there.
    pub fn open_existing(path: &Path) -> Result<Option<Self>> {
        match Self::open(path) {
            Ok(root) => Ok(Some(root)),
            Err(Error::Io { source, .. }) if source.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Opens a folder and makes it, and what leads to it, when it is not there.
    ///
    /// # Errors
    /// `io` and its relatives.
    pub fn create(path: &Path) -> Result<Self> {
        fault::point(Call::CreateFolder, || path.to_owned())
            .and_then(|()| std::fs::create_dir_all(path))
            .map_err(|source| Error::io("create", path, source))?;
        Self::open(path)
    }

    /// Opens a folder below this one as a root of its own.
    ///
    /// # Errors
    /// `io` and its relatives, also when a link on the way leads out.
    pub fn open_below(&self, rel: &RelPath) -> Result<Self> {
        let dir = self.point(Call::Open, rel).and_then(|()| self.dir.open_dir(rel));
        let dir = dir.map_err(|source| self.failed("open", rel, source))?;
        Ok(Self { dir, path: self.absolute(rel) })
    }

    /// The path it was opened with.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Where `rel` is, for messages and for programs outside; not for reading or writing.
    pub fn absolute(&self, rel: &RelPath) -> PathBuf {
        sys::joined(&self.path, rel.as_ref())
    }

    pub(super) fn stat(&self, rel: &RelPath) -> std::io::Result<Metadata> {
        self.point(Call::Stat, rel).and_then(|()| self.dir.symlink_metadata(rel))
    }

    /// Opens a regular file, following links that stay inside.
    pub(super) fn open_file(&self, rel: &RelPath) -> std::io::Result<File> {
        self.point(Call::Open, rel).and_then(|()| open_regular(&self.dir, rel))
    }

    pub(super) fn failed(&self, action: &'static str, rel: &RelPath, source: std::io::Error) -> Error {
        Error::io(action, self.absolute(rel), source)
    }

    /// What is at `rel`, without following a link there; `None` when there is nothing.
    ///
    /// # Errors
    /// `io` and its relatives.
    pub fn entry(&self, rel: &RelPath) -> Result<Option<Entry>> {
        match self.stat(rel) {
            Ok(stat) => Ok(Some(Entry {
                name: rel.name().to_owned(),
                kind: EntryKind::of(stat.file_type()),
                bytes: stat.len(),
            })),
            Err(source) if absent(&source) => Ok(None),
            Err(source) => Err(self.failed("read", rel, source)),
        }
    }

    /// The permission bits of the regular file at `rel`; `None` when none is there.
    ///
    /// # Errors
    /// `io` and its relatives.
    pub fn file_mode(&self, rel: &RelPath) -> Result<Option<u32>> {
        match self.stat(rel) {
            Ok(stat) => Ok(stat.is_file().then(|| sys::mode(&stat) & 0o777)),
            Err(source) if absent(&source) => Ok(None),
            Err(source) => Err(self.failed("read", rel, source)),
        }
    }

    /// Which file is at `rel`, without following a link there: device and inode, the same as long as it is the
    /// same file. `None` when there is nothing.
    ///
    /// # Errors
    /// `io` and its relatives.
    pub fn identity(&self, rel: &RelPath) -> Result<Option<(u64, u64)>> {
        match self.stat(rel) {
            Ok(stat) => Ok(Some((stat.dev(), stat.ino()))),
            Err(source) if absent(&source) => Ok(None),
            Err(source) => Err(self.failed("read", rel, source)),
        }
    }

    /// Whether the folder that was opened is still at its path. One that was moved away stays open, and what is written
    /// in it would be told of a place where it is not.
    ///
    /// # Errors
    /// `io` and its relatives when that cannot be looked at.
    pub fn is_in_place(&self) -> Result<bool> {
        let failed = |source| Error::io("read", &self.path, source);
        let own = self.dir.dir_metadata().map_err(failed)?;
        let found =
            fault::point(Call::Stat, || self.path.clone()).and_then(|()| sys::folder_at(&self.path, true));
        match found {
            Ok(found) => Ok((own.dev(), own.ino()) == found),
            Err(source) if absent(&source) => Ok(false),
            Err(source) => Err(failed(source)),
        }
    }

    /// Where `rel` really is, absolute, once the links on the way to it are followed; a link at `rel` itself is not.
    /// What does not exist yet counts as it is written. Right only for a root whose own path is canonical.
    ///
    /// # Errors
    /// `io` and its relatives, also when a link on the way leads out.
    pub fn resolved(&self, rel: &RelPath) -> Result<PathBuf> {
        let mut folder = rel.parent();
        while let Some(above) = folder {
            match self.point(Call::Stat, &above).and_then(|()| self.dir.canonicalize(&above)) {
                Ok(real) => {
                    let below = rel.strip_prefix(&above).unwrap_or_else(|| rel.clone());
                    return Ok(self.path.join(real).join(below));
                }
                Err(source) if absent(&source) => folder = above.parent(),
                Err(source) => return Err(self.failed("read", rel, source)),
            }
        }
        Ok(self.absolute(rel))
    }

    /// Whether a regular file stands at `rel`, following links that stay inside.
    pub fn is_file(&self, rel: &RelPath) -> bool {
        self.point(Call::Stat, rel).is_ok() && self.dir.is_file(rel)
    }

    /// Whether a folder stands at `rel`, following links that stay inside.
    ///
    /// # Errors
    /// `io` and its relatives when it cannot be looked at: that it is none is not known then.
    pub fn is_folder(&self, rel: &RelPath) -> Result<bool> {
        match self.point(Call::Stat, rel).and_then(|()| self.dir.metadata(rel)) {
            Ok(stat) => Ok(stat.is_dir()),
            Err(source) if leads_nowhere(&source) => Ok(false),
            Err(source) => Err(self.failed("read", rel, source)),
        }
    }

    /// The whole content of a file; `None` when there is none.
    ///
    /// # Errors
    /// `source-too-large` above `limit` bytes; `io` and its relatives.
    pub fn read(&self, rel: &RelPath, limit: u64) -> Result<Option<Vec<u8>>> {
        let file = match self.open_file(rel) {
            Ok(file) => file,
            Err(source) if absent(&source) => return Ok(None),
            Err(source) => return Err(self.failed("read", rel, source)),
        };
        let mut bytes = Vec::new();
        let read = self
            .point(Call::Read, rel)
            .and_then(|()| file.take(limit.saturating_add(1)).read_to_end(&mut bytes));
        read.map_err(|source| self.failed("read", rel, source))?;
        let found = bytes.len() as u64;
        if found > limit {
            return Err(Error::SourceTooLarge { path: self.absolute(rel), found, limit, unit: "bytes" });
        }
        Ok(Some(bytes))
    }

    /// The first `limit` bytes of a file.
    ///
    /// # Errors
    /// `io` and its relatives, also when there is no such file.
    pub fn read_start(&self, rel: &RelPath, limit: u64) -> Result<Vec<u8>> {
        let failed = |source| self.failed("read", rel, source);
        let file = self.open_file(rel).map_err(failed)?;
        let mut bytes = Vec::new();
        self.point(Call::Read, rel).map_err(failed)?;
        file.take(limit).read_to_end(&mut bytes).map_err(failed)?;
        Ok(bytes)
    }

    /// What is in a folder (`None`: in this root), by name. A name that is not UTF-8 is left out here; a
    /// [survey](crate::fs::Survey) reports it. A folder that does not exist is empty.
    ///
    /// # Errors
    /// `io` and its relatives.
    pub fn list(&self, rel: Option<&RelPath>) -> Result<Vec<Entry>> {
        let place = || rel.map_or_else(|| self.path.clone(), |rel| self.absolute(rel));
        let failed = |source| Error::io("read", place(), source);
        fault::point(Call::List, place).map_err(failed)?;
        let entries = match rel.map_or_else(|| self.dir.entries(), |rel| self.dir.read_dir(rel)) {
            Ok(entries) => entries,
            Err(source) if absent(&source) => return Ok(Vec::new()),
            Err(source) => return Err(failed(source)),
        };
        let mut found = Vec::new();
        for entry in entries {
            let entry = entry.map_err(failed)?;
            let Ok(name) = entry.file_name().into_string() else { continue };
            let stat = fault::point(Call::Stat, || place().join(&name)).and_then(|()| entry.metadata());
            let stat = match stat {
                Ok(stat) => stat,
                // Another process may tidy up the same folder; it went as if it had gone before.
                Err(source) if absent(&source) => continue,
                Err(source) => return Err(failed(source)),
            };
            found.push(Entry { name, kind: EntryKind::of(stat.file_type()), bytes: stat.len() });
        }
        found.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(found)
    }

    /// Makes a folder and the folders that lead to it. Gives those that were not there, outermost first.
    ///
    /// # Errors
    /// `io` and its relatives; those that were made are gone again then.
    pub fn create_folders(&self, rel: &RelPath) -> Result<Vec<RelPath>> {
        if self.is_folder(rel)? {
            return Ok(Vec::new());
        }
        let mut wanted = vec![rel.clone()];
        while let Some(parent) = wanted.last().and_then(RelPath::parent) {
            wanted.push(parent);
        }
        let mut created = Vec::new();
        for folder in wanted.into_iter().rev() {
            match self.point(Call::CreateFolder, &folder).and_then(|()| self.dir.create_dir(&folder)) {
                Ok(()) => created.push(folder),
                Err(source) if source.kind() == ErrorKind::AlreadyExists && self.is_folder(&folder)? => {}
                Err(source) => {
                    for made in created.iter().rev() {
                        let _ = self.remove_folder_if_empty(made);
                    }
                    return Err(self.failed("create", &folder, source));
                }
            }
        }
        Ok(created)
    }
}

/// Opens a regular file, following links that stay inside. Never waits, as opening a pipe would.
pub(super) fn open_regular(dir: &Dir, path: impl AsRef<Path>) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true);
    sys::never_wait(&mut options);
    let file = dir.open_with(path, &options)?;
    if file.metadata()?.is_file() {
        Ok(file)
    } else {
        Err(std::io::Error::new(ErrorKind::InvalidInput, "it is not a regular file"))
    }
}

/// Whether a failure means that there is nothing at the path.
pub(super) fn absent(error: &std::io::Error) -> bool {
    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory)
}

/// Whether there is nothing behind a link, or nothing inside. Any other failure must not be taken for that, or what is
/// there would be taken for nothing.
pub(super) fn leads_nowhere(error: &std::io::Error) -> bool {
    absent(error) || sys::leads_nowhere(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rel(text: &str) -> RelPath {
        RelPath::new(text).unwrap()
    }

    #[cfg(unix)]
    #[test]
    fn a_link_that_leads_out_is_not_followed() {
        let outside = tempfile::tempdir().unwrap();
        std::fs::write(outside.path().join("secret"), "s").unwrap();
        let folder = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink(outside.path(), folder.path().join("out")).unwrap();
        let root = Root::open(folder.path()).unwrap();
        assert!(root.read(&rel("out/secret"), 10).is_err());
        assert!(root.write_atomic(&rel("out/new"), b"x").is_err());
        assert!(root.create_folders(&rel("out/sub")).is_err());
        assert_eq!(std::fs::read_dir(outside.path()).unwrap().count(), 1);
    }

    #[test]
    fn created_folders_are_told_outermost_first() {
        let folder = tempfile::tempdir().unwrap();
        let root = Root::open(folder.path()).unwrap();
        root.create_folders(&rel("a")).unwrap();
        assert_eq!(root.create_folders(&rel("a/b/c")).unwrap(), [rel("a/b"), rel("a/b/c")]);
        assert_eq!(root.create_folders(&rel("a/b/c")).unwrap(), []);
    }

    #[test]
    fn a_file_over_the_limit_is_refused_not_cut() {
        let folder = tempfile::tempdir().unwrap();
        let root = Root::open(folder.path()).unwrap();
        root.write_new(&rel("x"), b"12345").unwrap();
        assert_eq!(root.read(&rel("x"), 4).unwrap_err().code(), crate::error::Code::SourceTooLarge);
        assert_eq!(root.read_start(&rel("x"), 4).unwrap(), b"1234");
        assert!(root.read(&rel("y"), 4).unwrap().is_none());
    }
}

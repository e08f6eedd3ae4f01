//! A folder that nothing done through it can leave.

use crate::error::{Error, Result};
use crate::path::RelPath;
use cap_std::ambient_authority;
use cap_std::fs::{Dir, File, FileType, OpenOptions, OpenOptionsExt};
use std::io::{ErrorKind, Read, Write};
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
    path: PathBuf,
}

impl Root {
    /// Opens a folder. `path` itself is trusted: links in it are followed.
    ///
    /// # Errors
    /// `io` and its relatives when it does not exist or cannot be opened.
    pub fn open(path: &Path) -> Result<Self> {
        let dir = Dir::open_ambient_dir(path, ambient_authority())
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
        std::fs::create_dir_all(path).map_err(|source| Error::io("create", path, source))?;
        Self::open(path)
    }

    /// Opens a folder below this one as a root of its own.
    ///
    /// # Errors
    /// `io` and its relatives, also when a link on the way leads out.
    pub fn open_below(&self, rel: &RelPath) -> Result<Self> {
        let dir = self.dir.open_dir(rel).map_err(|source| self.failed("open", rel, source))?;
        Ok(Self { dir, path: self.absolute(rel) })
    }

    /// The path it was opened with.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Where `rel` is, for messages and for programs outside; not for reading or writing.
    pub fn absolute(&self, rel: &RelPath) -> PathBuf {
        self.path.join(rel)
    }

    pub(super) fn failed(&self, action: &'static str, rel: &RelPath, source: std::io::Error) -> Error {
        Error::io(action, self.absolute(rel), source)
    }

    /// What is at `rel`, without following a link there; `None` when there is nothing.
    ///
    /// # Errors
    /// `io` and its relatives.
    pub fn entry(&self, rel: &RelPath) -> Result<Option<Entry>> {
        match self.dir.symlink_metadata(rel) {
            Ok(stat) => Ok(Some(Entry {
                name: rel.name().to_owned(),
                kind: EntryKind::of(stat.file_type()),
                bytes: stat.len(),
            })),
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
        use cap_std::fs::MetadataExt;
        match self.dir.symlink_metadata(rel) {
            Ok(stat) => Ok(Some((stat.dev(), stat.ino()))),
            Err(source) if absent(&source) => Ok(None),
            Err(source) => Err(self.failed("read", rel, source)),
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
            match self.dir.canonicalize(&above) {
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
        self.dir.is_file(rel)
    }

    /// Whether a folder stands at `rel`, following links that stay inside.
    pub fn is_folder(&self, rel: &RelPath) -> bool {
        self.dir.is_dir(rel)
    }

    /// The whole content of a file; `None` when there is none.
    ///
    /// # Errors
    /// `source-too-large` above `limit` bytes; `io` and its relatives.
    pub fn read(&self, rel: &RelPath, limit: u64) -> Result<Option<Vec<u8>>> {
        let file = match open_regular(&self.dir, rel) {
            Ok(file) => file,
            Err(source) if absent(&source) => return Ok(None),
            Err(source) => return Err(self.failed("read", rel, source)),
        };
        let mut bytes = Vec::new();
        file.take(limit + 1).read_to_end(&mut bytes).map_err(|source| self.failed("read", rel, source))?;
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
        let file = open_regular(&self.dir, rel).map_err(failed)?;
        let mut bytes = Vec::new();
        file.take(limit).read_to_end(&mut bytes).map_err(failed)?;
        Ok(bytes)
    }

    /// What is in a folder (`None`: in this root), by name. A name that is not UTF-8 is left out here; a
    /// [survey](crate::fs::Survey) reports it. A folder that does not exist is empty.
    ///
    /// # Errors
    /// `io` and its relatives.
    pub fn list(&self, rel: Option<&RelPath>) -> Result<Vec<Entry>> {
        let failed = |source| {
            Error::io("read", rel.map_or_else(|| self.path.clone(), |rel| self.absolute(rel)), source)
        };
        let entries = match rel.map_or_else(|| self.dir.entries(), |rel| self.dir.read_dir(rel)) {
            Ok(entries) => entries,
            Err(source) if absent(&source) => return Ok(Vec::new()),
            Err(source) => return Err(failed(source)),
        };
        let mut found = Vec::new();
        for entry in entries {
            let entry = entry.map_err(failed)?;
            let Ok(name) = entry.file_name().into_string() else { continue };
            let stat = entry.metadata().map_err(failed)?;
            found.push(Entry { name, kind: EntryKind::of(stat.file_type()), bytes: stat.len() });
        }
        found.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(found)
    }

    /// Makes a folder and the folders that lead to it. Gives those that were not there, outermost first.
    ///
    /// # Errors
    /// `io` and its relatives.
    pub fn create_folders(&self, rel: &RelPath) -> Result<Vec<RelPath>> {
        let mut wanted = vec![rel.clone()];
        while let Some(parent) = wanted.last().and_then(RelPath::parent) {
            wanted.push(parent);
        }
        let mut created = Vec::new();
        for folder in wanted.into_iter().rev() {
            match self.dir.create_dir(&folder) {
                Ok(()) => created.push(folder),
                Err(source) if source.kind() == ErrorKind::AlreadyExists && self.is_folder(&folder) => {}
                Err(source) => return Err(self.failed("create", &folder, source)),
            }
        }
        Ok(created)
    }

    /// Replaces a file's content so that a reader, and a crash, sees the old content or the new, never a
    /// mixture: temporary file in the same folder, flush, rename, flush of the folder. Parents must exist.
    ///
    /// # Errors
    /// `io` and its relatives; the temporary file is gone then.
    pub fn write_atomic(&self, rel: &RelPath, bytes: &[u8]) -> Result<()> {
        let temporary = sibling(rel)?;
        let written = self.write_new(&temporary, bytes).and_then(|()| self.rename_over(&temporary, rel));
        if written.is_err() {
            // Best effort: the failure that is reported is the one above.
            let _ = self.dir.remove_file(&temporary);
        }
        written?;
        self.flush_folder(rel.parent().as_ref())
    }

    /// Replaces a file's content in one step, without making it durable: for what can be lost or is flushed
    /// together with the rest of an operation.
    ///
    /// # Errors
    /// `io` and its relatives; the temporary file is gone then.
    pub fn replace(&self, rel: &RelPath, bytes: &[u8]) -> Result<()> {
        let temporary = sibling(rel)?;
        let written = self
            .dir
            .write(&temporary, bytes)
            .map_err(|source| self.failed("write", &temporary, source))
            .and_then(|()| self.rename_over(&temporary, rel));
        if written.is_err() {
            let _ = self.dir.remove_file(&temporary);
        }
        written
    }

    /// Writes a file that must not exist yet, and flushes it.
    ///
    /// # Errors
    /// `io` and its relatives.
    pub fn write_new(&self, rel: &RelPath, bytes: &[u8]) -> Result<()> {
        let failed = |source| self.failed("write", rel, source);
        let mut file =
            self.dir.open_with(rel, OpenOptions::new().write(true).create_new(true)).map_err(failed)?;
        file.write_all(bytes).map_err(failed)?;
        file.sync_all().map_err(failed)
    }

    /// Makes the entries of a folder (`None`: of this root) survive power loss.
    ///
    /// # Errors
    /// `io` and its relatives.
    pub fn flush_folder(&self, rel: Option<&RelPath>) -> Result<()> {
        let place = || rel.map_or_else(|| self.path.clone(), |rel| self.absolute(rel));
        let failed = |source| Error::io("flush", place(), source);
        let folder = match rel {
            Some(rel) => self.dir.open(rel).map_err(failed)?,
            None => self.dir.open(".").map_err(failed)?,
        };
        folder.sync_all().map_err(failed)
    }

    /// Makes everything written to this root's file system survive power loss: one call for any number of
    /// files. Where the system has no such call, only the root's own entries are flushed, and callers flush
    /// their files one by one.
    ///
    /// # Errors
    /// `io` and its relatives.
    pub fn flush_all(&self) -> Result<()> {
        #[cfg(target_os = "linux")]
        {
            // The root's own handle only names the folder; a flush needs one that is open for reading.
            let failed = |source| Error::io("flush", &self.path, source);
            let folder = self.dir.open(".").map_err(failed)?;
            rustix::fs::syncfs(&folder).map_err(|errno| failed(errno.into()))
        }
        #[cfg(not(target_os = "linux"))]
        {
            self.flush_folder(None)
        }
    }
}

/// Opens a regular file, following links that stay inside. Never waits, as opening a pipe would.
pub(super) fn open_regular(dir: &Dir, path: impl AsRef<Path>) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).custom_flags(i32::try_from(rustix::fs::OFlags::NONBLOCK.bits()).unwrap_or_default());
    let file = dir.open_with(path, &options)?;
    if file.metadata()?.is_file() {
        Ok(file)
    } else {
        Err(std::io::Error::new(ErrorKind::InvalidInput, "it is not a regular file"))
    }
}

/// A name beside `rel` that no one else uses.
fn sibling(rel: &RelPath) -> Result<RelPath> {
    let name = format!(".{}.{}.tmp", rel.name(), uuid::Uuid::new_v4().simple());
    rel.parent().map_or_else(|| RelPath::new(name.clone()), |parent| parent.child(&name))
}

/// Whether a failure means that there is nothing at the path.
pub(super) fn absent(error: &std::io::Error) -> bool {
    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rel(text: &str) -> RelPath {
        RelPath::new(text).unwrap()
    }

    #[test]
    fn an_atomic_write_replaces_and_leaves_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        let root = Root::open(folder.path()).unwrap();
        root.write_atomic(&rel("a.toml"), b"1").unwrap();
        root.write_atomic(&rel("a.toml"), b"2").unwrap();
        assert_eq!(root.read(&rel("a.toml"), 10).unwrap().unwrap(), b"2");
        assert_eq!(root.list(None).unwrap().len(), 1);
    }

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

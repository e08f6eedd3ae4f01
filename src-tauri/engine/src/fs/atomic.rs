//! Writing files whole, and making what was written survive power loss.

use super::fault::{self, Call};
use super::root::{EntryKind, Root};
use super::sys;
use crate::error::{Error, Result};
use crate::path::RelPath;
use cap_fs_ext::MetadataExt;
use cap_std::fs::{Metadata, OpenOptions};
use std::fs::{File, TryLockError};
use std::path::Path;

impl Root {
    /// Replaces a file's content so that a reader, and a crash, sees the old content or the new, never a
    /// mixture: temporary file in the same folder, flush, rename, flush of the folder. Parents must exist.
    ///
    /// # Errors
    /// `io` and its relatives; the temporary file is gone then.
    pub fn write_atomic(&self, rel: &RelPath, bytes: &[u8]) -> Result<()> {
        self.by_temporary(rel, bytes, |temporary, file| self.flush_file(temporary, file))?;
        self.flush_folder(rel.parent().as_ref())
    }

    /// Replaces a file's content in one step, without making it durable: for what can be lost or is flushed
    /// together with the rest of an operation.
    ///
    /// # Errors
    /// `io` and its relatives; the temporary file is gone then.
    pub fn replace(&self, rel: &RelPath, bytes: &[u8]) -> Result<()> {
        self.by_temporary(rel, bytes, |temporary, file| self.hand_over(temporary, file))
    }

    /// Writes a file beside `rel` and moves it over. It is locked meanwhile, so that nobody [sweeps](Root::sweep) it.
    fn by_temporary(
        &self,
        rel: &RelPath,
        bytes: &[u8],
        flush: impl FnOnce(&RelPath, &File) -> Result<()>,
    ) -> Result<()> {
        let (temporary, mut file) = self.create_temporary(rel)?;
        let written =
            self.fill(&temporary, &mut file, bytes).and_then(|()| flush(&temporary, &file)).and_then(|()| {
                sys::before_move(&file);
                self.rename_over(&temporary, rel)
            });
        if written.is_err() {
            self.drop_temporary(&temporary);
        }
        written
    }

    fn create_temporary(&self, rel: &RelPath) -> Result<(RelPath, File)> {
        loop {
            let temporary = sibling(rel)?;
            let file = self.create_file(&temporary)?;
            // A file system that knows no locks does without, and is never swept.
            let taken = matches!(file.try_lock(), Err(TryLockError::WouldBlock));
            // Whoever swept between these two calls has it.
            if !taken && Metadata::from_file(&file).is_ok_and(|stat| stat.nlink() > 0) {
                return Ok((temporary, file));
            }
        }
    }

    /// Removes the temporary files in a folder (`None`: in this root) that nobody writes any more: whoever did was
    /// killed.
    ///
    /// # Errors
    /// `io` and its relatives when the folder cannot be listed.
    pub fn sweep(&self, rel: Option<&RelPath>) -> Result<()> {
        for entry in self.list(rel)? {
            if entry.kind != EntryKind::File || !is_temporary(&entry.name) {
                continue;
            }
            let path = rel.map_or_else(|| RelPath::new(entry.name.clone()), |rel| rel.child(&entry.name))?;
            let Ok(file) = self.open_file(&path) else { continue };
            // The lock is held until the file is gone.
            let file = file.into_std();
            if file.try_lock().is_ok() {
                self.drop_temporary(&path);
            }
        }
        Ok(())
    }

    /// Writes a file that must not exist yet, and flushes it.
    ///
    /// # Errors
    /// `io` and its relatives.
    pub fn write_new(&self, rel: &RelPath, bytes: &[u8]) -> Result<()> {
        let mut file = self.create_file(rel)?;
        self.fill(rel, &mut file, bytes)?;
        self.flush_file(rel, &file)
    }

    /// Writes a file that must not exist yet, without flushing it: for what is flushed with the rest of an operation.
    /// Without a `mode` it gets what the umask leaves.
    ///
    /// # Errors
    /// `io` and its relatives.
    pub fn write_plain(&self, rel: &RelPath, bytes: &[u8], mode: Option<u32>) -> Result<()> {
        let mut file = self.create_file(rel)?;
        self.fill(rel, &mut file, bytes)?;
        if let Some(mode) = mode {
            let set = self.point(Call::SetMode, rel).and_then(|()| sys::set_file_mode(&file, mode));
            set.map_err(|source| self.failed("write", rel, source))?;
        }
        self.hand_over(rel, &file)
    }

    /// Gives a file or folder these permission bits. A link is not to be there.
    ///
    /// # Errors
    /// `io` and its relatives.
    pub fn set_mode(&self, rel: &RelPath, mode: u32) -> Result<()> {
        let set = self.point(Call::SetMode, rel).and_then(|()| sys::set_mode(&self.dir, rel, mode));
        set.map_err(|source| self.failed("write", rel, source))
    }

    fn create_file(&self, rel: &RelPath) -> Result<File> {
        let created = self
            .point(Call::CreateFile, rel)
            .and_then(|()| self.dir.open_with(rel, OpenOptions::new().write(true).create_new(true)));
        created.map(cap_std::fs::File::into_std).map_err(|source| self.failed("write", rel, source))
    }

    fn fill(&self, rel: &RelPath, file: &mut File, bytes: &[u8]) -> Result<()> {
        fault::write_all(file, bytes, || self.absolute(rel))
            .map_err(|source| self.failed("write", rel, source))
    }

    fn flush_file(&self, rel: &RelPath, file: &File) -> Result<()> {
        let flushed = self.point(Call::FlushFile, rel).and_then(|()| file.sync_all());
        flushed.map_err(|source| self.failed("write", rel, source))
    }

    /// What [`Root::flush_all`] needs of each file, where it does not see to all of them.
    fn hand_over(&self, rel: &RelPath, file: &File) -> Result<()> {
        sys::flush_file(file).map_err(|source| self.failed("write", rel, source))
    }

    /// Best effort: the failure that is reported is the one that made the file useless.
    fn drop_temporary(&self, temporary: &RelPath) {
        let _ = self.point(Call::Remove, temporary).and_then(|()| self.dir.remove_file(temporary));
    }

    /// Whether both folders lie on one file system, so that one flush serves both.
    ///
    /// # Errors
    /// `io` and its relatives.
    pub fn shares_file_system(&self, other: &Root) -> Result<bool> {
        let device = |root: &Root| {
            let stat = root.dir.dir_metadata().map_err(|source| Error::io("read", &root.path, source))?;
            Ok::<_, Error>(stat.dev())
        };
        Ok(device(self)? == device(other)?)
    }

    /// Makes the entries of a folder (`None`: of this root) survive power loss.
    ///
    /// # Errors
    /// `io` and its relatives.
    pub fn flush_folder(&self, rel: Option<&RelPath>) -> Result<()> {
        let place = || rel.map_or_else(|| self.path().to_owned(), |rel| self.absolute(rel));
        let failed = |source| Error::io("flush", place(), source);
        fault::point(Call::FlushFolder, place).map_err(failed)?;
        sys::flush_folder(&self.dir, rel.map_or(Path::new("."), AsRef::as_ref)).map_err(failed)
    }

    /// Makes everything written to this root's file system survive power loss: one call for any number of
    /// files. Where the system has no such call, each file was handed over when it was written, and this is the rest.
    ///
    /// # Errors
    /// `io` and its relatives.
    pub fn flush_all(&self) -> Result<()> {
        let flushed = fault::point(Call::FlushSystem, || self.path().to_owned());
        flushed
            .and_then(|()| sys::flush_all(&self.dir))
            .map_err(|source| Error::io("flush", self.path(), source))
    }
}

/// A name beside `rel` that no one else uses.
fn sibling(rel: &RelPath) -> Result<RelPath> {
    let name = format!(".{}.{}.tmp", rel.name(), uuid::Uuid::new_v4().simple());
    rel.parent().map_or_else(|| RelPath::new(name.clone()), |parent| parent.child(&name))
}

/// Whether [`sibling`] may have made the name.
fn is_temporary(name: &str) -> bool {
    let unique = name.strip_suffix(".tmp").and_then(|name| name.strip_prefix('.')?.rsplit_once('.'));
    unique.is_some_and(|(_, unique)| uuid::Uuid::try_parse(unique).is_ok() && unique.len() == 32)
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
    fn only_temporary_files_that_nobody_writes_are_swept() {
        let folder = tempfile::tempdir().unwrap();
        let root = Root::open(folder.path()).unwrap();
        let (written, held) = root.create_temporary(&rel("a.toml")).unwrap();
        let (abandoned, file) = root.create_temporary(&rel("a.toml")).unwrap();
        drop(file);
        let theirs = [".a.tmp", "b.tmp", ".vim.0123.tmp", "a.toml"];
        for name in theirs {
            root.write_new(&rel(name), b"theirs").unwrap();
        }
        root.sweep(None).unwrap();
        assert!(root.entry(&abandoned).unwrap().is_none());
        assert!(root.entry(&written).unwrap().is_some());
        assert!(theirs.iter().all(|name| root.is_file(&rel(name))));
        drop(held);
        root.sweep(None).unwrap();
        assert!(root.entry(&written).unwrap().is_none());
    }
}

//! The content store: what was deployed, kept at the time it was deployed.
//!
//! One pack per profile root of an operation, a zip file that is written once and never changed, so that any tool
//! can open it. It holds each file once, stored under its SHA-256, and one listing per tree, `trees/<SHA-256 of the
//! listing>`. Nothing in it is compressed: writing it must cost little more than the copy itself.

use super::fault::{self, Call};
use super::hash::Tree;
use super::root::{EntryKind, Root, open_regular};
use super::survey::{Survey, SurveyEntry};
use crate::error::{Error, Result};
use crate::id::ContentHash;
use crate::path::RelPath;
use cap_std::fs::OpenOptions;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::HashSet;
use std::fs::File;
use std::io::{BufWriter, Read, Write};
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use zip::write::{SimpleFileOptions, StreamWriter};
use zip::{CompressionMethod, ZipArchive, ZipWriter};

/// A pack up to this size stays in memory until it is finished, so that the flush of an operation does not write the
/// content twice. Memory that is not written to is not taken.
const BUFFER: usize = 64 * 1024 * 1024;
/// A file up to this size is read in one piece.
const SMALL: u64 = 1024 * 1024;

/// One entry of a tree's listing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum TreeEntry {
    /// A regular file.
    File {
        /// Relative to the tree; empty for a tree that is a single file.
        path: String,
        /// Permission bits.
        mode: u32,
        /// Its size.
        bytes: u64,
        /// Under which its content is stored.
        sha256: String,
    },
    /// A folder.
    Folder {
        /// Relative to the tree.
        path: String,
        /// Permission bits.
        mode: u32,
    },
    /// A symbolic link.
    Link {
        /// Relative to the tree.
        path: String,
        /// Where it points.
        target: String,
    },
}

impl TreeEntry {
    pub(super) fn of(entry: &SurveyEntry, sha256: Option<String>) -> Option<Self> {
        let path = entry.path.clone();
        match (entry.kind, sha256) {
            (EntryKind::File, Some(sha256)) => {
                Some(Self::File { path, mode: entry.mode & 0o777, bytes: entry.bytes, sha256 })
            }
            (EntryKind::Folder, _) => Some(Self::Folder { path, mode: entry.mode & 0o777 }),
            (EntryKind::Link, _) => Some(Self::Link { path, target: entry.link.clone().unwrap_or_default() }),
            _ => None,
        }
    }
}

type Zip = ZipWriter<StreamWriter<BufWriter<File>>>;

/// A pack under construction. Threads may put into it at once; it counts only when it is finished.
#[derive(Debug)]
pub struct PackWriter {
    path: PathBuf,
    open: Mutex<(Zip, HashSet<String>)>,
}

impl PackWriter {
    /// Stores a small file's content.
    ///
    /// # Errors
    /// `io` and its relatives.
    pub(super) fn put(&self, sha256: &str, content: &[u8]) -> Result<()> {
        self.entry(sha256, content.len() as u64, |zip| zip.write_all(content))
    }

    /// Stores a tree's listing. Gives its name.
    pub(super) fn put_tree(&self, entries: &[TreeEntry]) -> Result<String> {
        let listing = serde_json::to_vec(entries)
            .map_err(|error| Error::Internal { what: format!("a tree's listing: {error}") })?;
        let digest = sha256(&listing);
        self.entry(&format!("trees/{digest}"), listing.len() as u64, |zip| zip.write_all(&listing))?;
        Ok(digest)
    }

    /// Stores the content of a file that may be large.
    pub(super) fn put_from(&self, sha256: &str, bytes: u64, from: &mut impl Read) -> Result<()> {
        self.entry(sha256, bytes, |zip| std::io::copy(from, zip).map(|_| ()))
    }

    fn entry(
        &self,
        name: &str,
        bytes: u64,
        write: impl FnOnce(&mut Zip) -> std::io::Result<()>,
    ) -> Result<()> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let (zip, names) = &mut *open;
        if !names.insert(name.to_owned()) {
            return Ok(());
        }
        let stored = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Stored)
            .large_file(bytes > u64::from(u32::MAX / 2));
        let written = fault::point(Call::Write, || self.path.clone())
            .and_then(|()| zip.start_file(name, stored).map_err(std::io::Error::from))
            .and_then(|()| write(zip));
        written.map_err(|source| Error::io("write", &self.path, source))
    }

    /// Writes what is left, and the pack's directory. Not flushed: nothing that is undone or recovered needs a pack.
    ///
    /// # Errors
    /// `io` and its relatives; the pack is of no use then.
    pub fn finish(self) -> Result<()> {
        let (zip, _) = self.open.into_inner().unwrap_or_else(PoisonError::into_inner);
        let point = fault::point(Call::Write, || self.path.clone());
        let finished = point.and_then(|()| zip.finish().map_err(std::io::Error::from));
        let flushed = finished.and_then(|stream| stream.into_inner().flush());
        flushed.map_err(|source| Error::io("write", &self.path, source))
    }
}

impl Root {
    /// Begins a pack at `rel`, where nothing may be.
    ///
    /// # Errors
    /// `io` and its relatives.
    pub fn create_pack(&self, rel: &RelPath) -> Result<PackWriter> {
        let failed = |source| self.failed("create", rel, source);
        self.point(Call::CreateFile, rel).map_err(failed)?;
        let file =
            self.dir.open_with(rel, OpenOptions::new().write(true).create_new(true)).map_err(failed)?;
        let zip = ZipWriter::new_stream(BufWriter::with_capacity(BUFFER, file.into_std()));
        Ok(PackWriter { path: self.absolute(rel), open: Mutex::new((zip, HashSet::new())) })
    }

    /// Stores the tree that was surveyed at `rel`, without copying it anywhere else. Gives the name of its listing.
    ///
    /// # Errors
    /// `source-invalid` when it changes meanwhile; `io` and its relatives.
    pub fn pack(&self, rel: &RelPath, survey: &Survey, pack: &PackWriter) -> Result<String> {
        let tree = Tree::open(self, rel, survey)?;
        let mut entries = Vec::with_capacity(survey.entries.len());
        for entry in &survey.entries {
            let stored = match entry.kind {
                EntryKind::File => Some(put_file(&tree, entry, pack)?),
                _ => None,
            };
            entries.extend(TreeEntry::of(entry, stored));
        }
        pack.put_tree(&entries)
    }

    /// Opens a finished pack; `None` when there is none.
    ///
    /// # Errors
    /// `io` and its relatives, also for a file that is no pack.
    pub fn open_pack(&self, rel: &RelPath) -> Result<Option<Pack>> {
        if self.entry(rel)?.is_none() {
            return Ok(None);
        }
        let failed = |source| self.failed("read", rel, source);
        self.point(Call::Open, rel).map_err(failed)?;
        let file = open_regular(&self.dir, rel).map_err(failed)?;
        let archive = ZipArchive::new(file.into_std()).map_err(|error| failed(error.into()))?;
        Ok(Some(Pack { path: self.absolute(rel), archive }))
    }
}

fn put_file(tree: &Tree<'_>, entry: &SurveyEntry, pack: &PackWriter) -> Result<String> {
    let read = |source| tree.failed("read", entry, source);
    let Some(mut file) = tree.open_content(entry)? else { return Ok(String::new()) };
    tree.point(Call::Read, entry)?;
    if entry.bytes <= SMALL {
        let mut content = Vec::with_capacity(usize::try_from(entry.bytes).unwrap_or_default());
        file.take(SMALL + 1).read_to_end(&mut content).map_err(read)?;
        let digest = sha256(&content);
        pack.put(&digest, &content)?;
        return Ok(digest);
    }
    let mut digest = Sha256::new();
    std::io::copy(&mut file, &mut digest).map_err(read)?;
    let digest = ContentHash::from_digest(&digest.finalize()).to_string();
    if let Some(mut again) = tree.open_content(entry)? {
        pack.put_from(&digest, entry.bytes, &mut again)?;
    }
    Ok(digest)
}

/// A finished pack, opened for reading.
#[derive(Debug)]
pub struct Pack {
    path: PathBuf,
    archive: ZipArchive<File>,
}

impl Pack {
    /// Whether it holds a tree.
    pub fn has_tree(&self, digest: &str) -> bool {
        self.archive.index_for_name(&format!("trees/{digest}")).is_some()
    }

    /// The listing of a tree; `None` when it is not in this pack.
    ///
    /// # Errors
    /// `io` and its relatives, also when it is damaged.
    pub fn tree(&mut self, digest: &str) -> Result<Option<Vec<TreeEntry>>> {
        let Some(listing) = self.content(&format!("trees/{digest}"))? else { return Ok(None) };
        let damaged = |error: serde_json::Error| Error::io("read", &self.path, std::io::Error::other(error));
        serde_json::from_slice(&listing).map(Some).map_err(damaged)
    }

    /// The content stored under a name: a file's SHA-256. `None` when it is not in this pack. What is read is
    /// checked against the pack's own checksum.
    ///
    /// # Errors
    /// `io` and its relatives, also when it is damaged.
    pub fn content(&mut self, name: &str) -> Result<Option<Vec<u8>>> {
        let failed = |source| Error::io("read", &self.path, source);
        let mut file = match self.archive.by_name(name) {
            Ok(file) => file,
            Err(zip::result::ZipError::FileNotFound) => return Ok(None),
            Err(error) => return Err(failed(error.into())),
        };
        let mut content = Vec::new();
        file.read_to_end(&mut content).map_err(failed)?;
        Ok(Some(content))
    }
}

pub(super) fn sha256(content: &[u8]) -> String {
    ContentHash::from_digest(&Sha256::digest(content)).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn a_packed_tree_can_be_read_again_file_by_file() {
        let folder = tempfile::tempdir().unwrap();
        let root = Root::open(folder.path()).unwrap();
        let rel = |text: &str| RelPath::new(text).unwrap();
        std::fs::create_dir_all(folder.path().join("a/sub")).unwrap();
        std::fs::write(folder.path().join("a/SKILL.md"), "text").unwrap();
        std::fs::write(folder.path().join("a/sub/twin"), "text").unwrap();
        std::fs::write(folder.path().join("a/large"), vec![7; 3 * 1024 * 1024]).unwrap();
        std::os::unix::fs::symlink("SKILL.md", folder.path().join("a/link")).unwrap();

        let survey = root.survey(&rel("a")).unwrap().unwrap();
        let writer = root.create_pack(&rel("p.zip")).unwrap();
        let digest = root.pack(&rel("a"), &survey, &writer).unwrap();
        writer.finish().unwrap();

        let mut pack = root.open_pack(&rel("p.zip")).unwrap().unwrap();
        let tree = pack.tree(&digest).unwrap().unwrap();
        assert_eq!(tree.len(), 5);
        for entry in &tree {
            if let TreeEntry::File { path, bytes, sha256, .. } = entry {
                let content = pack.content(sha256).unwrap().unwrap();
                assert_eq!(content, std::fs::read(folder.path().join("a").join(path)).unwrap());
                assert_eq!(content.len() as u64, *bytes);
            }
        }
        assert_eq!(pack.tree("absent").unwrap(), None);
        assert!(root.open_pack(&rel("q.zip")).unwrap().is_none());
    }

    #[test]
    fn a_damaged_pack_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let root = Root::open(folder.path()).unwrap();
        std::fs::write(folder.path().join("p.zip"), "no zip").unwrap();
        assert!(root.open_pack(&RelPath::new("p.zip").unwrap()).is_err());
    }
}

//! Copying a tree beside its target, hashing in the same pass.

use super::hash::Tree;
use super::root::{EntryKind, Root};
use super::survey::{Survey, SurveyEntry};
use crate::error::{Error, Result};
use crate::id::ContentHash;
use crate::path::RelPath;
use cap_std::fs::{Dir, File, MetadataExt, OpenOptions, OpenOptionsExt, Permissions, PermissionsExt};
use sha2::{Digest, Sha256};
use std::io::{Read, Write};

const CHUNK: usize = 128 * 1024;

/// A finished copy. Not flushed yet: one [`Root::flush_all`] serves any number of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Staged {
    /// The content hash of the copy.
    pub hash: ContentHash,
    /// What the copy looks like.
    pub copy: Survey,
    /// Files and links written.
    pub files: u64,
    /// Bytes written.
    pub bytes: u64,
}

impl Root {
    /// Copies what was surveyed at `rel` to `target` in `into`, which must not exist while its parent does.
    /// Contents, permission bits, links and empty folders are kept; ignored entries are left out.
    ///
    /// # Errors
    /// `source-invalid` when the source changes meanwhile; `io` and its relatives. What was copied stays for
    /// the caller to remove.
    pub fn stage(&self, rel: &RelPath, survey: &Survey, into: &Root, target: &RelPath) -> Result<Staged> {
        self.copy(rel, survey, into, target, true)
    }

    /// As [`Root::stage`] for a survey that did not leave out ignored entries.
    pub(super) fn stage_unfiltered(
        &self,
        rel: &RelPath,
        survey: &Survey,
        into: &Root,
        target: &RelPath,
    ) -> Result<Staged> {
        self.copy(rel, survey, into, target, false)
    }

    fn copy(
        &self,
        rel: &RelPath,
        survey: &Survey,
        into: &Root,
        target: &RelPath,
        filtered: bool,
    ) -> Result<Staged> {
        let tree = Tree::open(self, rel, survey)?;
        let writer = Writer::create(into, target, survey)?;
        let mut digest = Sha256::new();
        let mut buffer = vec![0; CHUNK];
        for entry in &survey.entries {
            match entry.kind {
                EntryKind::Folder => writer.folder(entry)?,
                EntryKind::Link => {
                    hash_link(&tree, entry, &mut digest)?;
                    writer.link(entry)?;
                }
                EntryKind::File => copy_file(&tree, &writer, entry, &mut digest, &mut buffer)?,
                EntryKind::Special => {}
            }
        }
        if self.survey_with(rel, filtered)?.is_none_or(|now| now.signature() != survey.signature()) {
            return Err(changed(&tree, None));
        }
        let copy = into.survey_with(target, filtered)?.ok_or_else(|| changed(&tree, None))?;
        Ok(Staged {
            hash: ContentHash::from_digest(&digest.finalize()),
            copy,
            files: survey.files(),
            bytes: survey.bytes(),
        })
    }
}

fn changed(tree: &Tree<'_>, entry: Option<&SurveyEntry>) -> Error {
    let reason = "it changed while it was copied; try again when it is at rest".to_owned();
    Error::SourceInvalid { path: tree.path(entry), reason }
}

fn hash_link(tree: &Tree<'_>, entry: &SurveyEntry, digest: &mut Sha256) -> Result<()> {
    if let Some(mut file) = tree.open_content(entry)? {
        digest.update(&entry.path);
        std::io::copy(&mut file, digest).map_err(|source| tree.failed("read", entry, source))?;
    }
    Ok(())
}

fn copy_file(
    tree: &Tree<'_>,
    writer: &Writer<'_>,
    entry: &SurveyEntry,
    digest: &mut Sha256,
    buffer: &mut [u8],
) -> Result<()> {
    let Some(mut from) = tree.open_content(entry)? else { return Ok(()) };
    let mut to = writer.file(entry)?;
    digest.update(&entry.path);
    let mut copied = 0;
    loop {
        let read = from.read(buffer).map_err(|source| tree.failed("read", entry, source))?;
        if read == 0 {
            break;
        }
        digest.update(&buffer[..read]);
        to.write_all(&buffer[..read]).map_err(|source| writer.failed(entry, source))?;
        copied += read as u64;
    }
    let stat = from.metadata().map_err(|source| tree.failed("read", entry, source))?;
    if copied != entry.bytes || stat.ino() != entry.inode() {
        return Err(changed(tree, Some(entry)));
    }
    Ok(())
}

/// The copy under construction.
struct Writer<'a> {
    into: &'a Root,
    target: &'a RelPath,
    folder: Option<Dir>,
}

impl<'a> Writer<'a> {
    fn create(into: &'a Root, target: &'a RelPath, survey: &Survey) -> Result<Self> {
        let single = matches!(survey.entries.as_slice(), [only] if only.path.is_empty());
        let folder = if single {
            None
        } else {
            let failed = |source| into.failed("create", target, source);
            into.dir.create_dir(target).map_err(failed)?;
            Some(into.dir.open_dir(target).map_err(failed)?)
        };
        Ok(Self { into, target, folder })
    }

    fn place<'b>(&'b self, entry: &'b SurveyEntry) -> (&'b Dir, &'b str) {
        match &self.folder {
            Some(folder) => (folder, entry.path.as_str()),
            None => (&self.into.dir, self.target.as_str()),
        }
    }

    fn folder(&self, entry: &SurveyEntry) -> Result<()> {
        let (dir, path) = self.place(entry);
        dir.create_dir(path).map_err(|source| self.failed(entry, source))
    }

    fn link(&self, entry: &SurveyEntry) -> Result<()> {
        let (dir, path) = self.place(entry);
        let target = entry.link.as_deref().unwrap_or_default();
        dir.symlink(target, path).map_err(|source| self.failed(entry, source))
    }

    fn file(&self, entry: &SurveyEntry) -> Result<File> {
        let (dir, path) = self.place(entry);
        let failed = |source| self.failed(entry, source);
        let mut options = OpenOptions::new();
        options.write(true).create_new(true).mode(entry.mode & 0o777);
        let file = dir.open_with(path, &options).map_err(failed)?;
        // The umask may have taken bits away that the source has.
        file.set_permissions(Permissions::from_mode(entry.mode & 0o777)).map_err(failed)?;
        Ok(file)
    }

    fn failed(&self, entry: &SurveyEntry, source: std::io::Error) -> Error {
        let path = self.into.absolute(self.target);
        Error::io("write", if entry.path.is_empty() { path } else { path.join(&entry.path) }, source)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    fn rel(text: &str) -> RelPath {
        RelPath::new(text).unwrap()
    }

    #[test]
    fn a_copy_has_the_hash_the_modes_the_links_and_the_empty_folders_of_its_source() {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path().join("a");
        std::fs::create_dir_all(at.join("empty")).unwrap();
        std::fs::write(at.join("SKILL.md"), "text").unwrap();
        std::fs::write(at.join("run.sh"), "#!").unwrap();
        std::fs::set_permissions(at.join("run.sh"), std::fs::Permissions::from_mode(0o775)).unwrap();
        std::fs::create_dir(at.join(".git")).unwrap();
        symlink("SKILL.md", at.join("link")).unwrap();

        let root = Root::open(folder.path()).unwrap();
        let survey = root.survey(&rel("a")).unwrap().unwrap();
        let staged = root.stage(&rel("a"), &survey, &root, &rel("b")).unwrap();

        let copy = root.survey(&rel("b")).unwrap().unwrap();
        assert_eq!(root.hash(&rel("b"), &copy).unwrap(), staged.hash);
        assert_eq!(root.hash(&rel("a"), &survey).unwrap(), staged.hash);
        let shape = |survey: &Survey| {
            let shape =
                |entry: &SurveyEntry| (entry.path.clone(), entry.kind, entry.mode, entry.link.clone());
            survey
                .entries
                .iter()
                .filter(|entry| entry.kind != EntryKind::Folder)
                .map(shape)
                .collect::<Vec<_>>()
        };
        assert_eq!(shape(&copy), shape(&survey));
        assert!(folder.path().join("b/empty").is_dir());
        assert!(!folder.path().join("b/.git").exists());
        assert_eq!((staged.files, staged.bytes), (3, 6));
    }

    #[test]
    fn a_source_that_changes_meanwhile_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("a")).unwrap();
        std::fs::write(folder.path().join("a/SKILL.md"), "text").unwrap();
        let root = Root::open(folder.path()).unwrap();
        let survey = root.survey(&rel("a")).unwrap().unwrap();
        std::fs::write(folder.path().join("a/new"), "late").unwrap();
        let error = root.stage(&rel("a"), &survey, &root, &rel("b")).unwrap_err();
        assert_eq!(error.code(), crate::error::Code::SourceInvalid);
    }
}

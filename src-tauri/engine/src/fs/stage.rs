//! Copying a tree beside its target, hashing and storing it in the same pass.

use super::fault::{self, Call};
use super::hash::Tree;
use super::objects::{PackWriter, TreeEntry};
use super::root::{EntryKind, Root, open_regular};
use super::survey::{Survey, SurveyEntry};
use super::sys;
use crate::error::{Error, Result};
use crate::id::ContentHash;
use crate::path::RelPath;
use cap_fs_ext::MetadataExt;
use cap_std::fs::{Dir, File, OpenOptions};
use sha2::{Digest, Sha256};
use std::cell::RefCell;
use std::io::Read;
use std::path::PathBuf;

const CHUNK: usize = 128 * 1024;

thread_local! {
    /// What a thread reads into. One of its own for each tree would be mapped, zeroed and given back each time.
    static BUFFER: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// A finished copy. Not flushed yet: one [`Root::flush_all`] serves any number of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Staged {
    /// The content hash of what was copied.
    pub hash: ContentHash,
    /// What the copy looks like.
    pub copy: Survey,
    /// The name of its listing in the pack, when there is a pack.
    pub tree: Option<String>,
    /// Files and links written.
    pub files: u64,
    /// Bytes written.
    pub bytes: u64,
}

impl Root {
    /// Copies what was surveyed at `rel` to `target` in `into`, which must not exist while its parent does, and
    /// stores it in `pack`. Contents, permission bits, links and empty folders are kept; ignored entries are left
    /// out.
    ///
    /// # Errors
    /// `source-invalid` when the source changes meanwhile; `io` and its relatives. What was copied stays for
    /// the caller to remove.
    pub fn stage(
        &self,
        rel: &RelPath,
        survey: &Survey,
        into: &Root,
        target: &RelPath,
        pack: Option<&PackWriter>,
    ) -> Result<Staged> {
        let tree = Tree::open(self, rel, survey)?;
        let mut copy = Copy { tree, digest: Sha256::new(), pack, buffer: BUFFER.take() };
        let writer = Writer::create(into, target, survey)?;
        let mut listing = Vec::with_capacity(survey.entries.len());
        for entry in &survey.entries {
            let stored = copy.entry(&writer, entry, survey)?;
            listing.extend(TreeEntry::of(entry, stored));
        }
        BUFFER.set(std::mem::take(&mut copy.buffer));
        let mut seen = writer.look(survey)?;
        if !self.stands(rel, &copy.tree, survey, &seen)? {
            return Err(changed(&copy.tree, None));
        }
        if writer.give_modes(survey, &seen)? {
            seen = writer.look(survey)?;
        }
        Ok(Staged {
            hash: ContentHash::from_digest(&copy.digest.finalize()),
            copy: seen,
            tree: pack.map(|pack| pack.put_tree(&listing)).transpose()?,
            files: survey.files(),
            bytes: survey.bytes(),
        })
    }
}

impl Root {
    /// Whether a source is what `survey` saw. `copy` was made after that: its times tell what time it is.
    fn stands(&self, rel: &RelPath, tree: &Tree<'_>, survey: &Survey, copy: &Survey) -> Result<bool> {
        // Names that come or go touch their folder, so a stat of each entry tells as much as listing all of it.
        // A folder that an ignored entry has touched says nothing.
        if let Some(folder) = tree.folder()
            && survey.lists_before(copy)
            && survey.again(folder, |path| self.absolute(rel).join(path)).is_ok_and(|now| now == *survey)
        {
            return Ok(true);
        }
        let now = self.survey_with(rel, survey.filtered)?;
        Ok(now.is_some_and(|now| now.signature() == survey.signature()))
    }
}

/// A copy on its way.
struct Copy<'a> {
    tree: Tree<'a>,
    digest: Sha256,
    pack: Option<&'a PackWriter>,
    buffer: Vec<u8>,
}

impl Copy<'_> {
    /// Copies one entry. Gives under which name a file's content is stored in the pack.
    fn entry(&mut self, writer: &Writer<'_>, entry: &SurveyEntry, survey: &Survey) -> Result<Option<String>> {
        match entry.kind {
            EntryKind::Folder => writer.folder(entry).map(|()| None),
            EntryKind::Link => {
                hash_link(&self.tree, entry, &mut self.digest)?;
                writer.link(entry, survey).map(|()| None)
            }
            EntryKind::File => self.file(writer, entry),
            EntryKind::Special => Ok(None),
        }
    }

    fn file(&mut self, writer: &Writer<'_>, entry: &SurveyEntry) -> Result<Option<String>> {
        let Some(mut from) = self.tree.open_content(entry)? else { return Ok(None) };
        let mut to = writer.file(entry)?;
        self.digest.update(&entry.path);
        if self.buffer.is_empty() {
            self.buffer = vec![0; CHUNK];
        }
        let (mut copied, mut reads, mut own) = (0, 0, self.pack.map(|_| Sha256::new()));
        // Whether there is more by now, or something else, the look at the whole source tells in the end.
        while copied < entry.bytes {
            self.tree.point(Call::Read, entry)?;
            let read =
                from.read(&mut self.buffer).map_err(|source| self.tree.failed("read", entry, source))?;
            if read == 0 {
                break;
            }
            self.digest.update(&self.buffer[..read]);
            if let Some(own) = &mut own {
                own.update(&self.buffer[..read]);
            }
            reads += 1;
            let written = fault::write_all(&mut to, &self.buffer[..read], || writer.path(entry));
            written.map_err(|source| writer.failed(entry, source))?;
            copied += read as u64;
        }
        sys::flush_file(&to.into_std()).map_err(|source| writer.failed(entry, source))?;
        let stat = from.metadata().map_err(|source| self.tree.failed("read", entry, source))?;
        if copied != entry.bytes || stat.ino() != entry.inode() {
            return Err(changed(&self.tree, Some(entry)));
        }
        let (Some(pack), Some(own)) = (self.pack, own) else { return Ok(None) };
        let own = ContentHash::from_digest(&own.finalize()).to_string();
        match usize::try_from(copied) {
            // It was read in one piece, which is still in the buffer.
            Ok(length) if reads <= 1 => pack.put(&own, &self.buffer[..length])?,
            _ => pack.put_from(&own, copied, &mut writer.again(entry)?)?,
        }
        Ok(Some(own))
    }
}

fn changed(tree: &Tree<'_>, entry: Option<&SurveyEntry>) -> Error {
    let reason = "it changed while it was copied; try again when it is at rest".to_owned();
    Error::SourceInvalid { path: tree.path(entry), reason }
}

fn hash_link(tree: &Tree<'_>, entry: &SurveyEntry, digest: &mut Sha256) -> Result<()> {
    if let Some(mut file) = tree.open_content(entry)? {
        digest.update(&entry.path);
        tree.point(Call::Read, entry)?;
        std::io::copy(&mut file, digest).map_err(|source| tree.failed("read", entry, source))?;
    }
    Ok(())
}

/// The copy under construction.
struct Writer<'a> {
    into: &'a Root,
    target: &'a RelPath,
    folder: Option<Dir>,
    /// A copy of everything that was there, and not of an artifact.
    whole: bool,
}

impl<'a> Writer<'a> {
    fn create(into: &'a Root, target: &'a RelPath, survey: &Survey) -> Result<Self> {
        let single = survey.is_single();
        let folder = if single {
            None
        } else {
            let failed = |source| into.failed("create", target, source);
            into.point(Call::CreateFolder, target)
                .and_then(|()| into.dir.create_dir(target))
                .map_err(failed)?;
            Some(into.dir.open_dir(target).map_err(failed)?)
        };
        Ok(Self { into, target, folder, whole: !survey.filtered })
    }

    fn place<'b>(&'b self, entry: &'b SurveyEntry) -> (&'b Dir, &'b str) {
        match &self.folder {
            Some(folder) => (folder, entry.path.as_str()),
            None => (&self.into.dir, self.target.as_str()),
        }
    }

    fn folder(&self, entry: &SurveyEntry) -> Result<()> {
        let (dir, path) = self.place(entry);
        let point = fault::point(Call::CreateFolder, || self.path(entry));
        point.and_then(|()| dir.create_dir(path)).map_err(|source| self.failed(entry, source))
    }

    fn link(&self, entry: &SurveyEntry, survey: &Survey) -> Result<()> {
        let (dir, path) = self.place(entry);
        let target = entry.link.as_deref().unwrap_or_default();
        let point = fault::point(Call::CreateFile, || self.path(entry));
        // Whatever was at a target comes back, also a link that leads out: a `.venv` is full of them.
        let made =
            point.and_then(|()| sys::link(dir, target, path, self.whole, || survey.leads_to_folder(entry)));
        made.map_err(|source| self.failed(entry, source))
    }

    /// What the copy looks like: what was written, by one stat each.
    fn look(&self, source: &Survey) -> Result<Survey> {
        let failed = |error| self.into.failed("read", self.target, error);
        let Some(folder) = &self.folder else {
            let gone = || failed(std::io::ErrorKind::NotFound.into());
            return self.into.survey_with(self.target, source.filtered)?.ok_or_else(gone);
        };
        let made = source.again(folder, |path| self.into.absolute(self.target).join(path)).map_err(failed)?;
        Ok(Survey { ignored: Vec::new(), ..made })
    }

    /// The permission bits of a copy: of everything all of them, of an artifact those that people set.
    fn mode(&self, mode: u32) -> u32 {
        mode & if self.whole { 0o7777 } else { 0o777 }
    }

    fn file(&self, entry: &SurveyEntry) -> Result<File> {
        let (dir, path) = self.place(entry);
        let failed = |source| self.failed(entry, source);
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        sys::create_with_mode(&mut options, self.mode(entry.mode));
        fault::point(Call::CreateFile, || self.path(entry)).map_err(failed)?;
        dir.open_with(path, &options).map_err(failed)
    }

    /// Opens a file that was written, to read it again.
    fn again(&self, entry: &SurveyEntry) -> Result<File> {
        let (dir, path) = self.place(entry);
        let point = fault::point(Call::Open, || self.path(entry));
        point.and_then(|()| open_regular(dir, path)).map_err(|source| self.failed(entry, source))
    }

    /// Gives the copy, which looks like `seen`, the permissions of its originals where it was made with others: the
    /// umask takes bits away, and a folder can only be filled while it is its owner's to write. Innermost first, as
    /// nothing below a folder can be reached any more once it is closed. Tells whether anything was changed.
    fn give_modes(&self, survey: &Survey, seen: &Survey) -> Result<bool> {
        let mut wrong = Vec::new();
        let pairs = seen.entries.iter().zip(&survey.entries);
        for (entry, original) in pairs.filter(|(entry, _)| entry.kind != EntryKind::Link) {
            let wanted = self.wanted(original.kind, original.mode);
            if entry.mode != wanted {
                wrong.push((entry, wanted));
            }
        }
        for (entry, mode) in wrong.iter().rev() {
            let (dir, path) = self.place(entry);
            let set = fault::point(Call::SetMode, || self.path(entry))
                .and_then(|()| sys::set_mode(dir, path, *mode));
            set.map_err(|source| self.failed(entry, source))?;
        }
        let wanted = self.wanted(EntryKind::Folder, survey.mode);
        if self.folder.is_none() || seen.mode == wanted {
            return Ok(!wrong.is_empty());
        }
        let set = fault::point(Call::SetMode, || self.into.absolute(self.target))
            .and_then(|()| sys::set_mode(&self.into.dir, self.target, wanted));
        set.map_err(|source| self.into.failed("write", self.target, source))?;
        Ok(true)
    }

    /// The permission bits that a copy gets. A folder of an artifact can always be changed and removed by its owner; a
    /// copy of everything is exact.
    fn wanted(&self, kind: EntryKind, mode: u32) -> u32 {
        let own = if kind == EntryKind::Folder && !self.whole { 0o700 } else { 0 };
        self.mode(mode | own)
    }

    fn failed(&self, entry: &SurveyEntry, source: std::io::Error) -> Error {
        Error::io("write", self.path(entry), source)
    }

    fn path(&self, entry: &SurveyEntry) -> PathBuf {
        let path = self.into.absolute(self.target);
        if entry.path.is_empty() { path } else { path.join(&entry.path) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(unix)]
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    fn rel(text: &str) -> RelPath {
        RelPath::new(text).unwrap()
    }

    #[cfg(unix)]
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
        let staged = root.stage(&rel("a"), &survey, &root, &rel("b"), None).unwrap();

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
        let error = root.stage(&rel("a"), &survey, &root, &rel("b"), None).unwrap_err();
        assert_eq!(error.code(), crate::error::Code::SourceInvalid);
    }
}

//! One walk over an artifact that stats everything and reads no content.

use super::is_ignored;
use super::root::{EntryKind, Root, absent};
use crate::error::{Error, Result};
use crate::path::RelPath;
use cap_fs_ext::DirExt;
use cap_std::fs::{Dir, Metadata, MetadataExt};
use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};
use std::path::Path;

/// More files than this in one artifact are refused as a source.
pub const MAX_FILES: u64 = 10_000;
/// More bytes than this in one artifact are refused as a source: 512 MiB.
pub const MAX_BYTES: u64 = 512 * 1024 * 1024;
/// A file system may stamp two writes with the same time; a change this recent may still get a twin.
const RACY_NANOS: i128 = 20_000_000;

/// One entry of a surveyed artifact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SurveyEntry {
    /// Relative to the artifact; empty for an artifact that is a single file.
    pub path: String,
    /// What it is.
    pub kind: EntryKind,
    /// Bytes.
    pub bytes: u64,
    /// Permission bits.
    pub mode: u32,
    /// Where a link points.
    pub link: Option<String>,
    modified: i128,
    changed: i128,
    inode: u64,
}

/// What an artifact's tree looks like from outside, in the order of SkillMeat's content hash: component by
/// component, each by its bytes. Ignored entries are left out and only noted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Survey {
    /// Everything that is copied and compared.
    pub entries: Vec<SurveyEntry>,
    /// Entries on the ignore list, by path, not descended into.
    pub ignored: Vec<String>,
    /// A name that is not UTF-8, so that the artifact can be neither hashed nor copied.
    pub unreadable_name: Option<String>,
}

impl Root {
    /// Surveys the file or folder at `rel`; `None` when there is nothing. A link at `rel` is not followed.
    ///
    /// # Errors
    /// `io` and its relatives when a folder cannot be read.
    pub fn survey(&self, rel: &RelPath) -> Result<Option<Survey>> {
        self.survey_with(rel, true)
    }

    pub(super) fn survey_with(&self, rel: &RelPath, filtered: bool) -> Result<Option<Survey>> {
        let stat = match self.dir.symlink_metadata(rel) {
            Ok(stat) => stat,
            Err(source) if absent(&source) => return Ok(None),
            Err(source) => return Err(self.failed("read", rel, source)),
        };
        let mut survey = Survey { entries: Vec::new(), ignored: Vec::new(), unreadable_name: None };
        if stat.is_dir() {
            let dir = self.dir.open_dir_nofollow(rel).map_err(|source| self.failed("read", rel, source))?;
            let at = self.absolute(rel);
            survey.descend(&dir, "", filtered).map_err(|source| Error::io("read", &at, source))?;
            survey.entries.sort_by(|a, b| a.path.split('/').cmp(b.path.split('/')));
            survey.ignored.sort();
        } else {
            let link = stat.is_symlink().then(|| self.dir.read_link_contents(rel).ok()).flatten();
            survey.entries.push(SurveyEntry::new(String::new(), &stat, link.as_deref()));
        }
        Ok(Some(survey))
    }
}

impl Survey {
    fn descend(&mut self, dir: &Dir, below: &str, filtered: bool) -> std::io::Result<()> {
        for entry in dir.entries()? {
            let entry = entry?;
            let name = match entry.file_name().into_string() {
                Ok(name) => name,
                Err(raw) => {
                    self.unreadable_name = Some(raw.to_string_lossy().into_owned());
                    continue;
                }
            };
            let path = if below.is_empty() { name.clone() } else { format!("{below}/{name}") };
            if filtered && is_ignored(&name) {
                self.ignored.push(path);
                continue;
            }
            let stat = entry.metadata()?;
            let link = stat.is_symlink().then(|| dir.read_link_contents(&name)).transpose()?;
            let folder = stat.is_dir();
            self.entries.push(SurveyEntry::new(path.clone(), &stat, link.as_deref()));
            if folder {
                self.descend(&entry.open_dir()?, &path, filtered)?;
            }
        }
        Ok(())
    }

    /// Regular files and links in it.
    pub fn files(&self) -> u64 {
        self.entries.iter().filter(|entry| matches!(entry.kind, EntryKind::File | EntryKind::Link)).count()
            as u64
    }

    /// Bytes of its regular files.
    pub fn bytes(&self) -> u64 {
        self.entries.iter().filter(|entry| entry.kind == EntryKind::File).map(|entry| entry.bytes).sum()
    }

    /// Newest modification time of its files.
    pub fn modified_at(&self) -> Option<DateTime<Utc>> {
        let newest =
            self.entries.iter().filter(|entry| entry.kind == EntryKind::File).map(|entry| entry.modified);
        newest.max().and_then(|nanos| i64::try_from(nanos).ok()).map(DateTime::from_timestamp_nanos)
    }

    /// A digest of everything the survey saw. Two equal signatures of one path mean that the content is the
    /// same, unless [`Survey::is_racy`].
    pub fn signature(&self) -> [u8; 32] {
        let mut digest = Sha256::new();
        for entry in &self.entries {
            digest.update((entry.path.len() as u64).to_le_bytes());
            digest.update(&entry.path);
            digest.update([entry.kind as u8]);
            digest.update(entry.mode.to_le_bytes());
            if entry.kind == EntryKind::Folder {
                // A folder's own size and times change with every ignored file in it.
                continue;
            }
            digest.update(entry.bytes.to_le_bytes());
            digest.update(entry.modified.to_le_bytes());
            digest.update(entry.changed.to_le_bytes());
            digest.update(entry.inode.to_le_bytes());
            digest.update(entry.link.as_deref().unwrap_or_default());
        }
        digest.finalize().into()
    }

    /// Whether both saw the same files with the same content. A rename in between makes no difference: it
    /// touches only the time of the last change of status, which is left out here.
    pub fn same_files(&self, other: &Survey) -> bool {
        let same = |(a, b): (&SurveyEntry, &SurveyEntry)| {
            (&a.path, a.kind, a.mode, &a.link) == (&b.path, b.kind, b.mode, &b.link)
                && (a.kind == EntryKind::Folder
                    || (a.bytes, a.modified, a.inode) == (b.bytes, b.modified, b.inode))
        };
        self.entries.len() == other.entries.len()
            && self.ignored == other.ignored
            && self.unreadable_name == other.unreadable_name
            && self.entries.iter().zip(&other.entries).all(same)
    }

    /// Whether there are entries whose nature the content hash does not see: it takes a link for the file behind
    /// it, and passes over links to folders and special files.
    pub fn has_unhashed(&self) -> bool {
        self.entries.iter().any(|entry| matches!(entry.kind, EntryKind::Link | EntryKind::Special))
    }

    /// Whether both have the same entries with the same permissions and link targets; content is not compared.
    pub fn same_shape(&self, other: &Survey) -> bool {
        let shape = |entry: &SurveyEntry| {
            let mode = if entry.kind == EntryKind::File { entry.mode & 0o777 } else { 0 };
            (entry.path.clone(), entry.kind, mode, entry.link.clone())
        };
        self.entries.iter().map(shape).eq(other.entries.iter().map(shape))
    }

    /// Whether something changed so recently before `now` that a later change could carry the same times. The
    /// signature must not be remembered then.
    pub fn is_racy(&self, now: DateTime<Utc>) -> bool {
        let now = i128::from(now.timestamp_nanos_opt().unwrap_or(i64::MAX));
        self.entries.iter().any(|entry| entry.kind != EntryKind::Folder && entry.changed + RACY_NANOS > now)
    }

    /// Whether the tree may be copied: it has a file, no special files, no links that leave it, no names that
    /// cannot be written down, and is not over the limits of [`MAX_FILES`] and [`MAX_BYTES`].
    ///
    /// # Errors
    /// `source-invalid`, `link-leaves-artifact` or `source-too-large`, with the offending path below `at`.
    pub fn check_source(&self, at: &Path) -> Result<()> {
        let invalid = |path: &str, reason: &str| {
            let path = if path.is_empty() { at.to_owned() } else { at.join(path) };
            Err(Error::SourceInvalid { path, reason: reason.to_owned() })
        };
        if let Some(name) = &self.unreadable_name {
            return invalid(name, "its name is not valid UTF-8");
        }
        for entry in &self.entries {
            match entry.kind {
                EntryKind::Special => return invalid(&entry.path, "it is a socket, a pipe or a device"),
                EntryKind::Link if !entry.link_stays_inside() => {
                    return Err(Error::LinkLeavesArtifact { path: at.join(&entry.path) });
                }
                _ => {}
            }
        }
        let too_large =
            |found, limit, unit| Err(Error::SourceTooLarge { path: at.to_owned(), found, limit, unit });
        match (self.files(), self.bytes()) {
            (0, _) => invalid("", "it is empty"),
            (files, _) if files > MAX_FILES => too_large(files, MAX_FILES, "files"),
            (_, bytes) if bytes > MAX_BYTES => too_large(bytes, MAX_BYTES, "bytes"),
            _ => Ok(()),
        }
    }
}

impl SurveyEntry {
    fn new(path: String, stat: &Metadata, link: Option<&Path>) -> Self {
        let nanos = |seconds: i64, rest: i64| i128::from(seconds) * 1_000_000_000 + i128::from(rest);
        Self {
            path,
            kind: EntryKind::of(stat.file_type()),
            bytes: stat.len(),
            mode: stat.mode() & 0o7777,
            link: link.map(|target| target.to_string_lossy().into_owned()),
            modified: nanos(stat.mtime(), stat.mtime_nsec()),
            changed: nanos(stat.ctime(), stat.ctime_nsec()),
            inode: stat.ino(),
        }
    }

    /// The file's number on its file system.
    pub(super) fn inode(&self) -> u64 {
        self.inode
    }

    /// Whether a link's target is below the artifact. `..` may only lead: after a name it could step out
    /// through another link.
    fn link_stays_inside(&self) -> bool {
        let Some(target) = self.link.as_deref() else { return false };
        if self.path.is_empty() || target.is_empty() || target.starts_with('/') || target.contains('\0') {
            return false;
        }
        let mut depth = self.path.matches('/').count();
        let mut descending = false;
        for part in target.split('/') {
            match part {
                "" | "." => {}
                ".." if descending || depth == 0 => return false,
                ".." => depth -= 1,
                _ => descending = true,
            }
        }
        descending
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Code;
    use std::os::unix::fs::symlink;

    fn survey(folder: &Path) -> Survey {
        Root::open(folder).unwrap().survey(&RelPath::new("a").unwrap()).unwrap().unwrap()
    }

    #[test]
    fn entries_come_in_the_order_of_the_hash() {
        let folder = tempfile::tempdir().unwrap();
        for path in ["a/a-b/x", "a/a/x", "a/a.md"] {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "1").unwrap();
        }
        let paths: Vec<_> = survey(folder.path()).entries.into_iter().map(|entry| entry.path).collect();
        assert_eq!(paths, ["a", "a/x", "a-b", "a-b/x", "a.md"]);
    }

    #[test]
    fn ignored_entries_are_noted_and_change_nothing() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("a/node_modules/x")).unwrap();
        std::fs::write(folder.path().join("a/SKILL.md"), "1").unwrap();
        let before = survey(folder.path());
        std::fs::write(folder.path().join("a/.DS_Store"), "1").unwrap();
        let after = survey(folder.path());
        assert_eq!(after.ignored, [".DS_Store", "node_modules"]);
        assert_eq!(before.signature(), after.signature());
        assert_eq!((after.files(), after.bytes()), (1, 1));
    }

    #[test]
    fn a_change_of_the_same_size_changes_the_signature() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("a")).unwrap();
        std::fs::write(folder.path().join("a/SKILL.md"), "1").unwrap();
        let before = survey(folder.path());
        std::thread::sleep(std::time::Duration::from_millis(30));
        std::fs::write(folder.path().join("a/SKILL.md"), "2").unwrap();
        assert_ne!(before.signature(), survey(folder.path()).signature());
    }

    #[test]
    fn sources_that_must_not_be_copied() {
        let code = |prepare: &dyn Fn(&Path)| {
            let folder = tempfile::tempdir().unwrap();
            std::fs::create_dir_all(folder.path().join("a/sub")).unwrap();
            prepare(&folder.path().join("a"));
            survey(folder.path()).check_source(Path::new("/c/a")).map_err(|error| error.code())
        };
        assert_eq!(code(&|_| {}), Err(Code::SourceInvalid), "empty");
        let with_file = |extra: &dyn Fn(&Path)| {
            code(&|at: &Path| {
                std::fs::write(at.join("SKILL.md"), "x").unwrap();
                extra(at);
            })
        };
        assert_eq!(with_file(&|_| {}), Ok(()));
        assert_eq!(with_file(&|at| symlink("../SKILL.md", at.join("sub/in")).unwrap()), Ok(()));
        for out in ["/etc/passwd", "..", "../a/../../x", "../../a/SKILL.md", "../sub/../../x"] {
            let refused = with_file(&|at| symlink(out, at.join("sub/out")).unwrap());
            assert_eq!(refused, Err(Code::LinkLeavesArtifact), "{out}");
        }
        let pipe = with_file(&|at| {
            rustix::fs::mkfifoat(rustix::fs::CWD, at.join("pipe"), rustix::fs::Mode::RWXU).unwrap();
        });
        assert_eq!(pipe, Err(Code::SourceInvalid));
    }
}

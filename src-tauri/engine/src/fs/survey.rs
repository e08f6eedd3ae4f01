//! One walk over an artifact that stats everything and reads no content.

use super::fault::{self, Call};
use super::is_ignored;
use super::root::{EntryKind, Root, absent};
use super::sys::{Listing, Stat};
use crate::error::{Error, Result};
use crate::id::ContentHash;
use crate::path::RelPath;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::borrow::Cow;
use std::io::ErrorKind;
use std::path::Path;

/// A folder that lies deeper than this in one tree is not looked into.
const MAX_DEPTH: usize = 64;
/// Two writes may carry the same time: file systems count in steps of up to two seconds (FAT). A change this recent may
/// still get a twin.
const RACY_NANOS: i128 = 2_000_000_000;
/// The same on a file system that counts in parts of seconds, as its times show; the largest step is that of the kernel.
const RACY_FINE_NANOS: i128 = 20_000_000;

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
    /// A name that is not UTF-8, or a link to one, so that the artifact can be neither hashed nor copied.
    pub unreadable_name: Option<String>,
    /// Permission bits of the file or folder itself.
    pub mode: u32,
    /// When the folder itself was touched last; nothing for a single file.
    pub(super) changed: i64,
    /// Whether ignored entries were left out.
    pub(crate) filtered: bool,
}

/// What a tree is, strictly: content, and with it paths, kinds, permissions, sizes and link targets. With the same
/// files of the same sizes the missing framing of the content hash leaves no room for another content.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Fingerprint {
    /// The content hash, without ignored entries.
    pub content: ContentHash,
    /// A digest over everything that the content hash does not see.
    pub shape: String,
}

impl Root {
    /// Surveys the file or folder at `rel`; `None` when there is nothing. A link at `rel` is not followed.
    ///
    /// # Errors
    /// `io` and its relatives when a folder cannot be read.
    pub fn survey(&self, rel: &RelPath) -> Result<Option<Survey>> {
        self.survey_with(rel, true)
    }

    /// As [`Root::survey`], with ignored entries as part of the tree.
    ///
    /// # Errors
    /// As [`Root::survey`].
    pub fn survey_whole(&self, rel: &RelPath) -> Result<Option<Survey>> {
        self.survey_with(rel, false)
    }

    pub(super) fn survey_with(&self, rel: &RelPath, filtered: bool) -> Result<Option<Survey>> {
        let failed = |source| self.failed("read", rel, source);
        self.point(Call::Stat, rel).and_then(|()| self.point(Call::Open, rel)).map_err(failed)?;
        // Most artifacts are folders, so that is tried first: one call instead of two.
        if let Ok(dir) = self.open_listing(rel) {
            let mut survey = Survey::empty(dir.stat().map_err(failed)?, filtered);
            survey.descend(dir, "", &self.absolute(rel))?;
            survey.entries.sort_by(|a, b| a.path.split('/').cmp(b.path.split('/')));
            survey.ignored.sort();
            return Ok(Some(survey));
        }
        let stat = match self.dir.symlink_metadata(rel) {
            Ok(stat) if stat.is_dir() => {
                // It is one now, or one that cannot be opened.
                let refused = self.open_listing(rel).err();
                return Err(failed(refused.unwrap_or_else(|| ErrorKind::WouldBlock.into())));
            }
            Ok(stat) => stat,
            Err(source) if absent(&source) => return Ok(None),
            Err(source) => return Err(failed(source)),
        };
        let seen = Stat::of(&stat);
        let mut survey = Survey::empty(Stat { changed: 0, ..seen }, filtered);
        let link = stat.is_symlink().then(|| self.dir.read_link_contents(rel).ok()).flatten();
        let link = link.map(|target| survey.pointed("", target.into_os_string().as_encoded_bytes()));
        survey.entries.push(SurveyEntry::new(String::new(), seen, link));
        Ok(Some(survey))
    }

    fn open_listing(&self, rel: &RelPath) -> std::io::Result<Listing> {
        Listing::open(&self.dir, rel.as_ref())
    }
}

impl Survey {
    fn empty(Stat { mode, changed, .. }: Stat, filtered: bool) -> Self {
        let (entries, ignored) = (Vec::new(), Vec::new());
        let changed = i64::try_from(changed).unwrap_or(i64::MAX);
        Self { entries, ignored, unreadable_name: None, mode, changed, filtered }
    }

    /// Surveys an open folder. Each step opens one name, without following links, in a folder that is open
    /// already, so nothing leads out; and each folder is opened and listed once, with one stat per entry.
    fn descend(&mut self, mut listing: Listing, below: &str, at: &Path) -> Result<()> {
        let failed = |source: std::io::Error| Error::io("read", at, source);
        fault::point(Call::List, || at.join(below)).map_err(failed)?;
        while let Some(entry) = listing.next() {
            let entry = entry.map_err(failed)?;
            let name = match entry.name() {
                Ok("." | "..") => continue,
                Ok(name) => name,
                Err(left) => {
                    self.unreadable_name = Some(left);
                    continue;
                }
            };
            let path = if below.is_empty() { name.to_owned() } else { format!("{below}/{name}") };
            if self.filtered && is_ignored(name) {
                self.ignored.push(path);
                continue;
            }
            let looked = fault::point(Call::Stat, || at.join(&path)).and_then(|()| listing.look(name));
            let kind = match looked {
                Ok((stat, link)) => {
                    let link = link.map(|target| self.pointed(&path, &target));
                    self.entries.push(SurveyEntry::new(path.clone(), stat, link));
                    stat.kind
                }
                // It went after it was listed, as if it had gone before.
                Err(source) if absent(&source) => continue,
                Err(source) => return Err(failed(source)),
            };
            if kind != EntryKind::Folder {
                continue;
            }
            if path.matches('/').count() >= MAX_DEPTH {
                // Every level costs a handle and a piece of the stack.
                let reason = format!("it lies more than {MAX_DEPTH} folders deep");
                return Err(Error::SourceInvalid { path: at.join(path), reason });
            }
            match listing.enter(name) {
                Ok(folder) => self.descend(folder, &path, at)?,
                Err(source) if absent(&source) => {}
                Err(source) => return Err(failed(source)),
            }
        }
        Ok(())
    }

    /// Where a link at `path` points. One that is not UTF-8 could not be made again, and is noted.
    fn pointed(&mut self, path: &str, target: &[u8]) -> String {
        let text = String::from_utf8_lossy(target);
        if let Cow::Owned(text) = &text {
            self.unreadable_name = Some(format!("{path} -> {text}"));
        }
        text.into_owned()
    }

    /// Whether it is a single file or link, and no folder.
    pub fn is_single(&self) -> bool {
        matches!(self.entries.as_slice(), [only] if only.path.is_empty())
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
        // It has no hash, so no hash that is remembered may be taken for its own.
        digest.update(self.unreadable_name.as_deref().unwrap_or_default());
        digest.finalize().into()
    }

    /// The fingerprint of the tree whose content hash is `content`.
    pub fn fingerprint(&self, content: &ContentHash) -> Fingerprint {
        let mut digest = Sha256::new();
        digest.update((self.mode & 0o777).to_le_bytes());
        for entry in &self.entries {
            digest.update((entry.path.len() as u64).to_le_bytes());
            digest.update(&entry.path);
            digest.update([entry.kind as u8]);
            // The bits of a link mean nothing, and the size of a folder is the file system's own affair.
            let mode = if entry.kind == EntryKind::Link { 0 } else { entry.mode & 0o777 };
            let bytes = if entry.kind == EntryKind::File { entry.bytes } else { 0 };
            digest.update(mode.to_le_bytes());
            digest.update(bytes.to_le_bytes());
            digest.update(entry.link.as_deref().unwrap_or_default());
        }
        let shape = ContentHash::from_digest(&digest.finalize()).to_string();
        Fingerprint { content: content.clone(), shape }
    }

    /// A digest of which files these are: that of one tree before and after it is moved, and not that of a copy.
    pub fn identity(&self) -> String {
        let mut digest = Sha256::new();
        for entry in &self.entries {
            digest.update((entry.path.len() as u64).to_le_bytes());
            digest.update(&entry.path);
            digest.update([entry.kind as u8]);
            digest.update(entry.mode.to_le_bytes());
            digest.update(entry.inode.to_le_bytes());
            if entry.kind != EntryKind::Folder {
                digest.update(entry.bytes.to_le_bytes());
                digest.update(entry.modified.to_le_bytes());
                digest.update(entry.link.as_deref().unwrap_or_default());
            }
        }
        ContentHash::from_digest(&digest.finalize()).to_string()
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

    /// Whether both have the same paths, kinds, permissions, sizes and link targets; content is not compared.
    pub fn same_shape(&self, other: &Survey) -> bool {
        let none = ContentHash::from_digest(&[]);
        self.fingerprint(&none) == other.fingerprint(&none)
    }

    /// The entries on the ignore list, outermost only: left out of this survey, or part of it.
    pub fn left_out(&self) -> Vec<&str> {
        let on_list = |entry: &&SurveyEntry| entry.path.rsplit('/').next().is_some_and(is_ignored);
        let among = self.entries.iter().filter(on_list).map(|entry| entry.path.as_str());
        self.ignored.iter().map(String::as_str).chain(among).collect()
    }

    /// Whether something changed so recently before `now` that a later change could carry the same times. The
    /// signature must not be remembered then.
    pub fn is_racy(&self, now: DateTime<Utc>) -> bool {
        self.changed_within(RACY_NANOS, now)
    }

    /// The same for a copy that we made and hashed ourselves, so that what it is now is not in question.
    pub fn is_racy_copy(&self, now: DateTime<Utc>) -> bool {
        let fine = self.timed().any(|entry| entry.changed % 1_000_000_000 != 0);
        self.changed_within(if fine { RACY_FINE_NANOS } else { RACY_NANOS }, now)
    }

    fn changed_within(&self, nanos: i128, now: DateTime<Utc>) -> bool {
        let now = i128::from(now.timestamp_nanos_opt().unwrap_or(i64::MAX));
        self.timed().any(|entry| entry.changed + nanos > now)
    }

    /// The entries whose times count.
    fn timed(&self) -> impl Iterator<Item = &SurveyEntry> {
        self.entries.iter().filter(|entry| entry.kind != EntryKind::Folder)
    }
}

impl SurveyEntry {
    fn new(path: String, stat: Stat, link: Option<String>) -> Self {
        let Stat { kind, bytes, mode, modified, changed, inode } = stat;
        Self { path, kind, bytes, mode, link, modified, changed, inode }
    }

    /// The file's number on its file system.
    pub(super) fn inode(&self) -> u64 {
        self.inode
    }
}

mod again;
#[cfg(test)]
mod tests;

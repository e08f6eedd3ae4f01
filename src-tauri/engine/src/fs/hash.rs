//! SkillMeat's content hash.
//!
//! A file's hash is the SHA-256 of its bytes. A folder's is one running SHA-256 over, for every file in the
//! order of a [`Survey`], its relative path with `/` followed by its bytes, with nothing in between. A link to
//! a file counts under its own path with the target's bytes; folders, links to folders, dangling links and
//! special files contribute nothing. The framing is ambiguous (`a` + `bc` equals `ab` + `c`), but existing
//! manifests hold exactly this, so it stays.

use super::fault::{self, Call};
use super::root::{EntryKind, Root, leads_nowhere, open_regular};
use super::survey::{Survey, SurveyEntry};
use crate::error::{Error, Result};
use crate::id::ContentHash;
use crate::path::RelPath;
use cap_fs_ext::DirExt;
use cap_std::fs::{Dir, File};
use sha2::{Digest, Sha256};
use std::io::Read;
use std::path::PathBuf;

/// Files are read in pieces of up to this size.
const CHUNK: usize = 128 * 1024;
const SMALLEST: usize = 8 * 1024;

impl Root {
    /// The content hash of what was surveyed at `rel`, without ignored entries.
    ///
    /// # Errors
    /// `source-invalid` for a name that is not UTF-8; `io` and its relatives when something cannot be read.
    pub fn hash(&self, rel: &RelPath, survey: &Survey) -> Result<ContentHash> {
        if let Some(name) = &survey.unreadable_name {
            let reason = "its name is not valid UTF-8".to_owned();
            return Err(Error::SourceInvalid { path: self.absolute(rel).join(name), reason });
        }
        let mut digest = Sha256::new();
        let mut buffer = vec![0; piece(survey)];
        let tree = Tree::open(self, rel, survey)?;
        for entry in &survey.entries {
            if let Some(mut file) = tree.open_content(entry)? {
                tree.point(Call::Read, entry)?;
                digest.update(&entry.path);
                loop {
                    let read = file.read(&mut buffer).map_err(|source| tree.failed("read", entry, source))?;
                    if read == 0 {
                        break;
                    }
                    digest.update(&buffer[..read]);
                }
            }
        }
        Ok(ContentHash::from_digest(&digest.finalize()))
    }

    /// The content hash with ignored entries counted in, as SkillMeat computes it; `None` when there is nothing.
    ///
    /// # Errors
    /// As [`Root::hash`].
    pub fn hash_unfiltered(&self, rel: &RelPath) -> Result<Option<ContentHash>> {
        let survey = self.survey_with(rel, false)?;
        survey.map(|survey| self.hash(rel, &survey)).transpose()
    }

    /// SHA-256 of one file's bytes.
    ///
    /// # Errors
    /// `io` and its relatives.
    pub fn sha256(&self, rel: &RelPath) -> Result<String> {
        let failed = |source| self.failed("read", rel, source);
        let mut file = self.open_file(rel).map_err(failed)?;
        self.point(Call::Read, rel).map_err(failed)?;
        let mut digest = Sha256::new();
        std::io::copy(&mut file, &mut digest).map_err(failed)?;
        Ok(ContentHash::from_digest(&digest.finalize()).as_str().to_owned())
    }
}

/// The size of the pieces in which a tree is read: most files are small, and memory has to be cleared first. A file that
/// has grown since takes more pieces.
fn piece(survey: &Survey) -> usize {
    let largest = survey.entries.iter().map(|entry| entry.bytes).max().unwrap_or_default();
    usize::try_from(largest).map_or(CHUNK, |largest| largest.clamp(SMALLEST, CHUNK))
}

/// An artifact opened for reading its files, whether it is a folder or a single file.
pub(super) struct Tree<'a> {
    root: &'a Root,
    rel: &'a RelPath,
    folder: Option<Dir>,
}

impl<'a> Tree<'a> {
    pub(super) fn open(root: &'a Root, rel: &'a RelPath, survey: &Survey) -> Result<Self> {
        let single = survey.is_single();
        let open = || {
            let opened = root.point(Call::Open, rel).and_then(|()| root.dir.open_dir_nofollow(rel));
            opened.map_err(|source| root.failed("open", rel, source))
        };
        let folder = if single { None } else { Some(open()?) };
        Ok(Self { root, rel, folder })
    }

    /// The folder, when it is one.
    pub(super) fn folder(&self) -> Option<&Dir> {
        self.folder.as_ref()
    }

    /// Opens what an entry contributes to the hash; `None` when that is nothing.
    pub(super) fn open_content(&self, entry: &SurveyEntry) -> Result<Option<File>> {
        let (dir, path) = match &self.folder {
            Some(folder) => (folder, entry.path.as_str()),
            None => (&self.root.dir, self.rel.as_str()),
        };
        let open =
            |call| fault::point(call, || self.path(Some(entry))).and_then(|()| open_regular(dir, path));
        match entry.kind {
            EntryKind::File => {
                open(Call::Open).map(Some).map_err(|source| self.failed("read", entry, source))
            }
            // Opened inside the artifact, so a link that leads out of it contributes nothing.
            EntryKind::Link => match open(Call::Open) {
                Err(source) if !leads_nowhere(&source) => Err(self.failed("read", entry, source)),
                opened => Ok(opened.ok()),
            },
            EntryKind::Folder | EntryKind::Special => Ok(None),
        }
    }

    /// Where an entry is (`None`: the artifact itself), for messages.
    pub(super) fn path(&self, entry: Option<&SurveyEntry>) -> PathBuf {
        let path = self.root.absolute(self.rel);
        match entry {
            Some(entry) if !entry.path.is_empty() => path.join(&entry.path),
            _ => path,
        }
    }

    /// A point at an entry.
    pub(super) fn point(&self, call: Call, entry: &SurveyEntry) -> Result<()> {
        fault::point(call, || self.path(Some(entry))).map_err(|source| self.failed("read", entry, source))
    }

    pub(super) fn failed(&self, action: &'static str, entry: &SurveyEntry, source: std::io::Error) -> Error {
        Error::io(action, self.path(Some(entry)), source)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;
    #[cfg(unix)]
    use std::os::unix::fs::symlink;
    use std::path::Path;

    fn lay_out(at: &Path, files: &[(&str, &str)]) {
        std::fs::create_dir_all(at).unwrap();
        for (path, content) in files {
            let path = at.join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, content).unwrap();
        }
    }

    fn hash(files: &[(&str, &str)], filtered: bool) -> String {
        let folder = tempfile::tempdir().unwrap();
        lay_out(&folder.path().join("a"), files);
        let (root, rel) = (Root::open(folder.path()).unwrap(), RelPath::new("a").unwrap());
        let survey = root.survey_with(&rel, filtered).unwrap().unwrap();
        root.hash(&rel, &survey).unwrap().as_str().to_owned()
    }

    /// Digests computed by SkillMeat 0.9.1.
    #[rstest]
    #[case(&[], "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    #[case(&[("SKILL.md", "s")], "97a90288b4bdf661970187fd6d79ddb859cd1d9d06d500438afa1f13c557a69e")]
    #[case(&[("a/x", "1"), ("a-b/x", "2"), ("a.md", "3")],
        "d7183fb8042fe0c3b49cd339e15c32e47fcc9a2259e0254b6ad8129e9d182495")]
    #[case(&[("\u{FFFD}.md", "1"), ("\u{1F600}.md", "2"), ("z.md", "3")],
        "173974a06625aaa4788b0a992eb99abd62e357eda03a044a3339233bcb93fb68")]
    #[case(&[("B.md", "1"), ("a.md", "2"), ("A.md", "3")],
        "0b7a75f236375100b07700c24e540d82d333335f811b02dca43c168f4dbecc32")]
    #[case(&[(".hidden/f", "q"), (".DS_Store", "z"), ("SKILL.md", "s")],
        "911cbd91553b7014fb30c0bd300f3cca8cf1c5ca1de1db4a6ec2b197d68cc90f")]
    fn known_digests(#[case] files: &[(&str, &str)], #[case] want: &str) {
        assert_eq!(hash(files, false), want);
    }

    #[test]
    fn an_ignored_file_counts_only_in_the_unfiltered_hash() {
        let plain = [("SKILL.md", "s")];
        let with_ignored = [("SKILL.md", "s"), (".DS_Store", "z"), ("venv/x", "y")];
        assert_eq!(hash(&plain, true), hash(&with_ignored, true));
        assert_ne!(hash(&plain, false), hash(&with_ignored, false));
    }

    /// It was small when it was surveyed, and so are the pieces.
    #[test]
    fn a_file_that_has_grown_is_read_to_its_end() {
        let folder = tempfile::tempdir().unwrap();
        lay_out(&folder.path().join("a"), &[("SKILL.md", "s")]);
        let (root, rel) = (Root::open(folder.path()).unwrap(), RelPath::new("a").unwrap());
        let before = root.survey(&rel).unwrap().unwrap();
        let long = "text ".repeat(SMALLEST);
        lay_out(&folder.path().join("a"), &[("SKILL.md", &long)]);
        assert_eq!(root.hash(&rel, &before).unwrap().as_str(), hash(&[("SKILL.md", &long)], true));
    }

    #[cfg(unix)]
    #[test]
    fn links_count_under_their_own_path_unless_they_lead_out() {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path().join("a");
        lay_out(&at, &[("SKILL.md", "s")]);
        let hash = || {
            let (root, rel) = (Root::open(folder.path()).unwrap(), RelPath::new("a").unwrap());
            root.hash(&rel, &root.survey(&rel).unwrap().unwrap()).unwrap()
        };
        let plain = hash();
        symlink("nowhere", at.join("dangling")).unwrap();
        std::fs::write(folder.path().join("outside"), "o").unwrap();
        symlink("../outside", at.join("outside")).unwrap();
        assert_eq!(hash(), plain, "dangling and leaving links contribute nothing");
        symlink("SKILL.md", at.join("link")).unwrap();
        assert_ne!(hash(), plain, "a link to a file inside contributes its bytes");
    }

    #[test]
    fn a_single_file_is_hashed_without_its_name() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("x.md"), "abc").unwrap();
        let (root, rel) = (Root::open(folder.path()).unwrap(), RelPath::new("x.md").unwrap());
        let hash = root.hash(&rel, &root.survey(&rel).unwrap().unwrap()).unwrap();
        assert_eq!(hash.as_str(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_eq!(root.sha256(&rel).unwrap(), hash.as_str());
    }
}

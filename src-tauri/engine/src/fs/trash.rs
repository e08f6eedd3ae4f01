//! Where content goes that was replaced or removed: whole trees, to be looked at, taken back by hand, or put back by
//! an undo.
//!
//! ```text
//! <trash>/<folder>/origin.json    what the trees were, and when they went
//! <trash>/<folder>/<slot>         one tree
//! ```

use super::fault::{self, Call};
use super::root::{EntryKind, Root};
use super::survey::Survey;
use crate::error::{Error, Result};
use crate::path::RelPath;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashSet};

const NOTE_BYTES: u64 = 1024 * 1024;

/// The note beside trashed trees.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trashed {
    /// The operation that took them.
    pub operation: String,
    /// When they went, ISO-8601 with offset.
    pub trashed_at: String,
    /// Where each one was, absolute, by its slot.
    pub origins: BTreeMap<String, String>,
}

impl Root {
    /// Makes a folder of this trash with its note, for trees to come. What an earlier note says of others stays.
    ///
    /// # Errors
    /// `io` and its relatives.
    pub fn note_trash(&self, folder: &RelPath, note: &Trashed) -> Result<()> {
        self.create_folders(folder)?;
        let file = folder.child("origin.json")?;
        let known = self.read(&file, NOTE_BYTES)?;
        let known = known.and_then(|known| serde_json::from_slice::<Trashed>(&known).ok());
        let mut note = note.clone();
        for (slot, origin) in known.into_iter().flat_map(|known| known.origins) {
            note.origins.entry(slot).or_insert(origin);
        }
        let note = serde_json::to_vec_pretty(&note)
            .map_err(|error| Error::Internal { what: format!("a trash note: {error}") })?;
        self.replace(&file, &note)
    }

    /// Moves the file or tree at `rel` into `trash` as `slot`. Nothing in the trash is ever written over.
    ///
    /// # Errors
    /// `io` and its relatives; the original is then still where it was.
    pub fn trash(&self, rel: &RelPath, trash: &Root, slot: &RelPath) -> Result<()> {
        if trash.entry(slot)?.is_some() {
            if self.is_rest_of(rel, trash, slot)? {
                return self.remove(rel);
            }
            return Err(trash.failed("create", slot, std::io::ErrorKind::AlreadyExists.into()));
        }
        let point = fault::moving(Call::Rename, || self.absolute(rel), || trash.absolute(slot));
        if point.and_then(|()| self.dir.rename(rel, &trash.dir, slot)).is_ok() {
            return Ok(());
        }
        self.move_by_copy(rel, trash, slot)
    }

    /// Whether everything at `rel` is in the trash already, because moving it by copy was cut off while the original
    /// was removed.
    fn is_rest_of(&self, rel: &RelPath, trash: &Root, slot: &RelPath) -> Result<bool> {
        let (Some(mut rest), Some(mut kept)) = (self.survey_whole(rel)?, trash.survey_whole(slot)?) else {
            return Ok(false);
        };
        if rest.unreadable_name.is_some() || kept.unreadable_name.is_some() {
            return Ok(false);
        }
        let paths: HashSet<&str> = rest.entries.iter().map(|entry| entry.path.as_str()).collect();
        kept.entries.retain(|entry| paths.contains(entry.path.as_str()));
        if !kept.same_shape(&Survey { mode: kept.mode, ..rest.clone() }) {
            return Ok(false);
        }
        // What a link leads to may be gone already, or counts itself.
        rest.entries.retain(|entry| entry.kind == EntryKind::File);
        kept.entries.retain(|entry| entry.kind == EntryKind::File);
        Ok(self.hash(rel, &rest)? == trash.hash(slot, &kept)?)
    }

    /// Moves to another file system: copies all of it, flushes, and only then removes. What a copy would leave out
    /// is refused before anything is copied.
    fn move_by_copy(&self, rel: &RelPath, trash: &Root, slot: &RelPath) -> Result<()> {
        let Some(survey) = self.survey_whole(rel)? else { return Ok(()) };
        let special = survey.entries.iter().find(|entry| entry.kind == EntryKind::Special);
        // What is no UTF-8 was read with this in its place.
        let unread = |link: &String| link.contains(char::REPLACEMENT_CHARACTER);
        let link = survey.entries.iter().find(|entry| entry.link.as_ref().is_some_and(unread));
        let left_out = match (&survey.unreadable_name, special, link) {
            (Some(name), ..) => Some((name, "its name is not valid UTF-8")),
            (None, Some(entry), _) => Some((&entry.path, "it is a socket, a pipe or a device")),
            (None, None, Some(entry)) => Some((&entry.path, "where it points is not valid UTF-8")),
            (None, None, None) => None,
        };
        if let Some((path, why)) = left_out {
            let reason = format!("{why}, so it cannot be copied to the trash");
            return Err(Error::SourceInvalid { path: self.absolute(rel).join(path), reason });
        }
        let partial = RelPath::new(format!("{slot}.partial"))?;
        let copied = trash
            .remove(&partial)
            .and_then(|()| self.stage(rel, &survey, trash, &partial, None))
            .and_then(|_| trash.flush_all())
            .and_then(|()| trash.rename_new(&partial, slot));
        if let Err(error) = copied {
            // The failure that is reported is the copy's; the original is untouched.
            let _ = trash.remove(&partial);
            return Err(error);
        }
        self.remove(rel)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(unix)]
    use std::path::Path;

    #[test]
    fn trashed_content_keeps_its_bytes_and_says_where_it_was() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("skill")).unwrap();
        std::fs::write(folder.path().join("skill/SKILL.md"), "edited").unwrap();
        std::fs::write(folder.path().join("skill/.gitignore"), "kept too").unwrap();
        let root = Root::open(folder.path()).unwrap();
        let trash = Root::create(&folder.path().join("trash")).unwrap();
        let origins = BTreeMap::from([("0".to_owned(), "/p/skill".to_owned())]);
        let note = Trashed { operation: "op".into(), trashed_at: "now".into(), origins };
        let rel = |text: &str| RelPath::new(text).unwrap();
        trash.note_trash(&rel("op"), &note).unwrap();
        root.trash(&rel("skill"), &trash, &rel("op/0")).unwrap();
        let at = folder.path().join("trash/op");
        assert_eq!(std::fs::read_to_string(at.join("0/SKILL.md")).unwrap(), "edited");
        assert_eq!(std::fs::read_to_string(at.join("0/.gitignore")).unwrap(), "kept too");
        let read: Trashed = serde_json::from_slice(&std::fs::read(at.join("origin.json")).unwrap()).unwrap();
        assert_eq!(read, note);
        assert!(!folder.path().join("skill").exists());
        let more = Trashed { origins: BTreeMap::from([("1".to_owned(), "/p/other".to_owned())]), ..note };
        trash.note_trash(&rel("op"), &more).unwrap();
        let read: Trashed = serde_json::from_slice(&std::fs::read(at.join("origin.json")).unwrap()).unwrap();
        assert_eq!(read.origins.keys().collect::<Vec<_>>(), ["0", "1"], "what is there keeps its origin");
        std::fs::write(folder.path().join("skill"), "another").unwrap();
        assert!(root.trash(&rel("skill"), &trash, &rel("op/0")).is_err(), "nothing is written over");
    }

    #[test]
    fn the_rest_of_a_move_that_was_cut_off_goes_and_anything_else_stays() {
        let folder = tempfile::tempdir().unwrap();
        let (at, kept) = (folder.path().join("skill"), folder.path().join("trash/0"));
        for folder in [&at, &kept] {
            std::fs::create_dir_all(folder.join("sub")).unwrap();
            std::fs::write(folder.join("sub/rest"), "left").unwrap();
        }
        std::fs::write(kept.join("SKILL.md"), "removed already").unwrap();
        let (root, trash) =
            (Root::open(folder.path()).unwrap(), Root::open(&folder.path().join("trash")).unwrap());
        let (skill, slot) = (RelPath::new("skill").unwrap(), RelPath::new("0").unwrap());
        std::fs::write(at.join("sub/rest"), "more").unwrap();
        assert!(root.trash(&skill, &trash, &slot).is_err());
        std::fs::write(at.join("sub/rest"), "left").unwrap();
        std::fs::write(at.join("new"), "left").unwrap();
        assert!(root.trash(&skill, &trash, &slot).is_err());
        std::fs::remove_file(at.join("new")).unwrap();
        root.trash(&skill, &trash, &slot).unwrap();
        assert!(!at.exists());
        assert!(kept.join("SKILL.md").exists() && kept.join("sub/rest").exists());
    }

    #[cfg(unix)]
    #[test]
    fn what_cannot_be_copied_whole_stays_where_it_is() {
        use std::os::unix::ffi::OsStrExt;
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path().join("skill");
        std::fs::create_dir(&at).unwrap();
        std::fs::write(at.join("SKILL.md"), "edited").unwrap();
        let root = Root::open(folder.path()).unwrap();
        let trash = Root::create(&folder.path().join("trash")).unwrap();
        let (skill, content) = (RelPath::new("skill").unwrap(), RelPath::new("content").unwrap());

        let odd = at.join(std::ffi::OsStr::from_bytes(b"n\xff"));
        std::fs::write(&odd, "mine").unwrap();
        assert!(root.move_by_copy(&skill, &trash, &content).is_err());
        assert_eq!(std::fs::read_to_string(&odd).unwrap(), "mine");
        std::fs::remove_file(&odd).unwrap();

        let pipe = at.join("pipe");
        rustix::fs::mkfifoat(rustix::fs::CWD, &pipe, rustix::fs::Mode::RWXU).unwrap();
        assert!(root.move_by_copy(&skill, &trash, &content).is_err());
        assert!(pipe.exists() && at.join("SKILL.md").exists());
        std::fs::remove_file(&pipe).unwrap();

        let link = at.join("link");
        std::os::unix::fs::symlink(std::ffi::OsStr::from_bytes(b"n\xff"), &link).unwrap();
        assert!(root.move_by_copy(&skill, &trash, &content).is_err());
        assert!(link.is_symlink());
        std::fs::remove_file(&link).unwrap();

        std::os::unix::fs::symlink("/usr/bin/env", at.join("python")).unwrap();
        root.move_by_copy(&skill, &trash, &content).unwrap();
        assert!(!at.exists());
        let copy = folder.path().join("trash/content");
        assert_eq!(std::fs::read_to_string(copy.join("SKILL.md")).unwrap(), "edited");
        assert_eq!(std::fs::read_link(copy.join("python")).unwrap(), Path::new("/usr/bin/env"));
    }
}

//! Where content goes that was replaced or removed although it was not what we deployed.

use super::root::{EntryKind, Root};
use crate::error::Result;
use crate::path::RelPath;
use serde::{Deserialize, Serialize};

/// The note beside trashed content: what it was, and when it went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trashed {
    /// Where it was, absolute.
    pub origin: String,
    /// When it went, ISO-8601 with offset.
    pub trashed_at: String,
    /// The operation that took it.
    pub operation: String,
}

impl Root {
    /// Moves the file or tree at `rel` into `trash` as `<below>/<new name>/content`, with `origin.json` beside it.
    /// The note is there before the content, and the content is flushed before the original goes. The name is new
    /// each time, so that nothing in the trash is ever written over.
    ///
    /// # Errors
    /// `io` and its relatives; the original is then still where it was.
    pub fn trash(&self, rel: &RelPath, trash: &Root, below: &RelPath, note: &Trashed) -> Result<()> {
        let slot = &below.child(&uuid::Uuid::new_v4().simple().to_string())?;
        trash.create_folders(slot)?;
        let note = serde_json::to_vec_pretty(note)
            .map_err(|error| crate::Error::Internal { what: format!("a trash note: {error}") })?;
        trash.write_atomic(&slot.child("origin.json")?, &note)?;
        let content = slot.child("content")?;
        if self.dir.rename(rel, &trash.dir, &content).is_ok() {
            return trash.flush_folder(Some(slot));
        }
        self.move_by_copy(rel, trash, &content)
    }

    /// Moves to another file system: copies all of it, flushes, and only then removes. What a copy would leave out
    /// is refused before anything is copied.
    fn move_by_copy(&self, rel: &RelPath, trash: &Root, content: &RelPath) -> Result<()> {
        let Some(survey) = self.survey_with(rel, false)? else { return Ok(()) };
        let special = survey.entries.iter().find(|entry| entry.kind == EntryKind::Special);
        let left_out = match (&survey.unreadable_name, special) {
            (Some(name), _) => Some((name, "its name is not valid UTF-8")),
            (None, Some(entry)) => Some((&entry.path, "it is a socket, a pipe or a device")),
            (None, None) => None,
        };
        if let Some((path, why)) = left_out {
            let reason = format!("{why}, so it cannot be copied to the trash");
            return Err(crate::Error::SourceInvalid { path: self.absolute(rel).join(path), reason });
        }
        self.stage_unfiltered(rel, &survey, trash, content)?;
        trash.flush_all()?;
        self.remove(rel)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trashed_content_keeps_its_bytes_and_says_where_it_was() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("skill")).unwrap();
        std::fs::write(folder.path().join("skill/SKILL.md"), "edited").unwrap();
        std::fs::write(folder.path().join("skill/.gitignore"), "kept too").unwrap();
        let root = Root::open(folder.path()).unwrap();
        let trash = Root::create(&folder.path().join("trash")).unwrap();
        let note = Trashed { origin: "/p/skill".into(), trashed_at: "now".into(), operation: "op".into() };
        let below = RelPath::new("op").unwrap();
        root.trash(&RelPath::new("skill").unwrap(), &trash, &below, &note).unwrap();
        let slot = trash.list(Some(&below)).unwrap().remove(0).name;
        let at = folder.path().join("trash/op").join(slot);
        assert_eq!(std::fs::read_to_string(at.join("content/SKILL.md")).unwrap(), "edited");
        assert_eq!(std::fs::read_to_string(at.join("content/.gitignore")).unwrap(), "kept too");
        let read: Trashed = serde_json::from_slice(&std::fs::read(at.join("origin.json")).unwrap()).unwrap();
        assert_eq!(read, note);
        assert!(!folder.path().join("skill").exists());
    }

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

        root.move_by_copy(&skill, &trash, &content).unwrap();
        assert!(!at.exists());
        assert_eq!(std::fs::read_to_string(folder.path().join("trash/content/SKILL.md")).unwrap(), "edited");
    }
}

//! Where content goes that was replaced or removed although it was not what we deployed.

use super::root::Root;
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
        // Another file system: copy all of it, flush, and only then remove.
        if let Some(survey) = self.survey_with(rel, false)? {
            if let Some(name) = survey.unreadable_name {
                let reason = "its name is not valid UTF-8, so it cannot be copied to the trash".to_owned();
                return Err(crate::Error::SourceInvalid { path: self.absolute(rel).join(name), reason });
            }
            self.stage_unfiltered(rel, &survey, trash, &content)?;
            trash.flush_all()?;
            self.remove(rel)?;
        }
        Ok(())
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
    fn on_another_file_system_nothing_is_left_out() {
        use std::os::unix::ffi::OsStrExt;
        use std::os::unix::fs::MetadataExt;
        let folder = tempfile::tempdir().unwrap();
        let Ok(other) = tempfile::tempdir_in("/dev/shm") else { return };
        if folder.path().metadata().unwrap().dev() == other.path().metadata().unwrap().dev() {
            return;
        }
        let odd = folder.path().join("skill").join(std::ffi::OsStr::from_bytes(b"n\xff"));
        std::fs::create_dir(folder.path().join("skill")).unwrap();
        std::fs::write(folder.path().join("skill/SKILL.md"), "edited").unwrap();
        std::fs::write(&odd, "mine").unwrap();
        let (root, trash) = (Root::open(folder.path()).unwrap(), Root::open(other.path()).unwrap());
        let note = Trashed { origin: "/p/skill".into(), trashed_at: "now".into(), operation: "op".into() };
        let (skill, below) = (RelPath::new("skill").unwrap(), RelPath::new("op").unwrap());
        assert!(root.trash(&skill, &trash, &below, &note).is_err());
        assert_eq!(std::fs::read_to_string(&odd).unwrap(), "mine");
        std::fs::remove_file(&odd).unwrap();
        root.trash(&skill, &trash, &below, &note).unwrap();
        assert!(!folder.path().join("skill").exists());
    }
}

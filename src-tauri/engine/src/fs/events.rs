//! What the system tells about changes in folders. It tells of one folder and what lies directly in it, so whoever
//! wants a tree watches each of its folders.
//!
//! Asked for are changes only: with opens among the events, as general libraries ask for them, each look at a large
//! library would flood the queue of its own watcher.

use super::root::absent;
pub use super::sys::FolderEvents;
use std::path::Path;

/// Something that happened in a watched folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FolderEvent {
    /// Which one, as [`FolderEvents::watch`] called it.
    pub folder: i32,
    /// The entry that it happened to; `None` when it is the folder itself, or a name that is not UTF-8.
    pub name: Option<String>,
    /// What.
    pub what: What,
}

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// An entry was written, made, or went, and is no folder.
    Changed,
    /// A folder was made here or moved here.
    FolderCame,
    /// A folder was removed or moved away; it may still be watched under its old name.
    FolderWent,
    /// The watched folder itself was moved away.
    Moved,
    /// The watched folder is gone, and nothing more will be told of it.
    Ended,
    /// More happened than the system could keep; anything may have changed.
    Missed,
}

/// Why a folder is not watched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unwatched {
    /// There is no folder, or nobody may look into it.
    Absent,
    /// The system gives no more watches, or has none.
    Exhausted,
}

/// The folders directly in a folder, links left out; none where it cannot be listed.
pub fn subfolders(folder: &Path) -> Vec<String> {
    let listing = std::fs::read_dir(folder).into_iter().flatten().map_while(std::io::Result::ok);
    let folders = listing.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()));
    folders.filter_map(|entry| entry.file_name().into_string().ok()).collect()
}

/// Whether a folder lies on a file system that tells nothing of what other machines, or the program behind it, change.
pub fn is_remote(folder: &Path) -> bool {
    super::sys::is_remote(folder)
}

/// Whether there is a folder, links followed.
pub fn is_there(folder: &Path) -> bool {
    match std::fs::metadata(folder) {
        Ok(found) => found.is_dir(),
        Err(error) => !absent(&error),
    }
}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests {
    use super::*;
    use std::time::Duration;

    const SOON: Duration = Duration::from_secs(5);

    #[test]
    fn a_look_is_no_event_and_a_change_is_one() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a"), "1").unwrap();
        let events = FolderEvents::new().unwrap();
        let id = events.watch(folder.path(), false).unwrap();
        std::fs::read(folder.path().join("a")).unwrap();
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
        assert_eq!(events.wait(Duration::ZERO).unwrap(), []);
        std::fs::create_dir(folder.path().join("sub")).unwrap();
        let came = FolderEvent { folder: id, name: Some("sub".to_owned()), what: What::FolderCame };
        assert_eq!(events.wait(SOON).unwrap(), [came]);
        std::fs::write(folder.path().join("a"), "2").unwrap();
        assert!(events.wait(SOON).unwrap().iter().all(|event| event.what == What::Changed));
        events.forget(id);
        assert_eq!(events.wait(SOON).unwrap()[0].what, What::Ended);
    }

    #[test]
    fn only_real_folders_are_listed() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("real")).unwrap();
        std::fs::write(folder.path().join("file"), "1").unwrap();
        std::os::unix::fs::symlink("real", folder.path().join("link")).unwrap();
        assert_eq!(subfolders(folder.path()), ["real"]);
        assert!(subfolders(&folder.path().join("nowhere")).is_empty());
    }
}

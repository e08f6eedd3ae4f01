//! What the system tells about changes in folders. It tells of one folder and what lies directly in it, so whoever
//! wants a tree watches each of its folders.
//!
//! Asked for are changes only: with opens among the events, as general libraries ask for them, each look at a large
//! library would flood the queue of its own watcher.

use super::root::absent;
use crate::error::{Error, Result};
use rustix::fs::{AtFlags, Dir, FileType, Mode, OFlags};
use std::os::fd::OwnedFd;
use std::path::Path;
use std::time::Duration;

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

/// A source of events. Events of watched folders wait in it until they are asked for.
#[derive(Debug)]
pub struct FolderEvents {
    system: OwnedFd,
}

#[cfg(target_os = "linux")]
mod linux {
    use super::*;
    use rustix::event::{PollFd, PollFlags, Timespec};
    use rustix::fs::inotify::{self, CreateFlags, ReadFlags, Reader, WatchFlags};
    use rustix::io::Errno;
    use std::mem::MaybeUninit;

    /// Room for some hundred events.
    const BUFFER: usize = 16 * 1024;

    impl FolderEvents {
        /// Asks the system for a source of events.
        ///
        /// # Errors
        /// `io` when it gives none, so that somebody has to look from time to time instead.
        pub fn new() -> Result<Self> {
            let flags = CreateFlags::CLOEXEC | CreateFlags::NONBLOCK;
            let system = inotify::init(flags).map_err(|errno| Error::io("watch", "/", errno.into()))?;
            Ok(Self { system })
        }

        /// Watches a folder, also one that is watched already. With `follow`, a link to a folder is followed.
        ///
        /// # Errors
        /// Why it is not watched.
        pub fn watch(&self, folder: &Path, follow: bool) -> std::result::Result<i32, Unwatched> {
            let entries =
                WatchFlags::CREATE | WatchFlags::DELETE | WatchFlags::MOVED_FROM | WatchFlags::MOVED_TO;
            let content = WatchFlags::MODIFY | WatchFlags::CLOSE_WRITE | WatchFlags::ATTRIB;
            let mut flags =
                entries | content | WatchFlags::MOVE_SELF | WatchFlags::ONLYDIR | WatchFlags::EXCL_UNLINK;
            flags.set(WatchFlags::DONT_FOLLOW, !follow);
            inotify::add_watch(&self.system, folder, flags).map_err(|errno| match errno {
                Errno::NOSPC | Errno::NOMEM | Errno::MFILE | Errno::NFILE => Unwatched::Exhausted,
                _ => Unwatched::Absent,
            })
        }

        /// Watches a folder no longer.
        pub fn forget(&self, folder: i32) {
            // One that is gone was forgotten by the system.
            let _ = inotify::remove_watch(&self.system, folder);
        }

        /// Waits for events, up to `patience`. Gives all there are.
        ///
        /// # Errors
        /// `io` when the system cannot tell.
        pub fn wait(&self, patience: Duration) -> Result<Vec<FolderEvent>> {
            let failed = |errno: Errno| Error::io("watch", "/", errno.into());
            let patience = Timespec::try_from(patience).ok();
            let mut waiting = [PollFd::new(&self.system, PollFlags::IN)];
            match rustix::event::poll(&mut waiting, patience.as_ref()) {
                Ok(0) | Err(Errno::INTR) => return Ok(Vec::new()),
                Ok(_) => {}
                Err(errno) => return Err(failed(errno)),
            }
            let mut buffer = vec![MaybeUninit::uninit(); BUFFER];
            let mut reader = Reader::new(&self.system, &mut buffer);
            let mut events = Vec::new();
            loop {
                match reader.next() {
                    Ok(event) => events.push(FolderEvent {
                        folder: event.wd(),
                        name: event.file_name().and_then(|name| name.to_str().ok()).map(str::to_owned),
                        what: what(event.events()),
                    }),
                    Err(Errno::AGAIN) => return Ok(events),
                    Err(Errno::INTR) => {}
                    Err(errno) => return Err(failed(errno)),
                }
            }
        }
    }

    fn what(flags: ReadFlags) -> What {
        let came = ReadFlags::CREATE | ReadFlags::MOVED_TO;
        let went = ReadFlags::DELETE | ReadFlags::MOVED_FROM;
        let folder = flags.contains(ReadFlags::ISDIR);
        if flags.contains(ReadFlags::QUEUE_OVERFLOW) {
            What::Missed
        } else if flags.intersects(ReadFlags::IGNORED | ReadFlags::UNMOUNT) {
            What::Ended
        } else if flags.contains(ReadFlags::MOVE_SELF) {
            What::Moved
        } else if folder && flags.intersects(came) {
            What::FolderCame
        } else if folder && flags.intersects(went) {
            What::FolderWent
        } else {
            What::Changed
        }
    }
}

#[cfg(not(target_os = "linux"))]
impl FolderEvents {
    /// Other systems are looked at from time to time.
    ///
    /// # Errors
    /// Always.
    pub fn new() -> Result<Self> {
        Err(Error::io("watch", "/", std::io::ErrorKind::Unsupported.into()))
    }

    /// As on Linux.
    ///
    /// # Errors
    /// Always.
    pub fn watch(&self, _folder: &Path, _follow: bool) -> std::result::Result<i32, Unwatched> {
        Err(Unwatched::Exhausted)
    }

    /// As on Linux.
    pub fn forget(&self, _folder: i32) {}

    /// As on Linux.
    ///
    /// # Errors
    /// None.
    pub fn wait(&self, patience: Duration) -> Result<Vec<FolderEvent>> {
        std::thread::sleep(patience);
        Ok(Vec::new())
    }
}

/// The folders directly in a folder, links left out; none where it cannot be listed.
pub fn subfolders(folder: &Path) -> Vec<String> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let opened = rustix::fs::open(folder, flags, Mode::empty()).and_then(Dir::new);
    let Ok(mut listing) = opened else { return Vec::new() };
    let mut found = Vec::new();
    while let Some(Ok(entry)) = listing.read() {
        let Ok(name) = entry.file_name().to_str() else { continue };
        let kind = match entry.file_type() {
            FileType::Unknown => listing
                .fd()
                .and_then(|fd| rustix::fs::statat(fd, name, AtFlags::SYMLINK_NOFOLLOW))
                .map_or(FileType::Unknown, |stat| FileType::from_raw_mode(stat.st_mode)),
            kind => kind,
        };
        if kind == FileType::Directory && name != "." && name != ".." {
            found.push(name.to_owned());
        }
    }
    found
}

/// Whether a folder lies on a file system that tells nothing of what other machines, or the program behind it, change.
pub fn is_remote(folder: &Path) -> bool {
    // linux/magic.h, and the sources of the file systems that are not in it.
    const NFS: u32 = 0x6969;
    const SMB: u32 = 0x517B;
    const CIFS: u32 = 0xFF53_4D42;
    const SMB2: u32 = 0xFE53_4D42;
    const FUSE: u32 = 0x6573_5546;
    const NINE_P: u32 = 0x0102_1997;
    const AFS: u32 = 0x5346_414F;
    const CEPH: u32 = 0x00C3_6400;
    #[cfg(target_os = "linux")]
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the numbers have 32 bits")]
    {
        let kind = rustix::fs::statfs(folder).map(|stat| stat.f_type as u32);
        kind.is_ok_and(|kind| [NFS, SMB, CIFS, SMB2, FUSE, NINE_P, AFS, CEPH].contains(&kind))
    }
    #[cfg(not(target_os = "linux"))]
    {
        let _ = (folder, [NFS, SMB, CIFS, SMB2, FUSE, NINE_P, AFS, CEPH]);
        true
    }
}

/// Whether there is a folder, links followed.
pub fn is_there(folder: &Path) -> bool {
    match std::fs::metadata(folder) {
        Ok(found) => found.is_dir(),
        Err(error) => !absent(&error),
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

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

//! What Linux tells about changes in folders.

use crate::error::{Error, Result};
use crate::fs::events::{FolderEvent, Unwatched, What};
use rustix::event::{PollFd, PollFlags, Timespec};
use rustix::fs::inotify::{self, CreateFlags, ReadFlags, Reader, WatchFlags};
use rustix::io::Errno;
use std::mem::MaybeUninit;
use std::os::fd::OwnedFd;
use std::path::Path;
use std::time::Duration;

/// Room for some hundred events.
const BUFFER: usize = 16 * 1024;

/// A source of events. Events of watched folders wait in it until they are asked for.
#[derive(Debug)]
pub struct FolderEvents {
    system: OwnedFd,
}

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
        let entries = WatchFlags::CREATE | WatchFlags::DELETE | WatchFlags::MOVED_FROM | WatchFlags::MOVED_TO;
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

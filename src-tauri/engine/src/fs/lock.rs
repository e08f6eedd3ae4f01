//! Locks between processes.
//!
//! A lock is an advisory `flock` on a file that is created when absent and never deleted: deleting it would
//! let two processes hold two files of one name. Our own lock files carry one line that names the holder.

use super::root::Root;
use crate::error::{Error, Result};
use crate::path::RelPath;
use cap_std::fs::{OpenOptions, OpenOptionsExt};
use std::fs::{File, TryLockError};
use std::io::{Read, Seek, Write};
use std::time::{Duration, Instant};

/// A held lock; dropping it lets go.
#[derive(Debug)]
pub struct FileLock {
    file: File,
}

impl FileLock {
    /// Takes the lock on the file at `rel`, waiting up to `patience`. With a `holder`, the file's content
    /// becomes that text, for others to see whom they wait for; without one its content is left alone.
    ///
    /// # Errors
    /// `project-busy` naming the holder when it stays taken; `io` and its relatives, also for a link at `rel`.
    pub fn acquire(root: &Root, rel: &RelPath, patience: Duration, holder: Option<&str>) -> Result<Self> {
        let failed = |source| root.failed("lock", rel, source);
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        options.custom_flags(i32::try_from(rustix::fs::OFlags::NOFOLLOW.bits()).unwrap_or_default());
        let mut file = root.dir.open_with(rel, &options).map_err(failed)?.into_std();
        if !file.metadata().map_err(failed)?.is_file() {
            return Err(failed(std::io::Error::from(std::io::ErrorKind::InvalidInput)));
        }
        wait(&file, patience).map_err(failed)?.then_some(()).ok_or_else(|| {
            let mut text = String::new();
            let read = (&file).take(200).read_to_string(&mut text).is_ok();
            let known = read && !text.trim().is_empty();
            let holder = if known { text.trim().to_owned() } else { "another program".to_owned() };
            Error::ProjectBusy { project: root.path().display().to_string(), holder }
        })?;
        if let Some(holder) = holder {
            let write = |file: &mut File| {
                file.set_len(0)?;
                file.rewind()?;
                file.write_all(holder.as_bytes())
            };
            write(&mut file).map_err(failed)?;
        }
        Ok(Self { file })
    }
}

impl Drop for FileLock {
    fn drop(&mut self) {
        // Closing the file lets go as well; nothing can be done about a failure here.
        let _ = self.file.unlock();
    }
}

/// Tries until the lock is ours or patience ends; tells which.
fn wait(file: &File, patience: Duration) -> std::io::Result<bool> {
    let begun = Instant::now();
    let mut pause = Duration::from_millis(1);
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(true),
            Err(TryLockError::WouldBlock) if begun.elapsed() < patience => {
                std::thread::sleep(pause);
                pause = (pause * 2).min(Duration::from_millis(25));
            }
            Err(TryLockError::WouldBlock) => return Ok(false),
            Err(TryLockError::Error(source)) => return Err(source),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_held_lock_names_its_holder_and_is_free_again_after_drop() {
        let folder = tempfile::tempdir().unwrap();
        let root = Root::open(folder.path()).unwrap();
        let rel = RelPath::new("x.lock").unwrap();
        let held = FileLock::acquire(&root, &rel, Duration::ZERO, Some("the window")).unwrap();
        match FileLock::acquire(&root, &rel, Duration::from_millis(5), Some("skm")).unwrap_err() {
            Error::ProjectBusy { holder, .. } => assert_eq!(holder, "the window"),
            other => panic!("{other}"),
        }
        drop(held);
        FileLock::acquire(&root, &rel, Duration::ZERO, Some("skm")).unwrap();
    }

    #[test]
    fn a_link_in_the_place_of_the_lock_file_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("victim"), "v").unwrap();
        std::os::unix::fs::symlink("victim", folder.path().join("x.lock")).unwrap();
        let root = Root::open(folder.path()).unwrap();
        let rel = RelPath::new("x.lock").unwrap();
        assert!(FileLock::acquire(&root, &rel, Duration::ZERO, Some("skm")).is_err());
        assert_eq!(std::fs::read_to_string(folder.path().join("victim")).unwrap(), "v");
    }
}

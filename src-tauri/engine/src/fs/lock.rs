//! Locks between processes.
//!
//! A lock is an advisory `flock` on a file that is created when absent and never deleted: deleting it would
//! let two processes hold two files of one name. Our own lock files carry one line that names the holder. On Windows a
//! lock keeps others from reading as well, so there the holder stays unnamed.

use super::fault::{self, Call};
use super::root::Root;
use super::sys;
use crate::error::{Error, Result};
use crate::path::RelPath;
use cap_std::fs::OpenOptions;
use std::fs::{File, TryLockError};
use std::io::{ErrorKind, Read, Seek};
use std::sync::mpsc;
use std::time::Duration;

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
        let mut file = open(root, rel)?;
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
                fault::write_all(file, holder.as_bytes(), || root.absolute(rel))
            };
            write(&mut file).map_err(failed)?;
        }
        Ok(Self { file })
    }

    /// Takes the lock on the file at `rel` together with others who take it so; whoever wants it alone waits for all
    /// of them. `None` when somebody has it alone.
    ///
    /// # Errors
    /// `io` and its relatives, also for a link at `rel`.
    pub fn shared(root: &Root, rel: &RelPath) -> Result<Option<Self>> {
        let failed = |source| root.failed("lock", rel, source);
        let file = open(root, rel)?;
        match file.try_lock_shared() {
            Ok(()) => Ok(Some(Self { file })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(source)) => Err(failed(source)),
        }
    }

    /// Takes the lock on a folder itself, for as long as somebody works in it. It needs no file of its own, and
    /// works between homes. `None` when it is taken.
    ///
    /// # Errors
    /// `io` and its relatives.
    pub fn folder(root: &Root, rel: &RelPath) -> Result<Option<Self>> {
        let failed = |source| root.failed("lock", rel, source);
        root.point(Call::Lock, rel).map_err(failed)?;
        let file = sys::folder_lock(&root.dir, rel.as_ref()).map_err(failed)?;
        Ok(wait(&file, Duration::ZERO).map_err(failed)?.then_some(Self { file }))
    }

    /// Whether nobody holds the lock on the file at `rel`. It is not made when it is not there.
    pub fn is_free(root: &Root, rel: &RelPath) -> bool {
        match root.dir.open(rel) {
            Ok(file) => file.into_std().try_lock_shared().is_ok(),
            Err(_) => true,
        }
    }
}

impl Drop for FileLock {
    fn drop(&mut self) {
        // Closing the file lets go as well; nothing can be done about a failure here.
        let _ = self.file.unlock();
    }
}

/// Opens a lock's file, and makes it when it is not there.
fn open(root: &Root, rel: &RelPath) -> Result<File> {
    let failed = |source| root.failed("lock", rel, source);
    root.point(Call::Lock, rel).map_err(failed)?;
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    sys::not_through_links(&mut options);
    let file = root.dir.open_with(rel, &options).map_err(failed)?.into_std();
    if !file.metadata().map_err(failed)?.is_file() {
        return Err(failed(std::io::Error::from(ErrorKind::InvalidInput)));
    }
    Ok(file)
}

/// Waits for the lock until patience ends; tells whether it is ours.
///
/// A thread of its own waits in the system's queue. Asking again and again instead loses against whoever comes just in
/// time: among many short operations the one that came first can wait for ever.
fn wait(file: &File, patience: Duration) -> std::io::Result<bool> {
    match file.try_lock() {
        Ok(()) => return Ok(true),
        Err(TryLockError::WouldBlock) if patience.is_zero() => return Ok(false),
        Err(TryLockError::WouldBlock) => {}
        Err(TryLockError::Error(source)) => return Err(source),
    }
    // The lock belongs to what both handles have opened. When patience ends before the thread has it, the thread is
    // the last one to hold a handle, and lets go as soon as it gets the lock.
    let waiting = file.try_clone()?;
    let (sender, receiver) = mpsc::channel();
    std::thread::Builder::new().name("lock".to_owned()).spawn(move || {
        // Nobody may be left to hear it.
        let _ = sender.send(locked(&waiting));
    })?;
    match receiver.recv_timeout(patience) {
        Ok(locked) => locked.map(|()| true),
        Err(_) => Ok(false),
    }
}

fn locked(file: &File) -> std::io::Result<()> {
    loop {
        match file.lock() {
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            other => return other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATIENT: Duration = Duration::from_secs(60);

    #[test]
    fn a_held_lock_names_its_holder_and_is_free_again_after_drop() {
        let folder = tempfile::tempdir().unwrap();
        let root = Root::open(folder.path()).unwrap();
        let rel = RelPath::new("x.lock").unwrap();
        let held = FileLock::acquire(&root, &rel, Duration::ZERO, Some("the window")).unwrap();
        match FileLock::acquire(&root, &rel, Duration::from_millis(5), Some("skm")).unwrap_err() {
            // What is locked cannot be read by others on Windows.
            Error::ProjectBusy { holder, .. } if cfg!(windows) => assert_eq!(holder, "another program"),
            Error::ProjectBusy { holder, .. } => assert_eq!(holder, "the window"),
            other => panic!("{other}"),
        }
        drop(held);
        // The one that waited in vain gets the lock now, and lets go of it at once.
        FileLock::acquire(&root, &rel, PATIENT, Some("skm")).unwrap();
    }

    #[test]
    fn whoever_waits_gets_the_lock_when_it_is_let_go() {
        let folder = tempfile::tempdir().unwrap();
        let rel = RelPath::new("x.lock").unwrap();
        let acquire = |holder: &str| {
            let root = Root::open(folder.path()).unwrap();
            FileLock::acquire(&root, &rel, PATIENT, Some(holder)).unwrap()
        };
        let held = acquire("first");
        std::thread::scope(|scope| {
            let waiting: Vec<_> =
                (0..8).map(|number| scope.spawn(move || drop(acquire(&number.to_string())))).collect();
            drop(held);
            waiting.into_iter().for_each(|thread| thread.join().unwrap());
        });
    }

    #[cfg(unix)]
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

//! What Windows does its own way. All calls are safe wrappers of `std` and cap-std, so what these do not offer is missing:
//! a rename that exchanges, one that never replaces, and the time of the last change of status.

use super::Stat;
use crate::fs::root::EntryKind;
use crate::path::System;
use cap_fs_ext::{DirExt, FollowSymlinks, MetadataExt as _, OpenOptionsFollowExt};
use cap_std::ambient_authority;
use cap_std::fs::{Dir, Metadata, MetadataExt as _, OpenOptions, ReadDir};
use std::fs::File;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

/// The time of 1970 in the system's count: steps of 100 nanoseconds since 1601.
const EPOCH: i128 = 116_444_736_000_000_000;

/// An opened folder that is listed.
#[derive(Debug)]
pub(in crate::fs) struct Listing {
    folder: Dir,
    entries: ReadDir,
}

/// One entry of a listing: its name, or what is left of it.
#[derive(Debug)]
pub(in crate::fs) struct Listed(Result<String, String>);

impl Listing {
    /// Opens a folder for listing, not through a link.
    pub(in crate::fs) fn open(dir: &Dir, path: &Path) -> io::Result<Self> {
        let folder = dir.open_dir_nofollow(path)?;
        let entries = folder.entries()?;
        Ok(Self { folder, entries })
    }

    /// What the folder itself looks like.
    pub(in crate::fs) fn stat(&self) -> io::Result<Stat> {
        Stat::of_folder(&self.folder)
    }

    /// The next entry, in no order.
    pub(in crate::fs) fn next(&mut self) -> Option<io::Result<Listed>> {
        let lossy = |name: std::ffi::OsString| name.to_string_lossy().into_owned();
        self.entries.next().map(|entry| Ok(Listed(entry?.file_name().into_string().map_err(lossy))))
    }

    /// What one name in the folder looks like, and where it points if it is a link, with `/` between names.
    pub(in crate::fs) fn look(&self, name: &str) -> io::Result<(Stat, Option<Vec<u8>>)> {
        let stat = Stat::at(&self.folder, name)?;
        let is_link = stat.kind == EntryKind::Link;
        let link = is_link.then(|| self.folder.read_link_contents(name)).transpose()?;
        let bytes = link.map(|target| target.into_os_string().as_encoded_bytes().to_vec());
        let slashes = |byte| if byte == b'\\' { b'/' } else { byte };
        Ok((stat, bytes.map(|bytes| bytes.into_iter().map(slashes).collect())))
    }

    /// Opens a folder in this one for listing, not through a link.
    pub(in crate::fs) fn enter(&self, name: &str) -> io::Result<Self> {
        Self::open(&self.folder, name.as_ref())
    }
}

impl Listed {
    /// Its name, or what is left of it when it is not UTF-8.
    pub(in crate::fs) fn name(&self) -> Result<&str, String> {
        self.0.as_deref().map_err(Clone::clone)
    }
}

impl Stat {
    /// Of what was looked at already, through a handle: only that tells the file's number.
    pub(in crate::fs) fn of(stat: &Metadata) -> Self {
        let (modified, created) = (nanos(stat.last_write_time()), nanos(stat.creation_time()));
        Self {
            kind: EntryKind::of(stat.file_type()),
            bytes: stat.len(),
            mode: mode(stat),
            modified,
            changed: modified.max(created),
            inode: stat.ino(),
        }
    }

    /// Of a folder that is open.
    pub(in crate::fs) fn of_folder(folder: &Dir) -> io::Result<Self> {
        Ok(Self::of(&folder.dir_metadata()?))
    }

    /// Of what is at `path` below a folder.
    pub(in crate::fs) fn at(folder: &Dir, path: &str) -> io::Result<Self> {
        Ok(Self::of(&folder.symlink_metadata(path)?))
    }
}

fn nanos(time: u64) -> i128 {
    (i128::from(time) - EPOCH) * 100
}

/// Permission bits: what a file gets on other systems, or without the bits for writing when it is read-only. Whether it
/// can be run its name says.
pub(in crate::fs) fn mode(stat: &Metadata) -> u32 {
    match (stat.is_dir(), stat.permissions().readonly()) {
        (true, _) => 0o755,
        (false, true) => 0o444,
        (false, false) => 0o644,
    }
}

/// Makes a file read-only when its owner may not write it. A folder's attribute of that name means something else.
pub(in crate::fs) fn set_mode(dir: &Dir, path: impl AsRef<Path>, mode: u32) -> io::Result<()> {
    let stat = dir.metadata(&path)?;
    let (mut permissions, readonly) = (stat.permissions(), is_readonly(mode));
    if stat.is_dir() || permissions.readonly() == readonly {
        return Ok(());
    }
    permissions.set_readonly(readonly);
    dir.set_permissions(path, permissions)
}

/// The same for an open file.
pub(in crate::fs) fn set_file_mode(file: &File, mode: u32) -> io::Result<()> {
    let mut permissions = file.metadata()?.permissions();
    if permissions.readonly() == is_readonly(mode) {
        return Ok(());
    }
    permissions.set_readonly(is_readonly(mode));
    file.set_permissions(permissions)
}

fn is_readonly(mode: u32) -> bool {
    mode & 0o200 == 0
}

/// A file is made so that it can be written; [`set_mode`] follows.
pub(in crate::fs) fn create_with_mode(_options: &mut OpenOptions, _mode: u32) {}

/// Pipes have a place of their own, so nothing in a folder makes anybody wait.
pub(in crate::fs) fn never_wait(_options: &mut OpenOptions) {}

/// Opening a link opens the link itself, which is no regular file.
pub(in crate::fs) fn not_through_links(options: &mut OpenOptions) {
    options.follow(FollowSymlinks::No);
}

/// Whether a failure to open says that a link leads nowhere, beside that nothing is there.
pub(in crate::fs) fn leads_nowhere(error: &io::Error) -> bool {
    const INVALID_NAME: i32 = 123;
    const BAD_PATH: i32 = 161;
    const TOO_LONG: i32 = 206;
    const STOPPED_AT_LINK: i32 = 681;
    const NOT_RESOLVED: i32 = 1921;
    let nowhere = [INVALID_NAME, BAD_PATH, TOO_LONG, STOPPED_AT_LINK, NOT_RESOLVED];
    // What the containment and `open_regular` refuse has no number of the system's.
    error.raw_os_error().is_none_or(|number| nowhere.contains(&number))
}

/// Makes a link. Only people in developer mode and administrators may; one that leads out cannot be made again.
pub(in crate::fs) fn link(
    dir: &Dir,
    target: &str,
    path: &str,
    _anywhere: bool,
    to_folder: impl FnOnce() -> bool,
) -> io::Result<()> {
    let target = target.replace('/', "\\");
    if to_folder() { DirExt::symlink_dir(dir, target, path) } else { DirExt::symlink_file(dir, target, path) }
}

/// Which folder is at a path: volume and file index. A link is followed.
pub(in crate::fs) fn folder_at(path: &Path, _follow: bool) -> io::Result<(u64, u64)> {
    let stat = Dir::open_ambient_dir(path, ambient_authority())?.dir_metadata()?;
    Ok((stat.dev(), stat.ino()))
}

/// A path below a folder, for messages and for programs outside: with `/`, as our own paths are written.
pub(in crate::fs) fn joined(folder: &Path, below: &Path) -> PathBuf {
    match (folder.to_str(), below.to_str()) {
        (Some(folder), Some(below)) => PathBuf::from(System::HERE.join(folder, below)),
        _ => folder.join(below),
    }
}

/// A file is about to be moved over another one while it is open and locked. Here a lock keeps others from reading, so it
/// ends before they can find the file.
pub(in crate::fs) fn before_move(written: &File) {
    // A file system that knows no locks has none to end.
    let _ = written.unlock();
}

/// What is locked to have a folder alone: a folder itself cannot be, and a file in it or beside it would be in the way. The
/// file goes when the last one who has it open ends.
pub(in crate::fs) fn folder_lock(dir: &Dir, path: &Path) -> io::Result<File> {
    use std::os::windows::fs::OpenOptionsExt;
    const READ_WRITE_DELETE: u32 = 0x8000_0000 | 0x4000_0000 | 0x0001_0000;
    const DELETE_ON_CLOSE: u32 = 0x0400_0000;
    if !dir.metadata(path)?.is_dir() {
        return Err(ErrorKind::NotADirectory.into());
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let mut options = File::options();
    options
        .write(true)
        .create(true)
        .truncate(false)
        .access_mode(READ_WRITE_DELETE)
        .custom_flags(DELETE_ON_CLOSE);
    options.open(std::env::temp_dir().join(format!("skillmeat-{name}.lock")))
}

/// The entries of folders are in the log of the file system, which keeps their order.
pub(in crate::fs) fn flush_folder(_dir: &Dir, _path: &Path) -> io::Result<()> {
    Ok(())
}

/// Makes a file that is part of an operation survive power loss.
pub(in crate::fs) fn flush_file(file: &File) -> io::Result<()> {
    file.sync_all()
}

/// Each file was flushed when it was written.
pub(in crate::fs) fn flush_all(_dir: &Dir) -> io::Result<()> {
    Ok(())
}

/// There is no such rename.
pub(in crate::fs) fn exchange(_from: (&Dir, &str), _to: (&Dir, &str)) -> io::Result<()> {
    Err(ErrorKind::Unsupported.into())
}

/// There is no such rename.
pub(in crate::fs) fn rename_new(_from: (&Dir, &str), _to: (&Dir, &str)) -> io::Result<()> {
    Err(ErrorKind::Unsupported.into())
}

/// Whether a rename was one that is not there.
pub(in crate::fs) fn has_no_such_rename(error: &io::Error) -> bool {
    error.kind() == ErrorKind::Unsupported
}

/// Whether a folder lies on a file system that tells nothing of what others change. Nothing is told here by any.
pub(in crate::fs) fn is_remote(_folder: &Path) -> bool {
    true
}

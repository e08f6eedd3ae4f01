//! What Linux and macOS have in common.

use super::Stat;
use crate::fs::root::EntryKind;
use cap_fs_ext::{FollowSymlinks, OpenOptionsFollowExt};
use cap_std::fs::{Dir, Metadata, MetadataExt, OpenOptions, OpenOptionsExt, Permissions, PermissionsExt};
use rustix::fs::{AtFlags, FileType, Mode, OFlags};
use rustix::io::Errno;
use std::fs::File;
use std::io;
use std::os::fd::{BorrowedFd, OwnedFd};
use std::path::{Path, PathBuf};

/// An opened folder that is listed.
#[derive(Debug)]
pub(in crate::fs) struct Listing(rustix::fs::Dir);

/// One entry of a listing.
#[derive(Debug)]
pub(in crate::fs) struct Listed(rustix::fs::DirEntry);

impl Listing {
    /// Opens a folder for listing, not through a link: a `Dir` is opened for going on from there only, and would be
    /// opened again.
    pub(in crate::fs) fn open(dir: &Dir, path: &Path) -> io::Result<Self> {
        let mut options = OpenOptions::new();
        let folder = i32::try_from(OFlags::DIRECTORY.bits()).unwrap_or_default();
        options.read(true).custom_flags(folder).follow(FollowSymlinks::No);
        Self::of(dir.open_with(path, &options)?.into_std().into())
    }

    fn of(folder: OwnedFd) -> io::Result<Self> {
        Ok(Self(rustix::fs::Dir::new(folder)?))
    }

    fn folder(&self) -> io::Result<BorrowedFd<'_>> {
        Ok(self.0.fd()?)
    }

    /// What the folder itself looks like.
    pub(in crate::fs) fn stat(&self) -> io::Result<Stat> {
        Ok(Stat::new(&rustix::fs::fstat(self.folder()?)?))
    }

    /// The next entry, in no order.
    pub(in crate::fs) fn next(&mut self) -> Option<io::Result<Listed>> {
        self.0.read().map(|entry| Ok(Listed(entry?)))
    }

    /// What one name in the folder looks like, and where it points if it is a link, in the system's own bytes.
    pub(in crate::fs) fn look(&self, name: &str) -> io::Result<(Stat, Option<Vec<u8>>)> {
        let folder = self.folder()?;
        let stat = Stat::new(&rustix::fs::statat(folder, name, AtFlags::SYMLINK_NOFOLLOW)?);
        let is_link = stat.kind == EntryKind::Link;
        let link = is_link.then(|| rustix::fs::readlinkat(folder, name, Vec::new())).transpose()?;
        Ok((stat, link.map(std::ffi::CString::into_bytes)))
    }

    /// Opens a folder in this one for listing, not through a link.
    pub(in crate::fs) fn enter(&self, name: &str) -> io::Result<Self> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        Self::of(rustix::fs::openat(self.folder()?, name, flags, Mode::empty())?)
    }
}

impl Listed {
    /// Its name, or what is left of it when it is not UTF-8.
    pub(in crate::fs) fn name(&self) -> Result<&str, String> {
        self.0.file_name().to_str().map_err(|_| self.0.file_name().to_string_lossy().into_owned())
    }
}

impl Stat {
    #[allow(clippy::unnecessary_cast, clippy::useless_conversion, reason = "the types differ by system")]
    fn new(stat: &rustix::fs::Stat) -> Self {
        Self {
            kind: match FileType::from_raw_mode(stat.st_mode) {
                FileType::RegularFile => EntryKind::File,
                FileType::Directory => EntryKind::Folder,
                FileType::Symlink => EntryKind::Link,
                _ => EntryKind::Special,
            },
            bytes: stat.st_size as u64,
            mode: u32::from(stat.st_mode) & 0o7777,
            modified: nanos(stat.st_mtime as i64, stat.st_mtime_nsec as i64),
            changed: nanos(stat.st_ctime as i64, stat.st_ctime_nsec as i64),
            inode: stat.st_ino as u64,
        }
    }

    /// Of what was looked at already.
    pub(in crate::fs) fn of(stat: &Metadata) -> Self {
        Self {
            kind: EntryKind::of(stat.file_type()),
            bytes: stat.len(),
            mode: mode(stat),
            modified: nanos(stat.mtime(), stat.mtime_nsec()),
            changed: nanos(stat.ctime(), stat.ctime_nsec()),
            inode: stat.ino(),
        }
    }

    /// Of a folder that is open.
    pub(in crate::fs) fn of_folder(folder: &Dir) -> io::Result<Self> {
        Ok(Self::new(&rustix::fs::fstat(folder)?))
    }

    /// Of what is at `path` below a folder. The path has been listed: it leads through no link unless somebody puts one
    /// there, and then nothing is read through it.
    pub(in crate::fs) fn at(folder: &Dir, path: &str) -> io::Result<Self> {
        Ok(Self::new(&rustix::fs::statat(folder, path, AtFlags::SYMLINK_NOFOLLOW)?))
    }
}

fn nanos(seconds: i64, rest: i64) -> i128 {
    i128::from(seconds) * 1_000_000_000 + i128::from(rest)
}

/// Permission bits.
pub(in crate::fs) fn mode(stat: &Metadata) -> u32 {
    stat.mode() & 0o7777
}

/// Gives what is at `path`, which is no link, these permission bits.
pub(in crate::fs) fn set_mode(dir: &Dir, path: impl AsRef<Path>, mode: u32) -> io::Result<()> {
    dir.set_permissions(path, Permissions::from_mode(mode))
}

/// Gives an open file these permission bits.
pub(in crate::fs) fn set_file_mode(file: &File, mode: u32) -> io::Result<()> {
    file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(mode))
}

/// A new file gets these permission bits, as far as the umask lets it.
pub(in crate::fs) fn create_with_mode(options: &mut OpenOptions, mode: u32) {
    options.mode(mode);
}

/// Opening what turns out to be a pipe does not wait for somebody at its other end.
pub(in crate::fs) fn never_wait(options: &mut OpenOptions) {
    options.custom_flags(i32::try_from(OFlags::NONBLOCK.bits()).unwrap_or_default());
}

/// Opening a link fails.
pub(in crate::fs) fn not_through_links(options: &mut OpenOptions) {
    options.custom_flags(i32::try_from(OFlags::NOFOLLOW.bits()).unwrap_or_default());
}

/// Whether a failure to open says that a link leads nowhere, beside that nothing is there.
pub(in crate::fs) fn leads_nowhere(error: &io::Error) -> bool {
    let nowhere = [Errno::LOOP, Errno::NXIO, Errno::NODEV, Errno::NAMETOOLONG];
    // What the containment and `open_regular` refuse has no number of the system's.
    Errno::from_io_error(error).is_none_or(|errno| nowhere.contains(&errno))
}

/// Makes a link. With `anywhere` it may also lead out, as long as nothing is opened through it.
pub(in crate::fs) fn link(
    dir: &Dir,
    target: &str,
    path: &str,
    anywhere: bool,
    _to_folder: impl FnOnce() -> bool,
) -> io::Result<()> {
    if anywhere { dir.symlink_contents(target, path) } else { dir.symlink(target, path) }
}

/// Which folder is at a path: file system and number. With `follow`, links are followed.
pub(in crate::fs) fn folder_at(path: &Path, follow: bool) -> io::Result<(u64, u64)> {
    use std::os::unix::fs::MetadataExt as _;
    let stat = if follow { std::fs::metadata(path) } else { std::fs::symlink_metadata(path) }?;
    Ok((stat.dev(), stat.ino()))
}

/// A path below a folder, for messages and for programs outside.
pub(in crate::fs) fn joined(folder: &Path, below: &Path) -> PathBuf {
    folder.join(below)
}

/// A file is about to be moved over another one while `_written` is open and locked.
pub(in crate::fs) fn before_move(_written: &File) {}

/// What is locked to have a folder alone.
pub(in crate::fs) fn folder_lock(dir: &Dir, path: &Path) -> io::Result<File> {
    Ok(dir.open(path)?.into_std())
}

/// Makes the entries of a folder survive power loss.
pub(in crate::fs) fn flush_folder(dir: &Dir, path: &Path) -> io::Result<()> {
    dir.open(path)?.sync_all()
}

/// Lets two entries change places in one step.
pub(in crate::fs) fn exchange(from: (&Dir, &str), to: (&Dir, &str)) -> io::Result<()> {
    Ok(rustix::fs::renameat_with(from.0, from.1, to.0, to.1, rustix::fs::RenameFlags::EXCHANGE)?)
}

/// Moves an entry to where nothing may be, in one step.
pub(in crate::fs) fn rename_new(from: (&Dir, &str), to: (&Dir, &str)) -> io::Result<()> {
    Ok(rustix::fs::renameat_with(from.0, from.1, to.0, to.1, rustix::fs::RenameFlags::NOREPLACE)?)
}

/// Whether the file system has no such rename (NFS, FUSE, 9p, lower layers of overlays, SMB).
pub(in crate::fs) fn has_no_such_rename(error: &io::Error) -> bool {
    let none = [Errno::INVAL, Errno::NOSYS, Errno::OPNOTSUPP, Errno::NOTSUP];
    Errno::from_io_error(error).is_some_and(|errno| none.contains(&errno))
}

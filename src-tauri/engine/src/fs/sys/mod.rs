//! What each system does in its own way, behind one face. Nothing outside this folder asks which system it runs on.
//!
//! | | Linux | macOS | Windows |
//! |---|---|---|---|
//! | `exchange` | `renameat2(RENAME_EXCHANGE)` | `renameatx_np(RENAME_SWAP)` | none: two renames, see [`Root::exchange`](super::Root::exchange) |
//! | `rename_new` | `RENAME_NOREPLACE` | `RENAME_EXCL` | none: a look, then a rename |
//! | `flush_file` | nothing: `flush_all` has it | `fsync` | `FlushFileBuffers` |
//! | `flush_all` | `syncfs` | `F_FULLFSYNC`: the drive's own buffer | nothing more |
//! | `flush_folder` | `fsync` | `F_FULLFSYNC` | nothing: NTFS logs the entries of folders itself |
//! | [`Stat::mode`] | permission bits | permission bits | of the read-only attribute |
//! | [`Stat::changed`] | change of status | change of status | the later of creation and last write |
//! | [`Stat::inode`] | inode | inode | file index |
//! | `FolderEvents` | inotify | none: somebody looks from time to time | none, the same |
//! | `folder_lock` | `flock` on the folder | `flock` on the folder | a file in the person's temporary folder |
//!
//! What a system promises less for it, the engine's README says.

use super::root::EntryKind;

#[cfg(target_os = "linux")]
mod inotify;
#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "macos")]
mod macos;
#[cfg(unix)]
mod unix;
#[cfg(not(target_os = "linux"))]
mod unwatched;
#[cfg(windows)]
mod windows;

#[cfg(target_os = "linux")]
pub use inotify::FolderEvents;
#[cfg(target_os = "linux")]
pub(super) use linux::*;
#[cfg(target_os = "macos")]
pub(super) use macos::*;
#[cfg(unix)]
pub(super) use unix::*;
#[cfg(not(target_os = "linux"))]
pub use unwatched::FolderEvents;
#[cfg(windows)]
pub(super) use windows::*;

/// What an entry looks like, without a link being followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stat {
    /// What it is.
    pub(super) kind: EntryKind,
    /// Bytes.
    pub(super) bytes: u64,
    /// Permission bits, `0o7777` at most.
    pub(super) mode: u32,
    /// When its content was written last, in nanoseconds since 1970.
    pub(super) modified: i128,
    /// When it was touched in any way, as far as the system tells; the same unit.
    pub(super) changed: i128,
    /// The file's number on its file system.
    pub(super) inode: u64,
}

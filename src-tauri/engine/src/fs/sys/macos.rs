//! What only macOS has.

use cap_std::fs::Dir;
use std::fs::File;
use std::io;
use std::path::Path;

/// Hands a file that is part of an operation to the drive. [`flush_all`] then empties the drive's own buffer, once for all
/// of them.
pub(in crate::fs) fn flush_file(file: &File) -> io::Result<()> {
    Ok(rustix::fs::fsync(file)?)
}

/// Makes what was handed to a folder's drive survive power loss. `sync_all` of any file there asks for `F_FULLFSYNC`.
pub(in crate::fs) fn flush_all(dir: &Dir) -> io::Result<()> {
    dir.open(".")?.sync_all()
}

/// Whether a folder lies on a file system that tells nothing of what others change. Nothing is told here by any.
pub(in crate::fs) fn is_remote(_folder: &Path) -> bool {
    true
}

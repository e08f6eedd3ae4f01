//! What only Linux has.

use cap_std::fs::Dir;
use std::fs::File;
use std::io;
use std::path::Path;

/// Makes a file that is part of an operation survive power loss: [`flush_all`] does it for all of them at once.
pub(in crate::fs) fn flush_file(_file: &File) -> io::Result<()> {
    Ok(())
}

/// Makes everything that was written to a folder's file system survive power loss.
pub(in crate::fs) fn flush_all(dir: &Dir) -> io::Result<()> {
    // The folder's own handle only names it; a flush needs one that is open for reading.
    let folder = dir.open(".")?;
    Ok(rustix::fs::syncfs(&folder)?)
}

/// Whether a folder lies on a file system that tells nothing of what other machines, or the program behind it, change.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the numbers have 32 bits")]
pub(in crate::fs) fn is_remote(folder: &Path) -> bool {
    // linux/magic.h, and the sources of the file systems that are not in it.
    const NFS: u32 = 0x6969;
    const SMB: u32 = 0x517B;
    const CIFS: u32 = 0xFF53_4D42;
    const SMB2: u32 = 0xFE53_4D42;
    const FUSE: u32 = 0x6573_5546;
    const NINE_P: u32 = 0x0102_1997;
    const AFS: u32 = 0x5346_414F;
    const CEPH: u32 = 0x00C3_6400;
    let kind = rustix::fs::statfs(folder).map(|stat| stat.f_type as u32);
    kind.is_ok_and(|kind| [NFS, SMB, CIFS, SMB2, FUSE, NINE_P, AFS, CEPH].contains(&kind))
}

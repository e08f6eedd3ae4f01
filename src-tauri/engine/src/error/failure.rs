//! What a failure of the file system, or of the cache, is.

use super::{Code, Error};

/// Tells the failures apart that ask different things of a person.
pub(super) fn io_code(error: &std::io::Error) -> Code {
    use std::io::ErrorKind;
    match error.kind() {
        // Not from the system: the façade itself refuses a link that leads out of an opened folder.
        ErrorKind::PermissionDenied if error.raw_os_error().is_none() => Code::PathEscapesRoot,
        ErrorKind::PermissionDenied => Code::PermissionDenied,
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Code::DiskFull,
        ErrorKind::ReadOnlyFilesystem => Code::ReadOnly,
        _ => Code::Io,
    }
}

impl From<rusqlite::Error> for Error {
    fn from(source: rusqlite::Error) -> Self {
        Self::Cache(source)
    }
}

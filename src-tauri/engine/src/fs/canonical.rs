//! The one name of a folder.

use crate::error::{Error, Result};
use std::io::ErrorKind;
use std::path::Path;

/// The absolute, canonical path of an existing folder, as text.
///
/// # Errors
/// `project-not-found` when it does not exist; `project-invalid` when it is no folder or its path is not UTF-8.
pub fn canonical_folder(path: &Path) -> Result<String> {
    let invalid = |reason| Error::ProjectInvalid { path: path.to_owned(), reason };
    let canonical = match std::fs::canonicalize(path) {
        Ok(canonical) => canonical,
        Err(source) if source.kind() == ErrorKind::NotFound => {
            return Err(Error::ProjectNotFound { path: path.to_owned() });
        }
        Err(source) if source.kind() == ErrorKind::NotADirectory => {
            return Err(invalid("it is below a file, not a folder"));
        }
        Err(source) => return Err(Error::io("open", path, source)),
    };
    if !canonical.is_dir() {
        return Err(invalid("it is a file, not a folder"));
    }
    canonical.into_os_string().into_string().map_err(|_| invalid("its path is not valid UTF-8"))
}

//! The one name of a folder, the folder of that name, and whether anything is there at all.

use super::fault::{self, Call};
use super::root::Root;
use super::sys;
use crate::error::{Error, Result};
use crate::path::System;
use std::borrow::Cow;
use std::io::ErrorKind;
use std::path::Path;

/// Whether there is nothing at a path, for notes about what was there.
pub fn is_gone(path: &Path) -> bool {
    std::fs::symlink_metadata(path).is_err_and(|error| super::root::absent(&error))
}

/// The absolute, canonical path of an existing folder, as text.
///
/// # Errors
/// `project-not-found` when it does not exist; `project-invalid` when it is no folder or its path is not UTF-8.
pub fn canonical_folder(path: &Path) -> Result<String> {
    let invalid = |reason| Error::ProjectInvalid { path: path.to_owned(), reason };
    let canonical =
        match fault::point(Call::Stat, || path.to_owned()).and_then(|()| std::fs::canonicalize(path)) {
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
    kept(&canonical).map_err(invalid)
}

/// The text that we keep of a path that the system calls canonical.
fn kept(canonical: &Path) -> std::result::Result<String, &'static str> {
    let text = canonical.to_str().ok_or("its path is not valid UTF-8")?;
    System::HERE.canonical(text).map(Cow::into_owned)
}

impl Root {
    /// Opens the folder whose canonical path is `path`, and makes sure that it is that folder: a part of the path may
    /// have become a link, or another folder, since the path was made canonical.
    ///
    /// # Errors
    /// `project-invalid` when it is not the one that was meant; `io` and its relatives.
    pub fn open_canonical(path: &Path) -> Result<Self> {
        use cap_fs_ext::MetadataExt as _;
        let root = Self::open(path)?;
        let failed = |source| Error::io("open", path, source);
        let opened = root.dir.dir_metadata().map_err(failed)?;
        let named = sys::folder_at(path, false).map_err(failed)?;
        let meant = (opened.dev(), opened.ino()) == named
            && kept(&std::fs::canonicalize(path).map_err(failed)?).is_ok_and(|real| Path::new(&real) == path);
        let reason = "it was exchanged for another folder, or a link, while it was opened";
        if meant { Ok(root) } else { Err(Error::ProjectInvalid { path: path.to_owned(), reason }) }
    }
}

#[cfg(test)]
mod tests {
    #[cfg(unix)]
    use super::*;

    #[cfg(unix)]
    #[test]
    fn a_folder_is_opened_by_its_canonical_path_only() {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path().canonicalize().unwrap();
        std::fs::create_dir_all(at.join("a/b")).unwrap();
        std::os::unix::fs::symlink("a", at.join("link")).unwrap();
        assert!(Root::open_canonical(&at.join("a/b")).is_ok());
        for other in ["link", "link/b", "a/../a"] {
            let error = Root::open_canonical(&at.join(other)).unwrap_err();
            assert_eq!(error.code(), crate::error::Code::ProjectInvalid, "{other}");
        }
    }
}

//! `.skillmeat-deployed.toml`, **the truth about deployments**: one file per profile root, shared with SkillMeat.
//!
//! It arrives with every cloned repository, so it is hostile input: a record is text until [`Record`] has checked
//! it, and a record that fails the checks is reported with its place, kept in the file, and never acted on.
//!
//! It is edited, not rewritten: unknown keys, unknown tables, comments and foreign records survive. A file that
//! does not parse is never written. Key of a record: kind, `artifact_path` and profile.
//!
//! # Armour
//! Of every manifest that was written or read well, our home keeps the **last good copy** (`good`). With it a file
//! that does not parse can be restored, and records that a writer without a lock dropped are noticed. What still
//! parses of a broken text is found by `salvage`.
//!
//! # Of old
//! Where there is only SkillMeat's older file, its records count until the first change (`legacy`).
//!
//! # Who may write
//! A writer holds the project's own lock and, from re-reading the file to renaming the new one over it,
//! SkillMeat's advisory lock ([`lock`]). Readers take no lock: they see the old file or the new one.

mod document;
mod good;
mod legacy;
mod record;
mod salvage;
mod table;

pub use document::{EMPTY, Manifest};
pub use good::{good_copy, keep, keep_text, kept_roots, move_copies};
pub use legacy::LEGACY_NAME;
pub use record::{BadRecord, DEFAULT_PROFILE, Record, RecordKey};
pub use salvage::salvage;

use crate::error::{Error, Result};
use crate::fs::{FileLock, Root};
use crate::path::RelPath;
use std::time::Duration;

/// The file's name in each profile root.
pub const FILE_NAME: &str = ".skillmeat-deployed.toml";
/// SkillMeat's advisory lock beside it: created when absent, never deleted.
pub const LOCK_NAME: &str = "..skillmeat-deployed.toml.skillmeat-lock";
/// A larger file is refused; the largest one seen in the wild has 78 KB.
pub const MAX_BYTES: u64 = 16 * 1024 * 1024;
/// How often a file of zero bytes is read again, and after how long: SkillMeat truncates before it writes.
const TORN_RETRIES: u32 = 20;
const TORN_PAUSE: Duration = Duration::from_millis(10);
const LOCK_PATIENCE: Duration = Duration::from_secs(10);

/// Where the manifest of a profile root is, relative to the project.
///
/// # Errors
/// None in practice: both parts are valid.
pub fn path_in(profile_root: &RelPath) -> Result<RelPath> {
    profile_root.child(FILE_NAME)
}

/// Reads the manifest of a profile root, or the one that SkillMeat had there of old; `None` when there is none.
///
/// # Errors
/// `manifest-invalid` when it does not parse, is not UTF-8, too large or stays empty; `io` and its relatives.
pub fn read(project: &Root, profile_root: &RelPath) -> Result<Option<Manifest>> {
    let path = path_in(profile_root)?;
    let invalid = |reason: String| Error::ManifestInvalid { path: project.absolute(&path), reason };
    for attempt in 0.. {
        let bytes = match project.read(&path, MAX_BYTES) {
            Ok(Some(bytes)) => bytes,
            Ok(None) => return legacy::read(project, profile_root),
            Err(Error::SourceTooLarge { .. }) => return Err(invalid("it is larger than 16 MiB".to_owned())),
            Err(error) => return Err(error),
        };
        if bytes.is_empty() && attempt < TORN_RETRIES {
            std::thread::sleep(TORN_PAUSE);
            continue;
        }
        if bytes.is_empty() {
            return Err(invalid("it is empty, as after a write that was cut off".to_owned()));
        }
        let text = String::from_utf8(bytes).map_err(|_| invalid("it is not valid UTF-8".to_owned()))?;
        let manifest = Manifest::parse(&text, profile_root).map_err(invalid)?;
        let beside = legacy::is_there(project, profile_root)?;
        return Ok(Some(if beside { manifest.beside_legacy() } else { manifest }));
    }
    Ok(None)
}

/// The manifest's text as it stands, whatever it is; `None` when there is none.
///
/// # Errors
/// `manifest-invalid` when it is too large or not UTF-8; `io` and its relatives.
pub fn text(project: &Root, profile_root: &RelPath) -> Result<Option<String>> {
    let path = path_in(profile_root)?;
    let Some(bytes) = project.read(&path, MAX_BYTES)? else { return Ok(None) };
    let invalid = |_| Error::ManifestInvalid {
        path: project.absolute(&path),
        reason: "it is not valid UTF-8".to_owned(),
    };
    String::from_utf8(bytes).map(Some).map_err(invalid)
}

/// Takes SkillMeat's advisory lock on the manifest of a profile root, which must exist as a folder.
///
/// # Errors
/// `project-busy` when another writer keeps it; `io` and its relatives.
pub fn lock(project: &Root, profile_root: &RelPath) -> Result<FileLock> {
    FileLock::acquire(project, &profile_root.child(LOCK_NAME)?, LOCK_PATIENCE, None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_file_is_a_torn_write_and_not_an_empty_manifest() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join(".claude")).unwrap();
        std::fs::write(folder.path().join(".claude").join(FILE_NAME), "").unwrap();
        let root = Root::open(folder.path()).unwrap();
        let error = read(&root, &RelPath::new(".claude").unwrap()).unwrap_err();
        assert_eq!(error.code(), crate::error::Code::ManifestInvalid);
    }

    #[test]
    fn no_file_is_no_manifest() {
        let folder = tempfile::tempdir().unwrap();
        let root = Root::open(folder.path()).unwrap();
        assert!(read(&root, &RelPath::new(".claude").unwrap()).unwrap().is_none());
    }
}

//! Makes an empty collection, as SkillMeat would.

use super::walk::FOLDERS;
use super::{FILE_NAME, FOLDER, names, rel_path};
use crate::error::{Error, Result};
use crate::fs::Root;
use crate::path::RelPath;
use chrono::{DateTime, Utc};
use toml_edit::{Array, DocumentMut, Table, value};

/// Makes the collection `name` with its kind folders and its `collection.toml`. It appears whole or not at all.
///
/// # Errors
/// `invalid-name`; `name-clash` when there is one, also one whose name differs only in case; `io` and its relatives.
pub fn create(home: &Root, name: &str, now: DateTime<Utc>) -> Result<()> {
    let target = rel_path(name)?;
    let clash = |other: &str| Error::NameClash {
        first: other.to_owned(),
        second: name.to_owned(),
        target: home.absolute(&target).display().to_string(),
    };
    if let Some(other) = names(home)?.names.iter().find(|other| other.to_lowercase() == name.to_lowercase()) {
        return Err(clash(other));
    }
    let unfinished = RelPath::new(FOLDER)?.child(&format!(".{}.new", uuid::Uuid::new_v4().simple()))?;
    let made = fill(home, &unfinished, name, now).and_then(|()| home.rename_new(&unfinished, &target));
    if let Err(error) = made {
        // Best effort: the failure that is reported is the one that came first.
        let _ = home.remove(&unfinished);
        return Err(if error.is_already_there() { clash(name) } else { error });
    }
    home.flush_folder(target.parent().as_ref())
}

fn fill(home: &Root, folder: &RelPath, name: &str, now: DateTime<Utc>) -> Result<()> {
    for (_, kind_folder) in FOLDERS {
        home.create_folders(&folder.child(kind_folder)?)?;
    }
    home.write_atomic(&folder.child(FILE_NAME)?, text(name, now).as_bytes())
}

/// SkillMeat writes an empty list above the table.
fn text(name: &str, now: DateTime<Utc>) -> String {
    let mut document = DocumentMut::new();
    document.insert("artifacts", value(Array::new()));
    document.insert("collection", head(name, now).into());
    document.to_string()
}

/// The `[collection]` table of a new collection.
pub(super) fn head(name: &str, now: DateTime<Utc>) -> Table {
    let mut collection = Table::new();
    collection.insert("name", value(name));
    collection.insert("version", value("1.0.0"));
    collection.insert("created", value(stamp(now)));
    collection.insert("updated", value(stamp(now)));
    collection
}

/// SkillMeat wants naive times in UTC.
pub(super) fn stamp(now: DateTime<Utc>) -> String {
    now.naive_utc().format("%Y-%m-%dT%H:%M:%S%.6f").to_string()
}

#[cfg(test)]
#[allow(clippy::disallowed_methods, reason = "tests lay out the disk they look at")]
mod tests {
    use super::*;
    use crate::collection::Collection;
    use crate::error::Code;
    #[cfg(unix)]
    use std::os::unix::fs::PermissionsExt;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn a_new_collection_is_complete_and_empty() {
        let folder = tempfile::tempdir().unwrap();
        let home = Root::open(folder.path()).unwrap();
        create(&home, "my “work”", at("2026-02-11T10:30:00.25Z")).unwrap();
        let path = folder.path().join("collections/my “work”");
        for kind in ["skills", "commands", "agents"] {
            assert!(path.join(kind).is_dir());
        }
        assert_eq!(
            std::fs::read_to_string(path.join(FILE_NAME)).unwrap(),
            "artifacts = []\n\n[collection]\nname = \"my “work”\"\nversion = \"1.0.0\"\n\
             created = \"2026-02-11T10:30:00.250000\"\nupdated = \"2026-02-11T10:30:00.250000\"\n"
        );
        let listing = Collection::open(&home, "my “work”").unwrap().list();
        assert_eq!((listing.artifacts.len(), listing.problems.len()), (0, 0));
    }

    #[test]
    fn a_name_is_taken_in_any_case() {
        let folder = tempfile::tempdir().unwrap();
        let home = Root::open(folder.path()).unwrap();
        create(&home, "work", Utc::now()).unwrap();
        for name in ["work", "Work"] {
            assert_eq!(create(&home, name, Utc::now()).unwrap_err().code(), Code::NameClash);
        }
        assert_eq!(create(&home, "../x", Utc::now()).unwrap_err().code(), Code::InvalidName);
        let left: Vec<_> = std::fs::read_dir(folder.path().join(FOLDER)).unwrap().collect();
        assert_eq!(left.len(), 1, "{left:?}");
    }

    #[test]
    fn a_file_in_the_way_is_a_clash_and_stays() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join(FOLDER)).unwrap();
        std::fs::write(folder.path().join("collections/work"), "mine").unwrap();
        let home = Root::open(folder.path()).unwrap();
        assert_eq!(create(&home, "work", Utc::now()).unwrap_err().code(), Code::NameClash);
        assert_eq!(std::fs::read_to_string(folder.path().join("collections/work")).unwrap(), "mine");
        assert_eq!(std::fs::read_dir(folder.path().join(FOLDER)).unwrap().count(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn a_home_that_cannot_be_written_is_said_so() {
        let folder = tempfile::tempdir().unwrap();
        let home = Root::open(folder.path()).unwrap();
        std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o500)).unwrap();
        let made = create(&home, "work", Utc::now());
        std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o700)).unwrap();
        // Root may write anywhere.
        if let Err(error) = made {
            assert_eq!(error.code(), Code::PermissionDenied);
        } else {
            assert!(folder.path().join("collections/work").is_dir());
        }
    }
}

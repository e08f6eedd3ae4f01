//! The folders that a person linked as collections: `desktop/collections.toml`.

use super::file::{File, shown};
use super::list::{self, left_out, text, trimmed};
use crate::artifact::Layout;
use crate::error::{Problem, Result};
use crate::path::{System, name_refusal};
use std::path::Path;
use toml_edit::{Table, TableLike, value};

pub(super) const FILE: &str = "desktop/collections.toml";
const LIST: &str = "collections";

/// A folder that is a collection, read-only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkedCollection {
    /// The collection's name.
    pub name: String,
    /// Its folder: absolute, without a trailing slash. It need not exist.
    pub path: String,
    /// Where artifacts are in it; `None`: it is looked at.
    pub layout: Option<Layout>,
}

/// The linked collections, and entries that cannot be read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LinkedCollections {
    /// The collections, in the order of the file; names are unique in any case.
    pub collections: Vec<LinkedCollection>,
    /// Entries that are left out. They stay in the file.
    pub problems: Vec<Problem>,
}

/// The linked collections.
///
/// # Errors
/// `config-invalid` when the file does not parse; `io` and its relatives.
pub fn collections(home: &Path) -> Result<LinkedCollections> {
    let file = File::read(home, FILE)?;
    let mut known = LinkedCollections::default();
    for (position, entry) in list::entries(&file, LIST)?.into_iter().enumerate() {
        let left_out = |reason: &str| left_out("Collection", position + 1, FILE, reason);
        match entry.map_or_else(|| Err("it is not a table".to_owned()), read) {
            Err(reason) => known.problems.push(left_out(&reason)),
            Ok(one) if known.collections.iter().any(|other| is_same(&other.name, &one.name)) => {
                known.problems.push(left_out(&format!("the name “{}” is taken before", shown(&one.name))));
            }
            Ok(one) => known.collections.push(one),
        }
    }
    Ok(known)
}

/// Adds a linked collection. The caller has looked whether the name is free.
///
/// # Errors
/// As [`collections`], also when the file cannot be written. The caller holds the lock (see [`super`]).
pub fn link_collection(home: &Path, linked: &LinkedCollection) -> Result<()> {
    let mut file = File::read(home, FILE)?;
    list::entries(&file, LIST)?;
    let mut table = Table::new();
    table.insert("name", value(&linked.name));
    table.insert("path", value(trimmed(&linked.path)));
    if let Some(layout) = linked.layout {
        table.insert("layout", value(layout.as_str()));
    }
    list::push(&mut file, LIST, table);
    file.save()
}

/// Forgets a linked collection. Tells whether there was one.
///
/// # Errors
/// As [`link_collection`].
pub fn unlink_collection(home: &Path, name: &str) -> Result<bool> {
    let mut file = File::read(home, FILE)?;
    let removed = list::remove(&mut file, LIST, |entry| text(entry, "name") == Some(name))?;
    file.save()?;
    Ok(removed)
}

fn read(table: &dyn TableLike) -> Result<LinkedCollection, String> {
    let name = text(table, "name").ok_or("“name” is missing or not a text")?;
    if let Some(reason) = name_refusal(name) {
        return Err(format!("the name “{}” cannot be used: {reason}", shown(name)));
    }
    let path = text(table, "path").map(trimmed).ok_or("“path” is missing or not a text")?;
    if !System::HERE.is_absolute(path) {
        return Err("its path is not absolute".to_owned());
    }
    let layout = match table.get("layout").map(|item| item.as_str().and_then(Layout::parse)) {
        Some(None) => {
            let known = Layout::ALL.map(Layout::as_str).join(", ");
            return Err(format!("its layout is none of {known}"));
        }
        layout => layout.flatten(),
    };
    Ok(LinkedCollection { name: name.to_owned(), path: path.to_owned(), layout })
}

fn is_same(one: &str, other: &str) -> bool {
    one.to_lowercase() == other.to_lowercase()
}

#[cfg(test)]
#[allow(clippy::disallowed_methods, reason = "tests lay out the disk they look at")]
mod tests {
    use super::*;
    use crate::error::Code;
    use rstest::rstest;

    fn home(text: &str) -> tempfile::TempDir {
        let home = tempfile::tempdir().unwrap();
        std::fs::create_dir(home.path().join("desktop")).unwrap();
        std::fs::write(home.path().join(FILE), text).unwrap();
        home
    }

    fn linked(name: &str, path: &str, layout: Option<Layout>) -> LinkedCollection {
        LinkedCollection { name: name.to_owned(), path: path.to_owned(), layout }
    }

    #[test]
    fn without_a_file_nothing_is_linked_and_the_first_one_makes_it() {
        let folder = tempfile::tempdir().unwrap();
        let home = folder.path().join("home");
        assert_eq!(collections(&home).unwrap(), LinkedCollections::default());
        assert!(!unlink_collection(&home, "a").unwrap());
        assert!(!home.exists());
        let team = linked("team", "/src/team", Some(Layout::Marketplace));
        link_collection(&home, &team).unwrap();
        assert_eq!(collections(&home).unwrap().collections, [team]);
        assert_eq!(
            std::fs::read_to_string(home.join(FILE)).unwrap(),
            "[[collections]]\nname = \"team\"\npath = \"/src/team\"\nlayout = \"marketplace\"\n"
        );
    }

    #[test]
    fn everything_foreign_survives_linking_and_unlinking() {
        let text = "# mine\n\n# the team's\n[[collections]]\nname = \"team\" # here\npath = \"/t\"\ncolour = 3\n\n\
                    [other]\nx = 1\n";
        let home = home(text);
        link_collection(home.path(), &linked("b", "/b/", None)).unwrap();
        let names: Vec<_> = collections(home.path()).unwrap().collections;
        assert_eq!(names, [linked("team", "/t", None), linked("b", "/b", None)]);
        assert!(unlink_collection(home.path(), "b").unwrap());
        assert_eq!(std::fs::read_to_string(home.path().join(FILE)).unwrap(), text);
    }

    #[test]
    fn a_bad_entry_is_left_out_and_stays_in_the_file() {
        let entry = |text: &str| format!("[[collections]]\n{text}\n");
        let home = home(
            &[
                entry("path = \"/a\""),
                entry("name = \"a\"\npath = \"a\""),
                entry("name = \"../a\"\npath = \"/a\""),
                entry("name = \"a\"\npath = \"/a\"\nlayout = \"odd\""),
                entry("name = \"a\"\npath = \"/a\"\nlayout = 3"),
                entry("name = \"Good\"\npath = \"/g\"\nlayout = \"skills\""),
                entry("name = \"good\"\npath = \"/h\""),
            ]
            .concat(),
        );
        let known = collections(home.path()).unwrap();
        assert_eq!(known.collections, [linked("Good", "/g", Some(Layout::Skills))]);
        assert_eq!(known.problems.len(), 6, "{:?}", known.problems);
        link_collection(home.path(), &linked("new", "/n", None)).unwrap();
        let after = std::fs::read_to_string(home.path().join(FILE)).unwrap();
        assert!(after.contains("layout = \"odd\"") && after.contains("../a"), "{after}");
    }

    #[rstest]
    #[case("[[collections]\n")]
    #[case("collections = 3\n")]
    #[case("collections = { name = \"a\" }\n")]
    fn a_file_that_does_not_parse_is_left_alone(#[case] text: &str) {
        let home = home(text);
        assert_eq!(collections(home.path()).unwrap_err().code(), Code::ConfigInvalid);
        let link = link_collection(home.path(), &linked("a", "/a", None));
        assert_eq!(link.unwrap_err().code(), Code::ConfigInvalid);
        assert_eq!(unlink_collection(home.path(), "a").unwrap_err().code(), Code::ConfigInvalid);
        assert_eq!(std::fs::read_to_string(home.path().join(FILE)).unwrap(), text);
    }
}

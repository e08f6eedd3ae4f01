//! What a person pinned, to deploy it with one click: `[[pins]]` in `desktop/settings.toml`.
//!
//! ```toml
//! [[pins]]
//! collection = "default"
//! artifact = "skill:code-review"
//!
//! [[pins]]
//! collection = "default"
//! set = "0b1d9f6e0c6b4f5f9a5f3f0f7b1c2d3e"
//! ```

use super::OURS;
use super::file::File;
use super::list::{self, text};
use crate::error::Result;
use serde::{Deserialize, Serialize};
use std::path::Path;
use toml_edit::{Table, TableLike, value};

const LIST: &str = "pins";

/// One thing that was pinned. It need not be there any more.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Pin {
    /// An artifact.
    Artifact {
        /// Its collection.
        collection: String,
        /// `type:name`.
        artifact_id: String,
    },
    /// A deployment set.
    Set {
        /// Its collection.
        collection: String,
        /// Its id.
        set_id: String,
    },
}

impl Pin {
    /// Its collection.
    pub fn collection(&self) -> &str {
        match self {
            Self::Artifact { collection, .. } | Self::Set { collection, .. } => collection,
        }
    }

    fn table(&self) -> Table {
        let mut table = Table::new();
        table.insert("collection", value(self.collection()));
        match self {
            Self::Artifact { artifact_id, .. } => table.insert("artifact", value(artifact_id)),
            Self::Set { set_id, .. } => table.insert("set", value(set_id)),
        };
        table
    }
}

/// Changes what is pinned: `gone` goes, then `new` comes to the end. What is pinned already stays where it is. Keys that
/// we do not know stay. The caller holds the lock (see [`super`]).
///
/// # Errors
/// `config-invalid` when the file does not parse; `io` and its relatives.
pub fn change_pins(home: &Path, new: &[Pin], gone: &[Pin]) -> Result<()> {
    let mut file = File::read(home, OURS)?;
    let mut pins = read(&file)?;
    for pin in gone {
        list::remove(&mut file, LIST, |entry| parse(entry).as_ref() == Some(pin))?;
        pins.retain(|other| other != pin);
    }
    for pin in new {
        if !pins.contains(pin) {
            list::push(&mut file, LIST, pin.table());
            pins.push(pin.clone());
        }
    }
    file.save()
}

/// What is pinned, in the order of the file, each once.
///
/// # Errors
/// `config-invalid` for an entry that is no pin.
pub(super) fn read(file: &File) -> Result<Vec<Pin>> {
    let mut pins = Vec::new();
    for (position, entry) in list::entries(file, LIST)?.into_iter().enumerate() {
        let wrong = || {
            let number = position + 1;
            file.invalid(format!("pin {number} does not name a “collection” and an “artifact” or a “set”"))
        };
        let pin = entry.and_then(parse).ok_or_else(wrong)?;
        if !pins.contains(&pin) {
            pins.push(pin);
        }
    }
    Ok(pins)
}

fn parse(entry: &dyn TableLike) -> Option<Pin> {
    let collection = text(entry, "collection")?.to_owned();
    match (text(entry, "artifact"), text(entry, "set")) {
        (Some(id), None) => Some(Pin::Artifact { collection, artifact_id: id.to_owned() }),
        (None, Some(id)) => Some(Pin::Set { collection, set_id: id.to_owned() }),
        _ => None,
    }
}

#[cfg(test)]
#[allow(clippy::disallowed_methods, reason = "tests lay out the disk they look at")]
mod tests {
    use super::*;
    use crate::error::Code;
    use crate::settings;
    use rstest::rstest;

    fn home(text: &str) -> tempfile::TempDir {
        let home = tempfile::tempdir().unwrap();
        std::fs::create_dir(home.path().join("desktop")).unwrap();
        std::fs::write(home.path().join(OURS), text).unwrap();
        home
    }

    fn content(home: &tempfile::TempDir) -> String {
        std::fs::read_to_string(home.path().join(OURS)).unwrap()
    }

    fn artifact(id: &str) -> Pin {
        Pin::Artifact { collection: "default".to_owned(), artifact_id: id.to_owned() }
    }

    fn set(id: &str) -> Pin {
        Pin::Set { collection: "default".to_owned(), set_id: id.to_owned() }
    }

    fn pins(home: &tempfile::TempDir) -> Vec<Pin> {
        settings::read(home.path()).unwrap().pins
    }

    #[test]
    fn the_first_pin_makes_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let home = folder.path().join("home");
        change_pins(&home, &[], &[artifact("skill:a")]).unwrap();
        assert!(!home.exists());
        change_pins(&home, &[artifact("skill:a"), set("7")], &[]).unwrap();
        assert_eq!(
            std::fs::read_to_string(home.join(OURS)).unwrap(),
            "[[pins]]\ncollection = \"default\"\nartifact = \"skill:a\"\n\n\
             [[pins]]\ncollection = \"default\"\nset = \"7\"\n"
        );
        assert_eq!(settings::read(&home).unwrap().pins, [artifact("skill:a"), set("7")]);
    }

    #[test]
    fn everything_foreign_survives() {
        let text = "# mine\ntheme = \"dark\" # night\nzoom = 1.5\n\n# the best\n[[pins]]\ncollection = \"default\"\n\
                    artifact = \"skill:a\" # why\ncolour = 3\n\n[other]\nx = 1\n";
        let home = home(text);
        change_pins(home.path(), &[set("7"), artifact("skill:a")], &[]).unwrap();
        assert_eq!(pins(&home), [artifact("skill:a"), set("7")]);
        change_pins(home.path(), &[], &[set("7")]).unwrap();
        assert_eq!(content(&home), text);
        change_pins(home.path(), &[], &[artifact("skill:a")]).unwrap();
        assert_eq!(pins(&home), []);
        for kept in ["# mine", "theme = \"dark\" # night", "zoom = 1.5", "# the best", "[other]\nx = 1"] {
            assert!(content(&home).contains(kept), "{kept}:\n{}", content(&home));
        }
    }

    #[test]
    fn a_pin_that_is_there_stays_where_it_is() {
        let home = home(
            "pins = [{ collection = \"default\", set = \"7\" }, { collection = \"default\", artifact = \"skill:a\" }]\n",
        );
        let before = content(&home);
        change_pins(home.path(), &[artifact("skill:a"), set("7")], &[]).unwrap();
        assert_eq!((content(&home), pins(&home).len()), (before, 2));
    }

    #[rstest]
    #[case("pins = 3\n")]
    #[case("pins = [\"skill:a\"]\n")]
    #[case("[[pins]]\nartifact = \"skill:a\"\n")]
    #[case("[[pins]]\ncollection = \"c\"\n")]
    #[case("[[pins]]\ncollection = \"c\"\nartifact = \"skill:a\"\nset = \"7\"\n")]
    fn what_is_no_pin_is_told_and_left_alone(#[case] text: &str) {
        let home = home(text);
        assert_eq!(settings::read(home.path()).unwrap_err().code(), Code::ConfigInvalid);
        let changed = change_pins(home.path(), &[artifact("skill:b")], &[]);
        assert_eq!(changed.unwrap_err().code(), Code::ConfigInvalid);
        assert_eq!(content(&home), text);
    }
}

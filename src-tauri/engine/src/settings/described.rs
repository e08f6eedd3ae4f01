//! A project's name and description, in SkillMeat's `.claude/.skillmeat-project.toml`: `[project]` with `path`, `name`,
//! `created_at`, and where there are any `description` and `updated_at`.
//!
//! It travels with the repository, so its name is what the project is called, before the one in our list. It holds no
//! profiles: SkillMeat keeps them in its database, and would drop from this file whatever it does not know.
//!
//! It is edited in place; unknown keys and comments stay. A file that does not parse is `config-invalid`, told, and never
//! written. A write is one rename of a whole new text: the file says nothing that an operation depends on, and what it
//! said before is a name and a line of text, so it is no part of the journal and of what undo brings back: nothing of a person's is replaced but that line, and
//! it is written again as easily.

use super::file::{put, shown};
use crate::error::{Error, Result, parser_reason};
use crate::fs::{EntryKind, Root};
use crate::path::RelPath;
use serde::{Deserialize, Serialize};
use toml_edit::{DocumentMut, Item, Table, TableLike};

/// The file, relative to the project.
pub const PROJECT_FILE: &str = ".claude/.skillmeat-project.toml";
/// Its name in the profile root.
pub const PROJECT_FILE_NAME: &str = ".skillmeat-project.toml";
const TABLE: &str = "project";
/// A larger file is refused: 1 MiB.
const MAX_BYTES: u64 = 1024 * 1024;
const MOST_NAME: usize = 100;
const MOST_DESCRIPTION: usize = 2000;

/// What a person says of a project; what is absent stays.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct Describe {
    /// Its name.
    pub name: Option<String>,
    /// What it is; empty takes the description away.
    pub description: Option<String>,
}

/// What the file says. Texts that cannot be shown in a line are left out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Description {
    /// The project's name.
    pub name: Option<String>,
    /// What it is.
    pub description: Option<String>,
}

/// What the file of a project says.
///
/// # Errors
/// `config-invalid` when it does not parse or `[project]` is no table; `io` and its relatives.
pub fn description(project: &Root) -> Result<Description> {
    let path = RelPath::new(PROJECT_FILE)?;
    let Some(text) = read(project, &path)? else { return Ok(Description::default()) };
    let document = parse(project, &path, &text)?;
    let table = table_of(project, &path, &document)?;
    let text = |key: &str| table.and_then(|table| table.get(key)).and_then(Item::as_str).map(str::trim);
    let name = text("name").filter(|name| refusal(name, MOST_NAME).is_none() && !name.is_empty());
    let description = text("description").filter(|text| !text.is_empty());
    let is_sane = |text: &&str| text.chars().count() <= MOST_DESCRIPTION && !text.chars().any(is_command);
    let owned = |text: Option<&str>| text.map(str::to_owned);
    Ok(Description { name: owned(name), description: owned(description.filter(is_sane)) })
}

/// Writes what a person says of a project into its file, or into a new one. `known` is its folder and the name that it
/// goes by, `now` ISO-8601. The caller holds the project's lock.
///
/// # Errors
/// As [`description`]; `invalid-name` for a name that is empty or cannot be shown in a line; `config-invalid` for a file
/// that is a link, which would be replaced.
pub fn describe(project: &Root, said: &Describe, (folder, name): (&str, &str), now: &str) -> Result<()> {
    let refused = |name: &str, reason| Error::InvalidName { name: name.to_owned(), reason };
    if let Some(name) = &said.name
        && let Some(reason) = refusal(name.trim(), MOST_NAME)
    {
        return Err(refused(name, reason));
    }
    if let Some(text) = &said.description
        && (text.chars().count() > MOST_DESCRIPTION || text.chars().any(is_command))
    {
        return Err(refused(&shown(text), "a description is a text of at most 2,000 characters"));
    }
    let path = RelPath::new(PROJECT_FILE)?;
    let before = read(project, &path)?;
    let mut document = parse(project, &path, before.as_deref().unwrap_or_default())?;
    table_of(project, &path, &document)?;
    let item = document.entry(TABLE).or_insert_with(|| Item::Table(Table::new()));
    let Some(table) = item.as_table_like_mut() else { return Ok(()) };
    edit(table, said, (folder, name), now);
    let text = document.to_string();
    if before.as_deref() == Some(text.as_str()) {
        return Ok(());
    }
    if project.entry(&path)?.is_some_and(|entry| entry.kind == EntryKind::Link) {
        let reason = "it is a symbolic link, which writing would replace".to_owned();
        return Err(Error::ConfigInvalid { path: project.absolute(&path), reason });
    }
    if let Some(folder) = path.parent() {
        project.create_folders(&folder)?;
    }
    project.write_atomic(&path, text.as_bytes())
}

fn edit(table: &mut dyn TableLike, said: &Describe, (folder, name): (&str, &str), now: &str) {
    let is_new = table.get("created_at").is_none();
    // SkillMeat reads no file without these.
    for (key, text) in [("path", folder), ("name", name), ("created_at", now)] {
        if table.get(key).is_none() {
            put(table, key, text.into());
        }
    }
    let same = |table: &dyn TableLike, key: &str, text: &str| {
        table.get(key).and_then(Item::as_str).unwrap_or_default() == text
    };
    let mut changed = false;
    for (key, text) in [("name", &said.name), ("description", &said.description)] {
        let Some(text) = text.as_deref().map(str::trim) else { continue };
        if same(table, key, text) {
            continue;
        }
        changed = true;
        match text {
            "" => _ = table.remove(key),
            text => put(table, key, text.into()),
        }
    }
    if changed && !is_new {
        put(table, "updated_at", now.into());
    }
}

/// The file's text; `None` without one.
fn read(project: &Root, path: &RelPath) -> Result<Option<String>> {
    let invalid =
        |reason: &str| Error::ConfigInvalid { path: project.absolute(path), reason: reason.to_owned() };
    let bytes = match project.read(path, MAX_BYTES) {
        Err(Error::SourceTooLarge { .. }) => return Err(invalid("it is larger than 1 MiB")),
        other => other?,
    };
    let Some(bytes) = bytes else { return Ok(None) };
    let text = String::from_utf8(bytes).map_err(|_| invalid("it is not valid UTF-8"))?;
    if text.trim().is_empty() {
        return Err(invalid("it is empty, as after a write that was cut off"));
    }
    Ok(Some(text))
}

fn parse(project: &Root, path: &RelPath, text: &str) -> Result<DocumentMut> {
    text.parse().map_err(|error: toml_edit::TomlError| Error::ConfigInvalid {
        path: project.absolute(path),
        reason: parser_reason(text, error.message(), error.span()),
    })
}

fn table_of<'d>(
    project: &Root,
    path: &RelPath,
    document: &'d DocumentMut,
) -> Result<Option<&'d dyn TableLike>> {
    let wrong = || Error::ConfigInvalid {
        path: project.absolute(path),
        reason: format!("“{TABLE}” is not a table"),
    };
    document.get(TABLE).map(|item| item.as_table_like().ok_or_else(wrong)).transpose()
}

/// Why a text is no name.
fn refusal(name: &str, most: usize) -> Option<&'static str> {
    if name.is_empty() {
        Some("it is empty")
    } else if name.chars().any(char::is_control) {
        Some("it contains a control character")
    } else if name.chars().count() > most {
        Some("it is longer than 100 characters")
    } else {
        None
    }
}

/// A control character that is no line break or tab.
fn is_command(letter: char) -> bool {
    letter.is_control() && !matches!(letter, '\n' | '\t')
}

#[cfg(test)]
#[allow(clippy::disallowed_methods, reason = "tests lay out the disk they look at")]
mod tests {
    use super::*;
    use crate::error::Code;
    use rstest::rstest;

    const NOW: &str = "2026-02-11T10:30:00.000000+00:00";

    struct Place {
        folder: tempfile::TempDir,
        root: Root,
    }

    fn place(text: Option<&str>) -> Place {
        let folder = tempfile::tempdir().unwrap();
        if let Some(text) = text {
            std::fs::create_dir(folder.path().join(".claude")).unwrap();
            std::fs::write(folder.path().join(PROJECT_FILE), text).unwrap();
        }
        let root = Root::open(folder.path()).unwrap();
        Place { folder, root }
    }

    impl Place {
        fn text(&self) -> String {
            std::fs::read_to_string(self.folder.path().join(PROJECT_FILE)).unwrap()
        }

        fn say(&self, name: Option<&str>, description: Option<&str>) -> Result<()> {
            let said =
                Describe { name: name.map(str::to_owned), description: description.map(str::to_owned) };
            describe(&self.root, &said, ("/p/api", "api"), NOW)
        }
    }

    #[test]
    fn a_new_file_has_what_skillmeat_reads() {
        let place = place(None);
        assert_eq!(description(&place.root).unwrap(), Description::default());
        place.say(None, Some("The interface.")).unwrap();
        assert_eq!(
            place.text(),
            format!(
                "[project]\npath = \"/p/api\"\nname = \"api\"\ncreated_at = \"{NOW}\"\ndescription = \"The interface.\"\n"
            )
        );
    }

    #[test]
    fn what_skillmeat_wrote_is_edited_in_its_place() {
        let text = "# ours\n[project]\npath = \"/elsewhere\" # moved\nname = \"Old\"\ncreated_at = \"2025-01-01T00:00:00\"\n\
                    colour = 3\n\n[other]\nx = 1\n";
        let place = place(Some(text));
        let read = || description(&place.root).unwrap();
        assert_eq!(read().name.as_deref(), Some("Old"));
        place.say(Some(" New "), Some("d")).unwrap();
        assert_eq!(
            place.text(),
            text.replace("\"Old\"", "\"New\"").replace(
                "colour = 3\n",
                &format!("colour = 3\ndescription = \"d\"\nupdated_at = \"{NOW}\"\n")
            )
        );
        assert_eq!((read().name.as_deref(), read().description.as_deref()), (Some("New"), Some("d")));
        place.say(None, Some("")).unwrap();
        assert_eq!(read().description, None);
    }

    #[rstest]
    #[case("")]
    #[case("[project\n")]
    #[case("project = 3\n")]
    #[case("\u{0}")]
    fn what_does_not_parse_is_told_and_not_written(#[case] text: &str) {
        let place = place(Some(text));
        assert_eq!(description(&place.root).unwrap_err().code(), Code::ConfigInvalid);
        assert_eq!(place.say(Some("x"), None).unwrap_err().code(), Code::ConfigInvalid);
        assert_eq!(place.text(), text);
    }

    #[test]
    fn a_name_that_cannot_be_shown_is_neither_read_nor_written() {
        let place = place(Some("[project]\nname = \"a\\u001b[31m\"\ndescription = \"\\u0007\"\n"));
        assert_eq!(description(&place.root).unwrap(), Description::default());
        for name in ["", "  ", "a\nb", &"x".repeat(101)] {
            assert_eq!(place.say(Some(name), None).unwrap_err().code(), Code::InvalidName, "{name:?}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_linked_file_is_not_replaced() {
        let place = place(Some("[project]\nname = \"x\"\n"));
        let at = place.folder.path().join(".claude");
        std::fs::rename(place.folder.path().join(PROJECT_FILE), at.join("real.toml")).unwrap();
        std::os::unix::fs::symlink("real.toml", place.folder.path().join(PROJECT_FILE)).unwrap();
        assert_eq!(place.say(Some("y"), None).unwrap_err().code(), Code::ConfigInvalid);
        assert_eq!(std::fs::read_to_string(at.join("real.toml")).unwrap(), "[project]\nname = \"x\"\n");
    }
}

//! The projects that a person registered: `desktop/projects.toml`.

use super::file::{File, put, shown};
use super::list::{self, left_out, text, trimmed};
use super::own_profiles::{self, Refused};
use crate::clock::iso;
use crate::error::{Problem, Result};
use crate::path::System;
use crate::platform::Profile;
use chrono::{DateTime, Utc};
use std::path::Path;
use toml_edit::{Item, Table, TableLike, Value, value};

pub(super) const FILE: &str = "desktop/projects.toml";
pub(super) const LIST: &str = "projects";

/// A registered project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownProject {
    /// Its folder: absolute, without a trailing slash. It need not exist.
    pub path: String,
    /// The name to show.
    pub name: String,
    /// When it was registered, ISO-8601; empty when the file does not say.
    pub added_at: String,
    /// The profiles a person chose for it; empty means all that there are.
    pub profiles: Vec<String>,
    /// The profiles of its own, checked.
    pub own: Vec<Profile>,
}

/// The registered projects, and entries that cannot be read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KnownProjects {
    /// The projects, in the order of the file; paths are unique.
    pub projects: Vec<KnownProject>,
    /// Entries that are left out. They stay in the file.
    pub problems: Vec<Problem>,
}

/// The registered projects.
///
/// # Errors
/// `config-invalid` when the file does not parse; `io` and its relatives.
pub fn projects(home: &Path) -> Result<KnownProjects> {
    read_all(&File::read(home, FILE)?)
}

fn read_all(file: &File) -> Result<KnownProjects> {
    let mut known = KnownProjects::default();
    for (position, entry) in list::entries(file, LIST)?.into_iter().enumerate() {
        let left_out = |reason: &str| left_out("Project", position + 1, FILE, reason);
        match entry.map_or_else(|| Err("it is not a table"), read) {
            Err(reason) => known.problems.push(left_out(reason)),
            Ok((project, _)) if known.projects.iter().any(|other| other.path == project.path) => {
                known.problems.push(left_out(&format!("{} is listed before", shown(&project.path))));
            }
            Ok((project, refused)) => {
                let place = format!("{} in {FILE}", shown(&project.path));
                let each = refused.iter().map(|(number, reason)| {
                    list::left_out("Own profile", *number, &place, reason).about(FILE)
                });
                known.problems.extend(each);
                known.projects.push(project);
            }
        }
    }
    Ok(known)
}

/// Registers projects, each a path and a name, in one go, and gives their entries; one that is registered stays as it is.
///
/// # Errors
/// As [`projects`], also when the file cannot be written. The caller holds the lock (see [`super`]).
pub fn add_projects(home: &Path, wanted: &[(&str, &str)], now: DateTime<Utc>) -> Result<Vec<KnownProject>> {
    let mut file = File::read(home, FILE)?;
    let mut known = read_all(&file)?.projects;
    let mut entries = Vec::new();
    for (path, name) in wanted {
        let path = trimmed(path);
        if let Some(known) = known.iter().find(|known| known.path == path) {
            entries.push(known.clone());
            continue;
        }
        let added_at = iso(now);
        let mut table = Table::new();
        for (key, text) in [("path", path), ("name", name), ("added_at", &added_at)] {
            table.insert(key, value(text));
        }
        list::push(&mut file, LIST, table);
        let (path, name) = (path.to_owned(), (*name).to_owned());
        known.push(KnownProject { path, name, added_at, profiles: Vec::new(), own: Vec::new() });
        entries.extend(known.last().cloned());
    }
    file.save()?;
    Ok(entries)
}

/// Forgets a project. Tells whether it was registered.
///
/// # Errors
/// As [`add_projects`].
pub fn remove_project(home: &Path, path: &str) -> Result<bool> {
    let mut file = File::read(home, FILE)?;
    let path = trimmed(path);
    let removed = list::remove(&mut file, LIST, |entry| text(entry, "path").map(trimmed) == Some(path))?;
    file.save()?;
    Ok(removed)
}

/// Gives a project the folder that it was moved to, and a name. Comments and unknown keys of its entry stay.
///
/// # Errors
/// As [`add_projects`].
pub fn move_project(home: &Path, from: &str, to: &str, name: &str) -> Result<()> {
    let mut file = File::read(home, FILE)?;
    let from = trimmed(from);
    let entry = list::entry_mut(&mut file, LIST, |entry| text(entry, "path").map(trimmed) == Some(from))?;
    if let Some(table) = entry {
        put(table, "path", to.into());
        put(table, "name", name.into());
    }
    file.save()
}

/// A project, and what is wrong with profiles of its own.
fn read(table: &dyn TableLike) -> Result<(KnownProject, Refused), &'static str> {
    let path = text(table, "path").map(trimmed).ok_or("“path” is missing or not a text")?;
    if !System::HERE.is_absolute(path) {
        return Err("its path is not absolute");
    }
    let folder = System::HERE.folder_name(path);
    let added_at = table.get("added_at").and_then(Item::as_value).map(|value| match value {
        Value::Datetime(time) => time.value().to_string(),
        other => other.as_str().unwrap_or_default().to_owned(),
    });
    let profiles = table.get("profiles").and_then(Item::as_array);
    let (own, refused) = own_profiles::read(table);
    let project = KnownProject {
        path: path.to_owned(),
        name: text(table, "name").unwrap_or(folder).to_owned(),
        added_at: added_at.unwrap_or_default(),
        profiles: profiles.into_iter().flatten().filter_map(|id| id.as_str().map(str::to_owned)).collect(),
        own,
    };
    Ok((project, refused))
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

    fn content(home: &tempfile::TempDir) -> String {
        std::fs::read_to_string(home.path().join(FILE)).unwrap()
    }

    fn at() -> DateTime<Utc> {
        "2026-02-11T10:30:00Z".parse().unwrap()
    }

    fn add_project(home: &Path, path: &str, name: &str, now: DateTime<Utc>) -> Result<KnownProject> {
        Ok(add_projects(home, &[(path, name)], now)?.remove(0))
    }

    fn paths(home: &Path) -> Vec<String> {
        projects(home).unwrap().projects.into_iter().map(|project| project.path).collect()
    }

    #[test]
    fn the_first_project_makes_the_file_and_what_leads_to_it() {
        let folder = tempfile::tempdir().unwrap();
        let home = folder.path().join("new/home");
        assert_eq!(projects(&home).unwrap(), KnownProjects::default());
        assert!(!remove_project(&home, "/p/a").unwrap());
        assert!(!home.exists());
        let added = add_project(&home, "/p/a/", "A", at()).unwrap();
        assert_eq!(projects(&home).unwrap().projects, [added]);
        assert_eq!(
            std::fs::read_to_string(home.join(FILE)).unwrap(),
            "[[projects]]\npath = \"/p/a\"\nname = \"A\"\nadded_at = \"2026-02-11T10:30:00.000000+00:00\"\n"
        );
    }

    #[test]
    fn adding_again_changes_nothing() {
        let home = home("[[projects]]\npath = \"/p/a\"\nname = \"Mine\"\nprofiles = [\"codex\"]\n");
        let before = content(&home);
        let known = add_project(home.path(), "/p/a", "Other", at()).unwrap();
        assert_eq!((known.name.as_str(), known.profiles.as_slice()), ("Mine", &["codex".to_owned()][..]));
        assert_eq!(content(&home), before);
    }

    #[test]
    fn several_are_added_at_once_and_each_once() {
        let home = home("[[projects]]\npath = \"/p/a\"\nname = \"Mine\"\n");
        let wanted = [("/p/b", "B"), ("/p/a", "Other"), ("/p/b/", "Again"), ("/p/c", "C")];
        let added = add_projects(home.path(), &wanted, at()).unwrap();
        let names: Vec<_> = added.iter().map(|one| (one.path.as_str(), one.name.as_str())).collect();
        assert_eq!(names, [("/p/b", "B"), ("/p/a", "Mine"), ("/p/b", "B"), ("/p/c", "C")]);
        assert_eq!(paths(home.path()), ["/p/a", "/p/b", "/p/c"]);
    }

    #[test]
    fn everything_foreign_survives_adding_and_removing() {
        let text = "# my projects\nowner = \"me\"\n\n# about a\n[[projects]]\npath = \"/p/a\" # here\ncolour = 3\n\n\
                    # about b\n[[projects]]\npath = \"/p/b\"\n\n[other]\nx = 1\n# end\n";
        let home = home(text);
        add_project(home.path(), "/p/c", "C", at()).unwrap();
        assert_eq!(paths(home.path()), ["/p/a", "/p/b", "/p/c"]);
        assert!(remove_project(home.path(), "/p/c").unwrap());
        assert_eq!(content(&home), text);
        assert!(remove_project(home.path(), "/p/a").unwrap());
        assert!(remove_project(home.path(), "/p/b").unwrap());
        assert_eq!(paths(home.path()), Vec::<String>::new());
        for kept in ["# my projects", "owner = \"me\"", "# about a", "# about b", "[other]", "# end"] {
            assert!(content(&home).contains(kept), "{kept}:\n{}", content(&home));
        }
    }

    #[rstest]
    #[case(
        "# top\n[[projects]]\npath = \"/p/a\" # here\ncolour = 3\n",
        "# top\n[[projects]]\npath = \"/q\" # here\ncolour = 3\nname = \"Q\"\n"
    )]
    #[case(
        "projects = [{ path = \"/p/a/\", name = \"A\" }] # all\n",
        "projects = [{ path = \"/q\", name = \"Q\" }] # all\n"
    )]
    #[case("[[projects]]\npath = \"/p/b\"\n", "[[projects]]\npath = \"/p/b\"\n")]
    fn a_move_changes_path_and_name_and_nothing_else(#[case] text: &str, #[case] want: &str) {
        let home = home(text);
        move_project(home.path(), "/p/a", "/q", "Q").unwrap();
        assert_eq!(content(&home), want);
    }

    #[rstest]
    #[case("projects = []\n")]
    #[case("projects = [{ path = \"/p/x\" }]\n")]
    fn inline_lists_work_too(#[case] text: &str) {
        let home = home(text);
        let before = paths(home.path());
        add_project(home.path(), "/p/a", "A", at()).unwrap();
        assert_eq!(paths(home.path()), [before.clone(), vec!["/p/a".to_owned()]].concat());
        assert!(remove_project(home.path(), "/p/a").unwrap());
        assert_eq!(paths(home.path()), before);
    }

    #[test]
    fn a_bad_entry_is_left_out_and_stays_in_the_file() {
        let home = home(
            "[[projects]]\nname = \"no path\"\n[[projects]]\npath = \"relative\"\n[[projects]]\npath = \"/p/a\"\n\
             added_at = 2026-01-01T00:00:00Z\n[[projects]]\npath = \"/p/a/\"\n",
        );
        let known = projects(home.path()).unwrap();
        let want = KnownProject {
            path: "/p/a".to_owned(),
            name: "a".to_owned(),
            added_at: "2026-01-01T00:00:00Z".to_owned(),
            profiles: Vec::new(),
            own: Vec::new(),
        };
        assert_eq!(known.projects, [want]);
        assert_eq!(known.problems.len(), 3);
        add_project(home.path(), "/p/b", "B", at()).unwrap();
        assert!(content(&home).contains("no path") && content(&home).contains("relative"));
    }

    #[rstest]
    #[case("[[projects]\n")]
    #[case("projects = 3\n")]
    #[case("projects = { path = \"/p\" }\n")]
    fn a_file_that_does_not_parse_is_left_alone(#[case] text: &str) {
        let home = home(text);
        assert_eq!(projects(home.path()).unwrap_err().code(), Code::ConfigInvalid);
        assert_eq!(add_project(home.path(), "/p/a", "A", at()).unwrap_err().code(), Code::ConfigInvalid);
        assert_eq!(remove_project(home.path(), "/p/a").unwrap_err().code(), Code::ConfigInvalid);
        assert_eq!(content(&home), text);
    }
}

//! The profiles of a project's own, in its entry of `desktop/projects.toml`: `[[projects.own_profiles]]` with `id`,
//! `platform`, `title`, `root`, and a table `folders` from kind to folder.
//!
//! SkillMeat keeps its profiles in its database and none in a file of the project, so neither do we: what a repository
//! brings along never says where something is written. An entry that cannot be a profile is left out, said, and kept.

use super::file::{File, put, shown};
use super::list::{self, text, trimmed};
use super::projects::{FILE, LIST};
use crate::error::{Error, Result};
use crate::id::ArtifactKind;
use crate::platform::{KindFolder, OwnProfile, Profile, apart, normal_id};
use std::path::{Path, PathBuf};
use toml_edit::{ArrayOfTables, InlineTable, Item, Table, TableLike, Value};

const OWN: &str = "own_profiles";

/// Which entries are left out, from 1, and why.
pub(super) type Refused = Vec<(usize, String)>;

/// The profiles of one project's entry, and why others of it are none.
pub(super) fn read(entry: &dyn TableLike) -> (Vec<Profile>, Refused) {
    let (mut profiles, mut refused) = (Vec::<Profile>::new(), Refused::new());
    let entries = match entry.get(OWN) {
        None => Vec::new(),
        Some(Item::ArrayOfTables(list)) => list.iter().map(|table| Some(table as &dyn TableLike)).collect(),
        Some(Item::Value(Value::Array(list))) => {
            list.iter().map(|item| item.as_inline_table().map(|table| table as &dyn TableLike)).collect()
        }
        Some(_) => vec![None],
    };
    for (position, entry) in entries.into_iter().enumerate() {
        let profile = entry.ok_or_else(|| "it is not a table".to_owned()).and_then(profile);
        let profile = profile.and_then(|profile| {
            if profiles.iter().any(|other| other.id == profile.id) {
                return Err(format!("{} is listed before", profile.id));
            }
            apart(&profile, &profiles).map_err(|error| error.to_string()).map(|()| profile)
        });
        match profile {
            Ok(profile) => profiles.push(profile),
            Err(reason) => refused.push((position + 1, reason)),
        }
    }
    (profiles, refused)
}

fn profile(entry: &dyn TableLike) -> Result<Profile, String> {
    let required = |key: &str| text(entry, key).ok_or_else(|| format!("“{key}” is missing or not a text"));
    let folders =
        entry.get("folders").and_then(Item::as_table_like).ok_or("“folders” is missing or not a table")?;
    let folder = |(kind, folder): (&str, &Item)| {
        let kind =
            ArtifactKind::parse(kind).ok_or_else(|| format!("the kind “{}” is unknown", shown(kind)))?;
        let folder = folder.as_str().ok_or_else(|| format!("the folder of “{kind}” is not a text"))?;
        Ok::<_, String>(KindFolder { kind, folder: folder.to_owned() })
    };
    let profile = OwnProfile {
        profile_id: required("id")?.to_owned(),
        platform: required("platform")?.to_owned(),
        title: text(entry, "title").unwrap_or_default().to_owned(),
        root_dir: required("root")?.to_owned(),
        folders: folders.iter().map(folder).collect::<Result<_, _>>()?,
    };
    profile.check().map_err(|error| error.to_string())
}

/// Writes a profile into the entry of a registered project, in the place of the one with its id. What else its table
/// holds stays.
///
/// # Errors
/// `project-not-found` when it is not registered; `config-invalid`; `io` and its relatives. The caller holds the lock
/// (see [`super`]).
pub fn save_profile(home: &Path, path: &str, profile: &Profile) -> Result<()> {
    let mut file = File::read(home, FILE)?;
    let wrong = file.invalid(format!("“{OWN}” of {} is not a list of tables", shown(path)));
    let entry = entry(&mut file, path)?;
    if entry.get(OWN).is_none() {
        entry.insert(OWN, Item::ArrayOfTables(ArrayOfTables::new()));
    }
    match entry.get_mut(OWN) {
        Some(Item::ArrayOfTables(list)) => {
            let at = list.iter().position(|table| is(table, &profile.id));
            if at.is_none() {
                list.push(Table::new());
            }
            list.get_mut(at.unwrap_or(list.len() - 1)).into_iter().for_each(|table| write(table, profile));
        }
        Some(Item::Value(Value::Array(list))) => {
            let is = |item: &Value| item.as_inline_table().is_some_and(|table| is(table, &profile.id));
            let at = list.iter().position(is);
            if at.is_none() {
                list.push(InlineTable::new());
            }
            let table = list.get_mut(at.unwrap_or(list.len() - 1)).and_then(Value::as_inline_table_mut);
            table.into_iter().for_each(|table| write(table, profile));
        }
        _ => return Err(wrong),
    }
    file.save()
}

/// Takes a profile out of the entry of a registered project. Tells whether it was there.
///
/// # Errors
/// As [`save_profile`].
pub fn delete_profile(home: &Path, path: &str, id: &str) -> Result<bool> {
    let mut file = File::read(home, FILE)?;
    let entry = entry(&mut file, path)?;
    let (before, after) = match entry.get_mut(OWN) {
        Some(Item::ArrayOfTables(list)) => {
            let before = list.len();
            list.retain(|table| !is(table, id));
            (before, list.len())
        }
        Some(Item::Value(Value::Array(list))) => {
            let before = list.len();
            list.retain(|item| !item.as_inline_table().is_some_and(|table| is(table, id)));
            (before, list.len())
        }
        _ => (0, 0),
    };
    if after == 0 && before > 0 {
        entry.remove(OWN);
    }
    file.save()?;
    Ok(after < before)
}

fn entry<'f>(file: &'f mut File, path: &str) -> Result<&'f mut dyn TableLike> {
    let path = trimmed(path);
    list::entry_mut(file, LIST, |entry| text(entry, "path").map(trimmed) == Some(path))?
        .ok_or_else(|| Error::ProjectNotFound { path: PathBuf::from(path) })
}

fn is(table: &dyn TableLike, id: &str) -> bool {
    text(table, "id").is_some_and(|text| normal_id(text) == id)
}

fn write(table: &mut dyn TableLike, profile: &Profile) {
    let said = OwnProfile::from(profile);
    for (key, text) in [
        ("id", &said.profile_id),
        ("platform", &said.platform),
        ("title", &said.title),
        ("root", &said.root_dir),
    ] {
        put(table, key, text.into());
    }
    if !table.get("folders").is_some_and(Item::is_table_like) {
        table.insert("folders", Item::Value(InlineTable::new().into()));
    }
    let Some(folders) = table.get_mut("folders").and_then(Item::as_table_like_mut) else { return };
    let keeps = |kind: &str| said.folders.iter().any(|folder| folder.kind.as_str() == kind);
    let gone: Vec<String> =
        folders.iter().map(|(kind, _)| kind.to_owned()).filter(|kind| !keeps(kind)).collect();
    for kind in gone {
        folders.remove(&kind);
    }
    for KindFolder { kind, folder } in &said.folders {
        put(folders, kind.as_str(), folder.into());
    }
}

#[cfg(test)]
#[allow(clippy::disallowed_methods, reason = "tests lay out the disk they look at")]
mod tests {
    use super::super::projects;
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

    fn profile(id: &str, root: &str, folder: &str) -> Profile {
        OwnProfile {
            profile_id: id.to_owned(),
            platform: "other".to_owned(),
            title: "Mine".to_owned(),
            root_dir: root.to_owned(),
            folders: vec![KindFolder { kind: ArtifactKind::Skill, folder: folder.to_owned() }],
        }
        .check()
        .unwrap()
    }

    #[test]
    fn a_profile_is_written_and_read_and_taken_out_again() {
        let before =
            "# top\n[[projects]]\npath = \"/p/a\" # here\ncolour = 3\n\n[[projects]]\npath = \"/p/b\"\n";
        let home = home(before);
        let mine = profile("mine", ".mine", "skills");
        save_profile(home.path(), "/p/a/", &mine).unwrap();
        assert_eq!(
            content(&home),
            "# top\n[[projects]]\npath = \"/p/a\" # here\ncolour = 3\n\n[[projects.own_profiles]]\nid = \"mine\"\n\
             platform = \"other\"\ntitle = \"Mine\"\nroot = \".mine\"\nfolders = { skill = \"skills\" }\n\n\
             [[projects]]\npath = \"/p/b\"\n"
        );
        let known = projects::projects(home.path()).unwrap();
        assert_eq!(
            (known.projects[0].own.as_slice(), known.projects[1].own.as_slice()),
            (&[mine][..], &[][..])
        );
        assert!(!delete_profile(home.path(), "/p/b", "mine").unwrap());
        assert!(delete_profile(home.path(), "/p/a", "mine").unwrap());
        assert_eq!(content(&home), before);
    }

    #[rstest]
    #[case(
        "[[projects]]\npath = \"/p\"\n[[projects.own_profiles]]\n# mine\nid = \"Mine\"\nplatform = \"other\"\n\
            root = \".old\" # why\nnote = 1\n[projects.own_profiles.folders]\ncommand = \"c\"\n"
    )]
    #[case(
        "projects = [{ path = \"/p\", own_profiles = [{ id = \"mine\", platform = \"other\", root = \".old\", \
            note = 1, folders = { command = \"c\" } }] }] # mine\n"
    )]
    fn a_profile_is_changed_in_its_place(#[case] text: &str) {
        let home = home(text);
        save_profile(home.path(), "/p", &profile("mine", ".new", "s")).unwrap();
        save_profile(home.path(), "/p", &profile("other", ".other", "s")).unwrap();
        let known = projects::projects(home.path()).unwrap();
        assert_eq!(known.projects[0].own, [profile("mine", ".new", "s"), profile("other", ".other", "s")]);
        for kept in ["# mine", "note = 1"] {
            assert!(content(&home).contains(kept), "{}", content(&home));
        }
    }

    #[rstest]
    #[case("3", "it is not a table")]
    #[case("[3]", "it is not a table")]
    #[case("[{ id = \"x\" }]", "“folders” is missing")]
    #[case(
        "[{ id = \"x\", platform = \"other\", root = \".x\", folders = { spell = \"s\" } }]",
        "“spell” is unknown"
    )]
    #[case("[{ id = \"x\", platform = \"other\", root = \"../x\", folders = { skill = \"s\" } }]", "“..”")]
    #[case(
        "[{ id = \"x\", platform = \"other\", root = \".git\", folders = { skill = \"s\" } }]",
        "version control"
    )]
    fn an_entry_that_can_be_no_profile_is_left_out_and_kept(#[case] entry: &str, #[case] reason: &str) {
        let text = format!("[[projects]]\npath = \"/p\"\nown_profiles = {entry}\n");
        let home = home(&text);
        let known = projects::projects(home.path()).unwrap();
        assert_eq!(known.projects[0].own, []);
        assert_eq!(known.problems[0].code, Code::ConfigInvalid);
        assert!(known.problems[0].message.contains(reason), "{}", known.problems[0].message);
        assert!(!delete_profile(home.path(), "/p", "y").unwrap());
        assert_eq!(content(&home), text);
    }

    #[test]
    fn two_profiles_with_one_root_are_not_both_used() {
        let entry = |id: &str, root: &str| {
            format!(
                "[[projects.own_profiles]]\nid = \"{id}\"\nplatform = \"other\"\nroot = \"{root}\"\n\
                 folders = {{ skill = \"s\" }}\n"
            )
        };
        let home = home(&format!(
            "[[projects]]\npath = \"/p\"\n{}{}{}",
            entry("a", ".x"),
            entry("b", ".X"),
            entry("a", ".y")
        ));
        let known = projects::projects(home.path()).unwrap();
        assert_eq!(known.projects[0].own.len(), 1);
        assert_eq!(known.problems.len(), 2);
    }
}

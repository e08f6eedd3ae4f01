//! The files of the home folder: edited in place, and never replaced when they cannot be read.

use super::input::Vocabulary;
use super::run::Place;
use super::toml_text::{comments_survive, same, values, without};
use super::{Verdict, hold};
use skillmeat_engine::artifact::Layout;
use skillmeat_engine::error::{Code, Error};
use skillmeat_engine::settings::{self, LinkedCollection, SettingsPatch, Theme};

pub(super) const SETTINGS: Vocabulary = Vocabulary {
    headers: &["[future]", "[[list]]", "[theme]", "[editor]"],
    keys: &["theme", "theme", "editor", "editor", "zoom", "theme.name"],
    values: &[
        "\"dark\"",
        "\"light\"",
        "\"system\"",
        "'dark'",
        "\"mauve\"",
        "\"code --wait\"",
        "\"\"",
        "\" \"",
    ],
    between: " = ",
};

pub(super) const CONFIG: Vocabulary = Vocabulary {
    headers: &["[settings]", "[analytics]", "[settings.more]", "[[settings]]", "settings = {}"],
    keys: &[
        "default-collection",
        "\"default-collection\"",
        "github-token",
        "settings",
        "settings.default-collection",
    ],
    values: &["\"default\"", "\"work\"", "\"\"", "{ default-collection = \"a\" }", "true", "\"../x\""],
    between: " = ",
};

pub(super) const PROJECTS: Vocabulary = Vocabulary {
    headers: &["[[projects]]", "[[projects]]", "[projects]", "[other]", "projects = []", "[[projects.more]]"],
    keys: &["path", "path", "name", "added_at", "profiles", "colour", "projects"],
    values: &[
        "\"/p/a\"",
        "\"/p/a/\"",
        "\"/\"",
        "\"relative\"",
        "\"A\"",
        "2026-01-01T00:00:00Z",
        "[\"codex\"]",
        "\"2026-01-01T00:00:00+00:00\"",
        "[{ path = \"/p/x\" }]",
        "[{ path = \"/p/x\", more = { a = 1 } }, 3]",
    ],
    between: " = ",
};

pub(super) const COLLECTIONS: Vocabulary = Vocabulary {
    headers: &["[[collections]]", "[[collections]]", "[collections]", "[other]", "collections = []"],
    keys: &["name", "name", "path", "path", "layout", "colour", "collections"],
    values: &[
        "\"team\"",
        "\"Team\"",
        "\"../x\"",
        "\"/c/a\"",
        "\"/c/a/\"",
        "\"relative\"",
        "\"skills\"",
        "\"odd\"",
        "3",
        "[{ name = \"a\", path = \"/a\" }]",
    ],
    between: " = ",
};

fn invalid(what: &str, error: &Error) -> Verdict {
    hold!(error.code() == Code::ConfigInvalid, "{what}: {error}");
    hold!(!error.to_string().contains('\n'), "{what}, two lines: {error}");
    Ok(())
}

/// Changes a setting in the file at `rel`, and holds that nothing else in it changed: with `edit` the file itself,
/// with `other` something that lies elsewhere.
fn edited(place: &Place, rel: &str, bytes: &[u8], edit: &SettingsPatch, other: &SettingsPatch) -> Verdict {
    const OURS: [&str; 2] = ["theme", "editor"];
    for stale in ["config.toml", "desktop/settings.toml"] {
        let _ = std::fs::remove_file(place.path().join(stale));
    }
    place.put(rel, bytes);
    if let Err(error) = settings::read(place.path()) {
        invalid("read", &error)?;
        let refused = settings::update(place.path(), other).err();
        hold!(refused.is_some(), "another setting was changed beside a file that cannot be read");
        hold!(place.get(rel) == bytes, "a file that cannot be read was written");
        return Ok(());
    }
    let before = std::str::from_utf8(bytes).map_err(|_| "read, and no UTF-8")?;
    settings::update(place.path(), edit).map_err(|error| format!("not changed: {error}"))?;
    let after = String::from_utf8(place.get(rel)).unwrap();
    let (Some(mut old), Some(mut new)) = (values(before), values(&after)) else {
        return Err(format!("what is written is no TOML:\n{after}"));
    };
    for table in [&mut old, &mut new] {
        OURS.iter().for_each(|key| drop(table.remove(*key)));
        let section = table.get_mut("settings").and_then(|section| section.as_table_mut());
        if let Some(section) = section {
            section.remove("default-collection");
        }
        if table.get("settings").and_then(|section| section.as_table()).is_some_and(toml::Table::is_empty) {
            table.remove("settings");
        }
    }
    same("update", &old, &new)?;
    comments_survive("update", before, &after)
}

pub(super) fn settings(place: &Place, bytes: &[u8]) -> Verdict {
    let edit = SettingsPatch {
        theme: Some(Theme::Light),
        editor: Some("ed # not a comment".to_owned()),
        ..SettingsPatch::default()
    };
    let other = SettingsPatch { default_collection: Some("work".to_owned()), ..SettingsPatch::default() };
    edited(place, "desktop/settings.toml", bytes, &edit, &other)
}

pub(super) fn config(place: &Place, bytes: &[u8]) -> Verdict {
    let edit = SettingsPatch { default_collection: Some("fuzzed".to_owned()), ..SettingsPatch::default() };
    let other = SettingsPatch { theme: Some(Theme::Light), ..SettingsPatch::default() };
    edited(place, "config.toml", bytes, &edit, &other)
}

pub(super) fn projects(place: &Place, bytes: &[u8]) -> Verdict {
    const FILE: &str = "desktop/projects.toml";
    const NEW: &str = "/only/in-this-test";
    place.put(FILE, bytes);
    let now = skillmeat_tests::noon();
    let known = match settings::projects(place.path()) {
        Ok(known) => {
            for problem in &known.problems {
                hold!(!problem.message.contains('\n'), "two lines: {problem:?}");
            }
            known.projects
        }
        Err(error) => {
            invalid("read", &error)?;
            let added = settings::add_projects(place.path(), &[(NEW, "x")], now);
            let removed = settings::remove_project(place.path(), NEW);
            hold!(added.is_err() && removed.is_err(), "a list that cannot be read was changed");
            hold!(place.get(FILE) == bytes, "a list that cannot be read was written");
            return Ok(());
        }
    };
    for project in &known {
        hold!(project.path.starts_with('/'), "a project lies at {:?}", project.path);
        let twice = known.iter().filter(|other| other.path == project.path).count();
        hold!(twice == 1, "{:?} is listed {twice} times", project.path);
    }
    let before = std::str::from_utf8(bytes).map_err(|_| "read, and no UTF-8")?;
    let old = values(before).ok_or("read, and no TOML")?;
    settings::add_projects(place.path(), &[(NEW, "x")], now)
        .map_err(|error| format!("not added: {error}"))?;
    let with = String::from_utf8(place.get(FILE)).unwrap();
    let mut new = values(&with).ok_or_else(|| format!("what is written is no TOML:\n{with}"))?;
    let ours = |table: &toml::Table| table.get("path").and_then(|path| path.as_str()) == Some(NEW);
    hold!(without(&mut new, "projects", ours) == 1, "not there once:\n{with}");
    same("add", &old, &new)?;
    comments_survive("add", before, &with)?;

    let removed =
        settings::remove_project(place.path(), NEW).map_err(|error| format!("not removed: {error}"))?;
    hold!(removed, "not found again");
    let left = String::from_utf8(place.get(FILE)).unwrap();
    let new = values(&left).ok_or_else(|| format!("what is written is no TOML:\n{left}"))?;
    same("add and remove", &old, &new)?;
    comments_survive("add and remove", before, &left)?;
    let after = settings::projects(place.path()).map_err(|error| format!("unreadable now: {error}"))?;
    hold!(after.projects == known, "other projects than before");
    Ok(())
}

pub(super) fn collections(place: &Place, bytes: &[u8]) -> Verdict {
    const FILE: &str = "desktop/collections.toml";
    const NEW: &str = "only in this test";
    let linked = LinkedCollection {
        name: NEW.to_owned(),
        path: "/only/here".to_owned(),
        layout: Some(Layout::Agents),
    };
    place.put(FILE, bytes);
    let known = match settings::collections(place.path()) {
        Ok(known) => {
            for problem in &known.problems {
                hold!(!problem.message.contains('\n'), "two lines: {problem:?}");
            }
            known.collections
        }
        Err(error) => {
            invalid("read", &error)?;
            let added = settings::link_collection(place.path(), &linked);
            let removed = settings::unlink_collection(place.path(), NEW);
            hold!(added.is_err() && removed.is_err(), "a list that cannot be read was changed");
            hold!(place.get(FILE) == bytes, "a list that cannot be read was written");
            return Ok(());
        }
    };
    for one in &known {
        hold!(one.path.starts_with('/'), "a collection lies at {:?}", one.path);
        let same = |other: &&LinkedCollection| other.name.to_lowercase() == one.name.to_lowercase();
        hold!(known.iter().filter(same).count() == 1, "{:?} is listed twice", one.name);
    }
    let before = std::str::from_utf8(bytes).map_err(|_| "read, and no UTF-8")?;
    let old = values(before).ok_or("read, and no TOML")?;
    settings::link_collection(place.path(), &linked).map_err(|error| format!("not linked: {error}"))?;
    let with = String::from_utf8(place.get(FILE)).unwrap();
    let mut new = values(&with).ok_or_else(|| format!("what is written is no TOML:\n{with}"))?;
    let ours = |table: &toml::Table| table.get("name").and_then(|name| name.as_str()) == Some(NEW);
    hold!(without(&mut new, "collections", ours) == 1, "not there once:\n{with}");
    same("link", &old, &new)?;
    comments_survive("link", before, &with)?;
    let removed =
        settings::unlink_collection(place.path(), NEW).map_err(|error| format!("not unlinked: {error}"))?;
    hold!(removed, "not found again");
    let left = String::from_utf8(place.get(FILE)).unwrap();
    let new = values(&left).ok_or_else(|| format!("what is written is no TOML:\n{left}"))?;
    same("link and unlink", &old, &new)?;
    comments_survive("link and unlink", before, &left)?;
    let after = settings::collections(place.path()).map_err(|error| format!("unreadable now: {error}"))?;
    hold!(after.collections == known, "other collections than before");
    Ok(())
}

//! The files that hold a person's settings and known projects.
//!
//! | file | whose | what we read and write in it |
//! |---|---|---|
//! | `<home>/desktop/settings.toml` | ours | `theme`, `editor`, `keep_days`, `keep_mib`, `deployment_sets`, `close_to_tray`, `close_explained`, `start_hidden` |
//! | `<home>/desktop/projects.toml` | ours | `[[projects]]` with `path`, `name`, `added_at`, `profiles`, `own_profiles` |
//! | `<home>/desktop/collections.toml` | ours | `[[collections]]` with `name`, `path`, `layout` |
//! | `<home>/config.toml` | SkillMeat's | `settings.default-collection` only |
//! | `<project>/.claude/.skillmeat-project.toml` | SkillMeat's | `[project]` with name and description |
//!
//! They are edited in place: unknown keys and comments stay. A file that does not parse, or has zero bytes, is
//! `config-invalid` and is never replaced by defaults; [`set_aside`] moves it away when a person wants that. Each write is atomic, and a read-modify-write of two processes is not: **callers
//! hold the home folder's lock around [`update`] and whatever adds to a list or takes from it**.

mod collections;
mod described;
mod file;
mod list;
mod own_profiles;
mod pins;
mod projects;
mod sets_switch;

pub use collections::{LinkedCollection, LinkedCollections, collections, link_collection, unlink_collection};
pub use described::{Describe, Description, PROJECT_FILE, PROJECT_FILE_NAME, describe, description};
pub use own_profiles::{delete_profile, save_profile};
pub use pins::{Pin, change_pins};
pub use projects::{KnownProject, KnownProjects, add_projects, move_project, projects, remove_project};
pub use sets_switch::{SETS_VARIABLE, SetsSwitch};

use crate::error::{Code, Error, Result};
use crate::path::name_refusal;
use chrono::{DateTime, Utc};
use file::{File, shown};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

const OURS: &str = "desktop/settings.toml";
const SHARED: &str = "config.toml";
/// The collection where SkillMeat's `config.toml` names none.
pub const DEFAULT_COLLECTION: &str = "default";
/// For how many days what was replaced or removed is kept where nothing else is set.
pub const DEFAULT_KEEP_DAYS: u32 = 30;
/// How many MiB of it are kept where nothing else is set.
pub const DEFAULT_KEEP_MIB: u32 = 2048;

/// Light, dark, or as the system has it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "lowercase")]
pub enum Theme {
    /// As the system has it.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl Theme {
    fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        [Self::System, Self::Light, Self::Dark].into_iter().find(|theme| theme.as_str() == text)
    }
}

/// The settings as they are in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct Settings {
    /// The home folder in force (`SKILLMEAT_HOME`, else `~/.skillmeat`). Not changed from here.
    pub home: String,
    /// Version of this program.
    pub version: String,
    /// Colours of the window.
    pub theme: Theme,
    /// Command that opens a file in an editor; without one, the system's default program.
    pub editor: Option<String>,
    /// The collection that commands mean when they name none, from SkillMeat's `config.toml`.
    pub default_collection: String,
    /// For how many days what was replaced or removed is kept for undo.
    pub keep_days: u32,
    /// How much of it is kept, in MiB.
    pub keep_mib: u32,
    /// Whether there are deployment sets: their commands work, and the window shows them.
    pub deployment_sets: bool,
    /// The environment says that, and the file has no say ([`SETS_VARIABLE`]).
    pub deployment_sets_fixed: bool,
    /// Closing the window hides it, and the program goes on in the tray; where there is no tray, it ends.
    pub close_to_tray: bool,
    /// A person has been told what closing does then.
    pub close_explained: bool,
    /// The program starts in the tray, without its window; where there is no tray, with it.
    pub start_hidden: bool,
    /// What was pinned, in order.
    pub pins: Vec<Pin>,
}

/// Changes to settings; what is absent stays.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(default)]
pub struct SettingsPatch {
    /// New theme.
    pub theme: Option<Theme>,
    /// New editor command; an empty text goes back to the system's default.
    pub editor: Option<String>,
    /// New default collection.
    pub default_collection: Option<String>,
    /// New number of days; at least 1.
    pub keep_days: Option<u32>,
    /// New number of MiB; at least 1.
    pub keep_mib: Option<u32>,
    /// Whether there are deployment sets; of no effect while the environment says it.
    pub deployment_sets: Option<bool>,
    /// Whether closing the window only hides it.
    pub close_to_tray: Option<bool>,
    /// Whether a person has been told what that means.
    pub close_explained: Option<bool>,
    /// Whether the program starts without its window.
    pub start_hidden: Option<bool>,
}

/// The files of this module.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "lowercase")]
pub enum StateFile {
    /// `desktop/settings.toml`.
    Settings,
    /// `desktop/projects.toml`.
    Projects,
    /// `desktop/collections.toml`.
    Collections,
    /// SkillMeat's `config.toml`.
    Config,
}

impl StateFile {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Settings, Self::Projects, Self::Collections, Self::Config];

    fn rel(self) -> &'static str {
        match self {
            Self::Settings => OURS,
            Self::Projects => projects::FILE,
            Self::Collections => collections::FILE,
            Self::Config => SHARED,
        }
    }

    /// Where it is.
    pub fn path(self, home: &Path) -> PathBuf {
        home.join(self.rel())
    }

    /// Reads the file and forgets it.
    ///
    /// # Errors
    /// `config-invalid` when it does not parse or holds something else than it should; `io` and its relatives.
    pub fn check(self, home: &Path) -> Result<()> {
        match self {
            Self::Settings => settings(home, &File::read(home, OURS)?, &File::empty(home, SHARED)?).map(drop),
            Self::Projects => projects(home).map(drop),
            Self::Collections => collections(home).map(drop),
            Self::Config => default_collection(home).map(drop),
        }
    }
}

/// Moves a file that cannot be read beside itself, as `<name>.set-aside-<time>`, and gives its new path. Only for a
/// person who asked for that: what it said no longer counts, until somebody mends it and moves it back. The caller
/// holds the home folder's lock.
///
/// # Errors
/// `invalid-request` when there is no such file or it can be read; `io` and its relatives.
pub fn set_aside(home: &Path, file: StateFile, now: DateTime<Utc>) -> Result<PathBuf> {
    match file.check(home) {
        Err(error) if error.code() == Code::ConfigInvalid => File::set_aside(home, file.rel(), now),
        Err(error) => Err(error),
        Ok(()) => {
            let path = file.path(home).display().to_string();
            let reason = format!("{path} is not there or can be read, so it stays where it is.");
            Err(Error::InvalidRequest { reason })
        }
    }
}

/// The collection that commands mean when they name none; our own settings need not be readable for that.
///
/// # Errors
/// As [`read`].
pub fn default_collection(home: &Path) -> Result<String> {
    Ok(settings(home, &File::empty(home, OURS)?, &File::read(home, SHARED)?)?.default_collection)
}

/// The settings in force for a home folder, which need not exist.
///
/// # Errors
/// `config-invalid` when one of the two files does not parse or holds something else than a setting should;
/// `io` and its relatives.
pub fn read(home: &Path) -> Result<Settings> {
    settings(home, &File::read(home, OURS)?, &File::read(home, SHARED)?)
}

/// Changes settings and gives those that are then in force. Nothing is written when one of the files is invalid,
/// and a file that would not change is not touched.
///
/// # Errors
/// As [`read`]; `invalid-name` for a default collection of a name that cannot be one.
pub fn update(home: &Path, patch: &SettingsPatch) -> Result<Settings> {
    let (mut ours, mut shared) = (File::read(home, OURS)?, File::read(home, SHARED)?);
    if let Some(theme) = patch.theme {
        ours.set_text(None, "theme", Some(theme.as_str()))?;
    }
    if let Some(editor) = patch.editor.as_deref() {
        ours.set_text(None, "editor", Some(editor.trim()).filter(|editor| !editor.is_empty()))?;
    }
    for (key, number) in [("keep_days", patch.keep_days), ("keep_mib", patch.keep_mib)] {
        if let Some(number) = number {
            ours.set_number(key, number.max(1));
        }
    }
    for (key, on) in [
        ("deployment_sets", patch.deployment_sets),
        ("close_to_tray", patch.close_to_tray),
        ("close_explained", patch.close_explained),
        ("start_hidden", patch.start_hidden),
    ] {
        if let Some(on) = on {
            ours.set_truth(key, on);
        }
    }
    if let Some(name) = &patch.default_collection {
        if let Some(reason) = name_refusal(name) {
            return Err(Error::InvalidName { name: name.clone(), reason });
        }
        shared.set_text(Some("settings"), "default-collection", Some(name))?;
    }
    let settings = settings(home, &ours, &shared)?;
    ours.save()?;
    shared.save()?;
    Ok(settings)
}

fn settings(home: &Path, ours: &File, shared: &File) -> Result<Settings> {
    let unknown =
        |theme: &str| ours.invalid(format!("the theme “{}” is none of system, light and dark", shown(theme)));
    let theme =
        ours.text(None, "theme")?.map(|text| Theme::parse(text).ok_or_else(|| unknown(text))).transpose()?;
    let named = |text: &&str| !text.trim().is_empty();
    let collection = shared.text(Some("settings"), "default-collection")?.filter(named);
    Ok(Settings {
        home: home.display().to_string(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        theme: theme.unwrap_or_default(),
        editor: ours.text(None, "editor")?.filter(named).map(str::to_owned),
        default_collection: collection.unwrap_or(DEFAULT_COLLECTION).to_owned(),
        keep_days: ours.number("keep_days")?.unwrap_or(DEFAULT_KEEP_DAYS),
        keep_mib: ours.number("keep_mib")?.unwrap_or(DEFAULT_KEEP_MIB),
        deployment_sets: ours.truth("deployment_sets")?.unwrap_or(true),
        deployment_sets_fixed: false,
        close_to_tray: ours.truth("close_to_tray")?.unwrap_or(false),
        close_explained: ours.truth("close_explained")?.unwrap_or(false),
        start_hidden: ours.truth("start_hidden")?.unwrap_or(false),
        pins: pins::read(ours)?,
    })
}

#[cfg(test)]
#[allow(clippy::disallowed_methods, reason = "tests lay out the disk they look at")]
mod tests;

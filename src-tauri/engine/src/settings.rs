//! The files that hold a person's settings and known projects.

use serde::{Deserialize, Serialize};

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
}

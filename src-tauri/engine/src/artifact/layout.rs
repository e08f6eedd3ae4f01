//! How artifacts lie in a folder that was not laid out by us.

use crate::id::ArtifactKind;
use serde::{Deserialize, Serialize};

/// Where in a linked folder artifacts are looked for. Without one, the folder is looked at (see `collection`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "lowercase")]
pub enum Layout {
    /// As in a collection: `skills`, `commands`, `agents`.
    Collection,
    /// Plugins, each laid out as a collection: `plugins/<name>/skills` and so on. The plugin is the namespace.
    Marketplace,
    /// The folder itself holds skills.
    Skills,
    /// The folder itself holds commands.
    Commands,
    /// The folder itself holds agents.
    Agents,
}

impl Layout {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::Collection, Self::Marketplace, Self::Skills, Self::Commands, Self::Agents];

    /// Its name in files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Collection => "collection",
            Self::Marketplace => "marketplace",
            Self::Skills => "skills",
            Self::Commands => "commands",
            Self::Agents => "agents",
        }
    }

    /// The layout of that name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|layout| layout.as_str() == text)
    }
}

/// Other names for the folder of a kind, as they occur in public repositories; the usual one first.
const FOLDERS: [(ArtifactKind, &[&str]); 3] = [
    (ArtifactKind::Skill, &["skills", "skill", "claude-skills"]),
    (ArtifactKind::Command, &["commands", "command", "claude-commands"]),
    (ArtifactKind::Agent, &["agents", "agent", "subagents", "claude-agents"]),
];

/// Folders of plugins.
const PLUGINS: [&str; 3] = ["plugins", "plugin", "external_plugins"];

/// The kind whose artifacts a folder of this name holds, in any case.
pub fn kind_of_folder(name: &str) -> Option<ArtifactKind> {
    let name = name.to_lowercase();
    FOLDERS.iter().find(|(_, names)| names.contains(&name.as_str())).map(|(kind, _)| *kind)
}

/// Whether a folder of this name holds plugins.
pub fn holds_plugins(name: &str) -> bool {
    PLUGINS.contains(&name.to_lowercase().as_str())
}

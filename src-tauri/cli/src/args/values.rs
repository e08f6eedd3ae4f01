//! What can stand behind an option, and what the engine calls it.

use clap::ValueEnum;
use skillmeat_engine::artifact::Layout;
use skillmeat_engine::engine::Repair;
use skillmeat_engine::id::ArtifactKind;
use skillmeat_engine::plan::OnConflict;

/// Where artifacts are in a linked folder.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum FolderLayout {
    /// In skills, commands and agents
    Collection,
    /// In plugins/NAME/skills and so on
    Marketplace,
    /// The folder itself holds skills
    Skills,
    /// The folder itself holds commands
    Commands,
    /// The folder itself holds agents
    Agents,
}

impl From<FolderLayout> for Layout {
    fn from(layout: FolderLayout) -> Self {
        match layout {
            FolderLayout::Collection => Self::Collection,
            FolderLayout::Marketplace => Self::Marketplace,
            FolderLayout::Skills => Self::Skills,
            FolderLayout::Commands => Self::Commands,
            FolderLayout::Agents => Self::Agents,
        }
    }
}

/// A type of artifact.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Kind {
    Skill,
    Command,
    Agent,
    Hook,
    Mcp,
}

impl From<Kind> for ArtifactKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Skill => Self::Skill,
            Kind::Command => Self::Command,
            Kind::Agent => Self::Agent,
            Kind::Hook => Self::Hook,
            Kind::Mcp => Self::Mcp,
        }
    }
}

/// What to do with a target that is not what we deployed.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Choice {
    /// Refuse this target; the others go on
    Stop,
    /// Leave this target alone
    Skip,
    /// Replace it; the old content goes to the trash
    Overwrite,
    /// Leave the files as they are and record them as deployed
    Keep,
}

/// What to do with a target that changed since it was deployed.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum UndoChoice {
    /// Refuse this target; the others go on
    Stop,
    /// Leave this target alone
    Skip,
    /// Undo it; what is there now goes to the trash
    Overwrite,
}

impl From<UndoChoice> for OnConflict {
    fn from(choice: UndoChoice) -> Self {
        match choice {
            UndoChoice::Stop => Self::Stop,
            UndoChoice::Skip => Self::Skip,
            UndoChoice::Overwrite => Self::Overwrite,
        }
    }
}

/// What can be done about damage.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum RepairKind {
    /// Put the last good copy in the place of a manifest that cannot be read
    RestoreManifest,
    /// Make a manifest that cannot be read anew, from what still parses of it and what is on disk
    RebuildManifest,
    /// Put records back that another program took out
    RestoreRecords,
    /// Take it that they were taken out on purpose
    ForgetRecords,
    /// Move a settings, projects, collections or config file that cannot be read beside itself
    SetAside,
}

impl From<RepairKind> for Repair {
    fn from(kind: RepairKind) -> Self {
        match kind {
            RepairKind::RestoreManifest => Self::RestoreManifest,
            RepairKind::RebuildManifest => Self::RebuildManifest,
            RepairKind::RestoreRecords => Self::RestoreRecords,
            RepairKind::ForgetRecords => Self::ForgetRecords,
            RepairKind::SetAside => Self::SetAside,
        }
    }
}

impl From<Choice> for OnConflict {
    fn from(choice: Choice) -> Self {
        match choice {
            Choice::Stop => Self::Stop,
            Choice::Skip => Self::Skip,
            Choice::Overwrite => Self::Overwrite,
            Choice::Keep => Self::Keep,
        }
    }
}

//! What `skm discover` and `skm import` can be asked.

use clap::{ArgGroup, Args as Flags, ValueEnum};
use skillmeat_engine::engine::Clash;

/// Where to look.
#[derive(Debug, Flags)]
#[group(required = true, multiple = false)]
pub(crate) struct Place {
    /// The project's folder, looked at in all its profile roots
    #[arg(long, value_name = "DIR")]
    pub(crate) project: Option<String>,
    /// Any folder that is laid out like a collection
    #[arg(long, value_name = "DIR")]
    pub(crate) folder: Option<String>,
}

#[derive(Debug, Flags)]
pub(crate) struct Discover {
    #[command(flatten)]
    pub(crate) place: Place,
    /// Do not offer these any more (projects only)
    #[arg(long, value_name = "ID", num_args = 1.., conflicts_with = "folder")]
    pub(crate) skip: Vec<String>,
    /// Offer these again (projects only)
    #[arg(long, value_name = "ID", num_args = 1.., conflicts_with = "folder")]
    pub(crate) unskip: Vec<String>,
}

#[derive(Debug, Flags)]
#[command(group = ArgGroup::new("what").required(true).args(["ids", "all"]))]
pub(crate) struct Import {
    /// Artifacts as `skm discover` calls them
    #[arg(value_name = "ID")]
    pub(crate) ids: Vec<String>,
    /// Everything that is found and not skipped
    #[arg(long)]
    pub(crate) all: bool,
    #[command(flatten)]
    pub(crate) place: Place,
    /// What to do with one that the collection has with another content [default: refuse it]
    #[arg(long, value_name = "CHOICE")]
    pub(crate) on_clash: Option<ClashChoice>,
    /// Say what would happen and write nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
}

/// What to do with something that the collection has with another content.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum ClashChoice {
    /// Leave it alone
    Skip,
    /// Copy it under another name
    KeepBoth,
    /// Put it in the place of the collection's, which goes to the trash
    Replace,
}

impl From<ClashChoice> for Clash {
    fn from(choice: ClashChoice) -> Self {
        match choice {
            ClashChoice::Skip => Self::Skip,
            ClashChoice::KeepBoth => Self::KeepBoth,
            ClashChoice::Replace => Self::Replace,
        }
    }
}

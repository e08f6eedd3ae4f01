//! What `skm update` and `skm push` can be asked.

use clap::{ArgGroup, Args as Flags, ValueEnum};
use skillmeat_engine::plan::OnConflict;

/// Which copies are meant, and where single files of one come from.
#[derive(Debug, Flags)]
#[command(group = ArgGroup::new("what").required(true).args(["ids", "all"]))]
pub(crate) struct Copies {
    /// Artifacts: type:name, or as much of it as tells it apart
    #[arg(value_name = "ID")]
    pub(crate) ids: Vec<String>,
    /// Everything that is deployed there
    #[arg(long)]
    pub(crate) all: bool,
    /// Project folders, all that follow
    #[arg(long, value_name = "DIR", num_args = 1.., required = true)]
    pub(crate) project: Vec<String>,
    /// Profiles [default: every profile's copy]
    #[arg(long, value_name = "ID", num_args = 1..)]
    pub(crate) profile: Vec<String>,
    /// Where to take a file from, for one copy: FILE=collection, FILE=project, or FILE=@TEXT for a merged one
    #[arg(long, value_name = "FILE=SIDE", num_args = 1.., value_parser = taken)]
    pub(crate) take: Vec<Taken>,
    /// Say what would happen and write nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
}

#[derive(Debug, Flags)]
pub(crate) struct Update {
    #[command(flatten)]
    pub(crate) copies: Copies,
    /// What to do with files that both the collection and the project changed
    #[arg(long, value_name = "CHOICE", default_value = "stop")]
    pub(crate) on_conflict: UpdateChoice,
}

#[derive(Debug, Flags)]
pub(crate) struct Push {
    #[command(flatten)]
    pub(crate) copies: Copies,
    /// What to do with files that both the collection and the project changed
    #[arg(long, value_name = "CHOICE", default_value = "stop")]
    pub(crate) on_conflict: PushChoice,
}

/// Where one file is taken from.
#[derive(Debug, Clone)]
pub(crate) struct Taken {
    pub(crate) file: String,
    /// `collection`, `project`, or `@` and the place of a text.
    pub(crate) side: String,
}

fn taken(text: &str) -> Result<Taken, String> {
    let (file, side) = text.rsplit_once('=').ok_or("write FILE=SIDE")?;
    match side {
        "collection" | "project" => {}
        _ if side.len() > 1 && side.starts_with('@') => {}
        _ => return Err("the side is collection, project, or @ and the place of a text".to_owned()),
    }
    Ok(Taken { file: file.to_owned(), side: side.to_owned() })
}

/// What to do with files that both sides changed.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum UpdateChoice {
    /// Refuse that copy; the others go on
    Stop,
    /// Leave that copy alone
    Skip,
    /// Take the collection's files; the old content goes to the trash
    Overwrite,
    /// Keep the project's files
    Keep,
}

impl From<UpdateChoice> for OnConflict {
    fn from(choice: UpdateChoice) -> Self {
        match choice {
            UpdateChoice::Stop => Self::Stop,
            UpdateChoice::Skip => Self::Skip,
            UpdateChoice::Overwrite => Self::Overwrite,
            UpdateChoice::Keep => Self::Keep,
        }
    }
}

/// The same for a push.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum PushChoice {
    /// Refuse that copy; the others go on
    Stop,
    /// Leave that copy alone
    Skip,
    /// Take the project's files; the collection's go to the trash
    Overwrite,
    /// Keep the collection's files
    Keep,
}

impl From<PushChoice> for OnConflict {
    fn from(choice: PushChoice) -> Self {
        match choice {
            PushChoice::Stop => Self::Stop,
            PushChoice::Skip => Self::Skip,
            PushChoice::Overwrite => Self::Overwrite,
            PushChoice::Keep => Self::Keep,
        }
    }
}

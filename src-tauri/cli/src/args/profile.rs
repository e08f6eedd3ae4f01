//! What can be asked about the profiles of a project.

use super::Kind;
use clap::{Args as Flags, Subcommand, ValueEnum};

#[derive(Debug, Subcommand)]
pub(crate) enum Profile {
    /// List the profiles that a project can be deployed to [default: the built-in ones]
    List {
        /// The project's folder
        #[arg(long, value_name = "DIR")]
        project: Option<String>,
    },
    /// Add a profile of its own to a project
    Add {
        /// The profile's id: letters, digits and _
        #[arg(value_name = "ID")]
        id: String,
        /// The project's folder
        #[arg(long, value_name = "DIR")]
        project: String,
        #[command(flatten)]
        said: Said,
    },
    /// Change a profile of a project's own; what is not said stays
    Set {
        /// The profile's id
        #[arg(value_name = "ID")]
        id: String,
        /// The project's folder
        #[arg(long, value_name = "DIR")]
        project: String,
        #[command(flatten)]
        said: Said,
    },
    /// Remove a profile of a project's own that has no deployments; its folder stays
    Remove {
        /// The profile's id
        #[arg(value_name = "ID")]
        id: String,
        /// The project's folder
        #[arg(long, value_name = "DIR")]
        project: String,
    },
}

/// What a profile is.
#[derive(Debug, Flags)]
pub(crate) struct Said {
    /// Its root folder, relative to the project
    #[arg(long, value_name = "FOLDER")]
    pub(crate) root: Option<String>,
    /// A kind that goes there, and its folder below the root; KIND= takes the kind away
    #[arg(long, value_name = "KIND=FOLDER", num_args = 1.., value_parser = kind_folder)]
    pub(crate) folder: Vec<(Kind, String)>,
    /// The platform that records name [default: other]
    #[arg(long, value_name = "ID")]
    pub(crate) platform: Option<String>,
    /// The name to show [default: the id]
    #[arg(long, value_name = "TEXT")]
    pub(crate) title: Option<String>,
}

fn kind_folder(text: &str) -> Result<(Kind, String), String> {
    let (kind, folder) = text.split_once('=').ok_or("write KIND=FOLDER, as in skill=skills")?;
    Ok((Kind::from_str(kind, false)?, folder.to_owned()))
}

//! What can be asked about projects.

use clap::{ArgGroup, Subcommand, ValueEnum};

#[derive(Debug, Subcommand)]
pub(crate) enum Project {
    /// Register a folder as a project
    Add {
        /// The folder
        #[arg(value_name = "DIR")]
        folder: String,
    },
    /// Forget a project; its files stay as they are
    Remove {
        /// The folder
        #[arg(value_name = "DIR")]
        folder: String,
    },
    /// List the registered projects
    List,
    /// Show one project: what lies in its profiles without a record, and what git sees
    Show {
        /// The folder
        #[arg(value_name = "DIR")]
        folder: String,
    },
    /// Say what a project is called and what it is, in SkillMeat's file in its .claude folder
    #[command(group = ArgGroup::new("said").required(true).multiple(true).args(["name", "description"]))]
    Describe {
        /// The project's folder
        #[arg(value_name = "DIR")]
        folder: String,
        /// Its name
        #[arg(long, value_name = "TEXT")]
        name: Option<String>,
        /// What it is; empty takes the description away
        #[arg(long, value_name = "TEXT")]
        description: Option<String>,
    },
    /// Choose whether git sees what is deployed, by lines of ours in the repository's info/exclude
    Git {
        /// The project's folder
        #[arg(value_name = "DIR")]
        folder: String,
        /// What git is kept from seeing, and nothing else
        #[arg(long, value_name = "WHAT", num_args = 1.., conflicts_with = "see")]
        hide: Vec<GitHide>,
        /// Let git see everything again
        #[arg(long)]
        see: bool,
    },
    /// Look below folders for what could be a project; registers nothing unless asked to
    Scan {
        /// Folders to look in
        #[arg(value_name = "ROOT", required = true)]
        roots: Vec<String>,
        /// How many folders deep
        #[arg(long, value_name = "N", default_value_t = 8, value_parser = clap::value_parser!(u32).range(0..=32))]
        depth: u32,
        /// Register everything that is found
        #[arg(long)]
        add: bool,
    },
    /// List folders that other tools know as projects: Claude Code, Codex, VS Code, Cursor
    Recent,
    /// Take over the projects, profiles, groups and sets that a SkillMeat database knows; it is only read
    ImportDatabase {
        /// The database [default: cache/cache.db in SkillMeat's home folder]
        #[arg(value_name = "FILE")]
        file: Option<String>,
        /// Say what would happen and write nothing
        #[arg(long)]
        dry_run: bool,
    },
    /// Say where the folder of a registered project was moved to
    Locate {
        /// The project's folder as it is registered; it is no longer there
        #[arg(value_name = "OLD")]
        from: String,
        /// Where it is now
        #[arg(value_name = "NEW")]
        to: String,
    },
}

/// What git can be kept from seeing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum GitHide {
    /// Deployed copies
    Files,
    /// Manifests and their lock files
    Records,
}

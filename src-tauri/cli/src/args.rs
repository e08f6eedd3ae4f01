//! What can be asked.

mod import;
mod profile;
mod project;
mod sets;
mod update;
mod values;

pub(crate) use import::{Discover, Import, Place};
pub(crate) use profile::{Profile, Said};
pub(crate) use project::{GitHide, Project};
pub(crate) use sets::{Group, Looks, Set};
pub(crate) use update::{Copies, Push, Taken, Update};
pub(crate) use values::{Choice, FolderLayout, Kind, RepairKind, UndoChoice};

use clap::{ArgGroup, Args as Flags, Parser, Subcommand};
use clap_complete::Shell;
use skillmeat_engine::id::ArtifactRef;
use std::path::PathBuf;

const AFTER: &str = "Exit status: 0 done, 1 fault, 2 usage, 3 refused or partly failed, \
4 something is not synced (status only).";

/// Keeps AI-agent artifacts in collections and deploys copies into projects.
#[derive(Debug, Parser)]
#[command(name = "skm", version, after_help = AFTER)]
pub(crate) struct Args {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Flags that every command takes.
#[derive(Debug, Flags)]
#[command(next_help_heading = "Global options")]
pub(crate) struct Global {
    /// Print one JSON object and nothing else
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// SkillMeat's home folder [env: SKILLMEAT_HOME] [default: ~/.skillmeat]
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) home: Option<PathBuf>,
    /// Look for artifacts in this collection only
    #[arg(long, global = true, value_name = "NAME")]
    pub(crate) collection: Option<String>,
    /// Print problems only
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub(crate) quiet: bool,
    /// Print more: causes, unchanged targets, texts
    #[arg(short, long, global = true)]
    pub(crate) verbose: bool,
    /// No colours, as with NO_COLOR
    #[arg(long, global = true)]
    pub(crate) no_color: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// List the artifacts of the collections and where they are deployed
    List(List),
    /// Show one artifact: what it is, its files, its deployments
    Show {
        #[command(flatten)]
        artifact: One,
    },
    /// Copy artifacts into projects
    Deploy(Deploy),
    /// Remove deployed copies from projects
    Undeploy(Undeploy),
    /// Show every deployment and whether it is in step with the collection
    Status {
        /// Project folders [default: all registered projects]
        #[arg(long, value_name = "DIR", num_args = 1..)]
        project: Vec<String>,
    },
    /// Show how a deployed copy differs from the collection
    Diff {
        #[command(flatten)]
        artifact: One,
        /// The project's folder
        #[arg(long, value_name = "DIR")]
        project: String,
        /// The profile [default: every profile that has a copy]
        #[arg(long, value_name = "ID")]
        profile: Option<String>,
    },
    /// Show what lies in a project or folder, compared with the collection
    Discover(Discover),
    /// Take what lies in a project or folder into the collection
    Import(Import),
    /// Bring deployed copies up to the collection, and keep what was edited in the project
    Update(Update),
    /// Take what was edited in a project's copies into their collection
    Push(Push),
    /// Register, forget and list projects
    #[command(subcommand)]
    Project(Project),
    /// List, add, change and remove the profiles of a project
    #[command(subcommand)]
    Profile(Profile),
    /// Make, link, unlink and list collections
    #[command(subcommand)]
    Collection(Collection),
    /// Make, change and list groups: ordered buckets of a collection's artifacts
    #[command(subcommand)]
    Group(Group),
    /// Make, change, list and resolve deployment sets: what is deployed together
    #[command(subcommand)]
    Set(Set),
    /// Add and remove tags of artifacts in a collection
    #[command(group = ArgGroup::new("tags").required(true).multiple(true).args(["add", "remove"]))]
    Tag {
        /// Artifacts: type:name, or as much of it as tells it apart
        #[arg(value_name = "ID", required = true)]
        ids: Vec<String>,
        /// Tags to add, all that follow
        #[arg(long, value_name = "TAG", num_args = 1..)]
        add: Vec<String>,
        /// Tags to remove, all that follow
        #[arg(long, value_name = "TAG", num_args = 1..)]
        remove: Vec<String>,
    },
    /// Pin artifacts and sets, so that the tray has them at hand; without any, list what is pinned
    Pin(Pinned),
    /// Take pins away; what was pinned stays as it is
    #[command(group = ArgGroup::new("pins").required(true).multiple(true).args(["ids", "set"]))]
    Unpin(Pinned),
    /// Show what was done, newest first
    History {
        /// At most so many operations
        #[arg(long, value_name = "N", default_value_t = 20)]
        limit: usize,
    },
    /// Undo an operation: the newest that is not undone yet, or the given one
    Undo(Undo),
    /// Finish what was cut off, find what is damaged, and mend it on wish
    Doctor(Doctor),
    /// Read everything from disk and correct the cache
    Resync,
    /// Print a script that completes skm's commands
    Completions {
        /// The shell
        shell: Shell,
    },
    /// Print a manual page, for `man -l -`
    Manual {
        /// The command whose page it is [default: skm itself]
        #[arg(value_name = "COMMAND")]
        command: Vec<String>,
        /// List the commands that have a page
        #[arg(long, conflicts_with = "command")]
        list: bool,
    },
}

#[derive(Debug, Flags)]
pub(crate) struct One {
    /// type:name, or as much of it as tells it apart
    #[arg(value_name = "ID")]
    pub(crate) id: String,
}

#[derive(Debug, Flags)]
pub(crate) struct Pinned {
    /// Artifacts: type:name, or as much of it as tells it apart
    #[arg(value_name = "ID")]
    pub(crate) ids: Vec<String>,
    /// Deployment sets by id or name, all that follow
    #[arg(long, value_name = "SET", num_args = 1..)]
    pub(crate) set: Vec<String>,
}

#[derive(Debug, Flags)]
pub(crate) struct List {
    /// Only artifacts of this type
    #[arg(long = "type", value_name = "TYPE")]
    pub(crate) kind: Option<Kind>,
    /// Only artifacts with this tag
    #[arg(long, value_name = "TAG")]
    pub(crate) tag: Option<String>,
    /// Only artifacts with this text in their id, title, description or tags
    #[arg(long, value_name = "TEXT")]
    pub(crate) search: Option<String>,
}

#[derive(Debug, Flags)]
#[command(group = ArgGroup::new("what").required(true).args(["ids", "all"]))]
pub(crate) struct Deploy {
    /// Artifacts: type:name, or as much of it as tells it apart
    #[arg(value_name = "ID")]
    pub(crate) ids: Vec<String>,
    /// Every artifact that the profile can take
    #[arg(long)]
    pub(crate) all: bool,
    /// Project folders, all that follow; they become registered
    #[arg(long, value_name = "DIR", num_args = 1.., required = true)]
    pub(crate) project: Vec<String>,
    /// Profiles [default: the project's only one, else claude_code]
    #[arg(long, value_name = "ID", num_args = 1.., conflicts_with = "all_profiles")]
    pub(crate) profile: Vec<String>,
    /// Every profile of the project
    #[arg(long)]
    pub(crate) all_profiles: bool,
    /// Put the copies into this sub-folder of the type's folder
    #[arg(long, value_name = "SUBDIR")]
    pub(crate) dest: Option<String>,
    /// What to do with a target that was edited, or that is not ours
    #[arg(long, value_name = "CHOICE", default_value = "stop")]
    pub(crate) on_conflict: Choice,
    /// Say what would happen and write nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
}

#[derive(Debug, Flags)]
#[command(group = ArgGroup::new("what").required(true).args(["ids", "all"]))]
pub(crate) struct Undeploy {
    /// Artifacts, also ones that are gone from the collection
    #[arg(value_name = "ID")]
    pub(crate) ids: Vec<String>,
    /// Everything that was deployed there
    #[arg(long)]
    pub(crate) all: bool,
    /// Project folders, all that follow
    #[arg(long, value_name = "DIR", num_args = 1.., required = true)]
    pub(crate) project: Vec<String>,
    /// Profiles [default: every profile's copy]
    #[arg(long, value_name = "ID", num_args = 1..)]
    pub(crate) profile: Vec<String>,
    /// Remove edited copies too; they go to the trash
    #[arg(long)]
    pub(crate) discard_edits: bool,
    /// Say what would happen and write nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
}

#[derive(Debug, Flags)]
pub(crate) struct Undo {
    /// The operation's id, from `skm history`
    #[arg(value_name = "OPERATION")]
    pub(crate) operation: Option<String>,
    /// What to do with a target that changed since
    #[arg(long, value_name = "CHOICE", default_value = "stop")]
    pub(crate) on_conflict: UndoChoice,
    /// Say what would happen and write nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
}

#[derive(Debug, Flags)]
pub(crate) struct Doctor {
    /// Do this repair wherever it can work
    #[arg(long, value_name = "REPAIR")]
    pub(crate) repair: Option<RepairKind>,
    /// Repair in these projects only
    #[arg(long, value_name = "DIR", num_args = 1.., requires = "repair")]
    pub(crate) project: Vec<String>,
    /// Change nothing, and print what somebody who helps needs to know
    #[arg(long, conflicts_with = "repair")]
    pub(crate) diagnostics: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Collection {
    /// Make an empty collection
    Create {
        /// Its name, which becomes its folder's name
        name: String,
    },
    /// Take a folder elsewhere as a collection; it is only read
    Link {
        /// The folder: a git clone, a marketplace of plugins, a folder of skills
        #[arg(value_name = "DIR")]
        folder: String,
        /// The collection's name [default: the folder's]
        #[arg(long)]
        name: Option<String>,
        /// Where artifacts are in the folder [default: it is looked at]
        #[arg(long, value_name = "LAYOUT")]
        layout: Option<FolderLayout>,
    },
    /// Forget a linked folder; its files stay, deployments of it become orphaned
    Unlink {
        /// The collection's name
        name: String,
        /// Say what would happen and write nothing
        #[arg(long)]
        dry_run: bool,
    },
    /// Remove artifacts from their collection; files go to the trash, deployments become orphaned
    Remove {
        /// Artifacts: type:name, or as much of it as tells it apart
        #[arg(value_name = "ID", required = true)]
        ids: Vec<String>,
        /// Say what would happen and write nothing
        #[arg(long)]
        dry_run: bool,
    },
    /// List the collections
    List,
}

impl Global {
    /// The artifact that `id` asks for.
    pub(crate) fn artifact(&self, id: &str) -> ArtifactRef {
        ArtifactRef { artifact_id: id.to_owned(), collection: self.collection.clone() }
    }
}

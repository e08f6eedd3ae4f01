//! What can be asked about groups and deployment sets.

use super::Choice;
use clap::{Args as Flags, Subcommand};

#[derive(Debug, Subcommand)]
pub(crate) enum Set {
    /// Make a set
    Create {
        /// Its name, which no other set of the collection has
        name: String,
        #[command(flatten)]
        looks: Looks,
        /// Its tags, all that follow
        #[arg(long, value_name = "TAG", num_args = 1..)]
        tag: Vec<String>,
        /// Its members, all that follow: type:name, group:NAME, set:NAME
        #[arg(long, value_name = "MEMBER", num_args = 1..)]
        member: Vec<String>,
    },
    /// Delete a set, and what refers to it in other sets; what is deployed stays
    Delete {
        /// Its id or name
        set: String,
        /// Say what would happen and write nothing
        #[arg(long)]
        dry_run: bool,
    },
    /// Give a set another name
    Rename {
        /// Its id or name
        set: String,
        /// The new name
        name: String,
    },
    /// Change what a set says of itself; an empty text takes away what is there
    Edit {
        /// Its id or name
        set: String,
        #[command(flatten)]
        looks: Looks,
        /// All its tags from now on, all that follow
        #[arg(long, value_name = "TAG", num_args = 1.., conflicts_with = "no_tags")]
        tag: Vec<String>,
        /// Take all tags away
        #[arg(long)]
        no_tags: bool,
    },
    /// Copy a set; groups and sets in it are the same ones
    Clone {
        /// Its id or name
        set: String,
        /// The copy's name [default: the set's, with “(copy)”]
        #[arg(long)]
        name: Option<String>,
    },
    /// Put members into a set; those in it stay where they are
    Add {
        /// Its id or name
        set: String,
        /// Members: type:name, group:NAME, set:NAME
        #[arg(value_name = "MEMBER", required = true)]
        members: Vec<String>,
        /// Put them before this member, from 0 [default: at the end]
        #[arg(long, value_name = "N")]
        at: Option<usize>,
    },
    /// Take members out of a set
    Remove {
        /// Its id or name
        set: String,
        /// Members, also ones that are missing
        #[arg(value_name = "MEMBER", required = true)]
        members: Vec<String>,
    },
    /// Put the members of a set into another order
    Order {
        /// Its id or name
        set: String,
        /// All of its members, in the new order
        #[arg(value_name = "MEMBER", required = true)]
        members: Vec<String>,
    },
    /// List the sets
    List {
        /// Only sets with this text in their name, description or tags
        #[arg(long, value_name = "TEXT")]
        search: Option<String>,
        /// Only sets with this tag
        #[arg(long, value_name = "TAG")]
        tag: Option<String>,
    },
    /// Show one set and its members
    Show {
        /// Its id or name
        set: String,
    },
    /// Copy what a set comes to into projects, as one operation
    Deploy {
        /// Its id or name
        set: String,
        /// Project folders, all that follow; they become registered
        #[arg(long, value_name = "DIR", num_args = 1.., required_unless_present = "retry")]
        project: Vec<String>,
        /// Only what this earlier deploy of the set has left undone, from its answer
        #[arg(long, value_name = "OPERATION", conflicts_with_all = ["project", "profile", "all_profiles"])]
        retry: Option<String>,
        /// Profiles [default: each project's only one, else claude_code]
        #[arg(long, value_name = "ID", num_args = 1.., conflicts_with = "all_profiles")]
        profile: Vec<String>,
        /// Every profile of each project
        #[arg(long)]
        all_profiles: bool,
        /// What to do with a target that was edited, or that is not ours
        #[arg(long, value_name = "CHOICE", default_value = "stop")]
        on_conflict: Choice,
        /// Say what would happen and write nothing
        #[arg(long)]
        dry_run: bool,
    },
    /// Remove what a set comes to from projects, as one operation; what another deployed set needs stays
    Undeploy {
        /// Its id or name
        set: String,
        /// Project folders, all that follow
        #[arg(long, value_name = "DIR", num_args = 1.., required = true)]
        project: Vec<String>,
        /// Profiles [default: every profile's copy]
        #[arg(long, value_name = "ID", num_args = 1..)]
        profile: Vec<String>,
        /// Remove edited copies too; they go to the trash
        #[arg(long)]
        discard_edits: bool,
        /// Remove also what other deployed sets need
        #[arg(long)]
        even_needed: bool,
        /// Say what would happen and write nothing
        #[arg(long)]
        dry_run: bool,
    },
    /// Show which artifacts a set comes to, and through what
    Resolve {
        /// Its id or name
        set: String,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Group {
    /// Make a group
    Create {
        /// Its name, which no other group of the collection has
        name: String,
        #[command(flatten)]
        looks: Looks,
        /// Its artifacts, all that follow
        #[arg(long, value_name = "ID", num_args = 1..)]
        member: Vec<String>,
    },
    /// Delete a group, and what refers to it in sets; its artifacts stay
    Delete {
        /// Its name
        group: String,
        /// Say what would happen and write nothing
        #[arg(long)]
        dry_run: bool,
    },
    /// Give a group another name; sets that hold it follow
    Rename {
        /// Its name
        group: String,
        /// The new name
        name: String,
    },
    /// Change what a group says of itself; an empty text takes away what is there
    Edit {
        /// Its name
        group: String,
        #[command(flatten)]
        looks: Looks,
    },
    /// Copy a group
    Clone {
        /// Its name
        group: String,
        /// The copy's name [default: the group's, with “(copy)”]
        #[arg(long)]
        name: Option<String>,
    },
    /// Put artifacts into a group; those in it stay where they are
    Add {
        /// Its name
        group: String,
        /// Artifacts of the group's collection
        #[arg(value_name = "ID", required = true)]
        ids: Vec<String>,
        /// Put them before this one, from 0 [default: at the end]
        #[arg(long, value_name = "N")]
        at: Option<usize>,
    },
    /// Take artifacts out of a group
    Remove {
        /// Its name
        group: String,
        /// Artifacts, also ones that are missing
        #[arg(value_name = "ID", required = true)]
        ids: Vec<String>,
    },
    /// Put the artifacts of a group into another order
    Order {
        /// Its name
        group: String,
        /// All of its artifacts, in the new order
        #[arg(value_name = "ID", required = true)]
        ids: Vec<String>,
    },
    /// Put the groups of a collection into another order
    Arrange {
        /// All of its groups, in the new order
        #[arg(value_name = "GROUP", required = true)]
        groups: Vec<String>,
    },
    /// List the groups
    List,
    /// Show one group and its artifacts
    Show {
        /// Its name
        group: String,
    },
}

/// How a group or set looks.
#[derive(Debug, Flags)]
pub(crate) struct Looks {
    /// What it is for
    #[arg(long, value_name = "TEXT")]
    pub(crate) description: Option<String>,
    /// A colour's name, or #rrggbb
    #[arg(long, value_name = "COLOUR")]
    pub(crate) color: Option<String>,
    /// An icon's name, or an emoji
    #[arg(long, value_name = "ICON")]
    pub(crate) icon: Option<String>,
}

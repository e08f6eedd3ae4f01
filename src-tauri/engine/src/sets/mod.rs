//! Deployment sets: what is deployed together. An ordered list of artifacts, groups and other sets.
//!
//! The sets of a collection are a text file in it, `deployment-sets.toml`, that people can edit and put in git:
//!
//! ```toml
//! [[sets]]
//! id = "5f1c9c0de6a44e0f8b6d0d0a3f6f7a10"   # what others name it by; without one its name is
//! name = "Web"
//! description = "What every web project gets"
//! color = "blue"
//! icon = "globe"
//! tags = ["web"]
//! created = "2026-03-01T12:00:00+00:00"
//! updated = "2026-03-01T12:00:00+00:00"
//! members = [
//!     { artifact = "skill:review" },
//!     { artifact = "agent:pm/prd-writer", collection = "elsewhere" },
//!     { group = "Frontend" },
//!     { set = "0b3c…" },
//! ]
//! ```
//!
//! Groups, and sets in sets, are those of the same collection; artifacts may be of any. What a person wrote into the
//! file that we do not know stays. A set that cannot be read is told and left alone; a file that does not parse is
//! `sets-invalid`, and is never written.
//!
//! | file | what it does |
//! |---|---|
//! | `document` | the file, read and edited in place |
//! | `members` | the list of members in a set's table |
//! | `model` | groups and sets of one collection, and every change of them |
//! | `look` | names and how a group or set looks, checked |
//! | `resolve` | which artifacts a set comes to |
//!
//! # What a change does
//! A change is made to the groups and sets as they are while the collection's lock is held, so names stay unique and no
//! set comes to hold itself, whoever else is at work. What differs afterwards is written by the write path of a
//! collection ([`deploy`](crate::deploy)): one part for the file of sets, then one for `collection.toml`, where groups are.
//! Deleting or renaming what sets refer to changes these sets too, in the same operation.
//!
//! | state | what it means |
//! |---|---|
//! | no file | no sets |
//! | a file that does not parse, or is empty | `sets-invalid`: what was known stays listed, changes are refused |
//! | a set without a name, an id that another one has | told, left alone; the others count |
//! | a member whose artifact, group or set is not there | kept and shown as missing; it can be taken out |
//! | sets that hold themselves, by a hand's edit | told; the way back is not taken |

mod document;
mod look;
mod members;
mod model;
mod resolve;

pub use document::{SetEdit, SetsText, text};
pub use look::Look;
pub use model::{Change, Find, Model, free_name};
pub use resolve::{Dangling, MAX_LEVELS, MAX_TRAILS, Resolution, Resolved, resolve};

use serde::{Deserialize, Serialize};

/// The file in a collection that holds its sets.
pub const FILE_NAME: &str = "deployment-sets.toml";

/// An id for a new set: 32 random hexadecimal digits, as SkillMeat gives them.
pub fn new_id() -> String {
    uuid::Uuid::new_v4().simple().to_string()
}

/// One member of a set.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Member {
    /// An artifact.
    Artifact {
        /// `type:name`, as it is written.
        artifact_id: String,
        /// Its collection; without one the set's own.
        collection: Option<String>,
    },
    /// A group of the collection: whatever is in it when the set is resolved.
    Group {
        /// Its name.
        group: String,
    },
    /// Another set of the collection.
    Set {
        /// Its id.
        set_id: String,
    },
}

impl Member {
    /// Reads a member as a person writes it: `type:name`, `group:NAME`, `set:NAME`, or an artifact's name alone.
    pub fn parse(text: &str) -> Self {
        match text.split_once(':') {
            Some(("group", group)) => Self::Group { group: group.to_owned() },
            Some(("set", set)) => Self::Set { set_id: set.to_owned() },
            _ => Self::Artifact { artifact_id: text.to_owned(), collection: None },
        }
    }
}

/// One set.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DeploymentSet {
    /// What others name it by: 32 hexadecimal digits, or its name where a person wrote none.
    pub id: String,
    /// Its name, unique among the sets of its collection.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// A colour's name or `#rrggbb`.
    pub color: Option<String>,
    /// An icon's name.
    pub icon: Option<String>,
    /// Tags, in order.
    pub tags: Vec<String>,
    /// When it was made, as it is written.
    pub created: Option<String>,
    /// When it was last changed, as it is written.
    pub updated: Option<String>,
    /// Its members, in order, each once.
    pub members: Vec<Member>,
}

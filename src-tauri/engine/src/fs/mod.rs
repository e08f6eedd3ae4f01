//! The only module that touches the disk.
//!
//! Everything happens relative to a [`Root`]: a folder opened once, whose handle cannot be talked into leaving
//! it. A path below it is a [`RelPath`](crate::path::RelPath), so `..`, absolute paths and links that lead out
//! are refused by construction, also when a link is swapped in between a check and its use.
//!
//! | file | what it does |
//! |---|---|
//! | `root` | the contained folder: read, list, make folders |
//! | `atomic` | write files whole, flush |
//! | `canonical` | the one name of a folder |
//! | `survey` | one walk over an artifact that stats everything and reads nothing |
//! | `seek` | a walk over folders that may be anything |
//! | `source` | what may be copied, and a second try when it changes meanwhile |
//! | `hash` | SkillMeat's content hash, and what it leaves out |
//! | `stage` | copy a tree beside its target, hashing and storing it in the same pass |
//! | `objects` | the content store: packs of what was deployed |
//! | `swap` | put trees in place, take them away; **the one removal function** |
//! | `lock` | locks between processes |
//! | `events` | what the system tells about changes in folders |
//! | `tail` | the end of a log file |
//! | `trash` | where removed content goes |
//! | `sys` | what Linux, macOS and Windows each do in their own way |
//! | `fault` | where a test can make any of this fail |
//!
//! # Ignore list
//! Entries of these names, at any depth, are neither copied nor compared: `.git`, `.github`, `.gitignore`,
//! `__pycache__`, `*.pyc`, `*.pyo`, `node_modules`, `.venv`, `venv`, `*.egg-info`, `.DS_Store`, `Thumbs.db`.
//! It is SkillMeat's copy list; using the same list for both sides means that an ignored file never makes a
//! deployment look changed.
#![allow(clippy::disallowed_methods, reason = "this is the façade that the ban points to")]

mod atomic;
mod canonical;
mod events;
pub mod fault;
mod hash;
mod lock;
mod objects;
mod root;
mod seek;
mod source;
mod stage;
mod survey;
mod swap;
mod sys;
mod tail;
mod trash;

pub use canonical::{canonical_folder, is_gone};
pub use events::{FolderEvent, FolderEvents, Unwatched, What, is_remote, is_there, subfolders};
pub use lock::FileLock;
pub use objects::{Pack, PackWriter, TreeEntry};
pub use root::{Entry, EntryKind, Root};
pub use seek::{Passed, Seek, Unread, seek};
pub use source::{MAX_BYTES, MAX_FILES};
pub use stage::Staged;
pub use survey::{Fingerprint, Survey, SurveyEntry};
pub use trash::Trashed;

/// Whether an entry of this name is neither copied nor compared (see the module's list).
pub fn is_ignored(name: &str) -> bool {
    const NAMES: [&str; 9] = [
        ".git",
        ".github",
        ".gitignore",
        "__pycache__",
        "node_modules",
        ".venv",
        "venv",
        ".DS_Store",
        "Thumbs.db",
    ];
    const ENDINGS: [&str; 3] = [".pyc", ".pyo", ".egg-info"];
    NAMES.contains(&name) || ENDINGS.iter().any(|ending| name.ends_with(ending))
}

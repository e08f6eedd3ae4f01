//! Three-way status of a deployment: what the collection has now, what was deployed, what the project has now.

mod files;

pub use files::{FileState, FileStatus, Files, Known, SideChange, above, compare, derived, in_the_way};

use crate::id::ContentHash;
use serde::{Deserialize, Serialize};

/// The state of one deployment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// The copy equals the collection's content.
    Synced,
    /// The collection moved on; the copy is as it was deployed.
    Outdated,
    /// The copy was edited; the collection is as it was deployed.
    Modified,
    /// Both changed.
    Conflict,
    /// The copy is gone from the project.
    Missing,
    /// The artifact is gone from the collection.
    Orphaned,
    /// Something in a profile root that no record names.
    Unmanaged,
    /// One side could not be read (no permission, not mounted).
    Unknown,
}

impl Status {
    /// All states, in the order in which lists and totals show them.
    pub const ALL: [Self; 8] = [
        Self::Synced,
        Self::Outdated,
        Self::Modified,
        Self::Conflict,
        Self::Missing,
        Self::Orphaned,
        Self::Unmanaged,
        Self::Unknown,
    ];

    /// Whether a person should look at it. An outdated copy is news, not trouble.
    pub fn needs_attention(self) -> bool {
        !matches!(self, Self::Synced | Self::Outdated | Self::Unmanaged)
    }

    /// The state's name in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Synced => "synced",
            Self::Outdated => "outdated",
            Self::Modified => "modified",
            Self::Conflict => "conflict",
            Self::Missing => "missing",
            Self::Orphaned => "orphaned",
            Self::Unmanaged => "unmanaged",
            Self::Unknown => "unknown",
        }
    }

    /// Reads a state's name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == text)
    }
}

/// What one side of the comparison holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Side {
    /// Content with this hash, over what is not on the ignore list.
    Content(ContentHash),
    /// Nothing.
    Absent,
    /// Something that could not be read.
    Unreadable,
}

/// Compares collection, base (the recorded hash) and project.
///
/// Precedence: unknown, missing, orphaned, conflict, modified, outdated, synced. Equal content on both sides
/// is `synced` whatever the base says.
pub fn three_way(collection: &Side, base: &ContentHash, project: &Side) -> Status {
    match (collection, project) {
        (Side::Unreadable, _) | (_, Side::Unreadable) => Status::Unknown,
        (_, Side::Absent) => Status::Missing,
        (Side::Absent, _) => Status::Orphaned,
        (Side::Content(theirs), Side::Content(ours)) if theirs == ours => Status::Synced,
        (Side::Content(theirs), Side::Content(ours)) => match (theirs == base, ours == base) {
            (true, _) => Status::Modified,
            (false, true) => Status::Outdated,
            (false, false) => Status::Conflict,
        },
    }
}

/// Whether the copy in the project differs from what was deployed. Computed always, also for orphaned
/// deployments; a stored flag is never believed.
pub fn locally_modified(base: &ContentHash, project: &Side) -> bool {
    matches!(project, Side::Content(ours) if ours != base)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn side(letter: char) -> Side {
        match letter {
            '-' => Side::Absent,
            '?' => Side::Unreadable,
            _ => Side::Content(hash(letter)),
        }
    }

    fn hash(letter: char) -> ContentHash {
        ContentHash::from_digest(&[letter as u8; 32])
    }

    #[rstest]
    #[case('a', 'a', 'a', Status::Synced)]
    #[case('b', 'a', 'b', Status::Synced)]
    #[case('b', 'a', 'a', Status::Outdated)]
    #[case('a', 'a', 'b', Status::Modified)]
    #[case('b', 'a', 'c', Status::Conflict)]
    #[case('a', 'a', '-', Status::Missing)]
    #[case('-', 'a', '-', Status::Missing)]
    #[case('-', 'a', 'a', Status::Orphaned)]
    #[case('-', 'a', 'b', Status::Orphaned)]
    #[case('?', 'a', '-', Status::Unknown)]
    #[case('a', 'a', '?', Status::Unknown)]
    fn every_combination(
        #[case] collection: char,
        #[case] base: char,
        #[case] project: char,
        #[case] want: Status,
    ) {
        assert_eq!(three_way(&side(collection), &hash(base), &side(project)), want);
    }

    #[test]
    fn an_orphaned_copy_still_tells_whether_it_was_edited() {
        assert!(locally_modified(&hash('a'), &side('b')));
        assert!(!locally_modified(&hash('a'), &side('a')));
        assert!(!locally_modified(&hash('a'), &side('-')));
    }
}

//! The same comparison file by file: which files the collection changed, which the project, and which both.

use super::Status;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What one file or link is. Of the permissions only whether it can be run counts: the others follow the umask of
/// whoever checked the collection out.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum FileState {
    /// A regular file.
    File {
        /// SHA-256 of its content.
        sha256: String,
        /// Whether its owner can run it.
        executable: bool,
    },
    /// A symbolic link.
    Link {
        /// Where it points.
        target: String,
    },
}

/// The files and links of one side by their path below the artifact; a single file has the empty path.
pub type Files = BTreeMap<String, FileState>;

/// What one side did to a file since the deployment was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "lowercase")]
pub enum SideChange {
    /// Nothing.
    Same,
    /// It has a file that was not deployed.
    Added,
    /// It has a file no more that was deployed.
    Removed,
    /// It has another content.
    Modified,
    /// What was deployed is not known any more.
    Unknown,
}

/// What is known of the content at deploy time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "lowercase")]
pub enum Known {
    /// Every file, so that each side's changes are told apart.
    Files,
    /// The hash of the whole, and neither side is that any more: the record was written by another program, or the
    /// content is no longer kept.
    Hash,
}

/// One file, three-way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileStatus {
    /// Below the artifact; empty for a single file.
    pub path: String,
    /// `synced`, `outdated`, `modified` or `conflict`.
    pub status: Status,
    /// What the collection did.
    pub collection: SideChange,
    /// What the project did.
    pub project: SideChange,
}

/// Compares collection, content at deploy time and project, file by file, by path.
///
/// Where the content at deploy time is not known, every file that differs is a conflict: nobody can tell whose change
/// it is. So is a file in the place of the other side's folder, with everything in that.
pub fn compare(collection: &Files, before: Option<&Files>, project: &Files) -> Vec<FileStatus> {
    let sides = [Some(collection), before, Some(project)];
    let paths: BTreeSet<&String> = sides.into_iter().flatten().flat_map(BTreeMap::keys).collect();
    let clashing = clashing(collection, project);
    let each = paths.into_iter().map(|path| {
        let (theirs, ours) = (collection.get(path), project.get(path));
        let change = |now| before.map_or(SideChange::Unknown, |before| change(before.get(path), now));
        let (by_collection, by_project) = (change(theirs), change(ours));
        let status = match (by_collection, by_project) {
            _ if clashing.contains(path.as_str()) => Status::Conflict,
            _ if theirs == ours => Status::Synced,
            (SideChange::Same, _) => Status::Modified,
            (_, SideChange::Same) => Status::Outdated,
            _ => Status::Conflict,
        };
        FileStatus { path: path.clone(), status, collection: by_collection, project: by_project }
    });
    each.collect()
}

/// The status of a deployment whose files these are.
pub fn derived(files: &[FileStatus]) -> Status {
    let has = |status| files.iter().any(|file| file.status == status);
    let order = [Status::Conflict, Status::Modified, Status::Outdated];
    order.into_iter().find(|status| has(*status)).unwrap_or(Status::Synced)
}

fn change(before: Option<&FileState>, now: Option<&FileState>) -> SideChange {
    match (before, now) {
        (before, now) if before == now => SideChange::Same,
        (None, _) => SideChange::Added,
        (_, None) => SideChange::Removed,
        _ => SideChange::Modified,
    }
}

/// The paths that cannot be together: a file of one side, and what the other side has below that path.
fn clashing<'a>(collection: &'a Files, project: &'a Files) -> BTreeSet<&'a str> {
    let mut clashing = BTreeSet::new();
    for (one, other) in [(collection, project), (project, collection)] {
        for path in one.keys() {
            for above in above(path).filter(|above| other.contains_key(*above)) {
                clashing.extend([path.as_str(), above]);
            }
        }
    }
    clashing
}

/// The files of a tree that would take the place of a folder in which the other tree has `ignored` entries: by path, with
/// the first of these. No side counts such entries among its files, and they would have nowhere to move to.
pub fn in_the_way(is_file: impl Fn(&str) -> bool, ignored: &[String]) -> BTreeMap<&str, &str> {
    let mut found = BTreeMap::new();
    for entry in ignored {
        if let Some(file) = above(entry).find(|above| is_file(above)) {
            found.entry(file).or_insert(entry.as_str());
        }
    }
    found
}

/// The folders that a path lies in, innermost first, and the artifact itself.
pub fn above(path: &str) -> impl Iterator<Item = &str> {
    let folders = path.rmatch_indices('/').map(|(at, _)| &path[..at]);
    folders.chain((!path.is_empty()).then_some(""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    fn file(content: char) -> FileState {
        FileState::File { sha256: content.to_string(), executable: content.is_uppercase() }
    }

    fn side(content: char) -> Files {
        if content == '-' { Files::new() } else { [("f".to_owned(), file(content))].into() }
    }

    /// collection · before · project
    #[rstest]
    #[case("aaa", Status::Synced, SideChange::Same, SideChange::Same)]
    #[case("bab", Status::Synced, SideChange::Modified, SideChange::Modified)]
    #[case("baa", Status::Outdated, SideChange::Modified, SideChange::Same)]
    #[case("Aaa", Status::Outdated, SideChange::Modified, SideChange::Same)]
    #[case("a--", Status::Outdated, SideChange::Added, SideChange::Same)]
    #[case("-aa", Status::Outdated, SideChange::Removed, SideChange::Same)]
    #[case("aab", Status::Modified, SideChange::Same, SideChange::Modified)]
    #[case("--b", Status::Modified, SideChange::Same, SideChange::Added)]
    #[case("aa-", Status::Modified, SideChange::Same, SideChange::Removed)]
    #[case("bac", Status::Conflict, SideChange::Modified, SideChange::Modified)]
    #[case("b-c", Status::Conflict, SideChange::Added, SideChange::Added)]
    #[case("ba-", Status::Conflict, SideChange::Modified, SideChange::Removed)]
    #[case("-ac", Status::Conflict, SideChange::Removed, SideChange::Modified)]
    #[case("b-b", Status::Synced, SideChange::Added, SideChange::Added)]
    #[case("-a-", Status::Synced, SideChange::Removed, SideChange::Removed)]
    fn every_combination(
        #[case] sides: &str,
        #[case] status: Status,
        #[case] collection: SideChange,
        #[case] project: SideChange,
    ) {
        let sides: Vec<Files> = sides.chars().map(side).collect();
        let files = compare(&sides[0], Some(&sides[1]), &sides[2]);
        let want = FileStatus { path: "f".to_owned(), status, collection, project };
        assert_eq!(files, [want]);
        assert_eq!(derived(&files), status);
    }

    #[test]
    fn without_a_base_what_differs_is_a_conflict_and_what_is_equal_is_synced() {
        let files = compare(&side('a'), None, &side('b'));
        assert_eq!((files[0].status, files[0].project), (Status::Conflict, SideChange::Unknown));
        assert_eq!(derived(&compare(&side('a'), None, &side('a'))), Status::Synced);
    }

    #[test]
    fn a_file_in_the_place_of_a_folder_is_a_conflict_with_everything_in_it() {
        let files =
            |paths: &[&str]| -> Files { paths.iter().map(|path| ((*path).to_owned(), file('a'))).collect() };
        let found = compare(&files(&["x/y/z", "w"]), Some(&files(&["w"])), &files(&["x", "w"]));
        let told: Vec<_> = found.iter().map(|file| (file.path.as_str(), file.status)).collect();
        assert_eq!(told, [("w", Status::Synced), ("x", Status::Conflict), ("x/y/z", Status::Conflict)]);
    }

    #[test]
    fn a_file_is_in_the_way_of_what_lies_below_its_path() {
        let ignored = ["x/.venv", "x/y/__pycache__", ".git"].map(str::to_owned);
        let found = |files: &[&str]| -> Vec<(String, String)> {
            let found = in_the_way(|path| files.contains(&path), &ignored);
            found.into_iter().map(|(file, entry)| (file.to_owned(), entry.to_owned())).collect()
        };
        let pair = |file: &str, entry: &str| (file.to_owned(), entry.to_owned());
        assert_eq!(found(&["x"]), [pair("x", "x/.venv")]);
        assert_eq!(found(&["x/y", "x/a", "xy"]), [pair("x/y", "x/y/__pycache__")]);
        assert_eq!(found(&[""]), [pair("", "x/.venv")]);
        assert_eq!(found(&["y", "x/a"]), []);
    }

    /// Files that are never in one another's way.
    fn any_side() -> impl Strategy<Value = Files> {
        let content = prop_oneof![Just('a'), Just('b'), Just('c'), Just('A')];
        proptest::collection::btree_map("[pqrs]", content.prop_map(file), 0..4)
    }

    proptest! {
        /// Said in words: what is equal is synced; what only one side changed is that side's; the rest is both's.
        #[test]
        fn it_agrees_with_a_naive_comparison(theirs in any_side(), before in any_side(), ours in any_side()) {
            let found = compare(&theirs, Some(&before), &ours);
            for name in ["p", "q", "r", "s"] {
                let (c, b, p) = (theirs.get(name), before.get(name), ours.get(name));
                let status = found.iter().find(|file| file.path == name).map(|file| file.status);
                if c.is_none() && b.is_none() && p.is_none() {
                    prop_assert_eq!(status, None);
                    continue;
                }
                let moved = c != b;
                let edited = p != b;
                let want = if c == p {
                    Status::Synced
                } else if moved && edited {
                    Status::Conflict
                } else if moved {
                    Status::Outdated
                } else {
                    Status::Modified
                };
                prop_assert_eq!(status, Some(want));
            }
            let worst = found.iter().map(|file| match file.status {
                Status::Conflict => 3,
                Status::Modified => 2,
                Status::Outdated => 1,
                _ => 0,
            });
            let worst = [Status::Synced, Status::Outdated, Status::Modified, Status::Conflict][worst.max().unwrap_or(0)];
            prop_assert_eq!(derived(&found), worst);
        }
    }
}

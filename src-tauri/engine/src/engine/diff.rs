//! What differs between an artifact and its copy, file by file.

use super::{DiffHunk, DiffLine, FileChange, FileDiff, LineKind};
use crate::error::Result;
use crate::fs::{EntryKind, Root, Survey, SurveyEntry};
use crate::id::ContentHash;
use crate::path::RelPath;
use crate::status::{FileStatus, SideChange, Status};
use sha2::{Digest, Sha256};
use similar::{ChangeTag, TextDiff};
use std::collections::{BTreeMap, BTreeSet};

/// Larger files are compared by size and hash only: a diff of them helps nobody and takes seconds.
pub(super) const MAX_DIFF: u64 = 512 * 1024;
/// More changed lines are cut.
const MAX_LINES: usize = 5_000;

/// A tree to compare: an opened folder and the artifact's place in it.
type Tree<'a> = (&'a Root, &'a RelPath);

/// Compares an artifact (old, if there is one) with its copy (new). Equal files are left out. `files` says whose change
/// each difference is.
///
/// # Errors
/// `io` and its relatives when a file cannot be read.
pub(super) fn compare(old: Option<Tree<'_>>, new: Tree<'_>, files: &[FileStatus]) -> Result<Vec<FileDiff>> {
    let survey = |tree: Option<Tree<'_>>| match tree {
        Some((root, path)) => root.survey(path),
        None => Ok(None),
    };
    let (old_survey, new_survey) = (survey(old)?, survey(Some(new))?);
    let (old_files, new_files) = (contents(old_survey.as_ref()), contents(new_survey.as_ref()));
    let paths: BTreeSet<&str> = old_files.keys().chain(new_files.keys()).copied().collect();
    let mut diffs = Vec::new();
    for path in paths {
        let before = held(old, old_files.get(path).copied())?;
        let after = held(Some(new), new_files.get(path).copied())?;
        if before != after {
            let shown = if path.is_empty() { RelPath::new(new.1.name())? } else { RelPath::new(path)? };
            let status = files.iter().find(|file| file.path == path);
            diffs.extend(file(shown, (before, after), status));
        }
    }
    Ok(diffs)
}

/// Files and links, by path; a single file is the empty path.
fn contents(survey: Option<&Survey>) -> BTreeMap<&str, &SurveyEntry> {
    let entries = survey.into_iter().flat_map(|survey| &survey.entries);
    let files = entries.filter(|entry| matches!(entry.kind, EntryKind::File | EntryKind::Link));
    files.map(|entry| (entry.path.as_str(), entry)).collect()
}

/// What a file or link holds.
#[derive(PartialEq, Eq)]
struct Held {
    link: bool,
    executable: bool,
    bytes: u64,
    sha256: String,
    /// Only of what is small enough for a diff.
    content: Option<Vec<u8>>,
}

/// What an entry holds. For a link that is where it points: what lies there may be a folder, or nothing.
fn held(tree: Option<Tree<'_>>, entry: Option<&SurveyEntry>) -> Result<Option<Held>> {
    let (Some((root, at)), Some(entry)) = (tree, entry) else { return Ok(None) };
    let path = if entry.path.is_empty() { at.clone() } else { at.child(&entry.path)? };
    let content = match &entry.link {
        Some(target) => Some(target.clone().into_bytes()),
        None if entry.bytes > MAX_DIFF => None,
        None => root.read(&path, MAX_DIFF)?,
    };
    let sha256 = match &content {
        Some(content) => ContentHash::from_digest(&Sha256::digest(content)).to_string(),
        None => root.sha256(&path)?,
    };
    let link = entry.link.is_some();
    let executable = !link && entry.mode & 0o100 != 0;
    Ok(Some(Held { link, executable, bytes: entry.bytes, sha256, content }))
}

fn file(
    path: RelPath,
    (before, after): (Option<Held>, Option<Held>),
    status: Option<&FileStatus>,
) -> Option<FileDiff> {
    let change = match (&before, &after) {
        (Some(_), Some(_)) => FileChange::Modified,
        (Some(_), None) => FileChange::Removed,
        (None, Some(_)) => FileChange::Added,
        (None, None) => return None,
    };
    let mut diff = FileDiff {
        path,
        change,
        // A file that changed between two looks is one that nobody can tell about.
        status: status.map_or(Status::Conflict, |file| file.status),
        collection: status.map_or(SideChange::Unknown, |file| file.collection),
        project: status.map_or(SideChange::Unknown, |file| file.project),
        binary: false,
        old_bytes: before.as_ref().map(|held| held.bytes),
        new_bytes: after.as_ref().map(|held| held.bytes),
        old_executable: before.as_ref().map(|held| held.executable),
        new_executable: after.as_ref().map(|held| held.executable),
        old_sha256: before.as_ref().map(|held| held.sha256.clone()),
        new_sha256: after.as_ref().map(|held| held.sha256.clone()),
        hunks: Vec::new(),
        truncated: false,
    };
    // A side that is not there is an empty text.
    let content = |side: Option<Held>| side.map_or(Some(Vec::new()), |held| held.content);
    match (content(before), content(after)) {
        (Some(old), Some(new)) => match (as_text(old), as_text(new)) {
            (Some(old), Some(new)) => (diff.hunks, diff.truncated) = hunks(&old, &new),
            _ => diff.binary = true,
        },
        _ => diff.truncated = true,
    }
    Some(diff)
}

/// Changed runs with three lines around them; whether something was cut.
fn hunks(old: &str, new: &str) -> (Vec<DiffHunk>, bool) {
    let diff = TextDiff::from_lines(old, new);
    let (mut hunks, mut lines_left) = (Vec::new(), MAX_LINES);
    for group in diff.grouped_ops(3) {
        let mut lines = Vec::new();
        for change in group.iter().flat_map(|op| diff.iter_changes(op)) {
            if lines_left == 0 {
                hunks.push(DiffHunk { lines });
                return (hunks, true);
            }
            lines_left -= 1;
            let number = |index: Option<usize>| index.and_then(|index| u32::try_from(index + 1).ok());
            lines.push(DiffLine {
                kind: match change.tag() {
                    ChangeTag::Equal => LineKind::Context,
                    ChangeTag::Insert => LineKind::Insert,
                    ChangeTag::Delete => LineKind::Delete,
                },
                old_line: number(change.old_index()),
                new_line: number(change.new_index()),
                text: change.value().trim_end_matches(['\n', '\r']).to_owned(),
            });
        }
        hunks.push(DiffHunk { lines });
    }
    (hunks, false)
}

/// The text of a file; `None` when it is not UTF-8 or holds a NUL.
pub(super) fn as_text(bytes: Vec<u8>) -> Option<String> {
    if bytes.contains(&0) { None } else { String::from_utf8(bytes).ok() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_carry_their_numbers_on_both_sides() {
        let (hunks, cut) = hunks("a\nb\nc\n", "a\nx\nc\n");
        assert!(!cut);
        let lines: Vec<_> = hunks[0]
            .lines
            .iter()
            .map(|line| (line.kind, line.old_line, line.new_line, line.text.as_str()))
            .collect();
        assert_eq!(
            lines,
            [
                (LineKind::Context, Some(1), Some(1), "a"),
                (LineKind::Delete, Some(2), None, "b"),
                (LineKind::Insert, None, Some(2), "x"),
                (LineKind::Context, Some(3), Some(3), "c"),
            ]
        );
    }

    #[test]
    fn a_file_too_large_for_a_diff_is_compared_by_its_hash() {
        let folder = tempfile::tempdir().unwrap();
        let large = "x\n".repeat(300 * 1024);
        for side in ["old", "new"] {
            std::fs::create_dir(folder.path().join(side)).unwrap();
            std::fs::write(folder.path().join(side).join("same"), &large).unwrap();
            std::fs::write(folder.path().join(side).join("other"), format!("{large}{side}")).unwrap();
        }
        let root = Root::open(folder.path()).unwrap();
        let (old, new) = (RelPath::new("old").unwrap(), RelPath::new("new").unwrap());
        let diffs = compare(Some((&root, &old)), (&root, &new), &[]).unwrap();
        assert_eq!(diffs.len(), 1);
        assert!(
            diffs[0].truncated && diffs[0].hunks.is_empty() && diffs[0].old_sha256 != diffs[0].new_sha256
        );
    }

    #[test]
    fn files_on_one_side_and_binary_files_are_told() {
        let folder = tempfile::tempdir().unwrap();
        for (path, content) in
            [("old/a", b"1".as_slice()), ("old/b", b"\0"), ("new/b", b"\0\0"), ("new/c", b"2")]
        {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, content).unwrap();
        }
        let root = Root::open(folder.path()).unwrap();
        let (old, new) = (RelPath::new("old").unwrap(), RelPath::new("new").unwrap());
        let diffs = compare(Some((&root, &old)), (&root, &new), &[]).unwrap();
        let told: Vec<_> = diffs.iter().map(|diff| (diff.path.as_str(), diff.change, diff.binary)).collect();
        assert_eq!(
            told,
            [
                ("a", FileChange::Removed, false),
                ("b", FileChange::Modified, true),
                ("c", FileChange::Added, false)
            ]
        );
        assert_eq!((diffs[1].old_bytes, diffs[1].new_bytes), (Some(1), Some(2)));
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_compared_by_where_it_points() {
        let folder = tempfile::tempdir().unwrap();
        for (side, current) in [("old", "v1"), ("new", "v2")] {
            let side = folder.path().join(side);
            for version in ["v1", "v2"] {
                std::fs::create_dir_all(side.join(version)).unwrap();
            }
            std::os::unix::fs::symlink(current, side.join("current")).unwrap();
            std::os::unix::fs::symlink("v1", side.join("same")).unwrap();
        }
        let root = Root::open(folder.path()).unwrap();
        let (old, new) = (RelPath::new("old").unwrap(), RelPath::new("new").unwrap());
        let diffs = compare(Some((&root, &old)), (&root, &new), &[]).unwrap();
        let told: Vec<_> = diffs.iter().map(|diff| (diff.path.as_str(), diff.change)).collect();
        assert_eq!(told, [("current", FileChange::Modified)]);
        assert_eq!(diffs[0].hunks[0].lines[0].text, "v1");
    }
}

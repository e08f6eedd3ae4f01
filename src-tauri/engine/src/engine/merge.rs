//! Proposing a merged text for a file that both sides changed.
//!
//! Only a proposal: it is shown, a person changes it, and what is written is what they send back. One that still has
//! markers is refused.

use super::MergeProposal;
use super::diff::{MAX_DIFF, as_text};
use super::inspect::Compared;
use crate::error::{Error, Result};
use crate::fs::Root;
use crate::path::RelPath;
use crate::status::{FileState, Known};
use similar::{ChangeTag, TextDiff};

const PROJECT: &str = "<<<<<<< project";
const BETWEEN: &str = "=======";
const COLLECTION: &str = ">>>>>>> collection";

/// Whether a text still has the markers that a proposal puts around what both sides changed.
pub(super) fn has_markers(text: &str) -> bool {
    text.lines().any(|line| line == PROJECT) && text.lines().any(|line| line == COLLECTION)
}

/// Merges one file of a deployment.
pub(super) fn propose(place: &mut Compared<'_>, file: &RelPath) -> Result<MergeProposal> {
    let own =
        place.drift.files.iter().any(|known| known.path.is_empty()) && file.as_str() == place.copy.name();
    let path = if own { "" } else { file.as_str() };
    if !place.drift.files.iter().any(|known| known.path == path) {
        let reason = format!("There is no file {file} in {}.", place.deployment.artifact_id);
        return Err(Error::InvalidRequest { reason });
    }
    let source = place.source.as_ref().map(|(artifact, _)| (artifact.shelf.root.as_ref(), artifact.path()));
    let theirs = text(source, path, place.drift.collection.get(path))?;
    let ours = text(Some((&place.project.root, place.copy)), path, place.drift.project.get(path))?;
    let before = match &mut place.drift.base {
        Some(base) => base.content(path)?.and_then(as_text),
        None => None,
    };
    let known = if before.is_some() { Known::Files } else { Known::Hash };
    let merged = match (&ours, &theirs) {
        (Some(ours), Some(theirs)) => Some(match &before {
            Some(before) => three_way(before, ours, theirs),
            None => two_way(ours, theirs),
        }),
        _ => None,
    };
    let (merged, conflicts) = merged.map_or((None, 0), |(text, conflicts)| (Some(text), conflicts));
    Ok(MergeProposal {
        file: file.clone(),
        collection: theirs,
        project: ours,
        text: merged,
        conflicts,
        known,
    })
}

/// One side's text; none where there is no file, or one that is no text or too large for a merge.
fn text(side: Option<(&Root, &RelPath)>, path: &str, state: Option<&FileState>) -> Result<Option<String>> {
    let (Some((root, tree)), Some(FileState::File { .. })) = (side, state) else { return Ok(None) };
    let at = if path.is_empty() { tree.clone() } else { tree.child(path)? };
    let fits = root.survey(&at)?.is_some_and(|survey| survey.bytes() <= MAX_DIFF);
    if !fits {
        return Ok(None);
    }
    Ok(root.read(&at, MAX_DIFF)?.and_then(as_text))
}

/// With the content at deploy time: what only one side changed is taken from it.
fn three_way(before: &str, ours: &str, theirs: &str) -> (String, u32) {
    let mut options = diffy::MergeOptions::new();
    options.set_conflict_style(diffy::ConflictStyle::Merge);
    // A last line without an end would have the marker behind it, where nobody looks for one.
    options.set_incomplete_hunk_style(diffy::IncompleteHunkStyle::Git);
    match options.merge(before, ours, theirs) {
        Ok(text) => (text, 0),
        Err(text) => named(&text),
    }
}

/// The markers with the names that we use for the sides.
fn named(text: &str) -> (String, u32) {
    let mut conflicts = 0;
    let lines = text.split_inclusive('\n').map(|line| match line.trim_end_matches('\n') {
        "<<<<<<< ours" => {
            conflicts += 1;
            line.replace("<<<<<<< ours", PROJECT)
        }
        ">>>>>>> theirs" => line.replace(">>>>>>> theirs", COLLECTION),
        _ => line.to_owned(),
    });
    (lines.collect(), conflicts)
}

/// Without it: every run of lines that differs is a conflict.
fn two_way(ours: &str, theirs: &str) -> (String, u32) {
    let (mut text, mut conflicts) = (String::new(), 0);
    let (mut left, mut right) = (String::new(), String::new());
    let mut close = |text: &mut String, left: &mut String, right: &mut String| {
        if left.is_empty() && right.is_empty() {
            return;
        }
        conflicts += 1;
        let whole = |side: &str| if side.is_empty() || side.ends_with('\n') { "" } else { "\n" };
        let (left_end, right_end) = (whole(left), whole(right));
        text.push_str(&format!("{PROJECT}\n{left}{left_end}{BETWEEN}\n{right}{right_end}{COLLECTION}\n"));
        left.clear();
        right.clear();
    };
    for change in TextDiff::from_lines(ours, theirs).iter_all_changes() {
        match change.tag() {
            ChangeTag::Delete => left.push_str(change.value()),
            ChangeTag::Insert => right.push_str(change.value()),
            ChangeTag::Equal => {
                close(&mut text, &mut left, &mut right);
                text.push_str(change.value());
            }
        }
    }
    close(&mut text, &mut left, &mut right);
    (text, conflicts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_only_one_side_changed_is_merged_without_asking() {
        let (text, conflicts) = three_way("1\n2\n3\n4\n5\n", "one\n2\n3\n4\n5\n", "1\n2\n3\n4\nfive\n");
        assert_eq!((text.as_str(), conflicts), ("one\n2\n3\n4\nfive\n", 0));
    }

    #[test]
    fn what_both_changed_is_marked_and_counted() {
        let (text, conflicts) = three_way("1\n2\n3\n4\n5\n", "one\n2\n3\n4\nV\n", "uno\n2\n3\n4\nfive\n");
        assert_eq!(conflicts, 2);
        assert!(text.starts_with("<<<<<<< project\none\n=======\nuno\n>>>>>>> collection\n2\n"), "{text}");
        assert!(has_markers(&text) && !has_markers("a\n=======\nb\n"));
    }

    #[test]
    fn the_last_line_needs_no_end_to_be_marked() {
        let (text, conflicts) = three_way("1\n2", "1\nours", "1\ntheirs");
        assert!(conflicts == 1 && has_markers(&text), "{text}");
    }

    #[test]
    fn without_a_base_each_difference_is_a_conflict() {
        let (text, conflicts) = two_way("1\n2\n3\n4", "1\nzwei\n3\nvier\n");
        assert_eq!(conflicts, 2);
        let want = "1\n<<<<<<< project\n2\n=======\nzwei\n>>>>>>> collection\n";
        assert!(text.starts_with(want) && text.ends_with("=======\nvier\n>>>>>>> collection\n"), "{text}");
        assert_eq!(two_way("1\n", "1\n"), ("1\n".to_owned(), 0));
    }
}

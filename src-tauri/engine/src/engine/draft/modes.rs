//! Permissions of a merged copy, three-way like its content: what one side changed holds, and where both did, what stands
//! where something is written, so that nothing is opened wider than a person left it.
//!
//! Whether its owner can run a file is part of what the file is, as in git, and comes with its content. The other bits,
//! which git leaves to the umask, are compared here, as far as what was deployed is kept.

use super::sides::Weighed;
use crate::deploy::{Edit, Edited, runnable};
use crate::error::{Code, Problem, Severity};
use crate::fs::{EntryKind, Survey};
use crate::path::RelPath;
use crate::plan::Take;
use crate::status::{Status, above};
use std::collections::{BTreeMap, BTreeSet};

/// How many files a message names.
const NAMED: usize = 3;

/// The files and folders of a side by path, with their permission bits; the artifact itself is the empty path.
type Modes<'a> = BTreeMap<&'a str, (EntryKind, u32)>;

/// What becomes of permissions.
#[derive(Default)]
pub(super) struct Merged {
    pub(super) edits: Vec<Edit>,
    /// Paths of which both sides changed them.
    pub(super) both: Vec<String>,
}

impl Weighed<'_> {
    /// The permissions of the merged tree that are not as on the side that the changes come from; `paths` are its files.
    pub(super) fn permissions(&self, takes: &[Take], paths: &BTreeSet<&str>) -> Merged {
        let (coming, standing) = (modes(self.source().survey), modes(self.target().survey));
        let mut merged = Merged::default();
        let taken = self.each(takes).filter(|(file, take)| {
            *take == self.from || *take != Take::Text && file.status == Status::Synced
        });
        let files: BTreeSet<&str> = taken.map(|(file, _)| file.path.as_str()).collect();
        for (path, (kind, stands)) in &standing {
            match (kind, coming.get(path)) {
                (EntryKind::File, Some((EntryKind::File, comes))) if files.contains(path) => {
                    merged.add(path, self.before(path), *comes, *stands, comes & 0o100 != 0);
                }
                (EntryKind::Folder, Some((EntryKind::Folder, comes))) => {
                    let own = |mode: u32| mode | 0o700;
                    merged.add(path, self.before(path).map(own), own(*comes), own(*stands), true);
                }
                // A folder that only this side has is made for what stays in it.
                (EntryKind::Folder, _)
                    if paths.iter().any(|file| above(file).any(|folder| folder == *path)) =>
                {
                    merged.edits.push(Edit { path: (*path).to_owned(), to: Edited::Mode(stands | 0o700) });
                }
                _ => {}
            }
        }
        merged
    }

    fn before(&self, path: &str) -> Option<u32> {
        self.drift.base.as_ref().and_then(|base| base.modes.get(path)).copied()
    }
}

impl Merged {
    fn add(&mut self, path: &str, before: Option<u32>, comes: u32, stands: u32, executable: bool) {
        let (mode, both) = three_way(before, comes, stands, executable);
        if both {
            self.both.push(path.to_owned());
        }
        if mode != comes {
            self.edits.push(Edit { path: path.to_owned(), to: Edited::Mode(mode) });
        }
    }
}

/// The permissions of something that is on both sides, and whether both changed them. Where it is not known what they
/// were, nobody can tell whose change a difference is.
fn three_way(before: Option<u32>, comes: u32, stands: u32, executable: bool) -> (u32, bool) {
    let alike = |mode: u32| if (mode & 0o100 != 0) == executable { mode } else { runnable(mode, executable) };
    let (before, stands) = (before.map(alike), alike(stands));
    match before {
        Some(before) if before == stands => (comes, false),
        Some(before) => (stands, before != comes && stands != comes),
        None => (stands, false),
    }
}

fn modes(survey: &Survey) -> Modes<'_> {
    let listed =
        survey.entries.iter().filter(|entry| matches!(entry.kind, EntryKind::File | EntryKind::Folder));
    let mut modes: Modes<'_> =
        listed.map(|entry| (entry.path.as_str(), (entry.kind, entry.mode & 0o777))).collect();
    if !survey.is_single() {
        modes.insert("", (EntryKind::Folder, survey.mode & 0o777));
    }
    modes
}

/// What is said where both sides changed permissions.
pub(super) fn both_changed(paths: &[String], place: &str, from: Take, target: &RelPath) -> Option<Problem> {
    let named: Vec<&str> =
        paths.iter().take(NAMED).map(|path| if path.is_empty() { target.name() } else { path }).collect();
    let mut files = named.join(", ");
    if paths.len() > NAMED {
        files = format!("{files} and {} more", paths.len() - NAMED);
    }
    let stays = if from == Take::Project { "The collection’s" } else { "The project’s" };
    let message = format!(
        "In {place}, the project and the collection gave {files} different permissions. {stays} stay; change them by \
         hand if they should not."
    );
    (!paths.is_empty()).then(|| Problem::new(Code::LocalChanges, Severity::Notice, message).about(place))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    /// before, what comes, what stands, and what it is then; `true` where both changed it
    #[rstest]
    #[case(Some(0o644), 0o644, 0o644, 0o644, false)]
    #[case(Some(0o644), 0o644, 0o600, 0o600, false)]
    #[case(Some(0o644), 0o600, 0o644, 0o600, false)]
    #[case(Some(0o644), 0o664, 0o600, 0o600, true)]
    #[case(Some(0o644), 0o600, 0o600, 0o600, false)]
    // It can be run from now on: by whoever may read what stands.
    #[case(Some(0o644), 0o755, 0o600, 0o700, false)]
    #[case(Some(0o644), 0o755, 0o644, 0o755, false)]
    #[case(Some(0o755), 0o644, 0o700, 0o600, false)]
    #[case(Some(0o755), 0o755, 0o744, 0o744, false)]
    #[case(None, 0o644, 0o600, 0o600, false)]
    #[case(None, 0o755, 0o600, 0o700, false)]
    fn what_one_side_changed_holds(
        #[case] before: Option<u32>,
        #[case] comes: u32,
        #[case] stands: u32,
        #[case] mode: u32,
        #[case] both: bool,
    ) {
        assert_eq!(three_way(before, comes, stands, comes & 0o100 != 0), (mode, both));
    }
}

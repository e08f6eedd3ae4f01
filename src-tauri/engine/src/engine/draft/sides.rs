//! The two sides of a deployment, weighed file by file: what an update and a push have in common. The one takes from the
//! collection, the other from the project; what would be replaced is the other side's tree.

use super::Desk;
use crate::deploy::{Edit, Edited};
use crate::engine::drift::{Drift, Seen, base_tree};
use crate::engine::library::Artifact;
use crate::error::{Error, Problem, Result};
use crate::fs::Survey;
use crate::id::ContentHash;
use crate::manifest::Record;
use crate::path::{RelPath, folded};
use crate::plan::{FileChoice, OnConflict, Take, both_changed, clash, takes};
use crate::status::{FileState, FileStatus, Files, Status, above};
use std::collections::{BTreeSet, HashMap};

/// The two sides of a deployment that is there.
pub(super) struct Sides<'a> {
    pub(super) artifact: Artifact<'a>,
    pub(super) source: &'a Survey,
    pub(super) hash: &'a ContentHash,
    /// The copy, relative to the project.
    pub(super) target: &'a RelPath,
    pub(super) there: &'a Survey,
    /// Whether the copy is what the record names.
    pub(super) as_recorded: bool,
}

/// The sides with a side for each file, as far as there is one.
pub(super) struct Weighed<'a> {
    pub(super) drift: Drift,
    pub(super) theirs: Seen<'a>,
    pub(super) ours: Seen<'a>,
    /// What both changed and has no answer of its own.
    pub(super) conflict: Option<Problem>,
    answers: Answers<'a>,
    takes: Vec<Option<Take>>,
    /// The side that the changes come from.
    pub(super) from: Take,
}

impl Desk<'_> {
    /// Weighs the sides of a deployment.
    ///
    /// # Errors
    /// `invalid-request` for answers that fit no file; `io` and its relatives.
    pub(super) fn weigh<'a>(
        &'a self,
        sides: &Sides<'a>,
        record: &Record,
        answers: &'a [FileChoice],
        (choice, from): (OnConflict, Take),
    ) -> Result<Weighed<'a>> {
        let side = |root, path, survey, as_recorded| Seen { root, path, survey, as_recorded };
        let (shelf, path) = (&*sides.artifact.shelf.root, &sides.artifact.found.path);
        let theirs = side(shelf, path, sides.source, *sides.hash == record.content_hash);
        let ours = side(&self.project.root, sides.target, sides.there, sides.as_recorded);
        let base = self.ledger.base(sides.target, Some(&record.content_hash));
        let base = base_tree(self.project.desktop.as_ref(), base)?;
        let drift = Drift::of(Some(theirs), Some(ours), base)?;
        let shown = self.project.root.absolute(sides.target).display().to_string();
        let answers = Answers::of(answers, &drift, sides.target)?;
        let takes = takes(&drift.files, |path| answers.take(path), choice, from);
        let asked = drift
            .files
            .iter()
            .filter(|file| file.status == Status::Conflict && answers.take(&file.path).is_none());
        let asked: Vec<String> = asked.map(|file| drift.named(&file.path)).collect();
        let conflict =
            (!asked.is_empty()).then(|| both_changed(&shown, asked.iter().map(String::as_str), drift.known));
        Ok(Weighed { drift, theirs, ours, conflict, answers, takes, from })
    }
}

impl Weighed<'_> {
    /// The side of each file; `None` where one has none.
    pub(super) fn decided(&self) -> Option<Vec<Take>> {
        self.takes.iter().copied().collect()
    }

    /// The files with their sides.
    pub(super) fn each<'a>(&'a self, takes: &'a [Take]) -> impl Iterator<Item = (&'a FileStatus, Take)> {
        self.drift.files.iter().zip(takes.iter().copied())
    }

    /// The tree that the changes come from, and the one that is replaced.
    fn sides(&self) -> ((&Files, Seen<'_>), (&Files, Seen<'_>)) {
        let theirs = (&self.drift.collection, self.theirs);
        let ours = (&self.drift.project, self.ours);
        if self.from == Take::Project { (ours, theirs) } else { (theirs, ours) }
    }

    /// The tree that the changes come from.
    pub(super) fn source(&self) -> Seen<'_> {
        self.sides().0.1
    }

    /// The tree that is replaced.
    pub(super) fn target(&self) -> Seen<'_> {
        self.sides().1.1
    }

    /// The files that the merged tree has.
    pub(super) fn paths(&self, takes: &[Take]) -> BTreeSet<&str> {
        let has = |(file, take): &(&FileStatus, Take)| match take {
            Take::Text => true,
            Take::Collection => self.drift.collection.contains_key(&file.path),
            Take::Project => self.drift.project.contains_key(&file.path),
        };
        let there = self.drift.files.iter().zip(takes.iter().copied()).filter(has);
        there.map(|(file, _)| file.path.as_str()).collect()
    }

    /// Whether a file with a merged text can be run: as on the side that changed that.
    fn is_run(&self, path: &str) -> bool {
        let runs = |files: &Files| match files.get(path) {
            Some(FileState::File { executable, .. }) => Some(*executable),
            _ => None,
        };
        let ((coming, _), (standing, _)) = self.sides();
        let before = self.drift.base.as_ref().and_then(|base| runs(&base.files));
        match (runs(coming), runs(standing)) {
            (Some(comes), Some(stands)) if before == Some(stands) => comes,
            (comes, stands) => stands.or(comes).unwrap_or_default(),
        }
    }

    /// What is put over the tree that the changes come from, to make the merged one; what is kept is the other side's.
    /// Also gives the paths of which both sides changed the permissions.
    ///
    /// # Errors
    /// `invalid-request` where a file would be in the place of a folder; `name-clash` for names of two spellings.
    pub(super) fn edits(&self, takes: &[Take]) -> Result<(Vec<Edit>, Vec<String>)> {
        let ((coming, source), (standing, target)) = self.sides();
        let mut edits = Vec::new();
        let paths = self.paths(takes);
        for (file, take) in self.each(takes) {
            let path = file.path.as_str();
            let to = match take {
                Take::Text => self
                    .answers
                    .find(path)
                    .and_then(|answer| answer.text.clone())
                    .map(|text| Edited::Text { text, executable: self.is_run(path) }),
                take if take == self.from => None,
                _ if !standing.contains_key(path) => coming.contains_key(path).then_some(Edited::Gone),
                _ => (file.status != Status::Synced).then_some(Edited::Kept),
            };
            edits.extend(to.map(|to| Edit { path: path.to_owned(), to }));
        }
        if let Some((first, second)) = clash(&paths) {
            let reason =
                format!("{first} would be a file and the folder of {second}. Take both from one side.");
            return Err(Error::InvalidRequest { reason });
        }
        apart(&paths)?;
        let permissions = self.permissions(takes, &paths);
        edits.extend(permissions.edits);
        let (coming, before) = (source.folders(), self.drift.base.as_ref().map(|base| &base.folders));
        for folder in target.folders() {
            let own = !coming.contains(&folder) && !before.is_some_and(|before| before.contains(&folder));
            let free = !paths.contains(folder.as_str()) && !above(&folder).any(|outer| paths.contains(outer));
            if own && free && !standing.keys().any(|file| file.starts_with(&format!("{folder}/"))) {
                let mode = target.survey.entries.iter().find(|entry| entry.path == folder);
                edits.extend(mode.map(|entry| Edit {
                    path: folder.clone(),
                    to: Edited::Mode(entry.mode & 0o777 | 0o700),
                }));
                edits.push(Edit { path: folder, to: Edited::Folder });
            }
        }
        Ok((edits, permissions.both))
    }
}

/// Refuses names of which each side has one spelling.
fn apart(paths: &BTreeSet<&str>) -> Result<()> {
    let mut folds = HashMap::new();
    for name in paths.iter().flat_map(|path| above(path).chain([*path])) {
        match folds.insert(folded(name), name) {
            Some(other) if other != name => {
                return Err(Error::Lookalike { first: other.to_owned(), second: name.to_owned() });
            }
            _ => {}
        }
    }
    Ok(())
}

/// The answers for single files, by path.
struct Answers<'a>(Vec<(String, &'a FileChoice)>);

impl<'a> Answers<'a> {
    fn of(answers: &'a [FileChoice], drift: &Drift, target: &RelPath) -> Result<Self> {
        let invalid = |reason: String| Error::InvalidRequest { reason };
        let mut known = Vec::new();
        for answer in answers {
            let single = drift.files.iter().any(|file| file.path.is_empty());
            let own_name = single && answer.file.as_str() == target.name();
            let path = if own_name { String::new() } else { answer.file.to_string() };
            if !drift.files.iter().any(|file| file.path == path) {
                return Err(invalid(format!("There is no file {} to decide about.", answer.file)));
            }
            if (answer.take == Take::Text) != answer.text.is_some() {
                return Err(invalid(format!("A text goes with “text” and only then: {}.", answer.file)));
            }
            if answer.text.as_deref().is_some_and(crate::engine::merge::has_markers) {
                return Err(invalid(format!(
                    "{} still has conflict markers. Choose for each of them.",
                    answer.file
                )));
            }
            known.push((path, answer));
        }
        Ok(Self(known))
    }

    fn find(&self, path: &str) -> Option<&FileChoice> {
        self.0.iter().rev().find(|(known, _)| known == path).map(|(_, answer)| *answer)
    }

    fn take(&self, path: &str) -> Option<Take> {
        self.find(path).map(|answer| answer.take)
    }
}

/// A file as people name it: a single file by its copy's name.
pub(super) fn named(path: &str, target: &RelPath) -> Result<RelPath> {
    RelPath::new(if path.is_empty() { target.name() } else { path })
}

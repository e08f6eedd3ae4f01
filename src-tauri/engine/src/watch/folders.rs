//! The watched folders, and whom an event in one concerns.

use super::{Subject, Touched};
use crate::error::Result;
use crate::fs::{FolderEvent, FolderEvents, Unwatched, What, is_ignored, is_remote, is_there, subfolders};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A folder deeper than this below a watched tree's top is not watched; artifacts do not go that deep.
const MAX_DEPTH: usize = 64;

/// What of a folder is to be watched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reach {
    /// The entries of these names.
    Names(BTreeSet<String>),
    /// The entries of these names, and folders that come or go whose name begins with a dot.
    NamesAndHidden(BTreeSet<String>),
    /// Folders that come or go.
    Folders,
    /// Everything below, without the ignore list.
    Tree,
}

/// A folder to be watched. Where it is not there, it is waited for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spec {
    /// Its path.
    pub folder: PathBuf,
    /// What of it.
    pub reach: Reach,
}

/// Why nobody tells of a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Blind {
    /// The system gives no more watches.
    Limit,
    /// The file system does not know what others change.
    Remote,
}

/// One reason to watch a folder: the subject's number, and what of the folder concerns it.
type Reason = (usize, Reach);

/// The watched folders.
#[derive(Debug)]
pub struct Folders {
    events: FolderEvents,
    watched: BTreeMap<PathBuf, (i32, Vec<Reason>)>,
    /// Several paths where links make them one folder.
    paths: HashMap<i32, Vec<PathBuf>>,
    /// What is watched for each subject, at its number.
    subjects: Vec<(Subject, Vec<Spec>)>,
    /// Subjects whose folders came, went or moved, so that they must be followed anew.
    stale: BTreeSet<Subject>,
    /// Subjects whose watches changed: what happened while they did may have been told by one that is given back.
    late: BTreeSet<Subject>,
    /// Subjects that are not, or not completely, told of.
    blind: BTreeMap<Subject, Blind>,
}

impl Folders {
    /// Watches nothing yet.
    ///
    /// # Errors
    /// `io` when the system has no watches left.
    pub fn new() -> Result<Self> {
        let (watched, paths, subjects) = Default::default();
        let (stale, late, blind) = Default::default();
        Ok(Self { events: FolderEvents::new()?, watched, paths, subjects, stale, late, blind })
    }

    /// Watches these folders for a subject. What is followed already as it is to be costs nothing.
    pub fn follow(&mut self, subject: &Subject, specs: Vec<Spec>) {
        let number = self.number(subject);
        if self.stale.remove(subject) || self.subjects[number].1 != specs {
            self.refollow(number, specs);
        }
    }

    /// Watches nothing for subjects that are not among these.
    pub fn keep_only(&mut self, wanted: &BTreeSet<Subject>) {
        for number in 0..self.subjects.len() {
            let (subject, specs) = &self.subjects[number];
            if !specs.is_empty() && !wanted.contains(subject) {
                self.stale.remove(&subject.clone());
                self.refollow(number, Vec::new());
            }
        }
    }

    /// Subjects that have to be looked at from time to time, because nobody tells of all their folders, and why.
    pub fn blind(&self) -> &BTreeMap<Subject, Blind> {
        &self.blind
    }

    /// Subjects whose folders came, went or moved, so that they must be followed anew.
    pub fn stale(&self) -> &BTreeSet<Subject> {
        &self.stale
    }

    /// How many folders are watched.
    pub fn count(&self) -> usize {
        self.watched.len()
    }

    /// Waits for events, up to `patience`, and says what they touched.
    ///
    /// # Errors
    /// `io` when the system cannot tell.
    pub fn wait(&mut self, patience: Duration) -> Result<Touched> {
        let late = std::mem::take(&mut self.late);
        let patience = if late.is_empty() { patience } else { Duration::ZERO };
        let mut touched = Touched { subjects: late, everything: false };
        for event in self.events.wait(patience)? {
            self.take(&event, &mut touched);
        }
        Ok(touched)
    }

    fn take(&mut self, event: &FolderEvent, touched: &mut Touched) {
        if event.what == What::Missed {
            touched.everything = true;
            self.stale.extend(self.subjects.iter().map(|(subject, _)| subject.clone()));
            return;
        }
        for folder in self.paths.get(&event.folder).cloned().unwrap_or_default() {
            let reasons = self.watched.get(&folder).map(|(_, reasons)| reasons.clone()).unwrap_or_default();
            if matches!(event.what, What::Moved | What::Ended) {
                self.forget_below(&folder);
                self.touch(reasons.iter().map(|(number, _)| *number), true, touched);
                continue;
            }
            // A name that is not UTF-8 is nobody's in particular.
            let name = event.name.as_deref().unwrap_or_default();
            let concerned = reasons.iter().filter(|(_, reach)| concerns(reach, name, event.what));
            let concerned: Vec<Reason> = concerned.cloned().collect();
            let path = folder.join(name);
            let structure = matches!(event.what, What::FolderCame | What::FolderWent);
            if event.what == What::FolderWent {
                self.forget_below(&path);
            }
            for (number, reach) in &concerned {
                if event.what == What::FolderCame && *reach == Reach::Tree {
                    self.watch_tree(&path, *number, 0, false);
                }
            }
            let in_tree = |(_, reach): &Reason| *reach == Reach::Tree;
            let (trees, others): (Vec<_>, Vec<_>) = concerned.into_iter().partition(in_tree);
            self.touch(trees.into_iter().map(|(number, _)| number), false, touched);
            self.touch(others.into_iter().map(|(number, _)| number), structure, touched);
        }
    }

    fn touch(&mut self, numbers: impl Iterator<Item = usize>, stale: bool, touched: &mut Touched) {
        for number in numbers {
            let subject = self.subjects[number].0.clone();
            if stale {
                self.stale.insert(subject.clone());
            }
            touched.subjects.insert(subject);
        }
    }

    fn number(&mut self, subject: &Subject) -> usize {
        let known = self.subjects.iter().position(|(other, _)| other == subject);
        known.unwrap_or_else(|| {
            self.subjects.push((subject.clone(), Vec::new()));
            self.subjects.len() - 1
        })
    }

    /// Watches what a subject wants now. What it no longer wants goes after that, so that nothing is missed between.
    fn refollow(&mut self, number: usize, specs: Vec<Spec>) {
        let before: Vec<PathBuf> = self
            .watched
            .iter_mut()
            .filter_map(|(path, (_, reasons))| {
                let had = reasons.len();
                reasons.retain(|(other, _)| *other != number);
                (reasons.len() != had).then(|| path.clone())
            })
            .collect();
        self.blind.remove(&self.subjects[number].0.clone());
        for spec in &specs {
            self.watch_spec(spec, number);
        }
        let for_it = |(_, (_, reasons)): &(&PathBuf, &(i32, Vec<Reason>))| {
            reasons.iter().any(|(other, _)| *other == number)
        };
        let was_followed = !self.subjects[number].1.is_empty();
        let is_followed = was_followed && !specs.is_empty();
        if is_followed && !self.watched.iter().filter(for_it).map(|(path, _)| path).eq(&before) {
            self.late.insert(self.subjects[number].0.clone());
        }
        self.subjects[number].1 = specs;
        for path in before {
            if self.watched.get(&path).is_some_and(|(_, reasons)| reasons.is_empty()) {
                self.forget(&path);
            }
        }
    }

    fn watch_spec(&mut self, spec: &Spec, number: usize) {
        if is_there(&spec.folder) {
            if is_remote(&spec.folder) {
                self.blind.insert(self.subjects[number].0.clone(), Blind::Remote);
            }
            match &spec.reach {
                Reach::Tree => self.watch_tree(&spec.folder, number, 0, true),
                reach => _ = self.watch(&spec.folder, (number, reach.clone()), true),
            }
            return;
        }
        // The nearest folder above that is there tells when the next one comes.
        let mut awaited = spec.folder.as_path();
        while let (Some(above), Some(name)) = (awaited.parent(), awaited.file_name()) {
            if is_there(above) {
                let names = BTreeSet::from([name.to_string_lossy().into_owned()]);
                self.watch(above, (number, Reach::Names(names)), true);
                return;
            }
            awaited = above;
        }
    }

    /// Watches a folder, then what is in it: what comes in between is told or listed, or both.
    fn watch_tree(&mut self, folder: &Path, number: usize, depth: usize, follow: bool) {
        if depth > MAX_DEPTH || !self.watch(folder, (number, Reach::Tree), follow) {
            return;
        }
        for name in subfolders(folder) {
            if !is_ignored(&name) {
                self.watch_tree(&folder.join(name), number, depth + 1, false);
            }
        }
    }

    fn watch(&mut self, folder: &Path, reason: Reason, follow: bool) -> bool {
        match self.events.watch(folder, follow) {
            Ok(id) => {
                let (known, reasons) = self.watched.entry(folder.to_owned()).or_insert((id, Vec::new()));
                let old = std::mem::replace(known, id);
                if !reasons.contains(&reason) {
                    reasons.push(reason);
                }
                if old != id {
                    self.unname(old, folder);
                }
                let paths = self.paths.entry(id).or_default();
                if !paths.iter().any(|path| path == folder) {
                    paths.push(folder.to_owned());
                }
                true
            }
            Err(why) => {
                if why == Unwatched::Exhausted {
                    self.blind.insert(self.subjects[reason.0].0.clone(), Blind::Limit);
                }
                false
            }
        }
    }

    fn forget_below(&mut self, folder: &Path) {
        let below = self.watched.range(folder.to_owned()..).map(|(path, _)| path);
        let below: Vec<PathBuf> = below.take_while(|path| path.starts_with(folder)).cloned().collect();
        below.iter().for_each(|path| self.forget(path));
    }

    fn forget(&mut self, path: &Path) {
        if let Some((id, _)) = self.watched.remove(path) {
            self.unname(id, path);
        }
    }

    /// A watch no longer stands for a path; one that stands for none is given back.
    fn unname(&mut self, id: i32, path: &Path) {
        let Some(paths) = self.paths.get_mut(&id) else { return };
        paths.retain(|other| other != path);
        if paths.is_empty() {
            self.paths.remove(&id);
            self.events.forget(id);
        }
    }
}

/// Whether an event at an entry of this name is one that a folder is watched for.
fn concerns(reach: &Reach, name: &str, what: What) -> bool {
    let moves = matches!(what, What::FolderCame | What::FolderWent);
    match reach {
        Reach::Names(names) => names.contains(name),
        Reach::NamesAndHidden(names) => names.contains(name) || moves && name.starts_with('.'),
        Reach::Folders => moves,
        Reach::Tree => !is_ignored(name),
    }
}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests;

//! What should be there: two projects, the collection, and what was done, in memory.

use super::tree::{Carry, Print, Tree};
use skillmeat_engine::deploy::Outcome;
use skillmeat_engine::journal::{Effect, OperationKind};
use skillmeat_engine::plan::{Action, OnConflict};
use std::collections::{BTreeMap, BTreeSet};

pub(super) const ARTIFACTS: [&str; 3] = ["skill:alpha", "skill:beta", "command:gamma"];
/// Where they are in a collection, and below a profile root.
pub(super) const FOLDERS: [&str; 3] = ["skills/alpha", "skills/beta", "commands/gamma.md"];
pub(super) const PROJECTS: [&str; 2] = ["api", "web"];
pub(super) const PROFILES: [&str; 2] = ["claude_code", "codex"];
pub(super) const ROOTS: [&str; 2] = [".claude", ".agents"];
/// Profile and artifact; Codex knows no commands.
pub(super) const PLACES: [(usize, usize); 5] = [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1)];

pub(super) fn target(profile: usize, artifact: usize) -> String {
    format!("{}/{}", ROOTS[profile], FOLDERS[artifact])
}

/// A record. Two that were written at different times are different.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Rec {
    pub(super) hash: String,
    pub(super) written: u64,
}

/// What a deployment was when it was deployed.
#[derive(Debug, Clone)]
pub(super) struct Base {
    pub(super) print: Print,
    pub(super) tree: Tree,
}

impl Base {
    pub(super) fn of(tree: &Tree) -> Self {
        Self { print: tree.print(), tree: tree.without_ignored() }
    }
}

/// Where a step is that changes the collection.
pub(super) const COLLECTION: usize = PROJECTS.len();

/// A target of an operation.
#[derive(Debug, Clone)]
pub(super) struct Step {
    pub(super) project: usize,
    pub(super) profile: usize,
    pub(super) artifact: usize,
    pub(super) effect: Effect,
    pub(super) bytes: Bytes,
    /// What the record is afterwards.
    pub(super) record: Option<Rec>,
    /// What the deployment is known to be afterwards.
    pub(super) base: Option<Base>,
}

impl Step {
    pub(super) fn target(&self) -> String {
        match self.project {
            COLLECTION => FOLDERS[self.artifact].to_owned(),
            _ => target(self.profile, self.artifact),
        }
    }
}

#[derive(Debug, Clone)]
pub(super) enum Bytes {
    Place { new: Tree, carry: Carry },
    Remove,
    Leave,
}

/// A step that was done, with what undoing it needs.
#[derive(Debug, Clone)]
pub(super) struct Done {
    pub(super) step: Step,
    pub(super) after: Option<Print>,
    pub(super) kept: Option<Tree>,
    pub(super) record_before: Option<Rec>,
    pub(super) base_before: Option<Base>,
}

/// An operation that was done.
#[derive(Debug, Clone)]
pub(super) struct Operation {
    pub(super) id: String,
    pub(super) kind: OperationKind,
    pub(super) undoes: Option<String>,
    /// In the order in which they were done.
    pub(super) done: Vec<Done>,
}

/// How a target ended: project, target, and the rest of a result.
pub(super) type Told = (usize, Option<String>, Outcome, Action);

/// What an operation will do.
#[derive(Debug, Clone, Default)]
pub(super) struct Plan {
    pub(super) told: Vec<Told>,
    pub(super) steps: Vec<Step>,
    pub(super) undoes: Option<String>,
}

impl Plan {
    /// A target that was decided about.
    pub(super) fn add(
        &mut self,
        at: (usize, String),
        action: Action,
        choice: OnConflict,
        step: Option<Step>,
    ) {
        let outcome = match (action, choice) {
            (Action::None, OnConflict::Skip) => Outcome::Skipped,
            (Action::None, _) => Outcome::Failed,
            _ => Outcome::Success,
        };
        self.told.push((at.0, Some(at.1), outcome, action));
        self.steps.extend(step);
    }

    /// A target that nothing can be done about.
    pub(super) fn fail(&mut self, at: (usize, String)) {
        self.told.push((at.0, Some(at.1), Outcome::Failed, Action::None));
    }

    pub(super) fn refuse(&mut self, project: usize) {
        self.told.push((project, None, Outcome::Failed, Action::None));
    }
}

#[derive(Debug, Clone, Default)]
pub(super) struct Project {
    pub(super) disk: Tree,
    pub(super) records: BTreeMap<String, Rec>,
    pub(super) bases: BTreeMap<String, Base>,
    /// Folders that operations made.
    pub(super) folders: BTreeSet<String>,
    pub(super) registered: bool,
}

impl Project {
    /// What stands at a target, beside what its record says.
    pub(super) fn look(&self, target: &str) -> Look {
        let recorded = self.records.get(target).map(|rec| rec.hash.clone());
        let base = self.bases.get(target).filter(|base| Some(&base.print.content) == recorded.as_ref());
        Look::of(self.disk.at(target), recorded, base.map(|base| &base.print))
    }

    /// Whether a path is a folder that an operation may take away: profile roots keep a lock file.
    fn remove_empty_above(&mut self, target: &str) {
        for (end, _) in target.rmatch_indices('/') {
            let folder = &target[..end];
            let there = self.disk.0.contains_key(folder);
            let ours = self.folders.contains(folder);
            if !ours && !there {
                continue;
            }
            if !ours || ROOTS.contains(&folder) || there && !self.disk.is_empty_folder(folder) {
                return;
            }
            self.disk.0.remove(folder);
            self.folders.remove(folder);
        }
    }
}

/// What stands at a target.
pub(super) struct Look {
    pub(super) there: Option<(Tree, Print)>,
    pub(super) recorded: Option<String>,
    pub(super) has_ignored: bool,
    /// It is what was deployed, as far as the record and what is known beside it tell.
    pub(super) is_ours: bool,
}

impl Look {
    pub(super) fn of(there: Option<Tree>, recorded: Option<String>, base: Option<&Print>) -> Self {
        let there = there.map(|tree| (tree.print(), tree)).map(|(print, tree)| (tree, print));
        let has_ignored = there.as_ref().is_some_and(|(tree, _)| !tree.ignored().is_empty());
        let is_ours = there.as_ref().is_some_and(|(tree, print)| {
            let hashes = [print.content.clone(), tree.hash()];
            let same_shape = base.is_none_or(|base| base.same_shape(print));
            recorded.as_ref().is_some_and(|recorded| hashes.contains(recorded)) && same_shape
        });
        Self { there, recorded, has_ignored, is_ours }
    }
}

#[derive(Debug, Clone, Default)]
pub(super) struct World {
    pub(super) sources: [Option<Tree>; 3],
    pub(super) projects: [Project; 2],
    /// What `collection.toml` says of each artifact; that is believed.
    pub(super) entries: [Option<Rec>; 3],
    /// Something was cut off, so that what was deployed may not be kept.
    pub(super) was_cut: bool,
    /// Oldest first.
    pub(super) history: Vec<Operation>,
    /// The mode of a folder that a process makes here.
    pub(super) folder_mode: u32,
    pub(super) clock: u64,
}

impl World {
    pub(super) fn plan_deploy(
        &self,
        artifacts: &[usize],
        projects: &[usize],
        profiles: &[usize],
        choice: OnConflict,
    ) -> Plan {
        let mut plan = Plan::default();
        for &project in projects {
            for &profile in profiles {
                for &artifact in artifacts {
                    match &self.sources[artifact] {
                        Some(source) if PLACES.contains(&(profile, artifact)) => {
                            self.deploy_one(&mut plan, source, (project, profile, artifact), choice);
                        }
                        _ => plan.refuse(project),
                    }
                }
            }
        }
        plan
    }

    fn deploy_one(
        &self,
        plan: &mut Plan,
        source: &Tree,
        (project, profile, artifact): (usize, usize, usize),
        choice: OnConflict,
    ) {
        let target = target(profile, artifact);
        let look = self.projects[project].look(&target);
        let hash = source.print().content;
        let action = match &look.there {
            None => Action::Created,
            Some((_, print)) if print.content == hash && look.recorded.as_ref() == Some(&hash) => {
                Action::Unchanged
            }
            Some((_, print)) if print.content == hash => Action::Adopted,
            Some((old, _)) if look.is_ours && !source.copied().is_in_the_way_of(old) => Action::Updated,
            Some(_) => match choice {
                OnConflict::Overwrite => Action::Updated,
                OnConflict::Keep => Action::Kept,
                OnConflict::Stop | OnConflict::Skip => Action::None,
            },
        };
        let new = source.copied();
        let (bytes, effect) = match action {
            Action::Created => (Bytes::Place { new, carry: Carry::Nothing }, Effect::Created),
            Action::Updated => {
                let carry = Carry::when(look.recorded.is_some(), Carry::Everything);
                (Bytes::Place { new, carry }, Effect::Updated)
            }
            Action::Adopted => (Bytes::Leave, Effect::Adopted),
            Action::Kept => (Bytes::Leave, Effect::Kept),
            Action::Unchanged | Action::Removed | Action::None => {
                return plan.add((project, target), action, choice, None);
            }
        };
        let record = Some(Rec { hash, written: self.clock });
        let base = Some(match &bytes {
            Bytes::Place { new, .. } => Base::of(new),
            _ => Base::of(source),
        });
        let step = Step { project, profile, artifact, effect, bytes, record, base };
        plan.add((project, target), action, choice, Some(step));
    }

    pub(super) fn plan_undeploy(
        &self,
        artifacts: &[usize],
        projects: &[usize],
        profiles: &[usize],
        discard: bool,
    ) -> Plan {
        let mut plan = Plan::default();
        let choice = if discard { OnConflict::Overwrite } else { OnConflict::Stop };
        for &project in projects {
            let here = &self.projects[project];
            for &artifact in artifacts {
                let meant = PLACES.iter().filter(|(profile, other)| {
                    *other == artifact
                        && (profiles.is_empty() || profiles.contains(profile))
                        && here.records.contains_key(&target(*profile, artifact))
                });
                let mut none = true;
                for &(profile, _) in meant {
                    none = false;
                    let target = target(profile, artifact);
                    let look = here.look(&target);
                    let is_the_collections = |print: &Print| {
                        self.sources[artifact].as_ref().is_some_and(|source| source.print() == *print)
                    };
                    let (action, bytes, effect) = match &look.there {
                        None => (Action::Removed, Bytes::Leave, Effect::Unrecorded),
                        Some((_, print)) => {
                            let ours = (look.is_ours || is_the_collections(print)) && !look.has_ignored;
                            let goes = ours || discard;
                            let action = if goes { Action::Removed } else { Action::None };
                            (action, Bytes::Remove, Effect::Removed)
                        }
                    };
                    let step = Step { project, profile, artifact, effect, bytes, record: None, base: None };
                    let step = (action != Action::None).then_some(step);
                    plan.add((project, target), action, choice, step);
                }
                if none {
                    plan.refuse(project);
                }
            }
        }
        plan
    }

    /// Does these steps of a plan, as one operation.
    pub(super) fn apply(&mut self, id: &str, kind: OperationKind, undoes: Option<String>, steps: Vec<Step>) {
        self.clock += 1;
        // An undo finds the records as they were before the operation touched anything.
        let done: Vec<Done> = steps.into_iter().map(|step| self.step(step)).collect();
        let in_projects = done.iter().filter(|done| done.step.project != COLLECTION);
        for done in in_projects.filter(|done| done.step.effect == Effect::Removed) {
            self.projects[done.step.project].remove_empty_above(&done.step.target());
        }
        if !done.is_empty() {
            self.history.push(Operation { id: id.to_owned(), kind, undoes, done });
        }
    }

    fn step(&mut self, step: Step) -> Done {
        if step.project == COLLECTION {
            return self.shelve(step);
        }
        let (mode, target) = (self.folder_mode, step.target());
        let project = &mut self.projects[step.project];
        let record_before = project.records.remove(&target);
        if let Some(record) = &step.record {
            project.records.insert(target.clone(), record.clone());
        }
        let base_before = project.bases.remove(&target);
        let mut base = step.base.clone();
        let mut old = project.disk.at(&target);
        let mut after = None;
        match &step.bytes {
            Bytes::Leave => old = None,
            Bytes::Remove => project.disk.prune(&target),
            Bytes::Place { new, carry } => {
                project.disk.prune(&target);
                let made = project.disk.folders_above(&target, mode);
                project.folders.extend(made);
                let (placed, mut new) = (new.without_ignored(), new.clone());
                if let Some(old) = old.as_mut().filter(|_| *carry != Carry::Nothing) {
                    new.carry(old, (*carry == Carry::Everything).then_some(mode));
                }
                // Folders that were made for what moved over are deployed too, where nothing else stayed.
                base = base.map(|base| if base.tree == placed { Base::of(&new) } else { base });
                after = Some(new.print());
                project.disk.graft(&target, &new);
            }
        }
        if let Some(base) = base {
            project.bases.insert(target, base);
        }
        Done { step, after, kept: old, record_before, base_before }
    }
}

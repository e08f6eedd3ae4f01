//! What an update and a push make of two sides, file by file.

use super::merge::Merge;
use super::tree::{Carry, Node, Tree};
use super::world::{Base, Bytes, COLLECTION, Done, Plan, Rec, Step, World, target};
use skillmeat_engine::journal::Effect;
use skillmeat_engine::plan::{Action, OnConflict};
use skillmeat_engine::status::Status;
use std::collections::{BTreeMap, BTreeSet};

/// What is compared of a file: its content or target, and whether it can be run.
#[derive(Debug, Clone, PartialEq, Eq)]
enum What {
    File(Vec<u8>, bool),
    Link(String),
}

type Files = BTreeMap<String, What>;

fn files(tree: &Tree) -> Files {
    let what = |node: &Node| match node {
        Node::Folder(_) => None,
        Node::File(mode, bytes) => Some(What::File(bytes.clone(), mode & 0o100 != 0)),
        Node::Link(target) => Some(What::Link(target.clone())),
    };
    let seen = tree.without_ignored().0;
    seen.iter().filter_map(|(path, node)| Some((path.clone(), what(node)?))).collect()
}

pub(super) fn is_below(path: &str, above: &str) -> bool {
    path != above && (above.is_empty() || path.strip_prefix(above).is_some_and(|rest| rest.starts_with('/')))
}

/// Two sides, compared.
pub(super) struct Weighed {
    /// What was deployed is known, so that it is known who changed what.
    known: bool,
    before: Option<Files>,
    files: Vec<(String, Status)>,
}

impl Weighed {
    fn of(theirs: &Tree, ours: &Tree, base: Option<&Tree>, recorded: &str) -> Self {
        let (c, p) = (files(theirs), files(ours));
        let before = match base {
            Some(base) => Some(files(base)),
            None if theirs.print().content == recorded => Some(c.clone()),
            None if ours.print().content == recorded || ours.hash() == recorded => Some(p.clone()),
            None => None,
        };
        let paths: BTreeSet<&String> =
            c.keys().chain(p.keys()).chain(before.iter().flatten().map(|(path, _)| path)).collect();
        let meets =
            |path: &str, other: &Files| other.keys().any(|one| is_below(one, path) || is_below(path, one));
        let crowds = |path: &str, tree: &Tree| tree.ignored().iter().any(|entry| is_below(entry, path));
        let status = |path: &String| {
            let (theirs_has, ours_has) = (c.get(path), p.get(path));
            let was = before.as_ref().map(|before| before.get(path));
            let status = if theirs_has.is_some() && meets(path, &p) || ours_has.is_some() && meets(path, &c) {
                Status::Conflict
            } else if theirs_has == ours_has {
                Status::Synced
            } else if was == Some(theirs_has) {
                Status::Modified
            } else if was == Some(ours_has) {
                Status::Outdated
            } else {
                Status::Conflict
            };
            match status {
                Status::Outdated if theirs_has.is_some() && crowds(path, ours) => Status::Conflict,
                Status::Modified if ours_has.is_some() && crowds(path, theirs) => Status::Conflict,
                status => status,
            }
        };
        let files = paths.into_iter().map(|path| (path.clone(), status(path))).collect();
        Self { known: before.is_some(), files, before }
    }

    /// The status of the whole.
    pub(super) fn status(&self) -> Status {
        let order = [Status::Conflict, Status::Modified, Status::Outdated];
        let has = |status: &Status| self.files.iter().any(|(_, one)| one == status);
        order.into_iter().find(has).unwrap_or(Status::Synced)
    }

    /// Whether each file is taken from where the changes come; nothing where somebody has to say.
    fn takes(&self, changed: Status, choice: OnConflict) -> Option<BTreeMap<&str, bool>> {
        let take = |(path, status): &(String, Status)| {
            let comes = match (status, choice) {
                (Status::Conflict, OnConflict::Overwrite) => true,
                (Status::Conflict, OnConflict::Keep) => false,
                (Status::Conflict, _) => return None,
                (status, _) => *status == changed,
            };
            Some((path.len(), comes))
        };
        let each: Option<Vec<_>> = self.files.iter().map(take).collect();
        let names = self.files.iter().map(|(path, _)| path.as_str());
        Some(names.zip(each?.into_iter().map(|(_, comes)| comes)).collect())
    }

    pub(super) fn is_synced(&self, path: &str) -> bool {
        self.files.iter().any(|(one, status)| one == path && *status == Status::Synced)
    }
}

/// What both sides agree about after a push: the copy as it is, but for what the collection's was kept `over`.
fn in_common(theirs: &Tree, ours: &Tree, over: &[&str], folder_mode: u32) -> Tree {
    if over.is_empty() {
        return ours.without_ignored();
    }
    let (mut common, theirs) = (ours.copied(), theirs.copied());
    for path in over {
        common.prune(path);
        if let Some(node) = theirs.0.get(*path).filter(|node| !matches!(node, Node::Folder(_))) {
            common.folders_above(path, folder_mode);
            common.0.insert((*path).to_owned(), node.clone());
        }
    }
    common
}

impl World {
    /// The two sides of a deployment that has a record, where both are there.
    pub(super) fn weighed(&self, project: usize, (profile, artifact): (usize, usize)) -> Option<Weighed> {
        let (here, target) = (&self.projects[project], target(profile, artifact));
        let recorded = &here.records.get(&target)?.hash;
        let ours = here.disk.at(&target)?;
        Some(Weighed::of(self.sources[artifact].as_ref()?, &ours, self.base(project, &target), recorded))
    }

    /// What was deployed, where that is kept.
    pub(super) fn base(&self, project: usize, target: &str) -> Option<&Tree> {
        let here = &self.projects[project];
        let recorded = &here.records.get(target)?.hash;
        here.bases.get(target).filter(|base| base.print.content == *recorded).map(|base| &base.tree)
    }

    pub(super) fn plan_update(
        &self,
        artifacts: &[usize],
        projects: &[usize],
        profiles: &[usize],
        choice: OnConflict,
    ) -> Plan {
        let mut plan = Plan::default();
        for &project in projects {
            for &artifact in artifacts {
                let meant = self.recorded(project, artifact, profiles);
                if meant.is_empty() {
                    plan.refuse(project);
                }
                for profile in meant {
                    self.update_one(&mut plan, (project, profile, artifact), choice);
                }
            }
        }
        plan
    }

    /// Status of a record and whether the copy was edited.
    pub(super) fn status(
        &self,
        project: usize,
        (profile, artifact): (usize, usize),
    ) -> Option<(Status, bool)> {
        let target = target(profile, artifact);
        let look = self.projects[project].look(&target);
        let recorded = look.recorded?;
        let theirs = self.sources[artifact].as_ref().map(|source| source.print().content);
        let Some((tree, print)) = look.there else { return Some((Status::Missing, false)) };
        let ours = print.content;
        let base = if tree.hash() == recorded { ours.clone() } else { recorded };
        let status = match theirs {
            None => Status::Orphaned,
            Some(theirs) if theirs == ours => Status::Synced,
            Some(theirs) if theirs == base => Status::Modified,
            Some(_) if ours == base => Status::Outdated,
            // Perhaps not of the same files.
            Some(_) if self.base(project, &target).is_some() => {
                self.weighed(project, (profile, artifact)).map_or(Status::Conflict, |sides| sides.status())
            }
            Some(_) => Status::Conflict,
        };
        Some((status, ours != base))
    }

    /// The profiles in which an artifact has a record.
    fn recorded(&self, project: usize, artifact: usize, profiles: &[usize]) -> Vec<usize> {
        let has = |profile: &usize| self.projects[project].records.contains_key(&target(*profile, artifact));
        profiles.iter().copied().filter(has).collect()
    }

    fn update_one(
        &self,
        plan: &mut Plan,
        (project, profile, artifact): (usize, usize, usize),
        choice: OnConflict,
    ) {
        let target = target(profile, artifact);
        let Some(source) = &self.sources[artifact] else { return plan.fail((project, target)) };
        let recorded = self.projects[project].records[&target].hash.clone();
        let (hash, base) = (source.print().content, Base::of(source));
        let whole =
            Bytes::Place { new: source.copied(), carry: Carry::when(source.is_folder(), Carry::Everything) };
        let ask = |action| if choice == OnConflict::Overwrite { action } else { Action::None };
        let (action, effect, bytes) = match self.projects[project].disk.at(&target) {
            None => (ask(Action::Created), Effect::Created, whole),
            Some(ours) if ours.is_folder() != source.is_folder() => {
                (ask(Action::Updated), Effect::Updated, whole)
            }
            Some(ours) => {
                let before = self.base(project, &target);
                let weighed = Weighed::of(source, &ours, before, &recorded);
                let Some(takes) = weighed.takes(Status::Outdated, choice) else {
                    return plan.add((project, target), Action::None, choice, None);
                };
                let folder_mode = self.folder_mode;
                let moves = takes.iter().any(|(path, comes)| *comes && !weighed.is_synced(path));
                let new = Merge {
                    coming: source,
                    standing: &ours,
                    base: before,
                    weighed: &weighed,
                    takes: &takes,
                    folder_mode,
                }
                .tree();
                let carry = Carry::when(source.is_folder(), Carry::Everything);
                match () {
                    () if moves => (Action::Updated, Effect::Updated, Bytes::Place { new, carry }),
                    () if hash == recorded && weighed.known => {
                        (Action::Unchanged, Effect::Kept, Bytes::Leave)
                    }
                    () if weighed.status() == Status::Synced => {
                        (Action::Adopted, Effect::Adopted, Bytes::Leave)
                    }
                    () => (Action::Kept, Effect::Kept, Bytes::Leave),
                }
            }
        };
        let record = Some(Rec { hash, written: self.clock });
        let acts = !matches!(action, Action::None | Action::Unchanged);
        let step = Step { project, profile, artifact, effect, bytes, record, base: Some(base) };
        plan.add((project, target), action, choice, acts.then_some(step));
    }

    /// One profile of one project: copies of one artifact with different edits would stand in each other's way.
    pub(super) fn plan_push(
        &self,
        artifacts: &[usize],
        (project, profile): (usize, usize),
        choice: OnConflict,
    ) -> Plan {
        let mut plan = Plan::default();
        for &artifact in artifacts {
            match self.recorded(project, artifact, &[profile]).is_empty() {
                true => plan.refuse(project),
                false => self.push_one(&mut plan, (project, profile, artifact), choice),
            }
        }
        plan
    }

    fn push_one(
        &self,
        plan: &mut Plan,
        (project, profile, artifact): (usize, usize, usize),
        choice: OnConflict,
    ) {
        let target = target(profile, artifact);
        let sides = self.sources[artifact].as_ref().zip(self.projects[project].disk.at(&target));
        let fits = |(theirs, ours): &(&Tree, Tree)| {
            theirs.is_folder() == ours.is_folder() && !matches!(ours.0.get(""), Some(Node::Link(_)))
        };
        let Some((theirs, ours)) = sides.filter(fits) else { return plan.fail((project, target)) };
        let recorded = self.projects[project].records[&target].hash.clone();
        let base = self.base(project, &target);
        let weighed = Weighed::of(theirs, &ours, base, &recorded);
        let Some(takes) = weighed.takes(Status::Modified, choice) else {
            return plan.add((project, target), Action::None, choice, None);
        };
        let folder_mode = self.folder_mode;
        let taken = takes.iter().any(|(path, comes)| *comes && !weighed.is_synced(path));
        let given_up = |(path, status): &&(String, Status)| {
            !takes[path.as_str()] && matches!(status, Status::Modified | Status::Conflict)
        };
        let over: Vec<&str> = weighed.files.iter().filter(given_up).map(|(path, _)| path.as_str()).collect();
        let common = in_common(theirs, &ours, &over, self.folder_mode);
        let agrees = weighed.before.as_ref() != Some(&files(&common));
        let action = match () {
            () if taken => Action::Updated,
            () if !agrees => Action::Unchanged,
            () if over.is_empty() => Action::Adopted,
            () => Action::Kept,
        };
        let new =
            Merge { coming: &ours, standing: theirs, base, weighed: &weighed, takes: &takes, folder_mode }
                .tree();
        let step = |project, effect, bytes, record, base| Step {
            project,
            profile,
            artifact,
            effect,
            bytes,
            record,
            base,
        };
        if taken {
            let carry = Carry::when(ours.is_folder(), Carry::Everything);
            plan.steps.push(step(
                COLLECTION,
                Effect::Updated,
                Bytes::Place { new, carry },
                self.entries[artifact].clone(),
                None,
            ));
        }
        let effect = if over.is_empty() { Effect::Adopted } else { Effect::Kept };
        let record = Some(Rec { hash: common.print().content, written: self.clock });
        let agreed = agrees.then(|| step(project, effect, Bytes::Leave, record, Some(Base::of(&common))));
        plan.add((project, target), action, choice, agreed);
    }

    /// Does a step in the collection.
    pub(super) fn shelve(&mut self, step: Step) -> Done {
        let shelf = &mut self.sources[step.artifact];
        let (mut old, mut after) = (shelf.take(), None);
        if let Bytes::Place { new, carry } = &step.bytes {
            let mut new = new.clone();
            if let Some(old) = old.as_mut().filter(|_| *carry != Carry::Nothing) {
                new.carry(old, (*carry == Carry::Everything).then_some(self.folder_mode));
            }
            after = Some(new.print());
            *shelf = Some(new);
        } else if matches!(step.bytes, Bytes::Leave) {
            (*shelf, old) = (old, None);
        }
        let record_before = std::mem::replace(&mut self.entries[step.artifact], step.record.clone());
        Done { step, after, kept: old, record_before, base_before: None }
    }

    /// What stands where a step is, or was.
    pub(super) fn stands(&self, step: &Step) -> Option<Tree> {
        match step.project {
            COLLECTION => self.sources[step.artifact].clone(),
            project => self.projects[project].disk.at(&step.target()),
        }
    }

    /// The record or entry there.
    pub(super) fn says(&self, step: &Step) -> Option<&Rec> {
        match step.project {
            COLLECTION => self.entries[step.artifact].as_ref(),
            project => self.projects[project].records.get(&step.target()),
        }
    }
}

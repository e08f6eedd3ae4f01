//! What undoing does, and what was undone.

use super::tree::{Carry, Tree};
use super::world::{Bytes, Done, Look, Operation, Plan, Step, World};
use skillmeat_engine::engine::Undone;
use skillmeat_engine::journal::{Effect, OperationKind};
use skillmeat_engine::plan::{Action, OnConflict};
use std::collections::{BTreeMap, BTreeSet};

type Targets = BTreeSet<(usize, String)>;

impl Operation {
    fn targets(&self) -> Targets {
        self.done.iter().map(|done| (done.step.project, done.step.target())).collect()
    }
}

impl World {
    /// How much of each operation was undone, oldest first: by undos that were not undone themselves.
    pub(super) fn undone(&self) -> Vec<Undone> {
        let mut covered = BTreeMap::<&str, Targets>::new();
        let mut all = Vec::new();
        for operation in self.history.iter().rev() {
            let (mine, targets) =
                (covered.remove(operation.id.as_str()).unwrap_or_default(), operation.targets());
            let back = targets.intersection(&mine).count();
            all.push(match back {
                0 => Undone::No,
                some if some < targets.len() => Undone::Partly,
                _ => Undone::Yes,
            });
            if let Some(undoes) = &operation.undoes {
                let still = targets.difference(&mine).cloned();
                covered.entry(undoes.as_str()).or_default().extend(still);
            }
        }
        all.reverse();
        all
    }

    /// The operation that an undo without a name is about: the newest that leaves something to undo.
    pub(super) fn newest(&self) -> Option<&Operation> {
        let each = self.history.iter().zip(self.undone()).rev();
        let open = |(operation, undone): &(&Operation, Undone)| {
            operation.kind != OperationKind::Undo && *undone != Undone::Yes
        };
        let mut open = each.filter(open).map(|(operation, _)| operation);
        open.find(|operation| {
            let plan = self.plan_undo(operation, OnConflict::Stop);
            plan.told.iter().any(|(_, _, _, action)| *action != Action::Unchanged)
        })
    }

    pub(super) fn plan_undo(&self, operation: &Operation, choice: OnConflict) -> Plan {
        let mut plan = Plan { undoes: Some(operation.id.clone()), ..Plan::default() };
        for done in operation.done.iter().rev() {
            let (project, target) = (done.step.project, done.step.target());
            let look = Look::of(
                self.stands(&done.step),
                done.after.as_ref().map(|after| after.content.clone()),
                None,
            );
            let (action, effect) = self.undo_one(done, &look, choice);
            let bytes = match (effect, &done.kept) {
                (Effect::Created | Effect::Updated, Some(kept)) => {
                    let carry = Carry::when(kept.ignored().is_empty(), Carry::WhatFits);
                    Bytes::Place { new: kept.clone(), carry }
                }
                (Effect::Removed, _) => Bytes::Remove,
                _ => Bytes::Leave,
            };
            let acts = !matches!(action, Action::None | Action::Unchanged);
            let step = acts.then(|| Step {
                effect,
                bytes,
                record: done.record_before.clone(),
                base: done.base_before.clone(),
                ..done.step.clone()
            });
            plan.add((project, target), action, choice, step);
        }
        plan
    }

    fn undo_one(&self, done: &Done, look: &Look, choice: OnConflict) -> (Action, Effect) {
        let go_ahead = |action| if choice == OnConflict::Overwrite { action } else { Action::None };
        let left = look.there.as_ref().is_some_and(|(_, print)| Some(print) == done.after.as_ref());
        let there = look.there.as_ref().map(|(tree, _)| tree);
        match (done.step.effect, there) {
            (Effect::Adopted | Effect::Kept | Effect::Unrecorded, _) | (Effect::Created, None) => {
                self.only_record(done)
            }
            (Effect::Created, Some(_)) if left && !look.has_ignored => (Action::Removed, Effect::Removed),
            (Effect::Created, Some(_)) => (go_ahead(Action::Removed), Effect::Removed),
            (_, None) => (Action::Created, Effect::Created),
            (_, Some(now)) if done.kept.as_ref().is_some_and(|kept| kept.is_same_and_some(now)) => {
                self.only_record(done)
            }
            (Effect::Updated, Some(now)) => {
                let room = |kept: &Tree| !has_ignored(kept) && kept.has_folders_for(now);
                let clash = look.has_ignored && !done.kept.as_ref().is_some_and(room);
                let action = if left && !clash { Action::Updated } else { go_ahead(Action::Updated) };
                (action, Effect::Updated)
            }
            (Effect::Removed, Some(_)) => (go_ahead(Action::Updated), Effect::Updated),
        }
    }

    fn only_record(&self, done: &Done) -> (Action, Effect) {
        let now = self.says(&done.step);
        match &done.record_before {
            before if before.as_ref() == now => (Action::Unchanged, Effect::Adopted),
            Some(_) => (Action::Adopted, Effect::Adopted),
            None => (Action::Removed, Effect::Unrecorded),
        }
    }
}

fn has_ignored(tree: &Tree) -> bool {
    !tree.ignored().is_empty()
}

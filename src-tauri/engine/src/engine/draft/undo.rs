//! Drafting an undo: each target goes back to what it was before an operation, if it still is what that left.

use super::{Desk, Draft, refused, with_decision};
use crate::deploy::{Bytes, Document, NewBase, RecordEdit, Source, Step};
use crate::engine::project::Ground;
use crate::error::{Code, Error, Problem, Remedy, Result, Severity};
use crate::fs::{EntryKind, Root, Survey};
use crate::journal::{Effect, Part, StepNote};
use crate::path::RelPath;
use crate::plan::{
    Action, Decision, OnConflict, PlanItem, Target, UndoRequest, choice_for, local_changes, unmanaged,
};
use std::sync::Arc;

const CHOICES: &[OnConflict] = &[OnConflict::Skip, OnConflict::Overwrite];

/// The part that is undone, and the records before it and now.
struct Undone<'a> {
    part: &'a Part,
    before: Option<Document>,
    now: Option<Document>,
    trash: Option<&'a Arc<Root>>,
}

/// What stands at a target.
struct There {
    target: Target,
    survey: Option<Survey>,
}

impl Desk<'_> {
    /// Drafts what undoing these parts does to this project, newest target first. `trash` holds what the parts
    /// replaced or removed.
    pub(in crate::engine) fn undo(
        &self,
        request: &UndoRequest,
        parts: &[Part],
        trash: Option<&Arc<Root>>,
    ) -> Vec<Draft> {
        let mut drafts = Vec::new();
        for part in parts.iter().rev().filter(|part| part.project_path == self.project.path) {
            let now = Document::read(&self.project.root, &part.place);
            let before = Document::before(part).ok().flatten();
            let (now, unread) = match now {
                Ok(now) => (now, None),
                Err(error) => (None, Some(error.to_problem())),
            };
            let undone = Undone { part, before, now, trash };
            for step in part.steps.iter().rev() {
                let item = self.undo_item(step, request);
                let draft = match &unread {
                    Some(problem) => Err(problem.clone()),
                    None => self.undo_one(item.clone(), step, &undone).map_err(Problem::from),
                };
                drafts.push(draft.unwrap_or_else(|problem| refused(item, problem)));
            }
        }
        drafts
    }

    fn undo_item(&self, step: &StepNote, request: &UndoRequest) -> PlanItem {
        let project = (&self.project.path, self.project.name.as_str());
        let id = step.artifact_id.clone();
        // A group's or set's name stands where a record has its profile.
        let profile = if self.project.ground == Ground::Project { &step.record.profile_id } else { "" };
        let mut item = PlanItem::new(id, &step.collection, (project.0, &self.project.name), profile);
        item.path = Some(step.target.clone());
        item.choice = choice_for(&request.choices, request.on_conflict, &self.project.path, &step.target);
        item
    }

    fn undo_one(&self, mut item: PlanItem, step: &StepNote, undone: &Undone<'_>) -> Result<Draft> {
        let there = match undone.names_no_tree(step) {
            true => There { target: Target::Absent, survey: None },
            false => self.there(step)?,
        };
        let kept = match step.effect {
            Effect::Updated | Effect::Removed => Some(undone.kept(step)?),
            _ => None,
        };
        let (mut decision, effect) = undone.decide(step, &there, kept.as_ref(), &item, self)?;
        let restores = !matches!(decision.action, Action::None | Action::Unchanged);
        if restores && decision.conflict.is_none() && undone.entry_changed(step) {
            let entry = entry_changed(&item.artifact_id, &self.project.name);
            decision = Decision::conflict(entry, CHOICES, item.choice, decision.action);
        }
        let counted = kept.as_ref().map(|kept| &kept.survey).or(there.survey.as_ref());
        if let (Some(survey), true) = (counted, !matches!(effect, Effect::Adopted | Effect::Unrecorded)) {
            (item.files, item.bytes) = (survey.files(), survey.bytes());
        }
        let seen =
            [kept.as_ref().map(|kept| kept.survey.signature()), there.survey.as_ref().map(Survey::signature)];
        let acts = !matches!(decision.action, Action::None | Action::Unchanged);
        let step = acts.then(|| restoring(step, effect, there.survey, kept));
        let place = Some(undone.part.place.clone());
        Ok(Draft { item: with_decision(item, decision), step, place, record: None, seen, notice: None })
    }

    fn there(&self, step: &StepNote) -> Result<There> {
        self.real(&step.target)?;
        let (root, after) = (&self.project.root, step.after.as_ref());
        let (target, survey) = self.gate.target(root, &step.target, after.map(|after| &after.content), after);
        Ok(There { target, survey })
    }
}

impl Undone<'_> {
    /// Whether it is about a group or set, which is all in the document.
    fn names_no_tree(&self, step: &StepNote) -> bool {
        self.part.place.is_collection() && !step.record.profile_id.is_empty()
    }

    /// What the step replaced or removed, as it lies in the trash.
    fn kept(&self, step: &StepNote) -> Result<Source> {
        let gone = || Error::NoLongerKept { path: step.target.to_string() };
        let root = self.trash.ok_or_else(gone)?;
        let path = RelPath::new(self.part.name())?.child(&step.slot)?;
        let survey = root.survey_whole(&path)?.ok_or_else(gone)?;
        if let Some(name) = &survey.unreadable_name {
            // A copy would come back without it, and what is in the trash goes one day.
            let reason = "it cannot be copied back, as a name in it is not valid UTF-8; move it by hand";
            return Err(Error::SourceInvalid {
                path: root.absolute(&path).join(name),
                reason: reason.to_owned(),
            });
        }
        Ok(Source { root: root.clone(), path, survey, fingerprint: None, stored: None })
    }

    /// Whether there was a record, or an entry of the collection.
    fn was_recorded(&self, step: &StepNote) -> bool {
        self.before.as_ref().is_some_and(|before| before.has(&step.record))
    }

    /// Whether it is what it was before already.
    fn record_is_back(&self, step: &StepNote) -> bool {
        match (&self.before, &self.now) {
            (Some(before), Some(now)) => before.says_the_same(&step.record, now),
            (Some(one), None) | (None, Some(one)) => !one.has(&step.record),
            (None, None) => true,
        }
    }

    /// Whether a group or set is neither what the step left nor what was before it.
    fn says_otherwise(&self, step: &StepNote) -> bool {
        let says = self.now.as_ref().and_then(|now| now.says(&step.record));
        self.names_no_tree(step) && says != step.says && !self.record_is_back(step)
    }

    /// Whether an entry of a collection says something else than the step left there. It goes back as a whole, and what
    /// was written into it since would go with it.
    fn entry_changed(&self, step: &StepNote) -> bool {
        let now = self.now.as_ref().and_then(|now| now.entry_digest(&step.record));
        step.entry_after.is_some() && now != step.entry_after && !self.record_is_back(step)
    }

    /// What only the record needs.
    fn only_record(&self, step: &StepNote) -> (Decision, Effect) {
        let (action, effect) = match self.was_recorded(step) {
            _ if self.record_is_back(step) => (Action::Unchanged, Effect::Adopted),
            true => (Action::Adopted, Effect::Adopted),
            false => (Action::Removed, Effect::Unrecorded),
        };
        (Decision::clear(action), effect)
    }

    fn decide(
        &self,
        step: &StepNote,
        there: &There,
        kept: Option<&Source>,
        item: &PlanItem,
        desk: &Desk<'_>,
    ) -> Result<(Decision, Effect)> {
        let place = desk.project.root.absolute(&step.target).display().to_string();
        let edited = |action| Decision::conflict(local_changes(&place), CHOICES, item.choice, action);
        let is_kept = match (kept, &there.survey) {
            (Some(kept), Some(now)) => same(now, desk, step, kept)?,
            _ => false,
        };
        Ok(match (step.effect, &there.target) {
            (_, Target::Unreadable(problem)) => (Decision::refused(problem.clone()), Effect::Kept),
            (Effect::Adopted | Effect::Kept | Effect::Unrecorded, _) if self.says_otherwise(step) => {
                let (decision, effect) = self.only_record(step);
                (edited(decision.action), effect)
            }
            (Effect::Adopted | Effect::Kept | Effect::Unrecorded, _) | (Effect::Created, Target::Absent) => {
                self.only_record(step)
            }
            (Effect::Created, now) => match left(now, step) && !has_ignored(now) {
                true => (Decision::clear(Action::Removed), Effect::Removed),
                false => (edited(Action::Removed), Effect::Removed),
            },
            (_, Target::Absent) => (Decision::clear(Action::Created), Effect::Created),
            _ if is_kept => self.only_record(step),
            (Effect::Updated, now) => {
                let clash = has_ignored(now)
                    && kept.is_none_or(|kept| !has_room(&kept.survey, there.survey.as_ref()));
                match left(now, step) && !clash {
                    true => (Decision::clear(Action::Updated), Effect::Updated),
                    false => (edited(Action::Updated), Effect::Updated),
                }
            }
            (Effect::Removed, _) => {
                let conflict = Decision::conflict(unmanaged(&place), CHOICES, item.choice, Action::Updated);
                (conflict, Effect::Updated)
            }
        })
    }
}

/// The conflict of an entry that was changed since.
fn entry_changed(artifact: &str, collection: &str) -> Problem {
    let message = format!(
        "What collection.toml of {collection} says of {artifact} was changed since. Choose whether to put back what it \
         said before."
    );
    Problem::new(Code::LocalChanges, Severity::Refusal, message)
        .about(artifact)
        .with_remedy(Remedy::Overwrite)
}

/// Whether the target is what the step left there.
fn left(now: &Target, step: &StepNote) -> bool {
    let after = step.after.as_ref();
    matches!(now, Target::Present { hash, differs: false, .. } if after.is_some_and(|after| after.content == *hash))
}

fn has_ignored(now: &Target) -> bool {
    matches!(now, Target::Present { has_ignored: true, .. })
}

/// Whether the entries of the ignore list that stand there now have a place in what was kept: it has none of its own, and
/// their folders. What an undo brings back is what there was, and no folder more.
fn has_room(kept: &Survey, now: Option<&Survey>) -> bool {
    let is_folder =
        |path: &str| kept.entries.iter().any(|entry| entry.path == path && entry.kind == EntryKind::Folder);
    let fits = |entry: &String| entry.rsplit_once('/').is_none_or(|(folder, _)| is_folder(folder));
    kept.left_out().is_empty() && !kept.is_single() && now.is_some_and(|now| now.ignored.iter().all(fits))
}

/// Whether what was kept stands at the target already. What cannot be read now is not another content.
fn same(now: &Survey, desk: &Desk<'_>, step: &StepNote, kept: &Source) -> Result<bool> {
    let root = &desk.project.root;
    let Some(whole) = root.survey_whole(&step.target)? else { return Ok(false) };
    Ok(whole.same_shape(&kept.survey)
        && now.files() > 0
        && root.hash(&step.target, &whole)? == kept.root.hash(&kept.path, &kept.survey)?)
}

fn restoring(step: &StepNote, effect: Effect, there: Option<Survey>, kept: Option<Source>) -> Step {
    let bytes = match (effect, kept) {
        (Effect::Created | Effect::Updated, Some(source)) => {
            // What moved into the new tree then moves back; what was kept may have ignored entries of its own.
            let carry_ignored = !source.survey.is_single() && source.survey.left_out().is_empty();
            Bytes::Place { source, replaces: there, carry_ignored, edits: Vec::new() }
        }
        (Effect::Removed, _) => Bytes::Remove(there),
        _ => Bytes::Leave,
    };
    Step {
        artifact_id: step.artifact_id.clone(),
        collection: step.collection.clone(),
        target: step.target.clone(),
        effect,
        bytes,
        record: RecordEdit::Restore(step.record.clone()),
        base: NewBase::Is(step.base_before.clone()),
    }
}

//! Drafting the steps of a push that is decided: a collection's under its lock, and a project's records under that one's.
//! What is another one by then than when it was decided about is `plan-stale`.

use super::{Desk, Draft, refused, with_decision};
use crate::collection::EntryKey;
use crate::deploy::{Bytes, NewBase, Over, RecordEdit, Source, Step};
use crate::engine::push::{Agreed, Intake};
use crate::error::{Error, Result};
use crate::fs::{Root, Survey};
use crate::journal::{Effect, Place};
use crate::manifest::{self, Manifest};
use crate::plan::{Action, Decision, PlanItem};
use std::sync::Arc;

impl Desk<'_> {
    /// Drafts the steps of a collection, whose lock the caller holds.
    pub(in crate::engine) fn take_in<'i>(&self, intakes: impl Iterator<Item = &'i Intake>) -> Vec<Draft> {
        let each = intakes.map(|intake| {
            let mut item = self.item(&intake.artifact.1, &intake.artifact.0, "");
            item.path = Some(intake.target.clone());
            self.take_one(item.clone(), intake).unwrap_or_else(|error| refused(item, error.to_problem()))
        });
        each.collect()
    }

    fn take_one(&self, mut item: PlanItem, intake: &Intake) -> Result<Draft> {
        let at = self.real(&intake.target)?;
        let target = &intake.target;
        self.names(&super::copies::Copies::default()).claim(&at, target)?;
        let now = self.project.root.survey(target)?;
        let source = &intake.source;
        let copy = source.root.survey(&source.path)?;
        let seen = [now.as_ref().map(Survey::signature), copy.as_ref().map(Survey::signature)];
        if seen != [Some(intake.replaces.signature()), Some(source.survey.signature())] {
            return Err(Error::PlanStale);
        }
        (item.files, item.bytes) = (source.survey.files(), source.survey.bytes());
        let key = EntryKey { kind: intake.artifact.1.kind(), path: target.clone() };
        let step = Step {
            artifact_id: item.artifact_id.clone(),
            collection: item.collection.clone(),
            target: target.clone(),
            effect: Effect::Updated,
            bytes: Bytes::Place {
                source: source.clone(),
                replaces: now,
                carry_ignored: !source.survey.is_single(),
                edits: intake.edits.clone(),
            },
            record: RecordEdit::Enter(key, intake.entry.clone()),
            base: NewBase::Is(None),
        };
        let item = with_decision(item, Decision::clear(Action::Updated));
        Ok(Draft { item, step: Some(step), place: Some(Place::Collection), record: None, seen, notice: None })
    }

    /// Drafts the records of a project, whose lock the caller holds.
    pub(in crate::engine) fn agree<'i>(&self, agreed: impl Iterator<Item = &'i Agreed>) -> Vec<Draft> {
        let each = agreed.map(|agreed| {
            let (collection, id) = &agreed.artifact;
            let mut item = self.item(id, collection, &agreed.record.1.profile_id);
            item.path = Some(agreed.root.join(&agreed.record.1.artifact_path));
            self.agree_one(item.clone(), agreed).unwrap_or_else(|error| refused(item, error.to_problem()))
        });
        each.collect()
    }

    fn agree_one(&self, item: PlanItem, agreed: &Agreed) -> Result<Draft> {
        let (old, new) = &agreed.record;
        let target = agreed.root.join(&new.artifact_path);
        self.real(&target)?;
        let survey = self.project.root.survey(&target)?;
        let survey = survey.filter(|now| now.signature() == agreed.seen).ok_or(Error::PlanStale)?;
        let manifest = manifest::read(&self.project.root, &agreed.root)?;
        if !manifest.iter().flat_map(Manifest::records).any(|record| record == old) {
            return Err(Error::PlanStale);
        }
        let seen = [None, Some(survey.signature())];
        let fingerprint = survey.fingerprint(&new.content_hash);
        let stored = self.gate.stored(&fingerprint).map(Box::new);
        let source = Source {
            root: Arc::new(Root::open(self.project.path.as_path())?),
            path: target.clone(),
            survey,
            fingerprint: Some(Box::new(fingerprint)),
            stored,
        };
        let (action, effect, base) = match agreed.over.is_empty() {
            true => (Action::Adopted, Effect::Adopted, NewBase::Of(source)),
            false => (Action::Kept, Effect::Kept, NewBase::Mixed(source, self.over(agreed)?)),
        };
        let step = Step {
            artifact_id: item.artifact_id.clone(),
            collection: item.collection.clone(),
            target,
            effect,
            bytes: Bytes::Leave,
            record: RecordEdit::Write(new.clone()),
            base,
        };
        let item = with_decision(item, Decision::clear(action));
        let place = Some(Place::Profile(agreed.root.clone()));
        Ok(Draft { item, step: Some(step), place, record: Some(new.clone()), seen, notice: None })
    }

    /// Where the collection's files of a base are.
    fn over(&self, agreed: &Agreed) -> Result<Vec<Over>> {
        let (collection, id) = &agreed.artifact;
        let artifact = self.library.get(collection, id).ok_or(Error::PlanStale)?;
        let each = agreed.over.iter().map(|(path, state)| {
            let place = |path: &String| match path.is_empty() {
                true => Ok(artifact.path().clone()),
                false => artifact.path().child(path),
            };
            let from: Option<Result<_>> =
                state.clone().map(|state| Ok((artifact.shelf.root.clone(), place(path)?, state)));
            Ok(Over { path: path.clone(), from: from.transpose()? })
        });
        each.collect()
    }
}

//! What is written down of a part: folders, manifest, steps; and what is told of it.

use super::document::{Document, Editor};
use super::recover::digest;
use super::stage::Prepared;
use super::work::{Progress, Work};
use super::{Bytes, Done, RecordEdit, Results, Step};
use crate::error::{Problem, Result};
use crate::fs::{Root, Survey};
use crate::journal::{Part, Place, StepNote};
use crate::path::RelPath;
use std::collections::BTreeSet;

impl Work<'_> {
    /// The document as it will be.
    pub(super) fn new_document(&self, known: Option<&Document>) -> Document {
        let place = self.context.place;
        let before = self.context.undoes.map(Document::before).and_then(Result::ok);
        if let (Some(undone), Some(before)) = (self.context.undoes, &before)
            && self.is_untouched(undone)
            && self.states.iter().all(|state| matches!(state, Progress::Ready(_)))
            && self.steps.len() == undone.steps.len()
        {
            // Nobody has written it since: it becomes what it was, to the letter.
            return before.clone().unwrap_or_else(|| Document::empty(place));
        }
        let before = before.flatten();
        let same =
            |one: &Document, other: &Document| lines(one.text().as_deref()) == lines(other.text().as_deref());
        let mut document = known.cloned().unwrap_or_else(|| Document::empty(place));
        let ready = self.steps.iter().zip(&self.states);
        let ready = ready.filter_map(|(step, state)| match state {
            Progress::Ready(prepared) => Some((step, prepared)),
            Progress::Failed(_) => None,
        });
        let editor = Editor { name: self.context.project_name, now: self.context.now };
        let mut gone = Vec::new();
        for (step, prepared) in ready {
            match &step.record {
                RecordEdit::Drop(record) => gone.push(record.clone()),
                edit => document.edit(edit, prepared.recorded.as_ref(), before.as_ref(), &editor),
            }
        }
        document.drop_records(&gone);
        // Records that went one by one and came back leave other blank lines than there were.
        match before {
            Some(before) if same(&document, &before) => before,
            _ => document,
        }
    }

    /// Whether the document is what the undone part made of it.
    fn is_untouched(&self, undone: &Part) -> bool {
        let follower = |part: &Part| part.follows.as_ref().and_then(|follows| follows.after.clone());
        let now = self.part.follows.as_ref().and_then(|follows| digest(follows.before.as_deref()));
        digest(self.part.manifest_before.as_deref()) == undone.manifest_after && now == follower(undone)
    }

    /// The steps that are still to be done.
    pub(super) fn notes(&self) -> Vec<StepNote> {
        let each = self.steps.iter().zip(&self.states).enumerate();
        each.filter_map(|(index, (step, state))| match state {
            Progress::Ready(prepared) => Some(self.note(index, step, Some(prepared))),
            Progress::Failed(_) => None,
        })
        .collect()
    }

    pub(super) fn note(&self, index: usize, step: &Step, prepared: Option<&Prepared>) -> StepNote {
        let old = match &step.bytes {
            Bytes::Place { replaces, .. } | Bytes::Remove(replaces) => replaces.as_ref(),
            Bytes::Leave => None,
        };
        let carried = match &step.bytes {
            Bytes::Place { replaces: Some(old), carry_ignored: true, .. } => old.ignored.clone(),
            _ => Vec::new(),
        };
        let staged = prepared.and_then(|prepared| prepared.staged.as_ref());
        let (files, bytes) = match (staged, &step.bytes) {
            (Some(staged), _) => (staged.files, staged.bytes),
            (None, Bytes::Remove(Some(old))) => (old.files(), old.bytes()),
            (None, _) => (0, 0),
        };
        StepNote {
            slot: index.to_string(),
            target: step.target.clone(),
            effect: step.effect,
            artifact_id: step.artifact_id.clone(),
            collection: step.collection.clone(),
            record: step.record.key(),
            says: None,
            before: old.map(Survey::identity),
            after: prepared.and_then(|prepared| prepared.after.clone()),
            base_before: self.bases[index].clone(),
            base_after: prepared.and_then(|prepared| prepared.base.clone()),
            entry_after: None,
            carried,
            files,
            bytes,
            kept_bytes: old.map_or(0, Survey::bytes),
        }
    }

    /// How each step ended.
    pub(super) fn results(&mut self) -> Results {
        let states = std::mem::take(&mut self.states);
        let notices = std::mem::take(&mut self.notices);
        let each = states.into_iter().zip(self.steps).zip(notices);
        each.map(|((state, step), notice)| match state {
            Progress::Failed(error) => Err(error),
            Progress::Ready(prepared) => Ok(done(step, *prepared, notice)),
        })
        .collect()
    }
}

/// What a manifest says, line by line.
fn lines(text: Option<&str>) -> Vec<&str> {
    text.unwrap_or_default().lines().filter(|line| !line.trim().is_empty()).collect()
}

/// The folders above the targets that are not there yet, outermost first.
pub(super) fn missing(project: &Root, place: &Place, steps: &[Step]) -> Result<Vec<RelPath>> {
    let mut wanted = BTreeSet::new();
    let mut add = |mut folder: Option<RelPath>| {
        while let Some(current) = folder {
            folder = current.parent();
            if !wanted.insert(current) {
                break;
            }
        }
    };
    if let Place::Profile(root) = place {
        add(Some(root.clone()));
    }
    for step in steps.iter().filter(|step| matches!(step.bytes, Bytes::Place { replaces: None, .. })) {
        add(step.target.parent());
    }
    let mut missing = Vec::new();
    for folder in wanted {
        if project.entry(&folder)?.is_none() {
            missing.push(folder);
        }
    }
    Ok(missing)
}

fn done(step: &Step, prepared: Prepared, notice: Option<Problem>) -> Done {
    let Prepared { staged, recorded, .. } = prepared;
    let (files, bytes) = match (&staged, &step.bytes) {
        (Some(staged), _) => (staged.files, staged.bytes),
        (None, Bytes::Remove(Some(survey))) => (survey.files(), survey.bytes()),
        (None, _) => (0, 0),
    };
    // A merged copy has another hash than its record.
    let merged = matches!(&step.bytes, Bytes::Place { edits, .. } if !edits.is_empty());
    let copied = staged.is_some();
    let copy = staged.filter(|_| !merged).map(|staged| staged.copy);
    match &step.record {
        RecordEdit::Write(record) => {
            let hash = Some(recorded.unwrap_or_else(|| record.content_hash.clone()));
            Done { hash, copy, files, bytes, notice }
        }
        // What the entry names is then neither side's content alone.
        RecordEdit::Enter(..) if copied && !merged => Done { hash: recorded, copy, files, bytes, notice },
        _ => Done { hash: None, copy: None, files, bytes, notice },
    }
}

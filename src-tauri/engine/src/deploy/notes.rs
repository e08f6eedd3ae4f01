//! What is written down of a part: folders, manifest, steps; and what is told of it.

use super::apply::{Progress, Work};
use super::recover::digest;
use super::stage::Prepared;
use super::{Bytes, Done, RecordEdit, Results, Step};
use crate::error::{Problem, Result};
use crate::fs::{Root, Staged, Survey};
use crate::journal::StepNote;
use crate::manifest::{Manifest, Record};
use crate::path::RelPath;
use std::collections::BTreeSet;

impl Work<'_> {
    /// The manifest as it will be.
    pub(super) fn new_manifest(&self, known: Option<&Manifest>) -> Manifest {
        let root = self.context.profile_root;
        let undone = self.context.undoes;
        let before = undone.and_then(|part| part.manifest_before.as_deref());
        let untouched =
            undone.is_some_and(|part| digest(self.part.manifest_before.as_deref()) == part.manifest_after);
        let all = self.states.iter().all(|state| matches!(state, Progress::Ready(_)));
        if let Some(part) = undone
            && untouched
            && all
            && self.steps.len() == part.steps.len()
        {
            // Nobody has written it since: it becomes what it was, to the letter.
            match before.map(|text| Manifest::parse(text, root)) {
                Some(Ok(manifest)) => return manifest,
                None => return Manifest::empty(root),
                Some(Err(_)) => {}
            }
        }
        let before = before.and_then(|text| Manifest::parse(text, root).ok());
        let same = |manifest: &Manifest, before: &Manifest| {
            lines(manifest.render().as_deref()) == lines(before.render().as_deref())
        };
        let mut manifest = known.cloned().unwrap_or_else(|| Manifest::empty(root));
        let mut gone = Vec::new();
        for (step, state) in self.steps.iter().zip(&self.states) {
            let Progress::Ready(prepared) = state else { continue };
            match &step.record {
                RecordEdit::Drop(record) => gone.push(record.clone()),
                RecordEdit::Write(record) => manifest.upsert(with_hash(record, prepared.staged.as_ref())),
                RecordEdit::Restore(key) => manifest.revert(key, before.as_ref()),
            }
        }
        if !gone.is_empty() {
            manifest.remove(&gone);
        }
        // Records that went one by one and came back leave other blank lines than there were.
        match before {
            Some(before) if same(&manifest, &before) => before,
            _ => manifest,
        }
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
            before: old.map(Survey::identity),
            after: prepared.and_then(|prepared| prepared.after.clone()),
            base_before: self.bases[index].clone(),
            base_after: prepared.and_then(|prepared| prepared.base.clone()),
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
            Progress::Ready(prepared) => Ok(done(step, prepared.staged, notice)),
        })
        .collect()
    }
}

/// What a manifest says, line by line.
fn lines(text: Option<&str>) -> Vec<&str> {
    text.unwrap_or_default().lines().filter(|line| !line.trim().is_empty()).collect()
}

/// The folders above the targets that are not there yet, outermost first.
pub(super) fn missing(project: &Root, profile_root: &RelPath, steps: &[Step]) -> Result<Vec<RelPath>> {
    let mut wanted = BTreeSet::new();
    let mut add = |mut folder: Option<RelPath>| {
        while let Some(current) = folder {
            folder = current.parent();
            if !wanted.insert(current) {
                break;
            }
        }
    };
    add(Some(profile_root.clone()));
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

fn with_hash(record: &Record, staged: Option<&Staged>) -> Record {
    let mut record = record.clone();
    if let Some(staged) = staged {
        record.content_hash = staged.hash.clone();
    }
    record
}

fn done(step: &Step, staged: Option<Staged>, notice: Option<Problem>) -> Done {
    let (files, bytes) = match (&staged, &step.bytes) {
        (Some(staged), _) => (staged.files, staged.bytes),
        (None, Bytes::Remove(Some(survey))) => (survey.files(), survey.bytes()),
        (None, _) => (0, 0),
    };
    match (&step.record, staged) {
        (RecordEdit::Write(record), None) => {
            Done { hash: Some(record.content_hash.clone()), copy: None, files, bytes, notice }
        }
        (RecordEdit::Write(_), Some(staged)) => {
            Done { hash: Some(staged.hash), copy: Some(staged.copy), files, bytes, notice }
        }
        (RecordEdit::Drop(_) | RecordEdit::Restore(_), _) => {
            Done { hash: None, copy: None, files, bytes, notice }
        }
    }
}

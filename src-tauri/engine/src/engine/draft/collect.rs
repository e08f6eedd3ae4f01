//! Drafting changes of a collection.

use super::names::Names;
use super::{Desk, Draft, refused, with_decision};
use crate::artifact::{Detected, detect};
use crate::collection::EntryKey;
use crate::deploy::{Bytes, NewBase, RecordEdit, Source, Step};
use crate::engine::gate::Content;
use crate::engine::library::Artifact;
use crate::error::{Error, Problem, Result};
use crate::fs::{Entry, Root, Survey};
use crate::id::{ArtifactId, ContentHash};
use crate::journal::{Effect, Place};
use crate::path::RelPath;
use crate::plan::{Action, CollectionEdit, CollectionRequest, Decision, NewContent, PlanItem, Replaces};
use std::path::Path;
use std::sync::Arc;

/// What is decided about one artifact.
struct Decided {
    action: Action,
    effect: Effect,
    bytes: Bytes,
    source: Option<[u8; 32]>,
}

impl Desk<'_> {
    /// Drafts the changes; what cannot be done is a refused draft, and the others go on.
    pub(in crate::engine) fn collect(&self, request: &CollectionRequest) -> Vec<Draft> {
        let mut names = self.names(&super::copies::Copies::default());
        let each = request.edits.iter().map(|edit| {
            let item = self.item(&edit.artifact, &self.project.name, "");
            let draft = self.collect_one(item.clone(), edit, &mut names).map_err(Problem::from);
            draft.unwrap_or_else(|problem| refused(item, problem))
        });
        each.collect()
    }

    fn collect_one(&self, mut item: PlanItem, edit: &CollectionEdit, names: &mut Names<'_>) -> Result<Draft> {
        let listed = self.library.get(&self.project.name, &edit.artifact);
        let target = self.shelf_place(edit, listed.as_ref())?;
        item.path = Some(target.clone());
        let at = self.real(&target)?;
        let there = self.gate.content(&self.project.root, &target)?;
        let decided = match &edit.content {
            NewContent::Stays if there.is_none() => return Err(self.not_there(&edit.artifact)),
            NewContent::Stays => Decided {
                action: Action::Adopted,
                effect: Effect::Adopted,
                bytes: Bytes::Leave,
                source: None,
            },
            NewContent::Gone(replaces) => self.going(&target, there.as_ref(), replaces)?,
            NewContent::From(from, replaces) => {
                names.claim(&at, &target)?;
                let source = source_at(edit.artifact.kind(), from, &at)?;
                (item.files, item.bytes) = (source.survey.files(), source.survey.bytes());
                self.coming(source, there.as_ref(), replaces, (edit, listed.as_ref()))?
            }
        };
        if let (Action::Removed, Some(there)) = (decided.action, &there) {
            (item.files, item.bytes) = (there.survey.files(), there.survey.bytes());
        }
        let seen = [decided.source, there.as_ref().map(|there| there.survey.signature())];
        let key = EntryKey { kind: edit.artifact.kind(), path: target.clone() };
        let record = match decided.action {
            Action::Removed => RecordEdit::Withdraw(key),
            _ => RecordEdit::Enter(key, edit.entry.clone()),
        };
        let step = (decided.action != Action::Unchanged).then(|| Step {
            artifact_id: item.artifact_id.clone(),
            collection: item.collection.clone(),
            target,
            effect: decided.effect,
            bytes: decided.bytes,
            record,
            base: NewBase::Is(None),
        });
        let item = with_decision(item, Decision::clear(decided.action));
        Ok(Draft { item, step, place: Some(Place::Collection), record: None, seen, notice: None })
    }

    /// Where an artifact is, or will be.
    fn shelf_place(&self, edit: &CollectionEdit, listed: Option<&Artifact<'_>>) -> Result<RelPath> {
        if let Some(path) = &edit.path {
            return Ok(path.clone());
        }
        match listed {
            Some(artifact) => Ok(artifact.path().clone()),
            None => crate::collection::place_of(&edit.artifact),
        }
    }

    fn not_there(&self, artifact: &ArtifactId) -> Error {
        let place = format!("the collection {}", self.project.name);
        Error::ArtifactNotFound { query: artifact.to_string(), place }
    }

    /// Decides about one that goes. Another artifact in its folder would go with it, and keeps it.
    fn going(&self, target: &RelPath, there: Option<&Content>, replaces: &Replaces) -> Result<Decided> {
        let inside = self.library.artifacts().find(|other| {
            other.collection() == self.project.name && other.path().strip_prefix(target).is_some()
        });
        if let Some(inner) = inside {
            return Err(Error::Nested { first: inner.path().to_string(), second: target.to_string() });
        }
        check(there, replaces)?;
        Ok(Decided {
            action: Action::Removed,
            effect: if there.is_some() { Effect::Removed } else { Effect::Unrecorded },
            bytes: Bytes::Remove(there.map(|there| there.survey.clone())),
            source: None,
        })
    }

    /// Decides about one that comes, or comes anew.
    fn coming(
        &self,
        source: Source,
        there: Option<&Content>,
        replaces: &Replaces,
        (edit, listed): (&CollectionEdit, Option<&Artifact<'_>>),
    ) -> Result<Decided> {
        let seen = Some(source.survey.signature());
        let same = |there: &Content| -> Result<bool> {
            Ok(self.gate.hash(&source.root, &source.path, &source.survey)? == there.hash)
        };
        if there.map(same).transpose()?.unwrap_or_default() {
            let entered = listed.is_some_and(|listed| listed.found.entry.is_some());
            let action = match entered && edit.entry == crate::collection::EntryEdit::default() {
                true => Action::Unchanged,
                false => Action::Adopted,
            };
            return Ok(Decided { action, effect: Effect::Adopted, bytes: Bytes::Leave, source: seen });
        }
        if there.is_some() && *replaces == Replaces::Nothing {
            let target = edit.artifact.to_string();
            let (first, second) = (target.clone(), source.root.absolute(&source.path).display().to_string());
            return Err(Error::NameClash { first, second, target });
        }
        check(there, replaces)?;
        let carry_ignored = !source.survey.is_single();
        let replaces = there.map(|there: &Content| there.survey.clone());
        let (action, effect) = match &replaces {
            Some(_) => (Action::Updated, Effect::Updated),
            None => (Action::Created, Effect::Created),
        };
        Ok(Decided {
            action,
            effect,
            bytes: Bytes::Place { source, replaces, carry_ignored, edits: Vec::new() },
            source: seen,
        })
    }
}

/// Refuses to touch content that nobody agreed to lose.
fn check(there: Option<&Content>, replaces: &Replaces) -> Result<()> {
    let expected = |hash: &ContentHash| there.is_some_and(|there| there.hash == *hash);
    match replaces {
        Replaces::Only(hash) if !expected(hash) => Err(Error::PlanStale),
        _ => Ok(()),
    }
}

/// Opens what is to be copied, and checks that it is an artifact that may be copied to `target`.
fn source_at(kind: crate::id::ArtifactKind, from: &Path, target: &Path) -> Result<Source> {
    let invalid = |reason: &str| Error::SourceInvalid { path: from.to_owned(), reason: reason.to_owned() };
    let (folder, name) = from
        .parent()
        .zip(from.file_name().and_then(|name| name.to_str()))
        .ok_or_else(|| invalid("it is no file or folder that can be copied"))?;
    let folder = crate::fs::canonical_folder(folder).map_err(|_| invalid("its folder is not there"))?;
    let folder = Path::new(&folder);
    let root = Arc::new(Root::open(folder)?);
    let path = RelPath::new(name)?;
    let at = folder.join(name);
    if at.starts_with(target) || target.starts_with(&at) {
        return Err(invalid("it would be copied onto or into itself"));
    }
    let survey = root.survey(&path)?.ok_or_else(|| invalid("it is no longer there"))?;
    survey.check_source(&at)?;
    let entry = root.entry(&path)?.ok_or_else(|| invalid("it is no longer there"))?;
    check_kind(&root, &path, &entry, kind, &survey).map_err(|reason| invalid(&reason))?;
    Ok(Source { root, path, survey, fingerprint: None, stored: None })
}

fn check_kind(
    root: &Root,
    path: &RelPath,
    entry: &Entry,
    kind: crate::id::ArtifactKind,
    survey: &Survey,
) -> std::result::Result<(), String> {
    match detect(root, path, entry, kind).map_err(|error| error.to_string())? {
        Detected::Artifact { .. } => Ok(()),
        // A copy may have another name than artifacts have.
        _ if !kind.is_folder() && survey.is_single() => Ok(()),
        _ if kind.is_folder() => Err("it has no SKILL.md".to_owned()),
        _ => Err(format!("it is no {kind}")),
    }
}

//! From a request to decided steps: the one place where the world is read for a plan.

mod adopt;
mod collect;
mod copies;
mod deploy;
mod modes;
mod names;
mod push;
mod pushed;
mod sets;
mod sides;
mod undeploy;
mod undeploy_set;
mod undo;
mod update;

pub(super) use deploy::Wanted;
pub(super) use push::{Pushed, differently_edited};

use super::gate::Gate;
use super::library::Library;
use super::project::{Ground, Project};
use crate::deploy::{Ledger, Step};
use crate::error::{Code, Error, Problem, Result};
use crate::id::{ArtifactId, ArtifactRef};
use crate::journal::Place;
use crate::manifest::Record;
use crate::path::{RelPath, name_refusal};
use crate::plan::{Choice, Decision, OnConflict, Plan, PlanItem, PlanTotals};
use sha2::{Digest, Sha256};
use std::cell::RefCell;
use std::collections::HashMap;
use std::path::PathBuf;

/// One target with what will be done to it.
pub(super) struct Draft {
    pub(super) item: PlanItem,
    /// Nothing to do, or not allowed, without a step.
    pub(super) step: Option<Step>,
    /// What the step belongs to.
    pub(super) place: Option<Place>,
    /// The record as it will be; for undeploy, as it was.
    pub(super) record: Option<Record>,
    /// Signatures of source and target that the decision was made from.
    seen: [Option<[u8; 32]>; 2],
    /// Something worth saying about it although it can be done.
    pub(super) notice: Option<Problem>,
}

/// Everything a draft is made with.
pub(super) struct Desk<'a> {
    pub(super) library: &'a Library,
    pub(super) gate: &'a Gate<'a>,
    pub(super) project: &'a Project,
    pub(super) now: &'a str,
    pub(super) ledger: &'a Ledger,
    /// Where folders really are, as far as that was asked: hundreds of targets lie in a few of them.
    folders: RefCell<HashMap<RelPath, PathBuf>>,
}

/// What a request says about conflicts.
struct Choices<'a> {
    request: &'a [Choice],
    fallback: OnConflict,
}

impl<'a> Desk<'a> {
    /// A desk for one look at one project.
    pub(super) fn new(
        library: &'a Library,
        gate: &'a Gate<'a>,
        project: &'a Project,
        ledger: &'a Ledger,
        now: &'a str,
    ) -> Self {
        Self { library, gate, project, now, ledger, folders: RefCell::default() }
    }

    fn item(&self, id: &ArtifactId, collection: &str, profile: &str) -> PlanItem {
        let project = &self.project;
        PlanItem::new(id.to_string(), collection, (&project.path, &project.name), profile)
    }

    /// Where a target really is: a folder on the way may be a link.
    ///
    /// # Errors
    /// `path-escapes-root` when that is no place to write in or to remove from: outside of the project, in a version
    /// control system's folder, or a place of ours, where artifacts come from; `io` and its relatives.
    fn real(&self, target: &RelPath) -> Result<PathBuf> {
        let refused = |reason| Error::PathEscapesRoot { path: target.to_string(), reason };
        let at = self.resolved(target).map_err(|error| match error.code() {
            Code::PathEscapesRoot => refused("a link on the way leads out of the project"),
            _ => error,
        })?;
        if self.project.ground == Ground::Project && self.library.is_reserved(&at) {
            return Err(refused("a link on the way leads into your collections"));
        }
        if self.library.links.is_some() && at != self.project.root.path().join(target) {
            return Err(refused(
                "a link on the way leads elsewhere, and which collections are linked cannot be read",
            ));
        }
        self.project.check_place(target, &at)?;
        Ok(at)
    }

    /// [`Root::resolved`](crate::fs::Root::resolved), asked once per folder.
    fn resolved(&self, target: &RelPath) -> Result<PathBuf> {
        let Some(parent) = target.parent() else { return self.project.root.resolved(target) };
        if let Some(folder) = self.folders.borrow().get(&parent) {
            return Ok(folder.join(target.name()));
        }
        let at = self.project.root.resolved(target)?;
        if let Some(folder) = at.parent() {
            self.folders.borrow_mut().insert(parent, folder.to_owned());
        }
        Ok(at)
    }

    /// An id that means nothing here; the others go on.
    pub(super) fn unresolved(&self, query: &ArtifactRef, profile: &str, problem: Problem) -> Draft {
        let project = &self.project;
        let collection = query.collection.as_deref().unwrap_or_default();
        let id = query.artifact_id.clone();
        refused(PlanItem::new(id, collection, (&project.path, &project.name), profile), problem)
    }
}

fn refused(item: PlanItem, problem: Problem) -> Draft {
    let item = with_decision(item, Decision::refused(problem));
    Draft { item, step: None, place: None, record: None, seen: [None, None], notice: None }
}

fn with_decision(mut item: PlanItem, decision: Decision) -> PlanItem {
    item.action = decision.action;
    item.conflict = decision.conflict;
    item.choices = decision.choices.to_vec();
    item.problem = decision.problem;
    item
}

/// A digest of the items and of everything they were decided from: the same world and the same request give the
/// same id.
pub(super) fn plan_id(drafts: &[Draft]) -> Result<String> {
    let mut digest = Sha256::new();
    for draft in drafts {
        let item = serde_json::to_vec(&draft.item)
            .map_err(|error| Error::Internal { what: format!("a plan's item: {error}") })?;
        digest.update(item);
        for seen in &draft.seen {
            digest.update(seen.unwrap_or_default());
        }
        if let Some(record) = &draft.record {
            digest.update(&record.artifact_name);
            digest.update(record.content_hash.as_str());
        }
    }
    Ok(digest.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect())
}

/// The plan that drafts amount to.
pub(super) fn plan(drafts: Vec<Draft>, mut notices: Vec<Problem>) -> Result<Plan> {
    let id = plan_id(&drafts)?;
    notices.extend(drafts.iter().filter_map(|draft| draft.notice.clone()));
    let items: Vec<PlanItem> = drafts.into_iter().map(|draft| draft.item).collect();
    Ok(Plan { id, totals: PlanTotals::of(&items), items, notices })
}

/// A sub-folder as a person gives it: names that every system can hold, joined by `/`.
///
/// # Errors
/// `path-escapes-root` for `..` and absolute paths, `invalid-name` for a name.
pub(super) fn sub_folder(dest: Option<&str>) -> Result<Option<RelPath>> {
    let Some(dest) = dest.map(|dest| dest.trim_end_matches('/')).filter(|dest| !dest.is_empty()) else {
        return Ok(None);
    };
    let path = RelPath::new(dest)?;
    for name in path.components() {
        if let Some(reason) = name_refusal(name) {
            return Err(Error::InvalidName { name: name.to_owned(), reason });
        }
    }
    Ok(Some(path))
}

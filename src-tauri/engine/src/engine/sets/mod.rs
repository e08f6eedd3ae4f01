//! Groups and deployment sets: changing them, listing them, what a set comes to, and deploying that.

mod deploy;
mod find;
mod left;
mod noted;
mod rows;
mod switch;
mod undeploy;
mod uses;

pub use deploy::{BatchDeployResult, SetDeployRequest, SetDeployed};
pub(super) use find::{Identities, finder};
pub(super) use noted::SetDeploy;
pub(super) use rows::{SetRows, problems, shelf_model};
pub(super) use undeploy::OtherSet;
pub use undeploy::SetUndeployRequest;
pub use uses::{ArtifactUses, SetUse};

use super::Engine;
use super::library::{Library, Shelf};
use super::write::Request;
use crate::cache::{GroupRow, SetRow};
use crate::deploy::{CacheState, Outcome, Receipt, TargetResult, Totals};
use crate::error::{Error, Problem, Result, SetError};
use crate::journal::OperationKind;
use crate::plan::{Action, Plan, PlanItem};
use crate::sets::{self, Change, Look, Member, Model, Resolution};
use crate::settings;
use serde::{Deserialize, Serialize};

/// Changes of the groups and sets of one collection: all of them, or none.
#[derive(Debug, Clone)]
pub(super) struct SetsRequest {
    pub(super) collection: String,
    pub(super) kind: OperationKind,
    pub(super) changes: Vec<Change>,
    /// Sets are switched off: their file stays as it is, also where it names a group that changes.
    pub(super) sets_stay: bool,
}

/// Names one set, or one group.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct SetRef {
    /// A set's id or name, or a group's name.
    pub name: String,
    /// Its collection; without one, the one that has it.
    #[serde(default)]
    pub collection: Option<String>,
}

/// Collection and id of one set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetId {
    /// Its collection.
    pub collection: String,
    /// Its id there.
    pub set_id: String,
}

/// What was changed of groups and sets, or would be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct SetReceipt {
    /// The operation's id.
    pub operation: String,
    /// Nothing was written; this is what would happen.
    pub dry_run: bool,
    /// Whether the cache followed.
    pub cache: CacheState,
    /// The collection.
    pub collection: String,
    /// The set as it is now; of one that was deleted, nothing.
    pub set: Option<SetRow>,
    /// The group as it is now.
    pub group: Option<GroupRow>,
    /// What was written: `set:<name>` and `group:<name>`, also those that only referred to it.
    pub results: Vec<TargetResult>,
    /// Things worth saying.
    pub notices: Vec<Problem>,
}

/// The groups and sets there are.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct SetList {
    /// Groups, by collection and place.
    pub groups: Vec<GroupRow>,
    /// Sets, by collection and name.
    pub sets: Vec<SetRow>,
    /// Files, and parts of them, that could not be read.
    pub problems: Vec<Problem>,
}

/// One artifact that a set comes to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct ResolvedArtifact {
    /// The artifact; of one that is missing, as it is written.
    pub artifact_id: String,
    /// Its collection.
    pub collection: String,
    /// From where it comes: names of sets and of a group, from the set that was asked for.
    pub trail: Vec<String>,
    /// The same for each set or group that holds it; the first is `trail`.
    pub trails: Vec<Vec<String>>,
    /// How many more there are.
    pub more: u64,
    /// There is no such artifact.
    pub missing: bool,
}

/// A group or set that a set refers to and that is not there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct DanglingMember {
    /// The member.
    pub member: Member,
    /// The names on the way to the set that refers to it.
    pub trail: Vec<String>,
}

/// What a set comes to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct SetResolution {
    /// Its collection.
    pub collection: String,
    /// Its id.
    pub set_id: String,
    /// Its name.
    pub name: String,
    /// The artifacts, in order, each once.
    pub artifacts: Vec<ResolvedArtifact>,
    /// Members that are not there.
    pub dangling: Vec<DanglingMember>,
    /// Ways that lead back to a set they came through, by names.
    pub cycles: Vec<Vec<String>>,
}

impl Engine {
    /// Changes the groups or sets of a collection: one operation, which can be undone. Without a collection it is the one
    /// that has the set or group, for new ones the preferred one. With `dry_run` it says what would happen and writes
    /// nothing; nothing to change is an empty answer.
    ///
    /// # Errors
    /// `set-not-found`, `group-not-found`, `member-not-found`, `artifact-not-found`, `ambiguous-artifact`, `invalid-name`,
    /// `name-clash`, `set-cycle`, `invalid-request`; `sets-invalid`, `collection-invalid`, `project-busy`, `plan-stale`;
    /// `feature-disabled` for a set; `io` and its relatives. Nothing was written then. Where only one of the two files could be written, the receipt says so.
    pub fn change_sets(
        &self,
        collection: Option<&str>,
        change: &Change,
        dry_run: bool,
    ) -> Result<SetReceipt> {
        if change.is_of_sets() {
            self.check_sets_enabled()?;
        }
        let library = Library::open(&self.options.home)?;
        let collection = self.home_of(&library, collection, change)?;
        let request = SetsRequest {
            collection: collection.clone(),
            kind: OperationKind::Collect,
            changes: vec![change.clone()],
            sets_stay: !self.shows_sets(),
        };
        let receipt = self.run_sets(&request, dry_run)?;
        // It is done: that it cannot be looked at now changes nothing about that.
        let rows =
            Library::open(&self.options.home).map(|library| SetRows::read(&library)).unwrap_or_default();
        let (set, group) = subject(change, &receipt.results);
        let set = set.and_then(|set| rows.set(&collection, &set)).filter(|_| !dry_run);
        let group = group.and_then(|group| rows.group(&collection, &group)).filter(|_| !dry_run);
        let Receipt { operation, cache, results, notices, .. } = receipt;
        Ok(SetReceipt { operation, dry_run, cache, collection, set, group, results, notices })
    }

    /// Every group and set, read from disk now.
    ///
    /// # Errors
    /// `collection-not-found`; `io` and its relatives when the collections cannot be listed. A file that cannot be read is
    /// one of the list's problems.
    pub fn sets(&self, collection: Option<&str>) -> Result<SetList> {
        let library = Library::open(&self.options.home)?;
        if let Some(name) = collection {
            self.shelf(&library, name)?;
        }
        let rows = SetRows::read(&library);
        let inside = |shelf: &&Shelf| collection.is_none_or(|name| name == shelf.row.collection);
        let problems = library.shelves.iter().filter(inside).flat_map(problems).collect();
        Ok(rows.into_list(collection, problems))
    }

    /// The collection and id of the set that a person names.
    ///
    /// # Errors
    /// `set-not-found`, `ambiguous-artifact`, `sets-invalid`, `collection-not-found`; `feature-disabled`.
    pub fn find_set_id(&self, set: &SetRef) -> Result<SetId> {
        self.check_sets_enabled()?;
        let (model, set_id) = self.find_set(&Library::open(&self.options.home)?, set)?;
        Ok(SetId { collection: model.collection, set_id })
    }

    /// Which artifacts a set comes to, read from disk now: depth first, in order, each once.
    ///
    /// # Errors
    /// `set-not-found`, `ambiguous-artifact`, `set-too-deep`, `sets-invalid`, `collection-not-found`; `feature-disabled`.
    pub fn resolve_set(&self, set: &SetRef) -> Result<SetResolution> {
        self.check_sets_enabled()?;
        let library = Library::open(&self.options.home)?;
        let (model, id) = self.find_set(&library, set)?;
        let found = model.set(&id)?;
        let identities = Identities::new(&library);
        let resolution = sets::resolve(&model, found, &|collection, id| identities.of(collection, id))?;
        Ok(told(&model, found, resolution))
    }

    /// Runs changes, or plans them. Where nothing of them was done, why is the answer.
    pub(super) fn run_sets(&self, request: &SetsRequest, dry_run: bool) -> Result<Receipt> {
        if dry_run {
            let plan = self.plan(Request::Sets(request))?;
            return Ok(planned(plan));
        }
        let _own = self.own_commits();
        let receipt = self.run(Request::Sets(request))?;
        let failed = |result: &&TargetResult| result.status == Outcome::Failed;
        let first = receipt.results.iter().find(failed).and_then(|result| result.problem.clone());
        // What was done of it must be told.
        match first.filter(|_| receipt.results.iter().all(|result| failed(&result))) {
            Some(problem) => Err(SetError::Refused(Box::new(problem)).into()),
            None => Ok(receipt),
        }
    }

    /// The collection that a change is of.
    fn home_of(&self, library: &Library, named: Option<&str>, change: &Change) -> Result<String> {
        let name = match (named, change) {
            (Some(name), _) => name.to_owned(),
            (None, Change::CreateSet { .. } | Change::CreateGroup { .. } | Change::OrderGroups { .. }) => {
                settings::default_collection(&self.options.home)?
            }
            (None, Change::UpdateSet { set, .. })
            | (None, Change::DeleteSet { set })
            | (None, Change::CloneSet { set, .. })
            | (None, Change::ChangeSetMembers { set, .. })
            | (None, Change::OrderSet { set, .. }) => {
                self.find_set(library, &SetRef { name: set.clone(), collection: None })?.0.collection
            }
            (None, Change::UpdateGroup { group, .. })
            | (None, Change::DeleteGroup { group })
            | (None, Change::CloneGroup { group, .. })
            | (None, Change::ChangeGroupMembers { group, .. })
            | (None, Change::OrderGroup { group, .. }) => self.group_home(library, group)?,
        };
        let row = &self.shelf(library, &name)?.row;
        if row.linked {
            let reason = format!(
                "The collection “{name}” is linked, so it is only read. Change the files in {} themselves.",
                row.path
            );
            return Err(Error::InvalidRequest { reason });
        }
        Ok(name)
    }

    fn shelf<'l>(&self, library: &'l Library, name: &str) -> Result<&'l Shelf> {
        library.shelves.iter().find(|shelf| shelf.row.collection == name).ok_or_else(|| {
            Error::CollectionNotFound { name: name.to_owned(), home: self.options.home.join("collections") }
        })
    }

    /// The groups and sets of the collection that has a set, and the set's id.
    fn find_set(&self, library: &Library, wanted: &SetRef) -> Result<(Model, String)> {
        let query = &wanted.name;
        if let Some(name) = &wanted.collection {
            let model = shelf_model(self.shelf(library, name)?)?;
            let id = model.set(query)?.id.clone();
            return Ok((model, id));
        }
        let mut hits = Vec::new();
        let mut unread = None;
        for shelf in &library.shelves {
            match shelf_model(shelf) {
                Ok(model) => match model.set(query).map(|set| set.id.clone()) {
                    Ok(id) => hits.push((model, id)),
                    Err(Error::Sets(SetError::SetNotFound { .. })) => {}
                    Err(error) => return Err(error),
                },
                Err(error) => unread = Some(error),
            }
        }
        let candidates: Vec<String> =
            hits.iter().map(|(model, _)| format!("{query} in {}", model.collection)).collect();
        match (hits.pop(), hits.is_empty()) {
            (Some(hit), true) => Ok(hit),
            (Some(_), false) => Err(Error::AmbiguousArtifact { query: query.clone(), candidates }),
            // It may be in the file that cannot be read.
            (None, _) => Err(unread.unwrap_or_else(|| {
                let collection = settings::default_collection(&self.options.home).unwrap_or_default();
                SetError::SetNotFound { query: query.clone(), collection }.into()
            })),
        }
    }

    fn group_home(&self, library: &Library, query: &str) -> Result<String> {
        let models: Vec<Model> = library.shelves.iter().filter_map(|shelf| shelf_model(shelf).ok()).collect();
        let hits: Vec<&Model> = models.iter().filter(|model| model.group(query).is_ok()).collect();
        match hits.as_slice() {
            [only] => Ok(only.collection.clone()),
            [] => {
                let collection = settings::default_collection(&self.options.home)?;
                Err(SetError::GroupNotFound { query: query.to_owned(), collection }.into())
            }
            several => Err(Error::AmbiguousArtifact {
                query: query.to_owned(),
                candidates: several.iter().map(|one| format!("{query} in {}", one.collection)).collect(),
            }),
        }
    }
}

/// The set, by id or name, or the group that a change leaves behind to be looked at.
fn subject(change: &Change, results: &[TargetResult]) -> (Option<String>, Option<String>) {
    let named = |look: &Look, old: &str| look.name.as_deref().map_or(old, str::trim).to_owned();
    let made = |prefix: &str| {
        let made = results.iter().find(|result| result.action == Action::Created);
        made.and_then(|result| Some(result.artifact_id.strip_prefix(prefix)?.to_owned()))
    };
    match change {
        Change::CreateSet { id, .. } | Change::CloneSet { id, .. } => (Some(id.clone()), None),
        Change::UpdateSet { set, look } => (Some(named(look, set)), None),
        Change::ChangeSetMembers { set, .. } | Change::OrderSet { set, .. } => (Some(set.clone()), None),
        Change::CreateGroup { .. } | Change::CloneGroup { .. } => (None, made("group:")),
        Change::UpdateGroup { group, look } => (None, Some(named(look, group))),
        Change::ChangeGroupMembers { group, .. } | Change::OrderGroup { group, .. } => {
            (None, Some(group.clone()))
        }
        Change::DeleteSet { .. } | Change::DeleteGroup { .. } | Change::OrderGroups { .. } => (None, None),
    }
}

/// What would happen, as a receipt.
fn planned(plan: Plan) -> Receipt {
    let results: Vec<TargetResult> = plan.items.into_iter().map(would_be).collect();
    Receipt {
        operation: String::new(),
        dry_run: true,
        cache: CacheState::Synced,
        totals: Totals::of(&results),
        results,
        notices: plan.notices,
    }
}

fn would_be(item: PlanItem) -> TargetResult {
    TargetResult {
        artifact_id: item.artifact_id,
        collection: item.collection,
        project_path: item.project_path,
        deployment_profile_id: item.deployment_profile_id,
        status: Outcome::Success,
        action: item.action,
        path: item.path,
        files: 0,
        bytes: 0,
        error: None,
        problem: None,
    }
}

fn told(model: &Model, set: &sets::DeploymentSet, resolution: Resolution) -> SetResolution {
    let artifacts = resolution.artifacts.into_iter().map(|one| ResolvedArtifact {
        trail: one.trails.first().cloned().unwrap_or_default(),
        artifact_id: one.artifact_id,
        collection: one.collection,
        trails: one.trails,
        more: one.more,
        missing: one.missing,
    });
    let dangling =
        resolution.dangling.into_iter().map(|one| DanglingMember { member: one.member, trail: one.trail });
    SetResolution {
        collection: model.collection.clone(),
        set_id: set.id.clone(),
        name: set.name.clone(),
        artifacts: artifacts.collect(),
        dangling: dangling.collect(),
        cycles: resolution.cycles,
    }
}

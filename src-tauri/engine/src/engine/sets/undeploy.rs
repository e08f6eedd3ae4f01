//! Undeploying a set: what it comes to, out of each of the projects, as one operation.

use super::deploy::{SetDeployed, by_project, projects_of};
use super::{Identities, SetRef, shelf_model};
use crate::engine::Engine;
use crate::engine::library::Library;
use crate::engine::write::Request;
use crate::error::{Error, Result};
use crate::id::ArtifactRef;
use crate::plan::{Choice, Plan, SetTarget, UndeployRequest};
use crate::sets::{self, Member, Model};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;

/// Which set to undeploy where. What another deployed set needs stays, and is told.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(default)]
pub struct SetUndeployRequest {
    /// The set.
    pub set: SetRef,
    /// Project folders.
    pub projects: Vec<String>,
    /// Profile ids; without any, every profile's copy.
    pub profiles: Vec<String>,
    /// Every profile's copy, said in words.
    pub all_profiles: bool,
    /// Remove edited copies too; they go to the trash first.
    pub discard_edits: bool,
    /// Remove also what other deployed sets need.
    pub even_needed: bool,
    /// Answers for single targets (`skip` or `overwrite`), also for those that another set needs.
    pub choices: Vec<Choice>,
    /// Only these of all copies, each in its own project and profile; empty means all. With them `projects` may be empty.
    pub only: Vec<SetTarget>,
    /// The plan that the person agreed to; refused with `plan-stale` when it is no longer the plan.
    pub plan: Option<String>,
}

/// A set that may need what another one comes to.
#[derive(Debug)]
pub(in crate::engine) struct OtherSet {
    pub(in crate::engine) name: String,
    /// What it comes to and is there: collection and id.
    pub(in crate::engine) artifacts: Vec<(String, String)>,
}

impl Engine {
    /// What [`Engine::undeploy_set`] would do. Writes nothing but the cache.
    ///
    /// # Errors
    /// As [`Engine::resolve_set`] and [`Engine::plan_undeploy`]; `sets-invalid` also for other sets that cannot be read, as
    /// they may need something, unless `even_needed`; `invalid-request` for a set that comes to nothing.
    pub fn plan_set_undeploy(&self, request: &SetUndeployRequest) -> Result<Plan> {
        let (_, undeploy, others) = self.undeploy_of(request)?;
        self.plan(Request::Undeploy(&undeploy, Some(&others)))
    }

    /// Removes what a set comes to from each of the projects. One copy that cannot be removed does not keep the others
    /// from it; one that another deployed set needs is skipped.
    ///
    /// # Errors
    /// As [`Engine::plan_set_undeploy`], and `plan-stale`; nothing was written then.
    pub fn undeploy_set(&self, request: &SetUndeployRequest) -> Result<SetDeployed> {
        let (set, undeploy, others) = self.undeploy_of(request)?;
        let _own = self.own_commits();
        Ok(by_project(&set, self.run(Request::Undeploy(&undeploy, Some(&others)))?))
    }

    /// The set's id and name, the undeploy that it amounts to, and the other sets.
    fn undeploy_of(
        &self,
        request: &SetUndeployRequest,
    ) -> Result<((String, String), UndeployRequest, Vec<OtherSet>)> {
        if request.all_profiles && !request.profiles.is_empty() {
            let reason = "Either name profiles or ask for all of them, not both.".to_owned();
            return Err(Error::InvalidRequest { reason });
        }
        let resolved = self.resolve_set(&request.set)?;
        if resolved.artifacts.is_empty() {
            let reason =
                format!("The set “{}” comes to no artifact, so there is nothing to undeploy.", resolved.name);
            return Err(Error::InvalidRequest { reason });
        }
        let others = match request.even_needed {
            true => Vec::new(),
            false => self.others(&resolved.collection, &resolved.set_id)?,
        };
        let asked = resolved
            .artifacts
            .into_iter()
            .map(|one| ArtifactRef { artifact_id: one.artifact_id, collection: Some(one.collection) });
        let undeploy = UndeployRequest {
            artifacts: asked.collect(),
            projects: projects_of(&request.only).unwrap_or_else(|| request.projects.clone()),
            profiles: request.profiles.clone(),
            discard_edits: request.discard_edits,
            choices: request.choices.clone(),
            only: request.only.clone(),
            plan: request.plan.clone(),
            ..UndeployRequest::default()
        };
        Ok(((resolved.set_id, resolved.name), undeploy, others))
    }

    /// Every set but this one and those inside it, by collection and in the order of their files. One that is too deep
    /// comes to nothing, and cannot have been deployed.
    fn others(&self, collection: &str, set_id: &str) -> Result<Vec<OtherSet>> {
        let library = Library::open(&self.options.home)?;
        let identities = Identities::new(&library);
        let identity = |collection: &str, id: &str| identities.of(collection, id);
        let mut others = Vec::new();
        for shelf in &library.shelves {
            let model = shelf_model(shelf)?;
            let inside =
                if model.collection == collection { inside(&model, set_id) } else { HashSet::default() };
            for set in model.sets.iter().filter(|set| !inside.contains(set.id.as_str())) {
                let Ok(resolved) = sets::resolve(&model, set, &identity) else { continue };
                let there = resolved.artifacts.into_iter().filter(|one| !one.missing);
                let artifacts = there.map(|one| (one.collection, one.artifact_id)).collect();
                others.push(OtherSet { name: set.name.clone(), artifacts });
            }
        }
        Ok(others)
    }
}

/// A set and all sets inside it, by their ids.
fn inside<'m>(model: &'m Model, set_id: &'m str) -> HashSet<&'m str> {
    let (mut found, mut open) = (HashSet::new(), vec![set_id]);
    while let Some(id) = open.pop() {
        let Some(set) = model.member_set(id).filter(|set| found.insert(set.id.as_str())) else { continue };
        open.extend(set.members.iter().filter_map(|member| match member {
            Member::Set { set_id } => Some(set_id.as_str()),
            Member::Artifact { .. } | Member::Group { .. } => None,
        }));
    }
    found
}

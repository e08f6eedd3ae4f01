//! Deploying a set: what it comes to, into each of the projects, as one operation.

use super::SetRef;
use crate::deploy::{CacheState, Receipt, TargetResult, Totals};
use crate::engine::Engine;
use crate::error::{Error, Problem, Result};
use crate::id::ArtifactRef;
use crate::plan::{Choice, DeployRequest, OnConflict, Plan};
use serde::{Deserialize, Serialize};

/// Which set to deploy where.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(default)]
pub struct SetDeployRequest {
    /// The set.
    pub set: SetRef,
    /// Project folders; one that is not registered yet becomes registered.
    pub projects: Vec<String>,
    /// Profile ids; without any, each project's only profile, else `claude_code`.
    pub profiles: Vec<String>,
    /// Every profile of each project.
    pub all_profiles: bool,
    /// The answer for targets that have no answer of their own.
    pub on_conflict: OnConflict,
    /// Answers for single targets.
    pub choices: Vec<Choice>,
    /// The plan that the person agreed to; refused with `plan-stale` when it is no longer the plan.
    pub plan: Option<String>,
}

/// What became of a set in one project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct BatchDeployResult {
    /// The set's id.
    pub deployment_set_id: String,
    /// The set's name.
    pub deployment_set_name: String,
    /// The project's folder.
    pub target_project_id: String,
    /// Sums over the results.
    pub totals: Totals,
    /// One entry per artifact and profile, in the order of the set.
    pub results: Vec<TargetResult>,
}

/// What became of a set in all projects: one operation, undone as one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct SetDeployed {
    /// The operation's id.
    pub operation: String,
    /// Nothing was written; this is what would happen.
    pub dry_run: bool,
    /// Whether the cache followed.
    pub cache: CacheState,
    /// Sums over all projects.
    pub totals: Totals,
    /// Project by project.
    pub projects: Vec<BatchDeployResult>,
    /// Things worth saying.
    pub notices: Vec<Problem>,
}

impl Engine {
    /// What [`Engine::deploy_set`] would do. Writes nothing but the cache.
    ///
    /// # Errors
    /// As [`Engine::resolve_set`] and [`Engine::plan_deploy`]; `invalid-request` for a set that comes to nothing.
    pub fn plan_set_deploy(&self, request: &SetDeployRequest) -> Result<Plan> {
        self.plan_deploy(&self.of_set(request)?.1)
    }

    /// Deploys what a set comes to into each of the projects. One artifact that cannot be deployed, or is missing, does not
    /// keep the others from it.
    ///
    /// # Errors
    /// As [`Engine::plan_set_deploy`], and `plan-stale`; nothing was written then.
    pub fn deploy_set(&self, request: &SetDeployRequest) -> Result<SetDeployed> {
        let (set, deploy) = self.of_set(request)?;
        Ok(by_project(&set, self.deploy(&deploy)?))
    }

    /// The set's id and name, and the deploy that it amounts to.
    fn of_set(&self, request: &SetDeployRequest) -> Result<((String, String), DeployRequest)> {
        let resolved = self.resolve_set(&request.set)?;
        if resolved.artifacts.is_empty() {
            let reason =
                format!("The set “{}” comes to no artifact, so there is nothing to deploy.", resolved.name);
            return Err(Error::InvalidRequest { reason });
        }
        let asked = resolved
            .artifacts
            .into_iter()
            .map(|one| ArtifactRef { artifact_id: one.artifact_id, collection: Some(one.collection) });
        let deploy = DeployRequest {
            artifacts: asked.collect(),
            projects: request.projects.clone(),
            profiles: request.profiles.clone(),
            all_profiles: request.all_profiles,
            on_conflict: request.on_conflict,
            choices: request.choices.clone(),
            plan: request.plan.clone(),
            ..DeployRequest::default()
        };
        Ok(((resolved.set_id, resolved.name), deploy))
    }
}

impl SetDeployed {
    /// A receipt of a set's deploy, project by project.
    pub fn of(set_id: &str, name: &str, receipt: Receipt) -> Self {
        by_project(&(set_id.to_owned(), name.to_owned()), receipt)
    }
}

fn by_project((set_id, name): &(String, String), receipt: Receipt) -> SetDeployed {
    let mut projects: Vec<BatchDeployResult> = Vec::new();
    for result in receipt.results {
        let project = result.project_path.as_str();
        match projects.iter_mut().find(|one| one.target_project_id == project) {
            Some(one) => one.results.push(result),
            None => projects.push(BatchDeployResult {
                deployment_set_id: set_id.clone(),
                deployment_set_name: name.clone(),
                target_project_id: project.to_owned(),
                totals: Totals::default(),
                results: vec![result],
            }),
        }
    }
    for project in &mut projects {
        project.totals = Totals::of(&project.results);
    }
    SetDeployed {
        operation: receipt.operation,
        dry_run: receipt.dry_run,
        cache: receipt.cache,
        totals: receipt.totals,
        projects,
        notices: receipt.notices,
    }
}

//! Deploying a set: what it comes to, into each of the projects, as one operation.

use super::left::Left;
use super::noted::SetDeploy;
use super::{ResolvedArtifact, SetRef, SetResolution};
use crate::deploy::{CacheState, Outcome, Receipt, TargetResult, Totals};
use crate::engine::Engine;
use crate::engine::write::Request;
use crate::error::{Code, Error, Problem, Result, Severity};
use crate::fs::{Root, canonical_folder};
use crate::id::{ArtifactRef, OperationId, ProjectPath};
use crate::plan::{Choice, DeployRequest, OnConflict, Plan, SetTarget};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::path::Path;

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
    /// Only these of all targets, each in its own project and profile; empty means all. With them `projects` may be empty.
    pub only: Vec<SetTarget>,
    /// Only what this earlier deploy of the set has left undone: what failed, and what was stopped. With it `set` and
    /// `projects` may be empty.
    pub retry: Option<String>,
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

/// A deploy of a set, resolved.
struct Batch {
    set: SetResolution,
    deploy: DeployRequest,
    /// What was asked for and is not in the set any more.
    notices: Vec<Problem>,
}

impl Engine {
    /// What [`Engine::deploy_set`] would do. Writes nothing but the cache.
    ///
    /// # Errors
    /// As [`Engine::resolve_set`] and [`Engine::plan_deploy`]; `invalid-request` for a set that comes to nothing;
    /// `operation-not-found` when nothing is left of the operation to try again.
    pub fn plan_set_deploy(&self, request: &SetDeployRequest) -> Result<Plan> {
        let batch = self.batch(request)?;
        let mut plan = self.plan_deploy(&batch.deploy)?;
        plan.notices.extend(batch.notices);
        Ok(plan)
    }

    /// Deploys what a set comes to into each of the projects. One artifact that cannot be deployed, or is missing, does not
    /// keep the others from it, nor does one project. What is left undone can be asked for again under the operation's
    /// id.
    ///
    /// # Errors
    /// As [`Engine::plan_set_deploy`], and `plan-stale`; nothing was written then.
    pub fn deploy_set(&self, request: &SetDeployRequest) -> Result<SetDeployed> {
        let Batch { set, deploy, notices } = self.batch(request)?;
        let _own = self.own_commits();
        let id = OperationId::generate();
        let desktop = Root::create(&self.options.home.join("desktop"))?;
        Left::of(&set, &deploy, everything(&deploy)).note(&desktop, id.as_str());
        let done = self.run_as(id.clone(), Request::Deploy(&deploy));
        let left = done.as_ref().map_or_else(|_| Vec::new(), |receipt| left(&receipt.results));
        Left::of(&set, &deploy, left).note(&desktop, id.as_str());
        let mut receipt = done?;
        SetDeploy::of(&set, &deploy).note(&desktop, &receipt);
        receipt.notices.extend(notices);
        Ok(by_project(&(set.set_id, set.name), receipt))
    }

    /// The set, and the deploy that it amounts to.
    fn batch(&self, request: &SetDeployRequest) -> Result<Batch> {
        let (mut profiles, mut all_profiles) = (request.profiles.clone(), request.all_profiles);
        let (set, only) = match &request.retry {
            None => (self.resolve_set(&request.set)?, request.only.clone()),
            Some(operation) => {
                self.check_sets_enabled()?;
                let left = Left::read(self, operation)?;
                let set = self.resolve_set(&left.set())?;
                self.check_retried(request, &set, operation)?;
                if profiles.is_empty() && !all_profiles {
                    (profiles, all_profiles) = (left.profiles, left.all_profiles);
                }
                (set, left.targets)
            }
        };
        let wanted = |one: &&ResolvedArtifact| {
            only.is_empty() || only.iter().any(|target| target.is_of(&one.artifact_id, &one.collection))
        };
        let asked = set.artifacts.iter().filter(wanted).map(|one| ArtifactRef {
            artifact_id: one.artifact_id.clone(),
            collection: Some(one.collection.clone()),
        });
        let artifacts: Vec<ArtifactRef> = asked.collect();
        if artifacts.is_empty() {
            let what = if only.is_empty() {
                "comes to no artifact"
            } else {
                "holds none of these artifacts any more"
            };
            let reason = format!("The set “{}” {what}, so there is nothing to deploy.", set.name);
            return Err(Error::InvalidRequest { reason });
        }
        let deploy = DeployRequest {
            artifacts,
            projects: projects_of(&only).unwrap_or_else(|| request.projects.clone()),
            profiles,
            all_profiles,
            on_conflict: request.on_conflict,
            choices: request.choices.clone(),
            plan: request.plan.clone(),
            only,
            ..DeployRequest::default()
        };
        let notices = gone(&set, &deploy.only);
        Ok(Batch { set, deploy, notices })
    }

    /// An operation is tried again as what it was.
    fn check_retried(&self, request: &SetDeployRequest, set: &SetResolution, operation: &str) -> Result<()> {
        let reason = if !request.only.is_empty() {
            "Either name targets or an operation to try again, not both.".to_owned()
        } else if request.set.name.is_empty() || self.find_set_id(&request.set)?.set_id == set.set_id {
            return Ok(());
        } else {
            format!("The operation {operation} deployed the set “{}”, and no other.", set.name)
        };
        Err(Error::InvalidRequest { reason })
    }
}

/// Every target of a deploy, before it is known which profiles there are.
fn everything(deploy: &DeployRequest) -> Vec<SetTarget> {
    if !deploy.only.is_empty() {
        return deploy.only.clone();
    }
    let targets = deploy.projects.iter().flat_map(|project| {
        let folder = canonical_folder(Path::new(project)).unwrap_or_else(|_| project.clone());
        let project = ProjectPath::from_canonical(folder);
        deploy.artifacts.iter().map(move |artifact| SetTarget {
            project_path: project.clone(),
            artifact_id: artifact.artifact_id.clone(),
            collection: artifact.collection.clone().unwrap_or_default(),
            profile_id: String::new(),
        })
    });
    targets.collect()
}

/// The projects of certain targets, each once; none where no targets are named.
pub(super) fn projects_of(only: &[SetTarget]) -> Option<Vec<String>> {
    let projects: BTreeSet<String> = only.iter().map(|target| target.project_path.to_string()).collect();
    (!projects.is_empty()).then(|| projects.into_iter().collect())
}

/// What failed, or was stopped before it was done.
fn left(results: &[TargetResult]) -> Vec<SetTarget> {
    let open = |result: &&TargetResult| {
        let stopped = result.problem.as_ref().is_some_and(|problem| problem.code == Code::Cancelled);
        result.status == Outcome::Failed || stopped
    };
    let target = |result: &TargetResult| SetTarget {
        project_path: result.project_path.clone(),
        artifact_id: result.artifact_id.clone(),
        collection: result.collection.clone(),
        profile_id: result.deployment_profile_id.clone(),
    };
    results.iter().filter(open).map(target).collect()
}

/// One notice for each artifact that is asked for and that the set does not come to.
fn gone(set: &SetResolution, only: &[SetTarget]) -> Vec<Problem> {
    let here =
        |target: &SetTarget| set.artifacts.iter().any(|one| target.is_of(&one.artifact_id, &one.collection));
    let ids: BTreeSet<&str> =
        only.iter().filter(|target| !here(target)).map(|target| target.artifact_id.as_str()).collect();
    let notice = |id: &str| {
        let message = format!("{id} is not in the set “{}” any more, and was left out.", set.name);
        Problem::new(Code::MemberNotFound, Severity::Notice, message).about(id)
    };
    ids.into_iter().map(notice).collect()
}

impl SetDeployed {
    /// A receipt of a set's deploy, project by project.
    pub fn of(set_id: &str, name: &str, receipt: Receipt) -> Self {
        by_project(&(set_id.to_owned(), name.to_owned()), receipt)
    }
}

pub(super) fn by_project((set_id, name): &(String, String), receipt: Receipt) -> SetDeployed {
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

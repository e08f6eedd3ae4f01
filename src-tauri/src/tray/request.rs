//! What is to be deployed, as the engine is asked for it.

use super::act::projects_of;
use crate::open::Open;
use skillmeat_engine::deploy::TargetResult;
use skillmeat_engine::engine::{QuickDeploy, SetDeployRequest, SetRef};
use skillmeat_engine::id::ArtifactRef;
use skillmeat_engine::plan::{DeployRequest, Plan, SetTarget};
use skillmeat_engine::settings::Pin;
use skillmeat_engine::{Engine, Result};
use std::collections::BTreeSet;

/// A deploy of artifacts, or of a set.
#[derive(Debug, Clone)]
pub(super) enum Wanted {
    Artifacts(DeployRequest),
    Set(SetDeployRequest),
}

/// What came of it.
#[derive(Debug)]
pub(super) struct Done {
    pub(super) operation: String,
    pub(super) results: Vec<TargetResult>,
}

impl Wanted {
    /// One thing into one project: into the profiles that it uses already, else its default. That its folder is there
    /// says little about a profile: `.github` is in most projects.
    pub(super) fn of(what: &Pin, project: &str, profiles: Vec<String>) -> Self {
        let projects = vec![project.to_owned()];
        match what {
            Pin::Artifact { .. } => Self::Artifacts(DeployRequest {
                artifacts: artifact(what).into_iter().collect(),
                projects,
                profiles,
                ..DeployRequest::default()
            }),
            Pin::Set { .. } => Self::Set(SetDeployRequest {
                set: set(what),
                projects,
                profiles,
                ..SetDeployRequest::default()
            }),
        }
    }

    /// What was deployed last: of a set what it comes to now, else the same targets.
    pub(super) fn again(last: &QuickDeploy) -> Self {
        let projects = projects_of(&last.targets);
        if let Some(item) = &last.set {
            return Self::Set(SetDeployRequest {
                set: set(&item.what),
                projects,
                profiles: last.profiles.clone(),
                all_profiles: last.all_profiles,
                ..SetDeployRequest::default()
            });
        }
        let artifacts: BTreeSet<ArtifactRef> = last.targets.iter().map(of_target).collect();
        Self::Artifacts(DeployRequest {
            artifacts: artifacts.into_iter().collect(),
            projects,
            only: last.targets.clone(),
            ..DeployRequest::default()
        })
    }

    /// The same for these targets only.
    pub(super) fn only(self, targets: Vec<SetTarget>) -> Self {
        match self {
            Self::Artifacts(request) => Self::Artifacts(DeployRequest { only: targets, ..request }),
            Self::Set(request) => Self::Set(SetDeployRequest { only: targets, ..request }),
        }
    }

    pub(super) fn plan(&self, engine: &Engine) -> Result<Plan> {
        match self {
            Self::Artifacts(request) => engine.plan_deploy(request),
            Self::Set(request) => engine.plan_set_deploy(request),
        }
    }

    /// Does exactly what was planned, or nothing.
    pub(super) fn run(&self, engine: &Engine, plan: &str) -> Result<Done> {
        let plan = Some(plan.to_owned());
        Ok(match self.clone() {
            Self::Artifacts(request) => {
                let receipt = engine.deploy(&DeployRequest { plan, ..request })?;
                Done { operation: receipt.operation, results: receipt.results }
            }
            Self::Set(request) => {
                let done = engine.deploy_set(&SetDeployRequest { plan, ..request })?;
                let results = done.projects.into_iter().flat_map(|one| one.results).collect();
                Done { operation: done.operation, results }
            }
        })
    }

    /// The window's plan of the same.
    pub(super) fn open(&self) -> Open {
        let profiles = |only: &[SetTarget], named: &[String]| {
            let only: BTreeSet<String> = only.iter().map(|target| target.profile_id.clone()).collect();
            if only.is_empty() { named.to_vec() } else { only.into_iter().collect() }
        };
        match self {
            Self::Artifacts(request) => Open::Plan {
                artifacts: request.artifacts.clone(),
                set: None,
                projects: request.projects.clone(),
                profiles: profiles(&request.only, &request.profiles),
            },
            Self::Set(request) => Open::Plan {
                artifacts: Vec::new(),
                set: Some(request.set.clone()),
                projects: request.projects.clone(),
                profiles: profiles(&request.only, &request.profiles),
            },
        }
    }

    /// Where the window shows what came of it.
    pub(super) fn page(&self) -> Open {
        let projects = match self {
            Self::Artifacts(request) => &request.projects,
            Self::Set(request) => &request.projects,
        };
        match projects.as_slice() {
            [only] => Open::Project { path: only.clone() },
            _ => Open::Activity,
        }
    }
}

fn artifact(what: &Pin) -> Option<ArtifactRef> {
    let Pin::Artifact { collection, artifact_id } = what else { return None };
    Some(ArtifactRef { artifact_id: artifact_id.clone(), collection: Some(collection.clone()) })
}

fn set(what: &Pin) -> SetRef {
    match what {
        Pin::Set { collection, set_id } => {
            SetRef { name: set_id.clone(), collection: Some(collection.clone()) }
        }
        Pin::Artifact { .. } => SetRef::default(),
    }
}

fn of_target(target: &SetTarget) -> ArtifactRef {
    ArtifactRef { artifact_id: target.artifact_id.clone(), collection: Some(target.collection.clone()) }
}

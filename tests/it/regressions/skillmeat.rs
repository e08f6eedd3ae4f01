//! Weaknesses of SkillMeat's command line and server that were reproduced, by their number.

mod answers;
mod files;

use crate::call::deploy_request;
use skillmeat_engine::Engine;
use skillmeat_engine::plan::{DeployRequest, UndeployRequest};

pub(super) fn profiles(ids: &[&str], artifacts: &[&str], project: &str) -> DeployRequest {
    let profiles = ids.iter().map(|&id| id.to_owned()).collect();
    DeployRequest { profiles, ..deploy_request(artifacts, project) }
}

pub(super) fn everything(project: &str) -> UndeployRequest {
    UndeployRequest { all: true, discard_edits: true, ..crate::call::undeploy_request(&[], project) }
}

/// The deployments that the window would list, from the cache.
pub(super) fn listed(engine: &Engine) -> Vec<String> {
    let artifacts = engine.library_snapshot().unwrap().artifacts;
    let rows = artifacts.iter().flat_map(|artifact| &artifact.deployments);
    let mut listed: Vec<_> =
        rows.map(|row| format!("{} in {}", row.artifact_id, row.deployment_profile_id)).collect();
    listed.sort();
    listed
}

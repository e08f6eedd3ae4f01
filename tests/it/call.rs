//! Short ways to ask the engine.

use skillmeat_engine::Engine;
use skillmeat_engine::cache::DeploymentRow;
use skillmeat_engine::deploy::{Outcome, Receipt, TargetResult};
use skillmeat_engine::error::Code;
use skillmeat_engine::id::ArtifactRef;
use skillmeat_engine::plan::{Action, DeployRequest, OnConflict, UndeployRequest};

pub(crate) fn artifact(id: &str) -> ArtifactRef {
    ArtifactRef { artifact_id: id.to_owned(), collection: None }
}

pub(crate) fn artifact_in(id: &str, collection: &str) -> ArtifactRef {
    ArtifactRef { artifact_id: id.to_owned(), collection: Some(collection.to_owned()) }
}

pub(crate) fn deploy_request(ids: &[&str], project: &str) -> DeployRequest {
    DeployRequest {
        artifacts: ids.iter().map(|id| artifact(id)).collect(),
        projects: vec![project.to_owned()],
        ..DeployRequest::default()
    }
}

pub(crate) fn undeploy_request(ids: &[&str], project: &str) -> UndeployRequest {
    UndeployRequest {
        artifacts: ids.iter().map(|id| artifact(id)).collect(),
        projects: vec![project.to_owned()],
        ..UndeployRequest::default()
    }
}

pub(crate) fn deploy(engine: &Engine, ids: &[&str], project: &str) -> Receipt {
    engine.deploy(&deploy_request(ids, project)).unwrap()
}

pub(crate) fn deploy_with(engine: &Engine, ids: &[&str], project: &str, on_conflict: OnConflict) -> Receipt {
    engine.deploy(&DeployRequest { on_conflict, ..deploy_request(ids, project) }).unwrap()
}

pub(crate) fn undeploy(engine: &Engine, ids: &[&str], project: &str) -> Receipt {
    engine.undeploy(&undeploy_request(ids, project)).unwrap()
}

/// The one result of a receipt.
#[track_caller]
pub(crate) fn only(receipt: &Receipt) -> &TargetResult {
    assert_eq!(receipt.results.len(), 1, "{receipt:?}");
    &receipt.results[0]
}

#[track_caller]
pub(crate) fn assert_done(receipt: &Receipt, action: Action) {
    for result in &receipt.results {
        assert_eq!((result.status, result.action), (Outcome::Success, action), "{result:?}");
    }
    assert!(!receipt.results.is_empty());
}

#[track_caller]
pub(crate) fn assert_failed(receipt: &Receipt, code: Code) {
    let result = only(receipt);
    let found = result.problem.as_ref().map(|problem| problem.code);
    assert_eq!((result.status, found), (Outcome::Failed, Some(code)), "{result:?}");
}

pub(crate) fn status(engine: &Engine, project: &str) -> Vec<DeploymentRow> {
    engine.status(&[project.to_owned()]).unwrap().deployments
}

//! Deploying and undeploying, planned or done.

use crate::background::Background;
use skillmeat_engine::Problem;
use skillmeat_engine::deploy::Receipt;
use skillmeat_engine::plan::{DeployRequest, Plan, UndeployRequest};
use tauri::State;

/// What `deploy` would do; the plan's id, passed back, makes `deploy` do exactly this or nothing.
#[tauri::command]
#[specta::specta]
pub(crate) async fn plan_deploy(
    background: State<'_, Background>,
    request: DeployRequest,
) -> Result<Plan, Problem> {
    background.read("plan_deploy", move |engine| engine.plan_deploy(&request)).await
}

/// Deploys. Changed rows arrive as `library-changed`.
#[tauri::command]
#[specta::specta]
pub(crate) async fn deploy(
    background: State<'_, Background>,
    request: DeployRequest,
) -> Result<Receipt, Problem> {
    background.write("deploy", move |engine| engine.deploy(&request)).await
}

/// What `undeploy` would do.
#[tauri::command]
#[specta::specta]
pub(crate) async fn plan_undeploy(
    background: State<'_, Background>,
    request: UndeployRequest,
) -> Result<Plan, Problem> {
    background.read("plan_undeploy", move |engine| engine.plan_undeploy(&request)).await
}

/// Undeploys. Changed rows arrive as `library-changed`.
#[tauri::command]
#[specta::specta]
pub(crate) async fn undeploy(
    background: State<'_, Background>,
    request: UndeployRequest,
) -> Result<Receipt, Problem> {
    background.write("undeploy", move |engine| engine.undeploy(&request)).await
}

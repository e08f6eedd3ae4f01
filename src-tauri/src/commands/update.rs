//! Bringing deployments up to their collection, taking their edits into it, and deciding about files that both sides
//! changed.

use crate::background::Background;
use skillmeat_engine::Problem;
use skillmeat_engine::deploy::Receipt;
use skillmeat_engine::engine::MergeProposal;
use skillmeat_engine::path::RelPath;
use skillmeat_engine::plan::{DeploymentRef, Plan, ResolveRequest, UpdateRequest};
use tauri::State;

/// What `update_deployments` would do.
#[tauri::command]
#[specta::specta]
pub(crate) async fn plan_update(
    background: State<'_, Background>,
    request: UpdateRequest,
) -> Result<Plan, Problem> {
    background.read("plan_update", move |engine| engine.plan_update(&request)).await
}

/// Brings deployments up to their collection; edits stay. Changed rows arrive as `library-changed`.
#[tauri::command]
#[specta::specta]
pub(crate) async fn update_deployments(
    background: State<'_, Background>,
    request: UpdateRequest,
) -> Result<Receipt, Problem> {
    background.write("update_deployments", move |engine| engine.update_deployments(&request)).await
}

/// Brings one deployment up to its collection, with answers for single files.
#[tauri::command]
#[specta::specta]
pub(crate) async fn resolve_conflict(
    background: State<'_, Background>,
    request: ResolveRequest,
) -> Result<Receipt, Problem> {
    background.write("resolve_conflict", move |engine| engine.resolve_conflict(&request)).await
}

/// What `push_to_collection` would do: the `taken` files of each item go into the collection.
#[tauri::command]
#[specta::specta]
pub(crate) async fn plan_push(
    background: State<'_, Background>,
    request: UpdateRequest,
) -> Result<Plan, Problem> {
    background.read("plan_push", move |engine| engine.plan_push(&request)).await
}

/// Takes what was edited in projects into the collections it came from. Changed rows arrive as `library-changed`.
#[tauri::command]
#[specta::specta]
pub(crate) async fn push_to_collection(
    background: State<'_, Background>,
    request: UpdateRequest,
) -> Result<Receipt, Problem> {
    background.write("push_to_collection", move |engine| engine.push_to_collection(&request)).await
}

/// A merged text for a file that both sides changed; nothing is written.
#[tauri::command]
#[specta::specta]
pub(crate) async fn propose_merge(
    background: State<'_, Background>,
    deployment: DeploymentRef,
    file: RelPath,
) -> Result<MergeProposal, Problem> {
    background.read("propose_merge", move |engine| engine.propose_merge(&deployment, &file)).await
}

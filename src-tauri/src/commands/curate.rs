//! Changing what a collection holds.

use crate::background::Background;
use skillmeat_engine::Problem;
use skillmeat_engine::deploy::Receipt;
use skillmeat_engine::engine::{RemoveRequest, TagRequest};
use skillmeat_engine::plan::Plan;
use tauri::State;

/// What `remove_artifacts` would do.
#[tauri::command]
#[specta::specta]
pub(crate) async fn plan_remove(
    background: State<'_, Background>,
    request: RemoveRequest,
) -> Result<Plan, Problem> {
    background.read("plan_remove", move |engine| engine.plan_remove(&request)).await
}

/// Removes artifacts from their collection, to the trash. Their copies in projects stay, as orphans.
#[tauri::command]
#[specta::specta]
pub(crate) async fn remove_artifacts(
    background: State<'_, Background>,
    request: RemoveRequest,
) -> Result<Receipt, Problem> {
    background.write("remove_artifacts", move |engine| engine.remove_artifacts(&request)).await
}

/// Adds and removes tags of artifacts.
#[tauri::command]
#[specta::specta]
pub(crate) async fn tag_artifacts(
    background: State<'_, Background>,
    request: TagRequest,
) -> Result<Receipt, Problem> {
    background.write("tag_artifacts", move |engine| engine.tag_artifacts(&request)).await
}

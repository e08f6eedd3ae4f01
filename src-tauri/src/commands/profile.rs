//! The profiles of a project.

use crate::background::Background;
use skillmeat_engine::Problem;
use skillmeat_engine::cache::{ProfileRow, ProjectRow};
use skillmeat_engine::engine::SaveProfile;
use tauri::State;

/// The profiles that a project can be deployed to; without a project the built-in ones.
#[tauri::command]
#[specta::specta]
pub(crate) async fn list_profiles(
    background: State<'_, Background>,
    project: Option<String>,
) -> Result<Vec<ProfileRow>, Problem> {
    background.read("list_profiles", move |engine| engine.list_profiles(project.as_deref())).await
}

/// Adds a profile of its own to a project, or changes one.
#[tauri::command]
#[specta::specta]
pub(crate) async fn save_profile(
    background: State<'_, Background>,
    request: SaveProfile,
) -> Result<ProjectRow, Problem> {
    background.write("save_profile", move |engine| engine.save_profile(&request)).await
}

/// Removes a profile of a project's own that has no deployments. Its folder stays.
#[tauri::command]
#[specta::specta]
pub(crate) async fn delete_profile(
    background: State<'_, Background>,
    project: String,
    profile: String,
) -> Result<ProjectRow, Problem> {
    background.write("delete_profile", move |engine| engine.delete_profile(&project, &profile)).await
}

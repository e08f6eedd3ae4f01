//! The registered projects.

use crate::background::Background;
use skillmeat_engine::Problem;
use skillmeat_engine::cache::ProjectRow;
use tauri::State;

/// Registers a folder as a project and reads it.
#[tauri::command]
#[specta::specta]
pub(crate) async fn add_project(
    background: State<'_, Background>,
    path: String,
) -> Result<ProjectRow, Problem> {
    background.write("add_project", move |engine| engine.add_project(&path)).await
}

/// Forgets a project. Its files stay as they are.
#[tauri::command]
#[specta::specta]
pub(crate) async fn remove_project(background: State<'_, Background>, path: String) -> Result<(), Problem> {
    background.write("remove_project", move |engine| engine.remove_project(&path)).await
}

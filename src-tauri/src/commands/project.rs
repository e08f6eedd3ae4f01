//! The registered projects.

use crate::background::Background;
use skillmeat_engine::Problem;
use skillmeat_engine::cache::ProjectRow;
use skillmeat_engine::engine::{
    DatabaseImport, FoundProjects, GitChoice, GitVisibility, ProjectDetail, RecentProject, ScanRequest,
};
use skillmeat_engine::settings::Describe;
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

/// Takes it that a registered project's folder, which is gone, is now `to`. Its history follows.
#[tauri::command]
#[specta::specta]
pub(crate) async fn locate_project(
    background: State<'_, Background>,
    path: String,
    to: String,
) -> Result<ProjectRow, Problem> {
    background.write("locate_project", move |engine| engine.locate_project(&path, &to)).await
}

/// Looks below folders for what could be a project. Registers nothing.
#[tauri::command]
#[specta::specta]
pub(crate) async fn scan_for_projects(
    background: State<'_, Background>,
    request: ScanRequest,
) -> Result<FoundProjects, Problem> {
    background.read("scan_for_projects", move |engine| engine.scan_for_projects(&request)).await
}

/// Folders that other tools know as projects.
#[tauri::command]
#[specta::specta]
pub(crate) async fn recent_projects(
    background: State<'_, Background>,
) -> Result<Vec<RecentProject>, Problem> {
    background.read("recent_projects", skillmeat_engine::Engine::recent_projects).await
}

/// The projects that an existing SkillMeat database knows. Registers nothing, and only reads it.
#[tauri::command]
#[specta::specta]
pub(crate) async fn plan_import_database(
    background: State<'_, Background>,
    file: Option<String>,
) -> Result<DatabaseImport, Problem> {
    background.read("plan_import_database", move |engine| engine.plan_import_database(file.as_deref())).await
}

/// Takes over what an existing SkillMeat database knows; the database is only read.
#[tauri::command]
#[specta::specta]
pub(crate) async fn import_database(
    background: State<'_, Background>,
    file: Option<String>,
) -> Result<DatabaseImport, Problem> {
    background.write("import_database", move |engine| engine.import_database(file.as_deref())).await
}

/// Asks an operation to stop. Tells whether there is one of that id that can be stopped.
#[tauri::command]
#[specta::specta]
pub(crate) async fn cancel(background: State<'_, Background>, operation: String) -> Result<bool, Problem> {
    background.read("cancel", move |engine| Ok(engine.cancel(&operation))).await
}

/// One project, read from disk now.
#[tauri::command]
#[specta::specta]
pub(crate) async fn project_detail(
    background: State<'_, Background>,
    path: String,
) -> Result<ProjectDetail, Problem> {
    background.read("project_detail", move |engine| engine.project_detail(&path)).await
}

/// Gives a project a name and a description, in SkillMeat's file for it.
#[tauri::command]
#[specta::specta]
pub(crate) async fn describe_project(
    background: State<'_, Background>,
    path: String,
    said: Describe,
) -> Result<ProjectRow, Problem> {
    background.write("describe_project", move |engine| engine.describe_project(&path, &said)).await
}

/// Chooses what git sees of a project, now and after each operation.
#[tauri::command]
#[specta::specta]
pub(crate) async fn set_git_visibility(
    background: State<'_, Background>,
    path: String,
    choice: GitChoice,
) -> Result<GitVisibility, Problem> {
    background.write("set_git_visibility", move |engine| engine.set_git_visibility(&path, &choice)).await
}

//! What lies in a project or folder, and taking it into a collection.

use crate::background::Background;
use skillmeat_engine::Problem;
use skillmeat_engine::engine::{DiscoverReport, DiscoverRequest, ImportReceipt, ImportRequest};
use tauri::State;

/// What lies in a project or folder, compared with a collection.
#[tauri::command]
#[specta::specta]
pub(crate) async fn discover(
    background: State<'_, Background>,
    request: DiscoverRequest,
) -> Result<DiscoverReport, Problem> {
    background.read("discover", move |engine| engine.discover(&request)).await
}

/// What `import` would do; the plan's id, passed back, makes `import` do exactly this or nothing.
#[tauri::command]
#[specta::specta]
pub(crate) async fn plan_import(
    background: State<'_, Background>,
    request: ImportRequest,
) -> Result<ImportReceipt, Problem> {
    background.read("plan_import", move |engine| engine.plan_import(&request)).await
}

/// Imports. Changed rows arrive as `library-changed`.
#[tauri::command]
#[specta::specta]
pub(crate) async fn import(
    background: State<'_, Background>,
    request: ImportRequest,
) -> Result<ImportReceipt, Problem> {
    background.write("import", move |engine| engine.import(&request)).await
}

/// Finds of a project are not offered any more, or are again.
#[tauri::command]
#[specta::specta]
pub(crate) async fn skip_discovered(
    background: State<'_, Background>,
    project: String,
    artifacts: Vec<String>,
    skipped: bool,
) -> Result<(), Problem> {
    background
        .write("skip_discovered", move |engine| engine.skip_discovered(&project, &artifacts, skipped))
        .await
}

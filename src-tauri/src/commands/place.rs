//! Showing places on disk in other programs.

use crate::background::Background;
use crate::launch;
use skillmeat_engine::Problem;
use skillmeat_engine::engine::Place;
use tauri::State;

/// Opens a place in the editor of the settings, else in the system's default program.
#[tauri::command]
#[specta::specta]
pub(crate) async fn open_in_editor(background: State<'_, Background>, place: Place) -> Result<(), Problem> {
    background
        .read("open_in_editor", move |engine| {
            let editor = engine.settings()?.editor;
            launch::edit(&engine.locate(&place)?, editor.as_deref())
        })
        .await
}

/// Shows a place in the system's file manager.
#[tauri::command]
#[specta::specta]
pub(crate) async fn reveal(background: State<'_, Background>, place: Place) -> Result<(), Problem> {
    background.read("reveal", move |engine| launch::reveal(&engine.locate(&place)?)).await
}

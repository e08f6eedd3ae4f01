//! Showing places, on disk or on the web, in other programs.

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

/// Opens an address in the system's browser. Refused unless it is `http` or `https`, spelled as a browser spells it.
#[tauri::command]
#[specta::specta]
pub(crate) async fn open_link(background: State<'_, Background>, address: String) -> Result<(), Problem> {
    background.read("open_link", move |_| launch::browse(&address)).await
}

/// Shows a place in the system's file manager.
#[tauri::command]
#[specta::specta]
pub(crate) async fn reveal(background: State<'_, Background>, place: Place) -> Result<(), Problem> {
    background.read("reveal", move |engine| launch::reveal(&engine.locate(&place)?)).await
}

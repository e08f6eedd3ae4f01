//! Help for whoever has to find out what went wrong.

use crate::background::Background;
use crate::crash;
use skillmeat_engine::Problem;
use skillmeat_engine::engine::Diagnostics;
use tauri::State;

/// What somebody who helps needs to know, also when the library cannot be read.
#[tauri::command]
#[specta::specta]
pub(crate) async fn diagnostics(background: State<'_, Background>) -> Result<Diagnostics, Problem> {
    background.diagnostics().await
}

/// Writes an error of the page into the log.
#[tauri::command]
#[specta::specta]
pub(crate) async fn note_page_error(background: State<'_, Background>, text: String) -> Result<(), Problem> {
    background.remember(&crash::page_error(&text));
    Ok(())
}

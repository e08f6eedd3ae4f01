//! The settings.

use crate::background::Background;
use skillmeat_engine::settings::{Settings, SettingsPatch};
use skillmeat_engine::{Engine, Problem};
use tauri::State;

/// The settings in force.
#[tauri::command]
#[specta::specta]
pub(crate) async fn get_settings(background: State<'_, Background>) -> Result<Settings, Problem> {
    background.read("get_settings", Engine::settings).await
}

/// Changes settings; what is absent from the patch stays.
#[tauri::command]
#[specta::specta]
pub(crate) async fn update_settings(
    background: State<'_, Background>,
    patch: SettingsPatch,
) -> Result<Settings, Problem> {
    background.write("update_settings", move |engine| engine.update_settings(&patch)).await
}

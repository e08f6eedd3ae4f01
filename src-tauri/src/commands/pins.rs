//! What is pinned for the tray. Rows arrive with the settings, as `settings-changed`.

use crate::background::Background;
use skillmeat_engine::Problem;
use skillmeat_engine::engine::{PinRequest, PinnedRow};
use tauri::State;

/// Pins artifacts and sets, after what is pinned already.
#[tauri::command]
#[specta::specta]
pub(crate) async fn pin(
    background: State<'_, Background>,
    request: PinRequest,
) -> Result<Vec<PinnedRow>, Problem> {
    background.write("pin", move |engine| engine.pin(&request)).await
}

/// Takes pins away, also of what is gone.
#[tauri::command]
#[specta::specta]
pub(crate) async fn unpin(
    background: State<'_, Background>,
    request: PinRequest,
) -> Result<Vec<PinnedRow>, Problem> {
    background.write("unpin", move |engine| engine.unpin(&request)).await
}

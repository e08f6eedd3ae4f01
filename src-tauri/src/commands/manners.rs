//! The window among the other windows: closing, the tray, starting at login.

use crate::background::Background;
use crate::manners::Ways;
use crate::{autostart, manners};
use serde::Serialize;
use skillmeat_engine::Problem;
use tauri::State;

/// What this desktop offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, specta::Type)]
pub(crate) struct Desktop {
    /// There is a tray that shows an icon of this program.
    tray: bool,
    /// Whether the program starts at login; absent where that cannot be set from here.
    autostart: Option<bool>,
}

impl Desktop {
    fn now() -> skillmeat_engine::Result<Self> {
        Ok(Self { tray: manners::has_tray(), autostart: autostart::is_on()? })
    }
}

/// What this desktop offers, looked at now.
#[tauri::command]
#[specta::specta]
pub(crate) async fn desktop(background: State<'_, Background>) -> Result<Desktop, Problem> {
    background.read("desktop", |_| Desktop::now()).await
}

/// Starts the program at login from now on, or no longer.
#[tauri::command]
#[specta::specta]
pub(crate) async fn set_autostart(background: State<'_, Background>, on: bool) -> Result<Desktop, Problem> {
    background.write("set_autostart", move |_| autostart::set(on).and_then(|()| Desktop::now())).await
}

/// Hides the window, which the tray and a second start bring back; or ends the program, after what is being written.
#[tauri::command]
#[specta::specta]
#[allow(clippy::needless_pass_by_value, reason = "so a command gets it")]
pub(crate) fn leave_window(ways: State<'_, Ways>, quit: bool) -> Result<(), Problem> {
    ways.leave(quit);
    Ok(())
}

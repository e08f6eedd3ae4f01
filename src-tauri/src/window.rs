//! The one window: made, brought to the front, coloured.

use skillmeat_engine::settings::Theme;
use std::io;
use tauri::webview::NewWindowResponse;
use tauri::window::Color;
use tauri::{AppHandle, Manager, Runtime, Url, WebviewWindow, WebviewWindowBuilder};
use tauri_plugin_window_state::StateFlags;

/// The window's label in configuration and capability.
pub(crate) const LABEL: &str = "main";

/// What is under the page until it has painted, as in the interface's two themes.
const LIGHT: Color = Color(250, 250, 251, 255);
const DARK: Color = Color(20, 21, 23, 255);

/// What of the window is as it was at the last start.
pub(crate) const REMEMBERED: StateFlags =
    StateFlags::SIZE.union(StateFlags::POSITION).union(StateFlags::MAXIMIZED);

/// Says in words that there is no display, where the toolkit would panic.
pub(crate) fn need_display() -> tauri::Result<()> {
    let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    if cfg!(target_os = "linux") && !set("DISPLAY") && !set("WAYLAND_DISPLAY") {
        let message = "There is no display to open a window on. `skm` works without one.";
        return Err(io::Error::new(io::ErrorKind::NotFound, message).into());
    }
    Ok(())
}

/// Opens the window, hidden when `hidden`. It shows this program's own pages and nothing else, whatever a page asks for.
pub(crate) fn open<R: Runtime>(app: &AppHandle<R>, hidden: bool) -> tauri::Result<()> {
    let windows = &app.config().app.windows;
    let config = windows.iter().find(|window| window.label == LABEL).ok_or(tauri::Error::WindowNotFound)?;
    let window = WebviewWindowBuilder::from_config(app, config)?
        .on_navigation(is_own)
        .on_new_window(|_, _| NewWindowResponse::Deny)
        .visible(!hidden)
        .build()?;
    paint(&window)
}

/// Brings the window to the front, as a second start of the program asks.
pub(crate) fn focus<R: Runtime>(app: &AppHandle<R>) {
    let Some(window) = app.get_webview_window(LABEL) else { return };
    let shown = window.unminimize().and_then(|()| window.show()).and_then(|()| window.set_focus());
    if let Err(error) = shown {
        tracing::warn!(%error, "the window could not be brought to the front");
    }
}

/// Takes the window away; the program goes on.
pub(crate) fn hide<R: Runtime>(app: &AppHandle<R>) {
    let Some(window) = app.get_webview_window(LABEL) else { return };
    if let Err(error) = window.hide() {
        tracing::warn!(%error, "the window could not be hidden");
    }
}

/// Gives the window's frame and its dialogs the colours of the settings.
pub(crate) fn follow<R: Runtime>(app: &AppHandle<R>, theme: Theme) {
    let Some(window) = app.get_webview_window(LABEL) else { return };
    let theme = match theme {
        Theme::System => None,
        Theme::Light => Some(tauri::Theme::Light),
        Theme::Dark => Some(tauri::Theme::Dark),
    };
    if let Err(error) = window.set_theme(theme).and_then(|()| paint(&window)) {
        tracing::warn!(%error, "the window could not take its colours");
    }
}

fn paint<R: Runtime>(window: &WebviewWindow<R>) -> tauri::Result<()> {
    let ground = if window.theme()? == tauri::Theme::Dark { DARK } else { LIGHT };
    window.set_background_color(Some(ground))
}

/// Whether `url` is a page of this program: `tauri://localhost`, or `http://tauri.localhost` on Windows.
fn is_own(url: &Url) -> bool {
    match url.scheme() {
        "tauri" => url.host_str() == Some("localhost"),
        "http" | "https" => url.host_str() == Some("tauri.localhost"),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_own_pages_are_shown() {
        for own in ["tauri://localhost", "tauri://localhost/index.html#x", "http://tauri.localhost/"] {
            assert!(is_own(&own.parse().unwrap()), "{own}");
        }
        let foreign = [
            "https://example.org",
            "http://tauri.localhost.example.org",
            "http://localhost",
            "tauri://elsewhere",
            "file:///etc/passwd",
            "data:text/html,x",
            "javascript:alert(1)",
        ];
        for url in foreign {
            assert!(!is_own(&url.parse().unwrap()), "{url}");
        }
    }
}

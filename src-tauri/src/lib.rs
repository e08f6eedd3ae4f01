//! The desktop window: a thin shell that hands the engine's calls and events to the user interface.
//!
//! [`ipc`] lists what the window may ask for and hear; [`commands`] hand each question to the engine on
//! [`background`] threads; [`events`] bring the engine's feed to the window.

#![cfg_attr(test, allow(clippy::disallowed_methods, reason = "tests look at files themselves"))]

mod background;
mod commands;
mod events;
mod ipc;
mod launch;
mod logging;
mod paths;
mod window;

use background::Background;
use skillmeat_engine::engine::Options;
use skillmeat_engine::{Engine, Result};
use std::sync::Arc;
use std::thread;
use tauri::{AppHandle, Manager, RunEvent, Runtime, WindowEvent};

/// Opens the window and stays until it is closed.
///
/// # Errors
/// When the system cannot show a window.
pub fn run() -> tauri::Result<()> {
    window::need_display()?;
    let options = paths::options();
    logging::start(options.as_ref().ok().map(|options| options.home.as_path()));
    let app = wire(tauri::Builder::default().plugin(single_instance()), options)
        .plugin(tauri_plugin_window_state::Builder::new().with_state_flags(window::REMEMBERED).build())
        .plugin(tauri_plugin_dialog::init())
        .build(context())
        .inspect_err(|error| tracing::error!(%error, "the window cannot be opened"))?;
    app.run(|app, event| match event {
        RunEvent::Exit => {
            // From here on a new start opens a window of its own.
            tauri_plugin_single_instance::destroy(app);
            app.state::<Background>().finish();
        }
        RunEvent::WindowEvent { event: WindowEvent::Focused(true), .. } => {
            app.state::<Background>().look_now();
        }
        _ => {}
    });
    Ok(())
}

/// Configuration, capability, icons and pages, as they were when this was built.
#[allow(clippy::disallowed_methods, reason = "written by the macro")]
fn context<R: Runtime>() -> tauri::Context<R> {
    tauri::generate_context!()
}

/// A second start of the program brings the first one's window to the front.
fn single_instance<R: Runtime>() -> tauri::plugin::TauriPlugin<R> {
    tauri_plugin_single_instance::init(|app, _arguments, _folder| window::focus(app))
}

/// Connects commands, events and engine; the same for the real window and for tests without one.
fn wire<R: Runtime>(builder: tauri::Builder<R>, options: Result<Options>) -> tauri::Builder<R> {
    let ipc = ipc::builder::<R>();
    builder.invoke_handler(ipc.invoke_handler()).setup(move |app| {
        ipc.mount_events(app);
        let handle = app.handle().clone();
        let background = Background::new(options, move |engine| attend(engine, &handle));
        app.manage(background.clone());
        window::open(app.handle())?;
        background.open_ahead();
        Ok(())
    })
}

/// Brings a newly opened engine's news to the window.
fn attend<R: Runtime>(engine: &Arc<Engine>, app: &AppHandle<R>) {
    let feed = engine.subscribe();
    // Settings that cannot be read are no reason to stop here: the window asks for them and shows why.
    let theme = engine.settings().map(|settings| settings.theme).unwrap_or_default();
    let listener = app.clone();
    thread::spawn(move || {
        window::follow(&listener, theme);
        events::pump(&feed, |event| events::tell(&listener, event));
    });
    let listener = app.clone();
    background::keep_current(engine, move |event| events::tell(&listener, event));
}

#[cfg(test)]
mod tests;

//! The desktop window: a thin shell that hands the engine's calls and events to the user interface.
//!
//! [`ipc`] lists what the window may ask for and hear; [`commands`] hand each question to the engine on
//! [`background`] threads; [`events`] bring the engine's feed to the window; [`tray`] does the most common of it without
//! one.

#![cfg_attr(test, allow(clippy::disallowed_methods, reason = "tests look at files themselves"))]

mod autostart;
mod background;
mod commands;
mod crash;
mod events;
mod ipc;
mod launch;
mod logging;
mod manners;
mod open;
mod paths;
mod tray;
mod window;

use background::Background;
use manners::{Manners, Ways};
use skillmeat_engine::engine::Options;
use skillmeat_engine::feed::{AttentionRaised, Event};
use skillmeat_engine::settings;
use skillmeat_engine::{Engine, Result};
use std::ffi::OsString;
use std::path::Path;
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
    let folder = std::env::current_dir().unwrap_or_default();
    let start = open::parse(std::env::args_os().skip(1), &folder);
    let app = wire(tauri::Builder::default().plugin(single_instance()), options, start)
        .plugin(tauri_plugin_window_state::Builder::new().with_state_flags(window::REMEMBERED).build())
        .plugin(tauri_plugin_dialog::init())
        .build(context())
        .inspect_err(|error| tracing::error!(%error, "the window cannot be opened"))?;
    #[cfg(unix)]
    crash::heed_signals(app.handle());
    tray::start(app.handle());
    app.run(|app, event| match event {
        RunEvent::Exit => {
            // From here on a new start opens a window of its own.
            tauri_plugin_single_instance::destroy(app);
            app.state::<Background>().finish();
            crash::close();
        }
        RunEvent::WindowEvent { event: WindowEvent::CloseRequested { api, .. }, .. } => {
            manners::close_requested(app, &api);
        }
        // Here these are no arguments of a second start.
        #[cfg(target_os = "macos")]
        RunEvent::Opened { urls } => {
            let urls = urls.iter().map(|url| OsString::from(url.as_str()));
            open::second_start(app, open::parse(urls, Path::new("")));
        }
        #[cfg(target_os = "macos")]
        RunEvent::Reopen { .. } => window::focus(app),
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

/// A second start of the program brings the first one's window to the front, and has it show what was asked for.
fn single_instance<R: Runtime>() -> tauri::plugin::TauriPlugin<R> {
    tauri_plugin_single_instance::init(|app, arguments, folder| {
        // The first one is the program's own name.
        let arguments = arguments.into_iter().skip(1).map(OsString::from);
        open::second_start(app, open::parse(arguments, Path::new(&folder)));
    })
}

/// Connects commands, events and engine; the same for the real window and for tests without one.
fn wire<R: Runtime>(
    builder: tauri::Builder<R>,
    options: Result<Options>,
    start: open::Start,
) -> tauri::Builder<R> {
    let ipc = ipc::builder::<R>();
    let manners = Manners::default();
    // Settings that cannot be read are no reason to hide: the window shows why.
    let settings = options.as_ref().ok().and_then(|options| settings::read(&options.home).ok());
    if let Some(settings) = &settings {
        manners.follow(settings);
    }
    let start_hidden = start.hidden || settings.is_some_and(|settings| settings.start_hidden);
    let hidden = start_hidden && start.opens.is_empty();
    let waiting = open::Waiting::default();
    waiting.add(start.opens);
    // Managed before the plugins begin: a second start may come at any time.
    builder.manage(waiting).manage(manners).invoke_handler(ipc.invoke_handler()).setup(move |app| {
        ipc.mount_events(app);
        let handle = app.handle().clone();
        let background = Background::new(options, move |engine| attend(engine, &handle));
        app.manage(background.clone());
        let listener = app.handle().clone();
        crash::tell(move |problem| {
            listener.state::<Background>().remember(&problem);
            let project = None;
            events::tell(&listener, Event::AttentionRaised(AttentionRaised { problem, project }));
        });
        app.manage(Ways::of(app.handle()));
        window::open(app.handle(), hidden)?;
        if hidden {
            manners::show_without_tray(app.handle());
        }
        background.open_ahead();
        Ok(())
    })
}

/// Brings a newly opened engine's news to the window.
fn attend<R: Runtime>(engine: &Arc<Engine>, app: &AppHandle<R>) {
    crash::begin(engine);
    let feed = engine.subscribe();
    // Settings that cannot be read are no reason to stop here: the window asks for them and shows why.
    let settings = engine.settings();
    if let Ok(settings) = &settings {
        app.state::<Manners>().follow(settings);
    }
    let theme = settings.map(|settings| settings.theme).unwrap_or_default();
    let listener = app.clone();
    thread::spawn(move || {
        window::follow(&listener, theme);
        events::pump(&feed, |event| events::tell(&listener, event));
    });
    tray::follow(engine, app);
    let listener = app.clone();
    background::keep_current(engine, move |event| events::tell(&listener, event));
}

#[cfg(test)]
mod tests;

//! The tray: projects and what goes into them, one click away, also while no window is open.
//!
//! | file | what it is |
//! |---|---|
//! | `menu` | from what is at hand to the tree of items; pure |
//! | `action` | what an item does, which is its id |
//! | `act`, `request` | what a click comes to: plan, decide, deploy, undo |
//! | `notice` | the result as a notification |
//! | `label`, `texts` | names cut to fit; what is said |
//!
//! On Linux a tray is a menu and nothing else. Whether anybody shows it is not ours to know: without a library for it,
//! without a bus, without a watcher on the bus the program starts and works all the same.

mod act;
mod action;
mod label;
mod menu;
mod notice;
mod request;
mod texts;

use crate::background::Background;
use crate::crash;
use crate::open::{self, Open};
use crate::window;
use act::Outcome;
use action::Action;
use menu::Item;
use skillmeat_engine::engine::Quick;
use skillmeat_engine::feed::Event;
use skillmeat_engine::{Engine, Problem};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::sync::{Arc, Weak};
use std::thread;
use std::time::Duration;
use tauri::image::Image;
use tauri::menu::{IsMenuItem, Menu, MenuItem, PredefinedMenuItem, Submenu};
use tauri::tray::TrayIconBuilder;
use tauri::{AppHandle, Manager, Runtime};
use tauri_plugin_dialog::DialogExt;

/// The tray's id in this program.
const ID: &str = "main";
/// How long changes gather before the menu is made anew.
const QUIET: Duration = Duration::from_millis(200);
/// How often to look whether watching was paused, which nobody tells.
const LOOK: Duration = Duration::from_secs(1);

const ICON: Image<'_> = tauri::include_image!("./src-tauri/icons/tray.png");
const ICON_ATTENTION: Image<'_> = tauri::include_image!("./src-tauri/icons/tray-attention.png");

/// What the tray shows: compared before it is made anew.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Shown {
    items: Vec<Item>,
    attention: bool,
}

impl Shown {
    fn of(quick: &Result<Quick, Problem>) -> Self {
        let attention = quick.as_ref().map_or(1, menu::count_attention) > 0;
        Self { items: menu::build(quick), attention }
    }
}

/// Makes the tray icon, with a bare menu until the engine is there. On the main thread.
pub(crate) fn start<R: Runtime>(app: &AppHandle<R>) {
    let make = || -> tauri::Result<()> {
        let builder = TrayIconBuilder::with_id(ID).icon(ICON).tooltip(texts::APP);
        let builder = builder.menu(&native(app, &menu::bare())?).on_menu_event(|app, event| {
            if let Some(action) = Action::of(event.id().as_ref()) {
                dispatch(app, action);
            }
        });
        builder.build(app).map(drop)
    };
    // The library for it panics where it is not installed.
    match crash::answered(|| catch_unwind(AssertUnwindSafe(make))) {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::warn!(%error, "there is no tray"),
        Err(_) => tracing::warn!("there is no tray: its library is not installed"),
    }
}

/// Keeps the menu as things are, for as long as the engine lives.
pub(crate) fn follow<R: Runtime>(engine: &Arc<Engine>, app: &AppHandle<R>) {
    if app.tray_by_id(ID).is_none() {
        return;
    }
    let (feed, engine, app) = (engine.subscribe(), Arc::downgrade(engine), app.clone());
    thread::spawn(move || {
        let mut icon = false;
        keep_current(&feed, &engine, |Shown { items, attention }| {
            // An icon that is set, even to itself, is registered anew, which flickers.
            let changed = (icon != attention).then_some(attention);
            icon = attention;
            show(&app, items, changed);
        });
    });
}

/// Calls `show` whenever there is something else to show.
fn keep_current(feed: &Receiver<Event>, engine: &Weak<Engine>, mut show: impl FnMut(Shown)) {
    let mut before = None;
    loop {
        let Some(alive) = engine.upgrade() else { return };
        let quick = alive.quick().map_err(Problem::from);
        let watching = alive.watch_status().state;
        drop(alive);
        let now = Shown::of(&quick);
        if before.as_ref() != Some(&now) {
            show(now.clone());
            before = Some(now);
        }
        let moved = |engine: &Weak<Engine>| {
            engine.upgrade().is_some_and(|engine| engine.watch_status().state != watching)
        };
        loop {
            match feed.recv_timeout(LOOK) {
                Ok(event) if concerns(&event) => break gather(feed),
                Err(RecvTimeoutError::Timeout) if moved(engine) => break,
                Ok(_) | Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }
}

/// Whether the menu may be another one after an event.
fn concerns(event: &Event) -> bool {
    matches!(event, Event::LibraryChanged(_) | Event::ResyncRequired(_) | Event::SettingsChanged(_))
}

/// Takes in what comes shortly after, so that a burst is one look.
fn gather(feed: &Receiver<Event>) {
    thread::sleep(QUIET);
    while feed.try_recv().is_ok() {}
}

/// Does what an item says.
fn dispatch<R: Runtime>(app: &AppHandle<R>, action: Action) {
    match action {
        Action::Open => window::focus(app),
        Action::Quit => app.exit(0),
        Action::ChooseProject => choose(app),
        Action::More { project: Some(path) } => open::show(app, Open::Project { path }),
        Action::More { project: None } => open::show(app, Open::Manage),
        Action::Attention { project } => open::show(app, Open::Attention { project }),
        action => {
            let (app, background) = (app.clone(), app.state::<Background>().inner().clone());
            tauri::async_runtime::spawn(async move {
                let outcome = background.write("tray", move |engine| Ok(act::act(engine, &action))).await;
                finish(&app, outcome.unwrap_or_else(Outcome::failed));
            });
        }
    }
}

fn finish<R: Runtime>(app: &AppHandle<R>, outcome: Outcome) {
    match outcome {
        Outcome::Show(what) => open::show(app, what),
        Outcome::Tell(told) => notice::tell(app, told),
        Outcome::Done => {}
    }
}

/// Lets a person choose a folder, and shows it in the window: the page of a project, or the offer to add the folder as one.
/// A menu cannot go on after a dialog, and what is deployed into a folder that was never a project is better seen first.
/// From then on it is among the recent ones.
fn choose<R: Runtime>(app: &AppHandle<R>) {
    let after = app.clone();
    let dialog = app.dialog().file().set_title(texts::CHOOSE_TITLE);
    // Without a folder to begin in, a dialog of GTK begins where no folder can be chosen.
    let dialog = match std::env::home_dir() {
        Some(home) => dialog.set_directory(home),
        None => dialog,
    };
    dialog.pick_folder(move |folder| {
        let Some(folder) = folder.and_then(|folder| folder.into_path().ok()) else { return };
        match folder.into_os_string().into_string() {
            Ok(path) => open::show(&after, Open::Folder { path }),
            Err(path) => {
                let reason = format!("The path {} is not valid UTF-8.", path.display());
                let problem = skillmeat_engine::Error::InvalidRequest { reason }.to_problem();
                open::show(&after, Open::Problem { problem });
            }
        }
    });
}

/// Makes the native menu what it should be, and the icon one that asks for attention, or not, where that changed.
fn show<R: Runtime>(app: &AppHandle<R>, items: Vec<Item>, attention: Option<bool>) {
    let on_main = app.clone();
    let put = move || -> tauri::Result<()> {
        let Some(tray) = on_main.tray_by_id(ID) else { return Ok(()) };
        tray.set_menu(Some(native(&on_main, &items)?))?;
        match attention {
            Some(attention) => tray.set_icon(Some(if attention { ICON_ATTENTION } else { ICON })),
            None => Ok(()),
        }
    };
    let put = move || {
        if let Err(error) = put() {
            tracing::warn!(%error, "the tray could not be made current");
        }
    };
    if let Err(error) = app.run_on_main_thread(put) {
        tracing::warn!(%error, "the tray could not be made current");
    }
}

/// The native menu of some items.
fn native<R: Runtime>(app: &AppHandle<R>, items: &[Item]) -> tauri::Result<Menu<R>> {
    let menu = Menu::new(app)?;
    for item in items {
        menu.append(&*line(app, item)?)?;
    }
    Ok(menu)
}

fn line<R: Runtime>(app: &AppHandle<R>, item: &Item) -> tauri::Result<Box<dyn IsMenuItem<R>>> {
    Ok(match item {
        Item::Action { action, label } => {
            Box::new(MenuItem::with_id(app, action.id(), label::escaped(label), true, None::<&str>)?)
        }
        Item::Note { label } => Box::new(MenuItem::new(app, label::escaped(label), false, None::<&str>)?),
        Item::Separator => Box::new(PredefinedMenuItem::separator(app)?),
        Item::Submenu { label, items } => {
            let menu = Submenu::new(app, label::escaped(label), true)?;
            for item in items {
                menu.append(&*line(app, item)?)?;
            }
            Box::new(menu)
        }
    })
}

#[cfg(test)]
mod tests;

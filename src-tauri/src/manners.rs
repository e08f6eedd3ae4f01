//! What closing the window and starting without it mean.
//!
//! The window is only ever hidden where something can bring it back: a tray. Where there is none, closing ends the
//! program and a hidden start shows the window after all. A second start always shows it.

use crate::open::{self, Open};
use crate::window;
use skillmeat_engine::settings::Settings;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread;
use std::time::Duration;
use tauri::{AppHandle, CloseRequestApi, Manager, Runtime};

/// At login the program may start before the panel with the tray does: how often to look for it, and how long in
/// between.
const LOOKS: u32 = 20;
const PAUSE: Duration = Duration::from_millis(500);

/// The settings that closing depends on. The window does not wait for the engine to close.
#[derive(Clone, Default)]
pub(crate) struct Manners(Arc<Known>);

#[derive(Default)]
struct Known {
    close_to_tray: AtomicBool,
    explained: AtomicBool,
}

/// What a request to close the window comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Closing {
    /// The window is closed and the program ends.
    End,
    /// For the first time: the window stays and says what would happen.
    Explain,
    /// The window is hidden and the program goes on.
    Hide,
}

impl Manners {
    /// Takes over settings.
    pub(crate) fn follow(&self, settings: &Settings) {
        self.0.close_to_tray.store(settings.close_to_tray, Relaxed);
        // Told once in this run is told, whatever the file says meanwhile.
        self.0.explained.fetch_or(settings.close_explained, Relaxed);
    }

    fn closing(&self, has_tray: impl FnOnce() -> bool) -> Closing {
        if !self.0.close_to_tray.load(Relaxed) || !has_tray() {
            Closing::End
        } else if self.0.explained.swap(true, Relaxed) {
            Closing::Hide
        } else {
            Closing::Explain
        }
    }
}

/// How a page leaves: commands are not generic over the runtime, so they get these.
pub(crate) struct Ways {
    hide: Box<dyn Fn() + Send + Sync>,
    quit: Box<dyn Fn() + Send + Sync>,
}

impl Ways {
    /// Those of `app`.
    pub(crate) fn of<R: Runtime>(app: &AppHandle<R>) -> Self {
        let (hide, quit) = (app.clone(), app.clone());
        Self { hide: Box::new(move || window::hide(&hide)), quit: Box::new(move || quit.exit(0)) }
    }

    /// Hides the window, or ends the program.
    pub(crate) fn leave(&self, quit: bool) {
        if quit { (self.quit)() } else { (self.hide)() }
    }
}

/// A person closes the window.
pub(crate) fn close_requested<R: Runtime>(app: &AppHandle<R>, api: &CloseRequestApi) {
    let closing = app.state::<Manners>().closing(has_tray);
    tracing::info!(?closing, "the window is closed");
    match closing {
        Closing::End => return,
        Closing::Explain => open::show(app, Open::Closing),
        Closing::Hide => window::hide(app),
    }
    api.prevent_close();
}

/// After a hidden start: waits a while for a tray, and shows the window where none comes.
pub(crate) fn show_without_tray<R: Runtime>(app: &AppHandle<R>) {
    let app = app.clone();
    thread::spawn(move || {
        for _ in 0..LOOKS {
            if has_tray() {
                return;
            }
            thread::sleep(PAUSE);
        }
        tracing::warn!("there is no tray, so the window is shown");
        window::focus(&app);
    });
}

/// Whether something shows icons of programs that have no window: on Linux, a StatusNotifier watcher with a host.
#[cfg(target_os = "linux")]
pub(crate) fn has_tray() -> bool {
    linux::has_tray().unwrap_or_else(|error| {
        tracing::info!(%error, "there is no tray");
        false
    })
}

/// Whether something shows icons of programs that have no window. These systems always do.
#[cfg(not(target_os = "linux"))]
pub(crate) fn has_tray() -> bool {
    true
}

#[cfg(target_os = "linux")]
mod linux {
    use std::time::Duration;
    use zbus::blocking::{Proxy, connection::Builder};

    /// The bus is on this computer; who does not answer by then is as good as absent.
    const PATIENCE: Duration = Duration::from_millis(500);

    /// As <https://www.freedesktop.org/wiki/Specifications/StatusNotifierItem/StatusNotifierWatcher/> names them.
    const WATCHER: &str = "org.kde.StatusNotifierWatcher";
    const PATH: &str = "/StatusNotifierWatcher";

    pub(super) fn has_tray() -> zbus::Result<bool> {
        let bus = Builder::session()?.method_timeout(PATIENCE).build()?;
        let watcher = Proxy::new(&bus, WATCHER, PATH, WATCHER)?;
        watcher.get_property("IsStatusNotifierHostRegistered")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manners(close_to_tray: bool, explained: bool) -> Manners {
        let manners = Manners::default();
        manners.0.close_to_tray.store(close_to_tray, Relaxed);
        manners.0.explained.store(explained, Relaxed);
        manners
    }

    #[test]
    fn without_the_setting_or_a_tray_closing_ends_the_program() {
        let unasked = || panic!("nobody asks for the tray when it does not matter");
        assert_eq!(manners(false, true).closing(unasked), Closing::End);
        let off = manners(true, false);
        assert_eq!(off.closing(|| false), Closing::End);
        assert_eq!(off.closing(|| true), Closing::Explain, "what was not said is not counted as said");
    }

    #[test]
    fn it_is_explained_once() {
        let manners = manners(true, false);
        assert_eq!(manners.closing(|| true), Closing::Explain);
        assert_eq!(manners.closing(|| true), Closing::Hide, "also when the page never answered");
        assert_eq!(self::manners(true, true).closing(|| true), Closing::Hide);
    }
}

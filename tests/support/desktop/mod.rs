//! A desktop that belongs to one test: its own screen, session bus, window manager, home and browser driver.
//!
//! Nothing is shared with the desktop of the person who runs the tests, and nothing stays behind: every program is
//! started in a process group of its own and ended with it.

mod bus;
mod canary;
mod menu;
mod notifications;
mod picker;
mod process;
mod screen;
mod session;
mod tray;
mod window;

pub use canary::Canary;
pub use menu::MenuItem;
pub use notifications::{Notification, Notifications};
pub use screen::Desktop;
pub use tray::Tray;
pub use window::Window;

use std::path::PathBuf;
use std::time::{Duration, Instant};

/// How long anything may take before a test gives up on it. With a cache that somebody else holds, what is asked one after
/// another waits five seconds each time, about fifteen in all, on a machine that does nothing else.
pub const PATIENCE: Duration = Duration::from_secs(40);

/// Asks again and again until the answer is something.
///
/// # Panics
/// When it still is nothing after [`PATIENCE`].
#[track_caller]
pub fn wait_for<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(start.elapsed() < PATIENCE, "waited {PATIENCE:?} in vain for {what}");
        std::thread::sleep(Duration::from_millis(40));
    }
}

/// Asks again and again until the answer is yes.
///
/// # Panics
/// When it still is no after [`PATIENCE`].
#[track_caller]
pub fn wait_until(what: &str, mut ask: impl FnMut() -> bool) {
    wait_for(what, || ask().then_some(()));
}

/// `target/e2e-screenshots`, made when it is not there.
fn screenshots() -> PathBuf {
    let program = crate::skm::folder_of_programs();
    let folder = program.parent().unwrap_or(&program).join("e2e-screenshots");
    std::fs::create_dir_all(&folder).expect("a folder for screenshots");
    folder
}

/// The running test's name as a file name.
fn test_name() -> String {
    std::thread::current().name().unwrap_or("test").replace("::", "-")
}

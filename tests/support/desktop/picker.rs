//! The native folder picker: not part of the page, so it is driven by real key presses.

use super::process::answer;
use super::{Desktop, Window, wait_for, wait_until};
use std::path::Path;
use std::time::Duration;

impl Window<'_> {
    /// Chooses `folder` in the dialog with this title, which must be opening or open.
    ///
    /// # Panics
    /// When no such dialog opens, or it does not close.
    #[track_caller]
    pub fn pick_folder(&self, title: &str, folder: &Path) {
        let desktop = self.desktop;
        let dialog = wait_for(&format!("the dialog “{title}”"), || find(desktop, title));
        desktop.screenshot("native-picker");
        keys(desktop, &["windowfocus", "--sync", &dialog, "key", "ctrl+l"]);
        std::thread::sleep(Duration::from_millis(300));
        keys(desktop, &["type", "--delay", "8", folder.to_str().expect("UTF-8")]);
        // The first Return only accepts the completion; how many are needed depends on when it appears.
        wait_until("the dialog to close", || {
            std::thread::sleep(Duration::from_millis(300));
            if find(desktop, title).is_some() {
                let _ = answer(desktop.command("xdotool").args(["key", "Return"]));
            }
            std::thread::sleep(Duration::from_millis(300));
            find(desktop, title).is_none()
        });
    }
}

fn find(desktop: &Desktop, title: &str) -> Option<String> {
    let name = format!("^{title}$");
    let found = answer(desktop.command("xdotool").args(["search", "--onlyvisible", "--name", &name]))?;
    found.lines().next().filter(|line| !line.is_empty()).map(str::to_owned)
}

#[track_caller]
fn keys(desktop: &Desktop, arguments: &[&str]) {
    let done = answer(desktop.command("xdotool").args(arguments));
    assert!(done.is_some(), "xdotool {arguments:?}");
}

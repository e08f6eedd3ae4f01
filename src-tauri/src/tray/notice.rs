//! Notifications: what came of a click, with *Undo* and *Show*.
//!
//! Nothing depends on them. Where nobody shows notifications, a result stands in Activity as always, and a failure is
//! shown by the window instead.

use super::action::Action;
use super::texts;
use crate::open::{self, Open};
use skillmeat_engine::Problem;
use tauri::{AppHandle, Runtime};

/// One notification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Notice {
    /// Its head.
    pub(super) title: String,
    /// Its text; may be empty.
    pub(super) body: String,
    /// The operation that its *Undo* undoes.
    pub(super) undo: Option<String>,
    /// What went wrong.
    pub(super) problem: Option<Problem>,
    /// What its *Show* shows.
    pub(super) show: Open,
}

impl Notice {
    /// Nothing was done, and why.
    pub(super) fn failure(problem: Problem) -> Self {
        Self {
            title: texts::FAILED.to_owned(),
            body: texts::failures(1, &problem.message),
            undo: None,
            show: Open::Problem { problem: problem.clone() },
            problem: Some(problem),
        }
    }
}

/// Shows a notification and does what a person answers to it, on a thread of its own.
pub(super) fn tell<R: Runtime>(app: &AppHandle<R>, notice: Notice) {
    let app = app.clone();
    std::thread::spawn(move || match shown(&notice) {
        Ok(answer) => answered(&app, notice, answer),
        Err(error) => {
            tracing::info!(%error, "a notification was not shown");
            if let Some(problem) = notice.problem {
                open::show(&app, Open::Problem { problem });
            }
        }
    });
}

/// What a person does with a notification.
#[cfg_attr(
    not(target_os = "linux"),
    allow(dead_code, reason = "only there it has buttons that a program hears of")
)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reply {
    Undo,
    Show,
    Nothing,
}

impl Reply {
    #[cfg(target_os = "linux")]
    fn of(key: &str) -> Self {
        match key {
            "undo" => Self::Undo,
            // Clicking the notification itself.
            "show" | "default" => Self::Show,
            _ => Self::Nothing,
        }
    }
}

fn answered<R: Runtime>(app: &AppHandle<R>, notice: Notice, reply: Reply) {
    match (reply, notice.undo) {
        (Reply::Undo, Some(operation)) => super::dispatch(app, Action::Undo { operation }),
        (Reply::Show, _) => open::show(app, notice.show),
        _ => {}
    }
}

/// Shows it and waits until it is answered or gone.
#[cfg(target_os = "linux")]
fn shown(notice: &Notice) -> Result<Reply, notify_rust::error::Error> {
    let markup = notify_rust::get_capabilities()?.iter().any(|one| one == "body-markup");
    let mut shown = notify_rust::Notification::new();
    shown.appname(texts::APP).icon(env!("CARGO_PKG_NAME")).summary(&notice.title);
    shown.body(&if markup { unmarked(&notice.body) } else { notice.body.clone() });
    if notice.undo.is_some() {
        shown.action("undo", texts::UNDO);
    }
    shown.action("default", texts::SHOW).action("show", texts::SHOW);
    let mut reply = Reply::Nothing;
    shown.show()?.wait_for_action(|key| reply = Reply::of(key));
    Ok(reply)
}

/// Elsewhere notifications have no buttons that a program hears of.
#[cfg(not(target_os = "linux"))]
fn shown(notice: &Notice) -> Result<Reply, notify_rust::error::Error> {
    notify_rust::Notification::new().appname(texts::APP).summary(&notice.title).body(&notice.body).show()?;
    Ok(Reply::Nothing)
}

/// A text that is read as markup says what it says.
#[cfg(target_os = "linux")]
fn unmarked(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_mark_up_a_notification() {
        assert_eq!(unmarked("<b>R&D</b>"), "&lt;b&gt;R&amp;D&lt;/b&gt;");
    }

    #[test]
    fn each_button_has_its_answer() {
        let replies = ["undo", "show", "default", "__closed", "x"].map(Reply::of);
        assert_eq!(replies, [Reply::Undo, Reply::Show, Reply::Show, Reply::Nothing, Reply::Nothing]);
    }
}

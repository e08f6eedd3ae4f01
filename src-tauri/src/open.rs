//! What the window is asked to show from outside of it: by arguments, a second start, a link, the tray.
//!
//! Whoever asks calls [`show`]. What is asked for waits in [`Waiting`] until the page takes it: the event
//! `open-requested` only says that something waits, so a page that loads later misses nothing, and nothing is shown
//! twice. Nothing here writes: what would, ends in a plan that a person confirms.

mod arguments;
mod link;

pub(crate) use arguments::{Start, parse};

use crate::background::Background;
use crate::ipc::Told;
use crate::window;
use serde::Serialize;
use skillmeat_engine::engine::SetRef;
use skillmeat_engine::id::ArtifactRef;
use skillmeat_engine::{Engine, Problem};
use std::sync::{Arc, Mutex, PoisonError};
use tauri::{AppHandle, Manager, Runtime, State};

/// What the window is to show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, specta::Type)]
#[serde(tag = "type", rename_all = "camelCase")]
pub(crate) enum Open {
    /// The plan of a deploy, of artifacts or of a set. Nothing is written before a person confirms it.
    Plan {
        /// The artifacts; empty when a set is meant.
        artifacts: Vec<ArtifactRef>,
        /// The set.
        set: Option<SetRef>,
        /// Folders of projects; none: what the window would offer by itself.
        projects: Vec<String>,
        /// Profile ids; none: each project's default.
        profiles: Vec<String>,
    },
    /// The page of a registered project.
    Project {
        /// Its folder.
        path: String,
    },
    /// A folder that is no project yet; offers to add it.
    Folder {
        /// Where it is: absolute.
        path: String,
    },
    /// An artifact in the list.
    #[allow(dead_code, reason = "the page can show it; nobody asks for it yet")]
    Artifact {
        /// Which one.
        artifact: ArtifactRef,
    },
    /// What needs attention, in one project or everywhere.
    Attention {
        /// The project's folder.
        project: Option<String>,
    },
    /// The Activity page.
    Activity,
    /// The list of sets.
    #[allow(dead_code, reason = "the page can show it; nobody asks for it yet")]
    Sets,
    /// The list of artifacts.
    Manage,
    /// The window is about to be hidden for the first time: says what that means, and asks.
    Closing,
    /// What was asked for cannot be shown, and why.
    Problem {
        /// Why.
        problem: Problem,
    },
}

/// Something waits to be taken.
#[derive(Debug, Clone, Copy, Serialize, specta::Type)]
pub(crate) struct OpenRequested {
    /// How many.
    pub(crate) waiting: u32,
}

/// More than these are not kept: whoever sends that many is no person.
const MOST: usize = 32;

/// What was asked for and is not taken yet, oldest first.
#[derive(Clone, Default)]
pub(crate) struct Waiting(Arc<Mutex<Vec<Open>>>);

impl Waiting {
    /// Adds requests, and tells how many wait then.
    pub(crate) fn add(&self, opens: impl IntoIterator<Item = Open>) -> usize {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for open in opens {
            if waiting.len() < MOST && !waiting.contains(&open) {
                waiting.push(open);
            }
        }
        waiting.len()
    }

    /// What waits, which stays.
    #[cfg(test)]
    pub(crate) fn peek(&self) -> Vec<Open> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn take(&self) -> Vec<Open> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Brings the window to the front, out of hiding too, and has it show something.
pub(crate) fn show<R: Runtime>(app: &AppHandle<R>, open: Open) {
    window::focus(app);
    ask(app, [open]);
}

/// A second start of the program: its window is this one, and it shows what that start was asked for.
pub(crate) fn second_start<R: Runtime>(app: &AppHandle<R>, start: Start) {
    // A start at login that finds the program running has nothing to show.
    if !start.hidden || !start.opens.is_empty() {
        window::focus(app);
    }
    ask(app, start.opens);
}

fn ask<R: Runtime>(app: &AppHandle<R>, opens: impl IntoIterator<Item = Open>) {
    let waiting = app.state::<Waiting>().add(opens);
    if waiting == 0 {
        return;
    }
    let told = Told(OpenRequested { waiting: u32::try_from(waiting).unwrap_or(u32::MAX) });
    if let Err(error) = tauri_specta::Event::emit(&told, app) {
        tracing::error!(%error, "the window was not told what to open");
    }
}

/// What the window was asked to show since this was called last, oldest first.
#[tauri::command]
#[specta::specta]
pub(crate) async fn take_open_requests(
    background: State<'_, Background>,
    waiting: State<'_, Waiting>,
) -> Result<Vec<Open>, Problem> {
    let waiting = waiting.inner().clone();
    // Taken only with an engine at hand: while there is none, the requests wait.
    let resolved = move |engine: &Engine| {
        Ok(waiting.take().into_iter().map(|open| resolve(open, |path| engine.project_at(path))).collect())
    };
    background.read("take_open_requests", resolved).await
}

/// Names folders as the library does: canonical, and as a project where they are one.
fn resolve(open: Open, find: impl Fn(&str) -> skillmeat_engine::Result<(String, bool)>) -> Open {
    match open {
        Open::Folder { path } | Open::Project { path } => match find(&path) {
            Ok((path, true)) => Open::Project { path },
            Ok((path, false)) => Open::Folder { path },
            Err(error) => Open::Problem { problem: error.to_problem() },
        },
        Open::Plan { artifacts, set, projects, profiles } => {
            // The plan itself says what is wrong with a folder.
            let canonical = |path: String| find(&path).map_or(path, |(path, _)| path);
            let projects = projects.into_iter().map(canonical).collect();
            Open::Plan { artifacts, set, projects, profiles }
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use skillmeat_engine::Error;

    fn find(path: &str) -> skillmeat_engine::Result<(String, bool)> {
        match path {
            "/link" | "/known" => Ok(("/known".to_owned(), true)),
            "/gone" => Err(Error::ProjectNotFound { path: path.into() }),
            path => Ok((path.to_owned(), false)),
        }
    }

    fn folder(path: &str) -> Open {
        Open::Folder { path: path.to_owned() }
    }

    #[test]
    fn a_folder_is_named_as_the_library_names_it() {
        assert_eq!(resolve(folder("/link"), find), Open::Project { path: "/known".to_owned() });
        assert_eq!(resolve(folder("/new"), find), folder("/new"));
        let Open::Problem { problem } = resolve(folder("/gone"), find) else { panic!("no problem") };
        assert_eq!(problem.subject.as_deref(), Some("/gone"));
    }

    #[test]
    fn a_plan_keeps_a_folder_that_is_gone_and_says_so_itself() {
        let plan = |projects: &[&str]| Open::Plan {
            artifacts: Vec::new(),
            set: None,
            projects: projects.iter().map(ToString::to_string).collect(),
            profiles: Vec::new(),
        };
        assert_eq!(resolve(plan(&["/link", "/gone", "/new"]), find), plan(&["/known", "/gone", "/new"]));
    }

    #[test]
    fn requests_wait_in_order_each_once_and_not_without_end() {
        let waiting = Waiting::default();
        assert_eq!(waiting.add([Open::Activity, folder("/a"), Open::Activity]), 2);
        assert_eq!(waiting.take(), [Open::Activity, folder("/a")]);
        assert_eq!(waiting.take(), []);
        assert_eq!(waiting.add((0..100).map(|n| folder(&format!("/{n}")))), MOST);
    }
}

//! What the tests do again and again.

use skillmeat_tests::Sandbox;
use skillmeat_tests::desktop::{Desktop, Window};
use std::path::PathBuf;

/// The title of the native folder picker.
pub(crate) const PICKER: &str = "Choose a project folder";

/// A collection and registered projects, before the window opens.
pub(crate) fn with_projects(names: &[&str]) -> Sandbox {
    let sandbox = Sandbox::new();
    let engine = sandbox.engine();
    for name in names {
        engine.add_project(&sandbox.project_text(name)).expect("a project");
    }
    drop(engine);
    sandbox
}

/// The window, with the list on screen.
pub(crate) fn open(desktop: &Desktop) -> Window<'_> {
    let window = desktop.open();
    window.wait_state("ready");
    window
}

/// Selects an artifact and waits until the inspector shows it.
pub(crate) fn select(window: &Window<'_>, artifact: &str) {
    window.click(&Window::row(artifact));
    window.wait_shown(&format!("{}[data-id=\"{artifact}\"]", Window::id("inspector")));
}

/// Asks for a deploy of what is selected into a registered project, up to the plan.
pub(crate) fn plan_into(window: &Window<'_>, project: &str) {
    window.click(&Window::id("deploy"));
    window.wait_shown(&Window::id("deploy-dialog"));
    let option = project_option(project);
    window.wait_shown(&option);
    // The only project there is, or the one whose list is shown, is chosen already.
    if window.count(&format!("{option}:checked")) == 0 {
        window.click(&option);
    }
    window.wait_shown(&format!("{}[data-project=\"{project}\"]", Window::id("plan-item")));
}

/// A registered project in the deploy dialog.
pub(crate) fn project_option(project: &str) -> String {
    format!("[data-testid=\"project-option\"][data-path=\"{project}\"]")
}

/// The row of an artifact, when it has this status.
pub(crate) fn row_with(artifact: &str, status: &str) -> String {
    format!("{}[data-status=\"{status}\"]", Window::row(artifact))
}

/// The copy of a skill in a project.
pub(crate) fn copy_of(sandbox: &Sandbox, project: &str, skill: &str) -> PathBuf {
    sandbox.project(project).join(".claude/skills").join(skill)
}

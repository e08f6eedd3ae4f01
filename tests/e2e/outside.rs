//! What others do while the window is open.

use crate::scene::{copy_of, open, row_with, select, with_projects};
use skillmeat_tests::desktop::{Desktop, Window};

#[test]
fn a_deploy_by_the_command_line_appears_in_the_open_window() {
    let sandbox = with_projects(&["api"]);
    let desktop = Desktop::start(&sandbox);
    let window = open(&desktop);
    select(&window, "skill:release-notes");
    window.click(&Window::id("inspector-tab-deployments"));
    assert!(!window.is_shown(&Window::id("deployment-row")));
    sandbox.skm(["deploy", "skill:release-notes", "--project", &sandbox.project_text("api")]).ok();
    window.wait_shown(&row_with("skill:release-notes", "synced"));
    window.wait_shown("[data-testid=\"deployment-row\"][data-status=\"synced\"]");
    sandbox.skm(["undeploy", "skill:release-notes", "--project", &sandbox.project_text("api")]).ok();
    window.wait_gone(&row_with("skill:release-notes", "synced"));
    window.wait_gone(&Window::id("deployment-row"));
}

#[test]
fn an_edited_copy_is_modified_by_itself_and_while_paused_after_a_resync() {
    let sandbox = with_projects(&["api"]);
    sandbox.skm(["deploy", "skill:code-review", "--project", &sandbox.project_text("api")]).ok();
    let desktop = Desktop::start(&sandbox);
    let window = open(&desktop);
    window.wait_shown(&row_with("skill:code-review", "synced"));
    let copy = copy_of(&sandbox, "api", "code-review");
    let guide = copy.join("references/guide.md");
    let before = std::fs::read(&guide).unwrap();
    let watching = |state: &str| format!("{}[data-state=\"{state}\"]", Window::id("watching"));
    window.wait_shown(&watching("watching"));
    std::fs::write(&guide, "# Edited in the project\n").unwrap();
    window.wait_shown(&row_with("skill:code-review", "modified"));
    window.click(&Window::id("watch-toggle"));
    window.wait_shown(&watching("paused"));
    std::fs::write(&guide, before).unwrap();
    window.click(&Window::id("resync"));
    window.wait_shown(&row_with("skill:code-review", "synced"));
    std::fs::write(&guide, "# Edited in the project\n").unwrap();
    window.click(&Window::id("watch-toggle"));
    window.wait_shown(&row_with("skill:code-review", "modified"));
    select(&window, "skill:code-review");
    window.click(&Window::id("inspector-tab-diff"));
    window.wait_text(&Window::id("inspector"), "Edited in the project");
    window.screenshot("modified");
}

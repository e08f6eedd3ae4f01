//! What a second start and a link ask the open window for.

use crate::scene::{copy_of, open, with_projects};
use skillmeat_tests::DiskSnapshot;
use skillmeat_tests::desktop::{Desktop, Window};

#[test]
fn a_second_start_shows_the_folder_that_it_was_given_in_the_first_window() {
    let sandbox = with_projects(&["api"]);
    let desktop = Desktop::start(&sandbox);
    let window = open(&desktop);
    desktop.start_again(&["api"], &sandbox.path().join("projects"));
    let page = format!("[data-testid=\"project-page\"][data-path=\"{}\"]", sandbox.project_text("api"));
    window.wait_shown(&page);
    let new = sandbox.project_text("new");
    desktop.start_again(&[&format!("file://{new}")], sandbox.path());
    window.wait_text(&Window::id("dropped-dialog"), "new");
    window.screenshot("second-start");
}

#[test]
fn a_link_opens_the_plan_and_writes_nothing_before_it_is_confirmed() {
    let sandbox = with_projects(&["api"]);
    let project = sandbox.project_text("api");
    let before = DiskSnapshot::of(&sandbox.project("api"));
    let desktop = Desktop::start(&sandbox);
    let window = open(&desktop);
    let link = format!("skillmeat://deploy?artifact=skill:code-review&project={project}");
    desktop.start_again(&[&link], sandbox.path());
    window.wait_shown("[data-testid=\"plan-item\"][data-path=\".claude/skills/code-review\"]");
    window.screenshot("deep-link");
    before.assert_same(&DiskSnapshot::of(&sandbox.project("api")));
    window.click(&Window::id("confirm"));
    window.wait_gone(&Window::id("deploy-dialog"));
    let source = DiskSnapshot::of(&sandbox.collection().join("skills/code-review"));
    source.assert_same(&DiskSnapshot::of(&copy_of(&sandbox, "api", "code-review")));
}

#[test]
fn a_link_that_asks_for_something_else_is_refused_in_words() {
    let sandbox = with_projects(&["api"]);
    let before = DiskSnapshot::of(sandbox.path().join("projects").as_path());
    let desktop = Desktop::start(&sandbox);
    let window = open(&desktop);
    desktop.start_again(&["skillmeat://undeploy?artifact=skill:code-review"], sandbox.path());
    window.wait_shown("[data-testid=\"toast\"][data-code=\"invalid-request\"]");
    before.assert_same(&DiskSnapshot::of(sandbox.path().join("projects").as_path()));
}

//! The list: everything in the collection, and less of it on demand.

use crate::scene::{open, select};
use skillmeat_tests::Sandbox;
use skillmeat_tests::desktop::{Desktop, Window, wait_until};

#[test]
fn the_list_shows_the_collection_and_the_filter_narrows_it() {
    let sandbox = Sandbox::new();
    let desktop = Desktop::start(&sandbox);
    let window = open(&desktop);
    for artifact in ["skill:code-review", "skill:release-notes", "command:changelog", "agent:pm/prd-writer"] {
        window.wait_shown(&Window::row(artifact));
    }
    let rows = Window::id("artifact-row");
    assert_eq!(window.count(&rows), 4);
    window.type_into(&Window::id("filter"), "release");
    wait_until("one row", || window.attributes(&rows, "data-id") == ["skill:release-notes"]);
    window.press("Escape");
    wait_until("all rows again", || window.count(&rows) == 4);
    window.click(&Window::id("tab-agent"));
    wait_until("the agents", || window.attributes(&rows, "data-id") == ["agent:pm/prd-writer"]);
}

#[test]
fn the_inspector_shows_the_selected_artifact() {
    let sandbox = Sandbox::new();
    let desktop = Desktop::start(&sandbox);
    let window = open(&desktop);
    select(&window, "skill:code-review");
    let inspector = Window::id("inspector");
    window.wait_text(&inspector, "Helps with code-review when someone asks for it.");
    window.click(&Window::id("inspector-tab-files"));
    window.wait_text(&inspector, "guide.md");
    window.wait_text(&inspector, "run.sh");
}

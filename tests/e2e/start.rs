//! The first thing that a person sees.

use skillmeat_tests::desktop::{Desktop, Window, wait_until};
use skillmeat_tests::{DiskSnapshot, Node, Sandbox};

#[test]
fn without_a_collection_the_first_run_page_makes_one() {
    let sandbox = Sandbox::empty();
    let desktop = Desktop::start(&sandbox);
    let window = desktop.open();
    window.wait_state("first-run");
    window.wait_shown(&Window::id("first-run"));
    window.screenshot("first-run");
    assert!(!sandbox.collection().exists(), "nothing is made unasked");
    window.click(&format!("{} {}", Window::id("first-run"), Window::id("create-collection")));
    wait_until("the collection on disk", || sandbox.collection().join("collection.toml").is_file());
    // What is put into it appears without a restart.
    skillmeat_tests::skill(&sandbox.collection(), "code-review");
    sandbox.skm(["resync"]).ok();
    window.wait_shown("[data-testid=\"step-1\"][data-done=\"true\"]");
    window.click(&Window::id("first-run-leave"));
    window.wait_state("ready");
    window.wait_shown(&Window::row("skill:code-review"));
}

#[test]
fn a_home_that_cannot_be_used_is_an_error_and_not_an_empty_list() {
    let sandbox = Sandbox::empty();
    Node::from("this is a file, not a folder").put(&sandbox.home());
    let before = DiskSnapshot::of(&sandbox.home());
    let desktop = Desktop::start(&sandbox);
    let window = desktop.open();
    window.wait_state("error");
    window.wait_shown(&Window::id("problem"));
    assert!(!window.is_shown(&Window::id("first-run")), "failure is never shown as empty");
    window.screenshot("error");
    before.assert_same(&DiskSnapshot::of(&sandbox.home()));
}

#[test]
fn a_second_start_after_quitting_shows_the_same_list() {
    let sandbox = Sandbox::new();
    let desktop = Desktop::start(&sandbox);
    let window = desktop.open();
    window.wait_state("ready");
    window.wait_shown(&Window::row("agent:pm/prd-writer"));
    window.close();
    let window = desktop.open();
    window.wait_state("ready");
    window.wait_shown(&Window::row("agent:pm/prd-writer"));
}

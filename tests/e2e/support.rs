//! A window that ends otherwise than by being closed, and what there is to say then.

use skillmeat_tests::Sandbox;
use skillmeat_tests::desktop::{Desktop, Window};

const UNCLEAN: &str = "[data-testid=\"toast\"][data-code=\"unclean-exit\"]";

#[test]
fn a_window_that_was_killed_is_spoken_of_at_the_next_start_and_only_then() {
    let sandbox = Sandbox::new();
    let desktop = Desktop::start(&sandbox);
    let window = desktop.open();
    window.wait_state("ready");
    window.wait_shown(&Window::row("skill:code-review"));
    assert!(!window.is_shown(UNCLEAN), "there was none before");
    window.end("KILL");
    let window = desktop.open();
    window.wait_text(UNCLEAN, "was not closed: it crashed, or was ended from outside");
    window.screenshot("unclean-exit");
    // At the end of a session the system ends programs by a signal: that is as good as closing.
    window.end("TERM");
    let window = desktop.open();
    window.wait_state("ready");
    window.wait_shown(&Window::row("skill:code-review"));
    assert!(!window.is_shown(UNCLEAN), "said once");
}

#[test]
fn the_diagnostics_are_shown_and_copied() {
    let sandbox = Sandbox::new();
    let desktop = Desktop::start(&sandbox);
    let window = desktop.open();
    window.wait_state("ready");
    window.script("setTimeout(() => { throw new Error('a test of the page'); }, 0);", "html");
    window.wait_text("[data-testid=\"toast\"][data-code=\"internal\"]", "a test of the page");
    window.click(&Window::id("toast-action"));
    let text = Window::id("diagnostics-text");
    window.wait_shown(&text);
    let read = window.script("return arguments[0][0].value;", &text);
    let read = read.as_str().expect("text");
    for part in ["(window)", "Session: ", "in the page: Error: a test of the page", "Home: ~/.skillmeat"] {
        assert!(read.contains(part), "no “{part}” in {read}");
    }
    assert!(!read.contains(sandbox.person().to_str().expect("UTF-8")), "{read}");
    window.screenshot("diagnostics");
    window.click(&Window::id("diagnostics-copy"));
    window.wait_text(&Window::id("diagnostics-said"), "Copied");
}

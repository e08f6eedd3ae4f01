//! How it looks and whether everybody can use it: axe in the real window, both themes, two sizes.

use crate::scene::{open, select, with_projects};
use skillmeat_tests::desktop::{Desktop, Window};

#[track_caller]
pub(crate) fn assert_accessible(window: &Window<'_>, place: &str) {
    let problems = window.accessibility_problems();
    assert!(problems.is_empty(), "{place}:\n{}", problems.join("\n"));
}

pub(crate) fn choose_theme(window: &Window<'_>, theme: &str) {
    window.click(&Window::id("nav-settings"));
    window.click(&Window::id(&format!("theme-{theme}")));
    window.wait_shown(&format!("html[data-theme=\"{theme}\"]"));
}

#[test]
fn axe_finds_nothing_in_either_theme() {
    let sandbox = with_projects(&["api", "web"]);
    for name in ["sql-style", "test-plan", "threat-model"] {
        skillmeat_tests::skill(&sandbox.collection(), name);
    }
    sandbox.skm(["deploy", "--all", "--project", &sandbox.project_text("api")]).ok();
    let desktop = Desktop::start(&sandbox);
    let window = open(&desktop);
    for theme in ["light", "dark"] {
        choose_theme(&window, theme);
        window.screenshot(&format!("settings-{theme}"));
        assert_accessible(&window, &format!("settings, {theme}"));
        window.click(&Window::id("nav-manage"));
        select(&window, "skill:code-review");
        window.screenshot(&format!("window-{theme}"));
        assert_accessible(&window, theme);
        window.click(&Window::id("deploy"));
        window.wait_shown(&Window::id("plan"));
        window.screenshot(&format!("deploy-{theme}"));
        assert_accessible(&window, &format!("deploy dialog, {theme}"));
        window.press("Escape");
        window.wait_gone(&Window::id("deploy-dialog"));
    }
}

#[test]
fn a_small_window_still_has_everything_and_remembers_its_theme_and_size() {
    let sandbox = with_projects(&["api"]);
    let desktop = Desktop::start(&sandbox);
    let window = open(&desktop);
    choose_theme(&window, "dark");
    window.click(&Window::id("nav-manage"));
    window.resize(700, 500);
    select(&window, "skill:code-review");
    window.wait_shown(&Window::id("deploy"));
    window.screenshot("window-small");
    assert_accessible(&window, "700 × 500");
    window.close();
    let window = open(&desktop);
    window.wait_shown("html[data-theme=\"dark\"]");
    assert_eq!(window.script("return [innerWidth, innerHeight];", "html"), serde_json::json!([700, 500]));
}

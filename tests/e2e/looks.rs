//! How it looks and whether everybody can use it: axe in the real window, both themes, two sizes.

use crate::scene::{open, select, with_projects};
use skillmeat_tests::desktop::{Desktop, Window};

#[test]
fn axe_finds_nothing_in_either_theme() {
    let sandbox = with_projects(&["api", "web"]);
    for name in ["sql-style", "test-plan", "threat-model"] {
        skillmeat_tests::skill(&sandbox.collection(), name);
    }
    sandbox.skm(["deploy", "--all", "--project", &sandbox.project_text("api")]).ok();
    let desktop = Desktop::start(&sandbox);
    let window = open(&desktop);
    select(&window, "skill:code-review");
    for theme in ["light", "dark"] {
        window.script(&format!("document.documentElement.dataset.theme = '{theme}'; return true;"), "html");
        window.screenshot(&format!("window-{theme}"));
        let problems = window.accessibility_problems();
        assert!(problems.is_empty(), "{theme}:\n{}", problems.join("\n"));
    }
    window.click(&Window::id("deploy"));
    window.wait_shown(&Window::id("deploy-dialog"));
    let problems = window.accessibility_problems();
    assert!(problems.is_empty(), "deploy dialog:\n{}", problems.join("\n"));
    window.press("Escape");
    window.wait_gone(&Window::id("deploy-dialog"));
    window.resize(700, 500);
    window.screenshot("window-small");
    let problems = window.accessibility_problems();
    assert!(problems.is_empty(), "700 × 500:\n{}", problems.join("\n"));
}

//! One thing is broken; the rest works.

use crate::scene::{copy_of, open, plan_into, row_with, select, with_projects};
use skillmeat_tests::desktop::{Desktop, Window, wait_until};
use skillmeat_tests::{DiskSnapshot, tree};

#[test]
fn a_manifest_that_does_not_parse_is_a_problem_of_its_project_only() {
    let sandbox = with_projects(&["api", "web"]);
    tree!(sandbox.project("web") => { ".claude/.skillmeat-deployed.toml": "[[deployed]\nthis is = not TOML\n" });
    let broken = DiskSnapshot::of(&sandbox.project("web"));
    let desktop = Desktop::start(&sandbox);
    let window = open(&desktop);
    let web = format!("[data-testid=\"sidebar-project\"][data-path=\"{}\"]", sandbox.project_text("web"));
    wait_until("a mark on the broken project", || {
        window.attributes(&web, "data-problem").iter().any(|problem| problem == "manifest-invalid")
    });
    window.click(&web);
    window.wait_shown("[data-testid=\"problem\"][data-code=\"manifest-invalid\"]");
    window.screenshot("manifest-invalid");
    let api = format!("[data-testid=\"sidebar-project\"][data-path=\"{}\"]", sandbox.project_text("api"));
    window.click(&api);
    window.wait_gone("[data-testid=\"problem\"][data-code=\"manifest-invalid\"]");
    window.click(&Window::id("nav-manage"));
    select(&window, "skill:code-review");
    plan_into(&window, &sandbox.project_text("api"));
    window.click(&Window::id("confirm"));
    window.wait_shown(&row_with("skill:code-review", "synced"));
    assert!(copy_of(&sandbox, "api", "code-review").join("SKILL.md").is_file());
    broken.assert_same(&DiskSnapshot::of(&sandbox.project("web")));
}

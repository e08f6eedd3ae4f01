//! The main job: into a project, seen in the list, and out again.

use crate::scene::{PICKER, copy_of, open, plan_into, row_with, select, with_projects};
use skillmeat_tests::desktop::{Desktop, Window, wait_until};
use skillmeat_tests::{DiskSnapshot, Sandbox};

/// Set in the page; a reload would lose it.
const MARK: &str = "window.notReloaded = true; return true;";
const MARKED: &str = "return window.notReloaded === true;";

#[test]
fn deploy_through_the_native_picker_changes_row_and_inspector_without_a_reload() {
    let sandbox = Sandbox::new();
    let project = sandbox.project("api");
    let desktop = Desktop::start(&sandbox);
    let window = open(&desktop);
    window.script(MARK, "html");
    select(&window, "skill:code-review");
    window.click(&Window::id("deploy"));
    window.wait_shown(&Window::id("deploy-dialog"));
    window.click(&Window::id("choose-folder"));
    window.pick_folder(PICKER, &project);
    window.wait_shown(
        "[data-testid=\"plan-item\"][data-path=\".claude/skills/code-review\"][data-action=\"created\"]",
    );
    window.screenshot("deploy-plan");
    window.click(&Window::id("confirm"));
    window.wait_shown(&row_with("skill:code-review", "synced"));
    window.wait_gone(&Window::id("deploy-dialog"));
    window.click(&Window::id("inspector-tab-deployments"));
    let path = project.to_str().unwrap();
    window.wait_shown(&format!(
        "[data-testid=\"deployment-row\"][data-project=\"{path}\"][data-status=\"synced\"]"
    ));
    window.wait_shown(&format!("[data-testid=\"sidebar-project\"][data-path=\"{path}\"]"));
    assert_eq!(window.script(MARKED, "html"), true, "the page was loaded again");
    let source = DiskSnapshot::of(&sandbox.collection().join("skills/code-review"));
    source.assert_same(&DiskSnapshot::of(&copy_of(&sandbox, "api", "code-review")));
    window.screenshot("deployed");
}

#[test]
fn undeploy_leaves_the_project_as_it_was() {
    let sandbox = with_projects(&["api"]);
    let project = sandbox.project_text("api");
    skillmeat_tests::tree!(sandbox.project("api") => { "src/main.rs": "fn main() {}\n", ".claude/settings.json": "{}\n" });
    let before = DiskSnapshot::of(&sandbox.project("api"));
    let desktop = Desktop::start(&sandbox);
    let window = open(&desktop);
    select(&window, "skill:code-review");
    plan_into(&window, &project);
    window.click(&Window::id("confirm"));
    window.wait_shown(&row_with("skill:code-review", "synced"));
    window.wait_gone(&Window::id("deploy-dialog"));
    assert!(copy_of(&sandbox, "api", "code-review").join("SKILL.md").is_file());
    window.click(&Window::id("undeploy"));
    window.wait_shown(&Window::id("undeploy-dialog"));
    window.wait_shown("[data-testid=\"plan-item\"][data-action=\"removed\"]");
    window.screenshot("undeploy-plan");
    window.click(&format!("{} {}", Window::id("undeploy-dialog"), Window::id("confirm")));
    window.wait_gone(&row_with("skill:code-review", "synced"));
    wait_until("the copy to go", || !copy_of(&sandbox, "api", "code-review").exists());
    let after = DiskSnapshot::of(&sandbox.project("api"));
    // The lock file is SkillMeat's own and is never deleted.
    before.assert_same(&after.without(".claude/..skillmeat-deployed.toml.skillmeat-lock"));
}

//! What already lies around comes under management: discover, import, and the page of a project.

use crate::looks::{assert_accessible, choose_theme};
use crate::scene::{copy_of, open, row_with, with_projects};
use skillmeat_tests::desktop::{Desktop, Window, wait_until};
use skillmeat_tests::{Node, Sandbox, tree};

/// A project with a skill that nobody manages, one that is like the collection's, and one that differs from it.
fn with_finds() -> Sandbox {
    let sandbox = with_projects(&["api", "web"]);
    let claude = sandbox.project("api").join(".claude");
    for name in ["invoice-check", "code-review"] {
        skillmeat_tests::skill(&claude, name);
    }
    tree!(claude.join("skills") => {
        "release-notes/SKILL.md": "---\nname: release-notes\ndescription: Ours.\n---\n# Edited for years\n",
    });
    sandbox
}

fn find(artifact: &str) -> String {
    format!("[data-testid=\"find\"][data-id=\"{artifact}\"]")
}

/// Chooses in a list of choices, as the list's own menu is not part of the page.
fn choose(window: &Window<'_>, list: &str, value: &str) {
    window.wait_shown(list);
    let change = format!(
        "arguments[0][0].value = {}; arguments[0][0].dispatchEvent(new Event('change', {{ bubbles: true }}));",
        serde_json::Value::from(value)
    );
    window.script(&change, list);
}

#[test]
fn what_lies_in_a_project_is_found_told_apart_and_imported() {
    let sandbox = with_finds();
    let desktop = Desktop::start(&sandbox);
    let window = open(&desktop);
    window.click(&Window::id("nav-discover"));
    window.wait_shown("[data-testid=\"discover\"][data-state=\"idle\"]");
    window.screenshot("discover-idle");
    choose(&window, &Window::id("discover-project"), &sandbox.project_text("api"));
    for (artifact, matched) in
        [("skill:invoice-check", "new"), ("skill:code-review", "same"), ("skill:release-notes", "differs")]
    {
        window.wait_shown(&format!("{}[data-match=\"{matched}\"]", find(artifact)));
    }
    window.screenshot("discover-light");
    choose(&window, &format!("{} select", find("skill:release-notes")), "keep-both");
    window.click(&format!("{} {}", find("skill:code-review"), Window::id("find-pick")));
    window.wait_shown(&format!("{} {}", find("skill:release-notes"), Window::id("find-named")));
    window.wait_shown(&format!("{}:enabled", Window::id("import")));
    window.click(&Window::id("import"));
    window.wait_shown(&Window::id("import-result"));
    let kept = sandbox.collection().join("skills/release-notes/SKILL.md");
    assert!(!std::fs::read_to_string(kept).unwrap().contains("Edited for years"), "it was to keep both");
    window.screenshot("discover-imported");
    choose_theme(&window, "dark");
    window.click(&Window::id("nav-discover"));
    window.resize(720, 520);
    window.wait_shown(&Window::id("discover"));
    window.screenshot("discover-small-dark");
    assert_accessible(&window, "discover, small and dark");
    window.resize(1280, 800);
    window.click(&Window::id("nav-manage"));
    window.wait_shown(&row_with("skill:invoice-check", "synced"));
    window.wait_shown(&row_with("skill:code-review", "synced"));
    let copy = copy_of(&sandbox, "api", "release-notes").join("SKILL.md");
    assert!(std::fs::read_to_string(&copy).unwrap().contains("Edited for years"), "a project keeps its copy");

    window.click(&Window::id("nav-activity"));
    window.click("[data-testid=\"operation-row\"][data-kind=\"import\"]");
    window.click(&format!("{} {}", Window::id("operation"), Window::id("undo")));
    let confirm = format!("{} {}", Window::id("undo-dialog"), Window::id("confirm"));
    if !window.is_shown(&confirm) {
        window.wait_shown("[data-testid=\"operation-row\"][data-kind=\"undo\"]");
    } else {
        window.click(&confirm);
    }
    wait_until("the import to go", || !sandbox.collection().join("skills/invoice-check").exists());
    assert!(copy.exists(), "an undone import leaves the project alone");
}

#[test]
fn a_folder_with_nothing_in_it_and_one_that_cannot_be_read_are_told_apart() {
    let sandbox = with_projects(&["empty", "gone"]);
    let desktop = Desktop::start(&sandbox);
    let window = open(&desktop);
    window.click(&Window::id("nav-discover"));
    choose(&window, &Window::id("discover-project"), &sandbox.project_text("empty"));
    window.wait_shown("[data-testid=\"discover\"][data-state=\"empty\"]");
    window.screenshot("discover-empty");
    let gone = sandbox.project_text("gone");
    std::fs::remove_dir_all(sandbox.project("gone")).unwrap();
    choose(&window, &Window::id("discover-project"), &gone);
    window.wait_shown("[data-testid=\"discover\"][data-state=\"error\"]");
    window.wait_shown("[data-testid=\"problem\"][data-code=\"project-not-found\"]");
    window.screenshot("discover-failed");
}

#[test]
fn the_page_of_a_project_shows_what_is_deployed_and_what_nobody_manages() {
    let sandbox = with_finds();
    let (folder, project) = (sandbox.project("api"), sandbox.project_text("api"));
    tree!(folder => {
        ".git/HEAD": "ref: refs/heads/main\n",
        ".git/info/exclude": "# mine\n",
        ".git/objects/info": Node::Folder,
        ".git/refs/heads": Node::Folder,
    });
    sandbox.skm(["deploy", "command:changelog", "--project", &project]).ok();
    let desktop = Desktop::start(&sandbox);
    let window = open(&desktop);
    window.click(&format!("[data-testid=\"sidebar-project\"][data-path=\"{project}\"]"));
    window.wait_shown(&Window::id("project-page"));
    window.wait_shown(
        "[data-testid=\"project-deployment\"][data-id=\"command:changelog\"][data-status=\"synced\"]",
    );
    window.wait_shown("[data-testid=\"unmanaged\"][data-id=\"skill:invoice-check\"]");
    window.screenshot("project-light");
    assert_accessible(&window, "project page, light");
    window.click(&Window::id("git-hide-files"));
    let exclude = folder.join(".git/info/exclude");
    wait_until("git to be told", || {
        std::fs::read_to_string(&exclude).unwrap().contains(".claude/commands/changelog.md")
    });
    assert!(std::fs::read_to_string(&exclude).unwrap().ends_with("# mine\n"), "what was there stays");
    std::fs::write(folder.join(".claude/commands/changelog.md"), "edited\n").unwrap();
    window.wait_shown("[data-testid=\"project-deployment\"][data-status=\"modified\"]");
    choose_theme(&window, "dark");
    window.click(&format!("[data-testid=\"sidebar-project\"][data-path=\"{project}\"]"));
    window.resize(720, 520);
    window.wait_shown("[data-testid=\"project-deployment\"][data-status=\"modified\"]");
    window.screenshot("project-small-dark");
    assert_accessible(&window, "project page, small and dark");
}

//! Taking things back: at once, later from the list of what was done, and a manifest that another program broke.

use crate::scene::{copy_of, open, plan_into, row_with, select, with_projects};
use skillmeat_tests::desktop::{Desktop, Window, wait_until};
use skillmeat_tests::{DiskSnapshot, tree};

const ROW: &str = "skill:code-review";
const MANIFEST: &str = ".claude/.skillmeat-deployed.toml";

/// Deploys the skill by the window and waits until the row says so.
#[track_caller]
fn deploy(window: &Window<'_>, project: &str) {
    select(window, ROW);
    plan_into(window, project);
    window.click(&Window::id("confirm"));
    window.wait_shown(&row_with(ROW, "synced"));
    window.wait_gone(&Window::id("deploy-dialog"));
}

#[test]
fn a_deploy_is_undone_from_its_message_and_later_from_the_activity() {
    let sandbox = with_projects(&["api"]);
    let (folder, project) = (sandbox.project("api"), sandbox.project_text("api"));
    tree!(folder => { ".claude/settings.json": "{}\n" });
    let lock = ".claude/..skillmeat-deployed.toml.skillmeat-lock";
    let before = DiskSnapshot::of(&folder);
    let desktop = Desktop::start(&sandbox);
    let window = open(&desktop);

    deploy(&window, &project);
    window.wait_shown(&Window::id("toast-undo"));
    window.screenshot("undo-message");
    window.click(&Window::id("toast-undo"));
    window.wait_gone(&row_with(ROW, "synced"));
    before.assert_same(&DiskSnapshot::of(&folder).without(lock));

    deploy(&window, &project);
    let file = copy_of(&sandbox, "api", "code-review").join("SKILL.md");
    std::fs::write(&file, "edited by hand\n").expect("an edit");
    window.click(&Window::id("nav-activity"));
    window.wait_shown("[data-testid=\"activity\"][data-state=\"ready\"]");
    assert_eq!(window.count(&Window::id("operation-row")), 3);
    window.screenshot("activity");
    window.click("[data-testid=\"operation-row\"][data-kind=\"deploy\"][data-undone=\"no\"]");
    window.wait_shown(&Window::id("operation"));
    window.click(&format!("{} {}", Window::id("operation"), Window::id("undo")));
    window.wait_shown(&Window::id("choice-overwrite"));
    assert_eq!(
        std::fs::read_to_string(&file).expect("the edit"),
        "edited by hand\n",
        "nothing without a choice"
    );
    window.screenshot("undo-conflict");
    window.click(&Window::id("choice-overwrite"));
    window.click(&format!("{} {}", Window::id("undo-dialog"), Window::id("confirm")));
    wait_until("the copy to go", || !file.exists());
    window.wait_shown("[data-testid=\"operation-row\"][data-kind=\"undo\"]");
    before.assert_same(&DiskSnapshot::of(&folder).without(lock));
    let trash = walkdir::WalkDir::new(sandbox.home().join("desktop/trash")).into_iter().flatten();
    let kept =
        trash.filter(|entry| std::fs::read(entry.path()).is_ok_and(|text| text == b"edited by hand\n"));
    assert_eq!(kept.count(), 1, "the edit is in the trash");
}

#[test]
fn a_manifest_that_another_program_broke_is_mended_in_the_window() {
    let sandbox = with_projects(&["api"]);
    let (folder, project) = (sandbox.project("api"), sandbox.project_text("api"));
    let desktop = Desktop::start(&sandbox);
    let window = open(&desktop);
    deploy(&window, &project);
    let good = std::fs::read_to_string(folder.join(MANIFEST)).expect("a manifest");
    std::fs::write(folder.join(MANIFEST), "[[deployed\n").expect("a broken manifest");
    window.click(&Window::id("resync"));
    window.wait_shown(&row_with(ROW, "unknown"));
    window.click(&Window::id("nav-settings"));
    window.wait_shown(&Window::id("settings"));
    window.click(&Window::id("check-and-repair"));
    window.wait_shown("[data-testid=\"finding\"][data-code=\"manifest-invalid\"]");
    window.screenshot("check-and-repair");
    window.click(&Window::id("repair-restore-manifest"));
    window.wait_shown(&Window::id("repaired"));
    window.wait_gone("[data-testid=\"finding\"][data-code=\"manifest-invalid\"]");
    assert_eq!(std::fs::read_to_string(folder.join(MANIFEST)).expect("a manifest"), good);
    window.screenshot("repaired");
}

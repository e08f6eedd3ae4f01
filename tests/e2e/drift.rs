//! Bringing copies up to their collection: an edit that stays, and a file that both sides changed.

use crate::scene::{copy_of, open, row_with, select, with_projects};
use skillmeat_tests::desktop::{Desktop, Window, wait_until};
use skillmeat_tests::{DiskSnapshot, Sandbox, tree};
use std::path::{Path, PathBuf};

const ROW: &str = "skill:code-review";

/// A project with a copy of the skill; the copy and its source.
fn deployed(sandbox: &Sandbox) -> (PathBuf, PathBuf) {
    sandbox.skm(["deploy", ROW, "--project", &sandbox.project_text("api")]).ok();
    (copy_of(sandbox, "api", "code-review"), sandbox.collection().join("skills/code-review"))
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).expect("a file")
}

fn append(path: &Path, line: &str) -> String {
    let text = format!("{}{line}\n", read(path));
    std::fs::write(path, &text).expect("an edit");
    text
}

/// A file of the Diff tab, when that is what is taken for it.
fn file(path: &str, take: &str) -> String {
    format!("{}[data-path=\"{path}\"][data-take=\"{take}\"]", Window::id("diff-file"))
}

#[test]
fn an_update_by_key_brings_the_new_text_and_keeps_the_edit() {
    let sandbox = with_projects(&["api"]);
    let (copy, source) = deployed(&sandbox);
    tree!(copy => { "notes.local.md": "mine\n" });
    let new = append(&source.join("SKILL.md"), "Be brief.");
    let desktop = Desktop::start(&sandbox);
    let window = open(&desktop);
    window.wait_shown(&row_with(ROW, "modified"));
    let before = DiskSnapshot::of(&sandbox.project("api"));
    let old = read(&copy.join("SKILL.md"));
    select(&window, ROW);
    window.press("u");
    window.wait_shown(&Window::id("update-dialog"));
    window.wait_text(&Window::id("kept-files"), "notes.local.md");
    window.wait_shown(&format!(
        "{}[data-path=\"SKILL.md\"][data-take=\"collection\"]",
        Window::id("update-file")
    ));
    window.screenshot("update");
    let problems = window.accessibility_problems();
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    before.assert_same(&DiskSnapshot::of(&sandbox.project("api")));
    window.click(&Window::id("confirm"));
    wait_until("the new text", || read(&copy.join("SKILL.md")) == new);
    assert_eq!(read(&copy.join("notes.local.md")), "mine\n", "the edit stays");
    window.wait_gone(&Window::id("update-dialog"));
    window.wait_text(&Window::id("toast"), "1 edited file was kept");
    window.click(&Window::id("toast-undo"));
    wait_until("the old text", || read(&copy.join("SKILL.md")) == old);
    assert_eq!(read(&copy.join("notes.local.md")), "mine\n", "the edit stays");
}

#[test]
fn a_conflict_is_merged_in_the_diff_tab() {
    let sandbox = with_projects(&["api"]);
    let (copy, source) = deployed(&sandbox);
    let old = read(&copy.join("SKILL.md"));
    append(&source.join("SKILL.md"), "Theirs.");
    append(&copy.join("SKILL.md"), "Mine.");
    let before = DiskSnapshot::of(&sandbox.project("api"));
    let desktop = Desktop::start(&sandbox);
    let window = open(&desktop);
    window.wait_shown(&row_with(ROW, "conflict"));
    select(&window, ROW);
    window.click(&Window::id("inspector-tab-diff"));
    window.wait_shown(&file("SKILL.md", "open"));
    window.screenshot("diff-conflict");
    let problems = window.accessibility_problems();
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    window.click(&Window::id("take-text"));
    window.wait_shown(&Window::id("merge-text"));
    assert_eq!(window.count(&format!("{}:disabled", Window::id("merge-use"))), 1, "a marker stands");
    window.screenshot("diff-merge");
    window.click(&Window::id("merge-both"));
    window.click(&Window::id("merge-use"));
    window.wait_shown(&file("SKILL.md", "text"));
    before.assert_same(&DiskSnapshot::of(&sandbox.project("api")));
    window.wait_shown(&format!("{}:not(:disabled)", Window::id("decide-apply")));
    window.click(&Window::id("decide-apply"));
    wait_until("the merged text", || read(&copy.join("SKILL.md")) == format!("{old}Mine.\nTheirs.\n"));
    window.wait_shown(&row_with(ROW, "modified"));
    let trash = walkdir::WalkDir::new(sandbox.home().join("desktop/trash")).into_iter().flatten();
    let mine = format!("{old}Mine.\n");
    let kept = trash.filter(|entry| std::fs::read_to_string(entry.path()).is_ok_and(|text| text == mine));
    assert_eq!(kept.count(), 1, "the edit is in the trash");
}

#[test]
fn an_edit_is_pushed_into_the_collection_and_another_project_is_outdated_then() {
    let sandbox = with_projects(&["api", "web"]);
    let (copy, source) = deployed(&sandbox);
    sandbox.skm(["deploy", ROW, "--project", &sandbox.project_text("web")]).ok();
    let old = read(&source.join("SKILL.md"));
    let mine = append(&copy.join("SKILL.md"), "Mine.");
    let desktop = Desktop::start(&sandbox);
    let window = open(&desktop);
    window.wait_shown(&row_with(ROW, "modified"));
    let before = DiskSnapshot::of(&sandbox.collection());
    select(&window, ROW);
    window.press("shift+u");
    window.wait_shown(&Window::id("push-dialog"));
    window.wait_text(&Window::id("left-behind"), "web");
    window.screenshot("push");
    let problems = window.accessibility_problems();
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    before.assert_same(&DiskSnapshot::of(&sandbox.collection()));
    window.click(&Window::id("confirm"));
    wait_until("the edit in the collection", || read(&source.join("SKILL.md")) == mine);
    window.wait_shown(&row_with(ROW, "outdated"));
    window.click(&Window::id("inspector-tab-deployments"));
    window.wait_shown("[data-testid=\"deployment-row\"][data-status=\"synced\"]");
    window.wait_shown("[data-testid=\"deployment-row\"][data-status=\"outdated\"]");
    window.screenshot("pushed");
    window.click(&Window::id("toast-undo"));
    wait_until("the collection as it was", || read(&source.join("SKILL.md")) == old);
    assert_eq!(read(&copy.join("SKILL.md")), mine, "the project keeps its edit");
}

#[test]
fn messages_leave_the_buttons_of_a_dialog_free_in_a_small_window() {
    let sandbox = with_projects(&["api"]);
    let (_, source) = deployed(&sandbox);
    append(&source.join("SKILL.md"), "Be brief.");
    let desktop = Desktop::start(&sandbox);
    let window = open(&desktop);
    window.resize(720, 520);
    window.wait_shown(&row_with(ROW, "outdated"));
    window.click(&Window::id("resync"));
    window.wait_shown(&Window::id("toast"));
    select(&window, ROW);
    window.press("u");
    window.wait_shown(&Window::id("update-dialog"));
    window.wait_shown(&format!("{}:not(:disabled)", Window::id("confirm")));
    window.wait_still();
    window.screenshot("dialog-beside-message");
    let free = window.script(
        "const [element] = arguments[0]; \
         const box = element.getBoundingClientRect(); \
         const hit = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2); \
         return element === hit || element.contains(hit);",
        &Window::id("confirm"),
    );
    assert_eq!(free, serde_json::json!(true));
}

//! What others do while the window is open.

use crate::scene::{copy_of, open, row_with, select, with_projects};
use skillmeat_tests::desktop::{Desktop, Window, wait_until};
use std::collections::BTreeMap;

#[test]
fn a_deploy_by_the_command_line_appears_in_the_open_window() {
    let sandbox = with_projects(&["api"]);
    let desktop = Desktop::start(&sandbox);
    let window = open(&desktop);
    select(&window, "skill:release-notes");
    window.click(&Window::id("inspector-tab-deployments"));
    assert!(!window.is_shown(&Window::id("deployment-row")));
    sandbox.skm(["deploy", "skill:release-notes", "--project", &sandbox.project_text("api")]).ok();
    window.wait_shown(&row_with("skill:release-notes", "synced"));
    window.wait_shown("[data-testid=\"deployment-row\"][data-status=\"synced\"]");
    sandbox.skm(["undeploy", "skill:release-notes", "--project", &sandbox.project_text("api")]).ok();
    window.wait_gone(&row_with("skill:release-notes", "synced"));
    window.wait_gone(&Window::id("deployment-row"));
}

#[test]
fn an_edited_copy_is_modified_by_itself_and_while_paused_after_a_resync() {
    let sandbox = with_projects(&["api"]);
    sandbox.skm(["deploy", "skill:code-review", "--project", &sandbox.project_text("api")]).ok();
    let desktop = Desktop::start(&sandbox);
    let window = open(&desktop);
    window.wait_shown(&row_with("skill:code-review", "synced"));
    let copy = copy_of(&sandbox, "api", "code-review");
    let guide = copy.join("references/guide.md");
    let before = std::fs::read(&guide).unwrap();
    let watching = |state: &str| format!("{}[data-state=\"{state}\"]", Window::id("watching"));
    window.wait_shown(&watching("watching"));
    std::fs::write(&guide, "# Edited in the project\n").unwrap();
    window.wait_shown(&row_with("skill:code-review", "modified"));
    window.click(&Window::id("watch-toggle"));
    window.wait_shown(&watching("paused"));
    std::fs::write(&guide, before).unwrap();
    window.click(&Window::id("resync"));
    window.wait_shown(&row_with("skill:code-review", "synced"));
    std::fs::write(&guide, "# Edited in the project\n").unwrap();
    window.click(&Window::id("watch-toggle"));
    window.wait_shown(&row_with("skill:code-review", "modified"));
    select(&window, "skill:code-review");
    window.click(&Window::id("inspector-tab-diff"));
    window.wait_text(&Window::id("inspector"), "Edited in the project");
    window.screenshot("modified");
}

/// Notes the ten longest times in which the window's main thread was not free, in milliseconds, longest first: a timer
/// that asks to be called at once is called after 4 ms at the earliest.
const BEAT: &str = "window.busy = []; let last = performance.now();\
    const beat = () => { const now = performance.now(); window.busy.push(now - last - 4); last = now;\
      window.busy.sort((a, b) => b - a); window.busy.length = Math.min(window.busy.length, 10);\
      setTimeout(beat, 0); };\
    setTimeout(beat, 0);\
    return true;";

/// What was noted since the last time.
fn busy(window: &Window<'_>) -> String {
    let noted =
        window.script("const busy = window.busy; window.busy = []; return busy.map(Math.round);", "html");
    noted.to_string()
}

/// The status of every artifact that the list shows.
fn shown(window: &Window<'_>) -> BTreeMap<String, String> {
    let rows = window.script(
        "return Object.fromEntries(arguments[0].map((row) => [row.dataset.id, row.dataset.status]));",
        &Window::id("artifact-row"),
    );
    serde_json::from_value(rows).unwrap()
}

#[test]
fn a_thousand_changes_by_another_process_end_in_what_a_resync_finds() {
    let sandbox = with_projects(&["api"]);
    let names: Vec<String> = (0..30).map(|n| format!("tool-{n:02}")).collect();
    for name in &names {
        skillmeat_tests::skill(&sandbox.collection(), name);
    }
    sandbox.skm(["deploy", "--all", "--project", &sandbox.project_text("api")]).ok();
    let desktop = Desktop::start(&sandbox);
    let window = open(&desktop);
    window.wait_shown(&row_with("skill:tool-29", "synced"));
    window.wait_shown("[data-testid=\"watching\"][data-state=\"watching\"]");
    let before = shown(&window);
    assert!(before.len() > 30 && before.values().all(|status| status == "synced"), "{before:?}");
    window.script(BEAT, "html");
    std::thread::sleep(std::time::Duration::from_secs(2));
    println!("main thread busy, at rest: {} ms", busy(&window));

    // As a checkout does it: many files in one go, most of them back to what they were.
    for round in 0..17 {
        for name in &names {
            for (file, text) in [("references/guide.md", "# Guide\n"), ("references/more.md", "# More\n")] {
                let file = copy_of(&sandbox, "api", name).join(file);
                std::fs::write(file, format!("{text}{round}\n")).unwrap();
            }
        }
    }
    for (index, name) in names.iter().enumerate() {
        let copy = copy_of(&sandbox, "api", name);
        match index % 3 {
            0 => {
                std::fs::remove_file(copy.join("references/more.md")).unwrap();
                let source = sandbox.collection().join("skills").join(name).join("references/guide.md");
                std::fs::write(copy.join("references/guide.md"), std::fs::read(source).unwrap()).unwrap();
            }
            1 => std::fs::remove_dir_all(copy).unwrap(),
            _ => {}
        }
    }
    let expected = |index: usize| ["synced", "missing", "modified"][index % 3];
    // Each question asked of the window keeps it busy too, so another process is asked first.
    wait_until("the library to be true", || {
        sandbox.skm(["status", "--json"]).json()["data"]["totals"]["missing"] == 10
    });
    std::thread::sleep(std::time::Duration::from_secs(2));
    println!("main thread busy, during the changes: {} ms", busy(&window));
    wait_until("the list to be true", || {
        let now = shown(&window);
        names.iter().enumerate().all(|(index, name)| {
            now.get(&format!("skill:{name}")).is_some_and(|status| status == expected(index))
        })
    });
    let by_itself = shown(&window);
    window.screenshot("thousand-changes");
    sandbox.skm(["resync"]).ok();
    window.click(&Window::id("resync"));
    window.wait_shown("[data-testid=\"watching\"][data-state=\"watching\"]");
    assert_eq!(shown(&window), by_itself);
    assert_eq!(sandbox.skm(["status", "--json"]).json()["data"]["totals"]["missing"], 10);
}

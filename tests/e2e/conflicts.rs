//! What stands where a copy should go: it is shown, and nothing is touched until someone has chosen.

use crate::scene::{copy_of, open, plan_into, row_with, select, with_projects};
use skillmeat_tests::desktop::{Desktop, Window};
use skillmeat_tests::{DiskSnapshot, tree};

#[test]
fn an_unmanaged_target_shows_its_choices_and_stays_until_one_is_made() {
    let sandbox = with_projects(&["api"]);
    let copy = copy_of(&sandbox, "api", "code-review");
    tree!(copy => { "SKILL.md": "---\nname: code-review\n---\nSomeone's own.\n", "notes.txt": "mine\n" });
    let before = DiskSnapshot::of(&sandbox.project("api"));
    let desktop = Desktop::start(&sandbox);
    let window = open(&desktop);
    select(&window, "skill:code-review");
    plan_into(&window, &sandbox.project_text("api"));
    window.wait_shown("[data-testid=\"plan-item\"][data-path=\".claude/skills/code-review\"]");
    for choice in ["choice-skip", "choice-overwrite", "choice-keep"] {
        window.wait_shown(&Window::id(choice));
    }
    window.screenshot("unmanaged-target");
    before.assert_same(&DiskSnapshot::of(&sandbox.project("api")));
    window.click(&Window::id("choice-overwrite"));
    window.wait_shown("[data-testid=\"plan-item\"][data-action=\"updated\"], [data-testid=\"plan-item\"][data-action=\"created\"]");
    before.assert_same(&DiskSnapshot::of(&sandbox.project("api")));
    window.click(&Window::id("confirm"));
    window.wait_shown(&row_with("skill:code-review", "synced"));
    let source = DiskSnapshot::of(&sandbox.collection().join("skills/code-review"));
    source.assert_same(&DiskSnapshot::of(&copy));
    let home = DiskSnapshot::of(&sandbox.home());
    assert!(
        home.paths().iter().any(|path| path.ends_with("notes.txt")),
        "the old content is in the trash: {home:?}"
    );
}

#[test]
fn giving_up_on_a_conflict_changes_nothing() {
    let sandbox = with_projects(&["api"]);
    tree!(copy_of(&sandbox, "api", "code-review") => { "SKILL.md": "Someone's own.\n" });
    let before = DiskSnapshot::of(&sandbox.project("api"));
    let desktop = Desktop::start(&sandbox);
    let window = open(&desktop);
    select(&window, "skill:code-review");
    plan_into(&window, &sandbox.project_text("api"));
    window.wait_shown(&Window::id("choice-overwrite"));
    window.press("Escape");
    window.wait_gone(&Window::id("deploy-dialog"));
    before.assert_same(&DiskSnapshot::of(&sandbox.project("api")));
}

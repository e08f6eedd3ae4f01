//! The tray, on a real bus: what its menu says, what a click does, and what a notification answers.

use crate::scene::{copy_of, open, row_with, with_projects};
use skillmeat_tests::desktop::{Desktop, MenuItem, Window, wait_until};
use skillmeat_tests::{DiskSnapshot, Node, Sandbox, target, tree};

const INTO: &str = "Deploy into";
/// Of the manifest; it stays once it is there.
const LOCK: &str = ".claude/..skillmeat-deployed.toml.skillmeat-lock";
const REVIEW: &str = "code-review (skill)";

/// What there is to deploy into a project, by the menu.
fn offered<'m>(menu: &'m MenuItem, project: &str) -> Option<Vec<&'m str>> {
    menu.at(&[INTO, project]).map(MenuItem::labels)
}

/// Leaves the menu as text where the pictures are.
fn keep(menu: &MenuItem, name: &str) {
    let folder = target().join("e2e-screenshots");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join(format!("{name}.txt")), menu.to_string()).unwrap();
}

fn with_set(sandbox: &Sandbox) {
    sandbox.skm(["set", "create", "Backend basics"]).ok();
    sandbox.skm(["set", "add", "Backend basics", "skill:code-review", "command:changelog"]).ok();
}

/// A person who has been told what closing means, and wants it.
fn closing_to_tray(sandbox: &Sandbox) {
    let settings = sandbox.home().join("desktop/settings.toml");
    Node::from("close_to_tray = true\nclose_explained = true\n").put(&settings);
}

#[test]
fn a_click_deploys_and_its_notification_undoes() {
    let sandbox = with_projects(&["api", "web"]);
    with_set(&sandbox);
    tree!(sandbox.project("api") => { ".claude/settings.json": "{}\n" });
    let before = DiskSnapshot::of(&sandbox.project("api"));
    let desktop = Desktop::start(&sandbox);
    let (tray, notifications) = (desktop.tray(), desktop.notifications());
    let window = open(&desktop);
    tray.wait_menu("projects, artifacts and sets in the menu", |menu| {
        let both = offered(menu, "web")?.contains(&REVIEW);
        let names = offered(menu, "api")?;
        (both && names.contains(&REVIEW) && names.contains(&"Backend basics (set)")).then_some(())
    });
    keep(&tray.menu(), "tray-menu");

    tray.click(&[INTO, "api", REVIEW]);
    let told = notifications.wait("Deployed code-review into api");
    let source = DiskSnapshot::of(&sandbox.collection().join("skills/code-review"));
    source.assert_same(&DiskSnapshot::of(&copy_of(&sandbox, "api", "code-review")));
    let manifest = sandbox.project("api").join(".claude/.skillmeat-deployed.toml");
    assert!(std::fs::read_to_string(manifest).unwrap().contains("code-review"), "it is recorded");
    window.wait_shown(&row_with("skill:code-review", "synced"));

    notifications.press(&told, "Undo");
    notifications.wait("Undone");
    before.assert_same(&DiskSnapshot::of(&sandbox.project("api")).without(LOCK));
    window.wait_shown(&row_with("skill:code-review", "none"));
    Node::from(format!("{:#?}\n", notifications.shown()))
        .put(&target().join("e2e-screenshots/notifications.txt"));
}

#[test]
fn a_conflict_opens_the_window_at_the_plan_and_writes_nothing() {
    let sandbox = with_projects(&["api"]);
    tree!(copy_of(&sandbox, "api", "code-review") => { "SKILL.md": "Someone's own.\n" });
    let before = DiskSnapshot::of(&sandbox.project("api"));
    let desktop = Desktop::start(&sandbox);
    let tray = desktop.tray();
    let window = open(&desktop);
    tray.click(&[INTO, "api", REVIEW]);
    window.wait_shown(&Window::id("deploy-dialog"));
    window.wait_shown(&Window::id("choice-overwrite"));
    window.screenshot("tray-conflict");
    before.assert_same(&DiskSnapshot::of(&sandbox.project("api")));
}

#[test]
fn the_menu_follows_what_others_do() {
    let sandbox = with_projects(&["api"]);
    let desktop = Desktop::start(&sandbox);
    let tray = desktop.tray();
    let _window = open(&desktop);
    tray.wait_menu("the first project", |menu| offered(menu, "api").map(drop));
    sandbox.skm(["project", "add", &sandbox.project_text("web")]).ok();
    tray.wait_menu("the second project", |menu| offered(menu, "web").map(drop));
    sandbox.skm(["deploy", "skill:code-review", "--project", &sandbox.project_text("web")]).ok();
    tree!(copy_of(&sandbox, "web", "code-review") => { "SKILL.md": "Edited.\n" });
    tray.wait_menu("what needs attention", |menu| {
        menu.labels().contains(&"Needs attention: 1").then_some(())
    });
    assert!(tray.menu().at(&["Undo: deploy of code-review into web"]).is_some(), "{}", tray.menu());
}

#[test]
fn a_window_closed_to_the_tray_comes_back_with_what_the_tray_did() {
    let sandbox = with_projects(&["api"]);
    closing_to_tray(&sandbox);
    let desktop = Desktop::start(&sandbox);
    let tray = desktop.tray();
    let window = open(&desktop);
    tray.wait_menu("the project", |menu| offered(menu, "api").map(drop));
    window.close_to_tray();
    tray.click(&[INTO, "api", REVIEW]);
    let copy = copy_of(&sandbox, "api", "code-review").join("SKILL.md");
    wait_until("the copy on disk", || copy.is_file());
    assert!(!window.is_on_screen(), "what went well asks for no window");
    tray.click(&["Open SkillMeat"]);
    window.wait_on_screen();
    window.wait_shown(&row_with("skill:code-review", "synced"));
    tray.click(&["Quit"]);
    desktop.wait_until_quit();
}

#[test]
fn without_a_tray_and_notifications_it_starts_works_and_ends() {
    let sandbox = with_projects(&["api"]);
    closing_to_tray(&sandbox);
    let desktop = Desktop::start(&sandbox);
    let window = open(&desktop);
    sandbox.skm(["deploy", "skill:code-review", "--project", &sandbox.project_text("api")]).ok();
    window.wait_shown(&row_with("skill:code-review", "synced"));
    // Nothing could bring a hidden window back, so closing ends it.
    window.close();
}

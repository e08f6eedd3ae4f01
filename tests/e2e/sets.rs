//! A set that is built, deployed into two projects, tried again where that failed, and undone, all in the window.

use crate::scene::{copy_of, open, project_option, select, with_projects};
use skillmeat_tests::desktop::{Desktop, Window, wait_until};
use skillmeat_tests::{DiskSnapshot, Sandbox, tree};

const LOCK: &str = ".claude/..skillmeat-deployed.toml.skillmeat-lock";

/// Makes a set and leaves its page open.
#[track_caller]
fn make_set(window: &Window<'_>, name: &str) {
    window.wait_shown(&Window::id("sets-page"));
    window.click(&Window::id("new-set"));
    window.type_into(&Window::id("look-name"), name);
    window.click(&within("look-dialog", "confirm"));
    window.wait_gone(&Window::id("look-dialog"));
    window.wait_text(&Window::id("set-page"), name);
}

/// Adds what is found under a name to the set whose page is open.
#[track_caller]
fn add(window: &Window<'_>, name: &str) {
    window.click(&Window::id("add-members"));
    window.type_into(&Window::id("pick-search"), name);
    wait_until("one thing of that name", || window.count(&Window::id("pick")) == 1);
    window.click(&Window::id("pick"));
    window.click(&within("add-members-dialog", "confirm"));
    window.wait_gone(&Window::id("add-members-dialog"));
}

fn within(around: &str, inside: &str) -> String {
    format!("{} {}", Window::id(around), Window::id(inside))
}

fn cell(row: usize, column: usize, status: &str) -> String {
    format!(
        "{}[data-row=\"{row}\"][data-column=\"{column}\"][data-status=\"{status}\"]",
        Window::id("matrix-cell")
    )
}

#[track_caller]
fn assert_accessible(window: &Window<'_>) {
    let problems = window.accessibility_problems();
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

/// Artifact and status of every record of a project, as `skm` tells them.
fn recorded(sandbox: &Sandbox, project: &str) -> Vec<String> {
    let ran = sandbox.skm(["--json", "status", "--project", &sandbox.project_text(project)]);
    let json = ran.json();
    let rows = json["data"]["deployments"].as_array().expect("deployments");
    let mut told: Vec<String> = rows
        .iter()
        .map(|row| format!("{} {}", row["artifact_id"].as_str().unwrap(), row["status"].as_str().unwrap()))
        .collect();
    told.sort();
    told
}

/// A group of one skill, a set of it and a command, and a set of that set and another skill.
#[track_caller]
fn build_the_sets(sandbox: &Sandbox, window: &Window<'_>) {
    select(window, "skill:release-notes");
    window.press("shift+g");
    window.type_into(&Window::id("group-name"), "daily");
    window.click(&within("add-to-group-dialog", "confirm"));
    window.wait_gone(&Window::id("add-to-group-dialog"));
    window.click(&Window::id("nav-sets"));
    make_set(window, "Base tools");
    add(window, "daily");
    add(window, "changelog");
    window.click(&Window::id("sets-back"));
    make_set(window, "Web team");
    add(window, "Base tools");
    add(window, "code-review");
    window.wait_text(&Window::id("set-sum"), "2 members come to 3 artifacts");
    window.screenshot("set-members");
    for (second, first) in [("code-review", "Base tools"), ("Base tools", "code-review")] {
        move_up_by_mouse(window, second, first);
    }
    let read = |file: &str| std::fs::read_to_string(sandbox.collection().join(file)).expect(file);
    let (sets, groups) = (read("deployment-sets.toml"), read("collection.toml"));
    assert!(sets.contains("Base tools") && sets.contains("Web team"), "{sets}");
    assert!(groups.contains("daily"), "{groups}");
}

/// Drags the second member by its handle before the first.
#[track_caller]
fn move_up_by_mouse(window: &Window<'_>, second: &str, first: &str) {
    let row = |at: usize| format!("{} li:nth-child({at})", Window::id("members"));
    window.wait_text(&row(1), first);
    window.wait_text(&row(2), second);
    window.drag(&format!("{} {}", row(2), Window::id("handle")), &row(1));
    window.wait_text(&row(1), second);
    window.wait_text(&row(2), first);
}

/// Shows what became of the operation that has just ended.
#[track_caller]
fn see_the_report(window: &Window<'_>) {
    let (report, toast) = (Window::id("report-dialog"), Window::id("toast-action"));
    window.wait_shown(&format!("{report}, {toast}"));
    // When it took long, the dialog went away and a message leads to the report.
    if !window.is_shown(&report) {
        window.click(&toast);
    }
    window.wait_shown(&report);
}

/// Asks for the set in both projects, answers the conflict and carries the plan out. `untouched` holds until then.
#[track_caller]
fn deploy_into_both(sandbox: &Sandbox, window: &Window<'_>, untouched: &DiskSnapshot) {
    window.click(&Window::id("deploy-set"));
    for project in ["api", "web"] {
        window.click(&project_option(&sandbox.project_text(project)));
    }
    let api = sandbox.project_text("api");
    let conflict = format!("{}[data-project=\"{api}\"][data-choice=\"stop\"]", Window::id("plan-item"));
    window.wait_shown(&conflict);
    assert_eq!(window.count(&Window::id("plan-project")), 2);
    window.screenshot("set-plan");
    assert_accessible(window);
    untouched.assert_same(&DiskSnapshot::of(&sandbox.project("api")));
    window.click(&format!("{conflict} {}", Window::id("choice-skip")));
    window.wait_text(&within("set-deploy-dialog", "confirm"), "Deploy 5 into 2 projects, skip 1");
    window.click(&within("set-deploy-dialog", "confirm"));
}

/// Deploys again what failed, from the report that is shown.
#[track_caller]
fn retry(window: &Window<'_>) {
    window.click(&Window::id("report-retry"));
    window.wait_shown(&Window::id("set-deploy-dialog"));
    window.wait_text(&within("set-deploy-dialog", "confirm"), "Deploy 1 into 1 project");
    assert_eq!(window.count(&Window::id("plan-item")), 1);
    window.click(&within("set-deploy-dialog", "confirm"));
    window.wait_gone(&Window::id("set-deploy-dialog"));
}

/// Takes back the newest deploy that still stands, from its results on the Activity page.
#[track_caller]
fn undo_from_the_activity(window: &Window<'_>) {
    let standing = "[data-testid=\"operation-row\"][data-kind=\"deploy\"][data-undone=\"no\"]";
    window.click(&Window::id("nav-activity"));
    window.wait_shown("[data-testid=\"activity\"][data-state=\"ready\"]");
    window.click(standing);
    window.click(&Window::id("show-results"));
    window.wait_shown(&Window::id("report-dialog"));
    window.click(&Window::id("report-undo"));
    window.wait_gone(standing);
}

#[test]
fn a_nested_set_is_built_deployed_retried_and_undone() {
    let sandbox = with_projects(&["api", "web"]);
    let (api, web) = (sandbox.project("api"), sandbox.project("web"));
    // Somebody's own skill stands in the way in one project, a file in the place of a folder in the other one.
    tree!(api => { ".claude/skills/code-review/SKILL.md": "Someone's own.\n" });
    tree!(web => { ".claude/settings.json": "{}\n", ".claude/commands": "not a folder\n" });
    let before = DiskSnapshot::of(&api);
    let before_web = DiskSnapshot::of(&web).without(".claude/commands");
    let desktop = Desktop::start(&sandbox);
    let window = open(&desktop);
    build_the_sets(&sandbox, &window);

    window.click(&Window::id("set-tab-projects"));
    window.wait_shown(&cell(2, 1, "none"));
    assert_eq!(window.count(&Window::id("matrix-cell")), 6);
    assert_accessible(&window);
    deploy_into_both(&sandbox, &window, &before);

    see_the_report(&window);
    let failed = format!("{}[data-outcome=\"failed\"]", Window::id("report-item"));
    assert_eq!(window.attributes(&failed, "data-id"), ["command:changelog"]);
    window.screenshot("set-results");
    assert_accessible(&window);
    window.click(&Window::id("results-skipped"));
    assert_eq!(window.attributes(&Window::id("report-item"), "data-id"), ["skill:code-review"]);
    assert_eq!(recorded(&sandbox, "api"), ["command:changelog synced", "skill:release-notes synced"]);
    assert_eq!(recorded(&sandbox, "web"), ["skill:code-review synced", "skill:release-notes synced"]);
    let own = copy_of(&sandbox, "api", "code-review").join("SKILL.md");
    assert_eq!(std::fs::read_to_string(own).expect("the skill"), "Someone's own.\n");

    let command = web.join(".claude/commands/changelog.md");
    std::fs::remove_file(web.join(".claude/commands")).expect("out of the way");
    retry(&window);
    wait_until("the command", || command.is_file());
    // Release notes and the changelog are in both, the review only where nobody had one.
    for (row, column, status) in
        [(0, 0, "synced"), (0, 1, "synced"), (1, 1, "synced"), (2, 0, "none"), (2, 1, "synced")]
    {
        window.wait_shown(&cell(row, column, status));
    }
    window.screenshot("set-matrix");
    assert_eq!(recorded(&sandbox, "web").len(), 3);

    // The newest message is the one that the key means.
    window.press("ctrl+z");
    wait_until("the retry to be undone", || !command.exists());
    window.wait_shown(&cell(1, 1, "none"));
    undo_from_the_activity(&window);
    window.screenshot("set-undone");
    before.assert_same(&DiskSnapshot::of(&api).without(LOCK));
    before_web.assert_same(&DiskSnapshot::of(&web).without(LOCK));
}

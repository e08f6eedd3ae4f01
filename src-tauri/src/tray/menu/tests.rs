use super::*;
use skillmeat_engine::Error;
use skillmeat_engine::id::{ArtifactKind, ProjectPath};
use skillmeat_engine::journal::OperationKind;
use skillmeat_engine::plan::SetTarget;
use unicode_segmentation::UnicodeSegmentation;

fn project_path(path: &str) -> ProjectPath {
    serde_json::from_value(path.into()).unwrap()
}

fn project(path: &str) -> QuickProject {
    QuickProject {
        path: project_path(path),
        name: path.rsplit('/').next().unwrap().to_owned(),
        available: true,
        attention: 0,
        kinds: vec![ArtifactKind::Skill, ArtifactKind::Command, ArtifactKind::Agent],
        profiles: Vec::new(),
    }
}

fn artifact(kind: ArtifactKind, name: &str) -> QuickItem {
    let artifact_id = format!("{kind}:{name}");
    let what = Pin::Artifact { collection: "default".to_owned(), artifact_id };
    QuickItem { what, name: name.to_owned(), kind: Some(kind) }
}

fn skill(name: &str) -> QuickItem {
    artifact(ArtifactKind::Skill, name)
}

fn set(name: &str) -> QuickItem {
    let what = Pin::Set { collection: "default".to_owned(), set_id: format!("id-{name}") };
    QuickItem { what, name: name.to_owned(), kind: None }
}

fn skills(range: std::ops::Range<u32>) -> Vec<QuickItem> {
    range.map(|n| skill(&format!("s{n}"))).collect()
}

fn menu(quick: Quick) -> Vec<Item> {
    build(&Ok(quick))
}

/// The menu as text: `▸` a submenu, `·` what can only be read.
fn text(items: &[Item]) -> Vec<String> {
    let line = |item: &Item| match item {
        Item::Action { label, .. } => label.clone(),
        Item::Note { label } => format!("· {label}"),
        Item::Submenu { label, .. } => format!("▸ {label}"),
        Item::Separator => "─".to_owned(),
    };
    items.iter().map(line).collect()
}

/// What is in the submenu that begins with `label`.
fn inside<'m>(items: &'m [Item], wanted: &str) -> &'m [Item] {
    let found = items.iter().find_map(|item| match item {
        Item::Submenu { label, items } if label.starts_with(wanted) => Some(items),
        _ => None,
    });
    found.unwrap_or_else(|| panic!("no {wanted} in {:?}", text(items)))
}

fn actions(items: &[Item]) -> Vec<Action> {
    let of = |item: &Item| match item {
        Item::Action { action, .. } => Some(action.clone()),
        _ => None,
    };
    items.iter().filter_map(of).collect()
}

fn lines(items: &[Item]) -> usize {
    items.iter().filter(|item| **item != Item::Separator).count()
}

#[test]
fn nothing_at_all_is_a_menu_that_says_so() {
    let menu = menu(Quick::default());
    assert_eq!(
        text(&menu),
        [
            "Open SkillMeat",
            "─",
            "▸ Deploy into",
            "· Deploy last again",
            "─",
            "· Nothing needs attention",
            "· Undo last",
            "· Pause watching",
            "─",
            "Quit"
        ]
    );
    assert_eq!(text(inside(&menu, "Deploy into")), ["· No projects yet", "─", "Choose project…"]);
}

#[test]
fn a_project_without_artifacts_says_so() {
    let menu = menu(Quick { projects: vec![project("/p/api")], ..Quick::default() });
    let into = inside(&menu, "Deploy into");
    assert_eq!(text(into), ["▸ api", "─", "Choose project…"]);
    assert_eq!(text(inside(into, "api")), ["· No artifacts yet"]);
}

#[test]
fn pins_come_first_then_the_latest_then_the_rest() {
    let quick = Quick {
        projects: vec![project("/p/api"), project("/p/app")],
        pinned: vec![set("Web")],
        recent: vec![skill("review"), artifact(ArtifactKind::Command, "git/commit")],
        others: vec![artifact(ArtifactKind::Agent, "writer")],
        count: 4,
        ..Quick::default()
    };
    let menu = menu(quick);
    let api = inside(inside(&menu, "Deploy into"), "api");
    assert_eq!(
        text(api),
        ["Web (set)", "─", "review (skill)", "git/commit (command)", "─", "writer (agent)"]
    );
    let into =
        |project: &str, item: QuickItem| Action::Deploy { project: project.to_owned(), what: item.what };
    assert_eq!(actions(api)[..2], [into("/p/api", set("Web")), into("/p/api", skill("review"))]);
    let app = inside(inside(&menu, "Deploy into"), "app");
    assert_eq!(actions(app)[0], into("/p/app", set("Web")));
}

#[test]
fn a_level_has_ten_lines_and_more_leads_to_the_window() {
    let quick = Quick {
        projects: (0..30).map(|n| project(&format!("/p/p{n}"))).collect(),
        pinned: skills(0..4),
        recent: skills(4..20),
        others: skills(20..40),
        count: 2500,
        ..Quick::default()
    };
    let menu = menu(quick);
    let into = inside(&menu, "Deploy into");
    assert_eq!(lines(into), MOST);
    assert_eq!(text(into)[8..], ["More…", "─", "Choose project…"]);
    let p0 = inside(into, "p0");
    assert_eq!(lines(p0), MOST);
    assert_eq!(
        text(p0)[3..],
        [
            "s3 (skill)",
            "─",
            "s4 (skill)",
            "s5 (skill)",
            "s6 (skill)",
            "s7 (skill)",
            "s8 (skill)",
            "─",
            "More…"
        ]
    );
    assert_eq!(actions(p0).last(), Some(&Action::More { project: Some("/p/p0".to_owned()) }));
    assert_eq!(actions(into)[0], Action::More { project: None });
}

#[test]
fn ten_need_no_more() {
    let quick =
        Quick { projects: vec![project("/p/api")], recent: skills(0..10), count: 10, ..Quick::default() };
    let menu = menu(quick);
    let api = inside(inside(&menu, "Deploy into"), "api");
    assert_eq!((lines(api), text(api).last().unwrap().as_str()), (10, "s9 (skill)"));
}

#[test]
fn what_no_profile_of_a_project_takes_is_not_offered() {
    let mut quick = Quick {
        projects: vec![project("/p/api")],
        recent: vec![artifact(ArtifactKind::Hook, "format"), skill("review")],
        count: 2,
        ..Quick::default()
    };
    let menu = menu(quick.clone());
    let api = inside(inside(&menu, "Deploy into"), "api");
    assert_eq!(text(api), ["review (skill)", "─", "More…"]);
    quick.projects[0].kinds.clear();
    let menu = self::menu(quick);
    assert_eq!(text(inside(inside(&menu, "Deploy into"), "api")), ["· Nothing that this project takes"]);
}

#[test]
fn the_same_name_is_told_apart() {
    let mut other = skill("review");
    other.what = Pin::Artifact { collection: "team".to_owned(), artifact_id: "skill:review".to_owned() };
    let quick = Quick {
        projects: vec![project("/work/api"), project("/home/api"), project("/api")],
        recent: vec![skill("review"), other, artifact(ArtifactKind::Agent, "review")],
        count: 3,
        ..Quick::default()
    };
    let menu = menu(quick);
    let into = inside(&menu, "Deploy into");
    assert_eq!(text(into)[..3], ["▸ api (work)", "▸ api (home)", "▸ api (/api)"]);
    let api = inside(into, "api (work)");
    assert_eq!(text(api), ["review (skill, default)", "review (skill, team)", "review (agent)"]);
}

#[test]
fn a_project_whose_folder_is_gone_can_only_be_read() {
    let mut gone = project("/p/api");
    gone.available = false;
    let menu = menu(Quick { projects: vec![gone], recent: skills(0..1), count: 1, ..Quick::default() });
    assert_eq!(text(inside(&menu, "Deploy into"))[0], "· api (folder is gone)");
}

fn target(project: &str, id: &str) -> SetTarget {
    SetTarget {
        project_path: project_path(project),
        artifact_id: id.to_owned(),
        collection: "default".to_owned(),
        profile_id: "claude_code".to_owned(),
    }
}

#[test]
fn the_last_deploy_and_the_next_undo_say_what_and_where() {
    let mut last = QuickDeploy {
        operation: "7".to_owned(),
        set: None,
        targets: vec![target("/p/api", "skill:review"), target("/p/api", "agent:pm/writer")],
        projects: vec!["api".to_owned()],
        profiles: Vec::new(),
        all_profiles: false,
    };
    let undo = QuickUndo {
        operation: "8".to_owned(),
        kind: OperationKind::Undeploy,
        artifacts: vec!["skill:review".to_owned()],
        places: vec!["api".to_owned(), "app".to_owned(), "web".to_owned()],
    };
    let quick =
        |last: &QuickDeploy| Quick { last: Some(last.clone()), undo: Some(undo.clone()), ..Quick::default() };
    let menu = menu(quick(&last));
    assert_eq!(text(&menu)[3], "Deploy again: review and 1 more into api");
    assert_eq!(text(&menu)[6], "Undo: removal of review from api and 2 more");
    let both = [Action::Again { operation: "7".to_owned() }, Action::Undo { operation: "8".to_owned() }];
    assert_eq!(actions(&menu)[1..3], both);
    last.set = Some(set("Web"));
    assert_eq!(text(&self::menu(quick(&last)))[3], "Deploy again: Web into api");
    // Two copies of one artifact are one artifact.
    last.set = None;
    last.targets = vec![target("/p/api", "skill:review"), target("/p/app", "skill:review")];
    assert_eq!(text(&self::menu(quick(&last)))[3], "Deploy again: review into api");
}

#[test]
fn each_kind_of_operation_has_its_words() {
    let words = |kind, id: &str| {
        let undo = QuickUndo {
            operation: "8".to_owned(),
            kind,
            artifacts: vec![id.to_owned()],
            places: vec!["api".to_owned()],
        };
        text(&menu(Quick { undo: Some(undo), ..Quick::default() }))[6].clone()
    };
    assert_eq!(words(OperationKind::Deploy, "skill:a"), "Undo: deploy of a into api");
    assert_eq!(words(OperationKind::Update, "skill:a"), "Undo: update of a in api");
    assert_eq!(words(OperationKind::Import, "skill:a"), "Undo: import of a");
    assert_eq!(words(OperationKind::Push, "skill:a"), "Undo: push of a");
    assert_eq!(words(OperationKind::Collect, "set:My web: all"), "Undo: change of My web: all in api");
}

#[test]
fn what_needs_attention_is_counted_and_listed() {
    let mut quick =
        Quick { projects: vec![project("/p/api"), project("/p/app"), project("/p/web")], ..Quick::default() };
    quick.projects[0].attention = 2;
    quick.projects[2].attention = 1;
    assert_eq!(count_attention(&quick), 3);
    let menu = menu(quick.clone());
    let list = inside(&menu, "Needs attention: 3");
    assert_eq!(text(list), ["api: 2", "web: 1"]);
    assert_eq!(actions(list)[1], Action::Attention { project: Some("/p/web".to_owned()) });
    quick.projects = (0..12).map(|n| QuickProject { attention: 1, ..project(&format!("/p/p{n}")) }).collect();
    let menu = self::menu(quick);
    let list = inside(&menu, "Needs attention: 12");
    assert_eq!((lines(list), actions(list).last()), (MOST, Some(&Action::Attention { project: None })));
}

#[test]
fn watching_can_be_paused_and_resumed() {
    let line = |watching| menu(Quick { watching, ..Quick::default() })[7].clone();
    let item =
        |paused, label: &str| Item::Action { action: Action::Watch { paused }, label: label.to_owned() };
    assert_eq!(line(WatchState::Watching), item(true, "Pause watching"));
    assert_eq!(line(WatchState::Polling), item(true, "Pause watching"));
    assert_eq!(line(WatchState::Paused), item(false, "Resume watching"));
    assert_eq!(line(WatchState::Off), Item::Note { label: "Pause watching".to_owned() });
}

#[test]
fn names_of_other_people_cannot_break_the_menu() {
    let long = "x".repeat(300);
    let quick = Quick {
        projects: vec![QuickProject {
            name: format!("a\u{202e}b\n{long}"),
            attention: 1,
            ..project("/p/api")
        }],
        pinned: vec![skill(&long), set("R&D _web_\u{0}")],
        count: 2,
        ..Quick::default()
    };
    let menu = menu(quick);
    let into = inside(&menu, "Deploy into");
    let api = inside(into, "a·b·x");
    assert_eq!(text(api)[1], "R&D _web_· (set)");
    for label in text(into).iter().chain(&text(api)).chain(&text(inside(&menu, "Needs"))) {
        assert!(label.graphemes(true).count() < 60, "{label}");
        assert!(!label.contains(['\n', '\u{202e}', '\u{0}']), "{label:?}");
    }
}

#[test]
fn where_nothing_is_known_the_menu_says_why() {
    let problem = Error::InvalidRequest { reason: "No home.".to_owned() }.to_problem();
    let menu = build(&Err(problem));
    assert_eq!(text(&menu), ["Open SkillMeat", "─", "· No home.", "─", "Quit"]);
}

#[test]
fn an_item_keeps_its_id_when_the_menu_is_made_anew() {
    let quick = |recent| Quick { projects: vec![project("/p/api")], recent, count: 2, ..Quick::default() };
    let ids = |recent| {
        let menu = menu(quick(recent));
        actions(inside(inside(&menu, "Deploy into"), "api")).iter().map(Action::id).collect::<Vec<_>>()
    };
    let (one, other) = (ids(vec![skill("a"), skill("b")]), ids(vec![skill("b"), skill("a")]));
    assert_eq!([&one[0], &one[1]], [&other[1], &other[0]]);
    assert_eq!(
        Action::of(&one[0]),
        Some(Action::Deploy { project: "/p/api".to_owned(), what: skill("a").what })
    );
}

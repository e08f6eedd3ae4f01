//! Groups and deployment sets: text in the collection, changed like everything else of it.

mod batch;
mod by_skm;
mod deploying;
mod file;
mod retrying;
mod stopping;
mod switch;
mod undeploying;

use skillmeat_engine::Engine;
use skillmeat_engine::engine::{SetReceipt, SetRef};
use skillmeat_engine::error::{Code, Error};
use skillmeat_engine::feed::{Change as Row, Event, Origin};
use skillmeat_engine::journal::OperationKind;
use skillmeat_engine::plan::{Action, UndoRequest};
use skillmeat_engine::sets::{Change, FILE_NAME, Look, Member, new_id};
use skillmeat_tests::{DiskSnapshot, Sandbox, tree};

/// As SkillMeat and a person left it.
const INDEX: &str = r#"# mine: the head
[collection]
name = "default"
version = "1.0.0"
theirs = 3

[[groups]] # mine: beside
name = "Frontend"
description = "What pages need"
position = 0
members = [
    "skill:css", # mine: first
    "agent:writer",
]
theirs = "kept"

[[groups]]
name = "Gone"
position = 1
members = ["skill:gone", "skill:review"]
"#;

/// As a person wrote it, in both ways to write members.
const SETS: &str = r#"# mine: above
[[sets]]
name = "Basics" # mine: no id
theirs = ["kept"]
members = [
    # mine: why this one
    { artifact = "skill:review", theirs = 1 },
    { nothing = "here" },
    { group = "Frontend" },
]

[[sets]]
id = "aaaa"
name = "Web"
color = "blue"
[[sets.members]]
set = "Basics"
# mine: in a table
[[sets.members]]
artifact = "command:notes"
theirs = 2

[mine]
kept = true
"#;

fn library(sandbox: &Sandbox) {
    let skill = |name: &str| format!("---\nname: {name}\ndescription: d\n---\n");
    tree!(sandbox.collection() => {
        "skills/review/SKILL.md": skill("review"),
        "skills/css/SKILL.md": skill("css"),
        "commands/notes.md": "---\ndescription: d\n---\n",
        "agents/pm/writer.md": "---\nname: writer\ndescription: d\n---\n",
        "collection.toml": INDEX,
    });
}

fn scene() -> Sandbox {
    let sandbox = Sandbox::new();
    library(&sandbox);
    tree!(sandbox.collection() => { "deployment-sets.toml": SETS });
    sandbox
}

fn file(sandbox: &Sandbox, name: &str) -> String {
    std::fs::read_to_string(sandbox.collection().join(name)).unwrap()
}

fn named(name: &str) -> Look {
    Look { name: Some(name.to_owned()), ..Look::default() }
}

fn create(name: &str, members: &[&str]) -> Change {
    let members = members.iter().map(|text| Member::parse(text)).collect();
    Change::CreateSet { id: new_id(), look: named(name), members }
}

fn members(set: &str, add: &[&str], remove: &[&str]) -> Change {
    let parsed = |texts: &[&str]| texts.iter().map(|text| Member::parse(text)).collect();
    Change::ChangeSetMembers { set: set.to_owned(), add: parsed(add), at: None, remove: parsed(remove) }
}

fn change(engine: &Engine, change: &Change) -> Result<SetReceipt, Error> {
    engine.change_sets(None, change, false)
}

#[track_caller]
fn refused(engine: &Engine, wanted: &Change) -> Code {
    change(engine, wanted).unwrap_err().code()
}

fn resolved(engine: &Engine, set: &str) -> Vec<String> {
    let found = engine.resolve_set(&SetRef { name: set.to_owned(), collection: None }).unwrap();
    found.artifacts.into_iter().map(|one| one.artifact_id).collect()
}

fn undo(engine: &Engine) {
    let receipt = engine.undo(&UndoRequest::default()).unwrap();
    assert_eq!(receipt.totals.failed, 0, "{receipt:?}");
}

#[test]
fn a_set_is_made_listed_resolved_changed_and_undone() {
    let sandbox = Sandbox::new();
    library(&sandbox);
    let engine = sandbox.engine();
    let before = DiskSnapshot::of(&sandbox.collection());
    let made = change(&engine, &create("Web", &["review", "group:Frontend", "skill:css"])).unwrap();
    let set = made.set.unwrap();
    assert_eq!((set.name.as_str(), set.resolved, set.missing), ("Web", 3, 0));
    assert_eq!((set.set_id.len(), set.created.clone(), set.created), (32, set.updated.clone(), set.updated));
    assert_eq!(resolved(&engine, "web"), ["skill:review", "skill:css", "agent:pm/writer"]);
    assert_eq!(
        made.results.iter().map(|one| (one.artifact_id.as_str(), one.action)).collect::<Vec<_>>(),
        [("set:Web", Action::Created)]
    );
    let rows = engine.library_snapshot().unwrap();
    assert_eq!((rows.sets.len(), rows.groups.len()), (1, 2));
    assert_eq!(rows.groups[0].used_in, [set.set_id]);
    let history = engine.history(None).unwrap().operations;
    assert_eq!((history.len(), history[0].kind, history[0].items.len()), (1, OperationKind::Collect, 1));
    assert_eq!(history[0].items[0].deployment_profile_id, "");

    let look = Look {
        description: Some("All pages".to_owned()),
        color: Some("#aabbcc".to_owned()),
        tags: Some(vec!["web".to_owned(), "web".to_owned()]),
        ..named("Pages")
    };
    let changed = change(&engine, &Change::UpdateSet { set: "Web".to_owned(), look }).unwrap().set.unwrap();
    assert_eq!((changed.name.as_str(), changed.tags.len()), ("Pages", 1));
    let cleared = Look {
        description: Some(String::new()),
        color: Some(String::new()),
        tags: Some(Vec::new()),
        ..Look::default()
    };
    let cleared = Change::UpdateSet { set: "Pages".to_owned(), look: cleared };
    let cleared = change(&engine, &cleared).unwrap().set.unwrap();
    assert_eq!((cleared.description, cleared.color, cleared.tags), (None, None, Vec::new()));
    assert!(!file(&sandbox, FILE_NAME).contains("description"), "{}", file(&sandbox, FILE_NAME));
    for _ in 0..3 {
        undo(&engine);
    }
    before.assert_same(&DiskSnapshot::of(&sandbox.collection()));
    assert_eq!(engine.library_snapshot().unwrap().sets, []);
}

#[test]
fn what_cannot_be_is_refused_and_nothing_is_written() {
    let sandbox = scene();
    let engine = sandbox.engine();
    change(&engine, &create("Top", &["set:Web"])).unwrap();
    let before = DiskSnapshot::of(&sandbox.collection());
    let long = "x".repeat(256);
    let set = |set: &str, look: Look| Change::UpdateSet { set: set.to_owned(), look };
    let color = Look { color: Some("#12".to_owned()), ..Look::default() };
    let twice = ["skill:review"; 2].map(Member::parse).to_vec();
    for (wanted, code) in [
        (create("web", &[]), Code::NameClash),
        (create(" ", &[]), Code::InvalidName),
        (create(&long, &[]), Code::InvalidName),
        (create("a\nb", &[]), Code::InvalidName),
        (create("New", &["skill:nothing"]), Code::ArtifactNotFound),
        (create("New", &["group:nothing"]), Code::GroupNotFound),
        (create("New", &["set:nothing"]), Code::SetNotFound),
        (members("nothing", &["review"], &[]), Code::SetNotFound),
        (members("Web", &[], &["skill:css"]), Code::MemberNotFound),
        (members("Web", &["set:Web"], &[]), Code::SetCycle),
        (members("Web", &["set:Top"], &[]), Code::SetCycle),
        (members("Basics", &["set:Top"], &[]), Code::SetCycle),
        (set("Top", named("WEB")), Code::NameClash),
        (set("Top", color), Code::InvalidName),
        (
            Change::OrderSet { set: "Web".to_owned(), members: vec![Member::parse("set:Basics")] },
            Code::InvalidRequest,
        ),
        (Change::OrderSet { set: "Basics".to_owned(), members: twice }, Code::InvalidRequest),
        (Change::CreateGroup { look: named("frontend"), members: Vec::new() }, Code::NameClash),
        (Change::CreateGroup { look: Look::default(), members: Vec::new() }, Code::InvalidRequest),
        (Change::DeleteGroup { group: "nothing".to_owned() }, Code::GroupNotFound),
        (Change::OrderGroups { groups: vec!["Gone".to_owned()] }, Code::InvalidRequest),
    ] {
        assert_eq!(refused(&engine, &wanted), code, "{wanted:?}");
    }
    let Err(error) = change(&engine, &members("Basics", &["set:Top"], &[])) else { panic!() };
    assert!(error.to_string().contains("Basics → Top → Web → Basics"), "{error}");
    before.assert_same(&DiskSnapshot::of(&sandbox.collection()));
    // What is in it already stays where it is, however it is named.
    let same = change(&engine, &members("Web", &["notes", "set:basics"], &[])).unwrap();
    assert_eq!(same.results.len(), 0);
    before.assert_same(&DiskSnapshot::of(&sandbox.collection()));
}

#[test]
fn deleting_takes_the_references_along_and_says_so_before() {
    let sandbox = scene();
    let engine = sandbox.engine();
    change(&engine, &create("Top", &["set:Basics", "review"])).unwrap();
    let before = DiskSnapshot::of(&sandbox.collection());
    let wanted = Change::DeleteSet { set: "basics".to_owned() };
    let plan = engine.change_sets(None, &wanted, true).unwrap();
    let told = |receipt: &SetReceipt| {
        receipt.results.iter().map(|one| (one.artifact_id.clone(), one.action)).collect::<Vec<_>>()
    };
    let want = [("set:Basics", Action::Removed), ("set:Web", Action::Updated), ("set:Top", Action::Updated)];
    assert_eq!(told(&plan), want.map(|(id, action)| (id.to_owned(), action)));
    before.assert_same(&DiskSnapshot::of(&sandbox.collection()));
    assert_eq!(told(&change(&engine, &wanted).unwrap()), told(&plan));
    assert_eq!(resolved(&engine, "Top"), ["skill:review"]);
    undo(&engine);
    before.assert_same(&DiskSnapshot::of(&sandbox.collection()));

    // A group is in one file, and what refers to it in the other: one operation.
    change(&engine, &members("Top", &["group:Frontend"], &[])).unwrap();
    let before = DiskSnapshot::of(&sandbox.collection());
    let gone = change(&engine, &Change::DeleteGroup { group: "Frontend".to_owned() }).unwrap();
    assert_eq!(told(&gone).len(), 3, "{gone:?}");
    assert_eq!(engine.history(None).unwrap().operations[0].items.len(), 3);
    assert!(!file(&sandbox, FILE_NAME).contains("Frontend"));
    undo(&engine);
    before.assert_same(&DiskSnapshot::of(&sandbox.collection()));
}

#[test]
fn copies_get_a_name_of_their_own() {
    let sandbox = scene();
    let engine = sandbox.engine();
    let copy = |set: &str| Change::CloneSet { set: set.to_owned(), id: new_id(), name: None };
    let names: Vec<String> =
        (0..3).map(|_| change(&engine, &copy("Web")).unwrap().set.unwrap().name).collect();
    assert_eq!(names, ["Web (copy)", "Web (copy 2)", "Web (copy 3)"]);
    assert_eq!(resolved(&engine, "Web (copy 2)"), resolved(&engine, "Web"));
    let long = "ü".repeat(255);
    change(&engine, &create(&long, &[])).unwrap();
    let copied = change(&engine, &copy(&long)).unwrap().set.unwrap().name;
    assert!(copied.ends_with("ü (copy)") && copied.chars().count() == 255, "{copied}");
    let group = Change::CloneGroup { group: "Frontend".to_owned(), name: None };
    let group = change(&engine, &group).unwrap().group.unwrap();
    assert_eq!((group.name.as_str(), group.position, group.members.len()), ("Frontend (copy)", 2, 2));
}

#[test]
fn groups_are_changed_and_put_into_order() {
    let sandbox = scene();
    let engine = sandbox.engine();
    let create =
        Change::CreateGroup { look: named("Texts"), members: vec!["writer".to_owned(), "notes".to_owned()] };
    let made = change(&engine, &create).unwrap().group.unwrap();
    assert_eq!((made.position, made.members[0].artifact_id.as_str()), (2, "agent:pm/writer"));
    let more = Change::ChangeGroupMembers {
        group: "Texts".to_owned(),
        add: vec!["review".to_owned(), "command:notes".to_owned()],
        at: Some(0),
        remove: vec!["writer".to_owned()],
    };
    let ids = |receipt: SetReceipt| {
        receipt.group.unwrap().members.into_iter().map(|one| one.artifact_id).collect::<Vec<_>>()
    };
    assert_eq!(ids(change(&engine, &more).unwrap()), ["skill:review", "command:notes"]);
    let order = Change::OrderGroup {
        group: "Texts".to_owned(),
        members: vec!["notes".to_owned(), "review".to_owned()],
    };
    assert_eq!(ids(change(&engine, &order).unwrap()), ["command:notes", "skill:review"]);
    let groups = ["Texts", "Gone", "Frontend"].map(str::to_owned).to_vec();
    change(&engine, &Change::OrderGroups { groups: groups.clone() }).unwrap();
    let listed: Vec<_> = engine.sets(None).unwrap().groups.into_iter().map(|one| one.name).collect();
    assert_eq!(listed, groups);
    for _ in 0..4 {
        undo(&engine);
    }
    assert_eq!(file(&sandbox, "collection.toml"), INDEX);
}

#[test]
fn rows_of_sets_are_told_and_reach_every_set_above() {
    let sandbox = scene();
    let engine = sandbox.engine();
    change(&engine, &create("Top", &["set:Web"])).unwrap();
    let events = engine.subscribe();
    let group = Change::ChangeGroupMembers {
        group: "Frontend".to_owned(),
        add: vec!["notes".to_owned()],
        at: None,
        remove: vec!["css".to_owned()],
    };
    change(&engine, &group).unwrap();
    let batch = |events: &std::sync::mpsc::Receiver<Event>| {
        events
            .try_iter()
            .filter_map(|event| if let Event::LibraryChanged(one) = event { Some(one) } else { None })
            .collect::<Vec<_>>()
    };
    let told = batch(&events);
    let [one] = told.as_slice() else { panic!("{told:?}") };
    assert_eq!(one.origin, Origin::Command);
    let group =
        one.changes.iter().any(|row| matches!(row, Row::GroupUpserted { group } if group.name == "Frontend"));
    assert!(group, "{one:?}");
    change(
        &engine,
        &Change::ChangeGroupMembers {
            group: "Frontend".to_owned(),
            add: vec!["css".to_owned()],
            at: None,
            remove: Vec::new(),
        },
    )
    .unwrap();
    let told = batch(&events);
    let sets: Vec<_> = told[0]
        .changes
        .iter()
        .filter_map(|row| match row {
            Row::SetUpserted { set } => Some((set.name.as_str(), set.resolved)),
            _ => None,
        })
        .collect();
    assert_eq!(sets, [("Basics", 4), ("Top", 4), ("Web", 4)]);
    change(&engine, &Change::DeleteSet { set: "Top".to_owned() }).unwrap();
    assert!(batch(&events)[0].changes.iter().any(|row| matches!(row, Row::SetRemoved { .. })));
    // And what a resync finds.
    tree!(sandbox.collection() => { "deployment-sets.toml": "[[sets]]\nname = \"Other\"\n" });
    engine.resync(Origin::Resync).unwrap();
    let told = batch(&events);
    let kinds = |row: &Row| match row {
        Row::SetUpserted { set } => Some(set.name.clone()),
        Row::SetRemoved { set_id, .. } => Some(format!("-{set_id}")),
        _ => None,
    };
    let mut found: Vec<_> = told[0].changes.iter().filter_map(kinds).collect();
    found.sort();
    assert_eq!(found, ["-Basics", "-aaaa", "Other"]);
}

#[test]
fn two_at_once_make_no_cycle_and_lose_nothing() {
    let sandbox = Sandbox::new();
    library(&sandbox);
    let engine = sandbox.engine();
    for name in ["a", "b"] {
        change(&engine, &create(name, &[])).unwrap();
    }
    let asked = [("a", "set:b"), ("b", "set:a")];
    let done: Vec<_> = std::thread::scope(|scope| {
        let run = |(set, member): (&'static str, &'static str)| {
            let sandbox = &sandbox;
            scope.spawn(move || change(&sandbox.engine(), &members(set, &[member], &[])).map(drop))
        };
        let threads: Vec<_> = asked.into_iter().map(run).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(done.iter().filter(|done| done.is_ok()).count(), 1, "{done:?}");
    let refusal = done.into_iter().find_map(Result::err).unwrap();
    assert_eq!(refusal.code(), Code::SetCycle);
    std::thread::scope(|scope| {
        for number in 0..6 {
            let sandbox = &sandbox;
            scope.spawn(move || {
                change(&sandbox.engine(), &create(&format!("set {number}"), &["review"])).unwrap()
            });
        }
    });
    assert_eq!(engine.sets(None).unwrap().sets.len(), 8);
}

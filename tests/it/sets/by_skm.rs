//! The whole way of a set by processes of `skm`: made, deployed, tried again, undone.

use super::library;
use serde_json::Value;
use skillmeat_tests::{DiskSnapshot, Sandbox, tree};

fn json(sandbox: &Sandbox, code: i32, arguments: &[&str]) -> Value {
    let ran = sandbox.skm([&["--json"], arguments].concat());
    assert_eq!(ran.code, code, "{arguments:?}: {ran:?}");
    ran.json()["data"].clone()
}

fn totals(data: &Value) -> [u64; 4] {
    ["succeeded", "failed", "skipped", "unchanged"].map(|key| data["totals"][key].as_u64().unwrap())
}

/// What a table or list says, by one key.
fn each<'v>(list: &'v Value, key: &str) -> Vec<&'v str> {
    list.as_array().unwrap().iter().map(|one| one[key].as_str().unwrap()).collect()
}

#[test]
fn a_set_with_a_set_and_a_group_in_it_is_deployed_tried_again_and_undone() {
    let sandbox = Sandbox::new();
    library(&sandbox);
    let [api, web] = ["api", "web"].map(|name| sandbox.project_text(name));
    json(&sandbox, 0, &["group", "create", "Pages", "--member", "css", "writer"]);
    json(&sandbox, 0, &["set", "create", "Base", "--member", "review"]);
    json(&sandbox, 0, &["set", "create", "Web", "--member", "set:Base", "group:Pages", "notes"]);
    tree!(sandbox.project("web") => { ".claude/commands/notes.md": "a command of my own" });
    let before = ["api", "web"].map(|name| DiskSnapshot::of(&sandbox.project(name)));

    let planned = json(&sandbox, 3, &["set", "deploy", "Web", "--project", &api, &web, "--dry-run"]);
    assert_eq!((totals(&planned), planned["dry_run"].as_bool()), ([7, 1, 0, 0], Some(true)));
    before[0].assert_same(&DiskSnapshot::of(&sandbox.project("api")));
    let done = json(&sandbox, 3, &["set", "deploy", "Web", "--project", &api, &web]);
    assert_eq!(totals(&done), [7, 1, 0, 0]);
    assert_eq!(each(&done["projects"], "target_project_id"), [&api, &web]);
    let results = &done["projects"][1]["results"];
    assert_eq!(
        each(results, "artifact_id"),
        ["skill:review", "skill:css", "agent:pm/writer", "command:notes"]
    );
    assert_eq!(results[3]["problem"]["code"].as_str(), Some("unmanaged-target"));
    let text = sandbox.skm(["set", "deploy", "Web", "--project", &web]);
    assert!(text.code == 3 && text.out.contains("--retry"), "{text:?}");

    let operation = done["operation"].as_str().unwrap();
    let retry = ["set", "deploy", "Web", "--retry", operation, "--on-conflict", "overwrite"];
    let again = json(&sandbox, 0, &retry);
    assert_eq!(
        (totals(&again), each(&again["projects"], "target_project_id")),
        ([1, 0, 0, 0], vec![web.as_str()])
    );
    assert_eq!(each(&again["projects"][0]["results"], "action"), ["updated"]);

    json(&sandbox, 0, &["undo", again["operation"].as_str().unwrap()]);
    json(&sandbox, 0, &["undo", operation]);
    for (name, before) in ["api", "web"].iter().zip(&before) {
        let after = DiskSnapshot::of(&sandbox.project(name));
        let left = after.without(".claude/..skillmeat-deployed.toml.skillmeat-lock").without_folders();
        before.clone().without_folders().assert_same(&left);
    }
}

#[test]
fn what_a_set_says_of_itself_is_cleared_ordered_and_found_from_what_it_holds() {
    let sandbox = Sandbox::new();
    library(&sandbox);
    json(&sandbox, 0, &["group", "create", "Pages", "--member", "css", "--color", "blue"]);
    let base = ["set", "create", "Base", "--icon", "box", "--description", "d", "--tag", "one", "two"];
    json(&sandbox, 0, &[&base[..], &["--member", "group:Pages", "review"]].concat());
    json(&sandbox, 0, &["set", "create", "Web", "--member", "set:Base", "notes"]);
    let cleared = json(&sandbox, 0, &["set", "edit", "Base", "--icon", "", "--description", "", "--no-tags"]);
    let set = &cleared["set"];
    assert!(set["icon"].is_null() && set["description"].is_null() && set["tags"] == Value::Array(Vec::new()));
    let cleared = json(&sandbox, 0, &["group", "edit", "Pages", "--color", ""]);
    assert!(cleared["group"]["color"].is_null());
    let ordered = json(&sandbox, 0, &["set", "order", "Base", "review", "group:Pages"]);
    assert_eq!(each(&ordered["set"]["members"], "name"), ["skill:review", "Pages"]);

    let used = json(&sandbox, 0, &["show", "css"])["used_in"].clone();
    assert_eq!(used["groups"], serde_json::json!(["Frontend", "Pages"]));
    assert_eq!(each(&used["sets"], "name"), ["Base", "Web"]);
    assert_eq!(used["sets"][1]["trail"], serde_json::json!(["Web", "Base", "Pages"]));
    let none = json(&sandbox, 0, &["show", "changelog"])["used_in"].clone();
    assert_eq!(none, serde_json::json!({ "groups": [], "sets": [] }));
    let text = |arguments: &[&str]| sandbox.skm(arguments).ok().out;
    assert!(text(&["show", "css"]).contains("Base → Pages"), "{}", text(&["show", "css"]));
    assert!(text(&["group", "show", "Pages"]).contains("Used in Base."));
    assert!(text(&["set", "show", "Base"]).contains("Used in Web."));
}

//! The shell without a display: commands over the mock runtime, under the real capability.

use super::*;
use crate::open::Open;
use serde_json::{Value, json};
use skillmeat_engine::Error;
use skillmeat_engine::clock::SystemClock;
use skillmeat_engine::feed::Event;
use skillmeat_engine::settings::{SetsSwitch, Settings};
use std::path::Path;
use std::sync::mpsc;
use tauri::ipc::{CallbackFn, InvokeBody};
use tauri::test::{INVOKE_KEY, MockRuntime, get_ipc_response, mock_builder};
use tauri::webview::InvokeRequest;
use tauri::{Listener, WebviewWindow};

/// The program as it starts, but for the plugins that need a desktop.
pub(crate) fn started(options: Result<Options>) -> tauri::App<MockRuntime> {
    started_with(options, open::Start::default())
}

fn started_with(options: Result<Options>, start: open::Start) -> tauri::App<MockRuntime> {
    let builder = wire(mock_builder(), options, start).plugin(tauri_plugin_dialog::init());
    let mut app = builder.build(context()).unwrap();
    // Setup runs with the first turn of the loop; the test needs no further turn.
    #[allow(deprecated)]
    app.run_iteration(|_, _| {});
    app
}

pub(crate) fn options(home: &Path) -> Options {
    let (clock, holder) = (Arc::new(SystemClock), "test".to_owned());
    Options { home: home.to_owned(), user_home: None, clock, holder, sets: SetsSwitch::Unset }
}

/// What the page hears when it invokes `command`.
fn ask(window: &WebviewWindow<MockRuntime>, command: &str, arguments: Value) -> Result<Value, Value> {
    let request = InvokeRequest {
        cmd: command.to_owned(),
        callback: CallbackFn(0),
        error: CallbackFn(1),
        url: "tauri://localhost".parse().unwrap(),
        body: InvokeBody::Json(arguments),
        headers: tauri::http::HeaderMap::default(),
        invoke_key: INVOKE_KEY.to_owned(),
    };
    get_ipc_response(window, request).map(|body| body.deserialize().unwrap())
}

fn main_window(app: &tauri::App<MockRuntime>) -> WebviewWindow<MockRuntime> {
    app.get_webview_window(window::LABEL).unwrap()
}

/// The names of the commands that the interface is generated to call.
fn bound_commands() -> Vec<String> {
    let bindings = include_str!("../../ui/src/ipc/bindings.ts");
    let mut names: Vec<String> = bindings
        .split("__TAURI_INVOKE(\"")
        .skip(1)
        .filter_map(|rest| rest.split_once('"').map(|(name, _)| name.to_owned()))
        .collect();
    names.sort();
    names
}

#[test]
fn an_empty_home_gives_an_empty_library() {
    let home = tempfile::tempdir().unwrap();
    let app = started(Ok(options(home.path())));
    let snapshot = ask(&main_window(&app), "library_snapshot", json!({})).unwrap();
    assert_eq!((&snapshot["artifacts"], &snapshot["projects"]), (&json!([]), &json!([])));
    assert!(snapshot["revision"].is_u64() && snapshot["epoch"].is_string(), "{snapshot}");
}

#[test]
fn a_refused_command_answers_a_problem() {
    let home = tempfile::tempdir().unwrap();
    let app = started(Ok(options(home.path())));
    let problem = ask(&main_window(&app), "add_project", json!({ "path": "/nowhere/at/all" })).unwrap_err();
    assert_eq!(problem["code"], "project-not-found");
    assert_eq!((&problem["severity"], &problem["remedy"]), (&json!("refusal"), &json!("choose-folder")));
}

#[test]
fn an_engine_that_cannot_open_answers_why_to_every_command() {
    let app = started(Err(Error::InvalidRequest { reason: "No home.".to_owned() }));
    let window = main_window(&app);
    for (command, arguments) in [
        ("library_snapshot", json!({})),
        ("get_settings", json!({})),
        ("deploy", json!({ "request": {} })),
        ("reveal", json!({ "place": { "type": "home" } })),
    ] {
        let problem = ask(&window, command, arguments).unwrap_err();
        assert_eq!((&problem["code"], &problem["message"]), (&json!("invalid-request"), &json!("No home.")));
    }
}

#[test]
fn what_the_program_is_started_for_waits_until_the_page_takes_it() {
    let (home, work) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let project = work.path().canonicalize().unwrap();
    let arguments = [project.as_os_str().to_owned(), "skillmeat://deploy?set=web".into()];
    let app = started_with(Ok(options(home.path())), open::parse(arguments, Path::new("/")));
    let window = main_window(&app);
    let opens = ask(&window, "take_open_requests", json!({})).unwrap();
    let plan = json!({
        "type": "plan", "artifacts": [], "set": { "name": "web", "collection": null }, "projects": [], "profiles": []
    });
    assert_eq!(opens, json!([{ "type": "folder", "path": project }, plan]));
    assert_eq!(ask(&window, "take_open_requests", json!({})).unwrap(), json!([]));
    assert_eq!(std::fs::read_dir(&project).unwrap().count(), 0, "nothing is written");
}

#[test]
fn a_second_start_hands_over_its_arguments_and_the_folder_that_they_are_meant_from() {
    let (home, work) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    std::fs::create_dir_all(work.path().join("web")).unwrap();
    let work = work.path().canonicalize().unwrap();
    let app = started(Ok(options(home.path())));
    let window = main_window(&app);
    ask(&window, "add_project", json!({ "path": work.join("web") })).unwrap();
    let (sender, heard) = mpsc::channel();
    app.listen_any("open-requested", move |event| sender.send(event.payload().to_owned()).unwrap());
    open::second_start(app.handle(), open::parse(["web".into(), "nowhere".into()], &work));
    assert_eq!(heard.try_recv().unwrap(), r#"{"waiting":2}"#);
    let opens = ask(&window, "take_open_requests", json!({})).unwrap();
    assert_eq!(opens[0], json!({ "type": "project", "path": work.join("web") }));
    assert_eq!(
        (&opens[1]["type"], &opens[1]["problem"]["code"]),
        (&json!("problem"), &json!("project-not-found"))
    );
    open::second_start(app.handle(), open::parse(["--hidden".into()], &work));
    assert!(heard.try_recv().is_err(), "nothing to show");
    open::show(app.handle(), Open::Activity);
    assert_eq!(ask(&window, "take_open_requests", json!({})).unwrap(), json!([{ "type": "activity" }]));
}

#[test]
fn a_request_waits_for_an_engine() {
    let start = open::parse(["skillmeat://deploy?set=web".into()], Path::new("/"));
    let app = started_with(Err(Error::Cancelled), start);
    assert_eq!(ask(&main_window(&app), "take_open_requests", json!({})).unwrap_err()["code"], "cancelled");
    assert_eq!(app.state::<open::Waiting>().add([]), 1);
}

#[test]
fn a_link_that_is_no_web_address_is_refused() {
    let home = tempfile::tempdir().unwrap();
    let app = started(Ok(options(home.path())));
    for address in ["file:///etc/passwd", "javascript:alert(1)", "https://a@example.org/"] {
        let problem = ask(&main_window(&app), "open_link", json!({ "address": address })).unwrap_err();
        assert_eq!((&problem["code"], &problem["severity"]), (&json!("invalid-request"), &json!("refusal")));
    }
}

#[test]
fn a_path_that_leads_astray_does_not_reach_the_engine() {
    let app = started(Err(Error::Cancelled));
    let artifact = json!({ "artifact_id": "skill:x", "collection": null });
    let arguments = json!({ "artifact": artifact, "path": "../../etc/passwd" });
    let refusal = ask(&main_window(&app), "artifact_file", arguments).unwrap_err();
    assert!(refusal.as_str().is_some_and(|text| text.contains("is refused")), "{refusal}");
}

#[test]
fn the_window_may_call_every_command_and_nothing_else() {
    let app = started(Err(Error::Cancelled));
    let window = main_window(&app);
    for command in bound_commands() {
        let answer = ask(&window, &command, json!({})).unwrap_err().to_string();
        assert!(!answer.contains("not allowed") && !answer.contains("not found"), "{command}: {answer}");
    }
    for foreign in ["plugin:event|emit", "plugin:window|close", "plugin:dialog|save", "plugin:fs|read_file"] {
        let answer = ask(&window, foreign, json!({})).unwrap_err().to_string();
        assert!(answer.contains("not allowed") || answer.contains("not found"), "{foreign}: {answer}");
    }
}

#[test]
fn each_event_reaches_the_page_under_its_name_with_its_payload() {
    let app = started(Err(Error::Cancelled));
    let problem = Error::Cancelled.to_problem();
    let settings: Settings = serde_json::from_value(json!({
        "home": "/h", "version": "1", "theme": "dark", "editor": null, "default_collection": "default",
        "keep_days": 30, "keep_mib": 2048, "deployment_sets": true, "deployment_sets_fixed": false,
        "close_to_tray": false, "close_explained": false, "start_hidden": false,
        "pins": [{ "kind": "set", "collection": "default", "set_id": "7" }]
    }))
    .unwrap();
    let changed = json!({
        "epoch": "e", "since": 1, "revision": 2, "origin": "external", "operation": null,
        "changes": [{ "type": "artifactRemoved", "collection": "c", "artifact_id": "skill:x" }]
    });
    let word = json!({ "operation": "o", "phase": "swap", "done": 1, "total": 2, "subject": null });
    let resync = json!({ "reason": "gap" });
    let raised = json!({ "problem": problem, "project": null });
    let cases = [
        ("library-changed", Event::LibraryChanged(serde_json::from_value(changed.clone()).unwrap()), changed),
        (
            "operation-progressed",
            Event::OperationProgressed(serde_json::from_value(word.clone()).unwrap()),
            word,
        ),
        ("resync-required", Event::ResyncRequired(serde_json::from_value(resync.clone()).unwrap()), resync),
        ("attention-raised", Event::AttentionRaised(serde_json::from_value(raised.clone()).unwrap()), raised),
        ("settings-changed", Event::SettingsChanged(settings.clone()), json!(settings)),
    ];
    for (name, event, want) in cases {
        let (sender, heard) = mpsc::channel();
        let listener = app.listen_any(name, move |event| sender.send(event.payload().to_owned()).unwrap());
        events::tell(app.handle(), event);
        let payload: Value = serde_json::from_str(&heard.try_recv().unwrap()).unwrap();
        assert_eq!(payload, want, "{name}");
        app.unlisten(listener);
    }
}

#[test]
fn the_permissions_granted_are_these() {
    let capability: Value = serde_json::from_str(include_str!("../capabilities/main.json")).unwrap();
    let mut want = vec!["core:event:allow-listen", "core:event:allow-unlisten", "dialog:allow-open"];
    let commands = bound_commands();
    assert!(commands.len() >= 17, "{commands:?}");
    let own: Vec<String> = commands.iter().map(|name| format!("allow-{}", name.replace('_', "-"))).collect();
    want.extend(own.iter().map(String::as_str));
    let mut granted: Vec<&str> =
        capability["permissions"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
    granted.sort_unstable();
    want.sort_unstable();
    assert_eq!(granted, want);
    assert_eq!(capability["windows"], json!([window::LABEL]));
    assert_eq!(capability.get("remote"), None);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src-tauri/capabilities");
    assert_eq!(std::fs::read_dir(folder).unwrap().count(), 1, "one capability file");
}

#[test]
fn the_content_security_policy_is_this() {
    let config: Value = serde_json::from_str(include_str!("../../tauri.conf.json")).unwrap();
    let policy = json!({
        "default-src": "'self'",
        "script-src": "'self'",
        "style-src": "'self' 'unsafe-inline'",
        "connect-src": "ipc: http://ipc.localhost",
        "object-src": "'none'",
        "frame-src": "'none'",
        "base-uri": "'none'",
        "form-action": "'none'",
    });
    let security = &config["app"]["security"];
    assert_eq!(security["csp"], policy);
    assert_eq!(security["dangerousDisableAssetCspModification"], json!(["style-src"]));
    assert_eq!(security.as_object().unwrap().len(), 2, "no other security setting");
    assert_eq!(config["build"].get("devUrl"), None);
    let app = config["app"].as_object().unwrap();
    assert_eq!(
        app.keys().collect::<Vec<_>>(),
        ["security", "windows"],
        "no global of the framework in the page"
    );
    let [window] = app["windows"].as_array().unwrap().as_slice() else { panic!("one window") };
    let known = ["create", "height", "label", "minHeight", "minWidth", "title", "width"];
    assert_eq!(
        window.as_object().unwrap().keys().collect::<Vec<_>>(),
        known,
        "no developer tools, no other page"
    );
    assert_eq!(config.get("plugins"), None);
}

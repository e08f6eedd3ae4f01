//! `skm` as people and programs call it.

mod readme;

use skillmeat_tests::{DiskSnapshot, Sandbox};
use std::process::Stdio;

fn project(sandbox: &Sandbox) -> String {
    sandbox.project_text("app")
}

/// Runs `skm --json` and gives exit status and answer; nothing but the answer may be printed.
#[track_caller]
fn json(sandbox: &Sandbox, arguments: &[&str]) -> (i32, serde_json::Value) {
    let ran = sandbox.skm(arguments.iter().chain(&["--json"]));
    assert_eq!(ran.err, "", "{ran:?}");
    assert_eq!(ran.out.lines().count(), 1, "{ran:?}");
    let answer = ran.json();
    let keys: Vec<&str> = answer.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(keys, ["data", "ok", "problems"]);
    assert_eq!(answer["ok"], ran.code == 0 || ran.code == 4, "{ran:?}");
    (ran.code, answer)
}

#[track_caller]
fn codes(answer: &serde_json::Value) -> Vec<&str> {
    answer["problems"].as_array().unwrap().iter().map(|problem| problem["code"].as_str().unwrap()).collect()
}

#[test]
fn every_command_has_a_manual_page() {
    let sandbox = Sandbox::new();
    let (_, list) = json(&sandbox, &["manual", "--list"]);
    let commands: Vec<&str> =
        list["data"]["commands"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
    for wanted in ["skm", "skm deploy", "skm set add", "skm project import-database", "skm manual"] {
        assert!(commands.contains(&wanted), "{commands:?}");
    }
    assert!(!commands.iter().any(|command| command.contains(" help")), "{commands:?}");
    for command in commands {
        let words: Vec<&str> = ["manual"].into_iter().chain(command.split(' ').skip(1)).collect();
        let (code, answer) = json(&sandbox, &words);
        let name = command.replace(' ', "-");
        assert_eq!((code, answer["data"]["name"].as_str()), (0, Some(name.as_str())));
        let page = answer["data"]["page"].as_str().unwrap();
        assert!(page.contains("\n.SH NAME\n") && page.contains("\n.SH OPTIONS\n"), "{page}");
    }
    let (code, answer) = json(&sandbox, &["manual", "frobnicate"]);
    assert_eq!((code, codes(&answer)), (2, vec!["invalid-request"]));
}

#[test]
fn arguments_that_make_no_sense_exit_with_2() {
    let sandbox = Sandbox::new();
    let app = project(&sandbox);
    for arguments in [
        vec!["frobnicate"],
        vec![],
        vec!["deploy", "code-review"],
        vec!["deploy", "--project", &app],
        vec!["deploy", "code-review", "--all", "--project", &app],
        vec!["deploy", "code-review", "--project", &app, "--on-conflict", "destroy"],
        vec!["deploy", "code-review", "--project", &app, "--profile", "codex", "--all-profiles"],
        vec!["list", "-q", "-v"],
        vec!["list", "--type", "spell"],
    ] {
        let ran = sandbox.skm(&arguments);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{arguments:?}: {ran:?}");
        assert!(!ran.err.is_empty());
        let (code, answer) = json(&sandbox, &arguments);
        assert_eq!((code, codes(&answer)), (2, vec!["invalid-request"]), "{arguments:?}");
    }
    assert!(!sandbox.project("app").join(".claude").exists());
}

#[test]
fn refusals_exit_with_3_and_do_not_stop_the_others() {
    let sandbox = Sandbox::new();
    let app = project(&sandbox);
    let (code, answer) = json(&sandbox, &["deploy", "no-such", "code-review", "--project", &app]);
    assert_eq!((code, codes(&answer)), (3, vec!["artifact-not-found"]));
    assert_eq!(answer["data"]["totals"]["succeeded"], 1);
    assert!(sandbox.project("app").join(".claude/skills/code-review/SKILL.md").exists());
    for arguments in [
        vec!["show", "no-such"],
        vec!["deploy", "code-review", "--project", "/no/such/folder"],
        vec!["deploy", "code-review", "--project", "/"],
        vec!["deploy", "code-review", "--project", &app, "--profile", "no-such"],
        vec!["deploy", "code-review", "--project", &app, "--dest", "../.."],
        vec!["diff", "release-notes", "--project", &app],
        vec!["list", "--collection", "no-such"],
        vec!["collection", "create", "default"],
        vec!["collection", "link", "/no/such/folder"],
        vec!["collection", "unlink", "no-such"],
        vec!["project", "add", "/no/such/folder"],
    ] {
        let (code, answer) = json(&sandbox, &arguments);
        assert_eq!((code, codes(&answer).len()), (3, 1), "{arguments:?}: {answer}");
    }
}

#[test]
fn a_dry_run_foresees_and_writes_nothing() {
    let sandbox = Sandbox::new();
    let app = project(&sandbox);
    let unmanaged = sandbox.project("app").join(".claude/commands");
    std::fs::create_dir_all(&unmanaged).unwrap();
    std::fs::write(unmanaged.join("changelog.md"), "mine").unwrap();
    let before = DiskSnapshot::of(&sandbox.project("app"));
    let arguments = ["deploy", "code-review", "changelog", "--project", &app];
    let (foreseen_code, foreseen) = json(&sandbox, &[&arguments[..], &["--dry-run"]].concat());
    before.assert_same(&DiskSnapshot::of(&sandbox.project("app")));
    let (code, done) = json(&sandbox, &arguments);
    assert_eq!((foreseen_code, code), (3, 3));
    assert_eq!(codes(&foreseen), ["unmanaged-target"]);
    assert_eq!((&foreseen["data"]["dry_run"], &done["data"]["dry_run"]), (&true.into(), &false.into()));
    assert_eq!(foreseen["data"]["totals"], done["data"]["totals"]);
    assert_eq!(foreseen["data"]["results"], done["data"]["results"]);
}

#[test]
fn each_choice_for_a_conflict_does_what_it_says() {
    for (choice, code, content, status) in [
        ("stop", 3, "mine", None),
        ("skip", 0, "mine", None),
        ("keep", 0, "mine", Some("modified")),
        ("overwrite", 0, "---", Some("synced")),
    ] {
        let sandbox = Sandbox::new();
        let app = project(&sandbox);
        let target = sandbox.project("app").join(".claude/commands/changelog.md");
        std::fs::create_dir_all(target.parent().unwrap()).unwrap();
        std::fs::write(&target, "mine").unwrap();
        let arguments = ["deploy", "changelog", "--project", &app, "--on-conflict", choice];
        let foreseen = json(&sandbox, &[&arguments[..], &["--dry-run"]].concat());
        let (ended, answer) = json(&sandbox, &arguments);
        assert_eq!((foreseen.0, ended), (code, code), "{choice}: {answer}");
        assert_eq!(foreseen.1["data"]["totals"], answer["data"]["totals"], "{choice}");
        assert!(std::fs::read_to_string(&target).unwrap().starts_with(content), "{choice}");
        let (_, answer) = json(&sandbox, &["status", "--project", &app]);
        assert_eq!(answer["data"]["deployments"][0]["status"].as_str(), status, "{choice}");
    }
}

#[test]
fn status_exits_with_4_unless_all_is_synced_and_a_refusal_beats_it() {
    let sandbox = Sandbox::new();
    let app = project(&sandbox);
    assert_eq!(json(&sandbox, &["deploy", "--all", "--project", &app]).0, 0);
    assert_eq!(json(&sandbox, &["status"]).0, 0);
    std::fs::write(sandbox.collection().join("commands/changelog.md"), "new").unwrap();
    let (code, answer) = json(&sandbox, &["status"]);
    assert_eq!((code, &answer["data"]["totals"]["outdated"]), (4, &1.into()));
    assert_eq!(json(&sandbox, &["status", "--project", &app, "/no/such/folder"]).0, 3);
}

#[test]
fn reading_commands_leave_a_folder_unregistered() {
    let sandbox = Sandbox::new();
    let app = project(&sandbox);
    assert_eq!(json(&sandbox, &["status", "--project", &app]).0, 0);
    assert_eq!(json(&sandbox, &["diff", "code-review", "--project", &app]).0, 3);
    assert_eq!(json(&sandbox, &["deploy", "--all", "--project", &app, "--dry-run"]).0, 0);
    let (_, answer) = json(&sandbox, &["project", "list"]);
    assert_eq!(answer["data"]["projects"], serde_json::json!([]));
}

#[test]
fn list_filters_by_type_collection_tag_and_text() {
    let sandbox = Sandbox::new();
    skillmeat_tests::skill(&sandbox.home().join("collections/team"), "code-review");
    let listed = |arguments: &[&str]| -> Vec<String> {
        let (code, answer) = json(&sandbox, &[&["list"], arguments].concat());
        assert_eq!(code, 0, "{answer}");
        let rows = answer["data"]["artifacts"].as_array().unwrap().iter();
        rows.map(|row| format!("{}/{}", row["collection"], row["artifact_id"]).replace('"', "")).collect()
    };
    assert_eq!(listed(&[]).len(), 5);
    assert_eq!(listed(&["--type", "agent"]), ["default/agent:pm/prd-writer"]);
    assert_eq!(listed(&["--collection", "team"]), ["team/skill:code-review"]);
    assert_eq!(listed(&["--search", "CHANGE"]), ["default/command:changelog"]);
    assert_eq!(listed(&["--tag", "quality"]).len(), 3);
    assert_eq!(listed(&["--tag", "qual"]), [""; 0]);
}

#[test]
fn all_of_one_collection_leaves_the_others_alone() {
    let sandbox = Sandbox::new();
    skillmeat_tests::skill(&sandbox.home().join("collections/team"), "onboarding");
    let app = project(&sandbox);
    let names = |answer: &serde_json::Value| -> Vec<String> {
        let results = answer["data"]["results"].as_array().unwrap().iter();
        results.map(|result| result["artifact_id"].as_str().unwrap().to_owned()).collect()
    };
    let (code, answer) = json(&sandbox, &["deploy", "--all", "--collection", "team", "--project", &app]);
    assert_eq!((code, names(&answer)), (0, vec!["skill:onboarding".to_owned()]));
    assert_eq!(json(&sandbox, &["deploy", "code-review", "--project", &app]).0, 0);
    let (code, answer) = json(&sandbox, &["undeploy", "--all", "--collection", "team", "--project", &app]);
    assert_eq!((code, names(&answer)), (0, vec!["skill:onboarding".to_owned()]));
}

#[test]
fn collections_of_a_linked_folder_are_listed_counted_and_forgotten() {
    let sandbox = Sandbox::new();
    let team = sandbox.path().join("team");
    skillmeat_tests::skill(&team, "code-review");
    skillmeat_tests::agent(&team, "pm/writer");
    let (code, answer) = json(&sandbox, &["collection", "link", team.to_str().unwrap()]);
    assert_eq!((code, &answer["data"]["collection"]["artifacts"]), (0, &2.into()), "{answer}");
    let app = project(&sandbox);
    let deploy = ["deploy", "code-review", "--collection", "team", "--project", &app];
    let (code, answer) = json(&sandbox, &deploy);
    assert_eq!((code, &answer["data"]["totals"]["succeeded"]), (0, &1.into()), "{answer}");
    let (_, answer) = json(&sandbox, &["collection", "list"]);
    let rows = answer["data"]["collections"].as_array().unwrap();
    let row = |at: usize| (rows[at]["collection"].as_str().unwrap(), rows[at]["linked"].as_bool().unwrap());
    assert_eq!((rows.len(), row(0), row(1)), (2, ("default", false), ("team", true)));
    assert_eq!(
        (&rows[1]["skills"], &rows[1]["commands"], &rows[1]["agents"]),
        (&1.into(), &0.into(), &1.into())
    );
    let (_, plan) = json(&sandbox, &["collection", "unlink", "team", "--dry-run"]);
    let (code, done) = json(&sandbox, &["collection", "unlink", "team"]);
    assert_eq!((code, &plan["data"]["deployments"]), (0, &done["data"]["deployments"]));
    assert_eq!(done["data"]["deployments"][0]["artifact_id"], "skill:code-review");
    let (code, answer) = json(&sandbox, &["status"]);
    assert_eq!((code, &answer["data"]["totals"]["orphaned"]), (4, &1.into()), "{answer}");
}

#[test]
fn the_home_folder_comes_from_flag_then_environment() {
    let (sandbox, other) = (Sandbox::new(), Sandbox::empty());
    let list = |flag: bool| {
        let mut command = sandbox.skm_command();
        let program = command.get_program().to_owned();
        if !flag {
            command = std::process::Command::new(program);
        }
        command
            .env("HOME", other.person())
            .env("SKILLMEAT_HOME", if flag { other.home() } else { sandbox.home() });
        command.args(["list", "--json"]).stdin(Stdio::null()).output().unwrap()
    };
    for flag in [true, false] {
        let output = list(flag);
        let answer: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(answer["data"]["artifacts"].as_array().unwrap().len(), 4, "{flag}");
    }
}

#[test]
fn quiet_prints_problems_only_and_no_colour_reaches_a_pipe() {
    let sandbox = Sandbox::new();
    let app = project(&sandbox);
    let ran = sandbox.skm(["deploy", "no-such", "code-review", "--project", &app, "-q"]);
    assert_eq!((ran.code, ran.out.as_str()), (3, ""));
    assert!(ran.err.starts_with("refused: "), "{ran:?}");
    let ran = sandbox.skm(["-q", "status"]);
    assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (0, "", ""));
    let mut command = sandbox.skm_command();
    let output = command.env_remove("NO_COLOR").arg("status").stdin(Stdio::null()).output().unwrap();
    assert!(!output.stdout.contains(&0x1b) && !output.stdout.is_empty());
}

#[test]
fn text_from_files_cannot_command_a_terminal() {
    let sandbox = Sandbox::new();
    let text = "---\ndescription: \"evil \\e[2J\\e]0;title\\a\"\n---\nx\n";
    std::fs::write(sandbox.collection().join("commands/changelog.md"), text).unwrap();
    for arguments in [&["list"][..], &["show", "changelog", "-v"]] {
        let ran = sandbox.skm(arguments).ok();
        assert!(ran.out.contains("evil"), "{ran:?}");
        assert!(!ran.out.contains(['\x1b', '\x07']), "{ran:?}");
    }
}

#[test]
fn a_reader_that_goes_away_is_no_fault_and_a_full_disk_is() {
    let sandbox = Sandbox::new();
    let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
    let output = sandbox.skm_command().arg("list").stdout(full).stderr(Stdio::piped()).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("No space left"));
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let output = sandbox.skm_command().arg("list").stdout(writer).output().unwrap();
    assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(0), &b""[..]));
}

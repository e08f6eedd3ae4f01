//! What artifacts say stays where artifacts are: no log, no answer about them and no record repeats it, and nothing
//! leaves the machine.

use skillmeat_tests::{Node, Sandbox, files_that_hold, tree};

/// In the text, in a file like `.env`, in a property that no list shows.
const SECRETS: [&str; 3] = ["canary-text-7Qx2", "canary-env-7Qx2", "canary-property-7Qx2"];

/// Below `SKILLMEAT_HOME`: where content is meant to be. Collections; what was replaced; what can be undone.
const CONTENT: [&str; 3] = ["collections", "desktop/trash", "desktop/objects"];

fn with_secrets() -> Sandbox {
    let sandbox = Sandbox::new();
    let [text, env, property] = SECRETS;
    tree!(sandbox.collection().join("skills") => {
        "keeper/SKILL.md": format!("---\nname: keeper\ndescription: Keeps.\napi-key: {property}\n---\n{text}\n"),
        "keeper/.env": format!("TOKEN={env}\n"),
        // Its frontmatter is no YAML, in the very line that holds the secret.
        "broken/SKILL.md": format!("---\nname: broken\ndescription: Is broken.\napi-key: \"{property}\n  x: [\n---\n{text}\n"),
        // It cannot be deployed: it has no SKILL.md.
        "special/references/notes.md": format!("{text}\n"),
    });
    sandbox
}

fn holds(text: &str) -> bool {
    SECRETS.iter().any(|secret| text.contains(secret))
}

#[test]
fn no_answer_no_record_and_no_cache_repeats_what_an_artifact_says() {
    let sandbox = with_secrets();
    let project = sandbox.project_text("api");
    let copy = sandbox.project("api").join(".claude/skills/keeper/SKILL.md");
    let edit = || Node::from(format!("edited {}\n", SECRETS[0])).put(&copy);
    let mut said = Vec::new();
    let mut run = |words: &[&str], want: i32| {
        for more in [&["--verbose"][..], &["--json"], &["--verbose", "--json"]] {
            let ran = sandbox.skm([words, more].concat());
            assert!(ran.code == want || ran.code == 0, "{words:?}: {ran:?}");
            said.push(format!("{words:?} {more:?}: {}{}", ran.out, ran.err));
        }
    };
    run(&["resync"], 0);
    run(&["list"], 0);
    run(&["deploy", "keeper", "broken", "--project", &project, "--dry-run"], 0);
    run(&["deploy", "keeper", "broken", "--project", &project], 0);
    run(&["deploy", "special", "--project", &project], 3);
    run(&["status"], 0);
    edit();
    run(&["status"], 4);
    run(&["deploy", "keeper", "--project", &project], 3);
    run(&["undeploy", "keeper", "--project", &project], 3);
    run(&["undeploy", "keeper", "--project", &project, "--discard-edits"], 3);
    Node::from(format!("[[deployed]\ntoken = \"{}\n", SECRETS[1]))
        .put(&sandbox.project("web").join(".claude/.skillmeat-deployed.toml"));
    run(&["deploy", "keeper", "--project", &sandbox.project_text("web")], 3);
    run(&["resync"], 0);
    let repeated: Vec<_> = said.iter().filter(|text| holds(text)).collect();
    assert!(repeated.is_empty(), "{repeated:#?}");
    let shown = sandbox.skm(["show", "keeper", "--verbose"]).ok();
    assert!(shown.out.contains(SECRETS[0]), "who asks to see an artifact sees it: {}", shown.out);
    assert_eq!(files_that_hold(&SECRETS, &sandbox.home(), &CONTENT), Vec::<String>::new());
    let record = ".claude/.skillmeat-deployed.toml";
    assert!(!holds(&std::fs::read_to_string(sandbox.project("api").join(record)).unwrap()));
}

/// A config file holds tokens of other programs; a mistake in just that line must not print it.
#[test]
fn a_config_that_cannot_be_read_is_not_quoted() {
    let sandbox = with_secrets();
    tree!(sandbox.home() => { "config.toml": format!("[settings]\ngithub-token = \"{}\n", SECRETS[1]) });
    for words in
        [&["list", "--verbose"][..], &["status", "--json"], &["resync", "--verbose"], &["deploy", "keeper"]]
    {
        let ran = sandbox.skm(words);
        assert!(!holds(&format!("{}{}", ran.out, ran.err)), "{words:?}: {ran:?}");
    }
    let elsewhere = files_that_hold(&SECRETS, &sandbox.home().join("desktop"), &["trash", "objects"]);
    assert_eq!(elsewhere, Vec::<String>::new());
}

/// `strace` sees every call to the system, whatever makes it.
#[cfg(target_os = "linux")]
#[test]
fn the_command_line_connects_to_nothing() {
    let sandbox = with_secrets();
    let project = sandbox.project_text("api");
    for words in [
        &["resync"][..],
        &["list"],
        &["deploy", "--all", "--project", &project],
        &["status"],
        &["undeploy", "keeper", "--project", &project],
    ] {
        let trace = sandbox.path().join("trace");
        let skm = sandbox.skm_command();
        let mut traced = std::process::Command::new("strace");
        traced.args(["-f", "-e", "trace=socket,connect,sendto,sendmsg", "-o"]).arg(&trace);
        traced.arg(skm.get_program()).args(skm.get_args()).args(words);
        traced.env("HOME", sandbox.person()).env_remove("SKILLMEAT_HOME").current_dir(sandbox.path());
        let output = traced.output().expect("strace, which `cargo xtask test` installs");
        let calls = std::fs::read_to_string(&trace).unwrap();
        assert!(calls.contains("+++ exited with"), "{words:?} was traced: {output:?}");
        let calls: Vec<_> =
            calls.lines().filter(|line| !line.contains("+++") && !line.contains("---")).collect();
        assert!(calls.iter().all(|call| call.contains("AF_UNIX")), "{words:?}: {calls:#?}");
    }
}

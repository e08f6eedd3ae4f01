//! The same as the system sees it: `skm` under strace, on a real disk.

use skillmeat_tests::{Sandbox, tree};

/// The calls of a deploy of so many files that move or flush something, in order.
fn traced(files: usize) -> Vec<String> {
    let sandbox = Sandbox::empty();
    let skill = sandbox.collection().join("skills/review");
    tree!(skill => { "SKILL.md": "---\nname: review\ndescription: Reviews.\n---\n" });
    for file in 1..files {
        std::fs::write(skill.join(format!("{file}.md")), "text").unwrap();
    }
    let project = sandbox.project_text("api");
    sandbox.skm(["project", "add", &project]).ok();
    let log = sandbox.path().join("trace");
    let skm = sandbox.skm_command();
    let output = std::process::Command::new("strace")
        .args([
            "-f",
            "-y",
            "-s",
            "300",
            "-e",
            "trace=/^(fsync|fdatasync|syncfs|rename|renameat|renameat2)$",
            "-o",
        ])
        .arg(&log)
        .arg(skm.get_program())
        .args(skm.get_args())
        .args(["deploy", "skill:review", "--project", &project])
        .output()
        .expect("strace is there (`cargo xtask test` installs it)");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let home = sandbox.home().display().to_string();
    let text = std::fs::read_to_string(&log).unwrap();
    // SQLite flushes its own files; losing them costs nothing.
    let wanted = |line: &&str| !line.contains("cache.sqlite") && line.contains('(');
    text.lines().filter(wanted).map(|line| line.replace(&project, "PROJECT").replace(&home, "HOME")).collect()
}

#[track_caller]
fn first(calls: &[String], from: usize, what: &str, is: impl Fn(&str) -> bool) -> usize {
    let found = calls[from..].iter().position(|call| is(call) && call.ends_with("= 0"));
    found.map_or_else(|| panic!("no {what} after call {from} of\n{}", calls.join("\n")), |at| from + at)
}

#[test]
fn the_system_is_asked_to_flush_move_commit_and_flush_in_this_order() {
    let calls = traced(3);
    let flush = first(&calls, 0, "flush of the file system", |call| call.contains("syncfs("));
    let is_swap = |call: &str| call.contains("renameat2(") && call.contains("RENAME_NOREPLACE");
    let swap =
        first(&calls, flush, "move of the target", |call| is_swap(call) && call.contains("\"review\""));
    let is_commit = |call: &str| call.contains("rename") && call.contains(".skillmeat-deployed.toml\"");
    let commit = first(&calls, swap, "commit of the manifest", is_commit);
    let is_flush = |call: &str| {
        call.contains("syncfs(") && call.contains("<PROJECT>")
            || call.contains("fsync(") && call.contains("<PROJECT/.claude>")
    };
    first(&calls, commit, "flush of the manifest's folder", is_flush);
    let early = calls[..flush].iter().any(|call| is_swap(call) || is_commit(call));
    assert!(!early, "something is moved before the flush:\n{}", calls.join("\n"));
}

#[test]
fn the_system_flushes_many_files_as_often_as_few() {
    let count = |files| traced(files).iter().filter(|call| call.contains("sync")).count();
    assert_eq!(count(40), count(2));
}

/// The flush takes a second, and meanwhile somebody writes the manifest who knows of no lock: an editor, or git.
#[test]
fn a_manifest_that_somebody_writes_in_the_middle_is_not_written_over() {
    let sandbox = Sandbox::new();
    let project = sandbox.project("api");
    let place = sandbox.project_text("api");
    sandbox.skm(["deploy", "skill:code-review", "--project", &place]).ok();
    let manifest = project.join(".claude/.skillmeat-deployed.toml");
    let theirs = format!("{}# theirs\n", std::fs::read_to_string(&manifest).unwrap());

    let skm = sandbox.skm_command();
    let mut deploy = std::process::Command::new("strace")
        .args(["-f", "-e", "trace=syncfs", "-e", "inject=syncfs:delay_enter=1000000:when=1", "-o"])
        .arg(sandbox.path().join("trace"))
        .arg(skm.get_program())
        .args(skm.get_args())
        .args(["--json", "deploy", "command:changelog", "--project", &place])
        .stdout(std::process::Stdio::piped())
        .spawn()
        .expect("strace is there (`cargo xtask test` installs it)");
    let stages = project.join(".claude/.skillmeat-stage");
    let is_written = || {
        let stages = std::fs::read_dir(&stages).into_iter().flatten().flatten();
        stages.map(|stage| stage.path().join("manifest")).any(|text| text.exists())
    };
    while !is_written() {
        assert!(deploy.try_wait().unwrap().is_none(), "it ended before it wrote anything down");
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    std::fs::write(&manifest, &theirs).unwrap();

    let output = deploy.wait_with_output().unwrap();
    let said: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let result = &said["data"]["results"][0];
    assert_eq!(
        (result["status"].as_str(), result["problem"]["code"].as_str()),
        (Some("failed"), Some("plan-stale"))
    );
    assert_eq!(std::fs::read_to_string(&manifest).unwrap(), theirs);
    assert!(!project.join(".claude/commands/changelog.md").exists() && !stages.exists());
    // What they wrote is taken in by the next one.
    sandbox.skm(["deploy", "command:changelog", "--project", &place]).ok();
    assert!(std::fs::read_to_string(&manifest).unwrap().contains("# theirs"));
}

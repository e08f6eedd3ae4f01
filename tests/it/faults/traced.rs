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

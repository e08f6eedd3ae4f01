//! The command line's README is run: what its examples show is what `skm` prints.

use skillmeat_tests::Sandbox;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Where the README's examples take place.
const HOME: &str = "/home/ada";

fn readme() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../src-tauri/cli/README.md")
}

#[test]
fn the_examples_in_the_readme_are_what_skm_prints() {
    let sandbox = Sandbox::new();
    for name in ["app", "api"] {
        sandbox.project(name);
    }
    let written = std::fs::read_to_string(readme()).unwrap();
    let (mut printed, mut examples) = (String::new(), 0);
    let mut parts = written.split("```console\n");
    printed.push_str(parts.next().unwrap());
    for part in parts {
        let (block, rest) = part.split_once("```").expect("a block that ends");
        write!(printed, "```console\n{}```{rest}", run(&sandbox, block)).unwrap();
        examples += 1;
    }
    assert!(examples > 10, "the README has lost its examples");
    if std::env::var_os("UPDATE_README").is_some() {
        std::fs::write(readme(), printed).unwrap();
    } else {
        assert!(
            written == printed,
            "not what skm prints; UPDATE_README=1 writes it anew:\n{}",
            difference(&written, &printed)
        );
    }
}

/// The block's commands, each followed by what it prints now.
fn run(sandbox: &Sandbox, block: &str) -> String {
    let mut text = String::new();
    for line in block.lines().filter(|line| line.starts_with("$ ")) {
        let expected = line.split_once("# exit ").map_or(0, |(_, code)| code.trim().parse().unwrap());
        let skm = PathBuf::from(sandbox.skm_command().get_program());
        let path = format!("{}:{}", skm.parent().unwrap().display(), std::env::var("PATH").unwrap());
        let output = Command::new("sh")
            .args(["-c", &format!("exec 2>&1; {}", &line[2..])])
            .current_dir(sandbox.path().join("projects"))
            .env("HOME", sandbox.person())
            .env("PATH", path)
            .env_remove("SKILLMEAT_HOME")
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let printed = String::from_utf8(output.stdout).unwrap();
        assert_eq!(output.status.code(), Some(expected), "{line}\n{printed}");
        writeln!(text, "{line}").unwrap();
        text.push_str(&settled(sandbox, &printed));
    }
    text
}

/// The output without what is different each time: places, times, ids of operations.
fn settled(sandbox: &Sandbox, printed: &str) -> String {
    let place = |folder: &str| sandbox.path().join(folder).to_str().unwrap().to_owned();
    let text = printed.replace(&place("person"), HOME).replace(&place("projects"), &format!("{HOME}/work"));
    let mut text = if text.starts_with('{') { broken_into_lines(text.trim_end()) } else { text };
    for (key, value) in [
        ("deployed_at", "2026-02-11T10:30:00.000000+00:00"),
        ("modified_at", "2026-02-10T09:15:00.000000+00:00"),
        ("added_at", "2026-02-11T10:30:00.000000+00:00"),
        ("at", "2026-02-11T10:30:00.000000+00:00"),
        ("plan", "019c4c1e5b0f7d3a8c2e6f4a1b9d0e57"),
        ("operation", "019c4c1e5b0f7d3a8c2e6f4a1b9d0e57"),
        ("undoes", "019c4c1e5b0f7d3a8c2e6f4a1b9d0e57"),
        ("created", "2026-02-11T10:30:00.000000+00:00"),
        ("updated", "2026-02-11T10:30:00.000000+00:00"),
        ("id", "5f1c9c0de6a44e0f8b6d0d0a3f6f7a10"),
        ("set_id", "5f1c9c0de6a44e0f8b6d0d0a3f6f7a10"),
        ("deployment_set_id", "5f1c9c0de6a44e0f8b6d0d0a3f6f7a10"),
    ] {
        text = with_value(&text, &format!("\"{key}\": \""), value, '"');
    }
    text = text.split_inclusive(char::is_whitespace).map(settled_word).collect();
    // Depends on how long ago the files were written: those of this very moment are read again.
    with_value(&text, "\"hashed_files\": ", "0", '\n')
}

/// Ids of operations and times, as lists for people show them.
fn settled_word(word: &str) -> String {
    let bare = word.trim_end();
    let is_id = bare.len() == 32 && bare.bytes().all(|byte| byte.is_ascii_hexdigit());
    let is_time = bare.len() == 19 && bare.as_bytes()[10] == b'T' && bare.starts_with("20");
    let settled = match (is_id, is_time) {
        (true, _) => "019c4c1e5b0f7d3a8c2e6f4a1b9d0e57",
        (_, true) => "2026-02-11T10:30:00",
        _ => bare,
    };
    format!("{settled}{}", &word[bare.len()..])
}

/// What stands between `key` and `end`, replaced.
fn with_value(text: &str, key: &str, value: &str, end: char) -> String {
    let mut parts = text.split(key);
    let mut settled = parts.next().unwrap().to_owned();
    for part in parts {
        let (_, rest) = part.split_once(end).expect("a value that ends");
        settled.push_str(&format!("{key}{value}{end}{rest}"));
    }
    settled
}

/// Compact JSON, indented, in its own order.
fn broken_into_lines(json: &str) -> String {
    let (mut text, mut depth, mut quoted, mut escaped) = (String::new(), 0_usize, false, false);
    let mut rest = json.chars().peekable();
    while let Some(c) = rest.next() {
        let line = |text: &mut String, depth: usize| write!(text, "\n{}", "  ".repeat(depth)).unwrap();
        match c {
            _ if quoted => {
                text.push(c);
                quoted = escaped || c != '"';
                escaped = c == '\\' && !escaped;
                continue;
            }
            '{' | '[' if rest.peek().is_some_and(|next| matches!(next, '}' | ']')) => {
                text.push(c);
                text.extend(rest.next());
            }
            '{' | '[' => {
                depth += 1;
                text.push(c);
                line(&mut text, depth);
            }
            '}' | ']' => {
                depth -= 1;
                line(&mut text, depth);
                text.push(c);
            }
            ',' => {
                text.push(c);
                line(&mut text, depth);
            }
            ':' => text.push_str(": "),
            _ => {
                quoted = c == '"';
                text.push(c);
            }
        }
    }
    text.push('\n');
    text
}

/// The first lines that differ.
fn difference(written: &str, printed: &str) -> String {
    let pairs = written.lines().zip(printed.lines());
    let mut lines = pairs.filter(|(written, printed)| written != printed).take(8);
    lines.by_ref().map(|(written, printed)| format!("- {written}\n+ {printed}\n")).collect()
}

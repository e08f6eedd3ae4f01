//! Where the engine and `skm` may ask which system they run on.

use super::source::{code, files, is_tests};

/// The files that are about systems, with what they are about.
const ABOUT_SYSTEMS: &[(&str, &str)] = &[
    ("src-tauri/engine/src/fs/sys/", "calls"),
    ("src-tauri/engine/src/path/system.rs", "paths"),
    ("src-tauri/engine/src/fs/fault/", "failures, in tests only"),
];

/// What only some systems have, or a question for the system.
fn asks(line: &str) -> bool {
    let question = line.contains("cfg(") || line.contains("cfg!(") || line.contains("cfg_attr(");
    let systems = ["unix", "windows", "target_os", "target_family"];
    question && systems.iter().any(|system| line.contains(system))
        || ["std::os::", "rustix::"].iter().any(|call| line.contains(call))
}

#[test]
fn what_differs_by_system_is_in_one_place() {
    let mut wrong = Vec::new();
    for top in ["src-tauri/engine/src", "src-tauri/cli/src"] {
        for source in files(top, &[".rs"]).into_iter().filter(|source| !is_tests(&source.path)) {
            if ABOUT_SYSTEMS.iter().any(|(place, _)| source.path.starts_with(place)) {
                continue;
            }
            // Tests are last, and may use what is there.
            let text = source.text.rsplit_once("#[cfg(test)]\n").map_or(&*source.text, |(before, _)| before);
            let code = code(text);
            let lines = code.lines().enumerate().filter(|(_, line)| asks(line));
            wrong.extend(lines.map(|(number, _)| format!("{}:{}", source.path, number + 1)));
        }
    }
    assert!(wrong.is_empty(), "what differs by system belongs in engine/fs/sys or path/system: {wrong:?}");
}

#[test]
fn the_rule_sees_a_question_and_a_call() {
    for line in [
        "#[cfg(unix)]",
        "if cfg!(target_os = \"\") {",
        "use std::os::unix::fs::MetadataExt;",
        "rustix::fs::stat()",
    ] {
        assert!(asks(line), "{line}");
    }
    for line in ["#[cfg(test)]", "windows.open()", "unix_time(now)"] {
        assert!(!asks(line), "{line}");
    }
}

//! Sizes, places and names.

use super::source::{Source, block, code, files, folder, is_tests, without_tests};
use skillmeat_tests::repository;
use std::collections::BTreeMap;

/// Files that a tool writes.
const GENERATED: &[&str] = &["ui/src/ipc/bindings.ts"];

/// Files that are longer than their kind should be, and why that is right. An entry that is no longer needed fails.
const LONG_ON_PURPOSE: &[(&str, &str)] = &[];

/// Most lines of a file, by its ending.
const LIMITS: [(&str, usize); 3] = [(".rs", 400), (".svelte", 250), (".ts", 300)];

fn limit(path: &str) -> usize {
    LIMITS.iter().find(|(ending, _)| path.ends_with(ending)).map_or(usize::MAX, |(_, limit)| *limit)
}

#[test]
fn no_file_does_two_things() {
    let sources = ["src-tauri", "tests", "ui"].iter().flat_map(|top| files(top, &[".rs", ".svelte", ".ts"]));
    let mut wrong = Vec::new();
    for source in sources.filter(|source| !GENERATED.contains(&source.path.as_str())) {
        let lines = source.text.lines().count();
        let excused = LONG_ON_PURPOSE.iter().any(|(path, _)| *path == source.path);
        match (lines > limit(&source.path), excused) {
            (true, false) => {
                wrong.push(format!("{}: {lines} lines, at most {}", source.path, limit(&source.path)));
            }
            (false, true) => wrong.push(format!("{}: no longer long; take it off the list", source.path)),
            _ => {}
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A file without a `mod` line is not compiled, and its tests never run.
#[test]
fn no_source_file_is_forgotten() {
    let sources: Vec<Source> = ["src-tauri", "tests"].iter().flat_map(|top| files(top, &[".rs"])).collect();
    let by_path: BTreeMap<_, _> = sources.iter().map(|source| (source.path.as_str(), source)).collect();
    let mut forgotten = Vec::new();
    for source in &sources {
        let Some((name, parents)) = declared_in(&source.path) else { continue };
        let mut found = parents.iter().filter_map(|parent| by_path.get(parent.as_str()));
        if !found.any(|parent| declares(&code(&parent.text), &name)) {
            forgotten.push(format!("{}: no `mod {name};` in {}", source.path, parents.join(" or ")));
        }
    }
    assert!(forgotten.is_empty(), "{}", forgotten.join("\n"));
}

fn declares(parent: &str, name: &str) -> bool {
    let wanted = format!("mod {name};");
    parent.lines().any(|line| line.trim_end().ends_with(&wanted))
}

/// The module's name and the files that may declare it; `None` for the root of a crate.
fn declared_in(path: &str) -> Option<(String, Vec<String>)> {
    let stem = path.rsplit('/').next()?.strip_suffix(".rs")?;
    // An example is a program of its own, as is the file that a crate is named after.
    if matches!(stem, "main" | "lib" | "build")
        || path == "tests/support/mod.rs"
        || path.contains("/examples/")
    {
        return None;
    }
    let own = folder(path);
    let (name, home) = match stem {
        "mod" => (own.file_name()?.to_string_lossy().into_owned(), own.parent()?.to_path_buf()),
        _ => (stem.to_owned(), own),
    };
    let home = home.to_string_lossy().into_owned();
    let parents = ["mod.rs", "lib.rs", "main.rs"].iter().map(|file| format!("{home}/{file}"));
    Some((name, parents.chain([format!("{home}.rs")]).collect()))
}

#[test]
fn a_command_of_the_window_is_one_call() {
    let mut commands = 0;
    for source in files("src-tauri/src", &[".rs"]) {
        let code = code(without_tests(&source.text));
        for (at, _) in code.match_indices("#[tauri::command") {
            let rest = &code[at..];
            let (start, end) = block(rest).expect("a body");
            let lines = rest[start..end].lines().count().saturating_sub(2);
            assert!(lines <= 10, "{}: a command's body has {lines} lines:\n{}", source.path, &rest[..start]);
            commands += 1;
        }
    }
    assert!(commands >= 13, "only {commands} commands found: is this rule still looking in the right place?");
}

#[test]
fn only_the_file_system_façade_removes() {
    let mut wrong = Vec::new();
    for top in ["src-tauri/engine/src", "src-tauri/cli/src", "src-tauri/src"] {
        for source in files(top, &[".rs"]).into_iter().filter(|source| !is_tests(&source.path)) {
            let code = code(without_tests(&source.text));
            // The system's own calls are out of reach with their crates: `unlink` alone is also a word of ours.
            let words = ["remove_file", "remove_dir", "unlinkat", "rustix", "libc::"];
            let removes = words.iter().any(|word| code.contains(word));
            if removes && !source.path.starts_with("src-tauri/engine/src/fs/") {
                wrong.push(source.path);
            }
        }
    }
    assert!(wrong.is_empty(), "files are removed in engine/fs only, not in {wrong:?}");
}

#[test]
fn the_readme_maps_every_top_folder() {
    let readme = std::fs::read_to_string(repository().join("README.md")).expect("README.md");
    let made = ["target", "gen", "dist", "node_modules", ".git"];
    for entry in std::fs::read_dir(repository()).unwrap().map(Result::unwrap) {
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.file_type().unwrap().is_dir() && !made.contains(&name.as_str()) {
            assert!(readme.contains(&format!("{name}/")), "README.md does not say what {name}/ is for");
        }
    }
}

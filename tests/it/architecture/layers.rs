//! A module of the engine uses only what is below it in the list at the top of `engine/src/lib.rs`.

use super::source::{code, files};
use std::collections::{BTreeMap, BTreeSet};

const ENGINE: &str = "src-tauri/engine/src";

/// Neighbours in one row that may be used, and why.
const NEIGHBOURS: &[(&str, &str, &str)] = &[
    ("feed", "cache", "a change is a row of the cache"),
    ("deploy", "feed", "an operation tells how far it is"),
    ("journal", "manifest", "a journal entry names records by their key"),
    ("plan", "status", "a plan decides by the status of the target"),
];

/// Module → row, as the documentation of the crate lists them.
fn rows() -> BTreeMap<String, u32> {
    let lib = files(ENGINE, &["lib.rs"]).remove(0);
    let mut rows = BTreeMap::new();
    for line in lib.text.lines() {
        let Some((number, rest)) = line.strip_prefix("//! ").and_then(|text| text.split_once(". [`")) else {
            continue;
        };
        let Ok(row) = number.parse::<u32>() else { continue };
        let names = rest.split("`]").filter_map(|part| part.rsplit('`').next().or(Some(part)));
        for name in names.map(|name| name.trim_start_matches(", [").trim()) {
            if !name.is_empty() && name.chars().all(|c| c.is_ascii_lowercase() || c == '_') {
                rows.insert(name.to_owned(), row);
            }
        }
    }
    rows
}

/// The top-level modules that the code of one file names: `crate::plan`, `use crate::{plan, error::Result}`.
fn used(code: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + "crate::".len()..];
        // `$crate::` in a macro and `other_crate::` are not ours.
        if code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_') {
            continue;
        }
        match rest.strip_prefix('{') {
            Some(group) => found.extend(first_names(group)),
            None => found.extend(first_word(rest)),
        }
    }
    found
}

/// The first name of each entry of a `{…}` group, at its own depth.
fn first_names(group: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut depth = 0;
    let mut entry = String::new();
    for character in group.chars() {
        match character {
            '}' if depth == 0 => break,
            ',' if depth == 0 => names.extend(first_word(&std::mem::take(&mut entry))),
            _ => {
                depth += i32::from(character == '{') - i32::from(character == '}');
                entry.push(character);
            }
        }
    }
    names.extend(first_word(&entry));
    names
}

fn first_word(text: &str) -> Option<String> {
    let word: String = text.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    (!word.is_empty()).then_some(word)
}

/// The module that a name at the crate's root belongs to.
fn module_of(name: &str) -> &str {
    match name {
        "Error" | "Problem" | "Result" => "error",
        "Engine" => "engine",
        module => module,
    }
}

fn may_use(rows: &BTreeMap<String, u32>, user: &str, used: &str) -> bool {
    let (own, other) = (rows[user], rows[used]);
    user == used
        || other < own
        || (own == 0 && other == 0)
        || NEIGHBOURS.iter().any(|(from, to, _)| (*from, *to) == (user, used))
}

#[test]
fn every_module_of_the_engine_has_a_row() {
    let rows = rows();
    let lib = code(&files(ENGINE, &["lib.rs"]).remove(0).text);
    let declared: BTreeSet<_> =
        lib.lines().filter_map(|line| line.trim().strip_prefix("pub mod ")?.strip_suffix(';')).collect();
    let listed: BTreeSet<_> = rows.keys().map(String::as_str).collect();
    assert_eq!(declared, listed, "modules of the engine and the list in its documentation");
}

#[test]
fn a_module_uses_only_rows_below_its_own() {
    let rows = rows();
    let mut wrong = Vec::new();
    for file in files(ENGINE, &[".rs"]) {
        let inside = file.path.strip_prefix(ENGINE).unwrap().trim_start_matches('/');
        let user = inside.split('/').next().unwrap().trim_end_matches(".rs");
        if user == "lib" {
            continue;
        }
        for name in used(&code(&file.text)) {
            let module = module_of(&name);
            match rows.get(module) {
                None => wrong.push(format!("{}: crate::{name} is in no row", file.path)),
                Some(_) if may_use(&rows, user, module) => {}
                Some(row) => {
                    wrong.push(format!("{} (row {}) uses crate::{name} (row {row})", file.path, rows[user]));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_rule_sees_every_way_to_name_a_module() {
    let names = used(
        "use crate::{plan::{Plan, Action}, error::Result};\nfn x() { crate::deploy::y(); other_crate::z(); }",
    );
    assert_eq!(names.into_iter().collect::<Vec<_>>(), ["deploy", "error", "plan"]);
    let rows = rows();
    assert!(!may_use(&rows, "plan", "deploy"), "a lower row must not use a higher one");
    assert!(!may_use(&rows, "cache", "feed"), "neighbours are allowed in one direction");
    assert!(may_use(&rows, "deploy", "plan"));
}

//! Reading Rust sources just well enough: comments and strings go, braces are counted.

use skillmeat_tests::repository;
use std::path::{Path, PathBuf};

/// One file.
pub(super) struct Source {
    /// Relative to the repository, `/`-separated.
    pub(super) path: String,
    /// The whole text.
    pub(super) text: String,
}

/// Every file below `folder` (relative to the repository) with one of these endings, in order.
pub(super) fn files(folder: &str, endings: &[&str]) -> Vec<Source> {
    let root = repository();
    let walk = walkdir::WalkDir::new(root.join(folder)).sort_by_file_name();
    let entries = walk.into_iter().filter_entry(|entry| !is_made(entry.path())).map(Result::unwrap);
    entries
        .filter(|entry| entry.file_type().is_file())
        .filter(|entry| endings.iter().any(|ending| entry.path().to_string_lossy().ends_with(ending)))
        .map(|entry| Source {
            path: entry.path().strip_prefix(&root).unwrap().to_string_lossy().into_owned(),
            text: std::fs::read_to_string(entry.path()).unwrap(),
        })
        .collect()
}

/// Folders that tools make.
fn is_made(path: &Path) -> bool {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
    matches!(name.as_deref(), Some("target" | "node_modules" | "dist" | "gen" | ".git" | ".svelte-kit"))
}

/// The text without comments, and with empty strings, so that what is left is code.
pub(super) fn code(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(next) = rest.chars().next() {
        let skipped = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else if let Some(length) = string_length(rest) {
            out.push_str("\"\"");
            length
        } else {
            out.push(next);
            next.len_utf8()
        };
        // Line numbers stay what they were.
        if skipped > next.len_utf8() {
            out.extend(rest[..skipped].chars().filter(|character| *character == '\n'));
        }
        rest = &rest[skipped..];
    }
    out
}

/// The length of the string literal, or of the character literal with a quote or a brace, that `rest` starts with.
fn string_length(rest: &str) -> Option<usize> {
    for literal in ["'\"'", "'\\''", "'{'", "'}'", "'\\\\'"] {
        if rest.starts_with(literal) {
            return Some(literal.len());
        }
    }
    for hashes in ["", "#", "##"] {
        let open = format!("r{hashes}\"");
        if rest.starts_with(&open) {
            let close = format!("\"{hashes}");
            return Some(
                rest[open.len()..].find(&close).map_or(rest.len(), |end| open.len() + end + close.len()),
            );
        }
    }
    let body = rest.strip_prefix('"')?;
    let mut escaped = false;
    for (at, character) in body.char_indices() {
        match character {
            '"' if !escaped => return Some(at + 2),
            _ => escaped = character == '\\' && !escaped,
        }
    }
    Some(rest.len())
}

/// Whether a file holds nothing but unit tests.
pub(super) fn is_tests(path: &str) -> bool {
    path.contains("/tests/") || path.ends_with("/tests.rs")
}

/// The part before the unit tests.
pub(super) fn without_tests(text: &str) -> &str {
    text.split("#[cfg(test)]\nmod tests {").next().unwrap_or(text)
}

/// The length in bytes of the block that starts with the first `{` of `text`, both braces included.
pub(super) fn block(text: &str) -> Option<(usize, usize)> {
    let start = text.find('{')?;
    let mut depth = 0_usize;
    for (at, character) in text[start..].char_indices() {
        match character {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some((start, start + at + 1));
        }
    }
    None
}

/// The folder of a file.
pub(super) fn folder(path: &str) -> PathBuf {
    Path::new(path).parent().map(Path::to_path_buf).unwrap_or_default()
}

#[test]
fn comments_and_strings_are_not_code() {
    let text = "a // crate::x\nb /* crate::y\n */ c \"crate::z \\\" \" d r#\"\"{\"# '{' e";
    let found = code(text);
    assert!(!found.contains("crate"), "{found}");
    assert_eq!(found.lines().count(), text.lines().count());
    assert_eq!(found.split_whitespace().filter(|word| word.len() == 1).collect::<String>(), "abcde");
}

#[test]
fn a_block_ends_with_its_own_brace() {
    assert_eq!(block("fn x() { if y { z } }  }").unwrap(), (7, 21));
}

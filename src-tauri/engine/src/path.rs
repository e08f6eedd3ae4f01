//! Paths that cannot lead astray.
//!
//! [`RelPath`] is the only kind of path the file system façade takes below an opened folder. Whatever comes
//! from a manifest, a collection, a profile or a person is text until it has been through [`RelPath::new`].

use crate::error::{Error, Result};
use serde::{Deserialize, Serialize};
use std::fmt;
use unicode_normalization::UnicodeNormalization;

mod system;

pub use system::System;

/// Longest name of one component, in bytes. Most file systems allow 255; the rest is room for suffixes.
pub const MAX_COMPONENT_BYTES: usize = 200;

/// A relative path in normal form: one or more names joined by `/`. It has no `.` or `..`, no empty or
/// absolute part, no backslash, drive letter or NUL, and is valid UTF-8.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(try_from = "String", into = "String")]
#[cfg_attr(feature = "bindings", specta(type = String))]
pub struct RelPath(String);

impl RelPath {
    /// Checks `text` and keeps it.
    ///
    /// # Errors
    /// `path-escapes-root` with what is wrong.
    pub fn new(text: impl Into<String>) -> Result<Self> {
        let text = text.into();
        match refusal(System::HERE, &text) {
            None => Ok(Self(text)),
            Some(reason) => Err(Error::PathEscapesRoot { path: text, reason }),
        }
    }

    /// The path as text, `/`-separated.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The names it is made of; at least one.
    pub fn components(&self) -> impl Iterator<Item = &str> {
        self.0.split('/')
    }

    /// `self/other`.
    #[must_use]
    pub fn join(&self, other: &RelPath) -> Self {
        Self(format!("{}/{}", self.0, other.0))
    }

    /// `self/name` for a single further name or path.
    ///
    /// # Errors
    /// `path-escapes-root` when `name` is not a valid relative path.
    pub fn child(&self, name: &str) -> Result<Self> {
        Ok(self.join(&RelPath::new(name)?))
    }

    /// The path without its last name; `None` for a single name.
    pub fn parent(&self) -> Option<Self> {
        self.0.rsplit_once('/').map(|(parent, _)| Self(parent.to_owned()))
    }

    /// The last name.
    pub fn name(&self) -> &str {
        self.0.rsplit_once('/').map_or(self.0.as_str(), |(_, name)| name)
    }

    /// What remains below `base`; `None` when this is not strictly below it.
    pub fn strip_prefix(&self, base: &RelPath) -> Option<Self> {
        self.0.strip_prefix(base.as_str())?.strip_prefix('/').map(|rest| Self(rest.to_owned()))
    }
}

/// What keeps a text from being a path that stays where it is put. On Windows that takes more: `x.` is `x` there, `x:y`
/// writes into `x`, and `nul` is no file.
fn refusal(system: System, text: &str) -> Option<&'static str> {
    if text.is_empty() {
        return Some("it is empty");
    }
    if text.contains('\0') {
        return Some("it contains a NUL");
    }
    if text.contains('\\') {
        return Some("it contains a backslash");
    }
    if text.starts_with('/') {
        return Some("it is absolute");
    }
    if text.as_bytes().get(1) == Some(&b':') && text.as_bytes()[0].is_ascii_alphabetic() {
        return Some("it starts with a drive letter");
    }
    text.split('/').find_map(|component| match component {
        "" => Some("a part of it is empty"),
        "." | ".." => Some("it contains “.” or “..”"),
        name if system == System::Windows => system.name_refusal(name),
        _ => None,
    })
}

/// What is wrong with `name` as the name of an artifact, a collection or a folder that a person names: `None` when
/// nothing is. Stricter than [`file_name_refusal`], because such a name is also typed, and never hidden.
pub fn name_refusal(name: &str) -> Option<&'static str> {
    if name.starts_with('.') {
        Some("it starts with a dot")
    } else if name.contains("..") {
        Some("it contains “..”")
    } else {
        file_name_refusal(name)
    }
}

/// What is wrong with `name` as the name of one file or folder, on any system: `None` when nothing is. Reserved
/// names, forbidden characters and trailing dots follow the naming rules of Windows.
pub fn file_name_refusal(name: &str) -> Option<&'static str> {
    if name.is_empty() {
        Some("it is empty")
    } else if name.len() > MAX_COMPONENT_BYTES {
        Some("it is longer than 200 bytes")
    } else if name.contains(['/', '\\', '\0']) {
        Some("it contains a separator")
    } else if name.chars().any(char::is_control) {
        Some("it contains a control character")
    } else {
        system::windows_name_refusal(name)
    }
}

/// What a name or path is to a file system that ignores case, the way letters are composed and characters that
/// nobody sees: two paths with the same fold are one path on some system.
pub fn folded(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let seen = text.nfd().filter(|letter| !is_invisible(*letter)).collect::<String>();
    // Upper case first: some letters have one upper case and several lower ones.
    seen.to_uppercase().to_lowercase().nfd().collect()
}

/// Characters that macOS and the case-ignoring file systems of Linux pass over when they compare names.
fn is_invisible(letter: char) -> bool {
    matches!(letter, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}'
        | '\u{206a}'..='\u{206f}' | '\u{feff}')
}

/// Whether a folder of this name belongs to a version control system, which alone may write in it.
pub fn is_version_control(name: &str) -> bool {
    matches!(folded(name).as_str(), ".git" | ".hg" | ".svn" | ".jj")
}

impl fmt::Display for RelPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for RelPath {
    type Error = Error;
    fn try_from(text: String) -> Result<Self> {
        Self::new(text)
    }
}

impl From<RelPath> for String {
    fn from(path: RelPath) -> Self {
        path.0
    }
}

impl AsRef<std::path::Path> for RelPath {
    fn as_ref(&self) -> &std::path::Path {
        std::path::Path::new(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("")]
    #[case("/etc/passwd")]
    #[case("..")]
    #[case("skills/../../x")]
    #[case("./x")]
    #[case("a//b")]
    #[case("a/")]
    #[case("a\\b")]
    #[case("C:/x")]
    #[case("a\0b")]
    fn a_path_that_leads_astray_is_refused(#[case] text: &str) {
        assert_eq!(RelPath::new(text).unwrap_err().code(), crate::error::Code::PathEscapesRoot);
    }

    #[rstest]
    #[case("skills/x.")]
    #[case("skills/SKILL.md:stream")]
    #[case("skills/nul")]
    #[case("skills /x")]
    fn a_path_that_means_another_one_on_windows_is_refused_there(#[case] text: &str) {
        let refused = System::ALL.map(|system| refusal(system, text).is_some());
        assert_eq!(refused, [false, false, true]);
        assert_eq!(System::ALL.map(|system| refusal(system, "skills/.env/a b.md")), [None; 3]);
    }

    #[test]
    fn parts_of_a_path() {
        let path = RelPath::new("skills/git/commit").unwrap();
        assert_eq!(path.name(), "commit");
        assert_eq!(path.parent().unwrap().as_str(), "skills/git");
        assert_eq!(path.strip_prefix(&RelPath::new("skills").unwrap()).unwrap().as_str(), "git/commit");
        assert_eq!(path.strip_prefix(&path), None);
        assert_eq!(path.strip_prefix(&RelPath::new("ski").unwrap()), None);
    }

    #[rstest]
    #[case("con")]
    #[case("NUL.md")]
    #[case("lpt1")]
    #[case("x.")]
    #[case("x ")]
    #[case(".hidden")]
    #[case("a..b")]
    #[case("a:b")]
    #[case("a\nb")]
    #[case("aux.tar.gz")]
    #[case("nul .md")]
    #[case("com¹")]
    #[case("CONOUT$")]
    fn names_that_some_system_cannot_hold(#[case] name: &str) {
        assert!(name_refusal(name).is_some());
    }

    #[rstest]
    #[case("code-review")]
    #[case("Design Principles")]
    #[case("console")]
    #[case("com10")]
    #[case("überprüfen")]
    fn names_that_every_system_can_hold(#[case] name: &str) {
        assert_eq!(name_refusal(name), None);
    }

    #[rstest]
    #[case(".env")]
    #[case("a..b")]
    #[case(".gitignore")]
    fn files_inside_an_artifact_may_be_hidden(#[case] name: &str) {
        assert_eq!(file_name_refusal(name), None);
        assert!(name_refusal(name).is_some());
    }

    #[rstest]
    #[case("Code-Review", "code-review")]
    #[case("\u{fc}ben", "u\u{308}ben")]
    #[case("\u{dc}BEN", "u\u{308}ben")]
    #[case("stra\u{df}e", "STRASSE")]
    #[case("\u{3c3}", "\u{3c2}")]
    #[case("\u{212a}elvin", "kelvin")]
    #[case(".g\u{200c}it", ".GIT")]
    fn names_that_are_one_name_on_some_system(#[case] one: &str, #[case] other: &str) {
        assert_eq!(folded(one), folded(other));
    }

    #[rstest]
    #[case("a-b", "a_b")]
    #[case("u", "\u{fc}")]
    #[case("a/b", "ab")]
    fn names_that_are_two_everywhere(#[case] one: &str, #[case] other: &str) {
        assert_ne!(folded(one), folded(other));
    }

    #[test]
    fn the_folders_of_version_control() {
        for name in [".git", ".GIT", ".hg", ".svn", ".jj", ".g\u{200d}it"] {
            assert!(is_version_control(name), "{name}");
        }
        for name in [".github", ".gitlab", "git", ".claude"] {
            assert!(!is_version_control(name), "{name}");
        }
    }
}

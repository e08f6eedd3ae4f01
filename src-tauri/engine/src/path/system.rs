//! What paths are on each system. All of it is text: no disk is asked, so each system's rules can be tested on any.
//!
//! Paths inside a folder of ours are [`RelPath`](super::RelPath)s, with `/` everywhere. Absolute paths that we keep, show
//! and compare are written with `/` too, on Windows as `C:/Users/me/app`, which it takes as well as `C:\Users\me\app`.

use std::borrow::Cow;

/// A system by its rules for paths.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum System {
    /// Names are bytes: each spelling is a name of its own.
    Linux,
    /// Case and the way letters are composed make no difference.
    MacOs,
    /// Case makes no difference, some names are devices, and a drive comes first.
    Windows,
}

impl System {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Linux, Self::MacOs, Self::Windows];

    /// The one that this was built for. Another Unix counts as Linux.
    pub const HERE: Self = if cfg!(windows) {
        Self::Windows
    } else if cfg!(target_os = "macos") {
        Self::MacOs
    } else {
        Self::Linux
    };

    /// Whether a letter stands between the names of a path.
    pub fn separates(self, letter: char) -> bool {
        letter == '/' || letter == '\\' && self == Self::Windows
    }

    /// Whether a path begins at the root of a file system. On Windows that takes a drive: `C:x` and `/x` depend on where
    /// a program happens to run, and so does a share's name without its server.
    pub fn is_absolute(self, path: &str) -> bool {
        match self {
            Self::Linux | Self::MacOs => path.starts_with('/'),
            Self::Windows => drive(path).is_some_and(|rest| rest.starts_with(['/', '\\'])),
        }
    }

    /// Whether an absolute path is the root of a file system itself.
    pub fn is_root(self, path: &str) -> bool {
        match self {
            Self::Linux | Self::MacOs => !path.is_empty() && path.bytes().all(|byte| byte == b'/'),
            Self::Windows => drive(path)
                .is_some_and(|rest| !rest.is_empty() && rest.chars().all(|letter| self.separates(letter))),
        }
    }

    /// A path without separators at its end, the way two spellings of one folder are compared. That of a root stays:
    /// without it nothing, or another place, would be meant.
    pub fn trimmed(self, path: &str) -> &str {
        let trimmed = path.trim_end_matches(|letter| self.separates(letter));
        let is_drive = self == Self::Windows && drive(trimmed) == Some("");
        match trimmed.len() < path.len() && (trimmed.is_empty() || is_drive) {
            true if trimmed.is_empty() => path,
            true => &path[..=trimmed.len()],
            false => trimmed,
        }
    }

    /// A path as we write it: with `/`.
    pub fn slashed(self, path: &str) -> Cow<'_, str> {
        match self == Self::Windows && path.contains('\\') {
            true => path.replace('\\', "/").into(),
            false => path.into(),
        }
    }

    /// A path that somebody gave, as we keep it: with `/`, and none at its end.
    pub fn kept(self, path: &str) -> String {
        self.trimmed(&self.slashed(path)).to_owned()
    }

    /// The path in the address of a file, behind `file://`: a drive stands behind a slash there.
    pub fn of_address(self, path: &str) -> &str {
        let behind = path.strip_prefix('/').filter(|rest| self == Self::Windows && drive(rest).is_some());
        behind.unwrap_or(path)
    }

    /// A path below a folder, as we write it.
    pub fn join(self, folder: &str, below: &str) -> String {
        let folder = self.slashed(folder);
        let between = if folder.ends_with('/') { "" } else { "/" };
        format!("{folder}{between}{}", self.slashed(below))
    }

    /// The text that we keep of a folder's canonical path. Windows writes those with a prefix that turns its rules for
    /// names off (`\\?\C:\x`), which few programs understand; it goes.
    ///
    /// # Errors
    /// Why a folder cannot be worked in: without the prefix another folder, or none, would be meant; or it lies on a
    /// network share, of which no safe calls can be made.
    pub fn canonical(self, path: &str) -> Result<Cow<'_, str>, &'static str> {
        if self != Self::Windows {
            return Ok(path.into());
        }
        let plain = path.strip_prefix(r"\\?\").unwrap_or(path);
        if plain.starts_with(r"\\") || plain.starts_with(r"UNC\") || plain.starts_with("//") {
            return Err("it is on a network share; work in a folder on this computer");
        }
        if !self.is_absolute(plain) {
            return Err("it is on no drive with a letter");
        }
        let names = plain.split(['/', '\\']).skip(1).filter(|name| !name.is_empty());
        if names.into_iter().any(|name| self.name_refusal(name).is_some()) {
            return Err("a name on its path is one that Windows takes for another, or for a device");
        }
        Ok(self.slashed(plain))
    }

    /// The last name of a path that we keep; the path itself at a root.
    pub fn folder_name(self, path: &str) -> &str {
        let mut names = self.trimmed(path).rsplit(|letter| self.separates(letter));
        names.next().filter(|name| !name.is_empty()).unwrap_or(path)
    }

    /// What is wrong with the name of a file or folder on this system; `None` when nothing is.
    pub fn name_refusal(self, name: &str) -> Option<&'static str> {
        if name.is_empty() || name == "." || name == ".." {
            return Some("it is no name");
        }
        if name.contains(['/', '\0']) || self == Self::Windows && name.contains('\\') {
            return Some("it contains a separator");
        }
        match self {
            Self::Linux | Self::MacOs => None,
            Self::Windows => windows_name_refusal(name),
        }
    }

    /// What a path is to this system when it compares names: two with the same are one file.
    pub fn compared(self, path: &str) -> String {
        match self {
            Self::Linux => path.to_owned(),
            Self::MacOs => super::folded(path),
            // Upper case by single letters, which never become two; composed letters stay apart from others.
            Self::Windows => self.slashed(path).chars().map(upper).collect(),
        }
    }
}

/// What Windows refuses in a name that has no separator in it.
pub(super) fn windows_name_refusal(name: &str) -> Option<&'static str> {
    if name.ends_with(['.', ' ']) {
        Some("it ends in a dot or a space")
    } else if name.chars().any(|letter| letter < ' ') {
        Some("it contains a control character")
    } else if name.contains(['<', '>', ':', '"', '|', '?', '*']) {
        Some("it contains a character that Windows forbids")
    } else if is_device(name) {
        Some("Windows reserves it for a device")
    } else {
        None
    }
}

/// Whether Windows takes a name for a device, with whatever ending.
fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or(name).trim_end().to_ascii_lowercase();
    let numbered = |prefix| {
        let rest = stem.strip_prefix(prefix).map(str::chars);
        rest.is_some_and(|mut rest| {
            matches!((rest.next(), rest.next()), (Some('1'..='9' | '¹' | '²' | '³'), None))
        })
    };
    matches!(stem.as_str(), "con" | "prn" | "aux" | "nul" | "conin$" | "conout$")
        || numbered("com")
        || numbered("lpt")
}

/// What follows a drive's letter and colon.
fn drive(path: &str) -> Option<&str> {
    let rest = path.strip_prefix(|letter: char| letter.is_ascii_alphabetic())?;
    rest.strip_prefix(':')
}

fn upper(letter: char) -> char {
    let mut upper = letter.to_uppercase();
    match (upper.next(), upper.next()) {
        (Some(only), None) => only,
        _ => letter,
    }
}

#[cfg(test)]
mod tests;

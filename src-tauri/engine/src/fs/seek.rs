//! Walking the folders of a disk that may be anything, to find the ones that somebody looks for.

use super::fault::{self, Call};
use ignore::{Error, Walk, WalkBuilder};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

/// Folders that are never entered: what tools make and download, and what versions are kept in. Hidden folders and
/// those that a `.gitignore` names are not entered either.
const PRUNED: [&str; 9] = [
    "node_modules",
    "bower_components",
    "target",
    "vendor",
    "venv",
    "__pycache__",
    "site-packages",
    "Caches",
    "Library",
];

/// How many folders that could not be read are named.
const NAMED: usize = 20;

/// Where to look.
#[derive(Debug)]
pub struct Seek<'a> {
    /// The folder to begin with: absolute.
    pub root: &'a Path,
    /// How many folders deep.
    pub depth: usize,
    /// Folders that are not entered, absolute.
    pub keep_out: Vec<PathBuf>,
}

/// A folder that was come across.
#[derive(Debug)]
pub struct Passed<'a> {
    /// Its absolute path.
    pub path: &'a Path,
    /// Its own entries whose names start with a dot, folders and links only, by name.
    pub hidden: Vec<String>,
}

/// Folders that could not be read.
#[derive(Debug, Default)]
pub struct Unread {
    /// How many.
    pub count: u64,
    /// The first of them, with what the system said.
    pub named: Vec<String>,
}

impl Unread {
    fn add(&mut self, reason: &impl ToString) {
        self.count += 1;
        if self.named.len() < NAMED {
            self.named.push(reason.to_string());
        }
    }
}

/// Calls `visit` with each folder, the outer one before the inner ones, until it breaks off. Links are not followed and
/// other file systems not entered, so a loop or a mount cannot make this endless.
pub fn seek(seek: &Seek<'_>, visit: &mut dyn FnMut(&Passed<'_>) -> ControlFlow<()>) -> Unread {
    let mut unread = Unread::default();
    for entry in walk(seek) {
        let entry = match entry {
            Ok(entry) => entry,
            // A line of a `.gitignore` that is no pattern keeps nobody from walking on.
            Err(Error::Partial(_) | Error::Glob { .. }) => continue,
            Err(error) => {
                unread.add(&error);
                continue;
            }
        };
        if !entry.file_type().is_some_and(|kind| kind.is_dir()) {
            continue;
        }
        match hidden(entry.path()) {
            Ok(hidden) => {
                if visit(&Passed { path: entry.path(), hidden }).is_break() {
                    break;
                }
            }
            // The walk itself says so when it enters the folder; at the last level it does not enter.
            Err(error) if entry.depth() == seek.depth => unread.add(&error),
            Err(_) => {}
        }
    }
    unread
}

fn walk(seek: &Seek<'_>) -> Walk {
    let keep_out = seek.keep_out.clone();
    WalkBuilder::new(seek.root)
        .max_depth(Some(seek.depth))
        .follow_links(false)
        .same_file_system(true)
        // What was chosen is looked at, also where a repository around it ignores it.
        .parents(false)
        .filter_entry(move |entry| {
            let pruned = entry.file_name().to_str().is_some_and(|name| PRUNED.contains(&name));
            !pruned && !keep_out.iter().any(|path| path == entry.path())
        })
        .build()
}

fn hidden(folder: &Path) -> std::io::Result<Vec<String>> {
    fault::point(Call::List, || folder.to_owned())?;
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let Ok(name) = entry.file_name().into_string() else { continue };
        if name.starts_with('.') && entry.file_type().is_ok_and(|kind| kind.is_dir() || kind.is_symlink()) {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    fn passed(root: &Path, depth: usize, keep_out: &[&str]) -> Vec<String> {
        let mut found = Vec::new();
        let keep_out = keep_out.iter().map(|name| root.join(name)).collect();
        seek(&Seek { root, depth, keep_out }, &mut |folder| {
            let below = folder.path.strip_prefix(root).unwrap().display().to_string();
            found.push(format!("{below}:{}", folder.hidden.join(",")));
            ControlFlow::Continue(())
        });
        found.sort();
        found
    }

    #[cfg(unix)]
    #[test]
    fn what_tools_make_what_git_ignores_and_links_are_not_entered() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        for path in [
            "app/.claude/skills",
            "app/.git/hooks",
            "app/node_modules/x/.claude",
            "app/built/.claude",
            "app/deep/er/still",
            "home/.claude",
        ] {
            std::fs::create_dir_all(root.join(path)).unwrap();
        }
        std::fs::write(root.join("app/.gitignore"), "built/\n").unwrap();
        std::os::unix::fs::symlink("..", root.join("app/loop")).unwrap();
        assert_eq!(passed(root, 3, &["home"]), [":", "app/deep/er:", "app/deep:", "app:.claude,.git"]);
        assert_eq!(passed(root, 0, &[]), [":"]);
    }

    #[test]
    fn it_ends_when_it_is_told_to() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("a/b")).unwrap();
        let mut seen = 0;
        let all = Seek { root: folder.path(), depth: 5, keep_out: Vec::new() };
        seek(&all, &mut |_| {
            seen += 1;
            if seen == 2 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        assert_eq!(seen, 2);
    }
}

//! Files laid out by a literal.

use std::path::{Path, PathBuf};

/// What to put at a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Node {
    /// A file with these bytes.
    File(Vec<u8>),
    /// The same, executable.
    Executable(Vec<u8>),
    /// A symbolic link with this target.
    Link(String),
    /// An empty folder.
    Folder,
}

impl Node {
    /// Puts it at `path`, with the folders that lead there. A file that is there is replaced.
    ///
    /// # Panics
    /// When that is not possible.
    pub fn put(&self, path: &Path) {
        let parent = path.parent().unwrap_or(path);
        std::fs::create_dir_all(parent).unwrap_or_else(|error| panic!("{}: {error}", parent.display()));
        let done = match self {
            Self::File(bytes) => std::fs::write(path, bytes),
            Self::Executable(bytes) => std::fs::write(path, bytes).and_then(|()| make_executable(path)),
            Self::Link(target) => make_link(target, path),
            Self::Folder => std::fs::create_dir_all(path),
        };
        done.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    }
}

#[cfg(unix)]
fn make_executable(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755))
}

#[cfg(unix)]
fn make_link(target: &str, path: &Path) -> std::io::Result<()> {
    std::os::unix::fs::symlink(target, path)
}

impl From<&str> for Node {
    fn from(text: &str) -> Self {
        Self::File(text.as_bytes().to_vec())
    }
}

impl From<String> for Node {
    fn from(text: String) -> Self {
        Self::File(text.into_bytes())
    }
}

impl From<&[u8]> for Node {
    fn from(bytes: &[u8]) -> Self {
        Self::File(bytes.to_vec())
    }
}

/// An executable file.
pub fn exec(text: &str) -> Node {
    Node::Executable(text.as_bytes().to_vec())
}

/// A symbolic link.
pub fn link(target: &str) -> Node {
    Node::Link(target.to_owned())
}

/// An empty folder.
pub fn folder() -> Node {
    Node::Folder
}

/// The top folder of this repository.
///
/// # Panics
/// When it is not there.
pub fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().expect("the repository")
}

/// Lays files out below a folder:
///
/// ```
/// use skillmeat_tests::{exec, link, tree};
/// let folder = tempfile::tempdir().unwrap();
/// tree!(folder.path() => {
///     "review/SKILL.md": "---\nname: review\n---\n",
///     "review/scripts/run.sh": exec("#!/bin/sh\n"),
///     "review/latest": link("SKILL.md"),
/// });
/// assert!(folder.path().join("review/SKILL.md").is_file());
/// ```
#[macro_export]
macro_rules! tree {
    ($root:expr => { $($path:literal : $node:expr),* $(,)? }) => {{
        let root = ::std::convert::AsRef::<::std::path::Path>::as_ref(&$root).to_path_buf();
        $($crate::Node::from($node).put(&root.join($path));)*
    }};
}

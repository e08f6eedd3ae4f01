//! Putting trees in place and taking them away.

use super::fault::{self, Call};
use super::root::{Root, absent};
use super::sys;
use crate::error::{Error, Result};
use crate::path::RelPath;
use cap_fs_ext::DirExt;
use cap_std::fs::Dir;
use std::io::{self, ErrorKind};

/// The folder that holds a path's last name, opened inside the root.
struct Parent {
    dir: Option<Dir>,
    name: String,
}

impl Root {
    /// Opening the parent first keeps the rename itself inside the root: it takes names, not paths.
    fn parent(&self, rel: &RelPath) -> Result<Parent> {
        let dir = match rel.parent() {
            Some(parent) => {
                let dir = self.point(Call::Open, &parent).and_then(|()| self.dir.open_dir(&parent));
                Some(dir.map_err(|source| self.failed("open", &parent, source))?)
            }
            None => None,
        };
        Ok(Parent { dir, name: rel.name().to_owned() })
    }

    fn rename_with(
        &self,
        call: Call,
        from: &RelPath,
        to: &RelPath,
        rename: impl FnOnce((&Dir, &str), (&Dir, &str)) -> io::Result<()>,
    ) -> Result<io::Result<()>> {
        if let Err(error) = fault::moving(call, || self.absolute(from), || self.absolute(to)) {
            return Ok(Err(error));
        }
        let (from, to) = (self.parent(from)?, self.parent(to)?);
        let (from_dir, to_dir) =
            (from.dir.as_ref().unwrap_or(&self.dir), to.dir.as_ref().unwrap_or(&self.dir));
        Ok(rename((from_dir, &from.name), (to_dir, &to.name)))
    }

    /// Moves `from` to `to`, where nothing may be.
    ///
    /// # Errors
    /// `io` (already exists) when something is there; `io` and its relatives.
    pub fn rename_new(&self, from: &RelPath, to: &RelPath) -> Result<()> {
        match self.rename_with(Call::Rename, from, to, sys::rename_new)? {
            Ok(()) => Ok(()),
            Err(error) if sys::has_no_such_rename(&error) => {
                if self.entry(to)?.is_some() {
                    return Err(self.failed("create", to, ErrorKind::AlreadyExists.into()));
                }
                self.rename_over(from, to)
            }
            Err(source) => Err(self.failed("move into place", to, source)),
        }
    }

    /// Moves a file over another one: a reader sees the old or the new.
    ///
    /// # Errors
    /// `io` and its relatives.
    pub fn rename_over(&self, from: &RelPath, to: &RelPath) -> Result<()> {
        fault::moving(Call::Rename, || self.absolute(from), || self.absolute(to))
            .and_then(|()| self.dir.rename(from, &self.dir, to))
            .map_err(|source| self.failed("move into place", to, source))
    }

    /// Puts `staged` at `target` and what was at `target` at `staged`, in one step. Where the file system
    /// cannot do that, in two, with `aside` as the place between; the target is then absent for a moment.
    ///
    /// # Errors
    /// `io` and its relatives; both are then where they were.
    pub fn exchange(&self, staged: &RelPath, target: &RelPath, aside: &RelPath) -> Result<()> {
        match self.rename_with(Call::Exchange, staged, target, sys::exchange)? {
            Ok(()) => Ok(()),
            Err(error) if sys::has_no_such_rename(&error) => {
                self.rename_over(target, aside)?;
                // Somebody may put something at the target in between; then it stays, and the old tree aside.
                if let Err(error) = self.rename_new(staged, target) {
                    self.rename_new(aside, target)?;
                    return Err(error);
                }
                if let Err(error) = self.rename_over(aside, staged) {
                    self.rename_over(target, staged)?;
                    self.rename_new(aside, target)?;
                    return Err(error);
                }
                Ok(())
            }
            Err(source) => Err(self.failed("move into place", target, source)),
        }
    }

    /// Removes the file, link or tree at `rel`; nothing there is fine. **The one removal function**: callers
    /// pass only what is staged, replaced or trashed, never a target itself. Links are removed, not followed.
    ///
    /// # Errors
    /// `io` and its relatives.
    pub fn remove(&self, rel: &RelPath) -> Result<()> {
        let removed = match self.point(Call::Remove, rel).and_then(|()| self.dir.symlink_metadata(rel)) {
            Ok(stat) if stat.is_dir() => self.dir.remove_dir_all(rel),
            Ok(_) => self.dir.remove_file_or_symlink(rel),
            Err(source) => Err(source),
        };
        match removed {
            Err(source) if !absent(&source) => Err(self.failed("remove", rel, source)),
            _ => Ok(()),
        }
    }

    /// Removes a folder if it is empty. Tells whether it is gone.
    ///
    /// # Errors
    /// `io` and its relatives.
    pub fn remove_folder_if_empty(&self, rel: &RelPath) -> Result<bool> {
        match self.point(Call::Remove, rel).and_then(|()| self.dir.remove_dir(rel)) {
            Ok(()) => Ok(true),
            Err(source) if absent(&source) => Ok(true),
            Err(source) if source.kind() == ErrorKind::DirectoryNotEmpty => Ok(false),
            // A disk that cannot be written refuses before it looks.
            Err(_) if self.entry(rel)?.is_none() => Ok(true),
            Err(source) => Err(self.failed("remove", rel, source)),
        }
    }
}

impl Error {
    /// Whether the file system says that something is already at the target.
    pub(crate) fn is_already_there(&self) -> bool {
        matches!(self, Error::Io { source, .. }
            if matches!(source.kind(), ErrorKind::AlreadyExists | ErrorKind::DirectoryNotEmpty))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rel(text: &str) -> RelPath {
        RelPath::new(text).unwrap()
    }

    fn root(files: &[&str]) -> (tempfile::TempDir, Root) {
        let folder = tempfile::tempdir().unwrap();
        for file in files {
            let path = folder.path().join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, file).unwrap();
        }
        let root = Root::open(folder.path()).unwrap();
        (folder, root)
    }

    #[test]
    fn an_exchange_swaps_a_tree_with_a_file() {
        let (folder, root) = root(&["stage/tree/x", "target"]);
        root.exchange(&rel("stage/tree"), &rel("target"), &rel("stage/aside")).unwrap();
        assert!(folder.path().join("target/x").is_file());
        assert!(folder.path().join("stage/tree").is_file());
    }

    #[test]
    fn nothing_is_replaced_by_accident() {
        let (folder, root) = root(&["a", "b", "d/x", "e/y"]);
        assert!(root.rename_new(&rel("a"), &rel("b")).unwrap_err().is_already_there());
        assert!(root.rename_new(&rel("d"), &rel("e")).unwrap_err().is_already_there());
        assert_eq!(std::fs::read_to_string(folder.path().join("b")).unwrap(), "b");
        root.rename_new(&rel("a"), &rel("c")).unwrap();
        assert!(folder.path().join("c").is_file());
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_removed_and_not_what_it_points_to() {
        let (folder, root) = root(&["kept/x", "gone/y"]);
        std::os::unix::fs::symlink(folder.path().join("kept"), folder.path().join("gone/link")).unwrap();
        root.remove(&rel("gone")).unwrap();
        root.remove(&rel("gone")).unwrap();
        assert!(folder.path().join("kept/x").is_file());
        assert!(!folder.path().join("gone").exists());
    }

    #[test]
    fn a_folder_with_something_in_it_stays() {
        let (_folder, root) = root(&["d/x"]);
        assert!(!root.remove_folder_if_empty(&rel("d")).unwrap());
        root.remove(&rel("d/x")).unwrap();
        assert!(root.remove_folder_if_empty(&rel("d")).unwrap());
    }
}

//! What there is before an operation: laid out once, then put back as often as it is needed.

use super::Operation;
use crate::Sandbox;
use skillmeat_engine::feed::Origin;
use std::fs::{self, Permissions};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

/// A sandbox and everything in it.
#[derive(Debug)]
pub(super) struct Scene {
    pub(super) sandbox: Sandbox,
    entries: Vec<(PathBuf, Entry)>,
}

#[derive(Debug)]
enum Entry {
    Folder(Permissions),
    File(Permissions, Vec<u8>),
    Link(PathBuf),
}

impl Scene {
    pub(super) fn of(operation: &Operation) -> Self {
        let sandbox = Sandbox::in_memory();
        (operation.before)(&sandbox);
        sandbox.engine().resync(Origin::Startup).expect("a resync");
        let walk = walkdir::WalkDir::new(sandbox.path()).min_depth(1).into_iter();
        let entries = walk.map(|entry| {
            let entry = entry.expect("a readable folder");
            (entry.path().to_owned(), Entry::of(entry.path()))
        });
        Self { entries: entries.collect(), sandbox }
    }

    /// Everything as it was.
    pub(super) fn put_back(&self) {
        for entry in fs::read_dir(self.sandbox.path()).expect("a sandbox") {
            fs::remove_dir_all(entry.expect("a sandbox").path()).expect("a folder that can go");
        }
        for (path, entry) in &self.entries {
            entry.put(path);
        }
    }
}

impl Entry {
    fn of(path: &Path) -> Self {
        let stat = path.symlink_metadata().expect("an entry");
        if stat.is_dir() {
            Self::Folder(stat.permissions())
        } else if stat.is_symlink() {
            Self::Link(fs::read_link(path).expect("a link"))
        } else {
            Self::File(stat.permissions(), fs::read(path).expect("a file"))
        }
    }

    fn put(&self, path: &Path) {
        match self {
            Self::Folder(mode) => fs::create_dir(path).and_then(|()| fs::set_permissions(path, mode.clone())),
            Self::File(mode, bytes) => {
                fs::write(path, bytes).and_then(|()| fs::set_permissions(path, mode.clone()))
            }
            Self::Link(target) => symlink(target, path),
        }
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    }
}

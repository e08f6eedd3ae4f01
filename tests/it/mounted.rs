//! Small and read-only file systems, for what a disk refuses.

use std::path::{Path, PathBuf};
use std::process::Command;

/// A file system in memory at a folder, gone with this.
pub(crate) struct Mounted(PathBuf);

impl Mounted {
    /// Mounts one of `size` (`128k`) at `folder`. Needs to be root; see [`as_root`].
    pub(crate) fn new(folder: &Path, size: &str) -> Self {
        mount(&["-t", "tmpfs", "-o", &format!("size={size}"), "tmpfs"], folder);
        Self(folder.to_owned())
    }

    /// From now on nothing can be written to it.
    pub(crate) fn make_read_only(&self) {
        mount(&["-o", "remount,ro"], &self.0);
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        let done = Command::new("umount").arg(&self.0).status();
        assert!(done.is_ok_and(|status| status.success()), "{} stays mounted", self.0.display());
    }
}

fn mount(arguments: &[&str], folder: &Path) {
    let output = Command::new("mount").args(arguments).arg(folder).output().unwrap();
    assert!(output.status.success(), "mount {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// Tells whether we may mount. If not, runs the test `name` of this binary again in a name space of its own where
/// we may, and fails when that fails.
pub(crate) fn as_root(name: &str) -> bool {
    if rustix::process::geteuid().is_root() {
        return true;
    }
    let binary = std::env::current_exe().unwrap();
    let mut command = Command::new("unshare");
    command.args(["--map-root-user", "--mount"]).arg(binary).args([name, "--nocapture"]);
    let output = command.output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && text.contains("1 passed"), "{output:?}");
    false
}

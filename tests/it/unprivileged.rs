//! Runs one test of this binary again as a user without rights, for what root is never refused.

use std::os::unix::process::CommandExt;

/// `nobody`'s number on every Unix that builds run on.
const NOBODY: u32 = 65_534;

/// Runs the test `name` of this binary as `nobody`, and fails when it fails or is not found.
pub(crate) fn run(name: &str) {
    let folder = tempfile::tempdir().unwrap();
    let binary = folder.path().join("it");
    std::fs::copy(std::env::current_exe().unwrap(), &binary).unwrap();
    std::os::unix::fs::chown(folder.path(), Some(NOBODY), Some(NOBODY)).unwrap();
    let output = std::process::Command::new(&binary)
        .args([name, "--nocapture"])
        .env("TMPDIR", folder.path())
        .current_dir(folder.path())
        .uid(NOBODY)
        .gid(NOBODY)
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && text.contains("1 passed"),
        "{text}{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

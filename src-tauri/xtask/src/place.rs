//! Where things are.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

/// The top folder of the repository.
pub(crate) fn root() -> PathBuf {
    let package = std::env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    package.join("../..").canonicalize().unwrap_or(package)
}

/// The window's own package.
pub(crate) fn ui() -> PathBuf {
    root().join("ui")
}

/// Cargo's target folder; a relative `CARGO_TARGET_DIR` counts from the top folder, where xtask starts cargo.
pub(crate) fn target() -> PathBuf {
    root().join(std::env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into()))
}

/// A program that cargo built, `profile` being `debug` or `release`.
pub(crate) fn built(profile: &str, name: &str) -> PathBuf {
    target().join(profile).join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
}

/// A folder of programs that goes before the path. A process cannot safely change its own environment, so
/// every command gets it from [`command`].
static PREFERRED: OnceLock<PathBuf> = OnceLock::new();

/// From now on, programs in `folder` win over those on the path.
pub(crate) fn prefer(folder: PathBuf) {
    let _ = PREFERRED.set(folder);
}

fn search_path() -> OsString {
    let inherited = std::env::var_os("PATH").unwrap_or_default();
    let folders = PREFERRED.get().cloned().into_iter().chain(std::env::split_paths(&inherited));
    std::env::join_paths(folders).unwrap_or(inherited)
}

/// The first program of that name on the path.
pub(crate) fn program(name: &str) -> Option<PathBuf> {
    std::env::split_paths(&search_path()).find_map(|folder| executable(folder.join(name)))
}

/// A command for the program of that name, or for a file when `name` is a path.
pub(crate) fn command(name: &str) -> Command {
    let mut command = Command::new(program(name).unwrap_or_else(|| name.into()));
    command.env("PATH", search_path()).current_dir(root());
    command
}

#[cfg(unix)]
fn executable(file: PathBuf) -> Option<PathBuf> {
    use std::os::unix::fs::PermissionsExt;
    let runs = file.metadata().is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0);
    runs.then_some(file)
}

/// With its ending: a script such as `npm.cmd` is only started by its whole name.
#[cfg(not(unix))]
fn executable(file: PathBuf) -> Option<PathBuf> {
    ["exe", "cmd"].iter().map(|ending| file.with_extension(ending)).find(|file| file.is_file())
}

//! The command line, called as a person calls it.

use crate::Sandbox;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::SystemTime;

/// What a call of `skm` came to.
#[derive(Debug, Clone)]
pub struct Ran {
    /// Exit code.
    pub code: i32,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl Ran {
    /// Standard output as the one JSON object that it must be.
    ///
    /// # Panics
    /// When it is not.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("no JSON ({error}): {self:?}"))
    }

    /// The same call, which must have ended well.
    ///
    /// # Panics
    /// When it did not.
    pub fn ok(self) -> Self {
        assert_eq!(self.code, 0, "{self:?}");
        self
    }
}

impl Sandbox {
    /// Runs `skm --home <this sandbox>` with `arguments`.
    ///
    /// # Panics
    /// When `skm` is not built, is older than its sources, or was ended by a signal.
    pub fn skm<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Ran {
        let output = self.skm_command().args(arguments).stdin(Stdio::null()).output().expect("skm starts");
        Ran {
            code: output.status.code().unwrap_or_else(|| panic!("skm was ended by a signal: {output:?}")),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// The command for `skm`, for tests that talk to a running one.
    ///
    /// # Panics
    /// When `skm` is not built, or is older than its sources.
    pub fn skm_command(&self) -> Command {
        let mut command = Command::new(built("skm"));
        command.arg("--home").arg(self.home()).current_dir(self.path());
        command.env("HOME", self.person()).env("NO_COLOR", "1").env_remove("SKILLMEAT_HOME");
        command
    }
}

/// A program of this workspace beside the running test, never older than the sources that it is made of.
///
/// # Panics
/// When it is not there, or stale: a test of an old program would say nothing.
pub(crate) fn built(name: &str) -> PathBuf {
    let program = folder_of_programs().join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    let (package, sources): (_, &[&str]) = match name {
        "skm" => ("skillmeat-cli", &["src-tauri/engine/src", "src-tauri/cli/src"]),
        _ => ("skillmeat-desktop", &["src-tauri/engine/src", "src-tauri/src", "ui/dist"]),
    };
    let advice = format!("run `cargo build -p {package}`, or `cargo xtask test`, which does");
    let Some(age) = modified(&program) else { panic!("{} is not built; {advice}", program.display()) };
    for folder in sources {
        for entry in walkdir::WalkDir::new(crate::repository().join(folder)).into_iter().flatten() {
            let newer = entry.file_type().is_file() && modified(entry.path()) > Some(age);
            assert!(!newer, "{} is newer than {}; {advice}", entry.path().display(), program.display());
        }
    }
    program
}

/// `target/debug`, from a test at `target/debug/deps/it-0123`.
///
/// # Panics
/// When the test cannot tell where it is.
pub(crate) fn folder_of_programs() -> PathBuf {
    let test = std::env::current_exe().expect("this test's own path");
    test.ancestors().skip(1).find(|folder| !folder.ends_with("deps")).expect("a target folder").to_owned()
}

/// Cargo's target folder, for what a test leaves for a person to look at.
///
/// # Panics
/// When the test cannot tell where it is.
pub fn target() -> PathBuf {
    folder_of_programs().parent().expect("a target folder").to_owned()
}

fn modified(path: &Path) -> Option<SystemTime> {
    path.metadata().ok()?.modified().ok()
}

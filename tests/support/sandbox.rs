//! A home, a collection and projects that belong to one test.

use chrono::{DateTime, TimeZone, Utc};
use skillmeat_engine::Engine;
use skillmeat_engine::clock::FixedClock;
use skillmeat_engine::engine::Options;
use skillmeat_engine::settings::SetsSwitch;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The time that every sandbox's engine tells: 2026-03-01 12:00 UTC.
///
/// # Panics
/// Never.
pub fn noon() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 3, 1, 12, 0, 0).single().expect("a valid time")
}

/// A temporary folder that holds everything a test touches. It goes when the sandbox goes; with `KEEP_SANDBOX=1`
/// it stays, and its path is printed.
///
/// ```text
/// <sandbox>/person              the person's home folder
/// <sandbox>/person/.skillmeat   SKILLMEAT_HOME
/// <sandbox>/projects/<name>     projects
/// ```
#[derive(Debug)]
pub struct Sandbox {
    folder: Option<tempfile::TempDir>,
    /// Canonical, so that paths in answers compare equal.
    path: PathBuf,
}

impl Sandbox {
    /// An empty one: no home for SkillMeat yet, no collection, no project.
    ///
    /// # Panics
    /// When no temporary folder can be made.
    pub fn empty() -> Self {
        Self::below(&std::env::temp_dir())
    }

    /// The same in memory, where the system has such a place: for tests that lay out thousands.
    ///
    /// # Panics
    /// When no temporary folder can be made.
    pub fn in_memory() -> Self {
        let memory = Path::new("/dev/shm");
        if memory.is_dir() { Self::below(memory) } else { Self::empty() }
    }

    /// An empty one on the disk that the tests themselves are on.
    ///
    /// # Panics
    /// When no temporary folder can be made.
    pub fn on_disk() -> Self {
        Self::below(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../target"))
    }

    /// An empty one below `place`, which is on the disk that a test is about.
    ///
    /// # Panics
    /// When no folder can be made there.
    pub fn below(place: &Path) -> Self {
        let prefix = tempfile::Builder::new().prefix("skillmeat-").tempdir_in(place);
        let folder = prefix.expect("a temporary folder");
        let path = folder.path().canonicalize().expect("a temporary folder");
        for part in ["person", "projects"] {
            std::fs::create_dir(path.join(part)).expect("a new folder");
        }
        Self { folder: Some(folder), path }
    }

    /// One with a default collection of two skills, a command and a namespaced agent.
    pub fn new() -> Self {
        let sandbox = Self::empty();
        let collection = sandbox.collection();
        crate::skill(&collection, "code-review");
        crate::skill(&collection, "release-notes");
        crate::command(&collection, "changelog");
        crate::agent(&collection, "pm/prd-writer");
        sandbox
    }

    /// One that another process laid out and takes away.
    pub fn existing(path: &Path) -> Self {
        Self { folder: None, path: path.to_owned() }
    }

    /// The whole sandbox.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The person's home folder.
    pub fn person(&self) -> PathBuf {
        self.path.join("person")
    }

    /// `SKILLMEAT_HOME`.
    pub fn home(&self) -> PathBuf {
        self.person().join(".skillmeat")
    }

    /// The folder of the default collection.
    pub fn collection(&self) -> PathBuf {
        self.home().join("collections/default")
    }

    /// The folder of a project, made when it is not there.
    ///
    /// # Panics
    /// When it cannot be made.
    pub fn project(&self, name: &str) -> PathBuf {
        let folder = self.path.join("projects").join(name);
        std::fs::create_dir_all(&folder).expect("a new folder");
        folder
    }

    /// The same as text, as requests take it.
    ///
    /// # Panics
    /// When it cannot be made.
    pub fn project_text(&self, name: &str) -> String {
        self.project(name).to_str().expect("UTF-8").to_owned()
    }

    /// How an engine for this sandbox is opened, with a clock that stands at [`noon`].
    pub fn options(&self) -> Options {
        Options {
            home: self.home(),
            user_home: Some(self.person()),
            clock: Arc::new(FixedClock(noon())),
            holder: "a test".to_owned(),
            sets: SetsSwitch::Unset,
        }
    }

    /// An engine; several may be open at once, as several processes would.
    ///
    /// # Panics
    /// When it cannot be opened.
    pub fn engine(&self) -> Engine {
        Engine::open(self.options()).expect("an engine")
    }
}

impl Default for Sandbox {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for Sandbox {
    #[allow(clippy::print_stderr, reason = "who keeps a sandbox wants to know where it is")]
    fn drop(&mut self) {
        if std::env::var_os("KEEP_SANDBOX").is_some_and(|value| value != "0")
            && let Some(folder) = self.folder.take()
        {
            eprintln!("sandbox kept: {}", self.path.display());
            let _ = folder.keep();
        }
    }
}

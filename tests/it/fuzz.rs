//! Every file that is read and written as text, with texts that nobody would write.
//!
//! | file | what it does |
//! |---|---|
//! | `input` | texts: the corpus in `fixtures/fuzz`, generated ones, and what mutation makes of both |
//! | `run` | runs a target over them; the smallest failing text goes to `target/fuzz` |
//! | `manifest`, `library`, `sets`, `state` | the targets: what must be true of any text |
//! | `toml_text` | what of a TOML text must survive an edit |
//!
//! `cargo test` runs a fixed number of texts from a fixed seed. `cargo xtask fuzz` runs for long with a fresh one. A text
//! that once failed goes into the corpus. A new file that is read as text gets a target here.

pub(crate) mod input;
mod library;
mod manifest;
mod run;
mod sets;
mod state;
mod toml_text;

use input::Vocabulary;
use run::run;

#[test]
fn manifest() {
    run("manifest", &manifest::VOCABULARY, 3000, manifest::check);
}

#[test]
fn collection() {
    run("collection", &library::COLLECTION, 1500, library::collection);
}

#[test]
fn collection_lock() {
    run("collection_lock", &library::COLLECTION_LOCK, 1500, library::collection_lock);
}

#[test]
fn skips() {
    run("skips", &library::SKIPS, 1500, library::skips);
}

#[test]
fn frontmatter() {
    run("frontmatter", &library::FRONTMATTER, 4000, library::frontmatter);
}

#[test]
fn sets() {
    run("sets", &sets::SETS, 2000, sets::sets);
}

#[test]
fn groups() {
    run("groups", &sets::GROUPS, 1500, sets::groups);
}

#[test]
fn settings() {
    run("settings", &state::SETTINGS, 1500, state::settings);
}

#[test]
fn config() {
    run("config", &state::CONFIG, 1500, state::config);
}

#[test]
fn projects() {
    run("projects", &state::PROJECTS, 1500, state::projects);
}

#[test]
fn collections() {
    run("collections", &state::COLLECTIONS, 1500, state::collections);
}

/// What came of a text: nothing to say, or what is wrong.
type Verdict = Result<(), String>;

/// `Err` with what is wrong, unless it is so.
macro_rules! hold {
    ($condition:expr, $($what:tt)+) => {
        if !$condition {
            return Err(format!($($what)+));
        }
    };
}
use hold;

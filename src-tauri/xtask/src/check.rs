//! `cargo xtask check`: what is quick to know before a commit.

use crate::step::Step;
use crate::test::run_all;
use crate::{Failure, bindings, node, system};

/// Formatting, clippy on everything, the window's types and lints, bindings, architecture.
pub(crate) fn check() -> Result<(), Failure> {
    system::ensure_build()?;
    node::prepare()?;
    run_all(&[
        Step::new("format", "Rust formatting", "cargo fmt --all --check"),
        Step::new(
            "clippy",
            "Clippy, everything",
            "cargo clippy --workspace --all-targets --features skillmeat-tests/e2e -- -D warnings",
        ),
        node::script("types", "The window's types", "check"),
        node::script("lint", "The window's lints", "lint"),
        bindings::drift(),
        Step::new(
            "architecture",
            "Architecture",
            "cargo test --quiet -p skillmeat-tests --test it -- architecture::",
        ),
    ])
}

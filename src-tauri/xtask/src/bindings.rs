//! `cargo xtask bindings`: the TypeScript side of the commands and events, from the Rust types.

use crate::step::Step;
use crate::{Failure, system};

const TEST: &str = "cargo test -p skillmeat-desktop --lib bindings_are_current";

/// Writes `ui/src/ipc/bindings.ts`.
pub(crate) fn bindings() -> Result<(), Failure> {
    system::ensure_build()?;
    Step::new("bindings", "Bindings", TEST).with("UPDATE_BINDINGS", "1").run()
}

/// Fails when the file is not what the Rust types say.
pub(crate) fn drift() -> Step {
    Step::new("bindings", "Bindings are current", TEST)
}

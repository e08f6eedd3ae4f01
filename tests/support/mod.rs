//! What integration and end-to-end tests stand on: a [`Sandbox`] with a home, a collection and projects of its
//! own; [`tree!`] to lay files out; [`DiskSnapshot`] to compare what is on disk before and after.
#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests lay out and look at files themselves, and fail by panicking"
)]

#[cfg(feature = "e2e")]
pub mod desktop;
pub mod faults;
mod samples;
mod sandbox;
mod search;
mod skm;
mod snapshot;
mod tree;

pub use samples::{agent, command, skill};
pub use sandbox::{Sandbox, noon};
pub use search::files_that_hold;
pub use skm::{Ran, target};
pub use snapshot::DiskSnapshot;
pub use tree::{Node, exec, folder, link, repository};

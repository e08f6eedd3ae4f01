//! Integration tests: the engine and `skm` on real temporary disks, and the rules that the sources keep.
//!
//! One binary, so that it links once. A new file here needs its line below; `architecture` checks that.
#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests lay out and look at files themselves, and fail by panicking"
)]

mod architecture;
mod call;
mod cli;
mod deploy;
mod events;
mod mounted;
mod recordings;
mod refusals;
mod resync;
mod safety;
mod unprivileged;

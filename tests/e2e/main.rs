//! End to end: the real window on a screen of its own, driven as a person drives it.
#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests lay out and look at files themselves, and fail by panicking"
)]

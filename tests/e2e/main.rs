//! End to end: the real window on a screen of its own, driven as a person drives it.
//!
//! Each test has its own home, projects, screen and session bus. A failing one leaves a picture of its screen in
//! `target/e2e-screenshots`.
#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests lay out and look at files themselves, and fail by panicking"
)]

mod broken;
mod cache;
mod conflicts;
mod deploying;
mod discovering;
mod drift;
mod hostile;
mod listing;
mod looks;
mod opening;
mod outside;
mod scene;
mod sets;
mod start;
mod support;
mod tray;
mod undoing;

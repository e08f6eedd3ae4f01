//! The engine of SkillMeat Desktop: everything that touches a person's files, and nothing that draws.
//!
//! The modules are the words of the flow in the README, lowest layer first. A module uses only layers
//! above it in this list (`tests/it/architecture.rs` holds that rule):
//!
//! 0. [`error`], [`id`], [`path`], [`clock`], [`toml_text`]
//! 1. [`fs`], the only module that touches the disk
//! 2. [`artifact`], [`platform`]
//! 3. [`collection`], [`manifest`], [`journal`], [`settings`]
//! 4. [`status`], [`plan`]: pure functions; [`sets`]
//! 5. [`deploy`], [`cache`], [`feed`], [`discover`]
//! 6. [`watch`]
//! 7. [`engine`], the façade that window and command line call
//!
//! The write path, its invariants and the schemas are in the `README.md` beside this crate.
#![warn(missing_docs)]
#![cfg_attr(test, allow(clippy::disallowed_methods, reason = "tests lay out and look at files themselves"))]

pub mod clock;
pub mod error;
pub mod id;
pub mod path;
pub mod toml_text;

pub mod fs;

pub mod artifact;
pub mod platform;

pub mod collection;
pub mod journal;
pub mod manifest;
pub mod settings;

pub mod plan;
pub mod sets;
pub mod status;

pub mod cache;
pub mod deploy;
pub mod discover;
pub mod feed;

pub mod watch;

pub mod engine;

pub use engine::Engine;
pub use error::{Error, Problem, Result};

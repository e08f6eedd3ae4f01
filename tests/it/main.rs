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
mod bad_input;
mod cache_armour;
mod call;
mod cli;
mod collect;
mod contention;
mod corrupt_state;
mod curate;
mod database;
mod deploy;
mod drift;
mod events;
mod faults;
mod fuzz;
mod git;
mod hostile;
mod import;
mod kill;
mod legacy;
mod linked;
mod live;
mod lost_records;
mod manifest_armour;
mod manifest_corpus;
mod model;
mod mounted;
mod profiles;
mod projects;
mod quick;
mod recordings;
mod refusals;
mod regressions;
mod resync;
mod safety;
mod safety_undo;
mod secrets;
mod sets;
mod stored;
mod support;
mod undo;
mod unprivileged;

//! `cargo xtask`: everything a person or a build machine does with this repository.
//!
//! Standard library only, so that it builds in seconds on a bare machine. One file per verb; `system` knows
//! what must be installed, `node` knows npm, `step` runs a command and counts its tests, `place` knows the folders.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "talking on the terminal is what it is for")]
#![allow(clippy::disallowed_methods, reason = "a build tool works on files outside the engine")]

mod bench;
mod bindings;
mod check;
mod fuzz;
mod icons;
mod node;
mod package;
mod place;
mod run;
mod step;
mod system;
mod test;

use std::process::ExitCode;

const USAGE: &str = "\
cargo xtask run [--release] [-- ARG…]  install what is missing, build, open the window
cargo xtask test [STEP…]               install what is missing, then everything that CI runs
cargo xtask check                      formatting, lints, types, bindings, architecture; fast
cargo xtask bench [--json] [--rounds N] [CASE…]   speed against a baseline of the same run
cargo xtask fuzz [TARGET…] [--seconds N] [--seed N]   the fuzz targets for long, from a fresh seed
cargo xtask package [--debug] [--appimage] | --check  installers of this system, the .deb tried out in a clean root
cargo xtask icons                      the pictures in src-tauri/icons from their drawings
cargo xtask bindings                   write ui/src/ipc/bindings.ts from the Rust types";

/// What went wrong, in a sentence for the terminal; empty when everything has been said.
type Failure = String;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let verb = arguments.next().unwrap_or_default();
    let rest: Vec<String> = arguments.collect();
    let outcome = match verb.as_str() {
        "run" => run::run(&rest),
        "test" => test::test(&rest),
        "check" => check::check(),
        "bench" => bench::bench(&rest),
        "fuzz" => fuzz::fuzz(&rest),
        "package" => package::package(&rest),
        "icons" => icons::icons(),
        "bindings" => bindings::bindings(),
        "" | "help" | "-h" | "--help" => {
            println!("{USAGE}");
            Ok(())
        }
        other => Err(format!("there is no `cargo xtask {other}`.\n\n{USAGE}")),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            if !failure.is_empty() {
                eprintln!("xtask: {failure}");
            }
            ExitCode::FAILURE
        }
    }
}

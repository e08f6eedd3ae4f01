//! The desktop program; everything is in the library beside it.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

use std::io::Write;
use std::process::ExitCode;

fn main() -> ExitCode {
    let Err(error) = skillmeat_desktop::run() else { return ExitCode::SUCCESS };
    // Where standard error is closed there is nobody to tell.
    let _ = writeln!(std::io::stderr(), "skillmeat-desktop: {error}");
    ExitCode::FAILURE
}

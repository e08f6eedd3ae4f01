//! `skm`: the engine of SkillMeat Desktop on the command line. No window, no web view.
//!
//! [`args`] says what can be asked, [`command`] asks the engine, [`output`] says what came of it: for people
//! as text, for programs as one JSON object. The commands and their JSON are described in `README.md`.

mod args;
mod command;
mod output;

use args::Args;
use clap::Parser;
use clap::error::ErrorKind;
use output::{Answer, Exit, Screen};
use skillmeat_engine::error::{Code, Problem, Severity};
use std::ffi::OsString;
use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<OsString> = std::env::args_os().collect();
    let screen = Screen::of(&arguments);
    let answer = match Args::try_parse_from(&arguments) {
        Ok(args) => run(&screen, &args),
        Err(error) => match usage(&screen, &error) {
            Some(answer) => answer,
            None => return Exit::Done.into(),
        },
    };
    screen.print(&answer)
}

/// Runs the command. A defect ends as a problem like any other, so that programs get their JSON.
fn run(screen: &Screen, args: &Args) -> Answer {
    if screen.is_json() {
        std::panic::set_hook(Box::new(|_| ()));
    }
    match catch_unwind(AssertUnwindSafe(|| command::run(screen, args))) {
        Ok(Ok(answer)) => answer,
        Ok(Err(error)) => screen.failure(error.to_problem()),
        Err(_) => {
            let message = "Something went wrong inside skm. Nothing was lost; please report it.";
            screen.failure(Problem::new(Code::Internal, Severity::Fault, message))
        }
    }
}

/// What to answer when the arguments make no sense. `--help` and `--version` arrive here as well; they are
/// printed as they are and there is no more to answer.
fn usage(screen: &Screen, error: &clap::Error) -> Option<Answer> {
    if !error.use_stderr() {
        // When even that cannot be printed there is nobody to tell.
        let _ = error.print();
        return None;
    }
    let mut text = error.render().to_string().trim().trim_start_matches("error: ").to_owned();
    if error.kind() == ErrorKind::MissingRequiredArgument && text.contains("<ID|--all>") {
        text.push_str(
            "\n\nName the artifacts before --project and --profile, which take all that follows them.",
        );
    }
    if screen.is_json() {
        return Some(screen.failure(Problem::new(Code::InvalidRequest, Severity::Refusal, text)));
    }
    let _ = writeln!(std::io::stderr().lock(), "error: {text}");
    Some(screen.silent(Exit::Usage))
}

//! What came of it: for people as text, for programs as JSON.

mod page;
mod problem;
mod progress;
mod stop;
mod style;
mod table;

pub(crate) use page::Page;
pub(crate) use progress::during;
pub(crate) use skillmeat_engine::id::legible as clean;
pub(crate) use stop::stoppable;
pub(crate) use style::{Colour, size, status};
pub(crate) use table::{Cell, Table};

use serde::Serialize;
use skillmeat_engine::error::{Code, Problem, Severity};
use std::ffi::OsString;
use std::io::{ErrorKind, IsTerminal, Write};
use std::process::ExitCode;
use style::Style;

/// How a command ended, worse ones last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Exit {
    /// Done.
    Done,
    /// Some deployment is not synced.
    NotSynced,
    /// Refused, or partly failed.
    Refused,
    /// The arguments make no sense.
    Usage,
    /// A fault.
    Fault,
}

impl Exit {
    fn of(problem: &Problem) -> Self {
        match (problem.code, problem.severity) {
            (_, Severity::Notice) => Self::Done,
            (Code::InvalidRequest, _) => Self::Usage,
            (_, Severity::Refusal) => Self::Refused,
            (_, Severity::Fault) => Self::Fault,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Done => 0,
            Exit::Fault => 1,
            Exit::Usage => 2,
            Exit::Refused => 3,
            Exit::NotSynced => 4,
        })
    }
}

/// The answer to a command, ready to be printed.
#[derive(Debug)]
pub(crate) struct Answer {
    exit: Exit,
    /// For programs the data's JSON, for people the text.
    body: String,
    problems: Vec<Problem>,
}

impl Answer {
    /// The same answer, ending at least as badly as `exit`.
    pub(crate) fn at_least(mut self, exit: Exit) -> Self {
        self.exit = self.exit.max(exit);
        self
    }
}

/// Where the answer goes, and how.
#[derive(Debug)]
pub(crate) struct Screen {
    json: bool,
    quiet: bool,
    verbose: bool,
    out: Style,
    err: Style,
}

impl Screen {
    /// Reads what it needs from the arguments itself, as it must also print that they make no sense.
    pub(crate) fn of(arguments: &[OsString]) -> Self {
        let given = |long: &str, short: char| {
            arguments
                .iter()
                .skip(1)
                .take_while(|argument| *argument != "--")
                .filter_map(|one| one.to_str())
                .any(|argument| {
                    let bundle = argument.strip_prefix('-').filter(|rest| !rest.starts_with('-'));
                    argument == long || bundle.is_some_and(|letters| letters.contains(short))
                })
        };
        let plain =
            given("--no-color", '\0') || std::env::var_os("NO_COLOR").is_some_and(|it| !it.is_empty());
        Self {
            json: given("--json", '\0'),
            quiet: given("--quiet", 'q'),
            verbose: given("--verbose", 'v'),
            out: Style::new(std::io::stdout().is_terminal(), plain),
            err: Style::new(std::io::stderr().is_terminal(), plain),
        }
    }

    /// Whether a program reads the answer.
    pub(crate) fn is_json(&self) -> bool {
        self.json
    }

    /// Whether to show how far a long operation is.
    fn shows_progress(&self) -> bool {
        self.err.terminal && !self.json && !self.quiet
    }

    /// The answer with `data` for programs and what `write` writes for people.
    pub(crate) fn answer<T: Serialize>(
        &self,
        data: &T,
        problems: Vec<Problem>,
        write: impl FnOnce(&mut Page),
    ) -> Answer {
        let exit = problems.iter().map(Exit::of).max().unwrap_or(Exit::Done);
        let body = if self.json {
            match serde_json::to_string(data) {
                Ok(json) => json,
                Err(error) => {
                    let message = format!("The answer has no JSON form: {error}.");
                    return self.failure(Problem::new(Code::Internal, Severity::Fault, message));
                }
            }
        } else {
            let mut page = Page::new(self.out, self.verbose);
            if !self.quiet {
                write(&mut page);
            }
            page.into_text()
        };
        Answer { exit, body, problems }
    }

    /// The answer when there is only a problem.
    pub(crate) fn failure(&self, problem: Problem) -> Answer {
        let body = if self.json { "null".to_owned() } else { String::new() };
        Answer { exit: Exit::of(&problem).max(Exit::Refused), body, problems: vec![problem] }
    }

    /// The answer when everything was said already.
    pub(crate) fn silent(&self, exit: Exit) -> Answer {
        Answer { exit, body: String::new(), problems: Vec::new() }
    }

    /// Prints the answer and tells how the process ends.
    pub(crate) fn print(&self, answer: &Answer) -> ExitCode {
        let text = if self.json { json(answer) } else { answer.body.clone() };
        let mut out = std::io::stdout().lock();
        let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
        if !self.json {
            let text = problem::text(&answer.problems, self.err, self.verbose);
            // When standard error is gone there is nobody to tell.
            let _ = std::io::stderr().lock().write_all(text.as_bytes());
        }
        match written {
            Err(error) if error.kind() != ErrorKind::BrokenPipe => {
                let _ = writeln!(std::io::stderr().lock(), "error: Could not print the answer: {error}.");
                Exit::Fault.into()
            }
            // Who closes the pipe has read enough.
            _ => answer.exit.into(),
        }
    }
}

/// One object on one line.
fn json(answer: &Answer) -> String {
    let problems = serde_json::to_string(&answer.problems).unwrap_or_else(|_| "[]".to_owned());
    let ok = answer.exit <= Exit::NotSynced;
    format!("{{\"ok\":{ok},\"data\":{},\"problems\":{problems}}}\n", answer.body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_beats_a_refusal_beats_what_is_not_synced() {
        let screen = Screen::of(&["skm".into(), "--json".into()]);
        let problem = |code, severity| Problem::new(code, severity, "p");
        let refusal = problem(Code::ProjectNotFound, Severity::Refusal);
        let fault = problem(Code::Io, Severity::Fault);
        let notice = problem(Code::FrontmatterInvalid, Severity::Notice);
        let exit =
            |problems: Vec<Problem>| screen.answer(&(), problems, |_| {}).at_least(Exit::NotSynced).exit;
        assert_eq!(exit(vec![notice]), Exit::NotSynced);
        assert_eq!(exit(vec![refusal.clone()]), Exit::Refused);
        assert_eq!(exit(vec![fault, refusal]), Exit::Fault);
    }

    #[test]
    fn flags_are_seen_before_the_arguments_are_understood() {
        let screen = |line: &str| Screen::of(&line.split(' ').map(OsString::from).collect::<Vec<_>>());
        assert!(screen("skm frobnicate --json").json);
        assert!(!screen("skm show -- --json").json);
        assert!(screen("skm list -q").quiet && !screen("skm list --quick").quiet);
    }
}

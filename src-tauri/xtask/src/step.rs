//! One step: a command with a header, a time, and a count of the tests in what it printed.

use crate::{Failure, place};
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// A named command, run from the top folder unless told otherwise.
pub(crate) struct Step {
    /// One word, for `cargo xtask test WORD`.
    pub(crate) word: &'static str,
    /// What it makes sure of.
    pub(crate) title: &'static str,
    /// Words of steps without which this one would look at something old.
    pub(crate) needs: &'static [&'static str],
    line: Vec<String>,
    folder: PathBuf,
    variables: Vec<(&'static str, String)>,
}

/// How a step ended.
pub(crate) struct Outcome {
    /// Whether the command succeeded.
    pub(crate) ok: bool,
    /// Tests that passed; a command without tests counts as one.
    pub(crate) passed: u64,
    /// Tests that failed; a command that failed counts at least once.
    pub(crate) failed: u64,
    /// How long it took.
    pub(crate) time: Duration,
}

impl Step {
    /// `line` is split at spaces.
    pub(crate) fn new(word: &'static str, title: &'static str, line: &str) -> Self {
        let line = line.split_whitespace().map(str::to_owned).collect();
        Self { word, title, needs: &[], line, folder: place::root(), variables: Vec::new() }
    }

    /// The same in another folder.
    pub(crate) fn inside(mut self, folder: &Path) -> Self {
        folder.clone_into(&mut self.folder);
        self
    }

    /// The same with a variable set.
    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.variables.push((name, value.into()));
        self
    }

    /// The same, not run when one of these steps failed.
    pub(crate) fn after(mut self, words: &'static [&'static str]) -> Self {
        self.needs = words;
        self
    }

    fn command(&self) -> Command {
        let mut command = place::command(&self.line[0]);
        command.args(&self.line[1..]).current_dir(&self.folder);
        command.envs(self.variables.iter().map(|(name, value)| (name, value))).stdin(Stdio::null());
        command
    }

    fn announce(&self) {
        println!("\n── {} ── {}", self.title, self.line.join(" "));
    }

    /// Runs it with its output on the terminal.
    pub(crate) fn run(&self) -> Result<(), Failure> {
        self.announce();
        let status = self.command().status().map_err(|error| self.not_started(&error))?;
        if status.success() { Ok(()) } else { Err(format!("{} failed ({status})", self.title)) }
    }

    /// Runs it with its output on standard error only, where standard output belongs to a program.
    pub(crate) fn run_quietly(&self, quiet: bool) -> Result<(), Failure> {
        if !quiet {
            return self.run();
        }
        let status =
            self.command().stdout(Stdio::null()).status().map_err(|error| self.not_started(&error))?;
        if status.success() { Ok(()) } else { Err(format!("{} failed ({status})", self.title)) }
    }

    /// Runs it, shows its output as it comes, and counts the tests in it.
    pub(crate) fn measure(&self) -> Outcome {
        self.announce();
        let start = Instant::now();
        let mut counted = Counted::default();
        let status = self.tee(&mut counted);
        let ok = status.as_ref().is_ok_and(ExitStatus::success);
        if let Err(failure) = status {
            println!("{failure}");
        }
        let Counted { mut passed, mut failed } = counted;
        if !ok && failed == 0 {
            failed = 1;
        } else if ok && passed == 0 {
            passed = 1;
        }
        let time = start.elapsed();
        println!("── {} {} in {}", self.title, if ok { "passed" } else { "FAILED" }, seconds(time));
        Outcome { ok, passed, failed, time }
    }

    fn tee(&self, counted: &mut Counted) -> Result<ExitStatus, Failure> {
        let (reader, writer) = std::io::pipe().map_err(|error| self.not_started(&error))?;
        let copy = writer.try_clone().map_err(|error| self.not_started(&error))?;
        let mut command = self.command();
        command.env("NO_COLOR", "1").env("CARGO_TERM_PROGRESS_WHEN", "never");
        let mut child =
            command.stdout(writer).stderr(copy).spawn().map_err(|error| self.not_started(&error))?;
        // The command holds the writing ends; ours must go, or the reader never sees the end.
        drop(command);
        for_each_line(reader, |line| {
            println!("{line}");
            counted.read(line);
        });
        child.wait().map_err(|error| self.not_started(&error))
    }

    fn not_started(&self, error: &std::io::Error) -> Failure {
        format!("{} could not be started: {error}", self.line[0])
    }
}

/// Lines as they come; bytes that are not UTF-8 are replaced, not dropped.
fn for_each_line(reader: impl Read, mut each: impl FnMut(&str)) {
    let mut reader = BufReader::new(reader);
    let mut line = Vec::new();
    while reader.read_until(b'\n', &mut line).is_ok_and(|read| read > 0) {
        each(String::from_utf8_lossy(&line).trim_end_matches(['\n', '\r']));
        line.clear();
        let _ = std::io::stdout().flush();
    }
}

/// `1 m 05 s`, `3.2 s`.
pub(crate) fn seconds(time: Duration) -> String {
    let whole = time.as_secs();
    if whole >= 60 {
        format!("{} m {:02} s", whole / 60, whole % 60)
    } else {
        format!("{:.1} s", time.as_secs_f64())
    }
}

/// Tests found in the output of cargo test, nextest and vitest.
#[derive(Default, Debug, PartialEq, Eq)]
struct Counted {
    passed: u64,
    failed: u64,
}

impl Counted {
    fn read(&mut self, line: &str) {
        // Not trimmed: nextest indents what failing tests printed, which has such a line too.
        let cargo = line.strip_prefix("test result:");
        let line = line.trim();
        let nextest =
            line.strip_prefix("Summary [").and_then(|rest| rest.split_once(" run: ")).map(|(_, rest)| rest);
        let vitest = line.strip_prefix("Tests  ");
        let Some(summary) = cargo.or(nextest).or(vitest) else { return };
        self.passed += number_before(summary, "passed");
        for word in ["failed", "timed out", "exec failed"] {
            self.failed += number_before(summary, word);
        }
    }
}

/// The number in front of the first `word` that has one: `12 passed`.
fn number_before(text: &str, word: &str) -> u64 {
    text.split([',', ';', '|', '.', '('])
        .filter_map(|part| part.trim().strip_suffix(word))
        .find_map(|number| number.trim().parse().ok())
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(line: &str) -> (u64, u64) {
        let mut counted = Counted::default();
        counted.read(line);
        (counted.passed, counted.failed)
    }

    #[test]
    fn summaries_of_every_runner_are_counted() {
        let cargo = "test result: FAILED. 12 passed; 3 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.1s";
        assert_eq!(counted(cargo), (12, 3));
        let nextest =
            "     Summary [   0.480s] 114 tests run: 112 passed (2 slow), 1 failed, 1 timed out, 3 skipped";
        assert_eq!(counted(nextest), (112, 2));
        assert_eq!(counted("     Summary [   0.1s] 1 test run: 1 passed, 0 skipped"), (1, 0));
        assert_eq!(counted("      Tests  1 failed | 119 passed (120)"), (119, 1));
    }

    #[test]
    fn other_lines_count_nothing() {
        assert_eq!(counted(" Test Files  3 passed (3)"), (0, 0));
        assert_eq!(counted("12 passed"), (0, 0));
        assert_eq!(
            counted("    test result: FAILED. 0 passed; 1 failed; 0 ignored"),
            (0, 0),
            "quoted by nextest"
        );
    }

    #[test]
    fn a_command_that_cannot_start_has_failed() {
        let outcome = Step::new("x", "Nothing", "there-is-no-such-program").measure();
        assert_eq!((outcome.ok, outcome.failed), (false, 1));
    }
}

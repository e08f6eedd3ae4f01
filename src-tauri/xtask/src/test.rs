//! `cargo xtask test`: everything that CI runs, cheap first. Nothing is skipped: what is missing is installed, and
//! what cannot be installed is a failure.

use crate::step::{Outcome, Step, seconds};
use crate::{Failure, node, place, system};
use std::time::Duration;

/// All steps, or the named ones.
pub(crate) fn test(words: &[String]) -> Result<(), Failure> {
    let steps = steps();
    if let Some(unknown) = words.iter().find(|word| steps.iter().all(|step| step.word != *word)) {
        let known: Vec<_> = steps.iter().map(|step| step.word).collect();
        return Err(format!("there is no step “{unknown}”; there are: {}", known.join(", ")));
    }
    system::ensure_build()?;
    system::ensure_desktop()?;
    node::prepare()?;
    run_all(&chosen(steps, words))
}

/// The named steps with all that they need, or every step when none is named.
fn chosen(steps: Vec<Step>, words: &[String]) -> Vec<Step> {
    let mut wanted: Vec<&str> = words.iter().map(String::as_str).collect();
    // A step needs only earlier ones, so one pass from the end finds them all.
    for step in steps.iter().rev() {
        if wanted.contains(&step.word) {
            wanted.extend(step.needs);
        }
    }
    steps.into_iter().filter(|step| wanted.is_empty() || wanted.contains(&step.word)).collect()
}

fn steps() -> Vec<Step> {
    let no_shell = "-p skillmeat-engine -p skillmeat-cli -p skillmeat-tests -p xtask";
    let (run, serial) = match place::program("cargo-nextest") {
        Some(_) => ("cargo nextest run --no-fail-fast", ""),
        None => ("cargo test --no-fail-fast", " -- --test-threads=1"),
    };
    vec![
        Step::new("format", "Formatting", "cargo fmt --all --check"),
        Step::new(
            "clippy",
            "Clippy without the window",
            &format!("cargo clippy {no_shell} --all-targets -- -D warnings"),
        ),
        Step::new("skm", "The command line that the tests call", "cargo build -p skillmeat-cli"),
        Step::new("rust", "Engine, command line, integration", &format!("{run} {no_shell}")).after(&["skm"]),
        Step::new(
            "examples",
            "Examples in the documentation",
            "cargo test --doc -p skillmeat-engine -p skillmeat-tests",
        ),
        node::script("types", "The window's types", "check"),
        node::script("lint", "The window's lints", "lint"),
        node::script("ui", "The window's own tests", "test"),
        node::script("page", "The window's page", "build"),
        Step::new(
            "shell-clippy",
            "Clippy, the window",
            "cargo clippy -p skillmeat-desktop --all-targets -- -D warnings",
        )
        .after(&["page"]),
        Step::new("shell", "The window's commands, and bindings", &format!("{run} -p skillmeat-desktop"))
            .after(&["page"]),
        Step::new("app", "The app", "cargo build -p skillmeat-desktop -p skillmeat-cli").after(&["page"]),
        Step::new(
            "e2e-clippy",
            "Clippy, end-to-end tests",
            "cargo clippy -p skillmeat-tests --features e2e --all-targets -- -D warnings",
        ),
        Step::new(
            "e2e",
            "End to end in the real window",
            &format!("{run} -p skillmeat-tests --features e2e --test e2e{serial}"),
        )
        .after(&["app"]),
    ]
}

/// Runs every step, also after a failure, and prints what came of each. The last line counts tests.
pub(crate) fn run_all(steps: &[Step]) -> Result<(), Failure> {
    let mut outcomes: Vec<(&Step, Outcome)> = Vec::new();
    for step in steps {
        let broken =
            outcomes.iter().find(|(earlier, outcome)| !outcome.ok && step.needs.contains(&earlier.word));
        let outcome = match broken {
            None => step.measure(),
            Some((earlier, _)) => {
                println!("\n── {} ── not run, because this failed: {}", step.title, earlier.title);
                Outcome { ok: false, passed: 0, failed: 1, time: Duration::ZERO }
            }
        };
        outcomes.push((step, outcome));
    }
    summarise(&outcomes)
}

fn summarise(outcomes: &[(&Step, Outcome)]) -> Result<(), Failure> {
    println!("\n── Summary");
    for (step, outcome) in outcomes {
        let verdict = if outcome.ok { "ok" } else { "FAILED" };
        let Outcome { passed, failed, time, .. } = outcome;
        println!(
            "{verdict:>6}  {passed:>5} passed  {failed:>3} failed  {:>10}  {}",
            seconds(*time),
            step.title
        );
    }
    let total: Duration = outcomes.iter().map(|(_, outcome)| outcome.time).sum();
    let passed: u64 = outcomes.iter().map(|(_, outcome)| outcome.passed).sum();
    let failed: u64 = outcomes.iter().map(|(_, outcome)| outcome.failed).sum();
    println!("        in {}", seconds(total));
    println!("{passed} passed, {failed} failed");
    // Nothing after the count: it is the last line.
    if outcomes.iter().all(|(_, outcome)| outcome.ok) { Ok(()) } else { Err(Failure::new()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(named: &[&str]) -> Vec<&'static str> {
        let named: Vec<String> = named.iter().map(|word| (*word).to_owned()).collect();
        chosen(steps(), &named).iter().map(|step| step.word).collect()
    }

    #[test]
    fn a_named_step_brings_what_it_needs() {
        assert_eq!(words(&["e2e"]), ["page", "app", "e2e"]);
        assert_eq!(words(&["rust"]), ["skm", "rust"]);
        assert_eq!(words(&[]).len(), steps().len());
    }

    #[test]
    fn a_step_needs_only_earlier_ones() {
        let steps = steps();
        for (at, step) in steps.iter().enumerate() {
            for need in step.needs {
                assert!(
                    steps[..at].iter().any(|earlier| earlier.word == *need),
                    "{} needs {need}",
                    step.word
                );
            }
        }
    }
}

//! Problems, for people: what happened to what, and what to do.

use super::style::{Colour, Style, clean};
use skillmeat_engine::error::{Code, Problem, Remedy, Severity};
use std::collections::HashSet;

/// The problems, each once, worst first.
pub(super) fn text(problems: &[Problem], style: Style, verbose: bool) -> String {
    let mut seen = HashSet::new();
    let mut problems: Vec<&Problem> =
        problems.iter().filter(|problem| seen.insert((problem.code, &problem.message))).collect();
    problems.sort_by_key(|problem| std::cmp::Reverse(problem.severity));
    problems.into_iter().map(|problem| one(problem, style, verbose)).collect()
}

fn one(problem: &Problem, style: Style, verbose: bool) -> String {
    let (word, colour) = match problem.severity {
        Severity::Fault => ("error", Colour::Bad),
        Severity::Refusal => ("refused", Colour::Warning),
        Severity::Notice => ("note", Colour::News),
    };
    let mut text = format!("{}: {}\n", style.paint(colour, word), clean(&problem.message));
    if verbose || problem.severity == Severity::Fault {
        for cause in &problem.causes {
            text.push_str(&format!("  because: {}\n", clean(cause)));
        }
    }
    if let Some(advice) = advice(problem) {
        text.push_str(&format!("  {advice}\n"));
    }
    text
}

/// What to type, where the message does not say it already.
fn advice(problem: &Problem) -> Option<&'static str> {
    match (problem.code, problem.remedy) {
        (Code::LocalChanges, _) => Some(
            "`skm diff` shows the edits. Deploy with --on-conflict overwrite, keep or skip; undeploy with \
             --discard-edits. What is replaced or removed goes to the trash.",
        ),
        (Code::UnmanagedTarget, _) => Some(
            "--on-conflict overwrite replaces it (the old content goes to the trash), keep records it as it \
             is, skip leaves it alone.",
        ),
        (Code::PlanStale, _) => Some("Run the command again."),
        (_, Some(Remedy::Resync)) => Some("`skm resync` reads everything from disk again."),
        (_, Some(Remedy::Retry)) => Some("Try again."),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_says_what_to_do_and_is_said_once() {
        let refused = Problem::new(Code::LocalChanges, Severity::Refusal, "/p/x was edited.");
        let mut fault = Problem::new(Code::Io, Severity::Fault, "Could not read /p/\x1by.");
        fault.causes.push("Input/output error".to_owned());
        let text = text(&[refused.clone(), fault, refused], Style::new(false, true), false);
        assert_eq!(
            text,
            "error: Could not read /p/·y.\n  because: Input/output error\n\
             refused: /p/x was edited.\n  `skm diff` shows the edits. Deploy with --on-conflict overwrite, keep \
             or skip; undeploy with --discard-edits. What is replaced or removed goes to the trash.\n"
        );
    }
}

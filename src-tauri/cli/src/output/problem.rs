//! Problems, for people: what happened to what, and what to do.

use super::clean;
use super::style::{Colour, Style};
use skillmeat_engine::error::{Code, Problem, Remedy, Severity};
use std::collections::HashSet;

/// The problems, each once, worst first; then what to do about them.
pub(super) fn text(problems: &[Problem], style: Style, verbose: bool) -> String {
    let mut seen = HashSet::new();
    let mut problems: Vec<&Problem> =
        problems.iter().filter(|problem| seen.insert((problem.code, &problem.message))).collect();
    problems.sort_by_key(|problem| std::cmp::Reverse(problem.severity));
    let mut text: String = problems.iter().map(|problem| one(problem, style, verbose)).collect();
    let mut given = Vec::new();
    for advice in problems.iter().filter_map(|problem| advice(problem)) {
        if !given.contains(&advice) {
            given.push(advice);
            text.push_str(&format!("{} {advice}\n", style.paint(Colour::Faint, "→")));
        }
    }
    text
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
    text
}

/// What to type, where the message does not say it already.
fn advice(problem: &Problem) -> Option<&'static str> {
    match (problem.code, problem.remedy) {
        (Code::LocalChanges, _) => Some(
            "`skm diff` shows the edits. Deploy, update or push with --on-conflict overwrite, keep or skip, or undeploy with \
             --discard-edits; what is replaced or removed goes to the trash.",
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
        let refused =
            |path: &str| Problem::new(Code::LocalChanges, Severity::Refusal, format!("{path} was edited."));
        let mut fault = Problem::new(Code::Io, Severity::Fault, "Could not read /p/\x1by.");
        fault.causes.push("Input/output error".to_owned());
        let text =
            text(&[refused("/p/x"), fault, refused("/p/x"), refused("/p/z")], Style::new(false, true), false);
        assert_eq!(
            text,
            "error: Could not read /p/·y.\n  because: Input/output error\nrefused: /p/x was edited.\n\
             refused: /p/z was edited.\n→ `skm diff` shows the edits. Deploy, update or push with \
             --on-conflict overwrite, keep or skip, or undeploy with --discard-edits; what is replaced or removed goes to the trash.\n"
        );
    }
}

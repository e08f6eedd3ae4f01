//! What agents will stumble over in an artifact's frontmatter. Notices only: everything still works here.
//!
//! The rules are those of the Agent Skills specification and of Claude Code's documentation, as of 2026-08.

use super::frontmatter::{Frontmatter, notice};
use super::metadata::Metadata;
use crate::error::Problem;
use crate::id::ArtifactKind;

const MAX_NAME_CHARS: usize = 64;
const MAX_DESCRIPTION_CHARS: usize = 1024;

/// Looks at the frontmatter of an artifact whose folder or file is called `leaf`.
pub fn lint(kind: ArtifactKind, leaf: &str, front: &Frontmatter<'_>, metadata: &Metadata) -> Vec<Problem> {
    // A command needs no frontmatter, and hooks and servers have no document.
    if !matches!(kind, ArtifactKind::Skill | ArtifactKind::Agent) {
        return Vec::new();
    }
    if !front.present {
        return vec![notice(&format!(
            "The {kind} has no frontmatter, so agents do not know what it is for."
        ))];
    }
    let mut found = Vec::new();
    match metadata.name.as_deref() {
        None => found.push(format!("The {kind}’s frontmatter has no name.")),
        Some(name) => found.extend(name_mistake(kind, name, leaf)),
    }
    match front.get("description").and_then(super::Value::text) {
        None => found.push(format!(
            "The {kind}’s frontmatter has no description, so agents do not know when to use it."
        )),
        Some(text) if text.chars().count() > MAX_DESCRIPTION_CHARS && kind == ArtifactKind::Skill => found
            .push(format!(
                "The description has {} characters; agents read {MAX_DESCRIPTION_CHARS} at most.",
                text.chars().count()
            )),
        Some(_) => {}
    }
    found.iter().map(|message| notice(message)).collect()
}

fn name_mistake(kind: ArtifactKind, name: &str, leaf: &str) -> Option<String> {
    // An agent's file may be called anything: products know it by the name it gives itself.
    if kind == ArtifactKind::Skill && name != leaf {
        return Some(format!("The {kind} calls itself “{name}” but is stored as “{leaf}”."));
    }
    let hyphens = name.starts_with('-') || name.ends_with('-') || name.contains("--");
    let letters =
        name.chars().all(|c| c == '-' || c.is_numeric() || (c.is_alphabetic() && !c.is_uppercase()));
    if hyphens || !letters {
        return Some(format!(
            "The name “{name}” is not made of lower-case letters, digits and single hyphens."
        ));
    }
    let length = name.chars().count();
    (length > MAX_NAME_CHARS)
        .then(|| format!("The name has {length} characters; {MAX_NAME_CHARS} are allowed."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn notices(kind: ArtifactKind, leaf: &str, text: &str) -> Vec<String> {
        let front = Frontmatter::parse(text);
        let found = lint(kind, leaf, &front, &Metadata::of(&front));
        found.into_iter().map(|problem| problem.message).collect()
    }

    #[rstest]
    #[case("---\nname: a-1\ndescription: d\n---\n", "a-1", "")]
    #[case("Just text", "a", "no frontmatter")]
    #[case("---\ndescription: d\n---\n", "a", "no name")]
    #[case("---\nname: b\ndescription: d\n---\n", "a", "calls itself “b”")]
    #[case("---\nname: A\ndescription: d\n---\n", "A", "lower-case")]
    #[case("---\nname: a--b\ndescription: d\n---\n", "a--b", "lower-case")]
    #[case("---\nname: a\n---\nProse.\n", "a", "no description")]
    fn each_mistake_has_its_notice(#[case] text: &str, #[case] leaf: &str, #[case] want: &str) {
        let found = notices(ArtifactKind::Skill, leaf, text);
        match want {
            "" => assert!(found.is_empty(), "{found:?}"),
            want => assert!(found.len() == 1 && found[0].contains(want), "{found:?}"),
        }
    }

    #[test]
    fn a_long_description_matters_for_skills_only() {
        let text = format!("---\nname: a\ndescription: {}\n---\n", "x".repeat(1025));
        assert_eq!(notices(ArtifactKind::Skill, "a", &text).len(), 1);
        assert_eq!(notices(ArtifactKind::Agent, "a", &text).len(), 0);
    }

    #[test]
    fn an_agent_may_be_stored_under_another_name() {
        let text = "---\nname: team-reviewer\ndescription: d\n---\n";
        assert!(notices(ArtifactKind::Agent, "reviewer", text).is_empty());
        assert_eq!(notices(ArtifactKind::Skill, "reviewer", text).len(), 1);
    }

    #[test]
    fn a_command_needs_no_frontmatter() {
        assert!(notices(ArtifactKind::Command, "a", "Just text").is_empty());
    }
}

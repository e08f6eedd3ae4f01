//! What an artifact is: where its main file lies, and what that file says about it.
//!
//! | file | what it does |
//! |---|---|
//! | `layout` | where artifacts lie in a folder that was not laid out by us |
//! | `detect` | tells from a folder's entry whether it is an artifact, and which file is its main file |
//! | `document` | reads a main file, within limits |
//! | `frontmatter` | takes the YAML at the top apart; never fails |
//! | `yaml` | one YAML mapping as text values, without expanding anything |
//! | `metadata` | title, description, tags and the like from the frontmatter and the body |
//! | `lint` | notices about what agents will stumble over |
//!
//! Everything that comes from an artifact is hostile input: it is bounded in size, never expanded, and only
//! ever read as text.

mod detect;
mod document;
mod frontmatter;
mod layout;
mod lint;
mod metadata;
mod yaml;

pub use detect::{Detected, detect};
pub use document::{Document, MAX_DOCUMENT_BYTES};
pub use frontmatter::{Frontmatter, MAX_FRONTMATTER_BYTES};
pub use layout::{Layout, holds_plugins, kind_of_folder};
pub use lint::lint;
pub(crate) use metadata::merge_tags;
pub use metadata::{MAX_FALLBACK_CHARS, Metadata};
pub use yaml::Value;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::ArtifactKind;

    /// What the list and the inspector show of one document: description, tags, keys, notices.
    fn look(kind: ArtifactKind, leaf: &str, text: &str) -> (String, Vec<String>, Vec<String>, usize) {
        let front = Frontmatter::parse(text);
        let metadata = Metadata::of(&front);
        let notices = front.problems.len() + lint(kind, leaf, &front, &metadata).len();
        let keys = front.properties().into_iter().map(|(key, _)| key).collect();
        (metadata.description.unwrap_or_default(), metadata.tags, keys, notices)
    }

    #[test]
    fn a_skill_as_its_specification_wants_it() {
        let text = "---\nname: pdf-forms\ndescription: >-\n  Fills in PDF forms.\n  Use it when a form is mentioned.\n\
                    license: Apache-2.0\nallowed-tools: Read Bash(pdftk:*)\nmetadata:\n  author: forms\n  version: \"1.0\"\n\
                    ---\n\n# PDF forms\n\nSee `scripts/fill.py`.\n";
        let (description, tags, keys, notices) = look(ArtifactKind::Skill, "pdf-forms", text);
        assert_eq!(description, "Fills in PDF forms. Use it when a form is mentioned.");
        assert_eq!((tags.len(), keys.len(), notices), (0, 5, 0));
    }

    #[test]
    fn an_agent_with_examples_in_an_unquoted_description() {
        let text = "---\r\nname: test-runner\r\ndescription: Use this agent when code changed. Examples: <example>user: \"I \
                    fixed it\" assistant: \"I run the tests.\"</example>\r\ntools: Bash, Read\r\nmodel: inherit\r\ncolor: orange\r\n\
                    ---\r\n\r\nYou run tests.\r\n";
        let (description, _, keys, notices) = look(ArtifactKind::Agent, "test-runner", text);
        assert!(
            description.starts_with("Use this agent when") && description.ends_with("</example>"),
            "{description}"
        );
        assert_eq!(keys, ["name", "description", "tools", "model", "color"]);
        assert_eq!(notices, 1);
    }

    #[test]
    fn a_command_that_is_only_a_prompt() {
        let text = "# Fix an issue\n\nFind and fix issue $ARGUMENTS.\n\n1. Read it.\n";
        let (description, _, keys, notices) = look(ArtifactKind::Command, "fix", text);
        assert_eq!((description.as_str(), keys.len(), notices), ("Find and fix issue $ARGUMENTS.", 0, 0));
    }

    #[test]
    fn a_command_with_an_argument_hint_in_brackets() {
        let text = "\u{feff}---\nargument-hint: [branch] [--force]\nallowed-tools: Bash(git push:*), Bash(git status)\n\
                    tags: git, release\n---\nPush the branch.\n";
        let (description, tags, keys, notices) = look(ArtifactKind::Command, "push", text);
        assert_eq!((description.as_str(), notices), ("Push the branch.", 1));
        assert_eq!(tags, ["git", "release"]);
        assert_eq!(keys, ["argument-hint", "allowed-tools", "tags"]);
        let front = Frontmatter::parse(text);
        assert_eq!(front.get("argument-hint").unwrap().to_string(), "[branch] [--force]");
    }
}

//! What is known about one artifact.

use super::listing::Found;
use crate::artifact::{Document, Metadata, lint, merge_tags};
use crate::error::{Code, Problem, Severity};
use crate::fs::Root;

/// What an artifact's main file and its entry in `collection.toml` say about it. Everything is trimmed text, and
/// nothing is blank.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Description {
    /// A title to show.
    pub title: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// Tags: the entry's, then the main file's, each once.
    pub tags: Vec<String>,
    /// Version text.
    pub version: Option<String>,
    /// Author.
    pub author: Option<String>,
    /// Licence.
    pub license: Option<String>,
    /// Where it came from: `local`, `github`, `marketplace`. Only an entry says so.
    pub origin: Option<String>,
    /// Stable identity: 32 hexadecimal digits. Only an entry has one.
    pub uuid: Option<String>,
    /// What is wrong with the main file or its frontmatter.
    pub problems: Vec<Problem>,
}

pub(super) fn describe(root: &Root, found: &Found) -> Description {
    let (metadata, problems) = read(root, found);
    let mut description = Description {
        title: metadata.title,
        description: metadata.description,
        tags: Vec::new(),
        version: metadata.version,
        author: metadata.author,
        license: metadata.license,
        origin: None,
        uuid: None,
        problems,
    };
    if let Some(entry) = &found.entry {
        let over = |stated: &Option<String>, read: Option<String>| stated.clone().or(read);
        description.title = over(&entry.title, description.title);
        description.description = over(&entry.description, description.description);
        description.version = over(&entry.version, description.version);
        description.author = over(&entry.author, description.author);
        description.license = over(&entry.license, description.license);
        description.tags.clone_from(&entry.tags);
        description.origin.clone_from(&entry.origin);
        description.uuid.clone_from(&entry.uuid);
    }
    merge_tags(&mut description.tags, metadata.tags);
    description
}

fn read(root: &Root, found: &Found) -> (Metadata, Vec<Problem>) {
    let Some(main) = &found.main_file else {
        let message = format!("{} has no SKILL.md, so it is not a skill that agents can read.", found.path);
        let problem = Problem::new(Code::SourceInvalid, Severity::Refusal, message);
        return (Metadata::default(), vec![problem.about(found.path.as_str())]);
    };
    let document = match Document::read(root, main) {
        Ok(document) => document,
        Err(error) => return (Metadata::default(), vec![error.to_problem()]),
    };
    let front = document.frontmatter();
    let metadata = Metadata::of(&front);
    let lint = lint(found.id.kind(), found.id.name(), &front, &metadata);
    let about = |problem: Problem| problem.about(main.as_str());
    let problems = document.problems.iter().cloned().chain(front.problems).chain(lint).map(about).collect();
    (metadata, problems)
}

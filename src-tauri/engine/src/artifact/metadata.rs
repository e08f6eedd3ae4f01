//! What an artifact's main file says about it.

use super::frontmatter::Frontmatter;
use super::yaml::Value;

/// Longest description taken from the body where the frontmatter has none, in characters.
pub const MAX_FALLBACK_CHARS: usize = 200;

/// Title, description and the like. Everything is trimmed text, and nothing is blank.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Metadata {
    /// The name it gives itself, which need not be that of its folder or file.
    pub name: Option<String>,
    /// A title to show.
    pub title: Option<String>,
    /// What it is for; where the frontmatter does not say, the first line of prose of the body.
    pub description: Option<String>,
    /// Tags, in order, each once.
    pub tags: Vec<String>,
    /// Version text.
    pub version: Option<String>,
    /// Author.
    pub author: Option<String>,
    /// Licence.
    pub license: Option<String>,
}

impl Metadata {
    /// Reads the frontmatter. Author, version and licence are also looked for below `metadata`, where the Agent
    /// Skills format puts what it has no key for.
    pub fn of(front: &Frontmatter<'_>) -> Self {
        let top = |key: &str| front.get(key).and_then(Value::text);
        let either = |key: &str| top(key).or_else(|| front.get("metadata")?.get(key)?.text());
        Self {
            name: top("name"),
            title: top("title"),
            description: top("description").or_else(|| first_prose(front.body)),
            tags: front.get("tags").map(tags).unwrap_or_default(),
            version: either("version"),
            author: either("author"),
            license: either("license"),
        }
    }
}

/// Adds `more` to `tags`, keeping order, without repeating any.
pub(crate) fn merge_tags(tags: &mut Vec<String>, more: impl IntoIterator<Item = String>) {
    for tag in more {
        let tag = tag.trim();
        if !tag.is_empty() && !tags.iter().any(|known| known == tag) {
            tags.push(tag.to_owned());
        }
    }
}

/// A list of tags, or one text with commas.
fn tags(value: &Value) -> Vec<String> {
    let mut tags = Vec::new();
    match value {
        Value::List(items) => merge_tags(&mut tags, items.iter().filter_map(Value::text)),
        Value::Text(text) => merge_tags(&mut tags, text.split(',').map(str::to_owned)),
        Value::Map(_) => {}
    }
    tags
}

/// The first line that is neither blank nor a heading, a ruler, a fence or a comment.
fn first_prose(body: &str) -> Option<String> {
    let prose = |line: &&str| {
        !line.is_empty()
            && !["#", "---", "===", "***", "```", "~~~", "<!--"].iter().any(|mark| line.starts_with(mark))
    };
    body.lines().map(str::trim).find(prose).map(|line| shortened(line, MAX_FALLBACK_CHARS))
}

/// At most `limit` characters of `text`, the last of them an ellipsis where something was left out.
fn shortened(text: &str, limit: usize) -> String {
    if text.chars().count() <= limit {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(limit - 1).collect();
    short.truncate(short.trim_end().len());
    short.push('…');
    short
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn metadata(text: &str) -> Metadata {
        Metadata::of(&Frontmatter::parse(text))
    }

    #[test]
    fn everything_that_is_said_is_read() {
        let text = "---\nname: review\ntitle: Code review\ndescription: |\n  Reads a diff.\n\n  Twice.\ntags: [git, review, git]\n\
                    version: 1.10\nauthor: A\nlicense: MIT\n---\n# Review\n";
        let want = Metadata {
            name: Some("review".to_owned()),
            title: Some("Code review".to_owned()),
            description: Some("Reads a diff.\n\nTwice.".to_owned()),
            tags: vec!["git".to_owned(), "review".to_owned()],
            version: Some("1.10".to_owned()),
            author: Some("A".to_owned()),
            license: Some("MIT".to_owned()),
        };
        assert_eq!(metadata(text), want);
    }

    #[test]
    fn numbers_and_lists_serve_as_text() {
        let metadata =
            metadata("---\nname: 3000\ndescription: [Reads, Writes]\nauthor: {name: A}\ntitle:\n---\n");
        assert_eq!(metadata.name.as_deref(), Some("3000"));
        assert_eq!(metadata.description.as_deref(), Some("Reads, Writes"));
        assert_eq!((metadata.author, metadata.title), (None, None));
    }

    #[test]
    fn the_agent_skills_metadata_map_is_read() {
        let metadata = metadata("---\nmetadata:\n  author: Org\n  version: \"2.0\"\n---\n");
        assert_eq!((metadata.author.as_deref(), metadata.version.as_deref()), (Some("Org"), Some("2.0")));
    }

    #[rstest]
    #[case("tags: a, b ,, a", &["a", "b"])]
    #[case("tags:\n  - a\n  - 2\n  -\n", &["a", "2"])]
    #[case("tags: {a: b}", &[])]
    #[case("tags:", &[])]
    fn tags_come_in_many_shapes(#[case] property: &str, #[case] want: &[&str]) {
        assert_eq!(metadata(&format!("---\n{property}\n---\n")).tags, want);
    }

    #[rstest]
    #[case("# Title\n\n<!-- note -->\n  Does a thing.  \nMore.\n", Some("Does a thing."))]
    #[case("---\ndescription:\n---\n\nDoes a thing.\n", Some("Does a thing."))]
    #[case("# Title only\n", None)]
    #[case("", None)]
    fn without_a_description_the_first_prose_serves(#[case] text: &str, #[case] want: Option<&str>) {
        assert_eq!(metadata(text).description.as_deref(), want);
    }

    #[test]
    fn long_prose_is_shortened_by_characters() {
        let description = metadata(&"ä".repeat(500)).description.unwrap();
        assert_eq!(description.chars().count(), MAX_FALLBACK_CHARS);
        assert!(description.ends_with("ä…"));
    }
}

//! The YAML between `---` lines at the top of a Markdown file, read as tolerantly as agents read it.
//!
//! Real files have byte order marks, Windows line ends, colons in unquoted descriptions, tabs, or no closing
//! fence. A mistake in one property must not lose the others: what does not parse as a whole is read property
//! by property, and what does not parse even then is taken as plain text.

use super::yaml::{self, Value};
use crate::error::{Code, Problem, Severity};

/// More frontmatter than this is not looked at, in bytes.
pub const MAX_FRONTMATTER_BYTES: usize = 64 * 1024;

/// A Markdown text taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frontmatter<'a> {
    /// Whether there is frontmatter at all.
    pub present: bool,
    /// The properties, in the order of the file.
    pub entries: Vec<(String, Value)>,
    /// What was wrong with it: at most one notice per kind of mistake.
    pub problems: Vec<Problem>,
    /// The Markdown below it.
    pub body: &'a str,
}

impl<'a> Frontmatter<'a> {
    /// Takes `text` apart. Never fails: a text without frontmatter is all body.
    pub fn parse(text: &'a str) -> Self {
        let text = text.trim_start_matches('\u{feff}');
        match split(text) {
            Some(parts) => Self::read(text, &parts),
            None => Self { present: false, entries: Vec::new(), problems: Vec::new(), body: text },
        }
    }

    fn read(text: &'a str, parts: &Parts<'a>) -> Self {
        let mut problems = Vec::new();
        if !parts.closed {
            problems.push(notice("The frontmatter has no closing “---” line; its end was guessed."));
        }
        let yaml = head(parts.yaml);
        if yaml.len() < parts.yaml.len() {
            let limit = MAX_FRONTMATTER_BYTES / 1024;
            problems.push(notice(&format!(
                "The frontmatter is longer than {limit} KiB; the rest of it was ignored."
            )));
        }
        let entries = yaml::parse_mapping(yaml).unwrap_or_else(|reason| {
            problems.push(notice(&format!(
                "The frontmatter is not valid YAML ({reason}), so it was read property by property. \
                 Quote values that contain “: ”."
            )));
            recover(yaml)
        });
        // A ruler at the top of a document looks like a fence; then all of it is body.
        if entries.is_empty() && !parts.yaml.trim().is_empty() {
            return Self { present: false, entries, problems: Vec::new(), body: text };
        }
        Self { present: true, entries, problems, body: parts.body }
    }

    /// The value under `key`; the last one where a key is given twice.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.entries.iter().rev().find(|(name, _)| name == key).map(|(_, value)| value)
    }

    /// The properties as a person reads them, in the order of the file.
    pub fn properties(&self) -> Vec<(String, String)> {
        self.entries.iter().map(|(key, value)| (key.clone(), value.to_string().trim().to_owned())).collect()
    }
}

pub(super) fn notice(message: &str) -> Problem {
    Problem::new(Code::FrontmatterInvalid, Severity::Notice, message)
}

struct Parts<'a> {
    yaml: &'a str,
    closed: bool,
    body: &'a str,
}

/// Finds the fences. Blank lines before the first one are fine.
fn split(text: &str) -> Option<Parts<'_>> {
    let text = text.trim_start();
    let opening = text.split_inclusive('\n').next().filter(|line| is_fence(line))?;
    let rest = &text[opening.len()..];
    let mut at = 0;
    for line in rest.split_inclusive('\n') {
        if is_fence(line) {
            return Some(Parts { yaml: &rest[..at], closed: true, body: &rest[at + line.len()..] });
        }
        at += line.len();
    }
    // Without a closing fence, properties end at the first blank line or heading.
    let mut at = 0;
    for line in rest.split_inclusive('\n') {
        if line.trim().is_empty() || line.starts_with('#') {
            break;
        }
        at += line.len();
    }
    Some(Parts { yaml: &rest[..at], closed: false, body: &rest[at..] })
}

fn is_fence(line: &str) -> bool {
    line.trim_end() == "---"
}

/// As many whole lines of `yaml` as the limit allows.
fn head(yaml: &str) -> &str {
    if yaml.len() <= MAX_FRONTMATTER_BYTES {
        return yaml;
    }
    let end = yaml.as_bytes()[..MAX_FRONTMATTER_BYTES].iter().rposition(|byte| *byte == b'\n');
    // The byte after a line feed is always the start of a character.
    &yaml[..end.map_or(0, |end| end + 1)]
}

/// Reads each property by itself.
fn recover(yaml: &str) -> Vec<(String, Value)> {
    let mut entries = Vec::new();
    for property in properties(yaml) {
        match yaml::parse_mapping(property) {
            Ok(pairs) if !pairs.is_empty() => entries.extend(pairs),
            _ => entries.extend(plain(property)),
        }
    }
    entries
}

/// Cuts the text before each line that starts a property; what comes before the first is left out.
fn properties(yaml: &str) -> Vec<&str> {
    let (mut starts, mut at) = (Vec::new(), 0);
    for line in yaml.split_inclusive('\n') {
        if key(line).is_some() {
            starts.push(at);
        }
        at += line.len();
    }
    let ends = starts.iter().skip(1).copied().chain([yaml.len()]);
    starts.iter().zip(ends).map(|(start, end)| &yaml[*start..end]).collect()
}

/// The key of a line like `key: value` or `key:`, written at its very beginning.
fn key(line: &str) -> Option<&str> {
    let (key, rest) = line.split_once(':')?;
    let named = !key.is_empty() && key.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'));
    let separated = rest.is_empty() || rest.starts_with(char::is_whitespace);
    (named && separated && !key.starts_with('-')).then_some(key)
}

/// A property that is no YAML, as text: its lines joined by spaces, or its items where all of them are some.
fn plain(property: &str) -> Option<(String, Value)> {
    let name = key(property)?;
    let mut lines =
        property[name.len() + 1..].lines().map(str::trim).filter(|line| !line.is_empty()).peekable();
    if lines.peek().is_some_and(|first| matches!(*first, "|" | ">" | "|-" | ">-" | "|+" | ">+")) {
        lines.next();
    }
    let lines: Vec<&str> = lines.collect();
    let items: Option<Vec<&str>> = lines.iter().map(|line| line.strip_prefix("- ")).collect();
    let value = match items {
        Some(items) if !items.is_empty() => {
            Value::List(items.into_iter().map(|item| Value::Text(unquoted(item).to_owned())).collect())
        }
        _ => Value::Text(unquoted(&lines.join(" ")).to_owned()),
    };
    Some((name.to_owned(), value))
}

fn unquoted(text: &str) -> &str {
    let text = text.trim();
    let inside = |quote| text.strip_prefix(quote).and_then(|text: &str| text.strip_suffix(quote));
    inside('"').or_else(|| inside('\'')).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    fn read(text: &str) -> (Vec<(String, String)>, usize, &str) {
        let front = Frontmatter::parse(text);
        (front.properties(), front.problems.len(), front.body)
    }

    fn pair(key: &str, value: &str) -> (String, String) {
        (key.to_owned(), value.to_owned())
    }

    #[rstest]
    #[case::plain("---\nname: a\ndescription: b\n---\nBody\n", 0)]
    #[case::byte_order_mark("\u{feff}---\nname: a\ndescription: b\n---\nBody\n", 0)]
    #[case::windows("---\r\nname: a\r\ndescription: b\r\n---\r\nBody\n", 0)]
    #[case::blank_lines_first("\n \n---\nname: a\ndescription: b\n---\nBody\n", 0)]
    #[case::fence_with_spaces("--- \nname: a\ndescription: b\n---  \nBody\n", 0)]
    #[case::tab_indent("---\nname: a\n\tdescription: x\ndescription: b\n---\nBody\n", 1)]
    fn the_same_document_in_many_shapes(#[case] text: &str, #[case] problems: usize) {
        let (properties, found, body) = read(text);
        assert!(properties.contains(&pair("description", "b")), "{properties:?}");
        assert!(
            properties.iter().any(|(key, value)| key == "name" && value.starts_with('a')),
            "{properties:?}"
        );
        assert_eq!((found, body), (problems, "Body\n"));
    }

    #[test]
    fn an_unquoted_colon_costs_nothing() {
        let text = "---\nname: review\ndescription: Use it when: the user asks \"why: x\"\ntools: [Read, Edit]\n---\nB";
        let (properties, problems, body) = read(text);
        let want = [
            pair("name", "review"),
            pair("description", "Use it when: the user asks \"why: x\""),
            pair("tools", "Read, Edit"),
        ];
        assert_eq!((properties.as_slice(), problems, body), (&want[..], 1, "B"));
    }

    #[rstest]
    #[case("description: a: b\n  and: more", "a: b and: more")]
    #[case("description: \"a: b\" c: d", "\"a: b\" c: d")]
    #[case("description: 'never closed", "'never closed")]
    #[case("description: [never, closed", "[never, closed")]
    #[case("description: >\n\ttabbed: text", "tabbed: text")]
    #[case("description: @mention `code`", "@mention `code`")]
    #[case("description:\n  - a: b: c\n  - d", "a: b: c, d")]
    fn what_is_no_yaml_becomes_text(#[case] property: &str, #[case] want: &str) {
        let text = format!("---\nname: x\n{property}\nmodel: opus\n---\n");
        let (properties, problems, _) = read(&text);
        assert_eq!(properties, [pair("name", "x"), pair("description", want), pair("model", "opus")]);
        assert_eq!(problems, 1);
    }

    #[test]
    fn an_unclosed_fence_ends_at_a_blank_line_or_heading() {
        let want = vec![pair("name", "a")];
        assert_eq!(read("---\nname: a\n\nBody: text\n"), (want.clone(), 1, "\nBody: text\n"));
        assert_eq!(read("---\nname: a\n# Body\n"), (want.clone(), 1, "# Body\n"));
        assert_eq!(read("---\nname: a"), (want, 1, ""));
    }

    #[rstest]
    #[case("# Title\n\nText\n")]
    #[case("")]
    #[case("---\nA ruler, then prose.\n---\nMore prose.\n")]
    #[case("---\n- a list\n- of things\n---\n")]
    #[case("--- name: x\n")]
    #[case("----\nname: x\n----\n")]
    fn a_text_without_frontmatter_is_all_body(#[case] text: &str) {
        let front = Frontmatter::parse(text);
        assert_eq!((front.present, front.entries.len(), front.body), (false, 0, text));
    }

    #[test]
    fn empty_frontmatter_is_present_and_empty() {
        let front = Frontmatter::parse("---\n---\nBody");
        assert_eq!(
            (front.present, front.entries.len(), front.problems.len(), front.body),
            (true, 0, 0, "Body")
        );
    }

    #[test]
    fn a_property_given_twice_counts_as_the_last() {
        let front = Frontmatter::parse("---\nname: a\nname: b\n---\n");
        assert_eq!(front.get("name").and_then(Value::text).as_deref(), Some("b"));
    }

    #[test]
    fn endless_frontmatter_is_cut() {
        let text = format!("---\nname: a\n{}---\nBody", "key: value — of a line\n".repeat(10_000));
        let front = Frontmatter::parse(&text);
        assert_eq!(front.body, "Body");
        assert_eq!(front.problems.len(), 1);
        assert_eq!(front.get("name").and_then(Value::text).as_deref(), Some("a"));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(512))]

        #[test]
        fn any_bytes_are_read(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            let text = String::from_utf8_lossy(&bytes).into_owned();
            prop_assert!(text.ends_with(Frontmatter::parse(&text).body));
        }

        #[test]
        fn anything_between_fences_is_read(yaml in "[-a-c:#|>\\[\\]{}&*!'\",\t \r\n?%@`é\\\\]{0,120}") {
            let text = format!("---\n{yaml}\n---\nBody");
            prop_assert!(text.ends_with(Frontmatter::parse(&text).body));
        }

        #[test]
        fn quoted_values_come_back(value in "[a-z:#'\" \\[\\]{},éß]{0,60}") {
            let text = format!("---\nkey: '{}'\nlast: x\n---\n", value.replace('\'', "''"));
            let front = Frontmatter::parse(&text);
            prop_assert_eq!(front.properties(), vec![pair("key", value.trim()), pair("last", "x")]);
        }
    }
}
